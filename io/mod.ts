/**
 * Files of tensors: safetensors, and NumPy's npy and npz. Files of data: IDX, CSV, PNG images and folders of them.
 *
 * @module
 */

export { type CsvOptions, type CsvTable, decodeCsv, loadCsv } from "./csv.ts";
export { checkReplaceable, type FileSource, makeFolder, replaceFile } from "./files.ts";
export { decodeIdx, type IdxOptions, loadIdx } from "./idx.ts";
export { type ImageFolder, type ImageFolderOptions, loadImageFolder } from "./image_folder.ts";
export { decodeNpy, encodeNpy, loadNpy, saveNpy } from "./npy.ts";
export { decodePng, type PngOptions } from "./png.ts";
export { decodeNpz, encodeNpz, loadNpz, saveNpz } from "./npz.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  loadSafetensors,
  type Metadata,
  saveSafetensors,
  type TensorFile,
} from "./safetensors.ts";
export {
  type Restorable,
  restore,
  type RestoredTree,
  type Savable,
  type SavedTree,
} from "./stored.ts";
export type { Tree } from "../core/base/tree.ts";

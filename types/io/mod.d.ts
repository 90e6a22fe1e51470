// Made of io/mod.ts by `deno task types`.
/**
 * Files of tensors: safetensors, and NumPy's npy and npz. Files of data: IDX, CSV, PNG images and folders of them.
 *
 * @module
 */
export { type CsvOptions, type CsvTable, decodeCsv, loadCsv } from "./csv.d.ts";
export { checkReplaceable, type FileSource, makeFolder, replaceFile } from "./files.d.ts";
export { decodeIdx, type IdxOptions, loadIdx } from "./idx.d.ts";
export { type ImageFolder, type ImageFolderOptions, loadImageFolder } from "./image_folder.d.ts";
export { decodeNpy, encodeNpy, loadNpy, saveNpy } from "./npy.d.ts";
export { decodePng, type PngOptions } from "./png.d.ts";
export { decodeNpz, encodeNpz, loadNpz, saveNpz } from "./npz.d.ts";
export { decodeSafetensors, encodeSafetensors, loadSafetensors, type Metadata, saveSafetensors, type TensorFile, } from "./safetensors.d.ts";
export { type Restorable, restore, type RestoredTree, type Savable, type SavedTree, } from "./stored.d.ts";
export type { Tree } from "../core/base/tree.d.ts";

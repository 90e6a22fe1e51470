/**
 * Files of tensors: safetensors, and NumPy's npy and npz.
 *
 * @module
 */

export { checkReplaceable, type FileSource, makeFolder, replaceFile } from "./files.ts";
export { decodeNpy, encodeNpy, loadNpy, saveNpy } from "./npy.ts";
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

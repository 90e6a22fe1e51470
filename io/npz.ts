/**
 * Reads and writes NumPy's npz files: zip archives of npy files.
 *
 * @module
 */

import { FileFormatError } from "../core/base/errors.ts";
import type { Tensor } from "../core/runtime/tensor.ts";
import { decoded, expectBytes, type FileSource, pathOf, replaceFile } from "./files.ts";
import { decodeNpy, encodeArray } from "./npy.ts";
import { gather, type SavedTree } from "./stored.ts";
import { shown } from "./strict_json.ts";
import { decodeZip, encodeZip } from "./zip.ts";

/**
 * The bytes of an npz file, not compressed.
 *
 * @param tensors Tensors, shared variables and random streams in records and lists.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const bytes = await io.encodeNpz({ x: tensor([1, 2]), y: tensor([[3]]) });
 * const { x, y } = await io.decodeNpz(bytes);
 * console.assert(x!.shape.join() === "2" && y!.shape.join() === "1,1");
 * ```
 */
export async function encodeNpz(tensors: SavedTree): Promise<Uint8Array<ArrayBuffer>> {
  const arrays = await gather("Cannot write an npz file", tensors);
  return encodeZip(
    arrays.map(([name, array]) => ({ name: `${name}.npy`, bytes: encodeArray(array) })),
  );
}

/**
 * Reads the bytes of an npz file, compressed or not.
 *
 * Throws a FileFormatError if they break the rules of the format: then nothing is read.
 *
 * @param bytes The contents of the file.
 * @returns The tensors by name, in the order of the file.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const { x } = await io.decodeNpz(await io.encodeNpz({ x: tensor([1, 2]) }));
 * console.assert(x!.dtype === "float32");
 * ```
 */
export async function decodeNpz(bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, Tensor>> {
  expectBytes("an npz file", bytes);
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors = new Map<string, Tensor>();
  for (const { name: file, bytes } of await decodeZip(plain)) {
    const name = file.replace(/\.npy$/, "");
    if (tensors.has(name)) throw new FileFormatError("npz file", `it has ${shown(name)} twice`);
    try {
      tensors.set(name, decodeNpy(bytes));
    } catch (error) {
      if (error instanceof FileFormatError) error.message += `, for ${shown(name)}`;
      throw error;
    }
  }
  return Object.fromEntries(tensors);
}

/**
 * Writes an npz file, which NumPy reads with `numpy.load`. It is replaced as a whole.
 *
 * Throws a FileError if it cannot be written; what was there is as it was.
 *
 * @param path The file.
 * @param tensors Tensors, shared variables and random streams in records and lists.
 *
 * @example
 * ```ts ignore
 * import { io, shared } from "@croton/croton";
 *
 * await io.saveNpz("model.npz", { W: shared(new Float32Array(6), { shape: [2, 3] }) });
 * ```
 */
export async function saveNpz(path: string | URL, tensors: SavedTree): Promise<void> {
  await replaceFile(pathOf(path), await encodeNpz(tensors));
}

/**
 * Reads an npz file that `numpy.savez`, `numpy.savez_compressed` or {@linkcode saveNpz} wrote.
 *
 * Throws a FileError if it cannot be read, and a FileFormatError if it breaks the rules of the format.
 *
 * @param source The file, or its bytes.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const { W } = await io.loadNpz("model.npz");
 * ```
 */
export async function loadNpz(source: FileSource): Promise<Record<string, Tensor>> {
  return await decoded(source, decodeNpz);
}

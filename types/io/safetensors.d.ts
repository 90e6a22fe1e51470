// Made of io/safetensors.ts by `deno task types`.
/**
 * Reads and writes tensors in the safetensors format: the length of a header as a 64-bit number, the
 * header as JSON with dtype, shape and place of each tensor, then the elements, little-endian.
 *
 * See https://huggingface.co/docs/safetensors for the description of the format.
 *
 * @module
 */
import { Tensor } from "../core/runtime/tensor.d.ts";
import { type FileSource } from "./files.d.ts";
import { type SavedTree } from "./stored.d.ts";
/** The contents of a file. */
export interface TensorFile {
    /** The tensors by name, in the order of the file. */
    readonly tensors: Readonly<Record<string, Tensor>>;
    /** Notes of the file's writer. */
    readonly metadata: Readonly<Record<string, string>>;
}
/** Notes for the file's reader. */
export type Metadata = Readonly<Record<string, string>>;
/**
 * The bytes of a safetensors file.
 *
 * Throws a TypeError for what the format cannot hold, and a RangeError where the header gets too long.
 *
 * @param tensors Tensors, shared variables and random streams in records and lists.
 * @param metadata Notes for the file's reader.
 *
 * @example
 * ```ts
 * import { io, shared } from "@croton/croton";
 *
 * const bytes = await io.encodeSafetensors({ layer: { b: shared(new Float32Array(3)) } });
 * console.assert(io.decodeSafetensors(bytes).tensors["layer.b"]!.shape[0] === 3);
 * ```
 */
export declare function encodeSafetensors(tensors: SavedTree, metadata?: Metadata): Promise<Uint8Array<ArrayBuffer>>;
/**
 * Reads the bytes of a safetensors file. Elements of bfloat16 become float32.
 *
 * Throws a FileFormatError if they break the rules of the format.
 *
 * @param bytes The contents of the file.
 * @returns The tensors, which have memory of their own, and the notes.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const bytes = await io.encodeSafetensors({ x: tensor([1, 2]) }, { epoch: "3" });
 * const { tensors, metadata } = io.decodeSafetensors(bytes);
 * console.assert(tensors["x"]!.dtype === "float32" && metadata["epoch"] === "3");
 * ```
 */
export declare function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>): TensorFile;
/**
 * Writes a safetensors file. It is replaced as a whole, so that an interruption leaves the old one as it
 * was, and many processes may save to one path. The values are those of the moment of the call.
 *
 * Throws a FileError if the file cannot be written; what was there is as it was.
 *
 * @param path The file.
 * @param tensors Tensors, shared variables and random streams in records and lists.
 * @param metadata Notes for the file's reader.
 *
 * @example
 * ```ts ignore
 * import { io, shared } from "@croton/croton";
 *
 * const model = { W: shared(new Float32Array(6), { shape: [2, 3] }) };
 * await io.saveSafetensors("model.safetensors", { model }, { epoch: "3" });
 * const { tensors } = await io.loadSafetensors("model.safetensors");
 * io.restore({ model }, tensors);
 * ```
 */
export declare function saveSafetensors(path: string | URL, tensors: SavedTree, metadata?: Metadata): Promise<void>;
/**
 * Reads a safetensors file. {@linkcode restore} gives its values to shared variables.
 *
 * Throws a FileError if the file cannot be read, and a FileFormatError if it breaks the rules of the
 * format.
 *
 * @param source The file, or its bytes.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const { tensors, metadata } = await io.loadSafetensors("model.safetensors");
 * ```
 */
export declare function loadSafetensors(source: FileSource): Promise<TensorFile>;

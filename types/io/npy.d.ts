// Made of io/npy.ts by `deno task types`.
/**
 * Reads and writes arrays in NumPy's npy format: a magic number, the length of a header, the header as a
 * Python dictionary with dtype, order and shape, then the elements.
 *
 * See https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html for its description.
 *
 * @module
 */
import { SharedVariable } from "../core/runtime/shared.d.ts";
import { Tensor } from "../core/runtime/tensor.d.ts";
import { type FileSource } from "./files.d.ts";
import { type HostArray } from "./stored.d.ts";
/** The bytes of one array in the npy format, as NumPy writes them. */
export declare function encodeArray({ dtype, shape, data }: HostArray): Uint8Array<ArrayBuffer>;
/**
 * The bytes of an npy file.
 *
 * @param value A tensor or a shared variable.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const bytes = await io.encodeNpy(tensor([[1, 2]]));
 * console.assert(io.decodeNpy(bytes).shape.join() === "1,2");
 * ```
 */
export declare function encodeNpy(value: Tensor | SharedVariable): Promise<Uint8Array<ArrayBuffer>>;
/**
 * Reads the bytes of an npy file: numbers of any kind and byte order, in either order of axes.
 *
 * Throws a FileFormatError if they break the rules of the format, or hold Python objects, texts or records.
 *
 * @param bytes The contents of the file.
 * @returns A tensor, which has memory of its own.
 *
 * @example
 * ```ts
 * import { io, tensor } from "@croton/croton";
 *
 * const bytes = await io.encodeNpy(tensor(new Int32Array(4)));
 * console.assert(io.decodeNpy(bytes).dtype === "int32");
 * ```
 */
export declare function decodeNpy(bytes: Uint8Array<ArrayBuffer>): Tensor;
/** Turns the order of the bytes of each element round. */
export declare function swapBytes(bytes: Uint8Array, each: number): void;
/**
 * Writes an npy file, which NumPy reads with `numpy.load`. It is replaced as a whole.
 *
 * Throws a FileError if it cannot be written; what was there is as it was.
 *
 * @param path The file.
 * @param value A tensor or a shared variable.
 *
 * @example
 * ```ts ignore
 * import { io, tensor } from "@croton/croton";
 *
 * await io.saveNpy("x.npy", tensor([[1, 2], [3, 4]]));
 * ```
 */
export declare function saveNpy(path: string | URL, value: Tensor | SharedVariable): Promise<void>;
/**
 * Reads an npy file that `numpy.save` or {@linkcode saveNpy} wrote.
 *
 * Throws a FileError if it cannot be read, and a FileFormatError if it breaks the rules of the format.
 *
 * @param source The file, or its bytes.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const x = await io.loadNpy("x.npy");
 * ```
 */
export declare function loadNpy(source: FileSource): Promise<Tensor>;

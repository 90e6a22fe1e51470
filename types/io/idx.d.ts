// Made of io/idx.ts by `deno task types`.
/**
 * Reads files in the IDX format, in which the MNIST images of digits are handed out: two zero bytes, a
 * byte for the element type, one for the number of axes, their lengths as big-endian 32-bit numbers, and
 * the elements, big-endian, too. Mostly it is compressed with gzip.
 *
 * See http://yann.lecun.com/exdb/mnist/ for its description.
 *
 * @module
 */
import { Tensor } from "../core/runtime/tensor.d.ts";
import { type FileSource } from "./files.d.ts";
/** How to read an IDX file. */
export interface IdxOptions {
    /** The most bytes that the elements may take: 1 GiB unless said otherwise. */
    readonly most?: number;
}
/**
 * Reads the bytes of an IDX file of numbers of any kind, compressed with gzip or not.
 *
 * Throws a FileFormatError if they break the rules of the format, or hold more than is allowed: no more
 * is uncompressed than the header asks for.
 *
 * @param bytes The contents of the file.
 * @param options The most bytes that its elements may take.
 * @returns A tensor, which has memory of its own.
 *
 * @example
 * ```ts
 * import { io } from "@croton/croton";
 *
 * const labels = await io.decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1));
 * console.assert(labels.dtype === "uint8" && labels.shape.join() === "3");
 * ```
 */
export declare function decodeIdx(bytes: Uint8Array<ArrayBuffer>, options?: IdxOptions): Promise<Tensor>;
/**
 * Reads an IDX file, as those of MNIST: `train-images-idx3-ubyte.gz`. Whether it is compressed shows in
 * its contents, not in its name.
 *
 * Throws a FileError if it cannot be read, and a FileFormatError if it breaks the rules of the format.
 *
 * @param source The file, or its bytes.
 * @param options The most bytes that its elements may take.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const images = await io.loadIdx("train-images-idx3-ubyte.gz"); // uint8 of shape [60000, 28, 28]
 * ```
 */
export declare function loadIdx(source: FileSource, options?: IdxOptions): Promise<Tensor>;

// Made of io/png.ts by `deno task types`.
/**
 * Reads PNG images: chunks with checksums, of which some hold the compressed rows.
 *
 * See https://www.w3.org/TR/png-3/ for the description of the format.
 *
 * @module
 */
import { Tensor } from "../core/runtime/tensor.d.ts";
/** How to read a PNG image. */
export interface PngOptions {
    /**
     * Numbers of a pixel: 1 for grey, 2 for grey and opacity, 3 for red, green and blue, 4 for these and
     * opacity; those of the file unless said otherwise. Without opacity, what is transparent is black.
     */
    readonly channels?: 1 | 2 | 3 | 4;
    /** The most bytes that the pixels may take: 1 GiB unless said otherwise. */
    readonly most?: number;
}
/** What the start of an image says. */
interface PngHeader {
    readonly rows: number;
    readonly columns: number;
    /** Bits of a number. */
    readonly depth: number;
    readonly color: number;
    readonly interlaced: boolean;
}
/** Reads what the start of an image says, which costs nothing. */
export declare function pngHeader(bytes: Uint8Array<ArrayBuffer>): PngHeader;
/**
 * Reads the bytes of a PNG image of at most 8 bits a colour: grey, coloured, or of a palette, with
 * opacity or not, interlaced or not.
 *
 * Throws a FileFormatError if they break the rules of the format, are of another kind, or hold more than
 * is allowed: no more is uncompressed than the header asks for.
 *
 * @param bytes The contents of the file.
 * @param options Numbers of a pixel, and the most bytes that all may take.
 * @returns A uint8 tensor of shape `[channels, rows, columns]`, as convolutions take it.
 *
 * @example
 * ```ts
 * import { io } from "@croton/croton";
 *
 * const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";
 * const image = await io.decodePng(Uint8Array.from(atob(dot), (c) => c.charCodeAt(0)));
 * console.assert(image.dtype === "uint8" && image.shape.join() === "1,1,1");
 * ```
 */
export declare function decodePng(bytes: Uint8Array<ArrayBuffer>, options?: PngOptions): Promise<Tensor<"uint8">>;
export {};

// Made of io/image_folder.ts by `deno task types`.
/**
 * Reads the images of a folder, in which each class has a folder of its own.
 *
 * @module
 */
import { Tensor } from "../core/runtime/tensor.d.ts";
/** How to read a folder of images. */
export interface ImageFolderOptions {
    /** Rows and columns that each image must have: those of the first one unless said otherwise. */
    readonly size?: readonly [rows: number, columns: number];
    /** Whether images become grey, instead of red, green and blue. */
    readonly grey?: boolean;
    /** The most bytes that all the images may take: 4 GiB unless said otherwise. */
    readonly most?: number;
}
/** Images and their classes. */
export interface ImageFolder {
    /** The images, of shape `[count, channels, rows, columns]`, as convolutions take them. */
    readonly images: Tensor<"uint8">;
    /** The class of each image, counted from 0. */
    readonly labels: Tensor<"int32">;
    /** The names of the classes: those of their folders, sorted. */
    readonly names: readonly string[];
    /** The path of each image. */
    readonly files: readonly string[];
}
/**
 * Reads the PNG images of a folder, in which each class has a folder of its own: `digits/seven/1.png`.
 * Classes and images are in the order of their names; names that start with a dot are left out. What is
 * transparent is black.
 *
 * Throws a FileError if something cannot be read or is no image, and a FileFormatError if an image is
 * damaged or not of the size of the others: then nothing is loaded.
 *
 * @param path The folder.
 * @param options The size of the images, and whether they become grey.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const { images, labels, names } = await io.loadImageFolder("digits", { grey: true });
 * ```
 */
export declare function loadImageFolder(path: string | URL, options?: ImageFolderOptions): Promise<ImageFolder>;

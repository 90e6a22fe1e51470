/**
 * Reads the images of a folder, in which each class has a folder of its own.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import { FileError, FileFormatError } from "../core/base/errors.ts";
import { Tensor } from "../core/runtime/tensor.ts";
import { about, bytesOf, entriesOf, pathOf } from "./files.ts";
import { decodePng, pngHeader } from "./png.ts";

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

/** The most bytes of all images unless more are asked for. */
const MOST = 2 ** 32;

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
export async function loadImageFolder(
  path: string | URL,
  options: ImageFolderOptions = {},
): Promise<ImageFolder> {
  const kinds = { size: "any", grey: "boolean", most: "number" } as const;
  const action = "Cannot read a folder of images";
  const { size, grey = false, most = MOST } = checkOptions(action, options, kinds);
  const folder = pathOf(path).replace(/(?<=.)\/+$/, "");
  const { names, files, labels } = await list(folder);
  const channels = grey ? 1 : 3;
  let [rows, columns] = size ?? [0, 0], images = new Uint8Array();
  for (const [i, file] of files.entries()) {
    try {
      const { bytes } = await bytesOf(file), header = pngHeader(bytes);
      if (i === 0) {
        if (size === undefined) ({ rows, columns } = header);
        const all = files.length * channels * rows * columns;
        if (all > most) {
          throw new FileFormatError(
            "folder of images",
            `${files.length} of ${columns} by ${rows} pixels need more than ${most} bytes`,
          );
        }
      }
      if (header.rows !== rows || header.columns !== columns) {
        const wanted = size === undefined ? `, as "${files[0]}" has` : "";
        throw new FileFormatError(
          "PNG image",
          `expected ${columns} by ${rows} pixels${wanted}, got ${header.columns} by ${header.rows}`,
        );
      }
      const image = await decodePng(bytes, { channels, most });
      if (i === 0) images = new Uint8Array(files.length * image.size);
      images.set(image.dataSync() as Uint8Array, i * image.size);
    } catch (error) {
      throw about(file, error);
    }
  }
  return {
    images: new Tensor("uint8", [files.length, channels, rows, columns], images),
    labels: new Tensor("int32", [files.length], Int32Array.from(labels)),
    names,
    files,
  };
}

/** The files of all classes. */
async function list(
  folder: string,
): Promise<{ names: string[]; files: string[]; labels: number[] }> {
  const names: string[] = [], files: string[] = [], labels: number[] = [];
  const wrong = (path: string, reason: string) => {
    throw new FileError("read", path, reason);
  };
  for (const { name, isFolder } of await entriesOf(folder)) {
    const path = `${folder}/${name}`;
    if (!isFolder) {
      // A list of classes or a licence may be there, too.
      if (/\.png$/i.test(name)) wrong(path, "it belongs into the folder of its class");
      continue;
    }
    const images = await entriesOf(path);
    if (images.length === 0) wrong(path, "expected images in the folder of a class, got none");
    for (const { name: image, isFolder } of images) {
      if (isFolder || !/\.png$/i.test(image)) wrong(`${path}/${image}`, "it is no PNG image");
      files.push(`${path}/${image}`);
      labels.push(names.length);
    }
    names.push(name);
  }
  if (files.length === 0) wrong(folder, "expected a folder for each class, got none");
  return { names, files, labels };
}

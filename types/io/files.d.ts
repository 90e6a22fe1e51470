// Made of io/files.ts by `deno task types`.
/**
 * Files as a whole: a reader finds the old contents or the new ones, never a part of them.
 *
 * @module
 */
/** What the system said about a file, without its number of the error and the paths that follow it. */
export declare function reasonOf(error: unknown): string;
/**
 * Makes a folder, and those that it is in, if there is none.
 *
 * Throws a FileError if it cannot be made.
 *
 * @param path The folder.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * await io.makeFolder("out");
 * ```
 */
export declare function makeFolder(path: string): Promise<void>;
/**
 * Replaces a file, or makes it, in one step. The new contents are on the disk before they take the place
 * of the old ones, and any number of processes may do so at the same time: the last one wins. A link
 * stays, and the file that it leads to is replaced; what is no file, such as a pipe, is written to.
 *
 * Throws a FileError if that fails; the file is as it was.
 *
 * @param path The file.
 * @param bytes Its new contents.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * await io.replaceFile("notes.txt", new TextEncoder().encode("trained"));
 * ```
 */
export declare function replaceFile(path: string, bytes: Uint8Array): Promise<void>;
/**
 * Finds out early whether {@linkcode replaceFile} can work, before hours go into the contents.
 *
 * Throws a FileError if there is a folder at its place, or no file can be made beside it.
 *
 * @param path The file, which stays as it is.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * await io.checkReplaceable("out/model.safetensors");
 * ```
 */
export declare function checkReplaceable(path: string): Promise<void>;
/** The contents of a file, or bytes as they are. Throws a FileError where it cannot be read. */
export declare function bytesOf(source: FileSource, most?: number): Promise<{
    bytes: Uint8Array<ArrayBuffer>;
    path: string | null;
}>;
/** What a decoder makes of a file, or of bytes as they are; errors about the contents name the file. */
export declare function decoded<T>(source: FileSource, decode: (bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>, most?: number): Promise<T>;
/** Throws a TypeError for what decoders cannot read: they want bytes. */
export declare function expectBytes(what: string, bytes: unknown): void;
/** The names in a folder, sorted, and which of them are folders. Names that start with a dot are left out. */
export declare function entriesOf(path: string): Promise<{
    name: string;
    isFolder: boolean;
}[]>;
/** Where contents are: a path, a file URL, or bytes that are here already. */
export type FileSource = string | URL | Uint8Array<ArrayBuffer> | ArrayBuffer;
/** The path of a file. Throws a TypeError for what is none. */
export declare function pathOf(place: string | URL): string;
/** Adds the path to the message of an error about the contents of a file. */
export declare function about(path: string | null, error: unknown): unknown;

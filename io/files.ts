/**
 * Files as a whole: a reader finds the old contents or the new ones, never a part of them.
 *
 * @module
 */

import { builtin } from "../core/base/builtin.ts";
import { FileError } from "../core/base/errors.ts";
import { shown } from "./strict_json.ts";

/** What is used of `node:fs/promises`, which Deno and Node have. */
interface FileSystem {
  open(path: string, flags: string): Promise<OpenFile>;
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  stat(path: string): Promise<FileInfo>;
  realpath(path: string): Promise<string>;
  readdir(path: string): Promise<string[]>;
  mkdir(path: string, options: { recursive: boolean }): Promise<unknown>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

interface FileInfo {
  isFile(): boolean;
  isDirectory(): boolean;
  readonly size: number;
}

interface OpenFile {
  read(into: Uint8Array): Promise<{ bytesRead: number }>;
  write(bytes: Uint8Array): Promise<{ bytesWritten: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The files of the machine. It is asked for only now: a browser has none. */
function fileSystem(action: "read" | "write", path: string): FileSystem {
  const found = builtin<FileSystem>("node:fs/promises");
  if (found !== undefined) return found;
  const advice = action === "read"
    ? "give the bytes of the file instead"
    : "encode the bytes and pass them on";
  throw new FileError(action, path, `this engine has no files; ${advice}`);
}

/** What the system said about a file, without its number of the error and the paths that follow it. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Deno: "File exists (os error 17): mkdir …"; Node: "EEXIST: file already exists, mkdir '…'".
  const words = message.replace(/ \(os error \d+\).*$/s, "")
    .replace(/^E[A-Z0-9]+: (.*?), \w+(?: '.*)?$/s, "$1");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The code that the system has for an error, as `ENOENT`. */
function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

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
export async function makeFolder(path: string): Promise<void> {
  if (path === "") throw new FileError("write", path, "the name is empty");
  try {
    await fileSystem("write", path).mkdir(path, { recursive: true });
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    const code = codeOf(cause), isFile = code === "EEXIST" || code === "ENOTDIR";
    throw new FileError("write", path, isFile ? "it is no folder" : reasonOf(cause), { cause });
  }
}

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
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await using("write", path, async (files) => {
    const place = await placeOf(files, path);
    if (place.kind !== "file") {
      const file = await files.open(path, "w");
      await writeAll(file, bytes).finally(() => file.close());
      return;
    }
    await besides(files, place.path, async (file, unfinished) => {
      await writeAll(file, bytes).then(() => file.sync()).finally(() => file.close());
      await files.rename(unfinished, place.path);
    });
  });
}

async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes.subarray(done))).bytesWritten;
  }
}

/** What is at a path: a file or none, behind links; a folder; or a device or pipe, which is no one's to replace. */
async function placeOf(
  files: FileSystem,
  path: string,
): Promise<{ kind: "file" | "folder" | "special"; path: string }> {
  const info = await files.stat(path).catch(() => null);
  if (info === null) return { kind: "file", path };
  if (info.isFile()) return { kind: "file", path: await files.realpath(path).catch(() => path) };
  return { kind: info.isDirectory() ? "folder" : "special", path };
}

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
export async function checkReplaceable(path: string): Promise<void> {
  await using("write", path, async (files) => {
    const place = await placeOf(files, path);
    if (place.kind === "folder") throw new FileError("write", path, "Is a directory");
    if (place.kind === "special") return;
    await besides(files, place.path, async (file, unfinished) => {
      await file.close();
      await files.unlink(unfinished);
    });
  });
}

/** Runs what reads or writes at a path; what goes wrong is a FileError. */
async function using<T>(
  action: "read" | "write",
  path: string,
  use: (files: FileSystem) => Promise<T>,
): Promise<T> {
  try {
    return await use(fileSystem(action, path));
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(action, path, reasonOf(cause), { cause });
  }
}

/** Opens a file of a name that is not used elsewhere, in the folder of `path`; removes it on failure. */
async function besides(
  files: FileSystem,
  path: string,
  use: (file: OpenFile, name: string) => Promise<void>,
): Promise<void> {
  // A long name is cut, as no name may have more than 255 bytes.
  const name = path.replace(
    /[^/\\]*$/,
    (base) => `${base.slice(0, 40)}.${crypto.randomUUID()}.part`,
  );
  const file = await files.open(name, "wx");
  try {
    await use(file, name);
  } catch (error) {
    await files.unlink(name).catch(() => {});
    throw error;
  }
}

/** The most bytes that are read of a file unless more are asked for: 4 GiB. */
const MOST = 2 ** 32;

/** The contents of a file, or bytes as they are. Throws a FileError where it cannot be read. */
export async function bytesOf(
  source: FileSource,
  most: number = MOST,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; path: string | null }> {
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return { bytes: new Uint8Array(buffer, byteOffset, byteLength), path: null };
  }
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), path: null };
  const path = pathOf(source);
  return await using("read", path, async (files) => {
    const tooLong = (got: string) =>
      new FileError("read", path, `expected at most ${most} bytes, got ${got}`);
    const info = await files.stat(path);
    if (!info.isFile()) return { bytes: await drain(files, path, most, tooLong), path };
    if (info.size > most) throw tooLong(String(info.size));
    // A view of its own: Node gives one of its class.
    const { buffer, byteOffset, byteLength } = await files.readFile(path);
    return { bytes: new Uint8Array(buffer, byteOffset, byteLength), path };
  });
}

/** What a decoder makes of a file, or of bytes as they are; errors about the contents name the file. */
export async function decoded<T>(
  source: FileSource,
  decode: (bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>,
  most?: number,
): Promise<T> {
  const { bytes, path } = await bytesOf(source, most);
  try {
    return await decode(bytes);
  } catch (error) {
    throw about(path, error);
  }
}

/** Throws a TypeError for what decoders cannot read: they want bytes. */
export function expectBytes(what: string, bytes: unknown): void {
  if (ArrayBuffer.isView(bytes)) return;
  throw new TypeError(
    `Cannot read ${what}: expected its bytes in a Uint8Array, got ${shown(bytes)}`,
  );
}

/** What a pipe or a device gives, which do not say how long they are. */
async function drain(
  files: FileSystem,
  path: string,
  most: number,
  tooLong: (got: string) => Error,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await files.open(path, "r"), parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let total = 0;;) {
      const part = new Uint8Array(65_536), { bytesRead } = await file.read(part);
      if (bytesRead === 0) return new Uint8Array(await new Blob(parts).arrayBuffer());
      total += bytesRead;
      if (total > most) throw tooLong("more");
      parts.push(part.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** The names in a folder, sorted, and which of them are folders. Names that start with a dot are left out. */
export async function entriesOf(path: string): Promise<{ name: string; isFolder: boolean }[]> {
  return await using("read", path, async (files) => {
    const entries: { name: string; isFolder: boolean }[] = [];
    for (const name of (await files.readdir(path)).sort()) {
      if (name.startsWith(".")) continue;
      entries.push({ name, isFolder: (await files.stat(`${path}/${name}`)).isDirectory() });
    }
    return entries;
  });
}

/** Where contents are: a path, a file URL, or bytes that are here already. */
export type FileSource = string | URL | Uint8Array<ArrayBuffer> | ArrayBuffer;

/** The path of a file. Throws a TypeError for what is none. */
export function pathOf(place: string | URL): string {
  if (typeof place === "string") return place;
  if (place instanceof URL && place.protocol === "file:") {
    const path = decodeURIComponent(place.pathname);
    return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
  }
  throw new TypeError(
    `Cannot use a file: expected a path, a file URL or bytes, got ${
      place instanceof URL ? place.href : typeof place
    }`,
  );
}

/** Adds the path to the message of an error about the contents of a file. */
export function about(path: string | null, error: unknown): unknown {
  if (path !== null && error instanceof SyntaxError) error.message += `, in "${path}"`;
  return error;
}

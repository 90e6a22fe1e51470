/**
 * Writes files as a whole: a reader finds the old contents or the new ones, never a part of them.
 *
 * @module
 */

/** A file or folder that cannot be written. */
export class WriteError extends Error {
  /** The file or folder. */
  readonly path: string;

  /**
   * Makes an error about one file or folder.
   *
   * @param path The file or folder
   * @param cause What the system said
   */
  constructor(path: string, cause: unknown) {
    super(`Cannot write "${path}": ${reasonOf(cause)}`, { cause });
    this.name = "WriteError";
    this.path = path;
  }
}

/**
 * What the system said about a file, without its number of the error and the paths that follow it.
 *
 * @param error What was thrown
 */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*$/s, "");
}

/**
 * Makes a folder, and those that it is in, if there is none.
 *
 * @param path The folder
 * @throws {WriteError} If it cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  if (path === "") throw new WriteError(path, "the name is empty");
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (cause) {
    const isFile = cause instanceof Deno.errors.AlreadyExists;
    throw new WriteError(path, isFile ? "it is no folder" : cause);
  }
}

/**
 * Replaces a file, or makes it, in one step. The new contents are on the disk before they take the
 * place of the old ones, and any number of processes may do so at the same time: the last one wins.
 *
 * @param path The file
 * @param bytes Its new contents
 * @throws {WriteError} If that fails; the file is as it was
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await besides(path, async (file, unfinished) => {
    try {
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(unfinished, path);
  });
}

/**
 * Finds out early whether {@linkcode replaceFile} can work, before hours go into the contents.
 *
 * @param path The file, which stays as it is
 * @throws {WriteError} If there is a folder at its place, or no file can be made beside it
 */
export async function checkReplaceable(path: string): Promise<void> {
  const isFolder = await Deno.lstat(path).then((info) => info.isDirectory, () => false);
  if (isFolder) throw new WriteError(path, "Is a directory");
  await besides(path, async (file, unfinished) => {
    file.close();
    await Deno.remove(unfinished);
  });
}

/** Opens a file of a name that is not used elsewhere, in the folder of `path`; removes it on failure. */
async function besides(
  path: string,
  use: (file: Deno.FsFile, name: string) => Promise<void>,
): Promise<void> {
  // A long name is cut, as no name may have more than 255 bytes.
  const name = path.replace(
    /[^/\\]*$/,
    (base) => `${base.slice(0, 40)}.${crypto.randomUUID()}.part`,
  );
  try {
    const file = await Deno.open(name, { write: true, createNew: true });
    try {
      await use(file, name);
    } catch (error) {
      await Deno.remove(name).catch(() => {});
      throw error;
    }
  } catch (cause) {
    throw new WriteError(path, cause);
  }
}

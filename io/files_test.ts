import { assertEquals, assertRejects } from "@std/assert";
import { open } from "node:fs/promises";
import { FileError } from "../core/base/errors.ts";
import { bytesOf, checkReplaceable, makeFolder, reasonOf, replaceFile } from "./files.ts";

/** Gives `test` a folder of its own, and takes it away. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether files that this process makes are the superuser's; needs no permission for the system. */
function isSuperuser(): boolean {
  const path = Deno.makeTempFileSync();
  try {
    return Deno.statSync(path).uid === 0;
  } finally {
    Deno.removeSync(path);
  }
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
}

type Write = (bytes: Uint8Array) => Promise<{ bytesWritten: number }>;

/** Runs `action` while a method of open files fails in some way, as on a disk that is full. */
async function withFailing(
  method: "write" | "sync",
  failing: (original: Write, bytes: Uint8Array) => Promise<unknown>,
  action: () => Promise<void>,
): Promise<void> {
  const path = Deno.makeTempFileSync(), file = await open(path);
  const prototype = Object.getPrototypeOf(file);
  await file.close();
  Deno.removeSync(path);
  const original = Reflect.get(prototype, method) as Write;
  Reflect.set(prototype, method, function (this: unknown, bytes: Uint8Array) {
    return failing(original.bind(this), bytes);
  });
  try {
    await action();
  } finally {
    Reflect.set(prototype, method, original);
  }
}

const full = () => Promise.reject(new Error("ENOSPC: no space left on device, write"));

Deno.test("replaceFile() makes a file, replaces it, and leaves nothing else", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    for (const bytes of [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(4)]) {
      await replaceFile(path, bytes);
      assertEquals(await Deno.readFile(path), bytes);
      assertEquals(namesIn(folder), ["file"]);
    }
    await replaceFile(`${folder}/${"n".repeat(250)}`, Uint8Array.of(5));
    assertEquals(namesIn(folder).length, 2);
  }));

Deno.test("replaceFile() goes on where the system takes a part of the bytes only", () =>
  inFolder(async (folder) => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
    await withFailing(
      "write",
      (write, part) => write(part.subarray(0, 7)),
      () => replaceFile(`${folder}/file`, bytes),
    );
    assertEquals(await Deno.readFile(`${folder}/file`), bytes);
  }));

Deno.test("replaceFile() works for many at the same path at the same time", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const contents = Array.from({ length: 20 }, (_, i) => new Uint8Array(10_000).fill(i));
    await Promise.all(contents.map((bytes) => replaceFile(path, bytes)));
    const found = await Deno.readFile(path);
    assertEquals(found, contents[found[0]!]);
    assertEquals(namesIn(folder), ["file"]);
  }));

for (const method of ["write", "sync"] as const) {
  Deno.test(`replaceFile() leaves the old file, and no other, when the disk is full at ${method}`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/file`;
      await Deno.writeTextFile(path, "old");
      const replace = () => replaceFile(path, Uint8Array.of(1, 2, 3));
      await withFailing(method, full, async () => {
        const error = await assertRejects(replace, FileError);
        assertEquals(error.message, `Cannot write "${path}": No space left on device`);
        assertEquals([error.path, error.name], [path, "FileError"]);
      });
      assertEquals(await Deno.readTextFile(path), "old");
      assertEquals(namesIn(folder), ["file"]);
    }));
}

Deno.test("replaceFile() and checkReplaceable() refuse the place of a folder", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    await Deno.mkdir(`${path}/inner`, { recursive: true });
    await assertRejects(() => replaceFile(path, Uint8Array.of(1)), FileError, `write "${path}": `);
    await assertRejects(() => checkReplaceable(path), FileError, `"${path}": Is a directory`);
    assertEquals(namesIn(folder), ["file"]);
    assertEquals(namesIn(path), ["inner"]);
  }));

Deno.test("checkReplaceable() leaves everything as it was", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    await checkReplaceable(path);
    assertEquals(namesIn(folder), []);
    await Deno.writeTextFile(path, "old");
    await checkReplaceable(path);
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals(namesIn(folder), ["file"]);
  }));

Deno.test({
  name: "a link stays, and the file that it leads to is replaced",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/there`);
      await Deno.symlink("there/file", `${folder}/link`);
      await Deno.writeTextFile(`${folder}/there/file`, "old");
      await checkReplaceable(`${folder}/link`);
      await replaceFile(`${folder}/link`, Uint8Array.of(1, 2));
      assertEquals(await Deno.readFile(`${folder}/there/file`), Uint8Array.of(1, 2));
      assertEquals((await Deno.lstat(`${folder}/link`)).isSymlink, true);
      assertEquals([...namesIn(folder), ...namesIn(`${folder}/there`)], ["link", "there", "file"]);
    }),
});

Deno.test({
  name: "what is no file is written to and read from, and never replaced",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const socket = `${folder}/socket`;
      // Another process may listen; what it leaves is a socket still.
      const listen = 'Deno.listen({ transport: "unix", path: Deno.args[0] }); Deno.exit();';
      await new Deno.Command(Deno.execPath(), { args: ["eval", listen, socket] }).output();
      // Nobody can open one.
      await assertRejects(() => replaceFile(socket, Uint8Array.of(1)), FileError, socket);
      assertEquals((await Deno.lstat(socket)).isSocket, true);
      const pipe = `${folder}/pipe`;
      const made = await new Deno.Command("mkfifo", { args: [pipe] }).output();
      assertEquals(made.success, true);
      const shell = (script: string) =>
        new Deno.Command("sh", { args: ["-c", script, pipe], stdout: "piped" }).spawn().output();
      await checkReplaceable(pipe);
      const sent = Uint8Array.from({ length: 100_000 }, (_, i) => i);
      const reader = shell('cat "$0"');
      await replaceFile(pipe, sent);
      assertEquals((await reader).stdout, sent);
      assertEquals((await Deno.lstat(pipe)).isFifo, true);
      const writer = shell('head -c 100000 /dev/zero > "$0"');
      assertEquals((await bytesOf(pipe)).bytes, new Uint8Array(100_000));
      await writer;
      await assertRejects(() => bytesOf("/dev/zero", 99_999), FileError, "at most 99999 bytes");
    }),
});

Deno.test("files in folders that are not there, or are no folders, are refused", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "old");
    for (const path of [`${folder}/none/file`, `${folder}/file/file`]) {
      await assertRejects(() => replaceFile(path, Uint8Array.of(1)), FileError, path);
      await assertRejects(() => checkReplaceable(path), FileError, path);
    }
    await assertRejects(() => makeFolder(`${folder}/file`), FileError, 'file": it is no folder');
    await assertRejects(() => makeFolder(""), FileError, 'write "": the name is empty');
    assertEquals(namesIn(folder), ["file"]);
  }));

Deno.test({
  name: "files in folders that may not be written are refused",
  // The superuser may write everywhere.
  ignore: Deno.build.os === "windows" || isSuperuser(),
  fn: () =>
    inFolder(async (folder) => {
      await Deno.chmod(folder, 0o555);
      const path = `${folder}/file`;
      await assertRejects(() => replaceFile(path, Uint8Array.of(1)), FileError, "denied");
      await assertRejects(() => checkReplaceable(path), FileError, "denied");
      await Deno.chmod(folder, 0o755);
      assertEquals(namesIn(folder), []);
    }),
});

Deno.test("reasonOf() keeps what people can read", () => {
  assertEquals(reasonOf(new Error("File exists (os error 17): mkdir '/a\n/b'")), "File exists");
  const node = "ENOENT: no such file or directory, open '/a, b'";
  assertEquals(reasonOf(new Error(node)), "No such file or directory");
  assertEquals(reasonOf(new Error("EFBIG: file too large, write")), "File too large");
  assertEquals(reasonOf(new Error("broken")), "Broken");
  assertEquals(reasonOf("lost"), "Lost");
});

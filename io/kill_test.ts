// Processes that are killed while they save.

import { assert, assertEquals } from "@std/assert";
import { loadSafetensors } from "./safetensors.ts";

/** How often a process is killed, and how many files each of them is saving at that moment. */
const KILLS = 20, FILES = 10;

/** Saves files over and over, each on its own; tells when all are there, and how long a save takes. */
const program = (folder: string) => `
  import { saveSafetensors } from "${new URL("./safetensors.ts", import.meta.url)}";
  import { tensor } from "${new URL("../core/runtime/tensor.ts", import.meta.url)}";
  const save = (file, i) => saveSafetensors(
    ${JSON.stringify(folder)} + "/" + file,
    { x: tensor(new Float32Array(20_000 + 1000 * file).fill(i)) },
  );
  const start = performance.now();
  await Promise.all(Array.from({ length: ${FILES} }, (_, file) => save(file, 1)));
  await Deno.stdout.write(new TextEncoder().encode(String(performance.now() - start)));
  for (let file = 0; file < ${FILES}; file++) {
    (async () => { for (let i = 2; ; i++) await save(file, i); })();
  }`;

Deno.test(`saves killed at ${KILLS * FILES} moments leave the old file or the new one`, async () => {
  const root = await Deno.makeTempDir(), moments = Array.from({ length: KILLS }, (_, i) => i);
  let unfinished = 0, later = 0;
  const kill = async (moment: number) => {
    const folder = `${root}/${moment}`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/save.ts`, program(folder));
    await using child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", `${folder}/save.ts`],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const { value } = await child.stdout.getReader().read();
    const duration = Number(new TextDecoder().decode(value));
    // Spread over some saves: each of the files is at another place in its own.
    await new Promise((resolve) => setTimeout(resolve, 2 * duration * (1 + moment) / KILLS));
    child.kill("SIGKILL");
    await child.status;
    for (let file = 0; file < FILES; file++) {
      const { tensors } = await loadSafetensors(`${folder}/${file}`);
      const x = tensors["x"]!.dataSync() as Float32Array;
      assertEquals(x.length, 20_000 + 1000 * file);
      assert(x.every((value) => value === x[0]), `two saves in one file: ${x[0]} and others`);
      if (x[0]! > 1) later++;
    }
    unfinished += [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".part")).length;
  };
  // Two at a time, as starting takes longest.
  const next = moments[Symbol.iterator]();
  await Promise.all([1, 2].map(async () => {
    for (const moment of next) await kill(moment);
  }));
  await Deno.remove(root, { recursive: true });
  // The moments were in saves, and not in the first ones only.
  assert(unfinished > 0 && later > 0, `${unfinished} unfinished, ${later} saved again`);
});

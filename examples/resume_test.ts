// Trainings that are stopped, killed and gone on with; what programs are told of them.

import { assert, assertEquals } from "@std/assert";
import { io } from "../mod.ts";

const root = new URL("..", import.meta.url);

function start(args: readonly string[]): Deno.ChildProcess {
  const allowed = ["--allow-read", "--allow-env", "--allow-write"];
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--import-map=dev/import_map.json"],
      ...allowed,
      "examples/train.ts",
      ...["--device=cpu", "--images=400", "--batch=40", ...args],
    ],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function finished(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await start(args).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, errors);
  return text!;
}

Deno.test("a run that was killed goes on, and ends as one never stopped, to the bit", async () => {
  const whole = await Deno.makeTempDir(), parts = await Deno.makeTempDir();
  const options = ["--model=softmax", "--epochs=25", "--loop=host"];
  const text = await finished([...options, `--out=${whole}`, "--json"]);
  const events = text.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(events.map(({ event }) => event), [...Array(25).fill("epoch"), "end"]);
  assertEquals(events[24].loss, events[25].losses[24]);

  // Killed again and again, at other moments each time, until it gets to its end.
  const state = `${parts}/state.safetensors`,
    exists = () => Deno.stat(state).then(() => true, () => false);
  let kills = 0;
  for (let done = false; !done;) {
    const more = await exists() ? [`--resume=${state}`] : options;
    const child = start([...more, `--out=${parts}`, "--quiet"]);
    const output = child.output();
    const saved = async () => (await io.loadSafetensors(state)).metadata["progress"];
    const before = await exists() ? await saved() : undefined;
    const ended = output.then(() => true);
    while (true) {
      done = await Promise.race([ended, new Promise<false>((r) => setTimeout(r, 3, false))]);
      // Loadable at each moment.
      if (done || await exists() && await saved() !== before) break;
    }
    if (!done && kills < 2) {
      child.kill("SIGKILL");
      kills++;
    } else done = true;
    const { stdout } = await output;
    assertEquals(stdout.length, 0);
  }
  assertEquals(kills, 2);
  for (const name of ["model.safetensors", "state.safetensors"]) {
    const [one, two] = await Promise.all(
      [whole, parts].map(async (out) => await io.loadSafetensors(`${out}/${name}`)),
    );
    assertEquals(two!.tensors, one!.tensors, name);
  }
  // What a killed process leaves beside is no file of that name.
  assert([...Deno.readDirSync(parts)].every(({ name }) => /\.(safetensors|svg|part)$/.test(name)));
});

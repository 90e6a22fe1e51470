/**
 * Sets Croton beside the peers that can be had here, in one run, and prints a table of milliseconds.
 *
 * Every program is a process of its own; they take turns, and the least time of all passes counts. Peers that
 * cannot be installed (no npm, no Python with NumPy) are left out.
 *
 * `deno task bench:peers [work …]`, with `--passes=5` for more than three passes
 *
 * @module
 */
import { type WorkName, works } from "./work.ts";

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const here = new URL(".", import.meta.url).pathname;
const deno = (file: string, ...flags: string[]): Pick<Program, "command" | "args"> => ({
  command: Deno.execPath(),
  args: ["run", "-A", "--quiet", "--no-lock", "--no-check", here + file, ...flags],
});

const programs: readonly Program[] = [
  { name: "Croton", ...deno("croton.ts") },
  { name: "with native BLAS", ...deno("croton.ts", "--blas") },
  { name: "JavaScript", ...deno("plain.ts") },
  { name: "jax-js", ...deno("jax_js.ts") },
  { name: "TensorFlow.js", ...deno("tensorflow.ts") },
  { name: "NumPy", command: "python3", args: [here + "numpy_works.py"] },
];

/** One pass of a program; null if it cannot run here. */
async function pass(
  { name, command, args }: Program,
  wanted: readonly string[],
): Promise<Map<WorkName, number> | null> {
  const env = { OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(command, { args: [...args, ...wanted], env }).output();
  } catch {
    return null;
  }
  const found = new Map<WorkName, number>();
  for (const line of new TextDecoder().decode(output.stdout).split("\n")) {
    if (!line.startsWith("{")) continue;
    const { work, milliseconds } = JSON.parse(line) as { work: WorkName; milliseconds: number };
    found.set(work, milliseconds);
  }
  if (output.code !== 0) {
    const reason = new TextDecoder().decode(output.stderr).trim().split("\n").slice(-3).join(" ");
    console.error(`${name} ended early: ${reason}`);
  }
  return found.size === 0 ? null : found;
}

/** Two digits, or whole numbers. */
function written(value: number | undefined): string {
  if (value === undefined) return "–";
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}

async function main(): Promise<void> {
  const passes = Number(Deno.args.find((arg) => arg.startsWith("--passes="))?.slice(9) ?? 3);
  const wanted = Deno.args.filter((arg) => !arg.startsWith("--"));
  const times = new Map<string, Map<WorkName, number>>();
  for (let i = 0; i < passes; i++) {
    for (const program of programs) {
      if (i > 0 && !times.has(program.name)) continue;
      const found = await pass(program, wanted);
      if (found === null) continue;
      const least = times.get(program.name) ?? new Map<WorkName, number>();
      for (const [work, time] of found) {
        least.set(work, Math.min(time, least.get(work) ?? Infinity));
      }
      times.set(program.name, least);
    }
  }
  const own = times.get("Croton");
  const there = programs.filter((program) => times.has(program.name)).map(({ name }) => name);
  console.log(`| milliseconds (times Croton's) | ${there.join(" | ")} |`);
  console.log(`| --- | ${there.map(() => "---").join(" | ")} |`);
  for (const work of works) {
    if (wanted.length > 0 && !wanted.includes(work)) continue;
    const base = own?.get(work);
    const cells = there.map((name) => {
      const time = times.get(name)?.get(work);
      if (name === "Croton" || time === undefined || base === undefined) return written(time);
      return `${written(time)} (${written(time / base)})`;
    });
    console.log(`| ${work} | ${cells.join(" | ")} |`);
  }
}

await main();

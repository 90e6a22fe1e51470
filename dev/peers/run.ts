/**
 * Sets Croton beside the peers that can be had here, in one run, and prints a table of milliseconds.
 *
 * Every program is a process of its own; they take turns, and the median of all passes counts. Peers that
 * cannot be installed (no npm, no Python with their package) are left out aloud, and results that
 * differ from Croton's are told. `--help` lists the options.
 *
 * @module
 */
import { chart } from "./chart.ts";
import { agree, type Report, type WorkName, works } from "./work.ts";

const HELP = `Croton beside its peers, in milliseconds

Usage: deno task bench:peers [OPTIONS] [WORK …]

  --passes=N      how often each program runs, in turn (3)
  --threads=all   on all threads, in place of one
  --only=A,B      these programs, by the names in the table
  --json=FILE     writes what was measured
  --svg=FILE      draws it

JAX, PyTensor and NumPy run by CROTON_PYTHON, or python3. Works: ${works.join("; ")}`;

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const given = (name: string) =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const isWide = given("threads") === "all";

const here = new URL(".", import.meta.url).pathname;
const deno = (file: string, ...flags: string[]): Pick<Program, "command" | "args"> => ({
  command: Deno.execPath(),
  args: ["run", "-A", "--quiet", "--no-lock", "--no-check", here + file, ...flags],
});
const python = (file: string): Pick<Program, "command" | "args"> => ({
  command: Deno.env.get("CROTON_PYTHON") ?? "python3",
  args: [here + file],
});

const threads = isWide ? ["--threads"] : [];
const programs: readonly Program[] = [
  { name: "Croton", ...deno("croton.ts", ...threads) },
  { name: "with native BLAS", ...deno("croton.ts", "--blas", ...threads) },
  { name: "JAX", ...python("jax_works.py") },
  { name: "PyTensor", ...python("pytensor_works.py") },
  { name: "NumPy", ...python("numpy_works.py") },
  { name: "JavaScript", ...deno("plain.ts") },
  { name: "jax-js", ...deno("jax_js.ts") },
  { name: "TensorFlow.js", ...deno("tensorflow.ts") },
];

/** One pass of a program; null if it cannot run here. */
async function pass(
  { name, command, args }: Program,
  wanted: readonly string[],
): Promise<Report[] | null> {
  const one = { OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
  const env = { PYTHONDONTWRITEBYTECODE: "1", ...(isWide ? {} : { ...one, PEER_THREADS: "1" }) };
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(command, { args: [...args, ...wanted], env }).output();
  } catch {
    console.error(`${name} is left out: there is no ${command}`);
    return null;
  }
  const found = new TextDecoder().decode(output.stdout).split("\n")
    .filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Report);
  if (output.code !== 0) {
    const reason = new TextDecoder().decode(output.stderr).trim().split("\n").slice(-3).join(" ");
    console.error(`${name} ${found.length === 0 ? "is left out" : "ended early"}: ${reason}`);
    if (found.length === 0) return null;
  }
  return found;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** What all passes of a program gave for a work. */
export interface Measured {
  /** The median of the passes' medians. */
  readonly milliseconds: number;
  /** The least and the greatest of the passes' medians, as parts of it. */
  readonly spread: readonly [number, number];
  /** To compile and to call once. */
  readonly first: number;
}

function measured(reports: readonly Report[]): Measured {
  const all = reports.map(({ milliseconds }) => milliseconds), middle = median(all);
  return {
    milliseconds: middle,
    spread: [Math.min(...all) / middle, Math.max(...all) / middle],
    first: median(reports.map(({ first }) => first)),
  };
}

/** Two digits, or whole numbers. */
function written(value: number | undefined): string {
  if (value === undefined) return "–";
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}

function table(
  shown: readonly WorkName[],
  all: ReadonlyMap<string, ReadonlyMap<WorkName, Measured>>,
): string {
  const names = [...all.keys()], own = all.get("Croton");
  const lines = [
    `| milliseconds (times Croton's) | ${names.join(" | ")} |`,
    `| --- | ${names.map(() => "---").join(" | ")} |`,
  ];
  for (const work of shown) {
    const base = own?.get(work)?.milliseconds;
    const cells = names.map((name) => {
      const time = all.get(name)!.get(work)?.milliseconds;
      if (name === "Croton" || time === undefined || base === undefined) return written(time);
      return `${written(time)} (${written(time / base)})`;
    });
    lines.push(`| ${work} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

async function main(): Promise<void> {
  if (Deno.args.includes("--help")) return console.log(HELP);
  const passes = Number(given("passes") ?? 3);
  const wanted = Deno.args.filter((arg) => !arg.startsWith("--"));
  const unknown = wanted.filter((name) => !(works as readonly string[]).includes(name));
  if (unknown.length > 0) throw new TypeError(`There is no work "${unknown[0]}"\n\n${HELP}`);
  const shown = works.filter((work) => wanted.length === 0 || wanted.includes(work));
  const only = given("only")?.split(",");
  let left = programs.filter(({ name }) => only === undefined || only.includes(name));
  const reports = new Map<string, Report[]>();
  for (let i = 0; i < passes; i++) {
    for (const program of left) {
      console.error(`pass ${i + 1} of ${passes}: ${program.name}`);
      const found = await pass(program, wanted);
      if (found === null) left = left.filter((other) => other !== program);
      else reports.set(program.name, [...reports.get(program.name) ?? [], ...found]);
    }
  }
  const all = new Map(
    [...reports].map(([name, list]) => [
      name,
      new Map(
        shown.flatMap((work): [WorkName, Measured][] => {
          const own = list.filter((one) => one.work === work);
          return own.length === 0 ? [] : [[work, measured(own)]];
        }),
      ),
    ]),
  );
  for (const work of shown) {
    const find = (name: string) => reports.get(name)?.find((one) => one.work === work)?.digest;
    const own = find("Croton");
    for (const name of reports.keys()) {
      const other = find(name);
      if (own === undefined || other === undefined || agree(own, other)) continue;
      console.error(`${name} computes something else: ${work} gives ${other}, Croton's ${own}`);
    }
  }
  console.log(table(shown, all));
  const json = given("json"), svg = given("svg");
  if (json !== undefined) {
    const listed = [...all].map(([program, found]) => ({
      program,
      works: Object.fromEntries(found),
    }));
    const about = { threads: isWide ? "all" : 1, passes, machine: machine() };
    await Deno.writeTextFile(json, `${JSON.stringify({ ...about, measured: listed }, null, 2)}\n`);
  }
  if (svg !== undefined) await Deno.writeTextFile(svg, chart(shown, all));
}

function machine(): string {
  try {
    return /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ??
      Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

if (import.meta.main) await main();

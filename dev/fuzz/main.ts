/**
 * `deno task fuzz`: tries random programs for as long as asked.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { availability } from "../testing/gpu_device.ts";
import type { Device } from "./check.ts";
import { foundText, fuzz, type Progress } from "./driver.ts";
import { kindNames } from "./kinds/mod.ts";

const usage = `Usage: deno task fuzz [options]

Makes random programs and compares what they compute with the reference interpreter.

  --seconds N      how long (default 60)
  --count N        programs of each kind, in place of a time
  --seed S         seed of the first program (default: from the clock)
  --device D       cpu, gpu or both (default: both, where there is a GPU)
  --only NAME      one kind of programs; may be given several times
  --keep-going     report every kind of failure, not only the first
  --timeout N      seconds after which a program counts as one that never ends (default 90)

Kinds: ${kindNames.join(", ")}
`;

function fail(message: string): never {
  console.error(`${message}\n\n${usage}`);
  Deno.exit(2);
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    fail(`--${name} expects a number, got "${text}"`);
  }
  return value;
}

function devicesOf(text: string | undefined): Device[] {
  if (text !== undefined && !["cpu", "gpu", "both"].includes(text)) {
    fail(`--device expects cpu, gpu or both, got "${text}"`);
  }
  if (!availability.available) {
    if (text === "gpu" || text === "both") fail(`There is no GPU: ${availability.reason}`);
    return ["cpu"];
  }
  return text === "cpu" ? ["cpu"] : text === "gpu" ? ["gpu"] : ["cpu", "gpu"];
}

async function main(): Promise<number> {
  const args = parseArgs(Deno.args, {
    string: ["seconds", "count", "seed", "device", "only", "timeout"],
    boolean: ["keep-going", "help"],
    collect: ["only"],
  });
  if (args.help) {
    console.log(usage);
    return 0;
  }
  const only = args.only as string[];
  for (const name of only) if (!kindNames.includes(name)) fail(`There is no kind "${name}"`);
  const seed = numberOf("seed", args.seed, Date.now() % 1_000_000);
  const count = args.count === undefined ? undefined : numberOf("count", args.count, 0);
  const seconds = count === undefined ? numberOf("seconds", args.seconds, 60) : undefined;
  const devices = devicesOf(args.device);
  const names = only.length > 0 ? only : kindNames;
  console.log(`fuzz: ${names.join(", ")} on ${devices.join(" and ")}, from seed ${seed}`);
  const show = new Line();
  const result = await fuzz({
    seed,
    kinds: names,
    devices,
    keepGoing: args["keep-going"],
    timeout: 1000 * numberOf("timeout", args.timeout, 90),
    flags: import.meta.resolve("@std/cli/parse-args").startsWith("file:")
      ? ["--import-map", new URL("../import_map.json", import.meta.url).pathname]
      : [],
    ...(count === undefined ? { seconds: seconds! } : { count }),
    progress: (state) => show.update(state),
    report: (found) => {
      show.clear();
      console.log(`\n${foundText(found)}`);
    },
  });
  show.clear();
  const { programs, skipped, found } = result;
  console.log(`${programs} programs tried, ${skipped} skipped, ${found.length} kinds of failures`);
  return found.length === 0 ? 0 : 1;
}

/** The line that tells how far it is: rewritten on a terminal, else a new one now and then. */
class Line {
  readonly #terminal = Deno.stdout.isTerminal();
  #shown = 0;

  update({ programs, skipped, failures, seconds, kind }: Progress): void {
    const now = performance.now();
    if (now - this.#shown < (this.#terminal ? 200 : 10_000)) return;
    this.#shown = now;
    const rate = (programs / Math.max(seconds, 1e-3)).toFixed(1);
    const text = `${seconds.toFixed(0)} s: ${programs} programs (${rate}/s), ${skipped} skipped, ` +
      `${failures} failures; ${kind}`;
    if (this.#terminal) Deno.stdout.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
    else console.log(text);
  }

  clear(): void {
    if (this.#terminal) Deno.stdout.writeSync(new TextEncoder().encode("\r\x1b[K"));
  }
}

if (import.meta.main) Deno.exit(await main());

/**
 * `deno task profile FILE [--json] [--trace=TRACE.json]`: runs a program, and shows where the time of the
 * functions that it compiles goes. The trace opens in Chrome's `about:tracing` and in Perfetto.
 *
 * @module
 */

import { profiles } from "../core/runtime/profile.ts";
import { config } from "../all.ts";

const help = `Runs a program, and shows where the time of the functions that it compiles goes.

Usage: deno task profile FILE [options]

  --json         as JSON, in place of tables
  --trace=FILE   writes a trace for about:tracing in Chrome, or Perfetto
  --help         this text`;

/** Runs the program; shows the profiles with most time first. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(help);
    return 0;
  }
  const unknown = args.find((arg) => arg.startsWith("-") && !/^--(json$|trace=.)/.test(arg));
  const file = args.find((arg) => !arg.startsWith("--"));
  const trace = args.find((arg) => arg.startsWith("--trace="))?.slice(8);
  if (file === undefined || unknown !== undefined) {
    if (unknown !== undefined) console.error(`Unknown argument "${unknown}"\n`);
    console.error(help);
    return 2;
  }
  config.profile = true;
  try {
    await import(new URL(file, `file://${Deno.cwd()}/`).href);
  } finally {
    config.profile = false;
  }
  const all = profiles.splice(0).filter(({ calls }) => calls > 0)
    .sort((a, b) => b.callTime - a.callTime);
  for (const profile of all) await profile.settle();
  if (args.includes("--json")) console.log(JSON.stringify(all, null, 2));
  else console.log(all.map(String).join("\n\n") || "No function was called.");
  if (trace !== undefined) {
    const traceEvents = all.flatMap((profile, i) => {
      const events = JSON.parse(profile.toTrace()).traceEvents as object[];
      const label = { name: "process_name", ph: "M", pid: i, args: { name: profile.name } };
      return [label, ...events.map((event) => ({ ...event, pid: i }))];
    });
    await Deno.writeTextFile(trace, JSON.stringify({ traceEvents }));
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

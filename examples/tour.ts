/**
 * Runs small programs one after the other, and shows their text and their results.
 *
 * ```sh
 * deno task tour --help
 * ```
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, cyan, dim, setColorEnabled } from "@std/fmt/colors";
import { compile, config, NoGpuError, T } from "../mod.ts";
import { equations } from "./tour/equations.ts";
import { firstSteps } from "./tour/first_steps.ts";
import { gradients } from "./tour/gradients.ts";
import { loops } from "./tour/loops.ts";
import { bodyOf, type Chapter, describeResults } from "./tour/program.ts";
import { randomStreams } from "./tour/random_streams.ts";
import { recurrences } from "./tour/recurrences.ts";
import { sharedState } from "./tour/shared_state.ts";
import { statistics } from "./tour/statistics.ts";

/** All chapters, in the order of reading. */
export const chapters: readonly Chapter[] = [
  firstSteps,
  sharedState,
  gradients,
  randomStreams,
  loops,
  recurrences,
  statistics,
  equations,
];

const help = `Run small programs and show their text and results.

Usage: deno task tour [options] [words]

With words, only the programs whose title or chapter has one of them.

  --device NAME   auto, gpu or cpu  (auto)
  --list          only the titles
  --help          this text`;

/** What of the tour is shown, and how. */
export interface TourOptions {
  /** Words that a title or the name of a chapter must have; none for everything. */
  words: readonly string[];
  /** Show titles only. */
  list: boolean;
  /** Called with lines for people. */
  print: (line: string) => void;
}

/**
 * Runs the programs and prints them with their results.
 *
 * @param options What to run
 * @returns How many programs were shown
 */
export async function tour({ words, list, print }: TourOptions): Promise<number> {
  let shown = 0;
  for (const chapter of chapters) {
    const programs = chapter.programs.filter(({ title }) =>
      words.length === 0 ||
      words.some((word) => `${chapter.title} ${title}`.toLowerCase().includes(word.toLowerCase()))
    );
    if (programs.length === 0) continue;
    const text = list ? "" : await Deno.readTextFile(new URL(chapter.url));
    print(bold(chapter.title));
    for (const { title, run, show = run.name } of programs) {
      shown++;
      print(`${list ? "" : "\n"}  ${cyan(title)}`);
      if (list) continue;
      for (const line of bodyOf(text, show).split("\n")) print(dim(`    ${line}`.trimEnd()));
      for (const line of describeResults(await run())) print(`  ${line}`);
    }
    print("");
  }
  return shown;
}

async function main(): Promise<number> {
  const unknown: string[] = [];
  const flags = parseArgs(Deno.args, {
    boolean: ["help", "list"],
    string: ["device"],
    unknown: (arg) => {
      if (arg.startsWith("-")) unknown.push(arg);
      return !arg.startsWith("-");
    },
  });
  if (flags.help) {
    console.log(help);
    return 0;
  }
  const device = flags.device ?? "auto";
  if (unknown.length > 0 || device !== "auto" && device !== "gpu" && device !== "cpu") {
    console.error(
      unknown.length > 0
        ? `error: Unknown argument "${unknown[0]}"; --help lists the options`
        : `error: --device must be auto, gpu or cpu, got "${device}"`,
    );
    return 1;
  }
  config.device = device;
  if (!flags.list) {
    const probe = await compile([], T.constant(0));
    console.log(dim(`device ${probe.device}: ${probe.deviceInfo}\n`));
  }
  const words = flags._.map(String);
  if (await tour({ words, list: flags.list, print: (line) => console.log(line) }) > 0) return 0;
  console.error(
    `error: No program has ${words.map((word) => `"${word}"`).join(" or ")} in its title`,
  );
  return 1;
}

if (import.meta.main) {
  setColorEnabled(Deno.stdout.isTerminal() && !Deno.noColor);
  try {
    Deno.exit(await main());
  } catch (error) {
    if (!(error instanceof NoGpuError)) throw error;
    console.error(`error: ${error.message}`);
    Deno.exit(1);
  }
}

/**
 * Everything that has to hold before a change goes in: format, lint, types, documentation,
 * publishing and tests, with one line for each step and a total at the end.
 *
 * @module
 */
import { captureDeno } from "./process.ts";

/** How many tests passed and failed. */
export interface Tally {
  /** Tests that passed. */
  passed: number;
  /** Tests that failed. */
  failed: number;
}

/** What the tests may do: read the repository, serve it on loopback, start `deno`, write files. */
const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-net=127.0.0.1",
  "--allow-import",
];

interface Step {
  name: string;
  args: string[];
  /** A file that the step is about; without it the step is left out. */
  needs?: string;
  /** Whether what `deno test` counts is added up; other steps count as one test. */
  counted?: boolean;
}

/** What is tried in one process: a folder, but for what is tried elsewhere. */
interface Part {
  path: string;
  ignore: string[];
}

function checks(flags: string[]): Step[] {
  return [
    { name: "format", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "types", args: ["check", "--doc", ...flags] },
    {
      name: "documentation",
      args: ["doc", "--lint", "mod.ts", "xla/mod.ts", "see/mod.ts"],
      needs: "mod.ts",
    },
    { name: "publishing", args: ["publish", "--dry-run", "--allow-dirty"], needs: "mod.ts" },
    // The other tests don't have the permission, and so are about products of our own.
    {
      name: "products by a native BLAS",
      args: ["test", "--quiet", "--no-check", ...flags, ...PERMISSIONS, "--allow-ffi", "cpu/gemm"],
      needs: "cpu/gemm/blas_test.ts",
    },
  ];
}

/** Large folders, of which each folder in them is a part: first those that take longest. */
const LARGE = ["dev", ".", "core"];

/** All files, as parts that can be tried side by side. */
export async function parts(): Promise<Part[]> {
  const found: Part[] = [];
  for (const path of LARGE) {
    const ignore: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory && !name.startsWith(".") && name !== "node_modules") {
        ignore.push(path === "." ? name : `${path}/${name}`);
      }
    }
    const own = ignore.toSorted().filter((folder) => !LARGE.includes(folder));
    found.push({ path, ignore }, ...own.map((folder) => ({ path: folder, ignore: [] })));
  }
  return found;
}

function tests(flags: string[], part: Part): Step {
  const ignore = part.ignore.length > 0 ? [`--ignore=${part.ignore.join(",")}`] : [];
  return {
    name: `tests of ${part.path === "." ? "the other files" : part.path}`,
    // Types, of examples in comments as well, are a step of their own.
    args: [
      "test",
      "--doc",
      "--no-check",
      "--permit-no-files",
      ...flags,
      ...PERMISSIONS,
      ...ignore,
      part.path,
    ],
    counted: true,
  };
}

/**
 * Runs all steps, as many side by side as there are processors, or with `args` only `deno test` with
 * them.
 *
 * @param flags The flags that choose the import map
 * @param args Files to test and flags for `deno test`
 * @returns The exit status, 0 if everything passed
 */
export async function runSuite(flags: string[], args: string[]): Promise<number> {
  const total: Tally = { passed: 0, failed: 0 };
  if (args.length > 0) {
    const rest = args.indexOf("--");
    const [own, theirs] = rest < 0 ? [args, []] : [args.slice(0, rest), args.slice(rest)];
    const command = ["test", "--doc", ...flags, ...PERMISSIONS, ...own, ...theirs];
    add(total, await runStep({ name: "tests", args: command, counted: true }, true));
  } else {
    const queue = [...checks(flags), ...(await parts()).map((part) => tests(flags, part))];
    const work = async (): Promise<void> => {
      for (let step; (step = queue.shift()) !== undefined;) add(total, await runStep(step, false));
    };
    await Promise.all(Array.from({ length: Math.min(navigator.hardwareConcurrency, 4) }, work));
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

/** Runs a step; `echo` shows what it writes at once, else that is shown when the step has ended. */
async function runStep(step: Step, echo: boolean): Promise<Tally> {
  const started = performance.now();
  if (step.needs !== undefined && !await exists(step.needs)) {
    console.log(`skipped  ${step.name}: there is no ${step.needs}`);
    return { passed: 0, failed: 0 };
  }
  const { code, output } = await captureDeno(step.args, echo);
  const counted = step.counted === true;
  if (!echo && (counted || code !== 0)) console.log(output.trimEnd());
  const tally = counted ? readTally(output) : { passed: code === 0 ? 1 : 0, failed: 0 };
  // A run that ends badly without a failed test (a crash, a type error) must not pass for good.
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  report(step.name, tally.failed === 0, started);
  return tally;
}

function report(name: string, passed: boolean, started: number): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${passed ? "ok      " : "FAILED  "} ${name} (${seconds} s)`);
}

function add(total: Tally, tally: Tally): void {
  total.passed += tally.passed;
  total.failed += tally.failed;
}

/**
 * Sums the summary lines that `deno test` prints.
 *
 * @param output What `deno test` wrote
 * @returns The counts, both 0 if there was no summary line
 */
export function readTally(output: string): Tally {
  const total: Tally = { passed: 0, failed: 0 };
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const line = /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/gm;
  for (const [, passed, failed] of plain.matchAll(line)) {
    add(total, { passed: Number(passed), failed: Number(failed) });
  }
  return total;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

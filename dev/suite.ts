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
}

function steps(flags: string[]): Step[] {
  return [
    { name: "format", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "types", args: ["check", ...flags] },
    { name: "documentation", args: ["doc", "--lint", "mod.ts", "xla/mod.ts"], needs: "mod.ts" },
    { name: "publishing", args: ["publish", "--dry-run", "--allow-dirty"], needs: "mod.ts" },
    // The other tests don't have the permission, and so are about products of our own.
    {
      name: "products by a native BLAS",
      args: ["test", "--quiet", "--no-check", ...flags, ...PERMISSIONS, "--allow-ffi", "cpu/gemm"],
      needs: "cpu/gemm/blas_test.ts",
    },
  ];
}

/**
 * Runs all steps, or with `args` only `deno test` with them.
 *
 * @param flags The flags that choose the import map
 * @param args Files to test and flags for `deno test`
 * @returns The exit status, 0 if everything passed
 */
export async function runSuite(flags: string[], args: string[]): Promise<number> {
  const total: Tally = { passed: 0, failed: 0 };
  if (args.length === 0) {
    for (const step of steps(flags)) add(total, await runStep(step));
  }
  const rest = args.indexOf("--");
  const [own, theirs] = rest < 0 ? [args, []] : [args.slice(0, rest), args.slice(rest)];
  const started = performance.now();
  const command = ["test", "--doc", ...flags, ...PERMISSIONS, ...own, ...theirs];
  const { code, output } = await captureDeno(command, true);
  const tally = readTally(output);
  // A run that ends badly without a failed test (a crash, a type error) must not pass for good.
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  add(total, tally);
  report("tests", tally.failed === 0, started);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function runStep(step: Step): Promise<Tally> {
  const started = performance.now();
  if (step.needs !== undefined && !await exists(step.needs)) {
    console.log(`skipped  ${step.name}: there is no ${step.needs}`);
    return { passed: 0, failed: 0 };
  }
  const { code, output } = await captureDeno(step.args, false);
  if (code !== 0) console.log(output.trimEnd());
  report(step.name, code === 0, started);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
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

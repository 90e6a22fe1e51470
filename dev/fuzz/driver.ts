/**
 * Tries random programs of all kinds, one after the other, and reports those that fail.
 *
 * @module
 */

import type { Device, Failure, Outcome } from "./check.ts";
import { kernelKinds } from "./kinds/mod.ts";
import { type Program, programText } from "./program.ts";
import { Runner } from "./runner.ts";
import { shrink } from "./shrink.ts";

/** What to try. */
export interface FuzzOptions {
  /** Seed of the first program. */
  readonly seed: number;
  /** Names of kinds. */
  readonly kinds: readonly string[];
  readonly devices: readonly Device[];
  /** Programs to try of each kind, if not limited by time. */
  readonly count?: number;
  /** Seconds to go on. */
  readonly seconds?: number;
  /** Whether to go on behind a failure, and report each kind of failure once. */
  readonly keepGoing?: boolean;
  /** Flags of the process that runs programs: which import map. */
  readonly flags?: readonly string[];
  /** Milliseconds that a program may take. */
  readonly timeout?: number;
  /** Called after each program. */
  progress?(state: Progress): void;
  /** Called with each failure when it is found. */
  report?(found: Found): void;
}

/** How far it is. */
export interface Progress {
  readonly programs: number;
  readonly skipped: number;
  readonly failures: number;
  readonly seconds: number;
  readonly kind: string;
}

/** A program that fails. */
export interface Found {
  readonly kind: string;
  readonly seed: number;
  readonly device: Device;
  readonly failure: Failure;
  readonly text: string;
}

/** What was found. */
export interface FuzzResult {
  readonly programs: number;
  readonly skipped: number;
  readonly found: readonly Found[];
}

const BUDGET = { tries: 300, time: 120_000 };

/** Tries programs. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { kinds, devices, seed, count = Infinity, seconds = Infinity } = options;
  const runner = new Runner({ time: options.timeout ?? 90_000, memory: 1500 }, options.flags);
  const start = performance.now(), known = new Set<string>();
  const found: Found[] = [];
  let programs = 0, skipped = 0;
  try {
    for (let i = 0; i < count; i++) {
      for (const kind of kinds) {
        const elapsed = (performance.now() - start) / 1000;
        if (elapsed > seconds) return { programs, skipped, found };
        options.progress?.({ programs, skipped, failures: found.length, seconds: elapsed, kind });
        const at = { kind, seed: seed + i };
        for await (const { device, program, outcome } of outcomes(runner, at, devices)) {
          if (outcome.status === "skipped") skipped++;
          else programs++;
          if (outcome.status !== "failed") continue;
          const name = `${kind} ${outcome.failure.kind}`;
          if (known.has(name)) continue;
          known.add(name);
          const one = await explain(runner, { ...at, device }, program, outcome.failure);
          found.push(one);
          options.report?.(one);
          if (options.keepGoing !== true) return { programs, skipped, found };
        }
      }
    }
    return { programs, skipped, found };
  } finally {
    await runner.stop();
  }
}

interface Trial {
  readonly device: Device;
  readonly program: Program | null;
  readonly outcome: Outcome;
}

/** The program of a kind and seed on each device. */
async function* outcomes(
  runner: Runner,
  { kind, seed }: { readonly kind: string; readonly seed: number },
  devices: readonly Device[],
): AsyncGenerator<Trial> {
  const kernels = kernelKinds.find(({ name }) => name === kind);
  const made = kernels === undefined ? await runner.make(kind, seed) : null;
  for (const device of devices) {
    if (kernels !== undefined) {
      if (!kernels.devices.includes(device)) continue;
      yield { device, program: null, outcome: await runner.kernels(kind, seed) };
    } else if (made !== null) {
      if ("status" in made) yield { device, program: null, outcome: made };
      else yield { device, program: made, outcome: await runner.check(made, device) };
    }
  }
}

async function explain(
  runner: Runner,
  at: { readonly kind: string; readonly seed: number; readonly device: Device },
  program: Program | null,
  failure: Failure,
): Promise<Found> {
  const { device } = at;
  if (program === null) return { ...at, failure, text: "" };
  let last = failure;
  // A law holds for the lines as they are.
  const isLaw = failure.kind === "derivative" || program.laws.some(({ kind }) => kind === "equal");
  const small = await shrink(program, async (candidate) => {
    const outcome = await runner.check(candidate, device);
    if (outcome.status !== "failed" || outcome.failure.kind !== failure.kind) return false;
    last = outcome.failure;
    return true;
  }, { ...BUDGET, lines: !isLaw });
  return { ...at, failure: last, text: programText(small, device) };
}

/** A failure in words. */
export function foundText({ kind, seed, device, failure, text }: Found): string {
  const message = failure.message.split("\n").slice(0, 12).join("\n");
  return `FAILED  --only ${kind} --seed ${seed} --device ${device}\n${failure.kind}\n${message}\n\n${text}`;
}

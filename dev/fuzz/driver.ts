/**
 * Tries random programs of all kinds, one after the other, and reports those that fail.
 *
 * @module
 */

import type { Device, Failure, Outcome } from "./check.ts";
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
        const made = await runner.make(kind, seed + i);
        if (made === null) continue;
        for (const device of devices) {
          const program = "status" in made ? null : made;
          const outcome: Outcome = program === null
            ? made as Outcome
            : await runner.check(program, device);
          if (outcome.status === "skipped") skipped++;
          else programs++;
          if (outcome.status !== "failed") continue;
          const name = `${kind} ${outcome.failure.kind}`;
          if (known.has(name)) continue;
          known.add(name);
          const one = await explain(runner, kind, seed + i, device, program, outcome.failure);
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

async function explain(
  runner: Runner,
  kind: string,
  seed: number,
  device: Device,
  program: Program | null,
  failure: Failure,
): Promise<Found> {
  if (program === null) return { kind, seed, device, failure, text: "" };
  let last = failure;
  // A law holds for the lines as they are.
  const isLaw = failure.kind === "derivative" || program.laws.some(({ kind }) => kind === "equal");
  const small = await shrink(program, async (candidate) => {
    const outcome = await runner.check(candidate, device);
    if (outcome.status !== "failed" || outcome.failure.kind !== failure.kind) return false;
    last = outcome.failure;
    return true;
  }, { ...BUDGET, lines: !isLaw });
  return { kind, seed, device, failure: last, text: programText(small, device) };
}

/** A failure in words. */
export function foundText({ kind, seed, device, failure, text }: Found): string {
  const message = failure.message.split("\n").slice(0, 12).join("\n");
  return `FAILED  --only ${kind} --seed ${seed} --device ${device}\n${failure.kind}\n${message}\n\n${text}`;
}

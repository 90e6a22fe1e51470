/**
 * The steps of one level of a plan (the function itself, the body of a loop, one side of a branch), and
 * what they depend on each other by. Passes change it in place.
 *
 * @module
 */

import type { Step } from "../ir/program.ts";
import { buffersOf } from "../ir/steps.ts";
import type { Planner } from "./planner.ts";

/** The place of a step in its level; null where a pass has taken the step away. */
export interface StepEntry {
  readonly step: Step | null;
}

/** Sees a level after each pass; before the first one it is called "lower". */
export type Trace = (pass: string, graph: StepGraph) => void;

/** The steps of a level. */
export class StepGraph {
  readonly planner: Planner;
  /** What the steps are of, for people. */
  readonly name: string;
  readonly #kept: ReadonlySet<number>;
  readonly #steps: StepEntry[] = [];
  readonly #commit: StepEntry[] = [];
  readonly #readers = new Map<number, Set<StepEntry>>();
  readonly #writers = new Map<number, Set<StepEntry>>();

  /**
   * @param planner What it is part of.
   * @param name What the steps are of, for people.
   * @param steps The steps in order.
   * @param kept Scratch memory of other levels, which is read there.
   */
  constructor(
    planner: Planner,
    name: string,
    steps: readonly Step[],
    kept: ReadonlySet<number> = new Set(),
  ) {
    this.planner = planner;
    this.name = name;
    this.#kept = kept;
    for (const step of steps) this.#add(this.#steps, step);
    planner.trace?.("lower", this);
  }

  #add(list: StepEntry[], step: Step): void {
    const entry: StepEntry = { step: null };
    list.push(entry);
    this.replace(entry, step);
  }

  /** The places of steps that are left, without those that commit. */
  get entries(): readonly StepEntry[] {
    return this.#steps.filter(({ step }) => step !== null);
  }

  /** The places of steps that write shared variables, which run last. */
  get commits(): readonly StepEntry[] {
    return this.#commit.filter(({ step }) => step !== null);
  }

  /** The steps, without those that commit. */
  get steps(): Step[] {
    return this.entries.map(({ step }) => step!);
  }

  /** The steps that write shared variables. */
  get commit(): Step[] {
    return this.commits.map(({ step }) => step!);
  }

  /** The steps that read a buffer. */
  readersOf(buffer: number): ReadonlySet<StepEntry> {
    return this.#readers.get(buffer) ?? new Set();
  }

  /** The steps that write a buffer. */
  writersOf(buffer: number): ReadonlySet<StepEntry> {
    return this.#writers.get(buffer) ?? new Set();
  }

  /** Whether a buffer is read by others than these steps. */
  isNeeded(buffer: number): boolean {
    return this.#kept.has(buffer) ||
      this.planner.buffers.all[buffer]!.role.kind !== "temp";
  }

  /** Puts another step in a place, or none. */
  replace(entry: StepEntry, step: Step | null): void {
    if (entry.step === step) return;
    const note = (of: Step, change: (entries: Set<StepEntry>) => void) => {
      const { reads, writes } = buffersOf(of);
      for (const [buffers, users] of [[reads, this.#readers], [writes, this.#writers]] as const) {
        for (const buffer of buffers) {
          let entries = users.get(buffer);
          if (entries === undefined) users.set(buffer, entries = new Set());
          change(entries);
        }
      }
    };
    if (entry.step !== null) note(entry.step, (entries) => entries.delete(entry));
    (entry as { step: Step | null }).step = step;
    if (step !== null) note(step, (entries) => entries.add(entry));
  }

  /** Adds a step that writes shared variables. */
  addCommit(step: Step): void {
    this.#add(this.#commit, step);
  }

  /** Runs a pass. */
  pass(name: string, run: (graph: StepGraph) => void): this {
    run(this);
    this.planner.trace?.(name, this);
    return this;
  }
}

/**
 * What rewriting did: which rule fired where, and the time that rules took.
 *
 * @module
 */

import type { Variable } from "../graph/graph.ts";
import type { Rule } from "./rule.ts";

/** One replacement. */
interface Replacement {
  readonly rule: Rule;
  readonly phase: string;
  readonly before: Variable;
  readonly after: Variable;
  /** In how many loops it happened: 0 for the graph of the function. */
  readonly depth: number;
}

/** The graph after a phase. */
interface Snapshot {
  readonly phase: string;
  readonly outputs: readonly Variable[];
  /** How many replacements there were up to then. */
  readonly replacements: number;
  readonly milliseconds: number;
}

/** A record of one rewriting. */
export class RewriteLog {
  readonly replacements: Replacement[] = [];
  readonly phases: Snapshot[] = [];
  /** Milliseconds by rule, those that never fired included; without rules inside of rules. */
  readonly times: Map<string, number> = new Map();
  /** How many graphs inside of ops are being rewritten, one in the other. */
  depth = -1;
  #within = 0;

  /** Times what a rule does. */
  time<T>(rule: Rule, work: () => T): T {
    const outer = this.#within, start = performance.now();
    this.#within = 0;
    try {
      return work();
    } finally {
      const all = performance.now() - start;
      this.times.set(rule.name, (this.times.get(rule.name) ?? 0) + all - this.#within);
      this.#within = outer + all;
    }
  }
}

let current: RewriteLog | null = null;

/** Where rewriting is recorded now, if anywhere. */
export function currentLog(): RewriteLog | null {
  return current;
}

/** Records all rewriting that `work` does. */
export function logged<T>(log: RewriteLog, work: () => T): T {
  const outer = current;
  current = log;
  try {
    return work();
  } finally {
    current = outer;
  }
}

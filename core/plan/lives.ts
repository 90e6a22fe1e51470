/**
 * When scratch memory is in use: pieces whose lives don't overlap can share memory.
 *
 * @module
 */

import { isComplex } from "../graph/dtype.ts";
import type { BufferDecl, Program, Step, Store } from "../ir/program.ts";
import type { Address } from "../ir/scalar.ts";
import { productSize, type Size, sizeKey } from "../ir/size.ts";
import { buffersOf, type Leaf } from "../ir/steps.ts";

/** From when to when a piece is in use, both included. */
export interface Life {
  first: number;
  last: number;
}

/** A loop while time goes by: when it starts and ends, and what it is in. */
interface Span {
  readonly start: number;
  end: number;
  readonly outer: Span | null;
}

/** Follows what runs, in order, and finds the lives of what it uses. */
export class Lives<K> {
  readonly #lives = new Map<K, Life>();
  /** The innermost loop at each time. */
  readonly #spans: (Span | null)[] = [];
  #span: Span | null = null;
  /** What was used at the current level, and whether its first use overwrites all of it. */
  #used = new Map<K, boolean>();

  /** Something runs: what it uses, and whether it overwrites all of that before it reads it. */
  step(uses: Iterable<readonly [piece: K, overwrites: boolean]>): void {
    const now = this.#spans.push(this.#span) - 1;
    for (const [piece, overwrites] of uses) {
      this.#extend(piece, now, now);
      if (!this.#used.has(piece)) this.#used.set(piece, overwrites);
    }
  }

  /**
   * Something runs again and again; `tests` are read after each time. With `apart` parts of it don't wait for each
   * other, so that all that is used may be used at any time.
   */
  loop(body: () => void, tests: Iterable<K> = [], apart = false): void {
    const outer = this.#span, start = this.#spans.length;
    const span: Span = this.#span = { start, end: start, outer };
    const used = this.#inside(() => {
      this.step([]);
      body();
      this.step([...tests].map((piece) => [piece, false]));
    });
    this.#span = outer;
    span.end = this.#spans.length - 1;
    for (const test of tests) used.set(test, false);
    for (const [piece, overwrites] of used) {
      // What one time finds as the one before left it lives as long as the loop.
      if (apart || !overwrites) this.#extend(piece, span.start, span.end);
    }
  }

  /** Something may run or not. */
  perhaps(body: () => void): void {
    this.#inside(body);
  }

  /** Collects what is used inside, which counts as not overwritten outside. */
  #inside(body: () => void): Map<K, boolean> {
    const outer = this.#used, used = this.#used = new Map();
    body();
    this.#used = outer;
    for (const piece of used.keys()) if (!outer.has(piece)) outer.set(piece, false);
    return used;
  }

  #extend(piece: K, first: number, last: number): void {
    const life = this.#lives.get(piece);
    if (life === undefined) this.#lives.set(piece, { first, last });
    else {
      life.first = Math.min(life.first, first);
      life.last = Math.max(life.last, last);
    }
  }

  /** The lives of all that was used: who lives past one end of a loop lives through all of it. */
  get found(): ReadonlyMap<K, Readonly<Life>> {
    for (const life of this.#lives.values()) {
      const { first, last } = life;
      for (
        let span = this.#spans[first] ?? null;
        span !== null && span.end < last;
        span = span.outer
      ) {
        life.first = span.start;
      }
      for (
        let span = this.#spans[last] ?? null;
        span !== null && span.start > first;
        span = span.outer
      ) {
        life.last = span.end;
      }
    }
    return this.#lives;
  }
}

/**
 * The lives of the temps of a program; time counts the steps that hold no others, and ends of loops. `note` is
 * told the step of each time, in order.
 */
export function livesOf(
  program: Program,
  note: (step: Step) => void = () => {},
): ReadonlyMap<number, Readonly<Life>> {
  const lives = new Lives<number>();
  const temps = new Map(
    program.buffers.filter(({ role }) => role.kind === "temp").map((decl) => [decl.id, decl]),
  );
  const temp = (...buffers: (number | null)[]) =>
    buffers.filter((id) => id !== null && temps.has(id)) as number[];
  const read = (...buffers: (number | null)[]) =>
    lives.step(temp(...buffers).map((id) => [id, false]));
  const visit = (steps: readonly Step[]): void => {
    for (const step of steps) {
      note(step);
      if (step.kind === "loop") {
        lives.loop(
          () => {
            visit(step.body);
            note(step);
          },
          temp(step.until),
          step.block !== undefined,
        );
        note(step);
        read(step.count);
      } else if (step.kind === "branch") {
        read(step.condition);
        for (const side of [step.then, step.otherwise]) lives.perhaps(() => visit(side));
      } else {
        const { reads, writes } = buffersOf(step), covered = coveredBy(step, temps);
        lives.step(
          temp(...new Set([...reads, ...writes])).map((
            id,
          ) => [id, covered.has(id) && !reads.has(id)]),
        );
      }
    }
  };
  visit(program.steps);
  visit(program.commit);
  return lives.found;
}

/** Temps that a step overwrites as a whole. */
function coveredBy(step: Leaf, temps: ReadonlyMap<number, BufferDecl>): Set<number> {
  const covers = new Set<number>();
  const store = ({ buffer, address, guard }: Store, axes: readonly Size[]) => {
    const decl = temps.get(buffer);
    const whole = decl !== undefined && guard === null && !isComplex(decl.dtype) &&
      isInjective(address, axes) && sizeKey(productSize(axes)) === sizeKey(decl.elements);
    if (whole) covers.add(buffer);
  };
  if (step.kind === "nest") {
    for (const one of step.inner) store(one, [...step.axes, ...step.loops]);
    for (const one of step.outer) store(one, step.axes);
  } else if (step.kind === "gemm") {
    for (const one of step.stores) store(one, [...step.batch, step.m, step.n]);
  }
  return covers;
}

/** Whether different points have different addresses as far as can be seen: no computed part, no loop. */
function isInjective(address: Address, axes: readonly Size[]): boolean {
  const used = new Set(address.terms.map(({ axis }) => axis.kind === "axis" ? axis.axis : -1));
  return address.rest === null && address.offset === 0 && !used.has(-1) &&
    axes.every((size, axis) => size === 1 || used.has(axis));
}

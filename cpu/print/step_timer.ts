/**
 * Programs that are profiled tell when their steps begin and end. Reading the clock takes as long as a short
 * step does, so of steps that run often some runs are measured, and all are counted.
 *
 * @module
 */

import { costOf } from "../../core/plan/cost.ts";
import type { Program, Step } from "../../core/ir/program.ts";
import { sizeValue } from "../../core/ir/size.ts";
import { allSteps } from "../../core/ir/steps.ts";
import type { Func, Local } from "../wasm/mod.ts";
import type { FunctionContext } from "./context.ts";

/** Nanoseconds that reading the clock takes, and of the steps of a list for an operation, a byte and a step. */
const CLOCK = 500, OPERATION = 0.2, BYTE = 0.1, STEP = 10;

/** How much longer the steps may take for being measured. */
const MOST_EXTRA = 0.02;

/** At most so many runs are passed by for one that is measured. */
const MOST_PASSED = 1 << 12;

/** Prints lists of steps that are timed. */
export class StepTimer {
  readonly #program: Program;
  readonly #begin: Func;
  readonly #mark: Func;
  readonly #numbers: ReadonlyMap<Step, number>;

  /**
   * @param program What is printed.
   * @param begin The imported function that is told the number of a list, and gives the time.
   * @param mark The one that is told the number of a step and when it began, and gives the time.
   */
  constructor(program: Program, begin: Func, mark: Func) {
    this.#program = program;
    this.#begin = begin;
    this.#mark = mark;
    this.#numbers = new Map(allSteps(program).map(({ step }, number) => [step, number]));
  }

  /** Prints the steps of a list by `print`. */
  steps(context: FunctionContext, steps: readonly Step[], print: (step: Step) => void): void {
    const first = steps[0];
    if (first === undefined) return;
    const { f } = context;
    const runs = f.alloc("i32"), since = f.alloc("f64"), isMeasured = f.alloc("i32");
    this.#count(context, first, () => f.localTee(runs).i32Const(1));
    f.localGet(runs).i32Const(this.#passed(steps) - 1).i32And().i32Eqz();
    f.localGet(runs).i32Popcnt().i32Const(1).i32Eq().i32Or();
    f.localTee(isMeasured).if(() => {
      f.i32Const(this.#numbers.get(first)!).call(this.#begin).localSet(since);
    });
    for (const step of steps) {
      print(step);
      f.localGet(isMeasured).if(() => {
        f.i32Const(this.#numbers.get(step)!).localGet(since).call(this.#mark).localSet(since);
      });
    }
    f.free(runs, since, isMeasured);
  }

  /** Prints that a list has run so many times as a local says, where it isn't measured. */
  ran(context: FunctionContext, steps: readonly Step[], times: Local<"i32">): void {
    if (steps.length > 0) this.#count(context, steps[0]!, () => context.f.localGet(times));
  }

  /** Adds what `more` pushes to the count of a list, which lies on the stack before. */
  #count(context: FunctionContext, first: Step, more: () => void): void {
    const { f, block } = context, at = context.module.params.counter(this.#numbers.get(first)!);
    f.localGet(block).localGet(block).i32Load(at);
    more();
    f.i32Add().i32Store(at);
  }

  /** How many runs of a list there are to one that is measured, a power of two. */
  #passed(steps: readonly Step[]): number {
    const time = steps.reduce((sum, step) => {
      const { operations, bytes } = costOf(step, this.#program, sizeValue);
      return sum + STEP + OPERATION * operations + BYTE * bytes;
    }, 0);
    const runs = (steps.length + 1) * CLOCK / (MOST_EXTRA * time);
    return 2 ** Math.min(Math.log2(MOST_PASSED), Math.max(0, Math.ceil(Math.log2(runs))));
  }
}

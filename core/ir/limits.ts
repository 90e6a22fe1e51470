/**
 * Positions in kernels are 32-bit integers: what is too long for them is an error before anything runs.
 *
 * @module
 */

import { LimitError } from "../base/errors.ts";
import type { Step } from "./program.ts";
import { type Guards, MAX_POSITION, productSize, type Size, sizeValue } from "./size.ts";

/** Throws a LimitError if there are more positions than 32-bit integers can count. */
export function expectPositions(guards: Guards, what: string, count: Size): void {
  if (guards.decide("positions", [count], (n) => n <= MAX_POSITION)) return;
  throw new LimitError(`Cannot ${what}`, {
    limit: "32-bit positions",
    requested: sizeValue(count),
    maximum: MAX_POSITION,
  });
}

/** Checks the lengths that steps run over, and what of it plans for other lengths count on. */
export function checkPositions(guards: Guards, steps: readonly Step[]): void {
  const along = (step: Step, sizes: readonly Size[]) => {
    for (const size of sizes) expectPositions(guards, `run "${step.name}" along an axis`, size);
  };
  for (const step of steps) {
    switch (step.kind) {
      case "nest": {
        along(step, [...step.axes, ...step.loops]);
        const loops = productSize(step.loops);
        if (step.reductions.some(({ kind }) => kind === "argmax" || kind === "argmin")) {
          expectPositions(guards, `count positions in "${step.name}"`, loops);
        }
        // Printers make one axis of several only if all together are few enough.
        for (const count of [productSize(step.axes), loops]) {
          guards.decide("positions", [count], (n) => n <= MAX_POSITION);
        }
        break;
      }
      case "gemm":
        along(step, [...step.batch, step.m, step.n, step.k]);
        break;
      case "sort":
        along(step, [step.rows, step.length]);
        break;
      case "nonzero":
        along(step, [step.length]);
        break;
      case "loop":
        expectPositions(guards, `run the loop "${step.name}"`, step.steps);
        checkPositions(guards, step.body);
        break;
      case "branch":
        checkPositions(guards, step.then);
        checkPositions(guards, step.otherwise);
        break;
    }
  }
}

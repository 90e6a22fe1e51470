/**
 * How many iterations of loops a thread may take. Mesa's software driver ends every loop of a thread once
 * all of them together have made 65,535 iterations, and the results are silently wrong.
 *
 * @module
 */

import type { Guards, Size } from "../../core/ir/size.ts";
import type { GpuDevice } from "../device/device.ts";

/** More iterations than the driver in question makes. */
const ITERATIONS = 70_000;

/** The iterations that are counted on where the driver ends loops; some less than it makes. */
const BUDGET = 60_000;

/**
 * The number of loop iterations that a thread may take in one dispatch: infinite where the device makes
 * more of them than any driver is known to stop at.
 */
export async function findLoopBudget(device: GpuDevice): Promise<number> {
  const kernel = await device.pipelines.create({
    label: "count iterations",
    wgsl: `@group(0) @binding(0) var<storage, read_write> iterations: array<u32>;
@compute @workgroup_size(1)
fn main() {
  for (var i = 0u; i < ${ITERATIONS}u; i++) { iterations[0] += 1u; }
}
`,
    storage: ["write"],
  });
  const handle = device.buffers.acquire(16);
  const { queue, readback, pipelines } = device;
  queue.clear(handle.buffer, 0, 4);
  queue.dispatch(kernel, pipelines.bind(kernel, [handle]), null, 1);
  const made = new Uint32Array(await readback.read(handle.buffer, 0, 4))[0]!;
  device.buffers.release(handle);
  return made === ITERATIONS ? Infinity : Math.min(made, BUDGET);
}

/** Decides what stays within the budget, also when sizes change from call to call. */
export class LoopBudget {
  /** Iterations of one thread in one dispatch. */
  readonly iterations: number;
  readonly #guards: Guards;
  #decisions = 0;

  /**
   * @param iterations The budget.
   * @param guards Where decisions about symbolic sizes are recorded.
   */
  constructor(iterations: number, guards: Guards) {
    this.iterations = iterations;
    this.#guards = guards;
  }

  /** Whether so many iterations, computed from the values of the sizes, are within the budget. */
  fits(sizes: readonly Size[], iterations: (values: readonly number[]) => number): boolean {
    if (this.iterations === Infinity) return true;
    return this.#guards.decide(
      // Each decision has a name of its own; printing a program again makes the same ones.
      `loop iterations ${this.#decisions++}`,
      sizes,
      (...values) => iterations(values) <= this.iterations,
    );
  }
}

/** The product of the values of loop sizes. */
export function productOf(values: readonly number[]): number {
  return values.reduce((product, value) => product * value, 1);
}

/**
 * Plans that are ready to run, and how long they are kept: a number for each function, and bytes for all
 * functions together.
 *
 * @module
 */

import type { Backend, DeviceBuffer, Executable } from "./backend.ts";
import { settings } from "../base/settings.ts";
import type { DType } from "../graph/dtype.ts";
import { planTotals } from "./memory.ts";
import { type Size, sizeAt } from "../ir/size.ts";
import type { Plan } from "../plan/planner.ts";
import { KeptBuffer, residencyOf } from "./residency.ts";

/** Bytes of the objects that describe a plan, about: as many for each kernel again. */
const PLAN_BYTES = 1 << 14;

/** The shape that a result has in a call. */
interface ResultSize {
  readonly shape: readonly number[];
  readonly elements: number;
}

/** The shapes of the results of a call. */
interface ResultSizes {
  readonly outputs: readonly ResultSize[];
  /** New values of shared variables. */
  readonly updates: readonly ResultSize[];
}

/** How many elements a shape has. */
export function elementCount(shape: readonly number[]): number {
  let n = 1;
  for (const size of shape) n *= size;
  return n;
}

/** A plan made ready, with what a call needs at hand. */
export class PreparedPlan {
  readonly env: Float64Array;
  /** Whether the guards hold for the values in `env`. */
  holds = false;
  /** Code, constants and description. */
  readonly bytes: number;
  /** Memory of small outputs that are copied to the host at once (CPU), kept between calls. */
  readonly outputs: (KeptBuffer | null)[] = [];
  /** Memory of small arguments that are not tensors of the user's (CPU), kept between calls. */
  readonly arguments: (KeptBuffer | null)[] = [];
  readonly #backend: Backend;
  #sizes: ResultSizes | null = null;

  /** Takes over what was prepared for a device. */
  constructor(readonly plan: Plan, readonly executable: Executable, backend: Backend) {
    this.env = new Float64Array(plan.symbols.length);
    this.#backend = backend;
    const { codeBytes, kernels } = executable.info;
    const constants = plan.program.buffers.reduce(
      (sum, { role }) => sum + (role.kind === "constant" ? role.data.byteLength : 0),
      0,
    );
    this.bytes = codeBytes + constants + PLAN_BYTES * (1 + kernels);
  }

  /** The shapes of the results for the values in `env`. */
  sizes(): ResultSizes {
    if (this.#sizes !== null) return this.#sizes;
    const at = ({ shape }: { shape: readonly Size[] }): ResultSize => {
      const concrete = shape.map((size) => sizeAt(size, this.env));
      return { shape: concrete, elements: elementCount(concrete) };
    };
    const { outputs, updates } = this.plan;
    return this.#sizes = { outputs: outputs.map(at), updates: updates.map(at) };
  }

  /** Says that values in `env` have changed. */
  forgetSizes(): void {
    this.holds = false;
    this.#sizes = null;
  }

  /** Memory that is kept from call to call, made again when it is gone or too small. */
  keptBuffer(
    kept: (KeptBuffer | null)[],
    i: number,
    dtype: DType,
    elements: number,
  ): DeviceBuffer {
    const residency = residencyOf(this.#backend);
    let have = kept[i];
    if (!have?.holds(dtype, elements)) {
      have?.dispose();
      kept[i] = have = new KeptBuffer(residency, dtype, elements);
    }
    residency.touch(have);
    return have.buffer;
  }

  /** Gives the memory back that it keeps for the next call, which takes it again. */
  free(): void {
    this.#forget();
    this.executable.free();
  }

  /** Gives all that it holds back. */
  dispose(): void {
    this.#forget();
    this.executable.dispose();
  }

  #forget(): void {
    for (const buffer of [...this.outputs, ...this.arguments]) buffer?.dispose();
    this.outputs.length = 0;
    this.arguments.length = 0;
  }
}

/** The plans of all functions with the caches they are in, used last at the end. */
const everywhere = new Map<PreparedPlan, PlanCache>();
let usedLast: PreparedPlan | null = null;

/** The plans of one function. It knows nothing of the function, so it can outlive it to give all back. */
export class PlanCache {
  /** Used last first. */
  readonly #plans: PreparedPlan[] = [];

  /** The plans, used last first. */
  get plans(): readonly PreparedPlan[] {
    return this.#plans;
  }

  /** Keeps a plan. */
  add(prepared: PreparedPlan): PreparedPlan {
    this.#plans.unshift(prepared);
    everywhere.set(prepared, this);
    usedLast = prepared;
    planTotals.plans++;
    planTotals.bytes += prepared.bytes;
    const most = Math.max(1, settings.plans);
    while (this.#plans.length > most) this.#drop(this.#plans.at(-1)!);
    for (const [oldest, cache] of everywhere) {
      if (planTotals.bytes <= settings.planBytes || oldest === prepared) break;
      cache.#drop(oldest);
    }
    return prepared;
  }

  /** Says that the plan at a place is used. */
  use(at: number): void {
    const prepared = this.#plans[at]!;
    if (at > 0) this.#plans.unshift(...this.#plans.splice(at, 1));
    if (prepared === usedLast) return;
    usedLast = prepared;
    everywhere.delete(prepared);
    everywhere.set(prepared, this);
  }

  /** Drops all plans. */
  clear(): void {
    for (const prepared of [...this.#plans]) this.#drop(prepared);
  }

  #drop(prepared: PreparedPlan): void {
    this.#plans.splice(this.#plans.indexOf(prepared), 1);
    everywhere.delete(prepared);
    if (usedLast === prepared) usedLast = null;
    planTotals.plans--;
    planTotals.bytes -= prepared.bytes;
    prepared.dispose();
  }
}

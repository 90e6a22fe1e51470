/**
 * Giving what a call reported to those who asked for it.
 *
 * @module
 */

import { isComplex } from "../graph/dtype.ts";
import type { ReportItem } from "../ops/control/reports.ts";
import { Tensor } from "./tensor.ts";

/** What a function reports; the values are results behind all others. */
export class Reporter {
  readonly #items: readonly ReportItem[];
  /** How often each item was evaluated outside of loops. */
  readonly #calls = new Map<ReportItem, number>();

  /** @param items What the graph reports. */
  constructor(items: readonly ReportItem[]) {
    this.#items = items;
  }

  /** Reports the values of one call, and drops them. */
  report(values: readonly Tensor[]): void {
    try {
      for (const item of this.#items) this.#visit(item, values, 0, []);
    } finally {
      for (const value of values) value.dispose();
    }
  }

  #visit(
    item: ReportItem,
    values: readonly Tensor[],
    base: number,
    steps: readonly number[],
  ): void {
    const at = (i: number) => rowOf(values[base + i]!, steps);
    if (item.ran !== null && Number(at(item.ran).dataSync()[0]) === 0) return;
    if ("items" in item) {
      const first = values[base + item.first]!;
      const count = item.steps === null
        ? first.shape[steps.length]!
        : Number(at(item.steps).dataSync()[0]);
      for (let t = 0; t < count; t++) {
        for (const one of item.items) this.#visit(one, values, base + item.first, [...steps, t]);
      }
      return;
    }
    const { report, first, count } = item;
    if (this.#number(item, steps) % report.every !== 0) return;
    const all = Array.from({ length: count }, (_, i) => at(first + i));
    if (report.partsOnly === true) return report.take(all, steps);
    const [value, shape, ...others] = all;
    const lengths = Array.from(shape!.dataSync(), Number);
    report.take([corner(value!, lengths), shape!, ...others], steps);
  }

  /** The number of an evaluation: of the step of the innermost loop, or of the call. */
  #number(item: ReportItem, steps: readonly number[]): number {
    if (steps.length > 0) return steps[steps.length - 1]!;
    const calls = this.#calls.get(item) ?? 0;
    this.#calls.set(item, calls + 1);
    return calls;
  }
}

/** A row of a tensor, by its position along the first axes. */
function rowOf(tensor: Tensor, place: readonly number[]): Tensor {
  if (place.length === 0) return new Tensor(tensor.dtype, tensor.shape, tensor.dataSync().slice());
  const shape = tensor.shape.slice(place.length);
  const size = shape.reduce((n, length) => n * length, isComplex(tensor.dtype) ? 2 : 1);
  const at = place.reduce((n, i, axis) => n * tensor.shape[axis]! + i, 0);
  return new Tensor(tensor.dtype, shape, tensor.dataSync().slice(at * size, (at + 1) * size));
}

/** The first rows along each axis: where lengths change from step to step, the rest does not count. */
function corner(tensor: Tensor, lengths: readonly number[]): Tensor {
  const { dtype, shape } = tensor;
  if (lengths.every((n, axis) => n === shape[axis])) return tensor;
  const data = tensor.dataSync(), parts = isComplex(dtype) ? 2 : 1;
  const kept: number[] = [];
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) { for (let k = 0; k < parts; k++) kept.push(at * parts + k); }
    else for (let i = 0; i < lengths[axis]!; i++) visit(axis + 1, at * shape[axis]! + i);
  };
  visit(0, 0);
  const result = data.slice(0, kept.length);
  kept.forEach((from, to) => result[to] = data[from]!);
  return new Tensor(dtype, lengths, result);
}

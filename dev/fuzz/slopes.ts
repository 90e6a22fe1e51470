/**
 * Derivatives by finite differences of the reference, where these can be trusted.
 *
 * @module
 */

import { sizeOf, type Value } from "../../core/graph/value.ts";
import { dtypeInfo, isComplex, isFloat } from "../../core/graph/dtype.ts";
import { toposort } from "../../core/graph/walk.ts";
import { isScan } from "../../scan/node.ts";
import { evaluateGraph, T, type Variable } from "../../all.ts";
import { evaluateNoisy } from "./noise.ts";

/** Runs with noise that tell how far rounding moves a number. */
const RUNS = 10;

/** More stairs than this in a value look like a slope, however small the steps are. */
const STAIRS = 1000;

/** Whether stairs lead to a variable: rounded numbers, and quotients of `mod` and `intDiv`. */
function hasManyStairs(of: Variable, inputs: ReadonlyMap<Variable, Value>): boolean {
  const stairs = toposort([of]).flatMap(({ op, inputs: [a, b], outputs: [out] }) => {
    if (op.name === "mod") return [T.intDiv(a!, b!)];
    return ["intDiv", "floor", "ceil", "round", "trunc", "cast"].includes(op.name) ? [out!] : [];
  });
  return evaluateGraph(stairs, inputs).some(({ data }, i) =>
    !(stairs[i]!.owner!.op.name === "cast" && isFloat(stairs[i]!.dtype)) &&
    Array.from(data as ArrayLike<number | bigint>, Number).some((n) => Math.abs(n) > STAIRS)
  );
}

/** The bytes of a real number of a variable, or of a part of a complex one; 0 for integers. */
function digitsOf({ dtype }: Variable): number {
  const { kind, bytes } = dtypeInfo(dtype);
  return kind === "float" ? bytes : kind === "complex" ? bytes / 2 : 0;
}

/** Whether numbers that depend on a variable are rounded to fewer digits: differences see the steps of that. */
function isRounded(of: Variable, wrt: Variable): boolean {
  const reached = new Set([wrt]);
  for (const apply of toposort([of])) {
    const { inputs, outputs } = apply;
    const from = inputs.filter((input) => reached.has(input));
    if (from.length === 0) continue;
    if (isScan(apply)) {
      const { step } = apply.params;
      const places = step.inputs.filter(({ dtype }) => isFloat(dtype) || isComplex(dtype));
      if (step.outputs.some((result) => places.some((place) => isRounded(result, place)))) {
        return true;
      }
    }
    for (const output of outputs) {
      reached.add(output);
      const digits = digitsOf(output);
      if (digits > 0 && from.some((input) => digitsOf(input) > digits)) return true;
    }
  }
  return false;
}

/** How far rounding moves the numbers of a variable: Infinity where it moves more than numbers. */
function roundingOf(
  of: Variable,
  inputs: ReadonlyMap<Variable, Value>,
  middle: Value,
): (row: number) => number {
  let runs: (Value | null)[] | null = null;
  const noisy = (): Value | null => {
    try {
      return evaluateNoisy([of], inputs, { wholeToo: true })[0]!;
    } catch {
      return null;
    }
  };
  return (row) => {
    runs ??= Array.from({ length: RUNS }, noisy);
    const far = runs.map((run) =>
      run === null ? Infinity : Math.abs(Number(run.data[row]) - Number(middle.data[row]))
    );
    return far.some(Number.isNaN) ? Infinity : Math.max(...far);
  };
}

/** Says where derivatives are not what differences say; null if they agree, as far as these say. */
export function wrongDerivative(
  of: Variable,
  wrt: Variable,
  is: Variable,
  inputs: ReadonlyMap<Variable, Value>,
  defined = true,
): string | null {
  if (isRounded(of, wrt) || hasManyStairs(of, inputs)) return null;
  const [middle, slopes] = evaluateGraph([of, is], inputs) as [Value, Value];
  const at = inputs.get(wrt)!, columns = sizeOf(at.shape), rows = sizeOf(middle.shape);
  if (slopes.data.length !== rows * columns) {
    return `has shape [${slopes.shape}], expected [${[...middle.shape, ...at.shape]}]`;
  }
  const moved = (column: number, by: number): Value => {
    const data = (at.data as Float64Array).slice();
    data[column]! += by;
    return evaluateGraph([of], new Map(inputs).set(wrt, { ...at, data }))[0]!;
  };
  const rounding = roundingOf(of, inputs, middle);
  for (let column = 0; column < columns; column++) {
    const x = Number(at.data[column]);
    if (!Number.isFinite(x)) continue;
    const step = 1e-5 * Math.max(1, Math.abs(x));
    const [far, up, down, low] = [2, 1, -1, -2].map((by) => moved(column, by * step)) as [
      Value,
      Value,
      Value,
      Value,
    ];
    for (let row = 0; row < rows; row++) {
      const [y, a, b, c, d] = [middle, far, up, down, low].map((v) => Number(v.data[row])) as [
        number,
        number,
        number,
        number,
        number,
      ];
      if (![y, a, b, c, d].every(Number.isFinite)) continue;
      const wide = (a - d) / (4 * step), narrow = (b - c) / (2 * step);
      const right = (b - y) / step, left = (y - c) / step;
      const size = Math.max(Math.abs(wide), Math.abs(narrow));
      // Cancellation in the difference, and what the function's own rounding makes of it.
      const noise = 1e-10 * Math.max(Math.abs(y), 1e-3) / step;
      const near = (p: number, q: number, part: number) =>
        Math.abs(p - q) <= part * Math.max(size, 1e-3) + noise;
      // A kink, a jump, or a curve too sharp for this step.
      if (!near(wide, narrow, 1e-5) || !near(left, right, 1e-2)) continue;
      const found = Number(slopes.data[row * columns + column]);
      if (Number.isNaN(found) && !defined) continue;
      if (near(found, narrow, 1e-3)) continue;
      // Both points of a difference are off by this much: it says nothing that is finer.
      if (rounding(row) / step > Math.abs(found - narrow)) continue;
      return `number ${row * columns + column} is ${found}, and differences say ${narrow}`;
    }
  }
  return null;
}

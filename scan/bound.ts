/**
 * The most that an integer can be, read off how it is computed.
 *
 * @module
 */

import { dtypeInfo, isDiscrete } from "../core/graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../core/graph/graph.ts";
import { elementInputs, heldInputs } from "../core/graph/op.ts";
import { toposort } from "../core/graph/walk.ts";
import { castTo } from "../core/ops/common/build.ts";
import { asVariable } from "../core/ops/common/literal.ts";
import { add, intDiv, maximum, minimum, mul, sub } from "../core/ops/elementwise/elementwise.ts";
import { lengthVariable } from "../core/ops/common/length_rules.ts";
import { lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { join } from "../core/ops/shape/combine.ts";
import { ravel } from "../core/ops/shape/reshape.ts";
import { max, min } from "../core/ops/reduce/reduce.ts";
import type { ReduceParams } from "../core/ops/reduce/reduce_ops.ts";
import { isScan, scanInputs, scanOutputs } from "./node.ts";

/** What an integer is between; null where nothing is known. */
interface Bounds {
  readonly low: Variable | null;
  readonly high: Variable | null;
}

type Binary = (a: Variable, b: Variable) => Variable;
type BoundRule = (inputs: readonly Bounds[]) => Bounds;

const unknown: Bounds = { low: null, high: null };
const int = (n: number) => asVariable(n, "int64");

/** Of two that must be known. */
const both = (op: Binary, a: Variable | null, b: Variable | null) =>
  a === null || b === null ? null : op(a, b);

/** Of two, or the one that is known. */
const either = (op: Binary, a: Variable | null, b: Variable | null) =>
  a === null ? b : b === null ? a : op(a, b);

/** Of one of several values. */
const hull: BoundRule = (all) =>
  all.reduce((a, b) => ({ low: both(minimum, a.low, b.low), high: both(maximum, a.high, b.high) }));

const negative = ({ low, high }: Bounds): Bounds => ({
  low: high && sub(0, high),
  high: low && sub(0, low),
});

const rules: Readonly<Record<string, BoundRule>> = {
  minimum: ([a, b]) => ({
    low: both(minimum, a!.low, b!.low),
    high: either(minimum, a!.high, b!.high),
  }),
  maximum: ([a, b]) => ({
    low: either(maximum, a!.low, b!.low),
    high: both(maximum, a!.high, b!.high),
  }),
  switch: ([, ...values]) => hull(values),
  jointLength: hull,
  neg: ([a]) => negative(a!),
  add: ([a, b]) => ({ low: both(add, a!.low, b!.low), high: both(add, a!.high, b!.high) }),
  sub: ([a, b]) => ({ low: both(sub, a!.low, b!.high), high: both(sub, a!.high, b!.low) }),
  mul: ([a, b]) =>
    hull([a!.low, a!.high].flatMap((x) =>
      [b!.low, b!.high].map((y) => {
        const corner = both(mul, x, y);
        return { low: corner, high: corner };
      })
    )),
  intDiv: ([a, b]) => {
    const by = b!.high;
    if (by instanceof Constant && by === b!.low && Number(by.value.data[0]) > 0) {
      return { low: a!.low && intDiv(a!.low, by), high: a!.high && intDiv(a!.high, by) };
    }
    // Rounded down, it is at most as large as what is divided.
    return hull([a!, negative(a!)]);
  },
  // Between where it starts and where it ends, whichever is first.
  arange: ([start, stop]) => hull([start!, stop!]),
  mod: ([, b]) => ({
    low: b!.low && minimum(add(b!.low, 1), 0),
    high: b!.high && maximum(sub(b!.high, 1), 0),
  }),
};

/**
 * The most that a count can be in any step, or 0 where that is less, computed from what is the same in
 * all of them; null if it does not say.
 */
export function boundOf(count: Variable, own: readonly Variable[]): Variable | null {
  const varying = new Set(own);
  const known = new Map<Variable, Bounds>();
  /** What the elements of a variable are between. */
  const of = (variable: Variable): Bounds => {
    if (varying.has(variable)) return known.get(variable) ?? ofType(variable);
    if (variable.ndim === 0) {
      const value = castTo(variable, "int64");
      return { low: value, high: value };
    }
    if (!isDiscrete(variable.dtype)) return unknown;
    // There may be none.
    const all = join(0, asVariable([0], "int64"), castTo(ravel(variable), "int64"));
    return { low: min(all), high: max(all) };
  };
  for (const apply of toposort([count])) {
    // A shape is the same in each step: what is not is left out before.
    if (!elementInputs(apply).some((input) => varying.has(input))) continue;
    for (const output of apply.outputs) varying.add(output);
    if (isScan(apply)) {
      const { steps, limit } = scanInputs(apply.params, apply.inputs);
      const high = either(minimum, of(steps).high, limit && of(limit).high);
      known.set(scanOutputs(apply).count, { low: int(0), high });
    } else if (apply.outputs.length === 1) known.set(apply.output, boundsOf(apply, of));
  }
  const { high } = of(count);
  return high && maximum(high, 0);
}

function boundsOf(apply: Apply, of: (variable: Variable) => Bounds): Bounds {
  const { inputs, output, op: { name } } = apply;
  const from = heldInputs(apply);
  if (from !== null) return hull(from.map(of));
  if (name === "cast" && (output.dtype === "int64" || output.dtype === "int32")) {
    return of(inputs[0]!);
  }
  if (name === "reduce") return reduced(apply as unknown as Apply<ReduceParams>, of);
  // What is chosen is not computed; of the others, narrower ones may wrap.
  const chooses = name === "minimum" || name === "maximum" || name === "switch";
  const fits = chooses || output.dtype === "int64";
  if (!fits) return ofType(output);
  return Object.hasOwn(rules, name) ? rules[name]!(inputs.map(of)) : unknown;
}

function reduced({ inputs, params, output }: Apply<ReduceParams>, of: (v: Variable) => Bounds) {
  const [x] = inputs as [Variable], own = of(x);
  if (params.kind === "max" || params.kind === "min") return own;
  if (params.kind !== "sum" || output.dtype !== "int64") return ofType(output);
  const lengths = params.axes.map((axis) => of(lengthVariable(lengthsOf(x)[axis]!)).high);
  const size = lengths.reduce((a, b) => both(mul, a, b), int(1));
  return {
    low: both(mul, own.low && minimum(own.low, 0), size),
    high: both(mul, own.high && maximum(own.high, 0), size),
  };
}

/** What a dtype of few values says. */
function ofType({ dtype }: Variable): Bounds {
  const { kind, bytes } = dtypeInfo(dtype);
  if (kind === "bool") return { low: int(0), high: int(1) };
  if (!isDiscrete(dtype) || bytes > 2) return unknown;
  const size = 2 ** (8 * bytes), least = kind === "uint" ? 0 : -size / 2;
  return { low: int(least), high: int(least + size - 1) };
}

/**
 * Examples of all ops: random programs of one op each. Those of elementwise ops follow from what these say;
 * each other op has one here.
 *
 * @module
 */

import { dtypes, isComplex, isDiscrete } from "../../../core/graph/dtype.ts";
import { applyOp, outputOf, type Variable } from "../../../core/graph/graph.ts";
import type { Op, Params } from "../../../core/graph/op.ts";
import { castTo } from "../../../core/ops/common/build.ts";
import { pullback } from "../../../autodiff/pullback.ts";
import { derivedAs } from "../../../core/ops/control/derived_as.ts";
import { customVjp } from "../../../core/ops/control/custom_vjp.ts";
import type { ElementwiseOp } from "../../../core/ops/elementwise/op.ts";
import { padded, windowed } from "../../../core/ops/nn/window.ts";
import { shapeOf } from "../../../core/ops/shape/shape_ops.ts";
import { T } from "../../../all.ts";
import { scan } from "../../../scan/mod.ts";
import { allOps } from "./all.ts";
import type { Draw } from "./draw.ts";

/** An op applied to random inputs. */
export type Example = (draw: Draw) => Variable;

function op(name: string, inputs: readonly Variable[], params: Params = {}): Variable {
  return outputOf(allOps.get(name)!, inputs, params);
}

const axisOf = (d: Draw, x: Variable) => d.pick(x.ndim);
const axesOf = (d: Draw, x: Variable) =>
  d.pick(3) === 0 ? undefined : { axis: axisOf(d, x), keepdims: d.pick(2) === 0 };
const truth = (x: Variable): Variable => castTo(x, "bool");
/** Something between bounds that a call may say. */
const span = (d: Draw) => {
  const [start, stop] = [d.one([null, 1, -2]), d.one([null, 2, d.count(4)])];
  return T.slice(start, stop, d.one([null, null, 2, -1]));
};
/** A part of a tensor, taken by numbers and slices, or at positions. */
const part = (d: Draw, x: Variable): Variable => {
  const rest = x.ndim > 1 ? [d.one([T.slice(), span(d)])] : [];
  return x.at(d.lengthsOf(x)[0]! > 0 && d.pick(2) === 0 ? 0 : span(d), ...rest);
};
const taken = (d: Draw, x: Variable): Variable => {
  const axis = axisOf(d, x), shape = d.shape(1 + d.pick(2));
  return T.take(x, d.positions(shape, d.lengthsOf(x)[axis]!), axis);
};
const written = (d: Draw, place: Variable): Variable => {
  const value = d.one([d.input([]), T.cast(2, place.dtype), T.mul(place, place)]);
  return d.pick(2) === 0 ? T.setSubtensor(place, value) : T.incSubtensor(place, value);
};
const state = (d: Draw) => d.given([4], "uint32", [1, 2, 3, d.pick(9)]);
/** Windows along the last axis, of a size that may be computed. */
const windows = (d: Draw, size: number | Variable): Variable => {
  const x = d.tensor(1, 2);
  return windowed(x, [x.ndim - 1], [size], [1 + d.pick(2)], [1 + d.pick(2)]);
};

/** Matrices of ordinary numbers, some of them several of them. */
const matrices = (d: Draw, rows: number, columns: number, batch: readonly number[]): Variable => {
  const shape = [...batch, rows, columns], count = shape.reduce((a, b) => a * b, 1);
  return d.given(
    shape,
    d.options.dtype,
    Array.from({ length: count }, () => d.pick(401) / 200 - 1),
  );
};
const batchFor = (d: Draw) => d.one([[], [], [2]]);
/** Square matrices that have an inverse, and right sides. */
const system = (d: Draw): [a: Variable, b: Variable] => {
  const [n, k] = d.shape(2) as [number, number], batch = batchFor(d);
  const a = matrices(d, n, n, batch), b = matrices(d, n, k, batch);
  return [T.add(a, T.mul(T.eye(n, n, 0, a.dtype as "float32"), 4)), b];
};
/** The first result of a decomposition of matrices of any shape. */
const decomposed = (d: Draw, name: string, params: Params): Variable => {
  const [m, n] = d.shape(2) as [number, number];
  return applyOp(allOps.get(name)!, [matrices(d, m, n, batchFor(d))], params).outputs[0]!;
};
/** Finite numbers of a float dtype, of which there is one at least. */
const wave = (d: Draw): Variable => {
  const { dtype } = d.options,
    shape = [...d.shape(d.pick(2)), 1 + d.pick(6), ...d.shape(d.pick(2))];
  const count = shape.reduce((a, b) => a * b, isComplex(dtype) ? 2 : 1);
  return d.given(shape, dtype, Array.from({ length: count }, () => d.pick(9)));
};
const positive = (x: Variable): Variable => T.matmul(x, T.swapaxes(x, -1, -2)) as Variable;

/** For each op that is not elementwise, or wants numbers of its own, an application. */
const structural: Readonly<Record<string, Example>> = {
  shapeI: (d) => {
    const x = d.tensor();
    return shapeOf(x, axisOf(d, x));
  },
  length: (d) => op("length", [d.count(4)], { action: "Cannot count" }),
  inRange: (d) => {
    const x = castTo(T.abs(d.tensor()), "int64");
    return op("inRange", [x, d.count(3, 9)], { action: "Cannot take" });
  },
  jointLength: (d) => op("jointLength", [d.count(1, 1), d.count(3, 2)]),
  makeVector: (d) => T.makeVector([d.input([]), d.input([]), d.input([])]),
  specifyShape: (d) => {
    const x = d.tensor();
    return T.specifyShape(x, d.lengthsOf(x).map((n) => d.one([n, null])));
  },
  fill: (d) => op("fill", [d.tensor(), d.input([])]),
  dimshuffle: (d) => {
    const x = d.tensor(2);
    return x.dimshuffle(x.ndim - 1, "x", ...Array.from({ length: x.ndim - 1 }, (_, d) => d));
  },
  reshape: (d) => {
    const x = d.tensor(2), all = d.lengthsOf(x);
    const rest = all.slice(1).reduce((a, b) => a * b, 1);
    return d.one([T.flatten(x), T.reshape(x, [rest, all[0]!]), T.flatten(x, 2)]);
  },
  broadcastTo: (d) => {
    const shape = [d.count(3), ...d.shape(1)];
    return T.broadcastTo(d.input(d.one([shape.slice(1) as number[], [1], []])), shape);
  },
  join: (d) => {
    const shape = d.shape(2), axis = d.pick(2);
    const like = () => d.input(shape.map((n, d_) => d_ === axis ? d.shape(1)[0]! : n));
    return T.join(axis, like(), like(), like());
  },
  arange: (d) => T.arange(d.count(3), d.count(5), d.one([1, 2])),
  subtensor: (d) => part(d, d.tensor()),
  incSubtensor: (d) => written(d, part(d, d.tensor())),
  advIndex: (d) => taken(d, d.tensor()),
  advInc: (d) => {
    const x = d.tensor(), one = d.positions([1], d.lengthsOf(x)[0]!);
    // Where a place is set twice, each value gets its gradient.
    return d.pick(2) === 0 ? written(d, x.at(one)) : T.incSubtensor(taken(d, x), d.input([]));
  },
  nonzero: (d) => T.flatnonzero(truth(d.tensor())),
  reduce: (d) => {
    const x = d.tensor(), axes = axesOf(d, x);
    const reduced = d.one([T.sum, T.prod, T.max, T.min]);
    return d.pick(4) === 0
      ? T.any(truth(x), axes)
      : (reduced as (x: Variable, axes?: object) => Variable)(x, axes);
  },
  argreduce: (d) => {
    const x = d.tensor();
    return d.one([T.argmax, T.argmin])(x, axisOf(d, x));
  },
  sumTo: (d) => op("sumTo", [d.input(d.shape(2)), d.count(1, 1)], { axes: [d.pick(2)] }),
  matmul: (d) => {
    const [m, k, n] = d.shape(3) as [number, number, number], batch = d.one([[], [], [2]]);
    return T.matmul(d.input([...batch, m, k]), d.input([k, n]));
  },
  cholesky: (d) => op("cholesky", [positive(system(d)[0])], { check: false }),
  solveTriangular: (d) => {
    const [lower, unit, transposed] = [d.pick(2) === 1, d.pick(2) === 1, d.pick(2) === 1];
    return op("solveTriangular", system(d), { check: false, lower, unit, transposed });
  },
  lu: (d) => {
    const [m, n] = d.shape(2) as [number, number];
    return applyOp(allOps.get("lu")!, [matrices(d, m, n, batchFor(d))], { square: false })
      .outputs[0]!;
  },
  solve: (d) => {
    const [a, b] = system(d), isPositive = d.pick(2) === 1;
    const params = { check: d.pick(2) === 1, positive: isPositive, transposed: d.pick(2) === 1 };
    return op("solve", [isPositive ? positive(a) : a, b], params);
  },
  matrixInverse: (d) => op("matrixInverse", [system(d)[0]], { check: d.pick(2) === 1 }),
  qr: (d) => decomposed(d, "qr", { complete: d.pick(2) === 1 }),
  eigh: (d) => applyOp(allOps.get("eigh")!, [system(d)[0]], { vectors: true }).outputs[0]!,
  eig: (d) => {
    const [re] = system(d), parts = d.pick(2) === 1 ? [re] : [re, T.mul(re, 0.5) as Variable];
    return d.one([...applyOp(allOps.get("eig")!, parts, { vectors: true }).outputs]);
  },
  svd: (d) => decomposed(d, "svd", { vectors: true, full: d.pick(2) === 1 }),
  pinv: (d) => decomposed(d, "pinv", { rcond: null }),
  fft: (d) => {
    const x = wave(d), norm = d.one(["backward", "ortho", "forward"]), axis = axisOf(d, x);
    if (isDiscrete(x.dtype)) return T.fft.fft(x, { axis, norm }) as Variable;
    if (!isComplex(x.dtype)) return d.one([T.fft.fft, T.fft.rfft])(x, { axis, norm }) as Variable;
    const have = d.lengthsOf(x)[axis]!,
      n = d.one([2 * have - 1, d.given([], "int64", [2 * have - 1])]);
    const back = T.fft.irfft(x, { axis, norm, n }) as Variable;
    return d.one([T.fft.ifft(x, { axis, norm }) as Variable, back]);
  },
  sqrtm: (d) => op("sqrtm", [positive(system(d)[0])]),
  cumop: (d) => {
    const x = d.tensor();
    return d.one([T.cumsum, T.cumprod, T.cummax, T.cummin, T.logcumsumexp])(x, axisOf(d, x));
  },
  sort: (d) => {
    const x = d.tensor();
    return T.sort(x, axisOf(d, x));
  },
  argsort: (d) => {
    const x = d.tensor();
    return T.argsort(x, axisOf(d, x));
  },
  pad: (d) => {
    const x = d.tensor(), widths = () => d.one([0, 1, d.count(3)]);
    return padded(x, d.input([]), [axisOf(d, x)], [widths()], [widths()]);
  },
  windows: (d) => windows(d, d.one([1, 2, d.count(2, 1)])),
  foldWindows: (d) => {
    const made = windows(d, 2), { inputs: [x], params } = made.owner!;
    return op("foldWindows", [made, ...x!.shape], params);
  },
  ifelse: (d) => {
    const x = d.tensor(), condition = truth(d.input([], "int64"));
    return T.ifelse(condition, x, T.mul(x, x)) as Variable;
  },
  assert: (d) => {
    const x = d.tensor();
    return T.assert(T.mul(x, x), T.eq(x, x), "x is a number");
  },
  print: (d) => {
    const x = d.tensor();
    return T.print("x", T.mul(x, x), { write: () => {} });
  },
  derivedAs: (d) => {
    const x = d.tensor();
    return derivedAs(T.mul(x, x), T.mul(x, x));
  },
  customVjp: (d) => {
    const x = d.tensor();
    return customVjp(T.mul(x, x) as Variable, [x], {
      pullback: (_value, [x], gradient) => pullback([T.mul(x!, x!)], [gradient], [x!]),
    });
  },
  scan: (d) => {
    const x = d.input(d.shape(1 + d.pick(2))),
      step = (v: Variable, s: Variable) => T.mul(T.add(s, v), v);
    return scan(step, {
      sequences: x,
      outputsInfo: d.input(d.lengthsOf(x).slice(1)),
    })[0] as Variable;
  },
  draw: (d) => op("draw", [state(d), d.count(4)], { kind: "uniform", dtype: "float32" }),
  advance: (d) => op("advance", [state(d)]),
  drawEach: (d) => {
    const [position, round, ...rest] = Array.from(
      { length: 6 },
      () => d.input(d.one([[3], []]), "uint32"),
    );
    const params = { kind: d.one(["uniform", "normal"]), dtype: "float32", slot: d.pick(4) };
    return op("drawEach", [position!, round!, ...rest], params);
  },
  poissonInverse: (d) => {
    const [u, mean] = [d.input([3], "float32", [0, 1]), d.input([], "float32", [0, 9])];
    return op("poissonInverse", [u, mean], { dtype: "float32" });
  },
  binomialInverse: (d) => {
    const [u, p] = [d.input([3], "float32", [0, 1]), d.input([], "float32", [0, 0.5])];
    return op("binomialInverse", [u, d.given([], "float32", [d.pick(19)]), p], {
      dtype: "float32",
    });
  },
  ceilSqrt: (d) => op("ceilSqrt", [d.count(30)]),
};

/** Parameters of those that have some; default: none. */
const paramsOf: Readonly<Record<string, (d: Draw) => Params>> = {
  cast: (d) => ({ dtype: d.one(dtypes) }),
  bitcast: (d) => ({ dtype: d.one(dtypes) }),
  gradScale: () => ({ factor: 2 }),
  gradClip: () => ({ lower: -1, upper: 1 }),
};

/** An elementwise op of arguments of shapes that broadcast. */
function elementwise(op: ElementwiseOp): Example {
  return (d) => {
    const { dtype, among } = d.options, params = paramsOf[op.name]?.(d) ?? {};
    const shape = d.shape(d.pick(4));
    const inputs = Array.from({ length: op.arity }, (_, i) => {
      const own = i > 0 && d.pick(3) === 0 ? shape.slice(1).map((n) => d.one([n, 1])) : shape;
      return d.input(own, d.pick(4) === 0 ? d.one(among) : dtype);
    });
    return outputOf(op, inputs, params);
  };
}

function isElementwise(op: Op): op is ElementwiseOp {
  return op.lowering.kind === "elementwise";
}

/** An example of each op by its name; null for ops without. */
export const examples: ReadonlyMap<string, Example | null> = new Map(
  [...allOps.values()].map((op) => [
    op.name,
    structural[op.name] ?? (isElementwise(op) ? elementwise(op) : null),
  ]),
);

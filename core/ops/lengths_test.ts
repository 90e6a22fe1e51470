// What ops say about lengths in the graph, against the shapes that the reference finds.

import { assert, assertEquals } from "@std/assert";
import { allOps } from "../../dev/testing/ops/all.ts";
import { anyInput, counting, randomSource } from "../../dev/testing/ops/harness.ts";
import { isArgumentError } from "../base/errors.ts";
import { makeConstant, outputOf, type Variable } from "../graph/graph.ts";
import type { Params } from "../graph/op.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { toposort } from "../graph/walk.ts";
import { intConstant } from "./common/arguments.ts";
import { castTo } from "./common/build.ts";
import { asVariable, valueOf } from "./common/literal.ts";
import { validateGraph } from "../rewrite/validate.ts";
import { elementwiseOps } from "./elementwise/table.ts";
import { padded, windowed } from "./nn/window.ts";
import { stretched } from "./shape/broadcast_to_op.ts";
import { knownDims } from "./shape/known_lengths.ts";
import { dimsOf, shapeOf, withShape } from "./shape/shape_ops.ts";

/** An integer from 0 to n - 1. */
type Pick = (n: number) => number;

function op(name: string, inputs: readonly Variable[], params: Params = {}): Variable {
  return outputOf(allOps.get(name)!, inputs, params);
}

const zero = intConstant(0), one = makeConstant(valueOf(1, "float64"));
const whole = (x: Variable) => castTo(x, "int64");
const axisOf = (x: Variable, pick: Pick) => ({ axis: pick(x.ndim) });
const axesOf = (x: Variable, pick: Pick) => ({ axes: pick(3) === 0 ? [0, 1] : [pick(x.ndim)] });
const windows = (x: Variable, size: readonly (number | Variable)[]) =>
  windowed(x, size.map((_, axis) => axis), size, size.map(() => 1), size.map(() => 1));
const reversed = (x: Variable) => Array.from({ length: x.ndim }, (_, axis) => x.ndim - 1 - axis);
const state = asVariable(Uint32Array.of(1, 2, 3, 4));

/** For each structural op that says lengths an application to float64 tensors of at least one axis. */
const makes: Readonly<Record<string, (x: Variable, y: Variable, pick: Pick) => Variable>> = {
  fill: (x) => op("fill", [x, one]),
  derivedAs: (x) => op("derivedAs", [x, x]),
  cumop: (x, _, pick) => op("cumop", [x], { kind: "sum", ...axisOf(x, pick) }),
  sort: (x, _, pick) => op("sort", [x], axisOf(x, pick)),
  argsort: (x, _, pick) => op("argsort", [x], axisOf(x, pick)),
  inRange: (x) => op("inRange", [whole(op("abs", [x]))], { action: "Cannot take" }),
  incSubtensor: (x) => op("incSubtensor", [x, one, zero], { index: [{ kind: "int" }], set: true }),
  advInc: (x, y) => op("advInc", [x, one, whole(op("mul", [y, one]))], { axes: [0], set: false }),
  advIndex: (x, y, pick) => {
    const at = op("mul", [whole(y), zero]);
    return pick(2) === 0 || x.ndim < 3
      ? op("advIndex", [x, at], { axes: [pick(x.ndim)] })
      : op("advIndex", [x, at, zero], { axes: pick(2) === 0 ? [0, 2] : [1, 2] });
  },
  reduce: (x, _, pick) => op("reduce", [x], { kind: "sum", dtype: "float64", ...axesOf(x, pick) }),
  argreduce: (x, _, pick) => op("argreduce", [x], { kind: "argmax", ...axesOf(x, pick) }),
  arange: (x, y, pick) => {
    const stop = op("mul", [shapeOf(x, 0), shapeOf(y, 0)]);
    return op("arange", [
      intConstant(pick(2)),
      pick(2) === 0 ? shapeOf(x, 0) : stop,
      intConstant(1),
    ], {
      dtype: "float64",
    });
  },
  broadcastTo: (x, y, pick) =>
    stretched(pick(2) === 0 ? x : one, [
      ...pick(2) === 0 ? dimsOf(y).slice(0, 1) : [],
      ...dimsOf(x),
    ]),
  reshape: (x, y, pick) => {
    const open = intConstant(-1);
    const dims = [[open], [...dimsOf(x).reverse()], [shapeOf(x, 0), open], [shapeOf(y, 0), open]];
    const chosen = dims[pick(4)]!;
    return op("reshape", [x, ...chosen], { ndim: chosen.length });
  },
  draw: (x) => op("draw", [state, ...dimsOf(x)], { kind: "uniform", dtype: "float64" }),
  windows: (x, y, pick) => windows(x, [pick(2) === 0 ? 2 : shapeOf(y, 0)]),
  foldWindows: (x, y, pick) => {
    const inner = windows(x, [pick(2) === 0 ? 2 : shapeOf(y, 0)]),
      { params, inputs } = inner.owner!;
    const size = inputs.length > 1 ? [null] : [2];
    return op("foldWindows", [inner, ...dimsOf(x)], { ...params, size });
  },
  pad: (x, y, pick) => padded(x, one, [pick(x.ndim)], [shapeOf(y, 0)], [pick(2)]),
  join: (x, y, pick) => op("join", [x, y, x], axisOf(x, pick)),
  dimshuffle: (x) => op("dimshuffle", [x], { pattern: ["x", ...reversed(x)].slice(0, 4) }),
  matmul: (x, y, pick) =>
    op("matmul", [x, pick(2) === 0 ? y : op("dimshuffle", [x], { pattern: reversed(x) })]),
  subtensor: (x, y, pick) =>
    [
      op("subtensor", [x, zero], { index: [{ kind: "int" }] }),
      op("subtensor", [x, shapeOf(y, 0)], {
        index: [
          { kind: "slice", start: false, stop: false, step: false },
          { kind: "slice", start: false, stop: true, step: false },
        ].slice(x.ndim > 1 ? 0 : 1),
      }),
    ][pick(2)]!,
  specifyShape: (x, y, pick) =>
    withShape(x, dimsOf(pick(2) === 0 ? x : y).map((n) => pick(2) === 0 ? n : null)),
  sumTo: (x, y, pick) => op("sumTo", [x, shapeOf(pick(2) === 0 ? x : y, 0)], { axes: [0] }),
  add: (x, y) => op("add", [x, y]),
  switch: (x, y) => op("switch", [op("gt", [x, y]), one, x]),
};

Deno.test("every op that says lengths is among those that are tried", () => {
  const missing = [...allOps.values()].filter(({ name, lengths, lowering }) =>
    lengths !== undefined && lowering.kind !== "elementwise" && makes[name] === undefined
  );
  assertEquals(missing.map(({ name }) => name), []);
  assert(allOps.size > 100, `${allOps.size}`);
  assert(Object.values(elementwiseOps).every(({ lengths }) => lengths !== undefined));
});

Deno.test("lengths in the graph are those of values, in random graphs", () => {
  const next = randomSource(7), pick: Pick = (n) => Math.floor(next() * n);
  const met = new Set<string>();
  for (let round = 0; round < 30; round++) {
    const inputs = [1, 2, 2, 3].map((ndim) => anyInput("float64", ndim));
    const feeds = new Map(inputs.map((x) => {
      const shape = Array.from({ length: x.ndim }, () => 1 + pick(3));
      return [x, counting("float64", shape)] as const;
    }));
    const pool: Variable[] = [...inputs];
    for (const name of [...Object.keys(makes), ...Object.keys(makes)]) {
      const draw = () => pool[pick(pool.length)]!;
      try {
        const made = makes[name]!(draw(), draw(), pick), dims = knownDims(made);
        const [value, ...lengths] = evaluateGraph([made, ...dims], feeds);
        assertEquals(lengths.map(({ data }) => Number(data[0])), value!.shape, `${made}`);
        validateGraph([made], "as it was built");
        for (const apply of toposort([made])) met.add(apply.op.name);
        if (made.ndim > 0 && made.ndim < 4) pool.push(castTo(made, "float64"));
      } catch (error) {
        // Not every op goes with every shape.
        if (!isArgumentError(error) && !(error instanceof TypeError)) throw error;
      }
    }
  }
  assertEquals(Object.keys(makes).filter((name) => !met.has(name)), []);
});

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import "../core/api/methods.ts";
import { DisconnectedInputError, NullGradientError } from "../core/base/errors.ts";
import { makeConstant, type Variable } from "../core/graph/graph.ts";
import { makeValue, type Value } from "../core/graph/value.ts";
import { toposort } from "../core/graph/walk.ts";
import { ifelse } from "../core/ops/control/control.ts";
import {
  abs,
  add,
  cast,
  clip,
  complex,
  disconnectedGrad,
  div,
  exp,
  floor,
  gt,
  log,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  real,
  sqr,
  sqrt,
  sub,
  tanh,
  undefinedGrad,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import { index } from "../core/ops/index/indexing.ts";
import { batchedDot, dot, tensordot } from "../core/ops/linalg/linalg.ts";
import { categoricalCrossentropy, elu, relu, softmax } from "../core/ops/nn/nn.ts";
import { mean, sum } from "../core/ops/reduce/reduce.ts";
import { dimshuffle } from "../core/ops/shape/dimshuffle.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import {
  anyInput,
  evaluate,
  expectClose,
  input,
  numbers,
  run,
} from "../dev/testing/ops/harness.ts";
import { pp } from "../core/graph/print.ts";
import { evaluateGraph } from "../core/graph/reference.ts";
import { shared } from "../core/runtime/shared.ts";
import {
  considerConstant,
  grad,
  gradClip,
  type GradOf,
  gradScale,
  subgraphGrad,
  zeroGrad,
} from "./mod.ts";
import cases from "../dev/testing/autodiff/cases.json" with { type: "json" };

const x = anyInput("float64", 0, "x"), y = anyInput("float64", 0, "y");
const v = anyInput("float64", 1, "v"), u = anyInput("float64", 1, "u");
const m = anyInput("float64", 2, "m"), k = anyInput("float64", 2, "k");

function scalar(value: number): Value {
  return makeValue("float64", [], [value]);
}

function vector(...elements: number[]): Value {
  return makeValue("float64", [elements.length], elements);
}

/** A nested array as a value. */
function nested(data: unknown, dtype: Value["dtype"] = "float64"): Value {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  return makeValue(dtype, shape, [data].flat(Infinity) as number[]);
}

function at(output: Variable, point: number): number {
  return run(output, [[x, scalar(point)]])[0]!;
}

// The programs of the collection of cases.

Deno.test("the gradient of x**2 reads as in Theano", () => {
  const text = pp(grad(pow(x, 2), x)).replaceAll(/\{(\d+)\.0\}/g, "{$1}");
  assertEquals(
    text,
    "((fill((x ** TensorConstant{2}), TensorConstant{1}) * TensorConstant{2}) * " +
      "(x ** (TensorConstant{2} - TensorConstant{1})))",
  );
});

Deno.test("disconnected variables: zeros, or null", () => {
  const zeros = grad(pow(x, 2), v, { disconnectedInputs: "ignore" });
  assertEquals(run(zeros, [[v, vector(1, 3, 3, 2)]]), [0, 0, 0, 0]);
  const [gx, gv] = grad(pow(x, 2), [x, v], {
    disconnectedInputs: "ignore",
    returnDisconnected: "none",
  });
  assert(gx !== null);
  assertEquals(gv, null);
});

Deno.test("considerConstant cuts the way back", () => {
  const z = pow(x, 2), cost = mul(z, x);
  assertEquals(at(grad(cost, x, { considerConstant: [z] }), 3), 9);
  assertEquals(at(grad(cost, x), 3), 27);
  const [gz, gx] = grad(cost, [z, x], { considerConstant: [z] });
  assertEquals([at(gz, 3), at(gx, 3)], [3, 9]);
  assertEquals(at(grad(mul(considerConstant(z), x), x), 3), 9);
});

Deno.test("known gradients, with and without a cost", () => {
  const z = pow(x, 2);
  assertEquals(at(grad(null, x, { knownGrads: new Map([[z, 10]]) }), 3), 60);
  assertEquals(at(grad(null, x, { knownGrads: [[z, mul(x, 2)]] }), 3), 36);
  assertEquals(at(grad(mul(x, 3), x, { knownGrads: [[z, 10]] }), 3), 63);
  // What is given takes the place of what the cost would give: 10 * 2x + z.
  assertEquals(at(grad(mul(z, x), x, { knownGrads: [[z, 10]] }), 3), 69);
  assertEquals(at(grad(mul(z, x), z, { knownGrads: [[z, 10]] }), 3), 10);
});

Deno.test("gradClip, gradScale, zeroGrad and disconnectedGrad", () => {
  const clipped = gradClip(x, -1, 1);
  assertEquals([at(grad(pow(clipped, 2), x), 2), at(clipped, 2)], [1, 2]);
  assertEquals(at(grad(pow(x, 2), x), 2), 4);
  assertEquals(at(grad(pow(gradScale(x, -2), 2), x), 3), -12);
  assertEquals(at(grad(mul(zeroGrad(x), x), x), 2), 2);
  assertEquals(at(grad(mul(disconnectedGrad(x), x), x), 2), 2);
});

Deno.test("a graph is differentiated in pieces", () => {
  const a = tanh(v), cost = sum(mul(a, u));
  const [[gu], [ga]] = subgraphGrad({ wrt: [u], end: [a], cost }) as [[Variable], [Variable]];
  const feeds = [[v, vector(0.1, 0.25)], [u, vector(3, 4)]] as const;
  const values = evaluate([gu, ga], feeds).map(numbers);
  expectClose(values[0]!, [0.09966799462495582, 0.24491866240370913], 1e-12);
  assertEquals(values[1], [3, 4]);
  const [[gv]] = subgraphGrad({ wrt: [v], end: [v], start: [[a, ga]] }) as [[Variable], Variable[]];
  expectClose(run(gv, feeds), run(grad(cost, v), feeds), 1e-12);
  assertThrows(() => subgraphGrad({ wrt: [u], end: [a] }), TypeError, '"start" or "cost"');
});

Deno.test("maximum and minimum of equal scalars share the gradient", () => {
  const feeds = [[x, scalar(2)], [y, scalar(2)]] as const;
  const equal = [...grad(maximum(x, y), [x, y]), ...grad(minimum(x, y), [x, y])];
  assertEquals(evaluate(equal, feeds).flatMap(numbers), [0.5, 0.5, 0.5, 0.5]);
  const [gx, gy] = grad(maximum(x, y), [x, y]);
  assertEquals([gx, gy].map((g) => run(g, [[x, scalar(1)], [y, scalar(2)]])[0]), [0, 1]);
});

Deno.test("derivatives at kinks", () => {
  const slope = (f: Variable, point: number) => at(grad(f, x), point);
  assertEquals(slope(abs(x), 0), 0);
  assertEquals(slope(relu(x), 0), 0);
  assertEquals(slope(elu(x), 0), 1);
  assertEquals([-0.5, 0, 0.5, 1, 1.5].map((p) => slope(clip(x, 0, 1), p)), [0, 1, 1, 1, 0]);
  assertEquals(slope(where(gt(x, 0), pow(x, 2), neg(x)), 0), -1);
});

Deno.test("the remainder", () => {
  const [gx, gy] = grad(mod(x, y), [x, y]);
  const feeds = [[x, scalar(7)], [y, scalar(3)]] as const;
  assertEquals(evaluate([gx, gy], [feeds[0], feeds[1]].slice(0)).flatMap(numbers), [1, -2]);
});

Deno.test("sums over stretched axes of a matrix, a vector and a scalar", () => {
  const { inputs, outputs } = cases["grad-broadcast-sum"];
  const cost = sum(mul(pow(add(mul(m, v), x), 2), k));
  const results = evaluate(grad(cost, [m, v, x]), [
    [m, nested(inputs.m_val)],
    [v, nested(inputs.v_val)],
    [x, scalar(0.5)],
    [k, nested(inputs.k_val)],
  ]);
  results.forEach((result, i) =>
    expectClose(numbers(result), [outputs[i]].flat(3) as number[], 1e-9)
  );
});

Deno.test("tensordot and batchedDot", () => {
  const { inputs, outputs } = cases["grad-tensordot-batched-dot"];
  const a = anyInput("float64", 3, "A"), b = anyInput("float64", 3, "B");
  const cost = add(
    sum(pow(tensordot(a, b, [[1, 2], [1, 2]]), 2)),
    pow(sum(batchedDot(a, dimshuffle(b, 0, 2, 1))), 2),
  );
  const results = evaluate(grad(cost, [a, b]), [
    [a, nested(inputs.a_val)],
    [b, nested(inputs.b_val)],
  ]);
  results.forEach((result, i) =>
    expectClose(numbers(result), [outputs[i]].flat(4) as number[], 1e-9)
  );
});

Deno.test("softmax and cross-entropy", () => {
  const { inputs, outputs } = cases["grad-softmax-crossentropy"];
  const labels = anyInput("int32", 1, "y");
  const cost = mean(categoricalCrossentropy(softmax(add(dot(m, k), v)), labels));
  const results = evaluate([cost, ...grad(cost, [m, k, v])], [
    [m, nested(inputs.x_val)],
    [k, nested(inputs.w_val)],
    [v, nested(inputs.b_val)],
    [labels, nested(inputs.y_val, "int32")],
  ]);
  results.forEach((result, i) =>
    expectClose(numbers(result), [outputs[i]].flat(3) as number[], 1e-9)
  );
});

Deno.test("ifelse differentiates only the branch that is taken", () => {
  const cost = ifelse(gt(x, 0), log(x), pow(x, 2));
  const slope = grad(cost, x);
  assertEquals([at(slope, 2), at(slope, -3), at(slope, 0)], [0.5, -6, 0]);
  // One is the cost, of which the seed takes the shape.
  assertEquals(toposort([slope]).filter(({ op }) => op.name === "ifelse").length, 2);
});

// What else there is to say.

Deno.test("ifelse with several outputs, within others, and beside other uses", () => {
  const [a, b] = ifelse(gt(x, 0), [sqrt(x), x], [x, exp(x)]) as [Variable, Variable];
  const cost = add(mul(a, b), x);
  expectClose([at(grad(cost, x), 4)], [1.5 * 2 + 1], 1e-12);
  expectClose([at(grad(cost, x), -1)], [1 + (1 - 1) * Math.exp(-1)], 1e-12);
  const inner = ifelse(gt(x, 1), log(x), sqr(x));
  const outer = mul(ifelse(gt(x, 0), inner, neg(x)), 3);
  assertEquals([2, 0.5, -1].map((p) => at(grad(outer, x), p)), [1.5, 3, -3]);
  const shape = ifelse(gt(x, 0), index(v, [0]), sum(v));
  const [gv] = grad(mul(shape, x), [v]);
  assertEquals(run(gv, [[x, scalar(2)], [v, vector(1, 2)]]), [2, 0]);
  assertEquals(run(gv, [[x, scalar(-2)], [v, vector(1, 2)]]), [-2, -2]);
});

Deno.test("the result has the form of wrt", () => {
  const cost = mul(x, y);
  const one: Variable<"float64", 0> = grad(cost, x as Variable<"float64", 0>);
  const list: Variable[] = grad(cost, [x, y] as Variable[]);
  const pair: [Variable, Variable] = grad(cost, [x, y]);
  const either: GradOf<Variable, { returnDisconnected: "none" }> = null;
  assertEquals([one.ndim, list.length, pair.length, either], [0, 2, 2, null]);
  assertEquals(grad(cost, []), []);
});

Deno.test("with respect to intermediate results and shared variables", () => {
  const z = tanh(x), w = shared(2, { dtype: "float64", name: "w" });
  const cost = add(mul(z, w), mul(z, x));
  const [gz, gw] = grad(cost, [z, w]);
  const feeds = [[x, scalar(0.5)], [w, scalar(2)]] as const;
  const values = evaluateGraph([gz, gw], new Map<Variable, Value>(feeds));
  expectClose(values.flatMap(numbers), [2.5, Math.tanh(0.5)], 1e-12);
  assertEquals(at(grad(z, z), 1), 1);
});

Deno.test("several ways are added up, always in the same order", () => {
  const cost = add(add(mul(x, y), sqr(x)), exp(x));
  const first = grad(cost, x);
  assertStrictEquals(grad(cost, x), first);
  expectClose(run(first, [[x, scalar(0.3)], [y, scalar(2)]]), [2 + 0.6 + Math.exp(0.3)], 1e-12);
});

Deno.test("gradients are named after cost and variable", () => {
  const cost = mul(sqr(x), 3);
  cost.name = "cost";
  assertEquals(grad(cost, x).name, "(dcost/dx)");
  const other = mul(sqr(y), 4);
  other.name = "cost";
  assertEquals(grad(other, y, { addNames: false }).name, null);
  // An expression of the user's stays what it is.
  const product = mul(x, mul(y, 5));
  product.name = "product";
  grad(product, x);
  assertEquals(mul(y, 5).name, null);
});

Deno.test("dtypes of gradients follow the variables", () => {
  const narrow = anyInput("float32", 1), wide = anyInput("float64", 1);
  const [a, b] = grad(sum(mul(narrow, wide)), [narrow, wide]);
  assertEquals([a.dtype, b.dtype], ["float32", "float64"]);
  const z = anyInput("complex128", 1);
  assertEquals(grad(sum(real(mul(z, z))), z).dtype, "complex128");
});

Deno.test("whole numbers on the way: connected, with zero gradient", () => {
  assertEquals(at(grad(cast(cast(x, "int32"), "float64"), x), 2.5), 0);
  assertEquals(at(grad(cast(x, "int64"), x), 2.5), 0);
  assertEquals(at(grad(floor(x), x), 2.5), 0);
  assertEquals(at(grad(mul(cast(gt(x, 1), "float64"), x), x), 2.5), 1);
});

Deno.test("shapes and indices do not connect", () => {
  const length = cast(shapeOf(v, 0), "float64");
  assertThrows(() => grad(mul(length, 2), v), DisconnectedInputError, '"v"');
  const position = cast(x, "int64");
  assertThrows(() => grad(index(v, [position]), x), DisconnectedInputError);
  const positions = cast(u, "int64");
  assertThrows(() => grad(sum(index(v, [positions])), u), DisconnectedInputError);
});

Deno.test("what is disconnected is an error, a warning or nothing", () => {
  const error = assertThrows(() => grad(sqr(x), y), DisconnectedInputError);
  assert(error instanceof TypeError);
  assertEquals(
    error.message,
    'Cannot differentiate the result of sqr with respect to "y": it does not depend on its values, ' +
      'except maybe through a shape, an index or disconnectedGrad; disconnectedInputs: "ignore" gives zeros',
  );
  assertThrows(() => grad(disconnectedGrad(x), x), DisconnectedInputError);
  const warnings: unknown[] = [];
  const before = console.warn;
  console.warn = (message) => warnings.push(message);
  try {
    assertEquals(at(grad(sqr(x), y, { disconnectedInputs: "warn" }), 1), 0);
  } finally {
    console.warn = before;
  }
  assertEquals(warnings.length, 1);
  assertThrows(
    () => grad(sqr(x), x, { disconnectedInputs: "no" as "warn" }),
    TypeError,
    'expected "disconnectedInputs" to be "raise" or "warn" or "ignore", got "no"',
  );
});

Deno.test("undefined gradients are errors, or NaN", () => {
  const cost = mul(undefinedGrad(x), y);
  const error = assertThrows(() => grad(cost, x), NullGradientError, "undefinedGrad");
  assert(error instanceof TypeError);
  const feeds = [[x, scalar(2)], [y, scalar(3)]] as const;
  assertEquals(run(grad(cost, y), feeds), [2]);
  const [gx, gy] = grad(cost, [x, y], { nullGradients: "return" });
  assertEquals(run(gx), [NaN]);
  assertEquals(run(gy, feeds), [2]);
  assertThrows(() => grad(add(sqr(x), undefinedGrad(exp(x))), x), NullGradientError);
});

Deno.test("wrong arguments are errors that say what is wrong", () => {
  const n = anyInput("int32", 0, "n"), z = anyInput("complex128", 0, "z");
  const wrong = (f: () => unknown, text: string) => assertThrows(f, TypeError, text);
  wrong(() => grad(sqr(v), v), "expected a scalar cost");
  wrong(() => grad(mul(z, 2), z), "expected a real cost");
  wrong(() => grad(sqr(x), n), 'with respect to "n" of dtype int32');
  wrong(
    () => grad(3 as unknown as Variable, x),
    "expected the cost to be a variable, got the number 3",
  );
  wrong(() => grad(sqr(x), new Set([x]) as unknown as Variable), "an object of class Set");
  wrong(() => grad(sqr(x), [x, 1] as unknown as Variable[]), 'item 1 of "wrt"');
  wrong(() => grad(sqr(x), undefined as unknown as Variable), "got undefined");
  wrong(() => grad(null, x), 'expected "knownGrads"');
  wrong(
    () => grad(sqr(x), x, { considerConstant: [1 as unknown as Variable] }),
    "considerConstant",
  );
  wrong(() => grad(null, x, { knownGrads: [[sqr(x), n]] }), "expected a float or complex dtype");
  wrong(() => grad(null, x, { knownGrads: [[sqr(x), v]] }), "expected 0 axes, got 1");
  wrong(() => grad(null, x, { knownGrads: [[sqr(x), z]] }), "expected real numbers");
  wrong(
    () => grad(null, x, { knownGrads: [["x", 1] as unknown as [Variable, number]] }),
    'each key of "knownGrads"',
  );
  wrong(() => grad(sqr(x), x, { nullGradients: 3 as unknown as "raise" }), "got 3");
});

Deno.test("long chains are differentiated without recursion", () => {
  let chain: Variable = x;
  for (let i = 0; i < 20_000; i++) chain = i % 2 === 0 ? mul(chain, 1.0001) : sub(chain, y);
  const [value] = evaluateGraph([grad(chain, x)], new Map([[x, scalar(1)], [y, scalar(2)]]));
  expectClose(numbers(value!), [1.0001 ** 10_000], 1e-9);
});

Deno.test("many uses of parts of one variable give one zero tensor", () => {
  let cost: Variable = makeConstant(scalar(0));
  for (let i = 0; i < 50; i++) cost = add(cost, sqr(index(v, [i])));
  const g = grad(cost, v);
  const names = toposort([g]).map(({ op }) => op.name);
  assertEquals(names.filter((name) => name === "incSubtensor").length, 50);
  assertEquals(names.filter((name) => name === "broadcastTo").length, 1);
  const list = Array.from({ length: 50 }, (_, i) => i);
  assertEquals(run(g, [[v, vector(...list)]]), list.map((i) => 2 * i));
});

Deno.test("the graph of a gradient has no sums where nothing was stretched", () => {
  const names = (g: Variable) => new Set(toposort([g]).map(({ op }) => op.name));
  const error = sub(tanh(dot(m, k)), m);
  const gk = names(grad(sum(sqr(mul(error, error))), k));
  // The second operand of the difference may stretch; what is made of one variable may not.
  assert(gk.has("sumTo"));
  const own = mul(tanh(m), sub(m, softmax(m)));
  assert(!names(grad(sum(sqr(own)), m)).has("sumTo"));
  const fixed = input("float64", [3, 4], "fixed"), row = input("float64", [4], "row");
  assert(!names(grad(sum(sqr(add(fixed, row))), row)).has("sumTo"));
});

Deno.test("what a gradient is made of comes from where it was asked for", () => {
  const g = grad(mul(tanh(v), tanh(v)).sum(), v);
  const line = new Error().stack!.split("\n")[1]!.replace(/.*:(\d+):\d+\)?$/, "$1");
  assert(g.origin.includes(`grad_test.ts:${Number(line) - 1}:`), g.origin);
});

Deno.test("a gradient of a gradient of a gradient", () => {
  const third = grad(grad(grad(mul(pow(x, 4), div(x, 2)), x), x), x);
  expectClose([at(third, 1.5)], [30 * 1.5 ** 2], 1e-9);
});

Deno.test("the gradient of a complex function of real and imaginary part", () => {
  const z = complex(x, y), cost = abs(mul(z, exp(z)));
  const [gx, gy] = grad(cost, [x, y]);
  const size = Math.hypot(0.3, 0.4) * Math.exp(0.3);
  const feeds = [[x, scalar(0.3)], [y, scalar(0.4)]] as const;
  expectClose(run(gx, feeds), [size * (1 + 0.3 / 0.25)], 1e-9);
  expectClose(run(gy, feeds), [size * 0.4 / 0.25], 1e-9);
});

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { toposort } from "../core/graph/walk.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { expectClose } from "../dev/testing/ops/harness.ts";
import {
  compile,
  DisconnectedInputError,
  grad,
  hessian,
  jacobian,
  scan,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../all.ts";
import { isScan } from "./node.ts";

Deno.test("jacobian() of a vector of any length", async () => {
  const w = T.dmatrix("w"), x = T.dvector("x");
  const f = await compile([w, x], jacobian(T.pow(T.dot(w, x), 2), [w, x]), { device: "cpu" });
  const [jw, jx] = f([[1, 2, 3], [4, 5, 6]], [1, 2, 3]);
  assertEquals(jw!.shape, [2, 2, 3]);
  assertEquals(jw!.arraySync(), [[[28, 56, 84], [0, 0, 0]], [[0, 0, 0], [64, 128, 192]]]);
  assertEquals(jx!.arraySync(), [[28, 56, 84], [256, 320, 384]]);
  const none = f(tensor(new Float64Array(0), { shape: [0, 3] }), [1, 2, 3]);
  assertEquals(none.map(({ shape }) => shape), [[0, 0, 3], [0, 3]]);
});

Deno.test("hessian() of a vector of any length, one matrix for each", async () => {
  const v = T.dvector("v"), u = T.dvector("u");
  const cost = T.sum(T.mul(T.pow(v, 2), T.pow(u, 3)));
  const f = await compile([v, u], hessian(cost, [v, u]), { device: "cpu" });
  const [hv, hu] = f([1, 2], [0.5, -1]);
  assertEquals(hv!.arraySync(), [[0.25, 0], [0, -2]]);
  assertEquals(hu!.arraySync(), [[3, 0], [0, -24]]);
  const linear = await compile([v], hessian(T.sum(T.mul(v, 2)), v), { device: "cpu" });
  assertEquals(linear([1, 2, 3]).arraySync(), [[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
});

onDevices("derivatives of matrices in matrices, of any lengths", async (device) => {
  const m = T.fmatrix("m"), w = T.fmatrix("w");
  const y = T.dot(m, w), outputs = [jacobian(y, m), hessian(T.sqr(y).sum(), m)];
  using f = await compile([m, w], outputs, { device });
  const made = (n: number, k: number, l: number) =>
    f(
      tensor(Float32Array.from({ length: n * k }, (_, i) => i - 2), { shape: [n, k] }),
      tensor(Float32Array.from({ length: k * l }, (_, i) => i * i + 1), { shape: [k, l] }),
    );
  const [first, second] = made(2, 2, 1);
  assertEquals(first!.arraySync(), [[[[1, 2], [0, 0]]], [[[0, 0], [1, 2]]]]);
  assertEquals(second!.arraySync(), [
    [[[2, 4], [0, 0]], [[4, 8], [0, 0]]],
    [[[0, 0], [2, 4]], [[0, 0], [4, 8]]],
  ]);
  assertEquals(made(1, 3, 2).map(({ shape }) => shape), [[1, 2, 1, 3], [1, 3, 1, 3]]);
  assertEquals(made(0, 3, 2).map(({ shape }) => shape), [[0, 2, 0, 3], [0, 3, 0, 3]]);
});

onDevices("derivatives of no elements, and results of no steps, in every mode", async (device) => {
  const x = T.fvector("x"), y = T.fvector("y"), n = T.iscalar("n");
  // Steps that are never taken would find no element at 0.
  const [[taken, ranges]] = scan(
    (element) => [x.at(T.cast(element, "int32")), T.arange(n)],
    { sequences: y, nonSequences: [x, n] },
  );
  const cost = T.ifelse(n.gt(0), x.mul(y).mul(x).sum(), T.sqr(x).sum());
  const outputs = [taken!, ranges!, hessian(cost, x), jacobian(T.sqr(x), x)];
  const none: number[] = [];
  for (const mode of ["fastRun", "fastCompile", "debug"] as const) {
    using f = await compile([x, y, n], outputs, { device, mode });
    const shapes = f(none, none, 3).map(({ shape }) => shape);
    assertEquals(shapes, [[0], [0, 3], [0, 0], [0, 0]], mode);
    const values = f([1, 2], [1, 0], 1).map((result) => result.arraySync());
    const slopes = [[[2, 0], [0, 0]], [[2, 0], [0, 4]]];
    assertEquals(values.slice(0, 2), [[2, 1], [[0n], [0n]]], mode);
    assertEquals(values.slice(2), slopes, mode);
  }
});

Deno.test("the Jacobian of much in little goes forwards, once for each element", async () => {
  const s = T.dscalar("s"), p = T.tensor("float64", [3], "p"), x = T.dvector("x");
  const y = T.sin(x.mul(s)).mul(p.at(0)).add(p.at(1).mul(x)).add(T.pow(p.at(2), 3));
  const square = T.outer(y, x), names = (v: Variable) => toposort([v]).map(({ op }) => op.name);
  assert(!names(jacobian(y, s)).includes("scan"));
  assertEquals(names(jacobian(y, p)).filter((name) => name === "scan").length, 1);
  const f = await compile([s, p, x], [jacobian(y, s), jacobian(y, p), jacobian(square, p), y]);
  const at = [0.7, [2, -1, 0.5], [0.3, -1.2, 2, 1]] as const;
  const [ds, dp, dq] = f(...at as never) as unknown as Tensor[];
  const xs = at[2];
  const rows = xs.map((v) => [Math.sin(0.7 * v), v, 3 * 0.25]);
  const near = (found: Tensor, expected: readonly number[]) =>
    numbers(found).forEach((one, i) => assertAlmostEquals(one, expected[i]!, 1e-12));
  near(ds!, xs.map((v) => 2 * v * Math.cos(0.7 * v)));
  near(dp!, rows.flat());
  near(dq!, rows.flatMap((row) => xs.flatMap((v) => row.map((one) => one * v))));
  assertEquals(dq!.shape, [4, 4, 3]);
  assertThrows(() => jacobian(x, s), DisconnectedInputError);
  assertEquals(jacobian(x, s, { disconnectedInputs: "ignore", returnDisconnected: "none" }), null);
  const none = jacobian(x, p, { disconnectedInputs: "ignore" });
  const zeros = (await compile([x, p], none, { onUnusedInput: "ignore" }))([1, 2], [
    1,
    2,
    3,
  ]) as Tensor;
  assertEquals([zeros.shape, numbers(zeros)], [[2, 3], [0, 0, 0, 0, 0, 0]]);
});

/** How many loops a graph has, and how many of them have loops in their steps. */
function loopsOf(results: readonly Variable[]): [all: number, nested: number] {
  const found = toposort(results).filter((node) => isScan(node));
  const outer = found.filter((node) =>
    toposort(node.op.inner!(node).outputs).some((inner) => isScan(inner))
  );
  return [found.length, outer.length];
}

onDevices("the Jacobian matrix of a loop is made by one loop of all rows", async (device) => {
  const anyX = T.fvector("x"), anyW = T.fmatrix("w");
  const [x, w] = [T.specifyShape(anyX, [3]), T.specifyShape(anyW, [3, 3])];
  const last = (x: Variable, w: Variable): Variable => {
    const step = (s: Variable) => T.tanh(T.dot(w, s)).add(x) as Variable;
    return (scan(step, { outputsInfo: x, nSteps: 5 })[0] as Variable).at(-1);
  };
  const y = last(x, w), matrix = jacobian(y, x);
  assertEquals(loopsOf([matrix])[1], 0);
  const rows = [0, 1, 2].map((i) => grad(y.at(i), x));
  // Where each row would take a matrix of its own, of any size, rows are made one after the other.
  const open = jacobian(last(anyX, anyW), anyX);
  assertEquals(loopsOf([open])[1] > 0, true);
  const f = await compile([anyX, anyW], [matrix, open, ...rows], { device });
  const [all, same, ...each] = f([0.1, -0.2, 0.3], [[0.5, 1, 0], [0, 0.5, -1], [1, 0, 0.25]]);
  expectClose(numbers(all!), each.flatMap(numbers), 1e-5);
  expectClose(numbers(same!), each.flatMap(numbers), 1e-5);
});

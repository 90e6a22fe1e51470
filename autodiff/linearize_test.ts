import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { makeVariable, outputOf } from "../core/graph/graph.ts";
import type { Op } from "../core/graph/op.ts";
import { evaluateGraph } from "../core/graph/reference.ts";
import { TensorType } from "../core/graph/type.ts";
import { toposort } from "../core/graph/walk.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { run, value } from "../dev/testing/ops/harness.ts";
import {
  compile,
  grad,
  gradClip,
  hessian,
  hessianVectorProduct,
  jvp,
  linearize,
  NullGradientError,
  Rop,
  T,
  type Tensor,
  undefinedGrad,
  type Variable,
} from "../all.ts";
import { registerGradient } from "./rules.ts";

const x = T.dvector("x"), u = T.dvector("u");
const at = value("float64", [3], [0.5, -1, 2]), along = value("float64", [3], [1, 10, 100]);
const feeds = [[x, at], [u, along]] as const;

Deno.test("jvp gives the value and its change, of a function and of an expression", () => {
  const [value, change] = jvp((x) => T.sqr(x).sum(), x, u);
  assertEquals([run(value, [feeds[0]]), run(change, feeds)], [[5.25], [1 - 20 + 400]]);
  const [same, moved] = jvp(T.sqr(x), x, u);
  assertEquals([run(same, [feeds[0]]), run(moved, feeds)], [[0.25, 1, 4], [1, -20, 400]]);
  const [[a, b], [da, db]] = jvp((x: Variable, y: Variable) => [T.mul(x, y), T.constant(3)], [
    x,
    u,
  ], [u, x]);
  assertEquals(run(a!, feeds), [0.5, -10, 200]);
  assertEquals(run(da!, feeds), [1.25, 101, 10004]);
  assertEquals([run(b!), run(db!)], [[3], [0]]);
});

Deno.test("arguments of a function are its own", () => {
  // The same variable twice, and one that the function reads besides.
  const [, change] = jvp((a: Variable, b: Variable) => a.mul(b).mul(2), [x, x], [
    u,
    T.zerosLike(u),
  ]);
  assertEquals(run(change, feeds), [1, -20, 400]);
  const [, inner] = jvp((a) => a.mul(x), x, u);
  assertEquals(run(inner, feeds), [0.5, -10, 200]);
});

Deno.test("a linearised function shares what it needs of the value", () => {
  const [value, linear] = linearize((x) => T.exp(T.sin(x)), x);
  const all = [value, linear([1, 0, 0]), linear([0, 1, 0]), linear(u)];
  const names = toposort(all).map(({ op }) => op.name);
  for (const name of ["exp", "sin", "cos"]) {
    assertEquals(names.filter((one) => one === name).length, 1, name);
  }
  const [a, b, c] = all.slice(1).map((one) => evaluateGraph([one], new Map(feeds))[0]!.data);
  for (let i = 0; i < 3; i++) {
    assertAlmostEquals(Number(a![i]) + 10 * Number(b![i]), i < 2 ? Number(c![i]) : 0, 1e-12);
  }
});

onDevices("products with the Hessian matrix", async (device) => {
  const w = T.fmatrix("w"), b = T.fvector("b"), v = T.fmatrix("v"), d = T.fvector("d");
  const cost = T.log(T.sum(T.exp(T.tanh(T.dot(w, b))))).add(T.sqr(b).sum());
  const [hw, hb] = hessianVectorProduct(cost, [w, b], [v, d]);
  const slopes = grad(cost, [w, b]);
  const back = grad(slopes[0].mul(v).sum().add(slopes[1].mul(d).sum()), [w, b]);
  assert(toposort([hw, hb]).length < toposort(back).length);
  const f = await compile([w, b, v, d], [hw, hb, ...back], { device });
  const found = f([[1, 2], [-1, 0.5]], [0.3, -0.2], [[1, 0], [2, -1]], [0.5, 1]);
  const [a, c, p, q] = (found as unknown as Tensor[]).map(numbers);
  [...a!, ...c!].forEach((one, i) => assertAlmostEquals(one, [...p!, ...q!][i]!, 1e-5));
  const z = T.fvector("z"), m = T.pow(z, 3).sum();
  const g = await compile([z], [
    hessianVectorProduct(m, z, [1, 2, 3]),
    T.dot(hessian(m, z), [1, 2, 3]),
  ], {
    device,
  });
  const [one, other] = (g([1, 2, 3]) as unknown as Tensor[]).map(numbers);
  assertEquals(one, [6, 24, 54]);
  assertEquals(other, one);
});

Deno.test("a second derivative that is zero", () => {
  assertEquals(run(hessianVectorProduct(x.mul(3).sum(), x, u), feeds), [0, 0, 0]);
});

Deno.test("derivatives that are steered are in both directions", () => {
  assertEquals(run(Rop(gradClip(x, -2, 20).mul(2), x, u), feeds), [2, 20, 40]);
  assertEquals(run(Rop(T.mul(x, x.dimshuffle(0)), x, u), feeds), [1, -20, 400]);
  assertThrows(
    () => Rop(T.exp(undefinedGrad(x)), x, u),
    NullGradientError,
    'with respect to "x": the gradient is not defined',
  );
});

Deno.test("an op of one's own goes forwards by its gradient, or by its own rule", () => {
  let isForward = false;
  const cube = (name: string): Op => ({
    name,
    infer: ([x]) => [x!.type],
    shapes: (context, { inputs }) => [context.shape(inputs[0]!)],
    evaluate: ([x]) => [{ ...x!, data: (x!.data as Float64Array).map((v) => v ** 3) }],
    lowering: { kind: "matmul" },
  });
  registerGradient("testForwardless", {
    pullback: ({ inputs: [x] }, [g]) => [g!.mul(x!.sqr()).mul(3)],
  });
  registerGradient("testForward", {
    pullback: () => [],
    pushforward: ({ inputs: [x] }, [t]) => {
      isForward = true;
      return [t!.mul(x!.sqr()).mul(3)];
    },
  });
  for (const name of ["testForwardless", "testForward"]) {
    const y = outputOf(cube(name), [x], {});
    assertEquals(run(Rop(y, x, u), feeds), [0.75, 30, 1200], name);
  }
  assert(isForward);
  registerGradient("testForwardWrong", { pullback: () => [], pushforward: (_, [t]) => [t!.sum()] });
  const z = makeVariable(TensorType.of("float64", [null]));
  assertThrows(
    () => Rop(outputOf(cube("testForwardWrong"), [z], {}), z, u),
    TypeError,
    "its rule gave a change",
  );
  assertThrows(() => Rop(outputOf(cube("testForwardNone"), [z], {}), z, u), NullGradientError);
});

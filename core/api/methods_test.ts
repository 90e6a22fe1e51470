import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { elementwiseNames } from "../ops/elementwise/table.ts";
import * as T from "./t.ts";
import { elementwiseFunctions } from "./methods_elementwise.ts";

const x = T.fmatrix("x"), v = T.fvector("v"), i = T.ivector("i");

Deno.test("methods build the same nodes as functions", () => {
  const functions = T as unknown as Record<string, (...args: unknown[]) => unknown>;
  let checked = 0;
  for (const [name, { length }] of Object.entries(elementwiseFunctions)) {
    const f = functions[name === "astype" ? "cast" : name]!;
    const from = { and: i, or: i, xor: i, invert: i, leftShift: i, rightShift: i }[name] ?? v;
    const methods = from as unknown as Record<string, (...args: unknown[]) => unknown>;
    const args = { clip: [0, 1], cast: ["int8"], astype: ["int8"] }[name] ??
      (length > 1 && name !== "round" ? [from] : []);
    assertStrictEquals(methods[name]!(...args), f(from, ...args), name);
    checked++;
  }
  assert(checked > 60);
});

Deno.test("methods take as many arguments as they say", () => {
  const methods = v as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ["add", "mul", "maximum", "minimum"]) {
    assertThrows(() => methods[name]!(), TypeError, "Cannot use undefined as a tensor");
    assertStrictEquals(methods[name]!(1, 2), methods[name]!(1));
  }
  assertStrictEquals(methods["onesLike"]!("int32"), v.onesLike());
  const listed: string[] = [];
  for (const key in v) listed.push(key);
  assertEquals(listed.filter((key) => ["shape", "size", "T", "add"].includes(key)), []);
});

/** Elementwise ops that are not called by their name, and why. */
const withoutFunction: Readonly<Record<string, string>> = {
  roundHalfAway: "a mode of round",
  shifted: "a mark for rewrites",
  held: "a mark for rewrites",
};
const withoutMethod: Readonly<Record<string, string>> = {
  ...withoutFunction,
  switch: "of a condition, which comes first: T.where",
  mulhi: "for generators of random numbers",
  logaddexp: "of two alike",
  logdiffexp: "of two alike",
  atan2: "of two alike",
  complex: "of two alike",
  erfinv: "rarely used",
  erfcinv: "rarely used",
  trigamma: "rarely used",
  bitcast: "says nothing of the number",
  zeroGrad: "changes nothing but gradients",
  disconnectedGrad: "changes nothing but gradients",
  undefinedGrad: "changes nothing but gradients",
  gradScale: "changes nothing but gradients",
  gradClip: "changes nothing but gradients",
};

Deno.test("every row of an elementwise op has a function, and a method, or is named as an exception", () => {
  const lacking = (owner: object) =>
    elementwiseNames.filter((name) => typeof Reflect.get(owner, name) !== "function");
  assertEquals(lacking(T).sort(), Object.keys(withoutFunction).sort(), "functions.ts and its like");
  assertEquals(
    lacking(elementwiseFunctions).sort(),
    Object.keys(withoutMethod).sort(),
    "methods_elementwise.ts",
  );
});

Deno.test("methods of shapes, reductions and products", () => {
  assertStrictEquals(x.sum(0), T.sum(x, 0));
  assertStrictEquals(x.var({ axis: 1, ddof: 1 }), T.var(x, { axis: 1, ddof: 1 }));
  assertStrictEquals(x.norm(1, 0), T.norm(x, 1, 0));
  assertStrictEquals(x.dot(v), T.dot(x, v));
  assertStrictEquals(x.T, T.transpose(x));
  assertStrictEquals(v.T, v);
  assertStrictEquals(x.at(0, "..."), T.index(x, [0, "..."]));
  assertStrictEquals(x.at("1:, ::-1"), T.index(x, "1:, ::-1"));
  assertStrictEquals(v.slice(1, -1), T.index(v, { start: 1, stop: -1 }));
  assertStrictEquals(x.reshape([-1]), T.reshape(x, [-1]));
  assertStrictEquals(x.flatten(), T.flatten(x));
  assertStrictEquals(x.dimshuffle(1, "x", 0), T.dimshuffle(x, 1, "x", 0));
  assertStrictEquals(x.cumsum(0), T.cumsum(x, 0));
  assertStrictEquals(x.sort(), T.sort(x));
  assertStrictEquals(x.zerosLike(), T.zerosLike(x));
  assertStrictEquals(x.take([0], 1), T.take(x, [0], 1));
  assertStrictEquals(x.repeat(2, 0), T.repeat(x, 2, 0));
});

Deno.test("shape is a frozen list of int64 scalars", () => {
  assertEquals(x.shape.map((n) => String(n.type)), Array(2).fill("TensorType(int64, scalar)"));
  assertStrictEquals(x.shape[0], x.shape[0]);
  assert(Object.isFrozen(x.shape));
  assertEquals(T.scalar().shape, []);
  assertEquals(x.size.dtype, "int64");
});

Deno.test("JavaScript's own operators are refused, templates are not", () => {
  const n = x as unknown as number;
  assertThrows(() => n > 1, TypeError, 'Cannot use "x" as a JavaScript number or condition');
  assertThrows(() => n + 1, TypeError, "write x.add(y)");
  assertThrows(() => -n, TypeError);
  assertEquals(`${x}`, "x");
  assertEquals(String(x.add(1)), "the result of add");
  assertEquals(Deno.inspect(x), 'Variable "x": TensorType(float32, matrix)');
  assertThrows(() => [...(x as unknown as number[])], TypeError, "not iterable");
});

Deno.test("graph navigation", () => {
  const z = T.add(x, v);
  assertEquals(z.owner?.op.name, "add");
  assertEquals(z.owner?.inputs, [x, v]);
  assertStrictEquals(z.owner?.output, z);
  assertEquals(x.owner, null);
  assert(z.origin.includes("methods_test.ts"), z.origin);
});

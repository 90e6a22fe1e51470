import { assertEquals, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, ShapeError } from "../../all.ts";
import { pp } from "../graph/print.ts";
import * as T from "./t.ts";
import type { Variable } from "../graph/graph.ts";

const x = T.fmatrix("x"), w = T.fvector("w"), b = T.fscalar("b"), i = T.ivector("i");

/** Both are the same node. */
function same(actual: Variable, expected: Variable): void {
  assertStrictEquals(actual, expected, `${pp(actual)} is not ${pp(expected)}`);
}

Deno.test("expr: operators bind as in Python", () => {
  same(T.expr`${w} + ${b} * ${w}`, w.add(b.mul(w)));
  same(T.expr`(${w} + ${b}) * ${w}`, w.add(b).mul(w));
  same(T.expr`${w} - ${b} - ${w}`, w.sub(b).sub(w));
  same(T.expr`${w} ** ${b} ** ${w}`, w.pow(b.pow(w)));
  same(T.expr`-${w} ** 2`, w.pow(2).neg());
  same(T.expr`${w} ** -${b}`, w.pow(b.neg()));
  same(T.expr`-${w} * ${b}`, w.neg().mul(b));
  same(T.expr`${w} / ${b} // ${w} % ${b}`, w.div(b).intDiv(w).mod(b));
  same(T.expr`${x} @ ${w} + ${b}`, x.dot(w).add(b));
  same(
    T.expr`(${w} > 0) & (${w} < ${b}) | ~(${w} == 1)`,
    w.gt(0).and(w.lt(b)).or(w.eq(1).invert()),
  );
  same(T.expr`${i} | ${i} ^ ${i} & ${i} << 2`, i.or(i.xor(i.and(i.leftShift(2)))));
  same(T.expr`${w} + 1 >= ${b}`, w.add(1).ge(b));
});

Deno.test("expr: numbers take the dtype of what they meet", () => {
  assertEquals(T.expr`${i} * 2`.dtype, "int32");
  assertEquals(T.expr`${i} + 2 * 3`.dtype, "int32");
  same(T.expr`${i} + 7 // 2 ** 2 % 5`, i.add(1));
  assertEquals(T.expr`${i} * 0.5`.dtype, "float32");
  assertEquals(T.expr`1_000 + .5e1 - -1`, T.constant(1006));
});

Deno.test("expr: calls, named arguments, methods and attributes", () => {
  same(
    T.expr`1 / (1 + exp(-(${x} @ ${w}) - ${b}))`,
    T.div(1, T.add(1, T.exp(x.dot(w).neg().sub(b)))),
  );
  same(T.expr`sum(${x}, axis=0)`, T.sum(x, { axis: 0 }));
  same(T.expr`${x}.sum(axis=(0, 1), keepdims=True)`, x.sum({ axis: [0, 1], keepdims: true }));
  same(T.expr`${x}.T.mean(0)`, x.T.mean(0));
  same(T.expr`softmax(${x}, axis=0)`, T.softmax(x, 0));
  same(T.expr`concatenate([${w}, ${w} + 1], axis=0)`, T.concatenate([w, w.add(1)], 0));
  same(T.expr`${x}.astype("int32")`, x.astype("int32"));
  same(T.expr`${x}.reshape((-1, 2))`, x.reshape([-1, 2]));
  same(T.expr`${w} / ${w}.shape[0]`, w.div(w.shape[0]!));
  same(T.expr`switch(${w} > 0, ${w}, 0)`, T.where(w.gt(0), w, 0));
  same(T.expr`and(${i}, ${i})`, T.and(i, i));
  same(T.expr`sin(pi * ${b})`, T.sin(T.mul(Math.PI, b)));
  same(T.expr`${(v: Variable) => v.exp()}(${b})`, b.exp());
  assertEquals(T.expr`${x}.shape`.type.toString(), "TensorType(int64, (2))");
});

Deno.test("expr: indices and slices", () => {
  same(T.expr`${x}[0]`, T.index(x, 0));
  same(T.expr`${x}[-1, 1:]`, T.index(x, [-1, { start: 1 }]));
  same(T.expr`${x}[::-1, :2]`, T.index(x, [{ step: -1 }, { stop: 2 }]));
  same(T.expr`${x}[..., None]`, T.index(x, ["...", null]));
  same(T.expr`${x}[:, newaxis, 0]`, T.index(x, [{}, null, 0]));
  same(T.expr`${x}[${i}]`, T.index(x, i));
  same(
    T.expr`${w}[${i}[0]:${i}[0] + 3]`,
    T.index(w, { start: T.index(i, 0), stop: T.index(i, 0).add(3) }),
  );
  same(T.expr`${w}[[0, 2, 2]]`, T.index(w, [[0, 2, 2]]));
  same(T.expr`${w}[${w} > 0]`, T.index(w, w.gt(0)));
  same(T.expr`zeros(${x}.shape[1:])`, T.zeros(x.shape.slice(1)));
});

Deno.test("expr: one template is parsed once and evaluated anew", () => {
  const f = (v: Variable) => T.expr`${v} + 1`;
  same(f(w), w.add(1));
  same(f(b), b.add(1));
});

function message(build: () => unknown): string {
  return assertThrows(build, SyntaxError).message;
}

Deno.test("expr: errors point at the column", () => {
  assertEquals(
    message(() => T.expr`1 / (1 + ${w}`),
    'Cannot read the expression: expected ")", got the end at column 14\n  1 / (1 + ${1}\n               ^',
  );
  assertEquals(
    message(() => T.expr`${w} + * 2`),
    'Cannot read the expression: expected a value, got "*" at column 8\n  ${1} + * 2\n         ^',
  );
  assertEquals(
    message(() =>
      T.expr`${w}
      + $`
    ),
    'Cannot read the expression: unexpected character "$" at line 2, column 9\n        + $\n          ^',
  );
});

Deno.test("expr: errors say what to do", () => {
  const cases: [() => unknown, string][] = [
    [() => T.expr`0 < ${w} < 1`, "comparisons cannot be chained (write (a < b) & (b < c))"],
    [() => T.expr`${w} and ${w}`, 'got "and" (write &)'],
    [() => T.expr`not ${w}`, 'got "not" (write ~)'],
    [() => T.expr`y + ${w}`, 'unknown name "y" (variables go into holes: ${y})'],
    [() => T.expr`exp + ${w}`, '"exp" is a function: write exp(…)'],
    [() => T.expr`nosuch(${w})`, 'unknown function "nosuch"'],
    [() => T.expr`${w}.nosuch()`, '"w" has no "nosuch"'],
    [() => T.expr`${w}.constructor()`, '"w" has no "constructor"'],
    [() => T.expr`${w}.sum`, '"sum" is a function: write .sum(…)'],
    [() => T.expr`sum(${w}, axis=0, axis=1)`, 'argument "axis" is given twice'],
    [() => T.expr`sum(axis=0, ${w})`, "a positional argument after a named one"],
    [() => T.expr`softmax(${x}, 0, axis=1)`, 'argument "axis" is given twice'],
    [() => T.expr`${x}[]`, "expected an index"],
    [() => T.expr`${x}.shape[2]`, "index 2 is outside the list"],
    [() => T.expr`${w} ${w}`, "expected an operator or the end"],
    [() => T.expr`"text"`, "expected a tensor, got a string"],
    [() => T.expr`(1.5 & 2) + ${w}`, 'expected integers beside "&"'],
    [() => T.expr``, "expected a value, got the end"],
  ];
  for (const [build, expected] of cases) {
    const text = message(build);
    assertEquals(text.includes(expected), true, `${text}\n  should say: ${expected}`);
  }
});

/** A template as `T.expr` gets it, of any length. */
function template(parts: readonly string[]): TemplateStringsArray {
  return Object.assign([...parts], { raw: parts });
}

onDevices("expressions are as long and as deep as one likes", async (device) => {
  const y = T.fvector("y"), deep = 3000, terms = 10_000;
  const between = (first: string, rest: (i: number) => string, last: string) =>
    template(Array.from(
      { length: terms + 1 },
      (_, i) => i === 0 ? first : i === terms ? last : rest(i),
    ));
  const all = Array<typeof y>(terms).fill(y);
  const inside = T.expr(template(["(".repeat(deep), ")".repeat(deep)]), y);
  assertEquals(inside, y);
  const signs = T.expr(template(["-".repeat(deep + 1), ""]), y);
  const sums = T.expr(between("", (i) => `*${i % 7} + `, ""), ...all);
  const powers = T.expr(template(["", " ** 1".repeat(deep)]), y);
  const lists = T.expr(template(["[".repeat(20) + "1" + "]".repeat(20) + "+ sum(", ")"]), y);
  const f = await compile([y], [signs, sums, powers, lists], { device });
  const [a, b, c, d] = f([1, 2]);
  const factors = Array.from({ length: terms - 1 }, (_, i) => (i + 1) % 7)
    .reduce((sum, factor) => sum + factor, 1);
  assertEquals(a.arraySync(), [-1, -2]);
  assertEquals(b.arraySync(), [factors, 2 * factors]);
  assertEquals(c.arraySync(), [1, 2]);
  assertEquals([d.shape.length, d.dataSync()[0]], [20, 4]);
});

Deno.test("messages about long expressions show what is near the mistake", () => {
  const long = "x + ".repeat(5000);
  for (const text of [`(${long}`, `${long}?`, `1 + ${"(".repeat(5000)}`, "[".repeat(5000)]) {
    const error = assertThrows(() => T.expr(template([text])), SyntaxError);
    assertEquals(error.message.length < 500, true);
    const [, line, caret] = error.message.split("\n");
    assertEquals(caret!.length <= line!.length + 1, true);
  }
  const nested = `${"[".repeat(200)}1${"]".repeat(200)}`;
  const error = assertThrows(() => T.expr(template([nested])), Error);
  assertStringIncludes(error.message, "nested more than 64 deep");
});

Deno.test("expr: a type that is given is the editor's, and checked", async () => {
  const p: Variable<"float32", 1> = T.expr(T.fvector.type)`${x} @ ${w}`;
  same(p, x.dot(w));
  const test: Variable<"bool", 2> = T.expr(T.tensorType("bool", 2))`${x} > 0`;
  same(test, x.gt(0));
  for (const type of [T.fmatrix.type, T.dvector.type, T.fscalar.type, T.bvector.type]) {
    assertThrows(
      () => T.expr(type)`${x} @ ${w}`,
      TypeError,
      `Expected an expression of type ${type}, got one of type ${p.type}`,
    );
  }
  const three = T.expr(T.tensorType("float32", [3]))`${x} @ ${w}`;
  assertEquals(three.type.shape, [3]);
  const f = await compile([x, w], three, { device: "cpu" });
  assertEquals(f([[1], [2], [3]], [2]).arraySync(), [2, 4, 6]);
  assertThrows(() => f([[1], [2]], [2]), ShapeError, "expected length 3 of axis 0, got 2");
});

onDevices("expr: an expression of a given type computes what it says", async (device) => {
  const f = await compile([x, w], T.expr(T.fvector.type)`(${x} @ ${w}) ** 2 - 1`, { device });
  assertEquals(f([[1, 2], [2, -1]], [2, -1]).arraySync(), [-1, 24]);
});

Deno.test("expr: a wrong number of arguments is an error with its column", () => {
  const wrong: readonly (readonly [() => unknown, string, number])[] = [
    [() => T.expr`1 + sin(1, 2)`, '"sin" takes 1 argument, got 2', 4],
    [() => T.expr`1 + sin()`, '"sin" takes 1 argument, got 0', 4],
    [() => T.expr`arcsin(1, 2)`, '"arcsin" takes 1 argument, got 2', 0],
    [() => T.expr`exp(1, axis=0)`, '"exp" takes 1 argument, got 2', 0],
    [() => T.expr`where(${b} > 0, ${b})`, '"where" takes 3 arguments, got 2', 0],
    [() => T.expr`atan2(${b})`, '"atan2" takes 2 arguments, got 1', 0],
    [() => T.expr`maximum()`, '"maximum" takes at least 1 argument, got 0', 0],
    [() => T.expr`${b}.sin(1)`, '"sin" takes no arguments, got 1', 0],
    [() => T.expr`${b}.pow()`, '"pow" takes 1 argument, got 0', 0],
    [() => T.expr`1 + ${b}.clip(1)`, '"clip" takes 2 arguments, got 1', 4],
  ];
  for (const [read, message, column] of wrong) {
    const error = assertThrows(read, SyntaxError, message);
    const [, , caret] = error.message.split("\n");
    assertEquals(caret!.trimStart(), "^", message);
    assertEquals(caret!.length - 1 >= column, true, error.message);
  }
  same(T.expr`round(${b}, "halfAwayFromZero")`, T.round(b, "halfAwayFromZero"));
  same(T.expr`add(${b}, ${b}, 1)`, T.add(b, b, 1));
});

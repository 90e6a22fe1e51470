import { assert, assertEquals } from "@std/assert";
import { ScalarBuilder, sizeIx } from "../ir/builder.ts";
import { accuracy, type MathName } from "./accuracy.ts";
import * as math from "./mod.ts";
import { type Build, evaluator, type Manners, ulps } from "../../dev/testing/math/evaluate.ts";
import { reference } from "../../dev/testing/math/reference.ts";

const names = Object.keys(accuracy) as MathName[];
const functions = math as unknown as Record<MathName, Build>;
const arityOf = (name: MathName): number => functions[name].length - 1;

/** What gives the one right number, or an integer. */
const exact = ["roundHalfAway", "roundHalfEven", "sign"];

Deno.test("every function of core/math/mod.ts promises an accuracy in accuracy.ts, or is exact", () => {
  const all = Object.entries(math).filter(([, value]) => typeof value === "function");
  assertEquals(all.map(([name]) => name).sort(), [...names, ...exact].sort());
});

/** Whether a function promises its accuracy at an argument. */
function promises(name: MathName, x: number): boolean {
  const { where } = accuracy[name];
  return where === undefined || (where === "x > 0" ? x > 0 : x <= 0);
}

/** IEEE without and with fused multiply-add, and the form for machines that do not know NaN. */
const machines: readonly Manners[] = [
  { ieee: true, fused: false },
  { ieee: true, fused: true },
  { ieee: false, fused: true },
];

function wide(name: MathName): Plain {
  return evaluator(functions[name], "f64", arityOf(name), { ieee: true, fused: false });
}

type Plain = (...x: number[]) => number;

/** What JavaScript has no function for, or one that says something else. */
const written: Partial<Record<MathName, Plain>> = {
  exp2: (x) => 2 ** x!,
  sigmoid: (x) => 1 / (1 + Math.exp(-x!)),
  softplus: (x) => Math.max(x!, 0) + Math.log1p(Math.exp(-Math.abs(x!))),
  logaddexp: (x, y) =>
    x === y ? x! + Math.LN2 : Math.max(x!, y!) + Math.log1p(Math.exp(-Math.abs(x! - y!))),
  logdiffexp: (x, y) => x === -Infinity && y === -Infinity ? x : x! + written.log1mexp!(y! - x!),
  log1mexp: (x) => x! > -0.5 ? Math.log(-Math.expm1(x!)) : Math.log1p(-Math.exp(x!)),
  pow: (x, y) => x === 1 || (x === -1 && Math.abs(y!) === Infinity) ? 1 : x! ** y!,
};
const engine = Math as unknown as Partial<Record<MathName, Plain>>;
const independent = (name: MathName) => written[name] ?? engine[name];

/**
 * Functions in float64 to measure float32 results by: those of the engine, those written here, or else
 * our own in float64, which are measured by their table.
 */
const references = Object.fromEntries(
  names.map((name) => [name, independent(name) ?? wide(name)]),
) as Record<MathName, Plain>;

/** A sequence of numbers in [0, 1) that is the same in every run. */
function* randoms(): Generator<number> {
  let state = 12345;
  while (true) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const high = state;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (high * 2 ** 21 + (state >>> 11)) / 2 ** 53;
  }
}
const source = randoms();
const random = (): number => source.next().value as number;

/** Float32 numbers of all sizes, with more of them where functions bend. */
function sample(): number {
  const kind = Math.floor(random() * 4);
  const sign = random() < 0.5 ? -1 : 1;
  if (kind === 0) return Math.fround(random() * 2 - 1);
  if (kind === 1) return Math.fround(random() * 20 - 10);
  if (kind === 2) return Math.fround(sign * Math.exp(random() * 174 - 87));
  return Math.fround(sign * Math.exp(random() * 14 - 7));
}

const tiny = 2 ** -126, largest = 3.4028234663852886e38;

/** The error of a float32 result; results that may be 0 or infinite by rounding are excused. */
function error32(actual: number, expected: number): number {
  if (Number.isNaN(expected)) return Number.isNaN(actual) ? 0 : Infinity;
  if (Math.abs(expected) < tiny) return Math.abs(actual) <= tiny ? 0 : Infinity;
  if (Math.abs(expected) > largest) {
    return Math.abs(actual) === Infinity && actual * expected > 0 ? 0 : Infinity;
  }
  return ulps("f32", actual, expected);
}

/** Two arguments, the second for those that take it. */
function arguments32(name: MathName): [number, number] {
  const x = sample(), y = sample();
  if (name !== "logdiffexp") return [x, y];
  const other = random() < 0.5 ? y : Math.fround(x - Math.exp(random() * 12 - 9));
  return [Math.max(x, other), Math.min(x, other)];
}

for (const name of names) {
  Deno.test(`${name} of float32 is as accurate as promised`, () => {
    for (const manners of machines) {
      const f = evaluator(functions[name], "f32", arityOf(name), manners);
      let worst = 0, at: number[] = [];
      // Where a difference is rounded badly is a matter of luck.
      const count = ["logaddexp", "logdiffexp"].includes(name) ? 100_000 : 3000;
      for (let i = 0; i < count; i++) {
        const [x, y] = arguments32(name);
        if (!promises(name, x)) continue;
        const args = name === "pow"
          ? [x, i % 2 === 0 ? y : Math.fround((random() * 2 - 1) * 88 / Math.log(Math.abs(x)))]
          : [x, y];
        if (args.some((v) => v !== 0 && Math.abs(v) < tiny)) continue;
        // Of two terms the smaller may be subnormal, which counts as 0.
        if (name === "logaddexp" && Math.max(...args) < 1e-30) continue;
        if (name === "logdiffexp" && x > -1e-30) continue;
        const error = error32(f(...args), references[name](...args));
        if (error > worst) [worst, at] = [error, args];
      }
      assert(
        worst <= accuracy[name].f32,
        `${worst} units at ${at} with ${JSON.stringify(manners)}`,
      );
    }
  });
}

Deno.test("logdiffexp of float32 loses no more digits above 0 than x has", () => {
  for (const manners of machines) {
    const f = evaluator(math.logdiffexp, "f32", 2, manners);
    for (let i = 0; i < 50_000; i++) {
      const [x, y] = arguments32("logdiffexp");
      if (x < 1e-30 || x === y || [x, y].some((v) => Math.abs(v) > 1e30)) continue;
      const expected = references.logdiffexp(x, y);
      const unit = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(expected), x))) - 23);
      const error = Math.abs(f(x, y) - expected) / unit;
      assert(error <= 6, `${error} units at ${x}, ${y} with ${JSON.stringify(manners)}`);
    }
    assertEquals(f(-Infinity, -Infinity), -Infinity);
    assertEquals(f(2, -Infinity), 2);
    assertEquals(f(3, 3), -Infinity);
    assertEquals(f(3, 4), NaN);
    assertEquals(f(NaN, 1), NaN);
  }
});

Deno.test("sin, cos and tan of float32 are right beside multiples of π/2, however large", () => {
  const near = [
    16367173 * 2 ** 72,
    0xbdcda * 2 ** 107,
    0xd84625 * 2 ** 89,
    7953 * 2 ** 1,
    12868,
    25736,
  ]
    .concat([Math.fround(Math.PI), Math.fround(Math.PI / 2), Math.fround(33 * Math.PI), 3.4e38]);
  for (const name of ["sin", "cos", "tan"] as const) {
    for (const manners of machines) {
      const f = evaluator(functions[name], "f32", 1, manners);
      for (const x of near.flatMap((x) => [Math.fround(x), Math.fround(-x)])) {
        const error = ulps("f32", f(x), references[name](x));
        assert(error <= accuracy[name].f32, `${name}(${x}): ${error} units`);
      }
    }
  }
});

const table = Map.groupBy(
  reference.trim().split("\n").map((line) => line.split(" ")),
  ([name]) => name as MathName,
);

for (const name of names) {
  Deno.test(`${name} of float64 agrees with its table`, () => {
    const f = evaluator(functions[name], "f64", arityOf(name), machines[0]!);
    const rows = table.get(name) ?? [];
    assert(
      rows.length >= 40,
      `expected 40 rows of ${name} in dev/testing/math/reference.ts, got ${rows.length}: ` +
        `reference.py beside it makes them`,
    );
    let worst = 0, at: number[] = [];
    for (const row of rows) {
      const numbers = row.slice(1).map(Number), expected = numbers.pop()!;
      const error = ulps("f64", f(...numbers), expected);
      if (error > worst) [worst, at] = [error, numbers];
    }
    // The table itself is rounded.
    assert(worst <= accuracy[name].f64 + 0.5, `${worst} units at ${at}`);
  });
}

Deno.test("float64 functions agree with those of the engine", () => {
  for (const name of names) {
    if (independent(name) === undefined) continue;
    const f = evaluator(functions[name], "f64", arityOf(name), machines[0]!);
    for (let i = 0; i < 500; i++) {
      const x = (random() - 0.5) * Math.exp(random() * 12 - 6), y = (random() - 0.5) * 20;
      if (!promises(name, x)) continue;
      const expected = references[name](x, y), actual = f(x, y);
      if (Number.isNaN(expected)) assertEquals(actual, NaN, `${name}(${x}, ${y})`);
      else {
        // The engine may be off by one and more.
        const error = ulps("f64", actual, expected);
        assert(error <= accuracy[name].f64 + 1.5, `${name}(${x}, ${y}): ${error} units`);
      }
    }
  }
});

const edges = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 2.5, -2.5, Infinity, -Infinity, NaN];

/** What C says of the edges, where JavaScript has no function or says something else. */
const exactly: Partial<Record<MathName, (x: number) => number | undefined>> = {
  erf: (x) => x === 0 ? x : Math.abs(x) === Infinity ? Math.sign(x) : undefined,
  erfc: (x) => x === 0 ? 1 : x === Infinity ? 0 : x === -Infinity ? 2 : undefined,
  erfinv: (x) => x === 0 ? x : Math.abs(x) > 1 ? NaN : Math.abs(x) === 1 ? x * Infinity : undefined,
  erfcinv: (x) =>
    x === 0 ? Infinity : x === 2 ? -Infinity : x < 0 || x > 2 ? NaN : x === 1 ? 0 : undefined,
  gamma: (x) =>
    x === 0
      ? 1 / x
      : x < 0 && Number.isInteger(x) || x === -Infinity
      ? NaN
      : x === Infinity
      ? x
      : undefined,
  lgamma: (x) =>
    Math.abs(x) === Infinity || (x <= 0 && Number.isInteger(x))
      ? Infinity
      : x === 1 || x === 2
      ? 0
      : undefined,
  digamma: (x) =>
    x === 0
      ? -1 / x
      : x === Infinity
      ? x
      : x < 0 && Number.isInteger(x) || x === -Infinity
      ? NaN
      : undefined,
  trigamma: (x) =>
    x === -Infinity
      ? NaN
      : x === Infinity
      ? 0
      : x <= 0 && Number.isInteger(x)
      ? Infinity
      : undefined,
};

Deno.test("zeros, infinities and NaN come out as in C", () => {
  const wrong: string[] = [];
  for (const name of names) {
    const special = exactly[name];
    for (const manners of machines) {
      for (const type of ["f32", "f64"] as const) {
        const f = evaluator(functions[name], type, arityOf(name), manners);
        for (const x of edges) {
          for (const y of arityOf(name) === 2 ? edges : [0]) {
            const value = special === undefined
              ? references[name](x, y)
              : Number.isNaN(x)
              ? NaN
              : special(x);
            if (value === undefined) continue;
            const limit = accuracy[name][type] + 0.5, actual = f(x, y);
            if (Object.is(actual, value)) continue;
            if (value !== 0 && ulps(type, actual, value) <= limit) continue;
            wrong.push(`${name}(${x}, ${y}) of ${type} is ${actual}, not ${value}`);
          }
        }
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("NaN survives a machine that takes it for a number", () => {
  for (const name of names) {
    const arity = arityOf(name);
    const f = evaluator(functions[name], "f32", arity, {
      ieee: false,
      fused: true,
      careless: true,
    });
    assertEquals(f(NaN, 0.5), NaN, name);
    if (arity === 2) assertEquals(f(0.5, NaN), NaN, name);
  }
});

Deno.test("sin, cos and tanh never leave [-1, 1]", () => {
  for (const name of ["sin", "cos", "tanh"] as const) {
    for (const type of ["f32", "f64"] as const) {
      for (const manners of machines) {
        const f = evaluator(functions[name], type, 1, manners);
        for (let i = 0; i < 1000; i++) {
          const near = (name === "cos" ? 0 : Math.PI / 2) + (random() - 0.5) * 1e-3;
          const x = name === "tanh" ? 5 + 5 * random() : near;
          const y = f(type === "f32" ? Math.fround(x) : x);
          assert(Math.abs(y) <= 1, `${name}(${x}) of ${type} is ${y}`);
        }
      }
    }
  }
});

Deno.test("logarithms of powers of their base are whole", () => {
  for (const type of ["f32", "f64"] as const) {
    const log2 = evaluator(math.log2, type, 1, machines[0]!);
    const log10 = evaluator(math.log10, type, 1, machines[0]!);
    const exp2 = evaluator(math.exp2, type, 1, machines[0]!);
    for (let k = -126; k <= 127; k++) {
      assertEquals(log2(2 ** k), k);
      assertEquals(exp2(k), 2 ** k);
    }
    for (let k = 0; k <= 10; k++) assertEquals(log10(10 ** k), k);
  }
});

Deno.test("sign and rounding", () => {
  for (const type of ["f32", "f64"] as const) {
    for (const manners of machines) {
      const sign = evaluator(math.sign, type, 1, manners);
      assertEquals([3, -0.1, 0, -0, NaN, -Infinity].map((x) => sign(x)), [1, -1, 0, -0, NaN, -1]);
      const even = evaluator(math.roundHalfEven, type, 1, manners);
      assertEquals([0.5, 1.5, -0.5, -2.5, 2.6].map((x) => even(x)), [0, 2, -0, -2, 3]);
      const away = evaluator(math.roundHalfAway, type, 1, manners);
      const before = type === "f32" ? 0.49999997019767761 : 0.49999999999999994;
      assertEquals(
        [0.5, 1.5, -0.5, -2.5, 2.4, before, -0, 8388609, 4194304.5, NaN, -Infinity].map((x) =>
          away(x)
        ),
        [1, 2, -1, -3, 2, 0, -0, 8388609, 4194305, NaN, -Infinity],
      );
    }
  }
});

Deno.test("sign takes integers and bools", () => {
  const b = new ScalarBuilder();
  const i = b.load(0, "int32", sizeIx(0)), u = b.load(1, "uint64", sizeIx(0));
  assertEquals(math.sign(b, i).type, "i32");
  assertEquals(math.sign(b, u).type, "u64");
  assertEquals(math.sign(b, b.constant("i64", -7n)), b.constant("i64", -1n));
  const c = b.compare("gt", i, b.constant("i32", 0));
  assertEquals(math.sign(b, c), c);
});

Deno.test("the functions of inner loops stay lean", () => {
  const limits = { exp: 17, log: 25, tanh: 16, sigmoid: 19, log1p: 30, expm1: 22, softplus: 31 };
  for (const [name, limit] of Object.entries(limits)) {
    const f = evaluator(functions[name as MathName], "f32", 1, machines[0]!);
    assert(f.operations <= limit, `${name} takes ${f.operations} operations, not ${limit}`);
  }
});

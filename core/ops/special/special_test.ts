import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import {
  compile,
  type DType,
  grad,
  jvp,
  scan,
  T,
  type Variable,
  verifyGrad,
  vmap,
} from "../../../all.ts";
import table from "../../../dev/testing/special/functions.json" with { type: "json" };

type Cell = number | string;
interface Reference {
  readonly rows: readonly (readonly [args: Cell[], value: Cell, slopes?: Cell[]])[];
  readonly edges: readonly (readonly [args: Cell[], value: Cell])[];
}
type Name = keyof typeof table;

/**
 * How many units in the last place of float64 a value may be off, as docs/accuracy.md says. A power is off by
 * as much as its exponent is rounded.
 */
const most: Record<Name, (value: number, x: number) => number> = {
  gammainc: (value) => 32 + 2 * Math.abs(Math.log(value)),
  gammaincc: (value) => 32 + 2 * Math.abs(Math.log(value)),
  betainc: (value) => 32 + 2 * Math.abs(Math.log(value)),
  betaln: () => 24,
  j0: () => 16,
  j1: () => 16,
  y0: () => 32,
  y1: () => 32,
  i0: () => 8,
  i1: () => 8,
  i0e: () => 8,
  i1e: () => 8,
  logit: () => 2,
  sinc: () => 2,
  ndtr: (_, x) => 2 + x * x,
  logNdtr: (_, x) => 24 + (x > 0 ? x * x : 0),
  ndtri: () => 2,
  polygamma2: () => 8,
  polygamma5: () => 8,
};

function applied(name: Name, args: readonly Variable[]): Variable {
  if (name.startsWith("polygamma")) return T.polygamma(Number(name.slice(9)), args[0]!);
  return (T as unknown as Record<Name, (...args: Variable[]) => Variable>)[name](...args);
}

/** The arguments of rows, one list for each. */
function columns(rows: Reference["rows"] | Reference["edges"]): number[][] {
  return rows[0]![0].map((_, k) => rows.map(([args]) => Number(args[k])));
}

const names = Object.keys(table) as Name[];

for (const name of names) {
  Deno.test(`${name} has its true values and derivatives, and ends as SciPy's does`, async () => {
    const { rows, edges } = table[name] as unknown as Reference;
    const args = rows[0]![0].map(() => T.dvector());
    const y = applied(name, args);
    const slopes = rows.some((row) => row.length > 2) ? args.map((x) => grad(y.sum(), x)) : [];
    const f = await compile(args as [Variable], [y, ...slopes], { device: "cpu" });
    const [got, ...gotSlopes] = f(...columns(rows) as [number[]]).map(numbers);
    rows.forEach(([at, value, slope], i) => {
      const want = Number(value), error = Math.abs(got![i]! - want) / (Math.abs(want) * 2 ** -52);
      assert(
        got![i] === want || error <= most[name](want, Number(at[0])),
        `${name}(${at}) is ${got![i]}, not ${want}: ${error} units`,
      );
      slope?.forEach((cell, k) => {
        const want = Number(cell), error = Math.abs(gotSlopes[k]![i]! - want);
        assert(
          error <= 1e-11 * Math.abs(want),
          `slope ${k} at ${at}: ${gotSlopes[k]![i]}, ${want}`,
        );
      });
    });
    const ends = numbers(f(...columns(edges) as [number[]])[0]!);
    edges.forEach(([at, value], i) => {
      const want = Number(value);
      const same = Object.is(ends[i], want) || Math.abs(ends[i]! - want) <= 1e-13 * Math.abs(want);
      assert(same || ends[i] === want, `${name}(${at}) is ${ends[i]}, not ${want}`);
    });
  });
}

/** Functions with numbers at which float32 has a result that is a normal number. */
const narrow: [Name, number[][]][] = [
  ["gammainc", [[0.5, 2, 30], [0.2, 3, 25]]],
  ["gammaincc", [[0.5, 2, 30], [0.2, 3, 35]]],
  ["betainc", [[0.5, 3, 20], [2, 1, 30], [0.25, 0.5, 0.375]]],
  ["betaln", [[0.5, 3, 200], [2, 1, 30]]],
  ["j0", [[0.5, -3, 40]]],
  ["j1", [[0.5, -3, 40]]],
  ["y0", [[0.5, 3, 40]]],
  ["y1", [[0.5, 3, 40]]],
  ["i0e", [[0.5, -3, 40]]],
  ["i1", [[0.5, -3, 8]]],
  ["logit", [[0.125, 0.5, 0.75]]],
  ["sinc", [[0.25, 1.25, 2]]],
  ["logNdtr", [[-20, 0, 1]]],
  ["ndtri", [[0.125, 0.5, 0.75]]],
  ["polygamma2", [[0.5, 3, -0.25]]],
];

async function together(device: "cpu" | "gpu", dtype: DType): Promise<number[][]> {
  const args = narrow.map(([, lists]) => lists.map(() => T.tensor(dtype, [null])));
  const results = narrow.map(([name], i) => applied(name, args[i]!));
  assertEquals(results.map((y) => y.dtype), results.map(() => dtype));
  const f = await compile(args.flat(), results, { device, allowInputDowncast: true });
  return f(...narrow.flatMap(([, lists]) => lists)).map(numbers);
}

onDevices(
  "special functions of float32 and float16 agree with those of float64",
  async (device) => {
    const wide = await together("cpu", "float64");
    for (const [dtype, unit] of [["float32", 2 ** -23], ["float16", 2 ** -10]] as const) {
      const got = await together(device, dtype);
      wide.forEach((list, i) =>
        list.forEach((want, k) => {
          const error = Math.abs(got[i]![k]! - want) / unit;
          const scale = Math.max(Math.abs(want), 0.01);
          assert(error <= 64 * scale, `${narrow[i]![0]} of ${dtype} is ${got[i]![k]}, not ${want}`);
        })
      );
    }
  },
);

Deno.test("special functions have second derivatives", async () => {
  const points: [Name, number[]][] = [
    ["gammainc", [2.5, 1.5]],
    ["betainc", [2.5, 3, 0.3]],
    ["betaln", [2.5, 30]],
    ["j0", [3]],
    ["j1", [35]],
    ["y0", [3]],
    ["y1", [35]],
    ["i0", [0]],
    ["i1e", [0.5]],
    ["sinc", [0]],
    ["logit", [0.3]],
    ["logNdtr", [-3]],
    ["ndtri", [0.3]],
    ["polygamma2", [1.5]],
  ];
  const places: Variable[] = [], slopes: Variable[] = [];
  for (const [name, at] of points) {
    const args = at.map(() => T.dscalar()), y = applied(name, args);
    const first = args.map((x) => grad(y, x));
    const sum = first.reduce<Variable>((a, b) => T.add(a, b), T.constant(0));
    places.push(...args);
    slopes.push(sum, ...args.map((x) => grad(sum, x)));
  }
  const f = await compile(places, slopes, { device: "cpu" });
  const values = points.flatMap(([, at]) => at), h = 2 ** -12;
  const plain = f(...values).map((t) => Number(t.item()));
  let place = 0, result = 0;
  for (const [name, at] of points) {
    at.forEach((_, k) => {
      const moved = [1, -1].map((side) =>
        Number(f(...values.map((v, i) => i === place + k ? v + side * h : v))[result]!.item())
      );
      const want = (moved[0]! - moved[1]!) / (2 * h), got = plain[result + 1 + k]!;
      assert(
        Math.abs(got - want) <= 1e-5 * Math.max(1, Math.abs(want)),
        `${name} at ${at}: ${got} and ${want}`,
      );
    });
    place += at.length;
    result += 1 + at.length;
  }
});

onDevices("special functions broadcast, and work in a loop", async (device) => {
  const a = T.fvector("a"), x = T.fmatrix("x"), y = T.gammaincc(a, x);
  assertEquals(y.ndim, 2);
  const slopes = grad(y.sum(), [a, x] as const);
  const [steps] = scan((x: Variable) => T.gammaincc(a, x), { sequences: [x] }) as Variable[];
  const f = await compile([a, x], [y, ...slopes, steps!], { device });
  const [value, ofA, ofX, looped] = f([0.5, 2], [[1, 2], [3, 4], [5, 6]]);
  assertEquals([value!.shape, ofA!.shape, ofX!.shape], [[3, 2], [2], [3, 2]]);
  const [all, each] = [numbers(value!), numbers(looped!)];
  all.forEach((v, i) => assert(Math.abs(v - each[i]!) <= 1e-6, `${v} and ${each[i]}`));
  assert(Math.abs(numbers(ofX!)[1]! + 2 * Math.exp(-2)) < 1e-6);
});

Deno.test("special functions say what they cannot take", async () => {
  assertThrows(() => T.polygamma(1.5, T.dscalar()), RangeError, "1.5");
  assertThrows(() => T.polygamma(-1, T.dscalar()), RangeError, "-1");
  assertThrows(() => T.j0(T.constant({ re: 1, im: 2 })), TypeError, "complex");
  // Where a gradient is zero, an infinite derivative does not count.
  const x = T.dvector("x"), y = T.where(x.gt(0), T.gammainc(0.5, x), 0);
  const f = await compile([x], grad(y.sum(), x), { device: "cpu" });
  assertEquals(numbers(f([0]))[0], 0);
  await verifyGrad((x: Variable) => T.gammainc(x, 2), [[0.5, 3]]);
});

Deno.test("special functions have tangents", async () => {
  const a = T.dvector(),
    x = T.dscalar(),
    y = T.gammainc(a, x),
    slopes = grad(y.sum(), [a, x] as const);
  const [, change] = jvp(y, [a, x] as const, [T.onesLike(a), T.constant(2, "float64")] as const);
  const f = await compile([a, x], [change.sum(), slopes[0].sum().add(slopes[1].mul(2))], {
    device: "cpu",
  });
  const [forward, backward] = f([0.5, 2, 7], 1.5).map((t) => Number(t.item()));
  assert(Math.abs(forward! - backward!) < 1e-13, `${forward} and ${backward}`);
});

Deno.test("special functions are applied to all rows at once", async () => {
  const a = T.dvector(), x = T.dmatrix();
  const rows = vmap((a: Variable, x: Variable) => {
    const y = T.gammainc(a, x);
    return T.concatenate([y, grad(y.sum(), a).reshape([1])]);
  })(a, x) as Variable;
  const y = T.gammainc(a.reshape([-1, 1]), x);
  const f = await compile([a, x], [rows, y, grad(y.sum(), a)], { device: "cpu" });
  const [got, value, slope] = f([0.5, 2], [[1, 2, 3], [4, 5, 6]]).map(numbers);
  const want = [...value!.slice(0, 3), slope![0]!, ...value!.slice(3), slope![1]!];
  want.forEach((w, i) => assert(Math.abs(got![i]! - w) < 1e-13, `${got} and ${want}`));
});

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import expected from "../../../dev/testing/statistics/numpy.json" with { type: "json" };
import { onDevices } from "../../../dev/testing/devices.ts";
import {
  compile,
  IndexError,
  scan,
  ShapeError,
  T,
  type Variable,
  verifyGrad,
} from "../../../all.ts";

const m = T.fmatrix("m"), v = T.fvector("v"), h = T.fmatrix("h"), s = T.fvector("s");
const inputs = [m, v, h, s] as const;
const values = [
  [[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8]],
  [2.5, -1, 0, 7, 3.25, 3.25, -4],
  [[1, NaN, 3], [NaN, NaN, NaN], [4, 5, -6]],
  [1, 2],
] as const;
const rows = T.take(h, [0, 2], 0), labels = T.constant([3, 1, 3, 2, 1, 3], { dtype: "int32" });
const { values: distinct, indices, inverse, counts } = T.uniqueAll(labels);
const filter = [1, 0.5, -2, 3], modes = ["full", "same", "valid"] as const;
const [bins, edges] = T.histogram(v, 4);

/** What NumPy's function of the same name is, by the name of its case. */
const cases: Record<string, Variable> = {
  "median": T.median(m),
  "median axis 0": T.median(m, 0),
  "median keepdims": T.median(m, { axis: 1, keepdims: true }),
  "median of NaN": T.median(h, 1),
  "quantile": T.quantile(v, 0.3),
  "quantile several": T.quantile(m, [0, 0.25, 0.9, 1], 1),
  "quantile two axes": T.quantile(T.stack([m, T.neg(m)]), [0.1, 0.5], { axis: [0, 2] }),
  ...Object.fromEntries(
    (["lower", "higher", "nearest", "midpoint"] as const).map((method) => [
      `quantile ${method}`,
      T.quantile(v, [0.1, 0.45, 0.5, 0.8], { method }),
    ]),
  ),
  "percentile": T.percentile(v, [5, 50, 95]),
  "percentile kept": T.percentile(m, 30, { axis: 0, keepdims: true }),
  "nanmedian": T.nanmedian(h, 1),
  "nanquantile": T.nanquantile(h, [0.25, 0.75], 1),
  "nanquantile whole": T.nanquantile(h, 0.4),
  "nansum": T.nansum(h, 0),
  "nanprod": T.nanprod(h),
  "nanmean": T.nanmean(h, 1),
  "nanvar": T.nanvar(h, 0),
  "nanstd ddof": T.nanstd(h, 1, { ddof: 1 }),
  "nanmax": T.nanmax(h, 1),
  "nanmin": T.nanmin(h),
  "nanargmax": T.nanargmax(rows, 1),
  "nanargmin": T.nanargmin(h),
  "average": T.average(m, { axis: 1, weights: [1, 2, 0, 1] }),
  "average whole": T.average(m),
  "average axis 0": T.average(m, { axis: 0, weights: [1, 2, 3] }),
  "average weights": T.average(m, { weights: m }),
  "cov": T.cov(m),
  "cov columns": T.cov(m, { rowvar: false, ddof: 0 }),
  "cov vector": T.cov(v),
  "cov weights": T.cov(m, { weights: [1, 2, 0.5, 1] }),
  "corrcoef": T.corrcoef(m),
  "histogram": bins,
  "histogram edges": edges,
  "histogram given": T.histogram(v, [-1, 0, 3, 7])[0],
  "histogram range": T.histogram(v, 3, { range: [0, 3.25] })[0],
  "histogram weights": T.histogram(v, [-5, 0, 3.25], { weights: [0, 1, 2, 3, 4, 5, 6] })[0],
  "histogram density": T.histogram(v, [-5, 0, 3, 8], { density: true })[0],
  "histogram of one": T.histogram(T.mul(s, 0).add(2), 2)[1],
  "digitize": T.digitize(v, [0, 2.5, 7]),
  "digitize right": T.digitize(v, [0, 2.5, 7], { right: true }),
  "digitize falling": T.digitize(v, [7, 2.5, 0]),
  "digitize falling right": T.digitize(v, [7, 2.5, 0], { right: true }),
  "digitize one": T.digitize(v, [2.5]),
  "unique values": distinct,
  "unique indices": indices,
  "unique inverse": inverse,
  "unique counts": counts,
  "argwhere": T.argwhere(T.gt(m, 4)),
  ...Object.fromEntries(modes.flatMap((mode) => [
    [`convolve ${mode}`, T.convolve(v, filter, mode)],
    [`correlate ${mode}`, T.correlate(v, filter, mode)],
    [`convolve short ${mode}`, T.convolve(s, [1, 0.5, -2], mode)],
    [`correlate short ${mode}`, T.correlate(s, [1, 0.5, -2], mode)],
    [`correlate short even ${mode}`, T.correlate([1, 2, 4], T.mul(filter, s.at(0)), mode)],
    [`correlate short 2 4 ${mode}`, T.correlate(s, filter, mode)],
  ])),
  "interp": T.interp(T.mul([0, 1, 1.5, 2.9, 3, 4], s.at(0)), [1, 2, 3], [3, 2, 0]),
  "interp ends": T.interp(T.mul([0, 9], s.at(0)), s, [3, 5], { left: -1, right: 7 }),
  "interp one": T.interp(T.mul([0, 9], s.at(0)), [1], [3]),
  "interp period": T.interp(v, [190, -190, 350, -350], [5, 10, 3, 4], { period: 360 }),
  "interp short period": T.interp(v, [3, 1, 2], [3, 2, 0], { period: -2.5 }),
  "trapezoid": T.trapezoid(m, { axis: 0 }),
  "trapezoid x": T.trapezoid(m, { x: [0, 1, 3, 7], axis: 1 }),
  "trapezoid dx": T.trapezoid(v, { dx: 0.5 }),
  "trapezoid x axis 0": T.trapezoid(m, { x: [0, 2, 3], axis: 0 }),
  "polyval": T.polyval([2, -1, 3], m),
  "cross": T.cross(m.at("0:2, :3"), m.at("1:, :3")),
  "cross axis 0": T.cross(T.transpose(m.at(":, :2")), T.transpose(m.at(":, 2:"))),
  "hypot": T.hypot(m, [3e20, 1, 0, 4]),
  "rot90": T.rot90(m),
  "rot90 three times": T.rot90(m, 3),
  "rot90 twice": T.rot90(T.stack([m]), 2, [1, 2]),
  "logspace": T.logspace(0, 2, 5),
  "logspace of base 2": T.logspace(1, 4, 3, { base: 2, endpoint: false }),
  "geomspace": T.geomspace(1, 256, 9),
  "geomspace below 0": T.geomspace(-1, -100, 3),
  "vdot": T.vdot(m, m.add(1)),
  "cummax": T.cummax(v),
  "cummin axis": T.cummin(m, 1),
  "logcumsumexp": T.logcumsumexp(v),
};

type Nested = number | string | null | readonly Nested[];

function flat(value: Nested): number[] {
  if (Array.isArray(value)) return value.flatMap(flat);
  return [value === null ? NaN : value === "inf" ? Infinity : Number(value)];
}

function shapeOf(value: Nested): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0] as Nested)] : [];
}

onDevices("statistics and signals are NumPy's", async (device) => {
  assertEquals(Object.keys(cases).sort(), Object.keys(expected).sort());
  const names = Object.keys(cases), outputs = Object.values(cases);
  const f = await compile([...inputs], outputs, { device, onUnusedInput: "ignore" });
  const results =
    (f as unknown as (...args: unknown[]) => { shape: number[]; dataSync(): ArrayLike<number> }[])(
      ...values,
    );
  results.forEach((result, k) => {
    const name = names[k]!, want = (expected as Record<string, Nested>)[name]!;
    assertEquals(result.shape, shapeOf(want), name);
    const have = Array.from(result.dataSync(), Number);
    flat(want).forEach((x, i) => assertAlmostEquals(have[i]!, x, 2e-6 * (1 + Math.abs(x)), name));
  });
});

Deno.test("of no elements there are bins and ranks as NumPy has them", async () => {
  const x = T.dvector("x"), [counts, edges] = T.histogram(x, 4);
  const [few, given] = T.histogram(x, 2, { range: [1, 3] });
  const f = await compile([x], [counts, edges, few, given, T.digitize([1, 2], x)] as Variable[]);
  const none = f([]).map((y) => y.arraySync());
  assertEquals(none, [[0n, 0n, 0n, 0n], [0, 0.25, 0.5, 0.75, 1], [0n, 0n], [1, 2, 3], [0n, 0n]]);
  assertEquals(f([7])[1]!.arraySync(), [6.5, 6.75, 7, 7.25, 7.5]);
});

Deno.test("interpolation is done in the dtype that numbers and points meet in", () => {
  const single = T.fvector(), double = T.dvector(), whole = T.ivector();
  assertEquals(T.interp(single, double, single).dtype, "float64");
  assertEquals(T.interp(single, single, double).dtype, "float64");
  assertEquals(T.interp(whole, single, [1, 2]).dtype, "float32");
  assertEquals(T.interp(single, [1, 2], [3, 4]).dtype, "float32");
  assertThrows(
    () => T.interp(v, s, s, { period: 1, left: 0 }),
    TypeError,
    "neither left nor right",
  );
  assertThrows(() => T.interp(v, s, s, { period: [1, 2] }), TypeError, "a scalar as the period");
});

Deno.test("statistics say what is wrong", async () => {
  assertThrows(() => T.quantile(v, 1.5), RangeError, "from 0 to 1");
  assertThrows(() => T.percentile(v, -1), RangeError, "from 0 to 100");
  assertThrows(() => T.quantile(v, [[0.5]]), TypeError, "a vector of them");
  assertThrows(() => T.median(T.zvector("z")), TypeError, "real numbers");
  assertThrows(() => T.quantile(v, 0.5, { method: "cubic" as "lower" }), TypeError);
  assertThrows(() => T.histogram(v, 0), RangeError, "positive integer");
  assertThrows(() => T.average(m, { weights: [1, 2] }), TypeError, "needs one axis");
  assertThrows(() => T.cov(T.ftensor3("t")), TypeError, "a vector or a matrix");
  assertThrows(() => T.convolve(m, v), TypeError, "expected vectors");
  assertThrows(() => T.convolve(v, v, "all" as "full"), RangeError);
  assertThrows(() => T.cross([1, 2], [3, 4]), RangeError, "3 elements");
  assertThrows(() => T.segmentSum(v, v, 3), TypeError, "integers");
  assertThrows(() => T.logcumsumexp(T.zvector("z")), TypeError);
  const q = T.fscalar("q");
  const f = await compile([v, q], T.quantile(v, q), { device: "cpu" });
  assertEquals(f([1, 2, 3], 0.5).item(), 2);
  for (const wrong of [1.5, -0.5]) assertThrows(() => f([1, 2, 3], wrong), IndexError);
  assertThrows(() => f([], 0.5), IndexError);
  const ids = T.ivector("ids");
  const sums = await compile([m, ids], T.segmentSum(m, ids, 2), { device: "cpu" });
  assertEquals(sums([[1, 2], [3, 4], [5, 6]], [1, 0, 1]).arraySync(), [[3, 4], [6, 8]]);
  assertThrows(() => sums([[1, 2]], [2]), IndexError);
  assertThrows(() => T.interp(0, [1, 2], [1, 2, 3]), ShapeError, "Cannot interpolate");
  const between = await compile([v], T.interp(0, v, [1, 2, 3]), { device: "cpu" });
  assertThrows(() => between([0, 1]), ShapeError, "Cannot interpolate");
});

onDevices("statistics of other dtypes, of nothing, and in steps of a loop", async (device) => {
  const i = T.ivector("i"), x = T.fmatrix("x");
  const [medians] = scan((row) => T.median(row), { sequences: x });
  const f = await compile(
    [i, x],
    [T.median(i), T.nansum(i), T.cummax(i), T.unique(x), T.cummin(x, 0), medians],
    { device, onUnusedInput: "ignore" },
  );
  const shown = (...args: [number[], number[][]]) => f(...args).map((result) => result.arraySync());
  assertEquals(shown([3, 1, 2], [[NaN, 2, NaN], [2, 2, 1]]), [
    2,
    6n,
    [3, 3, 3],
    [1, 2, NaN],
    [[NaN, 2, NaN], [NaN, 2, NaN]],
    [NaN, 2],
  ]);
  const none = await compile([i], [T.cummax(i), T.unique(i), T.uniqueAll(i).counts, T.nanmean(i)], {
    device,
  });
  assertEquals(none([]).map((result) => result.arraySync()), [[], [], [], NaN]);
  const b = await compile([x], [T.cummax(T.gt(x, 1), 1)], { device });
  assertEquals(b([[0, 2, 1]]).map((result) => result.arraySync()), [[[false, true, true]]]);
});

Deno.test("derivatives of statistics", () => {
  const forms: Record<string, (x: Variable) => Variable> = {
    quantile: (x) => T.quantile(x, [0.3, 0.8]),
    nanmedian: (x) => T.nanmedian(x),
    nanvar: (x) => T.nanvar(x),
    cov: (x) => T.cov(T.stack([x, T.sin(x)])),
    corrcoef: (x) => T.corrcoef(T.stack([x, T.sin(x)])),
    average: (x) => T.average(x, { weights: T.sqr(x) }),
    convolve: (x) => T.convolve(x, T.sin(x), "same"),
    interp: (x) => T.interp(T.sin(x), T.mul([-2, 0, 2], x.at(0).add(3)), x.at("0:3")),
    polyval: (x) => T.polyval(x, x.at(1)),
    trapezoid: (x) => T.trapezoid(T.sqr(x), { x: T.exp(x) }),
    cummax: (x) => T.cummax(x),
    cummin: (x) => T.cummin(T.sqr(x)),
    logcumsumexp: (x) => T.logcumsumexp(T.mul(x, 2)),
    cross: (x) => T.cross(x.at("0:3"), T.sin(x.at("1:4"))),
    segmentSum: (x) => T.segmentSum(T.sqr(x), [1, 0, 1, 1, 2], 3),
    density: (x) => T.histogram(x, [-3, 0, 3], { weights: x, density: true })[0],
  };
  const at = new Float64Array([0.3, -1.2, 0.8, 2.1, -0.4]);
  for (const [name, form] of Object.entries(forms)) {
    try {
      verifyGrad((x) => T.sqr(form(x!)).sum(), [at], { order: 2 });
    } catch (error) {
      throw new Error(name, { cause: error });
    }
  }
});

onDevices("parts of quantiles that come with a call are checked, NaN too", async (device) => {
  const q = T.fscalar("q"), qs = T.fvector("qs");
  const outputs = [T.quantile(v, q), T.nanquantile(v, q), T.percentile(v, q.mul(100))];
  for (const output of outputs) {
    const f = await compile([v, q], output, { device });
    assertEquals(f([1, 2, 4], 0.5).item(), 2);
    for (const some of [[1, 2, 4], [5]]) {
      for (const wrong of [NaN, 1.5, -0.5, Infinity]) {
        assertThrows(() => f(some, wrong).item(), IndexError, "parts of them from 0 to 1");
      }
    }
  }
  const each = await compile([v, qs], T.quantile(v, qs), { device });
  assertEquals(each([1, 2, 4], [0.5, 1]).arraySync(), [2, 4]);
  assertThrows(() => each([1, 2, 4], [0.5, NaN]).arraySync(), IndexError);
});

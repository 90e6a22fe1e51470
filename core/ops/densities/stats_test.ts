import { assert, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, grad, RandomStreams, T, type Variable } from "../../../all.ts";
import scipy from "../../../dev/testing/special/distributions.json" with { type: "json" };

const table = scipy.distributions;

type Cell = number | string;
type Name = keyof typeof table;
type Functions = Record<
  "logpdf" | "logpmf" | "cdf" | "logcdf" | "pdf" | "pmf",
  ((x: Variable, ...parameters: Variable[]) => Variable) | undefined
>;

const functionsOf = (name: Name) => T.stats[name] as unknown as Functions;

/** Whether two numbers agree to a share of the larger. */
function close(got: number, want: number, share: number): boolean {
  return Object.is(got, want) || got === want ||
    Math.abs(got - want) <= share * Math.max(Math.abs(want), 1e-30);
}

async function compare(name: Name, dtype: "float64" | "float32", device: "cpu" | "gpu") {
  const rows = table[name] as Cell[][], share = dtype === "float64" ? 1e-12 : 2e-4;
  const { logpdf, logpmf, cdf, logcdf } = functionsOf(name);
  const args = Array.from({ length: rows[0]!.length - 2 }, () => T.tensor(dtype, [null]));
  const [x, ...parameters] = args as [Variable, ...Variable[]];
  const density = (logpdf ?? logpmf)!(x, ...parameters);
  const both = cdf === undefined ? [] : [cdf(x, ...parameters), logcdf!(x, ...parameters)];
  const f = await compile(args, [density, ...both, grad(density.sum(), x)], {
    device,
    allowInputDowncast: true,
  });
  const results = f(...args.map((_, k) => rows.map((row) => Number(row[k])))).map(numbers);
  rows.forEach((row, i) => {
    const at = row.slice(0, -2), [logarithm, below] = row.slice(-2).map(Number);
    const got = results[0]![i]!;
    assert(close(got, logarithm!, share), `log of ${name} at ${at}: ${got}, not ${logarithm}`);
    if (cdf !== undefined) {
      const [value, logValue] = [results[1]![i]!, results[2]![i]!];
      assert(close(value, below!, share), `cdf of ${name} at ${at}: ${value}, not ${below}`);
      const wanted = Math.log(below!);
      const isLog = Math.abs(wanted - logValue) <= share || close(logValue, wanted, share);
      assert(isLog, `logcdf of ${name} at ${at}: ${logValue}, not ${wanted}`);
    }
    const slope = results.at(-1)![i]!;
    if (!Number.isFinite(logarithm!)) assertEquals(slope, 0, `slope of ${name} at ${at}`);
    else assert(Number.isFinite(slope), `slope of ${name} at ${at}: ${slope}`);
  });
}

/** Draws whose distribution has no density here, with the reason. */
const withoutDensity: Readonly<Record<string, string>> = {
  randomIntegers: "it is that of integers, with a bound that is included",
  choice: "elements of a vector, by the numbers of categorical or integers",
  permutation: "all orders are alike",
  shuffleRows: "all orders are alike",
  shuffleRowElements: "all orders are alike",
};

/** Methods of a stream that draw nothing. */
const ofStreams = ["constructor", "seed", "stateUpdates", "updates", "split", "toTypedArray"]
  .concat("restore");

Deno.test("every draw has a density or a reason why not", () => {
  const draws = Object.getOwnPropertyNames(RandomStreams.prototype);
  const without = draws.filter((name) => !ofStreams.includes(name) && !(name in T.stats));
  assertEquals(without.sort(), Object.keys(withoutDensity).sort());
});

Deno.test("every distribution of numbers is compared with SciPy's", () => {
  const ofVectors = ["categorical", "dirichlet", "multinomial", "multivariateNormal"];
  const without = Object.keys(T.stats).filter((name) => !(name in table));
  assertEquals(without.sort(), ofVectors);
});

for (const name of Object.keys(table) as Name[]) {
  Deno.test(`${name} has the densities and probabilities of SciPy's`, async () => {
    await compare(name, "float64", "cpu");
  });
}

onDevices("distributions in float32", async (device) => {
  for (const name of ["normal", "gamma", "binomial"] as const) {
    await compare(name, "float32", device);
  }
});

Deno.test("distributions have the parameters of RandomStreams, and are differentiable in them", async () => {
  const streams = new RandomStreams(1), a = T.dscalar("a"), b = T.dscalar("b");
  const f = await compile([a, b], [
    T.stats.gamma.logpdf(streams.gamma([50], { shape: a, scale: b, dtype: "float64" }), a, b).sum(),
    grad(T.stats.gamma.logpdf([0.5, 2], a, b).sum(), a),
    grad(T.stats.gamma.logpdf([0.5, 2], a, b).sum(), b),
    grad(T.stats.gamma.cdf(2, a, b), a),
    grad(T.stats.poisson.logpmf([3, 1], a).sum(), a),
    grad(T.stats.studentT.logpdf([0.5, 2], a, 0, b).sum(), a),
  ], { device: "cpu" });
  const h = 1e-5, slopes = f(2, 3).map((t) => Number(t.item()));
  assert(slopes.every(Number.isFinite));
  const logGamma = (a: number, b: number) =>
    [0.5, 2].reduce((sum, x) => sum + (a - 1) * Math.log(x / b) - x / b - Math.log(b), 0);
  // Γ'(2)/Γ(2) = 1 - γ
  const ofShape = (logGamma(2 + h, 3) - logGamma(2 - h, 3)) / (2 * h) -
    2 * (1 - 0.5772156649015329);
  const ofScale = (logGamma(2, 3 + h) - logGamma(2, 3 - h)) / (2 * h);
  assert(Math.abs(slopes[1]! - ofShape) < 1e-8);
  assert(Math.abs(slopes[2]! - ofScale) < 1e-8);
  assert(Math.abs(slopes[4]! - (4 / 2 - 2)) < 1e-12);
});

onDevices("distributions of vectors", async (device) => {
  const { multivariateNormal, dirichlet, multinomial, categorical } = T.stats;
  const x = T.fmatrix("x"), k = T.ivector("k");
  const cov = [[2, 0.5], [0.5, 1]], alpha = [1.5, 2, 3], p = [0.2, 0.3, 0.5];
  const densities = multivariateNormal.logpdf(x, [0.5, -1], cov);
  const shares = T.constant([[0.2, 0.3, 0.5], [0.2, 0.3, 0.6], [0, 0.5, 0.5]], "float32");
  const counts = T.constant([[1, 2, 1], [1, 1, 1], [4, 0, 0]], "float32");
  const f = await compile([x, k], [
    densities,
    grad(densities.sum(), x),
    dirichlet.logpdf(shares, alpha),
    multinomial.logpmf(counts, 4, p),
    categorical.logpmf(k, p),
  ], { device });
  const got = f([[1, 0], [0, 0]], [0, 2, 5]).map(numbers);
  const want = [
    // By SciPy.
    [-2.61768496, -2.903399246],
    [0, -1, 0.571428571, -1.285714286],
    [1.695210995, -Infinity, -Infinity],
    [Math.log(12 * 0.2 * 0.09 * 0.5), -Infinity, 4 * Math.log(0.2)],
    [Math.log(0.2), Math.log(0.5), -Infinity],
  ];
  want.forEach((list, i) =>
    list.forEach((w, j) =>
      assert(
        close(got[i]![j]!, w, 1e-5) || Math.abs(got[i]![j]! - w) < 1e-5,
        `result ${i}: ${got[i]}, not ${list}`,
      )
    )
  );
});

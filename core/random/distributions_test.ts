import { assert, assertEquals } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import { compile, RandomStreams, type RandomVariable, T, type Tensor } from "../../all.ts";
import { erf } from "../ops/elementwise/special_reference.ts";
import {
  expectDistribution,
  expectFrequencies,
  expectMoments,
  logFactorial,
  lowerGamma,
} from "../../dev/testing/random/statistics.ts";

const N = 20000;

async function sample(variable: RandomVariable, device: TestDevice = "cpu"): Promise<number[]> {
  return numbers((await compile([], variable, { device }))());
}

const phi = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));

interface Continuous {
  readonly draw: (stream: RandomStreams, size: number[]) => RandomVariable;
  readonly cdf: (x: number) => number;
  /** Mean, variance and kurtosis, where they exist. */
  readonly moments?: readonly [number, number, number];
}

// The edge of the truncated normal, and its variance.
const inside = phi(2) - phi(-2);
const truncated = 1 - 4 * Math.exp(-2) / Math.sqrt(2 * Math.PI) / inside;

const continuous: Record<string, Continuous> = {
  "uniform from -1 to 3": {
    draw: (s, size) => s.uniform(size, -1, 3),
    cdf: (x) => Math.min(1, Math.max(0, (x + 1) / 4)),
    moments: [1, 16 / 12, 1.8],
  },
  "normal(2, 0.5)": {
    draw: (s, size) => s.normal(size, { avg: 2, std: 0.5 }),
    cdf: (x) => phi((x - 2) / 0.5),
    moments: [2, 0.25, 3],
  },
  "normal in float64": {
    draw: (s, size) => s.normal(size, { dtype: "float64" }),
    cdf: phi,
    moments: [0, 1, 3],
  },
  "truncated normal": {
    draw: (s, size) => s.truncatedNormal(size, 1, 3),
    cdf: (x) => (phi((x - 1) / 3) - phi(-2)) / inside,
    moments: [1, 9 * truncated, 2.4],
  },
  "exponential(2)": {
    draw: (s, size) => s.exponential(size, 2),
    cdf: (x) => 1 - Math.exp(-x / 2),
    moments: [2, 4, 9],
  },
  "gamma(0.3)": {
    draw: (s, size) => s.gamma(size, 0.3),
    cdf: (x) => lowerGamma(0.3, x),
    moments: [0.3, 0.3, 23],
  },
  "gamma(3, 2)": {
    draw: (s, size) => s.gamma(size, { shape: 3, scale: 2 }),
    cdf: (x) => lowerGamma(3, x / 2),
    moments: [6, 12, 5],
  },
  "gamma(1000) in float64": {
    draw: (s, size) => s.gamma(size, 1000, 1e-3, { dtype: "float64" }),
    cdf: (x) => lowerGamma(1000, x * 1000),
    moments: [1, 1e-3, 3.01],
  },
  "beta(2, 3)": {
    draw: (s, size) => s.beta(size, 2, 3),
    cdf: (x) => x ** 2 * (6 - 8 * x + 3 * x ** 2),
    moments: [0.4, 0.04, 2.36],
  },
  "beta(0.5, 0.5)": {
    draw: (s, size) => s.beta(size, 0.5, 0.5),
    cdf: (x) => 2 / Math.PI * Math.asin(Math.sqrt(x)),
    moments: [0.5, 0.125, 1.5],
  },
  "gumbel(1, 2)": {
    draw: (s, size) => s.gumbel(size, 1, 2),
    cdf: (x) => Math.exp(-Math.exp(-(x - 1) / 2)),
    moments: [1 + 2 * 0.5772156649, 4 * Math.PI ** 2 / 6, 5.4],
  },
  "laplace(1, 2)": {
    draw: (s, size) => s.laplace(size, 1, 2),
    cdf: (x) => x < 1 ? 0.5 * Math.exp((x - 1) / 2) : 1 - 0.5 * Math.exp(-(x - 1) / 2),
    moments: [1, 8, 6],
  },
  "cauchy(1, 2)": {
    draw: (s, size) => s.cauchy(size, 1, 2),
    cdf: (x) => 0.5 + Math.atan((x - 1) / 2) / Math.PI,
  },
  "logistic(1, 2)": {
    draw: (s, size) => s.logistic(size, 1, 2),
    cdf: (x) => 1 / (1 + Math.exp(-(x - 1) / 2)),
    moments: [1, 4 * Math.PI ** 2 / 3, 4.2],
  },
};

for (const [name, { draw, cdf, moments }] of Object.entries(continuous)) {
  Deno.test(`${name} has its moments and its distribution`, async () => {
    const got = await sample(draw(new RandomStreams(20), [N]));
    expectDistribution(name, got, cdf);
    if (moments !== undefined) expectMoments(name, got, ...moments);
  });
}

interface Discrete {
  readonly draw: (stream: RandomStreams, size: number[]) => RandomVariable;
  readonly pmf: (k: number) => number;
  readonly range: readonly [number, number];
}

const binomial = (n: number, p: number) => (k: number) =>
  k < 0 || k > n ? 0 : Math.exp(
    logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) +
      (n - k) * Math.log1p(-p),
  );
const poisson = (lam: number) => (k: number) => Math.exp(k * Math.log(lam) - lam - logFactorial(k));

const discrete: Record<string, Discrete> = {
  "binomial(1, 0.3)": {
    draw: (s, size) => s.binomial(size, 1, 0.3),
    pmf: binomial(1, 0.3),
    range: [0, 1],
  },
  "binomial(10, 0.3)": {
    draw: (s, size) => s.binomial(size, 10, 0.3),
    pmf: binomial(10, 0.3),
    range: [0, 10],
  },
  "binomial(12, 0.9)": {
    draw: (s, size) => s.binomial(size, 12, 0.9),
    pmf: binomial(12, 0.9),
    range: [0, 12],
  },
  "binomial(40, 0.3)": {
    draw: (s, size) => s.binomial(size, 40, 0.3),
    pmf: binomial(40, 0.3),
    range: [0, 40],
  },
  "binomial(500, 0.7)": {
    draw: (s, size) => s.binomial(size, 500, 0.7),
    pmf: binomial(500, 0.7),
    range: [280, 420],
  },
  "binomial(500, 0.5) in float64": {
    draw: (s, size) => s.binomial(size, 500, T.constant(0.5, "float64")),
    pmf: binomial(500, 0.5),
    range: [170, 330],
  },
  "bernoulli(0.8)": {
    draw: (s, size) => s.bernoulli(size, 0.8),
    pmf: binomial(1, 0.8),
    range: [0, 1],
  },
  "poisson(0.5)": { draw: (s, size) => s.poisson(size, 0.5), pmf: poisson(0.5), range: [0, 12] },
  "poisson(9.5)": { draw: (s, size) => s.poisson(size, 9.5), pmf: poisson(9.5), range: [0, 35] },
  "poisson(10)": { draw: (s, size) => s.poisson(size, 10), pmf: poisson(10), range: [0, 40] },
  "poisson(300)": { draw: (s, size) => s.poisson(size, 300), pmf: poisson(300), range: [200, 400] },
  "geometric(0.2)": {
    draw: (s, size) => s.geometric(size, 0.2),
    pmf: (k) => 0.2 * 0.8 ** (k - 1),
    range: [1, 80],
  },
  "integers from 3 to 12": {
    draw: (s, size) => s.integers(size, 3, 13),
    pmf: () => 0.1,
    range: [3, 12],
  },
  "random integers from -2 to 2": {
    draw: (s, size) => s.randomIntegers(size, -2, 2),
    pmf: () => 0.2,
    range: [-2, 2],
  },
  "categorical": {
    draw: (s, size) => s.categorical(size, [0.1, 0, 0.6, 0.3]),
    pmf: (k) => [0.1, 0, 0.6, 0.3][k]!,
    range: [0, 3],
  },
  "categorical with logits": {
    draw: (s, size) => s.categorical(size, { logits: [0.1, 0.6, 0.3].map((p) => Math.log(p) + 5) }),
    pmf: (k) => [0.1, 0.6, 0.3][k]!,
    range: [0, 2],
  },
  "choice of a number": {
    draw: (s, size) => s.choice(size, 4),
    pmf: () => 0.25,
    range: [0, 3],
  },
  "choice with weights": {
    draw: (s, size) => s.choice(size, { a: [5, 7, 8], p: [0.5, 0.2, 0.3] }),
    pmf: (k) => ({ 5: 0.5, 7: 0.2, 8: 0.3 })[k] ?? 0,
    range: [5, 8],
  },
};

for (const [name, { draw, pmf, range }] of Object.entries(discrete)) {
  Deno.test(`${name} has its frequencies`, async () => {
    expectFrequencies(name, await sample(draw(new RandomStreams(21), [N])), pmf, ...range);
  });
}

onDevices("distributions by rejection and inversion on each device", async (device) => {
  const stream = new RandomStreams(22), size = [8000];
  const draws = [
    stream.gamma(size, 0.7),
    stream.poisson(size, 4),
    stream.poisson(size, 40),
    stream.binomial(size, 9, 0.4),
    stream.binomial(size, 90, 0.4),
    stream.truncatedNormal(size),
  ];
  const f = await compile([], draws, { device });
  const [gamma, few, many, small, large, normal] = f().map(numbers);
  expectDistribution("gamma", gamma!, (x) => lowerGamma(0.7, x));
  expectFrequencies("poisson", few!, poisson(4), 0, 20);
  expectFrequencies("poisson", many!, poisson(40), 10, 80);
  expectFrequencies("binomial", small!, binomial(9, 0.4), 0, 9);
  expectFrequencies("binomial", large!, binomial(90, 0.4), 10, 70);
  expectDistribution("normal", normal!, (x) => (phi(x) - phi(-2)) / inside);
});

Deno.test("large means keep mean and variance", async () => {
  const stream = new RandomStreams(23);
  expectMoments("poisson", await sample(stream.poisson([N], 1e6)), 1e6, 1e6);
  expectMoments("binomial", await sample(stream.binomial([N], 1e6, 0.25)), 25e4, 187500);
  const n = 2 ** 30;
  expectMoments("binomial", await sample(stream.binomial([N], n, 0.5)), n / 2, n / 4);
});

Deno.test("parameters that are tensors give each element its own distribution", async () => {
  const stream = new RandomStreams(24);
  const lam = T.vector("lam"), p = T.vector("p"), n = T.ivector("n");
  const f = await compile([lam, p, n], [
    stream.poisson([N, 3], { lam }),
    stream.binomial([N, 3], { n, p }),
    stream.gamma([N, 3], { shape: lam }),
    stream.integers([N, 3], { low: n.neg(), high: n }),
  ], { device: "cpu" });
  const [lams, ps, ns] = [[0.5, 8, 50], [0.2, 0.5, 0.9], [4, 60, 300]];
  const columns = (tensor: Tensor, j: number) => numbers(tensor).filter((_, i) => i % 3 === j);
  const [poissons, binomials, gammas, integers] = f(lams, ps, ns) as Tensor[];
  for (let j = 0; j < 3; j++) {
    expectFrequencies("poisson", columns(poissons!, j), poisson(lams[j]!), 0, 120);
    expectFrequencies("binomial", columns(binomials!, j), binomial(ns[j]!, ps[j]!), 0, 300);
    expectDistribution("gamma", columns(gammas!, j), (x) => lowerGamma(lams[j]!, x));
    const width = 2 * ns[j]!;
    expectFrequencies("integers", columns(integers!, j), () => 1 / width, -ns[j]!, ns[j]! - 1);
  }
});

Deno.test("multinomial counts have the right sums and binomial margins", async () => {
  const stream = new RandomStreams(25), pvals = [0.2, 0, 0.5, 0.3];
  const f = await compile([], stream.multinomial([4000], 12, pvals), { device: "cpu" });
  const counts = f();
  assertEquals(counts.shape, [4000, 4]);
  const all = numbers(counts);
  for (let i = 0; i < 4000; i++) {
    assertEquals(all.slice(4 * i, 4 * i + 4).reduce((a, b) => a + b), 12);
  }
  pvals.forEach((p, k) => {
    const column = all.filter((_, i) => i % 4 === k);
    if (p === 0) assert(column.every((x) => x === 0));
    else expectFrequencies(`category ${k}`, column, binomial(12, p), 0, 12);
  });
});

Deno.test("dirichlet vectors sum to one and have beta margins", async () => {
  const stream = new RandomStreams(26), alpha = [1, 2, 3];
  const f = await compile([], stream.dirichlet([N], alpha), { device: "cpu" });
  const all = numbers(f());
  for (let i = 0; i < N; i++) {
    const sum = all[3 * i]! + all[3 * i + 1]! + all[3 * i + 2]!;
    assert(Math.abs(sum - 1) < 1e-5);
  }
  // The margins are beta(a, 6 - a).
  expectDistribution("first", all.filter((_, i) => i % 3 === 0), (x) => 1 - (1 - x) ** 5);
  alpha.forEach((a, k) =>
    expectMoments(`column ${k}`, all.filter((_, i) => i % 3 === k), a / 6, a * (6 - a) / 252, 4)
  );
});

Deno.test("permutations are orders, all equally likely", async () => {
  const stream = new RandomStreams(27);
  const rows = (await compile([], stream.permutation([12000], 3), { device: "cpu" }))();
  assertEquals(rows.shape, [12000, 3]);
  const all = numbers(rows);
  const kinds = Array.from({ length: 12000 }, (_, i) => {
    const [a, b, c] = all.slice(3 * i, 3 * i + 3) as [number, number, number];
    assertEquals([a, b, c].toSorted(), [0, 1, 2]);
    return 2 * a + (b > c ? 1 : 0);
  });
  expectFrequencies("order", kinds, () => 1 / 6, 0, 5);
});

Deno.test("choice without replacement gives different elements", async () => {
  const stream = new RandomStreams(28);
  const f = await compile([], [
    stream.choice([2, 3], { a: 6, replace: false }),
    stream.choice([2], { a: [10, 20, 30, 40], replace: false, p: [0.1, 0.2, 0.7, 0] }),
  ], { device: "cpu" });
  const firsts: number[] = [], seconds: number[] = [];
  for (let i = 0; i < 3000; i++) {
    const [all, two] = f().map(numbers) as [number[], number[]];
    assertEquals(all.toSorted(), [0, 1, 2, 3, 4, 5]);
    firsts.push(two[0]!);
    seconds.push(two[1]!);
    assert(two[0] !== two[1] && !two.includes(40));
  }
  const p: Record<number, number> = { 10: 0.1, 20: 0.2, 30: 0.7 };
  expectFrequencies("the first", firsts, (k) => p[k] ?? 0, 10, 30);
  // After another one is gone, the chance is shared by the rest.
  const second = (k: number) =>
    p[k] === undefined ? 0 : Object.keys(p).filter((j) => Number(j) !== k)
      .reduce((sum, j) => sum + p[Number(j)]! * p[k]! / (1 - p[Number(j)]!), 0);
  expectFrequencies("the second", seconds, second, 10, 30);
});

onDevices("shuffles keep rows or their elements together", async (device) => {
  const stream = new RandomStreams(29);
  const x = T.matrix("x");
  const f = await compile([x], [stream.shuffleRows(x), stream.shuffleRowElements(x)], { device });
  const data = Array.from({ length: 8 }, (_, i) => [10 * i, 10 * i + 1, 10 * i + 2, 10 * i + 3]);
  const [rows, elements] = f(data).map((tensor) => tensor.arraySync() as number[][]);
  assertEquals(rows!.toSorted((a, b) => a[0]! - b[0]!), data);
  assert(rows!.some((row, i) => row[0] !== data[i]![0]));
  assertEquals(elements!.map((row) => row.toSorted((a, b) => a - b)), data);
  const orders = elements!.map((row, i) => row.map((v) => v - 10 * i).join());
  assert(new Set(orders).size > 1, "All rows have the same order");
});

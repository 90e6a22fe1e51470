import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  grad,
  RandomStreams,
  type RandomVariable,
  ShapeError,
  T,
  type Tensor,
} from "../../all.ts";

async function sample(variable: RandomVariable): Promise<number[]> {
  return numbers((await compile([], variable, { device: "cpu" }))());
}

onDevices("probabilities 0 and 1 are certain", async (device) => {
  const stream = new RandomStreams(1), size = [500];
  const f = await compile([], [
    stream.binomial(size, 1, 0),
    stream.binomial(size, 1, 1),
    stream.binomial(size, 7, 0),
    stream.binomial(size, 7, 1),
    stream.binomial(size, 1000, 1),
    stream.binomial(size, 0, 0.5),
    stream.bernoulli(size, 0),
    stream.geometric(size, 1),
    stream.poisson(size, 0),
  ], { device });
  const wanted = [0, 1, 0, 7, 1000, 0, 0, 1, 0];
  f().forEach((tensor, i) =>
    assert(numbers(tensor).every((x) => x === wanted[i]), `Draw ${i} is not always ${wanted[i]}`)
  );
});

Deno.test("symbolic probabilities 0 and 1 are certain", async () => {
  const stream = new RandomStreams(1), p = T.vector("p");
  const f = await compile([p], [stream.binomial({ n: 9, p }), stream.geometric({ p })], {
    device: "cpu",
  });
  const [counts, trials] = f([0, 1, 1, 0.5]).map(numbers);
  assertEquals(counts!.slice(0, 3), [0, 9, 9]);
  assertEquals(trials!.slice(1, 3), [1, 1]);
});

onDevices("a size of 0 gives nothing", async (device) => {
  const stream = new RandomStreams(2), n = T.iscalar("n");
  const f = await compile([n], [
    stream.uniform([0]),
    stream.normal([n, 3]),
    stream.gamma([n], 2),
    stream.poisson([n], 20),
    stream.permutation([2], n),
    stream.multinomial([n], 3, [0.5, 0.5]),
  ], { device });
  assertEquals(f(0).map((tensor) => tensor.shape), [[0], [0, 3], [0], [0], [2, 0], [0, 2]]);
});

Deno.test("tiny and huge scales stay finite", async () => {
  const stream = new RandomStreams(3), size = [2000];
  for (const scale of [0, 1e-30, 1e30]) {
    for (
      const draw of [
        stream.normal(size, 0, scale),
        stream.exponential(size, scale),
        stream.gumbel(size, 0, scale),
        stream.laplace(size, 0, scale),
        stream.logistic(size, 0, scale),
        stream.gamma(size, 2, scale),
        stream.uniform(size, 0, scale),
      ]
    ) {
      const got = await sample(draw);
      assert(got.every(Number.isFinite));
      assertEquals(got.every((x) => x === 0), scale === 0);
    }
  }
  const tiny = await sample(stream.gamma(size, 1e-3));
  assert(tiny.every((x) => x >= 0 && Number.isFinite(x)));
  const edges = await sample(stream.beta(size, 1e-3, 1e-3));
  assert(edges.every((x) => x >= 0 && x <= 1), "Beta numbers of tiny parameters are not in [0, 1]");
});

Deno.test("sizes come as numbers, scalars, vectors, shapes, or from parameters", async () => {
  const stream = new RandomStreams(4);
  const n = T.iscalar("n"), v = T.lvector("v"), x = T.matrix("x"), m = T.vector("m");
  const f = await compile([n, v, x, m], [
    stream.uniform([2, n]),
    stream.normal(v, { ndim: 3 }),
    stream.binomial({ size: x.shape, p: 0.5 }),
    stream.uniform({ size: T.shape(x) }),
    stream.exponential({ scale: m }),
    stream.normal(undefined, T.constant([[1], [2]]), m),
    stream.uniform(),
    stream.integers(3, 0, 5),
  ], { device: "cpu", allowInputDowncast: true });
  const shapes = f(3, [1, 2, 3], [[1, 2], [3, 4], [5, 6]], [1, 2, 3, 4]).map((t) => t.shape);
  assertEquals(shapes, [[2, 3], [1, 2, 3], [3, 2], [3, 2], [4], [2, 4], [], [3]]);
});

Deno.test("results have the dtypes that are promised", () => {
  const stream = new RandomStreams(5);
  const d = T.dvector("d"), i = T.ivector("i");
  assertEquals(stream.uniform([2]).dtype, "float32");
  assertEquals(stream.uniform([2], { dtype: "float64" }).dtype, "float64");
  assertEquals(stream.normal({ avg: d }).dtype, "float64");
  assertEquals(stream.normal({ avg: i }).dtype, "float32");
  assertEquals(stream.binomial([2]).dtype, "int64");
  assertEquals(stream.binomial([2], { dtype: "floatX" }).dtype, "float32");
  assertEquals(stream.binomial([2], { dtype: "bool" }).dtype, "bool");
  assertEquals(stream.integers([2], 0, 5).dtype, "int64");
  assertEquals(stream.integers([2], 0, 5, { dtype: "uint8" }).dtype, "uint8");
  assertEquals(stream.choice([2], { a: d }).dtype, "float64");
  assertEquals(stream.permutation([2], 3).dtype, "int64");
});

Deno.test("integers have their whole range", async () => {
  const stream = new RandomStreams(6);
  const bytes = await sample(stream.integers([20000], 0, 256, { dtype: "uint8" }));
  assertEquals([Math.min(...bytes), Math.max(...bytes)], [0, 255]);
  const words = await sample(stream.integers([20000], 0, 2 ** 32, { dtype: "uint32" }));
  assert(Math.max(...words) > 2 ** 32 - 2 ** 21 && Math.min(...words) < 2 ** 21);
  const far = await sample(stream.integers([100], 2 ** 40, 2 ** 40 + 3));
  assertEquals([...new Set(far)].toSorted(), [2 ** 40, 2 ** 40 + 1, 2 ** 40 + 2]);
  const only = await sample(stream.randomIntegers([100], 7, 7));
  assert(only.every((x) => x === 7));
});

Deno.test("wrong parameters are refused", () => {
  const stream = new RandomStreams(7), x = T.vector("x");
  const refused: [() => unknown, new () => Error, string][] = [
    [() => stream.normal([2], 0, -1), RangeError, '"std" to be a number from 0 on, got -1'],
    [() => stream.exponential([2], -1), RangeError, '"scale"'],
    [() => stream.gumbel([2], 0, -1), RangeError, '"scale"'],
    [() => stream.normal([2], 0, NaN), RangeError, '"std"'],
    [() => stream.gamma([2], 0), RangeError, '"shape" to be a number above 0, got 0'],
    [() => stream.gamma([2]), TypeError, '"shape" is missing'],
    [() => stream.beta([2], { a: 1 } as never), TypeError, '"b" is missing'],
    [() => stream.binomial([2], 1, 1.5), RangeError, '"p" to be a number from 0 to 1, got 1.5'],
    [() => stream.binomial([2], -1, 0.5), RangeError, '"n"'],
    [() => stream.binomial([2], 1.5, 0.5), TypeError, '"n" to be integers'],
    [() => stream.bernoulli([2], -0.1), RangeError, '"p"'],
    [() => stream.geometric([2], 0), RangeError, '"p" to be a number above 0 and at most 1'],
    [() => stream.poisson([2], -1), RangeError, '"lam"'],
    [() => stream.integers([2], 5, 5), RangeError, "there are none"],
    [() => stream.randomIntegers([2], 5, 4), RangeError, "there are none"],
    [() => stream.integers([2], 0, 257, { dtype: "uint8" }), RangeError, "uint8 cannot hold"],
    [() => stream.integers([2], -1, 5, { dtype: "uint8" }), RangeError, "uint8 cannot hold"],
    [() => stream.integers([2], 0, 2 ** 33), RangeError, "at most 2^32"],
    [() => stream.integers([2]), TypeError, '"high" is missing'],
    [() => stream.binomial([2], 300, 0.5, { dtype: "int8" }), RangeError, "int8 cannot hold"],
    [() => stream.uniform([2], { dtype: "int32" }), TypeError, "a float dtype"],
    [() => stream.uniform([2], T.constant([1, 2, 3])), RangeError, '"low" of shape [3]'],
    [() => stream.uniform([], T.constant([1, 2, 3])), RangeError, '"low" of shape [3]'],
    [() => stream.uniform([-1]), RangeError, "axis 0"],
    [() => stream.uniform([1.5]), TypeError, "axis 0"],
    [() => stream.uniform(T.ivector("n")), TypeError, "rank"],
    [() => stream.uniform([2], { ndim: 1.5 }), RangeError, '"ndim"'],
    [() => stream.uniform([2, 2], { ndim: 3 }), RangeError, "3 lengths"],
    [() => stream.uniform([2], 0, 1, 2), TypeError, "at most 3 values"],
    [() => stream.uniform([2], 0, { low: 1 }), TypeError, "by place and by name"],
    [() => stream.uniform([2], { std: 1 } as never), TypeError, 'unknown option "std"'],
    [() => stream.uniform([2], T.tensor("complex64", 0)), TypeError, "real"],
    [() => stream.choice([5], { a: 4, replace: false }), RangeError, "5 elements of 4"],
    [
      () => stream.choice([2], { a: 2, replace: false, p: [1, 0] }),
      RangeError,
      '"p" has 1 that are not zero',
    ],
    [() => stream.choice([2], { a: 3, p: [0.5, 0.5] }), RangeError, '"p"'],
    [() => stream.choice([2], 0), RangeError, '"a"'],
    [() => stream.categorical([2], [0.5, 0.6]), RangeError, 'the sum of "p" to be 1'],
    [() => stream.categorical([2]), TypeError, 'either "p" or "logits"'],
    [() => stream.categorical([2], { p: x, logits: x }), TypeError, 'either "p" or "logits"'],
    [() => stream.multinomial([2], 3, [1.5, -0.5]), RangeError, '"pvals"'],
    [() => stream.multinomial([2], -3, [0.5, 0.5]), RangeError, '"n"'],
    [() => stream.dirichlet([2], [1, 0]), RangeError, '"alpha"'],
    [() => stream.dirichlet([2], 1), TypeError, '"alpha" to be a vector'],
    [() => stream.permutation([2], -1), RangeError, '"n"'],
    [() => stream.shuffleRows(T.scalar()), TypeError, "no axis"],
    [() => new RandomStreams(1.5), TypeError, "an integer"],
    [() => stream.seed(0.5), TypeError, "an integer"],
    [() => stream.split(0), RangeError, "from 1 to"],
  ];
  for (const [make, kind, message] of refused) assertThrows(make, kind, message, String(make));
  assertEquals(stream.stateUpdates.length, 0, "Refused draws have used up generators");
});

Deno.test("sizes that do not fit are found when the function runs", async () => {
  const stream = new RandomStreams(8), m = T.vector("m"), n = T.iscalar("n");
  const f = await compile([n, m], stream.normal([n], m), { device: "cpu" });
  assertEquals(f(3, [1, 2, 3]).shape, [3]);
  assertThrows(() => f(2, [1, 2, 3]), ShapeError);
  const g = await compile([n], stream.uniform([n]), { device: "cpu" });
  assertThrows(() => g(-1), RangeError);
});

Deno.test("gradients pass to places and scales", async () => {
  const stream = new RandomStreams(9), m = T.scalar("m"), size = [50];
  // The documentation of RandomStreams names them.
  const named = /Gradients flow to the parameters of(.*?), with the numbers drawn/s.exec(
    await Deno.readTextFile(new URL("streams.ts", import.meta.url)),
  );
  const names = [...named![1]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  type Draw = (...args: unknown[]) => RandomVariable;
  const draw = (name: string, ...parameters: unknown[]) =>
    (stream[name as "normal"] as unknown as Draw).call(stream, size, ...parameters);
  const withoutPlace = ["uniform", "exponential", "gamma"];
  const scaled = names.map((name) =>
    name === "exponential" ? draw(name, m) : draw(name, name === "gamma" ? 2 : 0, m)
  );
  for (const name of names.filter((name) => !withoutPlace.includes(name))) {
    const f = await compile([m], grad(draw(name, m).sum(), m), { device: "cpu" });
    assertEquals((f(3) as Tensor).item(), 50);
  }
  for (const draw of scaled) {
    const f = await compile([m], [draw.sum(), grad(draw.sum(), m)], { device: "cpu" });
    const [sum, slope] = f(2).map((tensor) => Number(tensor.item())) as [number, number];
    // The draw is proportional to its scale.
    assert(
      Math.abs(sum / 2 - slope) <= 1e-4 * Math.max(1, Math.abs(slope)),
      `${sum / 2}, ${slope}`,
    );
  }
});

Deno.test("gradients are zero for integers, and refused for shapes of rejection", async () => {
  const stream = new RandomStreams(10), m = T.scalar("m"), size = [20];
  const counts = [
    stream.binomial({ size, p: m, dtype: "floatX" }),
    stream.binomial({ size, n: 30, p: m, dtype: "floatX" }),
    stream.poisson({ size, lam: m, dtype: "floatX" }),
    stream.geometric({ size, p: m, dtype: "floatX" }),
  ];
  for (const draw of counts) {
    const f = await compile([m], grad(draw.sum(), m), { device: "cpu", onUnusedInput: "ignore" });
    assertEquals((f(0.5) as Tensor).item(), 0);
  }
  for (const draw of [stream.gamma(size, m), stream.beta(size, m, 1)]) {
    assertThrows(() => grad(draw.sum(), m), TypeError, "not defined");
  }
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers } from "../dev/testing/devices.ts";
import { compile, nn, RandomStreams, shared, T, type Tensor } from "../all.ts";

/** How the values of an initialiser are spread: its variance times the variance expected is 1. */
const spreads: [string, nn.Initialiser, number[], number, "uniform" | "normal"][] = [
  ["glorotUniform", nn.glorotUniform, [300, 200], 2 / 500, "uniform"],
  ["glorotNormal", nn.glorotNormal, [300, 200], 2 / 500, "normal"],
  ["heUniform", nn.heUniform, [300, 200], 2 / 300, "uniform"],
  ["heNormal", nn.heNormal, [300, 200], 2 / 300, "normal"],
  ["lecunUniform", nn.lecunUniform, [300, 200], 1 / 300, "uniform"],
  ["lecunNormal", nn.lecunNormal, [300, 200], 1 / 300, "normal"],
  ["heNormal of filters", nn.heNormal, [50, 40, 5, 6], 2 / (40 * 30), "normal"],
  ["glorotUniform of filters", nn.glorotUniform, [50, 40, 5, 6], 2 / (90 * 30), "uniform"],
];

for (const [name, draw, shape, variance, kind] of spreads) {
  Deno.test(`${name} draws with the variance and the bounds of its kind`, async () => {
    const { W } = await nn.init({ W: draw(new RandomStreams(5), shape) });
    assertEquals([W.name, W.dtype, [...W.getValue().shape]], ["W", "float32", shape]);
    const values = numbers(W.getValue()), n = values.length;
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const found = values.reduce((a, b) => a + b * b, 0) / n;
    // Five standard deviations of these averages of 60,000 numbers are below.
    assertAlmostEquals(mean, 0, 5 * Math.sqrt(variance / n));
    assertAlmostEquals(found / variance, 1, 0.03);
    const largest = Math.max(...values.map(Math.abs));
    const bound = kind === "uniform"
      ? Math.sqrt(3 * variance)
      : 2 * Math.sqrt(variance) / 0.8796256610342398;
    assert(largest <= bound * (1 + 1e-6) && largest > 0.98 * bound, `${largest}, ${bound}`);
  });
}

Deno.test("orthogonal() has orthogonal rows or columns, of all kinds equally often", async () => {
  const streams = new RandomStreams(2);
  for (const shape of [[40, 40], [10, 30], [30, 10], [6, 2, 5]]) {
    const { W } = await nn.init({
      W: nn.orthogonal(streams, shape, { gain: 2, dtype: "float64" }),
    });
    assertEquals([...W.getValue().shape], shape);
    const values = numbers(W.getValue()), rows = shape[0]!, columns = values.length / rows;
    const at = (i: number, j: number) => values[i * columns + j]!;
    const few = Math.min(rows, columns), many = Math.max(rows, columns);
    for (let a = 0; a < few; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let k = 0; k < many; k++) {
          sum += rows <= columns ? at(a, k) * at(b, k) : at(k, a) * at(k, b);
        }
        assertAlmostEquals(sum, a === b ? 4 : 0, 1e-10, `${shape} ${a} ${b}`);
      }
    }
  }
  // The determinants of 2×2 matrices are 1 and -1, and their first elements cos of a uniform angle.
  const draw = await compile([], nn.orthogonal(streams, [2, 2]));
  const all = Array.from({ length: 60 }, () => numbers(draw() as Tensor));
  const turns = all.filter(([a, b, c, d]) => a! * d! - b! * c! > 0).length;
  assert(turns > 10 && turns < 50, `${turns} of 60`);
  const steep = all.filter(([a]) => Math.abs(a!) > Math.SQRT1_2).length;
  assert(steep > 10 && steep < 50, `${steep} of 60`);
});

Deno.test("truncatedNormal() stays within two standard deviations", async () => {
  const W = await nn.init(nn.truncatedNormal(new RandomStreams(1), [100, 100], { gain: 0.5 }));
  const largest = Math.max(...numbers(W.getValue()).map(Math.abs));
  assert(largest <= 1 && largest > 0.97, `${largest}`);
});

Deno.test("init() names parameters, keeps shared variables, and draws the same for the same seed", async () => {
  const own = shared([1]);
  const make = async (seed: number) => {
    const streams = new RandomStreams(seed);
    return await nn.init({
      layers: [nn.initDense(streams, 3, 2), nn.initDense(streams, 2, 2, { dtype: "float64" })],
      own,
      steps: T.constant(3n),
    });
  };
  const one = await make(1), two = await make(1), other = await make(2);
  assertEquals([one.layers[0]!.W.name, one.layers[1]!.b.name], ["layers.0.W", "layers.1.b"]);
  assertEquals([one.layers[1]!.W.dtype, one.steps.dtype, one.own], ["float64", "int64", own]);
  const values = (model: typeof one) => model.layers.flatMap(({ W }) => numbers(W.getValue()));
  assertEquals(values(one), values(two));
  assert(values(one).every((value, i) => value !== values(other)[i]));
  const [first, second] = one.layers.map(({ W }) => numbers(W.getValue()));
  assert(first![0] !== second![0]);
});

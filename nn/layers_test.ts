// Layers and losses against flax, optax and jax, with the gradients of the sum of outputs times cos(0),
// cos(1), …

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../dev/testing/devices.ts";
import {
  compile,
  type FloatDType,
  grad,
  nn,
  RandomStreams,
  shared,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../all.ts";
import peer from "./testdata/layers.json" with { type: "json" };

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}

interface Case {
  readonly name: string;
  readonly variant: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly integers: string[];
  readonly output: Stored;
  readonly gradients: Readonly<Record<string, Stored>>;
}

type Inputs = Record<string, Variable>;

/** Parameters of the attention and of the other half of a recurrent layer, by the names of the file. */
function heads(i: Inputs): nn.MultiHeadAttentionParameters {
  const layer = (short: string) => ({ W: i[`${short}W`]!, b: i[`${short}b`]! });
  return { query: layer("q"), key: layer("k"), value: layer("v"), out: layer("o") };
}

const gates = (i: Inputs, p = "") =>
  ({ W: i[`${p}W`]!, U: i[`${p}U`]!, b: i[`${p}b`]!, c: i[`${p}c`]! }) as nn.GruParameters;

function recurrent(layer: nn.RecurrentLayer<nn.GruParameters>) {
  return (i: Inputs, variant: object) =>
    layer(gates(i), i["x"]!, {
      ...variant,
      ...(i["mask"] === undefined ? {} : { mask: i["mask"] }),
    })
      .outputs;
}

function both(layer: nn.RecurrentLayer<nn.GruParameters>) {
  return (i: Inputs) =>
    nn.bidirectional(layer, { forward: gates(i), backward: gates(i, "back_") }, i["x"]!, {
      mask: i["mask"]!,
    }).outputs;
}

function lastState(layer: nn.RecurrentLayer<nn.GruParameters>) {
  return (i: Inputs) => {
    const initial = i["c0"] === undefined ? [i["h"]!] : [i["h"]!, i["c0"]];
    const { states } = layer(gates(i), i["x"]!, { mask: i["mask"]!, initial });
    return states.length === 1 ? states[0]! : states[0]!.add(states[1]!.mul(2));
  };
}

const norm = (i: Inputs) => {
  const running = { mean: i["mean"]!, variance: i["variance"]! };
  return { scale: i["scale"]!, bias: i["bias"]!, running };
};

// deno-lint-ignore no-explicit-any
type Variant = any;

const layers: Record<string, (i: Inputs, variant: Variant) => Variable> = {
  dense: (i) => nn.dense({ W: i["W"]!, b: i["b"]! }, i["x"]!),
  conv2d: (i, variant) => nn.conv2d({ W: i["W"]!, b: i["b"]! }, i["x"]!, variant),
  maxPool2d: (i, { size, ...rest }) => nn.maxPool2d(i["x"]!, size, rest),
  averagePool2d: (i, { size, ...rest }) => nn.averagePool2d(i["x"]!, size, rest),
  embedding: (i) => nn.embedding({ table: i["table"]! }, i["words"]!),
  layerNorm: (i) => nn.layerNorm({ scale: i["scale"]!, bias: i["bias"]! }, i["x"]!),
  attention: (i, variant) =>
    nn.attention(i["q"]!, i["k"]!, i["v"]!, {
      ...variant,
      ...(i["mask"] === undefined ? {} : { mask: i["mask"] }),
    }),
  multiHeadAttention: (i, variant) =>
    nn.multiHeadAttention(heads(i), i["x"]!, {
      ...variant,
      ...(i["of"] === undefined ? {} : { of: i["of"] }),
    }),
  transformerBlock: (i, variant) =>
    nn.transformerBlock(
      {
        attention: heads(i),
        norm1: { scale: i["s1"]!, bias: i["t1"]! },
        norm2: { scale: i["s2"]!, bias: i["t2"]! },
        wide: { W: i["wW"]!, b: i["wb"]! },
        narrow: { W: i["nW"]!, b: i["nb"]! },
      },
      i["x"]!,
      variant,
    ),
  softmaxCrossEntropy: (i, variant) =>
    nn.softmaxCrossEntropy(i["z"]!, (i["y"] ?? i["t"])!, variant),
  sigmoidCrossEntropy: (i, variant) => nn.sigmoidCrossEntropy(i["z"]!, i["t"]!, variant),
  huberLoss: (i, variant) => nn.huberLoss(i["p"]!, i["t"]!, variant),
  hingeLoss: (i) => nn.hingeLoss(i["p"]!, i["y"]!),
  klDivergence: (i) =>
    nn.klDivergence(i["p"]!, [[0.2, 0.3, 0.5], [1, 0, 0], [0.1, 0.9, 0], [0.25, 0.25, 0.5]]),
  ctcLoss: (i, variant) =>
    nn.ctcLoss(i["z"]!, i["y"]!, {
      ...variant,
      ...(i["logitMask"] === undefined
        ? {}
        : { logitMask: i["logitMask"], labelMask: i["labelMask"] }),
    }),
  rnn: recurrent(nn.rnn),
  gru: recurrent(nn.gru as nn.RecurrentLayer<nn.GruParameters>),
  lstm: recurrent(nn.lstm),
  "rnn both": both(nn.rnn),
  "gru both": both(nn.gru as nn.RecurrentLayer<nn.GruParameters>),
  "lstm both": both(nn.lstm),
  "rnn last": lastState(nn.rnn),
  "gru last": lastState(nn.gru as nn.RecurrentLayer<nn.GruParameters>),
  "lstm last": lastState(nn.lstm),
  batchNorm: (i, variant) => {
    if (variant.training === false) return nn.batchNorm(norm(i), i["x"]!, variant).output;
    const running = { mean: shared([0, 0, 0]), variance: shared([0, 0, 0]) };
    return nn.batchNorm({ ...norm(i), running }, i["x"]!, variant).output;
  },
};

async function checkCase(one: Case, dtype: FloatDType, device: TestDevice): Promise<void> {
  const what = `${one.name} ${JSON.stringify(one.variant)} ${Object.keys(one.inputs)}`;
  const inputs: Inputs = {}, values: Tensor[] = [];
  for (const [name, { shape, data }] of Object.entries(one.inputs)) {
    const type = one.integers.includes(name) ? "int32" : dtype;
    inputs[name] = T.tensor(type, shape.map(() => null), name) as Variable;
    const flat = tensor(data, { dtype: type }).dataSync() as Float64Array<ArrayBuffer>;
    values.push(tensor(flat, { shape }));
  }
  const output = layers[one.name]!(inputs, one.variant);
  const weights = T.cos(T.arange(one.output.data.length, { dtype }));
  const total = T.sum(T.mul(T.flatten(output), T.cast(weights, dtype)));
  // What outputs don't depend on in training: running averages.
  const wrt = Object.keys(one.gradients);
  const gradients = grad(total as Variable<FloatDType, 0>, wrt.map((name) => inputs[name]!), {
    disconnectedInputs: "ignore",
  }) as Variable[];
  const f = await compile(Object.values(inputs), [output, ...gradients], {
    device,
    onUnusedInput: "ignore",
  });
  const call = f as unknown as (...values: Tensor[]) => Tensor[];
  const [found, ...slopes] = call(...values);
  const tolerance = dtype === "float64" ? 1e-9 : 5e-5;
  const near = (actual: Tensor, expected: Stored, name: string) => {
    assertEquals([...actual.shape], expected.shape, `shape of ${name} of ${what}`);
    const list = numbers(actual);
    expected.data.forEach((value, at) =>
      assertAlmostEquals(
        list[at]!,
        value,
        tolerance * Math.max(1, Math.abs(value)),
        `${name}[${at}] of ${what}`,
      )
    );
  };
  near(found!, one.output, "output");
  wrt.forEach((name, k) => near(slopes[k]!, one.gradients[name]!, `gradient of ${name}`));
}

const cases = (peer as unknown as Case[]).filter(({ name }) => name !== "batchNorm running");
const names = [...new Set(cases.map(({ name }) => name))];
for (const name of names) {
  onDevices(`${name} computes what its peer computes, and its gradients`, async (device) => {
    const own = cases.filter((other) => other.name === name);
    // Of loops, which a GPU without hardware takes long for, one with masks.
    const isLoop = /^(rnn|gru|lstm|ctc)/.test(name) && device === "gpu";
    const masked = own.filter(({ inputs }) => Object.keys(inputs).some((key) => /mask/i.test(key)));
    for (const one of isLoop ? masked.slice(-1) : own) {
      if (device === "cpu") await checkCase(one, "float64", device);
      await checkCase(one, "float32", device);
    }
  });
}

onDevices("batchNorm() keeps the running averages that flax keeps", async (device) => {
  const running = (peer as unknown as Case[]).filter(({ name }) => name === "batchNorm running");
  assertEquals(running.length, 3);
  for (const { inputs, variant, output } of running) {
    const at = (name: string) => tensor(inputs[name]!.data, { shape: inputs[name]!.shape });
    const p = {
      scale: shared(at("scale")),
      bias: shared(at("bias")),
      running: { mean: shared(at("mean")), variance: shared(at("variance")) },
    };
    const x = shared(at("x"));
    const { updates } = nn.batchNorm(p, x, { axis: variant["axis"] as number, momentum: 0.9 });
    const step = await compile([], [], { updates, device });
    step();
    const found = [p.running.mean, p.running.variance].flatMap((one) => numbers(one.getValue()));
    output.data.forEach((value, i) => assertAlmostEquals(found[i]!, value, 1e-5));
  }
});

onDevices(
  "dropout() drops a share, scales the rest, and is still outside of training",
  async (device) => {
    const streams = new RandomStreams(7), x = T.matrix("x");
    const h = nn.dropout(x, { streams, rate: 0.25 });
    const slope = grad(h.sum() as Variable<"float32", 0>, x) as Variable;
    const f = await compile([x], [h, slope], { device });
    const ones = Array.from({ length: 100 }, () => Array(100).fill(2));
    const [first, gradient] = (f(ones) as unknown as Tensor[]).map(numbers) as [number[], number[]];
    const zeros = first.filter((value) => value === 0).length;
    // Within five standard deviations.
    assert(Math.abs(zeros - 2500) < 5 * Math.sqrt(10_000 * 0.25 * 0.75), `${zeros} of 10000`);
    first.forEach((value, i) => {
      assert(value === 0 || Math.abs(value - 2 / 0.75) < 1e-6);
      assertAlmostEquals(gradient[i]!, value / 2, 1e-6);
    });
    const [second] = (f(ones) as unknown as Tensor[]).map(numbers);
    assert(second!.some((value, i) => (value === 0) !== (first[i] === 0)));
    assertEquals(nn.dropout(x, { streams, training: false }), x);
    assertThrows(() => nn.dropout(x, { streams, rate: 1 }), RangeError, "from 0 to below 1, got 1");
  },
);

onDevices("weights of attention have the sum one, of what is seen, and give it", async (device) => {
  const q = T.tensor3("q"), mask = T.matrix("mask"), eye = T.expandDims(T.eye(4), 0);
  const options = [{}, { causal: true }, { mask }, { scale: 30 }];
  const f = await compile([q, mask], [
    ...options.map((one) => nn.attentionWeights(q, q.mul(0.5), one)),
    ...options.map((one) => nn.attention(q, q.mul(0.5), eye, one)),
  ], { device });
  const x = [0, 1].map((i) => [0, 1, 2, 3].map((j) => [Math.sin(9 * i + j), Math.cos(5 * j)]));
  const shown = [[1, 0, 1, 0], [0, 1, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1]];
  const found = f(x, shown).map((one) => one.arraySync() as number[][][]);
  found.slice(0, 4).forEach((rows, i) => {
    assertEquals(found[4 + i], rows);
    for (const row of rows.flat()) assertAlmostEquals(row.reduce((a, b) => a + b), 1, 1e-6);
    const isSeen = (a: number, b: number) => i === 1 ? b <= a : i !== 2 || shown[a]![b] === 1;
    rows.forEach((table) =>
      table.forEach((row, a) => row.forEach((w, b) => assertEquals(w > 0, isSeen(a, b))))
    );
  });
});

Deno.test("a model of many layers learns", async () => {
  const streams = new RandomStreams(3);
  const model = await nn.init({
    words: nn.initEmbedding(streams, 6, 8),
    block: nn.initTransformerBlock(streams, 8),
    memory: nn.initLstm(streams, 8, 5),
    norm: nn.initBatchNorm(5),
    out: nn.initDense(streams, 5, 2),
  });
  const words = T.imatrix("words"), y = T.ivector("y");
  const run = (training: boolean) => {
    const places = nn.transformerBlock(
      model.block,
      nn.embedding(model.words, words),
      { heads: 2, causal: true, ...(training ? { streams } : {}) },
    );
    const { states } = nn.lstm(model.memory, T.swapaxes(places, 0, 1));
    const { output, updates } = nn.batchNorm(model.norm, states[0]!, { training, momentum: 0.5 });
    return { logits: nn.dense(model.out, output), updates };
  };
  const { logits, updates } = run(true);
  const cost = nn.softmaxCrossEntropy(logits, y).mean() as Variable;
  const train = await compile([words, y], cost, {
    updates: [...nn.adam(cost, model, { learningRate: 0.02 }), ...updates],
  });
  const test = await compile([words], T.argmax(run(false).logits, -1));
  // Whether the first word comes again.
  const random = [0, 1, 2, 3, 4, 5].flatMap((a) =>
    [0, 1, 2, 3].map((b) => [a, (a + b) % 6, (2 * a + b) % 6])
  );
  const labels = random.map(([a, b, c]) => Number(a === b || a === c));
  const losses: number[] = [];
  for (let i = 0; i < 60; i++) losses.push(Number((train(random, labels) as Tensor).item()));
  assert(losses.at(-1)! < 0.5 * losses[0]!, `${losses[0]} to ${losses.at(-1)}`);
  const hits = numbers(test(random) as Tensor).filter((label, i) => label === labels[i]).length;
  assert(hits >= 20, `${hits} of 24`);
});

Deno.test("layers and losses say what is wrong with what they are given", () => {
  const W = T.matrix("W"), b = T.vector("b"), x = T.matrix("x"), t3 = T.tensor3("t");
  const p = { W, U: W, b };
  const streams = new RandomStreams(1);
  const cases: [() => unknown, string][] = [
    [() => nn.embedding({ table: W }, x), "expected integers"],
    [() => nn.batchNorm({ scale: b, bias: b, running: { mean: b, variance: b } }, x), "shared"],
    [
      () => nn.batchNorm({ scale: b, bias: b, running: { mean: b, variance: b } }, x, { axis: 2 }),
      "2 axes, got 2",
    ],
    [() => nn.lstm(p, b), "expected inputs (time, …, features)"],
    [() => nn.lstm(p, x, { initial: [b] }), "expected 2 first states, got 1"],
    [() => nn.rnn(p, t3, { mask: b }), "expected a mask of 2 axes"],
    [() => nn.attention(x, t3, t3), "of one rank from 2 on"],
    [() => nn.attention(t3, t3, x), "of one rank from 2 on"],
    [() => nn.attentionWeights(b, b), "of one rank from 2 on"],
    [
      () => nn.multiHeadAttention({ query: p, key: p, value: p, out: p }, t3, { heads: 0 }),
      "heads from 1 on",
    ],
    [() => nn.softmaxCrossEntropy(x, T.ivector(), { smoothing: 2 }), "a smoothing from 0 to 1"],
    [() => nn.ctcLoss(x, T.imatrix()), "expected logits (examples, time, classes)"],
    [() => nn.glorotUniform(streams, [3]), "a shape of at least two axes, got [3]"],
    [() => nn.initDense(streams, 2, 3, { rate: 1 } as nn.LayerOptions), 'unknown option "rate"'],
  ];
  for (const [call, message] of cases) assertThrows(call, Error, message);
});

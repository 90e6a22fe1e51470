import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, io, nn, RandomStreams, shared, T, tensor } from "../all.ts";

const rows = Array.from({ length: 10 }, (_, i) => [i, 10 * i]);
const data = { x: rows, y: Int32Array.from(rows, ([i]) => i!) };

function order(options: Partial<nn.MinibatchOptions>): number[] {
  return [...nn.minibatches(data, { batch: 3, ...options })].flatMap(({ y }) => numbers(y));
}

Deno.test("minibatches() gives each row once, in an order of the seed and the epoch", () => {
  const all = [...nn.minibatches(data, { batch: 4, seed: 1 })];
  assertEquals(all.map(({ x, y }) => [x.shape, y.shape, x.dtype, y.dtype]), [
    [[4, 2], [4], "float32", "int32"],
    [[4, 2], [4], "float32", "int32"],
    [[2, 2], [2], "float32", "int32"],
  ]);
  for (const { x, y } of all) {
    assertEquals(numbers(x), numbers(y).flatMap((i) => [i, 10 * i]));
  }
  const counted = rows.map(([i]) => i!);
  assertEquals(order({}).toSorted((a, b) => a - b), counted);
  assertEquals(order({ seed: 1 }), order({ seed: 1n }));
  const orders = [order({}), order({ seed: 1 }), order({ epoch: 1 }), order({ shuffle: false })];
  assertEquals(new Set(orders.map(String)).size, 4);
  assertEquals(orders[3], counted);
  assertEquals(order({ shuffle: false, partial: false }), counted.slice(0, 9));
  assertEquals(order({ batch: 100 }).length, 10);
});

Deno.test("minibatches() puts every row at every place about as often", () => {
  const count = 6, places = Array.from({ length: count }, () => Array<number>(count).fill(0));
  const small = { y: Int32Array.from({ length: count }, (_, i) => i) };
  for (let epoch = 0; epoch < 1200; epoch++) {
    const [all] = nn.minibatches(small, { batch: count, epoch });
    numbers(all!.y).forEach((row, place) => places[row]![place]!++);
  }
  // 200 each, within five standard deviations.
  for (const count of places.flat()) assert(Math.abs(count - 200) < 65, `${places}`);
});

Deno.test("minibatches() takes tensors of any dtype, and says what is wrong", () => {
  const z = tensor([{ re: 1, im: 2 }, { re: 3, im: 4 }]);
  const [first] = nn.minibatches({ z }, { batch: 1, shuffle: false });
  assertEquals([first!.z.dtype, first!.z.shape, first!.z.item()], [z.dtype, [1], { re: 1, im: 2 }]);
  const start = (given: unknown, options: object = {}) => () => [
    ...nn.minibatches(given as nn.DataSet, { batch: 1, ...options }),
  ];
  const cases: [() => unknown, string][] = [
    [start({}), "expected data by name"],
    [start({ x: 1 }), 'a scalar "x"'],
    [start({ x: [1], y: [1, 2] }), '"x" has 1 rows, and "y" has 2'],
    [start({ x: [1] }, { batch: 0 }), "a batch from 1 on, got 0"],
    [start({ x: [1] }, { epoch: 0.5 }), "an epoch from 0 on, got 0.5"],
    [start({ x: [1] }, { seed: 0.5 }), "expected an integer, got 0.5"],
    [start({ x: [1] }, { size: 1 }), 'unknown option "size"'],
  ];
  for (const [call, message] of cases) assertThrows(call, Error, message);
});

onDevices("fit() trains, and leaves the parameters of the best epoch", async (device) => {
  const x = T.matrix("x"), y = T.vector("y");
  const model = { w: shared([0, 0], { name: "w" }), b: shared(0, { name: "b" }) };
  const cost = x.dot(model.w).add(model.b).sub(y).sqr().mean();
  const train = await compile([x, y], cost, {
    updates: nn.adam(cost, model, { learningRate: 0.1 }),
    device,
  });
  const points = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  const told: nn.FitEvent[] = [], states: number[][] = [];
  // Better until the fifth epoch, worse from then on.
  const errors = [5, 4, 3, 2, 1, 2, 3, 4, 5, 6];
  const result = await nn.fit({
    step: ({ x, y }) => train(x, y),
    data: { x: points, y: points.map(([a, b]) => 2 * a! - b! + 0.5) },
    batch: 8,
    epochs: 10,
    parameters: model,
    validate: () => errors[told.length]!,
    patience: 3,
    onEpoch: (event) => {
      told.push(event);
      states.push([...numbers(model.w.getValue()), ...numbers(model.b.getValue())]);
    },
  });
  assertEquals([result.reason, result.best?.epoch, result.history.length], ["patience", 5, 8]);
  assertEquals(told, [...result.history]);
  assertEquals(told.map(({ best }) => best), [1, 1, 1, 1, 1, 0, 0, 0].map(Boolean));
  assert(told[7]!.loss < 0.5 * told[0]!.loss, `${told.map(({ loss }) => loss)}`);
  assertEquals([...numbers(model.w.getValue()), ...numbers(model.b.getValue())], states[4]);
  assert(String(states[4]) !== String(states[7]));
});

/** A small model with all that a training may remember. */
function trainee() {
  const streams = new RandomStreams(3), x = T.matrix("x"), y = T.ivector("y");
  const model = {
    W: shared([[0.1, -0.2], [0.3, 0.1]], { name: "W" }),
    b: shared([0, 0], { name: "b" }),
  };
  const noisy = nn.dropout(x, { streams, rate: 0.3 });
  const cost = nn.softmaxCrossEntropy(nn.dense(model, noisy), y).mean();
  const updates = nn.adam(cost, model, { learningRate: nn.cosineDecay(0.1, { steps: 40 }) });
  const all = { model, optimiser: updates.state, streams };
  return { step: { inputs: { x, y }, cost, updates }, all };
}

const points = Array.from({ length: 22 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const labelled = { x: points, y: Int32Array.from(points, ([a, b]) => Number(a! > b!)) };

onDevices(
  "fit() gives the same to the bit by a scan, by calls, and where it goes on",
  async (device) => {
    const run = async (
      options: Partial<nn.FitOptions<typeof labelled>>,
      saved?: { bytes: Uint8Array<ArrayBuffer>; progress: nn.FitState["progress"] },
    ) => {
      const { step, all } = trainee();
      const states: { bytes: Uint8Array<ArrayBuffer>; progress: nn.FitState["progress"] }[] = [];
      let resume: nn.FitState | undefined;
      if (saved !== undefined) {
        const { tensors } = io.decodeSafetensors(saved.bytes);
        io.restore(all, tensors);
        const best = Object.entries(tensors).filter(([name]) => name.startsWith("best."));
        resume = { progress: saved.progress, best: best.map(([, tensor]) => tensor) };
      }
      const { history, best } = await nn.fit({
        step: { ...step, device },
        data: labelled,
        batch: 4,
        epochs: 4,
        seed: 5,
        parameters: all.model,
        onState: async ({ progress, best }) => {
          const bytes = await io.encodeSafetensors({ ...all, best });
          states.push({ bytes, progress: JSON.parse(JSON.stringify(progress)) });
        },
        stateSeconds: 0,
        ...(resume === undefined ? {} : { resume }),
        ...options,
      });
      const losses = history.map(({ loss }) => loss);
      return { end: { losses, best: best?.epoch, all: await io.encodeSafetensors(all) }, states };
    };
    const scanned = await run({}), called = await run({ loop: "host" });
    assertEquals(scanned.end.losses.length, 4);
    // Drivers of GPUs may round products and sums together in one kernel and not in another.
    if (device === "cpu") assertEquals(called.end, scanned.end);
    called.end.losses.forEach((loss, i) => assertAlmostEquals(loss, scanned.end.losses[i]!, 1e-5));
    // After each epoch, and within the first ones, whose windows are short.
    assert(scanned.states.length > 4, `${scanned.states.length} states`);
    const within = scanned.states.find(({ progress }) => progress.batch > 0)!;
    assertEquals((await run({}, within)).end, scanned.end);
    if (device === "gpu") return;
    const after = scanned.states.find(({ progress }) => progress.epoch === 2)!;
    assertEquals((await run({ loop: "host" }, after)).end, scanned.end);
  },
);

onDevices(
  "fit() brings no more to the device at once than it may, and trains as ever",
  async (device) => {
    // A row of two float32 and an int32: 48 bytes a minibatch.
    const run = async (windowBytes?: number) => {
      const { step, all } = trainee(), taken: number[] = [];
      let before = 0;
      const { history } = await nn.fit({
        step: { ...step, device },
        data: labelled,
        batch: 4,
        epochs: 6,
        parameters: all.model,
        onProgress: ({ batch }) => {
          taken.push(batch > before ? batch - before : batch);
          before = batch;
        },
        ...(windowBytes === undefined ? {} : { windowBytes }),
      });
      return { losses: history.map(({ loss }) => loss), most: Math.max(...taken) };
    };
    const free = await run(), two = await run(2 * 48 + 47), one = await run(1);
    assertEquals([two.most, one.most], [2, 1]);
    assert(free.most > 2, `${free.most}`);
    for (const { losses } of [two, one]) {
      if (device === "cpu") assertEquals(losses, free.losses);
      losses.forEach((loss, i) => assertAlmostEquals(loss, free.losses[i]!, 1e-5));
    }
    await assertRejects(() => run(0), RangeError, 'expected "windowBytes" to be above 0, got 0');
  },
);

Deno.test("fit() ends with the signal", async () => {
  const stop = new AbortController(), w = shared(1);
  let steps = 0;
  const { reason, history, best } = await nn.fit({
    step: () => {
      if (++steps === 5) stop.abort();
      return 1 / steps;
    },
    data,
    batch: 3,
    epochs: 10,
    parameters: [w],
    signal: stop.signal,
  });
  assertEquals([reason, history.length, best?.epoch, steps], ["signal", 2, 2, 5]);
});

Deno.test("fit() gives up where a loss is not finite, with the best parameters", async () => {
  const w = shared(0, { name: "w" });
  const run = nn.fit({
    step: ({ y }) => {
      w.setValue(Number(w.getValue().item()) + y.shape[0]!);
      return Number(w.getValue().item()) > 10 ? NaN : 1;
    },
    data,
    batch: 10,
    epochs: 5,
    parameters: { w },
  });
  await assertRejects(() => run, RangeError, "the loss of epoch 2 is NaN");
  assertEquals(w.getValue().item(), 10);
  const wrong = { step: () => 1, data, batch: 3, parameters: w };
  await assertRejects(() => nn.fit({ ...wrong, epochs: -1 }), RangeError, '"epochs" to be a whole');
  const rate = { ...wrong, epochs: 1, rate: 1 };
  await assertRejects(() => nn.fit(rate), TypeError, 'unknown option "rate"');
});

Deno.test("progressLines() writes a line for each epoch", () => {
  const lines: string[] = [], onEpoch = nn.progressLines((line) => lines.push(line));
  const event = { epochs: 4, loss: 0.12345, best: true };
  onEpoch({ ...event, epoch: 1, validation: NaN, seconds: 2 });
  onEpoch({ ...event, epoch: 2, validation: 0.5, seconds: 3 });
  onEpoch({ ...event, epoch: 3, validation: 0.4, seconds: 3 });
  assertEquals(lines, [
    "epoch 1 of 4, loss 0.123, 2 s each, 6 s left",
    "epoch 2 of 4, loss 0.123, validation 0.5 * (best so far), 1.5 s each, 3 s left",
    "epoch 3 of 4, loss 0.123, validation 0.4 *, 1 s each, 1 s left",
  ]);
});

/**
 * Trains softmax regression for a whole epoch in one call: a scan over the minibatches whose updates
 * change the weights of the model.
 *
 * ```sh
 * deno run --allow-read --allow-env examples/epoch_scan.ts
 * ```
 *
 * @module
 */
import {
  compile,
  type DeviceOption,
  grad,
  scan,
  shared,
  type SharedVariable,
  T,
  type Variable,
} from "../mod.ts";
import { type DigitSet, drawDigits, PIXELS } from "./data/digits.ts";
import { LogisticRegression } from "./models/logistic_regression.ts";

/** How to train. */
export interface EpochOptions {
  /** Images in a minibatch. */
  readonly batch: number;
  /** Learning rate. */
  readonly rate: number;
  /** Where to run. */
  readonly device: DeviceOption;
}

/** A model and a function that trains it. */
export interface Trainer {
  /** Weights and biases. */
  readonly parameters: readonly SharedVariable[];
  /** Trains for one epoch and returns the loss of each minibatch. */
  readonly epoch: () => number[];
}

/** The model, and what one step of training computes from the rows and labels of a minibatch. */
function regression(set: DigitSet, batch: number, rate: number): {
  parameters: SharedVariable[];
  batches: number;
  step: (index: Variable) => { cost: Variable; updates: [SharedVariable, Variable][] };
} {
  const count = set.labels.length;
  const batches = Math.floor(count / batch), used = batches * batch;
  const images = shared(set.images.slice(0, used * PIXELS), { shape: [batches, batch, PIXELS] });
  const labels = shared(Int32Array.from(set.labels.subarray(0, used)), { shape: [batches, batch] });
  const { W, b } = new LogisticRegression(T.matrix(), PIXELS, 10);
  const step = (index: Variable) => {
    const x = images.at(index), y = labels.at(index);
    const logits = T.dot(x, W).add(b);
    const cost = T.index(T.logSoftmax(logits), [T.arange(batch), y]).mean().neg();
    const [gW, gb] = grad(cost, [W, b]);
    const updates: [SharedVariable, Variable][] = [
      [W, W.sub(gW.mul(rate))],
      [b, b.sub(gb.mul(rate))],
    ];
    return { cost, updates };
  };
  return { parameters: [W, b], batches, step };
}

/**
 * A trainer that makes one call for a whole epoch.
 *
 * @param set Images and labels
 * @param options How to train
 */
export async function epochByScan(set: DigitSet, options: EpochOptions): Promise<Trainer> {
  const { batch, rate, device } = options;
  const { parameters, batches, step } = regression(set, batch, rate);
  const [costs, updates] = scan((index) => {
    const { cost, updates } = step(index);
    return [cost, new Map(updates)];
  }, { sequences: T.arange(batches), name: "epoch" });
  const train = await compile([], costs, { updates, device, name: "epoch" });
  return { parameters, epoch: () => Array.from(train().dataSync(), Number) };
}

/**
 * A trainer that makes one call for each minibatch.
 *
 * @param set Images and labels
 * @param options How to train
 */
export async function epochByCalls(set: DigitSet, options: EpochOptions): Promise<Trainer> {
  const { batch, rate, device } = options;
  const { parameters, batches, step } = regression(set, batch, rate);
  const index = T.lscalar("index");
  const { cost, updates } = step(index);
  const train = await compile([index], cost, { updates, device, name: "minibatch" });
  const epoch = () => Array.from({ length: batches }, (_, i) => Number(train(i).item()));
  return { parameters, epoch };
}

async function main(): Promise<void> {
  const set = drawDigits(12_000, { seed: 1234 });
  const options: EpochOptions = { batch: 600, rate: 0.13, device: "auto" };
  for (const [name, make] of [["one call", epochByScan], ["20 calls", epochByCalls]] as const) {
    const { epoch } = await make(set, options);
    epoch();
    const start = performance.now();
    let losses: number[] = [];
    for (let i = 0; i < 9; i++) losses = epoch();
    const time = (performance.now() - start) / 9;
    const loss = losses.reduce((sum, x) => sum + x, 0) / losses.length;
    console.log(
      `${name} per epoch: loss ${loss.toFixed(4)} after 10 epochs, ${time.toFixed(2)} ms each`,
    );
  }
}

if (import.meta.main) await main();

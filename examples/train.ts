/**
 * Trains softmax regression on images of digits, with minibatches, validation after each epoch, early
 * stopping by patience, and the best model saved.
 *
 * ```sh
 * deno task train --help
 * ```
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, cyan, dim, green } from "@std/fmt/colors";
import { format } from "@std/fmt/duration";
import {
  compile,
  CrotonError,
  type DeviceOption,
  grad,
  io,
  shared,
  type SharedVariable,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../mod.ts";
import { type DigitSet, drawDigits, PIXELS } from "./data/digits.ts";
import { IdxError, LARGEST, loadMnist } from "./data/idx.ts";
import { drawCharts, sparkline } from "./data/plot.ts";
import { prepareExport } from "./data/export.ts";
import { Progress, significant } from "./data/progress.ts";
import { LogisticRegression } from "./models/logistic_regression.ts";

/** What a run is told. */
export interface TrainOptions {
  /** Folder with the four MNIST files; without it the program draws digits itself. */
  data?: string;
  /** Seed of the digits that the program draws. */
  seed: number;
  /** The most epochs to train. */
  epochs: number;
  /** Images in a minibatch. */
  batch: number;
  /** Learning rate. */
  rate: number;
  /** Images drawn for training; a sixth as many for validation and for the test each. */
  images: number;
  /** Where to run. */
  device: DeviceOption;
  /** Folder for the model and the curves. */
  out: string;
  /** Folder for what XLA needs to train on, if wanted. */
  export?: string;
  /** How many of XLA's devices share a minibatch; default: one. */
  devices?: number;
  /** Called with lines for people; default: console.log. */
  print?: (line: string) => void;
  /** Ends the training early, keeping what was best so far. */
  signal?: AbortSignal;
  /** Called when the training starts, and with it what `signal` can end. */
  onStart?: () => void;
}

/** What a run gives. */
export interface TrainResult {
  epochs: number;
  /** Error on the validation set after each epoch. */
  validationErrors: number[];
  /** Mean loss of each epoch. */
  losses: number[];
  bestValidationError: number;
  /** Test error of the model with the best validation error. */
  testError: number;
  /** Classes of the first ten test images, and what they are. */
  predicted: number[];
  labels: number[];
  seconds: number;
  device: string;
}

/** The most images that are drawn for training: so many need two gigabytes on the device. */
const MOST_IMAGES = 500_000;

/** Options without a flag given. */
export const defaults = {
  seed: 1234,
  epochs: 20,
  batch: 600,
  rate: 0.13,
  images: 12_000,
  device: "auto",
  out: "out",
  devices: 1,
} as const;

const help = `Train softmax regression on 28x28 images of digits.

Usage: deno task train [options]

  --data DIR      folder with the four MNIST IDX files (plain or .gz, up to
                  ${LARGEST / 2 ** 30} GiB each); without it, digits are drawn by the program
  --images N      images to draw for training       (${defaults.images})
  --epochs N      most epochs                       (${defaults.epochs})
  --batch N       images in a minibatch             (${defaults.batch})
  --rate X        learning rate                     (${defaults.rate})
  --seed N        seed of the drawn digits          (${defaults.seed})
  --device NAME   auto, gpu or cpu                  (${defaults.device})
  --out DIR       folder for model and curves       (${defaults.out})
  --export DIR    also write a step of training as a module for XLA, parameters,
                  images and train.py, which trains on by JAX, on one machine or many
  --devices N     devices that share a minibatch there (${defaults.devices})
  --help          this text

Ctrl-C stops and keeps the best model so far.`;

interface Sets {
  train: DigitSet;
  valid: DigitSet;
  test: DigitSet;
}

async function loadSets(options: TrainOptions): Promise<Sets> {
  if (options.data !== undefined) {
    const { train, test } = await loadMnist(options.data);
    // The last sixth of the training images is for validation, as usual for this data set.
    const keep = Math.floor(train.labels.length * 5 / 6);
    return { train: part(train, 0, keep), valid: part(train, keep, train.labels.length), test };
  }
  if (options.images > MOST_IMAGES) {
    throw new RangeError(
      `Cannot train on ${options.images} drawn images: at most ${MOST_IMAGES} are drawn`,
    );
  }
  if (options.batch > options.images) {
    throw new RangeError(
      `Cannot train: a minibatch of ${options.batch} is larger than the ${options.images} images`,
    );
  }
  const held = Math.max(options.batch, Math.floor(options.images / 6));
  const all = drawDigits(options.images + 2 * held, { seed: options.seed });
  return {
    train: part(all, 0, options.images),
    valid: part(all, options.images, options.images + held),
    test: part(all, options.images + held, options.images + 2 * held),
  };
}

function part(set: DigitSet, start: number, end: number): DigitSet {
  return {
    images: set.images.subarray(start * PIXELS, end * PIXELS),
    labels: set.labels.subarray(start, end),
  };
}

/** A data set on the device: images as rows, labels as integers. */
interface SharedSet {
  x: SharedVariable;
  y: Variable;
  batches: number;
  labels: Uint8Array;
}

function share(set: DigitSet, batch: number): SharedSet {
  const count = set.labels.length;
  const x = shared(set.images, { shape: [count, PIXELS], borrow: true });
  const y = T.cast(shared(Float32Array.from(set.labels), { borrow: true }), "int32");
  return { x, y, batches: Math.floor(count / batch), labels: set.labels };
}

/** Trains, and saves the best model, the curves and a record of the run. */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const print = options.print ?? ((line: string) => console.log(line));
  const { batch, rate, device } = options;
  const sets = await loadSets(options);
  await io.makeFolder(options.out);
  const [modelPath, curvesPath] = [`${options.out}/model.safetensors`, `${options.out}/curves.svg`];
  for (const path of [modelPath, curvesPath]) await io.checkReplaceable(path);
  const [trainSet, validSet, testSet] = [sets.train, sets.valid, sets.test].map((set) =>
    share(set, batch)
  ) as [SharedSet, SharedSet, SharedSet];
  if (trainSet.batches === 0 || validSet.batches === 0 || testSet.batches === 0) {
    throw new RangeError(
      `Cannot train: a minibatch of ${batch} is larger than a data set ` +
        `(${sets.train.labels.length}, ${sets.valid.labels.length} and ${sets.test.labels.length} images)`,
    );
  }

  const index = T.lscalar("index");
  const x = T.matrix("x"), y = T.ivector("y");
  const model = new LogisticRegression(x, PIXELS, 10);
  const cost = model.negativeLogLikelihood(y);
  const gradients = grad(cost, model.parameters);
  const rows = T.slice(index.mul(batch), index.add(1).mul(batch));
  const minibatch = (set: SharedSet): [Variable, Variable][] => [
    [x, T.index(set.x, rows)],
    [y, T.index(set.y, rows)],
  ];
  const updates = model.parameters.map((p, i) => [p, p.sub(gradients[i]!.mul(rate))] as const);
  const writeExport = options.export === undefined ? null : await prepareExport({
    folder: options.export,
    step: await compile([x, y], cost, { updates, device: "cpu", name: "step" }),
    shapes: [[batch, PIXELS], [batch]],
    devices: options.devices ?? defaults.devices,
    data: {
      x: tensor(sets.train.images, { shape: [sets.train.labels.length, PIXELS] }),
      y: tensor(Int32Array.from(sets.train.labels)),
    },
  });
  const trainModel = await compile([index], cost, {
    updates,
    givens: minibatch(trainSet),
    device,
    name: "train",
  });
  const errorsOn = (set: SharedSet, name: string) =>
    compile([index], model.errors(y), { givens: minibatch(set), device, name });
  const validate = await errorsOn(validSet, "validate");
  const test = await errorsOn(testSet, "test");
  const meanError = (f: (i: number) => Tensor, batches: number): number => {
    let total = 0;
    for (let i = 0; i < batches; i++) total += Number(f(i).item());
    return total / batches;
  };

  const source = options.data ?? `${options.images} drawn digits`;
  print(`${bold("Croton")} softmax regression on ${source}`);
  print(dim(`device ${trainModel.device}: ${trainModel.deviceInfo}`));

  options.onStart?.();
  const start = performance.now();
  const losses: number[] = [], validationErrors: number[] = [];
  let best = Infinity, testError = NaN, epoch = 0, done = false;
  // Look at this many minibatches in any case; wait this much longer after a better model.
  let patience = 5000;
  const patienceIncrease = 2, improvement = 0.995;
  const frequency = Math.min(trainSet.batches, patience / 2);
  const progress = new Progress({ max: options.epochs * trainSet.batches, unit: "batches" });
  const stopped = () => options.signal?.aborted === true;

  try {
    while (epoch < options.epochs && !done) {
      epoch++;
      const costs: Tensor[] = [];
      for (let i = 0; i < trainSet.batches && !done; i++) {
        const iteration = (epoch - 1) * trainSet.batches + i;
        costs.push(trainModel(i));
        await progress.update(iteration + 1);
        if (stopped()) done = true;
        if ((iteration + 1) % frequency === 0) {
          const error = meanError(validate, validSet.batches);
          validationErrors.push(error);
          progress.note = `validation error ${percent(error)}`;
          if (error < best) {
            if (error < best * improvement) {
              patience = Math.max(patience, iteration * patienceIncrease);
            }
            best = error;
            testError = meanError(test, testSet.batches);
            await save(model, modelPath, { epoch, error: best });
          }
        }
        if (patience <= iteration) done = true;
      }
      let total = 0;
      for (const loss of costs) total += Number(loss.item());
      losses.push(total / Math.max(1, costs.length));
    }
  } finally {
    await progress.stop();
  }
  const seconds = (performance.now() - start) / 1000;

  if (best === Infinity) {
    // Stopped before the first validation: what there is, is the best.
    best = meanError(validate, validSet.batches);
    testError = meanError(test, testSet.batches);
    await save(model, modelPath, { epoch, error: best });
  }
  await io.replaceFile(curvesPath, new TextEncoder().encode(curves(losses, validationErrors)));
  if (writeExport !== null) {
    await writeExport((await io.loadSafetensors(modelPath)).tensors);
    print(dim(`for XLA: ${options.export}/step.mlir, and train.py beside it`));
  }
  const predicted = await predict(modelPath, sets.test, 10, device);
  const result: TrainResult = {
    epochs: epoch,
    validationErrors,
    losses,
    bestValidationError: best,
    testError,
    predicted,
    labels: [...sets.test.labels.subarray(0, 10)],
    seconds,
    device: trainModel.device,
  };
  report(result, trainSet.batches, options, stopped(), print);
  return result;
}

function percent(share: number): string {
  return `${significant(share * 100)} %`;
}

async function save(
  model: LogisticRegression,
  path: string,
  about: { epoch: number; error: number },
): Promise<void> {
  await io.saveSafetensors(path, model.named, {
    model: "logistic regression",
    epoch: String(about.epoch),
    validation_error: String(about.error),
  });
}

/**
 * Loads a saved model and classifies the first images of a set with it.
 *
 * @param path The safetensors file
 * @param set The images
 * @param count How many of them, if there are as many
 * @param device Where to run
 */
export async function predict(
  path: string,
  set: DigitSet,
  count: number,
  device: DeviceOption = "auto",
): Promise<number[]> {
  const { tensors } = await io.loadSafetensors(path);
  const x = T.matrix("x");
  const model = new LogisticRegression(x, PIXELS, 10);
  io.restore(model.named, tensors);
  const classify = await compile([x], model.prediction, { device, name: "predict" });
  const images = set.images.slice(0, count * PIXELS);
  const shape = [images.length / PIXELS, PIXELS];
  return Array.from(classify(tensor(images, { shape })).dataSync(), Number);
}

function curves(losses: number[], errors: number[]): string {
  return drawCharts([
    { title: "Training", xLabel: "epoch", yLabel: "loss", series: [{ name: "loss", y: losses }] },
    {
      title: "Validation",
      xLabel: "epoch",
      yLabel: "error, %",
      series: [{ name: "error", y: errors.map((error) => error * 100) }],
    },
  ]);
}

function report(
  result: TrainResult,
  batches: number,
  options: TrainOptions,
  stopped: boolean,
  print: (line: string) => void,
): void {
  const rows: [string, string][] = [
    ["epochs", `${result.epochs} of at most ${options.epochs}${stopped ? ", stopped" : ""}`],
    ["time", `${format(Math.round(result.seconds * 1000), { ignoreZero: true }) || "0ms"}`],
    ["speed", `${significant(result.epochs * batches * options.batch / result.seconds)} images/s`],
    ["loss", `${significant(result.losses.at(-1) ?? NaN)}  ${cyan(sparkline(result.losses, 30))}`],
    ["validation error", percent(result.bestValidationError)],
    ["test error", percent(result.testError)],
    ["first test digits", result.labels.join(" ")],
    ["predicted", result.predicted.join(" ")],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) print(`  ${name.padEnd(width)}  ${value}`);
  print(green(`model in ${options.out}/model.safetensors, curves in ${options.out}/curves.svg`));
}

function readOptions(args: string[]): TrainOptions | null {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    boolean: ["help"],
    string: [
      "data",
      "seed",
      "epochs",
      "batch",
      "rate",
      "images",
      "device",
      "out",
      "export",
      "devices",
    ],
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  if (flags.help) return null;
  for (const name of ["data", "out", "export"] as const) {
    if (flags[name] === "") throw new TypeError(`--${name} must be a folder, got ""`);
  }
  // What follows "--" is not told as unknown.
  unknown.push(...flags._.map(String));
  if (unknown.length > 0) {
    throw new TypeError(`Unknown argument "${unknown[0]}"; --help lists the options`);
  }
  const number = (
    name: "seed" | "epochs" | "batch" | "rate" | "images" | "devices",
    kind: "a positive whole number" | "a positive number" | "a whole number from 0",
  ): number => {
    const text = flags[name];
    if (text === undefined) return defaults[name];
    const value = Number(text);
    const inRange = kind === "a whole number from 0" ? value >= 0 : value > 0;
    const whole = kind === "a positive number"
      ? Number.isFinite(value)
      : Number.isSafeInteger(value);
    if (text.trim() === "" || !inRange || !whole) {
      throw new RangeError(`--${name} must be ${kind}, got "${text}"`);
    }
    return value;
  };
  const device = flags.device ?? defaults.device;
  if (device !== "auto" && device !== "gpu" && device !== "cpu") {
    throw new TypeError(`--device must be auto, gpu or cpu, got "${device}"`);
  }
  return {
    ...(flags.data === undefined ? {} : { data: flags.data }),
    seed: number("seed", "a whole number from 0"),
    epochs: number("epochs", "a positive whole number"),
    batch: number("batch", "a positive whole number"),
    rate: number("rate", "a positive number"),
    images: number("images", "a positive whole number"),
    device,
    out: flags.out ?? defaults.out,
    ...(flags.export === undefined ? {} : { export: flags.export }),
    devices: number("devices", "a positive whole number"),
  };
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === null) console.log(help);
    else {
      const interrupted = new AbortController();
      // Until there is something to keep, Ctrl-C ends the program at once.
      const onStart = () => Deno.addSignalListener("SIGINT", () => interrupted.abort());
      await train({ ...options, signal: interrupted.signal, onStart });
      Deno.exit(0);
    }
  } catch (error) {
    const known = [IdxError, CrotonError, RangeError, TypeError];
    if (error instanceof Error && known.some((type) => error instanceof type)) {
      console.error(`error: ${error.message}`);
      Deno.exit(1);
    }
    throw error;
  }
}

/**
 * Trains a model: first values, optimiser, the loop, what is saved, and what is told of it.
 *
 * @module
 */
import { resolve } from "node:path";
import { bold, cyan, dim, green } from "@std/fmt/colors";
import { format } from "@std/fmt/duration";
import {
  compile,
  io,
  nn,
  RandomStreams,
  type SharedVariable,
  type Tensor,
  type Variable,
} from "../../mod.ts";
import { sparkline } from "../../see/mod.ts";
import { prepareExport } from "../data/export.ts";
import { Progress, significant } from "../data/progress.ts";
import { captionTask } from "./caption_task.ts";
import { charsTask } from "./chars_task.ts";
import { digitsTask } from "./digits_task.ts";
import { drawCurves } from "./report.ts";
import type { MakeTask, Task, TrainOptions } from "./task.ts";
import { viewOf } from "./view.ts";

/** What a run gives. */
export interface TrainResult {
  readonly model: string;
  readonly epochs: number;
  /** The mean loss of each epoch. */
  readonly losses: readonly number[];
  /** The measure on the validation set after each epoch. */
  readonly validationErrors: readonly number[];
  readonly bestValidationError: number;
  /** The measure on the test set, of the model that was best on the validation set. */
  readonly testError: number;
  /** What else the model tells, such as the digits that it predicts. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Where the time of training went, if that was wanted. */
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  readonly device: string;
}

/** How to make updates, by name. */
export const optimisers = {
  sgd: nn.sgd,
  momentum: nn.momentum,
  nesterov: nn.nesterov,
  adagrad: nn.adagrad,
  adadelta: nn.adadelta,
  rmsprop: nn.rmsprop,
  adam: nn.adam,
  adamw: nn.adamw,
  lion: nn.lion,
} as const;

/** What a run that goes on must have in common with the one that was saved. */
const LASTING = [
  "model",
  "seed",
  "epochs",
  "batch",
  "optimizer",
  "rate",
  "images",
  "patience",
  "data",
  "text",
] as const;

const tasks: Readonly<Record<string, MakeTask>> = { chars: charsTask, caption: captionTask };

/** Throws a TypeError if two files of a run are one, of which the later would replace the other. */
function checkDistinct(files: Readonly<Record<string, string>>): void {
  const seen = new Map<string, string>();
  for (const [name, path] of Object.entries(files)) {
    const whole = resolve(path), other = seen.get(whole);
    if (other !== undefined) {
      throw new TypeError(`The ${other} and the ${name} must be two files, got "${path}" for both`);
    }
    seen.set(whole, name);
  }
}

/** Trains, and saves the best model, the curves, and what a run goes on from. */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const print = options.print ?? ((line: string) => console.log(line));
  const paint = (style: (text: string) => string, text: string): string =>
    options.color === true ? style(text) : text;
  const { batch, device, out } = options;
  const saved = options.resume === undefined ? null : await loadSaved(options.resume);
  const streams = new RandomStreams(options.seed);
  const task = await (tasks[options.model] ?? digitsTask)(options, streams);
  const { inputs, cost, parameters, data, measure } = task;
  const count = Object.values(data)[0]!.shape[0]!;
  const steps = options.epochs * Math.ceil(count / batch);
  const optimiser = optimisers[options.optimizer as keyof typeof optimisers];
  const updates = optimiser(cost, parameters, {
    learningRate: nn.cosineDecay(options.rate, { steps }),
  });
  // Who trains on says for how long: there the rate does not fall.
  const onwards = () => optimiser(cost, parameters, { learningRate: options.rate });
  const files = {
    model: `${out}/model.safetensors`,
    curves: `${out}/curves.svg`,
    state: options.save ?? `${out}/state.safetensors`,
  };
  const written = { ...files, ...(options.report === undefined ? {} : { page: options.report }) };
  checkDistinct({ ...written, ...(options.text === undefined ? {} : { text: options.text }) });
  await io.makeFolder(out);
  for (const path of Object.values(written)) await io.checkReplaceable(path);
  const writeExport = await exporter(options, task, updates, onwards);

  // A run is a function of these: what is drawn, what is trained, and how far it is.
  const state = { model: parameters, optimiser: updates.state, streams } as const;
  const resume = saved === null ? undefined : restored(options, saved, state);
  await using view = viewOf(options, task, resume?.progress.history);
  print(`${paint(bold, "Croton")} ${task.title}`);
  print(paint(dim, `device ${task.device.device}: ${task.device.deviceInfo}`));
  if (view.url !== null) {
    print(paint(cyan, `watch ${view.url}`));
    options.tell?.({ event: "watch", url: view.url });
  }

  options.onStart?.();
  const batches = Math.ceil(count / batch);
  const bar = options.bar === true
    ? new Progress({ max: options.epochs * batches, unit: "minibatches", show: true })
    : null;
  const tellLine = nn.progressLines(print);
  let result: nn.FitResult;
  try {
    result = await nn.fit({
      step: {
        inputs,
        cost,
        updates,
        device,
        ...(options.profile === true ? { profile: true } : {}),
      },
      data,
      batch,
      epochs: options.epochs,
      seed: options.seed,
      loop: options.loop,
      parameters,
      validate: task.validate,
      stateSeconds: options.saveSeconds ?? 30,
      ...(options.patience === undefined ? {} : { patience: options.patience }),
      ...(resume === undefined ? {} : { resume }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: async (event) => {
        await view.progress(event);
        const { epoch, batch, loss } = event;
        if (bar === null) return;
        bar.note = `loss ${significant(loss)}`;
        await bar.update(epoch * batches + batch);
      },
      onEpoch: async (event) => {
        options.tell?.({ event: "epoch", ...event });
        if (event.best) await saveModel(files.model, options, parameters, event);
        if (bar === null) tellLine(event);
        for (const line of await task.show?.() ?? []) print(line);
        await view.epoch(event);
      },
      onState: ({ progress, best }) =>
        io.saveSafetensors(files.state, { ...state, best }, {
          progress: JSON.stringify(progress),
          options: JSON.stringify(Object.fromEntries(LASTING.map((name) => [name, options[name]]))),
        }),
    });
  } finally {
    await bar?.stop();
  }
  const { history, best } = result;
  const losses = history.map(({ loss }) => loss);
  const errors = history.map(({ validation }) => validation);
  const test = await task.test();
  await io.replaceFile(
    files.curves,
    new TextEncoder().encode(drawCurves({ history, measure: measure.name })),
  );
  if (writeExport !== null) {
    await writeExport();
    print(paint(dim, `for XLA: ${options.export}/step.mlir, and train.py beside it`));
  }
  const seconds = history.at(-1)?.seconds ?? 0;
  const bestError = best?.validation ?? await task.validate();
  const stopped = result.reason === "signal" ? ", stopped" : "";
  const rows: (readonly [string, string])[] = [
    ["epochs", `${history.length} of at most ${options.epochs}${stopped}`],
    ["time", format(Math.round(seconds * 1000), { ignoreZero: true }) || "0ms"],
    ["speed", `${significant(history.length * count / seconds)} examples/s`],
    ["loss", significant(losses.at(-1) ?? NaN)],
    [`validation ${measure.name}`, measure.write(bestError)],
    [`test ${measure.name}`, measure.write(test.value)],
    ...test.rows,
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) {
    const line = name === "loss" ? `  ${paint(cyan, sparkline(losses, 30))}` : "";
    print(`  ${name.padEnd(width)}  ${value}${line}`);
  }
  for (const line of test.lines ?? []) print(line === "" ? "" : `  ${line}`);
  if (result.profile !== null) print(`\n${result.profile}\n`);
  await view.end(history, rows);
  const report = options.report === undefined ? "" : `, report in ${options.report}`;
  print(paint(green, `model in ${files.model}, curves in ${files.curves}${report}`));
  const told: TrainResult = {
    model: options.model,
    epochs: history.length,
    losses,
    validationErrors: errors,
    bestValidationError: bestError,
    testError: test.value,
    facts: test.facts,
    ...(result.profile === null ? {} : { profile: result.profile.toJSON() }),
    seconds,
    device: task.device.device,
  };
  options.tell?.({ event: "end", ...told });
  return told;
}

async function saveModel(
  path: string,
  { model, data }: TrainOptions,
  parameters: nn.ParameterTree,
  { epoch, validation }: nn.FitEvent,
): Promise<void> {
  await io.saveSafetensors(path, parameters as io.SavedTree, {
    model,
    epoch: String(epoch),
    validation_error: String(validation),
    ...(tasks[model] === undefined ? { data: data === undefined ? "drawn digits" : "MNIST" } : {}),
  });
}

/** Where a training was that is to go on. */
export interface Saved {
  /** The options that it was made with. */
  readonly options: Partial<TrainOptions>;
  readonly progress: nn.FitState["progress"];
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Reads where a training was. */
export async function loadSaved(path: string): Promise<Saved> {
  const { tensors, metadata: { progress, options } } = await io.loadSafetensors(path);
  if (progress === undefined || options === undefined) {
    throw new TypeError(
      `Cannot go on from "${path}": it has parameters, but not where a training was`,
    );
  }
  return { options: JSON.parse(options), progress: JSON.parse(progress), tensors };
}

/** Restores what was saved; gives where the training was. */
function restored(options: TrainOptions, saved: Saved, state: io.RestoredTree): nn.FitState {
  for (const name of LASTING) {
    if (saved.options[name] === options[name]) continue;
    throw new TypeError(
      `Cannot go on from "${options.resume}": it was made with --${name} ` +
        `${saved.options[name] ?? "left out"}, not ${options[name] ?? "left out"}`,
    );
  }
  const { tensors, progress } = saved;
  io.restore(state, tensors);
  const best: Tensor[] = [];
  for (let i = 0; tensors[`best.${i}`] !== undefined; i++) best.push(tensors[`best.${i}`]!);
  return { progress, best };
}

/**
 * Writes a step of training for XLA, with all that it changes, as it has been trained; null if that is not
 * wanted.
 */
async function exporter(
  options: TrainOptions,
  { inputs, cost, data }: Task,
  trained: readonly (readonly [SharedVariable, Variable])[],
  onwards: () => readonly (readonly [SharedVariable, Variable])[],
): Promise<(() => Promise<void>) | null> {
  if (options.export === undefined) return null;
  const updates = onwards();
  const names = Object.keys(inputs), variables = Object.values(inputs);
  const write = await prepareExport({
    folder: options.export,
    step: await compile(variables, cost, { updates, device: "cpu", name: "step" }),
    shapes: names.map((name) => [options.batch, ...data[name]!.shape.slice(1)]),
    devices: options.devices ?? 1,
    data,
  });
  const wanted = new Set(updates.map(([{ name }]) => name));
  const shared = Object.fromEntries(
    trained.filter(([{ name }]) => wanted.has(name)).map((
      [variable],
    ) => [variable.name!, variable]),
  );
  return () => write(shared);
}

/**
 * The loop of training: epochs, validation, patience, the best parameters.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import { leavesOf } from "../core/base/tree.ts";
import type { Seed } from "../core/random/generator.ts";
import type { Profile } from "../core/runtime/measured.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import type { Tensor } from "../core/runtime/tensor.ts";
import { type DataSet, partsOf, permutation } from "./minibatches.ts";
import type { ParameterTree } from "./parameters.ts";
import {
  compiledLoop,
  compiledStep,
  type RowOrder,
  type StepFunction,
  type StepGraph,
  stepsByCalls,
  type TakeSteps,
} from "./steps.ts";

/** What {@linkcode fit} tells after each epoch. */
export interface FitEvent {
  /** The number of epochs done. */
  readonly epoch: number;
  /** The most epochs. */
  readonly epochs: number;
  /** The mean loss of the minibatches of this epoch. */
  readonly loss: number;
  /** What `validate` gave; NaN without it. */
  readonly validation: number;
  /** Whether no epoch before was as good. */
  readonly best: boolean;
  /** Seconds since the start. */
  readonly seconds: number;
}

/** What {@linkcode fit} tells while an epoch goes on. */
export interface FitProgress {
  /** The number of epochs done. */
  readonly epoch: number;
  /** The most epochs. */
  readonly epochs: number;
  /** Minibatches of the next epoch that are done. */
  readonly batch: number;
  /** Minibatches of an epoch. */
  readonly batches: number;
  /** The mean loss of those done. */
  readonly loss: number;
}

/** Where a training is: with the parameters, what the optimiser remembers and random streams, all there is. */
export interface FitState {
  /** Numbers and lists, fit for JSON. */
  readonly progress: {
    /** The number of epochs done. */
    readonly epoch: number;
    /** Minibatches of the next epoch that are done. */
    readonly batch: number;
    /** The sum of their losses. */
    readonly sum: number;
    /** Seconds since the start. */
    readonly seconds: number;
    /** What was told of the epochs done; `validation` is null, not NaN, without one. */
    readonly history: readonly (Omit<FitEvent, "validation"> & {
      readonly validation: number | null;
    })[];
  };
  /** The values of the best parameters so far, in the order of reading; none before the first epoch ends. */
  readonly best: readonly Tensor[];
}

/** What and how {@linkcode fit} trains. */
export interface FitOptions<D extends DataSet> {
  /** A function that takes a step with a minibatch and gives its loss, or the graph of a step. */
  readonly step: StepFunction<D> | StepGraph<D>;
  /** The data: tensors or arrays by name, with rows along their first axes. */
  readonly data: D;
  /** Rows in a minibatch. */
  readonly batch: number;
  /** The most epochs. */
  readonly epochs: number;
  /**
   * Whether the steps of a graph are a scan that runs on the device for as many minibatches as fit ("scan",
   * if missing), or a call each ("host"). The results are the same, on the CPU to the bit.
   */
  readonly loop?: "scan" | "host";
  /** Where to go on: what `onState` was told. */
  readonly resume?: FitState;
  /** The seed of the order of rows; 0 if missing. */
  readonly seed?: Seed;
  /** What has the values of the best epoch at the end, running averages included. */
  readonly parameters: ParameterTree;
  /** An error of the model, the smaller the better, after each epoch; the loss decides without it. */
  readonly validate?: () => number | Promise<number>;
  /** Epochs to go on without a better one; all if missing. */
  readonly patience?: number;
  /** Is told of each epoch. */
  readonly onEpoch?: (event: FitEvent) => void | Promise<void>;
  /** Is told how far the training is, some times a second. */
  readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
  /** May save what there is: after each epoch, when the signal ends the training, and now and then. */
  readonly onState?: (state: FitState) => void | Promise<void>;
  /** Seconds between two calls of `onState` in an epoch; 30 if missing. */
  readonly stateSeconds?: number;
  /**
   * The most bytes of minibatches that are brought to the device at once, while it works on those before: a
   * window has as many as fit, but at least one. 256 MiB if missing.
   */
  readonly windowBytes?: number;
  /** Ends the training after the minibatches of the moment; the best parameters are kept. */
  readonly signal?: AbortSignal;
}

/** How a training went. */
export interface FitResult {
  /** All epochs that were done. */
  readonly history: readonly FitEvent[];
  /** The best one; null if none was done. */
  readonly best: FitEvent | null;
  /** Why it ended. */
  readonly reason: "epochs" | "patience" | "signal";
  /** What was measured of the function that takes the steps, where the graph's `profile` asks for it. */
  readonly profile: Profile | null;
}

/** Milliseconds that steps take together: then others get a turn, signals are seen and progress is told. */
const TURN = 100;

/** Bytes of minibatches that are brought to the device at once, unless another bound is given. */
const WINDOW = 2 ** 28;

/**
 * Trains for some epochs of minibatches. At the end the parameters have the values of the epoch with the
 * smallest validation error, or with the smallest loss if there is none.
 *
 * Throws a RangeError if a loss is not finite: then the parameters have the values of the best epoch, too.
 *
 * @param options The step, the data, the parameters, and when to end.
 * @returns How it went.
 *
 * @example
 * ```ts
 * import { nn, shared, T } from "@croton/croton";
 *
 * const x = T.matrix("x"), y = T.vector("y"), model = { w: shared([0, 0]), b: shared(0) };
 * const cost = x.dot(model.w).add(model.b).sub(y).sqr().mean();
 * const { best } = await nn.fit({
 *   step: { inputs: { x, y }, cost, updates: nn.adam(cost, model) },
 *   data: { x: [[0, 1], [1, 0], [1, 1]], y: [1, 2, 3] },
 *   batch: 2,
 *   epochs: 3,
 *   parameters: model,
 * });
 * console.assert(best!.epoch === 3);
 * ```
 */
export async function fit<D extends DataSet>(options: FitOptions<D>): Promise<FitResult> {
  const action = "Cannot fit";
  const { step, data, batch, epochs, loop = "scan", resume, seed = 0, parameters, ...rest } =
    checkOptions(action, options, {
      step: "any",
      data: "any",
      batch: "number",
      epochs: "number",
      loop: ["scan", "host"],
      resume: "any",
      seed: "any",
      parameters: "any",
      validate: "function",
      patience: "number",
      onEpoch: "function",
      onProgress: "function",
      onState: "function",
      stateSeconds: "number",
      windowBytes: "number",
      signal: "any",
    });
  const { validate, patience = Infinity, onEpoch, onProgress, onState, stateSeconds = 30 } = rest;
  const { windowBytes = WINDOW } = rest;
  if (!(windowBytes > 0)) {
    throw new RangeError(
      `${action}: expected "windowBytes" to be above 0, got ${shown(windowBytes)}`,
    );
  }
  for (const [name, value, least] of [["epochs", epochs, 0], ["batch", batch, 1]] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new RangeError(`${action}: expected "${name}" to be a whole number, got ${shown(value)}`);
  }
  const kept = leavesOf(action, parameters, {
    is: (value): value is SharedVariable => value instanceof SharedVariable,
    words: "shared variables",
  }).map(({ leaf }) => leaf);
  const { parts, count } = partsOf(action, data);
  const { take, profile } = typeof step === "function"
    ? { take: stepsByCalls(step), profile: null }
    : await (loop === "scan" ? compiledLoop : compiledStep)(action, step, Object.keys(data));
  const windows = new Windows(take, {
    count,
    batch,
    bytes: parts.reduce((sum, { each, data }) => sum + each * data.BYTES_PER_ELEMENT, 0),
    most: windowBytes,
    stop: () => rest.signal?.aborted === true,
  });

  const { epoch: first = 0, seconds: before = 0 } = resume?.progress ?? {};
  let { batch: begun = 0, sum = 0 } = resume?.progress ?? {};
  const history = (resume?.progress.history ?? []).map((event): FitEvent => ({
    ...event,
    epochs,
    validation: event.validation ?? NaN,
  }));
  let best = history.findLast((event) => event.best) ?? null, values = [...resume?.best ?? []];
  let reason: FitResult["reason"] = "epochs";
  const start = performance.now() - 1000 * before;
  const seconds = (): number => (performance.now() - start) / 1000;
  const outdone = () => best !== null && history.at(-1)!.epoch - best.epoch >= patience;
  const keep = (): void =>
    kept.forEach((one, i) => values[i] !== undefined && one.setValue(values[i]!));
  const tellState = async (epoch: number): Promise<void> => {
    if (!Number.isFinite(sum)) return;
    const told = history.map((event) => ({
      ...event,
      validation: Number.isNaN(event.validation) ? null : event.validation,
    }));
    const progress = { epoch, batch: begun, sum, seconds: seconds(), history: told };
    await onState?.({ progress, best: values });
  };
  if (outdone()) reason = "patience";
  for (let epoch = first; epoch < epochs && reason === "epochs"; epoch++) {
    const order = permutation(count, seed, epoch, action);
    let told = performance.now();
    for await (const losses of windows.over({ parts, order, batch }, begun)) {
      for (const loss of losses) sum += loss;
      begun += losses.length;
      const loss = sum / begun;
      await onProgress?.({ epoch, epochs, batch: begun, batches: windows.batches, loss });
      if (begun < windows.batches && performance.now() - told >= 1000 * stateSeconds) {
        for (const late of await windows.settle()) {
          sum += late;
          begun++;
        }
        if (begun < windows.batches) await tellState(epoch);
        told = performance.now();
      }
    }
    if (rest.signal?.aborted === true) reason = "signal";
    if (begun < windows.batches) await tellState(epoch);
    const loss = sum / begun;
    const validation = validate === undefined ? NaN : await validate();
    const error = validate === undefined ? loss : validation;
    const isBest: boolean = best === null ||
      error < (validate === undefined ? best.loss : best.validation);
    if (!Number.isFinite(loss)) {
      keep();
      throw new RangeError(
        `${action}: the loss of epoch ${epoch + 1} is ${loss}; a smaller learning rate may help`,
      );
    }
    const whole = begun === windows.batches;
    const event: FitEvent = {
      epoch: epoch + 1,
      epochs,
      loss,
      validation,
      best: isBest,
      seconds: seconds(),
    };
    history.push(event);
    if (isBest) {
      best = event;
      values = await Promise.all(kept.map((one) => one.value()));
    }
    [begun, sum] = [0, 0];
    await onEpoch?.(event);
    if (whole) await tellState(epoch + 1);
    if (reason === "epochs" && outdone()) reason = "patience";
  }
  keep();
  return { history, best, reason, profile };
}

/** Minibatches that are taken together: as many as take a moment and fit. */
class Windows {
  readonly batches: number;
  readonly #take: TakeSteps;
  readonly #full: number;
  readonly #most: number;
  readonly #stop: () => boolean;
  #next = 2;
  #pending: readonly (Tensor | number)[] | null = null;

  constructor(
    take: TakeSteps,
    { count, batch, bytes, most, stop }: {
      count: number;
      batch: number;
      bytes: number;
      most: number;
      stop: () => boolean;
    },
  ) {
    this.#take = take;
    this.batches = Math.ceil(count / batch);
    this.#full = Math.floor(count / batch);
    this.#most = Math.max(1, Math.floor(most / (bytes * batch)));
    this.#stop = stop;
  }

  /** The losses of minibatches from `first` on, window by window; the device is one window ahead. */
  async *over(rows: RowOrder, first: number): AsyncGenerator<readonly number[]> {
    let at = first, turn = performance.now();
    while (at < this.batches) {
      const size = Math.min(this.#next, this.#most);
      // Fewer rows than a minibatch are a window of their own.
      const end = at < this.#full ? Math.min(at + size, this.#full) : this.batches;
      const losses = this.#take(rows, at, end, this.#stop);
      const before = await this.settle();
      this.#pending = losses;
      if (before.length > 0) yield before;
      if (this.#stop()) break;
      const now = performance.now(), share = TURN / (now - turn);
      // The first window's time is that of compiling.
      this.#next = Math.max(1, Math.round(size * Math.min(4, Math.max(0.25, share))));
      at = end;
      await new Promise((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
    const last = await this.settle();
    if (last.length > 0) yield last;
  }

  /** The losses of the window that the device is at. */
  async settle(): Promise<readonly number[]> {
    const pending = this.#pending ?? [];
    this.#pending = null;
    const found = await Promise.all(
      pending.map(async (loss) => typeof loss === "number" ? [loss] : [...await loss.data()]),
    );
    return found.flat().map(Number);
  }
}

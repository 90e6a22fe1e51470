/**
 * The loop of training: epochs, validation, patience, the best parameters.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import { leavesOf } from "../core/base/tree.ts";
import type { Seed } from "../core/random/generator.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import type { Tensor } from "../core/runtime/tensor.ts";
import { type DataSet, type Minibatch, minibatches } from "./minibatches.ts";
import type { ParameterTree } from "./parameters.ts";

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

/** What and how {@linkcode fit} trains. */
export interface FitOptions<D extends DataSet> {
  /** Takes a step with a minibatch, and gives its loss. */
  readonly step: (batch: Minibatch<D>) => Tensor | number;
  /** The data: tensors or arrays by name, with rows along their first axes. */
  readonly data: D;
  /** Rows in a minibatch. */
  readonly batch: number;
  /** The most epochs. */
  readonly epochs: number;
  /** The first epoch, where a run goes on with what another one left; 0 if missing. */
  readonly first?: number;
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
  /** Ends the training after the minibatch of the moment; the best parameters are kept. */
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
}

/** Milliseconds after which others get a turn, so that signals are seen. */
const TURN = 50;

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
 * import { compile, nn, shared, T } from "@croton/croton";
 *
 * const x = T.matrix("x"), y = T.vector("y"), model = { w: shared([0, 0]), b: shared(0) };
 * const cost = x.dot(model.w).add(model.b).sub(y).sqr().mean();
 * const train = await compile([x, y], cost, { updates: nn.adam(cost, model) });
 * const { best } = await nn.fit({
 *   step: ({ x, y }) => train(x, y),
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
  const { step, data, batch, epochs, first = 0, seed = 0, parameters, validate, ...rest } =
    checkOptions(action, options, {
      step: "function",
      data: "any",
      batch: "number",
      epochs: "number",
      first: "number",
      seed: "any",
      parameters: "any",
      validate: "function",
      patience: "number",
      onEpoch: "function",
      signal: "any",
    });
  const { patience = Infinity, onEpoch, signal } = rest;
  for (const [name, value] of [["epochs", epochs], ["first", first]] as const) {
    if (Number.isInteger(value) && value >= 0) continue;
    throw new RangeError(`${action}: expected "${name}" to be a whole number, got ${shown(value)}`);
  }
  const kept = leavesOf(action, parameters, {
    is: (value): value is SharedVariable => value instanceof SharedVariable,
    words: "shared variables",
  }).map(({ leaf }) => leaf);
  const history: FitEvent[] = [], start = performance.now();
  let best: FitEvent | null = null, values: Tensor[] = [], turn = start;
  let reason: FitResult["reason"] = "epochs";
  const keep = (): void =>
    kept.forEach((one, i) => values[i] !== undefined && one.setValue(values[i]!));
  for (let epoch = first; epoch < epochs && reason === "epochs"; epoch++) {
    const losses: (Tensor | number)[] = [];
    for (const part of minibatches(data, { batch, seed, epoch })) {
      losses.push(step(part));
      if (performance.now() - turn > TURN) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        turn = performance.now();
      }
      if (signal?.aborted !== true) continue;
      reason = "signal";
      break;
    }
    const loss = await meanOf(losses);
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
    const seconds = (performance.now() - start) / 1000;
    const event: FitEvent = { epoch: epoch + 1, epochs, loss, validation, best: isBest, seconds };
    history.push(event);
    if (isBest) {
      best = event;
      values = await Promise.all(kept.map((one) => one.value()));
    }
    await onEpoch?.(event);
    if (reason === "epochs" && epoch + 1 - best!.epoch >= patience) reason = "patience";
  }
  keep();
  return { history, best, reason };
}

async function meanOf(losses: readonly (Tensor | number)[]): Promise<number> {
  let sum = 0;
  for (const loss of losses) {
    sum += typeof loss === "number" ? loss : Number((await loss.data())[0]);
  }
  return sum / losses.length;
}

/**
 * Writes a line for each epoch of {@linkcode fit}: loss, validation error, rate and time left.
 *
 * @param print Takes a line; `console.log` if missing.
 * @returns What to give `fit` as `onEpoch`.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const onEpoch = nn.progressLines();
 * ```
 */
export function progressLines(
  print: (line: string) => void = (line) => console.log(line),
): (event: FitEvent) => void {
  let begun: { epoch: number; seconds: number } | null = null;
  return ({ epoch, epochs, loss, validation, best, seconds }) => {
    begun ??= { epoch: epoch - 1, seconds: 0 };
    const each = (seconds - begun.seconds) / (epoch - begun.epoch);
    const digits = (x: number) => Number(x.toPrecision(3));
    const parts = [`epoch ${epoch} of ${epochs}`, `loss ${digits(loss)}`];
    if (!Number.isNaN(validation)) {
      parts.push(`validation ${digits(validation)}${best ? " *" : ""}`);
    }
    parts.push(`${digits(each)} s each`, `${digits(each * (epochs - epoch))} s left`);
    print(parts.join(", "));
  };
}

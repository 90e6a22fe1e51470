/**
 * Optimisers: functions from a cost, or gradients, and parameters to the updates of one step.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import type { OptionKinds } from "../core/base/options.ts";
import type { Variable } from "../core/graph/graph.ts";
import {
  type CostOrGradients,
  type OptimiserOptions,
  type OptimiserUpdates,
  optionsOf,
  type ParameterChange,
  type ParameterStep,
  updatesOf,
} from "./optimiser.ts";
import type { ParameterTree } from "./parameters.ts";

/** a * x + (1 - a) * y. */
function mix(a: number, x: Variable, y: Variable): Variable {
  return T.add(T.mul(x, a), T.mul(y, 1 - a));
}

/** What a sum of `t` terms, weighted by powers of `a`, has to be divided by: 1 - a^t, with all its digits. */
function bias(a: number, t: Variable): Variable {
  return T.neg(T.expm1(T.mul(t, Math.log(a))));
}

function product(...factors: Variable[]): Variable {
  return factors.reduce((a, b) => T.mul(a, b));
}

/**
 * Stochastic gradient descent: p - rate * g.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { compile, nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = w.sqr().sum();
 * const train = await compile([], cost, { updates: nn.sgd(cost, [w], { learningRate: 0.25 }) });
 * train();
 * console.assert(w.getValue().dataSync()[1] === 2);
 * ```
 */
export function sgd(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: OptimiserOptions,
): OptimiserUpdates {
  const { learningRate } = optionsOf("sgd", options, {}, 0.01);
  const step = ({ g, rate }: ParameterStep<never>) => ({ change: product(rate, g), state: {} });
  return updatesOf({ name: "sgd", state: {}, step }, given, parameters, learningRate);
}

/** Options of {@linkcode momentum} and {@linkcode nesterov}. */
export interface MomentumOptions extends OptimiserOptions {
  /** What is left of the velocity after a step; 0.9 if missing. */
  readonly momentum?: number;
}

/**
 * Gradient descent with momentum: v = momentum * v + g, p - rate * v.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing, and the momentum.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.momentum(w.sqr().sum(), [w], { momentum: 0.95 });
 * ```
 */
export function momentum(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: MomentumOptions,
): OptimiserUpdates {
  return withMomentum("momentum", given, parameters, options);
}

/**
 * Gradient descent with Nesterov's momentum: v = momentum * v + g, p - rate * (momentum * v + g).
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing, and the momentum.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.nesterov(w.sqr().sum(), [w], { learningRate: 0.1 });
 * ```
 */
export function nesterov(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: MomentumOptions,
): OptimiserUpdates {
  return withMomentum("nesterov", given, parameters, options);
}

function withMomentum(
  name: "momentum" | "nesterov",
  given: CostOrGradients,
  parameters: ParameterTree,
  options: MomentumOptions | undefined,
): OptimiserUpdates {
  const { learningRate, momentum: kept = 0.9 } = optionsOf(
    name,
    options,
    { momentum: "number" },
    0.01,
  );
  const step = ({ g, rate, state }: ParameterStep<"velocity">) => {
    const velocity: Variable = T.add(T.mul(state.velocity, kept), g);
    const along = name === "nesterov" ? T.add(T.mul(velocity, kept), g) as Variable : velocity;
    return { change: product(rate, along), state: { velocity } };
  };
  return updatesOf({ name, state: { velocity: 0 }, step }, given, parameters, learningRate);
}

/** Options of {@linkcode adagrad}. */
export interface AdagradOptions extends OptimiserOptions {
  /** Where the sums of squares start; 0.1 if missing. */
  readonly initial?: number;
  /** Is added to the sums of squares; 1e-7 if missing. */
  readonly epsilon?: number;
}

/**
 * AdaGrad: s = s + g², p - rate * g / sqrt(s + epsilon).
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.adagrad(w.sqr().sum(), [w], { learningRate: 0.1 });
 * ```
 */
export function adagrad(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: AdagradOptions,
): OptimiserUpdates {
  const { learningRate, initial = 0.1, epsilon = 1e-7 } = optionsOf(
    "adagrad",
    options,
    { initial: "number", epsilon: "number" },
    0.01,
  );
  const step = ({ g, rate, state }: ParameterStep<"squares">) => {
    const squares: Variable = T.add(state.squares, T.sqr(g));
    // Without a first value, a gradient that was always 0 divides 0 by 0.
    const scaled = T.where(T.gt(squares, 0), T.div(g, T.sqrt(T.add(squares, epsilon))), 0);
    return { change: product(rate, scaled), state: { squares } };
  };
  const rule = { name: "adagrad", state: { squares: initial }, step };
  return updatesOf(rule, given, parameters, learningRate);
}

/** Options of {@linkcode adadelta}. */
export interface AdadeltaOptions extends OptimiserOptions {
  /** What is left of the averages after a step; 0.9 if missing. */
  readonly rho?: number;
  /** Is added to the averages; 1e-6 if missing. */
  readonly epsilon?: number;
}

/**
 * AdaDelta: steps scaled by the ratio of the averages of past steps and of gradients.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 1 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.adadelta(w.sqr().sum(), [w]);
 * ```
 */
export function adadelta(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: AdadeltaOptions,
): OptimiserUpdates {
  const { learningRate, rho = 0.9, epsilon = 1e-6 } = optionsOf(
    "adadelta",
    options,
    { rho: "number", epsilon: "number" },
    1,
  );
  const step = ({ g, rate, state }: ParameterStep<"squares" | "steps">) => {
    const squares = mix(rho, state.squares, T.sqr(g));
    const ratio = T.div(T.sqrt(T.add(state.steps, epsilon)), T.sqrt(T.add(squares, epsilon)));
    const along: Variable = T.mul(ratio, g);
    const steps = mix(rho, state.steps, T.sqr(along));
    return { change: product(rate, along), state: { squares, steps } };
  };
  const rule = { name: "adadelta", state: { squares: 0, steps: 0 }, step };
  return updatesOf(rule, given, parameters, learningRate);
}

/** Options of {@linkcode rmsprop}. */
export interface RmspropOptions extends OptimiserOptions {
  /** What is left of the average after a step; 0.9 if missing. */
  readonly decay?: number;
  /** Is added to the average of squares; 1e-8 if missing. */
  readonly epsilon?: number;
  /** What is left of the velocity after a step; 0 if missing. */
  readonly momentum?: number;
  /** Whether to divide by the standard deviation, not by the root of the mean of squares. */
  readonly centered?: boolean;
}

/**
 * RMSProp: s = decay * s + (1 - decay) * g², p - rate * g / sqrt(s + epsilon).
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.rmsprop(w.sqr().sum(), [w], { momentum: 0.9 });
 * ```
 */
export function rmsprop(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: RmspropOptions,
): OptimiserUpdates {
  const { learningRate, decay = 0.9, epsilon = 1e-8, momentum: kept = 0, centered = false } =
    optionsOf(
      "rmsprop",
      options,
      { decay: "number", epsilon: "number", momentum: "number", centered: "boolean" },
      0.001,
    );
  const step = ({ g, rate, state }: ParameterStep<string>): ParameterChange<string> => {
    const squares = mix(decay, state["squares"]!, T.sqr(g));
    const mean = centered ? mix(decay, state["mean"]!, g) : null;
    const spread = mean === null ? squares : T.sub(squares, T.sqr(mean)) as Variable;
    const along = product(rate, T.div(g, T.sqrt(T.add(spread, epsilon))));
    const velocity = kept === 0 ? null : T.add(T.mul(state["velocity"]!, kept), along) as Variable;
    return {
      change: velocity ?? along,
      state: {
        squares,
        ...(mean === null ? {} : { mean }),
        ...(velocity === null ? {} : { velocity }),
      },
    };
  };
  const state = {
    squares: 0,
    ...(centered ? { mean: 0 } : {}),
    ...(kept === 0 ? {} : { velocity: 0 }),
  };
  return updatesOf<string>({ name: "rmsprop", state, step }, given, parameters, learningRate);
}

/** Options of {@linkcode adam}. */
export interface AdamOptions extends OptimiserOptions {
  /** What is left of the average of gradients after a step; 0.9 if missing. */
  readonly beta1?: number;
  /** What is left of the average of their squares after a step; 0.999 if missing. */
  readonly beta2?: number;
  /** Is added to the root of the average of squares; 1e-8 if missing. */
  readonly epsilon?: number;
  /** Whether to look ahead as Nesterov's momentum does. */
  readonly nesterov?: boolean;
}

/**
 * Adam: averages of gradients over the root of averages of their squares, corrected for their start at 0.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { compile, nn, shared, T } from "@croton/croton";
 *
 * const x = T.vector("x"), model = { out: { w: shared([3, 4]), b: shared(0) } };
 * const cost = x.dot(model.out.w).add(model.out.b).sqr();
 * const learningRate = nn.cosineDecay(0.01, { steps: 1000 });
 * const train = await compile([x], cost, { updates: nn.adam(cost, model, { learningRate }) });
 * train([1, 2]);
 * ```
 */
export function adam(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: AdamOptions,
): OptimiserUpdates {
  return adamLike("adam", given, parameters, options, 0);
}

/** Options of {@linkcode adamw}. */
export interface AdamWOptions extends AdamOptions {
  /** How fast weights decay, in units of the learning rate; 0.0001 if missing. */
  readonly weightDecay?: number;
}

/**
 * Adam with weight decay apart from the gradients.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.adamw(w.sqr().sum(), [w], { weightDecay: 0.01 });
 * ```
 */
export function adamw(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: AdamWOptions,
): OptimiserUpdates {
  return adamLike("adamw", given, parameters, options, 1e-4);
}

function adamLike(
  name: "adam" | "adamw",
  given: CostOrGradients,
  parameters: ParameterTree,
  options: AdamWOptions | undefined,
  decayed: number,
): OptimiserUpdates {
  const {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    nesterov: ahead = false,
    weightDecay = decayed,
  } = optionsOf(name, options, {
    beta1: "number",
    beta2: "number",
    epsilon: "number",
    nesterov: "boolean",
    ...(name === "adamw" ? { weightDecay: "number" } : {}),
  } as Omit<OptionKinds<AdamWOptions>, "learningRate">, 0.001);
  const step = ({ g, p, rate, t, state }: ParameterStep<"mean" | "squares">) => {
    // Scalars first: what is the same for all parameters is computed before the first of them.
    const scale = T.div(1, ahead ? bias(beta1, T.add(t, 1)) : bias(beta1, t));
    const spread = T.div(1, T.sqrt(bias(beta2, t)));
    const mean = mix(beta1, state.mean, g);
    const squares = mix(beta2, state.squares, T.sqr(g));
    const first = ahead
      ? mix(beta1, T.mul(scale, mean), T.div(g, bias(beta1, t)))
      : T.mul(scale, mean) as Variable;
    const along: Variable = T.div(first, T.add(T.mul(spread, T.sqrt(squares)), epsilon));
    const whole = weightDecay === 0 ? along : T.add(along, T.mul(p, weightDecay)) as Variable;
    return { change: product(rate, whole), state: { mean, squares } };
  };
  const rule = { name, state: { mean: 0, squares: 0 }, counts: true, step };
  return updatesOf(rule, given, parameters, learningRate);
}

/** Options of {@linkcode lion}. */
export interface LionOptions extends OptimiserOptions {
  /** The share of the average in the direction of a step; 0.9 if missing. */
  readonly beta1?: number;
  /** What is left of the average of gradients after a step; 0.99 if missing. */
  readonly beta2?: number;
  /** How fast weights decay, in units of the learning rate; 0.001 if missing. */
  readonly weightDecay?: number;
}

/**
 * Lion: steps of one size in the direction of the sign of an average of gradients.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.0001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.lion(w.sqr().sum(), [w], { learningRate: 1e-3 });
 * ```
 */
export function lion(
  given: CostOrGradients,
  parameters: ParameterTree,
  options?: LionOptions,
): OptimiserUpdates {
  const { learningRate, beta1 = 0.9, beta2 = 0.99, weightDecay = 1e-3 } = optionsOf(
    "lion",
    options,
    { beta1: "number", beta2: "number", weightDecay: "number" },
    1e-4,
  );
  const step = ({ g, p, rate, state }: ParameterStep<"mean">) => {
    const along: Variable = T.sgn(mix(beta1, state.mean, g));
    const whole = weightDecay === 0 ? along : T.add(along, T.mul(p, weightDecay)) as Variable;
    return { change: product(rate, whole), state: { mean: mix(beta2, state.mean, g) } };
  };
  return updatesOf({ name: "lion", state: { mean: 0 }, step }, given, parameters, learningRate);
}

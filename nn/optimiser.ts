/**
 * What optimisers have in common: options, gradients, what they remember, and the updates of a step.
 *
 * @module
 */

import { grad } from "../autodiff/grad.ts";
import * as T from "../core/api/functions.ts";
import { checkOptions, type OptionKinds } from "../core/base/options.ts";
import { type DType, promote } from "../core/graph/dtype.ts";
import { Variable } from "../core/graph/graph.ts";
import { shared, type SharedVariable } from "../core/runtime/shared.ts";
import { checkCount } from "./gradients.ts";
import {
  filled,
  parametersOf,
  type ParameterTree,
  variablesOf,
  type VariableTree,
} from "./parameters.ts";
import { type LearningRate, rateAt } from "./schedules.ts";

/** What is made smaller: a cost, which is a scalar, or its gradients in records and lists. */
export type CostOrGradients = Variable | VariableTree;

/**
 * What an optimiser remembers between steps: by kind, for each parameter by its name; and under `step` the
 * number of steps so far, where the optimiser counts them.
 */
export type OptimiserState = {
  // Two types, as an optional name beside any name is an error without `exactOptionalPropertyTypes`.
  readonly step?: SharedVariable;
} & {
  /** Averages and the like, by the names of parameters. */
  readonly [kind: string]: SharedVariable | Readonly<Record<string, SharedVariable>>;
};

/** The updates of one step: those of the parameters, then those of what the optimiser remembers. */
export type OptimiserUpdates = (readonly [SharedVariable, Variable])[] & {
  /** What the optimiser remembers, as `io.saveSafetensors` saves and `io.restore` restores it. */
  readonly state: OptimiserState;
};

/** Options that all optimisers have. */
export interface OptimiserOptions {
  /** The learning rate: a number, a shared or other scalar, or a schedule of the number of steps. */
  readonly learningRate?: LearningRate;
}

/** One parameter in a step. */
export interface ParameterStep<S extends string> {
  /** The gradient. */
  readonly g: Variable;
  /** The parameter. */
  readonly p: Variable;
  /** The learning rate. */
  readonly rate: Variable;
  /** The number of this step, from 1 on. */
  readonly t: Variable;
  /** What is remembered of the steps before. */
  readonly state: Readonly<Record<S, Variable>>;
}

/** What a step takes away from a parameter, and what it remembers. */
export interface ParameterChange<S extends string> {
  readonly change: Variable;
  readonly state: Readonly<Record<S, Variable>>;
}

/** An optimiser. */
interface OptimiserRule<S extends string> {
  readonly name: string;
  /** What it remembers for each parameter, and the number in all elements at first. */
  readonly state: Readonly<Record<S, number>>;
  /** Whether the rule needs the number of the step. */
  readonly counts?: boolean;
  readonly step: (place: ParameterStep<S>) => ParameterChange<S>;
}

/** Elements of float16 are too coarse for averages of squares. */
export function workingDType(dtype: DType): DType {
  return promote(dtype, "float32");
}

export function updatesOf<S extends string>(
  rule: OptimiserRule<S>,
  given: CostOrGradients,
  tree: ParameterTree,
  learningRate: LearningRate,
): OptimiserUpdates {
  const action = `Cannot make updates by ${rule.name}`;
  const parameters = parametersOf(action, tree);
  if (parameters.length === 0) throw new TypeError(`${action}: there are no parameters`);
  const gradients = gradientsOf(action, given, parameters.map(({ variable }) => variable));
  const widest = parameters.map(({ variable }) => workingDType(variable.dtype)).reduce(promote);
  const counts = rule.counts === true || typeof learningRate === "function";
  const count = counts ? shared(0, { dtype: "int32", name: "step" }) : null;
  const steps: Variable = T.cast(count ?? 0, widest);
  const rate = rateAt(action, learningRate, steps);
  const t: Variable = T.add(steps, 1);

  const kinds = Object.keys(rule.state) as S[];
  const kept: Record<string, Record<string, SharedVariable>> = {};
  for (const kind of kinds) kept[kind] = {};
  const updates: [SharedVariable, Variable][] = [], others: [SharedVariable, Variable][] = [];
  parameters.forEach(({ name, variable }, i) => {
    const dtype = workingDType(variable.dtype);
    const to = (x: Variable) => T.cast(x, dtype) as Variable;
    const own = {} as Record<S, SharedVariable>;
    const label = variable.name ?? name;
    for (const kind of kinds) {
      const one = filled(
        dtype,
        variable.container.shape,
        rule.state[kind],
        label === "" ? kind : `${label}.${kind}`,
      );
      own[kind] = one;
      kept[kind]![name === "" ? "0" : name] = one;
    }
    const p = to(variable);
    const { change, state } = rule.step({
      g: to(gradients[i]!),
      p,
      rate: to(rate),
      t: to(t),
      state: own,
    });
    updates.push([variable, T.cast(T.sub(p, change), variable.dtype)]);
    for (const kind of kinds) others.push([own[kind], state[kind]]);
  });
  if (count !== null) {
    others.push([count, T.add(count, 1)]);
  }
  const state: OptimiserState = { ...(count === null ? {} : { step: count }), ...kept };
  return Object.assign([...updates, ...others], { state });
}

/** The gradients of parameters: those of a cost, or the given ones. */
export function gradientsOf(
  action: string,
  given: CostOrGradients,
  parameters: readonly SharedVariable[],
): readonly Variable[] {
  if (given instanceof Variable) {
    if (given.ndim !== 0) {
      throw new TypeError(
        `${action}: expected a scalar as its cost, got ${given.label} of type ${given.type}; gradients ` +
          `are given in a list or a record`,
      );
    }
    return grad(given, [...parameters]);
  }
  const gradients = variablesOf(action, given);
  checkCount(action, gradients, parameters.length);
  gradients.forEach((one, i) => {
    const { ndim, label, type } = parameters[i]!;
    if (one.ndim === ndim) return;
    throw new TypeError(`${action}: expected a gradient like ${label}, ${type}, got ${one.type}`);
  });
  return gradients;
}

/** The options, checked, and the learning rate. */
export function optionsOf<O extends OptimiserOptions>(
  name: string,
  options: O | undefined,
  kinds: Omit<OptionKinds<O>, "learningRate">,
  rate: number,
): O & { learningRate: LearningRate } {
  const all = { learningRate: "any", ...kinds } as unknown as OptionKinds<O>;
  const checked = checkOptions(`Cannot make updates by ${name}`, options, all);
  return { ...checked, learningRate: checked.learningRate ?? rate };
}

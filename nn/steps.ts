/**
 * How the loop of training takes its steps: each by a call, or many by one call, as a scan.
 *
 * @module
 */

import { shown } from "../core/base/shown.ts";
import type { DeviceOption } from "../core/base/settings.ts";
import { makeVariable, Variable } from "../core/graph/graph.ts";
import { TensorType } from "../core/graph/type.ts";
import { replace } from "../core/graph/walk.ts";
import type { CompileOptions } from "../core/runtime/definition.ts";
import { compile } from "../core/runtime/function.ts";
import type { Profile } from "../core/runtime/measured.ts";
import type { SharedVariable } from "../core/runtime/shared.ts";
import type { Tensor } from "../core/runtime/tensor.ts";
import { scan } from "../scan/loop.ts";
import { type DataSet, type Minibatch, type Part, rowsOf } from "./minibatches.ts";

/** A step of training as a graph. */
export interface StepGraph<D extends DataSet> {
  /** What stands for a minibatch of each part of the data. */
  readonly inputs: { readonly [K in keyof D]: Variable };
  /** The loss of the minibatch. */
  readonly cost: Variable;
  /** What a step changes, as optimisers give it. */
  readonly updates: readonly (readonly [SharedVariable, Variable])[];
  /** Where to run; as `compile` chooses, if missing. */
  readonly device?: DeviceOption;
  /** Whether to measure calls, kernels and compiling, as `compile` does. */
  readonly profile?: boolean;
}

/** A function that takes steps, and what was measured of it, if that was wanted. */
interface CompiledSteps {
  readonly take: TakeSteps;
  readonly profile: Profile | null;
}

/** A step of training: takes a minibatch and gives its loss. */
export type StepFunction<D extends DataSet> = (batch: Minibatch<D>) => Tensor | number;

/** Where rows are taken from: parts of the data, and their order. */
export interface RowOrder {
  readonly parts: readonly Part[];
  readonly order: Uint32Array;
  readonly batch: number;
}

/** Takes minibatches `first` to before `end`, unless `stop` says so earlier: the losses of those taken. */
export type TakeSteps = (
  rows: RowOrder,
  first: number,
  end: number,
  stop: () => boolean,
) => readonly (Tensor | number)[];

/** Steps by a call for each. */
export function stepsByCalls<D extends DataSet>(step: StepFunction<D>): TakeSteps {
  return ({ parts, order, batch }, first, end, stop) => {
    const losses: (Tensor | number)[] = [];
    for (let i = first; i < end; i++) {
      const last = Math.min((i + 1) * batch, order.length);
      const minibatch = Object.fromEntries(
        parts.map((part) => [part.name, rowsOf(part, order, i * batch, last)]),
      );
      losses.push(step(minibatch as Minibatch<D>));
      if (stop()) break;
    }
    return losses;
  };
}

function inputsOf<D extends DataSet>(action: string, graph: StepGraph<D>, names: string[]) {
  const { inputs, cost } = graph;
  if (!(cost instanceof Variable) || cost.ndim !== 0) {
    throw new TypeError(`${action}: expected a scalar as the cost of a step, got ${shown(cost)}`);
  }
  return names.map((name): Variable => {
    const input: unknown = inputs?.[name];
    if (input instanceof Variable) return input;
    throw new TypeError(
      `${action}: expected an input of the step for each part of the data, got none for "${name}"`,
    );
  });
}

/** A compiled function that gives losses. */
type Loss = ((...values: Tensor[]) => Tensor) & { readonly profile: Profile | null };

function settingsOf<D extends DataSet>({ device, profile }: StepGraph<D>): CompileOptions {
  return {
    onUnusedInput: "ignore",
    // Else plans, and with them the last bits, would depend on the lengths that were seen before: a training
    // that goes on has seen others. Minibatches have one length, and at the end of an epoch another.
    dynamicAxes: "none",
    ...(device === undefined ? {} : { device }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** A function of a minibatch that takes the step of a graph. */
export async function compiledStep<D extends DataSet>(
  action: string,
  graph: StepGraph<D>,
  names: string[],
): Promise<CompiledSteps> {
  const inputs = inputsOf(action, graph, names);
  const step = await compile(inputs, graph.cost, {
    updates: graph.updates,
    name: "step",
    ...settingsOf(graph),
  }) as unknown as Loss;
  const take = stepsByCalls((batch) => step(...names.map((name) => batch[name]!)));
  return { take, profile: step.profile };
}

/** A function of many minibatches that takes the step of a graph with one after the other: a scan. */
export async function compiledLoop<D extends DataSet>(
  action: string,
  graph: StepGraph<D>,
  names: string[],
): Promise<CompiledSteps> {
  const inputs = inputsOf(action, graph, names);
  const windows = inputs.map(({ type }) =>
    makeVariable(TensorType.of(type.dtype, [null, ...type.shape]))
  );
  const targets = graph.updates.map(([target]) => target);
  const roots = [graph.cost, ...graph.updates.map(([, value]) => value)];
  const [costs, updates] = scan((...batch: Variable[]) => {
    const [cost, ...values] = replace(roots, new Map(inputs.map((one, i) => [one, batch[i]!])));
    return [cost!, new Map(targets.map((target, i) => [target, values[i]!]))];
  }, { sequences: windows, name: "epoch" });
  const loop = await compile(windows, costs as Variable, {
    updates: [...updates],
    name: "epoch",
    ...settingsOf(graph),
  }) as unknown as Loss;
  const take: TakeSteps = ({ parts, order, batch }, first, end) => {
    const start = first * batch, last = Math.min(end * batch, order.length);
    const lead = [end - first, Math.min(batch, last - start)];
    return [loop(...parts.map((part) => rowsOf(part, order, start, last, lead)))];
  };
  return { take, profile: loop.profile };
}

/**
 * Turns a graph with concrete shapes into a Program.
 *
 * @module
 */

import type { DType } from "../dtype.ts";
import { ScalarBuilder } from "../kernel/builder.ts";
import type { Check, Program } from "../kernel/program.ts";
import { baseSize, Guards, type Size } from "../kernel/size.ts";
import type { Variable } from "../variable.ts";
import { commitUpdates } from "./commit.ts";
import { type Storage, storageRules } from "./element.ts";
import { checkPositions } from "./limits.ts";
import { mergeSteps } from "./merge.ts";
import { BufferTable } from "./place.ts";
import { Scope } from "./scope.ts";
import { type LeafInfo, Shapes } from "./shapes.ts";

/** A leaf of the function, bound to memory at each call. */
export interface PlanLeaf {
  readonly variable: Variable;
  readonly shape: readonly number[];
  /** The integers it holds, for integer leaves of rank 0 whose value the host knows. */
  readonly value?: number;
}

/** What to plan. */
export interface PlanRequest {
  readonly name: string;
  readonly inputs: readonly PlanLeaf[];
  readonly shared: readonly PlanLeaf[];
  readonly outputs: readonly Variable[];
  /** New values of shared variables, by slot in `shared`. */
  readonly updates: readonly { readonly shared: number; readonly value: Variable }[];
  readonly narrowsInt64: boolean;
  /** Whether the device keeps NaN and infinities as IEEE 754 says, so that kernels need no guards. */
  readonly ieee?: boolean;
  /** Axis lengths that may change without a new plan, as `input.axis` keys. */
  readonly dynamic: ReadonlySet<string>;
}

/** Where the value of a base symbol is found at a call. */
export type SymbolSource =
  | { readonly kind: "length"; readonly input: number; readonly axis: number }
  | { readonly kind: "value"; readonly input: number };

/** A planned function. */
export interface Plan {
  readonly program: Program;
  /** Sources of the size environment, by slot. */
  readonly symbols: readonly SymbolSource[];
  readonly outputs: readonly { readonly dtype: DType; readonly shape: readonly Size[] }[];
  /**
   * For each update: written in place by the program, or put into an output buffer (numbered after the
   * function's outputs) that becomes the shared variable's value.
   */
  readonly updates: readonly ({ readonly shared: number; readonly output: number | null } & {
    readonly shape: readonly Size[];
  })[];
}

/** State of one planning run. */
export class Planner {
  readonly guards = new Guards();
  readonly b: ScalarBuilder;
  readonly storage: Storage;
  readonly buffers: BufferTable;
  readonly checks: Check[] = [];
  #nextLoop = 0;

  constructor(request: PlanRequest) {
    this.b = new ScalarBuilder({ ieee: request.ieee ?? false });
    this.storage = storageRules(request.narrowsInt64);
    this.buffers = new BufferTable(this.storage);
  }

  /** Numbers a run-time check. */
  addCheck(message: string): number {
    const have = this.checks.findIndex((check) => check.message === message);
    if (have >= 0) return have;
    this.checks.push({ message });
    return this.checks.length - 1;
  }

  /** A number for a loop. */
  loopId(): number {
    return this.#nextLoop++;
  }
}

/** The leaves as the shape rules see them, and the sources of their symbols. */
export function planLeaves(
  request: Pick<PlanRequest, "inputs" | "shared" | "dynamic">,
): { leaves: Map<Variable, LeafInfo>; symbols: SymbolSource[] } {
  const leaves = new Map<Variable, LeafInfo>();
  const symbols: SymbolSource[] = [];
  request.inputs.forEach((leaf, input) => {
    const shape = leaf.shape.map((n, axis): Size => {
      const key = `${input}.${axis}`;
      if (!request.dynamic.has(key)) return n;
      symbols.push({ kind: "length", input, axis });
      return baseSize(`n${key}`, symbols.length - 1, n);
    });
    if (leaf.value === undefined) leaves.set(leaf.variable, { shape });
    else {
      symbols.push({ kind: "value", input });
      const value = baseSize(`v${input}`, symbols.length - 1, leaf.value);
      leaves.set(leaf.variable, { shape, integers: [value] });
    }
  });
  for (const leaf of request.shared) leaves.set(leaf.variable, { shape: leaf.shape });
  return { leaves, symbols };
}

/** Plans a function. */
export function planProgram(request: PlanRequest): Plan {
  const planner = new Planner(request);
  const { leaves, symbols } = planLeaves(request);
  const shapes = new Shapes(planner.guards, leaves);
  const scope = new Scope(planner, shapes);
  request.inputs.forEach(({ variable }, input) => {
    const shape = shapes.shape(variable);
    scope.place(
      variable,
      planner.buffers.add(variable.name ?? `input ${input}`, variable.dtype, shape, {
        kind: "input",
        input,
      }),
    );
  });
  request.shared.forEach(({ variable }, shared) => {
    scope.place(
      variable,
      planner.buffers.add(
        variable.name ?? `shared ${shared}`,
        variable.dtype,
        shapes.shape(variable),
        {
          kind: "shared",
          shared,
        },
      ),
    );
  });

  const results = [...request.outputs, ...request.updates.map((update) => update.value)];
  scope.prepare(results);
  const taken = new Set<Variable>();
  const buffers = results.map((variable, output) => {
    const shape = shapes.shape(variable);
    const place = planner.buffers.add(variable.name ?? `output ${output}`, variable.dtype, shape, {
      kind: "output",
      output,
    });
    if (scope.placeOf(variable) === null && variable.owner !== null && !taken.has(variable)) {
      taken.add(variable);
      scope.want(variable, place);
    }
    return place;
  });
  results.forEach((variable, i) => {
    const place = buffers[i]!;
    const computed = variable.owner === null && scope.placeOf(variable) === null
      ? null
      : scope.materialise(variable);
    if (computed === null || computed.buffer !== place.buffer) scope.computeInto(variable, place);
  });

  const count = request.outputs.length;
  const committed = commitUpdates(planner, mergeSteps(planner, scope.steps), {
    shared: (slot) => scope.placeOf(request.shared[slot]!.variable)!,
    updates: request.updates.map((update, i) => ({
      shared: update.shared,
      place: buffers[count + i]!,
      output: count + i,
    })),
  });
  checkPositions(planner.guards, [...committed.steps, ...committed.commit]);
  return {
    program: {
      name: request.name,
      buffers: planner.buffers.all,
      steps: committed.steps,
      commit: committed.commit,
      checks: planner.checks,
      symbols: symbols.map((source) =>
        source.kind === "value" ? `v${source.input}` : `n${source.input}.${source.axis}`
      ),
      guards: planner.guards,
    },
    symbols,
    outputs: request.outputs.map((variable) => ({
      dtype: variable.dtype,
      shape: shapes.shape(variable),
    })),
    updates: request.updates.map((update, i) => ({
      shared: update.shared,
      output: committed.inPlace.has(i) ? null : count + i,
      shape: shapes.shape(update.value),
    })),
  };
}

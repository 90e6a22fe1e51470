/**
 * An expression of one step, for all steps at once: every value that changes with the step gets a
 * leading axis of steps.
 *
 * @module
 */

import { type Apply, applyOp, Constant, type Variable, withOriginOf } from "../core/graph/graph.ts";
import type { Op, ParamKind } from "../core/graph/op.ts";
import { toposort } from "../core/graph/walk.ts";
import { broadcastTo } from "../core/ops/shape/broadcast_to.ts";
import { dimshuffle } from "../core/ops/shape/dimshuffle.ts";
import { index, slice } from "../core/ops/index/indexing.ts";
import { matmul } from "../core/ops/linalg/linalg.ts";
import { reshape } from "../core/ops/shape/reshape.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";

/** A value outside the loop: stacked over the steps, or the same for all of them. */
export interface Batched {
  readonly value: Variable;
  /** Whether `value` has a leading axis of steps. */
  readonly stacked: boolean;
}

type Rule = (apply: Apply, inputs: readonly Batched[]) => Batched | null;

/** `x` with its step axis in front of `rank` others: missing ones are of length 1. */
function aligned(x: Batched, rank: number): Variable {
  if (!x.stacked) return x.value;
  const own = x.value.ndim - 1;
  if (own === rank) return x.value;
  const fill = Array.from({ length: rank - own }, () => "x" as const);
  return dimshuffle(x.value, 0, ...fill, ...Array.from({ length: own }, (_, d) => d + 1));
}

const elementwise: Rule = (apply, inputs) => {
  const rank = apply.output.ndim;
  const args = inputs.map((input) => aligned(input, rank));
  return { value: applyOp(apply.op, args, apply.params).output, stacked: true };
};

/** Ops that other ops of a step read in place: over all steps they would be stored. */
const inPlace = new Set(["windows", "foldWindows", "pad", "advIndex", "advInc"]);

/** The same op with its axes moved up by one, if what it makes of the rows of its inputs are rows. */
const rowByRow: Rule = (apply, inputs) => {
  const { op } = apply, kinds: Readonly<Record<string, ParamKind>> = op.params ?? {};
  const hasAxes = Object.values(kinds).some((kind) => kind === "axis" || kind === "axes");
  if (op.along === undefined || !hasAxes || inPlace.has(op.name)) return null;
  if (inputs.some(({ value, stacked }) => stacked && value.ndim === 1)) return null;
  const params = Object.fromEntries(
    Object.entries(apply.params).map(([key, value]) => [key, movedUp(kinds[key], value)]),
  );
  const count = steps(inputs.find(({ stacked }) => stacked)!);
  const all = inputs.map(({ value, stacked }) =>
    stacked || value.ndim === 0 ? value : broadcastTo(value, [count, ...lengthsIn(value)])
  );
  const made = applyOp(op, all, params), along = op.along(made, 0);
  const goesAlong = inputs.every(({ stacked }, i) =>
    (along[i] ?? null) === 0 || !stacked && all[i]!.ndim === 0
  );
  return goesAlong ? { value: made.output, stacked: true } : null;
};

/** The outputs of an op that takes any axes in front, with one more. */
function withSteps(apply: Apply, inputs: readonly Batched[]): readonly Batched[] {
  const count = steps(inputs.find(({ stacked }) => stacked)!);
  const all = inputs.map(({ value, stacked }) =>
    stacked ? value : broadcastTo(value, [count, ...lengthsIn(value)])
  );
  const { outputs } = applyOp(apply.op, all, apply.params);
  return outputs.map((value) => ({ value, stacked: true }));
}

function movedUp(kind: ParamKind | undefined, value: unknown): unknown {
  if (kind === "axis") return value as number + 1;
  return kind === "axes" ? (value as readonly number[]).map((axis) => axis + 1) : value;
}

function lengthsIn(value: Variable): Variable[] {
  return value.type.shape.map((_, d) => shapeOf(value, d));
}

function steps(x: Batched): Variable {
  return shapeOf(x.value, 0);
}

const rules: Readonly<Record<string, Rule>> = {
  dimshuffle: (apply, [x]) => {
    const { pattern } = apply.params as { pattern: readonly (number | "x")[] };
    // Rows of a trace are known to have length 1 where the state has it, whatever the type of a trace.
    const isLost = (axis: number) => !pattern.includes(axis) && x!.value.type.shape[axis + 1] !== 1;
    const axes = apply.inputs[0]!.type.shape.map((_, axis) => axis);
    const whole = axes.filter((axis) => !isLost(axis));
    const value = whole.length === axes.length
      ? x!.value
      : index(x!.value, [slice(), ...axes.map((axis) => isLost(axis) ? 0 : slice())]);
    const moved = pattern.map((axis) => axis === "x" ? axis : whole.indexOf(axis) + 1);
    return { value: dimshuffle(value, 0, ...moved), stacked: true };
  },
  shapeI: (apply, [x]) => {
    const { axis } = apply.params as { axis: number };
    return { value: shapeOf(x!.value, axis + 1), stacked: false };
  },
  reshape: (_, [x, ...dims]) => {
    if (!x!.stacked || dims.some((dim) => dim.stacked)) return null;
    return {
      value: reshape(x!.value, [steps(x!), ...dims.map((dim) => dim.value)]),
      stacked: true,
    };
  },
  broadcastTo: (_, [x, ...dims]) => {
    if (!x!.stacked || dims.some((dim) => dim.stacked)) return null;
    const value = aligned(x!, dims.length);
    return {
      value: broadcastTo(value, [steps(x!), ...dims.map((dim) => dim.value)]),
      stacked: true,
    };
  },
  specifyShape: (_, [x]) => x!,
  fill: (apply, [like, value]) => {
    const rank = apply.output.ndim;
    if (!like!.stacked) {
      // One value for each step, spread over the shape of something that is the same.
      const dims = [steps(value!), ...lengthsIn(like!.value)];
      return { value: broadcastTo(aligned(value!, rank), dims), stacked: true };
    }
    return { value: broadcastTo(aligned(value!, rank), lengthsIn(like!.value)), stacked: true };
  },
  subtensor: (apply, [x, ...scalars]) => {
    const entries = (apply.params as {
      index: readonly { kind: string; start?: boolean; stop?: boolean; step?: boolean }[];
    }).index;
    if (x!.stacked && scalars.every((scalar) => !scalar.stacked)) {
      let next = 0;
      const take = (has: boolean | undefined) => has ? scalars[next++]!.value : null;
      const items = entries.map((entry) =>
        entry.kind === "int"
          ? take(true)!
          : slice(take(entry.start), take(entry.stop), take(entry.step))
      );
      return { value: index(x!.value, [slice(), ...items]), stacked: true };
    }
    // Elements or rows of something fixed, at places that change with the step.
    if (x!.stacked || !entries.every((entry) => entry.kind === "int")) return null;
    const varying = scalars.find((scalar) => scalar.stacked)!;
    const places = scalars.map((scalar) =>
      scalar.stacked ? scalar.value : broadcastTo(scalar.value, [steps(varying)])
    );
    return { value: index(x!.value, places), stacked: true };
  },
  matmul: (apply, [a, b]) => {
    if (a!.stacked && b!.stacked) return { value: matmul(a!.value, b!.value), stacked: true };
    if (apply.output.ndim !== 2) return null;
    if (a!.stacked) return { value: rowsTimes(a!.value, b!.value), stacked: true };
    // A times B_t is the transpose of B_t' times A'.
    const turned = rowsTimes(dimshuffle(b!.value, 0, 2, 1), dimshuffle(a!.value, 1, 0));
    return { value: dimshuffle(turned, 0, 2, 1), stacked: true };
  },
};

function ruleOf({ name, lowering }: Op): Rule {
  if (lowering.kind === "elementwise") return elementwise;
  return Object.hasOwn(rules, name) ? rules[name]! : rowByRow;
}

/** (steps, m, k) times (k, n), as one product of (steps*m, k). */
function rowsTimes(stacked: Variable, matrix: Variable): Variable {
  const flat = reshape(stacked, [-1, shapeOf(stacked, 2)]);
  const product = matmul(flat, matrix);
  return reshape(product, [shapeOf(stacked, 0), shapeOf(stacked, 1), shapeOf(matrix, 1)]);
}

/**
 * The outputs for all steps at once, from what the placeholders stand for; null for an output that
 * cannot be computed so.
 */
export function batch(
  outputs: readonly Variable[],
  leaves: ReadonlyMap<Variable, Batched>,
): (Batched | null)[] {
  const done = new Map<Variable, Batched | null>(leaves);
  const find = (variable: Variable): Batched | null => {
    const known = done.get(variable);
    if (known !== undefined) return known;
    if (variable instanceof Constant) return { value: variable, stacked: false };
    return null;
  };
  for (const apply of toposort(outputs, (variable) => leaves.has(variable))) {
    const inputs = apply.inputs.map(find);
    if (inputs.some((input) => input === null)) {
      for (const output of apply.outputs) if (!leaves.has(output)) done.set(output, null);
      continue;
    }
    const known = inputs as Batched[];
    if (known.every((input) => !input.stacked)) {
      const made = withOriginOf(
        apply.outputs[0]!,
        () => applyOp(apply.op, known.map((input) => input.value), apply.params),
      );
      apply.outputs.forEach((output, i) => {
        if (!leaves.has(output)) done.set(output, { value: made.outputs[i]!, stacked: false });
      });
      continue;
    }
    if (apply.op.facts?.has("counted")) {
      const made = withOriginOf(apply.outputs[0]!, () => withSteps(apply, known));
      apply.outputs.forEach((output, i) => leaves.has(output) || done.set(output, made[i]!));
      continue;
    }
    const result = apply.outputs.length === 1
      ? withOriginOf(apply.output, () => ruleOf(apply.op)(apply, known))
      : null;
    for (const output of apply.outputs) if (!leaves.has(output)) done.set(output, result);
  }
  return outputs.map(find);
}

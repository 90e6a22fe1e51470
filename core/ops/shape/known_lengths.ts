/**
 * The lengths of axes in terms of the lengths of leaves, so that two variables can be seen to have the
 * same shape before any shape is known.
 *
 * @module
 */

import { type Apply, type Variable, withOriginOf } from "../../graph/graph.ts";
import type { AdvIndexParams } from "../index/adv_index.ts";
import { intConstant, staticInt } from "../common/arguments.ts";
import type { DimshuffleParams } from "./dimshuffle.ts";
import { elementwiseOps } from "../elementwise/table.ts";
import type { JoinParams } from "./join.ts";
import { jointLengthOf } from "./joint_length.ts";
import type { ReduceParams } from "../reduce/reduce_ops.ts";
import { type ShapeIParams, shapeOf, type SpecifyShapeParams } from "./shape.ts";
import type { IndexEntry, SubtensorParams } from "../index/subtensor.ts";
import type { SumToParams } from "../reduce/sum_to.ts";
import type { PadParams, WindowParams } from "../nn/window.ts";

/** A length: a number, or the 0-d integer variable whose value it is. Equal ones are `===`. */
export type Length = number | Variable;

/** What is known of an axis; null if only the variable itself can say how long it is. */
type Found = Length | null;

/** How the lengths of an op's output follow from those of other variables. */
interface LengthRule {
  /** The variables whose lengths are needed. */
  needs(apply: Apply): readonly Variable[];
  /** The lengths, given those of `needs`. */
  find(apply: Apply, of: (variable: Variable) => readonly Length[]): readonly Found[];
}

const found = new WeakMap<Variable, readonly Length[]>();

/** The lengths of the axes of a variable. */
export function lengthsOf(variable: Variable): readonly Length[] {
  const stack = [variable];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const rule = found.has(top) ? undefined : ruleOf(top);
    const missing = rule?.needs(top.owner!).filter((needed) => !found.has(needed)) ?? [];
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    if (found.has(top)) continue;
    const lengths = rule?.find(top.owner!, (other) => found.get(other)!);
    found.set(top, top.type.shape.map((n, axis) => n ?? lengths?.[axis] ?? shapeOf(top, axis)));
  }
  return found.get(variable)!;
}

/** Says that a variable that nothing computes has the shape of another. */
export function assumeShape(variable: Variable, like: Variable): void {
  found.set(variable, lengthsOf(like));
}

/** The lengths of the axes of a variable as 0-d integer variables. */
export function knownDims(variable: Variable): Variable[] {
  return lengthsOf(variable).map(lengthVariable);
}

/** A length as a 0-d integer variable. */
export function lengthVariable(length: Length): Variable {
  return typeof length === "number" ? intConstant(length) : length;
}

/** The length that axes broadcast to. Throws for numbers that do not go together. */
export function jointLength(lengths: readonly Length[]): Length {
  const different = new Set(lengths.filter((n) => n !== 1));
  if (different.size === 0) return 1;
  if (different.size === 1) return [...different][0]!;
  return jointLengthOf([...different].map(lengthVariable));
}

function ruleOf(variable: Variable): LengthRule | undefined {
  const apply = variable.owner;
  if (apply === null || variable.index > 0 || variable.ndim === 0) return undefined;
  const { name } = apply.op;
  return Object.hasOwn(elementwiseOps, name) ? elementwise : rules.get(name);
}

const elementwise: LengthRule = {
  needs: (apply) => apply.inputs,
  find: (apply, of) => {
    const all = apply.inputs.map(of), { shape } = apply.output.type, ndim = shape.length;
    // What fails where these do not go together is the op, not the question.
    return withOriginOf(
      apply.output,
      () =>
        shape.map((known, axis) =>
          known ?? jointLength(all.map((own) => own[axis - ndim + own.length] ?? 1))
        ),
    );
  },
};

/** The shape of an input. */
function like(input: number): LengthRule {
  return {
    needs: (apply) => [apply.inputs[input]!],
    find: (apply, of) => of(apply.inputs[input]!),
  };
}

/** The first input where `changes` says that an axis stays. */
function except(changes: (apply: Apply, axis: number) => boolean): LengthRule {
  return {
    ...like(0),
    find: (apply, of) => of(apply.inputs[0]!).map((n, axis) => changes(apply, axis) ? null : n),
  };
}

/** The variable whose shape a dim tells, if it is one. */
function toldBy(dim: Variable): Variable[] {
  return dim.owner?.op.name === "shapeI" ? [dim.owner.inputs[0]!] : [];
}

/** A dim as a length. */
function lengthOfDim(dim: Variable, of: (variable: Variable) => readonly Length[]): Length {
  const [source] = toldBy(dim);
  if (source === undefined) return staticInt(dim) ?? dim;
  return of(source)[(dim.owner!.params as ShapeIParams).axis]!;
}

const told = new Set(["shapeI", "jointLength", "length"]);
const growing = new Set(["add", "mul", "maximum", "minimum", "intDiv"]);

/** Whether an integer is certainly not negative: a length, or computed from lengths. */
export function isNotNegative(dim: Variable): boolean {
  const stack = [dim];
  for (let steps = 0; stack.length > 0; steps++) {
    const top = stack.pop()!, known = staticInt(top), name = top.owner?.op.name;
    if (known !== null && known >= 0 || name !== undefined && told.has(name)) continue;
    // Narrower ones may wrap.
    if (steps > 50 || name === undefined || !growing.has(name) || top.dtype !== "int64") {
      return false;
    }
    stack.push(...top.owner!.inputs);
  }
  return true;
}

/** The lengths that inputs from `from` on name. */
function named(from: number, mayBeOpen = false): LengthRule {
  return {
    needs: (apply) => apply.inputs.slice(from).flatMap(toldBy),
    find: (apply, of) =>
      apply.inputs.slice(from).map((dim) =>
        // A dim may be -1: "as many as are left".
        mayBeOpen && !isNotNegative(dim) ? null : lengthOfDim(dim, of)
      ),
  };
}

const reduced: LengthRule = {
  ...like(0),
  find: (apply, of) => {
    const { axes } = apply.params as ReduceParams;
    return of(apply.inputs[0]!).filter((_, axis) => !axes.includes(axis));
  },
};

const positions: LengthRule = {
  needs: (apply) => apply.inputs,
  find: (apply, of) => {
    const { axes } = apply.params as AdvIndexParams;
    const [whole, ...indices] = apply.inputs.map(of) as [readonly Length[], ...Length[][]];
    const rank = Math.max(0, ...indices.map((own) => own.length));
    const places = Array.from(
      { length: rank },
      (_, d) => jointLength(indices.map((own) => own[d - rank + own.length] ?? 1)),
    );
    const kept = whole.filter((_, axis) => !axes.includes(axis));
    const together = axes.every((axis, i) => i === 0 || axis === axes[i - 1]! + 1);
    const at = together ? axes[0]! : 0;
    return [...kept.slice(0, at), ...places, ...kept.slice(at)];
  },
};

const rules: ReadonlyMap<string, LengthRule> = new Map<string, LengthRule>([
  ["fill", like(0)],
  ["derivedAs", like(0)],
  ["cumop", like(0)],
  ["sort", like(0)],
  ["argsort", like(0)],
  ["inRange", like(0)],
  ["incSubtensor", like(0)],
  ["advInc", like(0)],
  ["advIndex", positions],
  ["reduce", reduced],
  ["argreduce", reduced],
  ["arange", {
    needs: (apply) => toldBy(apply.inputs[1]!),
    find: (apply, of) => {
      const [start, stop, step] = apply.inputs as [Variable, Variable, Variable];
      const counts = staticInt(start) === 0 && staticInt(step) === 1 && isNotNegative(stop);
      return [counts ? lengthOfDim(stop, of) : null];
    },
  }],
  ["broadcastTo", named(1)],
  ["reshape", named(1, true)],
  ["draw", named(1)],
  ["foldWindows", named(1)],
  ["join", except((apply, axis) => axis === (apply.params as JoinParams).axis)],
  ["pad", except((apply, axis) => (apply.params as PadParams).axes.includes(axis))],
  ["windows", except((apply, axis) => (apply.params as WindowParams).axes.includes(axis))],
  ["dimshuffle", {
    ...like(0),
    find: (apply, of) => {
      const lengths = of(apply.inputs[0]!);
      return (apply.params as DimshuffleParams).pattern.map((item) =>
        item === "x" ? 1 : lengths[item]!
      );
    },
  }],
  ["matmul", {
    needs: (apply) => apply.inputs,
    find: (apply, of) => [...of(apply.inputs[0]!).slice(0, -1), of(apply.inputs[1]!).at(-1)!],
  }],
  ["subtensor", {
    ...like(0),
    find: (apply, of) => {
      const { index } = apply.params as SubtensorParams;
      return of(apply.inputs[0]!).flatMap((n, axis): Found[] => {
        const entry = index[axis];
        return entry?.kind === "int" ? [] : [isWholeEntry(entry) ? n : null];
      });
    },
  }],
  ["specifyShape", {
    needs: (apply) => [apply.inputs[0]!, ...apply.inputs.slice(1).flatMap(toldBy)],
    find: (apply, of) => {
      const [x, ...given] = apply.inputs as [Variable, ...Variable[]];
      let next = 0;
      return (apply.params as SpecifyShapeParams).shape.map((promise, axis) =>
        promise === "given" ? lengthOfDim(given[next++]!, of) : promise ?? of(x)[axis]!
      );
    },
  }],
  ["sumTo", {
    needs: (apply) => [apply.inputs[0]!, ...apply.inputs.slice(1).flatMap(toldBy)],
    find: (apply, of) => {
      const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
      const { axes } = apply.params as SumToParams;
      return of(x).map((n, axis) => {
        const at = axes.indexOf(axis);
        return at < 0 ? n : lengthOfDim(dims[at]!, of);
      });
    },
  }],
]);

/** Whether an entry of an index takes a whole axis as it is; so does a missing one. */
export function isWholeEntry(entry: IndexEntry | undefined): boolean {
  return entry === undefined ||
    entry.kind === "slice" && !entry.start && !entry.stop && !entry.step;
}

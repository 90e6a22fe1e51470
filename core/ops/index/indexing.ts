/**
 * General indexing, as in NumPy: reading a part of a tensor, and the tensor with that part changed.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import { outputOf, Variable } from "../../graph/graph.ts";
import type { DTypeOf, Like } from "../../graph/type_arithmetic.ts";
import { type Dim, shapeLabel } from "../common/arguments.ts";
import { advIncOp, type AdvIncParams, advIndexOp, type AdvIndexParams } from "./adv_index.ts";
import { castTo, elementwise, typed } from "../common/build.ts";
import type { PatternItem } from "../shape/dimshuffle.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import {
  axesTaken,
  fillIndex,
  type IndexSpec,
  type Item,
  parseIndex,
  type SliceSpec,
} from "./index_spec.ts";
import { dimVariable, productDims } from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { reshaped } from "../shape/reshape_op.ts";
import { lastRow } from "./last_row.ts";
import { maskPositions } from "./nonzero.ts";
import { dimsOf, maskOf } from "../shape/shape_ops.ts";
import {
  incSubtensorOp,
  type IncSubtensorParams,
  type IndexEntry,
  isWholeEntry,
  subtensorOp,
  type SubtensorParams,
  wholeEntry,
} from "./subtensor.ts";
import { shown } from "../../base/shown.ts";

/** The steps by which an index is taken; each one is missing where there is nothing to do. */
interface Path {
  readonly x: Variable;
  /** Integers and slices, with their scalars. */
  readonly basic:
    | { readonly index: readonly IndexEntry[]; readonly scalars: readonly Variable[] }
    | null;
  readonly part: Variable;
  /** Puts in new axes. */
  readonly pattern: readonly PatternItem[] | null;
  readonly spread: Variable;
  /** Merges the axes of masks. */
  readonly merged: Variable;
  /** Positions, by axis of `merged`. */
  readonly positions:
    | { readonly axes: readonly number[]; readonly tensors: readonly Variable[] }
    | null;
  readonly picked: Variable;
  /** Puts the axes of the positions in front, where NumPy has them. */
  readonly front: readonly number[] | null;
  readonly result: Variable;
}

function isWhole(item: Item): boolean {
  return item.kind === "slice" && item.start === null && item.stop === null && item.step === null;
}

function isAdvanced(item: Item): boolean {
  return item.kind === "positions" || item.kind === "mask";
}

/** Whether NumPy puts the axes of positions in front: something else stands between them. */
function isSeparated(items: readonly Item[]): boolean {
  const advanced = items.flatMap((item, i) => isAdvanced(item) || item.kind === "int" ? [i] : []);
  return advanced.length > 0 && advanced.at(-1)! - advanced[0]! !== advanced.length - 1;
}

function pathOf(x: Variable, spec: IndexSpec): Path {
  const action = `Cannot index ${shapeLabel(x)}`;
  const given = parseIndex(spec, action);
  const items = fillIndex(given, x.ndim, action);
  const basic = basicIndex(items);
  const part = basic === null
    ? x
    : outputOf<SubtensorParams>(subtensorOp, [x, ...basic.scalars], { index: basic.index });
  let axis = 0;
  const pattern = items.flatMap((item): PatternItem[] => {
    if (item.kind === "int") return [];
    if (item.kind === "newaxis") return ["x"];
    return Array.from({ length: axesTaken(item) }, () => axis++);
  });
  const adds = pattern.includes("x");
  const spread = adds ? shuffled(part, pattern) : part;
  const path = { x, basic, part, pattern: adds ? pattern : null, spread };
  if (!items.some(isAdvanced)) {
    return {
      ...path,
      merged: spread,
      positions: null,
      picked: spread,
      front: null,
      result: spread,
    };
  }
  const { merged, positions } = mergeMasks(spread, x, items);
  const picked = outputOf<AdvIndexParams>(advIndexOp, [merged, ...positions.tensors], {
    axes: positions.axes,
  });
  const rank = picked.ndim - merged.ndim + positions.axes.length, first = positions.axes[0]!;
  const together = positions.axes.every((d, i) => d === first + i);
  const moves = isSeparated(given) && together && first > 0;
  const front = moves
    ? Array.from(
      { length: picked.ndim },
      (_, d) => d < rank ? first + d : d < rank + first ? d - rank : d,
    )
    : null;
  const result = front === null ? picked : shuffled(picked, front);
  return { ...path, merged, positions, picked, front, result };
}

/** The integers and slices of an index; null if they take everything. */
function basicIndex(items: readonly Item[]): Path["basic"] {
  const index: IndexEntry[] = [], scalars: Variable[] = [];
  for (const item of items) {
    if (item.kind === "int") {
      index.push({ kind: "int" });
      scalars.push(item.at);
    } else if (item.kind === "slice") {
      const parts = [item.start, item.stop, item.step].map((part) => part !== null) as [
        boolean,
        boolean,
        boolean,
      ];
      index.push({ kind: "slice", start: parts[0], stop: parts[1], step: parts[2] });
      scalars.push(...[item.start, item.stop, item.step].filter((part) => part !== null));
    } else {
      for (let i = 0; i < axesTaken(item); i++) index.push(wholeEntry);
    }
  }
  while (index.length > 0 && isWholeEntry(index.at(-1)!)) index.pop();
  const plain = items.every((item) => isWhole(item));
  return index.length === 0 && !plain ? null : { index, scalars };
}

/** Positions for every axis that a mask or a tensor of positions takes; masks become positions. */
function mergeMasks(
  x: Variable,
  whole: Variable,
  items: readonly Item[],
): { merged: Variable; positions: NonNullable<Path["positions"]> } {
  const lengths = dimsOf(x), dims: Variable[] = [];
  const axes: number[] = [], tensors: Variable[] = [];
  let axis = 0, wholeAxis = 0, merges = false;
  for (const item of items) {
    const from = wholeAxis;
    wholeAxis += axesTaken(item);
    if (item.kind === "int") continue;
    const count = item.kind === "newaxis" ? 1 : axesTaken(item);
    const first = axis, own = lengths.slice(first, first + count);
    axis += count;
    if (item.kind === "mask") {
      axes.push(dims.length);
      // The axes of a mask are as they are in the whole.
      tensors.push(maskPositions(maskOf(whole, item.tensor, from)));
      dims.push(dimVariable(productDims(own)));
      merges ||= count > 1;
      continue;
    }
    if (item.kind === "positions") {
      axes.push(dims.length);
      tensors.push(item.tensor);
    }
    dims.push(...own);
  }
  return { merged: merges ? reshaped(x, dims) : x, positions: { axes, tensors } };
}

/** For each result of `index` what was indexed and how, for {@linkcode setSubtensor}. */
const indexed = new WeakMap<Variable, { readonly x: Variable; readonly spec: IndexSpec }>();

/**
 * A part of x, by NumPy's rules. The index is one item or an array of items: integers and integer
 * scalars, slices, `"..."`, null for a new axis, integer positions as lists or tensors, masks of bools,
 * and text such as `"1:, ::-1"`. Negative integers count from the end; slices are clipped.
 *
 * Throws an IndexError for too many items now, and for integers out of range when the function is
 * called; a TypeError for items that are no index, such as lists of booleans or floats.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const m = T.matrix("m"), i = T.iscalar("i");
 * T.index(m, [i, T.slice(1)]);
 * T.index(m, "..., ::-1");
 * T.index(m, [[0, 0, 2]]); // three rows
 * T.index(m, T.vector("mask", { dtype: "bool" }));
 * ```
 */
export function index<A extends TensorLike>(x: A, spec: IndexSpec): Variable<DTypeOf<A>> {
  const v = asVariable(x);
  const result = lastRow(v, spec) ?? pathOf(v, spec).result;
  indexed.set(result, { x: v, spec });
  return typed(result);
}

/**
 * The tensor that was indexed, with the indexed part replaced by y. The first argument must be the
 * result of indexing. y broadcasts to the part and takes its dtype; where a place is picked more than
 * once, the last value wins.
 *
 * Throws a TypeError if the first argument is not the result of indexing, or if y has more axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * T.setSubtensor(T.index(x, 0), 1); // x with ones in its first row
 * ```
 */
export function setSubtensor(part: Variable, y: TensorLike): Variable {
  return change(part, y, true);
}

/**
 * The tensor that was indexed, with y added to the indexed part. Where a place is picked more than once,
 * all are added. See {@linkcode setSubtensor}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const counts = T.vector("counts"), words = T.ivector("words");
 * T.incSubtensor(T.index(counts, words), 1);
 * ```
 */
export function incSubtensor(part: Variable, y: TensorLike): Variable {
  return change(part, y, false);
}

function change(part: Variable, y: TensorLike, set: boolean): Variable {
  if (!(part instanceof Variable)) {
    throw new TypeError(
      `Cannot change a part: expected what indexing gives, as in x.at(0), got ${shown(part)}`,
    );
  }
  const known = indexed.get(part);
  if (known !== undefined) return changed(pathOf(known.x, known.spec), y, set);
  const owner = part.owner;
  const whole = { pattern: null, front: null, merged: part, positions: null, picked: part };
  if (owner?.op.name === "subtensor") {
    const { index } = owner.params as SubtensorParams;
    const basic = { index, scalars: owner.inputs.slice(1) };
    const path = { x: owner.inputs[0]!, basic, part, spread: part, result: part };
    return changed({ ...whole, ...path }, y, set);
  }
  if (owner?.op.name === "advIndex") {
    const { axes } = owner.params as AdvIndexParams;
    const x = owner.inputs[0]!, positions = { axes, tensors: owner.inputs.slice(1) };
    const path = { x, basic: null, part: x, spread: x, merged: x, positions, result: part };
    return changed({ ...whole, ...path }, y, set);
  }
  throw new TypeError(
    `Cannot change a part of a tensor: expected the result of indexing, such as x.at(0), got ${part.label}`,
  );
}

/**
 * x with the part at an index replaced by y: the same as `setSubtensor(index(x, spec), y)`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.setIndex(T.vector("x"), 0, 1);
 * ```
 */
export function setIndex<A extends TensorLike>(x: A, spec: IndexSpec, y: TensorLike): Like<A> {
  return typed(
    maskedChange(asVariable(x), spec, y, true) ?? changed(pathOf(asVariable(x), spec), y, true),
  );
}

/** x with y added to the part at an index: the same as `incSubtensor(index(x, spec), y)`. */
export function incIndex<A extends TensorLike>(x: A, spec: IndexSpec, y: TensorLike): Like<A> {
  return typed(
    maskedChange(asVariable(x), spec, y, false) ?? changed(pathOf(asVariable(x), spec), y, false),
  );
}

/** The value for a part, in the dtype of the tensor. */
function valueFor(x: Variable, y: TensorLike, rank: number): Variable {
  const value = asVariable(y, x.dtype);
  if (isComplex(value.dtype) && !isComplex(x.dtype)) {
    throw new TypeError(
      `Cannot change a part of ${x.label}: expected a value for dtype ${x.dtype}, got ${value.dtype}`,
    );
  }
  if (value.ndim > rank) {
    throw new TypeError(
      `Cannot change a part of ${x.label}: expected a value of at most ${rank} axes, got ${
        shapeLabel(value)
      }`,
    );
  }
  return castTo(value, x.dtype);
}

/** A scalar where a mask is true: an elementwise choice, whose shape does not depend on the mask. */
function maskedChange(
  x: Variable,
  spec: IndexSpec,
  y: TensorLike,
  set: boolean,
): Variable | null {
  const action = `Cannot index ${shapeLabel(x)}`;
  const items = fillIndex(parseIndex(spec, action), x.ndim, action);
  const masks = items.filter((item) => item.kind === "mask");
  if (masks.length !== 1 || !items.every((item) => item.kind === "mask" || isWhole(item))) {
    return null;
  }
  const value = valueFor(x, y, x.ndim);
  if (value.ndim !== 0) return null;
  const first = items.findIndex((item) => item.kind === "mask"), mask = masks[0]!.tensor;
  const checked = maskOf(x, mask, first);
  const pattern = Array.from(
    { length: x.ndim },
    (_, d): PatternItem => d >= first && d < first + mask.ndim ? d - first : "x",
  );
  const aligned = shuffled(checked, pattern);
  const other = set ? value : elementwise(x.dtype === "bool" ? "or" : "add", [x, value]);
  return elementwise("switch", [aligned, other, x]);
}

/** x with the part that a path leads to changed. */
function changed(path: Path, y: TensorLike, set: boolean): Variable {
  const { x, basic, part, pattern, spread, merged, positions, picked, front, result } = path;
  const value = aligned(valueFor(x, y, result.ndim), front, result.ndim);
  if (positions === null) {
    const own = pattern === null ? value : withoutNew(value, pattern);
    return outputOf<IncSubtensorParams>(incSubtensorOp, [x, own, ...basic?.scalars ?? []], {
      index: basic?.index ?? [],
      set,
    });
  }
  const inner = outputOf<AdvIncParams>(advIncOp, [merged, value, ...positions.tensors], {
    axes: positions.axes,
    set,
  });
  const unmerged = merged === spread ? inner : reshaped(inner, dimsOf(spread));
  const whole = pattern === null
    ? unmerged
    : shuffled(unmerged, pattern.flatMap((item, d) => item === "x" ? [] : [d]));
  if (basic === null || picked === part) return whole;
  return outputOf<IncSubtensorParams>(incSubtensorOp, [x, whole, ...basic.scalars], {
    index: basic.index,
    set: true,
  });
}

/** The value with its axes as they are before the axes of positions are put in front. */
function aligned(value: Variable, front: readonly number[] | null, rank: number): Variable {
  if (front === null) return value;
  const skip = rank - value.ndim;
  return shuffled(
    value,
    Array.from({ length: rank }, (_, d): PatternItem => {
      const at = front.indexOf(d) - skip;
      return at < 0 ? "x" : at;
    }),
  );
}

/** The value without the axes that an index puts in. */
function withoutNew(value: Variable, pattern: readonly PatternItem[]): Variable {
  const skip = pattern.length - value.ndim;
  return shuffled(
    value,
    pattern.flatMap((item, d): PatternItem[] => item === "x" ? [] : d < skip ? ["x"] : [d - skip]),
  );
}

/**
 * A slice with the parts in the order of `Array.prototype.slice`, and a step: `slice(1)` is all but the
 * first, `slice(null, null, -1)` all backwards.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.index(T.vector("v"), T.slice(1, -1));
 * ```
 */
export function slice(
  start: Dim | null = null,
  stop: Dim | null = null,
  step: Dim | null = null,
): SliceSpec {
  return { start, stop, step };
}

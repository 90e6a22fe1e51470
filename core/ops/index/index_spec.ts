/**
 * What users write between brackets: integers, slices, `...`, new axes, lists and tensors of positions,
 * masks, or text such as `"1:, ::-1"`.
 *
 * @module
 */

import type { TypedArray } from "../../graph/dtype.ts";
import { IndexError } from "../../base/errors.ts";
import { makeConstant, Variable } from "../../graph/graph.ts";
import { makeValue } from "../../graph/value.ts";
import { asIndexScalar, type Dim } from "../common/arguments.ts";
import { castTo } from "../common/build.ts";
import { isPositionDType } from "../common/elements.ts";
import {
  asVariable,
  flattenNested,
  type HostTensor,
  isHostTensor,
  isTypedArray,
  type NestedArray,
} from "../common/literal.ts";
import { makeVector } from "../shape/shape.ts";
import { isRecord } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";

/** A slice: missing or null parts mean as far as possible. */
export interface SliceSpec {
  /** First position. */
  readonly start?: Dim | null;
  /** First position that is not taken any more. */
  readonly stop?: Dim | null;
  /** Distance between positions, 1 if missing; negative to go backwards. */
  readonly step?: Dim | null;
}

/**
 * One item of an index: an integer (or integer scalar), a slice, `"..."` for as many whole axes as fit,
 * null for a new axis, integer positions (lists, arrays, tensors), a bool mask, or text that holds
 * several items, as `"1:, ::-1"`.
 */
export type IndexItem =
  | Dim
  | SliceSpec
  | string
  | null
  | readonly Dim[]
  | NestedArray
  | TypedArray
  | HostTensor
  | Variable;

/** An index: one item, or several in an array. */
export type IndexSpec = IndexItem | readonly IndexItem[];

/** An item of an index, understood. */
export type Item =
  | { readonly kind: "int"; readonly at: Variable }
  | {
    readonly kind: "slice";
    readonly start: Variable | null;
    readonly stop: Variable | null;
    readonly step: Variable | null;
  }
  | { readonly kind: "ellipsis" }
  | { readonly kind: "newaxis" }
  | { readonly kind: "positions"; readonly tensor: Variable }
  | { readonly kind: "mask"; readonly tensor: Variable };

/** The slice that takes a whole axis. */
const wholeSlice: Item = { kind: "slice", start: null, stop: null, step: null };

/** Axes of the indexed tensor that an item stands for; an ellipsis counts for none here. */
export function axesTaken(item: Item): number {
  switch (item.kind) {
    case "mask":
      return item.tensor.ndim;
    case "ellipsis":
    case "newaxis":
      return 0;
    default:
      return 1;
  }
}

/** Understands an index. Throws a TypeError or SyntaxError that says what is wrong with it. */
export function parseIndex(spec: IndexSpec, action: string): Item[] {
  const list = Array.isArray(spec) ? spec as readonly IndexItem[] : [spec as IndexItem];
  return list.flatMap((item) => parseItem(item, action));
}

function parseItem(item: IndexItem, action: string): Item[] {
  if (item === null) return [{ kind: "newaxis" }];
  if (typeof item === "string") return parseText(item, action);
  if (typeof item === "number" || typeof item === "bigint") {
    return [{ kind: "int", at: asIndexScalar(item, action, "an index") }];
  }
  if (item instanceof Variable) return [tensorItem(item, action)];
  if (Array.isArray(item)) return [listItem(item, action)];
  if (isTypedArray(item) || isHostTensor(item)) return [tensorItem(asVariable(item), action)];
  if (typeof item === "object" && isRecord(item)) return [sliceItem(item as SliceSpec, action)];
  throw new TypeError(
    `${action}: expected integers, slices, "...", null, integer tensors or bool tensors, got ${
      typeof item === "boolean"
        ? `the boolean ${String(item)}`
        : typeof item === "object"
        ? shown(item)
        : typeof item
    }`,
  );
}

function tensorItem(tensor: Variable, action: string): Item {
  if (tensor.dtype === "bool" && tensor.ndim > 0) return { kind: "mask", tensor };
  if (!isPositionDType(tensor.dtype)) {
    throw new TypeError(
      `${action}: expected integers or a mask of bools as an index, got ${tensor.label} of type ${tensor.type}`,
    );
  }
  return tensor.ndim === 0 ? { kind: "int", at: tensor } : { kind: "positions", tensor };
}

function listItem(list: readonly unknown[], action: string): Item {
  if (list.some((part) => part instanceof Variable)) {
    const scalars = list.map((part) =>
      castTo(asIndexScalar(part as Dim, action, "a position"), "int64")
    );
    return { kind: "positions", tensor: makeVector(scalars, "int64") };
  }
  const { shape, elements } = flattenNested(list as NestedArray);
  if (elements.some((part) => typeof part === "boolean")) {
    throw new TypeError(
      `${action}: expected positions, got a list of booleans; make a mask of them with a tensor of dtype bool`,
    );
  }
  for (const part of elements) {
    if (typeof part === "number" && !Number.isSafeInteger(part)) {
      throw new TypeError(`${action}: expected integers as positions, got ${shown(part)}`);
    }
  }
  return {
    kind: "positions",
    tensor: makeConstant(makeValue("int64", shape, elements as (number | bigint)[])),
  };
}

function sliceItem(spec: SliceSpec, action: string): Item {
  const names = Object.keys(spec);
  const stray = names.find((name) => !["start", "stop", "step"].includes(name));
  if (stray !== undefined) {
    throw new TypeError(
      `${action}: expected a slice with start, stop and step, got ${shown(stray)}`,
    );
  }
  const part = (name: "start" | "stop" | "step"): Variable | null => {
    const value = spec[name];
    return value === undefined || value === null
      ? null
      : asIndexScalar(value, action, `the ${name} of a slice`);
  };
  return { kind: "slice", start: part("start"), stop: part("stop"), step: part("step") };
}

/** Reads text such as `"0, 1:-1, ..., ::2, None"`. */
function parseText(text: string, action: string): Item[] {
  return text.split(",").map((raw): Item => {
    const part = raw.trim();
    if (part === "...") return { kind: "ellipsis" };
    if (part === "None" || part === "null") return { kind: "newaxis" };
    const pieces = part.split(":").map((piece) => piece.trim());
    const numbers = pieces.map((piece) => piece === "" ? null : Number(piece));
    const bad = pieces.length > 3 || part === "" ||
      numbers.some((n) => n !== null && !Number.isSafeInteger(n));
    if (bad) {
      throw new SyntaxError(
        `${action}: expected integers, slices, "..." and None between commas, got ${
          shown(raw)
        } in ${shown(text)}`,
      );
    }
    if (pieces.length === 1) {
      return { kind: "int", at: asIndexScalar(numbers[0]!, action, "an index") };
    }
    return sliceItem({ start: numbers[0]!, stop: numbers[1]!, step: numbers[2] ?? null }, action);
  });
}

/** The items for all axes of a tensor: the ellipsis, or the end, becomes whole slices. */
export function fillIndex(items: readonly Item[], ndim: number, action: string): Item[] {
  const taken = items.reduce((n, item) => n + axesTaken(item), 0);
  if (taken > ndim) {
    throw new IndexError(
      `${action}: expected indices for at most ${ndim} axes, got ${shown(taken)}`,
    );
  }
  const dots = items.filter((item) => item.kind === "ellipsis").length;
  if (dots > 1) throw new IndexError(`${action}: expected at most one "...", got ${shown(dots)}`);
  const rest: Item[] = new Array(ndim - taken).fill(wholeSlice);
  if (dots === 0) return [...items, ...rest];
  return items.flatMap((item) => item.kind === "ellipsis" ? rest : [item]);
}

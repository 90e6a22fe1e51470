/**
 * Sums of products by the names of axes.
 *
 * @module
 */

import { cutWords, shown } from "../../base/shown.ts";
import { type DType, promote } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import { type Dim, staticDim } from "../common/arguments.ts";
import { castTo, elementwise, typed } from "../common/build.ts";
import { productDims } from "../common/lengths.ts";
import { asVariables, type TensorLike } from "../common/literal.ts";
import { sum } from "../reduce/reduce.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { reshape } from "../shape/reshape.ts";
import { dimsOf } from "../shape/shape_ops.ts";
import { matmul } from "./linalg.ts";
import { diagonal } from "./matrices.ts";

/** The rank of a result, from what stands behind the arrow; `number` where there is more than letters. */
export type EinsumRank<S extends string> = S extends `${string}->${infer O}` ? Letters<O, []>
  : number;

/** The number of letters of a text of at most ten; `number` for other texts. */
export type Letters<S extends string, N extends readonly unknown[]> = S extends "" ? N["length"]
  : N["length"] extends 10 ? number
  : S extends `${infer C}${infer Rest}`
    ? C extends " " | "." ? number : Letters<Rest, readonly [...N, unknown]>
  : number;

/** A tensor and the names of its axes, each once. */
interface Operand {
  readonly value: Variable;
  readonly names: readonly string[];
}

const action = "Cannot take an einsum";

/** The names of axes of operands and result; those behind "..." are numbers, counted from the last. */
function parse(
  text: string,
  operands: readonly Variable[],
): { inputs: string[][]; output: string[] } {
  if (typeof text !== "string") {
    throw new TypeError(`${action}: expected subscripts as text, got ${shown(text)}`);
  }
  const fail = (why: string): never => {
    throw new RangeError(`${action} of ${shown(text)}: ${cutWords(why)}`);
  };
  const [left, right, ...more] = text.replaceAll(/\s/g, "").split("->");
  const parts = left!.split(",");
  if (more.length > 0) fail('expected one "->"');
  if (parts.length !== operands.length) {
    fail(`expected subscripts for ${operands.length} operands, got ${parts.length}`);
  }
  let widest = 0;
  const namesOf = (part: string, rank: number | null): string[] => {
    const found = /^([A-Za-z]*)(\.\.\.)?([A-Za-z]*)$/.exec(part);
    if (found === null) return fail(`expected letters and at most one "...", got "${part}"`);
    const [before = "", dots, after = ""] = found.slice(1);
    const count = before.length + after.length, hidden = rank === null ? widest : rank - count;
    if (rank !== null && (dots === undefined ? hidden !== 0 : hidden < 0)) {
      fail(`expected ${count} axes for "${part}", got ${rank}`);
    }
    if (dots === undefined) return [...before, ...after];
    widest = Math.max(widest, hidden);
    return [...before, ...Array.from({ length: hidden }, (_, i) => String(hidden - i)), ...after];
  };
  const inputs = parts.map((part, i) => namesOf(part, operands[i]!.ndim)), all = inputs.flat();
  const dots = Array.from({ length: widest }, (_, i) => String(widest - i));
  const isOnce = (name: string) => all.indexOf(name) === all.lastIndexOf(name);
  const output = right === undefined
    ? [...dots, ...all.filter((name) => !dots.includes(name) && isOnce(name)).sort()]
    : namesOf(right, null);
  for (const name of output) {
    if (!all.includes(name)) fail(`no operand has an axis "${name}"`);
    if (output.indexOf(name) !== output.lastIndexOf(name)) fail(`"${name}" is twice in the result`);
  }
  if (right !== undefined && widest > 0 && !right.includes("...")) {
    fail('expected "..." in the result, too');
  }
  return { inputs, output };
}

/** The diagonals where an operand has a name twice. */
function withoutTwins({ value, names }: Operand): Operand {
  const second = names.findIndex((name, d) => names.indexOf(name) < d);
  if (second < 0) return { value, names };
  const first = names.indexOf(names[second]!);
  const left = names.filter((_, d) => d !== first && d !== second);
  return withoutTwins({
    value: diagonal(value, 0, first, second),
    names: [...left, names[first]!],
  });
}

/** Sums over the axes that neither other operands nor the result have. */
function withoutLoners({ value, names }: Operand, needed: ReadonlySet<string>): Operand {
  const axes = names.flatMap((name, d) => needed.has(name) ? [] : [d]);
  if (axes.length === 0) return { value, names };
  return {
    value: sum(value, { axis: axes, dtype: value.dtype }),
    names: names.filter((name) => needed.has(name)),
  };
}

/** The axes by name, in an order, those that there aren't with length 1. */
function arranged({ value, names }: Operand, order: readonly string[]): Variable {
  return shuffled(value, order.map((name) => names.includes(name) ? names.indexOf(name) : "x"));
}

/** An operand as matrices: groups of axes become one each, after those of the batch. */
function asMatrices(
  { value, names }: Operand,
  batch: readonly string[],
  groups: readonly (readonly string[])[],
): Variable {
  const at = (name: string) => names.indexOf(name);
  if (groups.every(({ length }) => length <= 1)) {
    return shuffled(value, [
      ...batch.map(at),
      ...groups.map(([name]) => name === undefined ? "x" : at(name)),
    ]);
  }
  const turned = shuffled(value, [...batch, ...groups.flat()].map(at));
  const dims = dimsOf(turned), shape: Dim[] = dims.slice(0, batch.length);
  let next = batch.length;
  for (const { length } of groups) {
    shape.push(productDims(dims.slice(next, next + length)));
    next += length;
  }
  return reshape(turned, shape);
}

function lengthOf({ value, names }: Operand, name: string): Dim {
  return dimsOf(value)[names.indexOf(name)]!;
}

/** The product of two operands, summed over what nothing else needs. */
function joined(a: Operand, b: Operand, needed: ReadonlySet<string>): Operand {
  const shared = a.names.filter((name) => b.names.includes(name));
  // An axis of length 1 is stretched, which products of matrices don't do inside.
  const isSame = (name: string) => {
    const [x, y] = [lengthOf(a, name), lengthOf(b, name)].map(staticDim);
    return x === y || x !== 1 && y !== 1;
  };
  const summed = shared.filter((name) => !needed.has(name));
  const batch = shared.filter((name) => needed.has(name));
  const own = (of: Operand) => of.names.filter((name) => !shared.includes(name));
  const [left, right] = [own(a), own(b)];
  if (summed.length === 0 || left.length + right.length === 0 || !shared.every(isSame)) {
    const names = [...batch, ...left, ...right, ...summed];
    const value = elementwise("mul", [arranged(a, names), arranged(b, names)]);
    return withoutLoners({ value, names }, needed);
  }
  const product: Variable = matmul(
    asMatrices(a, batch, [left, summed]),
    asMatrices(b, batch, [summed, right]),
  );
  const names = [...batch, ...left, ...right];
  if (left.length === 1 && right.length === 1) return { value: product, names };
  const dims = [
    ...[...batch, ...left].map((name) => lengthOf(a, name)),
    ...right.map((name) => lengthOf(b, name)),
  ];
  return { value: reshape(product, dims), names };
}

/** Lengths that are not known count as much. */
const UNKNOWN = 32;

/** The elements of the product of two operands, less those of the two. */
function growth(a: Operand, b: Operand, needed: ReadonlySet<string>): number {
  const lengths = new Map<string, number>();
  const sizeOf = (of: Operand) =>
    of.names.reduce((size, name) => {
      const length = staticDim(lengthOf(of, name)) ?? UNKNOWN;
      lengths.set(name, Math.max(length, lengths.get(name) ?? 1));
      return size * length;
    }, 1);
  const before = sizeOf(a) + sizeOf(b);
  let after = 1;
  for (const [name, length] of lengths) if (needed.has(name)) after *= length;
  return after - before;
}

/**
 * The sum of products of the elements of tensors, by names of their axes as in `"ij,jk->ik"`: axes with one
 * name go together, and those that the result does not name are summed. A name that is twice in an operand
 * takes its diagonal; "..." stands for any further axes, which broadcast from the last. Without an arrow the
 * result has the names that occur once, in alphabetical order. Products are taken two by two, those first
 * that leave the fewest elements (as far as lengths are known), as products of matrices where they are such.
 *
 * Throws a TypeError or RangeError for subscripts that don't fit the operands; lengths that differ are a
 * ShapeError.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a"), b = T.matrix("b"), x = T.vector("x");
 * const f = await compile([a, b, x], [T.einsum("ij,jk,k->i", a, b, x), T.einsum("ii->", a)]);
 * f([[1, 2], [3, 4]], [[1, 0], [0, 2]], [1, 1]).map((v) => v.arraySync()); // [[5, 11], 5]
 * ```
 */
export function einsum<const S extends string>(
  subscripts: S,
  ...operands: readonly TensorLike[]
): Variable<DType, EinsumRank<S>> {
  if (operands.length === 0) throw new TypeError(`${action}: expected at least one operand`);
  const given = asVariables(operands), { inputs, output } = parse(subscripts, given);
  const dtype = given.map((v) => v.dtype).reduce((a, b) => promote(a, b));
  let left: Operand[] = given.map((v, i) =>
    withoutTwins({ value: castTo(v, dtype), names: inputs[i]! })
  );
  const neededBeside = (...used: readonly Operand[]) =>
    new Set([
      ...output,
      ...left.filter((own) => !used.includes(own)).flatMap(({ names }) => names),
    ]);
  left = left.map((own) => withoutLoners(own, neededBeside(own)));
  while (left.length > 1) {
    let best: readonly [Operand, Operand] = [left[0]!, left[1]!], least = Infinity;
    for (const [i, a] of left.entries()) {
      for (const b of left.slice(i + 1)) {
        const cost = growth(a, b, neededBeside(a, b));
        if (cost < least) [best, least] = [[a, b], cost];
      }
    }
    const [a, b] = best, made = joined(a, b, neededBeside(a, b));
    left = [...left.filter((own) => own !== a && own !== b), made];
  }
  return typed(arranged(left[0]!, output));
}

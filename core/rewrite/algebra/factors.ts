/**
 * Products and quotients taken apart into powers of factors, and put together again.
 *
 * @module
 */

import { type DType, isComplex, isDiscrete } from "../../graph/dtype.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import { padded } from "../../ops/common/axes.ts";
import { castTo } from "../../ops/common/build.ts";
import { type DimshuffleParams, shuffled } from "../../ops/shape/dimshuffle_op.ts";
import { hasCheck, isGiven, isInRange, positionsIn } from "../indexing/in_range.ts";
import { ew, isReal, number, numberOf } from "../match.ts";
import type { RewriteContext } from "../rule.ts";
import { type PartView, viewThrough } from "../indexing/views.ts";

/** A factor to a power, negative below the fraction bar. */
export interface Factor {
  readonly base: Variable;
  readonly power: number;
}

/** over / below * (product of factors); below > 0. */
export interface Product {
  readonly dtype: DType;
  /** The number above the fraction bar, with the sign. */
  readonly over: number;
  /** The number below it, positive. */
  readonly below: number;
  readonly factors: readonly Factor[];
  /** How many operations were taken apart that nothing else needs. */
  readonly steps: number;
}

/** Which products inside of a product are taken apart, too. */
export type Opened = (variable: Variable) => boolean;

/** More factors than this are left as they are. */
const MOST = 40;

/** Larger powers are not made from products. */
const LARGEST_POWER = 64;

/** Ops that products are made with. */
export const productOps: readonly string[] = ["mul", "div", "neg", "reciprocal", "sqr", "pow"];

/** Whether a node is made by one of the ops of products. */
export function isProduct(variable: Variable): boolean {
  return variable.owner !== null && productOps.includes(variable.owner.op.name);
}

/** Opens what has no other use than the product. */
export function opensSingle(context: RewriteContext): Opened {
  return (variable) => context.uses(variable) <= 1;
}

/** Opens every product. */
export function opensAll(): boolean {
  return true;
}

/**
 * Whether the only use of an application is as a part of a larger one of the same kind, or its uses are
 * known in the next pass only, because it was made just now.
 */
export function isInside(
  apply: Apply,
  ops: readonly string[],
  context: RewriteContext,
): boolean {
  const { output } = apply, uses = context.uses(output);
  if (uses !== 1) return uses === 0;
  const [client] = context.clients(output);
  // A power is taken apart only if its exponent is known.
  return client !== undefined && client.op.name !== "pow" && ops.includes(client.op.name) &&
    client.output.dtype === output.dtype;
}

interface Item {
  readonly variable: Variable;
  readonly power: number;
  /** What was done to a product between it and the root. */
  readonly view: PartView | null;
  /** Whether nothing else needs what is around it. */
  single: boolean;
}

/** Constants kept apart from factors while a product is taken apart. */
interface Scale {
  over: number;
  below: number;
}

/**
 * Takes a product apart. Views of products (axes moved, elements picked) are seen through. Null for
 * dtypes without products, and where constants are not plain numbers.
 */
export function productOf(
  root: Variable,
  opens: Opened,
  isSingle: Opened = opens,
): Product | null {
  if (root.dtype === "bool" || isComplex(root.dtype)) return null;
  return takenApart(root, opens, isSingle, true) ?? takenApart(root, opens, isSingle, false);
}

const lastAsked = new WeakMap<RewriteContext, { root: Variable; product: Product | null }>();

/**
 * The product that a variable is, with what has no other use taken apart; null for anything but real
 * products. Rules ask for it one after the other, so the last answer is kept.
 */
export function realProduct(root: Variable, context: RewriteContext): Product | null {
  const last = lastAsked.get(context);
  // The answer depends on the uses of what is inside, and so does what a rule makes of it.
  context.uses(root);
  if (last?.root === root) return last.product;
  const found = isReal(root.dtype) ? productOf(root, opensSingle(context)) : null;
  const product = found !== null && found.steps > 0 ? found : null;
  lastAsked.set(context, { root, product });
  return product;
}

function takenApart(
  root: Variable,
  opens: Opened,
  isSingle: Opened,
  throughViews: boolean,
): Product | null {
  const { dtype } = root;
  const scale: Scale = { over: 1, below: 1 };
  const powers = new Map<Variable, number>();
  const stack: Item[] = [{ variable: root, power: 1, view: null, single: true }];
  let steps = 0;
  while (stack.length > 0) {
    const item = stack.pop()!;
    if (item.variable.dtype === dtype && absorbs(scale, item)) continue;
    const parts = stack.length + powers.size > MOST
      ? null
      : openItem(root, item, opens, throughViews);
    if (parts === null) {
      const base = factorBase(item, dtype);
      if (base === null) return null;
      powers.set(base, (powers.get(base) ?? 0) + item.power);
      continue;
    }
    const single = item.single && (item.variable === root || isSingle(item.variable));
    if (single && isProduct(item.variable)) steps++;
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i]!;
      part.single = single;
      stack.push(part);
    }
  }
  const plain = [scale.over, scale.below].every((x) => Number.isFinite(x) && x !== 0) &&
    (!isDiscrete(dtype) || Number.isSafeInteger(scale.over));
  if (!plain) return null;
  // A length that must not be negative is still to be checked where it cancels.
  for (const [base, power] of powers) if (power === 0 && hasCheck(base)) return null;
  const factors = [...powers].flatMap(([base, power]) => power === 0 ? [] : [{ base, power }]);
  return { dtype, ...settledScale(scale), factors, steps };
}

/** Takes a number into the scale; false for anything else. */
function absorbs(scale: Scale, { variable, power }: Item): boolean {
  const value = numberOf(variable);
  if (value === null) return false;
  const size = Math.abs(value) ** Math.abs(power);
  if (value < 0 && power % 2 !== 0) scale.over = -scale.over;
  if (power > 0) scale.over *= size;
  else scale.below *= size;
  return true;
}

/** One number where there are two, if that loses nothing. */
function settledScale({ over, below }: Scale): Scale {
  if (below === 1 || Math.abs(over) === 1) return { over, below };
  const quotient = over / below;
  const fits = Number.isFinite(quotient) && Math.abs(quotient) > 1e-30 && Math.abs(quotient) < 1e30;
  return fits ? { over: quotient, below: 1 } : { over, below };
}

/** The base of a factor: in the dtype of the product, without axes in front that mean nothing. */
function factorBase({ variable, view }: Item, dtype: DType): Variable | null {
  const viewed = view === null ? variable : view(variable);
  return viewed === null ? null : unpadded(castTo(viewed, dtype));
}

/** A variable without axes of length 1 that were put in front; broadcasting puts them there again. */
export function unpadded(variable: Variable): Variable {
  const apply = variable.owner;
  if (apply === null || apply.op.name !== "dimshuffle") return variable;
  const { pattern } = apply.params as DimshuffleParams;
  const skip = pattern.findIndex((item) => item !== "x");
  if (skip === 0) return variable;
  return shuffled(apply.inputs[0]!, skip < 0 ? [] : pattern.slice(skip));
}

/** The parts of an item, in the order in which they are written; null where it is not taken apart. */
function openItem(
  root: Variable,
  item: Item,
  opens: Opened,
  throughViews: boolean,
): Item[] | null {
  const { variable, power, view } = item;
  const apply = variable.owner;
  if (apply === null || variable.dtype !== root.dtype) return null;
  if (apply.op.name === "broadcastTo" && variable !== root) {
    // The shape is restored at the end.
    return [partOf(item, apply.inputs[0]!, 1)];
  }
  if (variable !== root && !opens(variable)) return null;
  const through = variable === root || !throughViews ? null : viewThrough(apply);
  if (through !== null && leadsToProduct(apply.inputs[0]!) && keepsCheck(apply)) {
    return [{
      variable: apply.inputs[0]!,
      power,
      view: view === null ? through : (v) => {
        const inner = through(v);
        return inner === null ? null : view(inner);
      },
      single: false,
    }];
  }
  return productParts(apply, item);
}

/** An argument of a product, to a power of it. */
function partOf({ variable: { ndim }, power, view }: Item, variable: Variable, by: number): Item {
  return {
    variable,
    power: power * by,
    view: view && ((v) => view(padded(v, ndim))),
    single: false,
  };
}

/** Whether some factor is still looked at where a view of a product is that of its factors. */
function keepsCheck(view: Apply): boolean {
  return positionsIn(view).every(isInRange) || isGiven(view.inputs[0]!);
}

function leadsToProduct(variable: Variable): boolean {
  return isProduct(variable) || numberOf(variable) !== null ||
    variable.owner !== null && variable.owner.op.name === "broadcastTo";
}

/** The arguments of a product with their powers; null for anything else. */
function productParts(apply: Apply, item: Item): Item[] | null {
  const [x, y] = apply.inputs as [Variable, Variable];
  switch (apply.op.name) {
    case "mul":
      return [partOf(item, x, 1), partOf(item, y, 1)];
    case "div":
      return [partOf(item, x, 1), partOf(item, y, -1)];
    case "neg":
      return [partOf(item, x, 1), partOf(item, number(-1, apply.output.dtype), 1)];
    case "reciprocal":
      return [partOf(item, x, -1)];
    case "sqr":
      return [partOf(item, x, 2)];
    case "pow": {
      const power = numberOf(y);
      const isSmall = power !== null && Number.isInteger(power) && power !== 0 &&
        Math.abs(power) <= LARGEST_POWER;
      if (!isSmall || power < 0 && !isReal(apply.output.dtype)) return null;
      return [partOf(item, x, power)];
    }
    default:
      return null;
  }
}

/** How many operations it takes to compute a product from its factors. */
export function productCost({ over, below, factors }: Product): number {
  let above = Math.abs(over) === 1 ? 0 : 1, under = below === 1 ? 0 : 1, cost = 0;
  for (const { power } of factors) {
    if (power > 0) above++;
    else under++;
    if (Math.abs(power) > 1) cost++;
  }
  if (over === -1) cost++;
  return cost + Math.max(0, above - 1) + Math.max(0, under - 1) + (under > 0 ? 1 : 0);
}

const wholeCosts = new WeakMap<Variable, number>();

/**
 * How many operations a product takes with everything in it taken apart, whatever else uses it; 0 where it
 * cannot be. Passes ask again and again, so it is kept.
 */
export function wholeCost(root: Variable): number {
  let cost = wholeCosts.get(root);
  if (cost === undefined) {
    const product = productOf(root, opensAll);
    wholeCosts.set(root, cost = product === null ? 0 : productCost(product));
  }
  return cost;
}

/** Computes a product from its factors: what has few axes first. The result may have fewer axes. */
export function buildProduct({ dtype, over, below, factors }: Product): Variable {
  const above: Variable[] = [], under: Variable[] = [];
  if (Math.abs(over) !== 1) above.push(number(over, dtype));
  if (below !== 1) under.push(number(below, dtype));
  for (const { base, power } of factors) {
    (power > 0 ? above : under).push(toPower(base, Math.abs(power)));
  }
  const ranks = [...new Set([...above, ...under].map((v) => v.ndim))].sort((a, b) => a - b);
  let result: Variable | null = null, waiting: Variable | null = null;
  const times = (a: Variable | null, b: Variable) => a === null ? b : ew("mul", a, b);
  for (const rank of ranks) {
    for (const v of above) if (v.ndim === rank) result = times(result, v);
    for (const v of under) if (v.ndim === rank) waiting = times(waiting, v);
    if (result === null || waiting === null) continue;
    result = ew("div", result, waiting);
    waiting = null;
  }
  if (waiting !== null) result = ew("reciprocal", waiting);
  if (result === null) return number(over, dtype);
  return over === -1 ? ew("neg", result) : result;
}

function toPower(base: Variable, power: number): Variable {
  if (power === 1) return base;
  return power === 2 ? ew("sqr", base) : ew("pow", base, number(power, base.dtype));
}

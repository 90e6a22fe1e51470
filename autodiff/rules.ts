/**
 * The derivatives of all ops.
 *
 * @module
 */

import type { Params } from "../core/graph/op.ts";
import type { ElementwiseName } from "../core/ops/elementwise/elementwise.ts";
import type { GradientRule } from "./rule.ts";
import { derivedAsGradient, ifelseGradient } from "./rules_control.ts";
import { elementwiseGradients } from "./rules_elementwise.ts";
import {
  advIncGradient,
  advIndexGradient,
  incSubtensorGradient,
  nonzeroGradient,
  subtensorGradient,
} from "./rules_indexing.ts";
import { matmulGradient } from "./rules_linalg.ts";
import { argsortGradient, cumopGradient, sortGradient } from "./rules_order.ts";
import { advanceGradient, countGradient, drawEachGradient, drawGradient } from "./rules_random.ts";
import { argreduceGradient, reduceGradient } from "./rules_reduce.ts";
import {
  arangeGradient,
  broadcastToGradient,
  dimshuffleGradient,
  fillGradient,
  joinGradient,
  jointLengthGradient,
  makeVectorGradient,
  padGradient,
  reshapeGradient,
  shapeIGradient,
  specifyShapeGradient,
  sumToGradient,
} from "./rules_shape.ts";
import { foldWindowsGradient, windowsGradient } from "./rules_window.ts";

/** The name of an op of `core`. */
export type OpName =
  | ElementwiseName
  | "reduce"
  | "argreduce"
  | "shapeI"
  | "jointLength"
  | "length"
  | "makeVector"
  | "specifyShape"
  | "fill"
  | "dimshuffle"
  | "reshape"
  | "broadcastTo"
  | "sumTo"
  | "join"
  | "arange"
  | "subtensor"
  | "incSubtensor"
  | "advIndex"
  | "advInc"
  | "nonzero"
  | "matmul"
  | "windows"
  | "foldWindows"
  | "pad"
  | "cumop"
  | "sort"
  | "argsort"
  | "inRange"
  | "ifelse"
  | "derivedAs"
  | "draw"
  | "drawEach"
  | "advance"
  | "poissonInverse"
  | "binomialInverse";

const core = {
  ...elementwiseGradients,
  reduce: reduceGradient,
  argreduce: argreduceGradient,
  shapeI: shapeIGradient,
  jointLength: jointLengthGradient,
  length: jointLengthGradient,
  makeVector: makeVectorGradient,
  specifyShape: specifyShapeGradient,
  fill: fillGradient,
  dimshuffle: dimshuffleGradient,
  reshape: reshapeGradient,
  broadcastTo: broadcastToGradient,
  sumTo: sumToGradient,
  join: joinGradient,
  arange: arangeGradient,
  subtensor: subtensorGradient,
  incSubtensor: incSubtensorGradient,
  advIndex: advIndexGradient,
  advInc: advIncGradient,
  nonzero: nonzeroGradient,
  matmul: matmulGradient,
  windows: windowsGradient,
  foldWindows: foldWindowsGradient,
  pad: padGradient,
  cumop: cumopGradient,
  sort: sortGradient,
  argsort: argsortGradient,
  inRange: argsortGradient,
  ifelse: ifelseGradient,
  derivedAs: derivedAsGradient,
  draw: drawGradient,
  drawEach: drawEachGradient,
  advance: advanceGradient,
  poissonInverse: countGradient,
  binomialInverse: countGradient,
} satisfies Record<OpName, unknown>;

const rules = new Map<string, GradientRule>(
  Object.entries(core) as unknown as [string, GradientRule][],
);

/** The rule of an op, if it has one. */
export function gradientRule(name: string): GradientRule | undefined {
  return rules.get(name);
}

/**
 * Gives an op of another folder, or of one's own, its derivative.
 *
 * Throws a TypeError if the op has one already.
 *
 * @param name The name of the op.
 * @param rule The derivative.
 */
export function registerGradient<P extends Params>(name: string, rule: GradientRule<P>): void {
  if (rules.has(name)) {
    throw new TypeError(`Cannot register a gradient for "${name}": it has one already`);
  }
  rules.set(name, rule as unknown as GradientRule);
}

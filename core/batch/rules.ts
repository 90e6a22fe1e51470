/**
 * How ops are batched.
 *
 * @module
 */

import type { Apply } from "../graph/graph.ts";
import type { Op } from "../graph/op.ts";
import type { Batched, BatchRule } from "./batched.ts";
import { controlRules } from "./rules_control.ts";
import { indexRules } from "./rules_index.ts";
import { randomRules } from "./rules_random.ts";
import { counted, elementwise, rowByRow, rowRules } from "./rules_rows.ts";
import { shapeRules } from "./rules_shape.ts";

const rules: Record<string, BatchRule> = {
  ...shapeRules,
  ...indexRules,
  ...rowRules,
  ...controlRules,
  ...randomRules,
};

/** Says how an op of a higher floor is batched. */
export function registerBatching(name: string, rule: BatchRule): void {
  rules[name] = rule;
}

/** The rule of an op. */
export function ruleOf({ name, lowering, facts }: Op): BatchRule {
  if (Object.hasOwn(rules, name)) return rules[name]!;
  if (lowering.kind === "elementwise") return elementwise;
  return facts?.has("counted") ? counted : rowByRow;
}

/** Applies an op in a loop over the rows. */
type RowLoop = (apply: Apply, inputs: readonly Batched[]) => readonly Batched[];

let rowLoop: RowLoop | null = null;

/** Tells how to make loops over rows, for ops that have no better way. */
export function setRowLoop(loop: RowLoop): void {
  rowLoop = loop;
}

/** An application in a loop over the rows. */
export function overRows(apply: Apply, inputs: readonly Batched[]): readonly Batched[] {
  if (rowLoop !== null) return rowLoop(apply, inputs);
  throw new TypeError(
    `Cannot batch "${apply.op.name}": loops are not loaded (import scan/mod.ts)`,
  );
}

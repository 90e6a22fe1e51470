/**
 * Loops of few steps are written out.
 *
 * @module
 */

import { Constant, type Variable } from "../../core/graph/graph.ts";
import { join } from "../../core/ops/shape/combine.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import { index } from "../../core/ops/index/indexing.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import { depthOf, endsEarly } from "../inner.ts";
import { scanInputs } from "../node.ts";
import { rule } from "./loop_rule.ts";
import { checksMore, partsOf } from "./rebuild.ts";

/** Loops of so few steps are written out. */
const UNROLL = 3;

/** A loop of one or few steps is written out. */
export const unroll: Rule = rule(
  "scan-unroll",
  "scan of 1 to 3 steps -> the steps",
  (apply) => {
    const { params } = apply;
    const { layout, placeholders } = params.step;
    const outer = scanInputs(params, apply.inputs);
    if (endsEarly(layout) || params.strategy !== null || !(outer.steps instanceof Constant)) {
      return null;
    }
    const steps = Number(outer.steps.value.data[0]);
    if (steps < 1 || steps > UNROLL || checksMore(partsOf(apply))) return null;
    const states = outer.initials.map((initial, i) =>
      Array.from({ length: depthOf(layout.states[i]!) }, (_, row) => index(initial, [row]))
    );
    const maps: Variable[][] = Array.from({ length: layout.maps }, () => []);
    const histories: Variable[][] = outer.carried.map(() => []);
    let carried = [...outer.carried];
    for (let t = 0; t < steps; t++) {
      const values = [
        ...placeholders.sequences.flatMap((taps, i) =>
          taps.map((_, k) => index(outer.sequences[i]!, [t + layout.sequences[i]![k]!]))
        ),
        ...states.flatMap((rows, i) => layout.states[i]!.map((tap) => rows.at(tap)!)),
        ...carried,
        ...outer.others,
      ];
      const made = params.step.substitute(values);
      let next = 0;
      for (const rows of states) rows.push(made[next++]!);
      for (const rows of maps) rows.push(made[next++]!);
      carried.forEach((state, i) => histories[i]!.push(state));
      carried = carried.map(() => made[next++]!);
    }
    const rows = [...states.map((list, i) => list.slice(depthOf(layout.states[i]!))), ...maps];
    return [
      ...rows.map(stackRows),
      ...rows.map((list) => list.at(-1)!),
      ...carried,
      ...histories.map(stackRows),
      outer.steps,
    ];
  },
);

function stackRows(rows: readonly Variable[]): Variable {
  return join(
    0,
    ...rows.map((row) => dimshuffle(row, "x", ...Array.from({ length: row.ndim }, (_, d) => d))),
  );
}

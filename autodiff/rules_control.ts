/**
 * The derivative of lazy choice, and of values that say themselves what theirs is.
 *
 * @module
 */

import { applyOp } from "../core/graph/graph.ts";
import type { PrintParams } from "../core/ops/control/print_op.ts";
import type { DerivedByParams } from "../core/ops/control/derived_by.ts";
import type { IfElseParams } from "../core/ops/control/ifelse_op.ts";
import { Conditional, type Gradient, zeroGradient } from "./gradient.ts";
import { type GradientRules, ruleOf } from "./rule.ts";
import { filledLike } from "./shapes.ts";

/** The rules of choice. */
export const controlGradients: GradientRules = {
  // Each branch has a gradient when it is the one that is taken.
  ifelse: ruleOf<IfElseParams>({
    connected: (apply, input, output) => input === 0 || (input - 1) % apply.params.n === output,
    pullback(apply, outputGrads): Gradient[] {
      const condition = apply.inputs[0]!;
      const side = (holds: boolean) =>
        outputGrads.map((g) => g === null ? zeroGradient : new Conditional(condition, holds, g));
      return [zeroGradient, ...side(true), ...side(false)];
    },
    // The change of the branch that is taken.
    pushforward({ op, inputs, outputs, params: { n } }, tangents) {
      const moved = outputs.flatMap((_, o) => tangents[1 + o] || tangents[1 + n + o] ? [o] : []);
      const side = (from: number) =>
        moved.map((o) => tangents[from + o] ?? filledLike(inputs[from + o]!, 0));
      const branches = [...side(1), ...side(1 + n)];
      const found = applyOp(op, [inputs[0]!, ...branches], { n: moved.length }).outputs;
      return outputs.map((_, o) => found[moved.indexOf(o)] ?? null);
    },
  }),
  assert: {
    connected: (_apply, input) => input === 0,
    pullback: (_apply, [g]) => [g!],
    pushforward: (_apply, [t]) => [t!],
  },
  print: ruleOf<PrintParams>({
    connected: (_apply, input) => input === 0,
    pullback: ({ params: { id, report } }, [g]) => [report.ofGradient?.(g!, id) ?? g!],
    pushforward: (_apply, [t]) => [t!],
  }),
  // What is computed does not count.
  derivedAs: {
    connected: (_apply, input) => input === 1,
    pullback: (_apply, [g]) => [null, g!],
    pushforward: (_apply, [, t]) => [t!],
  },
  derivedBy: ruleOf<DerivedByParams>({
    connected: (_apply, input) => input > 0,
    pullback({ params: { derivation }, inputs, output }, [g], wanted): Gradient[] {
      const found = derivation.pullback(output, inputs.slice(1), g!, wanted.slice(1));
      return [null, ...found.map((gradient) => gradient ?? zeroGradient)];
    },
  }),
};

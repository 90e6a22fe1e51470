/**
 * The derivative of lazy choice, and of values that say themselves what theirs is.
 *
 * @module
 */

import { applyOp } from "../core/graph/graph.ts";
import type { PrintParams } from "../core/ops/control/print_op.ts";
import type { CustomVjpParams } from "../core/ops/control/custom_vjp.ts";
import { isWrittenAs } from "../core/ops/control/derived_as.ts";
import type { IfElseParams } from "../core/ops/control/ifelse_op.ts";
import { Conditional, type Gradient, zeroGradient } from "./gradient.ts";
import { combined } from "./combined.ts";
import { add, mul } from "../core/ops/elementwise/elementwise.ts";
import { type GradientRules, ruleOf } from "./rule.ts";
import { filledLike, unstretched } from "./shapes.ts";

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
    connected: (apply, input) =>
      isWrittenAs(apply) || input > 0 && input <= apply.inputs.length / 2,
    pullback(apply, [g]) {
      if (isWrittenAs(apply)) return [g!];
      const { inputs, output } = apply;
      const n = (inputs.length - 1) / 2;
      if (inputs.length === 2) return [null, g!];
      const parts = inputs.slice(1, n + 1).map((x, i) => {
        const whole = combined(g!, inputs[n + 1 + i]!, (value, slope) => mul(value, slope));
        return unstretched(whole, x, output);
      });
      return [null, ...parts, ...parts.map(() => null)];
    },
    pushforward(apply, tangents) {
      const { inputs } = apply;
      if (isWrittenAs(apply)) return [tangents[0]!];
      if (inputs.length === 2) return [tangents[1]!];
      const n = (inputs.length - 1) / 2;
      const changes = inputs.slice(n + 1).flatMap((slope, i) =>
        tangents[i + 1] ? [mul(slope, tangents[i + 1]!)] : []
      );
      return changes.length === 0 ? [] : [changes.reduce((a, b) => add(a, b))];
    },
  },
  customVjp: ruleOf<CustomVjpParams>({
    connected: (_apply, input) => input > 0,
    pullback({ params: { derivation }, inputs, output }, [g], wanted): Gradient[] {
      const found = derivation.pullback(output, inputs.slice(1), g!, wanted.slice(1));
      return [null, ...found.map((gradient) => gradient ?? zeroGradient)];
    },
  }),
};

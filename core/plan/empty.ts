/**
 * Checks of kernels that have no elements to compute. A position is right or wrong whether or not anything
 * is there, as in a row of a matrix of no columns, and such a kernel does not look at it.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import { visitNodes } from "../ir/nodes.ts";
import type { LoopNest, LoopNestCheck, Reduction } from "../ir/program.ts";
import type { SNode } from "../ir/scalar.ts";
import type { Guards, Size } from "../ir/size.ts";
import { substitution } from "./merge.ts";

/** What a kernel has, be it a nest or a product. */
interface Checked {
  readonly axisSizes: readonly Size[];
  readonly loopSizes: readonly Size[];
  readonly reductions: readonly Reduction[];
  readonly checks: readonly LoopNestCheck[];
}

/** What the value of a node varies with. */
interface Uses {
  readonly axes: ReadonlySet<number>;
  readonly reductions: ReadonlySet<number>;
  /** Whether it reads what only the kernel itself computes. */
  readonly isOwn: boolean;
}

function usesOf(root: SNode): Uses {
  const axes = new Set<number>(), reductions = new Set<number>();
  let isOwn = false;
  visitNodes([root], (node) => {
    if (node.op === "index" && node.axis.kind === "axis") axes.add(node.axis.axis);
    if (node.op === "load") {
      for (const { axis } of node.address.terms) if (axis.kind === "axis") axes.add(axis.axis);
    }
    if (node.op === "reduced") reductions.add(node.reduction);
    isOwn ||= node.op === "running" || node.op === "product";
  });
  return { axes, reductions, isOwn };
}

/**
 * A nest of the checks that a kernel does not come to because an axis has no length: those that vary
 * with other axes alone. Null if there are none.
 */
export function checksOfNothing(
  name: string,
  kernel: Checked,
  guards: Guards,
  b: ScalarBuilder,
): LoopNest | null {
  const { axisSizes, reductions } = kernel;
  const sizes = [...axisSizes, ...kernel.loopSizes];
  if (kernel.checks.length === 0) return null;
  const checks = kernel.checks.map((check) => ({ ...check, uses: usesOf(check.failed) }));
  const empty = new Set<number>();
  sizes.forEach((size, axis) => {
    if (checks.every(({ uses }) => uses.axes.has(axis))) return;
    if (guards.equal(size, 0)) empty.add(axis);
  });
  if (empty.size === 0) return null;
  const noPoint = [...empty].some((axis) => axis < axisSizes.length);
  const noStep = [...empty].some((axis) => axis >= axisSizes.length);
  const readable = ({ axes, isOwn }: Uses) => !isOwn && ![...axes].some((axis) => empty.has(axis));
  const reducedUses = reductions.map(({ value }) => usesOf(value));
  const kept = checks.filter(({ inner, uses }) =>
    (noPoint || inner) && readable(uses) &&
    [...uses.reductions].every((i) =>
      !noStep && readable(reducedUses[i]!) && reducedUses[i]!.reductions.size === 0
    )
  );
  if (kept.length === 0) return null;
  const needed = [...new Set(kept.flatMap(({ uses }) => [...uses.reductions]))];
  const renumbered = substitution(
    b,
    (node) => node.op === "reduced" ? b.reduced(needed.indexOf(node.reduction), node.type) : null,
  );
  const varies = new Set(kept.flatMap(({ uses }) => [...uses.axes]));
  for (const i of needed) for (const axis of reducedUses[i]!.axes) varies.add(axis);
  const lengths = sizes.map((size, axis): Size => {
    const reduces = needed.length > 0 && axis >= axisSizes.length;
    return varies.has(axis) || reduces ? size : 1;
  });
  return {
    kind: "nest",
    name: `${name} checks`,
    axes: lengths.slice(0, axisSizes.length),
    loops: lengths.slice(axisSizes.length),
    reductions: needed.map((i) => reductions[i]!),
    inner: [],
    outer: [],
    checks: kept.map(({ failed, check, inner }) => ({ failed: renumbered(failed), check, inner })),
  };
}

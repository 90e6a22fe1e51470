/**
 * Checks of a nest: loops that look for an element that fails.
 *
 * @module
 */

import { checkedInteger, type LoopNestCheck } from "../../core/ir/program.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import { ScalarBuilder } from "../../core/ir/builder.ts";
import type { FunctionContext } from "./context.ts";
import { type LoweredNest, renumber } from "./kernel.ts";
import { visitNodes } from "../../core/ir/nodes.ts";
import { planNest, scalarPlan } from "./choose_vector.ts";
import { applyScalar } from "./scalar.ts";

import { NestPrinter } from "./nest_printer.ts";
import { whereNotEmpty } from "./nest.ts";

/**
 * Prints a check: runs over the axes that its node depends on, and returns from the function with the
 * code of the check where the node is true somewhere.
 */
export function printCheck(
  context: FunctionContext,
  kernel: LoweredNest,
  { failed, check, inner }: LoopNestCheck,
  simd: boolean,
): void {
  const { f } = context;
  const sizes = [...kernel.axes, ...kernel.loops];
  // Where no loop runs, only what comes after the loops is checked.
  const run = inner ? sizes : kernel.axes;
  if (run.includes(0)) return;
  const used = new Set<number>();
  let isReduced = false;
  visitNodes([failed], (node) => {
    if (node.op === "reduced") isReduced = true;
    if (node.op === "index" && node.axis.kind === "axis") used.add(node.axis.axis);
    if (node.op !== "load") return;
    for (const { axis } of node.address.terms) if (axis.kind === "axis") used.add(axis.axis);
  });
  const kept = [...used].sort((a, b) => a - b);
  const [lowered] = renumber([failed], new Map(kept.map((axis, i) => [axis, i])));
  const address = { offset: 0, terms: [], rest: null };
  // What depends on a reduction is tested where that is known, else all at once.
  const test: LoweredNest = isReduced
    ? {
      ...kernel,
      inner: [],
      outer: [{ value: failed, guard: null, address, buffer: 0, storage: "bool" }],
      checks: [],
    }
    : {
      name: kernel.name,
      axes: [],
      loops: kept.map((axis) => sizes[axis]!),
      reductions: [{ kind: "any", type: "bool", value: lowered! }],
      inner: [],
      outer: [],
      checks: [],
    };
  // Where it fails: the largest of the integers that do; nothing where there is none to tell.
  const integer = checkedInteger(failed);
  const worst = isReduced || integer === null ? null : failedInteger(test, lowered!);
  const leave = () => {
    const value = f.local("i64"), at = context.module.params.failure();
    f.localSet(value).localGet(context.block).localGet(value).i64Store(at);
    f.localGet(context.block).i32Const(integer!.type === "u64" ? 2 : 1).i32Store(at + 8);
  };
  const body = () => {
    const plan = isReduced ? scalarPlan(test) : planNest(test, simd);
    const finish = (push: (node: SNode) => void) => {
      f.if(() => {
        if (worst !== null) {
          new NestPrinter(context, worst, scalarPlan(worst), { finish: leave }).print();
        } else if (integer !== null) {
          context.scoped(() => {
            push(integer);
            applyScalar(f, "cast", wideType(integer), integer.type, context.module.helper);
            leave();
          });
        }
        f.i32Const(check + 1).return();
      });
    };
    new NestPrinter(context, test, plan, { finish }).print();
  };
  context.scoped(() => whereNotEmpty(context, run, body));
}

function wideType({ type }: SNode): "i64" | "u64" {
  return type === "u64" ? "u64" : "i64";
}

/** The largest integer that fails a test over loops. */
function failedInteger(test: LoweredNest, failed: SNode): LoweredNest | null {
  const integer = checkedInteger(failed);
  if (integer === null) return null;
  // The values at hand where this is printed are found by the ids of their nodes.
  const b = new ScalarBuilder({ ieee: true, firstId: 2 ** 25 });
  const type = wideType(integer), least = b.constant(type, type === "u64" ? 0n : -(2n ** 63n));
  const value = b.select(failed, b.cast(integer, type), least);
  return { ...test, reductions: [{ kind: "max", type, value }] };
}

/**
 * Joins kernels that run over the same points: what one stores and the next reads at the same point
 * stays in a register, and memory that nobody else reads is not written at all.
 *
 * @module
 */

import { addressKey, type ScalarBuilder } from "../kernel/builder.ts";
import type { Gemm, Nest, Step, Store } from "../kernel/program.ts";
import type { Prim, SNode } from "../kernel/scalar.ts";
import { type Size, sizeKey } from "../kernel/size.ts";
import { accessOf, loadsOf, nestNodes } from "./access.ts";
import type { Planner } from "./planner.ts";

/** How far back a kernel looks for one to join. */
const WINDOW = 40;

/** Joins kernels of one level and drops stores that nobody reads. */
export function mergeSteps(planner: Planner, steps: readonly Step[]): Step[] {
  const out: Step[] = [];
  for (const step of steps) {
    const at = step.kind === "nest" ? partner(out, step) : -1;
    if (at < 0) out.push(step);
    else out[at] = join(planner.b, out[at] as Nest | Gemm, step as Nest);
  }
  return out;
}

/** Drops stores into scratch memory that no step reads; `kept` buffers are read elsewhere. */
export function dropUnread(
  planner: Planner,
  steps: readonly Step[],
  kept: ReadonlySet<number> = new Set(),
): Step[] {
  const scratch = (buffer: number) =>
    planner.buffers.all[buffer]!.role.kind === "temp" && !kept.has(buffer);
  let current = [...steps];
  for (;;) {
    const { reads } = accessOf(current);
    const live = (store: Store) => !scratch(store.buffer) || reads.has(store.buffer);
    const next = current.flatMap((step): Step[] => {
      if (step.kind === "nest") {
        const inner = step.inner.filter(live), outer = step.outer.filter(live);
        if (inner.length + outer.length + step.checks.length === 0) return [];
        if (inner.length === step.inner.length && outer.length === step.outer.length) return [step];
        return [{ ...step, inner, outer }];
      }
      if (step.kind === "gemm") {
        const stores = step.stores.filter(live);
        if (stores.length === step.stores.length) return [step];
        return stores.length === 0 ? [] : [{ ...step, stores }];
      }
      return [step];
    });
    if (next.length === current.length && next.every((step, i) => step === current[i])) return next;
    current = next;
  }
}

/** The points that a step runs over, or null if nothing can join it. */
function points(step: Step): readonly Size[] | null {
  if (step.kind === "gemm") return [...step.batch, step.m, step.n];
  return step.kind === "nest" ? step.axes : null;
}

function storesOf(step: Nest | Gemm): readonly Store[] {
  return step.kind === "gemm" ? step.stores : step.outer;
}

/** Index of an earlier step that `nest` can join, or -1. */
function partner(steps: readonly Step[], nest: Nest): number {
  const simple = nest.loops.length === 0 && nest.reductions.length === 0 &&
    nest.inner.length === 0;
  if (!simple || nest.axes.length === 0 && nest.checks.length > 0) return -1;
  const mine = accessOf([nest]);
  const key = nest.axes.map(sizeKey).join();
  for (let at = steps.length - 1; at >= 0 && at >= steps.length - WINDOW; at--) {
    const step = steps[at]!;
    const theirs = accessOf([step]);
    const same = points(step)?.map(sizeKey).join() === key;
    if (same && joins(step as Nest | Gemm, nest, mine, theirs)) return at;
    const conflict = [...theirs.writes].some((x) => mine.reads.has(x) || mine.writes.has(x)) ||
      [...theirs.reads].some((x) => mine.writes.has(x));
    if (conflict) return -1;
  }
  return -1;
}

function joins(
  step: Nest | Gemm,
  nest: Nest,
  mine: ReturnType<typeof accessOf>,
  theirs: ReturnType<typeof accessOf>,
): boolean {
  if (step.kind === "gemm" && nest.checks.length > 0) return false;
  const related = [...mine.reads].some((x) => theirs.reads.has(x) || theirs.writes.has(x));
  if (!related) return false;
  if ([...mine.writes].some((x) => theirs.reads.has(x) || theirs.writes.has(x))) return false;
  const inner = step.kind === "nest" ? new Set(step.inner.map((store) => store.buffer)) : null;
  const written = new Map<string, Store>();
  for (const store of storesOf(step)) {
    written.set(`${store.buffer}@${addressKey(store.address)}`, store);
  }
  return loadsOf(nestNodes(nest)).every((load) => {
    if (!theirs.writes.has(load.buffer)) return true;
    if (inner?.has(load.buffer) || load.args.length > 0) return false;
    const store = written.get(`${load.buffer}@${addressKey(load.address)}`);
    return store !== undefined && store.guard === null;
  });
}

function join(b: ScalarBuilder, step: Nest | Gemm, nest: Nest): Nest | Gemm {
  const values = new Map<string, SNode>();
  for (const store of storesOf(step)) {
    values.set(`${store.buffer}@${addressKey(store.address)}`, store.value);
  }
  const substitute = substitution(
    b,
    (node) =>
      node.op === "load" && node.args.length === 0
        ? values.get(`${node.buffer}@${addressKey(node.address)}`) ?? null
        : null,
  );
  const stores = nest.outer.map((store) => ({
    ...store,
    value: substitute(store.value),
    guard: store.guard === null ? null : substitute(store.guard),
    address: store.address.rest === null
      ? store.address
      : { ...store.address, rest: substitute(store.address.rest) },
  }));
  const checks = nest.checks.map((check) => ({ ...check, failed: substitute(check.failed) }));
  const name = step.name === nest.name || step.name.length > 60
    ? step.name
    : `${step.name}+${nest.name}`;
  if (step.kind === "gemm") return { ...step, name, stores: [...step.stores, ...stores] };
  if (step.loops.length > 0 && checks.length > 0) {
    // Checks run in every iteration of the loops: harmless, for they do not depend on them.
    return {
      ...step,
      name,
      outer: [...step.outer, ...stores],
      checks: [...step.checks, ...checks],
    };
  }
  return { ...step, name, outer: [...step.outer, ...stores], checks: [...step.checks, ...checks] };
}

/** Rebuilds nodes with some replaced. */
export function substitution(
  b: ScalarBuilder,
  find: (node: SNode) => SNode | null,
): (node: SNode) => SNode {
  const done = new Map<SNode, SNode>();
  const go = (node: SNode): SNode => {
    const have = done.get(node);
    if (have !== undefined) return have;
    let made = find(node);
    if (made === null) {
      if (node.op === "load") {
        const rest = node.address.rest === null ? null : go(node.address.rest);
        const guard = node.args[0] === undefined ? undefined : go(node.args[0]);
        made = rest === node.address.rest && guard === node.args[0]
          ? node
          : b.load(node.buffer, node.dtype, { ...node.address, rest }, guard);
      } else if (node.args.length === 0) made = node;
      else {
        const args = node.args.map(go);
        made = args.every((arg, i) => arg === node.args[i])
          ? node
          : b.prim(node.op as Prim, node.type, ...args);
      }
    }
    done.set(node, made);
    return made;
  };
  return go;
}

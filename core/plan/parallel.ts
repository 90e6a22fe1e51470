/**
 * Loops whose step is associative in what it carries: many threads can take steps of one point side by
 * side and combine them by a prefix scan.
 *
 * @module
 */

import { dtypeInfo } from "../graph/dtype.ts";
import { type ScalarType, scalarTypeOf, type SNode } from "../ir/scalar.ts";
import { type Associative, associative } from "./associative.ts";
import type { Chain, LanesPlan, LoopContext } from "./lanes.ts";
import { accessesOf } from "./loop_access.ts";

/** What a thread can carry. */
const MOST_WORDS = 4;

/** A carried value and how a step changes it. */
export interface State {
  readonly chain: Chain;
  readonly law: Associative;
  readonly type: Exclude<ScalarType, "bool">;
}

/** A loop that can be run by a prefix scan. */
export interface ParallelPlan {
  readonly lanes: LanesPlan;
  readonly states: readonly State[];
}

/** A plan for a loop that can be run in lanes, or why there is none. */
export function planParallel(lanes: LanesPlan, { buffers }: LoopContext): ParallelPlan | string {
  const { loop, nests, chains } = lanes;
  if (loop.until !== null) return "it has a stop condition";
  const accesses = accessesOf(nests);
  const written = new Set(accesses.flatMap(({ store, buffer }) => store === null ? [] : [buffer]));
  for (const buffer of written) {
    const own = accesses.filter((access) => access.buffer === buffer);
    const stores = own.filter(({ store }) => store !== null);
    if (stores.length !== 1) return "a result is stored more than once";
    const chain = chains.find((have) => have.buffer === buffer);
    if (chain !== undefined) {
      if ([...chain.ages.values()].some((age) => age > 1)) {
        return "it needs more than one step back";
      }
      continue;
    }
    if (own.length > 1) return "a step reads what others store";
    const moves = stores[0]!.address.terms.some(({ axis, stride }) =>
      axis.kind === "loop" && axis.loop === loop.id && axis.modulus === 0 && stride !== 0
    );
    if (!moves) return "steps store in one place";
  }
  const states: State[] = [];
  for (const chain of chains) {
    const old = [...chain.ages].filter(([, age]) => age === 1).map(([node]) => node);
    if (old.length === 0) continue;
    const isOld = (node: SNode) => old.some((load) => load === node && load.args.length === 0);
    const isFree = (node: SNode) =>
      node.op !== "reduced" && node.op !== "running" && node.op !== "product" &&
      !(node.op === "load" && written.has(node.buffer));
    const law = associative(chain.store.value, isOld, isFree);
    const { dtype } = buffers.find((decl) => decl.id === chain.buffer)!;
    const type = scalarTypeOf(dtype);
    // Narrower types round or wrap when they are stored.
    const plain = dtypeInfo(dtype).bytes >= 4;
    if (law === null || type === "bool" || !plain) return "its step is not associative";
    states.push({ chain, law, type });
  }
  if (states.length === 0 || weightOf(states) > MOST_WORDS) {
    return "it carries nothing, or too much";
  }
  return { lanes, states };
}

/** 32-bit words of all states together. */
function weightOf(states: readonly State[]): number {
  return states.reduce((sum, { type }) => sum + (["i64", "u64", "f64"].includes(type) ? 2 : 1), 0);
}

/**
 * Whether the order of the steps makes no more of a difference than it does in a sum. A float product of
 * many factors can leave the range of the dtype though the states stay within it.
 */
export function isSafeInAnyOrder({ states }: ParallelPlan): boolean {
  return states.every(({ law, type }) => law.kind !== "affine" || type !== "f32" && type !== "f64");
}

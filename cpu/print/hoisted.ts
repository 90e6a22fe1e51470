/**
 * What a nest computes in front of its loops.
 *
 * @module
 */

import type { SNode } from "../../core/ir/scalar.ts";
import type { Analysis } from "./nest_plan.ts";
import { isWide } from "./simd.ts";

/** Something to compute in front of the loops that don't change it. */
export interface HoistedNode {
  readonly node: SNode;
  /** Whether it is needed in all lanes of a vector. */
  readonly vector: boolean;
}

/** A use of a node: at which depth, in what form, and how often. */
interface Use extends HoistedNode {
  readonly depth: number;
  readonly count: number;
}

/**
 * Finds what can be computed in front of loops, by depth, when `outputs` are printed at `depth`, and
 * counts the uses of all nodes.
 */
export function findHoisted(
  analysis: Analysis,
  outputs: readonly HoistedNode[],
  depth: number,
): HoistedNode[][] {
  const found: HoistedNode[][] = Array.from({ length: depth + 1 }, () => []);
  const noted = new Set<number>(), seen = new Set<number>();
  const { uses } = analysis;
  const stack: Use[] = outputs.map((output) => ({ ...output, depth, count: 1 }));
  while (stack.length > 0) {
    const { node, depth: userDepth, vector: asVector, count } = stack.pop()!;
    uses.set(node, (uses.get(node) ?? 0) + count);
    const level = analysis.level(node);
    const varies = analysis.varies(node);
    const vector = asVector || varies;
    const key = 2 * node.id + Number(vector);
    const isPlain = node.op === "const" || node.op === "index";
    // A level beyond `depth` belongs to a loop that has ended.
    if ((level < userDepth || (vector && node.op === "const")) && (vector || !isPlain)) {
      if (!noted.has(key)) {
        noted.add(key);
        found[Math.min(level, depth)]!.push({ node, vector });
      }
    }
    if (seen.has(key)) continue;
    seen.add(key);
    const inner = Math.min(level, depth);
    for (const arg of node.args) {
      const count = varies && isWide(node.type) && !isWide(arg.type) ? 2 : 1;
      stack.push({ node: arg, depth: inner, vector: varies, count });
    }
    if (node.op === "load" && node.address.rest !== null) {
      const { rest } = node.address;
      stack.push({ node: rest, depth: inner, vector: analysis.varies(rest), count: 2 });
    }
  }
  // What others need comes first.
  for (const list of found) list.reverse();
  return found;
}

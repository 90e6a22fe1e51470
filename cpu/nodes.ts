/**
 * Walks over the nodes of scalar expressions, without a deep stack.
 *
 * @module
 */

import type { SNode } from "../core/kernel/scalar.ts";

/** What a node needs. */
export function dependencies(node: SNode): readonly SNode[] {
  return node.op === "load" && node.address.rest !== null
    ? [...node.args, node.address.rest]
    : node.args;
}

/**
 * Visits each node under some roots once, arguments first. What is in `seen` is left out; what is
 * visited is put there.
 */
export function visitNodes(
  roots: readonly SNode[],
  visit: (node: SNode) => void,
  seen: { has(node: SNode): boolean; add(node: SNode): unknown } = new Set<SNode>(),
): void {
  const stack: SNode[] = [];
  for (const root of roots) {
    stack.push(root);
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!;
      if (seen.has(node)) {
        stack.pop();
        continue;
      }
      let isReady = true;
      for (const arg of dependencies(node)) {
        if (seen.has(arg)) continue;
        stack.push(arg);
        isReady = false;
      }
      if (!isReady) continue;
      stack.pop();
      seen.add(node);
      visit(node);
    }
  }
}

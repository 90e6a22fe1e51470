/**
 * Walks over the nodes of scalar expressions, without a deep stack.
 *
 * @module
 */

import type { LoadNode, SNode } from "./scalar.ts";

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
  outputs: Iterable<SNode | null>,
  visit: (node: SNode) => void,
  seen: { has(node: SNode): boolean; add(node: SNode): unknown } = new Set<SNode>(),
): void {
  const stack: SNode[] = [];
  for (const output of outputs) {
    if (output === null) continue;
    stack.push(output);
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

/** The nodes under some roots, in an order in which each comes after what it needs. */
export function nodesOf(outputs: Iterable<SNode | null>): SNode[] {
  const nodes: SNode[] = [];
  visitNodes(outputs, (node) => nodes.push(node));
  return nodes;
}

/** The loads among the nodes under some roots. */
export function loadsOf(outputs: Iterable<SNode | null>): LoadNode[] {
  const loads: LoadNode[] = [];
  visitNodes(outputs, (node) => {
    if (node.op === "load") loads.push(node);
  });
  return loads;
}

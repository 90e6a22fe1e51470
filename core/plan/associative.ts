/**
 * Steps that are associative in what they carry: the new value is `a * old + b`, or the larger or
 * smaller of the old one and b.
 *
 * @module
 */

import { dependencies, nodesOf } from "../ir/nodes.ts";
import type { Prim, ScalarType, SNode } from "../ir/scalar.ts";

/** How a step makes a new value of the old one. */
export type Associative =
  | { readonly kind: "affine"; readonly a: SNode; readonly b: SNode }
  | { readonly kind: "sum" | "max" | "min"; readonly b: SNode };

/**
 * Takes a value apart with respect to an old one.
 *
 * @param value The new value.
 * @param isOld Whether a node is the old value.
 * @param isFree Whether a node other than the old value is the same whatever the old one is.
 * @returns null if the value is not associative in the old one.
 */
export function associative(
  value: SNode,
  isOld: (node: SNode) => boolean,
  isFree: (node: SNode) => boolean,
): Associative | null {
  // Whether a node depends on the old value, or on anything else that is not free.
  const depends = new Map<SNode, boolean>();
  for (const node of nodesOf([value])) {
    if (!isOld(node) && !isFree(node)) return null;
    depends.set(node, isOld(node) || dependencies(node).some((arg) => depends.get(arg)!));
  }
  if (!depends.get(value)!) return { kind: "affine", a: number(value.type, 0), b: value };
  if (value.op === "max" || value.op === "min") {
    const [x, y] = value.args as [SNode, SNode];
    if (isOld(x) && !depends.get(y)!) return { kind: value.op, b: y };
    if (isOld(y) && !depends.get(x)!) return { kind: value.op, b: x };
    return null;
  }
  const parts = new Map<SNode, AffineParts | null>();
  for (const node of nodesOf([value])) {
    parts.set(node, partsOf(node, isOld, (arg) => depends.get(arg)!, parts));
  }
  const found = parts.get(value);
  if (found === null || found === undefined) return null;
  const b = found.b ?? number(value.type, 0);
  if (isOne(found.a)) return { kind: "sum", b };
  return { kind: "affine", a: found.a!, b };
}

/** `a * old + b`, where null stands for 0. */
interface AffineParts {
  readonly a: SNode | null;
  readonly b: SNode | null;
}

function partsOf(
  node: SNode,
  isOld: (node: SNode) => boolean,
  depends: (node: SNode) => boolean,
  known: ReadonlyMap<SNode, AffineParts | null>,
): AffineParts | null {
  if (isOld(node)) return { a: number(node.type, 1), b: null };
  if (!depends(node)) return { a: null, b: node };
  const args = node.args.map((arg) => known.get(arg) ?? null);
  if (args.some((arg) => arg === null)) return null;
  const [x, y, z] = args as [AffineParts, AffineParts, AffineParts];
  switch (node.op) {
    case "add":
      return plus(x, y);
    case "sub":
      return plus(x, negated(y));
    case "neg":
      return negated(x);
    case "mul":
      return times(x, y);
    case "madd": {
      const product = times(x, y);
      return product === null ? null : plus(product, z);
    }
    case "div":
      if (y.a !== null || y.b === null || node.type !== "f32") return null;
      return {
        a: x.a === null ? null : make("div", x.a, y.b),
        b: x.b === null ? null : make("div", x.b, y.b),
      };
    case "select": {
      const condition = node.args[0]!;
      if (depends(condition)) return null;
      const zero = number(node.type, 0);
      return {
        a: select(condition, y.a ?? zero, z.a ?? zero),
        b: select(condition, y.b ?? zero, z.b ?? zero),
      };
    }
  }
  return null;
}

function plus(x: AffineParts, y: AffineParts): AffineParts {
  const add = (p: SNode | null, q: SNode | null) =>
    p === null ? q : q === null ? p : make("add", p, q);
  return { a: add(x.a, y.a), b: add(x.b, y.b) };
}

function negated({ a, b }: AffineParts): AffineParts {
  return { a: a === null ? null : make("neg", a), b: b === null ? null : make("neg", b) };
}

function times(x: AffineParts, y: AffineParts): AffineParts | null {
  if (x.a !== null && y.a !== null) return null;
  const [moving, factor] = x.a !== null ? [x, y.b] : [y, x.b];
  if (factor === null) return { a: null, b: null };
  const scale = (p: SNode | null) => p === null ? null : isOne(p) ? factor : make("mul", p, factor);
  return { a: scale(moving.a), b: scale(moving.b) };
}

function select(condition: SNode, x: SNode, y: SNode): SNode {
  return { id: -1, op: "select", type: x.type, args: [condition, x, y] };
}

function make(op: Prim, ...args: SNode[]): SNode {
  return { id: -1, op, type: args[0]!.type, args };
}

function number(type: ScalarType, value: number): SNode {
  return { id: -1, op: "const", type, args: [], value };
}

function isOne(node: SNode | null): boolean {
  return node !== null && node.op === "const" && Number(node.value) === 1;
}

/**
 * Keeps compilers from rewriting float arithmetic by laws that hold for real numbers only.
 *
 * Mesa, for one, turns `x - x` into 0, `x * 0` into 0, `(a + b) - a` into b, `(x + 1) + 2` into
 * `x + 3` and `a * b + a * c` into `a * (b + c)`, whatever NaN, infinities and rounding have to say. A
 * quotient by what it knows to be 0 it takes for undefined, and 0 divided by anything for 0. WGSL has no
 * way to forbid it, so where such a law would apply an operand is hidden behind an exclusive or with a
 * zero from memory.
 *
 * @module
 */

import type { SNode } from "../../core/ir/scalar.ts";
import type { Printed } from "./scalar.ts";
import type { Prelude } from "./prelude.ts";

/** The arguments of a node, the endangered ones hidden. */
export function hideArguments(
  node: SNode,
  args: readonly Printed[],
  prelude: Prelude,
): readonly Printed[] {
  if (args[0]?.type !== "f32") return args;
  const hidden = endangered(node);
  if (hidden.length === 0) return args;
  prelude.use("special");
  return args.map((arg, i) => {
    if (!hidden.includes(i)) return arg;
    const constant = node.args[i]!;
    if (constant.op === "const" && isZero(constant)) {
      const sign = Object.is(constant.value, -0) ? " ^ 0x80000000u" : "";
      return { ...arg, text: `bitcast<f32>(special.w${sign})` };
    }
    return { ...arg, text: `bitcast<f32>(bitcast<u32>(${arg.text}) ^ special.w)` };
  });
}

/** A float, hidden in another way: twice the same exclusive or would be none. */
export function hideStart(text: string, prelude: Prelude): string {
  prelude.use("special");
  return `bitcast<f32>(bitcast<u32>(${text}) ^ special.x ^ 0x7f800000u)`;
}

/** Which arguments to hide. */
function endangered(node: SNode): number[] {
  const [a, b] = node.args as [SNode, SNode];
  switch (node.op) {
    case "mul":
      return product(a, b);
    case "madd":
      if (isZero(a)) return [0];
      if (isZero(b)) return [1];
      // n * c2 + (n * c1 + x), the reduction of an angle.
      return shareFactor([[a, b]], terms(node.args[2]!)) ? [2] : [];
    case "div":
      // Loops over nothing, unrolled loops and choices make more values known than are constants here.
      if (!isConstant(b) || isZero(b)) return mayBeZero(a) || strip(a) === strip(b) ? [0, 1] : [1];
      return scaled(a) ? [0] : [];
    case "add":
    case "sub":
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return sum(a, b, node.op === "add" || node.op === "sub");
  }
  return [];
}

function product(a: SNode, b: SNode): number[] {
  if (isZero(a)) return [0];
  if (isZero(b)) return [1];
  if (isConstant(b) && scaled(a)) return [0];
  if (isConstant(a) && scaled(b)) return [1];
  // sqrt(x) * sqrt(x), and x * (y / x).
  if (a === b && a.op === "sqrt") return [0];
  if (a.op === "div" && strip(a.args[1]!) === strip(b)) return [0];
  if (b.op === "div" && strip(b.args[1]!) === strip(a)) return [1];
  return [];
}

function sum(a: SNode, b: SNode, arithmetic: boolean): number[] {
  // Constants are moved out of sums before terms meet: ((x + y) + 1) - y is taken for (x + y) - y + 1.
  const [p, q] = [unshifted(a), unshifted(b)];
  if (arithmetic && p === q) return [0];
  if (holds(a, b) || holds(p, q)) return [0];
  if (holds(b, a) || holds(q, p)) return [1];
  if (isConstant(b) && shifted(a)) return [0];
  if (isConstant(a) && shifted(b)) return [1];
  return arithmetic && shareFactor(terms(a), terms(b)) ? [0] : [];
}

/** The factors of the products that a node is a sum of, as far as one looks. */
function terms(node: SNode): (readonly SNode[])[] {
  const inner = strip(node);
  switch (inner.op) {
    case "mul":
      return [inner.args];
    case "madd":
      return [inner.args.slice(0, 2), ...products(inner.args[2]!)];
    case "add":
    case "sub":
      return inner.args.flatMap(products);
  }
  return [];
}

function products(node: SNode): (readonly SNode[])[] {
  const inner = strip(node);
  return inner.op === "mul" || inner.op === "madd" ? [inner.args.slice(0, 2)] : [];
}

/** Whether a product of one sum and a product of another have a factor in common. */
function shareFactor(a: (readonly SNode[])[], b: (readonly SNode[])[]): boolean {
  if (a.length === 0 || b.length === 0) return false;
  const factors = new Set(a.flat().map(strip));
  return b.some((product) => product.some((factor) => factors.has(strip(factor))));
}

/** Whether a sum has a term. */
function holds(sum: SNode, term: SNode): boolean {
  const inner = strip(sum);
  if (inner.op !== "add" && inner.op !== "sub") return false;
  const wanted = strip(term);
  return inner.args.some((arg) => strip(arg) === wanted);
}

/** A node without the constants that are added to it. */
function unshifted(node: SNode): SNode {
  const inner = strip(node);
  if (!shifted(inner)) return inner;
  const other = inner.args.find((arg) => !isConstant(arg));
  return other === undefined ? inner : unshifted(other);
}

/** Whether a node is a sum with a constant. */
function shifted(node: SNode): boolean {
  const inner = strip(node);
  return (inner.op === "add" || inner.op === "sub") && inner.args.some(isConstant);
}

/** Whether a node is a product with a constant, or a quotient by one. */
function scaled(node: SNode): boolean {
  const inner = strip(node);
  return (inner.op === "mul" || inner.op === "div") && inner.args.some(isConstant);
}

/** Whether a compiler may find that a node is 0, perhaps in one of two cases. */
function mayBeZero(node: SNode): boolean {
  const { op, args } = strip(node);
  return op !== "load" && (args.length === 0 || op === "cast" || op === "select") &&
    !(isConstant(node) && !isZero(node));
}

/** A node without its sign, and without products with 1. */
function strip(node: SNode): SNode {
  for (;;) {
    const [a, b] = node.args;
    if (node.op === "neg") node = a!;
    else if ((node.op === "mul" || node.op === "div") && isOne(b!)) node = a!;
    else if (node.op === "mul" && isOne(a!)) node = b!;
    else return node;
  }
}

function isOne(node: SNode): boolean {
  return node.op === "const" && Math.abs(Number(node.value)) === 1;
}

function isConstant(node: SNode): boolean {
  return node.op === "const";
}

function isZero(node: SNode): boolean {
  return node.op === "const" && node.value === 0;
}

/**
 * Runs scalar expressions on numbers, as a machine of the chosen manners would.
 *
 * @module
 */

import { ScalarBuilder, sizeIx } from "../../../core/ir/builder.ts";
import { foldPrim, type ScalarValue } from "../../../core/ir/fold.ts";
import type { SNode } from "../../../core/ir/scalar.ts";

/** A function in the scalar language. */
export type Build = (b: ScalarBuilder, ...x: SNode[]) => SNode;

/** How the machine computes. */
export interface Manners {
  /** Whether the expression may rely on IEEE 754. */
  ieee: boolean;
  /** Whether `madd` of f32 rounds once. */
  fused: boolean;
  /** Whether comparisons with NaN come out true and `ne` false, as if there were no NaN. */
  careless?: boolean;
}

/** An expression ready to run. */
export interface Evaluator {
  (...x: number[]): number;
  /** Number of operations, without changes of type by name only. */
  operations: number;
}

/** Builds `f` for arguments of a type. */
export function evaluator(
  f: Build,
  type: "f32" | "f64",
  arity: number,
  { ieee, fused, careless = false }: Manners,
): Evaluator {
  const b = new ScalarBuilder({ ieee });
  const dtype = type === "f32" ? "float32" : "float64";
  const inputs = Array.from({ length: arity }, (_, i) => b.load(i, dtype, sizeIx(0)));
  const order: SNode[] = [], slots = new Map<SNode, number>();
  const visit = (node: SNode): void => {
    if (slots.has(node)) return;
    node.args.forEach(visit);
    slots.set(node, order.length);
    order.push(node);
  };
  const root = f(b, ...inputs);
  visit(root);
  const values: ScalarValue[] = new Array(order.length);
  const steps = order.map((node, at) => compile(node, at));
  const result = slots.get(root)!;

  function compile(node: SNode, at: number): ((x: number[]) => void) | null {
    if (node.op === "const") {
      values[at] = node.value;
      return null;
    }
    if (node.op === "load") return (x) => values[at] = x[node.buffer]!;
    const args = node.args.map((arg) => slots.get(arg)!), from = node.args[0]!.type;
    const { op, type } = node;
    switch (op) {
      case "index":
      case "size":
      case "reduced":
      case "running":
      case "product":
      case "call":
        throw new TypeError(`Cannot evaluate "${op}"`);
    }
    if (op === "madd" && type === "f32" && !fused) {
      const [a, c, d] = args as [number, number, number];
      return () => {
        const product = Math.fround((values[a] as number) * (values[c] as number));
        values[at] = Math.fround(product + (values[d] as number));
      };
    }
    const compares = ["eq", "ne", "lt", "le", "gt", "ge"].includes(op);
    return () => {
      const taken = args.map((slot) => values[slot]!);
      values[at] = careless && compares && taken.some((v) => Number.isNaN(v))
        ? Number(op !== "ne")
        : foldPrim(op, type, from, taken);
    };
  }

  const run = (...x: number[]): number => {
    for (const step of steps) step?.(x);
    return values[result] as number;
  };
  const counted = order.filter((node) => node.args.length > 0 && node.op !== "bitcast");
  return Object.assign(run, { operations: counted.length });
}

/** The distance of two numbers in units in the last place of `expected`, as numbers of the type have them. */
export function ulps(type: "f32" | "f64", actual: number, expected: number): number {
  if (Object.is(actual, expected)) return 0;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return Infinity;
  const [digits, least] = type === "f32" ? [24, -149] : [53, -1074];
  // The exponent e with 2^(e-1) <= |expected| < 2^e.
  let e = expected === 0 ? least : Math.floor(Math.log2(Math.abs(expected))) + 1;
  while (Math.abs(expected) >= 2 ** e) e++;
  while (expected !== 0 && Math.abs(expected) < 2 ** (e - 1)) e--;
  // In two factors, because the unit of a small number may be below all numbers.
  const unit = Math.max(e - digits, least);
  return Math.abs(actual - expected) * 2 ** -Math.ceil(unit / 2) * 2 ** -Math.floor(unit / 2);
}

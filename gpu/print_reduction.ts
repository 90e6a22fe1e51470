/**
 * How values are combined over loop axes, in WGSL.
 *
 * @module
 */

import type { ReduceKind, Reduction } from "../core/kernel/program.ts";
import {
  type Prelude,
  printConstant,
  type Printed,
  printPrim,
  type WgslType,
  wgslType,
} from "./print_scalar.ts";

/** Whether a reduction gives a position and not a value. */
export function isArg(kind: ReduceKind): kind is "argmax" | "argmin" {
  return kind === "argmax" || kind === "argmin";
}

/** The type that is accumulated: for arg kinds that of the compared values (bools as u32). */
export function accumulatedType(reduction: Reduction): WgslType {
  if (!isArg(reduction.kind)) return wgslType(reduction.type);
  const type = wgslType(reduction.value.type);
  return type === "bool" ? "u32" : type;
}

/** The value that changes nothing; for arg kinds a placeholder. */
export function identityText(kind: ReduceKind, type: WgslType, prelude: Prelude): string {
  const give = (value: number) => printConstant(type, value, prelude).text;
  switch (kind) {
    case "prod":
    case "all":
      return give(1);
    case "max":
      return give(type === "f32" ? -Infinity : type === "i32" ? -2147483648 : 0);
    case "min":
      return give(
        type === "f32" ? Infinity : type === "i32" ? 2147483647 : type === "u32" ? 4294967295 : 1,
      );
    default:
      return give(0);
  }
}

/** Two accumulated values as one; not for arg kinds. */
export function combineText(
  kind: ReduceKind,
  type: WgslType,
  a: string,
  b: string,
  prelude: Prelude,
): string {
  const op = ({ sum: "add", prod: "mul", max: "max", min: "min", any: "or", all: "and" } as const)[
    kind as Exclude<ReduceKind, "argmax" | "argmin">
  ];
  const value = (text: string): Printed => ({ text, type, nan: type === "f32" });
  return printPrim(op, type, [value(a), value(b)], prelude).text;
}

/**
 * Whether value `a` at position `ia` beats value `b` at position `ib`: it is more extreme, or equal
 * and first. NaN beats all, and position -1 stands for no value.
 */
export function betterText(
  kind: "argmax" | "argmin",
  type: WgslType,
  [a, ia]: readonly [string, string],
  [b, ib]: readonly [string, string],
  prelude: Prelude,
): string {
  const sign = kind === "argmax" ? ">" : "<";
  const name = `better_${kind}_${type}`;
  const text = type === "f32"
    ? `fn ${name}(a: f32, ia: i32, b: f32, ib: i32) -> bool {
  let na = is_nan(a);
  let nb = is_nan(b);
  let wins = (na & !nb) | (!na & !nb & (a ${sign} b));
  let ties = (na & nb) | (!na & !nb & (a == b));
  return (ia >= 0i) & ((ib < 0i) | wins | (ties & (ia < ib)));
}`
    : `fn ${name}(a: ${type}, ia: i32, b: ${type}, ib: i32) -> bool {
  return (ia >= 0i) & ((ib < 0i) | (a ${sign} b) | ((a == b) & (ia < ib)));
}`;
  prelude.define(name, text, type === "f32" ? ["is_nan"] : []);
  return `${name}(${a}, ${ia}, ${b}, ${ib})`;
}

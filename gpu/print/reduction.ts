/**
 * How values are combined over loop axes, in WGSL.
 *
 * @module
 */

import type { ReduceKind, Reduction } from "../../core/ir/program.ts";
import {
  printConstant,
  type Printed,
  printPrim,
  wgslName,
  type WgslType,
  wgslType,
} from "./scalar.ts";
import type { Prelude } from "./prelude.ts";

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

/** The least and the greatest value of a type. */
const LIMITS: Record<WgslType, readonly [number | bigint, number | bigint]> = {
  bool: [0, 1],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  f32: [-Infinity, Infinity],
};

/** The value that changes nothing; for arg kinds a placeholder. */
export function identityText(kind: ReduceKind, type: WgslType, prelude: Prelude): string {
  const give = (value: number | bigint) => printConstant(type, value, prelude).text;
  switch (kind) {
    case "prod":
    case "all":
      return give(1);
    case "max":
    case "min":
      return give(LIMITS[type][kind === "max" ? 0 : 1]);
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
  const value = (text: string): Printed => ({ text, type, nan: false });
  const compare = (op: "gt" | "lt" | "eq") =>
    printPrim(op, "bool", [value("a"), value("b")], prelude).text;
  const text = type === "f32"
    ? `fn ${name}(a: f32, ia: i32, b: f32, ib: i32) -> bool {
  let na = is_nan(a);
  let nb = is_nan(b);
  let wins = (na & !nb) | (!na & !nb & (a ${sign} b));
  let ties = (na & nb) | (!na & !nb & (a == b));
  return (ia >= 0i) & ((ib < 0i) | wins | (ties & (ia < ib)));
}`
    : `fn ${name}(a: ${wgslName(type)}, ia: i32, b: ${wgslName(type)}, ib: i32) -> bool {
  return (ia >= 0i) & ((ib < 0i) | ${compare(sign === ">" ? "gt" : "lt")} | (${
      compare("eq")
    } & (ia < ib)));
}`;
  prelude.define(name, text, type === "f32" ? ["is_nan"] : []);
  return `${name}(${a}, ${ia}, ${b}, ${ib})`;
}

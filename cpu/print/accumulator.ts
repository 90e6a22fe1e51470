/**
 * The accumulators of reductions: where they are kept, and what they start with.
 *
 * @module
 */

import type { ReduceKind } from "../../core/ir/program.ts";
import type { Prim, ScalarType } from "../../core/ir/scalar.ts";
import type { Local } from "../wasm/mod.ts";
import type { KReduction, Storage } from "./kernel.ts";
import type { Form } from "./simd.ts";

/** Vectors by form. */
export type Vectors = Partial<Record<Form, Local<"v128">>>;

/** The accumulator of one reduction. */
export interface State {
  readonly reduction: KReduction;
  readonly isArg: boolean;
  /** The type that is compared or added up. */
  readonly type: ScalarType;
  /** Whether float32 is added in float64 at once. */
  readonly wide: boolean;
  /** Scalar accumulator. */
  total?: Local;
  /** Position of the best value. */
  at?: Local<"i32">;
  /** Vector accumulators by copy, and the float64 ones that they are moved to. */
  readonly parts: Vectors[];
  readonly sums: Vectors[];
  readonly places: Local<"v128">[];
  /** Of extremes of floats by copy: where a NaN was met. What is in the lane of the accumulator is then of no account. */
  readonly nans: Vectors[];
  /** Where lanes run along what is accumulated: what all of them before come to, in each lane. */
  carry?: Local<"v128">;
  /** The results; of an arg kind, the value at the place that is the result. */
  result?: Local;
  best?: Local;
  readonly results: Vectors[];
}

/** The op that takes a value into the others. */
export const prims: Record<ReduceKind, Prim> = {
  sum: "add",
  prod: "mul",
  max: "max",
  min: "min",
  any: "or",
  all: "and",
  argmax: "max",
  argmin: "min",
};

/** The value that changes nothing. */
export function identityOf(kind: ReduceKind, type: ScalarType): number | bigint {
  const big = type === "i64" || type === "u64";
  switch (kind) {
    case "sum":
    case "any":
      return big ? 0n : 0;
    case "prod":
    case "all":
      return big ? 1n : 1;
    case "max":
    case "argmax":
      return extremes[type][0];
    case "min":
    case "argmin":
      return extremes[type][1];
  }
}

const extremes: Record<ScalarType, readonly [number | bigint, number | bigint]> = {
  bool: [0, 1],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  f32: [-Infinity, Infinity],
  f64: [-Infinity, Infinity],
};

/** Bytes that a reduction of a part takes. */
export const PARTIAL_BYTES = 16;

/** The type in which the parts of a reduction are kept and combined. */
export function partialType({ kind, type, value }: KReduction): ScalarType {
  if (kind === "argmax" || kind === "argmin") return value.type;
  return kind === "sum" && type === "f32" ? "f64" : type;
}

/** Where parts are kept. */
export const storages: Record<ScalarType, Storage> = {
  bool: "int32",
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  f32: "float32",
  f64: "float64",
};

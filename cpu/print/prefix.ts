/**
 * Prints running reductions whose vectors lie along the axis that they run along: each vector is made
 * a prefix in itself, and what came before it is put to all of its lanes.
 *
 * @module
 */

import type { Local } from "../wasm/mod.ts";
import { identityOf, prims, type State, type Vectors } from "./accumulator.ts";
import type { FunctionContext } from "./context.ts";
import type { KReduction } from "./kernel.ts";
import { applySimd, type Form, formsOf, isWide, splatConst } from "./simd.ts";

/** Whether the values of a running reduction may be put together in any grouping. */
export function hasPrefix({ kind, type }: KReduction): boolean {
  if (type === "bool" || kind === "argmax" || kind === "argmin") return false;
  // A few floats together may leave the range where all of them don't, but for float32, which are added in
  // float64.
  return kind === "sum" ? type !== "f64" : kind !== "prod" || type !== "f32" && type !== "f64";
}

/**
 * Turns the values of a vector into running ones.
 *
 * @param parts Holds the values by form, and receives what they run to.
 * @param carry What all values before them come to, in all lanes; afterwards with these.
 */
export function printPrefix(
  { f, module }: FunctionContext,
  { reduction: { kind }, type }: State,
  parts: Vectors,
  carry: Local<"v128">,
): void {
  const apply = () => applySimd(f, prims[kind], type, module.relaxed);
  const nothing = f.alloc("v128"), last = f.alloc("v128");
  const form: Form = isWide(type) ? 1 : 0;
  splatConst(f, type, form, identityOf(kind, type));
  f.localSet(nothing);
  /** Puts to each lane the one so many before it. */
  const step = (part: Local<"v128">, lanes: 1 | 2) => {
    f.localGet(nothing).localGet(part);
    if (form === 1) f.i64x2Shuffle(0, 2);
    else if (lanes === 1) f.i32x4Shuffle(0, 4, 5, 6);
    else f.i32x4Shuffle(0, 0, 4, 5);
    f.localGet(part);
    apply();
    f.localSet(part);
  };
  const spread = (part: Local<"v128">) => {
    f.localGet(part).localGet(part);
    if (form === 1) f.i64x2Shuffle(1, 1);
    else f.i32x4Shuffle(3, 3, 3, 3);
  };
  const all = formsOf(type).map((one) => parts[one]!);
  for (const part of all) {
    step(part, 1);
    if (form === 0) step(part, 2);
  }
  if (form === 1) {
    spread(all[0]!);
    f.localGet(all[1]!);
    apply();
    f.localSet(all[1]!);
  }
  spread(all.at(-1)!);
  f.localSet(last);
  for (const part of all) {
    f.localGet(carry).localGet(part);
    apply();
    f.localSet(part);
  }
  // Not by way of the lanes themselves: the next vector waits for one operation only.
  f.localGet(carry).localGet(last);
  apply();
  f.localSet(carry).free(nothing, last);
}

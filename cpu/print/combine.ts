/**
 * Prints how values, the lanes of vectors, and vectors become one.
 *
 * @module
 */

import type { ReduceKind } from "../../core/ir/program.ts";
import type { ScalarType } from "../../core/ir/scalar.ts";
import type { Local } from "../wasm/mod.ts";
import { prims, type State, type Vectors } from "./accumulator.ts";
import type { FunctionContext } from "./context.ts";
import { applyScalar, valType } from "./scalar.ts";
import { applySimd, extract, type Form, formsOf, isWide, lanesOf } from "./simd.ts";

/** Pushes whether a scalar beats another one that comes before it. */
export function pushBetter(
  { f, module }: FunctionContext,
  state: State,
  current: Local,
  best: Local,
): void {
  const { type } = state;
  f.localGet(current).localGet(best);
  applyScalar(f, state.reduction.kind === "argmax" ? "gt" : "lt", "bool", type, module.helper);
  if (type !== "f32" && type !== "f64") return;
  f.localGet(current).localGet(current);
  applyScalar(f, "ne", "bool", type, module.helper);
  f.localGet(best).localGet(best);
  applyScalar(f, "eq", "bool", type, module.helper);
  f.i32And().i32Or();
}

/** Pushes what the lanes of some vectors give together. */
export function pushCombined(
  { f, module }: FunctionContext,
  kind: ReduceKind,
  type: ScalarType,
  vectors: readonly Vectors[],
): void {
  const op = prims[kind];
  const apply = () => applyScalar(f, op, type, type, module.helper);
  const all = vectors.flatMap((parts) => formsOf(type).map((form) => parts[form]!));
  const whole = f.alloc("v128");
  pushTree(f, all, () => applySimd(f, op, type, module.relaxed));
  f.localSet(whole);
  const form: Form = isWide(type) ? 1 : 0;
  const push = (lane: number) => {
    f.localGet(whole);
    extract(f, type, form, lane);
  };
  push(0);
  push(1);
  apply();
  if (form === 0) {
    push(2);
    push(3);
    apply();
    apply();
  }
  f.free(whole);
}

/** Pushes vectors, combined two by two. */
export function pushTree(
  f: FunctionContext["f"],
  vectors: readonly Local<"v128">[],
  apply: () => void,
): void {
  if (vectors.length === 1) {
    f.localGet(vectors[0]!);
    return;
  }
  const half = vectors.length >> 1;
  pushTree(f, vectors.slice(0, half), apply);
  pushTree(f, vectors.slice(half), apply);
  apply();
}

/** Finds the best value of all lanes, the earliest of equal ones, and its position. */
export function combineBest(context: FunctionContext, state: State): void {
  const { f, module } = context;
  const best = context.take(valType(state.type));
  const at = context.take("i32");
  const current = f.alloc(valType(state.type)), place = f.alloc("i32");
  let isFirst = true;
  state.parts.forEach((parts, copy) => {
    for (const form of formsOf(state.type)) {
      const [first, count] = lanesOf(form);
      for (let lane = 0; lane < count; lane++) {
        f.localGet(parts[form]!);
        extract(f, state.type, form, lane);
        f.localSet(current);
        f.localGet(state.places[copy]!).i32x4ExtractLane(first + lane).localSet(place);
        if (isFirst) {
          f.localGet(current).localSet(best).localGet(place).localSet(at);
          isFirst = false;
          continue;
        }
        // Better, or as good and earlier.
        pushBetter(context, state, current, best);
        f.localGet(current).localGet(best);
        applyScalar(f, "eq", "bool", state.type, module.helper);
        if (state.type === "f32" || state.type === "f64") {
          f.localGet(current).localGet(current);
          applyScalar(f, "ne", "bool", state.type, module.helper);
          f.localGet(best).localGet(best);
          applyScalar(f, "ne", "bool", state.type, module.helper);
          f.i32And().i32Or();
        }
        f.localGet(place).localGet(at).i32LtU().i32And().i32Or();
        f.if(() => f.localGet(current).localSet(best).localGet(place).localSet(at));
      }
    }
  });
  f.free(current, place);
  state.result = at;
  state.best = best;
}

/** Pushes float64 sums as float32. */
export function pushDemoted(context: FunctionContext, sums: Vectors): void {
  const { f } = context;
  f.localGet(sums[1]!).f32x4DemoteF64x2Zero();
  f.localGet(sums[2]!).f32x4DemoteF64x2Zero();
  f.i64x2Shuffle(0, 2);
}

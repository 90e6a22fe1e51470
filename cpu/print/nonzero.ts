/**
 * Prints the search for the elements of a vector that are not zero.
 *
 * @module
 */

import { type DType, dtypeInfo } from "../../core/graph/dtype.ts";
import type { Nonzero } from "../../core/ir/program.ts";
import type { Local } from "../wasm/mod.ts";
import type { FunctionContext } from "./context.ts";
import { storageOf } from "./kernel.ts";
import { loadScalar } from "./scalar.ts";

/** Prints a step that writes the positions of elements that are not zero, and their number. */
export function printNonzero(context: FunctionContext, step: Nonzero): void {
  const { f } = context;
  const from = f.local("i32"), to = f.local("i32"), i = f.local("i32"), end = f.local("i32");
  const { bytes } = dtypeInfo(step.dtype);
  f.localGet(context.base(step.source)).localSet(from);
  f.localGet(context.base(step.positions)).localSet(to);
  context.pushSize(step.length);
  f.localSet(end);
  f.forLoop(i, 0, end, 1, () => {
    f.localGet(to).localGet(i).i32Store().localGet(to);
    pushIsNonzero(context, step.dtype, from);
    f.i32Const(2).i32Shl().i32Add().localSet(to);
    f.increment(from, bytes);
  });
  f.localGet(context.base(step.count));
  f.localGet(to).localGet(context.base(step.positions)).i32Sub().i32Const(2).i32ShrU()
    .i32Store();
}

/** Pushes 1 if the element at the address in a local is not zero, else 0. */
function pushIsNonzero(context: FunctionContext, dtype: DType, at: Local<"i32">): void {
  const { f } = context;
  const storage = storageOf(dtype);
  const parts = storage === dtype || dtype === "float16" ? 1 : 2;
  for (let part = 0; part < parts; part++) {
    f.localGet(at);
    loadScalar(f, storage, part * dtypeInfo(storage).bytes);
    // The sign of a float16 zero doesn't count.
    if (dtype === "float16") f.i32Const(0x7fff).i32And();
    if (storage === "float32") f.f32Const(0).f32Ne();
    else if (storage === "float64") f.f64Const(0).f64Ne();
    else if (dtypeInfo(storage).bytes === 8) f.i64Const(0).i64Ne();
    else f.i32Const(0).i32Ne();
    if (part > 0) f.i32Or();
  }
}

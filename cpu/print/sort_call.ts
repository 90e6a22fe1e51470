/**
 * Prints calls of the functions that sort.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { Sort } from "../../core/ir/program.ts";
import { mulSize } from "../../core/ir/size.ts";
import type { Func } from "../wasm/mod.ts";
import type { FunctionContext } from "./context.ts";
import { WORKSPACE } from "./params.ts";
import type { PartRange } from "./shared.ts";

/** Calls the function that sorts, for all rows or for those of a part. */
export function callSort(
  context: FunctionContext,
  sort: Sort,
  func: Func,
  range: PartRange | null = null,
): void {
  const positionBytes = sort.positions === null
    ? 0
    : dtypeInfo(context.module.buffers.get(sort.positions)!.dtype).bytes;
  const elementBytes = dtypeInfo(sort.dtype).bytes;
  const { f } = context;
  const base = (buffer: number | null, bytes: number) => {
    if (buffer === null) {
      f.i32Const(0);
      return;
    }
    f.localGet(context.base(buffer));
    if (range === null) return;
    f.localGet(range.from);
    context.timesSize(mulSize(sort.length, bytes));
    f.i32Add();
  };
  base(sort.source, elementBytes);
  base(sort.values, elementBytes);
  base(sort.positions, positionBytes);
  f.i32Const(positionBytes);
  if (range === null) context.pushSize(sort.rows);
  else f.localGet(range.to).localGet(range.from).i32Sub();
  context.pushSize(sort.length);
  f.i32Const(sort.descending ? 1 : 0);
  f.localGet(range?.work ?? context.base(WORKSPACE)).call(func);
}

/**
 * Prints a nest, or a small product of a matrix by a vector, where its sizes are not zero.
 *
 * @module
 */

import { type Size, sizeKey } from "../../core/ir/size.ts";
import type { FunctionContext } from "./context.ts";
import type { LoweredNest } from "./kernel.ts";
import type { Level, NestPlan } from "./nest_plan.ts";
import { type RowPlan, RowProducts } from "./gemv.ts";

import { NestPrinter, type NestRange } from "./nest_printer.ts";

/**
 * Prints a kernel into the function of a context, by a plan. Sizes may be zero; then a range is of no account.
 */
export function printNest(
  context: FunctionContext,
  kernel: LoweredNest,
  plan: NestPlan,
  range?: NestRange,
): void {
  if (plan.levels.some((level, i) => level.size === 0 && i < plan.axisCount)) return;
  const body = () => {
    const empty = kernel.loops.some((size) => size === 0);
    if (empty) {
      printWithoutLoops(context, kernel);
      return;
    }
    whereNotEmpty(
      context,
      kernel.loops,
      () =>
        eachBlock(
          context,
          plan,
          range,
          (ranges) => new NestPrinter(context, kernel, plan, { ranges }).print(),
        ),
      () => printWithoutLoops(context, kernel),
    );
  };
  context.scoped(() => whereNotEmpty(context, kernel.axes, body));
}

/**
 * Tiles are printed block by block, so that lines of the processor's cache that a block reads in part are
 * still there when it reads the rest, and pages are looked up once.
 */
const BLOCK_ROWS = 32, BLOCK_COLUMNS = 64;

/** Prints all blocks of a nest: one, if it has no tiles. */
function eachBlock(
  context: FunctionContext,
  plan: NestPlan,
  range: NestRange | undefined,
  body: (ranges: readonly NestRange[]) => void,
): void {
  const { levels, vector, tile } = plan, { f } = context;
  const given = range === undefined ? [] : [range];
  if (tile === undefined) {
    body(given);
    return;
  }
  const level = (depth: number, block: number, body: (ranges: readonly NestRange[]) => void) => {
    const { size } = levels[depth - 1]!;
    const { from = 0, to = context.operand(size) } = range?.depth === depth ? range : {};
    if (typeof to === "number" && to <= block) {
      body([]);
      return;
    }
    const start = context.take("i32"), end = context.take("i32");
    f.forLoop(start, from, to, block, () => {
      f.localGet(start).i32Const(block).i32Add().localTee(end);
      f.i32(to).localGet(end).i32(to).i32LtS().select("i32").localSet(end);
      context.scoped(() => body([{ depth, from: start, to: end }]));
    });
  };
  const others = given.filter(({ depth }) => depth !== vector && depth !== tile);
  level(vector, BLOCK_COLUMNS, (columns) => {
    level(tile, BLOCK_ROWS, (rows) => body([...columns, ...rows, ...others]));
  });
}

/** Prints something for where sizes that only a call tells are all greater than 0, and for where not. */
export function whereNotEmpty(
  context: FunctionContext,
  sizes: readonly Size[],
  body: () => void,
  otherwise?: () => void,
): void {
  const varying = sizes.filter((size) => typeof size !== "number");
  if (varying.length === 0) {
    body();
    return;
  }
  pushAllPositive(context, varying);
  context.f.if(
    () => context.scoped(body),
    otherwise && (() => context.scoped(otherwise)),
  );
}

/** Prints the part of a kernel that remains where a loop has no iterations: its reductions are of nothing. */
export function printWithoutLoops(context: FunctionContext, kernel: LoweredNest): void {
  if (kernel.outer.length === 0) return;
  const levels = kernel.axes.map((size, axis): Level => ({ axis, size, mode: "loop", unroll: 1 }));
  const reductions = kernel.reductions.map((reduction) => ({
    ...reduction,
    value: { id: -1, op: "const", type: reduction.value.type, args: [], value: 0 } as const,
  }));
  const rest: LoweredNest = { ...kernel, reductions, inner: [], loops: [0] };
  const plan: NestPlan = { levels, axisCount: levels.length, vector: 0 };
  new NestPrinter(context, rest, plan).print();
}

/** Pushes whether sizes are all greater than 0. */
function pushAllPositive(context: FunctionContext, sizes: readonly Size[]): void {
  const { f } = context;
  const distinct = new Map(sizes.map((size) => [sizeKey(size), size]));
  let isFirst = true;
  for (const size of distinct.values()) {
    context.pushSize(size);
    f.i32Const(0).i32GtS();
    if (!isFirst) f.i32And();
    isFirst = false;
  }
}

/** Prints a small product of a matrix by a vector. */
export function printRows(context: FunctionContext, plan: RowPlan): void {
  context.scoped(() => {
    const products = new RowProducts(context, plan);
    new NestPrinter(context, plan.kernel, plan.nest, { products }).print();
  });
}

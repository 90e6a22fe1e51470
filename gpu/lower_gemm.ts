/**
 * A matrix product as a nest, for the cases that a tiled kernel is not made for.
 *
 * @module
 */

import type { Gemm, Nest, Operand } from "../core/kernel/program.ts";
import type { Address, SNode, Term } from "../core/kernel/scalar.ts";
import { scalarTypeOf } from "../core/kernel/scalar.ts";
import type { Size } from "../core/kernel/size.ts";

/**
 * The nest that computes the same. Its one reduction is what `product` nodes of the stores stand
 * for; printers of nests know this.
 */
export function gemmAsNest(gemm: Gemm): Nest {
  const b = gemm.batch.length;
  const [m, n, k] = [b, b + 1, b + 2];
  const left = element(gemm, gemm.left, m, k);
  const right = element(gemm, gemm.right, k, n);
  const value: SNode = { id: -1, op: "mul", type: gemm.type, args: [left, right] };
  return {
    kind: "nest",
    name: gemm.name,
    axes: [...gemm.batch, gemm.m, gemm.n],
    loops: [gemm.k],
    reductions: [{ kind: "sum", value, type: gemm.type }],
    inner: [],
    outer: gemm.stores,
    checks: [],
  };
}

function element(gemm: Gemm, operand: Operand, row: number, column: number): SNode {
  const { buffer, dtype, base } = operand;
  const along = (axis: number, stride: Size): Term[] =>
    stride === 0 ? [] : [{ axis: { kind: "axis", axis }, stride }];
  const address: Address = {
    offset: base.offset,
    terms: [
      ...base.terms,
      ...operand.batch.flatMap((stride, d) => along(d, stride)),
      ...along(row, operand.row),
      ...along(column, operand.column),
    ],
    rest: base.rest,
  };
  const type = scalarTypeOf(dtype);
  const load: SNode = { id: -1, op: "load", type, args: [], buffer, dtype, address };
  return type === gemm.type ? load : { id: -1, op: "cast", type: gemm.type, args: [load] };
}

/**
 * Matrix products as nests.
 *
 * @module
 */

import { ScalarBuilder } from "./builder.ts";
import type { Gemm, LoopNest, Operand } from "./program.ts";
import type { Address, Term } from "./scalar.ts";
import type { Size } from "./size.ts";

/** The nest of what is done with a product: its points are those of the product, which it reads as a node. */
export function epilogueOf({ name, batch, m, n, stores }: Gemm): LoopNest {
  return {
    kind: "nest",
    name,
    axes: [...batch, m, n],
    loops: [],
    reductions: [],
    inner: [],
    outer: stores,
    checks: [],
  };
}

/**
 * The nest that computes the same as a product. Its one reduction is what `product` nodes of the stores
 * stand for.
 */
export function gemmAsNest(gemm: Gemm): LoopNest {
  const b = new ScalarBuilder();
  const row = gemm.batch.length, column = row + 1, term = row + 2;
  const read = (operand: Operand, rows: number, columns: number) =>
    b.cast(
      b.load(operand.buffer, operand.dtype, operandAddress(operand, rows, columns)),
      gemm.type,
    );
  const value = b.mul(read(gemm.left, row, term), read(gemm.right, term, column));
  const reductions = [{ kind: "sum", value, type: gemm.type }] as const;
  return { ...epilogueOf(gemm), loops: [gemm.k], reductions };
}

/** The address of an element of an operand, given the axes that its rows and columns run along. */
export function operandAddress(operand: Operand, rows: number, columns: number): Address {
  const { base, batch, row, column } = operand;
  const term = (axis: number, stride: Size): Term => ({ axis: { kind: "axis", axis }, stride });
  const terms = [
    ...base.terms,
    ...batch.map((stride, i) => term(i, stride)),
    term(rows, row),
    term(columns, column),
  ];
  return { ...base, terms: terms.filter(({ stride }) => stride !== 0) };
}

/**
 * Kernels of products of plain matrices.
 *
 * @module
 */

import { type MatmulOptions, matmulSumWgsl, matmulWgsl } from "../../../gpu/matmul/wgsl.ts";

/**
 * The texts of a product of `a` and `b`, stored in `c`, and of the sum of its slices; hooks may take the place of
 * plain loads and stores.
 */
export function plainProduct(
  options: Pick<MatmulOptions, "type" | "schedule"> & Partial<MatmulOptions>,
): { readonly product: string; readonly sum: string } {
  const all: MatmulOptions = {
    loadA: (index) => `a[${index}]`,
    loadB: (index) => `b[${index}]`,
    store: (value, batch, row, column) =>
      `c[params.c_offset + ${batch} * params.c_batch + ${row} * params.c_row + ` +
      `${column} * params.c_col] = ${value};`,
    ...options,
  };
  const bindings = (...names: string[]) =>
    names.map((name, i) => {
      const access = name === "c" ? "read_write" : "read";
      return `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${options.type}>;`;
    }).join("\n");
  return {
    product: matmulWgsl(all, bindings("a", "b", "c")),
    sum: matmulSumWgsl(all, bindings("slice_sums", "c")),
  };
}

/**
 * All ops of the library: what modules export under a name that ends in `Op`, and the elementwise table.
 *
 * @module
 */

import type { Op } from "../../../core/graph/op.ts";
import { elementwiseOps } from "../../../core/ops/elementwise/table.ts";

const root = new URL("../../../", import.meta.url);

/** The ops that modules in a folder export. */
async function* exported(folder: URL): AsyncGenerator<Op> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* exported(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts") && !/_(test|bench)\.ts$/.test(name)) {
      const found = await import(new URL(name, folder).href) as Record<string, unknown>;
      for (const [key, value] of Object.entries(found)) {
        if (key.endsWith("Op") && typeof value === "object") yield value as Op;
      }
    }
  }
}

const found = new Map<string, Op>(Object.entries(elementwiseOps));
for (const folder of ["core/ops/", "core/random/", "core/runtime/", "autodiff/", "scan/"]) {
  for await (const op of exported(new URL(folder, root))) found.set(op.name, op);
}

/** The ops by name. */
export const allOps: ReadonlyMap<string, Op> = found;

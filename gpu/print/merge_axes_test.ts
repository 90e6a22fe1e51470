import { assertEquals } from "@std/assert";
import { axisIx, type Ix, ScalarBuilder, sizeIx } from "../../core/ir/builder.ts";
import { baseSize, type Size, sizeKey } from "../../core/ir/size.ts";
import { mergeAxes } from "./merge_axes.ts";
import { nest } from "../../dev/testing/gpu/compare.ts";

function contiguous(b: ScalarBuilder, sizes: readonly Size[]): Ix {
  let at: Ix = sizeIx(0);
  sizes.forEach((size, axis) => at = b.addIx(b.scaleIx(at, size), axisIx(axis)));
  return at;
}

Deno.test("contiguous axes become one, also of symbolic sizes", () => {
  const b = new ScalarBuilder();
  const n = baseSize("n", 0, 5);
  const axes = [n, 3, 1, 4];
  const at = contiguous(b, axes);
  const value = b.load(0, "float32", at);
  const merged = mergeAxes(nest({ axes, outer: [{ buffer: 1, address: at, value, guard: null }] }));
  assertEquals(merged.axes.map(sizeKey), ["1", "1", "1", "(12*n)"]);
});

Deno.test("axes stay apart where an address, or the index itself, needs them", () => {
  const b = new ScalarBuilder();
  const axes = [2, 3, 4];
  const at = contiguous(b, axes);
  // A row that is the same for all of axis 1.
  const row = b.load(0, "float32", b.addIx(b.scaleIx(axisIx(0), 4), axisIx(2)));
  const broadcast = nest({ axes, outer: [{ buffer: 1, address: at, value: row, guard: null }] });
  assertEquals(mergeAxes(broadcast).axes, [2, 3, 4]);
  const index = b.index({ kind: "axis", axis: 0 });
  const indexed = nest({ axes, outer: [{ buffer: 1, address: at, value: index, guard: null }] });
  assertEquals(mergeAxes(indexed).axes, [2, 1, 12]);
});

Deno.test("loops merge among themselves only", () => {
  const b = new ScalarBuilder();
  const value = b.load(0, "float32", contiguous(b, [2, 3, 4, 5]));
  const sum = nest({
    axes: [2, 3],
    loops: [4, 5],
    reductions: [{ kind: "sum", type: "f32", value }],
    outer: [{
      buffer: 1,
      address: contiguous(b, [2, 3]),
      value: b.reduced(0, "f32"),
      guard: null,
    }],
  });
  const merged = mergeAxes(sum);
  assertEquals([merged.axes, merged.loops], [[1, 6], [1, 20]]);
});

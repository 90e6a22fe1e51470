import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, ShapeError, T } from "../../../all.ts";

onDevices("a convolution with nothing says what is empty", async (device) => {
  const x = T.fvector("x"),
    y = T.fvector("y"),
    says = "Cannot convolve: expected filters that are not empty";
  for (const build of [T.convolve, T.correlate]) {
    for (const mode of ["full", "same"] as const) {
      const f = await compile([x, y], build(x, y, mode), { device });
      assertThrows(() => numbers(f([1, 2, 3], [])), ShapeError, says);
      const one = numbers(f([1, 2, 3], [2]));
      assertEquals(one, [2, 4, 6]);
    }
  }
  assertThrows(() => T.convolve(x, T.zeros([0])), ShapeError, says);
});

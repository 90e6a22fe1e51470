// A call that fails changes nothing, wherever its check was fused.

import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, IndexError, shared, T } from "../../all.ts";

onDevices("a failed check leaves every shared variable as it was", async (device) => {
  for (const first of [0, 1]) {
    const a = shared(0, { name: "a" }), b = shared(0, { name: "b" });
    const x = T.vector("x"), i = T.iscalar("i"), j = T.ivector("j");
    const updates: [typeof a, ReturnType<typeof a.add>][] = [
      [a, a.add(1)],
      [b, b.add(x.at(i)).add(x.take(j).sum())],
    ];
    if (first === 1) updates.reverse();
    for (const outputs of [[], [x.sum()]]) {
      const f = await compile([x, i, j], outputs, { updates, device });
      const before = [a, b].map((variable) => numbers(variable.getValue()));
      const values = () => [a, b].map((variable) => numbers(variable.getValue()));
      const fail = (i: number, j: number[]) => {
        assertThrows(
          () => {
            const results = f([1, 2, 3], i, j) as unknown as { dataSync(): unknown }[];
            for (const result of results) result.dataSync();
            values();
          },
          IndexError,
          "out of range",
        );
      };
      fail(3, [0]);
      fail(0, [1, 7]);
      assertEquals(values(), before);
      f([1, 2, 3], 1, [0, 1]);
      assertEquals(values(), [[before[0]![0]! + 1], [before[1]![0]! + 5]]);
    }
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, scan, ShapeError, T, type Variable } from "../mod.ts";

onDevices(
  "a length that depends on the step is refused, with what to do instead",
  async (device) => {
    const x = T.vector("x"), k = T.iscalar("k"), n = 2;
    const compiled = async (step: (i: Variable) => Variable) => {
      const [results] = scan((i) => step(i), { sequences: T.arange(k) });
      return await compile([x, k], results as Variable, { device });
    };
    const sums = async (rows: (i: Variable) => Variable) => await compiled((i) => rows(i).sum());
    const input = [1, 2, 3, 4, 5, 6];
    const sliced = await compiled((i) => x.at({ stop: i.add(1) }));
    assertThrows(
      () => sliced(input, 3),
      ShapeError,
      "the shapes inside a loop must be the same at each step",
    );
    const shaped = await sums((i) => x.reshape([-1, n]).at(i));
    assertEquals(numbers(shaped(input, 3)), [3, 7, 11]);
    const gathered = await sums((i) => x.at(T.arange(n).add(i.mul(n))));
    assertEquals(numbers(gathered(input, 3)), [3, 7, 11]);
  },
);

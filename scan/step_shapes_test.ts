import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, scan, ShapeError, T, tensor, type Variable } from "../all.ts";

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

Deno.test("reshaping to lengths that are the same in all steps moves nothing", async () => {
  const rows = T.tensor3("rows");
  const shapes: ((x: Variable) => (Variable | number)[])[] = [
    () => [-1, 2, 3],
    (x) => [x.shape[0]!, 2, 3],
    (x) => [x.shape[0]!.mul(2), 3],
    () => [-1],
  ];
  const results = shapes.map((shape) => {
    const [one] = scan((x) => x.reshape(shape(x)).sqr(), { sequences: rows });
    return one.reshape([-1]);
  });
  const data = Array.from({ length: 24 }, (_, i) => i);
  const f = await compile([rows], results, { device: "cpu" });
  const found = f(tensor(data, { shape: [2, 2, 6] }));
  for (const one of found) assertEquals(numbers(one), data.map((x) => x * x));
  assert(!/ padded /.test(String(f.explain())), String(f.explain()));
});

Deno.test("sequences of a loop may all have another length together, with the plan that there is", async () => {
  const xs = T.matrix("xs"), ys = T.vector("ys");
  const [sums] = scan((x: Variable, y: Variable, sum: Variable) => sum.add(x.sum().mul(y)), {
    sequences: [xs, ys],
    outputsInfo: T.constant(0, "float32"),
  });
  const f = await compile([xs, ys], sums as Variable, {
    device: "cpu",
    dynamicAxes: "none",
    profile: true,
  });
  for (const count of [2, 5, 3]) {
    const rows = Array.from({ length: count }, (_, i) => [i, 1]);
    const found = f(rows, rows.map(() => 2)).dataSync();
    assertEquals(found.at(-1), count * (count + 1));
  }
  assertEquals(new Set(f.profile!.kernels.map(({ plan }) => plan)).size, 1);
});

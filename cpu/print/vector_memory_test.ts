import { assert, assertEquals } from "@std/assert";
import { numbers } from "../../dev/testing/devices.ts";
import { wasmText } from "../../dev/testing/plan/wasm_text.ts";
import { compile, hessian, T, tensor, type Variable } from "../../all.ts";

/** The bytes of the module of the one plan of a program. */
async function moduleBytes(
  inputs: Variable[],
  output: Variable,
  args: number[][],
): Promise<{ bytes: number; values: number[] }> {
  using f = await compile(inputs, output, { device: "cpu" });
  const values = numbers(f(...args));
  const [, bytes] = /WebAssembly module of (\d+) bytes/.exec(f.explain({ code: true }))!;
  return { bytes: Number(bytes), values };
}

Deno.test("what several gathers share is computed once, however deep they read", async () => {
  const x = T.ivector("x"), table = T.ivector("table");
  const start = Array.from({ length: 9 }, (_, i) => i), entries = [1, 2, 0];
  const at = (depth: number) => {
    let places: Variable = x, expected = start;
    for (let i = 0; i < depth; i++) {
      const place = T.mod(places, 3);
      places = table.at(place).add(table.at(place.neg()));
      expected = expected.map((n) => entries[n % 3]! + entries[(3 - n % 3) % 3]!);
    }
    return { places, expected };
  };
  const bytes = [];
  for (const depth of [4, 8]) {
    const { places, expected } = at(depth);
    const module = await moduleBytes([x, table], places, [start, entries]);
    assertEquals(module.values, expected);
    bytes.push(module.bytes);
  }
  // Each index has a check of its own, which reads all that the index hangs on.
  assert(bytes[1]! < 4 * bytes[0]!, `${bytes}`);
});

Deno.test("the Hessian of a product of functions is a program of ordinary length", async () => {
  const x = T.fvector("x");
  const slopes = hessian(T.sin(x).prod(), x);
  const { bytes, values } = await moduleBytes([x], slopes, [[0, 2, 3]]);
  assert(bytes < 1e6, `${bytes}`);
  const [a, b, c] = [0, 2, 3].map((n) => [Math.sin(n), Math.cos(n)]) as [
    number[],
    number[],
    number[],
  ];
  const expected = [
    [-a[0]! * b[0]! * c[0]!, a[1]! * b[1]! * c[0]!, a[1]! * b[0]! * c[1]!],
    [a[1]! * b[1]! * c[0]!, -a[0]! * b[0]! * c[0]!, a[0]! * b[1]! * c[1]!],
    [a[1]! * b[0]! * c[1]!, a[0]! * b[1]! * c[1]!, -a[0]! * b[0]! * c[0]!],
  ].flat();
  values.forEach((value, i) => assert(Math.abs(value - expected[i]!) < 1e-6, `${values}`));
});

Deno.test("float32 that is computed with as float64 is loaded two by two", async () => {
  const x = T.fvector("x"), y = T.fvector("y");
  const wide = (v: Variable) => T.cast(v, "float64");
  const outputs = (
    a: Variable,
  ) => [T.cumsum(a), wide(a).mul(3), wide(a.add(1)), wide(a).add(wide(y))];
  for (const start of [0, 1]) {
    const part = T.slice(start, null);
    using f = await compile([x, y], outputs(x.at(part)), { device: "cpu" });
    for (const n of [1, 2, 3, 5, 8, 17, 70]) {
      const values = Array.from({ length: n + start }, (_, i) => i * 7 % 11 - 4.5);
      const mine = values.slice(start), other = mine.map((v, i) => v * i);
      const found = f(tensor(values, { dtype: "float32" }), tensor(other, { dtype: "float32" }));
      let sum = 0;
      const expected = [
        mine.map((v) => sum += v),
        mine.map((v) => 3 * v),
        mine.map((v) => v + 1),
        mine.map((v, i) => v + other[i]!),
      ];
      found.forEach((one, i) => assertEquals(numbers(one), expected[i], `${start}, ${n}, ${i}`));
    }
    assert(wasmText(f).includes("v128.load64_zero"));
  }
});

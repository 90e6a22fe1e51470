import { assert, assertEquals } from "@std/assert";
import { wasmText } from "../../dev/testing/plan/wasm_text.ts";
import { compile, T, tensor, type Variable } from "../../all.ts";

const kinds = [["max", Math.max], ["min", Math.min]] as const;

Deno.test("extremes keep NaN wherever it is, and know zeros of either sign apart", async () => {
  for (const dtype of ["float32", "float64"] as const) {
    const X = T.tensor(dtype, 2);
    for (const [kind, expected] of kinds) {
      for (const dynamicAxes of ["none", "all"] as const) {
        using f = await compile([X], [X[kind](1), X[kind](0), X[kind]()], {
          device: "cpu",
          dynamicAxes,
        });
        for (const n of [3, 4, 9, 21, 40]) {
          const rows: number[][] = [];
          // Of each other value somewhere among the others of a row.
          for (const special of [NaN, Infinity, -Infinity, -0, 0, 5]) {
            for (const others of [-1, 1, 0, -0, -Infinity]) {
              const at = rows.length * 7 % n;
              rows.push(Array.from({ length: n }, (_, i) => i === at ? special : others));
            }
          }
          const m = rows.length,
            columns = Array.from({ length: n }, (_, j) => rows.map((r) => r[j]!));
          const results = f(tensor(rows.flat(), { shape: [m, n], dtype }));
          const [byRow, byColumn, all] = results.map((one) => Array.from(one.dataSync()));
          const place = `${kind}, ${dtype}, ${n}, ${dynamicAxes}`;
          assertEquals(byRow, rows.map((row) => expected(...row)), place);
          assertEquals(byColumn, columns.map((column) => expected(...column)), place);
          assertEquals(all, [NaN], place);
        }
      }
    }
  }
});

Deno.test("limits that are constants keep NaN and the signs of zeros", async () => {
  const values = [NaN, -0, 0, 1, -1, Infinity, -Infinity, 2, 3];
  for (const dtype of ["float32", "float64"] as const) {
    const x = T.tensor(dtype, 1);
    for (const limit of [0, -0, 1, -1, Infinity, -Infinity, NaN]) {
      const least = T.maximum(x, limit), most = T.minimum(limit, x);
      using f = await compile([x], [least, most], { device: "cpu" });
      const results = f(tensor(values, { dtype })).map((one) => Array.from(one.dataSync()));
      const expected = kinds.map(([, of]) => values.map((value) => of(value, limit)));
      assertEquals(results, expected, `${dtype}, ${limit}`);
    }
  }
});

Deno.test("a choice beside a zero gives either", async () => {
  for (const dtype of ["float32", "float64", "int32", "int64", "uint8", "float16"] as const) {
    const x = T.tensor(dtype, 1), values = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    const isLarge = T.gt(x, 3);
    for (const zero of [0, -0]) {
      using f = await compile([x], [
        T.where(isLarge, x, T.constant(zero, { dtype })),
        T.where(isLarge, T.constant(zero, { dtype }), x),
      ], { device: "cpu" });
      const found = f(tensor(values, { dtype })).map((one) =>
        Array.from(one.dataSync() as ArrayLike<number>, Number)
      );
      const signed = dtype.startsWith("float") ? zero : 0;
      const expected = [
        values.map((value) => value > 3 ? value : signed),
        values.map((value) => value > 3 ? signed : value),
      ];
      assertEquals(found, expected, `${dtype}, ${zero}`);
    }
  }
});

Deno.test("a choice of the lesser or the greater is one instruction, which keeps NaN and zeros as chosen", async () => {
  const choices: [
    of: (x: Variable, y: Variable) => Variable,
    (x: number, y: number) => number,
    string,
  ][] = [
    [(x, y) => T.where(x.lt(y), x, y), (x, y) => x < y ? x : y, "min"],
    [(x, y) => T.where(x.lt(y), y, x), (x, y) => x < y ? y : x, "max"],
    [(x, y) => T.where(x.gt(y), x, y), (x, y) => x > y ? x : y, "max"],
    [(x, y) => T.where(x.gt(y), y, x), (x, y) => x > y ? y : x, "min"],
  ];
  const some = [NaN, -0, 0, 1, -1, Infinity, -Infinity];
  const xs = some.flatMap((x) => some.map(() => x)), ys = some.flatMap(() => some);
  for (const [dtype, shape] of [["float32", "f32x4"], ["float64", "f64x2"]] as const) {
    const [X, Y] = ["x", "y"].map((name) => T.tensor(dtype, 1, name)) as [Variable, Variable];
    for (const [i, [of, expected, kind]] of choices.entries()) {
      const mode = { excluding: ["switch-to-maximum"] };
      using f = await compile([X, Y], of(X, Y), { device: "cpu", mode });
      const found = f(tensor(xs, { dtype }), tensor(ys, { dtype })).dataSync();
      assertEquals(
        Array.from(found, Number),
        xs.map((x, k) => expected(x, ys[k]!)),
        `${dtype}, ${i}`,
      );
      const text = wasmText(f);
      assert(text.includes(`${shape}.p${kind}`) && !text.includes("laneselect"), text);
    }
  }
});

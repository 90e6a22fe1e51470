import { assertEquals } from "@std/assert";
import { compile, T, tensor } from "../../mod.ts";

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

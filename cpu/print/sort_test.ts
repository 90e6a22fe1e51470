import { assertEquals } from "@std/assert";
import { compile, T, tensor } from "../../all.ts";
import { type DType, dtypeInfo } from "../../core/graph/dtype.ts";

const dtypes: readonly DType[] = [
  ...["float16", "float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32"],
  ...["int64", "uint64", "bool"],
] as DType[];

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Order of elements: NaN behind all others, both zeros alike. */
function compare(a: number | bigint, b: number | bigint): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

Deno.test("sorted values, alone or with positions, are those of a stable sort, signs of zeros included", async () => {
  const next = random(5);
  for (const dtype of dtypes) {
    const { kind, bytes } = dtypeInfo(dtype);
    const x = T.tensor(dtype, [null, null], "x");
    const sorts = await compile([x], T.sort(x), { device: "cpu" });
    const both = await compile([x], [T.sort(x), T.argsort(x)], { device: "cpu" });
    for (const length of [32, 33, 300, 9000]) {
      for (const withZeros of [false, true]) {
        const element = (): number => {
          const u = next();
          if (kind === "bool") return Number(u < 0.5);
          if (kind !== "float") {
            const range = 2 ** Math.min(53, 8 * bytes);
            return Math.floor(u * range) - (kind === "int" ? range / 2 : 0);
          }
          if (u < 0.02) return NaN;
          if (u < 0.04) return u < 0.03 ? Infinity : -Infinity;
          if (u < 0.1) return withZeros ? (u < 0.07 ? -0 : 0) : 0;
          return (next() - 0.5) * 10 ** Math.floor(8 * next() - 4);
        };
        const rows = 2;
        const given = tensor(Array.from({ length: rows }, () => Array.from({ length }, element)), {
          dtype,
        });
        const source = given.dataSync();
        const expected: (number | bigint)[] = [], places: number[] = [];
        for (let row = 0; row < rows; row++) {
          const line = [...source].slice(row * length, (row + 1) * length);
          const order = line.map((_, i) => i).sort((i, j) => compare(line[i]!, line[j]!));
          places.push(...order);
          expected.push(...order.map((i) => line[i]!));
        }
        const what = `${dtype}, ${length}, ${withZeros}`;
        const [values, positions] = both(given);
        assertEquals(Array.from(positions.dataSync(), Number), places, what);
        for (const sorted of [sorts(given), values]) {
          const data = sorted.dataSync();
          const wrong = expected.findIndex((value, i) => !Object.is(data[i], value));
          assertEquals(wrong, -1, `${what}: ${data[wrong]} for ${expected[wrong]} at ${wrong}`);
        }
      }
    }
  }
});

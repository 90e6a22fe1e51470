import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, T, type Variable } from "../../all.ts";

const v = T.fvector("v"), w = T.fvector("w");
const TENTH = Math.fround(0.1);

/** How a product is written, and how many elements beside the sum its operands have. */
const products: Record<
  string,
  { left: number; right: number; build: (k: number) => Variable }
> = {
  "vector · vector": { left: 1, right: 1, build: () => T.dot(v, w) },
  "matrix · vector": { left: 3, right: 1, build: (k) => T.dot(v.reshape([3, k]), w) },
  "vector · matrix": { left: 1, right: 17, build: (k) => T.dot(v, w.reshape([k, 17])) },
  "transposed matrix · vector": {
    left: 17,
    right: 1,
    build: (k) => T.dot(v.reshape([k, 17]).T, w),
  },
  "every other element": {
    left: 2,
    right: 2,
    build: (k) => T.dot(v.reshape([k, 2]).at("...", 0), w.at("::2")),
  },
  "matrix · matrix": {
    left: 9,
    right: 10,
    build: (k) => T.dot(v.reshape([9, k]), w.reshape([k, 10])),
  },
  "matrix · transposed matrix": {
    left: 2,
    right: 3,
    build: (k) => T.dot(v.reshape([2, k]), w.reshape([3, k]).T),
  },
  "batches of vectors": {
    left: 6,
    right: 2,
    build: (k) => T.batchedDot(v.reshape([2, 3, k]), w.reshape([2, k])),
  },
  "batches of matrices": {
    left: 18,
    right: 20,
    build: (k) => T.matmul(v.reshape([2, 9, k]), w.reshape([2, k, 10])),
  },
  "two axes": {
    left: 3,
    right: 4,
    build: (k) => T.tensordot(v.reshape([3, 2, k / 2]), w.reshape([2, k / 2, 4]), 2),
  },
};

for (const [name, { left, right, build }] of Object.entries(products)) {
  onDevices(`long sums of products lose no digits: ${name}`, async (device) => {
    for (const k of [3000, 100_000]) {
      const f = await compile([v, w], build(k), { device });
      const found = numbers(
        f(new Float32Array(left * k).fill(0.1), new Float32Array(right * k).fill(0.1)),
      );
      const worst = Math.max(...found.map((x) => Math.abs(x / (k * TENTH ** 2) - 1)));
      assert(worst < 3e-6, `${worst} for ${k}`);
    }
  });
}

onDevices("a million products of 0.1 make 10,000", async (device) => {
  const f = await compile([v, w], T.dot(v, w), { device });
  const tenths = new Float32Array(1e6).fill(0.1);
  assertAlmostEquals(f(tenths, tenths).item(), 10_000, 0.01);
});

onDevices("long sums keep infinities and NaN", async (device) => {
  const f = await compile([v, w], T.dot(v.reshape([2, 20_000]), w), { device });
  const rows = new Float32Array(40_000).fill(1), ones = new Float32Array(20_000).fill(1);
  rows[5] = Infinity;
  assertEquals(numbers(f(rows, ones)), [Infinity, 20_000]);
  rows[30_000] = NaN;
  assertEquals(numbers(f(rows, ones)), [Infinity, NaN]);
  rows[9000] = -Infinity;
  assertEquals(numbers(f(rows, ones)), [NaN, NaN]);
});

Deno.test("a long product is added to what is there, whatever the shape", async () => {
  const a = T.dvector("a"), b = T.dvector("b"), c = T.dvector("c");
  for (const [m, n, k] of [[3, 5, 16_385], [1, 7, 2049], [6, 1, 5000], [50, 49, 17_000]] as const) {
    const product = T.dot(a.reshape([m, k]), b.reshape([k, n]));
    const f = await compile([a, b, c], T.add(c.reshape([m, n]), product));
    const values = (length: number, s: number) =>
      Float64Array.from({ length }, (_, i) => ((i * 31 + s) % 13) - 6);
    const [A, B, C] = [values(m * k, 1), values(k * n, 2), values(m * n, 3)];
    const expected = C.slice();
    for (let i = 0; i < m; i++) {
      for (let t = 0; t < k; t++) {
        for (let j = 0; j < n; j++) expected[i * n + j]! += A[i * k + t]! * B[t * n + j]!;
      }
    }
    assertEquals(numbers(f(A, B, C)), [...expected]);
  }
});

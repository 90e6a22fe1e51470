import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { compile, config, grad, scan, T, type Variable } from "../../all.ts";
import { tensor } from "../../core/runtime/tensor.ts";
import { captureProgram } from "../../dev/process.ts";
import { findBlas, layoutOf } from "./blas.ts";

const found = findBlas("auto");
const missing = typeof found === "string" ? found : found === null ? "not permitted" : "";
if (missing !== "") console.warn(`A native BLAS is not tested: ${missing}`);

/** A test that needs a library on this machine. */
function withBlas(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name}${missing && ` (ignored: ${missing})`}`, ignore: missing !== "", fn });
}

async function withSetting<R>(blas: string, work: () => Promise<R>): Promise<R> {
  const before = config.blas;
  config.blas = blas;
  try {
    return await work();
  } finally {
    config.blas = before;
  }
}

function numbersOf(rows: number, columns: number, seed: number): number[][] {
  return Array.from(
    { length: rows },
    (_, i) => Array.from({ length: columns }, (_, j) => ((i * 37 + j * 11 + seed) % 23 - 11) / 16),
  );
}

Deno.test("a library reads matrices whose rows or columns lie side by side", () => {
  const plain = (leading: number) => ({ transposed: false, leading });
  const transposed = (leading: number) => ({ transposed: true, leading });
  assertEquals(layoutOf(3, 4, 4, 1), plain(4));
  assertEquals(layoutOf(3, 4, 9, 1), plain(9));
  assertEquals(layoutOf(3, 4, 1, 3), transposed(3));
  assertEquals(layoutOf(3, 4, 1, 7), transposed(7));
  assertEquals(layoutOf(1, 4, -5, 1), plain(4));
  assertEquals(layoutOf(3, 1, 2, 0), plain(2));
  assertEquals(layoutOf(1, 4, 0, 3), transposed(3));
  // Rows that overlap, are read backwards, or are the same one; every other element.
  for (const [rs, cs] of [[2, 1], [-4, 1], [0, 1], [8, 2], [1, 2], [1, -3], [1, 0]] as const) {
    assertEquals(layoutOf(3, 4, rs, cs), null, `${rs} ${cs}`);
  }
});

withBlas("large products are the library's, with the same values and gradients", async () => {
  for (const dtype of ["float32", "float64"] as const) {
    const a = T.tensor(dtype, [null, null], "a"), b = T.tensor(dtype, [null, null], "b");
    const v = T.tensor(dtype, [null], "v");
    const square = T.dot(b, b.T);
    const batch = T.stack([a, a.mul(2)]);
    const outputs: Variable[] = [
      T.dot(a, b),
      T.tanh(T.dot(a, b).add(v)),
      T.dot(b.T, a.T),
      T.dot(a.slice(null, null, -1), b.slice(null, null, -1).mul(2)),
      T.dot(a, a.T),
      T.dot(a.at(0), b),
      T.dot(b, v),
      T.matmul(batch, b),
      grad(T.sum(T.tanh(T.dot(a, b))), b),
      scan((s) => T.tanh(T.dot(s, square)), { outputsInfo: a, nSteps: 3 })[0],
    ];
    const left = numbersOf(70, 64, 1), right = numbersOf(64, 300, 2), [row] = numbersOf(1, 300, 3);
    const run = async (blas: string) =>
      await withSetting(blas, async () => {
        const f = await compile([a, b, v], outputs, { device: "cpu" });
        const results = f(
          tensor(left, { dtype }),
          tensor(right, { dtype }),
          tensor(row!, { dtype }),
        );
        return { info: f.deviceInfo, plan: f.explain(), results };
      });
    const own = await run("off"), native = await run("auto");
    const note = /large products by \S/;
    assert(!note.test(own.info) && !note.test(own.plan));
    assertMatch(native.info, note);
    assertMatch(native.plan, note);
    const tolerance = dtype === "float32" ? 2e-4 : 1e-12;
    for (const [i, result] of native.results.entries()) {
      const expected = own.results[i]!.dataSync();
      assertEquals(result.shape, own.results[i]!.shape);
      for (const [j, value] of result.dataSync().entries()) {
        const error = Math.abs(Number(value) - Number(expected[j]));
        assert(error <= tolerance * (1 + Math.abs(Number(expected[j]))), `output ${i}, ${dtype}`);
      }
    }
  }
});

withBlas("small products never call the library", async () => {
  const a = T.fmatrix("a", { shape: [16, 16] });
  const f = await compile([a], T.dot(a, a), { device: "cpu" });
  f(numbersOf(16, 16, 1));
  assert(!f.deviceInfo.includes("large products"));
});

const isPermitted = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
const line = "a library that is missing or no BLAS is one clear line, and nothing else changes";
Deno.test(line, { ignore: !isPermitted }, async () => {
  const a = T.fmatrix("a");
  const wrong = Deno.build.os === "linux" ? "libc.so.6" : "/no/such/library.so";
  for (const path of ["/no/such/library.so", wrong]) {
    await withSetting(path, async () => {
      const f = await compile([a], T.dot(a, a.T), { device: "cpu" });
      const ones = numbersOf(64, 32, 1).map((row) => row.map(() => 1));
      assertEquals(f(ones).dataSync(), new Float32Array(64 * 64).fill(32));
      assertMatch(f.deviceInfo, /; no native BLAS: [^\n]+$/);
      assertEquals(f.explain().match(/no native BLAS/g)?.length, 1);
    });
  }
});

Deno.test("config.blas is a text", () => {
  for (const wrong of [null, 1, "", true]) {
    assertThrows(
      () => Object.assign(config, { blas: wrong }),
      TypeError,
      'Cannot set config.blas: expected "auto", "off" or the path of a library',
    );
  }
});

Deno.test("without the permission nothing asks and nothing is said", async () => {
  const url = new URL("../../all.ts", import.meta.url).href;
  const outcome = await captureProgram(`
    import { compile, T } from ${JSON.stringify(url)};
    const a = T.fmatrix("a"), f = await compile([a], T.dot(a, a.T), { device: "cpu" });
    console.log(f(new Array(99).fill(new Array(99).fill(1))).dataSync().at(-1), f.deviceInfo.includes("BLAS"));
  `);
  assertEquals(outcome, { code: 0, output: "99 false\n" });
});

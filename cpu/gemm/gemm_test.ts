import { assert, assertEquals } from "@std/assert";
import { baseOf, type Blas, type BlasProduct, blasProduct, findBlas } from "./blas.ts";
import { emitGemm, type GemmDtype, type GemmShape, gemmWorkspaceBytes } from "./gemm.ts";
import { emitTile } from "./kernels.ts";
import { emitGemvBytes } from "./vector.ts";
import { disassemble } from "../wasm/disassemble.ts";
import { hasRelaxedSimd, ModuleBuilder } from "../wasm/mod.ts";

const PAGES = 1024;
const GUARD = 1024;

type Four = [number, number, number, number];

interface Machine {
  readonly memory: WebAssembly.Memory;
  readonly gemm: (...args: number[]) => void;
  readonly gemv: (...args: number[]) => void;
}

function machine(dtype: GemmDtype, relaxed: boolean, blas: Blas | null = null): Machine {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const module = new ModuleBuilder({ check: true }).importMemory({ min: 1 });
  const library: Record<string, BlasProduct> = {};
  if (blas !== null) {
    const base = baseOf(() => new Uint8Array(memory.buffer));
    library.product = blasProduct(blas.functions[dtype], dtype === "float32" ? 4 : 8, base);
  }
  const gemm = emitGemm(module, { dtype, relaxed, ...blas !== null && { library: 1 } });
  const gemv = emitGemvBytes(module, { dtype, relaxed });
  module.exportFunc(gemm, "gemm").exportFunc(gemv, "gemv");
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory }, library });
  return { memory, ...exports } as unknown as Machine;
}

const blas = findBlas("auto");
if (typeof blas === "string") console.warn(`Products of a native BLAS are not tested: ${blas}`);

const MACHINES = (["float32", "float64"] as const).flatMap((dtype) =>
  (hasRelaxedSimd() ? [true, false] : [false]).map((relaxed) => ({
    name: `${dtype}${relaxed ? " fused" : ""}`,
    dtype,
    relaxed,
    ...machine(dtype, relaxed),
  })).concat(
    typeof blas === "object" && blas !== null
      ? [{
        name: `${dtype} by ${blas.name}`,
        dtype,
        relaxed: false,
        ...machine(dtype, false, blas),
      }]
      : [],
  )
);

/** The product emitted for one shape only. */
function specialised(
  { memory, dtype, relaxed }: typeof MACHINES[number],
  shape: GemmShape,
): (...args: number[]) => void {
  const module = new ModuleBuilder({ check: true }).importMemory({ min: 1 });
  module.exportFunc(emitGemm(module, { dtype, relaxed, shape }), "gemm");
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  return exports.gemm as (...args: number[]) => void;
}

/** A small generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A matrix placed in memory with given strides; `first` is the address of element (0, 0). */
interface Placed {
  readonly first: number;
  readonly rs: number;
  readonly cs: number;
}

type Layout = "row" | "column" | "padded" | "turned" | "reversed" | "sparse" | "repeated";

/** Strides for a layout, and the least and the greatest element offset that they reach. */
function place(address: number, size: number, m: number, n: number, layout: Layout): Placed {
  const [rs, cs] = {
    row: [n, 1],
    column: [1, m],
    padded: [n + 3, 1],
    turned: [1, m + 5],
    reversed: [-(n + 1), -1],
    sparse: [3 * n + 1, 3],
    repeated: [0, 1],
  }[layout] as [number, number];
  const lowest = Math.min(0, rs * (m - 1)) + Math.min(0, cs * (n - 1));
  return { first: address - (m > 0 && n > 0 ? lowest : 0) * size, rs, cs };
}

function checkProduct(
  target: typeof MACHINES[number],
  [m, n, k]: [number, number, number],
  [la, lb, lc]: [Layout, Layout, Layout],
  accumulate: boolean,
  seed: number,
  special = false,
): void {
  const { memory, dtype, name } = target;
  const next = random(seed);
  const size = dtype === "float32" ? 4 : 8;
  const what =
    `${name} ${m}x${n}x${k} A ${la} B ${lb} C ${lc} accumulate ${accumulate} special ${special}`;
  const values = dtype === "float32"
    ? new Float32Array(memory.buffer)
    : new Float64Array(memory.buffer);
  const span = (r: number, c: number) => (3 * r + 6) * (c + 6) * size;
  let address = GUARD;
  const region = (bytes: number) => {
    const start = address;
    address += Math.ceil(bytes / 64) * 64 + GUARD;
    return start;
  };
  const a = place(region(span(m, k) + span(k, m)), size, m, k, la);
  const b = place(region(span(k, n) + span(n, k)), size, k, n, lb);
  const cStart = region(span(m, n) + span(n, m));
  const c = place(cStart, size, m, n, lc);
  const work = region(gemmWorkspaceBytes(m, n, k, dtype));
  assert(address < PAGES * 65536, what);
  const end = address / size;
  values.fill(NaN, 0, end);
  const at = (p: Placed, i: number, j: number) => p.first / size + i * p.rs + j * p.cs;
  const fill = (p: Placed, rows: number, columns: number) => {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) values[at(p, i, j)] = next() - 0.5;
    }
  };
  fill(a, m, k);
  fill(b, k, n);
  if (accumulate) fill(c, m, n);
  const before = values.slice(0, end);

  const flag = accumulate ? 1 : 0;
  const gemm = !special ? target.gemm : specialised(target, {
    m,
    n,
    k,
    aRowStride: a.rs,
    aColumnStride: a.cs,
    bRowStride: b.rs,
    bColumnStride: b.cs,
  });
  gemm(a.first, b.first, c.first, work, m, n, k, a.rs, a.cs, b.rs, b.cs, c.rs, flag);

  const epsilon = dtype === "float32" ? 2 ** -24 : 2 ** -53;
  const written = new Set<number>();
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const place = at(c, i, j);
      written.add(place);
      let sum = accumulate ? before[place]! : 0;
      let magnitude = Math.abs(sum);
      for (let t = 0; t < k; t++) {
        const term = before[at(a, i, t)]! * before[at(b, t, j)]!;
        sum += term;
        magnitude += Math.abs(term);
      }
      const error = Math.abs(values[place]! - sum);
      const bound = (k + 2) * epsilon * magnitude;
      assert(error <= bound, `${what}: C[${i}, ${j}] is ${values[place]}, expected ${sum}`);
    }
  }
  for (let i = 0; i < end; i++) {
    if (written.has(i) || (i >= work / size && i < (address - GUARD) / size)) continue;
    if (!Object.is(values[i], before[i])) assert(false, `${what}: wrote at element ${i}`);
  }
}

const LAYOUTS: readonly Layout[] = [
  "row",
  "column",
  "padded",
  "turned",
  "reversed",
  "sparse",
  "repeated",
];

for (const target of MACHINES) {
  Deno.test(`gemm ${target.name}: all small sizes`, () => {
    const sizes = [0, 1, 2, 3, 4, 5, 8, 9];
    let seed = 1;
    for (const m of sizes) {
      for (const n of sizes) {
        for (const k of sizes) {
          for (const [la, lb] of [["row", "row"], ["column", "row"], ["row", "column"]] as const) {
            checkProduct(target, [m, n, k], [la, lb, "row"], seed % 2 === 0, seed++);
          }
        }
      }
    }
  });

  Deno.test(`gemm ${target.name}: random sizes and strides`, () => {
    const next = random(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    const size = () => pick([1, 2, 3, 5, 7, 10, 12, 16, 17, 20, 31, 33, 48, 53, 64, 101, 160]);
    for (let seed = 0; seed < 300; seed++) {
      const shape: [number, number, number] = [size(), size(), size()];
      const layouts: [Layout, Layout, Layout] = [
        pick(LAYOUTS),
        pick(LAYOUTS),
        pick(["row", "padded"]),
      ];
      checkProduct(target, shape, layouts, next() < 0.5, seed, seed % 3 === 0);
    }
  });

  Deno.test(`gemm ${target.name}: sizes beyond every block`, () => {
    const shapes: [number, number, number][] = [
      [199, 1030, 61],
      [60, 70, 517],
      [7, 1100, 300],
      [300, 9, 270],
      [1, 333, 600],
      [333, 1, 600],
    ];
    let seed = 100;
    for (const shape of shapes) {
      for (const [la, lb] of [["row", "padded"], ["turned", "row"], ["row", "column"]] as const) {
        checkProduct(target, shape, [la, lb, "row"], seed % 2 === 0, seed, seed % 3 === 0);
        seed++;
      }
    }
  });

  Deno.test(`gemm ${target.name}: a negative row stride of C`, () => {
    const { memory, gemm, dtype } = target;
    const size = dtype === "float32" ? 4 : 8;
    const values = dtype === "float32"
      ? new Float32Array(memory.buffer)
      : new Float64Array(memory.buffer);
    for (const [m, n] of [[3, 2], [60, 50], [5, 1]] as const) {
      const a = 1024, b = 65536, c = 131072, work = 262144;
      for (let i = 0; i < m; i++) values[a / size + i] = i + 1;
      for (let j = 0; j < n; j++) values[b / size + j] = 10 ** (j % 3);
      gemm(a, b, c + (m - 1) * n * size, work, m, n, 1, 1, 1, n, 1, -n, 0);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          assertEquals(values[c / size + (m - 1 - i) * n + j], (i + 1) * 10 ** (j % 3));
        }
      }
    }
  });

  Deno.test(`gemm ${target.name}: NaN and infinity stay in their rows and columns`, () => {
    const { memory, gemm, dtype } = target;
    const size = dtype === "float32" ? 4 : 8;
    const values = dtype === "float32"
      ? new Float32Array(memory.buffer)
      : new Float64Array(memory.buffer);
    for (const [m, n, k] of [[5, 7, 6], [50, 51, 9], [3, 70, 5], [70, 3, 5]] as const) {
      const a = 1024, b = 65536, c = 131072, work = 262144;
      values.fill(1, a / size, a / size + m * k);
      values.fill(1, b / size, b / size + k * n);
      values[a / size + 1] = NaN;
      values[b / size + n - 1] = Infinity;
      gemm(a, b, c, work, m, n, k, k, 1, n, 1, n, 0);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const expected = i === 0 ? NaN : j === n - 1 ? Infinity : k;
          assertEquals(values[c / size + i * n + j], expected, `${m}x${n}x${k} [${i}, ${j}]`);
        }
      }
    }
  });

  Deno.test(`gemv ${target.name}: any strides`, () => {
    const { memory, gemv, dtype } = target;
    const size = dtype === "float32" ? 4 : 8;
    const values = dtype === "float32"
      ? new Float32Array(memory.buffer)
      : new Float64Array(memory.buffer);
    const next = random(3);
    const pool = values.slice(0, 40_000).map(() => Math.round(next() * 9));
    const a = 15_000, x = 31_000, y = 32_000, work = 40_064 * size;
    for (const m of [1, 3, 5, 8, 39, 67]) {
      for (const k of [1, 3, 7, 9, 67]) {
        const strides = [[k, 1], [1, m], [2 * k + 1, 2], [-k, 1], [1, -m - 2], [0, 0]] as const;
        for (const [rs, cs] of strides) {
          for (const [xs, ys, accumulate] of [[1, 1, 0], [2, 1, 1], [-1, 3, 1], [0, -2, 0]]) {
            values.set(pool);
            const [ars, acs, xStride, yStride] = [rs, cs, xs!, ys!].map((n) => n * size) as Four;
            gemv(y * size, yStride, a * size, ars, acs, x * size, xStride, work, m, k, accumulate!);
            const expected = pool.slice();
            for (let i = 0; i < m; i++) {
              let sum = accumulate ? pool[y + i * ys!]! : 0;
              for (let t = 0; t < k; t++) sum += pool[a + i * rs + t * cs]! * pool[x + t * xs!]!;
              expected[y + i * ys!] = sum;
            }
            const wrong = expected.findIndex((value, i) => value !== values[i]);
            assertEquals(wrong, -1, `${m}x${k} strides ${rs} ${cs} ${xs} ${ys}`);
          }
        }
      }
    }
  });

  Deno.test(`gemv ${target.name}: matrices beyond the caches`, () => {
    const { memory, gemv, dtype } = target;
    const size = dtype === "float32" ? 4 : 8;
    const values = dtype === "float32"
      ? new Float32Array(memory.buffer)
      : new Float64Array(memory.buffer);
    for (const [m, k] of [[1003, 1050], [1501, 1503]] as const) {
      const a = 8192, x = a + m * k, y = x + k, work = (y + m) * size;
      assert(work + m * size < memory.buffer.byteLength);
      for (let i = 0; i < m * k + k; i++) values[a + i] = i * 7 % 11 - 5;
      for (const [rs, cs] of [[k, 1], [1, m]] as const) {
        for (const accumulate of [0, 1]) {
          values.fill(1, y, y + m);
          gemv(
            y * size,
            size,
            a * size,
            rs * size,
            cs * size,
            x * size,
            size,
            work,
            m,
            k,
            accumulate,
          );
          for (let i = 0; i < m; i++) {
            let sum = accumulate;
            for (let t = 0; t < k; t++) sum += values[a + i * rs + t * cs]! * values[x + t]!;
            assertEquals(values[y + i], sum, `${m}x${k} strides ${rs} ${cs} row ${i}`);
          }
        }
      }
    }
  });

  Deno.test(`gemm ${target.name}: operands up to the last byte of the memory`, () => {
    const { gemm, memory, dtype } = target;
    const size = dtype === "float32" ? 4 : 8;
    const values = dtype === "float32"
      ? new Float32Array(memory.buffer)
      : new Float64Array(memory.buffer);
    const end = memory.buffer.byteLength;
    for (const m of [1, 2, 7, 49]) {
      for (const n of [1, 2, 7, 50, 51]) {
        for (const k of [1, 3, 9, 203]) {
          const bytes = [m * k * size, k * n * size, m * n * size];
          for (const last of [0, 1, 2]) {
            for (const [ars, acs, brs, bcs] of [[k, 1, n, 1], [1, m, 1, k]] as const) {
              const [a, b, c] = bytes.map((length, i) =>
                i === last ? end - length : 131072 * (i + 1)
              );
              values.fill(1, a! / size, a! / size + m * k);
              values.fill(1, b! / size, b! / size + k * n);
              gemm(a!, b!, c!, 65536 * 8, m, n, k, ars, acs, brs, bcs, n, 0);
              for (let i = 0; i < m * n; i++) assertEquals(values[c! / size + i], k);
            }
          }
        }
      }
    }
  });
}

Deno.test("gemmWorkspaceBytes grows with the sizes up to a bound", () => {
  assert(gemmWorkspaceBytes(10, 10, 10, "float32") < 4096);
  const bound = gemmWorkspaceBytes(5000, 5000, 400, "float32");
  assert(bound <= 1 << 21);
  assertEquals(gemmWorkspaceBytes(1 << 14, 1 << 14, 400, "float32"), bound);
});

Deno.test("elements of A are read in pairs that end at the same byte", () => {
  const pairs = {
    float32: ["v128.load64_splat", "v128.load32_splat offset=4"],
    float64: ["v128.load align=8", "v128.load64_splat offset=8"],
  };
  for (const dtype of ["float32", "float64"] as const) {
    const module = new ModuleBuilder().importMemory({ min: 1 });
    module.exportFunc(emitTile(module, { dtype }, 2, 1), "tile");
    const loads = disassemble(module.build()).match(/v128\.load.*/g)!;
    // Of two rows and one vector: behind the vector of B, the elements of both rows.
    assertEquals([loads[1], loads[2]], [pairs[dtype][0], pairs[dtype][0]]);
    assertEquals([loads[4], loads[5]], [pairs[dtype][1], pairs[dtype][1]]);
  }
});

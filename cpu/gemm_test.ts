import { assert, assertEquals } from "@std/assert";
import { emitGemm, emitGemv, type GemmDtype, gemmWorkspaceBytes } from "./gemm.ts";
import { hasRelaxedSimd, ModuleBuilder } from "./wasm/mod.ts";

const PAGES = 1024;
const GUARD = 1024;

interface Machine {
  readonly memory: WebAssembly.Memory;
  readonly gemm: (...args: number[]) => void;
  readonly gemv: (...args: number[]) => void;
}

function machine(dtype: GemmDtype, relaxed: boolean): Machine {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const module = new ModuleBuilder({ check: true }).importMemory({ min: 1 });
  const gemm = emitGemm(module, { dtype, relaxed });
  const gemv = emitGemv(module, { dtype, relaxed });
  module.exportFunc(gemm, "gemm").exportFunc(gemv, "gemv");
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  return { memory, ...exports } as unknown as Machine;
}

const MACHINES = (["float32", "float64"] as const).flatMap((dtype) =>
  (hasRelaxedSimd() ? [true, false] : [false]).map((relaxed) => ({
    name: `${dtype}${relaxed ? " fused" : ""}`,
    dtype,
    ...machine(dtype, relaxed),
  }))
);

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
  { memory, gemm, dtype, name }: typeof MACHINES[number],
  [m, n, k]: [number, number, number],
  [la, lb, lc]: [Layout, Layout, Layout],
  accumulate: boolean,
  seed: number,
): void {
  const next = random(seed);
  const size = dtype === "float32" ? 4 : 8;
  const what = `${name} ${m}x${n}x${k} A ${la} B ${lb} C ${lc} accumulate ${accumulate}`;
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
    const size = () => pick([1, 2, 3, 5, 7, 10, 12, 16, 17, 20, 31, 33, 48, 53, 64, 101]);
    for (let seed = 0; seed < 300; seed++) {
      const shape: [number, number, number] = [size(), size(), size()];
      const layouts: [Layout, Layout, Layout] = [
        pick(LAYOUTS),
        pick(LAYOUTS),
        pick(["row", "padded"]),
      ];
      checkProduct(target, shape, layouts, next() < 0.5, seed);
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
        checkProduct(target, shape, [la, lb, "row"], seed % 2 === 0, seed++);
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
    const start = 8192, x = start + 1_000_000, y = x + 200_000, work = y + 200_000;
    for (const m of [0, 1, 2, 3, 5, 8, 21, 39, 67]) {
      for (const k of [0, 1, 2, 3, 7, 9, 20, 67]) {
        const strides = [[k, 1], [1, m], [2 * k + 1, 2], [-k, 1], [1, -m - 2], [0, 0]] as const;
        for (const [rs, cs] of strides) {
          for (const [xs, ys, accumulate] of [[1, 1, 0], [2, 1, 1], [-1, 3, 1], [0, -2, 0]]) {
            const a = start + 60_000 * size;
            values.fill(0, start / size, work / size);
            for (let i = start / size; i < work / size; i++) values[i] = Math.round(next() * 9);
            const before = values.slice(0, work / size);
            const xp = x + 300 * size, yp = y + 300 * size;
            gemv(a, xp, yp, work, m, k, rs, cs, xs!, ys!, accumulate!);
            for (let i = 0; i < m; i++) {
              const at = yp / size + i * ys!;
              let sum = accumulate ? before[at]! : 0;
              for (let t = 0; t < k; t++) {
                sum += before[a / size + i * rs + t * cs]! * before[xp / size + t * xs!]!;
              }
              before[at] = sum;
              assertEquals(values[at], sum, `${m}x${k} strides ${rs} ${cs} ${xs} ${ys}`);
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

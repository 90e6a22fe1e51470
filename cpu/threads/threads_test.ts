import { assert, assertEquals } from "@std/assert";
import { config } from "../../mod.ts";
import { captureProgram } from "../../dev/process.ts";
import type { GemmDtype } from "../gemm/gemm.ts";
import { gemmWorkspaceBytes } from "../gemm/gemm.ts";
import { CpuMemory } from "../memory/memory.ts";
import { hasRelaxedSimd, ModuleBuilder } from "../wasm/mod.ts";
import { control } from "./control.ts";
import { emitSharedProduct } from "./products.ts";
import { Team } from "./team.ts";

type Product = (...args: number[]) => void;

/** A team whose threads start at once, and its product. */
function setup(dtype: GemmDtype): { memory: CpuMemory; team: Team; product: Product } {
  const memory = new CpuMemory(), team = new Team(memory, hasRelaxedSimd());
  const builder = new ModuleBuilder({ check: true });
  builder.importMemory(memory.limits);
  emitSharedProduct(builder, { dtype }, team.block, "product");
  const { exports } = new WebAssembly.Instance(builder.compile(), {
    env: { memory: memory.memory },
  });
  return { memory, team, product: exports.product as Product };
}

async function start(memory: CpuMemory, team: Team, threads: number): Promise<void> {
  const before = config.threads;
  config.threads = threads;
  try {
    memory.heap.f64[team.block / 8 + control.work / 2] = 1e12;
    // One starts at a time.
    for (let i = 1; i < threads; i++) team.prepare();
  } finally {
    config.threads = before;
  }
  while (team.size < threads) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test({
  name: "products on several threads have the same bits as on one",
  // Threads are no resources of the test.
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    for (const dtype of ["float32", "float64"] as const) {
      const { memory, team, product } = setup(dtype);
      const size = dtype === "float32" ? 4 : 8;
      await start(memory, team, 3);
      const heap = () => dtype === "float32" ? memory.heap.f32 : memory.heap.f64;
      const rings = () => memory.heap.i32[team.block / 4 + control.ring]!;
      const shapes = [
        [128, 128, 128],
        [200, 300, 517],
        [300, 200, 40],
        [64, 200, 200],
        [64, 1000, 200],
        [1000, 49, 300],
        [97, 400, 33],
        [1030, 70, 60],
      ] as const;
      let shared = 0;
      for (const [i, [m, n, k]] of shapes.entries()) {
        const [a, b, c, work] = [m * k, k * n, m * n].map((count) => memory.allocate(count * size))
          .concat(memory.allocate(gemmWorkspaceBytes(m, n, k, dtype)));
        for (let j = 0; j < m * k; j++) heap()[a! / size + j] = Math.sin(j * 0.7 + i);
        for (let j = 0; j < k * n; j++) heap()[b! / size + j] = Math.cos(j * 1.3 + i);
        for (let layout = 0; layout < 8; layout++) {
          const [ars, acs] = (layout & 1) === 0 ? [k, 1] : [1, m];
          const [brs, bcs] = (layout & 2) === 0 ? [n, 1] : [1, k];
          const compute = (threads: number) => {
            memory.heap.i32[team.block / 4 + control.limit] = threads;
            heap().fill(0.1, c! / size, c! / size + m * n);
            product(a!, b!, c!, work!, m, n, k, ars, acs, brs, bcs, n, layout >> 2);
            return heap().slice(c! / size, c! / size + m * n);
          };
          const alone = compute(1), before = rings();
          for (const threads of [2, 3]) assertEquals(compute(threads), alone, `${m} ${n} ${k}`);
          shared += rings() - before;
        }
      }
      assert(shared >= 120, `${shared} products were shared out`);
    }
  },
});

Deno.test("small, narrow and long products stay on their thread", async () => {
  const { memory, team, product } = setup("float32");
  await start(memory, team, 2);
  memory.heap.i32[team.block / 4 + control.limit] = 2;
  for (const [m, n, k] of [[100, 100, 100], [47, 1000, 100], [1, 3000, 3000], [64, 64, 17000]]) {
    const [a, b, c] = [m! * k!, k! * n!, m! * n!].map((count) => memory.allocate(4 * count));
    const work = memory.allocate(gemmWorkspaceBytes(m!, n!, k!, "float32"));
    const before = memory.heap.i32[team.block / 4 + control.ring];
    product(a!, b!, c!, work, m!, n!, k!, k!, 1, n!, 1, n!, 0);
    assertEquals(memory.heap.i32[team.block / 4 + control.ring], before, `${m} ${n} ${k}`);
  }
});

Deno.test("where memory cannot be shared there is one thread", () => {
  Object.defineProperty(globalThis, "crossOriginIsolated", { value: false, configurable: true });
  try {
    const memory = new CpuMemory(), team = new Team(memory, false);
    assertEquals([memory.shared, team.block, team.size], [false, 0, 1]);
    assert(memory.memory.buffer instanceof ArrayBuffer);
    team.prepare();
  } finally {
    delete (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  }
});

Deno.test("threads start without a permission when they pay, and a program ends with them", async () => {
  const url = new URL("../../mod.ts", import.meta.url).href;
  const outcome = await captureProgram(`
    import { compile, config, T } from ${JSON.stringify(url)};
    config.device = "cpu";
    const a = T.fmatrix("a"), f = await compile([a], T.dot(a, a));
    const ones = new Array(512).fill(new Array(512).fill(1));
    config.threads = 1;
    const sum = f(ones).dataSync().reduce((x, y) => x + y);
    const before = f.deviceInfo;
    config.threads = 2;
    let calls = 0;
    while (f.deviceInfo === before && calls++ < 1000) f(ones);
    console.log(f.deviceInfo.replace(before, ""), sum === f(ones).dataSync().reduce((x, y) => x + y));
  `);
  assertEquals(outcome, { code: 0, output: "; large products on 2 threads true\n" });
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { config, CrotonError } from "../../all.ts";
import { captureDeno, captureProgram } from "../../dev/process.ts";
import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { GemmDtype } from "../gemm/gemm.ts";
import { gemmWorkspaceBytes } from "../gemm/gemm.ts";
import { CpuMemory } from "../memory/memory.ts";
import { printSort, sortWorkspace } from "../print/sort.ts";
import { ModuleBuilder } from "../wasm/mod.ts";
import { Code } from "./code.ts";
import { control, state } from "./control.ts";
import { Jobs, SHARED_FROM, type Sharing } from "./jobs.ts";
import { emitSharedProduct } from "./products.ts";
import { Team } from "./team.ts";

type Work = (...args: number[]) => void;

/** A team whose threads start at once, and a function that shares out its work. */
function team(name: string, emit: (builder: ModuleBuilder, sharing: Sharing) => void) {
  const memory = new CpuMemory(), team = new Team(memory, 0);
  const builder = new ModuleBuilder({ check: true });
  builder.importMemory(memory.limits);
  emit(builder, { block: team.block, from: SHARED_FROM });
  const bytes = builder.build().slice(), code = new Code(memory, bytes, []);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory: memory.memory, code: code.global, watch: team.watch },
  });
  return { memory, team, code, work: exports[name] as Work };
}

/** A team and its product. */
function setup(dtype: GemmDtype) {
  const { work, ...rest } = team("product", (builder, sharing) => {
    emitSharedProduct(builder, { dtype }, sharing, "product");
  });
  return { ...rest, product: work };
}

async function start(team: Team, code: Code, threads: number, workspace = 0): Promise<void> {
  const before = config.threads;
  config.threads = threads;
  try {
    // One starts at a time.
    for (let i = 1; i < threads; i++) team.prepare([code], workspace);
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
      const { memory, team, code, product } = setup(dtype);
      const size = dtype === "float32" ? 4 : 8;
      await start(team, code, 3, 16 << 20);
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
        [20, 500, 300],
        [500, 7, 400],
        [47, 1001, 100],
        [2, 3000, 300],
        [1, 1500, 2003],
        [1501, 1, 2002],
        [1, 900, 2500],
        [3000, 1, 3000],
        [40, 150, 17_000],
        [129, 33, 17_001],
      ] as const;
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
          team.check();
          assertEquals(rings() - before, 2, `${m} ${n} ${k}`);
        }
      }
    }
  },
});

Deno.test("one long row is sorted on several threads as on one", async () => {
  for (const dtype of ["float32", "int64", "uint8"] as const) {
    const { memory, team: threads, code, work: sort } = team(
      `sort_${dtype}`,
      (builder, sharing) => {
        printSort(builder, dtype, sharing);
      },
    );
    await start(threads, code, 3);
    const length = (1 << 17) + 77, size = dtypeInfo(dtype).bytes, block = threads.block / 4;
    const [source, values, positions] = [size, size, 8].map((bytes) =>
      memory.allocate(length * bytes)
    );
    const work = memory.allocate(sortWorkspace(dtype, length) as number);
    // Keys that differ in all digits, and in the lowest one only.
    for (const most of [2 ** 53, 200]) {
      for (let i = 0; i < length; i++) {
        const n = Math.floor((Math.sin(i) * 0.5 + 0.5) * most), { f32, i64, u8 } = memory.heap;
        if (dtype === "float32") f32[source! / 4 + i] = i % 99 === 5 ? NaN : i % 9 === 1 ? -n : n;
        else if (dtype === "int64") i64[source! / 8 + i] = BigInt(i % 3 === 0 ? -n : n);
        else u8[source! + i] = n;
      }
      for (const to of [[values!, 0], [values!, positions!], [0, positions!]] as const) {
        const compute = (limit: number) => {
          memory.heap.i32[block + control.limit] = limit;
          memory.heap.u8.fill(0, values, values! + length * size);
          memory.heap.u8.fill(0, positions, positions! + length * 8);
          const before = memory.heap.i32[block + control.ring]!;
          sort(source!, ...to, 8, 1, length, Number(most === 200), work);
          threads.check();
          const sorted = memory.heap.u8.slice(values, values! + length * size);
          const places = memory.heap.u8.slice(positions, positions! + length * 8);
          return { sorted, places, rings: memory.heap.i32[block + control.ring]! - before };
        };
        const alone = compute(1);
        assertEquals(alone.rings, 0);
        for (const limit of [2, 3]) {
          const { sorted, places, rings } = compute(limit);
          const isSame = sorted.every((byte, i) => byte === alone.sorted[i]) &&
            places.every((byte, i) => byte === alone.places[i]);
          assertEquals([isSame, rings >= 2], [true, true], `${dtype} ${most} ${limit}: ${rings}`);
        }
      }
    }
  }
});

Deno.test("small products and those of few rows and columns stay on their thread", async () => {
  const { memory, team, code, product } = setup("float32");
  await start(team, code, 2);
  memory.heap.i32[team.block / 4 + control.limit] = 2;
  for (const [m, n, k] of [[100, 100, 100], [127, 100, 200], [1, 100, 12_000], [1300, 1, 1300]]) {
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
    const memory = new CpuMemory(), team = new Team(memory);
    assertEquals([memory.shared, team.block, team.size], [false, 0, 1]);
    assert(memory.memory.buffer instanceof ArrayBuffer);
    team.prepare([]);
  } finally {
    delete (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  }
});

Deno.test("threads start without a permission when they pay, and a program ends with them", async () => {
  const url = new URL("../../all.ts", import.meta.url).href;
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
  assertEquals(outcome, { code: 0, output: "; large work on 2 threads true\n" });
});

Deno.test("in a worker of the program's own there is one thread, unless it asks for more", async () => {
  const urls = ["./team.ts", "../memory/memory.ts", "../../core/base/settings.ts", "./control.ts"]
    .map((name) => JSON.stringify(new URL(name, import.meta.url).href));
  const look = `
    const [{ Team }, { CpuMemory }, { settings }, { control }] =
      await Promise.all([${urls.map((url) => `import(${url})`)}]);
    const memory = new CpuMemory(), team = new Team(memory), limits = [];
    for (const threads of [null, 3]) {
      settings.threads = threads;
      team.prepare([]);
      limits.push(memory.heap.i32[team.block / 4 + control.limit]);
    }
    console.log(limits.join());`;
  const outcome = await captureDeno([
    "eval",
    "--quiet",
    "--no-lock",
    `
    ${look}
    await new Promise((resolve) => {
      const program = ${JSON.stringify(look)} + "postMessage(0);";
      const worker = new Worker("data:text/javascript," + encodeURIComponent(program), { type: "module" });
      worker.onmessage = () => resolve(worker.terminate());
    });
    const { Worker: NodeWorker } = process.getBuiltinModule("node:worker_threads");
    new NodeWorker("(async () => {" + ${JSON.stringify(look)} + "})()", { eval: true });
  `,
  ], false);
  const cores = Math.min(64, navigator.hardwareConcurrency);
  assertEquals(outcome, { code: 0, output: `${cores},3\n1,3\n1,3\n` });
});

/** A module whose job has 10 parts that add to a word at an address; in other threads they fail, or never end. */
function jobThatFails(team: Team, memory: CpuMemory, hangs = false) {
  const builder = new ModuleBuilder({ check: true });
  builder.importMemory(memory.limits);
  const jobs = new Jobs(builder, team.block);
  const part = jobs.part((f, _, work) => {
    f.localGet(work).i32Eqz().i32Eqz().if(() => {
      if (hangs) f.loop((again) => f.br(again));
      else f.unreachable();
    });
    jobs.pushWord(f, 0).i32Const(1).i32AtomicRmwAdd().drop();
    // Long enough for others to come.
    const i = f.local("i32");
    f.forLoop(i, 0, 1e6, 1, () => f.nop());
  });
  builder.func({ name: "run", params: ["i32"], results: ["i32"], export: true }, (f, at) => {
    f.f64Const(1);
    jobs.pays(f);
    f.if(() => {
      jobs.run(f, part, [() => f.localGet(at)], () => f.i32Const(10), () => f.i32Const(0));
      f.i32Const(1).return();
    }).i32Const(0);
  });
  return builder.build().slice();
}

Deno.test("a thread that fails at a part is an error, and the next call works", async () => {
  const memory = new CpuMemory(), team = new Team(memory, 0);
  const bytes = jobThatFails(team, memory), code = new Code(memory, bytes, []);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory: memory.memory, code: code.global, watch: team.watch },
  });
  const run = exports.run as (at: number) => number, at = memory.allocate(4);
  assertEquals(run(at), 0, "there are no threads yet");
  await start(team, code, 2);
  while (team.size > 1) {
    assertEquals(run(at), 1);
    if (team.size > 1) team.check();
  }
  assertThrows(() => team.check(), CrotonError, "A thread failed at its part");
  team.check();
  assertEquals(run(at), 0, "the thread is gone");
});

Deno.test("a thread that cannot have the code leaves its work to others", async () => {
  const memory = new CpuMemory(), team = new Team(memory, 0);
  const bytes = jobThatFails(team, memory);
  const code = new Code(memory, new Uint8Array(8), []);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory: memory.memory, code: code.global, watch: team.watch },
  });
  const run = exports.run as (at: number) => number, at = memory.allocate(4);
  memory.heap.i32[at / 4] = 0;
  await start(team, code, 2);
  let runs = 0;
  for (; team.size > 1; runs++) run(at);
  team.check();
  assertEquals(memory.heap.i32[at / 4], 10 * runs);
});

Deno.test("work that throws leaves no job open", () => {
  const memory = new CpuMemory(), team = new Team(memory, 0);
  const builder = new ModuleBuilder({ check: true });
  builder.importMemory(memory.limits);
  const jobs = new Jobs(builder, team.block);
  const part = jobs.part((f) => f.unreachable());
  builder.func({ name: "run", params: [], export: true }, (f) => {
    jobs.run(f, part, [], () => f.i32Const(1), () => f.i32Const(0));
  });
  const { exports } = new WebAssembly.Instance(builder.compile(), {
    env: {
      memory: memory.memory,
      code: new Code(memory, new Uint8Array(), []).global,
      watch: team.watch,
    },
  });
  assertThrows(() => (exports.run as () => void)(), WebAssembly.RuntimeError);
  const words = () => memory.heap.i32.subarray(team.block / 4);
  assertEquals([words()[control.open], words()[control.busy]], [1, 1]);
  team.abandon();
  assertEquals([words()[control.open], words()[control.busy]], [0, 0]);
});

/** A job of which a thread does not do its part, with a team that doesn't wait long for it. */
function setupHanging() {
  const memory = new CpuMemory(), team = new Team(memory, 0, 50);
  const bytes = jobThatFails(team, memory, true), code = new Code(memory, bytes, []);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory: memory.memory, code: code.global, watch: team.watch },
  });
  const at = memory.allocate(4);
  memory.heap.i32[at / 4] = 0;
  const run = () => (exports.run as (at: number) => number)(at);
  return { memory, team, code, run, at };
}

/** Node's workers that are started while something runs. */
async function workersOf(run: () => Promise<void>): Promise<{ terminate(): Promise<number> }[]> {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): { Worker: new (...args: never[]) => object } };
  };
  const threads = process.getBuiltinModule("node:worker_threads"), { Worker } = threads;
  const started: object[] = [];
  threads.Worker = class extends Worker {
    constructor(...args: never[]) {
      super(...args);
      started.push(this);
    }
  };
  try {
    await run();
  } finally {
    threads.Worker = Worker;
  }
  return started as { terminate(): Promise<number> }[];
}

Deno.test("a thread that never ends its part is an error, and later calls run without it", async () => {
  const { memory, team, code, run, at } = setupHanging();
  await start(team, code, 3);
  // One that sleeps for long may come too late for a part.
  assertThrows(
    () => {
      for (let i = 0; i < 1000; i++) run();
    },
    CrotonError,
    "A thread did not finish its part",
  );
  team.abandon();
  assertEquals(team.size, 1);
  const before = memory.heap.i32[at / 4];
  team.prepare([code]);
  assertEquals([run(), team.size], [0, 1]);
  assertEquals(memory.heap.i32[at / 4], before, "the job is not shared any more");
});

Deno.test("work that throws while a thread never ends its part is over, too", async () => {
  const { memory, team, code } = setupHanging();
  await start(team, code, 2);
  const words = memory.heap.i32.subarray(team.block / 4);
  words[control.states + 1] = state.busy;
  words[control.open] = words[control.busy] = 1;
  team.abandon();
  assertEquals([words[control.open], words[control.busy], team.size], [0, 0, 1]);
});

Deno.test("calls go on when a thread is ended from outside, asleep or at work", async () => {
  for (const atWork of [false, true]) {
    const { memory, team, code, product } = setup("float32");
    const workers = await workersOf(() => start(team, code, 3));
    assertEquals(workers.length, 2);
    const words = memory.heap.i32.subarray(team.block / 4);
    // As if it were at a part.
    if (atWork) words[control.states + 1] = state.busy;
    await workers[0]!.terminate();
    while (team.size === 3) await new Promise((resolve) => setTimeout(resolve, 5));
    words[control.limit] = 3;
    const n = 256, [a, b, c] = [0, 1, 2].map(() => memory.allocate(4 * n * n));
    memory.heap.f32.fill(0.5, a! / 4, a! / 4 + n * n).fill(2, b! / 4, b! / 4 + n * n);
    const work = memory.allocate(gemmWorkspaceBytes(n, n, n, "float32"));
    product(a!, b!, c!, work, n, n, n, n, 1, n, 1, n, 0);
    assertEquals(memory.heap.f32.subarray(c! / 4, c! / 4 + n * n).every((x) => x === n), true);
    assertEquals([team.size, words[control.states + 1]], [2, state.away]);
    await workers[1]!.terminate();
  }
});

Deno.test("a thread that is ended while a call waits for it is an error, and the next call works", async () => {
  const { team, code, run } = setupHanging();
  const workers = await workersOf(() => start(team, code, 2));
  // What tells that it is gone comes after this turn.
  const ends = workers.map((worker) => worker.terminate());
  team.prepare([code]);
  let calls = 0;
  try {
    while (calls++ < 100) run();
  } catch (error) {
    assert(error instanceof CrotonError);
    team.abandon();
  }
  await Promise.all(ends);
  while (team.size > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(run(), 0);
});

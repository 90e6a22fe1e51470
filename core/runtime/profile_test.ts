import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, grad, scan, shared, T, Tensor, until } from "../../all.ts";
import { printModule } from "../../cpu/print/module.ts";
import { executorOf } from "./callable.ts";
import type { KernelProfile } from "./measured.ts";

/** Whether the device of a function tells what its kernels take. */
function isTimed(f: object): boolean {
  const { backend } = executorOf(f);
  return backend.name === "cpu" || backend.kernelTimer?.() != null;
}

/** The rows right inside of another. */
function inside(kernels: readonly KernelProfile[], outer: KernelProfile): KernelProfile[] {
  const at = kernels.indexOf(outer);
  return kernels.filter(({ within }) => within === at);
}

const sumOf = (rows: readonly { readonly milliseconds: number | null }[]) =>
  rows.reduce((sum, { milliseconds }) => sum + milliseconds!, 0);

onDevices("a profile tells what each kernel and loop took, and what they cost", async (device) => {
  const x = T.fmatrix("x"), total = shared(0, { name: "total", dtype: "float32" });
  const product = x.dot(x.T);
  const [sums] = scan((row, h) => T.tanh(h.add(row.sum())), {
    sequences: product,
    outputsInfo: T.constant(0, "float32"),
    name: "walk",
  });
  const f = await compile([x], sums, {
    updates: [[total, total.add(sums.sum())]],
    profile: true,
    name: "seen",
    device,
  });
  const rows = Array.from({ length: 16 }, () => new Array(8).fill(0.1));
  for (let i = 0; i < 3; i++) f(rows).dataSync();
  const profile = f.profile!, { peakBytes } = profile, { kernels } = profile;
  const gemm = kernels.find(({ kind }) => kind === "gemm")!;
  assert(gemm.operations >= 2 * 16 * 16 * 8 && gemm.operations < 3 * 16 * 16 * 8 + 16 * 16);
  assertEquals([gemm.calls, gemm.bytes], [3, 4 * (16 * 8 + 16 * 16)]);
  const loop = kernels.find(({ kind }) => kind.startsWith("loop"))!;
  // A hyperbolic tangent is many operations also where it is one call.
  assert(loop.name.includes("walk") && loop.operations > 16 * 10);
  if (isTimed(f)) {
    const outer = kernels.filter(({ within }) => within === null);
    assertAlmostEquals(outer.reduce((sum, { share }) => sum + share!, 0), 1, 1e-9);
    assert(gemm.gigaflops! > 0 && gemm.gigabytesPerSecond! > 0 && gemm.limitShare! > 0);
    assert(["bytes", "operations"].includes(gemm.bound!));
    const { copies, gigaflops } = profile.limits!;
    assert(
      copies.every(({ gigabytesPerSecond }) => gigabytesPerSecond > 0 && gigabytesPerSecond < 1e5),
    );
    const lengths = copies.map(({ bytes }) => bytes);
    assertEquals(lengths, lengths.toSorted((a, b) => a - b));
    assert(gigaflops.float32! > 0 && gigaflops.product32! > 0 && gigaflops.float64 === undefined);
    // What is measured takes memory, and does not count.
    assertEquals(profile.peakBytes, peakBytes);
    assertAlmostEquals(sumOf(profile.ops), sumOf(outer), 1e-6 * sumOf(outer));
    const { traceEvents } = JSON.parse(profile.toTrace());
    const event = (name: string) =>
      traceEvents.find((one: { name: string }) => one.name === name) as { ts: number; dur: number };
    const around = event(loop.name), within = event(inside(kernels, loop)[0]!.name);
    assert(event("canonicalize").dur > 0);
    assert(within.ts >= around.ts && within.ts + within.dur <= around.ts + around.dur + 1e-3);
  } else assertEquals(gemm.milliseconds, null);
  if (device === "cpu") {
    assert(sumOf(kernels.filter(({ within }) => within === null)) <= profile.callTime);
    await assertRejects(() => profile.timeKernels(() => f(rows)), TypeError, "no timestamps");
  }
  assert(profile.planTime > 0 && profile.printTime > 0 && profile.phases.length > 2);
  assert(profile.rewrites.length > 0 && profile.peakBytes > 0);
  const json = JSON.parse(JSON.stringify(await profile.settle()));
  assertEquals([json.kernels.length, json.ops.length], [kernels.length, profile.ops.length]);
  assertEquals(json.memoryPeak.plan, 1);
  assert(/GFLOP\/s {2}limit by {10}kernel\n.*\(/.test(profile.toString()), profile.toString());
  // What was measured stays when the plans go.
  f.dispose();
  assertEquals(profile.kernels.map(({ calls }) => calls), kernels.map(({ calls }) => calls));
});

onDevices("the time of loops and choices is that of what is in them", async (device) => {
  const x = T.fmatrix("x"), most = T.fscalar("most");
  const [rows] = scan((row, h) => {
    const [inner] = scan((a, s) => T.sort(s.mul(a)).sub(T.cumsum(s)), {
      sequences: row.mul(h),
      outputsInfo: row,
      name: "inner",
    });
    return [inner.at(-1).mul(0.1), until(row.at(0).ge(most))];
  }, { sequences: x, outputsInfo: T.ones([12], "float32"), name: "outer" });
  const sum = rows.sum({ axis: 0 });
  const f = await compile([x, most], T.ifelse(sum.at(0).gt(1e9), T.cumsum(sum), T.sort(sum)), {
    profile: true,
    device,
  });
  const data = Array.from({ length: 10 }, (_, i) => new Array(12).fill(i));
  for (let i = 0; i < 2; i++) f(data, 5).dataSync();
  const { kernels } = f.profile!,
    named = (name: string) => (row: KernelProfile) => row.name === name;
  const outer = kernels.find(named("outer"))!, inner = kernels.find(named("inner"))!;
  const sort = kernels.find((row) => row.kind === "sort" && kernels[row.within!] === inner)!;
  assertEquals(kernels[inner.within!], outer);
  // The host counts the steps of a loop that ends early; the rest is found by lengths.
  const steps = device === "cpu" ? 6 : 10;
  assertEquals([outer.calls, inner.calls, sort.calls], [2, 2 * steps, 2 * steps * 12]);
  if (!isTimed(f)) return;
  for (const row of [outer, inner]) {
    const list = inside(kernels, row), all = sumOf(list);
    assert(list.length > 1 && list.every(({ estimated }) => !estimated));
    // On the GPU there are kernels beside those of the steps.
    if (device === "cpu") assertAlmostEquals(all, row.milliseconds!, 1e-9);
    else assert(all > 0 && all <= row.milliseconds! * (1 + 1e-9));
  }
  if (device === "cpu") {
    const branch = kernels.find(({ kind }) => kind === "branch")!, sides = inside(kernels, branch);
    const ran = sides.filter(({ calls }) => calls > 0);
    assert(
      ran.some(({ kind }) => kind === "sort") && !ran.some(named("cumsum")),
      String(f.profile),
    );
    assertEquals(sumOf(sides.filter(({ calls }) => calls === 0)), 0);
  }
});

Deno.test("what cannot be measured apart is shared out by its operations", async () => {
  // Neighbouring kernels over many rows are run row by row, perhaps on threads.
  const x = T.fmatrix("x");
  const shifted = x.sub(x.max({ axis: 1, keepdims: true })), powers = T.exp(shifted);
  const f = await compile([x], powers.div(powers.sum({ axis: 1, keepdims: true })), {
    profile: true,
    device: "cpu",
    mode: { excluding: ["fold", "stabilize"] },
  });
  f(new Tensor("float32", [512, 512], new Float32Array(512 * 512).fill(0.5)));
  const { kernels } = f.profile!, loop = kernels.find(({ kind }) => kind.startsWith("loop"))!;
  const parts = inside(kernels, loop);
  assert(parts.length > 1 && parts.every(({ estimated, calls }) => estimated && calls === 512));
  assertAlmostEquals(sumOf(parts), loop.milliseconds!, 1e-9);
});

onDevices("time by the calls of the user's, with their names and lines", async (device) => {
  const x = T.fvector("x");
  const hidden = T.tanh(x.mul(2));
  hidden.name = "hidden";
  const [sums] = scan((v, s) => T.sigmoid(v.add(s)), {
    sequences: hidden,
    outputsInfo: T.constant(0, "float32"),
  });
  const f = await compile([x], grad(sums.sum(), x), { profile: true, device });
  for (let i = 0; i < 2; i++) f([1, 2, 3]).dataSync();
  const { ops, kernels } = f.profile!;
  const find = (op: string) => ops.find((row) => row.op === op)!;
  for (const op of ['tanh "hidden"', "sigmoid", 'gradient of tanh "hidden"']) {
    assert(/profile_test\.ts:\d+:\d+$/.test(find(op).place), String(f.profile));
    assert(find(op).calls >= 2 && find(op).operations > 0);
  }
  // Parts of a kernel are all of it.
  for (const { ops: parts } of kernels) {
    const all = parts.reduce((sum, { share }) => sum + share, 0);
    if (parts.length > 0) assertAlmostEquals(all, 1, 1e-9);
  }
});

onDevices(
  "without a profile the same code runs, and nothing says what it is made of",
  async (device) => {
    const x = T.fmatrix("x");
    const [h] = scan((row, h) => T.sort(T.tanh(h.add(row))).mul(0.5), {
      sequences: x.dot(x),
      outputsInfo: T.zeros([4], "float32"),
    });
    const make = async (profile: boolean) => {
      const f = await compile([x], h, { profile, device });
      f(Array.from({ length: 4 }, () => [1, 2, 3, 4])).dataSync();
      return f;
    };
    const plain = await make(false), timed = await make(true);
    assertEquals(plain.profile, null);
    const { program } = executorOf(plain).plans[0]!;
    const other = executorOf(timed).plans[0]!.program;
    const text = JSON.stringify(
      program.steps,
      (_, value) => typeof value === "bigint" ? String(value) : value,
    );
    assert(!text.includes('"parts"') && program.isTimed === undefined);
    // The GPU runs the same kernels; the CPU without the functions that look at the clock.
    if (device === "gpu") {
      assertEquals(timed.explain({ code: true }), plain.explain({ code: true }));
      return;
    }
    const print = (one: typeof program) =>
      printModule(one, {
        ...{ simd: true, relaxed: false, check: false, memory: { min: 1, max: 1, shared: true } },
        sharing: { block: 0, from: Infinity, products: true },
      }).bytes;
    const names = (bytes: Uint8Array<ArrayBuffer>) =>
      WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ name }) => name);
    const { isTimed: _, ...untimed } = other;
    assertEquals(print(untimed), print(program));
    assertEquals(names(print(program)).filter((name) => ["mark", "begin"].includes(name)), []);
    assertEquals(names(print(other)).filter((name) => ["mark", "begin"].includes(name)).length, 2);
  },
);

Deno.test("the peak of memory says who holds it", async () => {
  const x = T.fvector("x"), n = 1000;
  // One vector is in use while the next is computed; the first is over by the third.
  let y = x.mul(2);
  for (let i = 0; i < 3; i++) y = T.cumsum(y).add(1);
  const f = await compile([x], y.sum(), { profile: true, device: "cpu" });
  f(new Float32Array(n));
  const { memory, memoryPeak } = f.profile!;
  const held = memory.filter(({ atPeak }) => atPeak);
  assertEquals(held.reduce((sum, { bytes }) => sum + bytes, 0), memoryPeak!.bytes);
  assertEquals(held.filter(({ role }) => role === "input").map(({ bytes }) => bytes), [4 * n]);
  const temps = memory.filter(({ role, bytes }) => role === "temp" && bytes === 4 * n);
  assert(temps.length > temps.filter(({ atPeak }) => atPeak).length && memoryPeak!.kernel !== "");
});

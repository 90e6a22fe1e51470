import { assert, assertEquals, assertRejects } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, scan, shared, T } from "../../mod.ts";

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
  const profile = f.profile!, { kernels } = profile;
  const gemm = kernels.find(({ kind }) => kind === "gemm")!;
  assert(gemm.operations >= 2 * 16 * 16 * 8 && gemm.operations < 3 * 16 * 16 * 8 + 16 * 16);
  assertEquals([gemm.calls, gemm.bytes], [3, 4 * (16 * 8 + 16 * 16)]);
  const loop = kernels.find(({ kind }) => kind.startsWith("loop"))!;
  assert(loop.name.includes("walk") && loop.operations > 16);
  if (device === "cpu") {
    const shares = kernels.map(({ share }) => share!).reduce((a, b) => a + b);
    assert(Math.abs(shares - 1) < 1e-9);
    const all = kernels.reduce((sum, { milliseconds }) => sum + milliseconds!, 0);
    assert(all > 0 && all <= profile.callTime);
    assert(gemm.gigaflops! > 0 && gemm.gigabytesPerSecond! > 0);
    await assertRejects(() => profile.timeKernels(() => f(rows)), TypeError, "no timestamps");
  } else assertEquals(gemm.milliseconds, null);
  assert(profile.planTime > 0 && profile.printTime > 0 && profile.phases.length > 2);
  assert(profile.rewrites.length > 0 && profile.peakBytes > 0);
  assertEquals(profile.memory.some(({ role, bytes }) => role === "input" && bytes === 512), true);
  const { traceEvents } = JSON.parse(profile.toTrace());
  assert(traceEvents.some(({ name }: { name: string }) => name === "canonicalize"));
  assertEquals(JSON.parse(JSON.stringify(profile)).kernels.length, kernels.length);
  assert(/GFLOP\/s {2}kernel\n.*\(/.test(profile.toString()), profile.toString());
  // Nothing is told the time where nobody asked.
  const plain = await compile([x], sums, { device });
  plain(rows);
  assertEquals([plain.profile, plain.explain().includes("mark")], [null, false]);
});

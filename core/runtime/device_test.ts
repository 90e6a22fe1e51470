import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { captureProgram } from "../../dev/process.ts";
import { gpuTest } from "../../dev/testing/gpu_device.ts";
import { createCpuBackend } from "../../cpu/mod.ts";
import { createGpuBackend } from "../../gpu/mod.ts";
import { compile, In, NoGpuError, scan, shared, T, type Tensor, type Variable } from "../../all.ts";
import { config } from "./config.ts";
import { cpuBackend, gpuBackend, registerDevices } from "./device.ts";

const f64 = { dtype: "float64" } as const;

/** What compiling for the GPU says. */
async function refusal(
  inputs: readonly Variable[],
  outputs: Variable | null,
  options = {},
): Promise<string> {
  const compiling = () => compile(inputs, outputs, { device: "gpu", name: "f", ...options });
  const { message } = await assertRejects(compiling, TypeError);
  assertMatch(message, /^Cannot compile "f" for the GPU: .* does not have; use device: "cpu"/);
  return message;
}

Deno.test("without a real GPU, or for what it does not have, auto takes the CPU and says why", async () => {
  const x = T.dvector("x");
  const f = await compile([x], x.add(1), { device: "auto" });
  assertEquals([f.device, f([1]).arraySync()], ["cpu", [2]]);
  assertMatch(f.deviceInfo, /^WebAssembly.* \(device "auto": (the|there|"x" is float64)\b.+\)$/);
});

gpuTest("only float64 and complex128 are refused, and the user's variable is named", async () => {
  const x = T.dvector("x"), y = T.fvector("y"), s = shared([1], { ...f64, name: "s" });
  assertMatch(await refusal([x], x.add(1)), /GPU: "x" is float64, which the GPU does not have/);
  assertMatch(await refusal([x, y], y.mul(T.cast(x.sum(), "float32"))), /"x" is float64/);
  assertMatch(await refusal([], s.add(1)), /"s" is float64/);
  assertMatch(await refusal([], null, { updates: [[s, s.mul(2)]] }), /"s" is float64/);
  const z = T.cast(y, "complex128");
  z.name = "z";
  assertMatch(await refusal([y], z.mul(2)), /"z" is complex128/);
  // A position that the host does not know is read by a kernel.
  const d = T.dscalar("d");
  assertMatch(await refusal([y, d], y.at(T.cast(d, "int32"))), /"d" is float64/);
  for (
    const dtype of ["int64", "uint64", "int32", "uint8", "bool", "float16", "complex64"] as const
  ) {
    const v = T.tensor(dtype, [null], "v");
    const f = await compile([v], v.at(0), { device: "gpu" });
    assertEquals([f.device, f.deviceInfo], ["gpu", (await gpuBackend()).description]);
  }
});

gpuTest("what has no name is told by what it is computed from, and where", async () => {
  const y = T.fvector("y"), here = /at file:.*device_test\.ts:\d+:\d+ is float64/;
  const v = T.dvector();
  const cases: [readonly Variable[], Variable, RegExp][] = [
    [[y], y.sum({ dtype: "float64" }), /the value computed from "y" at/],
    [[y], T.cast(T.cast(y, "float64").exp(), "float32"), /the value computed from "y" at/],
    [[y], T.cast(y, "float64").mul(0.5).add(3), /the value computed from "y" at/],
    [[y], y.add(T.constant(1.5, "float64")), /the constant 1.5 made at/],
    [[y], y.mul(new Float64Array([1, 2])), /a constant of shape \[2\] made at/],
    [[v], v.sum(), /an unnamed .* made at/],
    [[y], T.ifelse(y.at(0).gt(0), T.cast(T.cast(y, "float64").exp(), "float32"), y), /from "y" at/],
  ];
  for (const [inputs, output, words] of cases) {
    const message = await refusal(inputs, output);
    assertMatch(message, words);
    assertMatch(message, here);
    assert(!message.includes("the result of"), message);
  }
});

gpuTest("what the steps of a loop compute counts, too", async () => {
  const x = T.fvector("x");
  const steps = (body: (v: Variable, a: Variable) => Variable, start: Variable) =>
    (scan(body, { sequences: x, outputsInfo: start }) as unknown as [Variable])[0];
  const zero = T.constant(0, "float32");
  const widened = steps((v, a) => T.cast(T.cast(a, "float64").exp().add(v), "float32"), zero);
  assertMatch(await refusal([x], widened), /the value computed.* at file:.*device_test\.ts/);
  const state = steps((v, a) => a.add(v), T.constant(0, "float64"));
  assertMatch(await refusal([x], state.at(-1)), /device_test\.ts:\d+:\d+ is float64/);
  const f = await compile([x], steps((v, a) => a.add(v), zero).at(-1), { device: "gpu" });
  assertEquals(f([1, 2, 3]).item(), 6);
});

gpuTest("a length of what the GPU does not have is known without it", async () => {
  const x = T.dvector("x"), s = shared([1, 2, 3], { ...f64, name: "s" });
  const f = await compile([x], x.shape[0]!.add(s.shape[0]!), { device: "gpu" });
  assertEquals([f([1, 2]).item(), f([1, 2, 3, 4]).item()], [5n, 7n]);
  assertEquals(s.getValue().arraySync(), [1, 2, 3]);
  const y = T.fvector("y");
  const g = await compile([y, x, new In(T.dscalar("d"), { value: 1 })], y.mul(2), {
    device: "gpu",
    onUnusedInput: "ignore",
  });
  assertEquals((g([1, 2], [1]) as Tensor).arraySync(), [2, 4]);
});

Deno.test("deviceInfo is the device alone where it was asked for", async () => {
  const x = T.fvector("x");
  const f = await compile([x], x.add(1), { device: "cpu" });
  assertEquals(f.deviceInfo, (await cpuBackend()).description);
});

/** Runs with other devices. The GPU that is open stays. */
async function withDevices(
  noFastGpu: string | null,
  gpu: () => Promise<never> | ReturnType<typeof createGpuBackend>,
  body: () => Promise<void>,
): Promise<void> {
  const cpu = () => Promise.resolve(createCpuBackend());
  registerDevices({ cpu, gpu, noFastGpu: () => Promise.resolve(noFastGpu) });
  try {
    await body();
  } finally {
    const nothing = "there is no adapter";
    registerDevices({
      cpu,
      gpu: () => createGpuBackend(),
      noFastGpu: () => Promise.resolve(nothing),
    });
  }
}

Deno.test("auto asks once whether there is a fast GPU", async () => {
  const x = T.fvector("x");
  let asked = 0;
  await withDevices(null, () => Promise.reject(new NoGpuError("none")), async () => {
    registerDevices({
      cpu: () => Promise.resolve(createCpuBackend()),
      gpu: () => Promise.reject(new NoGpuError("none")),
      noFastGpu: () => Promise.resolve(`asked ${++asked}`),
    });
    const infos = [1, 2, 3].map(async (n) =>
      (await compile([x], x.add(n), { device: "auto" })).deviceInfo
    );
    for (const info of await Promise.all(infos)) assertMatch(info, /device "auto": asked 1\)$/);
    await compile([x], x.mul(2), { device: "cpu" });
    await compile([x], x.mul(3), { device: "auto" });
    assertEquals(asked, 1);
  });
});

Deno.test("auto says why it took the CPU: there is no GPU, or it does not open", async () => {
  const x = T.fvector("x"), { description } = await cpuBackend();
  const none = "there is no adapter";
  const infos = async () => {
    const f = await compile([x], x.add(1), { device: "auto" });
    assertEquals([f.device, f([1]).arraySync()], ["cpu", [2]]);
    assertEquals(f.copy().deviceInfo, f.deviceInfo);
    return f.deviceInfo;
  };
  await withDevices(none, () => createGpuBackend(), async () => {
    assertEquals(await infos(), `${description} (device "auto": ${none})`);
    const before = config.device;
    config.device = "auto";
    try {
      assertMatch((await compile([x], x.add(1))).deviceInfo, /device "auto": there is no/);
    } finally {
      config.device = before;
    }
  });
});

gpuTest("auto says why it took the CPU: a variable, or a GPU that does not open", async () => {
  const x = T.dvector("x"), y = T.fvector("y"), { description } = await cpuBackend();
  await withDevices(null, () => createGpuBackend(), async () => {
    const f = await compile([x], x.add(1), { device: "auto" });
    assertEquals([f.device, f([1]).arraySync()], ["cpu", [2]]);
    const why = `"x" is float64, which the GPU does not have`;
    assertEquals(f.deviceInfo, `${description} (device "auto": ${why})`);
    const g = await compile([y], y.add(1), { device: "auto" });
    assertEquals([g.device, g([1]).arraySync()], ["gpu", [2]]);
    assertEquals(g.deviceInfo, (await gpuBackend()).description);
  });
  // The open device goes, and no other opens: a function from before says so, a new one takes the CPU.
  const old = await compile([y], y.add(1), { device: "gpu" });
  const { device } = await gpuBackend() as Awaited<ReturnType<typeof createGpuBackend>>;
  device.destroy();
  await withDevices(null, () => Promise.reject(new NoGpuError("it is out")), async () => {
    const f = await compile([y], y.add(1), { device: "auto" });
    assertEquals([f.device, f([1]).arraySync()], ["cpu", [2]]);
    assertMatch(f.deviceInfo, /\(device "auto": Cannot use a GPU: it is out\)$/);
    await assertRejects(() => old.warmUp([1]), NoGpuError, "it is out");
  });
  await old.warmUp([1]);
  assertEquals(old([1]).arraySync(), [2]);
});

Deno.test("the first function is compiled with the settings of the moment that asks for it", async () => {
  const url = new URL("../../all.ts", import.meta.url).href;
  const outcome = await captureProgram(`
    import { compile, config, T } from ${JSON.stringify(url)};
    config.device = "cpu";
    config.profile = true;
    const first = compile([], T.constant(1));
    config.device = "gpu";
    config.profile = false;
    const f = await first;
    console.log(f.device, f.profile !== null);
  `);
  assertEquals(outcome, { code: 0, output: "cpu true\n" });
});

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { findJax } from "../../dev/testing/xla/runner.ts";
import { io } from "../../mod.ts";
import { drawDigits } from "./digits.ts";
import { loadClassifier } from "../training/predict.ts";
import { train } from "../training/run.ts";
import type { TrainOptions } from "../training/task.ts";

const small = {
  model: "softmax",
  seed: 1234,
  images: 1200,
  batch: 80,
  epochs: 1,
  optimizer: "sgd",
  rate: 0.13,
  loop: "host",
  device: "cpu",
  print: () => {},
} as const satisfies Partial<TrainOptions>;

Deno.test("a step of training is written for XLA, with what it takes to train on", async () => {
  const out = await Deno.makeTempDir(), folder = `${out}/xla`;
  await train({ ...small, out, export: folder, devices: 4 });
  assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(), [
    "croton_xla.py",
    "data.safetensors",
    "parameters.safetensors",
    "step.json",
    "step.mlir",
    "train.py",
  ]);
  const description = JSON.parse(await Deno.readTextFile(`${folder}/step.json`));
  assertEquals(description.inputs, [
    { name: "x", dtype: "float32", shape: [80, 784], sharding: [["data"], []] },
    { name: "y", dtype: "int32", shape: [80], sharding: [["data"]] },
  ]);
  assertMatch(await Deno.readTextFile(`${folder}/step.mlir`), /sdy\.mesh @mesh = <\["data"=4\]>/);
  const parameters = await Deno.readFile(`${folder}/parameters.safetensors`);
  const { tensors } = io.decodeSafetensors(parameters);
  assertEquals(tensors["W"]!.shape, [784, 10]);
  // What XLA has trained is loaded as any other model.
  const { classify } = await loadClassifier(
    `${folder}/parameters.safetensors`,
    "cpu",
    "softmax",
  );
  assertEquals((await classify(drawDigits(10, { seed: 1 }).images)).length, 100);
  await Deno.remove(out, { recursive: true });
});

Deno.test("what an optimiser remembers goes along", async () => {
  const out = await Deno.makeTempDir(), folder = `${out}/xla`;
  const options = { ...small, model: "lenet", optimizer: "adam", images: 8, batch: 4, rate: 1e-3 };
  await train({ ...options, out, export: folder });
  const description = JSON.parse(await Deno.readTextFile(`${folder}/step.json`));
  const names = description.shared.map(({ name }: { name: string }) => name);
  assertEquals(names.length, 3 * 8 + 1);
  const { tensors } = await io.loadSafetensors(`${folder}/parameters.safetensors`);
  assertEquals(Object.keys(tensors).sort(), names.sort());
  assertEquals(tensors["second.W"]!.shape, [50, 20, 5, 5]);
  await Deno.remove(out, { recursive: true });
});

Deno.test("a batch that the devices cannot share is an error before training", async () => {
  const out = await Deno.makeTempDir();
  const wrong = train({ ...small, out, export: `${out}/xla`, devices: 3 });
  const error = await assertRejects(() => wrong, RangeError);
  assertMatch(error.message, /axis 0 of "x" that 3 devices divide, got 80/);
  assertEquals([...Deno.readDirSync(out)], []);
  await Deno.remove(out, { recursive: true });
});

const jax = await findJax();

Deno.test({
  name: `JAX trains on, and the parameters load again${
    "python" in jax ? "" : ` (left out: ${jax.reason})`
  }`,
  ignore: !("python" in jax),
  fn: async () => {
    if (!("python" in jax)) return;
    const out = await Deno.makeTempDir(), folder = `${out}/xla`;
    // Momenta and a counter are arguments in another order than their updates.
    await train({ ...small, optimizer: "adam", rate: 0.01, out, export: folder, devices: 2 });
    const path = `${folder}/parameters.safetensors`,
      before = (await io.loadSafetensors(path)).tensors;
    const { code, stdout, stderr } = await new Deno.Command(jax.python, {
      args: [`${folder}/train.py`, "--steps", "60"],
      env: { JAX_PLATFORMS: "cpu", XLA_FLAGS: "--xla_force_host_platform_device_count=2" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const losses = [...text.matchAll(/loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
    assertEquals(losses.length, 2);
    assert(losses[1]! < 0.8 * losses[0]!, text);
    const after = (await io.loadSafetensors(path)).tensors;
    assertEquals(after["W"]!.shape, [784, 10]);
    assert(after["W"]!.dataSync().some((x, i) => x !== before["W"]!.dataSync()[i]));
    await Deno.remove(out, { recursive: true });
  },
});

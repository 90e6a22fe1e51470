import { assertEquals, assertThrows } from "@std/assert";
import { onDevices } from "../dev/testing/devices.ts";
import { compile, io, RandomStreams, shared, T, tensor } from "../all.ts";

function model(scale: number) {
  return {
    layers: [{ W: shared(Float32Array.of(scale, 2), { name: "W" }), b: shared(0) }],
    steps: shared(0n),
  };
}

onDevices(
  "restore() gives back what was saved, and training goes on the same way",
  async (device) => {
    const make = async (seed: number) => {
      const streams = new RandomStreams(seed), w = shared(Float32Array.of(1, 2, 3), { name: "w" });
      const noise = streams.uniform({ size: [3] });
      const step = await compile([], w.sum(), { updates: [[w, w.mul(0.9).add(noise)]], device });
      return { state: { w, streams }, step };
    };
    const one = await make(1), two = await make(2);
    one.step();
    const bytes = await io.encodeSafetensors(one.state);
    const expected = [one.step().item(), one.step().item()];
    two.step();
    io.restore(two.state, io.decodeSafetensors(bytes).tensors);
    assertEquals([two.step().item(), two.step().item()], expected);
  },
);

Deno.test("restore() changes nothing where one thing does not fit", async () => {
  const tensors = io.decodeSafetensors(await io.encodeSafetensors(model(7))).tensors;
  const streams = new RandomStreams(1);
  streams.uniform();
  const cases: [io.RestoredTree, Record<string, unknown>, string][] = [
    [model(1), { ...tensors, "layers.0.b": undefined }, '"layers.0.b": there is no tensor'],
    [model(1), { ...tensors, steps: tensor([1]) }, "expected shape [], got [1]"],
    [model(1), { ...tensors, "layers.0.W": tensor([1, 2, 3]) }, "expected shape [2], got [3]"],
    [model(1), { ...tensors, steps: tensor(1.5) }, "expected int64, got float32"],
    [model(1), { ...tensors, "layers.0.W": tensor([1, 2], { dtype: "float64" }) }, "got float64"],
    [{ ...model(1), streams }, { ...tensors, streams: tensor(new Uint32Array(8)) }, "shape [4]"],
    [{ ...model(1), streams }, { ...tensors, streams: tensor([1, 2, 3, 4]) }, "expected uint32"],
  ];
  for (const [targets, found, message] of cases) {
    const before = await io.encodeSafetensors(targets);
    const restore = () => io.restore(targets, found as typeof tensors);
    assertThrows(restore, TypeError, message);
    assertEquals(await io.encodeSafetensors(targets), before);
  }
  assertThrows(() => io.restore(model(1), {}), TypeError, "there are none");
  const variable = { x: T.vector("x") } as unknown as io.RestoredTree;
  assertThrows(() => io.restore(variable, tensors), TypeError, "expected shared variables");
});

Deno.test("restore() takes what a variable holds without loss, and leaves other tensors alone", () => {
  const wide = shared(Float64Array.of(0), { name: "wide" });
  const loose = shared(Float32Array.of(0), { allowDowncast: true });
  const half = tensor([0.5], { dtype: "float16" });
  io.restore({ wide, loose }, {
    wide: half,
    loose: tensor([0.25], { dtype: "float64" }),
    other: half,
  });
  assertEquals([wide.getValue().item(), loose.getValue().item()], [0.5, 0.25]);
});

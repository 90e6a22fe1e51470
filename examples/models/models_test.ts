// What each model comes to with little training, and that all of them are told of.

import { assert, assertEquals } from "@std/assert";
import { train } from "../training/run.ts";
import { models } from "./mod.ts";

/** The error that is reached after a few minibatches of 20, with some room; chance has 0.9. */
const errors: Readonly<Record<string, number>> = {
  softmax: 0.65,
  mlp: 0.45,
  lenet: 0.4,
  lstm: 0.7,
  attention: 0.8,
};

for (const [name, error] of Object.entries(errors)) {
  Deno.test(`${name} learns digits`, async () => {
    const out = await Deno.makeTempDir(), { optimizer, rate } = models[name]!;
    const options = {
      model: name,
      seed: 1234,
      images: 400,
      epochs: 3,
      loop: "scan",
      device: "cpu",
    } as const;
    const lines: string[] = [], print = (line: string) => lines.push(line);
    const more = { out, batch: 20, optimizer, rate, profile: true, print };
    const result = await train({ ...options, ...more });
    assert(result.testError < error, `test error ${result.testError}`);
    assert(result.losses.at(-1)! < result.losses[0]!, `losses ${result.losses}`);
    const profile = lines.find((line) => line.includes("Profile of epoch")) ?? "no profile";
    assert(/GFLOP.*\n.* epoch \(loop, /.test(profile), profile);
    await Deno.remove(out, { recursive: true });
  });
}

Deno.test("chars learns a text, and writes characters of it", async () => {
  const out = await Deno.makeTempDir(), text = `${out}/text.txt`;
  await Deno.writeTextFile(text, "one two three four five six seven eight nine ten\n".repeat(40));
  const result = await train(
    {
      ...{ model: "chars", seed: 1, images: 1, epochs: 4, batch: 8, loop: "scan", device: "cpu" },
      ...{ optimizer: "adam", rate: 0.02, out, text, profile: true, print: () => {} },
    } as const,
  );
  // Of letters as often as they are, without knowledge of what comes before: 3.4 bits.
  assert(result.testError < 2.8, `${result.testError} bits`);
  assert(/^[a-z ]+$/.test(String(result.facts["sample"])), String(result.facts["sample"]));
  assertEquals((result.profile as { name: string }).name, "epoch");
  await Deno.remove(out, { recursive: true });
});

Deno.test("every model has its test here, that of captions beside their task", () => {
  assertEquals([...Object.keys(errors), "chars", "caption"], Object.keys(models));
});

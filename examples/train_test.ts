import { assert, assertEquals, assertRejects } from "@std/assert";
import { onDevices } from "../dev/testing/devices.ts";
import { FileError, FileFormatError, io } from "../mod.ts";
import { loadSets, mostProbable } from "./training/digits_task.ts";
import { loadClassifier } from "./training/predict.ts";
import { train, type TrainResult } from "./training/run.ts";
import type { TrainOptions } from "./training/task.ts";

const defaults = {
  model: "softmax",
  seed: 1234,
  images: 2000,
  batch: 200,
  epochs: 6,
  optimizer: "sgd",
  rate: 0.13,
  loop: "scan",
  device: "cpu",
} as const satisfies Partial<TrainOptions>;

/** Trains on few images in a folder of its own. */
async function run(
  options: Partial<TrainOptions> = {},
): Promise<{ result: TrainResult; lines: string[]; out: string }> {
  const out = options.out ?? await Deno.makeTempDir();
  const lines: string[] = [];
  const result = await train({
    ...defaults,
    print: (line) => lines.push(line),
    ...options,
    out,
  });
  return { result, lines, out };
}

/** Runs the program as a user does, from the root of the repository. */
function start(
  args: string[],
  command = Deno.execPath(),
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(command, {
    args,
    env,
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Arguments that run this program without the launcher; it needs no more permissions than these. */
const direct = directly("--allow-write");

function directly(write: string): string[] {
  const allowed = ["--allow-read", "--allow-env", write];
  return ["run", "--quiet", "--import-map=dev/import_map.json", ...allowed, "examples/train.ts"];
}

/** The names of all files and folders in a folder. */
function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
}

async function outcome(child: Deno.ChildProcess): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await child.output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("train() learns: loss and error fall, and the test error is far below chance", async () => {
  const { result, lines, out } = await run({ images: 4000, epochs: 10 });
  assertEquals(result.epochs, 10);
  assertEquals([result.losses.length, result.validationErrors.length], [10, 10]);
  assert(result.losses[9]! < 0.8 * result.losses[0]!, `losses ${result.losses}`);
  assert(result.validationErrors[9]! < result.validationErrors[0]!);
  assert(result.testError < 0.45, `test error ${result.testError}`);
  // A linear model cannot learn all of it.
  assert(result.testError > 0.01);
  assertEquals(result.bestValidationError, Math.min(...result.validationErrors));
  assertEquals((result.facts["predicted"] as number[]).length, 20);
  assertEquals(result.device, "cpu");
  const text = lines.join("\n");
  for (const part of ["device cpu: WebAssembly", "validation error", "predicted", "examples/s"]) {
    assert(text.includes(part), `"${part}" is missing in ${text}`);
  }
  const svg = await Deno.readTextFile(`${out}/curves.svg`);
  assert(svg.startsWith("<svg") && svg.trimEnd().endsWith("</svg>"));
  const { tensors, metadata } = await io.loadSafetensors(`${out}/model.safetensors`);
  assertEquals(tensors["W"]!.shape, [784, 10]);
  assertEquals(tensors["b"]!.shape, [10]);
  assertEquals(Number(metadata["validation_error"]), result.bestValidationError);
});

Deno.test("train() gives the same with the same seed, bit by bit, and other digits with another", async () => {
  const [one, two, other] = [await run(), await run(), await run({ seed: 5 })];
  assertEquals(one.result.losses, two.result.losses);
  assertEquals(one.result.validationErrors, two.result.validationErrors);
  const model = (out: string) => Deno.readFile(`${out}/model.safetensors`);
  assertEquals(await model(one.out), await model(two.out));
  assert(one.result.losses.join() !== other.result.losses.join());
});

Deno.test("a training by calls shows its profile, too, and none unless it is asked for", async () => {
  const { lines, result } = await run({ loop: "host", images: 400, profile: true });
  const profile = lines.find((line) => line.includes("Profile of step"))!;
  assert(/calls +12\n/.test(profile) && profile.includes("GFLOP/s"), profile);
  assertEquals((result.profile as { calls: number }).calls, 12);
  const without = await run({ images: 400, epochs: 1 });
  assertEquals(without.lines.filter((line) => line.includes("Profile")), []);
  assertEquals(without.result.profile, undefined);
});

Deno.test("a saved model classifies as it did", async () => {
  const { result, out } = await run({ images: 1200 });
  const { test } = await loadSets({ ...defaults, images: 1200 });
  const { name, classify } = await loadClassifier(`${out}/model.safetensors`, "cpu");
  assertEquals(name, "softmax");
  const predicted = mostProbable(await classify(test.images));
  assertEquals(predicted.slice(0, 20), result.facts["predicted"]);
  const wrong = predicted.filter((digit, i) => digit !== test.labels[i]).length;
  assertEquals(wrong / predicted.length, result.testError);
  assert(result.testError < 0.6, `error ${result.testError}`);
});

Deno.test("train() stops when patience runs out", async () => {
  // So high a rate that nothing gets better for long.
  const { result } = await run({ images: 250, batch: 5, rate: 20, epochs: 1000, patience: 10 });
  assert(result.epochs > 10 && result.epochs < 1000, `${result.epochs} epochs`);
  const best = result.validationErrors.indexOf(Math.min(...result.validationErrors));
  assertEquals(result.epochs, best + 1 + 10);
});

Deno.test("train() keeps the best model when it is told to stop", async () => {
  const aborter = new AbortController();
  aborter.abort();
  const { result, lines, out } = await run({ signal: aborter.signal });
  assertEquals(result.epochs, 1);
  assert(Number.isFinite(result.bestValidationError) && Number.isFinite(result.testError));
  assert(lines.some((line) => line.includes("1 of at most 6, stopped")));
  assert((await Deno.stat(`${out}/model.safetensors`)).size > 31_000);
});

Deno.test("train() refuses data and folders that it cannot use", async () => {
  await assertRejects(() => run({ batch: 3000 }), RangeError, "a minibatch of 3000");
  await assertRejects(
    () => run({ data: "/no/such/folder" }),
    FileError,
    "there is neither this file",
  );
  const file = await Deno.makeTempFile();
  await assertRejects(() => run({ out: `${file}/out` }), FileError, `Cannot write "${file}/out"`);
  await assertRejects(() => run({ out: file }), FileError, `Cannot write "${file}"`);
  await assertRejects(() => run({ out: "" }), FileError, "the name is empty");
  await assertRejects(() => run({ images: 500_001 }), RangeError, "at most 500000 are drawn");
  const folder = await Deno.makeTempDir();
  for (
    const name of ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
  ) {
    await Deno.writeTextFile(`${folder}/${name}-ubyte`, "these are no digits");
  }
  await assertRejects(() => run({ data: folder }), FileFormatError, "magic number");
});

Deno.test("train() refuses to replace a folder, before it trains", async () => {
  for (const name of ["model.safetensors", "curves.svg", "state.safetensors"]) {
    const out = await Deno.makeTempDir();
    await Deno.mkdir(`${out}/${name}`);
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    await assertRejects(() => run({ out, print }), FileError, `Cannot write "${out}/${name}": `);
    assertEquals(lines, []);
    assertEquals(namesIn(out), [name]);
  }
});

Deno.test("many runs may save in one folder at the same time", async () => {
  const out = await Deno.makeTempDir();
  const options = { out, images: 100, batch: 10, epochs: 3 };
  await Promise.all([1, 2, 3, 4].map((seed) => run({ ...options, seed })));
  assertEquals(namesIn(out), ["curves.svg", "model.safetensors", "state.safetensors"]);
  assertEquals((await io.loadSafetensors(`${out}/model.safetensors`)).tensors["W"]!.shape, [
    784,
    10,
  ]);
});

Deno.test("train() needs no ten images to test with", async () => {
  const { result } = await run({ images: 1, batch: 1, epochs: 1 });
  assertEquals(result.facts, {
    predicted: result.facts["predicted"],
    labels: result.facts["labels"],
  });
  assertEquals((result.facts["labels"] as number[]).length, 1);
});

Deno.test("the program says in one line what it cannot read or write", async () => {
  const out = await Deno.makeTempDir();
  const data = await Deno.makeTempDir();
  // A bomb: 20 MB of zeros, behind the header of one image.
  const zeros = new Uint8Array(20_000_000);
  new DataView(zeros.buffer).setUint32(0, 0x803);
  [1, 28, 28].forEach((size, i) => new DataView(zeros.buffer).setUint32(4 + 4 * i, size));
  const bomb = new Response(
    new Blob([zeros]).stream().pipeThrough(new CompressionStream("gzip")),
  );
  for (const name of ["train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]) {
    await Deno.writeFile(`${data}/${name}-ubyte`, zeros.subarray(0, 16));
  }
  await Deno.writeFile(`${data}/train-images-idx3-ubyte.gz`, await bomb.bytes());
  const small = ["--device=cpu", "--images=100", "--batch=10", "--epochs=1", `--out=${out}`];
  const cases: [string[], string][] = [
    [[...direct, ...small, `--data=${data}`], "its compressed data hold more than 800 bytes"],
    [[...direct, ...small, `--data=${data}/t10k-images-idx3-ubyte`], 'Cannot read "'],
    [[...directly(`--allow-write=${data}`), ...small], `Cannot write "${out}": Requires write`],
  ];
  for (const [args, message] of cases) {
    const { code, text } = await outcome(start(args));
    assertEquals(code, 1, `${args}: ${text}`);
    assert(text.startsWith("error: ") && text.includes(message), `${args}: ${text}`);
    assertEquals(text.trimEnd().split("\n").length, 1, text);
    assertEquals(namesIn(out), []);
  }
});

Deno.test({
  name: "the program says in one line that the disk is full, and leaves no half of a file",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const out = await Deno.makeTempDir();
    // A shell that lets its programs write no more than some kilobytes to a file. Without the trap
    // the system would end them.
    const limited = `trap "" XFSZ; ulimit -f 16; exec "$0" "$@"`;
    const small = ["--device=cpu", "--images=100", "--batch=10", "--epochs=1", `--out=${out}`];
    const args = ["-c", limited, Deno.execPath(), ...direct, ...small];
    const { code, text } = await outcome(start(args, "sh"));
    assertEquals(code, 1, text);
    const errors = text.split("\n").filter((line) => line.includes("rror"));
    assertEquals(errors, [`error: Cannot write "${out}/model.safetensors": File too large`], text);
    assert(!text.includes(" at "), text);
    assertEquals(namesIn(out), []);
  },
});

Deno.test("the programs say in one line that there is no GPU", async () => {
  const out = await Deno.makeTempDir();
  const tour = direct.with(-1, "examples/tour.ts");
  for (const args of [[...direct, "--images=600", `--out=${out}`], tour]) {
    const hidden = { DENO_WEBGPU_BACKEND: "none" };
    const child = start([...args, "--device=gpu"], Deno.execPath(), hidden);
    const { code, text } = await outcome(child);
    assertEquals(code, 1, text);
    assert(/^error: Cannot use a GPU: [^\n]*\n$/.test(text), text);
  }
});

Deno.test("the program says what is wrong with its arguments", async () => {
  const cases: [string[], string][] = [
    [["--epochs", "0"], '--epochs must be a positive whole number, got "0"'],
    [["--epochs", "1.5"], '--epochs must be a positive whole number, got "1.5"'],
    [["--rate", "fast"], '--rate must be a positive number, got "fast"'],
    [["--rate", "Infinity"], '--rate must be a positive number, got "Infinity"'],
    [["--seed", "-1"], "-1"],
    [["--batch"], '--batch must be a positive whole number, got ""'],
    [["--device", "tpu"], '--device must be auto, gpu or cpu, got "tpu"'],
    [["--model", "linear"], "--model must be softmax, mlp, lenet, "],
    [["--optimizer", "newton"], "--optimizer must be sgd, "],
    [["--resume", "/no/such/file"], 'Cannot read "/no/such/file"'],
    [["--fast"], 'Unknown argument "--fast"'],
    [["digits"], 'Unknown argument "digits"'],
    [["--", "digits"], 'Unknown argument "digits"'],
    [["--seed", "1e300"], '--seed must be a whole number from 0, got "1e300"'],
    [["--images", "3000000"], "at most 500000 are drawn"],
    [["--port", "65536"], "--port must be at most 65535"],
    [["--watch"], "Cannot serve a page on 127.0.0.1, port 0: Requires net access"],
    [["--report="], '--report must be a file, got ""'],
    [["--out="], '--out must be a folder, got ""'],
    [["--data", ""], '--data must be a folder, got ""'],
    [["--out=o", "--report=o/model.safetensors"], "The model and the page must be two files, got "],
    [["--out=o", "--save=./o//model.safetensors"], "The model and the state must be two files"],
    [["--save=o/x", "--report", "o/../o/x"], "The state and the page must be two files"],
    [["--data", "/no/such/folder"], "/no/such/folder/train-images-idx3-ubyte"],
  ];
  for (const [args, message] of cases) {
    const { code, text } = await outcome(start([...direct, ...args]));
    assertEquals(code, 1, `${args}: ${text}`);
    assert(text.startsWith("error: ") && text.includes(message), `${args}: ${text}`);
    assertEquals(text.trimEnd().split("\n").length, 1, text);
  }
  const { code, text } = await outcome(start([...direct, "--help"]));
  assertEquals(code, 0);
  const options =
    "model data images epochs batch rate optimizer seed device loop out save resume report watch port profile json";
  for (const option of options.split(" ")) {
    assert(text.includes(`--${option} `), `--${option} is not in ${text}`);
  }
  for (const model of ["softmax", "mlp", "lenet", "lstm", "attention"]) {
    assert(text.includes(`${model} `), `${model} is not in ${text}`);
  }
});

for (
  const [name, command] of [
    ["the program", direct],
    ["the task", ["task", "--quiet", "train"]],
  ] as const
) {
  Deno.test({
    name: `${name} saves the best model on Ctrl-C`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const out = await Deno.makeTempDir();
      const args = [
        "--device=cpu",
        "--images=3000",
        "--batch=20",
        "--epochs=100000",
        `--out=${out}`,
      ];
      const child = start([...command, ...args]);
      const result = outcome(child);
      // The first epoch writes the model.
      const late = performance.now() + 60_000;
      while (!await Deno.stat(`${out}/model.safetensors`).then(() => true, () => false)) {
        assert(performance.now() < late, "No model was saved");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      child.kill("SIGINT");
      const { code, text } = await result;
      assertEquals(code, 0, text);
      assert(text.includes("of at most 100000, stopped"), text);
      assert((await io.loadSafetensors(`${out}/model.safetensors`)).tensors["W"] !== undefined);
      assert((await Deno.stat(`${out}/curves.svg`)).size > 1000);
    },
  });
}

onDevices("train() gives nearly the same model on every device", async (device) => {
  const { result } = await run({ device, images: 600, batch: 100, epochs: 2 });
  const reference = await run({ device: "cpu", images: 600, batch: 100, epochs: 2 });
  assertEquals(result.device, device);
  result.losses.forEach((loss, i) => {
    assert(Math.abs(loss - reference.result.losses[i]!) < 1e-4, `${loss} in epoch ${i + 1}`);
  });
});

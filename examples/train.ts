/**
 * Trains a model: on images of digits, or on a text.
 *
 * ```sh
 * deno task train --help
 * deno task train --model lenet
 * ```
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { CrotonError } from "../mod.ts";
import { models } from "./models/mod.ts";
import { loadSaved, optimisers, train } from "./training/run.ts";
import type { TrainOptions } from "./training/task.ts";

const help = `Train a model.

Usage: deno task train [options]

  --model NAME    the model (softmax):
${
  Object.entries(models).map(([name, { title, expected, ...options }]) =>
    `      ${name.padEnd(10)} ${title}: ${expected}\n` +
    `                 --epochs ${options.epochs} --batch ${options.batch} --optimizer ` +
    `${options.optimizer} --rate ${options.rate} --images ${options.images}`
  ).join("\n")
}
  --data DIR      folder with the four MNIST IDX files (plain or .gz, up to
                  1 GiB each); without it, digits are drawn by the program
  --text FILE     text for chars to learn (README.md)
  --images N      images to draw for training
  --epochs N      most epochs
  --batch N       images in a minibatch
  --optimizer S   ${Object.keys(optimisers).join(", ")}
  --rate X        learning rate at first; it falls along half a cosine
  --patience N    epochs to go on without a better model (all)
  --seed N        seed of all that is drawn (1234)
  --device NAME   auto, gpu or cpu (auto)
  --loop NAME     scan: many minibatches by one call; host: a call for each (scan)
  --out DIR       folder for model, curves and state (out)
  --save FILE     file to go on from, written after each epoch and twice a minute
                  (OUT/state.safetensors)
  --resume FILE   go on from such a file, with its options, as if never stopped
  --report FILE   write a page with curves, mistakes, filters, attention or samples
  --watch         serve the same page on this machine while the training goes on
  --port N        port of that page (any free one)
  --export DIR    also write a step of training as a module for XLA, parameters,
                  images and train.py, which trains on by JAX, on one machine or many
  --devices N     devices that share a minibatch there (1)
  --profile       show at the end where the time of the steps went
  --json          print lines of JSON: each epoch, and the result
  --quiet         print nothing
  --help          this text

Ctrl-C stops and keeps the best model so far.`;

const strings = [
  "model",
  "data",
  "text",
  "seed",
  "epochs",
  "batch",
  "optimizer",
  "rate",
  "images",
  "patience",
  "device",
  "loop",
  "out",
  "save",
  "resume",
  "report",
  "port",
  "export",
  "devices",
] as const;

type Kind = "a positive whole number" | "a positive number" | "a whole number from 0";

function numberOf(name: string, text: string, kind: Kind): number {
  const value = Number(text);
  const inRange = kind === "a whole number from 0" ? value >= 0 : value > 0;
  const whole = kind === "a positive number" ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (text.trim() === "" || !inRange || !whole) {
    throw new RangeError(`--${name} must be ${kind}, got "${text}"`);
  }
  return value;
}

function oneOf<S extends string>(name: string, text: string, known: readonly S[]): S {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  const words = `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
  throw new TypeError(`--${name} must be ${words}, got "${text}"`);
}

/** What the arguments ask for; null where they ask for help. */
async function readOptions(args: string[]): Promise<TrainOptions | null> {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    boolean: ["help", "json", "profile", "quiet", "watch"],
    string: [...strings],
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  if (flags.help) return null;
  for (const name of ["data", "out", "export"] as const) {
    if (flags[name] === "") throw new TypeError(`--${name} must be a folder, got ""`);
  }
  for (const name of ["save", "resume", "report"] as const) {
    if (flags[name] === "") throw new TypeError(`--${name} must be a file, got ""`);
  }
  // What follows "--" is not told as unknown.
  unknown.push(...flags._.map(String));
  if (unknown.length > 0) {
    throw new TypeError(`Unknown argument "${unknown[0]}"; --help lists the options`);
  }
  const saved = flags.resume === undefined ? {} : (await loadSaved(flags.resume)).options;
  const model = oneOf("model", flags.model ?? saved.model ?? "softmax", Object.keys(models));
  const defaults = { seed: 1234, ...models[model]!, ...saved };
  const number = (name: typeof strings[number], kind: Kind, other: number): number =>
    flags[name] === undefined ? other : numberOf(name, flags[name], kind);
  const whole = "a positive whole number";
  const patience = flags.patience === undefined
    ? saved.patience
    : numberOf("patience", flags.patience, whole);
  const given = <K extends "data" | "text" | "save" | "resume" | "export">(name: K) => {
    const value = flags[name] ?? saved[name];
    return value === undefined ? {} : { [name]: value } as Record<K, string>;
  };
  const watch = flags.port === undefined
    ? 0
    : numberOf("port", flags.port, "a whole number from 0");
  if (watch > 65535) throw new RangeError(`--port must be at most 65535, got "${flags.port}"`);
  const isQuiet = flags.quiet || flags.json;
  return {
    model,
    ...given("data"),
    ...given("text"),
    seed: number("seed", "a whole number from 0", defaults.seed),
    epochs: number("epochs", whole, defaults.epochs),
    batch: number("batch", whole, defaults.batch),
    optimizer: oneOf("optimizer", flags.optimizer ?? defaults.optimizer, Object.keys(optimisers)),
    rate: number("rate", "a positive number", defaults.rate),
    images: number("images", whole, defaults.images),
    ...(patience === undefined ? {} : { patience }),
    device: oneOf("device", flags.device ?? "auto", ["auto", "gpu", "cpu"]),
    loop: oneOf("loop", flags.loop ?? "scan", ["scan", "host"]),
    out: flags.out ?? "out",
    ...given("save"),
    ...given("resume"),
    ...given("export"),
    ...(flags.report === undefined ? {} : { report: flags.report }),
    ...(flags.watch || flags.port !== undefined ? { watch } : {}),
    devices: number("devices", whole, 1),
    profile: flags.profile,
    bar: !isQuiet && Deno.stderr.isTerminal(),
    color: Deno.stdout.isTerminal() && !Deno.noColor,
    ...(isQuiet ? { print: () => {} } : {}),
    ...(flags.json ? { tell: (event) => console.log(JSON.stringify(event)) } : {}),
  };
}

if (import.meta.main) {
  try {
    const options = await readOptions(Deno.args);
    if (options === null) console.log(help);
    else {
      const interrupted = new AbortController();
      // Until there is something to keep, Ctrl-C ends the program at once.
      const onStart = () => Deno.addSignalListener("SIGINT", () => interrupted.abort());
      await train({ ...options, signal: interrupted.signal, onStart });
      Deno.exit(0);
    }
  } catch (error) {
    const known = [CrotonError, RangeError, TypeError, SyntaxError];
    if (error instanceof Error && known.some((type) => error instanceof type)) {
      console.error(`error: ${error.message}`);
      Deno.exit(1);
    }
    throw error;
  }
}

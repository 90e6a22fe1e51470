/**
 * Calls that are right but for one part: an argument, an option or an entry of a record, at any depth, is
 * left out or is something else. Each must work, or fail with an error for the reader.
 *
 * @module
 */

import { io, nn, RandomStreams, shared, T, tensor } from "../../all.ts";
import { junk, tryCall } from "./arguments.ts";

type Call = (...args: never[]) => unknown;

const matrix = (rows: number, columns: number) =>
  shared(new Float32Array(rows * columns), { shape: [rows, columns] });
const vector = (n: number) => shared(new Float32Array(n));
const layer = () => ({ W: matrix(2, 2), b: vector(2) });
const gates = (n: number) => ({ W: matrix(2, 2 * n), U: matrix(2, 2 * n), b: vector(2 * n) });
const norm = () => ({ scale: vector(2), bias: vector(2) });
const filters = (axes: number) => ({
  W: T.tensor("float32", [2, 2, ...Array(axes).fill(3)]),
  b: vector(2),
});
const x = T.fmatrix("x"), times = T.ftensor3("times"), streams = new RandomStreams(1);
const images = (axes: number) => T.tensor("float32", Array(axes + 2).fill(null), "images");
const cost = () => {
  const p = { w: vector(2) };
  return [p.w.sqr().sum(), p] as const;
};

/** Functions, and arguments that they are made for. */
const calls: Readonly<Record<string, readonly [Call, () => readonly unknown[]]>> = {
  dense: [nn.dense, () => [layer(), x]],
  embedding: [nn.embedding, () => [{ table: matrix(3, 2) }, T.ivector("i")]],
  dropout: [nn.dropout, () => [x, { streams, rate: 0.5, training: true }]],
  batchNorm: [nn.batchNorm, () => [
    { ...norm(), running: { mean: vector(2), variance: vector(2) } },
    x,
    { training: true, axis: 1 },
  ]],
  "batchNorm of running averages": [nn.batchNorm, () => [
    { ...norm(), running: { mean: vector(2), variance: vector(2) } },
    x,
    { training: false, momentum: 0.9, epsilon: 1e-5 },
  ]],
  layerNorm: [nn.layerNorm, () => [norm(), x, { epsilon: 1e-5 }]],
  rnn: [nn.rnn, () => [gates(1), times, { mask: T.fmatrix("mask"), reverse: true }]],
  conv2d: [nn.conv2d, () => [filters(2), images(2), { padding: [1, 1], groups: 1 }]],
  initDense: [nn.initDense, () => [streams, 2, 3, { dtype: "float32", weights: nn.heNormal }]],
  glorotUniform: [nn.glorotUniform, () => [streams, [2, 3], { dtype: "float32", gain: 1 }]],
  orthogonal: [nn.orthogonal, () => [streams, [2, 3]]],
  trainable: [nn.trainable, () => [{ a: [vector(2)] }]],
  weightDecay: [nn.weightDecay, () => [[x], [matrix(2, 2)], 0.1]],
  ema: [nn.ema, () => {
    const p = vector(2);
    return [{ p }, [[p, p.add(1)]], { decay: 0.9 }];
  }],
  adam: [nn.adam, () => [...cost(), { learningRate: vector(1).sum() }]],
  restore: [io.restore, () => [{ a: [vector(2)] }, { "a.0": tensor([1, 2]) }]],
  encodeSafetensors: [io.encodeSafetensors, () => [{ a: [vector(2)] }, { note: "n" }]],
};

/** A part of nested records and lists: keys that lead to it. */
type Path = readonly (string | number)[];

function isBranch(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function pathsOf(value: unknown): Path[] {
  if (!isBranch(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    [key],
    ...pathsOf(part).map((path) => [key, ...path]),
  ]);
}

/** The same records and lists but for one part, which is left out where `change` gives `missing`. */
function changed(value: unknown, [key, ...rest]: Path, part: unknown): unknown {
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? [...value] as never
    : { ...value as Record<string, unknown> };
  if (rest.length > 0) copy[key!] = changed(copy[key!], rest, part);
  else if (part === missing) delete copy[key!];
  else copy[key!] = part;
  return copy;
}

const missing = Symbol("missing");

/** Parts that only records are given. */
const others: readonly (readonly [string, () => unknown])[] = [
  ["nothing", () => missing],
  ["a proxy that throws", () =>
    new Proxy({}, {
      get() {
        throw new TypeError("Cannot read this: thrown on purpose");
      },
    })],
  ["float16", () => T.vector("h", { dtype: "float16" })],
];

/**
 * Makes all the calls, with each part in turn replaced by each kind of junk.
 *
 * @returns What went wrong, as text: nothing if all is well.
 */
export async function nearCalls(): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, [call, good]] of Object.entries(calls)) {
    for (const path of pathsOf(good())) {
      for (const [what, make] of [...junk, ...others]) {
        const target = {
          name: `${name} with ${path.join(".")} = ${what}`,
          call: () =>
            (call as (...args: unknown[]) => unknown)(
              ...changed(good(), path, make()) as unknown[],
            ),
        };
        const found = await tryCall(target, []);
        if (found !== null) wrong.push(found);
      }
    }
  }
  return wrong;
}

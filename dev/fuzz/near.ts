/**
 * Calls that are right but for one part: an argument, an option or an entry of a record, at any depth, is
 * left out or is something else. Each must work, or fail with an error for the reader.
 *
 * @module
 */

import { io, nn, RandomStreams, shared, T, tensor } from "../../all.ts";
import * as see from "../../see/all.ts";
import { junk, tryCall } from "./arguments.ts";

type Call = (...args: never[]) => unknown;

const matrix = (rows: number, columns: number) =>
  shared(new Float32Array(rows * columns), { shape: [rows, columns] });
const vector = (n: number) => shared(new Float32Array(n));
const layer = () => ({ W: matrix(2, 2), b: vector(2) });
const gates = (n: number) => ({ W: matrix(2, 2 * n), U: matrix(2, 2 * n), b: vector(2 * n) });
const norm = () => ({ scale: vector(2), bias: vector(2) });
const heads = () => ({ query: layer(), key: layer(), value: layer(), out: layer() });
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
const png = Uint8Array.of(137, 80, 78, 71);

/** Functions, and arguments that they are made for. */
export const calls: Readonly<Record<string, readonly [Call, () => readonly unknown[]]>> = {
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
  gru: [nn.gru, () => [{ ...gates(3), c: vector(2) }, times, { initial: [x] }]],
  lstm: [nn.lstm, () => [gates(4), times, { initial: [x, x] }]],
  bidirectional: [
    nn.bidirectional,
    () => [nn.rnn, { forward: gates(1), backward: gates(1) }, times, { initial: [x, x] }],
  ],
  attention: [nn.attention, () => [x, x, x, { mask: x, causal: true, scale: 1 }]],
  multiHeadAttention: [nn.multiHeadAttention, () => [heads(), x, { heads: 1, of: x }]],
  transformerBlock: [nn.transformerBlock, () => [
    { attention: heads(), norm1: norm(), norm2: norm(), wide: layer(), narrow: layer() },
    x,
    { heads: 1 },
  ]],
  conv1d: [nn.conv1d, () => [filters(1), images(1), { padding: 1, stride: 1 }]],
  conv2d: [nn.conv2d, () => [filters(2), images(2), { padding: [1, 1], groups: 1 }]],
  conv3d: [nn.conv3d, () => [filters(3), images(3), { dilation: [1, 1, 1] }]],
  maxPool2d: [nn.maxPool2d, () => [images(2), [2, 2], { stride: 1, padding: 0 }]],
  averagePool1d: [nn.averagePool1d, () => [images(1), 2, { stride: [1] }]],
  initDense: [nn.initDense, () => [streams, 2, 3, { dtype: "float32", weights: nn.heNormal }]],
  initEmbedding: [nn.initEmbedding, () => [streams, 2, 3]],
  initBatchNorm: [nn.initBatchNorm, () => [2, { dtype: "float32" }]],
  initLayerNorm: [nn.initLayerNorm, () => [2]],
  initRnn: [nn.initRnn, () => [streams, 2, 3]],
  initGru: [nn.initGru, () => [streams, 2, 3]],
  initLstm: [nn.initLstm, () => [streams, 2, 3]],
  initConv2d: [nn.initConv2d, () => [streams, 2, 3, { size: [3, 3] }]],
  initMultiHeadAttention: [nn.initMultiHeadAttention, () => [streams, 2]],
  initTransformerBlock: [nn.initTransformerBlock, () => [streams, 2]],
  glorotUniform: [nn.glorotUniform, () => [streams, [2, 3], { dtype: "float32", gain: 1 }]],
  truncatedNormal: [nn.truncatedNormal, () => [streams, [2, 3]]],
  orthogonal: [nn.orthogonal, () => [streams, [2, 3]]],
  init: [nn.init, () => [{ a: { W: vector(2) } }, { device: "cpu" }]],
  trainable: [nn.trainable, () => [{ a: [vector(2)] }]],
  zerosLike: [nn.zerosLike, () => [{ a: [vector(2)] }]],
  globalNorm: [nn.globalNorm, () => [{ a: [x] }]],
  clipByGlobalNorm: [nn.clipByGlobalNorm, () => [{ a: [x] }, 1]],
  clipByValue: [nn.clipByValue, () => [{ a: [x] }, -1, 1]],
  weightDecay: [nn.weightDecay, () => [[x], [matrix(2, 2)], 0.1]],
  ema: [nn.ema, () => {
    const p = vector(2);
    return [{ p }, [[p, p.add(1)]], { decay: 0.9 }];
  }],
  sgd: [nn.sgd, () => [...cost(), { learningRate: 0.1 }]],
  momentum: [nn.momentum, () => [...cost(), { learningRate: () => 1 }]],
  adam: [nn.adam, () => [...cost(), { learningRate: vector(1).sum() }]],
  lion: [nn.lion, () => [[T.fvector("g")], [vector(2)]]],
  lbfgs: [nn.lbfgs, () => [...cost(), { memory: 2 }]],
  stepDecay: [nn.stepDecay, () => [0.1, { every: 2, factor: 0.5 }]],
  cosineDecay: [nn.cosineDecay, () => [0.1, { steps: 2, last: 0 }]],
  warmUp: [nn.warmUp, () => [2, 0.1]],
  softmaxCrossEntropy: [nn.softmaxCrossEntropy, () => [x, T.ivector("i"), { smoothing: 0.1 }]],
  huberLoss: [nn.huberLoss, () => [x, x, { delta: 1 }]],
  klDivergence: [nn.klDivergence, () => [x, x]],
  ctcLoss: [nn.ctcLoss, () => [times, T.imatrix("labels"), { blank: 0, labelMask: x }]],
  fit: [nn.fit, () => {
    const [loss, parameters] = cost();
    return [{
      step: { inputs: { a: T.fvector("a") }, cost: loss, updates: nn.sgd(loss, parameters) },
      data: { a: [1, 2] },
      batch: 2,
      epochs: 0,
      parameters,
      resume: {
        progress: { epoch: 0, batch: 0, sum: 0, seconds: 0, history: [] },
        best: [tensor([1, 2])],
      },
    }];
  }],
  progressLines: [nn.progressLines, () => []],
  restore: [io.restore, () => [{ a: [vector(2)] }, { "a.0": tensor([1, 2]) }]],
  encodeSafetensors: [io.encodeSafetensors, () => [{ a: [vector(2)] }, { note: "n" }]],
  encodeNpz: [io.encodeNpz, () => [{ a: tensor([1, 2]) }]],
  encodeNpy: [io.encodeNpy, () => [tensor([1, 2])]],
  decodeSafetensors: [io.decodeSafetensors, () => [png]],
  decodeNpy: [io.decodeNpy, () => [png]],
  decodeNpz: [io.decodeNpz, () => [png]],
  decodePng: [io.decodePng, () => [png, { channels: 1 }]],
  decodeIdx: [io.decodeIdx, () => [png]],
  decodeCsv: [io.decodeCsv, () => ["a,b\n1,2\n", {}]],
  loadNpy: [io.loadNpy, () => [png]],
  loadCsv: [io.loadCsv, () => [png, {}]],
  loadIdx: [io.loadIdx, () => [png, {}]],
  toDot: [see.toDot, () => [x.add(1), { stage: "written" }]],
  toSvg: [see.toSvg, () => [[x, x.add(1)]]],
  graphPage: [see.graphPage, () => [x.add(1), { title: "title" }]],
  drawCharts: [see.drawCharts, () => [[{
    title: "t",
    x: "x",
    series: [{ name: "s", points: [[1, 2]], x: [1], y: [2] }],
  }]]],
  confusion: [see.confusion, () => [[0, 1], [1, 0], 2]],
  drawConfusion: [see.drawConfusion, () => [[[1, 0], [0, 1]]]],
  drawBars: [see.drawBars, () => [[{ name: "a", label: "a", value: 1 }]]],
  barsText: [see.barsText, () => [[{ name: "a", label: "a", value: 1 }], 10]],
  confusionText: [see.confusionText, () => [[[1, 0], [0, 1]]]],
  sparkline: [see.sparkline, () => [[1, 2, 3], 10]],
  htmlPage: [see.htmlPage, () => ["title", "body", "script"]],
  drawImageGrid: [see.drawImageGrid, () => [new Float32Array(4), {
    width: 2,
    height: 2,
    columns: 1,
  }]],
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
export async function nearCalls(names = Object.keys(calls)): Promise<string[]> {
  const wrong: string[] = [];
  for (const name of names) {
    const [call, good] = calls[name]!;
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

/**
 * Small models with a step of training each.
 *
 * @module
 */

import {
  compile,
  grad,
  nn,
  RandomStreams,
  scan,
  shared,
  type SharedVariable,
  T,
  type Variable,
} from "../../../all.ts";
import { classifiers } from "../../../examples/models/mod.ts";
import { randomSource } from "../ops/harness.ts";

/** A step of training: images or sequences and labels in, the loss out, new parameters. */
export interface Model {
  readonly name: string;
  readonly inputs: readonly [Variable, Variable];
  /** Lengths of one example of the first input. */
  readonly example: readonly number[];
  readonly loss: Variable;
  readonly parameters: readonly SharedVariable[];
  /** How far a step goes; 0.3 if missing. */
  readonly rate?: number;
  /** A matrix that is computed on the way, of a row for each example. */
  readonly hidden?: Variable;
}

/** The models of the examples. To the checker of types they are a user's; here, of the library's own types. */
const taught = classifiers as unknown as Readonly<
  Record<string, {
    make(
      streams: RandomStreams,
    ): Promise<{ parameters: nn.ParameterTree; logits(x: Variable): Variable }>;
  }>
>;

const next = randomSource(7);

function parameter(name: string, ...shape: number[]): SharedVariable {
  const count = shape.reduce((n, m) => n * m, 1), scale = Math.sqrt(shape[0]!);
  const values = Float32Array.from({ length: count }, () => (next() - 0.5) / scale);
  return shared(values, { shape, name }) as SharedVariable;
}

function crossEntropy(scores: Variable, labels: Variable): Variable {
  return T.mean(T.index(T.log(T.softmax(scores)), [T.arange(labels.shape[0]!), labels])).neg();
}

function mlp(): Model {
  const x = T.fmatrix("x"), y = T.ivector("y");
  const w = parameter("w", 16, 8), b = parameter("b", 8), v = parameter("v", 8, 4);
  const hidden = T.tanh(x.dot(w).add(b));
  const loss = crossEntropy(hidden.dot(v), y);
  return { name: "MLP", inputs: [x, y], example: [16], loss, parameters: [w, b, v], hidden };
}

/** Convolutions and pooling, with dropout. */
function lenet(): Model {
  const x = T.ftensor4("x"), y = T.ivector("y");
  const k = parameter("k", 3, 1, 3, 3), l = parameter("l", 4, 3, 2, 2), v = parameter("v", 4, 4);
  const streams = new RandomStreams(5);
  const first = T.pool2d(T.relu(T.conv2d(x, k)), [2, 2]);
  const second = T.pool2d(T.tanh(T.conv2d(first, l)), [2, 2]);
  const flat = T.flatten(second, 2) as Variable;
  const mask = streams.uniform({ size: flat.shape, dtype: "float32" }).lt(0.75);
  const loss = crossEntropy(T.switch(mask, flat, 0).dot(v), y);
  return { name: "LeNet", inputs: [x, y], example: [1, 8, 8], loss, parameters: [k, l, v] };
}

/** Sequences (batch, time, features). */
function lstm(): Model {
  const x = T.ftensor3("x"), y = T.ivector("y"), size = 5;
  const w = parameter("w", 3, 4 * size), u = parameter("u", size, 4 * size);
  const b = parameter("b", 4 * size), v = parameter("v", size, 4);
  const zero = T.zeros([x.shape[0]!, size], "float32");
  const step = (row: Variable, h: Variable, c: Variable): Variable[] => {
    const gates = row.dot(w).add(h.dot(u)).add(b);
    const part = (i: number) => gates.at(T.slice(), T.slice(i * size, (i + 1) * size));
    const cell = T.sigmoid(part(0)).mul(c).add(T.sigmoid(part(1)).mul(T.tanh(part(2))));
    return [T.sigmoid(part(3)).mul(T.tanh(cell)), cell];
  };
  const sequences = x.dimshuffle(1, 0, 2);
  const [[h]] = scan(step, { sequences, outputsInfo: [zero, zero] }) as unknown as [[Variable]];
  const loss = crossEntropy(h.at(-1).dot(v), y);
  return { name: "LSTM", inputs: [x, y], example: [6, 3], loss, parameters: [w, u, b, v] };
}

/** The models, made anew. */
export function makeModels(): Promise<Model[]> {
  return Promise.resolve([mlp(), lenet(), lstm()]);
}

/** The models that the examples train. */
export async function exampleModels(): Promise<Model[]> {
  const made = Object.entries(taught).map(async ([name, { make }]): Promise<Model> => {
    const x = T.fmatrix("x"), y = T.ivector("y");
    const { parameters, logits } = await make(new RandomStreams(3));
    const loss = crossEntropy(logits(x), y);
    return {
      name,
      inputs: [x, y],
      example: [784],
      loss,
      parameters: nn.trainable(parameters),
      rate: 0.01,
    };
  });
  return await Promise.all(made);
}

/** A step of gradient descent. */
export function trainingStep({ name, inputs, loss, parameters, rate = 0.3 }: Model) {
  const gradients = grad(loss, [...parameters]);
  const updates = parameters.map((p, i) => [p, p.sub(gradients[i]!.mul(rate))] as const);
  return compile(inputs, loss, { name, updates, device: "cpu" });
}

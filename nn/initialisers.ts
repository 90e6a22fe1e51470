/**
 * First values of parameters, drawn from random streams.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import { leavesOf, mapTree, type TreeOf } from "../core/base/tree.ts";
import type { FloatDType } from "../core/graph/dtype.ts";
import { Variable } from "../core/graph/graph.ts";
import type { RandomStreams } from "../core/random/streams.ts";
import { compile } from "../core/runtime/function.ts";
import type { DeviceOption } from "../core/base/settings.ts";
import { shared, SharedVariable } from "../core/runtime/shared.ts";
import type { Tensor } from "../core/runtime/tensor.ts";
import { scan } from "../scan/loop.ts";
import { streamsOf, type VariableTree } from "./parameters.ts";

/** Options of initialisers. */
export interface InitialiserOptions {
  /** Element type; float32 if missing. */
  readonly dtype?: FloatDType;
  /** What the values are multiplied with; 1 if missing. */
  readonly gain?: number;
}

/** Draws first values of a shape. */
export type Initialiser = (
  streams: RandomStreams,
  shape: readonly number[],
  options?: InitialiserOptions,
) => Variable;

/** The standard deviation of a standard normal variable that is cut at -2 and 2. */
const CUT_DEVIATION = 0.8796256610342398;

type Fan = "in" | "out" | "both";

/** How many values a value of the result is computed from, and the other way round. */
function fanOf(action: string, shape: readonly number[], fan: Fan): number {
  const isShape = Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0);
  if (!isShape || shape.length < 2) {
    throw new TypeError(`${action}: expected a shape of at least two axes, got ${shown(shape)}`);
  }
  const [a, b, ...window] = shape as [number, number, ...number[]];
  const places = window.reduce((x, y) => x * y, 1);
  // Matrices are (in, out), filters (out, in, rows, columns).
  const [into, out] = shape.length === 2 ? [a, b] : [b * places, a * places];
  return Math.max(1, fan === "in" ? into : fan === "out" ? out : (into + out) / 2);
}

function scaled(
  kind: "uniform" | "normal",
  fan: Fan,
  scale: number,
  [streams, shape, options]: Parameters<Initialiser>,
): Variable {
  const action = "Cannot draw first values";
  const { dtype = "float32", gain = 1 } = checkOptions(action, options, {
    dtype: "string",
    gain: "number",
  });
  const deviation = gain * Math.sqrt(scale / fanOf(action, shape, fan));
  if (kind === "normal") {
    return streamsOf(action, streams).truncatedNormal({
      size: shape,
      std: deviation / CUT_DEVIATION,
      dtype,
    });
  }
  const bound = Math.sqrt(3) * deviation;
  return streamsOf(action, streams).uniform({ size: shape, low: -bound, high: bound, dtype });
}

/**
 * Uniform values with variance 2 / (in + out), for layers with tanh and the like (Glorot and Bengio, 2010).
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const { W } = await nn.init({ W: nn.glorotUniform(new RandomStreams(1), [784, 500]) });
 * console.assert(W.getValue().shape.join() === "784,500");
 * ```
 */
export function glorotUniform(...args: Parameters<Initialiser>): Variable {
  return scaled("uniform", "both", 1, args);
}

/**
 * Normal values, cut at two standard deviations, with variance 2 / (in + out).
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const W = nn.glorotNormal(new RandomStreams(1), [784, 500]);
 * ```
 */
export function glorotNormal(...args: Parameters<Initialiser>): Variable {
  return scaled("normal", "both", 1, args);
}

/**
 * Uniform values with variance 2 / in, for layers with relu (He and others, 2015).
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const W = nn.heUniform(new RandomStreams(1), [20, 1, 5, 5]);
 * ```
 */
export function heUniform(...args: Parameters<Initialiser>): Variable {
  return scaled("uniform", "in", 2, args);
}

/**
 * Normal values, cut at two standard deviations, with variance 2 / in.
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const W = nn.heNormal(new RandomStreams(1), [20, 1, 5, 5]);
 * ```
 */
export function heNormal(...args: Parameters<Initialiser>): Variable {
  return scaled("normal", "in", 2, args);
}

/**
 * Uniform values with variance 1 / in, for layers with selu (LeCun and others, 1998).
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const W = nn.lecunUniform(new RandomStreams(1), [784, 500]);
 * ```
 */
export function lecunUniform(...args: Parameters<Initialiser>): Variable {
  return scaled("uniform", "in", 1, args);
}

/**
 * Normal values, cut at two standard deviations, with variance 1 / in.
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const W = nn.lecunNormal(new RandomStreams(1), [784, 500]);
 * ```
 */
export function lecunNormal(...args: Parameters<Initialiser>): Variable {
  return scaled("normal", "in", 1, args);
}

/**
 * Normal values cut at two standard deviations of the normal variable that they are drawn from, which is
 * the gain.
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const W = nn.truncatedNormal(new RandomStreams(1), [10, 4], { gain: 0.02 });
 * ```
 */
export function truncatedNormal(...args: Parameters<Initialiser>): Variable {
  const [streams, shape, options] = args, action = "Cannot draw first values";
  const { dtype = "float32", gain = 1 } = checkOptions(action, options, {
    dtype: "string",
    gain: "number",
  });
  return streamsOf(action, streams).truncatedNormal({ size: shape, std: gain, dtype });
}

/**
 * An orthogonal matrix, uniformly among all, times the gain: its rows or its columns, whichever are fewer,
 * are orthogonal. Axes from the second on count as one.
 *
 * @param args A random stream, a shape, and options.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const U = nn.orthogonal(new RandomStreams(1), [64, 64]);
 * ```
 */
export function orthogonal(...args: Parameters<Initialiser>): Variable {
  const [streams, shape, options] = args, action = "Cannot draw first values";
  const { dtype = "float32", gain = 1 } = checkOptions(action, options, {
    dtype: "string",
    gain: "number",
  });
  fanOf(action, shape, "in");
  const rows = shape[0]!, columns = shape.slice(1).reduce((a, b) => a * b, 1);
  const few = Math.min(rows, columns), many = Math.max(rows, columns);
  const normal = streamsOf(action, streams).normal({ size: [few, many], dtype });
  const start: Variable = T.zeros([few, many], dtype);
  // Gram and Schmidt's method: each row without what the rows before it have, twice for the digits.
  const [basis] = scan(
    (row: Variable, i: Variable, before: Variable) => {
      const without = (x: Variable) => T.sub(x, T.dot(T.dot(before, x), before)) as Variable;
      const rest = without(without(row));
      const unit: Variable = T.div(rest, T.sqrt(T.sum(T.sqr(rest))));
      return T.setSubtensor(T.index(before, [i]), unit);
    },
    { sequences: [normal, T.arange(few)], outputsInfo: [start] },
  ) as unknown as [Variable];
  const found: Variable = T.index(basis, [-1]);
  const wide = rows === few ? found : T.transpose(found) as Variable;
  return T.mul(T.reshape(wide, shape), gain);
}

/** Options of {@linkcode init}. */
export interface InitOptions {
  /** Where the values are drawn; the CPU if missing, so that all machines have the same ones. */
  readonly device?: DeviceOption;
}

/**
 * Makes shared variables of the first values in records and lists: those of all layers in one program. Each
 * is named by the keys and positions that lead to it, as in `layers.0.W`. Shared variables stay as they
 * are.
 *
 * @param tree Variables, as initialisers and `nn.init…` functions of layers give them.
 * @param options Where they are drawn.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const streams = new RandomStreams(1);
 * const model = await nn.init({
 *   hidden: nn.initDense(streams, 784, 500),
 *   out: nn.initDense(streams, 500, 10),
 * });
 * console.assert(model.hidden.W.name === "hidden.W");
 * ```
 */
export function init<T extends VariableTree>(
  tree: T,
  options?: InitOptions,
): Promise<TreeOf<T, Variable, SharedVariable>> {
  return drawn(tree, options) as Promise<unknown> as Promise<TreeOf<T, Variable, SharedVariable>>;
}

async function drawn(tree: VariableTree, options: InitOptions | undefined): Promise<unknown> {
  const action = "Cannot make first values";
  const { device = "cpu" } = checkOptions(action, options, { device: "any" });
  const kind = {
    is: (value: unknown): value is Variable => value instanceof Variable,
    words: "variables",
  };
  const fresh = leavesOf(action, tree, kind).map(({ leaf }) => leaf)
    .filter((leaf) => !(leaf instanceof SharedVariable));
  const draw = await compile([], fresh, { device, name: "first values" });
  const values = draw() as Tensor[];
  const data = await Promise.all(values.map((value) => value.data()));
  let next = 0;
  const made = mapTree(action, tree, kind, (leaf, path) => {
    if (leaf instanceof SharedVariable) return leaf;
    const { dtype, shape } = values[next]!, name = path.join(".");
    return shared(data[next++]!, {
      dtype,
      shape,
      borrow: true,
      ...(name === "" ? {} : { name }),
    });
  });
  draw.dispose();
  for (const value of values) value.dispose();
  return made;
}

// Made of nn/initialisers.ts by `deno task types`.
/**
 * First values of parameters, drawn from random streams.
 *
 * @module
 */
import { type TreeOf } from "../core/base/tree.d.ts";
import type { FloatDType } from "../core/graph/dtype.d.ts";
import { Variable } from "../core/graph/graph.d.ts";
import type { RandomStreams } from "../core/random/streams.d.ts";
import type { DeviceOption } from "../core/base/settings.d.ts";
import { SharedVariable } from "../core/runtime/shared.d.ts";
import { type VariableTree } from "./parameters.d.ts";
/** Options of initialisers. */
export interface InitialiserOptions {
    /** Element type; float32 if missing. */
    readonly dtype?: FloatDType;
    /** What the values are multiplied with; 1 if missing. */
    readonly gain?: number;
}
/** Draws first values of a shape. */
export type Initialiser = (streams: RandomStreams, shape: readonly number[], options?: InitialiserOptions) => Variable;
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
export declare function glorotUniform(...args: Parameters<Initialiser>): Variable;
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
export declare function glorotNormal(...args: Parameters<Initialiser>): Variable;
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
export declare function heUniform(...args: Parameters<Initialiser>): Variable;
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
export declare function heNormal(...args: Parameters<Initialiser>): Variable;
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
export declare function lecunUniform(...args: Parameters<Initialiser>): Variable;
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
export declare function lecunNormal(...args: Parameters<Initialiser>): Variable;
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
export declare function truncatedNormal(...args: Parameters<Initialiser>): Variable;
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
export declare function orthogonal(...args: Parameters<Initialiser>): Variable;
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
export declare function init<T extends VariableTree>(tree: T, options?: InitOptions): Promise<TreeOf<T, Variable, SharedVariable>>;

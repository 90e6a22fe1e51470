// Made of core/ops/nn/nn.ts by `deno task types`.
/**
 * What neural networks are made of: activations, softmax and losses. All of them are compositions of
 * smaller operations, in forms that neither overflow nor lose digits.
 *
 * @module
 */
import type { DTypeOf, Floating, FloatLike, FloatPair, Less1, Pair, RankOf } from "../../graph/type_arithmetic.d.ts";
import type { Variable } from "../../graph/graph.d.ts";
import { type AxesArguments } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * exp(x) / sum(exp(x)) along an axis (the last one by default) without overflow. A vector gives a
 * vector.
 *
 * Throws a RangeError for an axis that is not there.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, w, b] = [T.matrix("x"), T.matrix("w"), T.vector("b")];
 * const p = T.softmax(x.dot(w).add(b));
 * ```
 */
export declare function softmax<A extends TensorLike>(x: A, ...axis: AxesArguments): FloatLike<A>;
/** log(softmax(x)) along an axis (the last one by default), accurate where the softmax is tiny. */
export declare function logSoftmax<A extends TensorLike>(x: A, ...axis: AxesArguments): FloatLike<A>;
/**
 * x where it is positive, `alpha` * x elsewhere. The derivative at 0 is alpha; NaN stays.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const [plain, leaky] = [T.relu(x), T.relu(x, 0.01)];
 * ```
 */
export declare function relu<A extends TensorLike, B extends TensorLike = 0>(x: A, alpha?: B): Pair<A, B>;
/** x where it is positive, alpha * (exp(x) - 1) elsewhere. The derivative at 0 is alpha. */
export declare function elu<A extends TensorLike>(x: A, alpha?: TensorLike): FloatLike<A>;
/** The scaled elu of self-normalizing networks (Klambauer et al. 2017). */
export declare function selu<A extends TensorLike>(x: A): FloatLike<A>;
/** Options of `gelu`. */
export interface GeluOptions {
    /** "none" (default) for the exact function, "tanh" for the usual approximation. */
    readonly approximate?: "none" | "tanh";
}
/** x times the probability that a normal number is below x. */
export declare function gelu<A extends TensorLike>(x: A, options?: GeluOptions): FloatLike<A>;
/** x * sigmoid(x). */
export declare function silu<A extends TensorLike>(x: A): FloatLike<A>;
/** x / (1 + |x|). */
export declare function softsign<A extends TensorLike>(x: A): FloatLike<A>;
/** clip(0.2 x + 0.5, 0, 1). */
export declare function hardSigmoid<A extends TensorLike>(x: A): FloatLike<A>;
/** A sigmoid of pieces: a hyperbola, a line and a constant on either side. */
export declare function ultraFastSigmoid<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * -(t log p + (1 - t) log(1 - p)), elementwise. Of a sigmoid it is computed from the logits.
 *
 * @param p Probabilities.
 * @param t Targets in [0, 1].
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [z, y] = [T.vector("z"), T.vector("y")];
 * const cost = T.binaryCrossentropy(T.sigmoid(z), y).mean();
 * ```
 */
export declare function binaryCrossentropy<A extends TensorLike, B extends TensorLike>(p: A, t: B): FloatPair<A, B>;
/**
 * The binary cross-entropy of sigmoid(z), from the logits: accurate for all z. Its gradient is
 * sigmoid(z) - t.
 *
 * @param z Logits.
 * @param t Targets in [0, 1].
 */
export declare function sigmoidBinaryCrossentropy<A extends TensorLike, B extends TensorLike>(z: A, t: B): FloatPair<A, B>;
/**
 * The cross-entropy of distributions along the last axis: -sum(t log p) for targets `t` of the same
 * rank, -log p[…, t] for targets that are integer positions, one rank lower.
 *
 * Throws a TypeError for targets of another rank, or of positions that are no integers.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [z, y] = [T.matrix("z"), T.ivector("y")];
 * const cost = T.categoricalCrossentropy(T.softmax(z), y).mean();
 * ```
 */
export declare function categoricalCrossentropy<A extends TensorLike>(p: A, t: TensorLike): Variable<Floating<DTypeOf<A>>, Less1<RankOf<A>>>;

// Made of autodiff/verify.ts by `deno task types`.
/**
 * Checking gradients by finite differences.
 *
 * @module
 */
import { Variable } from "../core/graph/graph.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
/** Options of `verifyGrad`. */
export interface VerifyOptions {
    /** Seed of the random weights of outputs; default 1. */
    readonly seed?: number;
    /** Distance of the two points of a difference, each from the middle; default 1e-5. */
    readonly eps?: number;
    /** What values may differ by in any case; default 1e-6. */
    readonly absTol?: number;
    /** Part of the greater absolute value that values may differ by; default 1e-5. */
    readonly relTol?: number;
    /** 2 checks the gradient of the gradient, too; default 1. */
    readonly order?: 1 | 2;
}
/**
 * Compares the gradient of a function with finite differences, at points and for a random weighting of
 * the outputs. Everything is computed in float64 by the reference interpreter.
 *
 * Throws a GradientError that names the element and both values where they differ.
 *
 * @param fun Builds the function from one variable for each point.
 * @param points Where to check: floats or complex numbers.
 * @param options The seed, the step of the differences, and tolerances.
 *
 * @example
 * ```ts
 * import { T, verifyGrad } from "@croton/croton";
 *
 * verifyGrad((x, y) => T.tanh(x).mul(y), [[[0.1, 0.2], [0.3, 0.4]], [1.5, -2]]);
 * ```
 */
export declare function verifyGrad(fun: (...variables: Variable[]) => Variable, points: readonly Exclude<TensorLike, Variable>[], options?: VerifyOptions): void;

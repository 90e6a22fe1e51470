// Made of core/ops/linalg/prepared.ts by `deno task types`.
/**
 * Arguments of functions of matrices: brought to a dtype that factorisations are computed in.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import type { Variable } from "../../graph/graph.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** Whether a matrix that cannot be factorised or inverted is an error. */
export interface CheckOption {
    /**
     * By default, and with true, a singular matrix, or one that is not positive definite where it must be,
     * is a `LinAlgError` when the result is read. With false there are NaN or infinities in its place.
     */
    readonly check?: boolean;
}
/** Matrices in float32, float64 or complex dtypes, and their own dtype. */
interface Prepared {
    readonly matrices: Variable;
    /** The dtype of results: float16 is computed in float32. */
    readonly dtype: DType;
}
/** Tensors with at least `least` axes, as floats or complex numbers. */
export declare function prepare(x: TensorLike, action: string, least?: number): Prepared;
/** The same of square matrices. */
export declare function prepareSquare(x: TensorLike, action: string): Prepared;
/** Two tensors in one float or complex dtype. */
export declare function prepareBoth(a: TensorLike, b: TensorLike, action: string): readonly [Prepared, Prepared];
/** Stretches the axes before the last two of matrices until they go together. */
export declare function sameBatch(x: Variable, y: Variable): readonly [Variable, Variable];
export {};

// Made of autodiff/wrappers.ts by `deno task types`.
/**
 * Functions that change nothing but the gradient.
 *
 * @module
 */
import type { TensorLike } from "../core/ops/common/literal.d.ts";
import type { Like } from "../core/graph/type_arithmetic.d.ts";
export { disconnectedGrad, gradClip, gradScale, undefinedGrad, zeroGrad, } from "../core/ops/elementwise/elementwise.d.ts";
/**
 * The same value, which counts as a constant for gradients: another name of {@linkcode zeroGrad}.
 *
 * @example
 * ```ts
 * import { considerConstant, T } from "@croton/croton";
 *
 * const x = T.dscalar("x");
 * const y = considerConstant(x).mul(x); // its derivative is x
 * ```
 */
export declare function considerConstant<A extends TensorLike>(x: A): Like<A>;

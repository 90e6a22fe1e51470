/**
 * Functions that change nothing but the gradient.
 *
 * @module
 */

import { zeroGrad } from "../core/ops/elementwise/elementwise.ts";
import type { TensorLike } from "../core/ops/common/literal.ts";
import type { Like } from "../core/graph/type_arithmetic.ts";

export {
  disconnectedGrad,
  gradClip,
  gradScale,
  undefinedGrad,
  zeroGrad,
} from "../core/ops/elementwise/elementwise.ts";

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
export function considerConstant<A extends TensorLike>(x: A): Like<A> {
  return zeroGrad(x);
}

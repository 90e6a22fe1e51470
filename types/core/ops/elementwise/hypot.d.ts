// Made of core/ops/elementwise/hypot.ts by `deno task types`.
/**
 * The length of the hypotenuse.
 *
 * @module
 */
import type { FloatPair } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * The square root of x² + y², without overflow; infinite if either is, even beside NaN. For real numbers.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x"), f = await compile([x], T.hypot(x, 4));
 * f([3, 0]).arraySync(); // [5, 4]
 * ```
 */
export declare function hypot<A extends TensorLike, B extends TensorLike>(x: A, y: B): FloatPair<A, B>;

/**
 * The mathematical functions as expansions into the primitives of kernels.
 *
 * @module
 */

export { type Accuracy, accuracy, type MathName } from "./accuracy.ts";
export { acos, asin, atan, atan2 } from "./arc.ts";
export { erf, erfc, erfcinv, erfinv } from "./erf.ts";
export {
  exp,
  exp2,
  expm1,
  log1mexp,
  logaddexp,
  logdiffexp,
  sigmoid,
  softplus,
  tanh,
} from "./exp.ts";
export { digamma, gamma, lgamma, trigamma } from "./gamma.ts";
export { acosh, asinh, atanh, cosh, sinh } from "./hyper.ts";
export { log, log10, log1p, log2 } from "./log.ts";
export { pow } from "./pow.ts";
export { roundHalfAway, roundHalfEven, sign } from "./round.ts";
export { cos, sin, tan } from "./trig.ts";

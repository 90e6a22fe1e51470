/**
 * The mathematical functions as expansions into the primitives of kernels.
 *
 * @module
 */

export { type Accuracy, accuracy, type MathName } from "./accuracy.ts";
export * from "./arc.ts";
export * from "./erf.ts";
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
export * from "./gamma.ts";
export * from "./hyper.ts";
export { log, log10, log1p, log2 } from "./log.ts";
export { pow } from "./pow.ts";
export * from "./round.ts";
export { cos, sin, tan } from "./trig.ts";

/**
 * The functions that build graphs, by the names under which `T` and `T.expr` have them.
 *
 * @module
 */

import "./methods.ts";

// Input variables and constants.
export {
  col,
  cols,
  constant,
  matrices,
  matrix,
  row,
  rows,
  scalar,
  scalars,
  tensor,
  tensor3,
  tensor3s,
  tensor4,
  tensor4s,
  tensor5,
  tensor5s,
  tensor6,
  tensor6s,
  tensor7,
  tensor7s,
  tensorType,
  vector,
  vectors,
} from "../ops/create/create.ts";
export * from "../ops/create/create_typed.ts";
export { asVariable as asTensor } from "../ops/common/literal.ts";

// Elementwise.
export {
  abs,
  add,
  ceil,
  clip,
  deg2rad,
  div,
  div as trueDiv,
  floor,
  intDiv,
  maximum,
  minimum,
  mod,
  mul,
  mulhi,
  neg,
  pow,
  rad2deg,
  reciprocal,
  reciprocal as inv,
  round,
  sign,
  sign as sgn,
  sqr,
  sqrt,
  sub,
  trunc,
} from "../ops/elementwise/arithmetic.ts";
export {
  acos,
  acos as arccos,
  acosh,
  acosh as arccosh,
  asin,
  asin as arcsin,
  asinh,
  asinh as arcsinh,
  atan,
  atan as arctan,
  atan2,
  atan2 as arctan2,
  atanh,
  atanh as arctanh,
  cos,
  cosh,
  digamma,
  digamma as psi,
  erf,
  erfc,
  erfcinv,
  erfinv,
  exp,
  exp2,
  expm1,
  gamma,
  gammaln,
  log,
  log10,
  log1mexp,
  log1p,
  log2,
  logaddexp,
  logdiffexp,
  sigmoid,
  sin,
  sinh,
  softplus,
  tan,
  tanh,
  trigamma,
} from "../ops/elementwise/functions.ts";
export {
  and,
  eq,
  ge,
  gt,
  invert,
  isclose,
  isfinite,
  isinf,
  isnan,
  le,
  leftShift,
  lt,
  neq,
  or,
  rightShift,
  where,
  where as switch,
  xor,
} from "../ops/elementwise/logic.ts";
export {
  angle,
  bitcast,
  cast,
  complex,
  conj,
  copy,
  disconnectedGrad,
  gradClip,
  gradScale,
  imag,
  real,
  undefinedGrad,
  zeroGrad,
} from "../ops/elementwise/conversion.ts";
export { ifelse } from "../ops/control/control.ts";

// Reductions.
export {
  all,
  allclose,
  any,
  argmax,
  argmin,
  logsumexp,
  max,
  maxAndArgmax,
  mean,
  min,
  norm,
  prod,
  ptp,
  std,
  sum,
  variance as var,
} from "../ops/reduce/reduce.ts";

// Shapes.
export {
  alloc,
  fill,
  full,
  fullLike,
  ones,
  onesLike,
  second,
  zeros,
  zerosLike,
} from "../ops/create/alloc.ts";
export { arange, linspace, meshgrid, mgrid, ogrid } from "../ops/create/ranges.ts";
export { broadcastTo } from "../ops/shape/broadcast_to.ts";
export { concatenate, join, split, stack, stacklists } from "../ops/shape/combine.ts";
export {
  diag,
  diagonal,
  eye,
  fillDiagonal,
  identity,
  identityLike,
  trace,
  tri,
  tril,
  triu,
} from "../ops/linalg/matrices.ts";
export {
  dimshuffle,
  expandDims,
  moveaxis,
  shapePadAxis,
  shapePadLeft,
  shapePadRight,
  squeeze,
  swapaxes,
  transpose,
} from "../ops/shape/dimshuffle.ts";
export { flatten, ravel, reshape } from "../ops/shape/reshape.ts";
export { flip, pad, repeat, roll, tile } from "../ops/shape/repeat.ts";
export { makeVector, shape, specifyShape } from "../ops/shape/shape.ts";

// Indexing.
export {
  choose,
  flatnonzero,
  incIndex,
  incSubtensor,
  index,
  nonzero,
  nonzeroValues,
  ravelMultiIndex,
  setIndex,
  setSubtensor,
  slice,
  take,
  takeAlongAxis,
  unravelIndex,
} from "../ops/index/indexing.ts";

// Products.
export {
  batchedDot,
  batchedTensordot,
  dot,
  kron,
  matmul,
  matrixDot,
  matrixPower,
  outer,
  tensordot,
} from "../ops/linalg/linalg.ts";

// Order and counting.
export {
  argsort,
  argtopk,
  bincount,
  cumprod,
  cumsum,
  diff,
  searchsorted,
  sort,
  toOneHot,
  topk,
  topkAndArgtopk,
} from "../ops/order/order.ts";

// Neural networks.
export * from "../ops/nn/nn.ts";
export { conv2d, conv2dTranspose, pool2d } from "../ops/nn/conv.ts";

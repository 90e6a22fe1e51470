/**
 * Cases of the rules for inverse functions and powers.
 *
 * @module
 */

import { c, type Cases, ew, i, num, T, x, y } from "./cases.ts";

/** By rule. */
export const functionCases: Cases = {
  "inverse": {
    fires: [
      () => [ew("neg", ew("neg", x)), x],
      () => [ew("reciprocal", ew("reciprocal", x)), x],
      () => [ew("log", ew("exp", x)), x],
      () => [ew("invert", ew("invert", i)), i],
      () => [ew("atanh", ew("tanh", x)), x],
    ],
    not: [
      () => ew("exp", ew("log", x)),
      () => ew("log", ew("exp", c)),
      () => ew("tanh", ew("atanh", x)),
    ],
  },
  "inverse-where": {
    fires: [
      () => [ew("exp", ew("log", x)), ew("switch", ew("ge", x, num(0)), x, num(NaN))],
      () => [ew("sqr", ew("sqrt", x)), ew("switch", ew("ge", x, num(0)), x, num(NaN))],
    ],
    not: [() => ew("exp", ew("log", c)), () => ew("sqr", ew("sqr", x))],
    numbers: [0, 1, -1, 0.5, -2, 3.25, 1e-8, 20, NaN, Infinity],
  },
  "root-of-square": {
    fires: [
      () => [ew("sqrt", ew("sqr", x)), ew("abs", x)],
      () => [ew("acosh", ew("cosh", x)), ew("abs", x)],
      () => [ew("sqr", ew("sqrt", ew("exp", x))), ew("exp", x)],
    ],
    not: [
      () => ew("sqrt", ew("sqr", c)),
      () => ew("sqrt", ew("exp", x)),
      () => ew("sqr", ew("sqrt", ew("tanh", x))),
    ],
    tolerance: 1e-7,
  },
  "log-of-root": {
    fires: [
      () => [ew("log", ew("sqrt", x)), ew("mul", num(0.5), ew("log", x))],
      () => [ew("log", ew("sqr", x)), ew("mul", num(2), ew("log", ew("abs", x)))],
    ],
    not: [() => ew("log", ew("sqr", c)), () => ew("log", ew("exp", x))],
  },
  "power-trivial": {
    fires: [
      () => [ew("pow", x, num(0)), T.onesLike(x)],
      () => [ew("pow", x, num(1)), x],
      () => [ew("pow", num(1), x), T.onesLike(x)],
      () => [ew("pow", i, num(0, "int32")), T.onesLike(i)],
    ],
    not: [() => ew("pow", x, num(2)), () => ew("pow", num(2), x)],
  },
  "power-of-power": {
    fires: [
      () => [ew("pow", ew("pow", x, num(3)), num(2)), ew("pow", x, num(6))],
      () => [ew("sqr", ew("pow", i, num(3, "int32"))), ew("pow", i, num(6, "int32"))],
    ],
    not: [
      () => ew("pow", ew("pow", x, num(0.5)), num(2)),
      () => ew("pow", ew("pow", x, num(-1)), num(2)),
    ],
  },
  "power-special": {
    fires: [
      () => [ew("pow", x, num(2)), ew("sqr", x)],
      () => [ew("pow", i, num(2, "int32")), ew("sqr", i)],
      () => [ew("pow", x, num(0.5)), ew("sqrt", x)],
      () => [ew("pow", x, num(-0.5)), ew("reciprocal", ew("sqrt", x))],
      () => [ew("pow", x, num(-1)), ew("reciprocal", x)],
      () => [ew("pow", x, num(-2)), ew("reciprocal", ew("sqr", x))],
      () => [
        ew("pow", x, T.constant([2, 2, 2], { dtype: "float64" })),
        T.broadcastTo(ew("sqr", x), [3]),
      ],
    ],
    not: [
      () => ew("pow", x, num(3)),
      () => ew("pow", i, num(-1, "int32")),
      () => ew("pow", i, num(2)),
    ],
  },
  "power-chain": {
    fires: [
      () => [ew("pow", x, num(3)), ew("mul", x, ew("sqr", x))],
      () => [
        ew("pow", x, num(10)),
        ew("mul", ew("sqr", x), ew("sqr", ew("sqr", ew("sqr", x)))),
      ],
      () => [ew("pow", x, num(-4)), ew("reciprocal", ew("sqr", ew("sqr", x)))],
      () => [ew("pow", i, num(4, "int32")), ew("sqr", ew("sqr", i))],
    ],
    not: [
      () => ew("pow", x, num(2.5)),
      () => ew("pow", x, num(65)),
      () => ew("pow", i, num(-3, "int32")),
      () => ew("pow", x, y),
    ],
  },
  "power-of-two": {
    fires: [() => [ew("pow", num(2), x), ew("exp2", x)]],
    not: [() => ew("pow", num(3), x), () => ew("pow", num(2, "int32"), i)],
  },
  "mul-self": {
    fires: [() => [ew("mul", x, x), ew("sqr", x)], () => [ew("mul", i, i), ew("sqr", i)]],
    not: [() => ew("mul", x, y)],
  },
};

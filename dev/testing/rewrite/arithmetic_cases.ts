/**
 * Cases of the rules of arithmetic.
 *
 * @module
 */

import { a, b, c, type Cases, ew, i, j, joint, len, m, num, s, T, x, y, z } from "./cases.ts";

const u = T.vector("u", { dtype: "uint8" });

/** By rule. */
export const arithmeticCases: Cases = {
  "add-zero": {
    fires: [
      () => [ew("add", x, num(0)), x],
      () => [ew("add", num(0), i), T.cast(i, "float64")],
      () => [ew("add", T.zerosLike(x), x), x],
      () => [ew("add", s, T.zerosLike(x)), T.broadcastTo(s, [len(x)])],
      () => [ew("add", x, T.constant([0, 0, 0], { dtype: "float64" })), T.broadcastTo(x, [3])],
    ],
    not: [() => ew("add", x, num(1)), () => ew("add", x, y)],
  },
  "sub-zero": {
    fires: [
      () => [ew("sub", x, num(0)), x],
      () => [ew("sub", num(0), x), ew("neg", x)],
    ],
    not: [() => ew("sub", x, y), () => ew("sub", num(0), i)],
  },
  "mul-one": {
    fires: [
      () => [ew("mul", x, num(1)), x],
      () => [ew("mul", num(1, "int32"), i), i],
      () => [ew("mul", num(1, "complex128"), c), c],
    ],
    not: [() => ew("mul", x, num(2)), () => ew("mul", T.constant([1, 2], { dtype: "float64" }), x)],
  },
  "mul-minus-one": {
    fires: [() => [ew("mul", num(-1), x), ew("neg", x)]],
    not: [() => ew("mul", num(-2), x), () => ew("mul", num(-1), i)],
  },
  "div-one": {
    fires: [
      () => [ew("div", x, num(1)), x],
      () => [ew("div", x, num(-1)), ew("neg", x)],
      () => [ew("div", s, T.onesLike(x)), T.broadcastTo(s, [len(x)])],
    ],
    not: [() => ew("div", num(1), x)],
  },
  "one-over": {
    fires: [() => [ew("div", num(1), x), ew("reciprocal", x)]],
    not: [() => ew("div", num(2), x), () => ew("div", num(1), i)],
  },
  "mul-zero": {
    fires: [
      () => [ew("mul", x, num(0)), T.zerosLike(x)],
      () => [
        ew("mul", num(0, "int32"), i),
        T.broadcastTo(num(0, "int32"), [len(i)]),
      ],
    ],
    not: [() => ew("mul", x, y)],
  },
  "zero-over": {
    fires: [() => [ew("div", num(0), x), T.zerosLike(x)]],
    not: [() => ew("div", x, num(0))],
  },
  "sub-self": {
    fires: [() => [ew("sub", x, x), T.zerosLike(x)]],
    not: [() => ew("sub", x, y)],
  },
  "div-self": {
    fires: [() => [ew("div", x, x), T.onesLike(x)]],
    not: [() => ew("div", x, y)],
  },
  "div-size": {
    fires: [() => [ew("div", x, ew("abs", x)), ew("sign", x)]],
    not: [() => ew("div", x, ew("abs", y)), () => ew("div", c, ew("abs", c))],
  },
  "int-div-one": {
    fires: [() => [ew("intDiv", i, num(1, "int32")), i]],
    not: [() => ew("intDiv", x, num(1)), () => ew("intDiv", i, num(2, "int32"))],
  },
  "mod-one": {
    fires: [() => [ew("mod", i, num(1, "int32")), T.zerosLike(i)]],
    not: [() => ew("mod", x, num(1))],
  },
  "add-neg": {
    fires: [
      () => [ew("add", x, ew("neg", y)), ew("sub", x, y)],
      () => [ew("add", ew("neg", y), x), ew("sub", x, y)],
    ],
    not: [() => ew("add", x, ew("neg", i)), () => ew("add", x, y)],
  },
  "sub-neg": {
    fires: [() => [ew("sub", x, ew("neg", y)), ew("add", x, y)]],
    not: [() => ew("sub", ew("neg", x), y)],
  },
  "neg-sub": {
    fires: [() => [ew("neg", ew("sub", x, y)), ew("sub", y, x)]],
    not: [
      () => ew("neg", ew("add", x, y)),
      () => ew("maximum", ew("neg", ew("sub", x, y)), ew("sub", x, y)),
    ],
  },
  "neg-together": {
    fires: [() => [ew("sub", ew("neg", x), y), ew("neg", ew("add", x, y))]],
    not: [() => ew("sub", x, ew("neg", y)), () => ew("sub", ew("neg", x), num(1))],
  },
  "neg-times-number": {
    fires: [() => [ew("neg", ew("mul", num(2), x)), ew("mul", num(-2), x)]],
    not: [
      () => ew("neg", ew("mul", x, y)),
      () => ew("maximum", ew("neg", ew("mul", num(2), x)), ew("mul", num(2), x)),
    ],
  },
  "mul-neg": {
    fires: [
      () => [ew("mul", ew("neg", x), ew("neg", y)), ew("mul", x, y)],
      () => [ew("mul", num(2), ew("neg", x)), ew("mul", num(-2), x)],
      () => [ew("mul", ew("neg", x), y), ew("neg", ew("mul", x, y))],
      () => [ew("div", x, ew("neg", y)), ew("neg", ew("div", x, y))],
      () => [ew("div", num(2), ew("neg", y)), ew("div", num(-2), y)],
    ],
    not: [() => ew("mul", x, y), () => ew("mul", x, ew("neg", i))],
  },
  "abs-of": {
    fires: [
      () => [ew("abs", ew("abs", x)), ew("abs", x)],
      () => [ew("abs", ew("neg", i)), ew("abs", i)],
      () => [ew("abs", ew("sqr", x)), ew("sqr", x)],
      () => [ew("abs", ew("exp", x)), ew("exp", x)],
    ],
    not: [
      () => ew("abs", ew("sqr", i)),
      () => ew("abs", ew("neg", u)),
      () => ew("abs", ew("exp", c)),
      () => ew("abs", ew("sin", x)),
    ],
  },
  "sqr-of": {
    fires: [
      () => [ew("sqr", ew("neg", x)), ew("sqr", x)],
      () => [ew("sqr", ew("abs", i)), ew("sqr", i)],
    ],
    not: [() => ew("sqr", ew("abs", c)), () => ew("sqr", ew("exp", x))],
  },
  "sign-through": {
    fires: [
      () => [ew("cos", ew("neg", x)), ew("cos", x)],
      () => [ew("tanh", ew("neg", x)), ew("neg", ew("tanh", x))],
      () => [ew("sign", ew("neg", x)), ew("neg", ew("sign", x))],
    ],
    not: [
      () => ew("sign", ew("neg", i)),
      () => ew("sign", ew("neg", u)),
      () => ew("sin", x),
    ],
  },
  "twice": {
    fires: [
      () => [ew("sign", ew("sign", x)), ew("sign", x)],
      () => [ew("floor", ew("round", x)), ew("round", x)],
    ],
    not: [() => ew("sign", ew("floor", x)), () => ew("floor", ew("exp", x))],
  },
  "same-twice": {
    fires: [() => [ew("maximum", x, x), x], () => [ew("and", a, a), a]],
    not: [() => ew("maximum", x, y), () => ew("or", a, b)],
  },
  "numbers-together": {
    fires: [
      () => [ew("maximum", num(1), ew("maximum", num(2), x)), ew("maximum", num(2), x)],
      () => [
        ew("minimum", ew("minimum", i, num(4, "int32")), num(3, "int32")),
        ew("minimum", num(3, "int32"), i),
      ],
    ],
    not: [
      () => ew("maximum", num(1), ew("minimum", num(2), x)),
      () => ew("maximum", x, ew("maximum", num(2), y)),
    ],
  },
  "number-first": {
    fires: [
      () => [ew("mul", x, num(2)), ew("mul", num(2), x)],
      () => [ew("add", y, x), ew("add", x, y)],
      () => [ew("eq", j, i), ew("eq", i, j)],
    ],
    not: [() => ew("mul", num(2), x), () => ew("sub", y, x), () => ew("mul", x, x)],
  },
  "reciprocal-times": {
    fires: [
      () => [ew("mul", x, ew("reciprocal", y)), ew("div", x, y)],
      () => [ew("mul", ew("reciprocal", y), x), ew("div", x, y)],
    ],
    not: [
      () => ew("mul", x, y),
      () => {
        const r = ew("reciprocal", y);
        return ew("maximum", ew("mul", x, r), r);
      },
    ],
  },
  "div-by-power-of-two": {
    fires: [
      () => [ew("div", x, num(4)), ew("mul", num(0.25), x)],
      () => [ew("div", x, num(-0.5)), ew("mul", num(-2), x)],
    ],
    not: [() => ew("div", x, num(3)), () => ew("div", x, num(0))],
  },
  "cancel-factors": {
    fires: [
      () => [ew("div", ew("mul", m, s), s), m],
      () => [ew("mul", ew("div", x, s), ew("div", s, num(4))), ew("div", x, num(4))],
      () => [ew("mul", ew("mul", num(2), x), num(3)), ew("mul", num(6), x)],
      () => [ew("div", s, ew("div", s, x)), x],
      () => [
        ew("div", ew("mul", x, y), y),
        T.broadcastTo(x, [joint(x, y)]),
      ],
      () => [ew("mul", ew("mul", x, x), x), ew("pow", x, num(3))],
    ],
    not: [
      () => ew("div", ew("mul", x, y), z),
      () => ew("mul", num(2), x),
      () => ew("div", T.cast(ew("mul", i, j), "float64"), T.cast(j, "float64")),
      () => ew("mul", ew("mul", x, y), z),
    ],
    numbers: [1, -2, 0.5, 3, 1e3, -1e-3, 4, -1],
  },
  "distribute-to-cancel": {
    fires: [
      () => [
        ew("mul", ew("add", ew("div", s, x), ew("exp", x)), x),
        ew("add", s, ew("mul", ew("exp", x), x)),
      ],
    ],
    not: [
      () => ew("mul", ew("add", x, y), z),
      () => {
        const sum = ew("add", ew("div", s, x), ew("exp", x));
        return ew("maximum", ew("mul", sum, x), sum);
      },
    ],
    numbers: [1, -2, 0.5, 3, 10, -1e-3, 4, -1],
  },
  "collect-terms": {
    fires: [
      () => [ew("sub", ew("add", m, s), s), m],
      () => [ew("add", ew("add", num(1), x), num(2)), ew("add", num(3), x)],
      () => [ew("add", ew("mul", num(2), x), ew("mul", num(3), x)), ew("mul", num(5), x)],
      () => [ew("neg", ew("neg", x)), x],
      () => [ew("sub", i, ew("sub", i, j)), T.broadcastTo(j, [joint(i, j)])],
      () => [ew("sub", ew("add", x, num(1)), num(3)), ew("sub", x, num(2))],
    ],
    not: [() => ew("add", ew("add", x, y), z), () => ew("sub", x, y), () => ew("add", num(1), x)],
    numbers: [1, -2, 0.5, 3, 1e3, -1e-3, 4, -1],
  },
  "common-factor": {
    fires: [
      () => [ew("add", ew("mul", x, y), ew("mul", x, z)), ew("mul", x, ew("add", y, z))],
      () => [ew("sub", ew("mul", y, x), ew("mul", x, z)), ew("mul", x, ew("sub", y, z))],
    ],
    not: [
      () => ew("add", ew("mul", x, y), z),
      () => {
        const p = ew("mul", x, y);
        return ew("maximum", ew("add", p, ew("mul", x, z)), p);
      },
    ],
    numbers: [1, -2, 0.5, 3, 1e3, -1e-3, 4, -1],
  },
};

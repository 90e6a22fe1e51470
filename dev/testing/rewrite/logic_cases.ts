/**
 * Cases of the rules for constants, conversions, comparisons and choices.
 *
 * @module
 */

import { makeConstant } from "../../../core/graph/graph.ts";
import { elementwise } from "../../../core/ops/common/build.ts";
import { fillValue } from "./rules.ts";
import { a, b, c, type Cases, ew, fixed, i, joint, len, num, s, T, x, y, z } from "./cases.ts";

const flag = T.scalar("flag", { dtype: "bool" });
const f = T.fvector("f");

/** By rule. */
export const logicCases: Cases = {
  "constant-fold": {
    fires: [
      () => [ew("add", num(2), num(3)), num(5)],
      () => [T.sum(T.constant([1, 2, 3], { dtype: "float64" })), num(6)],
      () => [ew("pow", num(2, "int32"), num(5, "int32")), num(32, "int32")],
      () => [ew("div", num(1, "float32"), num(3, "float32")), num(Math.fround(1 / 3), "float32")],
    ],
    not: [
      () => ew("add", x, num(3)),
      () => T.zeros([3]),
      () => T.arange(5),
      () => T.index(T.constant([1, 2, 3], { dtype: "float64" }), 7),
      () => {
        const large = makeConstant(fillValue("float64", [400, 400], () => 1));
        return T.matmul(large, large);
      },
    ],
  },
  "hold-constant": {
    fires: [
      () => [ew("exp", num(1000)), ew("exp", ew("held", num(1000)))],
      () => [ew("sigmoid", num(0.5)), ew("sigmoid", ew("held", num(0.5)))],
      () => [ew("sqr", num(1e200)), ew("sqr", ew("held", num(1e200)))],
    ],
    not: [
      () => ew("exp", x),
      () => ew("sqr", num(3)),
      () => ew("log", num(3)),
      () => ew("pow", num(3, "int32"), num(2, "int32")),
      () => ew("exp", ew("held", num(1000))),
    ],
  },
  "release-constant": {
    fires: [() => [ew("held", num(3)), num(3)]],
    not: [() => ew("copy", x)],
  },
  "cast-same": {
    fires: [() => [elementwise("cast", [x], { dtype: "float64" }), x]],
    not: [() => T.cast(x, "float32")],
  },
  "cast-cast": {
    fires: [
      () => [T.cast(T.cast(i, "int64"), "float32"), T.cast(i, "float32")],
      () => [T.cast(T.cast(f, "float64"), "float32"), f],
      () => [T.cast(T.cast(i, "float64"), "int64"), T.cast(i, "int64")],
    ],
    not: [
      () => T.cast(T.cast(x, "float32"), "float64"),
      () => T.cast(T.cast(i, "int8"), "int32"),
      () => T.cast(T.cast(x, "int32"), "float64"),
      () => T.cast(T.cast(i, "float64"), "uint8"),
      () => T.cast(T.cast(i, "float64"), "uint32"),
    ],
  },
  "bitcast-bitcast": {
    fires: [
      () => [T.bitcast(T.bitcast(f, "uint32"), "float32"), f],
      () => [T.bitcast(T.bitcast(f, "uint32"), "int32"), T.bitcast(f, "int32")],
    ],
    not: [() => T.bitcast(f, "uint32")],
  },
  "assert-known": {
    fires: [() => [T.assert(x, T.constant(true)), x]],
    not: [() => T.assert(x, T.ge(s, 0)), () => T.assert(x, T.constant(false))],
  },
  "drop-assert": {
    fires: [() => [T.assert(x, T.ge(s, -1e9)), x]],
    not: [() => T.print("x", x)],
    numbers: [0, 1, -2],
  },
  "drop-print": {
    fires: [() => [T.print("x", x), x]],
    not: [() => T.assert(x, T.ge(x, 0))],
  },
  "drop-wrapper": {
    fires: [
      () => [ew("copy", x), x],
      () => [T.disconnectedGrad(x), x],
      () => [T.gradClip(x, -1, 1), x],
    ],
    not: [() => ew("abs", x)],
  },
  "parts-of-real": {
    fires: [
      () => [ew("real", x), x],
      () => [ew("conj", i), i],
      () => [ew("imag", x), T.zerosLike(x)],
    ],
    not: [() => ew("real", c), () => ew("conj", c)],
  },
  "parts-of-complex": {
    fires: [
      () => [ew("real", ew("complex", fixed("p", [3]), fixed("q", [3]))), fixed("p", [3])],
      () => [ew("imag", ew("complex", fixed("p", [3]), fixed("q", [3]))), fixed("q", [3])],
      () => [ew("complex", ew("real", c), ew("imag", c)), c],
    ],
    not: [() => ew("complex", ew("imag", c), ew("real", c)), () => ew("real", ew("exp", c))],
  },
  "round-integers": {
    fires: [() => [ew("floor", T.cast(i, "float64")), T.cast(i, "float64")]],
    not: [() => ew("floor", T.cast(f, "float64"))],
  },
  "conj-conj": {
    fires: [() => [ew("conj", ew("conj", c)), c]],
    not: [() => ew("conj", ew("exp", c))],
  },
  "compare-self": {
    fires: [
      () => [ew("lt", x, x), T.zerosLike(x, "bool")],
      () => [ew("eq", i, i), T.onesLike(i, "bool")],
      () => [ew("neq", i, i), T.zerosLike(i, "bool")],
    ],
    not: [() => ew("eq", x, x), () => ew("le", x, x), () => ew("lt", x, y)],
  },
  "compare-length": {
    fires: [
      () => [ew("lt", len(x), num(0, "int64")), num(0, "bool")],
      () => [ew("ge", len(x), num(0, "int64")), num(1, "bool")],
      () => [ew("maximum", num(0, "int64"), len(x)), len(x)],
      () => [ew("le", num(0, "int64"), ew("mul", len(x), len(y))), num(1, "bool")],
    ],
    not: [
      () => ew("gt", len(x), num(0, "int64")),
      () => ew("lt", T.index(i, 0), num(0, "int32")),
      () => ew("lt", ew("sub", len(x), num(1, "int64")), num(0, "int64")),
    ],
  },
  "logic-with-constant": {
    fires: [
      () => [ew("and", a, num(1, "bool")), a],
      () => [ew("and", a, num(0, "bool")), T.zerosLike(a)],
      () => [ew("or", num(1, "bool"), a), T.onesLike(a)],
      () => [ew("xor", num(1, "bool"), a), ew("invert", a)],
      () => [ew("and", i, num(-1, "int32")), i],
    ],
    not: [() => ew("and", i, num(1, "int32")), () => ew("or", a, b)],
  },
  "xor-self": {
    fires: [() => [ew("xor", i, i), T.zerosLike(i)]],
    not: [() => ew("xor", a, b)],
  },
  "not-compare": {
    fires: [
      () => [ew("invert", ew("eq", x, y)), ew("neq", x, y)],
      () => [ew("invert", ew("lt", i, num(2, "int32"))), ew("ge", i, num(2, "int32"))],
    ],
    not: [() => ew("invert", ew("lt", x, y)), () => ew("invert", a)],
  },
  "compare-bool": {
    fires: [
      () => [ew("eq", a, num(1, "bool")), a],
      () => [ew("neq", num(1, "bool"), a), ew("invert", a)],
    ],
    not: [() => ew("eq", a, b), () => ew("eq", i, num(1, "int32"))],
  },
  "test-integers": {
    fires: [
      () => [ew("isnan", i), T.zerosLike(i, "bool")],
      () => [ew("isfinite", i), T.onesLike(i, "bool")],
    ],
    not: [() => ew("isnan", x)],
  },
  "switch-known": {
    fires: [
      () => [ew("switch", num(1, "bool"), x, num(0)), x],
      () => [ew("switch", a, x, x), T.broadcastTo(x, [joint(a, x)])],
      () => [ew("switch", num(0), s, x), x],
    ],
    not: [() => ew("switch", a, x, y)],
  },
  "switch-not": {
    fires: [() => [ew("switch", ew("invert", a), x, y), ew("switch", a, y, x)]],
    not: [() => ew("switch", ew("invert", i), x, y)],
  },
  "switch-nested": {
    fires: [
      () => [
        ew("switch", a, ew("switch", a, x, y), z),
        T.broadcastTo(ew("switch", a, x, z), [joint(a, x, y, z)]),
      ],
      () => [ew("switch", a, s, ew("switch", a, num(1), x)), ew("switch", a, s, x)],
    ],
    not: [() => ew("switch", a, ew("switch", b, x, y), z)],
  },
  "switch-to-condition": {
    fires: [
      () => [ew("switch", a, num(1), num(0)), T.cast(a, "float64")],
      () => [ew("switch", a, num(0), num(1)), T.cast(ew("invert", a), "float64")],
      () => [ew("switch", a, num(1, "bool"), num(0, "bool")), a],
    ],
    not: [() => ew("switch", a, num(2), num(0)), () => ew("switch", i, num(1), num(0))],
  },
  "switch-condition": {
    fires: [() => [ew("switch", T.cast(a, "int32"), x, y), ew("switch", a, x, y)]],
    not: [() => ew("switch", T.cast(i, "float64"), x, y)],
  },
  "switch-sum": {
    fires: [
      () => [
        ew("add", ew("switch", a, s, num(0)), ew("switch", a, num(0), num(2))),
        ew("switch", a, s, num(2)),
      ],
      () => [
        ew("add", ew("switch", a, s, num(0)), ew("switch", a, num(3), num(0))),
        ew("switch", a, ew("add", s, num(3)), num(0)),
      ],
    ],
    not: [
      () => ew("add", ew("switch", a, s, num(0)), ew("switch", b, num(0), s)),
      () => ew("add", ew("switch", a, s, num(1)), ew("switch", a, num(0), s)),
    ],
  },
  "switch-neg": {
    fires: [
      () => [ew("neg", ew("switch", a, num(0), x)), ew("switch", a, num(0), ew("neg", x))],
    ],
    not: [
      () => ew("neg", ew("switch", a, x, y)),
      () => ew("neg", ew("switch", ew("isfinite", x), x, num(0))),
      () => {
        const choice = ew("switch", a, num(0), x);
        return ew("maximum", ew("neg", choice), choice);
      },
    ],
  },
  "switch-sink": {
    fires: [
      () => [
        ew("mul", x, ew("switch", a, num(0), y)),
        ew("switch", a, num(0), ew("mul", y, x)),
      ],
      () => [
        ew("div", ew("switch", a, y, num(0)), x),
        ew("switch", a, ew("div", y, x), num(0)),
      ],
    ],
    not: [
      () => ew("div", x, ew("switch", a, num(0), y)),
      () => ew("mul", x, ew("switch", a, num(1), y)),
    ],
  },
  "ifelse-known": {
    fires: [
      () => [T.ifelse(num(1, "bool"), x, y), x],
      () => [T.ifelse(num(0, "bool"), x, y), y],
      () => [T.ifelse(flag, x, x), x],
    ],
    not: [() => T.ifelse(flag, x, y)],
  },
  "switch-to-maximum": {
    fires: [
      () => [ew("switch", ew("le", x, num(0)), num(0), x), ew("maximum", num(0), x)],
      () => [ew("switch", ew("lt", s, x), s, x), ew("minimum", s, x)],
      () => [
        ew("switch", ew("gt", i, num(3, "int32")), i, num(3, "int32")),
        ew("maximum", i, num(3, "int32")),
      ],
    ],
    not: [
      () => ew("switch", ew("le", x, num(0)), num(1), x),
      () => ew("switch", ew("eq", x, s), s, x),
      () => ew("switch", ew("lt", x, s), x, x),
    ],
  },
};

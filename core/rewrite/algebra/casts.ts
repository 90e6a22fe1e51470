/**
 * Conversions that change nothing, wrappers that only gradients take notice of, and parts of complex
 * numbers that are known.
 *
 * @module
 */

import { canCastLosslessly, isComplex } from "../../graph/dtype.ts";
import { castTo } from "../../ops/common/build.ts";
import type { CastParams } from "../../ops/elementwise/op_convert.ts";
import { applied, applyAgain, instead, insteadNumber, isExact, under } from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";

const castSame: Rule = {
  name: "cast-same",
  law: "cast(x, dtype of x) -> x",
  ops: ["cast", "bitcast"],
  rewrite: ({ inputs: [x], output }) => x!.dtype === output.dtype ? x! : null,
};

const castCast: Rule = {
  name: "cast-cast",
  law: "cast(cast(x, wider), d) -> cast(x, d)",
  ops: ["cast"],
  rewrite({ inputs: [x], output }): Rewritten {
    const inner = under(x!, "cast");
    if (inner === null || !canCastLosslessly(inner.dtype, x!.dtype)) return null;
    if (isComplex(x!.dtype) && !isComplex(inner.dtype)) return null;
    return castTo(inner, output.dtype);
  },
};

const bitcastBitcast: Rule = {
  name: "bitcast-bitcast",
  law: "bitcast(bitcast(x)) -> bitcast(x)",
  ops: ["bitcast"],
  rewrite(apply): Rewritten {
    const inner = under(apply.inputs[0]!, "bitcast");
    if (inner === null) return null;
    const { dtype } = apply.params as CastParams;
    return inner.dtype === dtype ? inner : applyAgain(apply, [inner]);
  },
};

const dropWrapper: Rule = {
  name: "drop-wrapper",
  law: "copy(x) -> x, and so for the wrappers that steer gradients",
  ops: [
    "copy",
    "zeroGrad",
    "disconnectedGrad",
    "undefinedGrad",
    "gradScale",
    "gradClip",
    "derivedAs",
  ],
  rewrite: ({ inputs: [x] }) => x!,
};

const realParts: Rule = {
  name: "parts-of-real",
  law: "real(x) -> x, conj(x) -> x, imag(x) -> 0 for real numbers",
  ops: ["real", "conj", "imag"],
  rewrite({ op: { name }, inputs: [x], output }): Rewritten {
    if (isComplex(x!.dtype)) return null;
    return name === "imag" ? insteadNumber(output, 0) : instead(output, x!);
  },
};

const complexParts: Rule = {
  name: "parts-of-complex",
  law: "real(complex(x, y)) -> x, imag(complex(x, y)) -> y, complex(real(z), imag(z)) -> z",
  ops: ["real", "imag", "complex"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    if (name === "complex") {
      const z = under(x!, "real");
      return z !== null && z === under(y!, "imag") && z.dtype === output.dtype ? z : null;
    }
    const parts = applied(x!, "complex");
    if (parts === null) return null;
    return instead(output, parts.inputs[name === "real" ? 0 : 1]!);
  },
};

const roundIntegers: Rule = {
  name: "round-integers",
  law: "floor(cast(n)) -> cast(n) for integers, and so for the other roundings",
  ops: ["floor", "ceil", "trunc", "round", "roundHalfAway"],
  rewrite({ inputs: [x] }): Rewritten {
    const inner = under(x!, "cast");
    return inner !== null && isExact(inner.dtype) ? x! : null;
  },
};

const conjConj: Rule = {
  name: "conj-conj",
  law: "conj(conj(z)) -> z",
  ops: ["conj"],
  rewrite: ({ inputs: [x] }) => under(x!, "conj"),
};

/** The rules of this file. */
export const castRules: readonly Rule[] = [
  castSame,
  castCast,
  bitcastBitcast,
  dropWrapper,
  realParts,
  complexParts,
  roundIntegers,
  conjConj,
];

/**
 * Conversions that change nothing, wrappers that only gradients take notice of, and parts of complex
 * numbers that are known.
 *
 * @module
 */

import { canCastLosslessly, isComplex, isFloat, isInt } from "../../graph/dtype.ts";
import { castTo } from "../../ops/common/build.ts";
import { derivedAsOp } from "../../ops/control/derived_as.ts";
import { assertOp } from "../../ops/control/assert_op.ts";
import { printOp } from "../../ops/control/print_op.ts";
import { customVjpOp } from "../../ops/control/custom_vjp.ts";
import { elementwiseNames, elementwiseOps } from "../../ops/elementwise/table.ts";
import type { Op } from "../../graph/op.ts";
import type { CastParams } from "../../ops/elementwise/op_convert.ts";
import { applyAgain, isNumber, under } from "../match.ts";
import { i, noComplex, rule, terms, x, y, z } from "../pattern.ts";
import type { Rewritten, Rule } from "../rule.ts";

const { bitcast, cast, ceil, complex, conj, floor, imag, real, round, roundHalfAway, trunc } =
  terms;

const castCast: Rule = {
  name: "cast-cast",
  law: "cast(cast(x, wider), d) -> cast(x, d)",
  ops: ["cast"],
  rewrite({ inputs: [x], output }): Rewritten {
    const inner = under(x!, "cast");
    if (inner === null || !canCastLosslessly(inner.dtype, x!.dtype)) return null;
    if (isComplex(x!.dtype) && !isComplex(inner.dtype)) return null;
    // Integers wrap where floats are clipped.
    const clips = isInt(inner.dtype) && isFloat(x!.dtype) && isInt(output.dtype);
    if (clips && !canCastLosslessly(inner.dtype, output.dtype)) return null;
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

const wraps = ({ facts }: Op) => facts?.has("wraps") === true;

/** What stands for something else in gradients, which are made by now. */
export const dropWrapper: Rule = {
  name: "drop-wrapper",
  law: "copy(x) -> x, and so for the wrappers that steer gradients",
  ops: [
    ...elementwiseNames.filter((name) => wraps(elementwiseOps[name])),
    derivedAsOp.name,
    customVjpOp.name,
  ],
  rewrite: ({ inputs: [x] }) => x!,
};

const dropPrint: Rule = {
  name: "drop-print",
  law: "print(x) -> x, where nothing reports: functions have taken out what they report",
  ops: [printOp.name],
  rewrite: ({ inputs: [x] }) => x!,
};

const assertKnown: Rule = {
  name: "assert-known",
  law: "assert(x, true) -> x",
  ops: [assertOp.name],
  rewrite: ({ inputs: [x, condition] }) => isNumber(condition!, 1) ? x! : null,
};

/** Takes out all checks. */
export const dropAssert: Rule = {
  name: "drop-assert",
  law: 'assert(x, c) -> x, only in a mode with including: ["drop-assert"]',
  ops: [assertOp.name],
  isOptional: true,
  mayHideError: true,
  rewrite: ({ inputs: [x] }) => x!,
};

/** The rules of this file. */
export const castRules: readonly Rule[] = [
  rule(
    { name: "cast-same", law: "cast(x, dtype of x) -> x" },
    ...[cast, bitcast].map((op) =>
      op(x).to(x, (match) => match.of(x).dtype === match.output.dtype)
    ),
  ),
  castCast,
  bitcastBitcast,
  dropWrapper,
  dropPrint,
  assertKnown,
  rule(
    { name: "parts-of-real", law: "real(x) -> x, conj(x) -> x, imag(x) -> 0 for real numbers" },
    real(noComplex).to(noComplex),
    conj(noComplex).to(noComplex),
    imag(noComplex).to(0),
  ),
  rule(
    "parts-of-complex",
    real(complex(x, y)).to(x),
    imag(complex(x, y)).to(y),
    complex(real(z), imag(z)).to(z),
  ),
  rule(
    { name: "round-integers", law: "floor(cast(i)) -> cast(i) for integers, and other roundings" },
    ...[floor, ceil, trunc, round, roundHalfAway].map((op) => op(cast(i)).to(i)),
  ),
  rule("conj-conj", conj(conj(z)).to(z)),
];

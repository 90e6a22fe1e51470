/**
 * Rows of the elementwise table: comparisons, logic, bits, tests and choice.
 *
 * @module
 */

import { dtypeInfo } from "../../graph/dtype.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import { type ComparePrim, isFloatType, type SNode } from "../../ir/scalar.ts";
import { opaqueSize, type Size } from "../../ir/size.ts";
import { chosen } from "../common/elements.ts";
import { compareElements, toComplex, truth } from "./complex_elements.ts";
import { complexOf } from "./complex_reference.ts";
import type { ElementwiseRow } from "./op.ts";
import { bits, choice, equality, integers, order } from "./rules.ts";

/** The rows. */
export const logicRows = {
  eq: {
    ...comparison("eq", (x, y) => x === y),
    printing: { infix: "==" },
    dtypes: equality,
    complexReference: ([x, y]) => complexOf(Number(x!.re === y!.re && x!.im === y!.im)),
    complex: (b, [x, y]) => compareElements(b, "eq", toComplex(b, x!), toComplex(b, y!)),
    facts: ["commutative"],
    size: (context, [x, y]) => Number(context.guards.equal(x!, y!)),
  },
  neq: {
    ...comparison("ne", (x, y) => x !== y),
    printing: { infix: "!=" },
    dtypes: equality,
    complexReference: ([x, y]) => complexOf(Number(x!.re !== y!.re || x!.im !== y!.im)),
    complex: (b, [x, y]) => compareElements(b, "ne", toComplex(b, x!), toComplex(b, y!)),
    facts: ["commutative"],
    size: (context, [x, y]) => Number(!context.guards.equal(x!, y!)),
  },
  lt: {
    ...comparison("lt", (x, y) => x < y),
    printing: { infix: "<" },
    size: (context, [x, y]) => Number(context.guards.less(x!, y!)),
  },
  le: {
    ...comparison("le", (x, y) => x <= y),
    printing: { infix: "<=" },
    size: (context, [x, y]) => Number(!context.guards.less(y!, x!)),
  },
  gt: {
    ...comparison("gt", (x, y) => x > y),
    printing: { infix: ">" },
    size: (context, [x, y]) => Number(context.guards.less(y!, x!)),
  },
  ge: {
    ...comparison("ge", (x, y) => x >= y),
    printing: { infix: ">=" },
    size: (context, [x, y]) => Number(!context.guards.less(x!, y!)),
  },
  and: {
    arity: 2,
    printing: { infix: "&" },
    dtypes: bits,
    int: ([x, y]) => x! & y!,
    scalar: (b, [x, y]) => b.binary("and", x!, y!),
    cost: 1,
    facts: ["commutative", "idempotent"],
    size: (_context, args) => bitSize("and", args, (x, y) => x! & y!),
  },
  or: {
    arity: 2,
    printing: { infix: "|" },
    dtypes: bits,
    int: ([x, y]) => x! | y!,
    scalar: (b, [x, y]) => b.binary("or", x!, y!),
    cost: 1,
    facts: ["commutative", "idempotent"],
    size: (_context, args) => bitSize("or", args, (x, y) => x! | y!),
  },
  xor: {
    arity: 2,
    printing: { infix: "^" },
    dtypes: bits,
    int: ([x, y]) => x! ^ y!,
    scalar: (b, [x, y]) => b.binary("xor", x!, y!),
    cost: 1,
    facts: ["commutative"],
    size: (_context, args) => bitSize("xor", args, (x, y) => x! ^ y!),
  },
  invert: {
    arity: 1,
    printing: { formula: ([x]) => `(~${x})` },
    dtypes: bits,
    int: ([x], { output }) => output === "bool" ? 1n - x! : ~x!,
    scalar: (b, [x]) => b.unary("not", x!),
    cost: 1,
  },
  leftShift: {
    arity: 2,
    printing: { infix: "<<" },
    dtypes: integers,
    int: ([x, y], { output }) => {
      const width = BigInt(8 * dtypeInfo(output).bytes);
      return y! < 0n || y! >= width ? 0n : x! << y!;
    },
    scalar: (b, [x, y]) =>
      b.select(shiftsOut(b, y!), b.constant(x!.type, 0), b.binary("shl", x!, y!)),
    cost: 2,
  },
  rightShift: {
    arity: 2,
    printing: { infix: ">>" },
    dtypes: integers,
    int: ([x, y], { output }) => {
      const width = BigInt(8 * dtypeInfo(output).bytes);
      return y! < 0n || y! >= width ? (x! < 0n ? -1n : 0n) : x! >> y!;
    },
    scalar: (b, [x, y]) => {
      const zero = b.constant(x!.type, 0);
      const isSigned = x!.type === "i32" || x!.type === "i64";
      const out = isSigned
        ? b.select(b.compare("lt", x!, zero), b.constant(x!.type, -1), zero)
        : zero;
      return b.select(shiftsOut(b, y!), out, b.binary("shr", x!, y!));
    },
    cost: 3,
  },
  isnan: {
    ...test((x) => Number.isNaN(x), 0n),
    scalar: (b, [x]) => isFloatType(x!.type) ? b.isNan(x!) : b.constant("bool", false),
    complex: (b, [x]) => {
      const { re, im } = toComplex(b, x!);
      return b.binary("or", b.isNan(re), b.isNan(im));
    },
  },
  isinf: {
    ...test((x) => x === Infinity || x === -Infinity, 0n),
    scalar: (b, [x]) => isFloatType(x!.type) ? b.isInf(x!) : b.constant("bool", false),
    complex: (b, [x]) => {
      const { re, im } = toComplex(b, x!);
      return b.binary("or", b.isInf(re), b.isInf(im));
    },
  },
  isfinite: {
    ...test(Number.isFinite, 1n),
    complexReference: ([x]) => complexOf(Number(Number.isFinite(x!.re) && Number.isFinite(x!.im))),
    scalar: (b, [x]) => isFloatType(x!.type) ? isFinite(b, x!) : b.constant("bool", true),
    complex: (b, [x]) => {
      const { re, im } = toComplex(b, x!);
      return b.binary("and", isFinite(b, re), isFinite(b, im));
    },
  },
  switch: {
    linear: [[1, 2]],
    arity: 3,
    dtypes: choice,
    float: ([c, x, y]) => c !== 0 ? x! : y!,
    int: ([c, x, y]) => c !== 0n ? x! : y!,
    complexReference: ([c, x, y]) => c!.re !== 0 || c!.im !== 0 ? x! : y!,
    scalar: (b, [c, x, y]) => b.select(c!, x!, y!),
    complex: (b, [c, x, y]) => chosen(b, truth(b, c!), toComplex(b, x!), toComplex(b, y!)),
    cost: 1,
    size: (context, [c, x, y]) => context.guards.equal(c!, 0) ? y! : x!,
  },
} satisfies Record<string, ElementwiseRow>;

function comparison(
  prim: ComparePrim,
  holds: (x: number | bigint, y: number | bigint) => boolean,
): ElementwiseRow {
  return {
    arity: 2,
    dtypes: order,
    float: ([x, y]) => Number(holds(x!, y!)),
    int: ([x, y]) => BigInt(holds(x!, y!)),
    scalar: (b, [x, y]) => compare(b, prim, x!, y!),
    cost: 1,
  };
}

/**
 * Comparisons of bools go through i32: not every machine orders bools. A negative number is less
 * than every unsigned one.
 */
function compare(b: ScalarBuilder, prim: ComparePrim, x: SNode, y: SNode): SNode {
  if (x.type !== y.type) {
    const signed = x.type === "i64" ? x : y;
    const holding = x === signed ? ["lt", "le"] : ["gt", "ge"];
    const ifNegative = prim === "ne" || holding.includes(prim);
    return b.select(
      b.compare("lt", signed, b.constant("i64", 0)),
      b.constant("bool", ifNegative),
      b.compare(prim, b.cast(x, "u64"), b.cast(y, "u64")),
    );
  }
  if (x.type !== "bool" || prim === "eq" || prim === "ne") return b.compare(prim, x, y);
  return b.compare(prim, b.cast(x, "i32"), b.cast(y, "i32"));
}

function test(holds: (x: number) => boolean, ofIntegers: bigint): ElementwiseRow {
  return {
    arity: 1,
    dtypes: (_name, inputs) => ({ compute: inputs, output: "bool" }),
    float: ([x]) => Number(holds(x!)),
    int: () => ofIntegers,
    complexReference: ([x]) => complexOf(Number(holds(x!.re) || holds(x!.im))),
    scalar: (b) => b.constant("bool", ofIntegers),
    cost: 2,
    size: () => Number(ofIntegers),
  };
}

function isFinite(b: ScalarBuilder, x: SNode): SNode {
  return b.unary("not", b.binary("or", b.isNan(x), b.isInf(x)));
}

/** Whether a shift amount is negative or at least the width. */
function shiftsOut(b: ScalarBuilder, amount: SNode): SNode {
  const wide = amount.type === "i64" || amount.type === "u64";
  const unsigned = wide ? b.bitcast(amount, "u64") : b.bitcast(amount, "u32");
  return b.compare("ge", unsigned, b.constant(unsigned.type, wide ? 64 : 32));
}

function bitSize(
  name: string,
  sizes: readonly Size[],
  f: (...values: bigint[]) => bigint,
): Size {
  return opaqueSize(name, sizes, (...values) => Number(f(...values.map(BigInt))));
}

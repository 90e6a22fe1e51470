/**
 * Rows of the elementwise table: arithmetic and rounding, which need nothing but the primitives.
 *
 * @module
 */

import type { ShapeContext } from "../../graph/op.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import { nearest } from "../../ir/fold.ts";
import { isFloatType, type SNode } from "../../ir/scalar.ts";
import { addSize, floorDivSize, modSize, mulSize, type Size, subSize } from "../../ir/size.ts";
import { minus, partwise, plus } from "../common/elements.ts";
import {
  absElement,
  divElements,
  mulElements,
  sqrtElement,
  toComplex,
} from "./complex_elements.ts";
import {
  absComplex,
  addComplex,
  complexOf,
  divComplex,
  mulComplex,
  sqrtComplex,
  subComplex,
} from "./complex_reference.ts";
import type { ElementwiseRow } from "./op.ts";
import { fields, floats, magnitudes, numbers, reals, words } from "./rules.ts";

/** The rows. */
export const arithmeticRows = {
  neg: {
    arity: 1,
    printing: { formula: ([x]) => `(-${x})` },
    linear: [[0]],
    dtypes: numbers,
    float: ([x]) => -x!,
    int: ([x]) => -x!,
    complexReference: ([x]) => complexOf(-x!.re, -x!.im),
    scalar: (b, [x]) => b.unary("neg", x!),
    complex: (b, [x]) => partwise(toComplex(b, x!), (part) => b.unary("neg", part)),
    cost: 1,
    size: (_context, [x]) => mulSize(x!, -1),
  },
  abs: {
    arity: 1,
    printing: { formula: ([x]) => `|${x}|` },
    dtypes: magnitudes,
    float: ([x]) => Math.abs(x!),
    int: ([x]) => x! < 0n ? -x! : x!,
    complexReference: ([x]) => complexOf(absComplex(x!)),
    scalar: (b, [x]) => x!.type === "u32" || x!.type === "u64" ? x! : b.unary("abs", x!),
    complex: (b, [x]) => absElement(b, toComplex(b, x!)),
    cost: 1,
    facts: ["notNegative"],
    size: (context, [x]) => context.guards.less(x!, 0) ? mulSize(x!, -1) : x!,
  },
  sign: {
    arity: 1,
    dtypes: reals,
    float: ([x]) => Math.sign(x!),
    int: ([x]) => x! > 0n ? 1n : x! < 0n ? -1n : 0n,
    scalar: sign,
    cost: 2,
    facts: ["odd"],
    size: (context, [x]) => context.guards.less(x!, 0) ? -1 : context.guards.less(0, x!) ? 1 : 0,
  },
  floor: {
    arity: 1,
    dtypes: floats,
    float: ([x]) => Math.floor(x!),
    scalar: (b, [x]) => b.unary("floor", x!),
    cost: 1,
    facts: ["rounding"],
  },
  ceil: {
    arity: 1,
    dtypes: floats,
    float: ([x]) => Math.ceil(x!),
    scalar: (b, [x]) => b.unary("ceil", x!),
    cost: 1,
    facts: ["rounding"],
  },
  trunc: {
    arity: 1,
    dtypes: floats,
    float: ([x]) => Math.trunc(x!),
    scalar: (b, [x]) => b.unary("trunc", x!),
    cost: 1,
    facts: ["rounding"],
  },
  round: {
    arity: 1,
    dtypes: floats,
    float: ([x]) => nearest(x!),
    scalar: (b, [x]) => b.unary("nearest", x!),
    cost: 1,
    facts: ["rounding"],
  },
  roundHalfAway: {
    arity: 1,
    dtypes: floats,
    float: ([x]) => roundHalfAway(x!),
    scalar: (b, [x]) => {
      const whole = b.unary("trunc", x!), one = b.constant(x!.type, 1);
      const far = b.compare("ge", b.unary("abs", b.sub(x!, whole)), b.constant(x!.type, 0.5));
      const step = b.select(b.compare("lt", x!, b.constant(x!.type, 0)), b.unary("neg", one), one);
      return b.select(far, b.add(whole, step), whole);
    },
    cost: 4,
    facts: ["rounding"],
  },
  sqrt: {
    arity: 1,
    dtypes: fields,
    float: ([x]) => Math.sqrt(x!),
    complexReference: ([x]) => sqrtComplex(x!),
    scalar: (b, [x]) => b.unary("sqrt", x!),
    complex: (b, [x]) => sqrtElement(b, toComplex(b, x!)),
    cost: 4,
    facts: ["notNegative"],
  },
  sqr: {
    arity: 1,
    dtypes: numbers,
    float: ([x]) => x! * x!,
    int: ([x]) => x! * x!,
    complexReference: ([x]) => mulComplex(x!, x!),
    scalar: (b, [x]) => b.mul(x!, x!),
    complex: (b, [x]) => mulElements(b, toComplex(b, x!), toComplex(b, x!)),
    cost: 1,
    size: (_context, [x]) => mulSize(x!, x!),
    facts: ["notNegative", "keepsNotNegative"],
  },
  reciprocal: {
    arity: 1,
    facts: ["divides"],
    dtypes: fields,
    float: ([x]) => 1 / x!,
    complexReference: ([x]) => divComplex(complexOf(1), x!),
    scalar: (b, [x]) => b.div(b.constant(x!.type, 1), x!),
    complex: (b, [x]) => {
      const z = toComplex(b, x!);
      return divElements(b, toComplex(b, b.constant(z.re.type, 1)), z);
    },
    cost: 3,
  },
  add: {
    arity: 2,
    printing: { infix: "+" },
    linear: [[0, 1]],
    dtypes: numbers,
    float: ([x, y]) => x! + y!,
    int: ([x, y]) => x! + y!,
    complexReference: ([x, y]) => addComplex(x!, y!),
    scalar: (b, [x, y]) => b.add(x!, y!),
    complex: (b, [x, y]) => plus(b, toComplex(b, x!), toComplex(b, y!)),
    cost: 1,
    facts: ["keepsNotNegative", "commutative"],
    size: (_context, [x, y]) => addSize(x!, y!),
  },
  sub: {
    arity: 2,
    printing: { infix: "-" },
    linear: [[0, 1]],
    dtypes: numbers,
    float: ([x, y]) => x! - y!,
    int: ([x, y]) => x! - y!,
    complexReference: ([x, y]) => subComplex(x!, y!),
    scalar: (b, [x, y]) => b.sub(x!, y!),
    complex: (b, [x, y]) => minus(b, toComplex(b, x!), toComplex(b, y!)),
    cost: 1,
    size: (_context, [x, y]) => subSize(x!, y!),
  },
  mul: {
    arity: 2,
    printing: { infix: "*" },
    linear: [[0], [1]],
    dtypes: numbers,
    float: ([x, y]) => x! * y!,
    int: ([x, y]) => x! * y!,
    complexReference: ([x, y]) => mulComplex(x!, y!),
    scalar: (b, [x, y]) => b.mul(x!, y!),
    complex: (b, [x, y]) => mulElements(b, toComplex(b, x!), toComplex(b, y!)),
    cost: 1,
    facts: ["keepsNotNegative", "commutative"],
    size: (_context, [x, y]) => mulSize(x!, y!),
  },
  div: {
    arity: 2,
    facts: ["divides"],
    printing: { infix: "/" },
    linear: [[0]],
    dtypes: fields,
    float: ([x, y]) => x! / y!,
    complexReference: ([x, y]) => divComplex(x!, y!),
    scalar: (b, [x, y]) => b.div(x!, y!),
    complex: (b, [x, y]) => divElements(b, toComplex(b, x!), toComplex(b, y!)),
    cost: 3,
  },
  intDiv: {
    arity: 2,
    printing: { infix: "//" },
    dtypes: reals,
    float: ([x, y]) => floorDivide(x!, y!),
    int: ([x, y]) => y === 0n ? 0n : (x! - floorMod(x!, y!)) / y!,
    scalar: (b, [x, y]) => isFloatType(x!.type) ? floorDivideFloat(b, x!, y!) : intDiv(b, x!, y!),
    cost: 6,
    facts: ["keepsNotNegative"],
    size: (_context, [x, y]) => floorDivSize(x!, y!),
  },
  mod: {
    arity: 2,
    printing: { infix: "%" },
    dtypes: reals,
    float: ([x, y]) => floatMod(x!, y!),
    int: ([x, y]) => y === 0n ? 0n : floorMod(x!, y!),
    scalar: (b, [x, y]) => isFloatType(x!.type) ? modFloat(b, x!, y!) : modInteger(b, x!, y!),
    cost: 6,
    size: (_context, [x, y]) => modSize(x!, y!),
  },
  maximum: {
    arity: 2,
    dtypes: reals,
    float: ([x, y]) => Math.max(x!, y!),
    int: ([x, y]) => x! > y! ? x! : y!,
    scalar: (b, [x, y]) => b.binary("max", x!, y!),
    cost: 1,
    facts: ["keepsNotNegative", "commutative", "idempotent"],
    size: (context, [x, y]) => context.guards.max(x!, y!),
  },
  minimum: {
    arity: 2,
    dtypes: reals,
    float: ([x, y]) => Math.min(x!, y!),
    int: ([x, y]) => x! < y! ? x! : y!,
    scalar: (b, [x, y]) => b.binary("min", x!, y!),
    cost: 1,
    facts: ["keepsNotNegative", "commutative", "idempotent"],
    size: (context, [x, y]) => context.guards.min(x!, y!),
  },
  clip: {
    arity: 3,
    dtypes: reals,
    float: ([x, lo, hi]) => x! < lo! ? lo! : x! > hi! ? hi! : x!,
    int: ([x, lo, hi]) => x! < lo! ? lo! : x! > hi! ? hi! : x!,
    scalar: (b, [x, lo, hi]) => {
      const above = b.select(b.compare("gt", x!, hi!), hi!, x!);
      return b.select(b.compare("lt", x!, lo!), lo!, above);
    },
    cost: 2,
    size: clipSize,
  },
  mulhi: {
    arity: 2,
    dtypes: words,
    int: ([x, y], { output }) => (x! * y!) >> (output.endsWith("64") ? 64n : 32n),
    scalar: (b, [x, y]) => b.binary("mulhi", x!, y!),
    cost: 2,
    facts: ["commutative"],
  },
} satisfies Record<string, ElementwiseRow>;

function sign(b: ScalarBuilder, [x]: readonly SNode[]): SNode {
  const zero = b.constant(x!.type, 0), one = b.constant(x!.type, 1);
  const positive = b.compare("gt", x!, zero);
  if (x!.type === "u32" || x!.type === "u64") return b.select(positive, one, zero);
  // Zeros and NaN, which compare false twice, are kept as they are.
  const negative = b.compare("lt", x!, zero);
  return b.select(positive, one, b.select(negative, b.constant(x!.type, -1), x!));
}

/** The nearest integer; ties away from zero. */
function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/** The remainder with the sign of `y`; y must not be 0. */
function floorMod(x: bigint, y: bigint): bigint {
  const r = x % y;
  return r !== 0n && (r < 0n) !== (y < 0n) ? r + y : r;
}

function floatMod(x: number, y: number): number {
  const r = x % y;
  if (r === 0) return y < 0 ? -0 : 0;
  return (r < 0) !== (y < 0) ? r + y : r;
}

/** floor(x / y) as NumPy defines it: consistent with the remainder, so that 1 // 0.1 is 9. */
function floorDivide(x: number, y: number): number {
  if (y === 0) return x / y;
  const r = x % y;
  const quotient = (x - r) / y - (r !== 0 && (r < 0) !== (y < 0) ? 1 : 0);
  if (quotient === 0) return x === 0 ? x / y : 0;
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

function modFloat(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const zero = b.constant(x.type, 0);
  const r = b.binary("rem", x, y);
  const negative = b.compare("lt", y, zero);
  const other = b.compare("ne", b.compare("lt", r, zero), negative);
  const moved = b.select(other, b.add(r, y), r);
  const none = b.select(negative, b.constant(x.type, -0), zero);
  return b.select(b.compare("eq", r, zero), none, moved);
}

function floorDivideFloat(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const zero = b.constant(x.type, 0), one = b.constant(x.type, 1);
  const r = b.binary("rem", x, y);
  const other = b.compare("ne", b.compare("lt", r, zero), b.compare("lt", y, zero));
  const lower = b.binary("and", b.compare("ne", r, zero), other);
  const exact = b.div(b.sub(x, r), y);
  const quotient = b.select(lower, b.sub(exact, one), exact);
  const whole = b.unary("floor", quotient);
  const far = b.compare("gt", b.sub(quotient, whole), b.constant(x.type, 0.5));
  const value = b.select(far, b.add(whole, one), whole);
  // 0 has the sign of x / y.
  const signed = b.select(b.compare("eq", value, zero), zero, value);
  const plain = b.binary("or", b.compare("eq", y, zero), b.compare("eq", x, zero));
  return b.select(plain, b.div(x, y), signed);
}

/** Whether the truncated remainder `r` has to be moved by `y` to have its sign. */
function crosses(b: ScalarBuilder, r: SNode, y: SNode): SNode {
  const zero = b.constant(r.type, 0);
  const opposite = b.compare("lt", b.binary("xor", r, y), zero);
  return b.binary("and", b.compare("ne", r, zero), opposite);
}

function modInteger(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const r = b.binary("rem", x, y);
  if (x.type === "u32" || x.type === "u64") return r;
  return b.select(crosses(b, r, y), b.add(r, y), r);
}

function intDiv(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const quotient = b.div(x, y);
  if (x.type === "u32" || x.type === "u64") return quotient;
  const crossed = crosses(b, b.binary("rem", x, y), y);
  return b.select(crossed, b.sub(quotient, b.constant(x.type, 1)), quotient);
}

function clipSize(context: ShapeContext, [x, lo, hi]: readonly Size[]): Size {
  if (context.guards.less(x!, lo!)) return lo!;
  return context.guards.less(hi!, x!) ? hi! : x!;
}

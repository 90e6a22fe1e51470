/**
 * The primitives of kernels as StableHLO: a row for each, of whole tensors.
 *
 * @module
 */

import type { Prim, PrimNode, ScalarType } from "../core/ir/scalar.ts";
import type { BinaryName, Block, Comparison, Hlo, UnaryName } from "./text/block.ts";
import {
  bitsOf,
  comparedAs,
  elementOfScalar,
  type ElementType,
  isFloatElement,
} from "./text/types.ts";

/** Writes a primitive of arguments of one shape. */
type PrimRow = (block: Block, args: readonly Hlo[], node: PrimNode) => Hlo;

const unary = (op: UnaryName): PrimRow => (block, [x]) => block.unary(op, x!);
const binary = (op: BinaryName, ofBools: BinaryName = op): PrimRow => (block, [x, y]) =>
  block.binary(x!.type === "i1" ? ofBools : op, x!, y!);
const compare = (how: Comparison): PrimRow => (block, [x, y]) => block.compare(how, x!, y!);
/** Of integers there is nothing to round. */
const rounding = (op: UnaryName): PrimRow => (block, [x]) =>
  isFloatElement(x!.type) ? block.unary(op, x!) : x!;

const isUnsigned = ({ type }: Hlo): boolean => comparedAs(type) === "UNSIGNED";

/** The rows. */
export const primitives: Readonly<Record<Prim, PrimRow>> = {
  neg: unary("negate"),
  abs: unary("abs"),
  not: unary("not"),
  sqrt: unary("sqrt"),
  floor: rounding("floor"),
  ceil: rounding("ceil"),
  nearest: rounding("round_nearest_even"),
  trunc: (block, [x]) =>
    isFloatElement(x!.type)
      ? block.select(
        block.compare("LT", x!, block.constant(x!.type, x!.shape, 0)),
        block.unary("ceil", x!),
        block.unary("floor", x!),
      )
      : x!,
  add: binary("add", "or"),
  sub: binary("subtract"),
  mul: binary("multiply", "and"),
  min: binary("minimum", "and"),
  max: binary("maximum", "or"),
  and: binary("and"),
  or: binary("or"),
  xor: binary("xor"),
  div: (block, [x, y], node) =>
    isFloatElement(x!.type)
      ? block.binary("divide", x!, y!)
      : divided(block, "divide", x!, y!, node),
  rem: (block, [x, y], node) =>
    isFloatElement(x!.type)
      ? block.binary("remainder", x!, y!)
      : divided(block, "remainder", x!, y!, node),
  shl: (block, [x, y], node) => block.binary("shift_left", x!, amount(block, y!, node)),
  shr: (block, [x, y], node) =>
    block.binary(
      isUnsigned(x!) ? "shift_right_logical" : "shift_right_arithmetic",
      x!,
      amount(block, y!, node),
    ),
  mulhi: (block, [x, y]) =>
    bitsOf(x!.type) === 32 ? highOf32(block, x!, y!) : highOf64(block, x!, y!),
  eq: compare("EQ"),
  ne: compare("NE"),
  lt: compare("LT"),
  le: compare("LE"),
  gt: compare("GT"),
  ge: compare("GE"),
  madd: (block, [x, y, z]) => block.binary("add", block.binary("multiply", x!, y!), z!),
  select: (block, [condition, x, y]) => block.select(condition!, x!, y!),
  cast: (block, [x], { type }) => cast(block, x!, type),
  bitcast: (block, [x], { type }) => block.bitcast(x!, elementOfScalar(type)),
};

/** A division of integers: by 0 it gives 0, and the least by -1 itself. */
function divided(
  block: Block,
  op: "divide" | "remainder",
  x: Hlo,
  y: Hlo,
  { args: [, by] }: PrimNode,
): Hlo {
  if (by!.op === "const" && Number(by!.value) > 0) return block.binary(op, x, y);
  const { type, shape } = x, number = (n: number) => block.constant(type, shape, n);
  const isZero = block.compare("EQ", y, number(0));
  if (isUnsigned(x)) {
    const safe = block.select(isZero, number(1), y);
    return block.select(isZero, number(0), block.binary(op, x, safe));
  }
  const isMinus = block.compare("EQ", y, number(-1));
  const safe = block.select(block.binary("or", isZero, isMinus), number(1), y);
  const byMinus = op === "divide" ? block.unary("negate", x) : number(0);
  const rest = block.select(isMinus, byMinus, block.binary(op, x, safe));
  return block.select(isZero, number(0), rest);
}

/** How far to shift: modulo the width. */
function amount(block: Block, by: Hlo, { args: [, given] }: PrimNode): Hlo {
  const width = bitsOf(by.type);
  if (given!.op === "const" && given!.value >= 0 && given!.value < width) return by;
  return block.binary("and", by, block.constant(by.type, by.shape, width - 1));
}

function highOf32(block: Block, x: Hlo, y: Hlo): Hlo {
  const wide: ElementType = isUnsigned(x) ? "ui64" : "i64";
  const product = block.binary("multiply", block.convert(x, wide), block.convert(y, wide));
  const by = block.constant(wide, x.shape, 32);
  const shift = isUnsigned(x) ? "shift_right_logical" : "shift_right_arithmetic";
  return block.convert(block.binary(shift, product, by), x.type);
}

/** From the products of the halves. */
function highOf64(block: Block, x: Hlo, y: Hlo): Hlo {
  const { shape } = x, a = block.convert(x, "ui64"), b = block.convert(y, "ui64");
  const half = block.constant("ui64", shape, 32), mask = block.constant("ui64", shape, 0xffffffff);
  const low = (z: Hlo) => block.binary("and", z, mask);
  const high = (z: Hlo) => block.binary("shift_right_logical", z, half);
  const times = (p: Hlo, q: Hlo) => block.binary("multiply", p, q);
  const plus = (p: Hlo, q: Hlo) => block.binary("add", p, q);
  const [a0, a1, b0, b1] = [low(a), high(a), low(b), high(b)];
  const middle = plus(times(a1, b0), high(times(a0, b0)));
  const other = plus(times(a0, b1), low(middle));
  const unsigned = plus(plus(times(a1, b1), high(middle)), high(other));
  if (isUnsigned(x)) return unsigned;
  // A negative factor counts 2^64 too much.
  const none = block.constant("i64", shape, 0);
  const ifNegative = (z: Hlo, lost: Hlo) => block.select(block.compare("LT", z, none), lost, none);
  const excess = block.binary("add", ifNegative(x, y), ifNegative(y, x));
  return block.binary("subtract", block.convert(unsigned, "i64"), excess);
}

/** Limits of integers that floats are brought into: the least, and the first above. */
const ranges: Readonly<Record<"i32" | "u32" | "i64" | "u64", readonly [bigint, bigint]>> = {
  i32: [-(2n ** 31n), 2n ** 31n],
  u32: [0n, 2n ** 32n],
  i64: [-(2n ** 63n), 2n ** 63n],
  u64: [0n, 2n ** 64n],
};

/** Conversion of the value; floats saturate as integers, and NaN is 0. */
function cast(block: Block, x: Hlo, to: ScalarType): Hlo {
  const { shape } = x;
  if (to === "bool") return block.compare("NE", x, block.constant(x.type, shape, 0));
  const type = elementOfScalar(to);
  if (to === "f32" || to === "f64" || !isFloatElement(x.type)) return block.convert(x, type);
  const [least, end] = ranges[to];
  const low = block.compare("LE", x, block.constant(x.type, shape, Number(least)));
  const high = block.compare("GE", x, block.constant(x.type, shape, Number(end)));
  const isNumber = block.compare("EQ", x, x);
  const zero = block.constant(x.type, shape, 0);
  const inside = block.binary("and", isNumber, block.unary("not", block.binary("or", low, high)));
  const safe = block.convert(block.select(inside, x, zero), type);
  const raised = block.select(low, block.constant(type, shape, least), safe);
  return block.select(high, block.constant(type, shape, end - 1n), raised);
}

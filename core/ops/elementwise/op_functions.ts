/**
 * Rows of the elementwise table: functions that the kernel's mathematics library computes.
 *
 * @module
 */

import { realOf } from "../../graph/dtype.ts";
import type { ComplexElement, Element } from "../../graph/op.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import { kernels } from "../common/kernels.ts";
import type * as math from "../../math/mod.ts";
import { isFloatType, type SNode } from "../../ir/scalar.ts";
import { opaqueSize } from "../../ir/size.ts";
import { toComplex } from "./complex_elements.ts";
import type * as elements from "./complex_functions.ts";
import * as reference from "./complex_reference.ts";
import type { ElementwiseRow } from "./op.ts";
import { fields, floats, numbers } from "./rules.ts";
import * as special from "./special_reference.ts";

/** Names of what a module has of a kind. */
type NamesOf<M, F> = { [K in keyof M]: M[K] extends F ? K : never }[keyof M];

type ScalarName = NamesOf<typeof math, (b: ScalarBuilder, x: SNode) => SNode>;
type ElementName = NamesOf<
  typeof elements,
  (b: ScalarBuilder, z: ComplexElement) => ComplexElement
>;

/** The row of a real function of one argument, by its name in kernels; `extra` overrides parts of it. */
function realFunction(
  float: (x: number) => number,
  scalar: ScalarName,
  cost: number,
  extra: Partial<ElementwiseRow> = {},
): ElementwiseRow {
  return {
    arity: 1,
    dtypes: floats,
    float: ([x]) => float(x!),
    scalar: (b, [x]) => kernels.get().math[scalar](b, x!),
    cost,
    ...extra,
  };
}

/** What makes a function one of complex numbers, too. */
function complex(
  plain: (z: reference.Complex) => reference.Complex,
  kernel: ElementName,
): Pick<ElementwiseRow, "dtypes" | "complexReference" | "complex"> {
  return {
    dtypes: fields,
    complexReference: ([z]) => plain(z!),
    complex: (b: ScalarBuilder, [z]: readonly Element[]) =>
      kernels.get().elements[kernel](b, toComplex(b, z!)),
  };
}

/** The rows. */
export const functionRows = {
  exp: realFunction(Math.exp, "exp", 10, {
    ...complex(reference.expComplex, "expElement"),
    facts: ["saturates", "notNegative", "rising"],
  }),
  exp2: realFunction((x) => 2 ** x, "exp2", 10, {
    facts: ["saturates", "notNegative", "rising"],
  }),
  expm1: realFunction(Math.expm1, "expm1", 14, { facts: ["saturates", "rising"] }),
  log: realFunction(Math.log, "log", 12, {
    ...complex(reference.logComplex, "logElement"),
    facts: ["logarithm"],
  }),
  log2: realFunction(Math.log2, "log2", 12, { facts: ["logarithm"] }),
  log10: realFunction(Math.log10, "log10", 12, { facts: ["logarithm"] }),
  log1p: realFunction(Math.log1p, "log1p", 14, { facts: ["logarithm"] }),
  sin: realFunction(Math.sin, "sin", 36, {
    ...complex(reference.sinComplex, "sinElement"),
    facts: ["odd"],
  }),
  cos: realFunction(Math.cos, "cos", 36, {
    ...complex(reference.cosComplex, "cosElement"),
    facts: ["even"],
  }),
  tan: realFunction(Math.tan, "tan", 40, { facts: ["odd"] }),
  asin: realFunction(Math.asin, "asin", 16, { facts: ["odd"] }),
  acos: realFunction(Math.acos, "acos", 16),
  atan: realFunction(Math.atan, "atan", 16, { facts: ["odd", "rising"] }),
  sinh: realFunction(Math.sinh, "sinh", 16, {
    ...complex(reference.sinhComplex, "sinhElement"),
    facts: ["saturates", "odd"],
  }),
  cosh: realFunction(Math.cosh, "cosh", 14, {
    ...complex(reference.coshComplex, "coshElement"),
    facts: ["saturates", "notNegative", "even"],
  }),
  tanh: realFunction(Math.tanh, "tanh", 14, {
    ...complex(reference.tanhComplex, "tanhElement"),
    facts: ["saturates", "odd", "rising"],
  }),
  asinh: realFunction(Math.asinh, "asinh", 18, { facts: ["odd", "rising"] }),
  acosh: realFunction(Math.acosh, "acosh", 18),
  atanh: realFunction(Math.atanh, "atanh", 18, { facts: ["odd"] }),
  sigmoid: realFunction(special.sigmoid, "sigmoid", 14, {
    facts: ["saturates", "notNegative", "rising"],
  }),
  softplus: realFunction(special.softplus, "softplus", 24, {
    facts: ["saturates", "notNegative", "rising"],
  }),
  logaddexp: {
    arity: 2,
    dtypes: floats,
    float: ([x, y]) => special.logaddexp(x!, y!),
    scalar: (b, [x, y]) => kernels.get().math.logaddexp(b, x!, y!),
    cost: 28,
  },
  logdiffexp: {
    arity: 2,
    facts: ["logarithm"],
    dtypes: floats,
    float: ([x, y]) => special.logdiffexp(x!, y!),
    scalar: (b, [x, y]) => kernels.get().math.logdiffexp(b, x!, y!),
    cost: 54,
  },
  log1mexp: realFunction(special.log1mexp, "log1mexp", 50, { facts: ["logarithm"] }),
  pow: {
    arity: 2,
    facts: ["saturates"],
    printing: { infix: "**" },
    dtypes: numbers,
    float: ([x, y]) => special.pow(x!, y!),
    int: ([x, y]) => integerPower(x!, y!),
    complexReference: ([x, y]) => reference.powComplex(x!, y!),
    scalar: (b, [x, y]) =>
      isFloatType(x!.type) ? kernels.get().math.pow(b, x!, y!) : intPow(b, x!, y!),
    complex: (b, [x, y]) =>
      kernels.get().elements.powElement(b, toComplex(b, x!), toComplex(b, y!)),
    cost: 30,
    size: (_context, args) =>
      opaqueSize("pow", args, (x, y) => Number(integerPower(BigInt(x!), BigInt(y!)))),
  },
  atan2: {
    arity: 2,
    dtypes: floats,
    float: ([y, x]) => Math.atan2(y!, x!),
    scalar: (b, [y, x]) => kernels.get().math.atan2(b, y!, x!),
    cost: 24,
  },
  angle: {
    arity: 1,
    dtypes: (name, inputs) => {
      const { compute, output } = fields(name, inputs);
      return { compute, output: realOf(output) };
    },
    float: ([x]) => Number.isNaN(x) ? NaN : isNegative(x!) ? Math.PI : 0,
    complexReference: ([z]) => reference.complexOf(reference.angleComplex(z!)),
    scalar: (b, [x]) => kernels.get().math.atan2(b, b.constant(x!.type, 0), x!),
    complex: (b, [z]) => kernels.get().elements.angleElement(b, toComplex(b, z!)),
    cost: 24,
  },

  erf: realFunction(special.erf, "erf", 24, { facts: ["saturates", "odd"] }),
  erfc: realFunction(special.erfc, "erfc", 30, { facts: ["saturates", "notNegative"] }),
  erfinv: realFunction(special.erfinv, "erfinv", 40),
  erfcinv: realFunction(special.erfcinv, "erfcinv", 40),
  gamma: realFunction(special.gamma, "gamma", 50),
  gammaln: realFunction(special.gammaln, "lgamma", 50),
  digamma: realFunction(special.digamma, "digamma", 50),
  trigamma: realFunction(special.trigamma, "trigamma", 50),
} satisfies Record<string, ElementwiseRow>;

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

/** x^y exactly up to wrapping at 64 bits; a negative power is the truncated reciprocal, 0 ** -1 is 0. */
function integerPower(x: bigint, y: bigint): bigint {
  if (y < 0n) return x === 1n ? 1n : x === -1n ? (y % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n, factor = x;
  for (let rest = y; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(128, result * factor);
    factor = BigInt.asIntN(128, factor * factor);
  }
  return result;
}

/** Integer power by squaring over the bits of the exponent; constant bits fold away. */
function intPow(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const type = x.type, zero = b.constant(type, 0), one = b.constant(type, 1);
  const isSigned = type === "i32" || type === "i64";
  const width = type === "i64" || type === "u64" ? 64 : 32;
  const top = y.op === "const" ? BigInt.asUintN(width, BigInt(y.value)) : 1n << BigInt(width - 1);
  let result = one, factor = x;
  for (let bit = 0; (top >> BigInt(bit)) > 0n; bit++) {
    const mask = b.constant(type, BigInt.asIntN(width, 1n << BigInt(bit)));
    const isSet = b.compare("ne", b.binary("and", y, mask), zero);
    result = b.select(isSet, result === one ? factor : b.mul(result, factor), result);
    if (top >> BigInt(bit + 1) > 0n) factor = b.mul(factor, factor);
  }
  if (!isSigned) return result;
  const isOdd = b.compare("ne", b.binary("and", y, one), zero);
  const minus = b.constant(type, -1);
  const fromMinus = b.select(b.compare("eq", x, minus), b.select(isOdd, minus, one), zero);
  const inverse = b.select(b.compare("eq", x, one), one, fromMinus);
  return b.select(b.compare("lt", y, zero), inverse, result);
}

/**
 * Rows of the elementwise table: conversions, parts of complex numbers, and the wrappers that only
 * gradients take notice of.
 *
 * @module
 */

import {
  type DType,
  dtypeInfo,
  isComplex,
  isDiscrete,
  isFloat,
  realOf,
} from "../../graph/dtype.ts";
import { f16round } from "../../base/float16.ts";
import { type ComplexElement, type Element, isComplexElement } from "../../graph/op.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import { castValue, foldPrim } from "../../ir/fold.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import { opaqueSize } from "../../ir/size.ts";
import { partwise } from "../common/elements.ts";
import { toComplex, truth } from "./complex_elements.ts";
import { complexOf } from "./complex_reference.ts";
import type { ElementwiseRow } from "./op.ts";
import { type DTypes, pairs, parts, same, wrongDType } from "./rules.ts";

/** Params of `cast` and `bitcast`. */
export interface CastParams {
  /** The dtype of the result. */
  readonly dtype: DType;
}

/** Params of `gradScale`. */
export interface GradScaleParams {
  /** What the gradient is multiplied by. */
  readonly factor: number;
}

/** Params of `gradClip`. */
export interface GradClipParams {
  /** Least gradient that is passed on. */
  readonly lower: number;
  /** Greatest gradient that is passed on. */
  readonly upper: number;
}

const castRow: ElementwiseRow<CastParams> = {
  arity: 1,
  params: { dtype: "plain" },
  linear: ({ dtype }) => isDiscrete(dtype) ? [] : [[0]],
  dtypes: castDTypes,
  float: ([x], { output }) => castNumber(x!, output),
  int: ([x], { compute, output }) => castInteger(x!, compute[0]!, output),
  complexReference: ([z], { output }) => {
    if (output === "bool") return complexOf(Number(z!.re !== 0 || z!.im !== 0));
    const part = realOf(output);
    return complexOf(Number(castNumber(z!.re, part)), Number(castNumber(z!.im, part)));
  },
  scalar: (b, [x], { dtype }) => castElement(b, x!, dtype),
  facts: ["arranges"],
  converts: true,
  printing: { label: ({ params: { dtype } }) => `Cast{${dtype}}` },
  complex: (b, [x], { dtype }) => {
    if (dtype === "bool") return truth(b, x!);
    return partwise(toComplex(b, x!), (part) => b.cast(part, scalarTypeOf(dtype)));
  },
  cost: 1,
  size: (context, [x], { dtype }) => {
    if (dtype === "bool") return Number(!context.guards.equal(x!, 0));
    if (!isDiscrete(dtype) || dtypeInfo(dtype).bytes >= 4) return x!;
    return opaqueSize(dtype, [x!], (n) => dtypeInfo(dtype).array(1).fill(n as never)[0] as number);
  },
};

const bitcastRow: ElementwiseRow<CastParams> = {
  arity: 1,
  params: { dtype: "plain" },
  dtypes: bitcastDTypes,
  float: ([x], dtypes) => bitcastNumber(x!, dtypes),
  int: ([x], dtypes) => bitcastNumber(x!, dtypes),
  scalar: (b, [x], { dtype }) => {
    const type = scalarTypeOf(dtype);
    return dtypeInfo(dtype).bytes < 4 ? b.cast(x!, type) : b.bitcast(x!, type);
  },
  cost: 0,
};

// JSON has no infinities, so the keys are made here.
const gradScaleRow: ElementwiseRow<GradScaleParams> = {
  ...identity(),
  facts: ["wraps"],
  params: { factor: "plain" },
  key: ({ factor }) => String(factor),
};

const gradClipRow: ElementwiseRow<GradClipParams> = {
  ...identity(),
  facts: ["wraps"],
  params: { lower: "plain", upper: "plain" },
  key: ({ lower, upper }) => `${lower},${upper}`,
};

/** The rows. */
export const convertRows = {
  cast: castRow as ElementwiseRow,
  bitcast: bitcastRow as ElementwiseRow,
  real: {
    ...identity(),
    view: false,
    dtypes: parts,
    complexReference: ([z]) => complexOf(z!.re),
    complex: (b, [z]) => toComplex(b, z!).re,
  },
  imag: {
    arity: 1,
    linear: [[0]],
    dtypes: parts,
    float: () => 0,
    int: () => 0n,
    complexReference: ([z]) => complexOf(z!.im),
    scalar: (b, [x]) => b.constant(x!.type, 0),
    complex: (b, [z]) => toComplex(b, z!).im,
    cost: 0,
  },
  conj: {
    ...identity(),
    view: false,
    complexReference: ([z]) => complexOf(z!.re, -z!.im),
    complex: (b, [z]) => {
      const { re, im } = toComplex(b, z!);
      return { re, im: b.unary("neg", im) };
    },
  },
  complex: {
    arity: 2,
    linear: [[0, 1]],
    dtypes: pairs,
    complexReference: ([re, im]) => complexOf(re!.re, im!.re),
    scalar: (_b, [re]) => re!,
    complex: (_b, [re, im]): ComplexElement => ({ re: realPart(re!), im: realPart(im!) }),
    cost: 0,
  },
  copy: { ...identity(), facts: ["moves", "wraps"] },
  zeroGrad: { ...identity(), facts: ["wraps"] },
  disconnectedGrad: { ...identity(), facts: ["wraps"] },
  undefinedGrad: { ...identity(), facts: ["wraps"] },
  // A mark for rewrites: an exponent less the greatest, so that it is at most 0 where it counts.
  shifted: identity(),
  // A constant that rewrites take for anything else until stable forms are found.
  held: identity(),
  gradScale: gradScaleRow as ElementwiseRow,
  gradClip: gradClipRow as ElementwiseRow,
} satisfies Record<string, ElementwiseRow>;

function identity(): ElementwiseRow {
  return {
    arity: 1,
    linear: [[0]],
    dtypes: same,
    float: ([x]) => x!,
    int: ([x]) => x!,
    complexReference: ([z]) => z!,
    scalar: (_b, [x]) => x!,
    complex: (_b, [x]) => x!,
    cost: 0,
    view: true,
    size: (_context, [x]) => x!,
  };
}

function realPart(element: Element): SNode {
  return isComplexElement(element) ? element.re : element;
}

function castDTypes(_name: string, [from]: readonly DType[], { dtype }: CastParams): DTypes {
  dtypeInfo(dtype);
  if (isComplex(from!) && !isComplex(dtype) && dtype !== "bool") {
    throw new TypeError(
      `Cannot cast ${from} to ${dtype}: expected a complex dtype or bool (take real, imag or abs first)`,
    );
  }
  return { compute: [from!], output: dtype };
}

/** Converts a reference number, with the rounding and saturation that kernels have. */
function castNumber(x: number, dtype: DType): number | bigint {
  if (dtype === "float16") return f16round(x);
  return castValue("f64", scalarTypeOf(dtype), x);
}

function castInteger(x: bigint, from: DType, to: DType): number | bigint {
  if (to === "bool") return BigInt(x !== 0n);
  if (!isFloat(to)) return x;
  const wide = dtypeInfo(from).bytes === 8;
  const value = castValue(scalarTypeOf(from), scalarTypeOf(to), wide ? x : Number(x));
  return to === "float16" ? f16round(Number(value)) : value;
}

function castElement(b: ScalarBuilder, x: SNode, dtype: DType): SNode {
  const value = b.cast(x, scalarTypeOf(dtype));
  return dtype === "float16" ? roundToHalf(b, value) : value;
}

/** An f32 rounded to the nearest float16, ties to even; kernels compute float16 in f32. */
function roundToHalf(b: ScalarBuilder, x: SNode): SNode {
  const u32 = (value: number) => b.constant("u32", value);
  const bits = b.bitcast(x, "u32");
  const size = b.binary("and", bits, u32(0x7fffffff));
  const odd = b.binary("and", b.binary("shr", size, u32(13)), u32(1));
  const up = b.add(b.add(size, u32(0x0fff)), odd);
  const kept = b.binary("and", up, u32(0xffffe000));
  const infinity = u32(0x7f800000);
  const large = b.compare("ge", kept, u32(0x47800000));
  const normal = b.bitcast(b.select(large, infinity, kept), "f32");
  // Below 2^-14 the spacing is 2^-24 throughout.
  const steps = b.unary("nearest", b.mul(b.unary("abs", x), b.constant("f32", 2 ** 24)));
  const small = b.mul(steps, b.constant("f32", 2 ** -24));
  const value = b.select(b.compare("lt", size, u32(0x38800000)), small, normal);
  const sign = b.binary("and", bits, u32(0x80000000));
  const signed = b.bitcast(b.binary("or", b.bitcast(value, "u32"), sign), "f32");
  return b.select(b.compare("gt", size, infinity), x, signed);
}

function bitcastDTypes(name: string, inputs: readonly DType[], { dtype }: CastParams): DTypes {
  const from = inputs[0]!;
  const bad = (d: DType) => d === "bool" || d === "float16" || isComplex(d);
  if (bad(from) || bad(dtype) || dtypeInfo(from).bytes !== dtypeInfo(dtype).bytes) {
    throw wrongDType(name, [from, dtype], "two dtypes of one width, not bool, float16 or complex");
  }
  return { compute: [from], output: dtype };
}

function bitcastNumber(x: number | bigint, { compute, output }: DTypes): number | bigint {
  const from = scalarTypeOf(compute[0]!), to = scalarTypeOf(output);
  if (dtypeInfo(output).bytes < 4) return x;
  const value = from === "i64" || from === "u64" ? x : Number(x);
  return foldPrim("bitcast", to, from, [value]);
}

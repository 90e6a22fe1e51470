/**
 * The ops that draw: raw words, uniforms and normals from the state of a generator, and the state after
 * a draw.
 *
 * A state is four words: the key and a 64-bit number that counts draws. Block `b` of a draw is
 * Philox(counter = [b, 0, draws low, draws high], key). Element order is that of the printed kernel: with
 * `p` values in a block and `n` full blocks, value `v` of block `b` is element `v * n + b`, and what
 * remains comes from block `n`. So the same state and size give the same numbers on every device.
 *
 * @module
 */

import type { LoopNestBuilder, Op } from "../graph/op.ts";
import { sizeOf, type Value, valueData } from "../graph/value.ts";
import { type Ix, type ScalarBuilder, sizeIx } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { addSize, floorDivSize, mulSize, productSize, type Size, subSize } from "../ir/size.ts";
import { TensorType } from "../graph/type.ts";
import type { Variable } from "../graph/graph.ts";
import { circle } from "./circle.ts";
import { type FourWords, hostWords, kernelWords, philox } from "./philox.ts";
import { kernels } from "../ops/common/kernels.ts";
import { lengthsNamed } from "../ops/common/length_rules.ts";

/** What is made of the words. */
export type DrawKind =
  /** Words as they are (uint32). */
  | "bits"
  /** Floats uniform in [0, 1): 24 bits for float32, 53 for float64. */
  | "uniform"
  /** Standard normals, by Box and Muller's method. */
  | "normal";

/** Parameters of a draw. */
export interface DrawParams {
  readonly kind: DrawKind;
  readonly dtype: "uint32" | "float32" | "float64";
}

/** Values that one block of four words gives. */
export function perBlock(params: DrawParams): number {
  return params.dtype === "float64" ? 2 : 4;
}

/** 2^-24 and 2^-53. */
const ULP24 = 2 ** -24, ULP53 = 2 ** -53;

/** Uniform number `lane` of a block, on the host. */
export function hostUniform(
  dtype: DrawParams["dtype"],
  words: FourWords<number>,
  lane: number,
): number {
  if (dtype !== "float64") return (words[lane]! >>> 8) * ULP24;
  return ((words[2 * lane]! >>> 5) * 67108864 + (words[2 * lane + 1]! >>> 6)) * ULP53;
}

/** The same in a kernel. */
export function kernelUniform(
  b: ScalarBuilder,
  dtype: DrawParams["dtype"],
  words: FourWords<SNode>,
  lane: number,
): SNode {
  const type = dtype === "float64" ? "f64" : "f32";
  const shifted = (word: SNode, by: number): SNode =>
    // The value is below 2^31: a signed conversion gives the same and is cheaper.
    b.cast(b.bitcast(b.binary("shr", word, b.constant("u32", by)), "i32"), type);
  if (type === "f32") return b.mul(shifted(words[lane]!, 8), b.constant("f32", ULP24));
  const high = b.mul(shifted(words[2 * lane]!, 5), b.constant("f64", 67108864));
  return b.mul(b.add(high, shifted(words[2 * lane + 1]!, 6)), b.constant("f64", ULP53));
}

/** The values of one block, on the host. */
function hostValues(params: DrawParams, words: FourWords<number>): number[] {
  if (params.kind === "bits") return [...words];
  const { dtype } = params;
  const uniforms = lanes(params).map((lane) => hostUniform(dtype, words, lane));
  if (params.kind === "uniform") return uniforms;
  const normals: number[] = [];
  for (let i = 0; i < uniforms.length; i += 2) {
    normals.push(...hostNormals(uniforms[i]!, uniforms[i + 1]!));
  }
  return normals;
}

/** Two normals from two uniforms. */
export function hostNormals(u: number, v: number): [number, number] {
  // 1 - u lies in (0, 1], so that its logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - u));
  // From the nearest quarter of the circle on, so that values near zero keep their digits.
  const quarters = Math.round(4 * v), angle = 2 * Math.PI * (v - quarters / 4);
  const x = radius * Math.cos(angle), y = radius * Math.sin(angle);
  const turned: [number, number][] = [[x, y], [-y, x], [-x, -y], [y, -x]];
  return turned[quarters % 4]!;
}

/** The same in a kernel. */
export function kernelNormals(b: ScalarBuilder, u: SNode, v: SNode): [SNode, SNode] {
  const number = (x: number) => b.constant(u.type, x);
  const inside = b.mul(number(-2), kernels.get().math.log(b, b.sub(number(1), u)));
  // A tiny negative rounding error must not reach the root.
  const radius = b.unary("sqrt", b.binary("max", inside, number(0)));
  const { cos, sin } = circle(b, v);
  return [b.mul(radius, cos), b.mul(radius, sin)];
}

/** The values of one block, in a kernel. */
export function kernelValues(
  b: ScalarBuilder,
  params: DrawParams,
  words: FourWords<SNode>,
): SNode[] {
  if (params.kind === "bits") return [...words];
  const uniforms = lanes(params).map((lane) => kernelUniform(b, params.dtype, words, lane));
  if (params.kind === "uniform") return uniforms;
  const normals: SNode[] = [];
  for (let i = 0; i < uniforms.length; i += 2) {
    normals.push(...kernelNormals(b, uniforms[i]!, uniforms[i + 1]!));
  }
  return normals;
}

function lanes(params: DrawParams): number[] {
  return Array.from({ length: perBlock(params) }, (_, lane) => lane);
}

/** Draws a tensor. Inputs: the state (uint32[4]) and the axis lengths. */
export const drawOp: Op<DrawParams> = {
  name: "draw",
  params: { kind: "plain", dtype: "plain" },
  facts: new Set(["opaque", "draws"]),
  indexFrom: 1,

  infer(inputs, params) {
    const [state, ...dims] = inputs as [Variable, ...Variable[]];
    if (state.dtype !== "uint32" || state.ndim !== 1) {
      throw new TypeError(`Cannot draw: expected the state of a generator, got ${state.type}`);
    }
    const known = dims.map((dim) => "value" in dim ? Number((dim.value as Value).data[0]) : null);
    return [TensorType.of(params.dtype, known)];
  },

  shapes(context, apply) {
    const shape = apply.inputs.slice(1).map((dim) => context.integer(dim));
    shape.forEach((size) => {
      if (context.guards.less(size, 0)) {
        throw new RangeError('Cannot draw: an axis length of "size" is negative');
      }
    });
    return [shape];
  },

  lengths: lengthsNamed(),
  evaluate(inputs, params) {
    const state = inputs[0]!.data;
    const shape = inputs.slice(1).map((dim) => Number(dim.data[0]));
    const total = sizeOf(shape), per = perBlock(params), blocks = Math.floor(total / per);
    const data = valueData(params.dtype, total);
    const word = (i: number) => Number(state[i]!);
    const block = (i: number): number[] =>
      hostValues(
        params,
        philox(hostWords, [i >>> 0, 0, word(2), word(3)], [word(0), word(1)]),
      );
    for (let i = 0; i < blocks; i++) {
      block(i).forEach((value, v) => data[v * blocks + i] = value);
    }
    const rest = total - per * blocks;
    if (rest > 0) {
      block(blocks).slice(0, rest).forEach((value, v) => data[per * blocks + v] = value);
    }
    return [{ dtype: params.dtype, shape, data }];
  },

  lowering: {
    kind: "emit",
    emit(context, apply) {
      const { params } = apply;
      const target = context.output(0);
      const flat = { ...target, shape: [productSize(target.shape)] };
      const total = productSize(target.shape), per = perBlock(params);
      const blocks = floorDivSize(total, per);
      const rest = subSize(total, mulSize(blocks, per));
      const store = (
        count: Size,
        block: (nest: LoopNestBuilder) => Ix,
        place: (v: number, at: Ix) => Ix,
        whole: boolean,
      ) => {
        context.nest(`draw ${params.kind}`, [count], [], (nest) => {
          const at = block(nest);
          const word = (i: number) => nest.readReal(apply.inputs[0]!, [sizeIx(i)]);
          const { b } = nest;
          const counter = b.bitcast(b.ixNode(at), "u32");
          const words = philox(
            kernelWords(b),
            [counter, b.constant("u32", 0), word(2), word(3)],
            [word(0), word(1)],
          );
          const values = kernelValues(b, params, words);
          values.forEach((value, v) => {
            const index = place(v, at);
            const inside = whole ? undefined : b.compare("lt", b.constant("i32", v), b.size(rest));
            nest.storeOuter(flat, [index], value, inside);
          });
        });
      };
      store(
        blocks,
        (nest) => nest.axes[0]!,
        (v, at) => ({ ...at, offset: addSize(at.offset, mulSize(blocks, v)) }),
        true,
      );
      if (!context.guards.equal(rest, 0)) {
        const end = mulSize(blocks, per);
        store(1, () => sizeIx(blocks), (v) => sizeIx(addSize(end, v)), false);
      }
    },
  },
};

/** The state of a generator after one draw: its 64-bit count of draws is one more. */
export const advanceOp: Op = {
  name: "advance",
  facts: new Set(["opaque"]),

  infer(inputs) {
    return [inputs[0]!.type];
  },

  shapes(context, apply) {
    return [context.shape(apply.inputs[0]!)];
  },

  evaluate(inputs) {
    const state = inputs[0]!;
    const data = state.data.slice() as Float64Array;
    data[2] = (data[2]! + 1) % 2 ** 32;
    if (data[2] === 0) data[3] = (data[3]! + 1) % 2 ** 32;
    return [{ ...state, data }];
  },

  lowering: {
    kind: "virtual",
    cost: 6,
    element(context, apply, index) {
      const { b } = context;
      const state = apply.inputs[0]!;
      const read = (ix: Ix) => context.readReal(state, [ix]);
      const one = b.constant("u32", 1), none = b.constant("u32", 0);
      const at = b.ixNode(index[0]!);
      const carry = b.compare("eq", b.add(read(sizeIx(2)), one), none);
      const step = b.select(
        b.compare("eq", at, b.constant("i32", 2)),
        one,
        b.select(
          b.binary("and", b.compare("eq", at, b.constant("i32", 3)), carry),
          one,
          none,
        ),
      );
      return b.add(read(index[0]!), step);
    },
  },
};

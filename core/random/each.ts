/**
 * The op that draws one number for each position and round, so that it can be part of any kernel and
 * take no memory.
 *
 * @module
 */

import type { Op } from "../graph/op.ts";
import type { SNode } from "../ir/scalar.ts";
import { elementwiseOp } from "../ops/elementwise/op.ts";
import { hostNormals, hostUniform, kernelNormals, kernelUniform } from "./draw.ts";
import { hostWords, kernelWords, philox } from "./philox.ts";

/** Parameters of `drawEachOp`. */
export interface EachParams {
  readonly kind: "bits" | "uniform" | "normal";
  readonly dtype: "uint32" | "float32" | "float64";
  /** Which of the numbers of one position and round. Normal `s` is made of uniforms 2s and 2s + 1. */
  readonly slot: number;
}

/** Blocks of a round. */
const BLOCKS = 4;

/** The block of a slot within its round, and the number within the block. */
function place({ kind, slot, dtype }: EachParams): { block: number; lane: number } {
  const per = dtype === "float64" ? 2 : 4, first = kind === "normal" ? 2 * slot : slot;
  return { block: Math.floor(first / per), lane: first % per };
}

/**
 * One number for each position: words of Philox(counter = [position, 1 + 4 * round + block, draws low,
 * draws high], key). Inputs, all uint32: position, round, and the four words of the state.
 */
export const drawEachOp: Op<EachParams> = elementwiseOp<EachParams>("drawEach", {
  arity: 6,
  params: { kind: "plain", dtype: "plain", slot: "plain" },
  dtypes: (_name, inputs, { dtype }) => ({ compute: inputs.map(() => "uint32"), output: dtype }),
  int([position, round, ...state], _dtypes, params) {
    const { block, lane } = place(params);
    const [k0, k1, low, high] = state.map(Number) as [number, number, number, number];
    const second = (1 + BLOCKS * Number(round) + block) >>> 0;
    const words = philox(hostWords, [Number(position), second, low, high], [k0, k1]);
    if (params.kind === "bits") return words[lane]!;
    const u = hostUniform(params.dtype, words, lane);
    return params.kind === "uniform"
      ? u
      : hostNormals(u, hostUniform(params.dtype, words, lane + 1))[0];
  },
  scalar(b, args, params): SNode {
    const [position, round, k0, k1, low, high] = args as [
      SNode,
      SNode,
      SNode,
      SNode,
      SNode,
      SNode,
    ];
    const { block, lane } = place(params);
    const second = b.add(
      b.mul(round, b.constant("u32", BLOCKS)),
      b.constant("u32", 1 + block),
    );
    const words = philox(kernelWords(b), [position, second, low, high], [k0, k1]);
    if (params.kind === "bits") return words[lane]!;
    const u = kernelUniform(b, params.dtype, words, lane);
    return params.kind === "uniform"
      ? u
      : kernelNormals(b, u, kernelUniform(b, params.dtype, words, lane + 1))[0];
  },
  cost: 60,
});

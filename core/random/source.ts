/**
 * What distributions are made of: numbers from the state of one generator.
 *
 * @module
 */

import { makeConstant, outputOf, type Variable } from "../graph/graph.ts";
import { intConstant } from "../ops/common/arguments.ts";
import { castTo } from "../ops/common/build.ts";
import { mul } from "../ops/elementwise/elementwise.ts";
import { index } from "../ops/index/indexing.ts";
import { arange } from "../ops/create/ranges.ts";
import { reshaped } from "../ops/shape/reshape_op.ts";
import { argmax } from "../ops/reduce/reduce.ts";
import { type DrawKind, drawOp, type DrawParams } from "./draw.ts";
import { drawEachOp, type EachParams } from "./each.ts";

/** Draws one number, the same for the same slot. */
export type SlotDraw = (kind: EachParams["kind"], slot: number) => Variable;

/** A proposal of rejection sampling. */
export interface Proposal {
  readonly value: Variable;
  /** A bool of the same shape. */
  readonly accepted: Variable;
}

/**
 * The numbers of one random variable. `all` gives a whole tensor at once; `each` gives numbers that
 * become part of the kernels that use them, and that can be drawn in rounds.
 */
export class Source {
  readonly #position: Variable;
  readonly #words: readonly Variable[];

  constructor(
    /** uint32[4] */
    readonly state: Variable,
    /** Axis lengths of the draw. */
    readonly dims: readonly Variable[],
    readonly dtype: "float32" | "float64",
  ) {
    this.#words = [0, 1, 2, 3].map((i) => index(state, [i]));
    this.#position = dims.length === 0
      ? makeConstant({ dtype: "uint32", shape: [], data: Float64Array.of(0) })
      : reshaped(
        castTo(arange(dims.reduce((a, b) => mul(a, b)), { dtype: "int32" }), "uint32"),
        dims,
      );
  }

  /** A tensor of the shape of the draw, the fastest way. */
  all(kind: Exclude<DrawKind, "bits">): Variable {
    return outputOf<DrawParams>(drawOp, [this.state, ...this.dims], { kind, dtype: this.dtype });
  }

  /** Random words of that shape. */
  bits(): Variable {
    return outputOf<DrawParams>(drawOp, [this.state, ...this.dims], {
      kind: "bits",
      dtype: "uint32",
    });
  }

  /** One number for each element. `round` is a uint32 variable that broadcasts against the draw. */
  each(kind: EachParams["kind"], slot: number, round: number | Variable = 0): Variable {
    const at = typeof round === "number"
      ? makeConstant({ dtype: "uint32", shape: [], data: Float64Array.of(round) })
      : round;
    const dtype = kind === "bits" ? "uint32" : this.dtype;
    return outputOf<EachParams>(
      drawEachOp,
      [this.#position, at, ...this.#words],
      { kind, dtype, slot },
    );
  }

  /** Rounds from `first` on along a new axis in front of the draw. */
  rounds(count: number | Variable, first = 0): Variable {
    const ones = this.dims.map(() => intConstant(1));
    const length = typeof count === "number" ? intConstant(count) : count;
    const stop = first === 0
      ? arange(length, { dtype: "int32" })
      : arange(first, first + (count as number), { dtype: "int32" });
    return reshaped(castTo(stop, "uint32"), [length, ...ones]);
  }

  /**
   * The first accepted proposal of `count` rounds, for each element on its own: all rounds are made, and
   * the one that counts is made again. If none is accepted it is the first one; choose `count` such that
   * this never happens in practice.
   */
  firstAccepted(count: number, first: number, propose: (draw: SlotDraw) => Proposal): Variable {
    const rounds = this.rounds(count, first);
    const { accepted } = propose((kind, slot) => this.each(kind, slot, rounds));
    const chosen = castTo(argmax(castTo(accepted, "int32"), 0), "uint32");
    const round = first === 0 ? chosen : chosen.add(first);
    return propose((kind, slot) => this.each(kind, slot, round)).value;
  }
}

/**
 * Shapes: lengths found without computing anything, moves of axes that come to nothing, and stretching
 * as late as possible.
 *
 * @module
 */

import {
  LONG_VECTOR,
  saidOf,
  type ShapeIParams,
  type SpecifyShapeParams,
} from "../../ops/shape/shape_ops.ts";
import { applyOp, type Variable } from "../../graph/graph.ts";
import { staticInt } from "../../ops/common/arguments.ts";
import { stretched } from "../../ops/shape/broadcast_to_op.ts";
import { castTo } from "../../ops/common/build.ts";
import type { PatternItem } from "../../ops/shape/dimshuffle.ts";
import { type DimshuffleParams, shuffled } from "../../ops/shape/dimshuffle_op.ts";
import { jointLengthOf } from "../../ops/shape/joint_length.ts";
import type { JoinParams } from "../../ops/shape/join.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { isNotNegative, jointLength, lengthVariable } from "../../ops/common/length_rules.ts";
import type { Length } from "../../graph/op.ts";
import { reshaped } from "../../ops/shape/reshape_op.ts";
import { elementwiseOps } from "../../ops/elementwise/table.ts";
import { namesLengthOf } from "./indexing_rules.ts";
import { applied, applyAgain, inShape, numberOf, sameLengths, sameShape, under } from "../match.ts";
import { losesCheck, positionsIn } from "./in_range.ts";
import type { Rewritten, Rule } from "../rule.ts";
import { unpadded } from "../algebra/factors.ts";

const lengthKnown: Rule = {
  name: "length-known",
  law: "length of (x + y) -> length of x, where that is the same for sure",
  ops: ["shapeI"],
  mayHideError: true,
  rewrite(apply): Rewritten {
    const { axis } = apply.params as ShapeIParams;
    const length = lengthsOf(apply.inputs[0]!)[axis]!;
    return length === apply.output ? null : castTo(lengthVariable(length), "int64");
  },
};

const jointLengths: Rule = {
  name: "joint-length-known",
  law: "joint length of n, 1 and n -> n",
  ops: ["jointLength"],
  rewrite(apply): Rewritten {
    const lengths = apply.inputs.filter((n) => staticInt(n) !== 1);
    if (lengths.length === 0) return lengthVariable(1);
    const made = castTo(jointLengthOf(lengths), "int64");
    return made === apply.output ? null : made;
  },
};

const dimshuffleChain: Rule = {
  name: "dimshuffle-chain",
  law: "moving axes twice -> moving them once, not moving them -> x",
  ops: ["dimshuffle"],
  rewrite(apply): Rewritten {
    const { pattern } = apply.params as DimshuffleParams, x = apply.inputs[0]!;
    const inner = applied(x, "dimshuffle");
    if (inner !== null) {
      const first = (inner.params as DimshuffleParams).pattern;
      return shuffled(inner.inputs[0]!, pattern.map((item) => item === "x" ? item : first[item]!));
    }
    const plain = shuffled(x, pattern);
    return plain === apply.output ? null : plain;
  },
};

/** A constant, or a scalar, that was stretched: what it was made from. */
function stretchedScalar(variable: Variable): Variable | null {
  const inner = under(variable, "broadcastTo");
  return inner !== null && inner.ndim === 0 ? inner : null;
}

const movedScalar: Rule = {
  name: "move-stretched-scalar",
  law: "a stretched scalar, moved or picked from -> the scalar stretched to the new shape",
  ops: ["dimshuffle", "reshape", "subtensor"],
  mayHideError: true,
  rewrite(apply, context): Rewritten {
    const scalar = stretchedScalar(apply.inputs[0]!);
    if (scalar === null || losesCheck(positionsIn(apply), context)) return null;
    const lengths = lengthsOf(apply.output);
    // A length that only the result itself can tell would lead back to it.
    if (lengths.some((n) => typeof n !== "number" && namesLengthOf(n, apply))) return null;
    return inShape(scalar, lengths);
  },
};

const fillToBroadcast: Rule = {
  name: "fill-to-broadcast",
  law: "fill(x, s) -> s stretched to the shape of x",
  ops: ["fill"],
  mayHideError: true,
  rewrite(apply): Rewritten {
    const [like, value] = apply.inputs as [Variable, Variable];
    return inShape(value, lengthsOf(like));
  },
};

const broadcastKnown: Rule = {
  name: "broadcast-known",
  law: "x stretched to a shape that it has -> x, stretched twice -> once",
  ops: ["broadcastTo"],
  rewrite(apply): Rewritten {
    const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
    if (sameShape(x, apply.output)) return x;
    const inner = under(x, "broadcastTo");
    if (inner !== null && stretchesOnly(inner, x, apply.output)) return stretched(inner, dims);
    const plain = unpadded(x);
    return plain === x ? null : stretched(plain, dims);
  },
};

/** Whether stretching `inner` to `middle` and then to `outer` checks no more than doing it at once. */
function stretchesOnly(inner: Variable, middle: Variable, outer: Variable): boolean {
  const [from, between, to] = [inner, middle, outer].map(lengthsOf) as [
    readonly Length[],
    readonly Length[],
    readonly Length[],
  ];
  return between.every((n, d) =>
    n === 1 || n === to[d + to.length - between.length] ||
    n === from[d + from.length - between.length]
  );
}

const dropPadding: Rule = {
  name: "drop-padding",
  law: "f(x with axes of length 1 in front, y) -> f(x, y)",
  ops: Object.values(elementwiseOps).filter(({ arity }) => arity > 1).map(({ name }) => name),
  rewrite(apply): Rewritten {
    const { output, inputs } = apply;
    const plain = inputs.map(unpadded);
    if (plain.every((v, i) => v === inputs[i])) return null;
    if (Math.max(...plain.map((v) => v.ndim)) < output.ndim) return null;
    return applyAgain(apply, plain);
  },
};

const dropStretch: Rule = {
  name: "drop-stretch",
  law: "f(x stretched to the shape of y, y) -> f(x, y)",
  ops: Object.values(elementwiseOps).filter(({ arity }) => arity > 1).map(({ name }) => name),
  rewrite(apply): Rewritten {
    const { output, inputs } = apply;
    let current: readonly Variable[] = inputs;
    const lengths = lengthsOf(output);
    inputs.forEach((input, i) => {
      const inner = under(input, "broadcastTo");
      if (inner === null) return;
      const tried = current.map((v, k) => k === i ? inner : v);
      if (Math.max(...tried.map(({ ndim }) => ndim)) < output.ndim) return;
      if (sameLengths(broadcastOf(tried, output.ndim), lengths)) current = tried;
    });
    return current === inputs ? null : applyAgain(apply, current);
  },
};

/** The lengths that variables broadcast to. */
function broadcastOf(variables: readonly Variable[], rank: number): Length[] {
  const all = variables.map(lengthsOf);
  return Array.from({ length: rank }, (_, d) => {
    const lengths = all.map((own) => own[d - rank + own.length] ?? 1);
    const numbers = new Set(lengths.filter((n) => typeof n === "number" && n !== 1));
    // A number beside a length that may turn out to be 1: the number is the type's.
    return numbers.size > 1 ? -1 : jointLength(lengths);
  });
}

const liftStretch: Rule = {
  name: "lift-stretch",
  law: "f(x stretched, 2) -> f(x, 2) stretched",
  ops: Object.keys(elementwiseOps),
  rewrite(apply): Rewritten {
    const { inputs, output } = apply;
    const outer = inputs.filter((input) => input.owner?.op.name === "broadcastTo");
    if (outer.length === 0) return null;
    const others = inputs.filter((input) => !outer.includes(input));
    if (others.some(({ ndim }) => ndim > 0)) return null;
    if (outer.some((input) => !sameShape(input, output))) return null;
    const inner = inputs.map((input) => outer.includes(input) ? input.owner!.inputs[0]! : input);
    const value = applyAgain(apply, inner);
    return inShape(value, lengthsOf(output));
  },
};

const reshapeChain: Rule = {
  name: "reshape-chain",
  law: "reshaping twice -> once, reshaping to the shape that x has -> x",
  ops: ["reshape"],
  mayHideError: true,
  rewrite(apply): Rewritten {
    const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
    if (sameShape(x, apply.output) && dims.every((dim) => isNotNegative(dim))) return x;
    const inner = applied(x, "reshape");
    // With no elements it matters what -1 is found from.
    const solved = dims.length === 1 || dims.every((dim) => isNotNegative(dim));
    if (inner !== null && solved) return reshaped(inner.inputs[0]!, dims);
    // Axes of length 1 that were put in do not matter.
    const shuffle = applied(x, "dimshuffle");
    if (shuffle !== null) {
      const { pattern } = shuffle.params as DimshuffleParams;
      const kept = pattern.filter((item) => item !== "x");
      const source = shuffle.inputs[0]!;
      if (kept.length === source.ndim && kept.every((item, i) => item === i)) {
        return reshaped(source, dims);
      }
    }
    const plain = reshaped(x, dims);
    return plain === apply.output ? null : plain;
  },
};

const reshapeOnes: Rule = {
  name: "reshape-ones",
  law: "reshaping that only puts axes of length 1 in or out -> moving axes",
  ops: ["reshape"],
  mayHideError: true,
  rewrite(apply): Rewritten {
    const x = apply.inputs[0]!;
    const from = lengthsOf(x), to = lengthsOf(apply.output);
    const left = from.flatMap((n, axis) => n === 1 ? [] : [axis]);
    const right = to.filter((n) => n !== 1);
    if (left.length !== right.length || left.some((axis, i) => from[axis] !== right[i])) {
      return null;
    }
    // Axes that are dropped must have length 1 by their type.
    if (x.type.shape.some((n, axis) => n !== 1 && !left.includes(axis))) return null;
    let next = 0;
    return shuffled(x, to.map((n): PatternItem => n === 1 ? "x" : left[next++]!));
  },
};

const specifyKnown: Rule = {
  name: "specify-known",
  law: "a promise of a shape that is known -> x",
  ops: ["specifyShape"],
  rewrite(apply): Rewritten {
    const [x, ...given] = apply.inputs as [Variable, ...Variable[]];
    const { shape } = apply.params as SpecifyShapeParams;
    const said = saidOf(shape, given);
    // The output has lengths that x has by its type, whatever is promised: these may be wrong.
    const isTold = shape.every((promise, axis) => {
      // How many rows there must be at least no type says.
      if (typeof promise === "object" && promise !== null) return false;
      const wanted = said[axis]!, have = x.type.shape[axis]!;
      return wanted === null || have === null || staticInt(wanted) === have;
    });
    return isTold && sameShape(x, apply.output) ? x : null;
  },
};

const joinOne: Rule = {
  name: "join-one",
  law: "join(x) -> x, join(x, nothing) -> x, join(join(x, y), z) -> join(x, y, z)",
  ops: ["join"],
  rewrite(apply): Rewritten {
    const { axis } = apply.params as JoinParams;
    if (apply.inputs.length === 1) return apply.inputs[0]!;
    const isEmpty = (v: Variable) =>
      v.type.shape[axis] === 0 &&
      v.type.shape.every((n, d) => d === axis || n !== null && n === apply.output.type.shape[d]);
    const parts = apply.inputs.flatMap((part) => {
      const inner = applied(part, "join");
      if (inner !== null && (inner.params as JoinParams).axis === axis) return [...inner.inputs];
      return [part];
    });
    const full = parts.filter((part) => !isEmpty(part));
    // What is left must show the other lengths, too.
    const shows = full.some((part) =>
      part.type.shape.every((n, d) => d === axis || n === apply.output.type.shape[d])
    );
    const kept = full.length === 0 ? parts.slice(0, 1) : shows ? full : parts;
    if (kept.length === apply.inputs.length) return null;
    return kept.length === 1 ? kept[0]! : applyAgain(apply, kept);
  },
};

const vectorOfElements: Rule = {
  name: "vector-of-elements",
  law: "[v[0], v[1], v[2]] -> v for a vector of three elements",
  ops: ["makeVector"],
  rewrite({ inputs, output }): Rewritten {
    const vector = inputs.length === 0 ? null : under(inputs[0]!, "subtensor");
    if (vector === null || vector.ndim !== 1 || vector.dtype !== output.dtype) return null;
    if (vector.type.shape[0] !== inputs.length) return null;
    const matches = inputs.every((input, i) => {
      const apply = applied(input, "subtensor");
      return apply !== null && apply.inputs[0] === vector && numberOf(apply.inputs[1]!) === i;
    });
    return matches ? vector : null;
  },
};

const joinVectors: Rule = {
  name: "join-scalars",
  law: "join([a], [b]) -> [a, b]",
  ops: ["join"],
  rewrite(apply): Rewritten {
    if (apply.output.ndim !== 1) return null;
    const parts = apply.inputs.map((input) => applied(input, "makeVector"));
    const scalars = parts.reduce((n, part) => n + (part?.inputs.length ?? 0), 0);
    if (scalars > LONG_VECTOR) return null;
    if (parts.some((part) => part === null)) return null;
    return applyOp(parts[0]!.op, parts.flatMap((part) => [...part!.inputs]), parts[0]!.params)
      .output;
  },
};

/** The rules of this file. */
export const shapeRules: readonly Rule[] = [
  lengthKnown,
  jointLengths,
  dimshuffleChain,
  movedScalar,
  fillToBroadcast,
  broadcastKnown,
  dropPadding,
  dropStretch,
  liftStretch,
  reshapeOnes,
  reshapeChain,
  specifyKnown,
  joinOne,
  joinVectors,
  vectorOfElements,
];

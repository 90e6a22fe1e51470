/**
 * Cases of the rules for shapes and reductions.
 *
 * @module
 */

import { outputOf, type Variable } from "../../../core/graph/graph.ts";
import { broadcastToOp } from "../../../core/ops/shape/broadcast_to_op.ts";
import type { PatternItem } from "../../../core/ops/shape/dimshuffle.ts";
import { dimshuffleOp } from "../../../core/ops/shape/dimshuffle_op.ts";
import { fillOp } from "../../../core/ops/create/fill.ts";
import { jointLengthOp } from "../../../core/ops/shape/joint_length.ts";
import { joinOp } from "../../../core/ops/shape/join.ts";
import { reduceOp, type ReduceParams } from "../../../core/ops/reduce/reduce_ops.ts";
import { reshapeOp } from "../../../core/ops/shape/reshape_op.ts";
import { makeVectorOp, shapeIOp, specifyShapeOp } from "../../../core/ops/shape/shape_ops.ts";
import { sumToOp } from "../../../core/ops/reduce/sum_to.ts";
import {
  type Cases,
  ew,
  fixed,
  i,
  joint,
  len,
  m,
  m23,
  num,
  row,
  s,
  T,
  t,
  v,
  w,
  x,
  x3,
  y,
} from "./cases.ts";

/** A vector beside x3. */
const y3 = fixed("y3", [3]);

function shuffle(of: Variable, ...pattern: PatternItem[]): Variable {
  return outputOf(dimshuffleOp, [of], { pattern });
}

function stretch(of: Variable, ...dims: Variable[]): Variable {
  return outputOf(broadcastToOp, [of, ...dims], {});
}

function int(value: number): Variable {
  return num(value, "int64");
}

function reduce(kind: ReduceParams["kind"], of: Variable, ...axes: number[]): Variable {
  const dtype = kind === "any" || kind === "all" ? "bool" : of.dtype;
  return outputOf<ReduceParams>(reduceOp, [of], { kind, axes, dtype });
}

function reshape(of: Variable, ...dims: Variable[]): Variable {
  return outputOf(reshapeOp, [of, ...dims], { ndim: dims.length });
}

function sumTo(of: Variable, axes: number[], ...dims: Variable[]): Variable {
  return outputOf(sumToOp, [of, ...dims], { axes });
}

/** By rule. */
export const shapeCases: Cases = {
  "length-known": {
    fires: [
      () => [outputOf(shapeIOp, [ew("exp", x)], { axis: 0 }), len(x)],
      () => [outputOf(shapeIOp, [ew("add", x, y)], { axis: 0 }), joint(x, y)],
      () => [outputOf(shapeIOp, [T.dot(m, v)], { axis: 1 }), len(v, 1)],
      () => [outputOf(shapeIOp, [x3], { axis: 0 }), int(3)],
      () => [outputOf(shapeIOp, [T.arange(len(x))], { axis: 0 }), len(x)],
    ],
    not: [() => len(x), () => outputOf(shapeIOp, [T.index(x, T.slice(1))], { axis: 0 })],
  },
  "joint-length-known": {
    fires: [
      () => [outputOf(jointLengthOp, [len(x), int(1), len(x)], {}), len(x)],
      () => [outputOf(jointLengthOp, [len(y), len(x)], {}), joint(x, y)],
      () => [outputOf(jointLengthOp, [int(1)], {}), int(1)],
    ],
    not: [() => joint(x, y)],
  },
  "dimshuffle-chain": {
    fires: [
      () => [shuffle(shuffle(m, 1, 0), 1, 0), m],
      () => [shuffle(shuffle(x, "x", 0), 1), x],
      () => [shuffle(shuffle(m, 1, "x", 0), 2, 0), m],
      () => [shuffle(m, 0, 1), m],
    ],
    not: [() => shuffle(m, 1, 0), () => shuffle(x, "x", 0)],
  },
  "move-stretched-scalar": {
    fires: [
      () => [shuffle(stretch(s, len(m), len(m, 1)), 1, 0), stretch(s, len(m, 1), len(m))],
      () => [reshape(stretch(s, int(2), int(3)), int(6)), stretch(s, int(6))],
      () => [T.index(stretch(s, int(2), len(x)), 1), stretch(s, len(x))],
      () => [T.index(stretch(s, int(2)), T.slice(1)), stretch(s, int(1))],
    ],
    not: [
      () => T.index(stretch(s, len(x), int(3)), 0),
      () => T.index(stretch(s, int(3)), 3),
      () => shuffle(stretch(x, len(m), len(x)), 1, 0),
      () => T.index(stretch(s, len(x)), T.slice(1, len(y))),
    ],
  },
  "fill-to-broadcast": {
    fires: [
      () => [outputOf(fillOp, [m, s], {}), stretch(s, len(m), len(m, 1))],
      () => [outputOf(fillOp, [T.sum(x), num(1)], {}), num(1)],
    ],
    not: [() => stretch(s, len(x))],
  },
  "broadcast-known": {
    fires: [
      () => [stretch(x, len(x)), x],
      () => [stretch(ew("exp", x), len(x)), ew("exp", x)],
      () => [stretch(stretch(s, len(x)), len(m), len(x)), stretch(s, len(m), len(x))],
      () => [stretch(shuffle(x, "x", 0), len(m), len(x)), stretch(x, len(m), len(x))],
    ],
    not: [
      () => stretch(x, len(y)),
      () => stretch(stretch(x, len(y)), len(m), len(m, 1)),
      () => stretch(shuffle(x, 0, "x"), len(x), len(m)),
    ],
  },
  "drop-padding": {
    fires: [() => [ew("add", m, shuffle(x, "x", 0)), ew("add", m, x)]],
    not: [() => ew("add", x, shuffle(y, "x", 0)), () => ew("add", m, shuffle(x, 0, "x"))],
  },
  "drop-stretch": {
    fires: [
      () => [ew("mul", x, stretch(s, len(x))), ew("mul", x, s)],
      () => [
        ew("mul", m23, stretch(fixed("r3", [1, 3]), int(2), int(3))),
        ew("mul", m23, fixed("r3", [1, 3])),
      ],
      () => [ew("add", x, stretch(y, joint(x, y))), ew("add", x, y)],
    ],
    not: [() => ew("mul", s, stretch(x, len(y))), () => ew("mul", x, stretch(s, len(y)))],
  },
  "lift-stretch": {
    fires: [
      () => [ew("exp", stretch(s, len(x))), stretch(ew("exp", s), len(x))],
      () => [
        ew("mul", num(2), stretch(x, len(m), len(x))),
        stretch(ew("mul", num(2), x), len(m), len(x)),
      ],
      () => [
        ew("add", stretch(s, len(x)), stretch(num(2), len(x))),
        stretch(ew("add", s, num(2)), len(x)),
      ],
    ],
    not: [() => ew("mul", x, stretch(s, len(y))), () => ew("mul", x, y)],
  },
  "reshape-ones": {
    fires: [
      () => [reshape(x, int(1), len(x)), shuffle(x, "x", 0)],
      () => [reshape(row, len(row, 1)), shuffle(row, 1)],
      // What is left is the length of x.
      () => [reshape(x, int(1), int(-1)), shuffle(x, "x", 0)],
    ],
    not: [() => reshape(x, int(2), int(-1)), () => reshape(m, len(m, 1), len(m))],
  },
  "reshape-chain": {
    fires: [
      () => [reshape(reshape(m, int(-1)), len(m), len(m, 1)), m],
      () => [reshape(reshape(m23, int(6)), int(3), int(2)), reshape(m23, int(3), int(2))],
      () => [reshape(m, len(m), len(m, 1)), m],
      () => [reshape(shuffle(m, 0, "x", 1), int(-1)), reshape(m, int(-1))],
    ],
    not: [
      () => reshape(m, int(-1)),
      () => reshape(reshape(m, int(-1), int(3)), int(2), int(-1)),
      () => reshape(shuffle(m, 1, 0), int(-1)),
    ],
  },
  "specify-known": {
    fires: [() => [outputOf(specifyShapeOp, [x3], { shape: [3] }), x3]],
    not: [() => outputOf(specifyShapeOp, [x], { shape: [3] })],
  },
  "join-one": {
    fires: [
      () => [outputOf(joinOp, [x], { axis: 0 }), x],
      () => [
        outputOf(joinOp, [outputOf(joinOp, [x, y], { axis: 0 }), x], { axis: 0 }),
        outputOf(joinOp, [x, y, x], { axis: 0 }),
      ],
      () => [outputOf(joinOp, [x, fixed("none", [0])], { axis: 0 }), x],
    ],
    not: [
      () => outputOf(joinOp, [x, y], { axis: 0 }),
      () => outputOf(joinOp, [m, outputOf(joinOp, [m, v], { axis: 1 })], { axis: 0 }),
      () => outputOf(joinOp, [m, fixed("none", [0, 3])], { axis: 0 }),
    ],
  },
  "join-scalars": {
    fires: [
      () => [
        outputOf(joinOp, [
          outputOf(makeVectorOp, [s], { dtype: "float64" }),
          outputOf(makeVectorOp, [num(1), s], { dtype: "float64" }),
        ], { axis: 0 }),
        outputOf(makeVectorOp, [s, num(1), s], { dtype: "float64" }),
      ],
    ],
    not: [
      () => outputOf(joinOp, [x, outputOf(makeVectorOp, [s], { dtype: "float64" })], { axis: 0 }),
    ],
  },
  "vector-of-elements": {
    fires: [
      () => [
        outputOf(makeVectorOp, [0, 1, 2].map((k) => T.index(x3, k)), { dtype: "float64" }),
        x3,
      ],
    ],
    not: [
      () => outputOf(makeVectorOp, [0, 2, 1].map((k) => T.index(x3, k)), { dtype: "float64" }),
      () => outputOf(makeVectorOp, [0, 1, 2].map((k) => T.index(x, k)), { dtype: "float64" }),
    ],
  },

  "reduce-ones": {
    fires: [
      () => [reduce("sum", row, 0), shuffle(row, 1)],
      () => [reduce("max", row, 0, 1), reduce("max", shuffle(row, 1), 0)],
      () => [reduce("sum", fixed("e", [1, 1]), 0, 1), shuffle(fixed("e", [1, 1]))],
    ],
    not: [
      () => reduce("sum", row, 1),
      () => reduce("any", row, 0),
    ],
  },
  "reduce-twice": {
    fires: [
      () => [reduce("sum", reduce("sum", m, 1), 0), reduce("sum", m, 0, 1)],
      () => [reduce("max", reduce("max", m, 0), 0), reduce("max", m, 0, 1)],
    ],
    not: [
      () => reduce("max", reduce("sum", m, 0), 0),
      () => {
        const rows = reduce("sum", m, 1);
        return ew("add", reduce("sum", rows, 0), ew("exp", rows));
      },
    ],
    numbers: [1, -2, 0.5, 3, 1e3, -1e-3, 4, -1],
  },
  "reduce-moved": {
    fires: [
      () => [reduce("sum", shuffle(m, 1, 0), 0), reduce("sum", m, 1)],
      () => [reduce("max", shuffle(m, 1, "x", 0), 1), shuffle(m, 1, 0)],
      () => [reduce("prod", shuffle(x, 0, "x"), 0), shuffle(reduce("prod", x, 0), "x")],
    ],
    not: [() => reduce("sum", m, 0), () => reduce("any", shuffle(m, 1, 0), 0)],
  },
  "sum-of-reshaped": {
    fires: [() => [reduce("sum", reshape(m, int(-1)), 0), reduce("sum", m, 0, 1)]],
    not: [() => reduce("sum", reshape(m, int(3), int(-1)), 0)],
    numbers: [1, -2, 0.5, 3, 1e3, -1e-3, 4, -1],
  },
  "sum-of-stretched": {
    fires: [
      () => [reduce("sum", stretch(s, int(4)), 0), ew("mul", num(4), s)],
      () => [
        reduce("sum", stretch(s, len(x)), 0),
        ew("mul", T.cast(len(x), "float64"), s),
      ],
      () => [reduce("sum", stretch(x, int(2), len(x)), 0), ew("mul", num(2), x)],
      () => [
        reduce("sum", stretch(x, int(2), len(x)), 0, 1),
        ew("mul", num(2), reduce("sum", x, 0)),
      ],
      () => [reduce("max", stretch(x, int(2), len(x)), 0), x],
    ],
    not: [
      () => reduce("max", stretch(s, len(x)), 0),
      () => reduce("prod", stretch(s, len(x)), 0),
      // Of no elements it is 0.
      () => reduce("sum", stretch(ew("div", s, T.cast(len(x), "float64")), len(x)), 0),
      () => reduce("sum", stretch(x, len(y)), 0),
    ],
    numbers: [1, -2, 0.5, 3, 1e3, -1e-3, 4, -1],
  },
  "sum-to-known": {
    fires: [
      () => [sumTo(x, [0], len(x)), x],
      () => [sumTo(x, [0], int(1)), shuffle(reduce("sum", x, 0), "x")],
      () => [sumTo(m, [0, 1], len(m), len(x)), sumTo(m, [1], len(x))],
      () => [sumTo(x, [0], outputOf(shapeIOp, [ew("exp", x)], { axis: 0 })), x],
    ],
    not: [() => sumTo(x, [0], len(y))],
  },
  "sum-of-sum-to": {
    fires: [
      () => [reduce("sum", sumTo(x, [0], len(y)), 0), reduce("sum", x, 0)],
      () => [
        reduce("sum", sumTo(m, [0, 1], len(x), len(y)), 1),
        reduce("sum", sumTo(m, [0], len(x)), 1),
      ],
    ],
    not: [
      () => reduce("max", sumTo(x, [0], len(y)), 0),
      () => reduce("sum", sumTo(m, [0], len(y)), 1),
    ],
    numbers: [1, -2, 0.5, 3, 10, -1e-3, 4, -1],
  },
  "sum-to-outside": {
    fires: [
      () => [
        ew("mul", sumTo(x, [0], len(y)), y),
        sumTo(ew("mul", x, y), [0], len(y)),
      ],
      () => [ew("neg", sumTo(x, [0], len(y))), sumTo(ew("neg", x), [0], len(y))],
      () => [ew("div", sumTo(m, [0], len(v)), s), sumTo(ew("div", m, s), [0], len(v))],
    ],
    not: [
      () => ew("mul", sumTo(x, [0], len(y)), x),
      () => ew("div", y, sumTo(x, [0], len(y))),
    ],
    numbers: [1, -2, 0.5, 3, 10, -1e-3, 4, -1],
  },
  "sum-to-together": {
    fires: [
      () => [
        ew("add", sumTo(x, [0], len(y)), sumTo(ew("exp", x), [0], len(y))),
        sumTo(ew("add", x, ew("exp", x)), [0], len(y)),
      ],
    ],
    not: [
      () => ew("add", sumTo(x, [0], len(y)), sumTo(y, [0], len(y))),
      () => ew("add", sumTo(x, [0], len(y)), sumTo(x, [0], len(m))),
    ],
    numbers: [1, -2, 0.5, 3, 2, -1e-3, 4, -1],
  },
  "reduce-joined": {
    fires: [
      () => [
        reduce("sum", T.join(0, shuffle(x3, "x", 0), shuffle(y3, "x", 0)), 0),
        ew("add", x3, y3),
      ],
      () => [
        reduce("max", T.join(1, shuffle(x3, 0, "x"), shuffle(y3, 0, "x")), 0, 1),
        reduce("max", ew("maximum", x3, y3), 0),
      ],
      () => [reduce("prod", T.stack([s, t, s]), 0), ew("mul", ew("mul", s, t), s)],
    ],
    not: [
      () => reduce("sum", T.join(0, x, y), 0),
      () => reduce("sum", T.join(0, shuffle(x, "x", 0), shuffle(y, "x", 0)), 1),
    ],
    tolerance: 1e-12,
  },
  "sum-of-outer": {
    fires: [
      () => [
        reduce("sum", ew("sqr", ew("mul", shuffle(m, 0, 1, "x"), shuffle(w, "x", 0, 1))), 1, 2),
        reduce(
          "sum",
          ew(
            "mul",
            ew("sqr", shuffle(m, 0, 1, "x")),
            shuffle(reduce("sum", shuffle(ew("sqr", w), "x", 0, 1), 2), 0, 1, "x"),
          ),
          1,
          2,
        ),
      ],
      () => [
        reduce("sum", ew("mul", shuffle(x, 0, "x"), shuffle(y, "x", 0)), 0, 1),
        reduce(
          "sum",
          stretch(ew("mul", y, reduce("sum", shuffle(x, 0, "x"), 0)), int(1), len(y)),
          0,
          1,
        ),
      ],
    ],
    not: [
      () => reduce("sum", ew("mul", m, shuffle(x, 0, "x")), 0, 1),
      () => reduce("sum", ew("mul", m, w), 0, 1),
      () => reduce("max", ew("mul", shuffle(x, 0, "x"), shuffle(y, "x", 0)), 0, 1),
    ],
    tolerance: 1e-9,
  },
  "sum-of-product": {
    fires: [
      () => [reduce("sum", ew("mul", num(2), x), 0), ew("mul", num(2), reduce("sum", x, 0))],
      () => [reduce("sum", ew("neg", x), 0), ew("neg", reduce("sum", x, 0))],
      () => [
        reduce("sum", ew("mul", m, shuffle(x, 0, "x")), 1),
        ew("mul", x, reduce("sum", m, 1)),
      ],
      () => [
        reduce("sum", ew("div", m, s), 0),
        ew("mul", ew("reciprocal", s), reduce("sum", m, 0)),
      ],
    ],
    not: [
      // Without elements the sum is 0, and not 0 / 0.
      () => reduce("sum", ew("div", x, shuffle(reduce("sum", x, 0), "x")), 0),
      () => reduce("sum", ew("mul", x, shuffle(ew("reciprocal", reduce("sum", y, 0)), "x")), 0),
      () => reduce("sum", ew("div", x, shuffle(T.cast(len(x), "float64"), "x")), 0),
      () => reduce("sum", ew("mul", m, x), 1),
      () => reduce("max", ew("mul", num(2), x), 0),
      () =>
        outputOf<ReduceParams>(reduceOp, [ew("mul", num(2, "int32"), i)], {
          kind: "sum",
          axes: [0],
          dtype: "int64",
        }),
    ],
    numbers: [1, -2, 0.5, 3, 1e3, -1e-3, 4, -1],
  },
  "extreme-of-neg": {
    fires: [
      () => [reduce("max", ew("neg", x), 0), ew("neg", reduce("min", x, 0))],
      () => [reduce("min", ew("neg", m), 1), ew("neg", reduce("max", m, 1))],
    ],
    not: [() => reduce("max", ew("neg", i), 0), () => reduce("sum", ew("neg", x), 0)],
  },
  "place-of-extreme": {
    fires: [
      () => [T.argmax(ew("exp", x)), T.argmax(x)],
      () => [T.argmin(ew("add", m23, fixed("c2", [2, 1])), 1), T.argmin(m23, 1)],
      () => {
        const e = ew("exp", m);
        return [T.argmax(ew("div", e, shuffle(reduce("sum", e, 1), 0, "x")), 1), T.argmax(m, 1)];
      },
    ],
    not: [
      () => T.argmax(ew("sin", x)),
      () => T.argmax(ew("add", m, x), 1),
      () => T.argmax(ew("div", m, shuffle(reduce("sum", m, 1), 0, "x")), 1),
    ],
  },
  "prod-of-exp": {
    fires: [() => [reduce("prod", ew("exp", m), 1), ew("exp", reduce("sum", m, 1))]],
    not: [() => reduce("sum", ew("exp", m), 1)],
  },
};

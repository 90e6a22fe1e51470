import { assertEquals } from "@std/assert";
import { concatenate, join, split, stack } from "../core/ops/shape/combine.ts";
import { add, cast, mul, tanh } from "../core/ops/elementwise/elementwise.ts";
import { filledLike } from "../core/ops/create/fill.ts";
import { diag, diagonal, trace, tril, triu } from "../core/ops/linalg/matrices.ts";
import { arange, linspace } from "../core/ops/create/ranges.ts";
import { sum } from "../core/ops/reduce/reduce.ts";
import { flip, pad, repeat, roll, tile } from "../core/ops/shape/repeat.ts";
import { broadcastTo } from "../core/ops/shape/broadcast_to.ts";
import {
  dimshuffle,
  expandDims,
  squeeze,
  swapaxes,
  transpose,
} from "../core/ops/shape/dimshuffle.ts";
import { fill } from "../core/ops/create/alloc.ts";
import { flatten, reshape } from "../core/ops/shape/reshape.ts";
import { makeVector, specifyShape } from "../core/ops/shape/shape.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { summedTo } from "../core/ops/reduce/sum_to.ts";
import { index } from "../core/ops/index/indexing.ts";
import type { Variable } from "../core/graph/graph.ts";
import { type Build, check, filled, gradients, spread } from "../dev/testing/autodiff/check.ts";

/** A weight for each element, so that wrong places are found. */
function weighted(x: Variable): Variable {
  return tanh(x);
}

Deno.test("moving axes", () => {
  const x = [spread([2, 1, 3])];
  const functions: Build[] = [
    (v) => dimshuffle(v, 2, "x", 0, 1),
    (v) => transpose(v),
    (v) => swapaxes(v, 0, 2),
    (v) => squeeze(v, 1),
    (v) => expandDims(v, [0, 2]),
    (v) => reshape(v, [3, 2]),
    (v) => reshape(v, [-1]),
    (v) => flatten(v, 2),
    (v) => specifyShape(v, [2, 1, 3]),
    (v) => transpose(transpose(v), [1, 2, 0]),
  ];
  for (const f of functions) check((v) => weighted(f(v)), x);
});

Deno.test("moving axes of nothing", () => {
  assertEquals(gradients((v) => reshape(v, [3, 0]), [filled([0, 5])]), [[]]);
  assertEquals(gradients((v) => transpose(v), [filled([0, 5])]), [[]]);
});

Deno.test("stretching, and undoing it", () => {
  check((v) => weighted(broadcastTo(v, [4, 2, 3])), [spread([2, 3])]);
  check((v) => weighted(broadcastTo(v, [4, 2, 3])), [spread([2, 1])]);
  check((v) => weighted(broadcastTo(v, [2, 2])), [spread([])]);
  check((v) => mul(broadcastTo(v, [3]), broadcastTo(v, [2, 3])), [spread([1])]);
  check((v, w) => mul(fill(v, sum(w)), v), [spread([2]), spread([2])]);
  check((v, w) => mul(filledLike(v, sum(w)), v), [spread([2, 2]), spread([3])]);
  check((v, w) => weighted(summedTo(v, [0, 1], [shapeOf(w, 0), shapeOf(w, 1)])), [
    spread([3, 4]),
    filled([1, 4]),
  ]);
  check((v, w) => weighted(summedTo(v, [1], [shapeOf(w, 0)])), [spread([3, 4]), filled([4])]);
});

Deno.test("joining and splitting", () => {
  const a = spread([2, 3], -1, 1, 1), b = spread([2, 1], -1, 1, 2), c = spread([2, 0]);
  check((x, y) => weighted(join(1, x, y, x)), [a, b]);
  check((x, y, z) => weighted(concatenate([x, z, y], 1)), [a, b, c]);
  check((x, y) => weighted(stack([x, mul(x, y)], 1)), [a, b]);
  check((x) => {
    const [p, q] = split(x, [1, 2], 1) as [Variable, Variable];
    return mul(p, q);
  }, [a]);
  check((x) => {
    const parts = split(x, 3, 1);
    return add(mul(parts[0]!, parts[1]!), parts[2]!);
  }, [a]);
  check((x) => weighted(makeVector([index(x, [0]), index(x, [2]), index(x, [0])])), [spread([3])]);
});

Deno.test("repeating, rolling, turning, padding", () => {
  const x = [spread([2, 3])];
  const functions: Build[] = [
    (v) => tile(v, [2, 2]),
    (v) => repeat(v, 2, 1),
    (v) => repeat(v, [1, 3], 0),
    (v) => roll(v, 1, 1),
    (v) => roll(v, -2),
    (v) => flip(v, 1),
    (v) => pad(v, [[1, 0], [0, 2]]),
    (v) => pad(v, 1, { mode: "edge" }),
    (v) => pad(v, 2, { mode: "reflect" }),
    (v) => pad(v, [[0, 0], [3, 4]], { mode: "wrap" }),
    (v) => pad(v, [[shapeOf(v, 0), 0], [0, 1]]),
  ];
  for (const f of functions) check((v) => weighted(f(v)), x);
  check((v, w) => weighted(pad(v, [[1, 0], [2, 0]], { value: sum(w) })), [
    spread([2, 3]),
    spread([2]),
  ]);
});

Deno.test("diagonals and triangles", () => {
  const functions: Build[] = [
    (v) => diagonal(v),
    (v) => diagonal(v, 1),
    (v) => diag(v, -1),
    (v) => trace(v),
    (v) => tril(v),
    (v) => triu(v, 1),
  ];
  for (const f of functions) check((v) => weighted(f(v)), [spread([3, 4])]);
  check((v) => weighted(diag(v)), [spread([3])]);
});

Deno.test("ranges of whole numbers are constants", () => {
  assertEquals(gradients((v) => mul(v, cast(arange(shapeOf(v, 0)), "float64")), [spread([3])]), [
    [0, 1, 2],
  ]);
});

Deno.test("evenly spaced numbers depend on their ends", () => {
  check((a, b) => weighted(linspace(a, b, 5)), [spread([]), spread([], 3, 4)]);
});

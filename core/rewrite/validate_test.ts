import { assert, assertThrows } from "@std/assert";
import { programs } from "../../dev/testing/ops/programs.ts";
import { T, type Variable } from "../../all.ts";
import { type Apply, Apply as ApplyNode, makeConstant } from "../graph/graph.ts";
import type { Op } from "../graph/op.ts";
import { elementwiseOps } from "../ops/elementwise/table.ts";
import { dimshuffleOp } from "../ops/shape/dimshuffle_op.ts";
import { shapeIOp } from "../ops/shape/shape_ops.ts";
import { TensorType } from "../graph/type.ts";
import { validateGraph } from "./validate.ts";

const x = T.dvector("x"), m = T.dmatrix("m");

function fails(apply: Apply, message: string): void {
  assertThrows(() => validateGraph([apply.output], "here"), TypeError, message);
}

function node(op: Op, inputs: readonly Variable[], params: object, type: TensorType): Apply {
  return new ApplyNode(op, inputs as never, params, [type]);
}

Deno.test("graphs that builders make are valid", () => {
  const cost = T.softmax(T.dot(m, m).add(x)).at(0).sum().mul(T.shape(m).at(1));
  validateGraph([cost, T.sort(x), T.pad(m, 1), T.scalar("c").gt(0)], "here");
});

Deno.test("examples of every op are valid: their params are those that the op names", () => {
  const all = programs(2, {});
  for (const { name, output } of all) validateGraph([output], `as an example of "${name}"`);
  assert(all.length > 200, `${all.length}`);
});

Deno.test("what an op cannot give is not valid", () => {
  const add = elementwiseOps.add as Op;
  fails(node(add, [x, x], {}, TensorType.of("float32", [null])), "has output 0 of type");
  fails(node(add, [x, x], {}, TensorType.of("float64", [])), "has output 0 of type");
  fails(node(add, [x], {}, TensorType.of("float64", [null])), "expected 2 arguments, got 1");
  fails(node(add, [x, T.fvector("f")], { loud: true }, x.type), 'a parameter "loud"');
});

Deno.test("parameters and indices are checked", () => {
  const shuffle = dimshuffleOp as Op;
  const turned = TensorType.of("float64", [null, null]);
  fails(node(shuffle, [m], { pattern: [1, () => 0] }, turned), "no plain data");
  const range = T.arange(3).owner!;
  fails(node(range.op, [x, x, x], range.params, range.output.type), "must be a 0-d integer");
  fails(node(shapeIOp as Op, [m], { axis: 2 }, TensorType.of("int64", [])), "there is no axis 2");
});

Deno.test("constants hold what their type says", () => {
  const wrong = (value: Parameters<typeof makeConstant>[0]) =>
    assertThrows(() => validateGraph([makeConstant(value)], "here"), TypeError, "constant");
  wrong({ dtype: "int64", shape: [1], data: Float64Array.of(1) });
  wrong({ dtype: "float64", shape: [2], data: Float64Array.of(1) });
  wrong({ dtype: "int32", shape: [], data: Float64Array.of(0.5) });
  wrong({ dtype: "bool", shape: [], data: Float64Array.of(2) });
});

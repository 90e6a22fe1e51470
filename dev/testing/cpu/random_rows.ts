/** Random nests that pass rows to each other. */

import type { DType } from "../../../core/graph/dtype.ts";
import { ScalarBuilder } from "../../../core/ir/builder.ts";
import type { Step } from "../../../core/ir/program.ts";
import { type Address, scalarTypeOf, type SNode, type Term } from "../../../core/ir/scalar.ts";
import type { CaseParts, Tensor } from "./random_parts.ts";

/** Nests over rows and columns, each of which uses what those before it made. */
export function rowSteps(maker: CaseParts): Step[] {
  const { random } = maker;
  const rows = random.pick([3, 8, 12, 20]), columns = random.pick([1, 2, 5, 16, 33]);
  const dtype: DType = random.pick(["float32", "float32", "float64", "int32", "float16"]);
  const type = scalarTypeOf(dtype);
  const matrices: Tensor[] = [maker.input(dtype, [rows, columns])];
  const vectors: Tensor[] = [];
  const address = (...strides: number[]): Address => ({
    offset: 0,
    terms: strides.map((stride, axis): Term => ({ axis: { kind: "axis", axis }, stride }))
      .filter(({ stride }) => stride !== 0),
    rest: null,
  });
  const steps: Step[] = [];
  const count = 2 + random.below(4);
  for (let i = 0; i < count; i++) {
    const b = new ScalarBuilder();
    const matrix = random.pick(matrices);
    let value: SNode = b.load(matrix.id, dtype, address(columns, 1));
    if (random.chance(0.4)) {
      value = b.add(value, b.load(random.pick(matrices).id, dtype, address(columns, 1)));
    }
    if (vectors.length > 0 && random.chance(0.7)) {
      value = b.sub(value, b.load(random.pick(vectors).id, dtype, address(1, 0)));
    }
    // Numbers stay small, so that they stay exact.
    value = b.binary("max", b.binary("min", value, b.constant(type, 9)), b.constant(type, -9));
    const kind = random.below(10);
    if (kind < 4) {
      const out = maker.result(dtype, [rows, columns]);
      steps.push(maker.nest({
        axes: [rows, columns],
        outer: [{ buffer: out.id, address: address(columns, 1), value, guard: null }],
      }));
      matrices.push(out);
    } else if (kind < 8) {
      const out = maker.result(dtype, [rows]);
      const also = random.chance(0.3) ? maker.result(dtype, [rows, columns]) : null;
      const sum = random.chance(0.5) ? "sum" : "max";
      steps.push(maker.nest({
        axes: [rows],
        loops: [columns],
        reductions: [{ kind: sum, type, value }],
        inner: also === null
          ? []
          : [{ buffer: also.id, address: address(columns, 1), value, guard: null }],
        outer: [{
          buffer: out.id,
          address: address(1),
          value: b.reduced(0, type),
          guard: null,
        }],
      }));
      vectors.push(out);
      if (also !== null) matrices.push(also);
    } else if (kind === 8) {
      // A neighbour's row: this must not run row by row with what made the matrix.
      const out = maker.result(dtype, [rows, columns]);
      const turned: Address = {
        offset: (rows - 1) * columns,
        terms: [
          { axis: { kind: "axis", axis: 0 }, stride: -columns },
          { axis: { kind: "axis", axis: 1 }, stride: 1 },
        ],
        rest: null,
      };
      steps.push(maker.nest({
        axes: [rows, columns],
        outer: [{
          buffer: out.id,
          address: address(columns, 1),
          value: b.load(matrix.id, dtype, turned),
          guard: null,
        }],
      }));
      matrices.push(out);
    } else {
      const out = maker.result(dtype, [columns]);
      steps.push(maker.nest({
        axes: [columns],
        loops: [rows],
        reductions: [{
          kind: "max",
          type,
          value: b.load(matrix.id, dtype, address(1, columns)),
        }],
        outer: [{
          buffer: out.id,
          address: address(1),
          value: b.reduced(0, type),
          guard: null,
        }],
      }));
    }
  }
  // What was only scratch is seen in the end.
  for (const tensor of [matrices.at(-1)!, ...vectors.slice(-1)]) {
    const b = new ScalarBuilder();
    const shape = tensor.shape as readonly number[];
    const strides = shape.length === 2 ? [columns, 1] : [1];
    const out = maker.buffer(dtype, shape, { kind: "output", output: maker.outputs++ });
    steps.push(maker.nest({
      axes: shape,
      outer: [{
        buffer: out.id,
        address: address(...strides),
        value: b.load(tensor.id, dtype, address(...strides)),
        guard: null,
      }],
    }));
  }
  return steps;
}

/** Programs that the benches time. */

import type { DType, TypedArray } from "../../../core/graph/dtype.ts";
import { axisIx, type Ix, ScalarBuilder, zeroIx } from "../../../core/ir/builder.ts";
import { exp, tanh } from "../../../core/math/exp.ts";
import { log1p } from "../../../core/math/log.ts";
import type { BufferRole, Operand, Step } from "../../../core/ir/program.ts";
import type { AxisRef } from "../../../core/ir/scalar.ts";
import { input, nest, output, type Setup } from "./programs.ts";
import { Random } from "../../fuzz/random.ts";

/** A program and its inputs. */
export interface Workload {
  readonly setup: Setup;
  readonly inputs: TypedArray[];
}

/** Numbers in [-scale, scale). */
export function noise(n: number, scale = 1): Float32Array<ArrayBuffer> {
  const random = new Random(n);
  return Float32Array.from({ length: n }, () => (2 * random.next() - 1) * scale);
}

/** y = f(x) over n elements. */
function map(n: number, f: (b: ScalarBuilder) => ReturnType<ScalarBuilder["add"]>): Workload {
  const b = new ScalarBuilder();
  return {
    setup: {
      buffers: [["x", "float32", n, input(0)], ["y", "float32", n, output(0)]],
      steps: [
        nest({ axes: [n], outer: [{ buffer: 1, address: axisIx(0), value: f(b), guard: null }] }),
      ],
    },
    inputs: [noise(n, 3)],
  };
}

/** tanh(a·x + b)·exp(-x²) + log1p(exp x) */
export function chain(n: number): Workload {
  return map(n, (b) => {
    const x = b.load(0, "float32", axisIx(0));
    const c = (value: number) => b.constant("f32", value);
    const left = b.mul(tanh(b, b.madd(x, c(1.5), c(0.25))), exp(b, b.unary("neg", b.mul(x, x))));
    return b.add(left, log1p(b, exp(b, x)));
  });
}

/** 2x + 1 */
export function line(n: number): Workload {
  return map(
    n,
    (b) => b.madd(b.load(0, "float32", axisIx(0)), b.constant("f32", 2), b.constant("f32", 1)),
  );
}

/** The sum of rows × columns, over both, over rows (axis 0) or over columns (axis 1). */
export function sum(rows: number, columns: number, axis: 0 | 1 | null): Workload {
  const b = new ScalarBuilder();
  const size = axis === null ? 1 : axis === 0 ? columns : rows;
  const inner = axis === null ? 0 : 1;
  const at = (row: Ix, column: Ix) => b.addIx(b.scaleIx(row, columns), column);
  const place = axis === null
    ? at(axisIx(0), axisIx(1))
    : axis === 0
    ? at(axisIx(1), axisIx(0))
    : at(axisIx(0), axisIx(1));
  const value = b.load(0, "float32", place);
  return {
    setup: {
      buffers: [["x", "float32", rows * columns, input(0)], ["y", "float32", size, output(0)]],
      steps: [nest({
        axes: axis === null ? [] : [size],
        loops: axis === null ? [rows, columns] : [axis === 0 ? rows : columns],
        reductions: [{ kind: "sum", type: "f32", value }],
        outer: [{
          buffer: 1,
          address: inner === 0 ? zeroIx : axisIx(0),
          value: b.reduced(0, "f32"),
          guard: null,
        }],
      })],
    },
    inputs: [noise(rows * columns)],
  };
}

function temp(): BufferRole {
  return { kind: "temp" };
}

function counter(shift: number, modulus = 0): AxisRef {
  return { kind: "loop", loop: 0, shift, modulus };
}

function loopOf(steps: number, body: Step[]): Step {
  return {
    kind: "loop",
    name: "scan",
    id: 0,
    steps,
    body,
    until: null,
    count: null,
    strategy: "resident",
    reason: "",
  };
}

/** s ← s·0.999 + 1, in n steps. */
export function scalarLoop(n: number): Workload {
  const b = new ScalarBuilder();
  const old = b.load(0, "float32", { ...zeroIx, terms: [{ axis: counter(0, 2), stride: 1 }] });
  const value = b.madd(old, b.constant("f32", 0.999), b.constant("f32", 1));
  const address = { ...zeroIx, terms: [{ axis: counter(1, 2), stride: 1 }] };
  const zero = b.constant("f32", 0);
  return {
    setup: {
      buffers: [["s", "float32", 2, temp()], ["y", "float32", 1, output(0)]],
      steps: [
        nest({ axes: [2], outer: [{ buffer: 0, address: axisIx(0), value: zero, guard: null }] }),
        loopOf(n, [nest({ outer: [{ buffer: 0, address, value, guard: null }] })]),
        nest({
          outer: [{ buffer: 1, address: zeroIx, value: b.load(0, "float32", zeroIx), guard: null }],
        }),
      ],
    },
    inputs: [],
  };
}

/** A matrix of a buffer, contiguous by rows or by columns. */
export function matrix(buffer: number, rows: number, columns: number, byRow = true): Operand {
  return {
    buffer,
    dtype: "float32",
    base: zeroIx,
    batch: [],
    row: byRow ? columns : 1,
    column: byRow ? 1 : rows,
  };
}

/**
 * y(t) = tanh(W1·y(t−1) + W2·x(t) + W3·x(t−1)) with the products of x batched over time in front, as
 * the planner does; `dot` says whether W1 is left or right of the vector.
 */
export function recurrence(
  inputs: number,
  units: number,
  steps: number,
  dot: "W·y" | "y·W" = "W·y",
): Workload {
  const b = new ScalarBuilder();
  const [axis, one] = dot === "W·y" ? [0, 1] : [1, 0];
  const row = (shift: number): Ix => ({
    ...zeroIx,
    terms: [{ axis: counter(shift), stride: units }, { axis: { kind: "axis", axis }, stride: 1 }],
  });
  const flat = (n: number, buffer: number, rows: number): Operand => ({
    ...matrix(buffer, rows, n),
  });
  const e = new ScalarBuilder();
  const at = e.addIx(e.scaleIx(axisIx(0), units), axisIx(1));
  const both = (value: ReturnType<ScalarBuilder["add"]>) => [
    { buffer: 4, address: at, value, guard: null },
  ];
  const state: Operand = {
    buffer: 5,
    dtype: "float32",
    base: { ...zeroIx, terms: [{ axis: counter(0), stride: units }] },
    batch: [],
    row: one === 1 ? 1 : 0,
    column: one === 1 ? 0 : 1,
  };
  const w1 = matrix(0, units, units);
  return {
    setup: {
      buffers: [
        ["W1", "float32", units * units, input(0)],
        ["W2", "float32", inputs * units, input(1)],
        ["W3", "float32", inputs * units, input(2)],
        ["x", "float32", (steps + 1) * inputs, input(3)],
        ["c", "float32", steps * units, temp()],
        ["y", "float32", (steps + 1) * units, output(0)],
      ],
      steps: [
        {
          kind: "gemm",
          name: "W2x",
          type: "f32",
          batch: [],
          m: steps,
          n: units,
          k: inputs,
          left: { ...flat(inputs, 3, steps), base: { ...zeroIx, offset: inputs } },
          right: matrix(1, inputs, units),
          stores: both(e.product("f32")),
        },
        {
          kind: "gemm",
          name: "W3x",
          type: "f32",
          batch: [],
          m: steps,
          n: units,
          k: inputs,
          left: flat(inputs, 3, steps),
          right: matrix(2, inputs, units),
          stores: both(e.add(e.product("f32"), e.load(4, "float32", at))),
        },
        nest({
          axes: [units],
          outer: [{ buffer: 5, address: axisIx(0), value: e.constant("f32", 0), guard: null }],
        }),
        loopOf(steps, [{
          kind: "gemm",
          name: "step",
          type: "f32",
          batch: [],
          m: axis === 0 ? units : 1,
          n: axis === 0 ? 1 : units,
          k: units,
          left: axis === 0 ? w1 : state,
          right: axis === 0 ? state : w1,
          stores: [{
            buffer: 5,
            address: row(1),
            value: tanh(b, b.add(b.product("f32"), b.load(4, "float32", row(0)))),
            guard: null,
          }],
        }]),
      ],
    },
    inputs: [
      noise(units * units, 1.5 / Math.sqrt(units)),
      noise(inputs * units, 0.5),
      noise(inputs * units, 0.4),
      noise((steps + 1) * inputs, 1),
    ],
  };
}

/** One product with an activation behind it. */
export function dense(m: number, k: number, n: number, activation: boolean): Workload {
  const b = new ScalarBuilder();
  const at = b.addIx(b.scaleIx(axisIx(0), n), axisIx(1));
  const product = b.product("f32");
  const value = activation ? tanh(b, b.add(product, b.load(2, "float32", axisIx(1)))) : product;
  return {
    setup: {
      buffers: [
        ["x", "float32", m * k, input(0)],
        ["w", "float32", k * n, input(1)],
        ["b", "float32", n, input(2)],
        ["y", "float32", m * n, output(0)],
      ],
      steps: [{
        kind: "gemm",
        name: "dense",
        type: "f32",
        batch: [],
        m,
        n,
        k,
        left: matrix(0, m, k),
        right: matrix(1, k, n),
        stores: [{ buffer: 3, address: at, value, guard: null }],
      }],
    },
    inputs: [noise(m * k), noise(k * n, 0.1), noise(n)],
  };
}

/** Sorts n float32. */
export function sorting(n: number, dtype: DType = "float32"): Workload {
  return {
    setup: {
      buffers: [["x", dtype, n, input(0)], ["y", dtype, n, output(0)]],
      steps: [{
        kind: "sort",
        name: "sort",
        dtype,
        source: 0,
        rows: 1,
        length: n,
        descending: false,
        values: 1,
        positions: null,
      }],
    },
    inputs: [noise(n)],
  };
}

/** The running sums of n float32. */
export function cumsum(n: number): Workload {
  const b = new ScalarBuilder();
  const value = b.load(0, "float32", axisIx(0));
  return {
    setup: {
      buffers: [["x", "float32", n, input(0)], ["y", "float32", n, output(0)]],
      steps: [nest({
        loops: [n],
        reductions: [{ kind: "sum", type: "f32", value }],
        inner: [{ buffer: 1, address: axisIx(0), value: b.running(0, "f32"), guard: null }],
      })],
    },
    inputs: [noise(n)],
  };
}

/** softmax of the rows of a matrix, as three nests. */
export function softmax(rows: number, columns: number): Workload {
  const at = (b: ScalarBuilder) => b.addIx(b.scaleIx(axisIx(0), columns), axisIx(1));
  const b1 = new ScalarBuilder(), b2 = new ScalarBuilder(), b3 = new ScalarBuilder();
  const shifted = exp(
    b2,
    b2.sub(b2.load(0, "float32", at(b2)), b2.load(1, "float32", axisIx(0))),
  );
  return {
    setup: {
      buffers: [
        ["x", "float32", rows * columns, input(0)],
        ["max", "float32", rows, temp()],
        ["sum", "float32", rows, temp()],
        ["y", "float32", rows * columns, output(0)],
      ],
      steps: [
        nest({
          axes: [rows],
          loops: [columns],
          reductions: [{ kind: "max", type: "f32", value: b1.load(0, "float32", at(b1)) }],
          outer: [{ buffer: 1, address: axisIx(0), value: b1.reduced(0, "f32"), guard: null }],
        }),
        nest({
          axes: [rows],
          loops: [columns],
          reductions: [{ kind: "sum", type: "f32", value: shifted }],
          inner: [{ buffer: 3, address: at(b2), value: shifted, guard: null }],
          outer: [{ buffer: 2, address: axisIx(0), value: b2.reduced(0, "f32"), guard: null }],
        }),
        nest({
          axes: [rows, columns],
          outer: [{
            buffer: 3,
            address: at(b3),
            value: b3.div(b3.load(3, "float32", at(b3)), b3.load(2, "float32", axisIx(0))),
            guard: null,
          }],
        }),
      ],
    },
    inputs: [noise(rows * columns)],
  };
}

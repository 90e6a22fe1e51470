/**
 * Random graphs with values for their inputs, for comparing rewritten graphs with what they were.
 *
 * @module
 */

import type { DType } from "../../core/dtype.ts";
import { apply } from "../../core/graph/graph.ts";
import { makeVariable } from "../../core/graph/graph.ts";
import type { Value } from "../../core/graph/value.ts";
import { sumToOp } from "../../core/ops/sum_to.ts";
import * as T from "../../core/t.ts";
import { TensorType } from "../../core/type.ts";
import type { Variable } from "../../core/variable.ts";
import { fillValue } from "../../core/rewrite/testing.ts";
import { Random } from "./random.ts";
import { ew } from "../../core/rewrite/match.ts";

/** A graph and values of its inputs. */
export interface RandomGraph {
  readonly outputs: readonly Variable[];
  readonly inputs: ReadonlyMap<Variable, Value>;
}

type Reduction = (x: Variable, options: { axis: number; keepdims: boolean }) => Variable;

const reductions: Record<"sum" | "max" | "min" | "mean", Reduction> = {
  sum: (x, options) => T.sum(x, options),
  max: (x, options) => T.max(x, options),
  min: (x, options) => T.min(x, options),
  mean: (x, options) => T.mean(x, options),
};

const lengths = [2, 3];
const unary = [
  "neg",
  "abs",
  "sqr",
  "sign",
  "exp",
  "tanh",
  "sigmoid",
  "softplus",
  "sin",
  "cos",
  "floor",
  "sqrt",
  "log1p",
  "expm1",
  "erf",
  "reciprocal",
] as const;
const binary = ["add", "sub", "mul", "div", "maximum", "minimum", "add", "mul", "sub"] as const;
const compare = ["lt", "le", "gt", "ge", "eq", "neq"] as const;
const numbers = [0, 1, -1, 2, 0.5, -0.5, 3, -2, 1.5];

/** Builds a graph of `size` steps. Equal seeds give equal graphs. */
export function randomGraph(seed: number, size: number): RandomGraph {
  const source = new Random(seed), random = () => source.next();
  const below = (n: number) => Math.floor(random() * n);
  const pick = <E>(list: readonly E[]): E => list[below(list.length)]!;
  const inputs = new Map<Variable, Value>();
  const shapes = new Map<Variable, readonly number[]>();
  const floats: Variable[] = [], conditions: Variable[] = [], whole: Variable[] = [];

  const input = (dtype: DType, shape: readonly number[]): Variable => {
    const known = random() < 0.3;
    const variable = makeVariable(TensorType.of(dtype, shape.map((n) => known ? n : null)));
    variable.name = `v${inputs.size}`;
    const parts = Array.from({ length: 16 }, () => (below(33) - 16) / 4);
    inputs.set(variable, fillValue(dtype, shape, (i) => parts[i % 16]!));
    shapes.set(variable, shape);
    return variable;
  };
  const keep = (list: Variable[], variable: Variable, shape: readonly number[]): void => {
    shapes.set(variable, shape);
    list.push(variable);
  };
  const shapeOf = (variable: Variable) => shapes.get(variable)!;
  const joint = (...parts: Variable[]): number[] | null => {
    const all = parts.map(shapeOf), rank = Math.max(...all.map((s) => s.length));
    const result: number[] = [];
    for (let d = 0; d < rank; d++) {
      const own = new Set(all.map((s) => s[d - rank + s.length] ?? 1).filter((n) => n !== 1));
      if (own.size > 1) return null;
      result.push([...own][0] ?? 1);
    }
    return result;
  };

  for (const rank of [0, 0, 1, 1, 1, 2, 2, 2]) {
    const shape = Array.from({ length: rank }, () => random() < 0.15 ? 1 : pick(lengths));
    keep(floats, input(random() < 0.3 ? "float32" : "float64", shape), shape);
  }
  for (const rank of [1, 2]) {
    const shape = Array.from({ length: rank }, () => pick(lengths));
    keep(whole, input("int32", shape), shape);
  }

  const steps: (() => void)[] = [
    () => {
      const x = pick(floats);
      keep(floats, ew(pick(unary), x), shapeOf(x));
    },
    () => {
      const [x, y] = [pick(floats), random() < 0.25 ? null : pick(floats)];
      const other = y ?? T.constant(pick(numbers), { dtype: "float64" });
      if (y === null) shapes.set(other, []);
      const shape = joint(x, other), flipped = random() < 0.5;
      if (shape !== null) {
        keep(floats, ew(pick(binary), flipped ? other : x, flipped ? x : other), shape);
      }
    },
    () => {
      const [x, y] = [pick(whole), pick(whole)], shape = joint(x, y);
      if (shape !== null) {
        keep(whole, ew(pick(["add", "sub", "mul", "maximum"] as const), x, y), shape);
      }
    },
    () => {
      const x = pick(whole);
      keep(floats, T.cast(x, "float64"), shapeOf(x));
    },
    () => {
      const [x, y] = [pick(floats), pick(floats)], shape = joint(x, y);
      if (shape !== null) keep(conditions, ew(pick(compare), x, y), shape);
    },
    () => {
      if (conditions.length === 0) return;
      const [c, x, y] = [pick(conditions), pick(floats), pick(floats)], shape = joint(c, x, y);
      if (shape !== null) keep(floats, ew("switch", c, x, y), shape);
    },
    () => {
      if (conditions.length === 0) return;
      const c = pick(conditions);
      keep(conditions, ew("invert", c), shapeOf(c));
    },
    () => {
      const x = pick(floats), shape = shapeOf(x);
      if (shape.length === 0) return;
      const axis = below(shape.length), kind = pick(["sum", "max", "min", "mean"] as const);
      const keepdims = random() < 0.4;
      const left = keepdims ? shape.map((n, d) => d === axis ? 1 : n) : shape.toSpliced(axis, 1);
      keep(floats, reductions[kind](x, { axis, keepdims }), left);
    },
    () => {
      const x = pick(floats), shape = shapeOf(x);
      const axes = shape.map((_, d) => d).sort(() => random() - 0.5);
      keep(floats, T.transpose(x, axes), axes.map((d) => shape[d]!));
    },
    () => {
      const x = pick(floats), shape = shapeOf(x);
      if (shape.length > 1) return;
      const front = random() < 0.5;
      keep(floats, T.expandDims(x, front ? 0 : -1), front ? [1, ...shape] : [...shape, 1]);
    },
    () => {
      const x = pick(floats), shape = shapeOf(x);
      if (shape.length !== 2) return;
      keep(floats, T.reshape(x, random() < 0.5 ? [-1] : [shape[0]! * shape[1]!]), [
        shape[0]! * shape[1]!,
      ]);
    },
    () => {
      const x = pick(floats), like = pick(floats);
      const to = shapeOf(like), from = shapeOf(x);
      if (from.length > to.length) return;
      const skip = to.length - from.length;
      if (from.some((n, d) => n !== 1 && n !== to[skip + d])) return;
      const dims = Array.from({ length: to.length }, (_, d) => T.shape(like).at(d));
      keep(floats, T.broadcastTo(x, dims), to);
    },
    () => {
      const x = pick(floats), shape = shapeOf(x);
      if (shape.length === 0 || shape[0]! < 2) return;
      const choice = below(4);
      if (choice === 0) keep(floats, T.index(x, pick([0, 1, -1, -2])), shape.slice(1));
      else if (choice === 1) {
        keep(floats, T.index(x, T.slice(1)), [shape[0]! - 1, ...shape.slice(1)]);
      } else if (choice === 2) keep(floats, T.index(x, T.slice(null, null, -1)), shape);
      else keep(floats, T.index(x, [[0, 1, 1]]), [3, ...shape.slice(1)]);
    },
    () => {
      const x = pick(floats), shape = shapeOf(x);
      if (shape.length === 0) return;
      const part = T.index(x, pick([0, -1]));
      const value = pick(floats.filter((v) => shapeOf(v).length === 0));
      const changed = random() < 0.5 ? T.setSubtensor(part, value) : T.incSubtensor(part, value);
      keep(floats, changed, shape);
    },
    () => {
      const [x, y] = [pick(floats), pick(floats)];
      const [p, q] = [shapeOf(x), shapeOf(y)];
      if (p.length !== 2 || q.length !== 2 || p[1] !== q[0]) return;
      keep(floats, T.matmul(x, y), [p[0]!, q[1]!]);
    },
    () => {
      const [x, y] = [pick(floats), pick(floats)], p = shapeOf(x), q = shapeOf(y);
      if (p.length === 0 || p.length !== q.length || p.slice(1).join() !== q.slice(1).join()) {
        return;
      }
      keep(floats, T.join(0, x, y), [p[0]! + q[0]!, ...p.slice(1)]);
    },
    () => {
      const x = pick(floats), shape = shapeOf(x);
      const axes = shape.map((_, d) => d).filter(() => random() < 0.5);
      if (axes.length === 0) return;
      const dims = axes.map((axis) => T.shape(x).at(axis));
      const made = apply(sumToOp, [x, ...dims], { axes }) as Variable;
      keep(floats, made, shape);
    },
    () => {
      const x = pick(floats);
      if (shapeOf(x).length === 0) return;
      keep(floats, pick([T.softmax, T.logSoftmax])(x), shapeOf(x));
    },
  ];
  for (let i = 0; i < size; i++) pick(steps)();
  const outputs = [...floats.slice(-3), ...conditions.slice(-1), ...whole.slice(-1)];
  return { outputs, inputs };
}

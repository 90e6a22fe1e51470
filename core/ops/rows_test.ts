// What ops say about rows and about being linear, against what the reference does with numbers.

import { assert, assertEquals } from "@std/assert";
import { allOps } from "../../dev/testing/ops/all.ts";
import { randomSource, value } from "../../dev/testing/ops/harness.ts";
import { programs } from "../../dev/testing/ops/programs.ts";
import { IndexError, isArgumentError } from "../base/errors.ts";
import { isComplex, isDiscrete } from "../graph/dtype.ts";
import type { Apply } from "../graph/graph.ts";
import type { Op } from "../graph/op.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { sizeOf, type Value } from "../graph/value.ts";
import { rowMajor } from "./common/moving.ts";

const next = randomSource(11);
const randomLike = ({ dtype, shape }: Value) =>
  value(dtype, shape, Array.from({ length: sizeOf(shape) }, () => 0.2 + 3 * next()));
const isReal = ({ dtype }: Value) => dtype === "float64";

interface Trial {
  readonly node: Apply;
  readonly inputs: readonly Value[];
}

const among = ["float64", "int64", "uint32", "float32", "complex128"] as const;
const options = { style: "domain", lengths: [2, 3], among } as const;
const trials: ReadonlyMap<Op, Trial[]> = Map.groupBy(
  programs(30, options).map(({ apply, feeds }): Trial => ({
    node: apply,
    inputs: evaluateGraph(apply.inputs, feeds),
  })),
  ({ node }) => node.op,
);

const evaluated = ({ node }: Trial, inputs: readonly Value[]): Value =>
  node.op.evaluate(inputs, node.params, node)[0]!;

/** A value whose rows along an axis are all its row j. */
function repeated(value: Value, axis: number, j: number): Value {
  const parts = isComplex(value.dtype) ? 2 : 1;
  const stride = parts * rowMajor(value.shape)[axis]!, n = value.shape[axis]!;
  const at = (i: number) => n === 1 ? i : i + (j - Math.floor(i / stride) % n) * stride;
  return { ...value, data: value.data.map((_, i) => value.data[at(i)]! as never) as Value["data"] };
}

/** Whether all rows of the output are row j where those of some inputs along some axes are all row j. */
function areAlone(trial: Trial, axis: number, axes: readonly (number | null)[]): boolean {
  const before = evaluated(trial, trial.inputs);
  return Array.from({ length: before.shape[axis]! }, (_, j) => {
    const inputs = trial.inputs.map((x, i) => axes[i] == null ? x : repeated(x, axes[i], j));
    const after = evaluated(trial, inputs), expected = repeated(before, axis, j);
    return after.data.every((x, i) => Object.is(x, expected.data[i]));
  }).every(Boolean);
}

Deno.test("every op that says something about rows is among those that are tried", () => {
  const missing = [...allOps.values()].filter((op) =>
    (op.along !== undefined || op.linear !== undefined) && (trials.get(op)?.length ?? 0) < 3
  );
  assertEquals(missing.map(({ name }) => name), []);
});

Deno.test("rows are made of those rows alone that ops say", () => {
  let tried = 0;
  for (const [op, list] of trials) {
    for (const trial of list) {
      const { node, inputs } = trial, { shape } = evaluated(trial, inputs);
      shape.forEach((n, axis) => {
        const axes = op.along?.(node, axis) ?? [];
        if (axes.every((own) => own === null)) return;
        tried++;
        axes.forEach((own, i) => own === null || assert([1, n].includes(inputs[i]!.shape[own]!)));
        assert(areAlone(trial, axis, axes), `${op.name}: ${axis} goes along with ${axes}`);
      });
    }
  }
  assert(tried > 1000, `${tried}`);
});

Deno.test("of no op that says nothing about rows they are made of rows alone", () => {
  const silent = [...trials].filter(([{ along }]) => along === undefined);
  assert(silent.length > 0);
  for (const [op, list] of silent) {
    const from = op.dataFrom ?? 0;
    const found = list.flatMap((trial) => {
      const { shape } = evaluated(trial, trial.inputs), x = trial.inputs[from];
      if (x === undefined) return [];
      return shape.flatMap((n, axis) =>
        x.shape.flatMap((m, own) => {
          const axes = trial.inputs.map((_, i) => i === from ? own : null);
          return n === m && n > 1 ? [areAlone(trial, axis, axes)] : [];
        })
      );
    });
    assert(found.length === 0 || found.includes(false), op.name);
  }
});

/** Whether an op maps 2u - 3v in the place of some inputs to 2f(u) - 3f(v). */
function isLinear(trial: Trial, set: readonly number[]): boolean {
  // Both inputs have one value.
  const isSame = trial.node.op.name === "derivedAs", own = isSame ? [0, 1] : set;
  const draw = (): readonly Value[] => {
    const values = trial.inputs.map((x, i) => own.includes(i) ? randomLike(x) : x);
    return isSame ? [values[0]!, values[0]!] : values;
  };
  const [us, vs] = [draw(), draw()] as const;
  const mixed = us.map((u, i) => {
    const [a, b] = [u, vs[i]!].map(({ data }) => Array.from<number | bigint, number>(data, Number));
    return own.includes(i) ? value(u.dtype, u.shape, a!.map((x, k) => 2 * x - 3 * b![k]!)) : u;
  });
  const [f, g, both] = [us, vs, mixed].map((values) =>
    Array.from(evaluated(trial, values).data as ArrayLike<number>)
  ) as [number[], number[], number[]];
  return both.every((x, i) => Math.abs(x - (2 * f[i]! - 3 * g[i]!)) <= 1e-9 * (1 + Math.abs(x)));
}

Deno.test("ops are linear in the inputs that they say, and no op that says nothing is", () => {
  let tried = 0;
  for (const [op, list] of trials) {
    const silent: boolean[] = [];
    for (const trial of list) {
      const { dtype, data } = evaluated(trial, trial.inputs);
      if (dtype !== "float64" && dtype !== "complex128") continue;
      const sets = op.linear?.(trial.node) ?? [];
      const reals = trial.inputs.flatMap((x, i) => isReal(x) ? [i] : []);
      for (const set of sets) {
        if (!set.every((i) => reals.includes(i))) continue;
        tried++;
        assert(isLinear(trial, set), `${op.name}: linear in ${set}`);
      }
      if (sets.length > 0 || reals.length === 0 || data.every((x) => x === 0)) continue;
      silent.push([...reals.map((i) => [i]), reals].some((set) => isLinear(trial, set)));
    }
    // Bits as numbers of the same dtype are those numbers; the other gives a value, but is told its derivative.
    const gives = op.name === "bitcast" || op.name === "customVjp";
    const isKnown = silent.length === 0 || silent.includes(false) || gives;
    assert(isKnown, `${op.name} is linear`);
  }
  assert(tried > 200, `${tried}`);
});

/** A trial in which an input is the same number everywhere. */
const withNumber = ({ node, inputs }: Trial, at: number, n: number): Trial => ({
  node,
  inputs: inputs.map((x, i) =>
    i === at ? value(x.dtype, x.shape, new Array(sizeOf(x.shape)).fill(n)) : x
  ),
});

/** The error that a trial ends with, or null. */
function errorOf(trial: Trial): unknown {
  try {
    evaluated(trial, trial.inputs);
    return null;
  } catch (error) {
    return error;
  }
}

Deno.test("positions are the inputs that ops say, and are along their axes of input 0", () => {
  const isOut = (trial: Trial) => errorOf(trial) instanceof IndexError;
  let tried = 0;
  for (const [op, list] of trials) {
    for (const trial of op.facts?.has("checks") ? [] : list) {
      const { node, inputs } = trial, positions = op.positions?.(node) ?? [];
      inputs.forEach((x, i) => {
        if (!isDiscrete(x.dtype) || x.dtype === "bool" || i === 0 || sizeOf(x.shape) === 0) return;
        const axis = positions.find(({ input }) => input === i)?.axis, n = inputs[0]!.shape[axis!];
        for (const end of n === undefined ? [99, -99] : [n, -n - 1]) {
          if (x.dtype === "uint32" && end < 0) continue;
          assertEquals(isOut(withNumber(trial, i, end)), n !== undefined, `${op.name}: ${i}`);
        }
        if (n === undefined) return;
        tried++;
        assert(!isOut(withNumber(trial, i, n - 1)) && !isOut(withNumber(trial, i, 0)));
      });
    }
  }
  assert(tried > 50, `${tried}`);
});

Deno.test("checks are what gives input 0 or refuses it", () => {
  const given = (trial: Trial) => `${evaluated(trial, trial.inputs).data}`;
  for (const [op, list] of trials) {
    const integers = list.filter(({ inputs: [x] }) => x?.dtype === "int64");
    const found = integers.filter((trial) =>
      isArgumentError(errorOf(withNumber(trial, 0, -99))) &&
      given(trial) === `${trial.inputs[0]!.data}`
    );
    const isCheck = op.facts?.has("checks") === true;
    assertEquals(found.length, isCheck ? integers.length : 0, op.name);
    assert(!isCheck || found.length > 0);
  }
});

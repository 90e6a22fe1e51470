// The table of expressions that overflow or lose all digits as written: values, gradients and Hessians against
// answers to 50 digits.

import { assert, assertEquals } from "@std/assert";
import reference from "../../../dev/testing/stability/reference.json" with { type: "json" };
import {
  costOf,
  elementwise,
  shortcomings,
  whole,
} from "../../../dev/testing/stability/expressions.ts";
import { availability } from "../../../dev/testing/gpu_device.ts";
import { compile, grad, hessian, T, type Variable } from "../../../all.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import { makeValue } from "../../graph/value.ts";

type Float = "float32" | "float64";

/** A row of the table. */
interface Row {
  readonly name: string;
  readonly x: Variable;
  readonly at: readonly number[];
  readonly parts: readonly Part[];
  readonly naive: Variable;
}

interface Part {
  readonly name: "value" | "gradient" | "hessian";
  readonly computed: Variable;
  readonly expected: readonly number[];
}

type Answers = Readonly<Record<"value" | "gradient" | "hessian", readonly string[]>> & {
  readonly at: readonly number[];
};

const ignore = { disconnectedInputs: "ignore" } as const;
const answers: Readonly<Record<"elementwise" | "whole", Readonly<Record<string, Answers>>>> =
  reference;

function inputOf(dtype: Float): Variable {
  return T.tensor(dtype, [null], "x") as Variable;
}

function elementwiseRow(name: string, dtype: Float): Row {
  const x = inputOf(dtype), value = elementwise[name]!(x), answer = answers.elementwise[name]!;
  const gradient = grad(T.sum(value), x, ignore), second = grad(T.sum(gradient), x, ignore);
  const isPoint = answer.at.map((at) => dtype === "float64" || Math.fround(at) === at);
  const parts = Object.entries({ value, gradient, hessian: second }).map(([name, computed]) => ({
    name: name as Part["name"],
    computed: computed as Variable,
    expected: answer[name as Part["name"]].map(Number).filter((_, i) => isPoint[i]),
  }));
  return { name, x, at: answer.at.filter((_, i) => isPoint[i]), parts, naive: value };
}

function wholeRow(name: string): Row {
  const x = inputOf("float64"), { written, naive = written } = whole[name]!;
  const answer = answers.whole[name]!, value = costOf(written(x));
  const gradient = grad(value, x, ignore), second = T.flatten(hessian(value, x, ignore));
  const parts = Object.entries({ value, gradient, hessian: second }).map(([name, computed]) => ({
    name: name as Part["name"],
    computed: computed as Variable,
    expected: answer[name as Part["name"]].map(Number),
  }));
  return { name, x, at: answer.at, parts, naive: costOf(naive(x)) };
}

/** The error, by what is right; what is below all normal numbers may be 0. */
function errorOf(have: readonly number[], expected: readonly number[], least: number): number {
  assertEquals(have.length, expected.length);
  return Math.max(...have.map((value, i) => {
    const want = expected[i]!;
    if (value === want) return 0;
    const error = Math.abs(value - want) / Math.max(Math.abs(want), least);
    return Number.isNaN(error) ? Infinity : error;
  }));
}

const numbersOf = (data: ArrayLike<unknown>) => Array.from(data, Number);

Deno.test("the table of stability: values, gradients and Hessians to 12 digits", async () => {
  assertEquals(Object.keys(elementwise), Object.keys(answers.elementwise));
  assertEquals(Object.keys(whole), Object.keys(answers.whole));
  const rows = [
    ...Object.keys(elementwise).map((name) => elementwiseRow(name, "float64")),
    ...Object.keys(whole).map(wholeRow),
  ];
  assert(rows.length >= 60);
  const outputs = rows.flatMap(({ parts }) => parts.map(({ computed }) => computed));
  const inputs = rows.map(({ x }) => x);
  const f = await compile(inputs, outputs, { device: "cpu", onUnusedInput: "ignore" });
  const results = f(...rows.map(({ at }) => [...at])).map((r) => numbersOf(r.dataSync()));
  const given = new Map(rows.map(({ x, at }) => [x, makeValue("float64", [at.length], at)]));
  const raw = evaluateGraph([...outputs, ...rows.map(({ naive }) => naive)], given).map((value) =>
    numbersOf(value.data as Float64Array)
  );
  const wrong: string[] = [];
  const note = (holds: boolean, words: string) => holds || wrong.push(words);
  let next = 0;
  for (const [i, { name, parts }] of rows.entries()) {
    const naive = [errorOf(raw[outputs.length + i]!, parts[0]!.expected, 2.3e-308)];
    for (const { name: part, expected } of parts) {
      const have = results[next]!, error = errorOf(have, expected, 2.3e-308);
      naive.push(errorOf(raw[next++]!, expected, 2.3e-308));
      if (!shortcomings[name]?.includes(part)) {
        note(error <= 1e-12, `${name}: ${part} ${have}, not ${expected}`);
        continue;
      }
      // A shortcoming that is mended is one no more.
      note(error > 1e-12, `${name}: the ${part} is right`);
      note(errorOf(have, expected, 1) < 1e-15, `${name}: ${part} ${have}`);
    }
    note(Math.max(...naive) > 1e-3, `${name} is right as written`);
  }
  assertEquals(wrong, []);
});

Deno.test({
  name: "the table of stability on the GPU, in float32",
  ignore: !availability.available,
  fn: async () => {
    const rows = Object.keys(elementwise).map((name) => elementwiseRow(name, "float32"));
    const parts = rows.flatMap(({ name, parts }) =>
      parts.slice(0, 2).map((part) => ({ ...part, row: name }))
    );
    const f = await compile(rows.map(({ x }) => x), parts.map(({ computed }) => computed), {
      device: "gpu",
      onUnusedInput: "ignore",
    });
    const results = f(...rows.map(({ at }) => [...at])), wrong: string[] = [];
    for (const [i, { name, row, expected }] of parts.entries()) {
      const have = numbersOf(results[i]!.dataSync());
      // What is small beside 1 saturates, as 1 - tanh(x)².
      const saturates = shortcomings[row]?.includes(name);
      const least = saturates ? 1 : name === "gradient" ? 1e-2 : 1e-20;
      if (errorOf(have, expected, least) >= 1e-4) {
        wrong.push(`${row}: ${name} ${have}, ${expected}`);
      }
    }
    assertEquals(wrong, []);
  },
});

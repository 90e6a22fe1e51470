// Exponentials that ops put at other places, as their facts say, under a logarithm.

import { assertEquals } from "@std/assert";
import { allOps } from "../../../dev/testing/ops/all.ts";
import { programs } from "../../../dev/testing/ops/programs.ts";
import { fillValue } from "../../../dev/testing/rewrite/rules.ts";
import { grad, T } from "../../../all.ts";
import { isFloat } from "../../graph/dtype.ts";
import { type Apply, makeVariable, type Variable } from "../../graph/graph.ts";
import { heldInputs, lazyInputs } from "../../graph/op.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import { applyAgain } from "../match.ts";
import { optimise, resolveMode } from "../mod.ts";

/** Ops that say so of integers alone. */
const ofIntegers = ["inRange", "length"];

/** Numbers of the inputs that hold the elements of the output. */
function sourcesOf(apply: Apply): number[] {
  const held = heldInputs(apply);
  if (held !== null) return apply.inputs.flatMap((input, i) => held.includes(input) ? [i] : []);
  return apply.op.pick === undefined ? [] : [...lazyInputs(apply)];
}

const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

for (const exponent of [1000, -1000]) {
  Deno.test(`log(sum(exp(${exponent}))) and two derivatives through ops that place elements`, () => {
    const met = new Set<string>(), wrong = new Set<string>();
    for (const { name, apply, feeds } of programs(4, { among: ["float64"] })) {
      const sources = sourcesOf(apply).filter((i) => isFloat(apply.inputs[i]!.dtype));
      if (sources.length === 0 || !isFloat(apply.output.dtype)) continue;
      const shapes = evaluateGraph(apply.inputs, feeds).map(({ shape }) => shape);
      // All of them, and each beside ones.
      for (const chosen of [sources, ...sources.map((i) => [i])]) {
        const given = new Map(feeds), x: Variable[] = [], v: Variable[] = [];
        const filled = (i: number, value: (n: number) => number) => {
          const made = makeVariable(apply.inputs[i]!.type);
          given.set(made, fillValue("float64", shapes[i]!, value));
          return made;
        };
        const inputs = apply.inputs.map((input, i): Variable => {
          if (!chosen.includes(i)) return sources.includes(i) ? filled(i, () => 1) : input;
          x.push(filled(i, () => exponent));
          v.push(filled(i, (n) => n % 3 - 1.5));
          return x.at(-1)!;
        });
        const sumOf = (of: (v: Variable) => Variable) =>
          T.sum(applyAgain(apply, inputs.map((v) => x.includes(v) ? of(v) : v))) as Variable;
        const options = { disconnectedInputs: "ignore" } as const;
        const value = (variables: readonly Variable[]) =>
          evaluateGraph(optimise(variables, resolveMode()), given)
            .map(({ data }) => Array.from(data, Number));
        // How often each element is there, and the sum of the others.
        const plain = sumOf((v) => v), counts = value(grad(plain, x, options)).flat();
        if (counts.length === 0 || value([applyAgain(apply, inputs)])[0]!.length === 0) continue;
        const [[others]] = value([sumOf((v) => T.zerosLike(v) as Variable)]) as [number[]];
        met.add(name);
        const cost = T.log(sumOf((v) => T.exp(v) as Variable)) as Variable;
        const slopes = grad(cost, x, options);
        const along = slopes.map((g, i) => T.sum(T.mul(g, v[i]!)) as Variable)
          .reduce((a, b) => T.add(a, b) as Variable);
        const count = total(counts), isThere = count > 0 && (exponent > 0 || others === 0);
        const p = counts.map((n) => isThere ? n / count : 0);
        const direction = value(v).flat(), mean = total(p.map((p, i) => p * direction[i]!));
        const want = [
          isThere ? exponent + Math.log(count) : Math.log(others!),
          ...p,
          ...p.map((p, i) => p * (direction[i]! - mean)),
        ];
        const have = value([cost, ...slopes, ...grad(along, x, options)]).flat();
        if (!want.every((w, i) => Math.abs(w - have[i]!) <= 1e-12 * (1 + Math.abs(w)))) {
          wrong.add(name);
        }
      }
    }
    const says = [...allOps.values()].filter(({ holds, facts, pick }) =>
      holds !== undefined || pick !== undefined || facts?.has("moves")
    );
    const unmet = says.map(({ name }) => name).filter((name) => !met.has(name));
    assertEquals(unmet.sort(), ofIntegers);
    assertEquals([...wrong].sort(), []);
  });
}

// Exponentials that ops put at other places, as their facts say, under a logarithm.

import { assertEquals } from "@std/assert";
import { allOps } from "../../../dev/testing/ops/all.ts";
import { programs } from "../../../dev/testing/ops/programs.ts";
import { fillValue } from "../../../dev/testing/rewrite/rules.ts";
import { T } from "../../../mod.ts";
import { isFloat } from "../../graph/dtype.ts";
import { type Apply, makeVariable, type Variable } from "../../graph/graph.ts";
import { heldInputs, lazyInputs } from "../../graph/op.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import { applyAgain } from "../match.ts";
import { optimise, resolveMode } from "../mod.ts";

/** Ops that say which inputs their elements are of, and are not seen through, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  ifelse: "second derivatives of what was shifted in one branch would not be stable",
  pad: "second derivatives of what was shifted beside other numbers would not be stable",
  sort: "where an element goes depends on the others",
};

/** Ops that say so of integers alone. */
const ofIntegers = ["inRange", "length"];

/** Numbers of the inputs that hold the elements of the output. */
function sourcesOf(apply: Apply): number[] {
  const held = heldInputs(apply);
  if (held !== null) return apply.inputs.flatMap((input, i) => held.includes(input) ? [i] : []);
  return apply.op.pick === undefined ? [] : [...lazyInputs(apply)];
}

for (const exponent of [1000, -1000]) {
  Deno.test(`logarithms of sums of exp(${exponent}) stay finite through ops that place elements`, () => {
    const met = new Set<string>(), wrong = new Set<string>();
    for (const { name, apply, feeds } of programs(4, { among: ["float64"] })) {
      const sources = sourcesOf(apply).filter((i) => isFloat(apply.inputs[i]!.dtype));
      if (sources.length === 0 || !isFloat(apply.output.dtype)) continue;
      const shapes = evaluateGraph(apply.inputs, feeds).map(({ shape }) => shape);
      // All of them, and each beside ones.
      for (const chosen of [sources, ...sources.map((i) => [i])]) {
        const given = new Map(feeds);
        const inputs = apply.inputs.map((input, i): Variable => {
          if (!sources.includes(i)) return input;
          const x = makeVariable(input.type);
          given.set(x, fillValue("float64", shapes[i]!, () => chosen.includes(i) ? exponent : 1));
          return chosen.includes(i) ? T.exp(x) as Variable : x;
        });
        const output = applyAgain(apply, inputs);
        const [size] = evaluateGraph([output], given);
        if (size!.data.length === 0) continue;
        met.add(name);
        const [log] = optimise([T.log(T.sum(output)) as Variable], resolveMode());
        const [value] = evaluateGraph([log!], given);
        if (!Number.isFinite(Number(value!.data[0]))) wrong.add(name);
      }
    }
    const says = [...allOps.values()].filter(({ holds, facts, pick }) =>
      holds !== undefined || pick !== undefined || facts?.has("moves")
    );
    const unmet = says.map(({ name }) => name).filter((name) => !met.has(name));
    assertEquals(unmet.sort(), ofIntegers);
    assertEquals([...wrong].sort(), Object.keys(exceptions));
  });
}

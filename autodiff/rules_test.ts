import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeVariable, outputOf, type Variable } from "../core/graph/graph.ts";
import type { Op, Params } from "../core/graph/op.ts";
import { elementwiseOps, mul, sqr } from "../core/ops/elementwise/elementwise.ts";
import { TensorType } from "../core/graph/type.ts";
import { sum } from "../core/ops/reduce/reduce.ts";
import { grad, registerGradient } from "./mod.ts";
import { NullGradientError } from "../core/base/errors.ts";
import { gradientRule } from "./rules.ts";

function isOp(value: unknown): value is Op<Params> {
  return typeof value === "object" && value !== null && "lowering" in value && "infer" in value;
}

Deno.test("every op has a gradient rule", async () => {
  const names = new Set<string>(Object.keys(elementwiseOps));
  const open = [
    new URL("../core/ops/", import.meta.url),
    new URL("../core/random/", import.meta.url),
  ];
  for (const folder of open) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) open.push(new URL(`${name}/`, folder));
      if (!name.endsWith(".ts") || /_(test|bench)\.ts$/.test(name)) continue;
      const exported = await import(new URL(name, folder).href) as Record<string, unknown>;
      for (const value of Object.values(exported)) if (isOp(value)) names.add(value.name);
    }
  }
  assert(names.size > 90);
  assertEquals([...names].filter((name) => gradientRule(name) === undefined), []);
});

/** x³ as an op without rule. */
function cubeOp(name: string): Op<Params> {
  return {
    name,
    infer: ([x]) => [x!.type],
    shapes: (context, { inputs }) => [context.shape(inputs[0]!)],
    evaluate: ([x]) => [{ ...x!, data: (x!.data as Float64Array).map((v) => v ** 3) }],
    lowering: { kind: "matmul" },
  };
}

Deno.test("an op without a rule has no gradient until one is registered", () => {
  const op = cubeOp("testCube");
  const x = makeVariable(TensorType.of("float64", [null]));
  const cost = sum(outputOf(op, [x], {}));
  const error = assertThrows(() => grad(cost, x), NullGradientError, '"testCube"');
  assert(error instanceof TypeError);
  registerGradient("testCube", {
    pullback: ({ inputs }, [g]): Variable[] => [mul(g!, mul(sqr(inputs[0]!), 3))],
  });
  assertEquals(grad(cost, x).ndim, 1);
  assertThrows(
    () => registerGradient("testCube", { pullback: () => [] }),
    TypeError,
    "it has one already",
  );
});

Deno.test("a rule that gives a gradient of another rank is found out", () => {
  const op = cubeOp("testWrong");
  registerGradient("testWrong", { pullback: (_apply, [g]) => [sum(g!)] });
  const x = makeVariable(TensorType.of("float64", [null]));
  assertThrows(() => grad(sum(outputOf(op, [x], {})), x), TypeError, "its rule gave a gradient");
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeVariable, outputOf, type Variable } from "../core/graph/graph.ts";
import type { Op, Params } from "../core/graph/op.ts";
import { mul, sqr } from "../core/ops/elementwise/elementwise.ts";
import { TensorType } from "../core/graph/type.ts";
import { sum } from "../core/ops/reduce/reduce.ts";
import "../scan/mod.ts";
import { grad } from "./mod.ts";
import { allOps } from "../dev/testing/ops/all.ts";
import { NullGradientError } from "../core/base/errors.ts";
import { gradientRule, registerGradient } from "./rules.ts";

Deno.test("every op has a gradient rule in autodiff/rules_*.ts, or is given one where it stands", () => {
  assertEquals([...allOps.keys()].filter((name) => gradientRule(name) === undefined), []);
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

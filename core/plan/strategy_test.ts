// How loops are run, and what is said where a strategy does not fit.

import { assertThrows } from "@std/assert";
import { check } from "../../dev/testing/file_check.ts";
import { scan, type ScanOptions, T, type Variable } from "../../all.ts";
import { afterPasses, type Planned } from "../../dev/testing/plan/passes.ts";

const x = T.fvector("x"), a = T.fvector("a"), k = T.lvector("k"), X = T.fmatrix("X");
const inputs: [Variable, number[]][] = [[x, [1000]], [a, [1000]], [k, [1000]], [X, [1000, 30]]];
const loopKernels = { parallelSteps: 500 };

type Step = (...args: Variable[]) => Variable;

function planned(
  step: Step,
  options: Pick<ScanOptions, "sequences" | "outputsInfo" | "strategy">,
  on: Partial<Planned> = {},
): string {
  const [y] = scan(step as never, options);
  return afterPasses({ inputs, outputs: [y as Variable], loopKernels, ...on }).rows!;
}

/** The steps that are associative in their state, and what is read at each step. */
const associative: Record<string, [Step, Variable[], Variable]> = {
  sum: [(x, s) => s!.add(x!.exp()), [x], T.constant(0, "float32")],
  max: [(x, s) => T.maximum(s!, x!.abs()), [x], T.constant(0, "float32")],
  min: [(x, s) => T.minimum(x!, s!), [x], T.constant(0, "float32")],
  "integer product": [(k, s) => s!.mul(k!), [k], T.constant(1n, "int64")],
  "sums of rows": [(x, s) => s!.add(x!), [X], T.zeros([30], "float32")],
  product: [(x, s) => s!.mul(x!), [x], T.constant(1, "float32")],
  affine: [(x, a, s) => s!.mul(a!).add(x!), [x, a], T.constant(0, "float32")],
  gated: [
    (x, a, s) => {
      const gate = T.sigmoid(a!);
      return gate.mul(s!).add(T.sub(1, gate).mul(x!));
    },
    [x, a],
    T.constant(0, "float32"),
  ],
  reset: [(x, a, s) => T.where(a!.gt(0), x!, s!.add(x!)), [x, a], T.constant(0, "float32")],
};
const safe = ["sum", "max", "min", "integer product", "sums of rows"];

Deno.test("associative steps run by a prefix scan: unasked where they are many, and no product leaves its range", () => {
  for (const [name, [step, sequences, initial]] of Object.entries(associative)) {
    const options = { sequences, outputsInfo: initial };
    const unasked = safe.includes(name)
      ? "1000 steps, parallel: many steps"
      : "1000 steps, lanes: ";
    check(planned(step, options), [unasked]);
    check(planned(step, options, { loopKernels: { parallelSteps: 1001 } }), [
      "1000 steps, lanes: ",
    ]);
    check(planned(step, { ...options, strategy: "parallel" }), ["parallel: asked for"]);
    // One function has one thread.
    const alone = { loopKernels: null };
    check(planned(step, options, alone), ["1000 steps, stepped: ", "NOT parallel"]);
    check(planned(step, { ...options, strategy: "parallel" }, alone), [
      "parallel: asked for; the steps run one after the other",
    ]);
  }
});

Deno.test("as many points as a device has threads run in lanes", () => {
  const wide = T.fmatrix("wide");
  const [y] = scan((x: Variable, s: Variable) => s.add(x), {
    sequences: wide,
    outputsInfo: T.zeros([2000], "float32"),
  });
  const { rows } = afterPasses({
    inputs: [[wide, [1000, 2000]]],
    outputs: [y as Variable],
    loopKernels,
  });
  check(rows!, ["1000 steps, lanes: "]);
});

Deno.test("a strategy that does not fit is an error that says why, on any device", () => {
  const zero = T.constant(0, "float32"), row = T.zeros([30], "float32");
  const fails = (
    strategy: "lanes" | "parallel" | "resident",
    step: Step,
    sequences: Variable[],
    outputsInfo: Variable,
    why: string,
  ) => {
    for (const kernels of [loopKernels, null]) {
      const options = { sequences, outputsInfo, strategy };
      const make = () => planned(step, options, { loopKernels: kernels });
      assertThrows(make, TypeError, `with strategy "${strategy}": ${why}`);
    }
  };
  const curved: Step = (x, s) => T.tanh(s!.add(x!));
  fails("parallel", curved, [x], zero, "its step is not associative");
  fails("parallel", (x, s) => s!.mul(s!).add(x!), [x], zero, "its step is not associative");
  const narrow: Step = (x, s) => T.cast(s!.add(x!), "int8");
  fails("parallel", narrow, [T.cast(k, "int8")], T.constant(0, "int8"), "its step is not assoc");
  const product: Step = (x, s) => x!.add(T.dot(T.zeros([30, 30], "float32"), s!));
  for (const strategy of ["lanes", "parallel"] as const) {
    fails(strategy, product, [X], row, "the step has a gemm");
    fails(strategy, (x, s) => s!.add(x!.sum()), [X], row, "the step ");
  }
  const sorted: Step = (x, s) => T.sort(s!.add(x!));
  fails("resident", sorted, [X], row, "the step has a sort");
});

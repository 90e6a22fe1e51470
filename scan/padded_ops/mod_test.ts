import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { allOps } from "../../dev/testing/ops/all.ts";
import { copyElement, forEachIndex, zeroValue } from "../../core/ops/common/moving.ts";
import { compile, extend, scan, ShapeError, T, type Variable } from "../../all.ts";
import { padRule } from "./mod.ts";

/** Ops without a rule that need none, and why. */
const none: Readonly<Record<string, string>> = {
  makeVector: "of scalars",
  length: "of a scalar",
  ceilSqrt: "of a scalar",
  customVjp: "solutions have as many elements as they start with",
  advance: "of a state, whose length is fixed",
  scan: "loops are seen to by uneven.ts",
};

Deno.test("every op has a rule in scan/padded_ops, says what goes along, or is named as an exception", () => {
  const silent = [...allOps.values()].filter((op) =>
    padRule(op) === null && op.along === undefined
  );
  assertEquals(silent.map(({ name }) => name).sort(), Object.keys(none).sort());
});

/** x with its last axis in the other direction; what goes along with what is left to say. */
const mirror: extend.Op = {
  name: "mirror",
  infer: ([x]) => [x!.type],
  shapes: (context, { inputs }) => [context.shape(inputs[0]!)],
  evaluate([x]) {
    const out = zeroValue(x!.dtype, x!.shape), n = x!.shape.at(-1)!;
    forEachIndex(
      x!.shape,
      (index, from) => copyElement(out, from + n - 1 - 2 * index.at(-1)!, x!, from),
    );
    return [out];
  },
  lowering: {
    kind: "virtual",
    cost: 1,
    element(context, { inputs: [x] }, index) {
      const { b } = context, last = extend.subSize(context.shape(x!).at(-1)!, 1);
      const back = b.addIx(extend.sizeIx(last), b.scaleIx(index.at(-1)!, -1));
      return context.read(x!, [...index.slice(0, -1), back]);
    },
  },
};
const mirrorRows: extend.Op = {
  ...mirror,
  name: "mirrorRows",
  along: ({ output }, axis) => axis === output.ndim - 1 ? [] : [axis],
};

/** For each n the sum of squares, weighted along both axes, of what an op makes of n rows, or of n columns. */
function loop(op: extend.Op, x: Variable, n: Variable, axis: 0 | 1): Variable {
  const step = (n: Variable, x: Variable) => {
    const part = axis === 0 ? x.at({ stop: n }) : x.at(":", { stop: n });
    const made = extend.applyOp(op, [part], {}).output;
    const weights = T.arange(made.shape[0]!).add(1).expandDims(1).mul(
      T.arange(made.shape[1]!).add(1),
    );
    return made.mul(T.cast(weights, "float32")).sum();
  };
  return (scan as unknown as (step: unknown, options: object) => [Variable[]])(step, {
    sequences: n,
    nonSequences: x,
  })[0] as unknown as Variable;
}

onDevices(
  "an op that says what goes along takes rows whose number changes from step to step",
  async (device) => {
    const x = T.matrix("x"), n = T.ivector("n");
    const f = await compile([x, n], loop(mirrorRows, x, n, 0), { device });
    const rows = [[1, 2], [3, 5], [4, 7]];
    for (const lengths of [[1, 3, 2], [0, 3], [2, 2, 1]]) {
      const expected = lengths.map((n) =>
        rows.slice(0, n).reduce((sum, [a, b], i) => sum + (i + 1) * (b! + 2 * a!), 0)
      );
      assertEquals(numbers(f(rows, lengths)), expected);
    }
  },
);

Deno.test("an op that does not is named, with what to do instead", () => {
  const x = T.matrix("x"), n = T.ivector("n");
  assertThrows(
    () => loop(mirror, x, n, 0),
    ShapeError,
    '"mirror" does not say what becomes of them',
  );
  assertThrows(() => loop(mirrorRows, x, n, 1), ShapeError, '"mirrorRows" does not say');
});

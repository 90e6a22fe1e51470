import { assertEquals, assertThrows } from "@std/assert";
import { onDevices } from "../dev/testing/devices.ts";
import { compile, extend, grad, pp, T } from "../all.ts";

/** x³, element by element. */
const cube: extend.Op = {
  name: "testExtendCube",
  infer: ([x]) => [x!.type],
  shapes: (context, { inputs }) => [context.shape(inputs[0]!)],
  evaluate: ([x]) => [{ ...x!, data: (x!.data as Float64Array).map((value) => value ** 3) }],
  lowering: {
    kind: "elementwise",
    compute: (dtypes) => dtypes,
    scalar: (b, [x]) => b.mul(x!, b.mul(x!, x!)),
    cost: 2,
  },
};

extend.registerGradient(cube.name, {
  pullback: ({ inputs: [x] }, [slope]) => [slope!.mul(x!.sqr()).mul(3)],
});

/** A matrix with its axes exchanged. */
const turn: extend.Op = {
  name: "testExtendTurn",
  infer: ([x]) => [T.tensorType(x!.dtype, [...x!.type.shape].reverse())],
  shapes: (context, { inputs }) => [[...context.shape(inputs[0]!)].reverse()],
  evaluate([x]) {
    const [n, m] = x!.shape as [number, number], data = x!.data.slice();
    data.forEach((_, k) => data[k] = x!.data[(k % n) * m + Math.floor(k / n)]!);
    return [{ ...x!, shape: [m, n], data }];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    view: true,
    element: (context, { inputs }, [i, j]) => context.read(inputs[0]!, [j!, i!]),
  },
};

extend.registerGradient(turn.name, {
  pullback: (_, [slope]) => [extend.outputOf(turn, [slope!], {})],
});

for (const mode of ["fastRun", "debug"] as const) {
  onDevices(`ops of users run with their gradients, mode ${mode}`, async (device) => {
    const x = T.fmatrix("x"), weights = T.fmatrix("weights");
    const y = extend.outputOf(turn, [extend.applyOp(cube, [x], {}).output.add(1)], {});
    const slope = grad(y.mul(weights).sum(), x);
    const f = await compile([x, weights], [y, slope], { device, mode });
    for (const extra of [[], [[3, 1]]]) {
      const rows = [[1, 2], [0, -1], ...extra],
        turned = (m: number[][]) => [0, 1].map((j) => m.map((row) => row[j]!));
      const w = turned(rows.map((row, i) => row.map((_, j) => 2 * i + j)));
      const [value, gradient] = f(rows, w);
      assertEquals(value.arraySync(), turned(rows.map((row) => row.map((v) => v ** 3 + 1))));
      assertEquals(
        gradient.arraySync(),
        rows.map((row, i) => row.map((v, j) => (2 * i + j) * 3 * v * v)),
      );
    }
  });
}

Deno.test("ops of users are printed by name, and have one gradient", () => {
  assertEquals(pp(extend.outputOf(cube, [T.fvector("v")], {})), "testExtendCube(v)");
  assertThrows(
    () => extend.registerGradient(cube.name, { pullback: () => [] }),
    TypeError,
    "it has one already",
  );
});

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, grad, scan, T, type Variable, VerificationError } from "../../all.ts";
import { applyOp } from "../graph/graph.ts";

/** What debug mode gives for a function of a number. */
async function debugged(of: (x: Variable) => Variable, at: number, device: "cpu" | "gpu") {
  const x = T.scalar("x", { dtype: device === "gpu" ? "float32" : "float64" });
  return Number((await compile([x], of(x), { device, mode: "debug" }))(at).item());
}

/** x, by a multiplication that computes 7 as it is written. */
function wrongly(x: Variable): Variable {
  const { op, params } = x.mul(x).owner!;
  const evaluate = () => [{ dtype: x.dtype, shape: [], data: Float64Array.of(7) }];
  return applyOp({ ...op, evaluate }, [x, T.constant(1, { dtype: x.dtype })], params).output;
}

onDevices("debug mode takes a loop for right that overflows as it is written", async (device) => {
  const dtype = device === "gpu" ? "float32" : "float64";
  const moves = T.matrix("moves", { dtype }), seen = T.matrix("seen", { dtype });
  const [states] = scan(
    (now, last) => T.log(T.exp(last.dimshuffle([0, "x"]).add(moves)).sum(0)).add(now),
    { sequences: seen, outputsInfo: T.zeros([2], dtype) },
  );
  const total = T.log(T.exp(states.at(-1)).sum());
  const f = await compile([moves, seen], [total, grad(total, moves)], { device, mode: "debug" });
  const given = [[-1, -2], [-3, -4]];
  for (
    const [rows, value, slopes] of [
      [[[-900, -901], [-900, -950], [-800, -1]], -1804.854922061, [1.8469687, 1.0158422]],
      [[[-900, -901], [900, 950], [800, 1]], 844.145077939, [0.8649549, 0.9978560]],
      [[[-900, 0], [1000, 0], [-300, 1]], 994.126928011, [0, 1.8807971]],
    ] as [number[][], number, number[]][]
  ) {
    const [c, g] = f(given, rows);
    assertAlmostEquals(Number(c.item()), value, 1e-7 * Math.abs(value));
    (g.arraySync() as number[][])[0]!.forEach((x, i) => assertAlmostEquals(x, slopes[i]!, 1e-4));
  }
});

onDevices("debug mode knows where values are lost on the way to finite ones", async (device) => {
  const cases: [(x: Variable) => Variable, number, number][] = [
    [(x) => T.maximum(T.log(T.exp(x)), -800), -750, -750],
    [(x) => T.sigmoid(T.log(T.exp(x)).sub(1000)), 1000, 0.5],
    [(x) => T.maximum(T.log(T.sub(1, T.sigmoid(x))), -50), 40, -40],
    [(x) => T.exp(x).mul(T.exp(x.mul(-0.875))).mul(T.exp(x.mul(-0.125))), -800, 1],
    [(x) => T.exp(x).mul(T.exp(x)).mul(T.exp(x.mul(-2))), -600, 1],
    [(x) => T.add(x, 1e20).sub(1e20), 1, 1],
  ];
  for (const [of, at, value] of cases) {
    const stepwise = (x: Variable) => scan((v) => of(v), { sequences: T.stack([x, x]) })[0].at(1);
    for (const form of [of, stepwise]) {
      assertAlmostEquals(await debugged(form, at, device), value, 1e-3);
    }
  }
});

onDevices(
  "debug mode knows what hangs on numbers that are none as they are written",
  async (device) => {
    const cases: [(x: Variable) => Variable, number][] = [
      [(x) => T.lt(T.dot(T.zeros([1], x.dtype), T.log(x).dimshuffle("x")), 1), -1],
      [(x) => T.lt(T.dot(T.zeros([1], x.dtype), x.dimshuffle("x")), 1), NaN],
      [(x) => T.lt(x.div(x), 2), 0],
      [(x) => T.where(T.lt(T.log(x).sub(T.log(x)), 1), 1, 2), 0],
    ];
    for (const [of, at] of cases) {
      const stepwise = (x: Variable) => scan((v) => of(v), { sequences: T.stack([x, x]) })[0].at(1);
      for (const form of [of, stepwise]) assertEquals(await debugged(form, at, device) <= 2, true);
    }
    // A comparison with a number that is none is checked as ever.
    assertEquals(await debugged((x) => T.lt(x, 1), NaN, device), 0);
    await assertRejects(
      () => debugged((x) => T.lt(wrongly(x).add(T.isnan(T.log(T.neg(x)))), 5), 3, device),
      VerificationError,
    );
  },
);

onDevices("debug mode finds wrong rewrites beside what underflows or overflows", async (device) => {
  const dtype = device === "gpu" ? "float32" : "float64";
  const forms: ((x: Variable) => Variable)[] = [
    (x) => T.exp(x.mul(-1000)).add(wrongly(x)),
    (x) => T.div(1, T.exp(x.mul(1000)).add(1)).add(wrongly(x)),
    (x) => T.softmax(T.stack([x, x.mul(-2000)])).sum().mul(wrongly(x)),
    (x) => T.maximum(T.log(T.exp(x.mul(-1000))), -2).add(wrongly(x)),
    (x) => T.maximum(wrongly(x), 0).add(T.sigmoid(x.mul(1000))),
  ];
  for (const [i, form] of forms.entries()) {
    const inStep = (x: Variable) => scan((v) => form(v), { sequences: T.stack([x, x]) })[0];
    for (const  of of[form, inStep]) {
      const x = T.scalar("x", { dtype });
      const f = await compile([x], of(x), { device, mode: "debug" });
      const { message } = assertThrows(() => f(1), VerificationError, undefined, String(i));
      assertMatch(message, /Rewriting the function .*/);
    }
  }
});

onDevices("debug mode knows that numbers close to 0 may be 0", async (device) => {
  const x = T.fscalar("x"), mode = { base: "none", verify: true } as const;
  for (
    const y of [T.log(T.exp(x)), T.div(T.constant(1e-37, "float32"), T.exp(x)), T.exp(x).mul(1e30)]
  ) {
    const f = await compile([x], y, { device, mode });
    for (const at of [-110, -100, -88, 1]) assert(Number(f(at).item()) !== undefined);
  }
});

Deno.test("differences that overflow tell no slope", async () => {
  const x = T.dscalar("x"), mode = { verify: true, gradients: true };
  const f = await compile([x], T.maximum(T.log(T.exp(x)), -800), { device: "cpu", mode });
  assertEquals(f(-750).item(), -750);
});

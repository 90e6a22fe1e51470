import { assert, assertEquals } from "@std/assert";
import { evaluateGraph } from "../core/graph/reference.ts";
import { makeValue, type Value } from "../core/graph/value.ts";
import { toposort } from "../core/graph/walk.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import {
  compile,
  grad,
  Lop,
  RandomStreams,
  Rop,
  scan,
  T,
  type Tensor,
  until,
  type Variable,
} from "../all.ts";
import { isScan } from "./node.ts";

const numbersOf = ({ data }: Value): number[] => Array.from(data as Float64Array);

// deno-lint-ignore no-explicit-any
type Step = any;

function loop(step: Step, options: object): Variable[] {
  const found = scan(step, { returnList: true, ...options } as never) as unknown;
  return (found as [Variable[]])[0];
}

/** Functions of a vector of 4 elements and a weight, as loops of all kinds. */
const loops: Record<string, (x: Variable, w: Variable) => Variable> = {
  "a recurrence": (x, w) =>
    loop((e: Variable, s: Variable) => T.tanh(s.mul(w).add(e)), {
      sequences: x,
      outputsInfo: w.mul(0),
    })[0]!,
  "a state that starts constant": (x, w) =>
    loop((e: Variable, s: Variable) => T.sin(s.add(e.mul(w))), {
      sequences: x,
      outputsInfo: T.constant(0.5, { dtype: "float64" }),
    })[0]!,
  "a state that starts at a singular value": (x, w) =>
    loop((e: Variable, s: Variable) => T.sqrt(s).mul(e).add(w), {
      sequences: T.sqr(x),
      outputsInfo: T.constant(0, { dtype: "float64" }),
    })[0]!,
  "taps of sequences and states": (x, w) =>
    loop(
      (a: Variable, b: Variable, s: Variable, r: Variable) =>
        a.mul(b).add(T.cos(s).mul(w)).add(r.mul(0.5)),
      {
        sequences: { input: x, taps: [0, 1] },
        outputsInfo: { initial: x.slice(null, 2), taps: [-1, -2] },
      },
    )[0]!,
  "several states and a mapped result": (x, w) => {
    const [s, r, m] = loop((e: Variable, s: Variable, r: Variable) => [
      s.mul(e).add(r),
      T.sin(r).add(w),
      s.mul(r),
    ], { sequences: x, outputsInfo: [w, T.sqr(w), null] });
    return T.add(s!, T.mul(r!, m!));
  },
  "a network": (x, w) =>
    loop((e: Variable, s: Variable) => T.tanh(T.dot(T.outer(s, s), x).mul(w).add(e)), {
      sequences: T.outer(x, x),
      outputsInfo: T.sqr(x),
    })[0]!,
  "a network that reads back": (x, w) =>
    loop((s: Variable, r: Variable) => T.tanh(T.dot(s, T.outer(x, r)).mul(w)), {
      outputsInfo: { initial: T.outer(x, x).slice(null, 2), taps: [-1, -2] },
      nSteps: 3,
    })[0]!,
  "a map": (x, w) => loop((e: Variable) => T.exp(e).mul(w), { sequences: x })[0]!,
  "backwards": (x, w) =>
    loop((e: Variable, s: Variable) => T.mul(s, e).add(w), {
      sequences: x,
      outputsInfo: w,
      goBackwards: true,
    })[0]!,
  "until a condition": (x, w) =>
    loop((s: Variable) => [s.mul(w).add(x.at(1)), until(s.gt(4))], {
      outputsInfo: x.at(0),
      nSteps: 9,
    })[0]!,
  "the last of a loop until a condition": (x, w) =>
    loop((s: Variable) => [T.sqr(s).mul(w).add(x), until(s.at(0).gt(4))], {
      outputsInfo: x,
      nSteps: 9,
    })[0]!.at(-1),
  "the last steps alone": (x, w) =>
    loop((e: Variable, s: Variable) => T.tanh(s.mul(w).add(e)), {
      sequences: x,
      outputsInfo: w,
      truncateGradient: 2,
    })[0]!,
  "the last steps alone, until a condition": (x, w) =>
    loop((s: Variable) => [s.mul(w).add(x.at(1)), until(s.gt(4))], {
      outputsInfo: x.at(0),
      nSteps: 9,
      truncateGradient: 2,
    })[0]!.at(-1),
  "checkpoints": (x, w) =>
    loop((s: Variable) => T.tanh(s.mul(w)).add(x), {
      outputsInfo: x,
      nSteps: 5,
      checkpoint: 2,
    })[0]!.at(-1),
  "a loop in a loop": (x, w) =>
    loop(
      (e: Variable, s: Variable) =>
        loop((r: Variable) => T.sin(r.mul(e)).add(w), { outputsInfo: s, nSteps: 3 })[0]!.at(-1),
      { sequences: x, outputsInfo: x.at(0) },
    )[0]!,
  "inner loops of other lengths": (x, w) =>
    loop(
      (m: Variable, e: Variable) =>
        loop((r: Variable) => T.sin(r.mul(w)).add(e), { outputsInfo: e, nSteps: m })[0]!.sum(),
      { sequences: [T.constant([1, 3, 2, 4], { dtype: "int64" }), x] },
    )[0]!,
  "numbers that are drawn in the step": (x, w) => {
    const random = new RandomStreams(7);
    return loop(
      (e: Variable, s: Variable) => random.normal([], w, T.exp(e), { dtype: e.dtype }).mul(s),
      { sequences: x, outputsInfo: w },
    )[0]!;
  },
  "a lazy choice": (x, w) =>
    loop(
      (e: Variable, s: Variable) => T.ifelse(e.gt(1), T.log(s).add(e), s.mul(w)) as Variable,
      { sequences: x, outputsInfo: w.add(2) },
    )[0]!,
  "integers beside": (x, w) =>
    loop((e: Variable, n: Variable, s: Variable) => [n.add(1), s.add(e.mul(n)).mul(w)], {
      sequences: x,
      outputsInfo: [T.constant(0, { dtype: "int64" }), w],
    })[1]!,
  "indices and matrices": (x, w) =>
    loop((i: Variable, s: Variable) => T.dot(T.outer(x, s), T.setSubtensor(s.at(i), w)), {
      sequences: T.arange(4),
      outputsInfo: x,
    })[0]!.at(-1),
};

const at = [[0.5, 1.25, 0.75, 1.5], 1.1, [0.3, -0.7, 1.2, 0.4], -0.6] as const;

/** vᵀ·J·u forwards and backwards, H·u of its square in both ways, and of parts alone. */
function checks(build: (x: Variable, w: Variable) => Variable, dtype: "float32" | "float64") {
  const x = T.vector("x", { dtype }), w = T.scalar("w", { dtype });
  const dx = T.vector("dx", { dtype }), dw = T.scalar("dw", { dtype });
  const y = build(x, w), v = T.cos(T.arange(y.size).reshape(y.shape)).astype(dtype);
  const back = Lop(y, [x, w], v, { disconnectedInputs: "ignore" });
  const gradients = grad(T.sqr(y).sum(), [x, w]);
  const inner = (a: readonly Variable[]) => a[0]!.mul(dx).sum().add(a[1]!.mul(dw));
  const again = grad(inner(gradients), [x, w], { disconnectedInputs: "ignore" });
  const pairs = [
    [Rop(y, [x, w], [dx, dw]).mul(v).sum(), inner(back)],
    [Rop(y, w, dw).mul(v).sum(), back[1].mul(dw)],
    [
      inner(Rop(gradients, [x, w], [dx, dw], { disconnectedOutputs: "ignore" })),
      inner(again),
    ],
  ] as const;
  return { inputs: [x, w, dx, dw], pairs };
}

function value(variable: Variable, numbers: number | readonly number[]): Value {
  const list = typeof numbers === "number" ? [numbers] : numbers;
  return makeValue(variable.dtype, variable.ndim === 0 ? [] : [list.length], list);
}

/** What the reference has no values for. */
const drawing = ["numbers that are drawn in the step"];

Deno.test("forward mode through loops of all kinds is reverse mode turned round", () => {
  for (const [name, build] of Object.entries(loops)) {
    if (drawing.includes(name)) continue;
    const { inputs, pairs } = checks(build, "float64");
    const given = new Map(inputs.map((input, i) => [input, value(input, at[i]!)] as const));
    const found = evaluateGraph(pairs.flat(), given).map(({ data }) => Number(data[0]));
    pairs.forEach((_, i) => {
      const [ahead, back] = found.slice(2 * i) as [number, number];
      const isNear = Math.abs(ahead - back) <= 1e-9 * Math.max(1, Math.abs(back));
      assert(isNear && ahead !== 0, `${name}, ${i}: ${ahead} forwards, ${back} backwards`);
    });
  }
});

onDevices("changes that go through loops, as plans compute them", async (device) => {
  for (const name of ["several states and a mapped result", "until a condition", ...drawing]) {
    const { inputs, pairs } = checks(loops[name]!, "float32"), [[ahead, back]] = pairs;
    const f = await compile(inputs, [ahead, back], { device, onUnusedInput: "ignore" });
    const call = f as unknown as (...args: readonly unknown[]) => Tensor[];
    const [a, b] = call(...at).map((one) => numbers(one)[0]!);
    assert(Math.abs(a! - b!) <= 1e-4 * Math.max(1, Math.abs(b!)), `${name}: ${a}, ${b}`);
  }
});

Deno.test("what is left out before a loop, or in its steps, has no change", () => {
  const x = T.vector("x", { dtype: "float64" }), u = T.vector("u", { dtype: "float64" });
  const safe = T.where(x.gt(0), x, 0), zero = T.constant(0, { dtype: "float64" });
  const costs: Record<string, Variable> = {
    "a sequence": loop((e: Variable, s: Variable) => s.add(T.sqrt(e)), {
      sequences: safe,
      outputsInfo: zero,
    })[0]!,
    "what stays the same": loop((s: Variable) => s.mul(0.5).add(T.sqrt(safe)), {
      outputsInfo: x.mul(0),
      nSteps: 2,
    })[0]!,
    "a state that has no change yet": loop((e: Variable, s: Variable) => T.sqrt(s).add(e), {
      sequences: x,
      outputsInfo: zero,
    })[0]!.slice(null, 1),
    "a choice in the step": loop((s: Variable) => T.sqrt(T.where(x.gt(0), s, 0)), {
      outputsInfo: x,
      nSteps: 3,
    })[0]!,
    "what is chosen of a sum": loop(
      (e: Variable, s: Variable) => T.where(e.gt(0), T.sqrt(e), 0).add(s),
      {
        sequences: x,
        outputsInfo: zero,
      },
    )[0]!,
  };
  const given = new Map([[x, value(x, [4, -1, 1])], [u, value(u, [1, 1, 1])]]);
  for (const [name, y] of Object.entries(costs)) {
    const back = Lop(y, x, T.onesLike(y)).sum(), ahead = Rop(y, x, u);
    const [change, right] = evaluateGraph([ahead, back], given) as [Value, Value];
    const sum = numbersOf(change).reduce((a, b) => a + b, 0), expected = numbersOf(right)[0]!;
    assert(
      Number.isFinite(expected) && Math.abs(sum - expected) < 1e-9,
      `${name}: ${sum}, not ${expected}`,
    );
  }
});

Deno.test("the loop and its change are one loop", async () => {
  const x = T.vector("x"), w = T.scalar("w"), dw = T.scalar("dw");
  const y = loops["a recurrence"]!(x, w), change = Rop(y, w, dw);
  const f = await compile([x, w, dw], [y, change]);
  assertEquals(toposort(f.graph.outputs).filter((apply) => isScan(apply)).length, 1);
});

import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, grad, scan, ShapeError, T, type Tensor, type Variable } from "../../../all.ts";

// Lengths that go together only in the branch that is taken.

const a = T.vector("a"), b = T.vector("b"), c = T.iscalar("c"), m = T.matrix("m");
const sum = a.sum();

/** A sum by a loop, over sequences whose lengths need not go together. */
const overPairs = (scan((x, y, s) => s!.add(x!.mul(y!)), {
  sequences: [a, T.join(0, b, b).mul(a)],
  outputsInfo: 0,
})[0] as Variable).at(-1);

/** Conditions that do not hold: one the host knows, and one that is computed. */
const conditions = { "known on the host": c, computed: sum.lt(0) };

/** The last state of a loop over a. */
const byStep = (step: (x: Variable, s: Variable) => Variable) =>
  (scan(step, { sequences: a, outputsInfo: 1 })[0] as Variable).at(-1);

const programs: Record<string, (c: Variable) => readonly [Variable, number[]]> = {
  "a sum": (c) => [T.ifelse(c, a.add(b), a), [1, 2, 3]],
  "a longer other branch": (c) => [T.ifelse(c, a.add(b), T.join(0, a, a)), [1, 2, 3, 1, 2, 3]],
  "a maximum of nothing": (c) => [T.ifelse(c, b.at({ stop: 0 }).max(), sum), [6]],
  "a product": (c) => [T.ifelse(c, T.dot(a, b), sum), [6]],
  "a join": (c) => [T.ifelse(c, T.join(0, m, a.dimshuffle("x", 0)).sum(), sum), [6]],
  "a choice in a choice": (c) => [T.ifelse(c, a, T.ifelse(c, T.dot(a, b).mul(a), a)), [1, 2, 3]],
  "the gradient of a sum": (c) => [grad(T.ifelse(c, a.add(b), a.mul(2)).sum(), a), [2, 2, 2]],
  "the gradient in what is not read": (c) => [grad(T.ifelse(c, a.add(b).sum(), sum), b), [0, 0]],
  "a choice in a loop": (c) => [
    scan((x) => T.ifelse(c, a.add(b).sum().mul(x!), x!), { sequences: a })[0] as Variable,
    [1, 2, 3],
  ],
  "a choice by each step of a loop": (c) => [
    scan((x) => T.ifelse(x!.mul(c).gt(0), T.dot(a, b).mul(x!), x!), {
      sequences: a,
    })[0] as Variable,
    [1, 2, 3],
  ],
  "the gradient of a choice by each step of a loop": (c) => [
    grad(byStep((x, s) => T.ifelse(x.mul(c).gt(0), s.add(T.dot(a, b)), s.add(sum))), a),
    [3, 3, 3],
  ],
  "the gradient of a choice by each step in what is not read": (c) => [
    grad(byStep((x, s) => T.ifelse(x.mul(c).gt(0), s.add(T.dot(a, b)), s.add(sum))), b),
    [0, 0],
  ],
  "the gradient of the other branch": (c) => [
    grad(byStep((x, s) => T.ifelse(x.mul(c).le(0), s.mul(a.mul(a).sum()), T.dot(a, b))), a),
    [1176, 2352, 3528],
  ],
  "the gradient of rows by each step": (c) => [
    grad(byStep((x, s) => s.add(T.ifelse(x.mul(c).gt(0), a.add(b), a.mul(x)).sum())), a),
    [12, 12, 12],
  ],
  "second derivatives of a choice by each step": (c) => {
    const last = byStep((x, s) => T.ifelse(x.mul(c).gt(0), T.dot(a, T.exp(b)), s.add(T.dot(a, a))));
    return [grad(grad(last, a).sum(), a), [6, 6, 6]];
  },
  "a loop over what does not fit": (c) => [T.ifelse(c, overPairs, sum), [6]],
  "the gradient of a loop over what does not fit": (c) => [
    grad(T.ifelse(c, overPairs, sum), a),
    [1, 1, 1],
  ],
  "a loop in a choice": (c) => [
    T.ifelse(c, scan((x) => x!.mul(2), { sequences: b, nSteps: 3 })[0] as Variable, a),
    [1, 2, 3],
  ],
};

for (const [what, condition] of Object.entries(conditions)) {
  for (const [name, build] of Object.entries(programs)) {
    onDevices(`ifelse() leaves out ${name}, the condition ${what}`, async (device) => {
      const [output, expected] = build(condition);
      const f = await compile([c, a, b, m], output, { device, onUnusedInput: "ignore" });
      assertEquals(numbers(f(0, [1, 2, 3], [1, 2], [[1, 2]]) as Tensor), expected);
    });
  }
}

onDevices("ifelse() whose branch cannot be is an error once it is taken", async (device) => {
  const s = T.scalar("s");
  for (const condition of [c, s.gt(0), T.sum(a.mul(s)).gt(0)]) {
    const f = await compile([c, s, a, b], T.ifelse(condition, a.add(b), a), {
      device,
      onUnusedInput: "ignore",
    });
    assertEquals(numbers(f(0, 0, [1, 2, 3], [1, 2])), [1, 2, 3]);
    assertThrows(
      () => f(1, 1, [1, 2, 3], [1, 2]).dataSync(),
      ShapeError,
      "expected equal lengths or 1",
    );
    assertEquals(numbers(f(1, 1, [1, 2, 3], [1])), [2, 3, 4]);
  }
});

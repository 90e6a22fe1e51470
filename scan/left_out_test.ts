import { assert, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { toposort } from "../core/graph/walk.ts";
import { compile, grad, scan, T, until, type Variable } from "../all.ts";

const loops: Record<string, (x: Variable, w: Variable) => Variable> = {
  "a state": (x) =>
    scan((s: Variable) => T.sin(s).mul(s), { outputsInfo: x, nSteps: 2 })[0] as Variable,
  "a factor": (x, w) =>
    scan((s: Variable, w: Variable) => T.sqr(s).mul(w), {
      outputsInfo: x,
      nonSequences: w,
      nSteps: 2,
    })[0] as Variable,
  "a sequence": (x) =>
    scan((e: Variable, s: Variable) => T.sqr(s).add(e), {
      sequences: T.stack([x, T.sqr(x)]),
      outputsInfo: x,
    })[0] as Variable,
  "two states": (x) =>
    (scan((s: Variable, r: Variable) => [T.sqr(r).add(s), T.sin(s).mul(r)], {
      outputsInfo: [x, x.mul(2)],
      nSteps: 3,
    })[0] as unknown as Variable[])[0]!,
  "a step before the last": (x) =>
    scan((s: Variable, r: Variable) => T.sqr(s).add(r), {
      outputsInfo: { initial: T.stack([x, T.log(x)]), taps: [-2, -1] },
      nSteps: 3,
    })[0] as Variable,
};

const choices: Record<string, (states: Variable) => Variable> = {
  "a choice": (s) => T.where([true, false, true], s.at(-1), 0).sum(),
  "a choice of a function": (s) => T.where(T.isfinite(s.at(-1)), T.tanh(s.at(-1)), 0).sum(),
  "a choice at each step": (s) => T.where([true, false, true], s, 0).sum(),
  elements: (s) => T.sqr(s.at(-1).at(0)).add(s.at(-1).at(2)),
  "elements taken": (s) => s.at(-1).take([0, 2]).sum(),
  "elements of each step": (s) => s.at(T.slice(), 0).sum().add(s.at(T.slice(), 2).sum()),
  "elements of a sum": (s) => s.sum(0).at(0).mul(s.sum(0).at(2)),
};

onDevices("elements of states that are left out behind a loop", async (device) => {
  const x = T.fvector("x"), w = T.fscalar("w");
  const names: string[] = [], outputs: Variable[] = [];
  Object.entries(loops).forEach(([loop, build], i) =>
    Object.entries(choices).forEach(([choice, choose], j) => {
      // Compiling all is slow on the GPU.
      if (device === "gpu" && j % 5 !== i) return;
      const states = build(x, w), cost = choose(states);
      const slope = grad(cost, x);
      outputs.push(slope, grad(T.mul(slope, [0.3, 0.7, -0.5]).sum(), x));
      names.push(`${loop}, ${choice}`);
    })
  );
  const f = await compile([x, w], outputs, { device, onUnusedInput: "ignore" });
  const of = (middle: number) => f([1.2, middle, 0.7], 0.9).map(numbers);
  const right = of(1.1);
  for (const middle of [NaN, Infinity]) {
    of(middle).forEach((found, i) => {
      const [a, , c] = right[i]!, expected = [a!, 0, c!];
      expected.forEach((value, k) => {
        const close = Math.abs(found[k]! - value) <= 1e-3 * (1 + Math.abs(value));
        assert(close, `${names[i >> 1]}: ${found}, not ${expected}`);
      });
    });
  }
});

const recursions: Record<string, (x: Variable, e: Variable, W: Variable) => Variable> = {
  "a root": (x, e) =>
    scan((e: Variable, s: Variable) => T.sqrt(s.sub(e)).mul(s), {
      sequences: e,
      outputsInfo: x,
    })[0] as Variable,
  "a network": (x, e, W) =>
    scan((e: Variable, s: Variable, W: Variable) => T.tanh(T.dot(s, W)).add(T.log(T.sub(2, e))), {
      sequences: e,
      outputsInfo: x,
      nonSequences: W,
    })[0] as Variable,
  "a factor": (x, e, W) =>
    scan((e: Variable, s: Variable, W: Variable) => s.mul(W.at(0)).mul(T.sqrt(T.sub(2, e))), {
      sequences: e,
      outputsInfo: x,
      nonSequences: W,
    })[0] as Variable,
  "two states": (x, e) =>
    (scan((e: Variable, s: Variable, r: Variable) => [T.sqrt(s.sub(e)).mul(r), s.mul(r)], {
      sequences: e,
      outputsInfo: [x, x.mul(1.5)],
    })[0] as unknown as Variable[])[0]!,
  "a step before the last": (x, e) =>
    scan((e: Variable, s: Variable, r: Variable) => T.sqrt(s.sub(e)).mul(r), {
      sequences: e,
      outputsInfo: { initial: T.stack([x, x.mul(2)]), taps: [-2, -1] },
    })[0] as Variable,
  "a loop that may end": (x, e) =>
    scan((e: Variable, s: Variable) => [T.sqrt(s.sub(e)).mul(s), until(s.sum().lt(0))], {
      sequences: e,
      outputsInfo: x,
    })[0] as unknown as Variable,
};

const early: Record<string, (states: Variable, k: Variable) => Variable> = {
  "a step": (s) => T.sqr(s.at(1)).sum(),
  "a step from the end": (s) => T.sin(s.at(-2)).sum(),
  "a step that is an argument": (s, k) => s.at(k).sum(),
  "the first steps": (s) => T.sqr(s.slice(null, 2)).sum(),
  "all but the last": (s) => s.slice(null, -1).mean(),
  "changes": (s) => T.sqr(s.slice(1, 2).sub(s.slice(0, 1))).sum(),
  "rows": (s) => s.take([1, 0, 1], 0).sum(),
  "a row of a product": (s, k) => T.dot(s, [[0.5, 0.2], [0.3, 0.9]]).at(k).sum(),
  "a function of a row of a product": (s) =>
    T.sqr(T.dot(T.sin(s), [[0.5, 0.2], [0.3, 0.9]])).at(1).sum(),
  "a reduced row": (s, k) => T.sqr(s.sum(1)).at(k),
};

for (const [loop, build] of Object.entries(recursions)) {
  onDevices(`steps behind those that are read are left out: ${loop}`, async (device) => {
    const x = T.fvector("x"), e = T.fvector("e"), W = T.fmatrix("W"), k = T.iscalar("k");
    const at = Object.keys(recursions).indexOf(loop);
    // Compiling all is slow on the GPU.
    const names = Object.keys(early).filter((_, j) => device === "cpu" || j % 3 === at % 3);
    const outputs = names.flatMap((name) => {
      const cost = early[name]!(build(x, e, W), k);
      const options = { disconnectedInputs: "ignore" } as const;
      const slopes = grad(cost, [x, e, W], options);
      return [...slopes, grad(T.mul(slopes[0]!, [0.3, 0.7]).sum(), x, options)];
    });
    const f = await compile([x, e, W, k], outputs, { device, onUnusedInput: "ignore" });
    const of = (last: number) =>
      f([2, 3], [0.5, 0.4, last], [[0.5, 0.25], [-0.5, 0.75]], 1).map(numbers);
    const right = of(0.3);
    for (const last of [1e6, NaN]) {
      of(last).forEach((found, i) =>
        found.forEach((value, k) => {
          const close = Math.abs(value - right[i]![k]!) <= 1e-4 * (1 + Math.abs(right[i]![k]!));
          assert(close, `${names[i >> 2]}, ${i % 4}: ${found}, not ${right[i]}`);
        })
      );
    }
  });
}

/** States of which the second and the third overflow before the end. */
function overflowing(w: Variable): Variable[] {
  const [states] = scan((a: Variable, b: Variable, c: Variable) => [
    a.mul(w),
    b.mul(b).mul(a),
    c.mul(c).add(b),
  ], { outputsInfo: [1, 2, 1].map((value) => T.constant(value)), nSteps: 40 });
  return states as unknown as Variable[];
}

const beside: Record<
  string,
  (states: Variable[], n: Variable) => [Variable, (w: number) => number]
> = {
  "the first place of another state": ([a, b]) => [a!.at(-1).add(b!.at(0)), (w) => 40 * w ** 39],
  "two places of another state": (
    [a, b],
  ) => [a!.at(-1).add(b!.slice(0, 2).sum()), (w) => 40 * w ** 39 + 16],
  "a place of a state behind another": (
    [a, , c],
  ) => [a!.at(3).add(c!.at(2)), (w) => 4 * w ** 3 + 16],
  "the first of two that are stacked": (
    [a, b],
  ) => [T.stack([a!.at(-1), b!.at(-1)]).at(0), (w) => 40 * w ** 39],
  "one row of two": ([a, b]) => [T.sqr(T.stack([b!, a!])).at(1, -1), (w) => 80 * w ** 79],
  "one column of two": (
    [a, b],
  ) => [T.stack([a!, b!], 1).at(T.slice(), 0).at(-1), (w) => 40 * w ** 39],
  "the first two of three": (
    [a, b],
  ) => [
    T.stack([a!.at(-1), a!.at(0), b!.at(-1)]).slice(null, -1).sum(),
    (w) => 40 * w ** 39 + 1,
  ],
  "a computed one of two": (
    [a, b],
    n,
  ) => [T.stack([a!.at(-1), b!.at(-1)]).at(n), (w) => 40 * w ** 39],
  "all steps of a computed one of two": (
    [a, b],
    n,
  ) => [T.stack([b!, a!]).at(n.add(1)).slice(-2).sum(), (w) => 40 * w ** 39 + 39 * w ** 38],
  "the first steps of two loops": (
    [a, b],
  ) => [T.join(0, a!, b!).slice(38, 40).sum(), (w) => 40 * w ** 39 + 39 * w ** 38],
  "a computed number of steps of two loops": (
    [a, b],
    n,
  ) => [T.join(0, a!, b!).slice(38, n.add(40)).sum(), (w) => 40 * w ** 39 + 39 * w ** 38],
};

for (const [name, build] of Object.entries(beside)) {
  onDevices(`what overflows beside what is read is left out: ${name}`, async (device) => {
    const w = T.fscalar("w"), n = T.iscalar("n"), [cost, slope] = build(overflowing(w), n);
    const f = await compile([w, n], grad(cost, w), { device, onUnusedInput: "ignore" });
    for (const at of [1.01, 0.98]) {
      const found = f(at, 0).item() as number;
      assert(Math.abs(found - slope(at)) <= 1e-4 * slope(at), `${found}, not ${slope(at)}`);
    }
  });
}

const partly: Record<string, (states: Variable, k: Variable) => Variable> = {
  "an element of the last": (s) => s.at(0).sum().add(s.at(-1).at(0)),
  "a choice of the last": (s, k) => s.at(k).sum().mul(T.where([true, false], s.at(-1), 0).sum()),
  "computed steps": (s, k) => s.take(T.stack([k, 0]), 0).sum().add(T.sqr(s.at(-1).at(0))),
};

onDevices("early steps beside a part of the last one", async (device) => {
  const x = T.fvector("x"), e = T.fvector("e"), k = T.iscalar("k");
  const states = recursions["a root"]!(x, e, x);
  const outputs = Object.values(partly).flatMap((choose) => {
    const slope = grad(choose(states, k), x);
    return [slope, grad(T.mul(slope, [0.3, 0.7]).sum(), x)];
  });
  const f = await compile([x, e, k], outputs, { device });
  const e0 = [0.5, 0.4, 0.6];
  // The second element is wrong in the last step alone, where nothing reads it.
  const wrong = f([9, 1.1], e0, 1).map(numbers), right = f([9, 1.2], e0, 1).map(numbers);
  wrong.forEach((found, i) => {
    const name = Object.keys(partly)[i >> 1];
    assert(found.every(Number.isFinite), `${name}: ${found}`);
    const close = Math.abs(found[0]! - right[i]![0]!) <= 1e-4 * Math.abs(right[i]![0]!);
    assert(i !== 0 || close, `${name}: ${found}, ${right[i]}`);
  });
});

Deno.test("loops whose last states are all taken carry no choices", () => {
  const X = T.fmatrix("X"), W = T.fmatrix("W"), h = T.fvector("h");
  const [states] = scan((row: Variable, s: Variable) => T.tanh(T.dot(s, W).add(row)), {
    sequences: X,
    outputsInfo: h,
  });
  const inside = (cost: Variable) =>
    toposort([grad(cost, h)]).flatMap(({ op, params }) =>
      op.name === "scan" ? toposort((params as { step: { outputs: Variable[] } }).step.outputs) : []
    ).filter(({ op }) => op.name === "switch").length;
  const all = states as Variable;
  for (
    const cost of [
      all.sum(),
      T.sqr(all.at(-1)).sum(),
      all.slice(1).mean(),
      all.at(-1).mul(all.at(0)).sum(),
    ]
  ) {
    assertEquals(inside(cost), 0);
  }
  assert(inside(all.at(-1).at(0)) > 0);
  assert(inside(all.at(1).sum()) > 0);
  // The last of so many is the last one, and a range over all of them leaves none out.
  const length = all.shape[0]!, computed = inside(all.at(T.intDiv(length, 2)).sum());
  assert(inside(all.at(T.sub(length, 1)).sum()) < computed);
  assert(inside(all.at(T.arange(length)).sum()) < computed);
});

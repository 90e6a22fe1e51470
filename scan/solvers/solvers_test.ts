// Solvers beside SciPy, closed forms and differences.

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import reference from "../../dev/testing/solvers/reference.json" with { type: "json" };
import { numbers, onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import {
  compile,
  DisconnectedInputError,
  grad,
  ShapeError,
  solvers,
  T,
  type Variable,
  vmap,
} from "../../all.ts";

/** float64 on the CPU, float32 on the GPU, and how near results come. */
const precision = {
  cpu: { dtype: "float64", tolerance: 1e-8 },
  gpu: { dtype: "float32", tolerance: 2e-4 },
} as const;

function assertNear(
  actual: { dataSync(): ArrayLike<number | bigint> },
  expected: readonly number[],
  tolerance: number,
  what = "",
): void {
  const found = numbers(actual);
  assertEquals(found.length, expected.length, what);
  expected.forEach((value, i) =>
    assertAlmostEquals(found[i]!, value, tolerance * Math.max(1, Math.abs(value)), `${what} ${i}`)
  );
}

const constant = (values: number | readonly number[], device: TestDevice) =>
  T.constant(values as number[], { dtype: precision[device].dtype }) as Variable;

onDevices("fixedPoint() has the first and second derivatives of the solution", async (device) => {
  const { dtype, tolerance } = precision[device];
  const a = T.scalar("a", { dtype });
  const { value, converged, steps } = solvers.fixedPoint(
    (x: Variable) => T.mul(T.cos(x), a) as Variable,
    constant(1, device),
  );
  const slope = grad(value, a) as Variable;
  const f = await compile([a], [value, slope, grad(slope, a), converged, steps], { device });
  const [x, first, second, isConverged, count] = f(0.9);
  // x = a·cos(x), so x' = cos(x) / (1 + a·sin(x)).
  let at = 1;
  for (let i = 0; i < 50; i++) at -= (at - 0.9 * Math.cos(at)) / (1 + 0.9 * Math.sin(at));
  const [sin, cos] = [Math.sin(at), Math.cos(at)], below = 1 + 0.9 * sin, d = cos / below;
  assertNear(x!, [at], tolerance);
  assertNear(first!, [d], tolerance);
  assertNear(second!, [-(sin * d) / below - cos * (sin + 0.9 * cos * d) / below ** 2], tolerance);
  assertEquals([isConverged!.item(), Number(count!.item()) > 10], [true, true]);
});

Deno.test("fixedPoint() of lists, and one that is not reached", async () => {
  const A = T.dmatrix("A"), b = T.dvector("b");
  const { value: [x, y] } = solvers.fixedPoint(
    ([x, y]) => [T.add(T.dot(A, y!), b) as Variable, T.mul(x!, 0.5) as Variable],
    [constant([0, 0], "cpu"), constant([0, 0], "cpu")] as Variable[],
  );
  const far = solvers.fixedPoint((x: Variable) => T.mul(x, 2) as Variable, constant(1, "cpu"), {
    maxSteps: 5,
  });
  const f = await compile([A, b], [
    x!,
    y!,
    grad(T.sum(x!), b),
    far.value,
    far.converged,
    far.steps,
  ]);
  const [found, half, slopes, grown, converged, steps] = f([[0.2, 0.4], [0, 0.6]], [1, 2]);
  // (1 - A/2)·x = b
  assertNear(found!, [(1 + 0.2 * (2 / 0.7)) / 0.9, 2 / 0.7], 1e-8);
  assertNear(half!, numbers(found!).map((value) => value / 2), 1e-8);
  assertNear(slopes!, [1 / 0.9, (1 + 0.2 / 0.9) / 0.7], 1e-8);
  assertEquals([grown!.item(), converged!.item(), steps!.item()], [32, false, 5n]);
});

Deno.test("rootFind() finds the root that SciPy finds, with its derivatives", async () => {
  const { a: values, x: expected, da } = reference.roots;
  const a = T.dvector("a");
  const { value, converged, residual } = solvers.rootFind((x: Variable) => {
    const [p, q, r] = [x.at(0), x.at(1), x.at(2)];
    return T.stack([
      T.expr`3 * ${p} - cos(${q} * ${r}) - ${a.at(0)}`,
      T.expr`${p} ** 2 - 81 * (${q} + 0.1) ** 2 + sin(${r}) + ${a.at(1)}`,
      T.expr`exp(-${p} * ${q}) + 20 * ${r} + ${a.at(2)}`,
    ] as Variable[]) as Variable;
  }, constant([0.1, 0.1, -0.1], "cpu"));
  const slopes = grad(value.at(0).add(value.at(1)), a);
  const f = await compile([a], [value, slopes, converged, residual]);
  const [x, dx, isConverged, left] = f(values);
  assertNear(x!, expected, 1e-10);
  assertNear(dx!, da.map((row) => row[0]! + row[1]!), 1e-7);
  assert(isConverged!.item() && Number(left!.item()) < 1e-10);
});

onDevices("rootFind() shortens steps, and says when there is no root", async (device) => {
  const { dtype, tolerance } = precision[device];
  const a = T.scalar("a", { dtype });
  // Newton's plain step leads from 3 far away.
  const { value, converged } = solvers.rootFind(
    (x: Variable) => T.sub(T.arctan(x), a) as Variable,
    constant(3, device),
  );
  const slope = grad(value, a) as Variable;
  const none = solvers.rootFind(
    (x: Variable) => T.add(T.sqr(x), T.exp(a)) as Variable,
    constant(2, device),
    { maxSteps: 30 },
  );
  const outputs = [value, slope, grad(slope, a), converged, none.converged] as Variable[];
  const f = await compile([a], outputs, { device });
  const [x, first, second, isConverged, isOther] = f(0.3);
  const t = Math.tan(0.3);
  assertNear(x!, [t], tolerance);
  assertNear(first!, [1 + t * t], tolerance);
  assertNear(second!, [2 * t * (1 + t * t)], tolerance);
  assertEquals([isConverged!.item(), isOther!.item()], [true, false]);
});

Deno.test("minimize() finds the weights that SciPy finds, with their derivatives", async () => {
  const { X, y, weight, w: expected, dweight } = reference.regression;
  const x = T.dmatrix("x"), label = T.dvector("label"), decay = T.dscalar("decay");
  const cost = (w: Variable) =>
    T.add(
      T.sum(T.softplus(T.neg(T.mul(T.sub(T.mul(label, 2), 1), T.dot(x, w))))),
      T.mul(T.dot(w, w), decay),
    ) as Variable;
  const outputs = (["lbfgs", "newton"] as const).flatMap((method) => {
    const found = solvers.minimize(cost, constant([0, 0, 0], "cpu"), { method });
    const { value, converged, steps, gradientNorm } = found;
    return [
      value,
      grad(T.sum(value), decay),
      grad(found.cost, decay),
      converged,
      steps,
      gradientNorm,
    ];
  }) as Variable[];
  const f = await compile([x, label, decay], outputs);
  const found = f(X, y, weight);
  const sum = dweight.reduce((a, b) => a + b);
  for (const [w, dw, dcost, converged, steps, norm] of [found.slice(0, 6), found.slice(6)]) {
    assertNear(w!, expected, 1e-8);
    assertNear(dw!, [sum], 1e-6);
    assertNear(dcost!, [expected.reduce((total, one) => total + one * one, 0)], 1e-8);
    assertEquals(converged!.item(), true);
    assert(Number(steps!.item()) < 30 && Number(norm!.item()) < 1e-8);
  }
});

onDevices("minimize() of a list goes down a narrow valley", async (device) => {
  const { dtype, tolerance } = precision[device];
  const a = T.scalar("a", { dtype });
  const valley = ([x, y]: Variable[]) =>
    T.expr`(${a} - ${x!}) ** 2 + 10 * sum((${y!} - ${x!} ** 2) ** 2)` as Variable;
  const start = [constant(-1, device), constant([1, 2], device)] as Variable[];
  const { value: [x, y], converged } = solvers.minimize(valley, start, {
    method: "newton",
    tolerance: device === "cpu" ? 1e-10 : 1e-4,
  });
  const slope = grad(T.sum(y!), a) as Variable;
  const f = await compile([a], [x!, y!, slope, grad(slope, a), converged] as Variable[], {
    device,
  });
  const [left, right, first, second, isConverged] = f(0.7);
  assertNear(left!, [0.7], 10 * tolerance);
  assertNear(right!, [0.49, 0.49], 10 * tolerance);
  assertNear(first!, [4 * 0.7], 20 * tolerance);
  assertNear(second!, [4], 20 * tolerance);
  assertEquals(isConverged!.item(), true);
});

Deno.test("minimize() does not take a cost that falls without end for one that has a minimum", async () => {
  const many = T.constant(new Float64Array(30).fill(1));
  const falling = [
    solvers.minimize((x: Variable) => T.neg(x) as Variable, constant(1, "cpu")),
    solvers.minimize((x: Variable) => T.neg(T.sum(x)) as Variable, many, { method: "newton" }),
  ];
  const deep = solvers.minimize(
    (x: Variable) => T.sub(T.sqr(T.sub(x, 1e4)), 1e9) as Variable,
    constant(1, "cpu"),
  );
  const f = await compile([], [...falling.map((one) => one.converged), deep.converged, deep.value]);
  const [a, b, c, x] = f().map((one) => one.item());
  assertEquals([a, b, c], [false, false, true]);
  assertAlmostEquals(Number(x), 1e4, 1e-8);
});

Deno.test("minimize() ends where there is no way on", async () => {
  const x0 = constant(1, "cpu");
  const down = solvers.minimize((x: Variable) => T.neg(x), x0, { maxSteps: 20 });
  const nowhere = solvers.minimize((x: Variable) => T.log(T.neg(x)) as Variable, x0);
  const kink = solvers.minimize(
    (x: Variable) => T.maximum(T.sub(x, 0.3), T.sub(0.6, T.mul(x, 2))) as Variable,
    x0,
  );
  const f = await compile([], [down, nowhere, kink].flatMap((one) => [one.converged, one.steps]));
  const [a, stepsDown, b, stepsNowhere, c, stepsKink] = f().map((one) => one.item());
  assertEquals([a, b, c], [false, false, false]);
  assertEquals([stepsDown, stepsNowhere], [20n, 1n]);
  assert(Number(stepsKink) < 200);
});

/** Lotka's and Volterra's equations. */
function predators(p: Variable): (y: Variable) => Variable {
  return (y) => {
    const [hares, lynxes] = [y.at(0), y.at(1)];
    return T.stack([
      T.expr`${p.at(0)} * ${hares} - ${p.at(1)} * ${hares} * ${lynxes}`,
      T.expr`${p.at(3)} * ${hares} * ${lynxes} - ${p.at(2)} * ${lynxes}`,
    ] as Variable[]) as Variable;
  };
}

Deno.test("odeint() gives what SciPy gives, with gradients by the adjoint equation", async () => {
  const { p: rates, y0: first, times, y: expected, dp, dy0 } = reference.lotka;
  const p = T.dvector("p"), y0 = T.dvector("y0"), t = T.dvector("t");
  const y = solvers.odeint(predators(p), y0, t, {
    gradient: "adjoint",
    rtol: 1e-9,
    atol: 1e-11,
  }) as Variable;
  const [gp, gy, gt] = grad(T.sum(y.at(-1)), [p, y0, t]);
  const f = await compile([p, y0, t], [y, gp!, gy!, gt!]);
  const [found, byRates, byStart, byTimes] = f(rates, first, times);
  assertNear(found!, expected.flat(), 2e-7);
  assertNear(byRates!, dp, 1e-5);
  assertNear(byStart!, dy0, 1e-5);
  // A later end is the slope there, a later start its opposite, carried along.
  const slope = ([a, b]: readonly number[]) =>
    [rates[0]! * a! - rates[1]! * a! * b!, rates[3]! * a! * b! - rates[2]! * b!] as const;
  const [u, v] = slope(first), [q, r] = slope(expected.at(-1)!);
  assertNear(byTimes!, [-(dy0[0]! * u + dy0[1]! * v), 0, 0, q + r], 1e-5);
});

onDevices("odeint() differentiates its steps, rising and falling in time", async (device) => {
  const { dtype } = precision[device], tolerance = device === "cpu" ? 1e-6 : 1e-3;
  const rate = T.scalar("rate", { dtype }), t = T.vector("t", { dtype });
  const decay = (y: Variable, t: Variable) => T.neg(T.mul(T.mul(y, t), rate)) as Variable;
  const y = solvers.odeint(decay, constant(2, device), t) as Variable;
  const f = await compile([rate, t], [y, grad(T.sum(y), rate), grad(T.sum(y), t)], { device });
  for (const times of [[0.5, 1, 2], [2, 1, 1, 0.5]]) {
    const [found, byRate, byTimes] = f(0.7, times);
    const squares = times.map((one) => (one ** 2 - times[0]! ** 2) / 2);
    const states = squares.map((one) => 2 * Math.exp(-0.7 * one));
    const sum = (list: readonly number[]) => list.reduce((a, b) => a + b);
    assertNear(found!, states, tolerance);
    assertNear(byRate!, [-sum(squares.map((one, i) => one * states[i]!))], 5 * tolerance);
    const ends = states.map((y, i) => -0.7 * times[i]! * y);
    ends[0] = 0.7 * times[0]! * sum(states.slice(1));
    assertNear(byTimes!, ends, 5 * tolerance);
  }
});

Deno.test("odeint() by the classical method: lists, second derivatives, both kinds of gradients", async () => {
  const g = T.dscalar("g"), times = [0, 0.2, 0.5], rk4 = { method: "rk4" } as const;
  const swing = ([angle, speed]: Variable[]) => [speed!, T.neg(T.mul(angle!, g))] as Variable[];
  const start = [constant(1, "cpu"), constant(0, "cpu")] as Variable[];
  const [angle, speed] = solvers.odeint(swing, start, times, { ...rk4, steps: 8 });
  const cost = T.add(angle!.at(-1), speed!.at(-1)) as Variable;
  const decay = (y: Variable) => T.neg(T.mul(y, g)) as Variable;
  const outputs = (["steps", "adjoint"] as const).map((gradient) => {
    const y = solvers.odeint(decay, constant(1, "cpu"), times, { ...rk4, gradient }) as Variable;
    return grad(grad(y.at(-1), g) as Variable, g) as Variable;
  });
  const f = await compile([g], [angle!, cost, grad(cost, g) as Variable, ...outputs]);
  const [found, _, slope, second, adjoint] = f(4), h = 1e-4;
  const [more, less] = [f(4 + h), f(4 - h)].map((found) => Number(found[1]!.item()));
  assertNear(found!, times.map((t) => Math.cos(2 * t)), 1e-6);
  assertNear(slope!, [(more! - less!) / (2 * h)], 1e-8);
  assertNear(second!, [0.25 * Math.exp(-2)], 2e-2);
  assertNear(adjoint!, [0.25 * Math.exp(-2)], 2e-2);
});

Deno.test("odeint() ends early, and says where it does not get", async () => {
  const y0 = constant([1, 2], "cpu"), times = [0, 0.5, 1, 1.5, 2];
  const grow = (y: Variable) => y;
  const ended = solvers.odeint(grow, y0, times, { until: (y) => T.gt(T.max(y), 5) as Variable });
  const slope = grad(T.sum(ended as Variable), y0);
  const steep = solvers.odeint((y: Variable) => T.sqr(y) as Variable, constant(1, "cpu"), times);
  const short = solvers.odeint(grow, y0, [0, 10], { maxSteps: 2 });
  const still = solvers.odeint(grow, y0, [3]);
  const f = await compile([], [ended, slope, steep, short, still] as Variable[]);
  const [rows, slopes, blown, missing, only] = f();
  assertEquals(rows!.shape, [3, 2]);
  assertNear(slopes!, Array(2).fill(1 + Math.exp(0.5) + Math.exp(1)), 1e-6);
  const [a, b, , d] = numbers(blown!);
  assert(a === 1 && Math.abs(b! - 2) < 1e-5 && Number.isNaN(d));
  assertEquals(numbers(missing!), [1, 2, NaN, NaN]);
  assertEquals(numbers(only!), [1, 2]);
});

onDevices("vmap() solves for each row, and each has its gradient", async (device) => {
  const { dtype, tolerance } = precision[device];
  const a = T.vector("a", { dtype }), b = T.scalar("b", { dtype });
  const root = (a: Variable) =>
    solvers.rootFind((x: Variable) => T.expr`${x} ** 3 - ${a} * ${b}`, constant(1, device)).value;
  const roots = vmap(root)(a);
  const [slopes, all] = grad(T.sum(roots), [a, b]);
  const f = await compile([a, b], [roots, slopes, all], { device });
  const [x, dx, db] = f([1, 8, 3], 1);
  const expected = [1, 2, Math.cbrt(3)];
  assertNear(x!, expected, tolerance);
  assertNear(dx!, expected.map((x) => 1 / (3 * x * x)), tolerance);
  assertNear(db!, [expected.reduce((sum, x) => sum + x / 3, 0)], tolerance);
});

Deno.test("several unknowns of each row are parts of one vector, whose ends are read", async () => {
  const a = T.dvector("a"), from = [T.dscalar("x"), T.dscalar("y")] as const;
  const both = (a: Variable) => {
    const { value: [x, y] } = solvers.rootFind(
      ([x, y]: readonly Variable[]) => [x!.mul(y!).sub(a), x!.sub(y!)],
      from,
    );
    return [x as Variable, grad(y as Variable, a)];
  };
  const [roots, slopes] = vmap(both)(a) as Variable[];
  const f = await compile([a, ...from], [roots!, slopes!], { device: "cpu" });
  const [found, changes] = f([4, 1e6], 1, 2); // one row needs more steps
  assertNear(found!, [2, 1e3], 1e-9);
  assertNear(changes!, [0.25, 5e-4], 1e-9);
});

Deno.test("solvers say what is wrong with what they are given", async () => {
  const x = T.dvector("x"), n = T.lvector("n"), z = T.zvector("z");
  const same = (y: Variable) => y;
  const cases: [() => unknown, string][] = [
    [() => solvers.fixedPoint(same, z), "expected real numbers to start from"],
    [() => solvers.fixedPoint(() => T.dscalar("s"), x), "has the shape of what it gets"],
    [() => solvers.fixedPoint(same, T.fvector("f"), { tolerance: -1 }), "a tolerance from 0 on"],
    [() => solvers.rootFind((y: Variable) => T.add(y, x), T.fvector("f")), "start from float64"],
    [
      () => solvers.rootFind((y: Variable) => [y], x),
      "give a variable, as it gets, got a list of 1",
    ],
    [() => solvers.rootFind(() => 1 as never, x), "to give variables, got 1"],
    [() => solvers.rootFind(same, x, { maxSteps: 0 }), "maxSteps to be a positive integer"],
    [() => solvers.minimize(same, x), "take its sum or mean"],
    [
      () => solvers.minimize((y: Variable) => T.sum(y), x, { method: "bfgs" as "lbfgs" }),
      '"lbfgs"',
    ],
    [() => solvers.odeint(same, x, 1), "expected a vector of times"],
    [() => solvers.odeint(same, x, []), "at least one time"],
    [() => solvers.odeint(same, x, n, { rtol: 0, atol: 0 }), "one of them above"],
    [() => solvers.odeint(same, x, n, { steps: 2 }), '"dopri5" has no option "steps"'],
    [() => solvers.odeint(same, x, n, { method: "rk4", rtol: 1 }), 'no option "rtol"'],
    [() => solvers.odeint(same, x, n, { firstStep: 0 }), "a positive firstStep"],
  ];
  for (const [call, message] of cases) assertThrows(call, Error, message);
  const times = T.dvector("times"), f = await compile([x, times], solvers.odeint(same, x, times));
  assertThrows(() => f([1], []), ShapeError, "at least one time");
  const { value } = solvers.rootFind((y: Variable) => T.sub(y, 1) as Variable, x);
  assertThrows(() => grad(T.sum(value), x), DisconnectedInputError);
});

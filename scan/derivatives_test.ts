import { assert, assertEquals } from "@std/assert";
import { makeValue } from "../core/graph/value.ts";
import { evaluateGraph } from "../core/graph/reference.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, hessian, jacobian, scan, T, type Tensor, type Variable } from "../all.ts";

// Values and their derivatives, asked for together: each is a loop, and those of a kind are joined.

const a = T.vector("a"), w = T.vector("w");
const given = new Map([
  [a, makeValue("float32", [5], [1, -2, 3, 0.5, -0.25])],
  [w, makeValue("float32", [3], [0.125, 0.25, 0.5])],
]);
const zero = T.constant(0, { dtype: "float32" }), one = T.constant(1, { dtype: "float32" });

function recurrence(step: (e: Variable, s: Variable) => Variable, start = zero): Variable {
  return scan((e: Variable, s: Variable) => step(e, s), { sequences: a, outputsInfo: start })[0];
}

function swing(y: readonly [Variable, Variable]): [Variable, Variable] {
  return [y[1], T.neg(T.sin(y[0])).sub(y[1].mul(w.at(2)))];
}

type Pair = readonly [Variable, Variable];

function ahead([p, q]: Pair, [dp, dq]: Pair, h: number): Pair {
  return [p.add(dp.mul(h)), q.add(dq.mul(h))];
}

function integrate(step: (y: Pair) => Pair): Variable {
  const [both] = scan((p: Variable, q: Variable) => [...step([p, q])], {
    outputsInfo: [w.at(0), w.at(1)],
    nSteps: 7,
    returnList: true,
  });
  return T.stack(both as Variable[], 1);
}

const programs: Record<string, () => Variable[]> = {
  "a masked sum by ifelse": () => {
    const last = recurrence((e, s) => T.ifelse(e.gt(0), s.add(e), s) as Variable).at(-1);
    return [last, grad(last, a)];
  },
  "a reset by where": () => {
    const last = recurrence((e, s) => T.where(e.gt(0), s.add(e), 0)).at(-1);
    return [last, grad(last, a)];
  },
  "the likelihood of GARCH(1, 1)": () => {
    const [c0, c1, c2] = [w.at(0), w.at(1), w.at(2)];
    const v = recurrence((e, s) => c0.add(c1.mul(T.sqr(e))).add(c2.mul(s)), one);
    const cost = T.sum(T.log(v).add(T.sqr(a).div(v)));
    return [cost, grad(cost, w), grad(cost, a), hessian(cost, w)];
  },
  "an autoregression": () => {
    const cost = T.sum(T.sqr(recurrence((e, s) => w.at(0).mul(s).add(e)).sub(a)));
    return [grad(cost, w), hessian(cost, w)];
  },
  "a tanh recurrence": () => {
    const y = recurrence((e, s) => T.tanh(w.at(0).mul(s).add(w.at(1).mul(e)).add(w.at(2))));
    const cost = T.sum(T.sqr(y)), last = y.at(-1);
    return [
      cost,
      last,
      grad(cost, w),
      grad(last, w),
      grad(cost, a),
      jacobian(y, w),
      hessian(cost, w),
      hessian(last, w),
    ];
  },
  "an Euler scheme of two states": () => {
    const y = integrate((y) => ahead(y, swing(y), 0.1)).at(-1);
    return [y, jacobian(y, w)];
  },
  "a Runge-Kutta scheme of two states": () => {
    const y = integrate((y) => {
      const k1 = swing(y), k2 = swing(ahead(y, k1, 0.05));
      const k3 = swing(ahead(y, k2, 0.05)), k4 = swing(ahead(y, k3, 0.1));
      return ahead(ahead(ahead(ahead(y, k1, 1 / 60), k2, 1 / 30), k3, 1 / 30), k4, 1 / 60);
    }).at(-1);
    return [y, jacobian(y, w), hessian(y.sum(), w)];
  },
};

for (const [name, build] of Object.entries(programs)) {
  onDevices(`${name} compiles with all its derivatives`, async (device) => {
    const outputs = build();
    const f = await compile([a, w], outputs, { device, onUnusedInput: "ignore" });
    const args = [...given.values()].map(({ data }) => Array.from(data, Number));
    const found = (f as (...args: number[][]) => Tensor[])(...args);
    evaluateGraph(outputs, given).forEach((expected, i) => {
      assertEquals(found[i]!.shape, expected.shape);
      numbers(found[i]!).forEach((x, k) => {
        const right = Number(expected.data[k]);
        assert(Math.abs(x - right) <= 2e-4 * Math.max(1, Math.abs(right)), `${x}, not ${right}`);
      });
    });
  });
}

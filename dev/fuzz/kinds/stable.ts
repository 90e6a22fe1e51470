import type { Generator, Kind, Ref } from "../generator.ts";

/** Weights that are 0 or not far from 1; whole columns may be 0. */
function weights(g: Generator, shape: readonly number[], hasColumns = false): Ref {
  const count = shape.reduce((x, y) => x * y, 1), columns = shape[shape.length - 1]!;
  const isEmpty = Array.from({ length: columns }, () => hasColumns && g.random.chance(0.3));
  return g.input(g.float, shape, {
    data: Array.from(
      { length: count },
      (_, i) => isEmpty[i % columns] ? 0 : g.random.pick([0, 0.5, 1, 0.25, 1.5]),
    ),
  });
}

/** An expression that overflows as it is written, and one that does not. */
function pair(g: Generator, a: Ref, b: Ref, v: Ref): { naive: Ref; stable: Ref } {
  const { random } = g;
  const exp = (x: Ref) => g.call("T.exp", x);
  const log = (x: Ref) => g.call("T.log", x), sum = (x: Ref) => g.call("T.sum", x);
  const dot = (x: Ref, y: Ref) => g.call("T.dot", x, y);
  switch (random.below(20)) {
    case 0:
      return {
        naive: g.call("T.log", g.call("T.add", exp(a), exp(b))),
        stable: g.call("T.add", a, g.call("T.softplus", g.call("T.sub", b, a))),
      };
    case 18: {
      // Functions that overflow as exponentials do.
      const bare = g.call("T.logaddexp", a, g.call("T.neg", a));
      return {
        naive: log(g.call("T.cosh", a)),
        stable: g.call("T.sub", bare, Math.log(2)),
      };
    }
    case 19: {
      const power = random.pick([0.5, 1.7, -0.3]), isSum = random.chance(0.5);
      return {
        naive: isSum ? log(g.call("T.pow", sum(exp(v)), power)) : log(g.call("T.prod", exp(v))),
        stable: isSum ? g.call("T.mul", g.call("T.logsumexp", v), power) : sum(v),
      };
    }
    case 1:
      return { naive: g.call("T.log", g.call("T.sum", exp(v))), stable: g.call("T.logsumexp", v) };
    case 2:
      return {
        naive: g.call("T.log", g.call("T.add", 1, exp(a))),
        stable: g.call("T.softplus", a),
      };
    case 3:
      return {
        naive: g.call("T.log", g.call("T.sigmoid", a)),
        stable: g.call("T.neg", g.call("T.softplus", g.call("T.neg", a))),
      };
    case 4:
      return {
        naive: g.call("T.log", g.call("T.sub", 1, g.call("T.sigmoid", a))),
        stable: g.call("T.neg", g.call("T.softplus", a)),
      };
    case 5:
      return {
        naive: g.call("T.div", exp(v), g.call("T.sum", exp(v))),
        stable: g.call("T.softmax", v),
      };
    case 6:
      return {
        naive: g.call("T.log", g.call("T.add", g.call("T.sum", exp(v)), exp(b))),
        stable: g.call("T.logaddexp", g.call("T.logsumexp", v), b),
      };
    case 7: {
      const axis = random.below(2),
        over = { axis: random.chance(0.5) ? axis : [0, 1], keepdims: true };
      const m = g.call("T.expandDims", v, axis);
      return {
        naive: g.call("T.div", exp(m), g.call("T.sum", exp(m), over)),
        stable: g.call("T.softmax", m, over.axis),
      };
    }
    case 8:
    case 9: {
      // Products with weights, of which some are 0.
      const [n] = v.shape as [number], first = random.chance(0.5);
      const w = weights(g, random.chance(0.5) ? [n] : [n, n]);
      const rows = w.shape.length === 1 ? w : first ? w : g.call("T.transpose", w);
      return {
        naive: log(first ? dot(w, exp(v)) : dot(exp(v), w)),
        stable: g.call("T.logsumexp", g.call("T.add", g.call("T.log", rows), v), -1),
      };
    }
    case 10: {
      const m = g.call("T.add", g.call("T.expandDims", v, 0), g.call("T.expandDims", v, 1));
      return {
        naive: log(dot(exp(m), exp(v))),
        stable: g.call("T.logsumexp", g.call("T.add", m, v), 1),
      };
    }
    case 11: {
      const w = weights(g, [v.shape[0]!]);
      return {
        naive: g.call("T.div", sum(g.call("T.mul", exp(v), w)), sum(exp(v))),
        stable: sum(g.call("T.mul", g.call("T.softmax", v), w)),
      };
    }
    case 12: {
      const w = weights(g, [v.shape[0]!, 3]);
      return {
        naive: g.call("T.div", dot(exp(v), w), sum(exp(v))),
        stable: dot(g.call("T.softmax", v), w),
      };
    }
    case 13: {
      const top = random.chance(0.5) ? g.call("T.max", v) : g.call("T.min", v);
      return {
        naive: g.call("T.div", exp(g.call("T.minimum", v, top)), exp(top)),
        stable: exp(g.call("T.sub", g.call("T.minimum", v, top), top)),
      };
    }
    case 15: {
      // Terms beside the exponentials that are none.
      const w = weights(g, [v.shape[0]!]), beside = random.pick([1, 0.5, 3]);
      const total = random.chance(0.5) ? dot(w, exp(v)) : sum(g.call("T.mul", w, exp(v)));
      const inner = g.call("T.logsumexp", g.call("T.add", log(w), v));
      return {
        naive: log(g.call("T.add", beside, total)),
        stable: g.call("T.logaddexp", inner, Math.log(beside)),
      };
    }
    case 16: {
      const w = weights(g, [v.shape[0]!]), soft = g.call("T.softmax", v);
      return {
        naive: log(random.chance(0.5) ? dot(w, soft) : sum(g.call("T.mul", w, soft))),
        stable: g.call("T.logsumexp", g.call("T.add", log(w), g.call("T.logSoftmax", v))),
      };
    }
    case 14: {
      const chosen = g.call("T.gt", v, 0);
      return {
        naive: log(sum(g.call("T.where", chosen, exp(v), 0))),
        stable: g.call("T.logsumexp", g.call("T.where", chosen, v, -Infinity)),
      };
    }
    default:
      return {
        naive: g.call("T.log", g.call("T.softmax", v)),
        stable: g.call("T.logSoftmax", v),
      };
  }
}

/**
 * Quotients with weights, some of them 0, and what they are as sums over softmaxes; and what to differentiate
 * by. The exponents are near each other, so that no gradient is what is left of equal numbers.
 */
function weighted(g: Generator): { naive: Ref; stable: Ref; wrt: Ref[] } {
  const { random } = g, n = random.pick([2, 4]), far = random.pick([1000, -800, 0, 30]);
  const data = Array.from({ length: n }, (_, i) => far + i % 2 + random.pick([0, 0.5, -0.25]));
  const v = g.input(g.float, [n], { data });
  const exp = (x: Ref) => g.call("T.exp", x), sum = (x: Ref) => g.call("T.sum", x);
  const dot = (x: Ref, y: Ref) => g.call("T.dot", x, y);
  const div = (x: Ref, y: Ref | number) => g.call("T.div", x, y), soft = g.call("T.softmax", v);
  const w = weights(g, [n, 3], true),
    wrt = [v, w],
    m = g.input(g.float, [n, 3], { style: "positive" });
  const turned = g.call("T.transpose", w);
  switch (random.below(6)) {
    case 0:
      return { naive: div(dot(exp(v), w), sum(exp(v))), stable: dot(soft, w), wrt };
    case 1:
      return { naive: div(dot(turned, exp(v)), sum(exp(v))), stable: dot(turned, soft), wrt };
    case 2:
      return {
        naive: div(dot(exp(v), w), dot(exp(v), m)),
        stable: div(dot(soft, w), dot(soft, m)),
        wrt,
      };
    case 3: {
      // Parts of several ranks.
      const above = g.call("T.sub", g.call("T.mul", dot(exp(v), w), 2), sum(exp(v)));
      return {
        naive: div(above, g.call("T.mul", sum(exp(v)), 3)),
        stable: div(g.call("T.sub", g.call("T.mul", dot(soft, w), 2), 1), 3),
        wrt,
      };
    }
    case 4: {
      // Quotients inside of quotients.
      const p = div(exp(v), sum(exp(v)));
      return { naive: div(dot(p, w), dot(p, m)), stable: div(dot(soft, w), dot(soft, m)), wrt };
    }
    default: {
      const square = g.input(g.float, [3, 3], { style: "positive" });
      return {
        naive: div(dot(dot(exp(v), w), square), dot(dot(exp(v), m), square)),
        stable: div(dot(dot(soft, w), square), dot(dot(soft, m), square)),
        wrt,
      };
    }
  }
}

/** Ops that place elements of a vector, one behind the other, under a logarithm of a sum and beside one. */
function placed(g: Generator, v: Ref): { naive: Ref; stable: Ref } {
  const { random } = g, [n] = v.shape as [number];
  const beside = weights(g, [n]), logs = g.call("T.log", beside);
  const chosen = random.chance(0.5), at = random.below(n);
  let naive = g.call("T.exp", v), stable = v;
  // What does the same to exponentials, beside numbers, and to exponents, beside logarithms of them.
  const both = (write: (x: Ref, other: Ref, zero: number) => Ref) => {
    naive = write(naive, beside, 0);
    stable = write(stable, logs, -Infinity);
  };
  let length = n, chooses = false, isPure = true;
  for (let left = 1 + random.below(4); left > 0; left--) {
    const isWhole = length === n, way = random.below(10), isRunning = way >= 5 && way <= 7;
    // Order and running sums are those of exponentials only where nothing else is among them.
    if (isRunning && !isPure) continue;
    isPure &&= isRunning || way === 8;
    switch (way) {
      case 0:
        if (isWhole && !chooses) {
          chooses = true;
          both((x, y) => g.call("T.ifelse", chosen, ...chosen ? [x, y] : [y, x]));
        }
        break;
      case 1:
        if (isWhole) both((x, y) => g.call("T.where", g.call("T.gt", v, 0), x, y));
        break;
      case 2:
        if (isWhole) {
          both((x, y) => g.call("T.setSubtensor", g.call(".at", x, at), g.call(".at", y, at)));
        }
        break;
      case 3:
        if (isWhole) {
          both((x, y) => g.call("T.setSubtensor", g.call(".at", y, [at]), g.call(".at", x, [at])));
        }
        break;
      case 4:
        both((x, _y, value) => g.call("T.pad", x, 1, { value }));
        length += 2;
        break;
      case 5:
        both((x) => g.call("T.sort", x));
        break;
      case 6:
        naive = g.call("T.cumsum", naive);
        stable = g.call("T.logcumsumexp", stable);
        break;
      case 7:
        naive = g.call("T.cumprod", naive);
        stable = g.call("T.cumsum", stable);
        break;
      case 8:
        both((x) => g.call("T.roll", x, 1));
        break;
      default:
        both((x, y) => g.call("T.concatenate", [x, y]));
        length += n;
    }
  }
  return { naive: g.call("T.log", g.call("T.sum", naive)), stable: g.call("T.logsumexp", stable) };
}

/** Logarithms of sums of exponentials of logarithms of sums of them, and so on. */
function chain(g: Generator, a: Ref, b: Ref, v: Ref): { naive: Ref; stable: Ref } {
  const { random } = g, [n] = v.shape as [number];
  const exp = (x: Ref) => g.call("T.exp", x), log = (x: Ref) => g.call("T.log", x);
  const logs = (x: Ref, axis = -1) => g.call("T.logsumexp", x, axis);
  const positive = (shape: readonly number[]) => g.input(g.float, shape, { style: "positive" });
  const matrix = positive([n, n]), row = positive([n]);
  let naive = v, stable = v;
  for (let left = 2 + random.below(7); left > 0; left--) {
    switch (random.below(5)) {
      case 0:
        naive = log(g.call("T.dot", exp(naive), matrix));
        stable = logs(g.call("T.add", log(g.call("T.transpose", matrix)), stable));
        break;
      case 1:
        naive = log(g.call("T.dot", matrix, exp(naive)));
        stable = logs(g.call("T.add", log(matrix), stable));
        break;
      case 2:
        naive = g.call("T.add", log(g.call("T.sum", g.call("T.mul", exp(naive), row))), v);
        stable = g.call("T.add", logs(g.call("T.add", stable, log(row))), v);
        break;
      case 3:
        naive = log(g.call("T.add", exp(naive), exp(b)));
        stable = g.call("T.logaddexp", stable, b);
        break;
      default:
        naive = g.call("T.add", naive, a);
        stable = g.call("T.add", stable, a);
    }
  }
  return { naive, stable };
}

/** Logarithms of sums of exponentials and their relatives, with extreme values, and their gradients. */
export const stable: Kind = {
  name: "stable",
  generate(g) {
    const points = [1000, -800, 0, 1, -1, 30, 999, -1000, 5];
    const pick = (n: number) => Array.from({ length: n }, () => g.random.pick(points));
    const a = g.input(g.float, [], { data: pick(1) }), b = g.input(g.float, [], { data: pick(1) });
    const n = g.random.pick([1, 2, 4]);
    const v = g.input(g.float, [n], { data: pick(n) });
    g.attempt(() => {
      const kind = g.random.next(), given = [a, b, v];
      const { naive, stable, wrt } = kind < 0.25
        ? weighted(g)
        : kind < 0.45
        ? { ...placed(g, v), wrt: [v] }
        : { ...kind < 0.6 ? chain(g, a, b, v) : pair(g, a, b, v), wrt: given };
      g.output(naive);
      g.law({ kind: "equal", output: naive.name, other: stable.name });
      // log(0) has no gradient: that of no terms is 0 by convention, but a sum over an axis that the type
      // knows to have length 1 is its one term, and log(w * exp(x)) is log(w) + x.
      if (n === 1 && !Array.from(stable.value.data, Number).every(Number.isFinite)) return;
      g.attempt(() => {
        const weights = g.input(g.float, naive.shape, { style: "positive" });
        const costs = [naive, stable].map((y) => g.call("T.sum", g.call("T.mul", y, weights)));
        const options = { disconnectedInputs: "ignore" };
        const [bad, good] = costs.map((cost) => g.callMany("grad", wrt.length, cost, wrt, options));
        bad!.forEach((gradient, i) => {
          g.output(gradient);
          g.law({ kind: "equal", output: gradient.name, other: good![i]!.name });
        });
      });
    });
  },
};

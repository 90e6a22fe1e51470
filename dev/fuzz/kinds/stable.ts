import type { Generator, Kind, Ref } from "../generator.ts";

/** An expression that overflows as it is written, and one that does not. */
function pair(g: Generator, a: Ref, b: Ref, v: Ref): { naive: Ref; stable: Ref } {
  const { random } = g;
  const exp = (x: Ref) => g.call("T.exp", x);
  switch (random.below(9)) {
    case 0:
      return {
        naive: g.call("T.log", g.call("T.add", exp(a), exp(b))),
        stable: g.call("T.add", a, g.call("T.softplus", g.call("T.sub", b, a))),
      };
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
    default:
      return {
        naive: g.call("T.log", g.call("T.softmax", v)),
        stable: g.call("T.logSoftmax", v),
      };
  }
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
      const { naive, stable } = pair(g, a, b, v);
      g.output(naive);
      g.law({ kind: "equal", output: naive.name, other: stable.name });
      g.attempt(() => {
        const weights = g.input(g.float, naive.shape, { style: "positive" });
        const costs = [naive, stable].map((y) => g.call("T.sum", g.call("T.mul", y, weights)));
        const options = { disconnectedInputs: "ignore" };
        const [bad, good] = costs.map((cost) => g.callMany("grad", 3, cost, [a, b, v], options));
        bad!.forEach((gradient, i) => {
          g.output(gradient);
          g.law({ kind: "equal", output: gradient.name, other: good![i]!.name });
        });
      });
    });
  },
};

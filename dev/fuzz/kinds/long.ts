import type { Kind } from "../generator.ts";

/** Long sums and dot products of float32. */
export const long: Kind = {
  name: "long",
  generate(g) {
    g.mostElements = 200_000;
    const n = g.random.pick([3000, 10_007, 40_000]);
    const style = g.random.pick(["tame", "positive"] as const);
    const x = g.input("float32", [n], { style }), y = g.input("float32", [n], { style });
    const f = g.random.below(6), k = g.random.pick([1, 2, 3]);
    if (f === 0) g.output(g.call("T.sum", x));
    else if (f === 1) g.output(g.call("T.dot", x, y));
    else if (f === 2) g.output(g.call("T.sum", g.call("T.mul", x, y)));
    else {
      const matrix = g.input("float32", f === 3 ? [k, n] : [n, k], { style });
      g.output(
        f === 3
          ? g.call("T.dot", matrix, x)
          : f === 4
          ? g.call("T.dot", x, matrix)
          : g.call("T.mean", matrix, 0),
      );
    }
  },
};

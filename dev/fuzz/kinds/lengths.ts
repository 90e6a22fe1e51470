import { type Generator, isFloatRef, type Kind, type Ref } from "../generator.ts";
import { commonInputs, wander } from "./graphs.ts";

/** Rows in another order, or beside others. */
function arranged(g: Generator, x: Ref): Ref {
  switch (g.random.below(5)) {
    case 0:
      return g.call("T.join", 0, x, g.call("T.mul", x, 2));
    case 1:
      return g.call(".slice", x, null, null, g.random.pick([-1, -2, 2, -3e9]));
    case 2:
      return g.call("T.roll", x, g.random.pick([1, -1, 2]), 0);
    case 3:
      return g.call("T.cumsum", x, 0);
    default:
      return x;
  }
}

/** A row at an end or beside it where there is one, of rows of which there may be none. */
function ends(g: Generator): void {
  const { random } = g, back = random.pick([1, 1, 2, 3]);
  const x = g.pick((ref) => isFloatRef(ref) && ref.shape.length > 0);
  const n = g.call(".at", g.call("T.shape", x), 0);
  const at = random.chance(0.5) ? -back : g.call("T.sub", n, back);
  const row = g.callLazily(".at", arranged(g, x), at);
  const isThere = random.chance(0.7)
    ? g.call("T.ge", n, back)
    : g.call("T.gt", g.call("T.sum", g.call("T.mul", g.call("T.abs", x), 0.1)), 1e9);
  const other = g.call("T.sum", x, { axis: 0 });
  const step = random.pick(["T.add", "T.where", "T.cast"] as const);
  const args = { "T.add": [row, other], "T.where": [g.call("T.gt", other, 0), row, other] };
  const taken = step === "T.cast" ? row : g.callLazily(step, ...args[step]);
  g.output(g.call("T.ifelse", isThere, taken, other));
}

/** Graphs called with many lengths, with room for hardly any plan and hardly any memory: all is made again. */
export const lengths: Kind = {
  name: "lengths",
  calls: 9,
  generate(g) {
    const { random } = g;
    g.room = {
      plans: random.pick([1, 2, 3]),
      planBytes: random.pick([1, 1, 1e5, 2 ** 28]),
      deviceBytes: random.pick([0, 0, 1000, 2 ** 28]),
    };
    commonInputs(g);
    if (random.chance(0.5)) {
      g.input(g.float, [g.length([2, 3, 1, 0, 5]), ...random.pick([[], [], [3]])]);
      for (let i = 0; i < 2; i++) g.attempt(ends);
    }
    wander(g, random.pick([4, 8, 15]));
    if (random.chance(0.3)) g.attempt(ends);
  },
};

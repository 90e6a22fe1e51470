import { type Generator, isFloatRef, type Kind, type Ref } from "../generator.ts";
import { wander } from "./graphs.ts";

/** A value, of no axes, that fails where the index is out of range. */
function checked(g: Generator, x: Ref, index: Ref, n: number): Ref {
  const { random } = g;
  switch (random.below(7)) {
    case 0:
      return g.call(".at", x, index);
    case 1:
      return g.call("T.sum", g.call("T.take", x, g.call("T.expandDims", index, 0), 0));
    case 2:
      return g.call("T.max", g.call("T.incSubtensor", g.call("T.index", x, [index]), 0.5));
    case 3:
      return g.call(".at", g.call("T.mul", x, 2), index);
    case 4:
      return g.call("T.sum", g.call("T.softmax", g.call("T.index", x, [[0], index])));
    case 5: {
      const fits = g.call("T.and", g.call("T.ge", index, 0), g.call("T.lt", index, n));
      const first = g.call("T.alloc", 0.5, g.call("T.add", g.call("T.cast", fits, "int64"), 1));
      const [out] = g.loop({
        states: [first],
        nSteps: random.pick([1, 3]),
        taps: { sequences: [], states: [[-2, -1]] },
      }, (inner, { states: [old, last] }) => ({ outputs: [inner.call("T.add", old!, last!)] }));
      return g.call("T.sum", out!);
    }
    default: {
      const [out] = g.loop({ sequences: [x] }, (inner, { sequences }) => ({
        outputs: [inner.call("T.mul", inner.call(".at", x, index), sequences[0]!)],
      }));
      return g.call("T.sum", out!);
    }
  }
}

/**
 * Calls with an index out of range, in an update, an output or a loop, between calls that are fine: no
 * shared variable may change in those that fail.
 */
export const failing: Kind = {
  name: "failing",
  calls: 5,
  generate(g) {
    const { random } = g;
    const n = random.pick([1, 2, 3, 5]);
    const states = [
      g.input(g.float, [n], { shared: true }),
      g.input(g.float, [], { shared: true }),
      g.input(random.pick(["int32", "int64"]), [], { shared: true }),
    ];
    const x = g.input(g.float, [n]);
    g.input(g.float, [n]);
    const bad = new Set([1 + random.below(3), 1 + random.below(3)]);
    const index = g.input("int32", [], {
      data: (call) => [
        !bad.has(call)
          ? random.below(n)
          : random.chance(0.5)
          ? n + random.below(3)
          : -n - 1 - random.below(3),
      ],
    });
    wander(g, random.pick([0, 3, 8]));
    const place = random.below(states.length + 1);
    const source = random.pick([x, states[0]!]);
    g.attempt(() => {
      const value = checked(g, source, index, n);
      if (place === states.length) g.output(value);
      for (const state of random.shuffle(states)) {
        const fits = (ref: Ref) =>
          ref.dtype === state.dtype && ref.shape.join() === state.shape.join() &&
          g.isTame(ref, 1e3);
        const add = states[place] === state
          ? g.call("T.cast", value, state.dtype)
          : isFloatRef(state)
          ? g.pick(fits)
          : 1;
        const old = isFloatRef(state) ? g.call("T.mul", state, 0.5) : state;
        const next = g.call("T.add", old, add);
        if (next.dtype === state.dtype) g.update(state, next);
      }
      g.law({ kind: "refused" });
    });
    if (random.chance(0.7)) g.attempt(() => g.output(g.pick(isFloatRef)));
  },
};

import { type Generator, isFloatRef, type Kind, type Ref } from "../generator.ts";
import { randomLoop } from "./loops.ts";
import { wander } from "./graphs.ts";

/** Something of one row: of ops, loops and derivatives, in another `vmap` perhaps. */
function ofRow(g: Generator, rows: readonly Ref[], depth: number): Ref {
  const { random } = g;
  wander(g, random.pick([2, 4, 8]));
  if (random.chance(0.4)) {
    g.attempt(() => randomLoop(g, { poison: false, until: random.chance(0.5), inner: false }));
    wander(g, 2);
  }
  if (depth < 2 && random.chance(0.2)) {
    const inner = g.attempt(() => {
      const stack = g.pick((ref) => ref.shape.length > 0);
      return g.mapped([stack], [], (own, given) => ofRow(own, given, depth + 1))[0];
    });
    if (inner !== null && random.chance(0.5)) return inner;
  }
  const made = g.pick(({ name }) => name.startsWith("v"));
  if (!isFloatRef(made) || random.chance(0.6)) return made;
  const wrt = rows.find(isFloatRef);
  const slope = wrt === undefined
    ? null
    : g.attempt(() => g.call("grad", g.call("T.sum", made), wrt, { disconnectedInputs: "ignore" }));
  return slope ?? made;
}

/** Functions of rows, by `vmap` and row by row. */
export const mapped: Kind = {
  name: "mapped",
  generate(g) {
    const n = g.random.pick([1, 2, 3, 4]), m = g.random.pick([1, 2, 3]);
    for (const shape of [[n, m], [n], [n, m, 2], [m], []]) g.input(g.float, shape);
    const places = g.input("int32", [n], { below: m });
    g.attempt(() => {
      const isStack = (ref: Ref) => ref.shape.length > 0 && ref.shape[0] === n;
      const first = g.pick((ref) => isStack(ref) && isFloatRef(ref));
      const second = g.pick((ref) => isStack(ref) && isFloatRef(ref) && ref !== first);
      const stacks = g.random.chance(0.5) ? [first, second, places] : [first, second];
      const apart = g.random.chance(0.5) ? [g.pick(isFloatRef)] : [];
      const [together, each] = g.mapped(stacks, apart, (inner, rows, others) => {
        if (g.random.chance(0.4)) {
          inner.attempt(() => {
            const x = inner.pick((ref) => ref.shape.length > 0 && isFloatRef(ref));
            inner.call(
              ".at",
              x,
              inner.pick((ref) => ref.dtype === "int32" && ref.shape.length === 0),
            );
          });
        }
        return ofRow(inner, [...rows, ...others], 0);
      });
      g.output(together);
      g.law({ kind: "equal", output: together.name, other: each.name });
      if (isFloatRef(together) && g.random.chance(0.4) && g.isTame(together)) {
        g.attempt(() => g.gradients(g.call("T.sum", together), g.floatInputs));
      }
    });
  },
};

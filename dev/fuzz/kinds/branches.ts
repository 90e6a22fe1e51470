import { isFloatRef, type Kind } from "../generator.ts";
import { commonInputs, wander } from "./graphs.ts";

/** `ifelse`: the branch that is not taken may have shapes that do not fit. */
export const branches: Kind = {
  name: "branches",
  generate(g) {
    commonInputs(g);
    wander(g, 4);
    for (let i = 0; i < 2; i++) {
      g.attempt(() => {
        const c = g.random.chance(0.5)
          ? g.call("T.gt", g.call("T.sum", g.pick(isFloatRef)), 0)
          : g.input("bool", []);
        const x = g.pick(isFloatRef);
        const y = g.pick((ref) => ref.dtype === x.dtype && ref.shape.length === x.shape.length);
        // Built, and not evaluated: its lengths may not agree.
        const odd = g.callLazily("T.add", x, y);
        g.output(g.call("T.ifelse", c, ...(g.random.chance(0.5) ? [odd, x] : [y, odd])));
      });
      wander(g, 3);
    }
    if (g.random.chance(0.5)) {
      g.attempt(() => {
        const y = g.pick((ref) => isFloatRef(ref) && ref.name.startsWith("v"));
        g.gradients(g.call("T.sum", y), g.floatInputs);
      });
    }
  },
};

import { isFloatRef, type Kind } from "../generator.ts";
import { commonInputs, wander } from "./graphs.ts";

/** Random numbers in graphs, with parameters that are computed, with gradients and over several calls. */
export const draws: Kind = {
  name: "draws",
  generate(g) {
    commonInputs(g, { style: "positive" });
    for (let i = 1 + g.random.below(3); i > 0; i--) {
      g.attempt(() => {
        const x = g.pick((ref) => isFloatRef(ref) && g.isTame(ref, 20));
        const scale = g.call("T.add", g.call("T.abs", x), 0.1);
        const size = { size: g.random.pick([[], [3], [2, 3]]), dtype: g.float };
        g.output(
          g.random.chance(0.5) ? g.draw("normal", { avg: x, std: scale, dtype: g.float }) : g.draw(
            g.random.pick(["uniform", "normal", "exponential", "gumbel", "logistic"]),
            size,
          ),
        );
      });
      wander(g, 3);
    }
    g.attempt(() => {
      const y = g.pick((ref) => isFloatRef(ref) && ref.name.startsWith("v") && g.isTame(ref));
      g.output(y);
      g.gradients(g.call("T.sum", y), g.floatInputs);
    });
  },
};

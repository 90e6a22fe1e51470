import type { Kind } from "../generator.ts";
import { commonInputs, wander } from "./graphs.ts";

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
    wander(g, random.pick([4, 8, 15]));
  },
};

import type { Generator, Kind, Ref } from "../generator.ts";

function step(g: Generator, images: Ref, filters: Ref): Ref {
  const { random } = g, two = () => [random.pick([1, 1, 2]), random.pick([1, 1, 2, 3])];
  const options = {
    borderMode: random.pick(["valid", "full", "half", 1, [1, 2], [[0, 1], [2, 0]]] as const),
    subsample: two(),
    filterDilation: two(),
    filterFlip: random.chance(0.5),
  };
  switch (random.below(5)) {
    case 0:
      return g.call("T.pool2d", images, two(), {
        ignoreBorder: random.chance(0.5),
        mode: random.pick(["max", "sum", "average_inc_pad", "average_exc_pad"]),
        ...(random.chance(0.5) ? { stride: two() } : {}),
      });
    case 1:
      return g.call("T.conv2dTranspose", images, filters, options);
    case 2:
      return g.call("T.tanh", images);
    default:
      return g.call("T.conv2d", images, filters, options);
  }
}

/** Convolutions and pooling of all forms, with gradients. */
export const convolutions: Kind = {
  name: "convolutions",
  generate(g) {
    const { random } = g, channels = random.pick([1, 2]), groups = random.pick([1, 1, channels]);
    const batch = g.length([1, 2]), rows = g.length([3, 4]), columns = g.length([3, 5]);
    const images = g.input(g.float, [batch, channels, rows, columns]);
    const sizes = [random.pick([1, 2, 3]), random.pick([1, 2, 3])];
    const filters = g.input(g.float, [channels, channels / groups, ...sizes]);
    let y = images;
    if (groups > 1) {
      y = g.attempt(() => g.call("T.conv2d", images, filters, { numGroups: groups })) ?? images;
    } else {
      for (let i = 1 + random.below(2); i > 0; i--) {
        y = g.attempt(() => step(g, y, filters)) ?? y;
      }
    }
    g.attempt(() => {
      g.output(y);
      const cost = g.call("T.sum", random.chance(0.5) ? g.call("T.sqr", y) : g.call("T.sin", y));
      const [slope] = g.gradients(cost, [images, filters]);
      if (random.chance(0.3)) g.gradients(g.call("T.sum", g.call("T.sqr", slope!)), [filters]);
    });
  },
};

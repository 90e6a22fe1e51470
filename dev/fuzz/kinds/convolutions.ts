import type { Generator, Kind, Ref } from "../generator.ts";

function step(g: Generator, images: Ref, filters: Ref, rank: number): Ref {
  const { random } = g, list = <X>(make: () => X) => Array.from({ length: rank }, make);
  const each = () => list(() => random.pick([1, 1, 2, 3])), few = () => random.pick([0, 1, 2]);
  const options = {
    borderMode: random.pick([
      ...["valid", "full", "half", "same", 1],
      list(few),
      list(() => [few(), few()]),
    ]),
    subsample: each(),
    filterDilation: each(),
    filterFlip: random.chance(0.5),
  };
  switch (random.below(5)) {
    case 0:
      return g.call(`T.pool${rank}d`, images, each(), {
        ignoreBorder: random.chance(0.5),
        mode: random.pick(["max", "sum", "average_inc_pad", "average_exc_pad"]),
        ...(random.chance(0.5) ? { stride: each() } : {}),
      });
    case 1:
      return g.call(`T.conv${rank}dTranspose`, images, filters, options);
    case 2:
      return g.call("T.tanh", images);
    default:
      return g.call(`T.conv${rank}d`, images, filters, options);
  }
}

/** Convolutions and pooling of all forms, with gradients. */
export const convolutions: Kind = {
  name: "convolutions",
  generate(g) {
    const { random } = g, channels = random.pick([1, 2]), groups = random.pick([1, 1, channels]);
    const batch = g.length([1, 2]), lengths = [[3, 4], [3, 5], [2, 3]] as const;
    const spatial = lengths.slice(0, random.pick([1, 2, 2, 3])).map((some) => g.length(some));
    const images = g.input(g.float, [batch, channels, ...spatial]), rank = spatial.length;
    const sizes = spatial.map(() => random.pick([1, 2, 3]));
    const filters = g.input(g.float, [channels, channels / groups, ...sizes]);
    let y = images;
    if (groups > 1) {
      y = g.attempt(() => g.call(`T.conv${rank}d`, images, filters, { numGroups: groups })) ??
        images;
    } else {
      for (let i = 1 + random.below(2); i > 0; i--) {
        y = g.attempt(() => step(g, y, filters, rank)) ?? y;
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

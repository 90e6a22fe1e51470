import { type Generator, isFloatRef, type Kind, type Ref } from "../generator.ts";

/** A position in `0..length - 1` that is computed from values. */
function position(g: Generator, length: number): Ref {
  const { random } = g;
  const x = g.pick((ref) => ref.shape.length > 0 && ref.dtype !== "bool");
  const by = random.pick(["argmax", "argmin", "sum", "count", "max", "searchsorted"] as const);
  let at: Ref;
  if (by === "count") at = g.call("T.sum", g.call("T.gt", x, 0));
  else if (by === "searchsorted") {
    at = g.call("T.searchsorted", g.call("T.sort", g.call("T.flatten", x)), g.call("T.mean", x));
  } else if (random.chance(0.4)) at = g.call(`T.${by}`, x, random.below(x.shape.length));
  else at = g.call(`T.${by}`, x);
  if (isFloatRef(at)) at = g.call("T.cast", at, random.pick(["int32", "int64"]));
  if (random.chance(0.3)) {
    at = g.call(`T.${random.pick(["add", "mul", "sub"])}`, at, random.pick([1, 2, -1]));
  }
  // Most are in range as they are; others are brought there.
  const inside = Array.from(at.value.data as ArrayLike<number | bigint>, Number)
    .every((i) => i >= -length && i < length);
  return inside ? at : g.call("T.mod", at, length);
}

function use(g: Generator): void {
  const { random } = g;
  const x = g.pick((ref) => ref.shape.length > 0 && ref.shape[0]! > 0);
  const at = position(g, x.shape[0]!);
  const scalar = at.shape.length === 0;
  switch (random.pick(["at", "take", "set", "slice", "along", "index", "both"] as const)) {
    case "at":
      g.call(scalar ? ".at" : "T.take", x, at, ...(scalar ? [] : [0]));
      break;
    case "take":
      g.call("T.take", x, at, 0);
      break;
    case "set": {
      const part = g.call("T.index", x, [at]);
      g.call(random.pick(["T.setSubtensor", "T.incSubtensor"]), part, random.pick([1, 2, 0]));
      break;
    }
    case "slice":
      g.call(".slice", x, ...(random.chance(0.5) ? [at] : [null, at]));
      break;
    case "along":
      g.call("T.takeAlongAxis", x, g.call("T.argsort", x, 0), 0);
      break;
    case "index":
      g.call("T.index", x, [at]);
      break;
    case "both":
      g.output(at);
      g.call("T.index", x, [at]);
      break;
  }
}

/** Positions that come from reductions, counts and orders of values. */
export const positions: Kind = {
  name: "positions",
  generate(g) {
    const n = g.length([1, 2, 3, 5, 8]), m = g.length([1, 3, 4]);
    g.input(g.float, [n]);
    g.input(g.float, [m, n]);
    g.input("int32", [n], { style: "positive" });
    const count = g.random.pick([2, 4, 6]);
    for (let i = 0; i < count; i++) g.attempt(use);
    if (g.random.chance(0.3)) {
      g.attempt(() => {
        const rows = g.pick((ref) => ref.shape.length > 0 && isFloatRef(ref));
        const [out] = g.loop({ sequences: [rows] }, (inner) => {
          for (let i = 0; i < 3; i++) inner.attempt(use);
          return { outputs: [inner.pick((ref) => /^v/.test(ref.name))] };
        });
        g.output(out!);
      });
    }
    if (g.random.chance(0.4)) {
      g.attempt(() => {
        const y = g.pick((ref) => isFloatRef(ref) && ref.name.startsWith("v"));
        g.gradients(g.call("T.sum", y), g.floatInputs);
      });
    }
  },
};

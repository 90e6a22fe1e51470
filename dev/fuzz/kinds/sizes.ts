import { type DType, dtypeInfo } from "../../../all.ts";
import type { Generator, Kind, Ref } from "../generator.ts";

const dtypes: readonly DType[] = [
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
];

/** An integer near the edges of its dtype, or a small one. */
function edge(g: Generator, dtype: DType): number | bigint {
  const { bytes, kind } = dtypeInfo(dtype);
  const bits = BigInt(8 * bytes - (kind === "int" ? 1 : 0));
  const x = g.random.chance(0.5)
    ? BigInt(g.random.below(6))
    : 2n ** bits - BigInt(1 + g.random.below(4));
  return bytes === 8 ? x : Number(x);
}

/** Integer arithmetic, which may wrap. */
function arithmetic(g: Generator, x: Ref): Ref {
  const { random } = g;
  const constant = g.call("T.cast", random.pick([1, 2, 3, 100, 50]), x.dtype);
  const op = random.pick(
    ["add", "sub", "mul", "intDiv", "mod", "rightShift", "maximum", "neg"] as const,
  );
  if (op === "neg") return g.call("T.neg", x);
  return random.chance(0.8) ? g.call(`T.${op}`, x, constant) : g.call(`T.${op}`, constant, x);
}

function size(g: Generator): Ref {
  let at = g.pick((ref) => ref.shape.length === 0 && ref.dtype.includes("int"));
  for (let i = g.random.below(3); i > 0; i--) at = arithmetic(g, at);
  if (g.random.chance(0.3)) at = g.call("T.cast", at, g.random.pick(dtypes));
  return at;
}

function use(g: Generator): void {
  const { random } = g;
  const x = g.pick((ref) => ref.shape.length === 1), n = size(g);
  g.output(n);
  // The reference would take too long to count to 2³¹.
  const isShort = Math.abs(Number(n.value.data[0])) <= 300;
  switch (random.pick(isShort ? [0, 1, 2, 3, 4, 5, 6] : [0, 1, 3, 6])) {
    case 0:
      g.call(".slice", x, null, n);
      break;
    case 1:
      g.call(".slice", x, n);
      break;
    case 2:
      g.call("T.arange", n);
      break;
    case 3:
      g.call("T.index", x, g.call("T.where", g.call("T.gt", n, 0), 0, -1));
      break;
    case 4: {
      const [out] = g.loop({ states: [g.input(g.float, [])], nSteps: n }, (inner, { states }) => ({
        outputs: [inner.call("T.add", states[0]!, 1)],
      }));
      g.output(out!);
      break;
    }
    case 5:
      g.call("T.alloc", 1.5, n, random.pick([1, 2]));
      break;
    case 6:
      g.call("T.index", x, n);
      break;
  }
}

/** Lengths that are counted in a range, which may be long. */
function counted(g: Generator): void {
  const { random } = g;
  const n = g.input("int64", [], { data: [random.pick([3, 60, 70, 20_000])] });
  const range = g.call("T.arange", n), left = g.call("T.mod", range, random.pick([2, 3, 7]));
  const mask = g.call(random.pick(["T.gt", "T.eq", "T.le"]), left, random.pick([0, 1, 5]));
  switch (random.below(3)) {
    case 0:
      g.output(g.call("T.sum", g.call("T.index", range, mask)));
      break;
    case 1:
      g.output(
        g.call("T.arange", g.call("T.mod", g.call("T.sum", g.call("T.cast", mask, "int32")), 9)),
      );
      break;
    case 2:
      g.output(g.call(".at", g.call("T.nonzero", mask, { returnList: false }), 0, -1));
      break;
  }
}

/** Lengths, places and counts from integer arithmetic of every dtype. */
export const sizes: Kind = {
  name: "sizes",
  generate(g) {
    g.input(g.float, [g.length([0, 1, 3, 5, 9])]);
    for (let i = 0; i < 2; i++) {
      const dtype = g.random.pick(dtypes);
      g.input(dtype, [], { data: [edge(g, dtype)] });
    }
    for (let i = 0, count = g.random.pick([1, 2, 4]); i < count; i++) g.attempt(use);
    if (g.random.chance(0.1)) g.attempt(() => counted(g));
  },
};

import { type Generator, isFloatRef, type Kind, type Ref } from "../generator.ts";

/** A number of rows: a constant, or computed in the step. */
type Count = Ref | number;

/** What has another number of rows, or other rows, of those that are there; `count` says how many these were. */
const moves: readonly ((g: Generator, rows: Ref, count: Count) => Ref)[] = [
  (g, rows, count) => padded(g, rows, [count, 1]),
  (g, rows, count) => padded(g, rows, g.random.pick([[1, 1], [0, 2], [2, count]])),
  (g, rows, count) => g.call("T.roll", rows, g.random.pick([count, 1, -1]), 0),
  (g, rows) => g.call("T.sort", rows, 0),
  (g, rows) => g.call("T.take", rows, g.call("T.argsort", oneOf(g, rows)), 0),
  (g, rows) => g.call("T.index", rows, maskOf(g, rows)),
  (g, rows) => g.call("T.index", rows, [g.call("T.flatnonzero", maskOf(g, rows))]),
  (g, rows, count) => {
    const bounds = [[1], [null, -1], [null, null, 2], [null, null, -1], [null, count], [-2]];
    return g.call(".slice", rows, ...g.random.pick(bounds));
  },
  (g, rows) => g.call("T.join", 0, rows, rows),
  (g, rows) => g.call("T.repeat", rows, 2, 0),
  (g, rows) => g.call("T.diff", rows, { axis: 0 }),
  (g, rows) => g.call(g.random.pick(["T.cumsum", "T.cumprod"]), rows, 0),
  (g, rows) => g.call("T.flip", rows, 0),
  (g, rows) => {
    const part = g.call(".slice", rows, ...g.random.pick([[1], [null, 1], [null, null, 2], [-1]]));
    const change = g.random.pick(["T.setSubtensor", "T.incSubtensor"]);
    return g.call(change, part, g.random.pick([0.5, g.call(".at", rows, 0)]));
  },
  (g, rows) => g.call("T.softmax", rows, 0),
  (g, rows) => g.call("T.sub", rows, g.call("T.mean", rows, { axis: 0, keepdims: true })),
  (g, rows) => g.call("T.where", g.call("T.gt", rows, 0.2), rows, 0.1),
  (g, rows) => {
    const places = g.call("T.arange", g.call("T.index", g.call("T.shape", rows), [0]));
    const weights = g.call("T.cast", places, rows.dtype);
    return g.call(
      "T.mul",
      rows,
      rows.shape.length > 1 ? g.call("T.expandDims", weights, 1) : weights,
    );
  },
  (g, rows) => {
    const [made] = g.loop({ sequences: [rows] }, (inner, { sequences: [row] }) => ({
      outputs: [inner.call("T.tanh", inner.call("T.add", row!, 0.1))],
    }));
    return made!;
  },
];

/** Rows of numbers around those that are there. */
function padded(g: Generator, rows: Ref, width: readonly Count[]): Ref {
  const { random } = g, mode = random.pick(["constant", "constant", "edge", "wrap", "reflect"]);
  const options = mode === "constant" ? { value: random.pick([0, 0.5]) } : { mode };
  const others = rows.shape.slice(1).map(() => [0, 0]);
  return g.call("T.pad", rows, [random.shuffle(width), ...others], options);
}

/** One number of each row. */
function oneOf(g: Generator, rows: Ref): Ref {
  return rows.shape.length === 1 ? rows : g.call(g.random.pick(["T.sum", "T.max"]), rows, 1);
}

/** Some of the rows. */
function maskOf(g: Generator, rows: Ref): Ref {
  return g.call(g.random.pick(["T.gt", "T.le"]), oneOf(g, rows), g.random.pick([0, 0.3, 10]));
}

/** Windows over the rows. */
function windowed(g: Generator, rows: Ref): Ref {
  const { random } = g;
  const image = g.call("T.dimshuffle", rows, "x", "x", 0, rows.shape.length > 1 ? 1 : "x");
  if (random.chance(0.4)) {
    const mode = random.pick(["max", "sum", "average_inc_pad"]);
    return g.call("T.pool2d", image, [2, 1], { mode, stride: [random.pick([1, 2]), 1] });
  }
  const kernel = g.call(
    "T.cast",
    random.pick([[[[[0.5], [-1]]]], [[[[1], [2], [0.5]]]]]),
    rows.dtype,
  );
  return g.call("T.conv2d", image, kernel, {
    borderMode: random.pick(["full", "half", "valid"]),
    subsample: [random.pick([1, 2]), 1],
  });
}

/** What has one shape however many rows there are. */
const ends: readonly ((g: Generator, rows: Ref, count: Count) => Ref)[] = [
  ...["T.sum", "T.mean", "T.max", "T.min", "T.prod", "T.var", "T.logsumexp"].map(
    (f) => (g: Generator, rows: Ref) => g.call(f, rows, 0),
  ),
  (g, rows) => g.call(".at", rows, g.random.pick([0, -1])),
  // The norm of no rows is 0, where a derivative forwards is 0 / 0, and one backwards has no rows to go to.
  (g, rows) => g.call("T.sqrt", g.call("T.add", g.call("T.sum", g.call("T.sqr", rows), 0), 0.5)),
  (g, rows) => g.call("T.dot", g.call("T.transpose", rows), rows),
  (g, rows) => g.call(".at", g.call("T.stack", [rows, rows], 1), -1),
  (g, rows) => g.call("T.sum", windowed(g, rows)),
  (g, rows) => g.call("T.sum", g.call("T.nonzero", maskOf(g, rows), { returnList: false })),
  (g, rows) => g.call("T.argmax", rows, 0),
  (g, rows) => g.call("T.sum", g.call("T.outer", g.call("T.flatten", rows), oneOf(g, rows)), 0),
  (g, rows, count) =>
    typeof count === "number"
      ? g.call("T.searchsorted", g.call("T.sort", oneOf(g, rows)), 0.3)
      : g.call("T.mul", g.call("T.sum", rows, 0), count),
];

/** A value of the shape of one row, of rows whose number may be computed. */
export function ofRows(g: Generator, rows: Ref, count: Count): Ref {
  const { random } = g, shape = rows.shape.slice(1);
  if (random.chance(0.2)) return g.call(".at", rows, -1);
  let made = rows;
  for (let i = random.pick([0, 1, 1, 2]); i > 0; i--) {
    made = g.attempt(() => random.pick(moves)(g, made, count)) ?? made;
  }
  const one = g.attempt(() => random.pick(ends)(g, made, count)) ?? g.call("T.sum", made, 0);
  const value = isFloatRef(one) ? one : g.call("T.cast", one, rows.dtype);
  if (value.shape.join() === shape.join()) return value;
  const total = value.shape.length === 0 ? value : g.call("T.sum", value);
  return g.call("T.add", g.call("T.mul", g.call("T.sum", rows, 0), 0.1), total);
}

/** Rows whose number, or which of them there are, the step says. */
function rowsIn(g: Generator, x: Ref, count: Ref, at: Ref): Ref {
  const { random } = g, last = g.call(".at", x, -1);
  switch (random.below(8)) {
    case 0:
      return g.call(".slice", x, null, count);
    case 1:
      return g.call(".slice", x, count);
    case 2:
      return g.call("T.mul", g.call("T.cast", g.call("T.arange", count), x.dtype), at);
    case 3:
      return g.call("T.index", x, g.call("T.gt", oneOf(g, x), at));
    case 4:
      return g.call("T.broadcastTo", last, [count, ...last.shape], 1 + last.shape.length);
    default: {
      const [out] = g.loop({ states: [last], nSteps: count }, (inner, { states: [old] }) => ({
        outputs: [inner.call("T.tanh", inner.call("T.add", inner.call("T.mul", old!, 0.9), at))],
      }));
      return out!;
    }
  }
}

/** Loops whose steps make rows of a number that they compute, and what is made of these. */
export const rows: Kind = {
  name: "rows",
  generate(g) {
    const { random } = g, length = g.length([1, 2, 3]), n = g.length([2, 3, 5]);
    const x = g.input(g.float, random.chance(0.6) ? [n] : [n, random.pick([1, 2])]);
    const dtype = random.pick(["int32", "int64", "uint8"] as const);
    const least = dtype === "uint8" || random.chance(0.8) ? 0 : -1;
    const counts = g.input(dtype, [length], {
      data: (call) =>
        Array.from({ length: length.lengths[call]! }, () => {
          const count = least + random.below(6);
          return dtype === "int64" ? BigInt(count) : count;
        }),
    });
    const values = g.input(g.float, [length]);
    g.attempt(() => {
      const outputs = g.loop({ sequences: [counts, values] }, (inner, { sequences }) => {
        const [count, at] = sequences as [Ref, Ref];
        const made = rowsIn(inner, x, count, at), first = ofRows(inner, made, count);
        const second = random.chance(0.3) ? [ofRows(inner, made, count)] : [];
        return { outputs: [first, ...second] };
      });
      outputs.forEach((output) => g.output(output));
      if (random.chance(0.5)) g.gradients(g.call("T.sum", random.pick(outputs)), [x, values]);
    });
  },
};

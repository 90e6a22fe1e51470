import {
  type Arg,
  type Generator,
  isFloatRef,
  type Kind,
  type Ref,
  Rejected,
} from "../generator.ts";

/** Values that need reductions first: what one point reads, others have written. */
function reduced(g: Generator, x: Ref): Ref {
  const { random } = g;
  const axis = x.shape.length - 1;
  switch (random.below(6)) {
    case 0:
      return g.call("T.softmax", x);
    case 1:
      return g.call("T.logSoftmax", x);
    case 2:
      return g.call("T.sub", x, g.call("T.max", x, { axis, keepdims: true }));
    case 3: {
      const e = g.call("T.exp", x);
      return g.call("T.div", e, g.call("T.sum", e, { axis, keepdims: true }));
    }
    case 4:
      return g.call("T.sub", x, g.call("T.mean", x));
    default:
      return g.call("T.tanh", x);
  }
}

/** A tensor with something added or set in place, and the place. */
interface Changed {
  readonly whole: Ref;
  /** The changed part of it, read again at the same points. */
  readonly part?: Ref;
}

/** A tensor of the shape of a matrix, or a vector, with something added or set in place. */
function scattered(g: Generator, x: Ref, rows: Ref, labels: Ref): Changed {
  const { random } = g;
  const change = random.pick(["T.incSubtensor", "T.incSubtensor", "T.setSubtensor"]);
  const at = (where: Arg, value: (part: Ref) => Arg): Changed => {
    const whole = g.call(change, g.call("T.index", x, where), value(g.call("T.index", x, where)));
    return { whole, part: g.call("T.index", whole, where) };
  };
  switch (random.below(6)) {
    case 0:
      return at([rows, labels], () => random.pick([1, -1, 0.5]));
    case 1:
      return at([rows, labels], () => g.call("T.sum", x, 1));
    case 2: {
      const columns = g.call("T.transpose", x);
      const part = g.call("T.index", columns, [labels]);
      return { whole: g.call("T.incSubtensor", part, x.shape[0]!) };
    }
    case 3:
      return { whole: g.call("T.bincount", labels, g.call("T.sum", x, 1), x.shape[1]!) };
    case 4:
      return at(
        random.pick(["1:", "0:", "::2", ":, 1:", "0"]),
        (part) => g.call("T.mul", part, 0.5),
      );
    default: {
      const total = g.call("T.mul", g.call("T.sum", x, 0), 0);
      const weights = g.call("T.max", x, 1);
      return { whole: g.call("T.incSubtensor", g.call("T.index", total, [labels]), weights) };
    }
  }
}

/** Elementwise readers of a value over its own points. */
function read(g: Generator, value: Ref, count: number): void {
  const { random } = g;
  for (let i = 0; i < count; i++) {
    g.attempt(() => {
      const fits = (ref: Ref) => isFloatRef(ref) && ref.shape.join() === value.shape.join();
      const other = random.chance(0.7) ? g.pick(fits) : random.pick([0.1, 2, -1]);
      const made = g.call(
        random.pick(["T.mul", "T.add", "T.sub", "T.maximum"]),
        value,
        random.chance(0.5) ? g.call("T.mul", other, 0.1) : other,
      );
      g.output(random.chance(0.3) ? g.call("T.sum", made, 0) : made);
    });
  }
  if (random.chance(0.5)) g.output(value);
}

/** The loss of labels. */
function loss(g: Generator, x: Ref, rows: Ref, labels: Ref): Ref {
  const { random } = g;
  const p = reduced(g, x);
  const part = g.call("T.index", p, random.chance(0.8) ? [rows, labels] : [rows]);
  const value = random.pick(["log", "sqr", "none"] as const);
  const terms = value === "none"
    ? part
    : value === "sqr"
    ? g.call("T.sqr", part)
    : g.call("T.log", g.call("T.add", g.call("T.abs", part), 0.1));
  return g.call("T.neg", g.call(random.pick(["T.mean", "T.sum"]), terms));
}

/** What adds to memory in place, with several readers of the result, and reductions in front. */
export const scatter: Kind = {
  name: "scatter",
  generate(g) {
    const n = g.length([1, 2, 3, 5, 17]), k = g.random.pick([1, 2, 3, 4, 33]);
    const x = g.input(g.float, [n, k]);
    const weights = g.input(g.float, [k, k]);
    g.input(g.float, [k]);
    const labels = g.input(g.random.pick(["int32", "int64"]), [n], { below: k });
    g.attempt(() => {
      const rows = g.call("T.arange", g.call("T.index", g.call("T.shape", x), [0]));
      let inner = x;
      if (g.random.chance(0.4)) inner = g.call("T.dot", x, weights);
      if (g.random.chance(0.6)) {
        const [gradient, ofWeights] = g.gradients(loss(g, inner, rows, labels), [x, weights]);
        if (gradient === undefined) throw new Rejected("no gradient");
        read(g, gradient, 1 + g.random.below(3));
        if (inner !== x) read(g, ofWeights!, g.random.below(3));
        if (g.random.chance(0.3)) read(g, reduced(g, gradient), 2);
      }
      for (let i = g.random.below(3); i > 0; i--) {
        g.attempt(() => {
          const made = scattered(g, reduced(g, inner), rows, labels);
          read(g, made.whole, 2 + g.random.below(2));
          if (made.part !== undefined) read(g, made.part, 1 + g.random.below(2));
          if (g.random.chance(0.4)) g.gradients(g.call("T.sum", g.call("T.sqr", made.whole)), [x]);
        });
      }
    });
  },
};

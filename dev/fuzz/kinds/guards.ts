import { type Generator, isFloatRef, type Kind, type Ref, Rejected } from "../generator.ts";

/** A value that is not defined everywhere, and the condition under which it is. */
function partial(g: Generator, x: Ref): { value: Ref; fine: Ref } {
  const { random } = g;
  const positive = () => g.call("T.gt", x, 0);
  switch (random.below(11)) {
    case 0:
      return { value: g.call("T.sqrt", x), fine: positive() };
    case 1:
      return { value: g.call("T.log", x), fine: positive() };
    case 2:
      return { value: g.call("T.div", 1, x), fine: g.call("T.neq", x, 0) };
    case 3:
      return { value: g.call("T.pow", x, random.pick([0.5, -1, 1.5, -0.5])), fine: positive() };
    case 4:
      return { value: g.call("T.mul", x, g.call("T.log", x)), fine: positive() };
    case 5:
      return { value: g.call("T.acos", x), fine: g.call("T.lt", g.call("T.abs", x), 1) };
    case 6:
      return { value: g.call("T.log1p", x), fine: g.call("T.gt", x, -1) };
    case 7:
      return { value: g.call("T.logdiffexp", x, 0), fine: positive() };
    case 8:
    case 9: {
      const parts = g.call("T.stack", [x, g.call("T.log", x)], 1);
      return {
        value: random.chance(0.5)
          ? g.call("T.prod", parts, 1)
          : g.call("T.sum", g.call("T.cumprod", parts, 1), 1),
        fine: positive(),
      };
    }
    default: {
      const safe = g.call("T.where", positive(), x, 1);
      return { value: g.call("T.div", g.call("T.log", safe), safe), fine: positive() };
    }
  }
}

function guarded(g: Generator): Ref {
  const x = g.pick(isFloatRef);
  const { value, fine } = partial(g, x);
  const other = g.random.chance(0.5) ? g.random.pick([0, 1, -1]) : g.call("T.mul", x, 0.5);
  return g.random.chance(0.8)
    ? g.call("T.where", fine, value, other)
    : g.call("T.where", g.call("T.invert", fine), other, value);
}

/** Rows of which something is reduced. */
function reduced(g: Generator, columns: Ref): Ref {
  const { random } = g, axis = { axis: 1, keepdims: true };
  switch (random.below(5)) {
    case 0:
      return g.call("T.div", columns, g.call("T.sum", g.call("T.exp", columns), axis));
    case 1:
      return g.call("T.sub", columns, g.call(random.pick(["T.mean", "T.max"]), columns, axis));
    case 2:
      return g.call("T.logSoftmax", columns);
    case 3:
      return g.call("T.mul", g.call(random.pick(["T.cumsum", "T.cumprod"]), columns, 1), columns);
    default:
      return g.call("T.sqr", g.call("T.var", columns, axis));
  }
}

/** The last state of a loop that starts from something partial, with what is wrong left out. */
function afterLoop(g: Generator, x: Ref): Ref {
  const { value, fine } = partial(g, x);
  const [states] = g.loop({ states: [value], nSteps: 2 }, (inner, { states: [s] }) => ({
    outputs: [inner.call("T.mul", s!, inner.call("T.tanh", s!))],
  }));
  return g.call("T.where", fine, g.call(".at", states!, -1), 0);
}

/** Rows of a product, or of what is reduced along each, of which only the good ones are taken. */
function taken(g: Generator, x: Ref): Ref {
  const { random } = g, { value, fine } = partial(g, x);
  const columns = g.call("T.stack", [value, random.chance(0.5) ? value : x], 1);
  let y: Ref;
  if (random.chance(0.5)) {
    const weights = g.input(g.float, random.pick([[2], [2, 1], [2, 3]]));
    y = g.call("T.dot", columns, weights);
    if (weights.shape.length > 1 && random.chance(0.3)) {
      y = g.call("T.dot", g.call("T.tanh", y), g.input(g.float, [weights.shape[1]!, 2]));
    }
  } else {
    y = reduced(g, columns);
  }
  if (random.chance(0.3)) y = g.call("T.add", y, 1);
  return goodOf(g, y, fine, 0);
}

/** What is reduced along columns, of which some are bad as a whole. */
function alongColumns(g: Generator, columns: Ref): Ref {
  const { random } = g, axis = { axis: 0, keepdims: random.chance(0.3) };
  switch (random.below(9)) {
    case 0:
      return g.call("T.norm", columns, random.pick([1, 2, 3, Infinity]), axis);
    case 1:
      return g.call("T.sqrt", g.call("T.sum", g.call("T.sqr", columns), axis));
    case 2:
      return g.call(random.pick(["T.prod", "T.max", "T.min", "T.mean", "T.var"]), columns, axis);
    case 3:
      // One number has no deviation, with a kink everywhere.
      if (columns.shape[0]! < 2) throw new Rejected("one row");
      return g.call(random.pick(["T.std", "T.logsumexp"]), columns, axis);
    case 4:
      return g.call("T.div", columns, g.call("T.norm", columns, 2, { axis: 0, keepdims: true }));
    case 5:
      return g.call("T.softmax", columns, 0);
    case 6:
      return g.call(random.pick(["T.sort", "T.cumsum", "T.cumprod"]), columns, 0);
    case 7:
      return g.call("T.dot", g.pick((ref) => ref.shape.join() === `${columns.shape[0]}`), columns);
    default:
      return g.call("T.sub", columns, g.call("T.mean", columns, { axis: 0, keepdims: true }));
  }
}

/** What is computed of whole columns, of which only the good ones are taken. */
function takenColumns(g: Generator, x: Ref): Ref {
  const { random } = g, { value, fine } = partial(g, x);
  const weights = g.input(g.float, [random.pick([1, 2, 3])]);
  const columns = random.chance(0.5)
    ? g.call("T.outer", weights, value)
    : g.call("T.add", g.call("T.expandDims", weights, 1), value);
  const y = alongColumns(g, columns);
  return goodOf(g, y, fine, y.shape.length - 1);
}

/** The good parts along an axis. */
function goodOf(g: Generator, y: Ref, fine: Ref, axis: number): Ref {
  const { random } = g, n = fine.shape[0]!;
  const good = Array.from(fine.value.data as ArrayLike<number>, Number).flatMap((b, i) =>
    b ? [i] : []
  );
  if (good.length === 0) throw new Rejected("nothing is defined");
  const before = Array.from({ length: axis }, () => ":").join();
  const at = (place: string) => g.call("T.index", y, before === "" ? place : `${before}, ${place}`);
  switch (random.below(5)) {
    case 0:
      return g.call("T.take", y, random.shuffle(good), axis);
    case 1:
      return g.call("T.take", y, g.call("T.flatnonzero", fine), axis);
    case 2:
      return good.map((i) => at(`${i}`)).reduce((sum, part) => g.call("T.add", sum, part));
    case 3:
      return g.call("T.sum", g.call("T.where", fine, y, 0), axis);
    default: {
      const from = random.pick(good) - (random.chance(0.5) ? n : 0);
      return at(`${from}:${from + 1 === 0 ? "" : from + 1}`);
    }
  }
}

/** Windows over rows of something partial, or branches that read parts of it: the good ones alone. */
function chosenParts(g: Generator, x: Ref): Ref {
  const { random } = g, { value, fine } = partial(g, x);
  const good = Array.from(fine.value.data as ArrayLike<number>, Number).flatMap((b, i) =>
    b ? [i] : []
  );
  if (good.length === 0) throw new Rejected("nothing is defined");
  const columns = g.call("T.stack", [value, g.call("T.mul", value, 0.5)], 1);
  if (random.chance(0.5)) {
    const image = g.call("T.dimshuffle", columns, "x", "x", 0, 1);
    const pooled = g.call("T.pool2d", image, [1, 2], { mode: random.pick(["max", "sum"]) });
    return g.call("T.take", pooled, good, 2);
  }
  const at = () => random.pick(good), isFirst = g.call("T.gt", x, 0);
  return g.call(
    "T.ifelse",
    g.call("T.any", isFirst),
    g.call(".at", columns, at()),
    g.call(".at", columns, at()),
  );
}

/** Functions that are defined only in part, guarded by conditions, and their gradients at bad points. */
export const guards: Kind = {
  name: "guards",
  generate(g) {
    const points = [0, -1, 1, 0.5, 2, -3, 1.5];
    const n = g.random.pick([1, 2, 4]);
    const x = g.input(g.float, [n], {
      data: Array.from({ length: n }, () => g.random.pick(points)),
    });
    g.input(g.float, [n], { style: "positive" });
    g.attempt(() => {
      let y: Ref;
      if (g.random.chance(0.25)) {
        y = g.loop({ sequences: [x] }, (inner) => ({ outputs: [guarded(inner)] }))[0]!;
      } else if (g.random.chance(0.15)) {
        y = afterLoop(g, x);
      } else if (g.random.chance(0.2)) {
        y = chosenParts(g, x);
      } else if (g.random.chance(0.3)) {
        y = takenColumns(g, x);
      } else if (g.random.chance(0.4)) {
        y = taken(g, x);
        if (g.random.chance(0.3)) y = g.call("T.tanh", y);
      } else {
        y = guarded(g);
        if (g.random.chance(0.4)) y = guarded(g);
        if (g.random.chance(0.3)) y = g.call("T.mul", y, g.pick(isFloatRef));
      }
      const cost = g.call(g.random.pick(["T.sum", "T.sum", "T.mean"]), y);
      g.output(cost);
      const made = g.gradients(cost, [x], { defined: true });
      if (g.random.chance(0.4)) {
        g.attempt(() => g.derivative(made[0]!, x, g.call("hessian", cost, x), { defined: true }));
      }
    });
  },
};

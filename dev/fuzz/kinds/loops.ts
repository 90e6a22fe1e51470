import {
  type Generator,
  isFloatRef,
  isVector,
  type Kind,
  type LoopParts,
  type Ref,
} from "../generator.ts";
import { wander } from "./graphs.ts";
import { ofRows } from "./rows.ts";

/** A value that does not grow from step to step. */
function damped(g: Generator, x: Ref): Ref {
  const f = g.random.pick(["T.tanh", "T.sigmoid", "T.sin", "T.softplus", "half"] as const);
  return f === "half" ? g.call("T.mul", x, 0.5) : g.call(f, x);
}

/** A choice between products of different things, or of what does not change. */
function chosen(g: Generator, value: Ref, fitting: readonly Ref[]): Ref {
  const { random } = g;
  const side = (): Ref => {
    const other = random.pick(fitting);
    switch (random.below(6)) {
      case 0:
        return g.call("T.dot", g.pick((ref) => isFloatRef(ref) && ref.shape.length === 2), value);
      case 1:
        return g.call("T.mul", value, g.call("T.sum", g.call("T.mul", value, other)));
      case 2:
        return g.call("T.mul", value, random.pick([0, 1, 0.7]));
      case 3:
        return other.shape.length === value.shape.length ? other : g.call("T.add", value, other);
      default:
        return g.call("T.mul", value, other);
    }
  };
  const by = g.call("T.gt", g.call("T.sum", random.pick(fitting)), random.pick([0.1, -0.2]));
  return g.call(random.pick(["T.ifelse", "T.ifelse", "T.where"]), by, side(), side());
}

/** The next value of a state: of its shape, from what there is in the step. */
function next(g: Generator, state: Ref, inputs: readonly Ref[], chooses = false): Ref {
  const { random } = g;
  let value: Ref = state;
  for (let i = 1 + random.below(3); i > 0; i--) {
    const fitting = g.pool.filter((ref) =>
      isFloatRef(ref) && (ref.shape.join() === state.shape.join() || ref.shape.length === 0)
    );
    const other = random.chance(0.5) && inputs.length > 0
      ? random.pick(inputs)
      : random.pick(fitting);
    const made = g.attempt(() => {
      if (random.chance(chooses ? 0.7 : 0.1)) return chosen(g, value, fitting);
      switch (random.below(8)) {
        case 0:
          return g.call("T.where", g.call("T.gt", other, 0), value, g.call("T.mul", value, 0.3));
        case 1:
          return g.call("T.maximum", value, other);
        case 2:
          return g.call("T.add", g.call("T.mul", value, 0.9), other);
        case 3:
          return damped(g, g.call("T.sub", other, value));
        case 4:
          return damped(g, g.call("T.mul", value, other));
        case 5:
          return g.call("T.dot", g.pick((ref) => ref.shape.length === 2), value);
        default:
          return g.call(random.pick(["T.add", "T.mul"]), value, other);
      }
    });
    if (made !== null && made.shape.join() === state.shape.join()) value = made;
  }
  return value;
}

/** A state that overflows or becomes NaN, and that nothing needs. */
function poison(g: Generator, state: Ref, other: Ref): Ref {
  switch (g.random.below(4)) {
    case 0:
      return g.call("T.mul", g.call("T.mul", state, state), g.call("T.add", other, 3));
    case 1:
      return g.call("T.exp", g.call("T.add", state, 30));
    case 2:
      return g.call("T.mul", state, NaN);
    default:
      return g.call("T.log", g.call("T.sub", g.call("T.mul", state, 0), g.call("T.sqr", other)));
  }
}

/** What loops are to have. */
interface LoopOptions {
  /** A state that is not finite, and that nothing reads. */
  readonly poison: boolean;
  readonly until: boolean;
  readonly inner: boolean;
  /** Mostly choices between products. */
  readonly chooses?: boolean;
}

interface Loop {
  readonly outputs: readonly Ref[];
  /** Outputs that may be read: no poison. */
  readonly clean: readonly Ref[];
}

/** A loop over what there is. */
export function randomLoop(
  g: Generator,
  options: LoopOptions,
): Loop {
  const { random } = g;
  const rows = random.chance(0.8) ? [g.pick((ref) => isFloatRef(ref) && ref.shape.length > 0)] : [];
  if (rows.length > 0 && random.chance(0.3)) {
    rows.push(g.pick((ref) => isFloatRef(ref) && ref.shape[0] === rows[0]!.shape[0]));
  }
  const states = Array.from(
    { length: random.pick([1, 1, 2, 3]) },
    () => g.pick((ref) => isFloatRef(ref) && ref.shape.length <= 1),
  );
  const bad = options.poison && states.length > 1 ? states.length - 1 : -1;
  const parts: LoopParts = {
    sequences: rows,
    states,
    ...(rows.length === 0 || random.chance(0.1) ? { nSteps: g.steps([1, 2, 4]) } : {}),
    ...(random.chance(0.15) ? { goBackwards: true } : {}),
    ...(random.chance(0.15) ? { checkpoint: random.pick([1, 2, "sqrt"] as const) } : {}),
  };
  const outputs = g.loop(parts, (inner, given) => {
    // What reads the bad state may well have no derivative.
    inner.pool = inner.pool.filter((ref) => ref !== given.states[bad]);
    const inputs = [...given.sequences];
    if (options.inner) {
      inner.attempt(() => inputs.push(innerLoop(inner, given.states[0]!, options.until)));
    }
    if (random.chance(0.3)) wander(inner, 3);
    const news = given.states.map((state, i) =>
      i === bad ? poison(inner, state, given.states[0]!) : next(
        inner,
        state,
        [...inputs, ...given.states.slice(0, bad < 0 ? undefined : bad)],
        options.chooses,
      )
    );
    const maps = random.chance(0.4)
      ? [inner.pick((ref) => isFloatRef(ref) && /^v/.test(ref.name))]
      : [];
    const until = options.until
      ? { until: inner.call("T.gt", inner.call("T.sum", news[0]!), random.pick([0, 1, 3])) }
      : {};
    return { outputs: [...news, ...maps], ...until };
  });
  return { outputs, clean: bad < 0 ? outputs : outputs.slice(0, bad) };
}

/** A loop inside a step; its number of steps may be computed there, and it may end early. */
function innerLoop(g: Generator, state: Ref, mayEnd: boolean): Ref {
  const { random } = g;
  const computed = random.chance(0.6);
  const steps = computed
    ? g.call(
      "T.cast",
      g.call("T.add", g.call("T.mod", g.call("T.abs", g.call("T.sum", state)), 3), 1),
      random.pick(["int32", "int64"]),
    )
    : g.steps([1, 2, 3]);
  const isDeep = random.chance(0.3), ends = mayEnd && random.chance(0.5);
  const first = isDeep ? g.call("T.stack", [state, damped(g, state)]) : state;
  const [out] = g.loop({
    states: [first],
    nSteps: steps,
    ...(isDeep ? { taps: { sequences: [], states: [[-2, -1]] } } : {}),
  }, (inner, { states: [old, last] }) => {
    const sum = last === undefined ? old! : inner.call("T.sub", last, old!);
    const value = damped(inner, inner.call("T.add", sum, 0.3));
    const until = ends
      ? { until: inner.call("T.gt", inner.call("T.sum", value), random.pick([0, 0.5])) }
      : {};
    return { outputs: [value], ...until };
  });
  return ofRows(g, out!, steps);
}

function inputs(g: Generator): void {
  const { random } = g, isEmpty = random.chance(g.calls > 3 ? 1 : 0.2);
  // Steps are only refused where they run, so lengths that fit by chance in one call must not make a program.
  g.mixed = isEmpty && g.calls > 1;
  const sizes = isEmpty ? [0, 1, 2] : [1, 2, 3];
  const n = g.mixed ? g.length(sizes, 2) : random.pick(sizes);
  const length = isEmpty
    ? g.length([0, 0, 1, 2, 5, 7], g.mixed ? 5 : undefined)
    : g.length([1, 2, 3, 5]);
  g.input(g.float, [length]);
  g.input(g.float, [length, n]);
  g.input(g.float, [n]);
  g.input(g.float, []);
  g.input(g.float, [n, n]);
}

/** A part of an output, put beside what is bad and taken from there again. */
function beside(g: Generator, part: Ref, of: Ref, bad: Ref): Ref {
  const other = part === of ? bad : g.call(".at", bad, -1);
  return g.attempt(() => g.call(".at", g.call("T.stack", [part, other]), 0)) ?? part;
}

/** The last row of what a loop gives, or others, also at a computed position. */
function partOf(g: Generator, y: Ref): Ref {
  const { random } = g;
  if (random.chance(0.5)) return g.call(".at", y, -1);
  const scalar = g.pick((ref) => isFloatRef(ref) && ref.shape.length === 0);
  const computed = g.call("T.cast", g.call("T.mod", g.call("T.abs", scalar), y.shape[0]!), "int32");
  switch (random.below(3)) {
    case 0:
      return g.call(".at", y, computed);
    case 1:
      return g.call("T.take", y, g.call("T.stack", [computed, 0]), 0);
    default:
      return g.call(".slice", y, null, g.call("T.add", computed, 1));
  }
}

/** A scalar of the outputs of a loop. */
function costOf(g: Generator, outputs: readonly Ref[], bad?: Ref): Ref {
  const { random } = g;
  const y = random.pick(outputs);
  const own = random.chance(0.5) ? g.attempt(() => partOf(g, y)) ?? y : y;
  const part = bad !== undefined && random.chance(0.4) ? beside(g, own, y, bad) : own;
  const value = random.chance(0.3) ? g.call("T.sqr", part) : part;
  return value.shape.length === 0 ? value : g.call("T.sum", value);
}

function loopsOf(
  name: string,
  options: LoopOptions & { derivatives: number },
  calls?: number,
): Kind {
  return {
    name,
    ...(calls === undefined ? {} : { calls }),
    generate(g) {
      inputs(g);
      g.attempt(() => {
        const { outputs, clean } = randomLoop(g, options);
        if (clean === outputs && g.random.chance(0.7)) {
          outputs.forEach((output) => g.output(output));
        }
        const cost = costOf(g, clean, clean === outputs ? undefined : outputs[clean.length]);
        g.output(cost);
        if (options.derivatives === 0) return;
        const wrt = g.floatInputs.filter((ref) => ref.shape.length < 2);
        const made = g.gradients(cost, wrt, { defined: options.poison });
        g.forwards(cost, wrt, made);
        if (g.random.chance(options.chooses ? 1 : 0.3)) {
          g.attempt(() => {
            const square = g.call("T.sum", g.call("T.sqr", g.random.pick(made)));
            g.forwards(square, wrt, g.gradients(square, wrt));
          });
        }
        if (options.derivatives === 1) return;
        const x = g.pick((ref) => isVector(ref) && g.floatInputs.includes(ref));
        const gradient = made.find((ref) => ref.shape.join() === x.shape.join());
        if (gradient === undefined) return;
        g.attempt(() => {
          const hessian = g.call("hessian", cost, x, { disconnectedInputs: "ignore" });
          const slope = g.call("grad", cost, x, { disconnectedInputs: "ignore" });
          g.derivative(slope, x, hessian);
        });
        g.attempt(() => {
          const y = g.pick((ref) => clean.includes(ref));
          const row = y.shape.length === 1 ? y : g.call(".at", y, -1);
          g.derivative(row, x, g.call("jacobian", row, x, { disconnectedInputs: "ignore" }));
        });
      });
    },
  };
}

const plain = { poison: false, until: false, inner: false };

/** Loops of all forms. */
export const loops = loopsOf("loops", { ...plain, derivatives: 0 });
/** Loops that read sequences and states at several taps. */
export const tapped: Kind = {
  name: "taps",
  generate(g) {
    const { random } = g, n = random.pick([0, 1, 2, 3]), length = g.length([2, 3, 4, 5, 7]);
    const shape = random.chance(0.5) ? [n] : [], deepest = random.pick([2, 3]);
    const a = g.input(g.float, [length, ...shape]), b = g.input(g.float, [length, ...shape]);
    const first = g.input(g.float, [deepest, ...shape]), plain = g.input(g.float, shape);
    const earlier = Array.from({ length: deepest }, (_, i) => i - deepest);
    const kept = earlier.filter((tap) => tap === -deepest || random.chance(0.5));
    const around = () => random.pick([null, [-1, 0], [0, 1], [-2, 0, 1], [0, 2], [-1], [1]]);
    g.attempt(() => {
      const outputs = g.loop({
        sequences: [a, b],
        states: [first, plain],
        taps: { sequences: [around(), around()], states: [kept, null] },
        ...(random.chance(0.2) ? { goBackwards: true } : {}),
        ...(random.chance(0.2) ? { checkpoint: random.pick([1, 2, "sqrt"] as const) } : {}),
      }, (inner, { sequences, states }) => {
        const all = [...sequences, ...states];
        return { outputs: [states[0]!, states.at(-1)!].map((old) => next(inner, old, all)) };
      });
      outputs.forEach((output) => random.chance(0.6) && g.output(output));
      const cost = costOf(g, outputs), wrt = [a, b, first, plain], made = g.gradients(cost, wrt);
      g.forwards(cost, wrt, made);
      if (random.chance(0.4)) g.gradients(g.call("T.sum", g.call("T.sqr", random.pick(made))), [a]);
    });
  },
};
/** Loops that end early. */
export const ending = loopsOf("until", { ...plain, until: true, derivatives: 1 });
/** Values and gradients of loops together. */
export const loopGradients = loopsOf("loop-gradients", { ...plain, derivatives: 1 });
/** Values, gradients, Hessian and Jacobian matrices of loops, all together. */
export const loopSeconds = loopsOf("loop-seconds", { ...plain, derivatives: 2 });
/** Loops whose steps choose between products, with gradients of gradients. */
export const choosing = loopsOf("choosing", { ...plain, chooses: true, derivatives: 1 });
/** Values and gradients of loops over lengths that change from call to call, and may be 0. */
export const changing = loopsOf("changing", { ...plain, derivatives: 1 }, 4);
/** Loops with a state that nothing reads and that is not finite. */
export const poisoned = loopsOf("poisoned", { ...plain, poison: true, derivatives: 1 });
/** Loops in the steps of loops. */
export const nested = loopsOf("nested", { ...plain, inner: true, derivatives: 1 });
/** The same, ending early. */
export const nestedEnding = loopsOf("nested-until", {
  ...plain,
  inner: true,
  until: true,
  derivatives: 1,
});

/** Loops over 64-bit integers: counters, indices, until. */
export const counters: Kind = {
  name: "counters",
  generate(g) {
    const dtype = g.random.pick(["int64", "int64", "int32", "uint8"] as const);
    const x = g.input(dtype, [g.length([0, 1, 3, 5])]), first = g.input(dtype, []);
    g.attempt(() => {
      const outputs = g.loop(
        { sequences: [x], states: [first] },
        (inner, { sequences, states }) => {
          const [old] = states, [row] = sequences;
          const f = g.random.pick(["T.add", "T.sub", "T.mul", "T.maximum", "T.xor"]);
          const value = inner.call(f, old!, row!);
          const until = g.random.chance(0.5)
            ? { until: inner.call("T.ge", value, g.random.pick([3, 10, 100])) }
            : {};
          return { outputs: [value, inner.call("T.mul", row!, value)], ...until };
        },
      );
      outputs.forEach((output) => g.output(output));
      g.attempt(() => g.output(g.call(".at", outputs[0]!, -1)));
    });
  },
};

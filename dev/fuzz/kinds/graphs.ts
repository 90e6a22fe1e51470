import {
  type Generator,
  isFloatRef,
  isIntRef,
  isVector,
  type Kind,
  type Ref,
} from "../generator.ts";
import { namesOf } from "./names.ts";

const unary = [...namesOf(1, "float32", "float32"), "relu"];
const binary = [...namesOf(2, "float32", "float32"), "add", "sub", "mul"];
const compare = namesOf(2, "float32", "bool");
const whole = namesOf(2, "int32", "int32");
const constants = [0, 1, -1, 2, 0.5, -0.5, 3, -2, 1.5];

const hasAxis = (ref: Ref) => ref.shape.length > 0;
const isBool = (ref: Ref) => ref.dtype === "bool";

/** Steps that any program may take: each adds a line. */
const steps: readonly ((g: Generator) => void)[] = [
  (g) => g.call(`T.${g.random.pick(unary)}`, g.pick(isFloatRef)),
  (g) => g.call(`T.${g.random.pick(unary)}`, g.pick(isFloatRef)),
  (g) => {
    const x = g.pick(isFloatRef),
      y = g.random.chance(0.25) ? g.random.pick(constants) : g.pick(isFloatRef);
    const f = `T.${g.random.pick(binary)}`;
    if (g.random.chance(0.5)) g.call(f, x, y);
    else g.call(f, y, x);
  },
  (g) => g.call(`T.${g.random.pick(binary)}`, g.pick(isFloatRef), g.pick(isFloatRef)),
  (g) => g.call(`T.${g.random.pick(whole)}`, g.pick(isIntRef), g.pick(isIntRef)),
  (g) =>
    g.call(
      "T.cast",
      g.pick(),
      g.random.pick([g.float, g.float, "int32", "float32", "int64", "uint8"]),
    ),
  (g) => g.call(`T.${g.random.pick(compare)}`, g.pick(isFloatRef), g.pick(isFloatRef)),
  (g) => g.call("T.where", g.pick(isBool), g.pick(isFloatRef), g.pick(isFloatRef)),
  (g) => g.call("T.invert", g.pick(isBool)),
  (g) => {
    const x = g.pick((ref) => hasAxis(ref) && ref.dtype !== "bool");
    const f = g.random.pick(
      ["sum", "max", "min", "mean", "prod", "var", "argmax", "argmin"] as const,
    );
    const options = { axis: g.random.below(x.shape.length), keepdims: g.random.chance(0.4) };
    g.call(`T.${f}`, x, options);
  },
  (g) => g.call(`T.${g.random.pick(["sum", "mean", "max", "min"] as const)}`, g.pick(isFloatRef)),
  (g) => {
    const x = g.pick(hasAxis);
    g.call("T.transpose", x, g.random.shuffle(x.shape.map((_, d) => d)));
  },
  (g) => g.call("T.expandDims", g.pick((ref) => ref.shape.length < 3), g.random.pick([0, -1])),
  (g) => {
    const x = g.pick((ref) => ref.shape.length > 1);
    g.call("T.reshape", x, [-1]);
  },
  (g) => g.call("T.broadcastTo", g.pick(), g.call("T.shape", g.pick(hasAxis)), 2),
  (g) => g.call("T.index", g.pick(hasAxis), g.random.pick([0, 1, -1, -2])),
  (g) => {
    const x = g.pick(hasAxis);
    const spec = g.random.pick([[1], [null, null, -1], [null, -1, 2], [-2, null, -1], [
      null,
      null,
      3,
    ]]);
    g.call(".slice", x, ...spec);
  },
  (g) => g.call("T.index", g.pick(hasAxis), [[0, 1, 1]]),
  (g) => {
    const part = g.call(
      ".at",
      g.pick((ref) => hasAxis(ref) && isFloatRef(ref)),
      g.random.pick([0, -1]),
    );
    g.call(g.random.pick(["T.setSubtensor", "T.incSubtensor"]), part, g.pick(isFloatRef));
  },
  (g) => g.call("T.dot", g.pick((ref) => hasAxis(ref) && isFloatRef(ref)), g.pick(isFloatRef)),
  (g) => g.call("T.join", 0, g.pick(hasAxis), g.pick(hasAxis)),
  (g) =>
    g.call(
      g.random.pick(["T.softmax", "T.logSoftmax"]),
      g.pick((ref) => hasAxis(ref) && isFloatRef(ref)),
    ),
  (g) =>
    g.call(g.random.pick(["T.cumsum", "T.cumprod", "T.sort", "T.argsort"]), g.pick(hasAxis), 0),
  (g) => g.call("T.flip", g.pick(hasAxis), 0),
  (g) => g.call("T.clip", g.pick(isFloatRef), -1, g.random.pick([0.5, 1, 2])),
];

/** Takes some random steps. */
export function wander(g: Generator, count: number): void {
  for (let i = 0; i < count && !g.broken; i++) g.attempt(() => g.random.pick(steps)(g));
}

/** Inputs of several shapes that fit each other. */
export function commonInputs(
  g: Generator,
  options: { style?: "tame" | "wild" | "positive" } = {},
): void {
  const lengths = g.random.chance(0.2) ? [0, 1, 2, 3, 5] : [1, 2, 3, 4, 7];
  const [m, n] = [g.length(lengths), g.length(lengths)];
  const other = g.wide && g.random.chance(0.3) ? "float32" : g.float;
  for (const shape of [[m, n], [n], [n, m], [m], []]) {
    g.input(g.random.chance(0.3) ? other : g.float, shape, options);
  }
  g.input("int32", [n]);
  if (g.random.chance(0.3)) g.input("int64", [m]);
  if (g.random.chance(0.3)) g.input("bool", [n]);
}

/** Graphs of elementwise operations, reductions, products and views. */
export const graphs: Kind = {
  name: "graphs",
  generate(g) {
    commonInputs(g);
    wander(g, g.random.pick([8, 12, 20, 35]));
  },
};

/** Graphs of special numbers: rewrites that take values as finite are left out. */
export const wild: Kind = {
  name: "wild",
  generate(g) {
    g.mode = { base: "none" };
    commonInputs(g, { style: "wild" });
    wander(g, g.random.pick([4, 8, 12]));
  },
};

/** Gradients of graphs, all together with their values. */
export const gradients: Kind = {
  name: "gradients",
  generate(g) {
    commonInputs(g, { style: g.random.pick(["tame", "positive"]) });
    wander(g, g.random.pick([4, 8, 14]));
    g.attempt(() => {
      const y = g.pick((ref) => isFloatRef(ref) && ref.name.startsWith("v"));
      const cost = y.shape.length === 0 ? y : g.call("T.sum", y);
      g.output(cost);
      const wrt = g.floatInputs, made = g.gradients(cost, wrt);
      g.forwards(cost, wrt, made);
      if (g.random.chance(0.5)) second(g, made);
    });
  },
};

function second(g: Generator, made: readonly Ref[]): void {
  g.attempt(() => {
    const first = g.random.pick(made);
    const weighted = g.call("T.sum", g.call("T.mul", first, 0.7));
    const wrt = g.floatInputs;
    g.forwards(weighted, wrt, g.gradients(weighted, wrt));
  });
}

/** Updates of shared variables over several calls. */
export const updates: Kind = {
  name: "updates",
  generate(g) {
    const n = g.random.pick([1, 2, 3, 5]);
    const states = [
      g.input(g.float, [n], { shared: true }),
      g.input(g.float, [], { shared: true }),
    ];
    const counter = g.input(g.random.pick(["int32", "int64", "uint8"]), [], { shared: true });
    g.input(g.float, [n]);
    g.input(g.float, [g.length(), n]);
    wander(g, 12);
    for (const state of [...states, counter]) {
      g.attempt(() => {
        const value = g.pick((ref) =>
          ref.dtype === state.dtype && ref.shape.join() === state.shape.join() && ref !== state &&
          g.isTame(ref, 1e3)
        );
        const next = state === counter
          ? g.call("T.add", state, g.call("T.cast", value, state.dtype))
          : g.call("T.add", g.call("T.mul", state, 0.5), value);
        if (next.dtype === state.dtype) g.update(state, next);
      });
    }
    g.attempt(() => g.output(g.pick(isVector)));
  },
};

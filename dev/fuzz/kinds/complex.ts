import { isComplex } from "../../../core/graph/dtype.ts";
import { type Generator, isFloatRef, type Kind, type Ref } from "../generator.ts";

const isNumberPair = (ref: Ref) => isComplex(ref.dtype);
const hasAxis = (ref: Ref) => isNumberPair(ref) && ref.shape.length > 0;

/** Numbers to transform: of a row that has others than finite ones, all may be either kind. */
const wave = (g: Generator, fits: (ref: Ref) => boolean) =>
  g.pick((ref) => fits(ref) && g.isTame(ref));
const along = ({ random }: Generator) => ({
  axis: random.pick([0, -1]),
  norm: random.pick(["backward", "ortho", "forward"]),
  ...(random.chance(0.3) ? { n: random.pick([1, 2, 3, 5, 8]) } : {}),
});

const steps: readonly ((g: Generator) => void)[] = [
  (g) => g.call("T.complex", g.pick(isFloatRef), g.pick(isFloatRef)),
  (g) =>
    g.call(`T.${g.random.pick(["neg", "conj", "sqr", "exp", "sin", "cos"])}`, g.pick(isNumberPair)),
  (g) => g.call(`T.${g.random.pick(["abs", "real", "imag", "angle"])}`, g.pick(isNumberPair)),
  (g) => {
    const other = g.random.chance(0.7) ? g.pick(isNumberPair) : g.pick(isFloatRef);
    g.call(`T.${g.random.pick(["add", "sub", "mul", "mul", "div"])}`, g.pick(isNumberPair), other);
  },
  (g) => g.call(`T.${g.random.pick(["sum", "mean"])}`, g.pick(hasAxis), 0),
  (g) => g.call("T.dot", g.pick(hasAxis), g.pick(hasAxis)),
  (g) => g.call("T.transpose", g.pick(hasAxis)),
  (g) => g.call(`T.fft.${g.random.pick(["fft", "ifft", "irfft"])}`, wave(g, hasAxis), along(g)),
  (g) => {
    const hasAxis = (ref: Ref) => isFloatRef(ref) && ref.shape.length > 0;
    g.call(`T.fft.${g.random.pick(["fft", "rfft"])}`, wave(g, hasAxis), along(g));
  },
  (g) => g.call("T.cumsum", g.pick(hasAxis), 0),
  (g) => g.call(".slice", g.pick(hasAxis), ...g.random.pick([[1], [null, null, -1]])),
  (g) => g.call("T.where", g.call("T.gt", g.pick(isFloatRef), 0), g.pick(isNumberPair), 1),
  (g) => g.call("T.incSubtensor", g.call(".at", g.pick(hasAxis), 0), g.pick(isNumberPair)),
];

/** Graphs of complex numbers, with gradients of real costs. */
export const complexNumbers: Kind = {
  name: "complex",
  generate(g) {
    const n = g.length([1, 2, 3]), m = g.length([1, 2, 4]), style = { style: "positive" } as const;
    const inputs = [[n], [n], [m, n], [m, n], [], []].map((shape) =>
      g.input(g.float, shape, g.random.chance(0.5) ? style : {})
    );
    for (let i = 0; i < 6; i += 2) g.call("T.complex", inputs[i]!, inputs[i + 1]!);
    for (let i = 0; i < 10; i++) g.attempt(() => g.random.pick(steps)(g));
    for (let i = 0; i < 3; i++) g.output(g.pick((ref) => ref.name.startsWith("v")));
    g.attempt(() => {
      const z = g.pick((ref) => isNumberPair(ref) && g.isTame(ref));
      const part = g.call(`T.${g.random.pick(["real", "imag", "abs"])}`, z);
      g.gradients(g.call("T.sum", g.call("T.mul", part, 0.7)), inputs);
    });
  },
};

import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import {
  compile,
  grad,
  scan,
  ShapeError,
  T,
  type Tensor,
  tensor,
  until,
  type Variable,
} from "../all.ts";

// Steps that are never made, of which an op would fail.

const x = T.fvector("x"), y = T.fvector("y"), z = T.fvector("z"), m = T.fmatrix("m");
const n = T.iscalar("n"), k = T.ivector("k");

/** What fails for an empty `x`, `y` of length 3 and `z` of length 2, of a state and a row. */
const failing: Record<string, (state: Variable, row: Variable) => Variable> = {
  "a minimum of nothing": (s) => x.mul(s).min(),
  "a maximum of nothing along an axis": (_, r) => T.max(m.mul(r), { axis: 0 }).sum(),
  "a position in nothing": (s) => T.cast(x.mul(s).argmax(), "float32"),
  "a softmax of nothing": (s) => T.softmax(x.mul(s)).sum(),
  "a product of vectors": (s) => T.dot(y.mul(s), z),
  "a product of what both change": (s, r) => T.dot(y.mul(r), z.add(s)),
  "a sum of vectors": (s) => y.mul(s).add(z).sum(),
  "a join of matrices": (s) => T.join(0, m.mul(s), y.dimshuffle("x", 0)).sum(),
  "an element of nothing": (s) => x.mul(s).at(0),
  "an element at a place": (s) => x.at(T.cast(s, "int32")),
  "a reshape": (s) => T.reshape(z.mul(s), [n.add(5)]).sum(),
  "a negative length": (s) => T.ones([n.sub(3)]).mul(s).sum(),
  "what is in front of the loop": () => T.dot(y, z).add(x.min()),
  "a loop": (s) =>
    (scan((v) => v.add(x.mul(v).min()), { outputsInfo: s, nSteps: 3 })[0] as Variable).at(-1),
};

const last = (found: readonly unknown[]) => (found[0] as Variable).at(-1);
const one = T.constant(1, { dtype: "float32" });

/** Loops that make no steps for these arguments, and what they give. */
const loops: Record<string, (of: typeof failing[string]) => readonly [Variable, number[]]> = {
  "a state": (of) => [
    last(scan((s) => s.add(of(s, s)), { outputsInfo: one, nSteps: n })),
    [1],
  ],
  "a state by a sequence": (of) => [
    last(scan((r, s) => s!.add(of(s!, r!)), { sequences: x, outputsInfo: one })),
    [1],
  ],
  "the trace of a state": (of) => [
    scan((r, s) => s!.add(of(s!, r!)), { sequences: x, outputsInfo: one })[0] as Variable,
    [],
  ],
  "a loop that may end": (of) => [
    last(scan((r, s) => [s!.add(of(s!, r!)), until(s!.gt(9))], { sequences: x, outputsInfo: one })),
    [1],
  ],
  "a loop in the steps of another": (of) => [
    last(scan(
      (s) =>
        last(scan((q) => q!.mul(of(q!, s!)), { outputsInfo: s!, nSteps: n })).add(1) as Variable,
      { outputsInfo: one, nSteps: 3 },
    )),
    [4],
  ],
  "results": (of) => [scan((r) => of(r!, r!).mul(r!), { sequences: x })[0] as Variable, []],
  "loops whose numbers of steps are computed": (of) => [
    last(scan(
      (steps, s) =>
        last(scan((q) => q!.mul(of(q!, s!)), { outputsInfo: s!, nSteps: steps! })).add(1),
      { sequences: k, outputsInfo: one },
    )),
    [3],
  ],
};

const inputs = [x, y, z, m, n, k];
const args = () => [[], [1, 2, 3], [1, 2], tensor([], { shape: [0, 2] }), 0, [0, 0]] as const;

for (const [name, loop] of Object.entries(loops)) {
  onDevices(`steps that are never made do not fail: ${name}`, async (device) => {
    for (const [what, of] of Object.entries(failing)) {
      // Elements of all rows at once are looked for in front of the loop.
      if (name === "results" && what === "an element of nothing") continue;
      const [output, expected] = loop(of);
      const options = { device, onUnusedInput: "ignore" } as const;
      for (const mode of ["fastRun", "fastCompile", "debug"] as const) {
        using f = await compile(inputs, output, { ...options, mode });
        assertEquals(numbers(f(...args()) as Tensor), expected, `${what}, ${mode}`);
      }
    }
  });
}

onDevices("gradients of steps that are never made are zero", async (device) => {
  const inStep = Object.entries(failing).filter(([what]) =>
    what !== "what is in front of the loop"
  );
  for (const [what, of] of inStep) {
    const cost = last(scan((r, s) => s!.add(of(s!, r!)), { sequences: x, outputsInfo: y.sum() }));
    const slopes = T.join(0, ...grad(cost, [x, y], { disconnectedInputs: "ignore" }));
    using f = await compile(inputs, slopes, { device, onUnusedInput: "ignore" });
    assertEquals(numbers(f(...args()) as Tensor), [1, 1, 1], what);
  }
});

onDevices("steps that fail are an error once they are made", async (device) => {
  const [state] = loops["a state by a sequence"]!(failing["a product of vectors"]!);
  using f = await compile(inputs, state, { device, onUnusedInput: "ignore" });
  const [, ...others] = args();
  assertThrows(() => (f([1], ...others) as Tensor).dataSync(), ShapeError, "inner lengths");
  assertEquals(numbers(f([], ...others) as Tensor), [1]);
  assertThrows(() => (f([1, 2], ...others) as Tensor).dataSync(), ShapeError, "inner lengths");
});

onDevices(
  "rows of no steps have the lengths that a step gives them, if it says any",
  async (device) => {
    const [[rows, unknown]] = scan((r) => [m.mul(r!).max({ axis: 0 }), y.mul(r!).add(z)], {
      sequences: x,
    });
    const options = { device, onUnusedInput: "ignore" } as const;
    for (const mode of ["fastRun", "debug"] as const) {
      using f = await compile(inputs, rows!, { ...options, mode });
      assertEquals((f(...args()) as Tensor).shape, [0, 2], mode);
      using g = await compile(inputs, unknown!, { ...options, mode });
      assertThrows(() => g(...args()), ShapeError, "expected equal lengths or 1", mode);
    }
  },
);

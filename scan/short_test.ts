/** Sequences with fewer elements than the steps need. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { toposort } from "../core/graph/walk.ts";
import { optimise, resolveMode } from "../core/rewrite/mod.ts";
import { compile, grad, scan, ShapeError, T, type Tensor, type Variable, vmap } from "../all.ts";
import { onDevices } from "../dev/testing/devices.ts";

const x = T.fvector("x"), m = T.fmatrix("m"), w = T.fvector("w"), n = T.iscalar("n");
const one = T.constant(1, { dtype: "float32" });
type Step = (...values: Variable[]) => Variable;
const loop = (step: Step, options: Parameters<typeof scan>[1], sequences: unknown = x): Variable =>
  (scan(step as never, { sequences, nSteps: n, ...options } as never) as unknown as Variable[])[0]!;

/** Loops of n steps over the three elements of x, or over the three rows of m. */
const loops: Readonly<Record<string, Variable>> = {
  map: loop((r) => r.mul(2), {}),
  sum: loop((r) => r.mul(2), {}).sum(),
  last: loop((r) => r.mul(2), {}).at(-1),
  backwards: loop((r) => r.mul(2), { goBackwards: true }),
  slope: grad(loop((r) => r.mul(r), {}).sum(), x),
  product: loop((r) => r.dot(w), {}, m),
  total: loop((r, s) => s!.add(r), { outputsInfo: one }).at(-1),
  "unread element of a map": loop(() => w.sum(), {}),
  "unread element of a state": loop((_, s) => s!.mul(2), { outputsInfo: one }),
  "unread element of a total": loop((_, s) => s!.add(2), { outputsInfo: one }).at(-1),
  "unread element of a constant": loop((_, s) => s!, { outputsInfo: one }).at(-1),
  "unread tap": loop((a) => a.mul(2), {}, { input: T.concatenate([x, [0]]), taps: [0, 1] }),
  "unread element of checkpoints": loop((_, s) => s!.mul(2), { outputsInfo: one, checkpoint: 2 }),
  inner: scan((r) => loop((e) => e.mul(2), {}, r).sum(), { sequences: m })[0],
  mapped: vmap((r: Variable) => loop((e) => e.mul(2), {}, r))(m),
};

const rows = [[1, 2, 3], [4, 5, 6], [7, 8, 9]];

for (const [name, result] of Object.entries(loops)) {
  onDevices(`a sequence that is too short is an error: ${name}`, async (device) => {
    const modes = device === "cpu"
      ? ["fastRun", "fastCompile", "debug"] as const
      : ["fastRun"] as const;
    let told: unknown;
    for (const mode of modes) {
      const f = await compile([x, m, w, n], result, { device, mode, onUnusedInput: "ignore" });
      const run = (steps: number) =>
        (f([1, 2, 3], rows, [1, 1, 1], steps) as unknown as Tensor).arraySync();
      for (const steps of [3, 2, 1]) {
        const value = run(steps);
        if (mode === "fastRun" && steps === 3) told = value;
        if (steps === 3) assertEquals(value, told);
      }
      const { message } = assertThrows(() => run(4), ShapeError, "Cannot run scan: sequence 0");
      for (const length of ["3", "4"]) assertStringIncludes(message, length);
      assertThrows(() => run(-1), RangeError, "the number of steps must be >= 0, got -1");
      assertEquals(run(3), told);
    }
  });
}

Deno.test("a loop that is as long as its sequence checks nothing", () => {
  const loops = [
    scan((r) => r.mul(2), { sequences: x })[0],
    scan((r) => r.mul(2), { sequences: x, nSteps: x.shape[0]! })[0],
    scan((r) => r.mul(2), { sequences: x, goBackwards: true })[0],
    scan((r, s) => r.mul(s), { sequences: [x, w] })[0],
    scan((r, s) => r.mul(s), { sequences: [x, w.mul(2)] })[0],
    scan((a, b) => a.mul(b), { sequences: { input: x, taps: [0, 1] } })[0],
    scan((r) => r.mul(2), { sequences: T.constant([1, 2, 3]), nSteps: 2 })[0],
    grad(scan((r, s) => s.mul(r), { sequences: x, outputsInfo: one })[0].sum(), x),
  ];
  for (const [i, result] of loops.entries()) {
    const names = toposort(optimise([result], resolveMode())).map(({ op }) => op.name);
    assertEquals(names.includes("specifyShape"), false, `loop ${i}: ${names}`);
  }
});

onDevices("loops that are written out check what they do not read", async (device) => {
  const [y] = scan((_a, b, s) => s.add(b), { sequences: [x, w], outputsInfo: one, nSteps: 2 });
  const f = await compile([x, w], y, { device });
  assertEquals(f([0, 0], [1, 2]).arraySync(), [2, 4]);
  assertThrows(() => f([0], [1, 2]), ShapeError, 'sequence 0 ("x") has 1 elements');
});

onDevices(
  "sequences that are read twice in a loop of given steps are checked once",
  async (device) => {
    const [y] = scan((a, s) => s.mul(0.5).add(T.softmax(x.mul(s)).sum()).add(a), {
      sequences: w,
      outputsInfo: one,
      nSteps: n,
    });
    const f = await compile([x, w, n], grad(y.sum(), w), { device });
    assertEquals(f([1, 2, 3], [1, 2, 3], 3).arraySync(), [1.75, 1.5, 1]);
  },
);

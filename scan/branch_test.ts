import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import {
  compile,
  grad,
  hessian,
  type Mode,
  scan,
  shared,
  T,
  type Tensor,
  type Variable,
} from "../all.ts";
import { toposort } from "../core/graph/walk.ts";
import type { ScanParams } from "./node.ts";
import { scanOp } from "./op.ts";

const modes: readonly Mode[] = ["fastRun", "fastCompile", "debug", { base: "none" }];

/** Values of expressions of a vector, in every mode on the CPU. */
async function check(
  device: "cpu" | "gpu",
  build: (x: Variable<"float32", 1>) => Variable,
  at: readonly number[],
  expected: readonly number[],
): Promise<void> {
  for (const mode of device === "cpu" ? modes : modes.slice(0, 1)) {
    const x = T.fvector("x");
    const f = await compile([x], grad(build(x), x), { device, mode });
    const rounded = (n: number) => Number(n.toPrecision(5));
    const found = numbers(f(at) as Tensor).map(rounded);
    assertEquals(found, expected.map(rounded), JSON.stringify(mode));
  }
}

const steps = (
  step: (...states: Variable[]) => Variable[],
  initial: readonly Variable[],
  nSteps: number,
) => scan(step as never, { outputsInfo: initial as never, nSteps })[0] as unknown as Variable[];

onDevices("a state without a way to the cost has no gradient", async (device) => {
  // b overflows.
  await check(
    device,
    (x) => {
      const [a] = steps((a, b) => [a!.mul(x.at(0)), b!.mul(b!).mul(a!)], [T.ones([]), x.at(1)], 12);
      return a!.at(-1);
    },
    [1, 4],
    [12, 0],
  );
  await check(
    device,
    (x) => {
      const [a] = steps((a, b) => [a!.mul(2), T.mul(a!, NaN).add(b!)], [x.at(0), x.at(1)], 1);
      return a!.at(0);
    },
    [3, 4],
    [2, 0],
  );
});

onDevices("the last value of a state that only later steps would read", async (device) => {
  // exp(exp(6)) is infinite.
  await check(
    device,
    (x) => {
      const [a] = steps((a, b) => [a!.add(b!), T.exp(b!)], [x.at(0), x.at(1)], 3);
      return a!.at(-1);
    },
    [0, 1.5],
    [1, 1 + Math.exp(1.5) + Math.exp(Math.exp(1.5) + 1.5)],
  );
});

onDevices("taps, results that are not asked for, and shared updates", async (device) => {
  await check(
    device,
    (x) => {
      const [[a]] = scan(
        (a2, a1, b2) => [a2.mul(a1), T.exp(b2.mul(100)), T.log(b2.sub(9))],
        {
          outputsInfo: [{ initial: x.slice(0, 2), taps: [-2, -1] }, {
            initial: x.slice(1, 3),
            taps: [-2],
          }, null],
          nSteps: 3,
        },
      );
      return a.at(-1);
    },
    [2, 3, 5],
    [2 * 2 * 27, 3 * 4 * 9, 0],
  );
  const counter = shared(1, { dtype: "float32" });
  await check(
    device,
    (x) => {
      const [a] = scan(
        (a) => [a.mul(x.at(0)), new Map([[counter, T.exp(T.mul(counter, a).mul(1e4))]])],
        { outputsInfo: T.ones([]), nSteps: 3 },
      );
      return a.at(-1);
    },
    [2],
    [12],
  );
});

onDevices("choices inside a step, around a loop, and of what goes into it", async (device) => {
  // In the step.
  await check(
    device,
    (x) => {
      const [y] = scan((v: Variable) => T.where(v.gt(0), T.sqrt(v), 0), { sequences: x });
      return (y as Variable).sum();
    },
    [0, -1, 4],
    [0, 0, 1 / 4],
  );
  // Steps that do not count keep the state.
  await check(
    device,
    (x) => {
      const [s] = scan(
        (v: Variable, s: Variable) => T.where(v.gt(0), s.mul(T.log(v)), s),
        { sequences: x, outputsInfo: T.ones([]) },
      );
      return (s as Variable).at(-1);
    },
    [0, -1, Math.E],
    [0, 0, Math.exp(-1)],
  );
  // Behind the loop.
  await check(
    device,
    (x) => {
      const [y] = scan((v: Variable) => T.sqrt(v), { sequences: x });
      return T.where(x.gt(0), y as Variable, 0).sum();
    },
    [0, -1, 4],
    [0, 0, 1 / 4],
  );
  await check(
    device,
    (x) => {
      const [y] = scan((v: Variable) => T.sqrt(v), { sequences: x });
      return (y as Variable).slice(1).sum();
    },
    [0, 1, 4],
    [0, 1 / 2, 1 / 4],
  );
  // Some of the states diverge.
  await check(
    device,
    (x) => {
      const [y] = scan((s: Variable) => s.mul(s).mul(s), { outputsInfo: x, nSteps: 5 });
      const last = (y as Variable).at(-1);
      return T.where(T.isfinite(last), last, 0).sum();
    },
    [1, 1e9, -1],
    [243, 0, 243],
  );
  // In front of the loop.
  await check(
    device,
    (x) => {
      const [y] = scan((v: Variable, keep: Variable) => T.where(keep, v.mul(3), 0), {
        sequences: [T.sqrt(x), x.gt(0)],
      });
      return (y as Variable).sum();
    },
    [0, -1, 4],
    [0, 0, 3 / 4],
  );
  await check(
    device,
    (x) => {
      const [y] = scan((v: Variable, w: Variable) => T.where(v.gt(9), w.mul(v), v), {
        sequences: x,
        nonSequences: T.sqrt(x.at(0)),
      });
      return (y as Variable).sum();
    },
    [0, 1, 4],
    [1, 1, 1],
  );
});

onDevices("loops in loops", async (device) => {
  await check(
    device,
    (x) => {
      const [y] = scan((v: Variable) => {
        const [a] = steps((a, b) => [a!.mul(v), b!.mul(b!).mul(a!)], [T.ones([]), v.add(9)], 9);
        return T.where(v.gt(0), T.log(a!.at(-1)), 0);
      }, { sequences: x });
      return (y as Variable).sum();
    },
    [0, -1, 2],
    [0, 0, 4.5],
  );
});

Deno.test("second derivatives of choices in loops", async () => {
  const x = T.dvector("x");
  const [y] = scan((v: Variable) => T.where(v.gt(0), T.sqrt(v), 0), { sequences: x });
  const f = await compile([x], hessian((y as Variable).sum(), x));
  assertEquals(numbers(f([0, -1, 4]) as Tensor), [0, 0, 0, 0, 0, 0, 0, 0, -1 / 32]);
});

onDevices("second gradients of a choice between different products", async (device) => {
  /** The sum of the squares of a gradient of the loop's last state, which is h0 · k · w. */
  const squares = (
    choose: (on: Variable, a: Variable, b: Variable) => Variable,
    by: "w" | "k",
  ) =>
  (x: Variable<"float32", 1>) => {
    const w = x.slice(2, 4), k = x.at(4);
    const step = (e: Variable, h: Variable, w: Variable, k: Variable) =>
      choose(e.gt(0), h.mul(k), h.mul(w));
    const [h] = scan(step, {
      sequences: T.constant([1, -1], "float32"),
      outputsInfo: x.slice(0, 2),
      nonSequences: [w, k],
    });
    return T.sum(T.sqr(grad((h as Variable).at(-1).sum(), by === "w" ? w : k)));
  };
  const nested = (on: Variable, a: Variable, b: Variable) =>
    T.ifelse(on, T.ifelse(on, a, b), T.ifelse(on, b, b.mul(1)));
  await check(device, squares(T.ifelse, "w"), [1, 2, 3, 4, 5], [50, 100, 0, 0, 50]);
  await check(device, squares(T.ifelse, "k"), [1, 2, 3, 4, 5], [66, 88, 22, 44, 0]);
  await check(device, squares(nested, "k"), [1, 2, 3, 4, 5], [66, 88, 22, 44, 0]);
});

/** A loop over a vector of flags from 10 on, to the gradient in the only element of a vector. */
const overFlags = (
  step: (flag: Variable, state: Variable, weight: Variable) => Variable,
  flags: readonly number[],
) =>
(x: Variable<"float32", 1>) => {
  const [s] = scan((e: Variable, s: Variable) => step(e.gt(0), s, x.at(0)), {
    sequences: T.constant(flags, "float32"),
    outputsInfo: T.constant(10, "float32"),
  });
  return (s as Variable).at(-1);
};

onDevices("a state that is reset leaves out what overflowed before", async (device) => {
  const flags = [1, 1, 1, 1, 1, 1, 1, 1, -1, 1];
  // After the reset there is w² · w.
  const square = (s: Variable, w: Variable) => s.mul(s).mul(w);
  await check(device, overFlags((on, s, w) => T.where(on, square(s, w), w), flags), [0.5], [0.75]);
  await check(device, overFlags((on, s, w) => T.ifelse(on, square(s, w), w), flags), [0.5], [
    0.75,
  ]);
  await check(
    device,
    overFlags((on, s, w) => square(T.where(on, s, 1) as Variable, w), flags),
    [0.5],
    [3 * 0.25],
  );
});

onDevices("a state that another one never takes does not count", async (device) => {
  const taking = (flags: readonly number[]) => (x: Variable<"float32", 1>) => {
    const w = x.at(0);
    const [states] = scan(
      (e: Variable, a: Variable, b: Variable) => [
        T.where(e.gt(0), a.mul(w), b),
        b.mul(b).mul(w),
      ],
      {
        sequences: T.constant(flags, "float32"),
        outputsInfo: [T.constant(1, "float32"), T.constant(10, "float32")],
      },
    );
    return (states as unknown as Variable[])[0]!.at(-1);
  };
  await check(device, taking([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), [0.5], [10 * 0.5 ** 9]);
  // Before the overflow, it is taken: w · w² · b² from then on.
  await check(device, taking([1, -1, 1, 1, 1, 1, 1, 1, 1, 1]), [0.5], [900 * 0.5 ** 8]);
});

Deno.test("steps that keep their state carry no choice", () => {
  const x = T.fvector("x");
  const carried = (step: (e: Variable, s: Variable) => Variable) => {
    const [s] = scan(step, { sequences: x, outputsInfo: T.constant(1, "float32") });
    const text = toposort([grad((s as Variable).at(-1), x) as Variable]).flatMap(({ op, params }) =>
      op === scanOp
        ? (params as unknown as ScanParams).step.results.carried.map((v) => v.dtype)
        : []
    );
    return text.includes("bool");
  };
  assertEquals(carried((e, s) => T.where(e.gt(0), s.mul(e), s) as Variable), false);
  assertEquals(carried((e, s) => T.where(e.gt(0), s.mul(e), 1) as Variable), true);
  assertEquals(carried((e, s) => T.tanh(s.add(T.where(e.gt(0), e, 0)))), false);
});

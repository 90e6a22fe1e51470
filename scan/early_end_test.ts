import { assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../dev/testing/devices.ts";
import { compile, grad, scan, T, type Tensor, until, type Variable } from "../all.ts";

type Argument = number | number[];

/** Compares gradients with central differences of the float64 function on the CPU. */
async function check(
  device: TestDevice,
  build: (x: Variable, w: Variable) => Variable,
  values: readonly [number[], number],
): Promise<void> {
  const wide = [T.dvector("x"), T.dscalar("w")] as const;
  const cost = await compile([...wide], build(...wide), { device: "cpu" });
  const at = (...args: Argument[]) =>
    Number((cost(...args as [number[], number]) as Tensor).item());
  const [x, w] = values, h = 1e-6;
  const moved = (i: number, by: number) => x.map((value, j) => i === j ? value + by : value);
  const expected = [
    ...x.map((_, i) => (at(moved(i, h), w) - at(moved(i, -h), w)) / (2 * h)),
    (at(x, w + h) - at(x, w - h)) / (2 * h),
  ];
  const own: readonly [Variable, Variable] = device === "cpu"
    ? wide
    : [T.fvector("x"), T.fscalar("w")];
  const value = build(...own);
  const f = await compile([...own], [value, ...grad(value, [...own])], { device });
  const [found, ...slopes] = f(x, w) as Tensor[];
  const tolerance = device === "cpu" ? 1e-6 : 1e-4;
  const close = (a: number, b: number) =>
    assertAlmostEquals(a, b, tolerance * Math.max(1, Math.abs(b)));
  close(numbers(found!)[0]!, at(x, w));
  slopes.flatMap(numbers).forEach((slope, i) => close(slope, expected[i]!));
}

/** Powers of w times v until they are above 20, at most 8. */
function powers(v: Variable, w: Variable): Variable {
  const step = (last: Variable, w: Variable) => {
    const next = last.mul(w);
    return [next, until(next.gt(20))];
  };
  return scan(step, { outputsInfo: v, nonSequences: w, nSteps: 8 })[0] as Variable;
}

onDevices("a loop that ends by a condition has a gradient inside of another", async (device) => {
  // After 5, 4 and 2 steps, and at the bound.
  const x = [1.1, 3.2, 7.1, 0.01];
  await check(device, (x, w) => {
    const [y] = scan((v: Variable, w: Variable) => powers(v, w).at(-1), {
      sequences: x,
      nonSequences: w,
    });
    return (y as Variable).sqr().sum();
  }, [x, 1.9]);
  await check(device, (x, w) => {
    const [y] = scan(
      (v: Variable, last: Variable, w: Variable) => T.tanh(powers(v.add(last), w).at(-1).div(30)),
      {
        sequences: x,
        outputsInfo: T.zerosLike(w),
        nonSequences: w,
      },
    );
    return (y as Variable).at(-1);
  }, [x, 1.9]);
});

onDevices(
  "a loop that ends by a condition has a gradient that goes back a few steps",
  async (device) => {
    const [x, w] = device === "cpu"
      ? [T.dvector("x"), T.dscalar("w")]
      : [T.fvector("x"), T.fscalar("w")];
    const [y] = scan((x: Variable, last: Variable, w: Variable) => {
      const next = last.mul(w).add(x);
      return [next, until(next.gt(10))];
    }, { sequences: x, outputsInfo: T.zerosLike(w), nonSequences: w, truncateGradient: 2 });
    const f = await compile([x, w], [y as Variable, ...grad((y as Variable).at(-1), [x, w])], {
      device,
    });
    const [states, ofX, ofW] = (f([1, 2, 3, 4, 5], 2) as Tensor[]).map(numbers);
    assertEquals([states, ofX, ofW], [[1, 4, 11], [0, 2, 1, 0, 0], [6]]);
  },
);

onDevices("a gradient that goes back a few steps of a loop within another one", async (device) => {
  const x = T.fvector("x");
  for (const mode of ["fastRun", "fastCompile"] as const) {
    for (const ends of [true, false]) {
      const [sums] = scan((w: Variable, sum: Variable) => {
        const [powers] = scan((last: Variable) => {
          const next = last.mul(w);
          return ends ? [next, until(next.gt(30))] : next;
        }, { outputsInfo: T.constant(1, "float32"), nSteps: ends ? 20 : 4, truncateGradient: 2 });
        return sum.add((powers as Variable).at(-1));
      }, { sequences: x, outputsInfo: 0 });
      const last = (sums as Variable).at(-1);
      const f = await compile([x], [last, grad(last, x)], { device, mode });
      const [value, slopes] = (f([2, 3]) as Tensor[]).map(numbers);
      // Of wⁿ the last two factors count: 2wⁿ⁻¹.
      assertEquals([value, slopes], ends ? [[32 + 81], [32, 54]] : [[16 + 81], [16, 54]]);
    }
  }
});

onDevices("a loop that ends by a condition may be checkpointed", async (device) => {
  const values: [number[], number] = [[1, 1, 3, 2, 4, 5, 2], 1.6];
  for (const checkpoint of [1, 2, 3, "sqrt", 20] as const) {
    // Ends after 5 steps; never.
    for (const most of [20, 1e6]) {
      await check(device, (x, w) => {
        const [y] = scan((x: Variable, last: Variable, before: Variable, w: Variable) => {
          const next = last.mul(w).add(x).sub(before.mul(0.125));
          return [next, until(next.gt(most))];
        }, {
          sequences: x,
          outputsInfo: { initial: T.stack([w, w]), taps: [-1, -2] },
          nonSequences: w,
          checkpoint,
        });
        return (y as Variable).at(-1).add((y as Variable).sqr().sum());
      }, values);
    }
  }
});

onDevices(
  "a checkpointed loop that ends by a condition gives the steps executed",
  async (device) => {
    const x = T.fvector("x");
    for (const checkpoint of [1, 2, 3, 10]) {
      const [y] = scan((x: Variable, last: Variable) => {
        const next = last.add(x);
        return [next, until(next.ge(6))];
      }, { sequences: x, outputsInfo: T.constant(0, { dtype: "float32" }), checkpoint });
      const f = await compile([x], y as Variable, { device });
      assertEquals(numbers(f([1, 2, 3, 4, 5]) as Tensor), [1, 3, 6]);
      assertEquals(numbers(f([1, 2]) as Tensor), [1, 3]);
      assertEquals(numbers(f([7, 1, 1, 1]) as Tensor), [7]);
      assertEquals(numbers(f([1, 1, 1, 1]) as Tensor), [1, 2, 3, 4]);
    }
  },
);

/** A root where there is one: the branch not taken has none. */
const rootOf = (x: Variable) => T.where(x.gt(0), T.sqrt(x), x.mul(0.5));

onDevices("loops that end early take the branch of a choice in their steps", async (device) => {
  const values: [number[], number] = [[1, -1, 3, -2, 4, 5, 2], 1.6];
  for (const checkpoint of [undefined, 1, 3, "sqrt"] as const) {
    for (const most of [4, 1e6]) {
      await check(device, (x, w) => {
        const [y] = scan((x: Variable, last: Variable, w: Variable) => {
          const next = last.mul(w).add(rootOf(x)).add(T.where(x.lt(0), 0, T.log(x)));
          return [next, until(next.gt(most))];
        }, {
          sequences: x,
          outputsInfo: T.zerosLike(w),
          nonSequences: w,
          ...(checkpoint === undefined ? {} : { checkpoint }),
        });
        return (y as Variable).at(-1).add((y as Variable).sqr().sum());
      }, values);
    }
  }
});

onDevices(
  "first values that a step stacks have gradients through a loop that may end",
  async (device) => {
    await check(device, (x, w) => {
      const [y] = scan((e: Variable, w: Variable) => {
        const step = (before: Variable, last: Variable) => [
          last.mul(w).add(before),
          until(last.gt(4)),
        ];
        const initial = T.stack([e, e.mul(2)]);
        const [inner] = scan(step, { outputsInfo: { initial, taps: [-2, -1] }, nSteps: 12 });
        return (inner as Variable).at(-1);
      }, { sequences: x, nonSequences: w });
      return (y as Variable).sum();
    }, [[0.2, 0.5, 3], 1.1]);
  },
);

onDevices("gradients that go back a few steps take the branch of a choice", async (device) => {
  const [x, w] = device === "cpu"
    ? [T.dvector("x"), T.dscalar("w")]
    : [T.fvector("x"), T.fscalar("w")];
  const [y] = scan((x: Variable, last: Variable, w: Variable) => {
    const next = last.mul(w).add(rootOf(x));
    return [next, until(next.gt(10))];
  }, { sequences: x, outputsInfo: T.zerosLike(w), nonSequences: w, truncateGradient: 2 });
  const f = await compile([x, w], grad((y as Variable).at(-1), [x, w]), { device });
  // The loop ends after the fourth step; what is before the last two is constant.
  const values = [4, 1, -2, 9, 5], slope = 2, h = 1e-5;
  const after = (state: number, of: readonly number[], w: number) =>
    of.reduce((last, x) => last * w + (x > 0 ? Math.sqrt(x) : x / 2), state);
  const first = after(0, values.slice(0, 2), slope), rest = values.slice(2, 4);
  const tail = (i: number, by: number) =>
    after(first, rest.map((x, j) => i === j ? x + by : x), slope + (i < 0 ? by : 0));
  const difference = (i: number) => (tail(i, h) - tail(i, -h)) / (2 * h);
  const expected = [0, 0, difference(0), difference(1), 0, difference(-1)];
  const found = (f(values, slope) as Tensor[]).flatMap(numbers);
  assertEquals(found.length, expected.length);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-4));
});

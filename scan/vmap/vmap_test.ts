import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import { expectClose } from "../../dev/testing/ops/harness.ts";
import {
  compile,
  extend,
  grad,
  hessian,
  jacobian,
  RandomStreams,
  scan,
  shared,
  T,
  type Tensor,
  tensor,
  type TensorLike,
  until,
  type Variable,
  verifyGrad,
  vmap,
  type VmapOptions,
} from "../../all.ts";

type Scalars = readonly (number | readonly number[] | readonly (readonly number[])[])[];

/** What a function gives for all rows, which must be what it gives for each. */
async function check(
  device: TestDevice,
  f: (...args: Variable[]) => Variable,
  args: readonly Scalars[],
  tolerance = 1e-5,
): Promise<number[][]> {
  const dtype = device === "cpu" ? "float64" : "float32";
  const all = args.map((arg) => tensor(arg as number[], { dtype }));
  const stacks = all.map(({ shape }, i) => T.tensor(dtype, shape.length, `a${i}`));
  const one = stacks.map((stack, i) => T.tensor(dtype, stack.ndim - 1, `a${i}`));
  const together = await compile(stacks, vmap(f)(...stacks) as Variable, { device });
  const each = await compile(one, f(...one), { device });
  const found = (together as (...args: unknown[]) => Tensor)(...all);
  const rows = args[0]!.map((_, i) =>
    numbers((each as (...args: unknown[]) => Tensor)(...args.map((arg) => arg[i]!)))
  );
  assertEquals(found.shape[0], rows.length);
  expectClose(numbers(found), rows.flat(), tolerance);
  return rows;
}

const power = (x: Variable, most: Variable): Variable =>
  scan((last: Variable) => [last.mul(x), until(last.mul(x).gt(most))], {
    outputsInfo: T.constant(1, x.dtype as "float32"),
    nSteps: 50,
  })[0] as Variable;

onDevices("vmap() of loops that end by themselves", async (device) => {
  const xs = [2, 2, 1.5, 3, 10], most = [45, 3, 100, 1, 5];
  // What is computed of all steps of a row is computed of those alone.
  await check(device, (x, m) => {
    const all = power(x, m), last = all.at(-1);
    return T.stack([all.sum(), last, T.max(all), all.at(0), T.cast(all.shape[0]!, all.dtype)]);
  }, [xs, most]);
  if (device === "gpu") return;
  await check(device, (x, m) => grad(T.sqr(power(x, m)).sum().add(power(x, m).at(-1)), x), [
    xs,
    most,
  ], 1e-4);
});

Deno.test("steps that a row did not make repeat its last", async () => {
  const x = T.dvector("x"), most = T.dvector("most");
  const f = await compile([x, most], vmap(power)(x, most));
  assertEquals(f([2, 3, 2], [7, 2, 3]).arraySync(), [[2, 4, 8], [3, 3, 3], [2, 4, 4]]);
  assertEquals(f([2], [1]).arraySync(), [[2]]);
  const none = f(tensor([], { dtype: "float64" }), tensor([], { dtype: "float64" }));
  assertEquals(none.shape, [0, 0]);
});

Deno.test("rows that have ended read nothing beyond their ends", async () => {
  const walk = (x: Variable, n: Variable): Variable => {
    const step = (i: Variable, s: Variable) => {
      const next = i.add(1);
      return [next, s.add(x.at(i)), until(T.ge(next, T.cast(n, "int64")))];
    };
    const [[, sums]] = scan(step, {
      outputsInfo: [T.constant(0, "int64"), T.constant(0, "float64")],
      nSteps: 100,
    }) as unknown as [[Variable, Variable]];
    return sums.at(-1);
  };
  const rows = await check("cpu", walk, [[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [3, 1, 2]]);
  assertEquals(rows, [[6], [4], [15]]);
  const pick = (x: Variable, k: Variable) =>
    T.ifelse(k.ge(0), x.at(T.cast(k, "int64")), T.constant(-1, "float64")) as Variable;
  await check("cpu", pick, [[[1, 2], [3, 4], [5, 6]], [1, -7, 0]]);
});

onDevices("vmap() of numbers of steps and lengths that differ", async (device) => {
  const count = (n: Variable) => T.cast(n, "int64");
  await check(device, (x, n) => {
    const [trace] = scan((s: Variable) => T.sin(s).mul(2), {
      outputsInfo: x,
      nSteps: count(n),
    });
    return T.stack([trace.sum(), trace.at(-1), T.prod(trace)]);
  }, [[0.5, 1, 2], [3, 1, 5]]);
  if (device === "gpu") return;
  await check(device, (x, n) => {
    const rows = x.slice(null, count(n));
    return T.stack([T.sum(rows), T.sort(rows).at(-1), T.arange(count(n)).sum()]);
  }, [[[3, 1, 2], [4, 6, 5]], [2, 3]]);
  await check(device, (x, n) => x.slice(count(n), count(n).add(2)), [
    [[3, 1, 2], [4, 6, 5]],
    [0, 1],
  ]);
});

onDevices("vmap() in vmap() and around derivatives, and derivatives around it", async (device) => {
  const f = (x: Variable, w: Variable): Variable => T.tanh(x.dot(w)).mul(T.exp(x.at(0)));
  const x = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], w = [[1, 2], [3, -1], [0.5, 0.25]];
  await check(device, (x, w) => hessian(f(x, w), w), [x, w], 1e-4);
  // Compiling all is slow on the GPU.
  if (device === "gpu") return;
  await check(device, (x, w) => grad(f(x, w), w), [x, w]);
  await check(device, (x, w) => hessian(f(x, w), x), [x, w], 1e-4);
  await check(device, (x, w) => jacobian(T.sin(x.mul(w)).mul(x.sum()), w), [x, w]);
  const outer = (xs: Variable, w: Variable) => vmap(f, { inAxes: [0, null] })(xs, w) as Variable;
  await check(device, outer, [[x, x, w], w]);
  await check(device, (xs, w) => jacobian(outer(xs, w), w), [[x, x, w], w]);
  await check(device, (xs, w) => grad(T.sqr(outer(xs, w)).sum(), xs), [[x, x, w], w], 1e-4);
  await check(device, (xs, w) => hessian(T.sqr(outer(xs, w)).sum(), w), [[x, x, w], w], 1e-4);
});

Deno.test("gradients of what is made for all rows, by finite differences", async () => {
  const loop = (x: Variable) =>
    (scan((e: Variable, s: Variable) => T.tanh(s.mul(e)).add(e), {
      sequences: x,
      outputsInfo: T.constant(0.5, "float64"),
    })[0] as Variable).at(-1);
  const functions: Record<string, (x: Variable) => Variable> = {
    loop,
    "until": (x) => power(T.abs(x.at(0)).add(1.5), T.constant(20, "float64")).at(-1),
    inverse: (x) => T.linalg.inv(T.outer(x, x).add(T.eye(3, 3, 0, "float64"))).sum() as Variable,
    order: (x) => T.sort(x).dot([1, 2, 3]),
    places: (x) => x.at(T.argmax(x)).mul(x.at(T.argmin(x))),
    written: (x) => T.setSubtensor(x.at(T.argmax(x)), 0.5).prod(),
  };
  for (const f of Object.values(functions)) {
    await verifyGrad((x: Variable) => vmap(f)(x) as Variable, [
      tensor([[0.3, -0.5, 0.9], [1.1, 0.4, -0.7]], { dtype: "float64" }),
    ]);
  }
});

onDevices("vmap() draws for each row, and each generator advances once", async (device) => {
  const draws = (stream: RandomStreams, size: number[]) => [
    stream.normal({ size: [...size, 2] }),
    stream.gamma({ size: [...size, 2], shape: 2, scale: 1 }),
    stream.integers({ size: [...size, 3], low: 0, high: 100 }),
    stream.uniform({ size }),
  ];
  const one = draws(new RandomStreams(7), []), whole = draws(new RandomStreams(7), [4]);
  const rows = vmap(() => one, { axisSize: 4 })();
  const f = await compile([], [...rows], { device });
  const g = await compile([], whole, { device });
  // Rows are those of one draw of all of them, in this call and in the next.
  for (let call = 0; call < 2; call++) {
    const [found, wanted] = [f(), g()];
    found.forEach((result, i) => assertEquals(numbers(result), numbers(wanted[i]!), `${i}`));
  }
  assertEquals(
    Array.from(
      (one[0] as unknown as { rng: { getValue(): { getState(): Uint32Array } } }).rng
        .getValue().getState(),
    ).slice(2),
    [2, 0],
  );
});

Deno.test("what is drawn outside is an argument without rows", async () => {
  const u = new RandomStreams(3).uniform(), x = T.vector("x");
  const both = vmap((x, u) => T.add(x, u), { inAxes: [0, null] })(x, u);
  const [a, b] = numbers((await compile([x], both as Variable))([0, 0]));
  assertEquals(a, b);
  const each = vmap((x) => T.add(x, u))(x) as Variable;
  const [c, d] = numbers((await compile([x], each))([0, 0]));
  assert(c !== d);
});

onDevices("vmap() of a chain: draws, loops and gradients in one", async (device) => {
  const streams = new RandomStreams(5);
  const energy = (q: Variable): Variable => T.sum(T.sqr(q).mul([0.5, 2])) as Variable;
  const chain = (start: Variable): Variable => {
    const p0 = streams.normal({ size: [2] }), u = streams.uniform();
    const slope = (q: Variable) => grad(energy(q), q);
    const step = (q: Variable): Variable => {
      const [[qs, ps]] = scan((q: Variable, p: Variable) => {
        const half = p.sub(slope(q).mul(0.1)), next = q.add(half.mul(0.2));
        return [next, half.sub(slope(next).mul(0.1))];
      }, { outputsInfo: [q, p0 as Variable], nSteps: 6 }) as unknown as [[Variable, Variable]];
      const kinetic = (p: Variable): Variable => T.sum(T.sqr(p)).mul(0.5) as Variable;
      const [end, p] = [qs.at(-1), ps.at(-1)];
      const gain = energy(q).add(kinetic(p0 as Variable)).sub(energy(end)).sub(kinetic(p));
      return T.where(T.lt(T.log(u), gain), end, q) as Variable;
    };
    return scan(step, { outputsInfo: start, nSteps: 300 })[0] as Variable;
  };
  const starts = T.matrix("starts"), all = vmap(chain)(starts) as Variable;
  const kept = all.slice(null).at(T.slice(), T.slice(50));
  const f = await compile([starts], [
    T.var(kept, { axis: [0, 1] }),
    T.mean(kept, [0, 1]),
    all.at(T.slice(), 0),
  ], { device });
  const [variance, mean, first] = f([[0, 0], [0, 0], [1, 1], [-1, 1]]).map(numbers);
  expectClose(variance!, [1, 0.25], 0.2);
  expectClose(mean!, [0, 0], 0.15);
  // Chains that start at one place go their own ways.
  assert(first![0] !== first![2] && first![1] !== first![3]);
});

/** Elements in reverse: an op that says nothing of its axes. */
const back: extend.Op = {
  name: "testVmapBack",
  infer: ([x]) => [x!.type],
  shapes: (context, { inputs }) => [context.shape(inputs[0]!)],
  evaluate: ([x]) => [{ ...x!, data: x!.data.slice().reverse() as never }],
  lowering: {
    kind: "virtual",
    cost: 0,
    element(context, { inputs: [x] }, [at]) {
      const last = extend.sizeIx(extend.subSize(context.shape(x!)[0]!, 1));
      return context.read(x!, [context.b.addIx(last, context.b.scaleIx(at!, -1))]);
    },
  },
};

Deno.test("ops of users run in a loop over the rows, where they do not say more", async () => {
  const x = T.dmatrix("x"), y = T.dvector("y");
  const reversed = (v: Variable) => extend.outputOf(back, [v.mul(2)], {});
  const f = await compile([x, y], [
    vmap(reversed)(x) as Variable,
    vmap((a, b) => reversed(b).add(a), { inAxes: [0, null] })(x, y) as Variable,
  ]);
  const [all, one] = f([[1, 2, 3], [4, 5, 6]], [1, 2, 3]);
  assertEquals(all!.arraySync(), [[6, 4, 2], [12, 10, 8]]);
  assertEquals(one!.arraySync(), [[7, 6, 5], [10, 9, 8]]);
  assertEquals(f(tensor(new Float64Array(0), { shape: [0, 3] }), [1, 2, 3])[0]!.shape, [0, 3]);
});

Deno.test("arguments and results may be records and lists, with rows along any axis", async () => {
  const model = { w: T.dtensor3("w"), b: T.dmatrix("b") }, x = T.dvector("x");
  const apply = (m: { w: Variable; b: Variable }, x: Variable) => ({
    y: m.w.dot(x).add(m.b),
    parts: [m.b.mul(2), x.sum()],
  });
  const made = vmap(apply, {
    inAxes: [{ w: 2, b: 0 }, null],
    outAxes: { y: 1, parts: [-1, null] },
  })(model, x);
  const f = await compile([model.w, model.b, x], [made.y, ...made.parts]);
  const [y, b, sum] = f([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[1, 2], [10, 20]], [1, -1]);
  assertEquals(y!.arraySync(), [[-1, 8], [0, 18]]);
  assertEquals(b!.arraySync(), [[2, 20], [4, 40]]);
  assertEquals(sum!.arraySync(), 0); // the same for all rows
});

Deno.test("types tell how many rows there are, and which rank results have", () => {
  const x = T.specifyShape(T.dmatrix("x"), [3, null]);
  const made: Variable<"float64", 1> = vmap((x: Variable<"float64", 1>) => T.sum(x))(x);
  assertEquals(made.type.shape, [3]);
  const sums = vmap((x) => T.sum(x), { inAxes: 1 })(T.specifyShape(T.dmatrix("y"), [null, 4]));
  assertEquals((sums as Variable).type.shape, [4]);
});

Deno.test("types tell the rank of results whose rows are along another axis, or that have none", () => {
  const x = T.dmatrix("x"), w = T.dvector("w");
  const f = (x: Variable<"float64", 1>, w: Variable<"float64", 1>) => ({
    y: x.mul(w),
    parts: [w.sum(), x.sum()] as const,
  });
  const { y, parts: [total, sums] } = vmap(f, {
    inAxes: [0, null],
    outAxes: { y: -1, parts: [null, 0] },
  })(x, w);
  const exact: [Variable<"float64", 2>, Variable<"float64", 0>, Variable<"float64", 1>] = [
    y,
    total,
    sums,
  ];
  assertEquals(exact.map(({ ndim }) => ndim), [2, 0, 1]);
  const once: Variable<"float64", 0> = vmap(
    (_: Variable<"float64", 1>, w: Variable<"float64", 1>) => w.sum(),
    { inAxes: [0, null], outAxes: null },
  )(x, w);
  assertEquals(once.ndim, 0);
  // @ts-expect-error There is no axis of rows.
  once satisfies Variable<"float64", 1>;
  const options: VmapOptions = { outAxes: 1 };
  const any = vmap((x: Variable<"float64", 1>) => x.mul(2), options)(x);
  // @ts-expect-error Options of that type may say null.
  any satisfies Variable<"float64", 2>;
  assertEquals(any.ndim, 2);
});

Deno.test("vmap() says what is wrong with its arguments", async () => {
  const x = T.dmatrix("x"), s = T.dscalar("s"), f = (x: Variable) => T.sum(x) as Variable;
  const throws = (make: () => unknown, kind: new (...args: never[]) => Error, text: string) =>
    assertThrows(make, kind as ErrorConstructor, text);
  throws(() => vmap(3 as never), TypeError, "expected a function, got 3");
  throws(() => vmap(f, { axes: 0 } as never), TypeError, '"axes"');
  throws(() => vmap(f)(s), RangeError, 'there is no axis 0 of "s"; it is a scalar');
  throws(() => vmap(f, { inAxes: 2 })(x), RangeError, 'there is no axis 2 of "x"');
  throws(() => vmap(f, { inAxes: [0, 0] })(x), TypeError, "each of 1 arguments, got 2");
  throws(() => vmap(f, { inAxes: "0" as never })(x), TypeError, "expected an axis or null");
  throws(() => vmap(f, { inAxes: null })(x), TypeError, "axisSize");
  throws(() => vmap(f, { axisSize: -1 })(x), Error, "-1");
  throws(() => vmap(f, { outAxes: 3 })(x), RangeError, "there is no axis 3");
  throws(() => vmap(f, { outAxes: null })(x), TypeError, "depends on the row");
  throws(() => vmap((() => 3) as unknown as typeof f)(x), TypeError, "expected variables");
  throws(() => vmap(f)(undefined as never), TypeError, "expected variables or values");
  throws(() => vmap((x, y) => T.add(x, y))([1, 2], [1, 2, 3]), Error, "got 2 and 3");
  const total = shared(0, { name: "total" });
  const updating = (x: Variable) => {
    const [, updates] = scan((e: Variable) => [[[total, total.add(e)]]] as never, { sequences: x });
    return [...(updates as Map<unknown, Variable>).values()][0]!;
  };
  throws(() => vmap(updating)(T.matrix("x")), TypeError, 'the shared variable "total"');
  const y = T.dmatrix("y");
  const both = await compile([x, y], vmap((x, y) => T.sum(x.add(y)))(x, y) as Variable);
  throws(() => both([[1], [2]], [[1]]), Error, "Cannot vmap");
  const ranges = await compile([x], vmap((x) => T.arange(T.cast(x.at(0), "int64")))(x) as Variable);
  assertEquals(ranges([[2], [2]]).shape, [2, 2]);
  throws(() => ranges([[2], [3]]), Error, "expected results of one shape in all rows");
  const given: TensorLike = [[1, 2], [3, 4]];
  assertEquals(numbers((await compile([], vmap(f)(given) as Variable))()), [3, 7]);
});

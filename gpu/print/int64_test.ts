import { assert, assertEquals, assertRejects } from "@std/assert";
import { availability } from "../../dev/testing/gpu_device.ts";
import {
  compile,
  type DType,
  grad,
  IndexError,
  RandomStreams,
  scan,
  type ScanResult,
  shared,
  T,
  type Tensor,
  tensor,
  until,
  type Variable,
} from "../../all.ts";

// Programs of 64-bit integers on the GPU, beside the CPU, which has them.

const EDGES = [0n, 1n, -1n, 5n, -7n, 2n ** 31n, -(2n ** 31n), 2n ** 32n, 2n ** 33n + 1n]
  .concat([2n ** 62n + 12345n, -(2n ** 62n) - 99n, -(2n ** 63n), 2n ** 63n - 1n])
  .concat([123456789012345n, -987654321098765n, 3n]);
const signed = tensor(BigInt64Array.from(EDGES));
const unsigned = tensor(BigUint64Array.from(EDGES));
/** Long enough that workgroups share it. */
const many = BigInt64Array.from({ length: 70000 }, (_, i) => BigInt(i) * 0x9E3779B97F4A7C15n);
const long = tensor(many);
const matrix = tensor([[1, 7, 3], [4, 5, 9], [2, 2, 2], [9, 1, 0]]);
const floats = tensor([10, 20, 30, 40]);
const positions = tensor(BigInt64Array.of(3n, -1n, 0n, 2n, 3n));
const words = tensor(Int32Array.of(2147483647, 2147483647, -5, 1000000));

function outputsOf([result]: readonly [ScanResult, unknown]): Variable[] {
  assert(result !== null);
  return (Array.isArray(result) ? result : [result]) as Variable[];
}

/** Programs over one argument. */
const programs: Record<string, [Tensor, (x: Variable) => Variable[]]> = {
  "reductions": [signed, reductions],
  "reductions of uint64": [unsigned, reductions],
  "reductions of long vectors": [long, reductions],
  "reductions along axes": [
    signed,
    (x) => [T.sum(square(x), 0), T.max(square(x), 1), T.argmin(square(x), 0), T.prod(square(x), 1)],
  ],
  "running totals": [
    signed,
    (x) => [T.cumsum(x), T.cumprod(x), T.cumsum(square(x), 0), T.diff(x)],
  ],
  "running totals of long vectors": [long, (x) => [T.cumsum(x), T.cumprod(x)]],
  "sorting": [signed, (x) => [T.sort(x), T.argsort(x), T.topk(x, 5), T.argtopk(x, 5)]],
  "sorting of uint64": [unsigned, (x) => [T.sort(x), T.argsort(x)]],
  "sorting of long vectors": [long, (x) => [T.sort(x), T.argsort(x)]],
  "searching": [signed, (x) => [T.searchsorted(T.sort(x), x), T.flatnonzero(x)]],
  "products": [
    signed,
    (
      x,
    ) => [T.dot(x, x), T.matmul(square(x), square(x)), T.outer(x, x), T.matrixPower(square(x), 5)],
  ],
  "larger products": [
    long,
    (x) => {
      const m = T.reshape(x.slice(0, 4096), [64, 64]);
      return [T.matmul(m, m), T.dot(m, x.slice(0, 64))];
    },
  ],
  "gathering and scattering": [
    signed,
    (x) => {
      const at = T.constant(positions);
      return [
        x.at(at),
        T.setSubtensor(x.at(at), 2n ** 40n),
        T.incSubtensor(x.at(at), 2n ** 62n),
        T.repeat(x.slice(0, 5), T.abs(at)),
      ];
    },
  ],
  "counting": [signed, (x) => [T.bincount(T.mod(x, 7n)), T.toOneHot(T.mod(x, 4n), 4)]],
  "constants": [
    signed,
    (x) => [x.add(T.constant(signed)), T.clip(x, -5n, 2n ** 40n), T.where(x.gt(3n), x, 7n)],
  ],
  "a running total by scan": [
    signed,
    (x) => outputsOf(scan(step3, { sequences: x, outputsInfo: T.constant(1n) })),
  ],
  "a long running total by scan": [
    long,
    (x) => outputsOf(scan(step3, { sequences: x, outputsInfo: T.constant(1n) })),
  ],
  "a running maximum by scan": [
    long,
    (x) =>
      outputsOf(scan((r: Variable, c: Variable) => T.maximum(c, r), {
        sequences: x,
        outputsInfo: T.constant(1n),
      })),
  ],
  "a quotient carried along": [
    signed,
    (x) =>
      outputsOf(scan((r: Variable, c: Variable) => c.intDiv(3n).add(r), {
        sequences: x,
        outputsInfo: T.constant(1n),
      })),
  ],
  "two states, two steps back": [
    signed,
    (x) =>
      outputsOf(scan(
        (r: Variable, a: Variable, b: Variable, c: Variable) => [
          a.mul(3n).sub(b).add(r),
          T.maximum(c, r).add(a),
        ],
        {
          sequences: x,
          outputsInfo: [{ initial: x.slice(0, 2), taps: [-1, -2] }, T.constant(0n)],
        },
      )),
  ],
  "a loop in a loop": [
    signed,
    (x) =>
      outputsOf(scan(
        (row: Variable, c: Variable) =>
          outputsOf(scan(step3, { sequences: row, outputsInfo: c }))[0]!.at(-1),
        { sequences: square(x), outputsInfo: T.constant(1n) },
      )),
  ],
  "a counter with a stop condition": [
    signed,
    (x) =>
      outputsOf(scan((c: Variable) => [c.add(1n), until(c.ge(30n))], {
        outputsInfo: x.at(3),
        nSteps: 100,
      })),
  ],
  "a branch": [signed, (x) => [T.ifelse(x.sum().gt(0n), x.add(2n ** 50n), x)]],
  "sums of int32": [words, (x) => [x.sum(), x.prod(), T.cumsum(x), x.argmax().add(1n)]],
  "shapes and statistics": [
    matrix,
    (m) => [m.mean(), m.var(), m.std(), m.var(0), m.std(1), m.size, m.size.mul(2n ** 40n)],
  ],
  "sums of positions": [
    matrix,
    (m) => [m.argmax(1).sum(), m.argmax(0).mul(2n ** 31n), T.cumsum(m.argmin(1))],
  ],
  "the best path by backtracking": [
    matrix,
    (m) => {
      const moves = T.constant([[1, 2, 3], [3, 1, 2], [2, 3, 1]]);
      const [best, from] = outputsOf(scan((row: Variable, before: Variable) => {
        const scores = T.shapePadRight(before).add(moves);
        return [scores.max(0).add(row), scores.argmax(0)];
      }, { sequences: m, outputsInfo: [T.zeros([3]), null] }));
      const last = best!.at(-1).argmax();
      const path = scan((pointers: Variable, state: Variable) => pointers.at(state), {
        sequences: from!,
        outputsInfo: last,
        goBackwards: true,
      });
      return [best!, from!, last, ...outputsOf(path)];
    },
  ],
  "complex numbers of integers": [signed, (x) => [T.real(T.cast(x, "complex64"))]],
};

function reductions(x: Variable): Variable[] {
  return [x.sum(), x.prod(), x.max(), x.min(), x.argmax(), x.argmin(), x.any(), x.all()];
}

function square(x: Variable): Variable {
  return T.reshape(x, [4, 4]);
}

function step3(r: Variable, c: Variable): Variable {
  return c.mul(3n).add(r);
}

async function onBoth(
  inputs: readonly Variable[],
  outputs: readonly Variable[],
  args: readonly Tensor[],
): Promise<void> {
  const results = [];
  for (const device of ["cpu", "gpu"] as const) {
    const f = await compile([...inputs], [...outputs], { device });
    results.push(f(...args) as readonly Tensor[]);
  }
  const [cpu, gpu] = results as [readonly Tensor[], readonly Tensor[]];
  cpu.forEach((want, i) => {
    const got = gpu[i]!;
    assertEquals(got.dtype, want.dtype);
    assertEquals(got.shape, want.shape);
    if (want.dtype !== "float32") assertEquals(got.dataSync(), want.dataSync(), `output ${i}`);
    else {
      const [a, b] = [got, want].map((t) => Array.from(t.dataSync(), Number)) as [
        number[],
        number[],
      ];
      a.forEach((x, j) => assert(Math.abs(x - b[j]!) <= 1e-6 * Math.abs(b[j]!), `${x}, ${b[j]}`));
    }
  });
}

function gpuTest(name: string, body: () => Promise<void>): void {
  const reason = availability.available ? "" : ` (ignored: ${availability.reason})`;
  Deno.test({ name: name + reason, ignore: !availability.available, fn: body });
}

for (const [name, [argument, program]] of Object.entries(programs)) {
  gpuTest(`64-bit integers on the GPU: ${name}`, async () => {
    const x = T.tensor(argument.dtype as DType, argument.shape.map(() => null), "x");
    await onBoth([x], program(x), [argument]);
  });
}

gpuTest("64-bit integers on the GPU: strategies of loops", async () => {
  const x = T.lmatrix("x");
  const rows = tensor(many.slice(0, 512), { shape: [16, 32] });
  for (const strategy of ["lanes", "resident", "stepped"] as const) {
    const loop = scan(step3, { sequences: x, outputsInfo: x.at(0), strategy });
    await onBoth([x], outputsOf(loop), [rows]);
  }
});

gpuTest("64-bit integers on the GPU: vectors of positions", async () => {
  const v = T.vector("v"), at = T.lvector("at");
  const outputs = [
    v.at(at),
    T.take(v, at),
    T.setSubtensor(v.at(at), 5),
    T.incSubtensor(v.at(at), 1),
    grad(v.at(at).sqr().sum(), v) as Variable,
  ];
  await onBoth([v, at], outputs, [floats, positions]);
  const f = await compile([v, at], v.at(at), { device: "gpu" });
  for (const far of [4n, -5n, 2n ** 32n, 1n - 2n ** 32n, -(2n ** 63n)]) {
    await assertRejects(async () => {
      await f(floats, BigInt64Array.of(far)).data();
    }, IndexError);
  }
});

gpuTest("64-bit integers on the GPU: integers as arguments", async () => {
  const k = T.lscalar("k"), v = T.vector("v");
  const f = await compile([k], [k.add(1n), k.mul(k), T.cast(k, "float32")], { device: "gpu" });
  const values = () => [2n ** 60n + 3n, 5n, -(2n ** 40n)];
  for (const value of values()) {
    const [sum, product, float] = f(value);
    assertEquals(sum.item(), value + 1n);
    assertEquals(product.item(), BigInt.asIntN(64, value * value));
    assertEquals(float.item(), Math.fround(Number(value)));
  }
  // Lengths and other numbers of the plan, and the same ones again.
  const g = await compile([k, v], [T.arange(k).sum().mul(k), v.slice(k, null).sum()], {
    device: "gpu",
  });
  for (const n of [2n, 3n, 0n, 2n]) {
    assertEquals(g(n, [1, 2, 3])[0].item(), n * n * (n - 1n) / 2n);
  }
});

gpuTest("64-bit integers on the GPU: shared variables and results kept on the device", async () => {
  const total = shared(BigInt64Array.of(1n, 2n ** 40n), { name: "total" }), by = T.lscalar("by");
  const f = await compile([by], total.sum(), {
    device: "gpu",
    updates: [[total, total.mul(by).add(1n)]],
  });
  f(2n ** 20n);
  f(3n);
  const twice = (x: bigint) => BigInt.asIntN(64, (x * 2n ** 20n + 1n) * 3n + 1n);
  assertEquals(
    total.getValue().dataSync(),
    BigInt64Array.of(twice(1n), twice(2n ** 40n)),
  );
  const x = T.lvector("x");
  const double = await compile([x], x.mul(2n), { device: "gpu" });
  const next = await compile([x], x.add(1n), { device: "gpu" });
  assertEquals(
    next(double(signed)).dataSync(),
    BigInt64Array.from(EDGES, (e) => 2n * e + 1n),
  );
});

gpuTest("64-bit integers on the GPU: random numbers", async () => {
  for (const dtype of ["int64", "uint64"] as const) {
    const results = [];
    for (const device of ["cpu", "gpu"] as const) {
      const draw = new RandomStreams(7).integers({
        size: [50],
        low: 2 ** 50,
        high: 2 ** 50 + 2 ** 32,
        dtype,
      });
      results.push((await compile([], draw, { device }))().dataSync());
    }
    assertEquals(results[1], results[0]);
  }
});

gpuTest("only 64-bit floats are refused, by the name of the variable", async () => {
  for (const dtype of ["float64", "complex128"] as const) {
    const mine = T.tensor(dtype, [null], "mine");
    await assertRejects(
      () => compile([mine], mine.mul(mine).sum(), { device: "gpu" }),
      TypeError,
      `"mine"`,
    );
  }
});

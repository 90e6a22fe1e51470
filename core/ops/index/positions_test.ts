import { assertEquals, assertThrows } from "@std/assert";
import { onDevices, type TestDevice } from "../../../dev/testing/devices.ts";
import {
  compile,
  evaluateGraph,
  IndexError,
  scan,
  T,
  type Tensor,
  tensor,
  until,
  type Value,
  type Variable,
} from "../../../all.ts";

// Positions that are computed in the kernel that uses them. Elements are small whole numbers, so that
// every order of additions gives the same.

function whole(shape: readonly number[], most: number, seed: number): number[] {
  const size = shape.reduce((product, n) => product * n, 1);
  let state = seed;
  return Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * most);
  });
}

interface Leaf {
  readonly variable: Variable;
  readonly value: Value;
}

function leaf(dtype: "float32" | "int32", shape: readonly number[], data: number[]): Leaf {
  const kinds = dtype === "int32"
    ? [T.iscalar, T.ivector, T.imatrix]
    : [T.fscalar, T.fvector, T.fmatrix];
  const variable: Variable = kinds[shape.length]!();
  return { variable, value: { dtype, shape, data: Float64Array.from(data) } };
}

const argument = ({ value: { dtype, shape, data } }: Leaf): Tensor =>
  tensor(
    dtype === "int32"
      ? Int32Array.from(data as Float64Array)
      : Float32Array.from(data as Float64Array),
    { shape },
  );

/** Compares results on a device with those of the reference. */
async function agree(
  device: TestDevice,
  leaves: readonly Leaf[],
  outputs: readonly Variable[],
): Promise<void> {
  const inputs = leaves.map(({ variable }) => variable);
  const wanted = evaluateGraph(
    outputs,
    new Map(leaves.map(({ variable, value }) => [variable, value])),
  );
  const f = await compile(inputs, [...outputs], { device });
  const results = f(...leaves.map(argument)) as Tensor[];
  results.forEach((found, i) => {
    const have = Array.from(found.dataSync(), Number);
    assertEquals(have, Array.from(wanted[i]!.data, Number), f.explain());
    assertEquals(found.shape, wanted[i]!.shape);
  });
}

async function fails(
  device: TestDevice,
  leaves: readonly Leaf[],
  outputs: readonly Variable[],
): Promise<void> {
  const f = await compile(leaves.map(({ variable }) => variable), [...outputs], { device });
  const run = () => {
    for (const found of f(...leaves.map(argument)) as Tensor[]) found.dataSync();
  };
  assertThrows(run, IndexError, "out of range");
}

const vector = (data: number[]) => leaf("float32", [data.length], data);
const int32 = (x: Variable) => T.cast(x, "int32");

/** Positions into an axis of length n, by reductions over the last axis of m. */
const positions: Record<string, (m: Variable, n: number) => Variable> = {
  argmax: (m) => T.argmax(m, -1),
  argmin: (m) => T.argmin(m, -1),
  min: (m) => T.min(m, -1),
  max: (m, n) => int32(T.max(m, -1)).mod(n),
  any: (m) => int32(T.any(m.gt(2), -1)),
  all: (m) => int32(T.all(m.gt(-1), -1)),
  "int64 sum": (m, n) => T.sum(m, -1).mod(n),
  "negative int64 sum": (m, n) => T.sum(m, -1).mod(n).neg().sub(1),
  "int64 prod": (m, n) => T.prod(T.add(m, 1), -1).mod(n),
  "int64 dot": (m, n) => T.sum(T.mul(T.cast(m, "int64"), m), -1).mod(n),
  sum: (m, n) => int32(T.sum(T.cast(T.eq(m, 1), "float32"), -1)).mod(n),
  "negative argmax": (m) => T.argmax(m, -1).neg().sub(1),
  "mean of two": (m) => T.intDiv(T.argmax(m, -1).add(T.argmin(m, -1)), 2),
};

for (const [rows, length] of [[2, 3], [5, 3000]] as const) {
  onDevices(`positions by reductions over ${rows} rows of ${length}`, async (device) => {
    const v = vector(whole([length], 1000, 1));
    const m = leaf("int32", [rows, length], whole([rows, length], Math.min(length, 900), 2));
    for (const position of Object.values(positions)) {
      const i = position(m.variable, length);
      await agree(device, [v, m], [T.take(v.variable, i)]);
      await agree(device, [v, m], [T.take(v.variable, i).add(i), i]);
      const seven = T.constant(7, "float32");
      await agree(device, [v, m], [
        T.setSubtensor(T.take(v.variable, i), seven),
        T.incSubtensor(T.take(v.variable, i), seven),
      ]);
    }
  });

  onDevices(`one position by a reduction over ${rows * length} elements`, async (device) => {
    const n = rows * length;
    const v = vector(whole([n], 1000, 3));
    const m = leaf("int32", [n], whole([n], Math.min(n, 900), 4));
    const c = leaf("float32", [n, 2], whole([n, 2], 1000, 5));
    for (const position of Object.values(positions)) {
      const i = position(m.variable, n) as Variable & { ndim: 0 };
      const own = T.argmax(v.variable);
      await agree(device, [v, m, c], [
        v.variable.at(i),
        v.variable.at(own),
        T.take(v.variable, i),
        c.variable.at(i),
        v.variable.at(T.argmin(v.variable)).add(v.variable.sum()),
      ]);
      await agree(device, [v, m], [v.variable.at(i), i, own]);
      const nine = T.constant(9, "float32");
      await agree(device, [v, m], [
        T.setSubtensor(v.variable.at(i), nine),
        T.incSubtensor(v.variable.at(i), nine),
      ]);
    }
  });
}

onDevices("positions by more reductions than threads can share", async (device) => {
  const rows = 3, n = 4000;
  const m = leaf("int32", [rows, n], whole([rows, n], 1000, 6));
  const v = vector(whole([n], 1000, 7));
  const i = Array.from({ length: 9 }, (_, k) => T.argmax(T.mod(m.variable.add(k * 119), 1000), 1));
  await agree(device, [m, v], [
    i.map((at) => T.take(v.variable, at)).reduce((sum, x) => sum.add(x)),
  ]);
});

onDevices("positions by products", async (device) => {
  for (const [m, n, k] of [[2, 2, 2], [40, 50, 30], [70, 1, 100]] as const) {
    const v = vector(whole([30], 1000, 8));
    for (const dtype of ["float32", "int32"] as const) {
      const a = leaf(dtype, [m, k], whole([m, k], 2, 9));
      const b = leaf(dtype, [k, n], whole([k, n], 2, 10));
      const c = leaf("float32", [m, n], whole([m, n], 50, 11));
      const product = T.dot(a.variable, b.variable);
      const i = T.mod(int32(product), 30);
      await agree(device, [a, b, v, c], [T.take(v.variable, i).add(c.variable), product]);
      await agree(device, [a, b, v], [T.take(v.variable, i)]);
      await fails(device, [a, b, v], [T.take(v.variable, int32(product).add(30))]);
    }
  }
});

onDevices("a position out of range that comes from a reduction", async (device) => {
  const v = vector([10, 30, 20]);
  for (const length of [3, 2000]) {
    const i = leaf("int32", [2, length], [0, 3, ...new Array(2 * length - 2).fill(1)]);
    const rows = i.variable;
    await fails(device, [v, i], [T.take(v.variable, T.max(rows, 1))]);
    await fails(device, [v, i], [v.variable.at(T.max(rows) as Variable & { ndim: 0 })]);
    await fails(device, [v, i], [
      v.variable.at(T.sum(T.eq(rows, 3)).add(2) as Variable & { ndim: 0 }),
    ]);
    await fails(device, [v, i], [T.take(v.variable, T.argmax(rows, 1).add(3)), T.argmax(rows, 1)]);
    const huge = T.sum(rows, 1).add(2 ** 32);
    await fails(device, [v, i], [T.take(v.variable, huge)]);
    await fails(device, [v, i], [T.take(v.variable, huge.neg()), huge]);
    await fails(device, [v, i], [v.variable.at(T.sum(huge) as Variable & { ndim: 0 })]);
    await agree(device, [v, i], [T.take(v.variable, T.max(rows, 1).sub(1))]);
  }
});

onDevices("a reduction over nothing gives a position that is checked", async (device) => {
  const m = leaf("int32", [2, 0], []);
  const i = T.any(m.variable, 1);
  await agree(device, [m], [i]);
  const v = vector([5, 6]), none = vector([]);
  await agree(device, [v, m], [T.take(v.variable, int32(i))]);
  await fails(device, [none, m], [T.take(none.variable, int32(i))]);
  await fails(device, [v, m], [T.take(v.variable, int32(i).add(2))]);
  // Where the loop over the positions is empty, no position is wrong.
  const p = leaf("int32", [0], []);
  await agree(device, [none, p], [T.sum(T.take(none.variable, p.variable))]);
  // What a sum over nothing is joined with is checked all the same.
  const q = leaf("int32", [2], [0, 2]);
  const sums = T.sum(m.variable.mul(1.5), 1);
  await agree(device, [v, m, q], [sums.add(T.take(v.variable, q.variable.sub(1)))]);
  await fails(device, [v, m, q], [sums.add(T.take(v.variable, q.variable))]);
});

onDevices("positions by reductions in the steps of a loop", async (device) => {
  for (const [n, length] of [[3, 4], [2, 600]] as const) {
    const x = leaf("int32", [n, length], whole([n, length], 90, 12));
    const v = vector(whole([length], 100, 13));
    const W = leaf("float32", [length, length], whole([length, length], 3, 14));
    const [scalars] = scan(
      (row: Variable, s: Variable, v: Variable) =>
        s.add(v.at(T.argmax(row) as Variable & { ndim: 0 })).add(T.min(row)),
      {
        sequences: [x.variable],
        outputsInfo: [T.constant(0, "float32")],
        nonSequences: [v.variable],
      },
    );
    const [states] = scan(
      (row: Variable, h: Variable, v: Variable, W: Variable) =>
        T.mod(h.add(T.take(v, T.argmax(W.mul(h), 1))).add(row), 64),
      {
        sequences: [x.variable],
        outputsInfo: [v.variable],
        nonSequences: [v.variable, W.variable],
      },
    );
    const found = scan((row: Variable, s: Variable, v: Variable) => {
      const next = s.add(v.at(T.argmin(row.mul(s)) as Variable & { ndim: 0 })).add(1);
      return [next, until(next.gt(150))];
    }, {
      sequences: [x.variable],
      outputsInfo: [T.constant(1, "float32")],
      nonSequences: [v.variable],
    });
    const stopped = found[0] as Variable;
    await agree(device, [x, v, W], [scalars!, states!, stopped]);
    await agree(device, [x, v], [stopped]);
    await agree(device, [x, v], [scalars!]);
    await agree(device, [x, v, W], [states!.at(-1)]);
    const [nested] = scan((row: Variable, v: Variable, W: Variable) => {
      const [inner] = scan(
        (w: Variable, s: Variable) => s.add(v.at(T.argmax(w.mul(row)) as Variable & { ndim: 0 })),
        {
          sequences: [W],
          outputsInfo: [T.constant(0, "float32")],
        },
      );
      return inner!.at(-1).add(T.take(v, T.argmax(W.mul(row), 1)));
    }, { sequences: [x.variable], nonSequences: [v.variable, W.variable] });
    await agree(device, [x, v, W], [nested!]);
    const [wrong] = scan(
      (row: Variable, s: Variable, v: Variable) =>
        s.add(v.at(T.argmax(row).add(length) as Variable & { ndim: 0 })),
      {
        sequences: [x.variable],
        outputsInfo: [T.constant(0, "float32")],
        nonSequences: [v.variable],
      },
    );
    await fails(device, [x, v], [wrong!]);
  }
});

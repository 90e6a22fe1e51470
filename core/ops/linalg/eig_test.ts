import { assert, assertEquals, assertThrows } from "@std/assert";
import { onDevices } from "../../../dev/testing/devices.ts";
import {
  assertNear,
  asTensor,
  numpyCases,
  random,
  widest,
} from "../../../dev/testing/linalg/cases.ts";
import {
  compile,
  grad,
  jvp,
  scan,
  ShapeError,
  T,
  type Tensor,
  type Variable,
  verifyGrad,
  vmap,
} from "../../../all.ts";

const L = T.linalg;

/** Complex matrices from their parts, or real ones. */
function matrixOf(parts: readonly Variable[]): Variable {
  return parts.length === 1 ? parts[0]! : T.complex(parts[0]!, parts[1]!) as Variable;
}

const eigOf = (a: Variable) => L.eig(a as never) as unknown as [Variable, Variable];
const realOf = (x: Variable) => T.real(x as never) as Variable;
const imagOf = (x: Variable) => T.imag(x as never) as Variable;
const most = (x: unknown) => T.max(T.abs(x as Variable)) as Variable;

/** How far results are from what defines them. */
function residuals(a: Variable): Variable[] {
  const [w, v] = eigOf(a), columns = T.expandDims(w, -2) as Variable;
  const sizes = T.abs(v as never) as Variable;
  const lengths = T.sum(T.sqr(sizes), -2) as Variable;
  const isLarge = T.ge(sizes, T.mul(T.max(sizes, { axis: -2, keepdims: true }), 0.37)) as Variable;
  const isFirst = T.and(isLarge, T.eq(T.cumsum(isLarge, -2), 1)) as Variable;
  const heads = T.sum(T.where(isFirst, v, 0), -2) as Variable;
  return [
    most(T.sub(T.matmul(a as never, v as never), T.mul(v, columns))),
    most(T.sub(lengths, 1)),
    most(imagOf(heads)),
    T.maximum(0, T.neg(T.min(realOf(heads)))) as Variable,
    most(T.sub(L.eigvals(a as never) as Variable, w)),
  ];
}

onDevices(
  "eigenvalues are those of NumPy, and vectors what they are defined by",
  async (device) => {
    const cases = numpyCases.filter(({ name }) => name === "eigvals");
    assert(cases.length > 0);
    const dtype = widest(device), part = device === "cpu" ? 1e-12 : 1e-4;
    const own = device === "cpu" ? cases : cases.slice(0, 2);
    const inputs = own.map((one) =>
      one.inputs.map(() => T.tensor(dtype, [null, null]) as Variable)
    );
    const outputs = inputs.flatMap((parts) => {
      const a = matrixOf(parts), w = L.eigvals(a as never) as Variable;
      return [realOf(w), imagOf(w), ...residuals(a)];
    });
    const f = await compile(inputs.flat(), outputs, { device });
    const found = f(...own.flatMap((one) => one.inputs.map((x) => asTensor(x, dtype)))) as Tensor[];
    const count = outputs.length / own.length;
    own.forEach(({ inputs, outputs: [re, im] }, i) => {
      const { shape } = inputs[0]!;
      const [wr, wi, ...rest] = found.slice(i * count, (i + 1) * count);
      assertNear(wr!, re!, 10 * part, `real parts of case ${i}`);
      assertNear(wi!, im!, 10 * part, `imaginary parts of case ${i}`);
      rest.forEach((x, k) => {
        const error = Number(x.item());
        assert(error <= part * shape[0]!, `case ${i} of shape ${shape}: residual ${k} is ${error}`);
      });
    });
  },
);

/** Matrices of two or three rows, and what their values are. */
const known: readonly (readonly [data: number[], re: number[], im: number[], part: number])[] = [
  [[0, -1, 1, 0], [0, 0], [-1, 1], 1],
  [[2, 0, 0, 1], [1, 2], [0, 0], 1],
  [[0, 0, 0, 0], [0, 0], [0, 0], 1],
  [[5, 0, 0, 5], [5, 5], [0, 0], 1],
  // Not diagonalisable: exact where they are triangles, else to the root of rounding.
  [[3, 1, 0, 3], [3, 3], [0, 0], 1],
  [[0, 0, 1, 0], [0, 0], [0, 0], 1],
  [[1, -1, 1, 3], [2, 2], [0, 0], 2 ** 26],
  [[2, 1, 0, 0, 2, 1, 0, 0, 2], [2, 2, 2], [0, 0, 0], 1],
  // Turns of all three axes
  [[0, 0, 1, 1, 0, 0, 0, 1, 0], [-0.5, -0.5, 1], [-Math.sqrt(3) / 2, Math.sqrt(3) / 2, 0], 1],
];

Deno.test("values of matrices with turns, with equal values and without as many vectors", async () => {
  const a = T.dmatrix("a"), w = L.eigvals(a) as Variable;
  const f = await compile([a], [realOf(w), imagOf(w), ...residuals(a as Variable)]);
  for (const [data, re, im, part] of known) {
    const n = re.length, found = f(asTensor({ shape: [n, n], data }, "float64"));
    const near = 8 * 2 ** -52 * part;
    assertNear(found[0]!, { shape: [n], data: re }, near, `real parts of ${data}`);
    assertNear(found[1]!, { shape: [n], data: im }, near, `imaginary parts of ${data}`);
    for (const x of found.slice(2)) assert(Number(x.item()) <= 1e-14, `${data}`);
  }
});

Deno.test("matrices of large, of small and of very different numbers", async () => {
  const a = T.dmatrix("a"), w = L.eigvals(a) as Variable;
  const f = await compile([a], [realOf(w), imagOf(w)]);
  for (const by of [1e300, 1e-300, 1]) {
    const [re, im] = f([[0, by], [-4 * by, 0]]);
    assertNear(scaledBy(re!, by), { shape: [2], data: [0, 0] }, 1e-15, "real parts");
    assertNear(scaledBy(im!, by), { shape: [2], data: [-2, 2] }, 1e-15, "imaginary parts");
  }
  // As small as their difference is, all of their digits are right.
  const [re] = f([[1, 1e12, 0], [1e-12, 3, 1e9], [0, 1e-9, 1]]);
  assertNear(re!, { shape: [3], data: [2 - Math.sqrt(3), 1, 2 + Math.sqrt(3)] }, 1e-14, "balanced");
});

/** Numbers in parts of another one. */
function scaledBy(x: Tensor, by: number): Tensor {
  return asTensor(
    { shape: [...x.shape], data: [...x.dataSync()].map((v) => Number(v) / by) },
    "float64",
  );
}

onDevices("several matrices, real and complex, as the reference has them", async (device) => {
  const dtype = widest(device), re = T.tensor(dtype, 3), im = T.tensor(dtype, 3);
  const complex = T.complex(re, im) as Variable;
  const outputs = [re as Variable, complex].flatMap((
    a,
  ) => [...eigOf(a), L.eigvals(a as never) as Variable]);
  const parts = outputs.flatMap((x) => [realOf(x), imagOf(x)]);
  const options = { device, mode: device === "cpu" ? "debug" : undefined } as const;
  const f = await compile(
    [re, im],
    [...parts, ...residuals(complex)],
    options as { device: typeof device },
  );
  const [a, b] = [random(1, 2, 4, 4), random(2, 2, 4, 4)].map((x) => asTensor(x, dtype));
  const found = f(a!, b!) as Tensor[];
  assertEquals(found.slice(0, 4).map((x) => [...x.shape]), [[2, 4], [2, 4], [2, 4, 4], [2, 4, 4]]);
  const part = device === "cpu" ? 1e-13 : 1e-4;
  for (const x of found.slice(parts.length)) assert(Number(x.item()) < part);
  // Of real matrices values are conjugates of each other.
  const im2 = [...found[1]!.dataSync()].map(Number);
  for (const half of [im2.slice(0, 4), im2.slice(4)]) assertEquals(half.reduce((x, y) => x + y), 0);
});

onDevices("what is no number, empty matrices and others that cannot be", async (device) => {
  const dtype = widest(device), a = T.tensor(dtype, 2, "a") as Variable, [w, v] = eigOf(a);
  const f = await compile([a], [w, v].flatMap((x) => [realOf(x), imagOf(x)]), { device });
  for (const one of [NaN, Infinity]) {
    for (const x of f([[1, one], [0, 2]]) as Tensor[]) {
      assert([...x.dataSync()].every((value) => Number.isNaN(Number(value))));
    }
  }
  const none = f(asTensor({ shape: [0, 0], data: [] }, dtype)) as Tensor[];
  assertEquals(none.map((x) => [...x.shape]), [[0], [0], [0, 0], [0, 0]]);
  const [re, im, first] = f([[-7]]) as Tensor[];
  assertEquals([re!, im!, first!].map((x) => Number(x.dataSync()[0])), [-7, 0, 1]);
  assertThrows(() => f([[1, 2]]), ShapeError, "expected square");
  if (device === "gpu") return;
  for (const g of [L.eig, L.eigvals]) {
    assertThrows(() => g(T.tensor("float64", [2, 3])), ShapeError, "expected square");
    assertThrows(() => g(T.dvector() as never), TypeError, "expected matrices");
  }
  const dtypes = (["float16", "float32", "float64", "complex64", "complex128", "int32"] as const)
    .map((one) => (L.eigvals(T.tensor(one, [2, 2]) as never) as Variable).dtype);
  assertEquals(dtypes, [
    "complex64",
    "complex64",
    "complex128",
    "complex64",
    "complex128",
    "complex64",
  ]);
});

/** All that can be differentiated, as real numbers. */
function spread(a: Variable): Variable {
  const [w, v] = eigOf(a), whole = T.concatenate([T.expandDims(w, 0) as Variable, v]) as Variable;
  return T.concatenate([realOf(whole), imagOf(whole)]) as Variable;
}

Deno.test("gradients of values and vectors, and gradients of these, are what differences say", () => {
  const [re, im] = [random(3, 3, 3), random(4, 3, 3)].map((x) => asTensor(x, "float64"));
  verifyGrad((a) => spread(a!), [re!], { order: 2 });
  verifyGrad((a, b) => spread(T.complex(a!, b!) as Variable), [re!, im!], { order: 2 });
  verifyGrad((a) => realOf(L.eigvals(a as never) as Variable), [re!]);
});

onDevices("gradients, forward mode and rows of matrices agree, in a loop, too", async (device) => {
  const dtype = widest(device), a = T.tensor(dtype, 3, "a") as Variable;
  const way = T.sin(T.mul(a, 3)) as Variable;
  const cost = (x: Variable) =>
    T.sum(T.mul(spread(x), T.cos(T.arange(24).reshape([8, 3])))) as Variable;
  const each = vmap((x: Variable) => grad(cost(x), x) as Variable)(a) as Variable;
  const [steps] = scan((x: Variable) => grad(cost(x), x) as Variable, { sequences: [a] });
  const total = vmap(cost)(a) as Variable, forward = jvp(total, a, way)[1] as Variable;
  const along = T.sum(T.mul(each, way), { axis: [1, 2] }) as Variable;
  const outputs = [most(T.sub(each, steps as Variable)), most(T.sub(forward, along)), most(along)];
  const f = await compile([a], device === "cpu" ? outputs : [outputs[0]!, outputs[2]!], { device });
  const errors = (f(asTensor(random(6, 2, 3, 3), dtype)) as Tensor[]).map((x) => Number(x.item()));
  const size = errors.pop()!;
  assert(
    size > 0.1 && errors.every((error) => error <= size * (device === "cpu" ? 1e-10 : 1e-2)),
    `${errors}`,
  );
});

onDevices("vectors have length 1 where many values are equal", async (device) => {
  const dtype = device === "cpu" ? "float64" : "float32", digits = device === "cpu" ? 1e-13 : 1e-5;
  const a = T.tensor(dtype, [null, null]), [w, v] = T.linalg.eig(a);
  const far = T.max(T.abs(T.sub(T.matmul(T.cast(a, v.dtype), v), T.mul(v, w))));
  const f = await compile([a], [T.sum(T.sqr(T.abs(v)), { axis: 0 }), far], { device });
  for (const n of [3, 8, 10, 17]) {
    const row = (i: number) => Array.from({ length: n }, (_, j) => Math.cos(5 * j + 2) * i);
    const [lengths, rest] = f(Array.from({ length: n }, (_, i) => row(Math.sin(3 * i + 1))));
    for (const length of lengths!.dataSync()) assert(Math.abs(length - 1) < digits, `${n}`);
    assert(rest!.dataSync()[0]! < digits);
  }
});

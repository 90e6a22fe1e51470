import { assert, assertEquals, assertThrows } from "@std/assert";
import { onDevices, type TestDevice } from "../../../dev/testing/devices.ts";
import { asTensor, checkCases, complexCases, random } from "../../../dev/testing/linalg/cases.ts";
import {
  compile,
  jvp,
  LinAlgError,
  scan,
  T,
  type Tensor,
  tensor,
  type Variable,
  verifyGrad,
  vmap,
} from "../../../all.ts";

const L = T.linalg;

const most = (x: unknown) => T.max(T.abs(x as Variable)) as Variable;
const turned = (x: unknown) => T.swapaxes(x as Variable, -1, -2) as Variable;
const adjoint = (x: unknown) => T.conj(turned(x)) as Variable;
const mm = (a: unknown, b: unknown) => T.matmul(a as never, b as never) as Variable;
const off = (a: unknown, b: unknown) => most(T.sub(a as Variable, b as Variable));
const widest = (device: TestDevice) => device === "cpu" ? "complex128" : "complex64";

/** Complex numbers with parts from -1 to 1, the same for each seed. */
function points(seed: number, dtype: "complex64" | "complex128", ...shape: readonly number[]) {
  return asTensor({ ...random(seed, ...shape, 2), shape }, dtype);
}

onDevices("complex results are those of NumPy and SciPy", async (device) => {
  // Software adapters take long for each kernel.
  const some = ["slogdet", "eigh", "svd", "lu"];
  const few = complexCases.filter(({ name, inputs: [a], options }) =>
    some.includes(name) && a!.shape[0] === 4 && Object.keys(options).length === 0
  );
  await checkCases(device, device === "cpu" ? complexCases : few, widest(device));
});

/** How far results are from what defines them, of one matrix or several. */
function residuals(a: Variable, b: Variable): Variable[] {
  const eye = T.eye(a.shape.at(-1)!, a.shape.at(-1)!, 0, a.dtype as "complex64");
  const positive = T.add(mm(a, adjoint(a)), eye) as Variable;
  const root = L.cholesky(positive as never) as Variable;
  const upper = L.cholesky(positive as never, { lower: false }) as Variable;
  const [p, l, u] = L.lu(a as never) as Variable[];
  const near = T.add(a, T.mul(eye, 3)) as Variable;
  const hermitian = T.add(a, adjoint(a)) as Variable, symmetric = T.add(a, turned(a)) as Variable;
  const solved = (matrix: Variable, options: Record<string, unknown>) =>
    off(
      mm(options.transposed ? turned(matrix) : matrix, L.solve(matrix as never, b, options)),
      b,
    );
  return [
    off(mm(root, adjoint(root)), positive),
    most(T.triu(root as never, 1)),
    off(mm(adjoint(upper), upper), positive),
    off(mm(p, mm(l, u)), a),
    off(mm(near, L.inv(near as never)), eye),
    solved(near, {}),
    solved(near, { transposed: true }),
    solved(positive, { assume: "positive definite" }),
    solved(positive, { assume: "positive definite", transposed: true }),
    solved(T.add(hermitian, T.mul(eye, 9)) as Variable, { assume: "hermitian" }),
    solved(T.add(symmetric, T.mul(eye, 9)) as Variable, { assume: "symmetric" }),
    off(mm(T.triu(near as never), L.solveTriangular(near as never, b)), b),
    off(
      mm(
        turned(T.tril(near as never)),
        L.solveTriangular(near as never, b, { lower: true, transposed: true }),
      ),
      b,
    ),
    off(mm(positive, L.choleskySolve(root as never, b)), b),
    off(mm(positive, L.choleskySolve(upper as never, b, { lower: false })), b),
  ];
}

const scaled = (x: unknown, by: unknown) =>
  T.mul(x as Variable, T.expandDims(by as Variable, -2)) as Variable;

/** How far columns are from being orthonormal. */
function skewness(q: unknown): Variable {
  const product = mm(adjoint(q), q), n = product.shape.at(-1)!;
  return off(product, T.eye(n, n, 0, product.dtype as "complex64"));
}

/** The same of decompositions, of which the values are real. */
function decomposed(a: Variable): Variable[] {
  const [q, r] = L.qr(a as never) as Variable[];
  const [all, tall] = L.qr(a as never, { mode: "complete" }) as Variable[];
  const [u, s, vh] = L.svd(a as never) as [Variable, Variable, Variable];
  const [left, , right] = L.svd(a as never, { fullMatrices: true }) as Variable[];
  const inverse = L.pinv(a as never) as Variable;
  const hermitian = mm(adjoint(a), a), [w, v] = L.eigh(hermitian as never) as Variable[];
  const root = L.sqrtm(hermitian as never) as Variable;
  assertEquals(
    [s.dtype, w!.dtype],
    new Array(2).fill(a.dtype === "complex64" ? "float32" : "float64"),
  );
  return [
    off(mm(q, r), a),
    most(T.tril(r as never, -1)),
    skewness(q),
    off(mm(all, tall), a),
    skewness(all),
    off(mm(scaled(u, s), vh), a),
    skewness(u),
    skewness(adjoint(vh)),
    skewness(left),
    skewness(adjoint(right)),
    off(mm(a, mm(inverse, a)), a),
    off(mm(hermitian, v), scaled(v, w)),
    skewness(v),
    // Roots of what rounding has left of zeros are larger than that.
    T.sqr(off(mm(root, root), hermitian)) as Variable,
  ];
}

async function checkDecomposed(device: TestDevice, shapes: readonly (readonly number[])[]) {
  const dtype = widest(device), a = T.tensor(dtype, shapes[0]!.map(() => null)) as Variable;
  const f = await compile([a], decomposed(a), { device });
  for (const shape of shapes) {
    const found = f(points(shape[0]! + 3 * shape.at(-1)!, dtype, ...shape)) as Tensor[];
    const part = dtype === "complex128" ? 1e-12 : 1e-4;
    found.forEach((x, i) => {
      const error = Number(x.dataSync()[0]);
      assert(error <= part * Math.max(...shape), `${shape}: residual ${i} is ${error}`);
    });
  }
}

onDevices("complex decompositions are what they are defined by, of any shape", async (device) => {
  const many = [[3, 3], [4, 2], [2, 5], [1, 1], [34, 33]];
  await checkDecomposed(device, device === "cpu" ? many : [[3, 2]]);
});

async function checkResiduals(device: TestDevice, shapes: readonly (readonly number[])[]) {
  const dtype = widest(device), axes = shapes[0]!.map(() => null);
  const a = T.tensor(dtype, axes) as Variable, b = T.tensor(dtype, axes) as Variable;
  const f = await compile([a, b], residuals(a, b), { device });
  for (const shape of shapes) {
    const n = shape.at(-1)!, unit = dtype === "complex128" ? 1e-13 : 1e-4;
    const sides = points(n + 1, dtype, ...shape.slice(0, -1), 3);
    const found = f(points(n, dtype, ...shape), sides) as Tensor[];
    found.forEach((x, i) => {
      const error = Number(x.dataSync()[0]);
      assert(error <= unit * n * n, `${shape}: residual ${i} is ${error}`);
    });
  }
}

// One plan serves lengths that change as long as there are as many blocks.
onDevices("complex factors and solutions are what they are defined by", async (device) => {
  await checkResiduals(device, (device === "cpu" ? [1, 3, 33, 66] : [3]).map((n) => [n, n]));
});

Deno.test("the reference has complex factors, solutions and decompositions, too", async () => {
  const a = T.zmatrix("a") as Variable, b = T.zmatrix("b") as Variable;
  const [sign, size] = L.slogdet(a as never) as Variable[], det = L.det(a as never) as Variable;
  const all = [
    ...residuals(a, b),
    ...decomposed(a),
    off(T.mul(sign!, T.exp(size!)), det),
    T.abs(T.sub(T.abs(sign!), 1)) as Variable,
  ];
  // A debugged function compares what it computes with the reference.
  const f = await compile([a, b], all, { mode: "debug", device: "cpu" });
  for (const x of f(points(3, "complex128", 3, 3), points(4, "complex128", 3, 2))) {
    assert(Number(x.dataSync()[0]) < 1e-12);
  }
});

onDevices(
  "complex matrices that cannot be are an error at the next read, or NaN",
  async (device) => {
    const dtype = widest(device), a = T.tensor(dtype, [2, 2]) as Variable;
    const of = (...data: number[]) => {
      const list = dtype === "complex128" ? Float64Array.from(data) : Float32Array.from(data);
      return tensor(list as Float64Array<ArrayBuffer>, { shape: [2, 2], dtype }) as Tensor;
    };
    // The second row is i times the first one; the second matrix has eigenvalues of both signs.
    const singular = of(1, 1, 2, 0, -1, 1, 0, 2), indefinite = of(1, 0, 0, 0, 0, 2, 1, 0);
    const refused = async (y: unknown, value: Tensor, words: string) => {
      const f = await compile([a], y as Variable, { device });
      assertThrows(() => (f(value) as Tensor).dataSync(), LinAlgError, words);
    };
    await refused(L.inv(a as never), singular, "singular");
    await refused(L.solve(a as never, [1, 2]), singular, "singular");
    await refused(L.cholesky(a as never), indefinite, "positive definite");
    const free = { check: false };
    const f = await compile([a], [
      L.inv(a as never, free),
      L.cholesky(a as never, free),
      L.det(a as never),
      ...L.slogdet(a as never),
    ] as Variable[], { device });
    const [inverse, , det, sign, size] = f(singular) as Tensor[];
    assert([...inverse!.dataSync()].every((x) => !Number.isFinite(Number(x))));
    assertEquals([det!, sign!].flatMap((x) => [...x.dataSync()].map(Math.abs as never)), [
      0,
      0,
      0,
      0,
    ]);
    assertEquals([...size!.dataSync()].map(Number), [-Infinity]);
    const root = [...(f(indefinite) as Tensor[])[1]!.dataSync()].map(Number);
    assertEquals(root.slice(0, 6), [1, 0, 0, 0, 0, 2]);
    assert(Number.isNaN(root[6]));
  },
);

onDevices("products of complex numbers over axes", async (device) => {
  const z = T.tensor("complex64", [null, null, null]);
  const outputs = [T.prod(z, 1), T.prod(z, [0, 2]), T.prod(z)] as Variable[];
  const f = await compile([z], outputs, { device });
  const numbers = Float32Array.from([1, 2, 3, -1, 0, 1, 2, 0, 1, 1, -1, 0, 3, 0, 0, -2]);
  const found = f(tensor(numbers, { shape: [2, 2, 2], dtype: "complex64" })) as Tensor[];
  assertEquals([...found[0]!.dataSync()], [-2, 1, 6, -2, 3, 3, 0, 2]);
  assertEquals([...found[1]!.dataSync()].map((x) => Number(x) + 0), [0, -10, 12, 0]);
  assertEquals([...found[2]!.dataSync()].map((x) => Number(x) + 0), [0, -120]);
  const none = f(tensor(new Float32Array(0), { shape: [0, 2, 1], dtype: "complex64" })) as Tensor[];
  assertEquals([...none[1]!.dataSync(), ...none[2]!.dataSync()], [1, 0, 1, 0, 1, 0]);
});

Deno.test("gradients of complex functions, and gradients of these, are what differences say", () => {
  const eye = (by: number) => T.mul(T.eye(3, 3, 0, "float64"), by);
  const near = (x: Variable) => T.add(T.mul(x, 0.3), eye(1)) as never;
  const functions: ((a: Variable, b: Variable) => unknown)[] = [
    (a) => L.cholesky(near(a)),
    (a, b) => L.solve(near(a), b, { transposed: true }),
    (a, b) => L.solve(near(a), b, { assume: "positive definite" }),
    (a, b) => L.solveTriangular(near(a), b, { lower: true, transposed: true }),
    (a) => L.inv(near(a)),
    (a) => L.det(a as never),
    (a) => L.slogdet(near(a))[0],
    (a) => L.lu(a as never)[1],
    (a) => L.qr(a as never)[0],
    (a) => L.qr(a as never)[1],
    (a) => L.eigh(a as never)[0],
    (a) => L.eigh(a as never)[1], // with their phases
    (a) => L.svdvals(a as never),
    (a) => L.svd(a as never)[0],
    (a) => L.pinv(a as never),
    (a) => L.sqrtm(near(a)),
    (a) => L.expm(a as never),
  ];
  const values = [points(3, "complex128", 3, 3), points(4, "complex128", 3, 2)];
  for (const f of functions) {
    verifyGrad((a, b) => f(a!, b!) as Variable, values, { order: f === functions[9] ? 2 : 1 });
  }
  for (const shape of [[4, 2], [2, 4]]) {
    for (const f of [L.qr, L.svd, L.pinv, L.lu] as unknown as ((a: Variable) => unknown)[]) {
      const cubes = (a: Variable) =>
        ([f(a)].flat() as Variable[]).map((x) => T.sum(T.real(T.pow(x, 3))) as Variable)
          .reduce((x, y) => T.add(x, y) as Variable);
      verifyGrad((a) => cubes(a!), [points(8, "complex128", ...shape)]);
    }
  }
});

Deno.test("complex matrices without full rank, with equal values, of zeros and empty ones", async () => {
  const a = T.zmatrix("a") as Variable, f = await compile([a], decomposed(a));
  const of = (shape: number[], data: number[]) => asTensor({ shape, data }, "complex128");
  const i = [0, 1], one = [1, 0], none = [0, 0];
  const values = [
    of([2, 2], [...one, ...i, ...i, -1, 0]), // rank 1
    of([2, 2], [...i, ...none, ...none, ...i]), // equal singular values
    of([3, 3], new Array(18).fill(0)),
    of([3, 2], [...one, ...i, ...i, -1, 0, 2, 0, 0, 2]),
    // A unitary matrix with three equal singular values; two columns of it are swapped.
    of([3, 3], [...none, ...i, ...none, ...one, ...none, ...none, ...none, ...none, -1, 0]),
  ];
  for (const value of values) {
    f(value).forEach((x, k) => assert(Number(x.dataSync()[0]) < 1e-12, `residual ${k}`));
  }
  const many = [L.inv, L.det, L.cholesky, L.slogdet, L.lu, L.qr, L.eigh, L.svd, L.pinv, L.sqrtm];
  const all = many.flatMap((g) => g(a as never) as unknown as Variable[]).flat() as Variable[];
  const g = await compile([a], all), found = g(of([0, 0], []));
  assertEquals(found.map((x) => [...x.shape]), [
    ...[[0, 0], [], [0, 0], [], [], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0], [0, 0]],
    ...[[0, 0], [0], [0, 0], [0, 0], [0, 0]],
  ]);
  assertEquals([1, 3, 4].flatMap((k) => [...found[k]!.dataSync()]), [1, 0, 1, 0, 0]);
  // Nothing waits until what is no number becomes one.
  const numbers = await compile([a], [L.eigvalsh(a as never), L.svdvals(a as never)]);
  for (const x of numbers(of([2, 2], [NaN, 0, 1, 0, 0, 1, 2, 0]))) {
    assert([...x.dataSync()].every((one) => Number.isNaN(Number(one))));
  }
});

Deno.test("complex matrices in batches, in mapped functions, forwards and in loops", async () => {
  const t = T.tensor("complex128", [null, null, null]) as Variable;
  const vector = T.zvector("v") as Variable, value = points(6, "complex128", 3, 2, 2);
  const solved = (x: Variable) =>
    L.solve(T.add(x, T.mul(3, T.eye(2, 2, 0, "float64"))) as never, vector);
  const values = (x: Variable) => L.eigvalsh(x as never) as Variable;
  const over = vmap as unknown as (f: unknown) => (x: Variable) => Variable;
  const [mapped, own] = [over(solved)(t), over(values)(t)];
  const near = T.add(t, T.mul(3, T.eye(2, 2, 0, "float64"))) as Variable;
  const [states] = scan((x: Variable) => L.sqrtm(x as never) as Variable, {
    outputsInfo: mm(near, adjoint(near)),
    nSteps: 2,
  });
  const root = (states as Variable).at(-1) as Variable, square = mm(root, root);
  const inverse = L.inv(near as never) as Variable;
  const [, tangent] = jvp((x: Variable) => L.inv(x as never) as Variable, near, t);
  const f = await compile([t, vector], [
    off(mm(near, T.expandDims(mapped, -1)), T.expandDims(vector, -1)),
    off(own, L.eigvalsh(t as never)),
    off(mm(square, square), mm(near, adjoint(near))),
    off(tangent, T.neg(mm(mm(inverse, t), inverse))),
    off(L.matrixPower(near as never, -2), mm(inverse, inverse)),
    off(
      L.blockDiag(near.at(0) as never, near.at(0) as never),
      L.kron(T.eye(2, 2, 0, "float64"), near.at(0)),
    ),
  ] as Variable[]);
  const found = f(value, points(7, "complex128", 2)).map((x) => Number(x.dataSync()[0]));
  found.forEach((x, i) => assert(x < 1e-12, `residual ${i}: ${x}`));
});

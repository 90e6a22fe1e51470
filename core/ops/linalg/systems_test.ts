import { assert, assertEquals, assertThrows } from "@std/assert";
import { evaluateGraph } from "../../graph/reference.ts";
import { makeValue } from "../../graph/value.ts";
import { onDevices, type TestDevice } from "../../../dev/testing/devices.ts";
import {
  assertNear,
  asTensor,
  checkCases,
  type Numbers,
  numpyCases,
  random,
  widest,
} from "../../../dev/testing/linalg/cases.ts";
import {
  compile,
  LinAlgError,
  scan,
  ShapeError,
  T,
  type Tensor,
  type Variable,
} from "../../../all.ts";
import { grad, jvp, verifyGrad, vmap } from "../../../all.ts";

const L = T.linalg;

const here = ["cholesky", "choleskySolve", "solve", "solveTriangular", "inv", "det", "slogdet"]
  .concat(["lu", "luFactor"]);

onDevices("systems are solved as NumPy and SciPy solve them", async (device) => {
  await checkCases(device, numpyCases.filter(({ name }) => here.includes(name)));
});

/** The greatest absolute value, as a scalar. */
const most = (x: unknown) => T.max(T.abs(x as Variable)) as Variable;
const turned = (x: Variable) => T.swapaxes(x, -1, -2) as Variable;
const mm = (a: unknown, b: unknown) => T.matmul(a as never, b as never) as Variable;

/** How far results are from what defines them, of one matrix or several. */
function residuals(a: Variable, b: Variable): Variable[] {
  const eye = T.eye(a.shape.at(-1)!, a.shape.at(-1)!, 0, a.dtype as "float64");
  const positive = T.add(mm(a, turned(a)), eye) as Variable;
  const root = L.cholesky(positive as never) as Variable;
  const [p, l, u] = L.lu(a as never) as Variable[];
  const near = T.add(a, T.mul(eye, 3)) as Variable;
  return [
    most(T.sub(mm(root, turned(root)), positive)),
    most(T.triu(root as never, 1)),
    most(T.sub(mm(p, mm(l, u)), a)),
    most(T.sub(mm(near, L.inv(near as never)), eye)),
    most(T.sub(mm(near, L.solve(near as never, b)), b)),
    most(T.sub(mm(turned(near), L.solve(near as never, b, { transposed: true })), b)),
    most(T.sub(mm(positive, L.solve(positive as never, b, { assume: "positive definite" })), b)),
    most(T.sub(mm(T.triu(near as never), L.solveTriangular(near as never, b)), b)),
  ];
}

async function checkResiduals(device: TestDevice, shapes: readonly (readonly number[])[]) {
  const dtype = widest(device), rank = shapes[0]!.length;
  const a = T.tensor(dtype, new Array(rank).fill(null)),
    b = T.tensor(dtype, new Array(rank).fill(null));
  const f = await compile([a, b], residuals(a as Variable, b as Variable), { device });
  for (const shape of shapes) {
    const n = shape.at(-1)!, unit = dtype === "float64" ? 1e-13 : 1e-4;
    const found = f(
      asTensor(random(n, ...shape), dtype),
      asTensor(random(n + 1, ...shape.slice(0, -1), 3), dtype),
    ) as Tensor[];
    found.forEach((x, i) => {
      const error = Number(x.dataSync()[0]);
      assert(error <= unit * n * n, `${shape}: residual ${i} is ${error}`);
    });
  }
}

// One plan serves lengths that change as long as there are as many blocks.
onDevices("factors and solutions are what they are defined by, of any size", async (device) => {
  const sizes = device === "cpu" ? [1, 2, 3, 31, 32, 33, 64, 70, 71, 100] : [1, 3, 33, 34];
  await checkResiduals(device, sizes.map((n) => [n, n]));
});

onDevices("so they are of several matrices", async (device) => {
  await checkResiduals(device, [[2, 3, 3], [5, 2, 2], [2, 40, 40], [3, 41, 41]]);
});

onDevices("axes in front stretch, and a vector is one right side", async (device) => {
  const dtype = widest(device);
  const a = T.tensor(dtype, [null, null, null]),
    v = T.tensor(dtype, [null]),
    m = T.tensor(dtype, [null, null]);
  const [x, y, z] = [
    L.solve(a as never, v),
    L.solve(a as never, m),
    L.solve(m as never, a),
  ] as Variable[];
  assertEquals([x!.ndim, y!.ndim, z!.ndim], [2, 3, 3]);
  const f = await compile([a, v, m], [
    most(T.sub(T.matmul(a as never, T.shapePadRight(x!) as never), T.shapePadRight(v))),
    most(T.sub(mm(a, y), m)),
    most(T.sub(mm(m, z), a)),
  ], { device });
  const found = f(
    asTensor(random(1, 4, 3, 3), dtype),
    asTensor(random(2, 3), dtype),
    asTensor(random(3, 3, 3), dtype),
  ) as Tensor[];
  for (const x of found) assert(Number(x.dataSync()[0]) < 1e-4);
});

onDevices("matrices that cannot be are an error at the next read, or NaN", async (device) => {
  const a = T.fmatrix("a");
  const zero = [[1, 2], [2, 4]], indefinite = [[1, 2], [2, 1]];
  const refused = async (y: unknown, value: number[][], words: string) => {
    const f = await compile([a], y as Variable, { device });
    assertThrows(() => (f(value) as Tensor).dataSync(), LinAlgError, words);
  };
  await refused(L.inv(a), zero, "singular");
  await refused(L.solve(a, [1, 2]), zero, "singular");
  await refused(L.solveTriangular(a, [1, 2]), [[1, 2], [0, 0]], "singular");
  await refused(L.cholesky(a), indefinite, "positive definite");
  await refused(
    L.solve(a, [1, 2], { assume: "positive definite" }),
    indefinite,
    "positive definite",
  );
  const free = { check: false };
  const f = await compile([a], [L.inv(a, free), L.cholesky(a, free)], { device });
  const [inverse] = f(zero) as Tensor[];
  assert([...inverse!.dataSync()].every((x) => !Number.isFinite(Number(x))));
  const root = (f(indefinite) as Tensor[])[1]!;
  assertEquals([...root.dataSync()].map(Number), [1, 0, 2, NaN]);
  const g = await compile([a], [L.det(a), ...L.slogdet(a)], { device });
  assertEquals((g(zero) as Tensor[]).map((x) => Number(x.dataSync()[0])), [0, 0, -Infinity]);
});

Deno.test("shapes that cannot be are refused, where they are known and when they are", async () => {
  const wide = T.tensor("float64", [2, 3], "wide"), a = T.dmatrix("a"), v = T.dvector("v");
  for (const f of [L.inv, L.det, L.cholesky, L.slogdet]) {
    assertThrows(() => f(wide as never), ShapeError, '"wide" of shape (2, 3): expected square');
    assertThrows(() => f(v as never), TypeError, "expected matrices");
    const g = await compile([a], [f(a as never)].flat() as Variable[]);
    assertThrows(() => g([[1, 2]]), ShapeError, '"a" of shape (1, 2)');
  }
  assertThrows(() => L.solve(T.tensor("float64", [2, 2]), [1, 2, 3]), ShapeError, "as many rows");
  const reference = (y: Variable, value: Numbers) => () =>
    evaluateGraph([y], new Map([[a as Variable, makeValue("float64", value.shape, value.data)]]));
  const wideValue = random(1, 2, 3);
  for (const y of [L.inv(a), L.cholesky(a), L.det(a), L.eigvalsh(a), L.sqrtm(a), L.solve(a, a)]) {
    assertThrows(reference(y as Variable, wideValue), ShapeError, "Cannot apply");
  }
  const three = [[1, 2, 3]].concat([[4, 5, 6], [7, 8, 0]]);
  assertThrows(
    reference(L.solve(a, three) as Variable, random(1, 2, 2)),
    ShapeError,
    "as many rows",
  );
  const h = await compile([a, v], L.solve(a, v));
  assertThrows(() => h([[1, 0], [0, 1]], [1, 2, 3]), ShapeError, "as many rows");
  assertThrows(() => L.solve(a, v, { assume: "odd" as never }), RangeError, '"odd"');
});

/** Each of `k` rows and their negatives, in disorder: there are always two pivots to choose from. */
function tied(k: number): Numbers {
  const { data } = random(k, k, k);
  const rows = Array.from({ length: 2 * k }, (_, i) => {
    const at = (i * 11 + 3) % (2 * k), own = Math.floor(at / 2) * k;
    return data.slice(own, own + k).map((x) => at % 2 === 0 ? x : -x);
  });
  return { shape: [2 * k, k], data: rows.flat() };
}

/** A matrix in which some numbers are not finite; a row of them is the fifth pivot. */
function broken(m: number, n: number): Numbers {
  const { shape, data } = random(m, m, n), own = [...data];
  own[5 * n + 4] = 100;
  own[5 * n + n - 1] = NaN;
  own[n - 3] = Infinity;
  return { shape, data: own };
}

onDevices("rows are exchanged, and NaN spreads, as in the reference", async (device) => {
  const dtype = widest(device), a = T.tensor(dtype, [null, null]);
  const [factors, pivots] = L.luFactor(a as never) as [Variable, Variable], [p] = L.lu(a as never);
  const f = await compile([a], [factors, pivots, p as Variable], { device });
  // Leaves have 32 columns, panels 64.
  const given = device === "cpu"
    ? [tied(3), tied(40), tied(70), random(1, 20, 150), random(2, 33, 33), broken(90, 40)]
    : [tied(18), broken(40, 34)];
  for (const { shape, data } of given) {
    const x = asTensor({ shape, data }, dtype);
    const found = f(x) as Tensor[];
    const inputs = new Map([[
      a as Variable,
      makeValue(dtype, shape, [...x.dataSync()].map(Number)),
    ]]);
    const wanted = evaluateGraph([factors, pivots, p as Variable], inputs);
    const [values, ...exact] = found.map((y) => [...y.dataSync()].map(Number));
    const [expected, ...same] = wanted.map((y) => [...y.data].map(Number));
    assertEquals(exact, same, `rows of ${shape}`);
    const unit = dtype === "float64" ? 1e-11 : 1e-3;
    values!.forEach((y, i) => {
      const want = expected![i]!;
      const isSame = Object.is(y, want) || Math.abs(y - want) <= unit * (1 + Math.abs(want));
      assert(isSame, `number ${i} of ${shape}: ${y} in the place of ${want}`);
    });
  }
});

Deno.test("dtypes: integers are floatX, float16 is computed in float32, two meet", async () => {
  const [h, i, d] = [T.tensor("float16", [2, 2]), T.imatrix("i"), T.dmatrix("d")];
  assertEquals(L.inv(h).dtype, "float16");
  assertEquals(L.inv(i).dtype, "float32");
  assertEquals(L.solve(h, d).dtype, "float64");
  const f = await compile([i, h], [L.inv(i), L.det(h)]);
  const [x, y] = f([[2, 0], [0, 4]], asTensor({ shape: [2, 2], data: [1, 2, 3, 4] }, "float16"));
  assertEquals([...x!.dataSync()], [0.5, 0, 0, 0.25]);
  assertEquals([...y!.dataSync()].map(Number), [-2]);
});

Deno.test("empty matrices", async () => {
  const a = T.dmatrix("a");
  const f = await compile([a], [L.inv(a), L.det(a), L.cholesky(a), ...L.slogdet(a), ...L.lu(a)]);
  const found = f(asTensor({ shape: [0, 0], data: [] }, "float64"));
  assertEquals(found.map((x) => [...x.shape]), [[0, 0], [], [0, 0], [], [], [0, 0], [0, 0], [
    0,
    0,
  ]]);
  assertEquals(Number(found[1]!.dataSync()[0]), 1);
});

/** Matrices of all ranks, with zeros among the first pivots and with the same singular values. */
const ranks = [
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  [0, 1, 0, 0, 0, 1, 0, 0, 0],
  [0, 1, 2, 0, 2, 5, 0, 3, 1],
  [1, 2, 3, 2, 4, 6, -1, -2, -3],
  [0, 0, 0, 0, 0, 0, 0, 0, 0],
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [2, -1, 0, 1, 3, 1, 0, 5, -2],
];

/** The cofactors of a matrix of three rows. */
function cofactors(a: readonly number[]): number[] {
  const at = (i: number, j: number) => a[i % 3 * 3 + j % 3]!;
  return a.map((_, k) => {
    const [i, j] = [Math.floor(k / 3), k % 3];
    return at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  });
}

onDevices(
  "determinants of singular matrices have derivatives, and these have some",
  async (device) => {
    const dtype = widest(device), a = T.tensor(dtype, 3, "a") as Variable;
    const along = [1, 2, -1, 0.5, 3, 2, 4, -2, 1];
    const way = T.constant(asTensor({ shape: [3, 3], data: along }, dtype));
    const slopes = grad(T.sum(L.det(a as never)), a) as Variable;
    const second = grad(T.sum(T.mul(slopes, way)) as Variable, a) as Variable;
    const outputs = [
      slopes,
      ...device === "cpu" ? [second, jvp(L.det(a as never), a, T.onesLike(a))[1]] : [],
    ];
    const f = await compile([a], outputs as Variable[], { device });
    const count = ranks.length;
    const [first, next, forward] = f(
      asTensor({ shape: [count, 3, 3], data: ranks.flat() }, dtype),
    ) as Tensor[];
    const want = ranks.map(cofactors);
    const part = device === "cpu" ? 1e-12 : 1e-4;
    assertNear(first!, { shape: [count, 3, 3], data: want.flat() }, part, "cofactors");
    if (device === "gpu") return;
    // Cofactors are squares of elements: differences are exact.
    const moved = (by: number) =>
      ranks.flatMap((one) => cofactors(one.map((x, i) => x + by * along[i]!)));
    const [up, down] = [moved(0.5), moved(-0.5)];
    const seconds = up.map((x, i) => x - down[i]!);
    assertNear(next!, { shape: [count, 3, 3], data: seconds }, part, "second derivatives");
    const sums = want.map((one) => one.reduce((x, y) => x + y));
    assertNear(forward!, { shape: [count], data: sums }, part, "forward mode");
  },
);

Deno.test("gradients of determinants of small, of empty and of no matrices", async () => {
  const a = T.dmatrix("a"), slope = grad(L.det(a) as Variable, a as Variable) as Variable;
  const f = await compile([a], slope);
  assertEquals(f([[0]]).arraySync(), [[1]]);
  assertEquals(f([[NaN, 1], [1, 1]]).arraySync(), [[NaN, NaN], [NaN, NaN]]);
  assertEquals(f(asTensor({ shape: [0, 0], data: [] }, "float64")).shape, [0, 0]);
  const t = T.dtensor3("t"), of = (x: Variable) => grad(L.det(x as never) as Variable, x);
  const g = await compile([t], vmap(of as (x: Variable) => Variable)(t) as Variable);
  assertEquals(g([[[0, 1], [0, 0]], [[2, 0], [0, 4]]]).arraySync(), [
    [[0, 0], [-1, 0]],
    [[4, 0], [0, 2]],
  ]);
});

onDevices("inside a loop, and through its gradient", async (device) => {
  const dtype = widest(device);
  const a = T.tensor(dtype, [null, null], "a"), v = T.tensor(dtype, [null], "v");
  const [steps] = scan(
    (x: Variable) =>
      T.add(L.solve(a as never, x), L.solve(a as never, x, { assume: "positive definite" })),
    { outputsInfo: v as Variable, nSteps: 3 },
  );
  const last = (steps as Variable).at(-1);
  const f = await compile(
    [a, v],
    [last, grad(T.sum(last) as Variable, v as Variable)] as Variable[],
    { device },
  );
  const [x, g] = f([[2, 0], [0, 4]], [1, 2]) as Tensor[];
  assertNear(x!, { shape: [2], data: [1, 0.25] }, 1e-6, "states");
  assertNear(g!, { shape: [2], data: [1, 0.125] }, 1e-6, "gradients");
});

Deno.test("gradients, and gradients of these, are what differences say", () => {
  const spread = (x: Variable) => T.add(x, T.mul(T.eye(3, 3, 0, "float64"), 2)) as Variable;
  const positive = (x: Variable) => spread(mm(x, turned(x)));
  const square = asTensor(random(3, 3, 3), "float64"), sides = asTensor(random(4, 3, 2), "float64");
  const several = asTensor(random(5, 2, 3, 3), "float64");
  const functions: ((a: Variable, b: Variable) => unknown)[] = [
    (a) => L.cholesky(positive(a) as never),
    (a) => L.cholesky(positive(a) as never, { lower: false }),
    (a, b) => L.solve(spread(a) as never, b),
    (a, b) => L.solve(spread(a) as never, b, { transposed: true }),
    (a, b) => L.solve(positive(a) as never, b, { assume: "positive definite" }),
    (a, b) => L.solve(positive(a) as never, b, { assume: "symmetric" }),
    (a, b) => L.solveTriangular(spread(a) as never, b, { lower: true, transposed: true }),
    (a, b) => L.solveTriangular(spread(a) as never, b, { unitDiagonal: true }),
    (a) => L.inv(spread(a) as never),
    (a) => L.det(a as never),
    (a) => L.slogdet(spread(a) as never)[1],
    (a) => (L.lu(a as never) as Variable[])[1],
    (a) => (L.lu(a as never) as Variable[])[2],
  ];
  for (const f of functions) {
    verifyGrad((a, b) => f(a!, b!) as Variable, [square, sides], { order: 2 });
  }
  verifyGrad((a) => T.mul(L.inv(spread(a!) as never), L.cholesky(positive(a!) as never)), [
    several,
  ]);
  for (const shape of [[2, 4], [4, 2]]) {
    const a = asTensor(random(6, ...shape), "float64");
    verifyGrad(
      (a) => T.add(...(L.lu(a as never) as Variable[]).slice(1).map((x) => T.sum(T.sqr(x)))),
      [a],
    );
  }
});

Deno.test("options that there are not, or of another kind, are errors", () => {
  const a = T.fmatrix("a"), b = T.fvector("b"), wrong = { chek: false } as object;
  const calls: ((options: object) => unknown)[] = [
    (options) => L.cholesky(a, options),
    (options) => L.choleskySolve(a, b, options),
    (options) => L.solve(a, b, options),
    (options) => L.solveTriangular(a, b, options),
    (options) => L.inv(a, options),
    (options) => L.qr(a, options),
    (options) => L.svd(a, options),
    (options) => L.pinv(a, options),
    (options) => L.matrixRank(a, options),
    (options) => L.lstsq(a, b, options),
    (options) => L.norm(a, null, options),
  ];
  for (const call of calls) {
    assertThrows(() => call(wrong), TypeError, 'unknown option "chek"');
    assertThrows(() => call(null as never), TypeError, "expected an object of options");
  }
  assertThrows(() => L.inv(a, { check: 1 as never }), TypeError, "true or false");
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { onDevices, type TestDevice } from "../../../dev/testing/devices.ts";
import {
  assertNear,
  asTensor,
  checkCases,
  numpyCases,
  random,
  widest,
} from "../../../dev/testing/linalg/cases.ts";
import {
  compile,
  grad,
  NullGradientError,
  scan,
  ShapeError,
  T,
  type Tensor,
  type Variable,
  verifyGrad,
} from "../../../all.ts";

const L = T.linalg;
const here = ["eigh", "eigvalsh", "sqrtm", "expm", "cond", "svd", "svdvals", "qr", "pinv", "lstsq"]
  .concat(["matrixRank"]);

onDevices("decompositions are those of NumPy and SciPy", async (device) => {
  const cases = numpyCases.filter(({ name }) => here.includes(name));
  assertEquals(new Set(cases.map(({ name }) => name)), new Set(here));
  // Software adapters take long for each kernel.
  const few = cases.filter(({ inputs: [a], name }) => a!.shape[0] === 4 && name !== "expm");
  await checkCases(device, device === "cpu" ? cases : few);
});

const most = (x: unknown) => T.max(T.abs(x as Variable)) as Variable;
const turned = (x: Variable) => T.swapaxes(x, -1, -2) as Variable;
const mm = (a: unknown, b: unknown) => T.matmul(a as never, b as never) as Variable;
const eyeLike = (x: Variable) => T.eye(x.shape.at(-1)!, x.shape.at(-1)!, 0, x.dtype as "float64");
const scaled = (x: Variable, by: Variable) => T.mul(x, T.expandDims(by, -2)) as Variable;
/** How far columns are from being orthonormal. */
const skewness = (q: Variable) => most(T.sub(mm(turned(q), q), eyeLike(q)));

/** How far results are from what defines them. */
function residuals(a: Variable): Variable[] {
  const [q, r] = L.qr(a as never) as Variable[];
  const [all, tall] = L.qr(a as never, { mode: "complete" }) as Variable[];
  const [u, s, vt] = L.svd(a as never) as [Variable, Variable, Variable];
  const [left, , right] = L.svd(a as never, { fullMatrices: true }) as Variable[];
  const inverse = L.pinv(a as never) as Variable;
  const symmetric = mm(turned(a), a), [w, v] = L.eigh(symmetric as never) as [Variable, Variable];
  const root = L.sqrtm(symmetric as never) as Variable;
  return [
    most(T.sub(mm(q, r), a)),
    most(T.tril(r as never, -1)),
    skewness(q!),
    most(T.sub(mm(all, tall), a)),
    skewness(all!),
    most(T.sub(mm(scaled(u, s), vt), a)),
    skewness(u),
    skewness(turned(vt)),
    skewness(left!),
    skewness(right!),
    most(T.sub(mm(a, mm(inverse, a)), a)),
    most(T.sub(mm(symmetric, v), scaled(v, w))),
    skewness(v),
    // Roots of what rounding has left of zeros are larger than that.
    T.sqr(most(T.sub(mm(root, root), symmetric))),
  ];
}

async function checkResiduals(device: TestDevice, shapes: readonly (readonly number[])[]) {
  const dtype = widest(device), a = T.tensor(dtype, shapes[0]!.map(() => null));
  const f = await compile([a], residuals(a as Variable), { device });
  for (const shape of shapes) {
    const found = f(asTensor(random(shape[0]! + 3 * shape.at(-1)!, ...shape), dtype)) as Tensor[];
    const part = dtype === "float64" ? 1e-12 : 1e-4;
    found.forEach((x, i) => {
      const error = Number(x.dataSync()[0]);
      assert(error <= part * Math.max(...shape), `${shape}: residual ${i} is ${error}`);
    });
  }
}

onDevices("decompositions are what they are defined by, of any shape", async (device) => {
  const few = [[3, 3], [4, 2]];
  const many = [...few, [2, 5], [1, 1], [7, 7], [40, 33], [33, 33], [33, 40], [70, 34]];
  await checkResiduals(device, device === "cpu" ? many : few);
});

onDevices("so they are of several matrices", async (device) => {
  await checkResiduals(device, device === "cpu" ? [[2, 3, 4, 3], [3, 1, 2, 2]] : [[3, 4, 3]]);
});

Deno.test("what nothing reads of factors is not computed", async () => {
  const a = T.dmatrix("a"), [q, r] = L.qr(a), [packed, pivots] = L.luFactor(a);
  const f = await compile([a], [r]), g = await compile([a], [q, r]);
  const h = await compile([a], [packed]), k = await compile([a], [packed, pivots]);
  const given = asTensor(random(1, 40, 35), "float64");
  const numbers = (x: Tensor) => [...x.dataSync()];
  const [alone] = f(given), [, both] = g(given), [factors] = h(given), [also] = k(given);
  assertEquals(numbers(alone!), numbers(both!));
  assertEquals(numbers(factors!), numbers(also!));
  assert(!f.explain().includes("identity"), "Q begins as one");
  assert(g.explain().includes("identity"));
  assert(!h.explain().includes("pivots"));
  assert(k.explain().includes("pivots"));
});

Deno.test("matrices without full rank, with equal values, of zeros and empty ones", async () => {
  const a = T.dmatrix("a");
  const f = await compile([a], residuals(a as Variable));
  const low = Array.from({ length: 5 }, (_, i) => [i, 2 * i, 1, 0]);
  const identity = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], zero = [[0, 0], [0, 0]];
  for (const value of [low, identity, zero, [[1, 1], [1, 1]]]) {
    for (const x of f(value as number[][])) assert(Number(x.dataSync()[0]) < 1e-12);
  }
  const g = await compile([a], [...L.qr(a), ...L.eigh(a), ...L.svd(a), L.pinv(a)] as Variable[]);
  const found = g(asTensor({ shape: [0, 0], data: [] }, "float64"));
  assertEquals(found.map((x) => [...x.shape].length), [2, 2, 1, 2, 2, 1, 2, 2]);
});

onDevices(
  "exponentials of matrices with norms out of the ordinary, and of empty ones",
  async (device) => {
    const dtype = widest(device), a = T.tensor(dtype, 3, "a") as Variable;
    const f = await compile([a], L.expm(a as never) as Variable, { device });
    const angle = 2 ** 20, large = [0, angle, -angle, 0], small = [0, 1, 0, 0];
    const data = [large, [-1e30, 0, 1, -1e30], [-3, angle, 0, -3], small].flat();
    const e = Math.exp(-3), [c, s] = [Math.cos(angle), Math.sin(angle)];
    const want = [c, s, -s, c, 0, 0, 0, 0, e, e * angle, 0, e, 1, 1, 0, 1];
    const found = f(asTensor({ shape: [4, 2, 2], data }, dtype)) as Tensor;
    // A turn is off by as much as its angle is rounded.
    const part = angle * (device === "cpu" ? 2 ** -52 : 2 ** -23);
    [...found.dataSync()].map(Number).forEach((x, i) => {
      const error = Math.abs(x - want[i]!) / Math.max(1, Math.abs(want[i]!));
      assert(error < part, `${i}: ${x}, not ${want[i]}`);
    });
    for (const shape of [[0, 2, 2], [2, 0, 0]]) {
      assertEquals((f(asTensor({ shape, data: [] }, dtype)) as Tensor).shape, shape);
    }
  },
);

onDevices("factors of matrices of rank 1, of which less and less is left", async (device) => {
  for (const dtype of device === "cpu" ? ["float32", "float64"] as const : ["float32"] as const) {
    const a = T.matrix("a", { dtype });
    const [q, r] = L.qr(a), [, s] = L.svd(a);
    const off = T.max(T.abs(T.sub(T.matmul(q.T, q), T.eye(T.shape(a).at(0)))));
    const f = await compile([a], [off, T.matmul(q, r), s], { device });
    const digits = dtype === "float64" ? 1e-13 : 2e-5;
    for (const [n, value] of [[8, 1e-18], [20, 1], [24, 3], [64, 0.1]] as const) {
      const [far, whole, values] = f(Array.from({ length: n }, () => Array(n).fill(value)));
      assert(far!.dataSync()[0]! < digits, `${n}, ${dtype}`);
      for (const x of whole!.dataSync()) assert(Math.abs(x / value - 1) < digits * 4);
      assert(Math.abs(values!.dataSync()[0]! / (n * value) - 1) < digits);
    }
  }
});

Deno.test("matrices without elements have rank 0", async () => {
  const a = T.dmatrix("a"),
    f = await compile(
      [a],
      [L.matrixRank(a), L.lstsq(a, T.ones([a.shape[0]!], "float64") as never)[2]] as Variable[],
    );
  for (const shape of [[0, 0], [0, 3], [3, 0]]) {
    assertEquals(f(asTensor({ shape, data: [] }, "float64")).map((x) => x.item()), [0n, 0n]);
  }
});

onDevices("norms of vectors and matrices", async (device) => {
  const a = T.fmatrix("a"), x = [[1, -2], [3, 4]];
  const orders = ["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity] as const;
  // Singular values have 30 as the sum of squares and 10 as their product.
  const nuclear = Math.sqrt(50), apart = Math.sqrt(10);
  const [great, small] = [(nuclear + apart) / 2, (nuclear - apart) / 2];
  const wanted = [Math.sqrt(30), nuclear, 6, 4, great, small, 7, 3];
  const outputs = [
    ...orders.map((order) => L.norm(a, order)),
    L.norm(a),
    L.norm(a, 1, { axis: 0 }),
    L.norm(a, "fro", { axis: [0, 1], keepdims: true }),
    L.cond(a, 1),
  ];
  const f = await compile([a], outputs, { device });
  const found = f(x) as Tensor[];
  wanted.forEach((value, i) =>
    assertNear(found[i]!, { shape: [], data: [value] }, 1e-5, `${orders[i]}`)
  );
  assertNear(found[8]!, { shape: [], data: [wanted[0]!] }, 1e-5, "all");
  assertNear(found[9]!, { shape: [2], data: [4, 6] }, 1e-5, "of columns");
  assertNear(found[10]!, { shape: [1, 1], data: [wanted[0]!] }, 1e-5, "kept");
  assertNear(found[11]!, { shape: [], data: [6 * 0.7] }, 1e-5, "condition");
  assertThrows(() => L.norm(a, 3), RangeError, "order of a norm of matrices");
  assertThrows(() => L.norm(a, "nuc", { axis: 0 }), RangeError, "for vectors");
});

Deno.test("powers, and matrices on a diagonal", async () => {
  const a = T.dmatrix("a"), t = T.dtensor3("t"), v = T.dvector("v");
  const f = await compile([a, t, v], [
    L.matrixPower(a, -2),
    L.matrixPower(t, 3),
    L.matrixPower(a, 0),
    L.blockDiag(a, v, 7),
  ] as Variable[]);
  const [back, cubes, one, blocks] = f([[2, 0], [0, 4]], [[[1, 1], [0, 1]], [[2, 0], [0, 3]]], [
    5,
    6,
  ]);
  assertNear(back!, { shape: [2, 2], data: [0.25, 0, 0, 0.0625] }, 1e-12, "inverse");
  assertNear(cubes!, { shape: [2, 2, 2], data: [1, 3, 0, 1, 8, 0, 0, 27] }, 1e-12, "cubes");
  assertEquals([...one!.dataSync()], [1, 0, 0, 1]);
  assertEquals([...blocks!.shape], [4, 5]);
  assertEquals([...blocks!.dataSync()], [
    ...[2, 0, 0, 0, 0],
    ...[0, 4, 0, 0, 0],
    ...[0, 0, 5, 6, 0],
    ...[0, 0, 0, 0, 7],
  ]);
  assertThrows(() => L.matrixPower(a, 0.5), RangeError, "expected an integer, got 0.5");
  assertThrows(() => L.eigh(T.tensor("float64", [2, 3])), ShapeError, "expected square");
  assertThrows(() => L.qr(a, { mode: "raw" as never }), RangeError, '"raw"');
});

onDevices("eigenvalues inside a loop, and through its gradient", async (device) => {
  const dtype = widest(device), a = T.tensor(dtype, [null, null], "a") as Variable;
  const [states] = scan((x: Variable) => L.sqrtm(x as never) as Variable, {
    outputsInfo: a,
    nSteps: 2,
  });
  const last = (states as Variable).at(-1) as Variable;
  const f = await compile([a], [last, grad(T.trace(last) as Variable, a)] as Variable[], {
    device,
  });
  const [x, g] = f([[16, 0], [0, 81]]) as Tensor[];
  assertNear(x!, { shape: [2, 2], data: [2, 0, 0, 3] }, 1e-5, "states");
  assertNear(g!, { shape: [2, 2], data: [1 / 32, 0, 0, 1 / 108] }, 1e-5, "gradients");
});

Deno.test("gradients, and gradients of these, are what differences say", () => {
  const symmetric = (x: Variable) => T.add(x, turned(x)) as Variable;
  const spread = (x: Variable) => T.add(x, T.eye(3, 3, 0, "float64")) as Variable;
  const square = asTensor(random(3, 3, 3), "float64");
  const functions: ((a: Variable) => unknown)[] = [
    (a) => L.qr(a as never)[0],
    (a) => L.qr(a as never)[1],
    (a) => L.eigh(symmetric(a) as never)[0],
    (a) => L.eigh(symmetric(a) as never)[1],
    (a) => L.svdvals(a as never),
    (a) => L.svd(a as never)[0],
    (a) => L.svd(T.specifyShape(a, [3, 3]) as never, { fullMatrices: true })[2],
    (a) => L.pinv(a as never),
    (a) => L.sqrtm(spread(mm(a, turned(a))) as never),
    (a) => L.expm(a as never),
    (a) => L.norm(a, "nuc"),
  ];
  for (const f of functions) verifyGrad((a) => f(a!) as Variable, [square], { order: 2 });
  const shapes = [[4, 2], [2, 4], [2, 3, 2]];
  for (const shape of shapes) {
    const value = asTensor(random(8, ...shape), "float64");
    for (const f of [L.qr, L.svd, L.pinv, L.svdvals] as unknown as ((a: Variable) => unknown)[]) {
      const total = (a: Variable) =>
        ([f(a)].flat() as Variable[]).map((x) => T.sum(T.mul(T.sqr(x), x)) as Variable)
          .reduce((x, y) => T.add(x, y) as Variable);
      verifyGrad((a) => total(a!), [value]);
    }
  }
  // At equal eigenvalues, too, a root has a derivative.
  const identity = asTensor({ shape: [2, 2], data: [1, 0, 0, 1] }, "float64");
  verifyGrad((a) => L.sqrtm(T.add(a!, turned(a!)) as never) as Variable, [identity]);
  const a = T.tensor("float64", [3, 2], "a") as Variable;
  const whole = T.sum(L.svd(a as never, { fullMatrices: true })[0]);
  assertThrows(() => grad(whole as Variable, a), NullGradientError, "not determined");
});

onDevices("squares of large and small numbers stay in range", async (device) => {
  const dtype = widest(device), far = device === "cpu" ? 2 ** 600 : 2 ** 80, by = [1, far, 1 / far];
  const a = T.tensor(dtype, 3, "a"), above = T.triu(T.fullLike(a, 1e30) as never, 1) as Variable;
  const results = [
    L.eigvalsh(T.add(T.tril(a as never), above) as never), // what is above counts for nothing
    L.svdvals(a as never),
    L.pinv(a as never),
    L.eigh(a as never)[1],
  ] as Variable[];
  const f = await compile([a], results, { device });
  const data = by.flatMap((s) => [2, 1, 0, 1, 3, 0.5, 0, 0.5, 1].map((x) => x * s));
  const value = asTensor({ shape: [3, 3, 3], data }, dtype), found = f(value) as Tensor[];
  found.forEach((tensor, k) => {
    const numbers = [...tensor.dataSync()].map(Number), count = numbers.length / 3;
    by.forEach((s, i) => {
      const own = numbers.slice(i * count, (i + 1) * count);
      const back = own.map((x) => k === 3 ? x : k === 2 ? x * s : x / s);
      assertEquals(back, numbers.slice(0, count), `result ${k} of matrices times ${s}`);
    });
  });
  if (device === "gpu") return;
  const debug = await compile([a], results.slice(0, 2), { device, mode: "debug" });
  debug(value); // and in the reference
});

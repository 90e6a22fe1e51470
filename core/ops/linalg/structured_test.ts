import { assert, assertEquals, assertThrows } from "@std/assert";
import { onDevices } from "../../../dev/testing/devices.ts";
import { assertNear, asTensor, random, widest } from "../../../dev/testing/linalg/cases.ts";
import {
  compile,
  debugprint,
  grad,
  LinAlgError,
  ShapeError,
  T,
  type Tensor,
  type Variable,
} from "../../../all.ts";

const L = T.linalg;
const structure = [
  "diagonal-of-parts",
  "determinant-of-structure",
  "solve-of-structure",
  "inverse-of-structure",
];

const turned = (x: Variable) => T.swapaxes(x, -1, -2) as Variable;
const mm = (a: unknown, b: unknown) => T.matmul(a as never, b as never) as Variable;
const logdet = (x: unknown) => L.slogdet(x as never)[1] as Variable;

/** What is asked of matrices with a structure. */
function expressions(a: Variable, v: Variable, b: Variable): Variable[] {
  const lower = T.tril(a as never) as Variable, upper = T.triu(a as never) as Variable;
  const root = L.cholesky(T.add(mm(a, turned(a)), T.eye(3, 3, 0, a.dtype)) as never) as Variable;
  const [, vectors] = L.eigh(a as never) as unknown as [Variable, Variable];
  const q = L.qr(a as never, { mode: "complete" })[0] as Variable;
  const diag = T.diag(v) as Variable, three = T.specifyShape(a, [3, 3]) as Variable;
  const two = T.specifyShape(b, [2, 2]) as Variable, kron = T.kron(three, two) as Variable;
  const determinants = [
    ...[lower, upper, diag, root, mm(root, turned(root)), turned(a), T.mul(v, three)],
    ...[mm(three, lower), mm(q, three), kron, T.kron(root, two), mm(q, lower)],
  ].map((x) => L.det(x as never) as Variable);
  const inverses = [
    ...[lower, turned(lower), diag, root, vectors, q, kron, turned(a)],
    ...[T.div(three, -4), mm(q, three), mm(root, turned(root))],
  ].map((x) => L.inv(x as never) as Variable);
  const solutions = [lower, turned(upper), diag, vectors, turned(a)].flatMap((x) => [
    L.solve(x as never, v) as Variable,
    T.dot(v, L.inv(x as never) as never) as Variable,
  ]);
  const ofRoot = T.sum(logdet(mm(root, turned(root)))) as Variable;
  return [
    ...determinants,
    ...inverses,
    ...solutions,
    logdet(q),
    logdet(T.kron(root, two)),
    grad(ofRoot, a as never) as Variable,
    grad(T.sum(L.inv(T.tril(three) as never)) as never, a as never) as Variable,
  ];
}

onDevices(
  "what is known of matrices changes no determinant, inverse or solution",
  async (device) => {
    const dtype = widest(device);
    const a = T.matrix("a", { dtype }), v = T.vector("v", { dtype }), b = T.matrix("b", { dtype });
    const all = expressions(a as Variable, v as Variable, b as Variable);
    const outputs = device === "cpu" ? all : all.filter((_, i) => i % 4 === 0);
    const values = [random(5, 3, 3), random(7, 3), random(9, 2, 2)].map((x) => asTensor(x, dtype));
    const [known, plain] = await Promise.all(
      [[], structure].map((excluding) =>
        compile([a, v, b], outputs, { device, mode: { excluding }, onUnusedInput: "ignore" })
      ),
    );
    const [have, want] = [known!, plain!].map((f) => f(...values as never) as Tensor[]);
    have!.forEach((x, i) => {
      const expected = { shape: want![i]!.shape, data: [...want![i]!.dataSync()].map(Number) };
      assert(expected.data.every(Number.isFinite));
      assertNear(x, expected as never, device === "cpu" ? 1e-10 : 2e-3, `output ${i}`);
    });
  },
);

Deno.test("batches of matrices with a structure", async () => {
  const a = T.dtensor3("a"), s = T.dvector("s");
  const scaled = T.mul(a, T.dimshuffle(s, 0, "x", "x")) as Variable, lower = T.tril(a);
  const outputs = [
    L.det(lower),
    L.det(scaled as never),
    L.inv(lower),
    logdet(turned(a as Variable)),
    L.solve(lower, a),
    L.inv(T.mul(T.eye(3, 3, 0, "float64"), a) as never),
  ] as Variable[];
  const [known, plain] = await Promise.all(
    [[], structure].map((excluding) => compile([a, s], outputs, { mode: { excluding } })),
  );
  const values = [asTensor(random(3, 2, 3, 3), "float64"), asTensor(random(4, 2), "float64")];
  const [have, want] = [known!, plain!].map((f) => f(...values as never) as Tensor[]);
  have!.forEach((x, i) => {
    const { shape } = want![i]!, data = [...want![i]!.dataSync()].map(Number);
    assertNear(x, { shape, data } as never, 1e-10, `output ${i}`);
  });
});

Deno.test("no matrix with a structure is factorised", async () => {
  const a = T.dmatrix("a"), v = T.dvector("v");
  const root = L.cholesky(a) as Variable, [, vectors] = L.eigh(a);
  const f = await compile([a, v], [
    L.det(T.tril(a)),
    logdet(T.diag(v)),
    logdet(mm(root, turned(root))),
    L.inv(vectors),
    T.dot(L.inv(T.triu(a)), v),
    L.inv(T.diag(v) as never),
  ] as Variable[]);
  const text = debugprint(f, { file: "str" }) as string;
  assert(text.includes("Cholesky") && text.includes("SolveTriangular"), text);
  assertEquals(text.match(/\b(Lu|Solve|MatrixInverse)\b/g), null, text);
});

Deno.test("slogdet, its gradient, and systems of one matrix have one factorisation", async () => {
  const a = T.dmatrix("a"), v = T.dvector("v"), size = logdet(a);
  const outputs = [size, grad(size as never, a), L.solve(a, v)] as Variable[];
  const f = await compile([a, v], outputs);
  const text = debugprint(f, { file: "str" }) as string;
  assert(text.includes("Lu{"), text);
  assertEquals(text.match(/\b(Solve|MatrixInverse)\b/g), null, text);
  const [, gradient, x] = f([[0, 2], [4, 1]], [2, 9]) as Tensor[];
  assertNear(gradient!, { shape: [2, 2], data: [-0.125, 0.5, 0.25, 0] }, 1e-15, "gradient");
  assertNear(x!, { shape: [2], data: [2, 1] }, 1e-15, "solution");
});

Deno.test("matrices with a structure that cannot be are as much an error", async () => {
  const a = T.dmatrix("a"), v = T.dvector("v");
  const refused = async (y: unknown, value: number[][], kind: typeof LinAlgError) => {
    const f = await compile([a, v], y as Variable, { onUnusedInput: "ignore" });
    assertThrows(() => (f(value, value[0]!) as Tensor).dataSync(), kind);
  };
  const zero = [[0, 0], [1, 2]];
  await refused(L.inv(T.tril(a)), zero, LinAlgError);
  await refused(L.inv(T.diag(v) as never), zero, LinAlgError);
  await refused(L.solve(T.diag(v) as never, [1, 2]), zero, LinAlgError);
  await refused(L.inv(T.mul(a, 2)), zero, LinAlgError);
  await refused(L.solve(T.transpose(a), v), zero, LinAlgError);
  for (const wide of [[[1, 2, 3], [4, 5, 6]], [[1, 2], [3, 4], [5, 6]]]) {
    for (const y of [L.det(T.tril(a)), L.inv(T.triu(a)), L.det(T.mul(a, 2) as never)]) {
      await refused(y, wide, ShapeError as never);
    }
  }
});

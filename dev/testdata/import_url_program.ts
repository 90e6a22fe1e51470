// Uses the public features of the library, and needs no permission and no configuration.

import {
  compile,
  config,
  considerConstant,
  debugprint,
  disconnectedGrad,
  foldl,
  foldr,
  function as theanoFunction,
  grad,
  hessian,
  In,
  jacobian,
  Lop,
  map,
  Out,
  pp,
  RandomStreams,
  reduce,
  replace,
  Rop,
  scan,
  ShapeError,
  shared,
  T,
  Tensor,
  tensor,
  toposort,
  until,
  type Variable,
  verifyGrad,
} from "@croton/croton";

/** Prints one feature with its result, and fails if it is not what it must be. */
function check(feature: string, actual: unknown, expected: unknown): void {
  const plain = (value: unknown): unknown => {
    if (value instanceof Tensor) return plain(value.arraySync());
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === "bigint") return Number(value);
    return typeof value === "number" ? Number(value.toFixed(4)) : value;
  };
  const [a, b] = [JSON.stringify(plain(actual)), JSON.stringify(plain(expected))];
  if (a !== b) throw new Error(`${feature}: expected ${b}, got ${a}`);
  console.log(`${feature}: ${a}`);
}

async function run(expression: Variable): Promise<Tensor> {
  return (await compile([], expression))();
}

// Without a permission for the environment, the default device must work as well.
const x = T.vector("x"), y = T.vector("y"), A = T.matrix("A"), s = T.scalar("s");

// Compiled functions.
const add = await compile([x, y], x.add(y));
check("compile", add([1, 2], [3, 4]), [4, 6]);
check("call by name", add({ x: [1, 2], y: [3, 4] }), [4, 6]);
check("device", ["cpu", "gpu"].includes(add.device) && add.deviceInfo.length > 0, true);
check("function", (await theanoFunction([s], s.mul(2)))(4), 8);
check("several outputs", (await compile([x], [x.sum(), x.prod()]))([2, 3, 4]), [9, 24]);
const named = (await compile([x], { total: x.sum(), most: x.max() }))([1, 5]);
check("named outputs", [named.total, named.most], [6, 5]);
const k = shared(1, { name: "k" });
const step = await compile([s], k, { updates: [[k, k.add(s)]] });
step(2);
step.copy({ deleteUpdates: true })(100);
check("shared, updates, copy", k.getValue(), 3);
k.setValue(10);
check("setValue", k.getValue().item(), 10);
check("givens", (await compile([s], k.mul(2), { givens: [[k, s]] }))(4), 8);
check("In", (await compile([x, new In(s, { value: 3 })], x.mul(s)))([1, 2]), [3, 6]);
check("Out", (await compile([x], new Out(x.neg())))([1]), [-1]);
check("device cpu", (await compile([x], x, { device: "cpu" }))([1]), [1]);
check("eval", await s.mul(3).eval([[s, 2]]), 6);
check("config", config.floatX, "float32");
let message = "";
try {
  add([1, 2], [1, 2, 3]);
} catch (error) {
  message = error instanceof ShapeError || error instanceof TypeError ? "refused" : String(error);
}
check("errors", message, "refused");

// Derivatives.
const cost = x.pow(3).sum();
check("grad", (await compile([x], grad(cost, x)))([1, 2]), [3, 12]);
check("jacobian", (await compile([x], jacobian(x.pow(2), x)))([1, 2]), [[2, 0], [0, 4]]);
check("hessian", (await compile([x], hessian(cost, x)))([1, 2]), [[6, 0], [0, 12]]);
check("Rop", (await compile([x, y], Rop(x.pow(2), x, y)))([1, 2], [1, 1]), [2, 4]);
check("Lop", (await compile([x, y], Lop(x.pow(2), x, y)))([1, 2], [1, 1]), [2, 4]);
const still = grad(considerConstant(x).mul(disconnectedGrad(x)).mul(x).sum(), x);
check("considerConstant", (await compile([x], still))([3]), [9]);
const point = tensor([0.5, 0.25], { dtype: "float64" });
await verifyGrad((z: Variable) => z.sin().sum(), [point]);

// Loops.
const first = (result: unknown): Variable => result as Variable;
const [sums] = scan((e: Variable, sum: Variable) => sum.add(e), { sequences: x, outputsInfo: 0 });
check("scan", (await compile([x], first(sums)))([1, 2, 3]), [1, 3, 6]);
const fib = scan(
  { carry: { f: { initial: T.constant([0, 1]), taps: [-2, -1] } }, nSteps: 6 },
  ({ f }) => ({ f: f.at(-1).add(f.at(-2)) }),
);
check("scan by names", await run(fib.f), [1, 2, 3, 5, 8, 13]);
const [powers] = scan(
  (p: Variable) => [p.mul(2), until(p.mul(2).gt(20))],
  { outputsInfo: T.constant(1), nSteps: 100 },
);
check("until", await run(first(powers)), [2, 4, 8, 16, 32]);
const count = shared(0);
const [, updates] = scan(() => new Map([[count, count.add(1)]]), { nSteps: 7 });
(await compile([], [], { updates }))();
check("updates in a scan", count.getValue(), 7);
check("map", (await compile([x], first(map((e) => e.sqr(), { sequences: x })[0])))([2, 3]), [4, 9]);
const fold = { sequences: x, outputsInfo: 0 };
const digits = (e: Variable, n: Variable) => n.mul(10).add(e);
check("reduce", (await compile([x], first(reduce(digits, fold)[0])))([1, 2]), 12);
check("foldl", (await compile([x], first(foldl(digits, fold)[0])))([1, 2]), 12);
check("foldr", (await compile([x], first(foldr(digits, fold)[0])))([1, 2]), 21);
const last = first(sums).at(-1);
check("grad of a scan", (await compile([x], grad(last.sqr(), x)))([1, 2]), [6, 6]);
check("ifelse", (await compile([s], T.ifelse(s.gt(0), s, s.neg())))(-3), 3);

// Operations.
check("T.expr", (await compile([x, y], T.expr`2 * ${x} + ${y} ** 2`))([1, 2], [3, 4]), [11, 20]);
check("dot", (await compile([A, x], T.dot(A, x)))([[1, 2], [3, 4]], [1, 1]), [3, 7]);
check("softmax", (await compile([A], T.softmax(A)))([[1, 1]]), [[0.5, 0.5]]);
check("logSoftmax", (await compile([A], T.logSoftmax(A)))([[0, 0]]), [[-0.6931, -0.6931]]);
check("relu", (await compile([x], T.relu(x)))([-1, 2]), [0, 2]);
check("sigmoid", (await compile([x], T.sigmoid(x)))([0]), [0.5]);
check("softplus", (await compile([x], T.softplus(x)))([0]), [0.6931]);
check("erf", (await compile([x], T.erf(x)))([0.5]), [0.5205]);
const entropy = T.binaryCrossentropy(x, y);
check("binaryCrossentropy", (await compile([x, y], entropy))([0.5], [1]), [0.6931]);
const labels = T.ivector("labels");
const categorical = T.categoricalCrossentropy(A, labels);
check("categoricalCrossentropy", (await compile([A, labels], categorical))([[0.5, 0.5]], [1]), [
  0.6931,
]);
const image = T.constant([[[[1, 2], [3, 4]]]]), filter = T.constant([[[[1, 0], [0, 1]]]]);
check("conv2d", await run(T.conv2d(image, filter, { filterFlip: false })), [[[[5]]]]);
check("pool2d", await run(T.pool2d(image, [2, 2])), [[[[4]]]]);
check("sort", (await compile([x], T.sort(x)))([3, 1, 2]), [1, 2, 3]);
check("argsort", (await compile([x], T.argsort(x)))([3, 1, 2]), [1, 2, 0]);
check("topk", (await compile([x], T.sort(T.topk(x, 2))))([3, 1, 2]), [2, 3]);
check("cumsum", (await compile([x], x.cumsum()))([1, 2, 3]), [1, 3, 6]);
check("argmax", (await compile([x], x.argmax()))([1, 5, 3]), 1);
check("mean and var", (await compile([x], [x.mean(), x.var()]))([1, 3]), [2, 1]);
check("at", (await compile([x], x.at("::-1")))([1, 2, 3]), [3, 2, 1]);
check("index by a vector", (await compile([x], x.at([2, 0])))([1, 2, 3]), [3, 1]);
check("index by booleans", (await compile([x], x.at(x.gt(1))))([1, 2, 3]), [2, 3]);
check("setSubtensor", (await compile([x], T.setSubtensor(x.at(0), 9)))([1, 2]), [9, 2]);
check("incSubtensor", (await compile([x], T.incSubtensor(x.at(0), 9)))([1, 2]), [10, 2]);
check("reshape", (await compile([x], x.reshape([2, -1])))([1, 2, 3, 4]), [[1, 2], [3, 4]]);
check("dimshuffle", (await compile([x], x.dimshuffle("x", 0)))([1, 2]), [[1, 2]]);
check("concatenate", (await compile([x, y], T.concatenate([x, y])))([1], [2]), [1, 2]);
check("stack", (await compile([x, y], T.stack([x, y])))([1], [2]), [[1], [2]]);
check("eye", await run(T.eye(2)), [[1, 0], [0, 1]]);
check("cast", (await compile([x], x.cast("int32")))([1.7]), [1]);
check("switch", (await compile([x], T.switch(x.gt(0), x, 0)))([-1, 2]), [0, 2]);

// Random streams.
const streams = new RandomStreams(1), u = streams.uniform([3]);
const draw = await compile([], u), a = draw(), b = draw();
check("RandomStreams", JSON.stringify(a.arraySync()) !== JSON.stringify(b.arraySync()), true);

// Graphs and their text.
check("pp", pp(x.add(y)), "(x + y)");
check("debugprint", debugprint(x.add(y)).includes("x"), true);
check("replace", (await compile([y], first(replace([x.add(1)], new Map([[x, y]]))[0])))([1]), [2]);
check("toposort", toposort([x.add(1).mul(2)]).length >= 2, true);

// Tensors.
const t = tensor([[1, 2], [3, 4]], { dtype: "float64" });
check("Tensor", [t.dtype, t.shape, t.ndim, t.size], ["float64", [2, 2], 2, 4]);
check("array", await t.array(), [[1, 2], [3, 4]]);
check("data", [...await t.data()].map(Number), [1, 2, 3, 4]);
check("toString", String(tensor([1, 2])), "[1, 2]");
check("valueOf", Number(tensor(2)) + 1, 3);
t.dispose();
add.free();
console.log("all features work");

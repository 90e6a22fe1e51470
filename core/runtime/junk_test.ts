import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";

import { runInNewContext } from "node:vm";
import { cyclic, deep, everyMethod, fuzzArguments } from "../../dev/fuzz/arguments.ts";
import { fuzzCalls } from "../../dev/fuzz/calls.ts";
import {
  compile,
  config,
  debugprint,
  grad,
  hessian,
  In,
  jacobian,
  Lop,
  Out,
  RandomStreams,
  Rop,
  scan,
  type ScanOptions,
  ShapeError,
  shared,
  subgraphGrad,
  T,
  Tensor,
  tensor,
  type Variable,
  verifyGrad,
} from "../../all.ts";

/** A function as JavaScript sees it: types do not keep wrong arguments away. */
// deno-lint-ignore no-explicit-any
type Loose = any;
const loose = (value: unknown): Loose => value;

function fails(body: () => unknown, message: RegExp): void {
  const error = assertThrows(body, Error);
  assertMatch(error.message, message);
  assertEquals(error.message.length < 1000, true);
}

async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await assertRejects(() => promise, Error);
  assertMatch(error.message, message);
}

const makers: readonly (readonly [string, (value: Loose) => unknown])[] = [
  ["tensor", (value) => tensor(value)],
  ["shared", (value) => shared(value)],
  ["T.constant", (value) => T.constant(value)],
  ["T.add", (value) => T.add(value, 1)],
  ["setValue", (value) => shared([1]).setValue(value)],
];

for (const [name, make] of makers) {
  Deno.test(`${name}: lists that hold themselves, or are nested too deep, are errors`, () => {
    fails(() => make(cyclic()), /nested more than 64 deep/);
    fails(() => make(deep(10_000)), /nested more than 64 deep/);
    fails(() => make([1, cyclic()]), /rows of different depth/);
    const wide: unknown[] = [];
    for (let i = 0; i < 3; i++) wide.push(wide);
    fails(() => make(wide), /nested more than 64 deep/);
  });

  Deno.test(`${name}: typed arrays without memory are errors`, () => {
    const gone = new Float32Array([1, 2]);
    structuredClone(gone, { transfer: [gone.buffer] });
    fails(() => make(gone), /memory was transferred or has shrunk/);
    const buffer = new ArrayBuffer(8, { maxByteLength: 8 }), short = new Float32Array(buffer, 0, 2);
    buffer.resize(4);
    fails(() => make(short), /memory was transferred or has shrunk/);
  });

  Deno.test(`${name}: what only looks like a tensor must be one`, () => {
    const duck = { dtype: "float32", shape: [1000], dataSync: () => new Float32Array(2) };
    fails(() => make(duck), /expected 1000 numbers, got 2/);
    fails(() => make({ ...duck, shape: [1] }), /expected 1 numbers, got 2/);
    fails(() => make({ ...duck, shape: ["2"] }), /length of axis 0 .* got "2"/);
    fails(() => make({ ...duck, dtype: "constructor" }), /dtype is "constructor"/);
    fails(() => make({ ...duck, dataSync: () => new Float64Array(1000) }), /in a Float32Array/);
    fails(() => make({ ...duck, dataSync: 1 }), /no function/);
    fails(() => make(new Proxy(tensor([1]), {})), /pass the tensor itself/);
  });

  Deno.test(`${name}: nothing else is taken for a value`, () => {
    for (const value of [null, undefined, "1", {}, new Map(), Promise.resolve(1), Symbol()]) {
      fails(() => make(value), /expected|Cannot/);
    }
    fails(() => make([1, , 2]), /got undefined/);
    fails(() => make(["1"]), /got "1"/);
    fails(() => make([[1], [1, 2]]), /rows of one length/);
  });
}

Deno.test("dtypes are names of dtypes, not of what objects have", () => {
  for (const dtype of ["constructor", "toString", "__proto__", "", null, 3, {}, []]) {
    fails(() => T.tensor(loose(dtype), [2]), /Unknown dtype/);
    fails(() => T.scalar("x").astype(loose(dtype)), /Unknown dtype/);
    if (dtype !== null) fails(() => T.scalar("x", { dtype: loose(dtype) }), /Unknown dtype/);
    fails(() => T.sum(T.vector("x"), { dtype: loose(dtype) }), /Unknown dtype/);
  }
});

Deno.test("shapes are lists of lengths", () => {
  T.tensor("float32", [2, 2]);
  T.tensor("float32", [4]);
  const bad: unknown[] = [[-2, -2], [0.5, 8], ["2", "2"], [[4]], [2n], [NaN], {}, "2"];
  for (const shape of bad) {
    fails(() => T.tensor("float32", loose(shape)), /tensor type/);
    fails(() => tensor([1, 2, 3, 4], { shape: loose(shape) }), /Cannot make a tensor: expected/);
    fails(() => shared([1, 2, 3, 4], { shape: loose(shape) }), /Cannot make a tensor: expected/);
  }
  fails(() => T.tensor("float32", 1e9), /rank from 0 to 64/);
});

Deno.test("options are known by name and have their type", async () => {
  const x = T.vector("x"), y = T.matrix("y");
  const calls: readonly ((options: Loose) => unknown)[] = [
    (options) => tensor([1], options),
    (options) => shared([1], options),
    (options) => shared([1]).setValue([2], options),
    (options) => T.constant([1], options),
    (options) => T.fvector("v", options),
    (options) => new In(x, options),
    (options) => new Out(x, options),
  ];
  for (const call of calls) {
    fails(() => call(null), /expected an object of options, got null/);
    fails(() => call([1]), /expected an object of options, got \[1\]/);
    fails(() => call({ udpates: 1 }), /unknown option "udpates"/);
  }
  await rejects(compile([x], x, loose(null)), /expected an object of options, got null/);
  await rejects(
    compile([x], x, loose({ udpates: [] })),
    /unknown option "udpates"; did you mean "updates"\?/,
  );
  await rejects(compile([x], x, loose({ name: 3 })), /expected "name" to be a string, got 3/);
  for (const name of ["sum", "prod", "mean", "var", "std", "max", "argmax", "all"] as const) {
    const reduce = T[name] as Loose;
    fails(() => reduce(x, { axsi: 0 }), /unknown option "axsi"; did you mean "axis"\?/);
    fails(() => reduce(x, { keepdims: 1 }), /expected "keepdims" to be true or false, got 1/);
    fails(() => reduce(x, x), /expected an object of options, got "x"/);
    fails(() => reduce(x, 2n), /expected the axis to be an integer from -1 to 0, got 2n/);
    fails(() => reduce(y, ["0"]), /expected the axis to be an integer from -2 to 1, got "0"/);
    fails(() => reduce(y, [0, -2]), /expected different axes/);
  }
});

Deno.test("outputs are a variable, a list or an object of variables", async () => {
  const x = T.vector("x");
  await rejects(compile([x], loose(new Map([["a", x]]))), /list or an object .* class Map/);
  await rejects(compile([x], loose(Promise.resolve(x))), /list or an object .* class Promise/);
  await rejects(compile([x], loose(new Set([x]))), /class Set/);
  await rejects(compile([x], loose([x, , x])), /output 1 is not a variable but undefined/);
  await rejects(compile(loose([x, , x]), x), /input 1 is not a variable but undefined/);
  await rejects(compile([x], loose([[x]])), /output 0 is not a variable but \["x"\]/);
});

onDevices("all kinds of typed arrays are taken", async (device) => {
  class Mine extends Float32Array<ArrayBuffer> {
    override slice(): Loose {
      throw new Error("not to be called");
    }
    override get [Symbol.toStringTag](): Loose {
      return "Mine";
    }
  }
  const x = T.fvector("x"), u = T.vector("u", { dtype: "uint8" });
  const f = await compile([x], x.add(1), { device }) as Loose;
  const g = await compile([u], u.add(1), { device }) as Loose;
  const buffer = (await import("node:buffer")).Buffer;
  assertEquals(f(Mine.from([1, 2])).arraySync(), [2, 3]);
  assertEquals(f(new Uint8ClampedArray([1, 300])).arraySync(), [2, 256]);
  assertEquals(g(new Uint8ClampedArray([1, 3])).arraySync(), [2, 4]);
  assertEquals(g(buffer.from([1, 3])).arraySync(), [2, 4]);
  assertEquals(f(buffer.from([1, 3])).arraySync(), [2, 4]);
  const s = shared(Mine.from([1, 2]), { borrow: true });
  const h = await compile([], s.mul(2), { device }) as Loose;
  assertEquals(h().arraySync(), [2, 4]);
  s.setValue(Mine.from([3]));
  assertEquals(h().arraySync(), [6]);
  assertEquals(T.constant(loose(Mine.from([1]))).dtype, "float32");
  assertEquals(tensor(buffer.from([7])).dtype, "uint8");
});

onDevices("a typed array of integers is as good as an array of whole numbers", async (device) => {
  const x = T.fvector("x"), i = T.vector("i", { dtype: "int16" });
  const f = await compile([x], x.mul(2), { device }) as Loose;
  const g = await compile([i], i.add(1), { device, name: "g" }) as Loose;
  assertEquals(f(new Int32Array([1, -2])).arraySync(), [2, -4]);
  assertEquals(f(new Uint32Array([1, 2])).arraySync(), [2, 4]);
  assertEquals(f(new BigInt64Array([1n, 2n])).arraySync(), [2, 4]);
  assertEquals(g(new Int32Array([1, -2])).arraySync(), [2, -1]);
  fails(() => g(new Int32Array([1, 70_000])), /70000 cannot be stored as int16/);
  fails(() => f(new Float64Array([1])), /expected float32, got float64/);
  fails(() => f(tensor([1], { dtype: "int32" })), /expected float32, got int32/);
  const s = shared([1, 2]);
  s.setValue(new Int32Array([3, 4]));
  assertEquals(s.getValue().arraySync(), [3, 4]);
  const strict = await compile([new In(x, { strict: true })], x.add(0), { device }) as Loose;
  fails(() => strict(new Int32Array([1])), /expected float32, got int32/);
});

Deno.test("complex numbers are taken as array() gives them", async () => {
  const c = T.vector("c", { dtype: "complex64" }), z = T.scalar("z", { dtype: "complex128" });
  const f = await compile([c], c.mul(2), { device: "cpu" }) as Loose;
  const twice = f([{ re: 1, im: -2 }, 3]);
  assertEquals(twice.arraySync(), [{ re: 2, im: -4 }, { re: 6, im: 0 }]);
  assertEquals(f(f([{ re: 1, im: 0.5 }]).arraySync()).arraySync(), [{ re: 4, im: 2 }]);
  const g = await compile([z], z.add(1), { device: "cpu" }) as Loose;
  assertEquals(g({ re: 1, im: 2 }).item(), { re: 2, im: 2 });
  assertEquals(g({ z: { re: 1, im: 2 } }).item(), { re: 2, im: 2 });
  assertEquals(tensor([{ re: 1, im: 2 }]).dtype, "complex64");
  assertEquals(T.constant({ re: 1, im: 2 }, "complex128").type.toString(), z.type.toString());
  assertEquals(shared([{ re: 1, im: 2 }]).getValue().arraySync(), [{ re: 1, im: 2 }]);
  const r = T.fvector("r"), real = await compile([r], r, { device: "cpu" }) as Loose;
  fails(() => real([{ re: 1, im: 0 }]), /1 \+ 0i cannot be stored as float32/);
  // Inputs that are named so are meant.
  const [re, im] = [T.scalar("re"), T.scalar("im")];
  const named = await compile([re, im], re.sub(im), { device: "cpu" }) as Loose;
  assertEquals(named({ re: 5, im: 3 }).item(), 2);
});

onDevices("arguments whose reading calls the function again change nothing", async (device) => {
  const a = T.fscalar("a"), v = T.fvector("v");
  const f = await compile([a, v], v.mul(a), { device }) as Loose;
  let depth = 0;
  const sneaky = new Proxy([1, 2], {
    get(target, key, receiver) {
      if (depth++ === 0) f(7, [5, 5, 5]).arraySync();
      return Reflect.get(target, key, receiver);
    },
  });
  assertEquals(f(2, sneaky).arraySync(), [2, 4]);
  // Memory that is taken away while another argument is read.
  const w = T.fvector("w"), g = await compile([w, v], w.sum().add(v.sum()), { device }) as Loose;
  g([100, 100, 100], [0]).item();
  const taken = new Float32Array([1, 2, 3]);
  const thief = new Proxy([1], {
    get(target, key, receiver) {
      if (taken.length > 0) structuredClone(taken, { transfer: [taken.buffer] });
      return Reflect.get(target, key, receiver);
    },
  });
  fails(() => g(taken, thief), /memory was transferred/);
  const duck = {
    dtype: "float32",
    shape: [2],
    dataSync: () => {
      f(9, [1]).arraySync();
      return new Float32Array([1, 2]);
    },
  };
  assertEquals(f(3, duck).arraySync(), [3, 6]);
});

Deno.test("lists of axes are taken as lists", async () => {
  const v = T.fvector("v"), m = T.fmatrix("m");
  assertEquals(v.dimshuffle(["x", 0]).type, v.dimshuffle("x", 0).type);
  assertEquals(T.dimshuffle(m, [1, 0]).type, m.T.type);
  const two: Variable = T.alloc(1, [2, 3]);
  const f = await compile([], two, { device: "cpu" }) as Loose;
  assertEquals(f().shape, [2, 3]);
  fails(() => v.dimshuffle(loose(["y", 0])), /got "y"/);
});

Deno.test("methods of public classes with each kind of junk end in errors for the reader", async () => {
  assertEquals(await everyMethod(), []);
});

Deno.test("calls with arguments of all wrong kinds end in errors for the reader", async () => {
  const wrong = await fuzzArguments(1, 2000);
  assertEquals(wrong, []);
});

onDevices("gradients have names of their own", async (device) => {
  const x = T.fvector("x"), c = x.sqr().sum().mul(x.sum());
  c.name = "c";
  const named = grad(c, x);
  assertEquals(named.name, "(dc/dx)");
  const plain = grad(c, x, { addNames: false });
  assertEquals(plain.name, null);
  assertEquals(grad(c, x).name, "(dc/dx)");
  assertEquals(grad(c, x, { addNames: false }).name, null);
  // Names are not part of what a node is: both are computed once.
  const f = await compile([x], [named, plain, grad(c, x)], { device });
  assertEquals(f.graph.outputs[0], f.graph.outputs[1]);
  assertEquals(f.graph.outputs[0], f.graph.outputs[2]);
  const [a, b] = f([1, 2]);
  assertEquals(a.arraySync(), [11, 17]);
  assertEquals(b.arraySync(), [11, 17]);
});

Deno.test("debugprint takes compiled functions, and no others", async () => {
  const x = T.dvector("x"), f = await compile([x], x.mul(2), { device: "cpu" });
  assertMatch(debugprint(f, { file: "str" }), /^Elemwise\{mul\}/);
  for (const bad of [() => 1, class {}, 1, "x", null, undefined]) {
    fails(() => debugprint(loose(bad)), /expected variables or a function/);
  }
});

Deno.test("options of everything that differentiates are known by name and have their type", () => {
  const x = T.dvector("x"), y = x.sqr(), cost = y.sum(), one = loose([1, 1]);
  const calls: readonly (readonly [string, (options: Loose) => unknown])[] = [
    ["disconnectedInputs", (options) => grad(cost, x, options)],
    ["disconnectedInputs", (options) => Lop(y, x, one, options)],
    ["disconnectedOutputs", (options) => Rop(y, x, one, options)],
    ["disconnectedInputs", (options) => jacobian(y, x, options)],
    ["disconnectedInputs", (options) => hessian(cost, x, options)],
  ];
  for (const [word, call] of calls) {
    call(undefined);
    call({ [word]: "ignore" });
    for (const junk of [null, 1, [word], x, "raise", new Map(), Promise.resolve()]) {
      fails(() => call(junk), /expected an object of options, got/);
    }
    for (const junk of [null, 1, "rise", true]) {
      fails(() => call({ [word]: junk }), new RegExp(`expected "${word}" to be "raise" or`));
    }
    const near = word.replace("ec", "ce");
    fails(() => call({ [near]: "ignore" }), new RegExp(`unknown option .* did you mean "${word}"`));
  }
  const part = { wrt: [x], end: [x], cost };
  subgraphGrad(part);
  for (const junk of [undefined, null, [part], x]) {
    fails(() => subgraphGrad(loose(junk)), /expected an object of options, got/);
  }
  fails(() => subgraphGrad(loose({ ...part, consts: [] })), /unknown option "consts"/);
  fails(() => subgraphGrad(loose({ ...part, start: 3 })), /"start" to be a Map or a list of pairs/);
  fails(() => subgraphGrad(loose({ ...part, start: [y] })), /pairs of variables and gradients/);
  fails(() => grad(null, x, loose({ knownGrads: 3 })), /"knownGrads" to be a Map or a list/);
  fails(() => grad(null, x, loose({ knownGrads: [[1, 2]] })), /each key of "knownGrads"/);
  fails(() => grad(loose("c".repeat(2e4)), x), /got the string "c+…"/);
  fails(() => grad(loose(class {}), x), /got a function/);
});

Deno.test("axes are taken one by one, in a list, and with options behind them", () => {
  const t = T.dtensor3("t"), lists: readonly number[][] = [[0], [1, 0], [-1, 1], [2, 0, 1]];
  const same = (a: Variable, b: Variable) => assertEquals(a === b, true, `${a} is not ${b}`);
  const names = ["sum", "prod", "mean", "var", "std", "max", "min", "ptp", "argmax", "argmin"];
  for (const name of [...names, "any", "all", "logsumexp", "squeeze", "expandDims", "flip"]) {
    const of = T as unknown as Record<string, Loose>, x = loose(t);
    const method = (...args: unknown[]) =>
      x[name] === undefined ? of[name](t, ...args) : x[name](...args);
    for (const list of lists) {
      same(of[name](t, list), of[name](t, ...list));
      same(method(list), of[name](t, list));
      same(method(...list), of[name](t, list));
      same(method(...list, undefined), of[name](t, list));
    }
    if (name !== "expandDims") {
      same(method(), of[name](t));
      same(method(null), of[name](t));
      fails(() => method(0, 3), /expected the axis to be an integer from -3 to 2, got 3/);
    }
    fails(() => method(0, 0), /expected different axes/);
    fails(() => method([0], 1), /expected the axis to be an integer .* got \[0\]/);
    fails(() => method(0, "1"), /expected the axis .* got "1"/);
    fails(() => method(0, null), /expected the axis .* got null/);
  }
  for (const name of names) {
    const x = loose(t);
    const kept = x[name]({ axis: [0, 1], keepdims: true });
    same(x[name](0, 1, { keepdims: true }), kept);
    same(x[name]([0, 1], { keepdims: true }), kept);
    fails(() => x[name](0, { axis: 1 }), /the axes are given twice/);
    fails(() => x[name](0, { keepdim: true }), /did you mean "keepdims"/);
    fails(() => x[name]({ keepdims: true }, 0), /expected the axis/);
  }
  same(t.norm(2, 0, 1), t.norm(2, [0, 1]));
  same(t.transpose(2, 0, 1), t.transpose([2, 0, 1]));
  same(T.transpose(t, 2, 0, 1), t.dimshuffle(2, 0, 1));
  same(t.transpose(loose(null)), t.T);
  fails(() => t.transpose(0, 1), /expected 3 axes, got 2/);
  fails(() => t.transpose(loose(2n), 0, 1), /got 2n/);
  same(T.softmax(t, 0, 1), T.softmax(t, [0, 1]));
  same(T.logSoftmax(t, null), T.logSoftmax(t, [0, 1, 2]));
  same(T.softmax(t), T.softmax(t, 2));
  same(T.expr`${t}.sum(0, keepdims=True)`, t.sum({ axis: 0, keepdims: true }));
  same(T.expr`sum(${t}, 0, 2)`, t.sum([0, 2]));
});

Deno.test("the options of compile are checked one by one, null among them", async () => {
  const x = T.dvector("x");
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ device: null }, /Unknown device null: expected "auto", "gpu" or "cpu"/],
    [{ device: ["cpu"] }, /Unknown device \["cpu"\]/],
    [{ mode: null }, /expected an object of options, got null/],
    [{ mode: 3 }, /expected an object of options, got 3/],
    [{ mode: [] }, /expected an object of options, got \[\]/],
    [{ mode: new Map() }, /expected an object of options/],
    [{ mode: { exluding: [] } }, /unknown option "exluding"; did you mean "excluding"/],
    [{ mode: { excluding: 3 } }, /expected a list of names of rewrites, got 3/],
    [{ mode: { excluding: [3] } }, /Unknown rewrite 3/],
    [{ mode: { base: "x" } }, /expected "base" to be "fastRun" or/],
    [{ mode: { verify: 1 } }, /expected "verify" to be true or false, got 1/],
    [{ dynamicAxes: null }, /expected "dynamicAxes" to be "auto" or "all" or "none", got null/],
    [{ onUnusedInput: null }, /onUnusedInput must be "raise", "warn" or "ignore", got null/],
    [{ updates: null }, /updates are pairs/],
    [{ givens: null }, /givens are pairs/],
    [{ noDefaultUpdates: null }, /noDefaultUpdates must be/],
    [{ name: null }, /expected "name" to be a string, got null/],
    [{ profile: null }, /expected "profile" to be true or false, got null/],
    [{ allowInputDowncast: 1 }, /expected "allowInputDowncast" to be true or false/],
  ];
  for (const [options, message] of bad) {
    await rejects(compile([x], x.add(1), loose(options)), message);
  }
  const none = { device: undefined, mode: undefined, dynamicAxes: undefined };
  await compile([x], x.add(1), loose(none));
});

onDevices("calls of compiled functions with junk fail well, and change nothing", async (device) => {
  assertEquals(await fuzzCalls(device, 1, 400), []);
});

onDevices("arrays in all kinds of memory are read as what they are", async (device) => {
  const x = T.fvector("x"), f = await compile([x], x.mul(2), { device }) as Loose;
  const part = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
  const common = new Float32Array(new SharedArrayBuffer(8));
  common.set([1, 2]);
  const buffer = new ArrayBuffer(8, { maxByteLength: 64 }), grown = new Float32Array(buffer);
  grown.set([1, 2]);
  for (const value of [part, common, grown]) assertEquals(f(value).arraySync(), [2, 4]);
  buffer.resize(16);
  assertEquals(f(grown).arraySync(), [2, 4, 0, 0]);
  buffer.resize(4);
  assertEquals(f(grown).arraySync(), [2]);
  fails(() => f(new DataView(new ArrayBuffer(8))), /expected a number, nested arrays/);
  assertEquals(f([1, 2]).arraySync(), [2, 4]);
});

onDevices("a mask of another length says what it indexes, with both lengths", async (device) => {
  const v = T.fvector("v"), x = T.fmatrix("x"), m = T.vector("m", { dtype: "bool" });
  const one = /Cannot index "v" by the mask "m": axis 0 of "v" has length 3, .* mask has length 2/;
  const picked = await compile([v, m], v.at(m), { device }) as Loose;
  const set = await compile([v, m], T.setIndex(v, m, 0), { device }) as Loose;
  for (const f of [picked, set]) fails(() => f([1, 2, 3], [true, false]), one);
  assertEquals(picked([1, 2, 3], [true, false, true]).arraySync(), [1, 3]);
  const columns = await compile([x, m], x.at("...", m), { device }) as Loose;
  fails(() => columns([[1, 2, 3]], [true, false]), /by the mask "m": axis 1 of "x" has length 3/);
  fails(
    () => T.tensor("float32", [3], "y").at(T.tensor("bool", [2], "k")),
    /Cannot index "y" by the mask "k": axis 0 of "y" has length 3/,
  );
});

onDevices("softmax and logsumexp of no elements give what NumPy gives", async (device) => {
  const x = T.fmatrix("x"), none = tensor([], { shape: [2, 0] });
  const outputs = [T.softmax(x), T.softmax(x, 0), T.logSoftmax(x), T.logSoftmax(x, 0)];
  const f = await compile([x], outputs, { device }) as Loose;
  for (const result of f(none)) assertEquals(result.shape, [2, 0]);
  const slope = grad(T.softmax(x).sqr().sum(), x);
  const g = await compile([x], [T.logsumexp(x, 1), T.logsumexp(x), slope], { device }) as Loose;
  const [rows, all, slopes] = g(none);
  assertEquals(rows.arraySync(), [-Infinity, -Infinity]);
  assertEquals(all.item(), -Infinity);
  assertEquals(slopes.shape, [2, 0]);
  assertEquals(g([[1000, -Infinity], [0, -Infinity]])[0].arraySync(), [1000, 0]);
});

Deno.test("methods take the lengths of a shape one by one", () => {
  const v = T.fvector("v"), n = T.iscalar("n"), x = loose(v);
  assertEquals(v.reshape(2, 3) === v.reshape([2, 3]), true);
  assertEquals(v.reshape(n, -1) === v.reshape([n, -1]), true);
  assertEquals(v.reshape(6) === v.reshape([6]), true);
  assertEquals(v.broadcastTo(2, 3) === v.broadcastTo([2, 3]), true);
  assertEquals(T.expr`${v}.reshape(2, 3)` === v.reshape([2, 3]), true);
  assertEquals(x.reshape(T.tensor("int64", [2], "shape")).ndim, 2);
  fails(() => x.reshape(2, "3"), /the length of axis 1 .* got "3"/);
  fails(() => x.reshape([2], 3), /the length of axis 0 .* got \[2\]/);
  fails(() => x.broadcastTo(2, null), /the length of axis 1 .* got null/);
});

Deno.test("what draws are given is checked by name and by kind", () => {
  const streams = loose(new RandomStreams(3));
  const bad = ["x", null, () => 1, Symbol("s")];
  const names: readonly (readonly [string, string])[] = [
    ["uniform", "low"],
    ["normal", "std"],
    ["gamma", "shape"],
    ["binomial", "n"],
    ["poisson", "lam"],
    ["integers", "high"],
    ["choice", "a"],
    ["categorical", "p"],
    ["multinomial", "pvals"],
  ];
  for (const [name, option] of names) {
    const draw = (options: unknown) => streams[name](options);
    for (const value of bad) {
      fails(() => draw({ [option]: value }), new RegExp(`expected "${option}" to be numbers or`));
    }
    fails(() => draw({ [option]: NaN }), /NaN|expected|missing/);
    fails(() => draw({ [`${option}s`]: 1 }), /unknown option/);
    for (const options of [new Map(), Promise.resolve()]) {
      fails(() => draw(options), /expected|missing/);
    }
    fails(() => draw({ ndim: "1" }), /expected "ndim" to be a number, got "1"/);
    fails(() => draw("x"), /Cannot/);
  }
  fails(() => streams.normal([2], 0, -1), /expected "std" to be a number from 0 on, got -1/);
  fails(() => streams.uniform(Array(5000).fill(1), [0.5, 8]), /"low" of shape .* does not fit/);
  fails(() => streams.normal([-1]), /length of axis 0 to be an integer from 0 on, got -1/);
  fails(() => streams.choice({ a: 3, replace: 1 }), /"replace" to be true or false, got 1/);
  for (const states of [null, undefined, "x", 3, {}, new Map()]) {
    fails(() => streams.restore(states), /expected \d+ words in an array, got/);
  }
});

Deno.test("grids are made of slices", () => {
  for (const bad of [null, undefined, 1, "x", new ArrayBuffer(8)]) {
    fails(() => T.mgrid(loose(bad)), /expected slices with a stop, got/);
    fails(() => T.ogrid(T.slice(0, 2), loose(bad)), /expected slices with a stop, got/);
  }
});

Deno.test("a scan says what is wrong with its options and with what the step returns", () => {
  const x = T.vector("x"), keep = (a: Loose) => a;
  fails(() => scan(loose(() => {}), { sequences: x }), /the step returned nothing; return its out/);
  fails(() => scan(keep, { sequences: loose({ input: x, tap: [0] }) }), /unknown field "tap"/);
  fails(
    () => scan(keep, { outputsInfo: loose({ initial: x, tap: [-1] }), nSteps: 2 }),
    /output 0 has an unknown field "tap"; fields are initial and taps/,
  );
  for (const truncateGradient of [1.5, -5, NaN]) {
    fails(
      () => scan(keep, { sequences: x, truncateGradient }),
      /truncateGradient must be a number/,
    );
  }
});

Deno.test("a function whose gradient is verified returns a variable", () => {
  fails(() => verifyGrad(loose(() => 1), [[1]]), /return a variable, got 1/);
});

Deno.test("names that are no texts can be shown", () => {
  const x = T.vector("x");
  x.name = loose(5);
  assertEquals(x.label, '"5"');
});

onDevices(
  "errors of arrays name the input, and objects of other realms name inputs",
  async (device) => {
    const x = T.fvector("x"), s = T.fscalar("s");
    const f = (await compile([x, s], x.mul(s), { device })) as Loose;
    const lying = (length: number) =>
      new Proxy([1, 2], { get: (list, key) => key === "length" ? length : Reflect.get(list, key) });
    const gone = new Float32Array([1, 2]);
    structuredClone(gone, { transfer: [gone.buffer] });
    for (const value of [lying(-1), lying(0.5), ["1"], [null], [[1], [1, 2]], gone]) {
      fails(
        () => f(value, 2),
        /^Bad argument to "function" at input 0 \("x"\): Cannot (make|use) a/,
      );
    }
    const named = runInNewContext("({ x: [1, 2], s: 2 })");
    assertEquals(f(named).arraySync(), [2, 4]);
  },
);

Deno.test("settings are checked when they are assigned", () => {
  const settings = loose(config), before = { ...config };
  const wrong: [string, unknown[], RegExp][] = [
    ["floatX", ["float99", "int32", null, undefined, 32], /expected "float16" or "float32" or/],
    ["device", ["tpu", null, ["cpu"]], /expected "auto" or "gpu" or "cpu", got/],
    ["onUnusedInput", ["throw", true], /expected "raise" or "warn" or "ignore", got/],
    ["plans", [-1, NaN, "16", null], /expected a number >= 0, got/],
    ["planBytes", [-1, 5n], /expected a number >= 0, got/],
    ["deviceBytes", [-1, "1 GiB", undefined], /expected a number >= 0, or null, got/],
    ["floatx", ["float64"], /not extensible/],
  ];
  for (const [name, junk, message] of wrong) {
    for (const value of junk) fails(() => settings[name] = value, message);
  }
  assertEquals({ ...config }, before);
});

Deno.test("a tensor is made of a dtype, a shape and elements", () => {
  const make = (...args: unknown[]) => new (loose(Tensor))(...args);
  fails(() => make(), /Cannot make a tensor: expected a dtype, got undefined/);
  fails(() => make([1, 2]), /expected a dtype, got \[1, 2\]/);
  fails(() => make("float32", 2, Float32Array.of(1)), /list of lengths as shape, got 2/);
  for (const junk of [null, [1], Float64Array.of(1, 2), Float32Array.of(1)]) {
    fails(() => make("float32", [2], junk), /elements in a Float32Array of length 2, got/);
  }
  assertEquals(make("float32", [2], Float32Array.of(1, 2)).arraySync(), [1, 2]);
  assertEquals(make("complex64", [1], Float32Array.of(1, 2)).item(), { re: 1, im: 2 });
});

Deno.test("variables are not lists", () => {
  for (const x of [T.vector("x"), T.matrix("m"), T.stack([1, 2])]) {
    assertThrows(() => [...loose(x)], TypeError, "not iterable");
    assertThrows(() => new Set(loose(x)), TypeError, "not iterable");
  }
});

Deno.test("widths of a padding are integers", () => {
  const x = T.vector("x");
  for (const widths of ["a", null, [0.5, 1], [[1, "1"]], [1, {}], NaN, T.fscalar("w")]) {
    fails(
      () => T.pad(x, loose(widths)),
      /Cannot pad "x".*(expected a width to be an integer|pair)/,
    );
  }
  fails(() => T.pad(x, 1, loose({ mode: Symbol("m") })), /expected mode .*got Symbol\(m\)/);
});

Deno.test("updates and swaps say what they were given", async () => {
  const s = shared(1, { name: "s" }), t = shared([1]);
  for (const target of [null, undefined, 5, "s", T.scalar("x")]) {
    const updates = loose([[target, 1]]);
    await rejects(compile([], s, { updates }), /only shared .*update 0 is of (null|und|5|"s"|"x")/);
  }
  await rejects(
    compile([], s, { updates: loose("no") }),
    /in a list, a Map or an object, got "no"/,
  );
  const f = await compile([], s.add(1), { device: "cpu" });
  const refused: [unknown, RegExp][] = [
    [[[1, 2]], /Cannot copy "function": swaps are pairs \[variable, replacement\], got \[1, 2\]/],
    [[1], /swaps are pairs \[variable, replacement\], got 1/],
    [[[s]], /swaps are pairs \[variable/],
    [new Map([[1, 2]]), /swaps are pairs \[variable/],
    [5, /swaps are pairs in a list or a Map, got 5/],
    ["s", /in a list or a Map, got "s"/],
    [null, /in a list or a Map, got null/],
    [{ s }, /in a list or a Map, got an object with "s"/],
    [[[s, 2]], /can be swapped for a shared variable only, got 2/],
    [[[s, t]], /has type .* its replacement/],
    [[[s, shared(2)], [s, shared(3)]], /"s" is swapped twice/],
  ];
  for (const [swap, message] of refused) fails(() => f.copy({ swap: loose(swap) }), message);
});

Deno.test("steps and tolerances of a verified gradient are not negative", () => {
  const verify = (options: object) => verifyGrad((x) => x.sum(), [[1, 2]], options);
  for (const eps of [-1e-5, 0, NaN, Infinity]) {
    fails(() => verify({ eps }), /expected "eps" to be a number > 0, got/);
  }
  for (const name of ["absTol", "relTol"]) {
    fails(() => verify({ [name]: -1 }), new RegExp(`expected "${name}" to be a number >= 0`));
    fails(() => verify({ [name]: NaN }), new RegExp(`expected "${name}" to be a number >= 0`));
  }
  for (const order of [0, 3, "2", null]) fails(() => verify({ order }), /"order" to be 1 or 2/);
});

onDevices("a tensor that was disposed of names the input it was for", async (device) => {
  const x = T.fvector("x"), m = T.fmatrix("m");
  const f = await compile([x, m], T.dot(m, x), { device });
  const gone = tensor([1, 2]), result = f([1, 2], [[1, 2]]);
  gone.dispose();
  result.dispose();
  assertEquals(gone.disposed, true);
  for (const value of [gone, result]) {
    fails(() => f(value, [[1, 2]]), /at input 0 \("x"\): the tensor was disposed of/);
  }
  const wide = tensor([[1, 2]]);
  wide.dispose();
  fails(() => f([1, 2], loose({ m: wide })), /at input 1 \("m"\): the tensor was disposed of/);
});

Deno.test("what is composed of sums is named as it was written", () => {
  const m = T.matrix("m"), i = T.imatrix("i");
  for (const order of [2, 1, 0, 3, Infinity, -Infinity]) {
    for (const v of [m, i]) {
      fails(() => T.norm(v, order, 5), /Cannot take the norm of "[mi]": .* from -2 to 1, got 5/);
    }
  }
  fails(() => T.norm(m, loose("2")), /Cannot take the norm of "m": expected a number as order/);
  fails(() => T.std(i, 2), /Cannot take the standard deviation of "i"/);
  fails(() => T.var(i, 2), /Cannot take the variance of "i"/);
  fails(() => T.ptp(m, 2), /Cannot take the ptp of "m"/);
  fails(() => T.logsumexp(i, 2), /Cannot take the logsumexp of "i"/);
});

Deno.test("sizes and modes of convolutions and pools are shown, whatever they are", () => {
  const x = T.tensor4("x"), list: unknown[] = [];
  list.push(list, list);
  const conv = (options: object) => T.conv2d(x, x, options);
  for (const subsample of ["a", {}, [1], [1n, 1], [0, 1], list]) {
    fails(() => conv({ subsample }), /expected strides to be integers >= 1, got/);
  }
  for (const borderMode of [null, {}, [1n, 1], [5, null], [[1], [2]], [-1, 1], list, true]) {
    fails(() => conv({ borderMode }), /expected paddings to be integers >= 0, got/);
  }
  fails(() => conv({ borderMode: "wide" }), /expected borderMode .* got "wide"/);
  for (const mode of [5, "avg", {}, Symbol("m")]) {
    fails(() => T.pool2d(x, 2, loose({ mode })), /expected mode "max" or "sum" or .*, got/);
  }
  fails(() => T.take(x, 0, 0, loose({})), /"clip" or "wrap", got an empty object/);
});

onDevices("a negative length is an error, also where no element is computed", async (device) => {
  const q = T.fscalar("q"), v = T.fvector("v"), n = T.iscalar("n");
  const [many] = [T.broadcastTo(q, [n])],
    outputs: [Variable, number][] = [
      [many.sum(), 2],
      [many.mean(), 1],
      [many.shape.at(0) as Variable, 2],
      [grad(many.sum(), q), 2],
      [T.broadcastTo(q, [n, n]).size as Variable, 4],
      [T.broadcastTo(v, [n, 1]).sum(), 6],
    ];
  for (const [output, two] of outputs) {
    const f = await compile([q, v, n], output, { device, onUnusedInput: "ignore" });
    assertEquals(Number(f(1, [3], 2).item()), two);
    assertThrows(() => f(1, [3], -2).item(), ShapeError, "expected a length >= 0, got -2");
  }
});

Deno.test("shapes of flat positions have no negative lengths", () => {
  const i = T.ivector("i");
  fails(() => T.unravelIndex(i, [-3, -4]), /expected a length >= 0, got -3/);
  fails(() => T.ravelMultiIndex([i, i], [3, -1]), /expected a length >= 0, got -1/);
});

Deno.test("numbers of several kinds have a dtype that holds them all", () => {
  const made = (value: Loose) => {
    const { dtype } = tensor(value);
    assertEquals(T.constant(value).dtype, dtype);
    assertEquals(shared(value).dtype, dtype);
    return [dtype, tensor(value).arraySync()];
  };
  assertEquals(made([true, 2]), ["float32", [1, 2]]);
  assertEquals(made([2, true]), ["float32", [2, 1]]);
  assertEquals(made([true, false]), ["bool", [true, false]]);
  assertEquals(made([true, 2n]), ["int64", [1n, 2n]]);
  assertEquals(made([1n, 2]), ["int64", [1n, 2n]]);
  assertEquals(made([1, 2n]), ["int64", [1n, 2n]]);
  assertEquals(made([2n, 1.5]), ["float32", [2, 1.5]]);
  assertEquals(made([2n, NaN]), ["float32", [2, NaN]]);
  assertEquals(made([]), ["float32", []]);
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n, [1n, 2n ** 70n]]) {
    for (const [name, make] of makers) {
      if (name !== "setValue") fails(() => make(value), /does not fit int64/);
    }
  }
  assertEquals(tensor(2n ** 63n, { dtype: "uint64" }).item(), 2n ** 63n);
  assertEquals(tensor(-(2n ** 63n)).item(), -(2n ** 63n));
});

Deno.test("names of rewrites that there are not are compared with those that there are", async () => {
  const x = T.vector("x");
  const at = (name: string) => compile([x], x, { mode: { excluding: [name] } });
  await rejects(at("add-zerro"), /Unknown rewrite "add-zerro"; did you mean "add-zero"\?/);
  const error = await assertRejects(() => at("nothing"), TypeError);
  assertEquals(error.message.length < 1000, true);
});

Deno.test("a step with more parameters than values says so", () => {
  const step = (a: Variable, b: Variable) => [a.add(1), b.mul(2)];
  const run = (options: ScanOptions) => () => scan(step, options);
  fails(
    run({ outputsInfo: [1, 2], nSteps: 3 }),
    /has 2 parameters and 1 of them get values.*one value/,
  );
  fails(run({ outputsInfo: [null, null], nSteps: 3 }), /has 2 parameters and 0 of them/);
  fails(
    run({ sequences: { input: T.vector("x"), taps: [] }, nSteps: 2 }),
    /and 0 of them get values/,
  );
  const [pair] = scan(step, { outputsInfo: [1, 2].map((x) => T.constant(x)), nSteps: 3 });
  assertEquals(loose(pair).length, 2);
  // What the step itself does wrong stays as it is.
  fails(() => scan(() => loose(null).x, { nSteps: 1 }), /Cannot read properties of null/);
});

Deno.test("options of loops by name are objects of names", () => {
  const step = ({ e }: Loose) => ({ a: e.at(0) });
  const run = (options: Loose) => () => scan({ sequences: { e: T.vector("x") }, ...options }, step);
  for (const option of ["carry", "nonSequences", "sequences"]) {
    for (const junk of [5, [1], T.vector("x"), "no"]) {
      fails(run({ [option]: junk }), new RegExp(`expected "${option}" to be an object of names`));
    }
  }
  fails(run({ truncateGradient: -2 }), /truncateGradient must be a number of steps/);
  fails(run({ strategy: "fast" }), /expected "strategy" to be "parallel" or .* got "fast"/);
});

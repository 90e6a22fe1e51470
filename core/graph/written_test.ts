import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  compile,
  grad,
  hessian,
  LimitError,
  LinAlgError,
  scan,
  ShapeError,
  shared,
  T,
  type Variable,
} from "../../all.ts";
import { onDevices } from "../../dev/testing/devices.ts";
import { writtenLabel } from "./graph.ts";

/** A call that fails: what is computed of what, with which arguments, and what the message says. */
interface Failing {
  readonly make: () => Variable;
  readonly inputs: readonly Variable[];
  readonly args: readonly unknown[];
  readonly says: readonly string[];
}

const x = T.matrix("x"), y = T.matrix("y"), u = T.vector("u"), v = T.vector("v");
const i = T.iscalar("i"), at = T.ivector("at"), t = T.tensor3("t"), w = T.tensor3("w");
const images = T.tensor4("images"), filters = T.tensor4("filters");
const mask = T.vector("mask", { dtype: "bool" }), long = T.lvector("long");
const far = T.lvector("far");
// What has the same lengths is one node: these occur in one case each.
const apart = T.vector("apart"), factor = T.vector("factor");
const many = shared([1, 2, 3], { name: "many" });

function filled(...shape: number[]): unknown {
  const [n, ...rest] = shape;
  return n === undefined ? 1 : Array.from({ length: n }, () => filled(...rest));
}

const table: Record<string, Failing> = {
  dot: {
    make: () => T.dot(x, y),
    inputs: [x, y],
    args: [filled(2, 3), filled(2, 3)],
    says: ['"x" of shape (2, 3)', '"y" of shape (2, 3)', "in dot(", "3 and 2"],
  },
  "matrix times vector": {
    make: () => T.dot(x, v),
    inputs: [x, v],
    args: [filled(2, 3), filled(4)],
    says: ['in dot("x" of shape (2, 3), "v" of shape (4,))'],
  },
  matmul: {
    make: () => T.matmul(t, w),
    inputs: [t, w],
    args: [filled(2, 3, 4), filled(3, 4, 2)],
    says: ["in matmul(", '"t" of shape (2, 3, 4)', '"w" of shape (3, 4, 2)'],
  },
  "an unnamed operand": {
    make: () => x.mul(2).dot(v.add(1)),
    inputs: [x, v],
    args: [filled(2, 3), filled(4)],
    says: ["in dot(", "the result of add of shape (4,)"],
  },
  add: {
    make: () => u.add(v),
    inputs: [u, v],
    args: [filled(2), filled(3)],
    says: ['in add("u" of shape (2,), "v" of shape (3,))', "2 and 3"],
  },
  mul: {
    make: () => x.mul(u),
    inputs: [x, u],
    args: [filled(2, 3), filled(2)],
    says: ['in mul("x" of shape (2, 3), "u" of shape (2,))', "3 and 2"],
  },
  where: {
    make: () => T.where(u.gt(0), u, v),
    inputs: [u, v],
    args: [filled(2), filled(3)],
    says: ['Cannot apply "where"', "in where(", '"v" of shape (3,)'],
  },
  concatenate: {
    make: () => T.concatenate([x, y], 0),
    inputs: [x, y],
    args: [filled(2, 3), filled(2, 4)],
    says: ['in concatenate("x" of shape (2, 3), "y" of shape (2, 4))'],
  },
  stack: {
    make: () => T.stack([u, v]),
    inputs: [u, v],
    args: [filled(2), filled(3)],
    says: ['in stack("u" of shape (2,), "v" of shape (3,))'],
  },
  reshape: {
    make: () => u.reshape([2, 2]),
    inputs: [u],
    args: [filled(5)],
    says: ['in reshape("u" of shape (5,))', "5 elements"],
  },
  "at a position": {
    make: () => u.at(i),
    inputs: [u, i],
    args: [filled(5), 7],
    says: ['An index into "u"', "axis 0 has length 5, got 7", 'in at("u", "i")'],
  },
  "at positions beyond 32 bits": {
    make: () => u.at(far),
    inputs: [u, far],
    args: [filled(3), [1n, 4294967296n]],
    says: ['An index into "u"', "axis 0 has length 3, got 4294967296", 'in at("u", "far")'],
  },
  "at negative positions beyond 32 bits": {
    make: () => v.at(far),
    inputs: [v, far],
    args: [filled(3), [-4294967299n]],
    says: ["axis 0 has length 3, got -4294967299"],
  },
  "at a negative constant": {
    make: () => u.at(-7),
    inputs: [u],
    args: [filled(5)],
    says: ["length 5, got -7", 'in at("u", -7)'],
  },
  "at the second axis": {
    make: () => x.at(0, i),
    inputs: [x, i],
    args: [filled(2, 3), 3],
    says: ["axis 1 has length 3, got 3", 'in at("x"'],
  },
  take: {
    make: () => T.take(u, at, 0),
    inputs: [u, at],
    args: [filled(5), [1, 9, 2]],
    says: ["got 9", 'in take("u", "at")'],
  },
  "take of a computed position": {
    make: () => T.take(u, at.mul(2), 0),
    inputs: [u, at],
    args: [filled(5), [1, -4]],
    says: ["got -8", 'in take("u", the result of mul)'],
  },
  setSubtensor: {
    make: () => T.setSubtensor(u.at(i), 1),
    inputs: [u, i],
    args: [filled(5), -7],
    says: ["got -7", "in setSubtensor(", '"i"'],
  },
  "a branch that is taken": {
    make: () => T.ifelse(u.sum().gt(0), u.add(v), u),
    inputs: [u, v],
    args: [filled(2), filled(3)],
    says: ['in add("u" of shape (2,), "v" of shape (3,))'],
  },
  "a shared variable": {
    make: () => u.sub(many),
    inputs: [u],
    args: [filled(2)],
    says: ['in sub("u" of shape (2,), "many" of shape (3,))'],
  },
  "a loop's step": {
    make: () => scan((a, p) => a.dot(p.mul(v)).add(p), { sequences: [x], outputsInfo: [v] })[0]!,
    inputs: [x, v],
    args: [filled(2, 3), filled(4)],
    says: ["in dot(", "of shape (4,)"],
  },
  "a position in a loop's step": {
    make: () => scan((a, p) => p.add(1).at(a).add(p), { sequences: [at], outputsInfo: [u] })[0]!,
    inputs: [u, at],
    args: [filled(3), [0, 5]],
    says: ["length 3, got 5", "in at("],
  },
  "an op that is taken out of a loop": {
    make: () => scan((a) => a.dot(v.mul(3)), { sequences: [x] })[0]!,
    inputs: [x, v],
    args: [filled(2, 3), filled(4)],
    says: ["in dot(", "of shape (4"],
  },
  "a position that is taken out of a loop": {
    make: () => scan((a) => u.at(a.add(2)), { sequences: [at] })[0]!,
    inputs: [u, at],
    args: [filled(3), [0, 5]],
    says: ["length 3, got 7", "in at("],
  },
  "a position in elements of a sequence, taken out of a loop": {
    make: () => scan((a) => u.at(a), { sequences: [at] })[0]!,
    inputs: [u, at],
    args: [filled(3), [0, 5]],
    says: ["length 3, got 5", 'in at("u", elements of "at")'],
  },
  "the first of the bad positions of a loop": {
    make: () => {
      const step = (p: Variable) => p.add(T.cast(u.at(p), "int32"));
      return scan(step, { outputsInfo: [T.constant(0, "int32")], nSteps: 6 })[0]!;
    },
    inputs: [u],
    args: [[1, 2]],
    says: ["length 2, got 3", 'in at("u"'],
  },
  "widths of padding": {
    make: () => T.pad(u, i),
    inputs: [u, i],
    args: [filled(3), -2],
    says: ['Cannot pad "u": expected widths >= 0', 'in pad("u"'],
  },
  "counts of another length": {
    make: () => T.repeat(u, at),
    inputs: [u, at],
    args: [filled(3), [1, 2]],
    says: ['Cannot repeat "u"', "by counts of another length: expected length 3 of axis 0, got 2"],
  },
  "a sum that is broadcast to a negative length": {
    make: () => T.alloc(u.sum(), i),
    inputs: [u, i],
    args: [filled(3), -2],
    says: ["Cannot broadcast the result of sum", "got -2", "in alloc("],
  },
  "channels of a convolution": {
    make: () => T.conv2d(images, filters),
    inputs: [images, filters],
    args: [filled(1, 3, 5, 5), filled(2, 4, 3, 3)],
    says: ['Cannot convolve "images"', "length 4 of axis 1, got 3", 'in conv2d("images" of'],
  },
  "the gradient of a convolution": {
    make: () => grad(T.conv2d(images, filters).sum(), filters),
    inputs: [images, filters],
    args: [filled(1, 3, 5, 5), filled(2, 4, 3, 3)],
    says: ['Cannot convolve "images"', "got 3", '"filters" of shape (2, 4, 3, 3))'],
  },
  "groups of a convolution": {
    make: () => T.conv2d(images, filters, { numGroups: 2 }),
    inputs: [images, filters],
    args: [filled(1, 3, 5, 5), filled(2, 2, 3, 3)],
    says: ['Cannot convolve "images"', "length 4 of axis 1, got 3", "in conv2d("],
  },
  "a transposed convolution": {
    make: () => T.conv2dTranspose(images, filters),
    inputs: [images, filters],
    args: [filled(1, 3, 5, 5), filled(2, 4, 3, 3)],
    says: ['Cannot convolve "images"', "length 2 of axis 1, got 3", "in conv2dTranspose("],
  },
  "a product of vectors": {
    make: () => u.dot(v),
    inputs: [u, v],
    args: [filled(2), filled(3)],
    says: ['Cannot multiply "u" of shape (2,) by "v" of shape (3,)', 'in dot("u" of shape (2,)'],
  },
  "the result of a product": {
    make: () => x.dot(v).mul(2).add(u),
    inputs: [x, v, u],
    args: [filled(2, 3), filled(3), filled(3)],
    says: ["in add(", "the result of mul of shape (2,)"],
  },
  tensordot: {
    make: () => T.tensordot(t, w, 1),
    inputs: [t, w],
    args: [filled(2, 3, 4), filled(3, 4, 5)],
    says: ['"t" of shape (2, 3, 4) by "w" of shape (3, 4, 5)', "in tensordot("],
  },
  "stacked vectors": {
    make: () => T.stack([u, v, u]),
    inputs: [u, v],
    args: [filled(2), filled(3)],
    says: ["Cannot stack tensors of shapes (2,), (3,) and (2,)"],
  },
  "a slice": {
    make: () => u.slice(1).add(u),
    inputs: [u],
    args: [filled(4)],
    says: ['in add("u" of shape (4,), the result of slice of shape (3,))'],
  },
  "a position in a slice": {
    make: () => u.slice(1, 3).at(i),
    inputs: [u, i],
    args: [filled(4), 2],
    says: ["An index into the result of slice", "length 2, got 2", "in at("],
  },
  "a slice that is set": {
    make: () => T.setSubtensor(u.slice(1, 3), v),
    inputs: [u, v],
    args: [filled(4), filled(3)],
    says: ["part of shape (2,)", '"v" of shape (3,)', "in setSubtensor("],
  },
  "a step of zero": {
    make: () => u.slice(null, null, i),
    inputs: [u, i],
    args: [filled(4), 0],
    says: ["a step other than 0", 'in slice("u"'],
  },
  "a constant": {
    make: () => u.add([1, 2, 3]),
    inputs: [u],
    args: [filled(2)],
    says: ["in add(", "[1, 2, 3] of shape (3,)", '"u" of shape (2,)'],
  },
  "a constant matrix": {
    make: () => x.dot(T.constant([[1, 2.5], [3, 4]])),
    inputs: [x],
    args: [filled(2, 3)],
    says: ['Cannot multiply "x" of shape (2, 3) by [[1, 2.5], [3, 4]] of shape (2, 2)'],
  },
  "a large constant": {
    make: () => x.dot(T.constant(filled(9, 9) as number[][])),
    inputs: [x],
    args: [filled(2, 3)],
    says: ['in dot("x" of shape (2, 3), a constant of shape (9, 9))'],
  },
  "a position in zeros": {
    make: () => T.zeros([3]).at(i),
    inputs: [i],
    args: [3],
    says: ["An index into the result of zeros", "got 3", 'in at(the result of zeros, "i")'],
  },
  "a mask": {
    make: () => u.at(mask),
    inputs: [u, mask],
    args: [filled(3), [true, false]],
    says: [
      'index "u" by the mask "mask": axis 0 of "u" has length 3',
      'in at("mask" of shape (2,)',
    ],
  },
  "a mask after an integer": {
    make: () => x.at(0, mask),
    inputs: [x, mask],
    args: [filled(2, 3), [true, false]],
    says: ['index "x" by the mask "mask": axis 1 of "x" has length 3', '"x" of shape (2, 3)'],
  },
  "a mask after a new axis": {
    make: () => T.index(x.mul(2), [null, i, mask]),
    inputs: [x, i, mask],
    args: [filled(2, 3), 0, [true, false]],
    says: ["index the result of mul by the mask", "axis 1 of the result of mul has length 3"],
  },
  "a position that the device computes": {
    make: () => u.at(T.argmax(v)),
    inputs: [u, v],
    args: [filled(2), [0, 0, 0, 9]],
    says: ["length 2, got 3", 'in at("u", the result of argmax)'],
  },
  "64-bit positions": {
    make: () => T.take(u, long, 0),
    inputs: [u, long],
    args: [filled(2), [1n, -5n]],
    says: ["length 2, got -5", 'in take("u", "long")'],
  },
  "unsigned positions": {
    make: () => T.take(u, T.cast(at, "uint8"), 0),
    inputs: [u, at],
    args: [filled(2), [1, 200]],
    says: ["length 2, got 200", "in take("],
  },
  "positions of rows of classes": {
    make: () => T.categoricalCrossentropy(T.softmax(x), at).mean(),
    inputs: [x, at],
    args: [filled(2, 3), [1, 3]],
    says: ["length 3, got 3", 'in categoricalCrossentropy(the result of softmax, "at")'],
  },
  "repeats by a vector": {
    make: () => T.repeat(u, at),
    inputs: [u, at],
    args: [filled(4), [1, 2]],
    says: ['in repeat("at" of shape (2,), "u" of shape (4,))'],
  },
  "nested loops": {
    make: () =>
      scan(
        (row) =>
          scan((a, p) => p.add(row.mul(a).dot(v)), {
            sequences: [u],
            outputsInfo: [T.constant(0)],
          })[0]!.at(-1),
        { sequences: [x] },
      )[0]!,
    inputs: [x, u, v],
    args: [filled(2, 3), filled(2), filled(4)],
    says: ["in dot(the result of mul of shape (2, 3)", '"v"', "3 and 4"],
  },
  "a position in nested loops": {
    make: () =>
      scan(
        (row) =>
          scan((a, p) => p.add(row.at(a)), {
            sequences: [at],
            outputsInfo: [T.constant(0)],
          })[0]!.at(-1),
        { sequences: [x] },
      )[0]!,
    inputs: [x, at],
    args: [filled(2, 3), [1, 7]],
    says: ['An index into "x[t]"', "length 3, got 7", 'in at("x[t]", "at[t]")'],
  },
  "what a step reads from outside": {
    make: () => scan((a, p) => p.add(u.at(a)), { sequences: [at], outputsInfo: [v] })[0]!,
    inputs: [u, at, v],
    args: [filled(3), [1, 9], filled(2)],
    says: ['An index into "u"', "length 3, got 9", 'in at("u"'],
  },
  "too many steps": {
    make: () =>
      scan((a, b, p) => p.mul(a).add(b).tanh(), {
        sequences: [u, v],
        outputsInfo: [T.constant(1)],
        nSteps: i,
      })[0]!,
    inputs: [u, v, i],
    args: [filled(3), filled(5), 4],
    says: ['sequence 0 ("u") has 3 elements', "4 steps need 4", 'in scan("u" of shape (3,), "i"'],
  },
  "sequences of other lengths than a state": {
    make: () => scan((a, p) => p.add(a), { sequences: [x], outputsInfo: [v] })[0]!,
    inputs: [x, v],
    args: [filled(2, 3), filled(4)],
    says: ["in add(", '"x[t]"', "3 and 4"],
  },
  "too many of few steps": {
    make: () => scan((a, b) => a.mul(b), { sequences: [u, v], nSteps: 3 })[0]!,
    inputs: [u, v],
    args: [filled(3), filled(2)],
    says: ["ShapeError", 'sequence 1 ("v") has 2 elements, and 3 steps need 3', "in scan("],
  },
  "too many of few steps, with taps": {
    make: () =>
      scan((a, b, c) => a.mul(b).add(c), {
        sequences: [{ input: u, taps: [0, 1] }, v],
        nSteps: 2,
      })[0]!,
    inputs: [u, v],
    args: [filled(2), filled(2)],
    says: ['"u") has 2 elements, and 2 steps with taps reaching 1 further need 3'],
  },
  "an extreme of no elements in a step": {
    make: () => scan((n) => T.arange(n).max(), { sequences: at })[0]!,
    inputs: [at],
    args: [[0, 2]],
    says: ["ShapeError: Cannot take the max of no elements: axis 0 has length 0", "in max("],
  },
  "the position of an extreme of no elements in a step": {
    make: () => scan((n) => x.slice(null, n).argmin(0).sum(), { sequences: at })[0]!,
    inputs: [x, at],
    args: [filled(2, 3), [1, 0]],
    says: ["Cannot take the argmin of no elements: axis 0 has length 0", "in argmin("],
  },
  "other lengths in a step": {
    make: () => scan((n) => v.slice(null, n).mul(v).sum(), { sequences: at })[0]!,
    inputs: [at, v],
    args: [[3, 2], filled(3)],
    says: ['Cannot apply "mul"', "at step 1 of scan", 'in mul(the result of slice, "v")'],
  },
  "a number of steps below zero": {
    make: () => scan((p) => p.mul(2), { outputsInfo: [T.constant(1)], nSteps: i })[0]!,
    inputs: [i],
    args: [-5],
    says: ["must be >= 0, got -5", 'in scan("i"'],
  },
  "a length below zero in a step": {
    make: () => scan((a) => T.ones([a.sub(3)]).sum(), { sequences: [at] })[0]!,
    inputs: [at],
    args: [[4, 1]],
    says: ["ShapeError", "expected a length >= 0, got -2", "in ones("],
  },
  "the gradient of a product": {
    make: () => grad(u.mul(factor).sum(), u),
    inputs: [u, factor],
    args: [filled(2), filled(3)],
    says: ["2 and 3", 'in mul("u" of shape (2,), "factor" of shape (3,))'],
  },
  "the Hessian of a difference": {
    make: () => hessian(T.sum(T.sqr(u.sub(apart))), u),
    inputs: [u, apart],
    args: [filled(2), filled(3)],
    says: ["2 and 3", 'in sub("u" of shape (2,), "apart" of shape (3,))'],
  },
  "the gradient of a table": {
    make: () => grad(T.sqr(x.at(at)).sum().add(x.sum()), x),
    inputs: [x, at],
    args: [filled(3, 2), [0, 3]],
    says: ["An index is out of range: axis 0 has length 3, got 3", 'gradient of at("x", "at")'],
  },
  "the transpose of a factor": {
    make: () => x.T.dot(y),
    inputs: [x, y],
    args: [filled(2, 3), filled(4, 3)],
    says: ['Cannot multiply the result of T of shape (3, 2) by "y" of shape (4, 3)'],
  },
  "an axis that is left out": {
    make: () => T.squeeze(x, 0),
    inputs: [x],
    args: [filled(3, 2)],
    says: ['Cannot leave out axis 0 of "x"', 'in squeeze("x" of shape (3, 2))'],
  },
  "values for a mask": {
    make: () => T.setSubtensor(u.at(mask), v),
    inputs: [u, mask, v],
    args: [filled(3), [true, false, true], filled(3)],
    says: ["part of shape (2,)", '"mask"', "in setSubtensor("],
  },
  "an expression": {
    make: () => T.expr`${x} @ ${v} + ${u}`,
    inputs: [x, v, u],
    args: [filled(2, 3), filled(3), filled(3)],
    says: ['Cannot apply "add"', 'in expr("'],
  },
  "the gradient of positions": {
    make: () => grad(T.take(u, at, 0).sum(), u),
    inputs: [u, at],
    args: [filled(3), [1, 4]],
    says: ["axis 0 has length 3, got 4", 'in the gradient of take("u", "at")'],
  },
  "the gradient of a loop": {
    make: () =>
      grad(
        scan((a, p) => p.mul(u.at(a)).add(p), { sequences: [at], outputsInfo: [v] })[0]!.sum(),
        u,
      ),
    inputs: [u, at, v],
    args: [filled(3), [1, 9], filled(2)],
    says: ["length 3, got 9", "at("],
  },
  "the gradient of a position": {
    make: () => grad(u.at(i.add(1)).mul(3), u),
    inputs: [u, i],
    args: [filled(3), 5],
    says: ["length 3, got 6", "in the gradient of at("],
  },
};

for (const [name, { make, inputs, args, says }] of Object.entries(table)) {
  onDevices(`the error names the user's lines: ${name}`, async (device) => {
    const output = make();
    const f = await compile([...inputs], output, { device });
    let message = "";
    try {
      await f(...args as number[]).data();
    } catch (error) {
      message = String(error);
    }
    for (const words of says) assert(message.includes(words), `${words} in ${message}`);
    assert(/made at \S*written_test\.ts:\d+:\d+/.test(message), message);
    assert(/called at \S*written_test\.ts:\d+:\d+/.test(message), message);
    assert(!/broadcastTo|dimshuffle|subtensor|advIndex|unnamed/.test(message), message);
    assert(message.length < 2000, message);
  });
}

onDevices("an error of a later call says the lengths of that call", async (device) => {
  const f = await compile([u, at], T.take(u, at, 0), { device });
  for (const n of [3, 4, 5, 6]) await f(filled(n) as number[], [n - 1]).data();
  let message = "";
  try {
    await f(filled(7) as number[], [7]).data();
  } catch (error) {
    message = String(error);
  }
  assert(message.includes("axis 0 has length 7, got 7"), message);
});

onDevices("lengths that equal those of another op are of the op at hand", async (device) => {
  const a = T.fvector("a"), b = T.fvector("b");
  grad(a.add(b).sum(), a);
  const product = a.mul(b), g = grad(product.sum(), a);
  for (const mode of ["fastRun", "fastCompile", "debug"] as const) {
    const f = await compile([a, b], g, { device: mode === "debug" ? "cpu" : device, mode });
    const { message } = await assertRejects(
      async () => await f([1, 2, 3], [1, 2]).data(),
      ShapeError,
    );
    assert(message.includes('in mul("a" of shape (3,), "b" of shape (2,))'), message);
    assert(message.includes(`made at ${product.origin}\n`), message);
  }
});

onDevices("what has too many positions is named as it was written", async (device) => {
  const s = T.fscalar("s"), row = T.fvector("row"), n = T.lscalar("n");
  const long = 2 ** 31, side = 2 ** 17;
  const cases: [string, Variable, Variable, number | Float32Array<ArrayBuffer>][] = [
    ["zeros", T.zeros([long]), s, 1],
    ["ones", T.ones([long]), s, 1],
    ["zeros", T.zeros([n]), n, long],
    ["tile", T.tile(row, long), row, new Float32Array(1)],
    ["repeat", T.repeat(row, long), row, new Float32Array(1)],
  ];
  if (device === "gpu") {
    cases.push(["eye", T.eye(side), s, 1]);
    cases.push(["outer", T.outer(row, row), row, new Float32Array(side)]);
  }
  for (const [call, made, input, arg] of cases) {
    const f = await compile([input], made.add(input.sum()), { device });
    const { message } = await assertRejects(async () => await f(arg).data(), LimitError);
    assert(/^Cannot (run|count)/.test(message) && !/broadcastTo|cast|mul/.test(message), message);
    assert(message.includes(`\n  in ${call}(`), message);
    assert(message.includes(`made at ${made.origin}\n`), message);
  }
});

Deno.test("errors while a graph is built name what the user wrote", () => {
  const words: [() => unknown, string][] = [
    [() => u.at(T.where(i.gt(0), 1, 2)), "the result of where"],
    [() => u.at(T.mean(u)), "the result of mean"],
    [() => grad(u.sum(), T.stack([u, v])), "the result of sum with respect to the result of stack"],
  ];
  for (const [build, text] of words) assertThrows(build, TypeError, text);
});

Deno.test("debug mode names what the user wrote", async () => {
  const f = await compile([u, i], u.mul(2).at(i), { mode: "debug" });
  const g = await compile([x, v], x.dot(v), { mode: "debug" });
  const cases = [
    [() => f([1, 2], 5), ["index 5", "in at(the result of mul of shape (2,)", '"i"']],
    [() => g([[1, 2]], [3]), ['in dot("x" of shape (1, 2), "v" of shape (1,))']],
  ] as const;
  for (const [call, says] of cases) {
    const { message } = assertThrows(call, Error);
    for (const words of says) assert(message.includes(words), message);
    assert(/made at \S*written_test.*\n {2}called at \S*written_test/.test(message), message);
  }
});

onDevices("an error of a matrix names the call, the op and the step", async (device) => {
  const m = T.fmatrix("m"), b = T.fvector("b"), singular = [[1, 2], [2, 4]];
  const [factors] = scan((k: Variable) => T.linalg.cholesky(m.mul(k)), { sequences: b });
  for (const mode of ["fastRun", "debug"] as const) {
    for (
      const [program, values, says] of [
        [T.linalg.solve(m, b), singular, ["is singular", 'in solve("m"']],
        [T.linalg.inv(m), singular, ["is singular", 'in inv("m"']],
        [T.linalg.cholesky(m), [[1, 2], [2, 1]], ["positive definite", 'in cholesky("m"']],
        [factors, [[1, 0], [0, 1]], ["positive definite", "at step 1 of scan", "in cholesky("]],
        [T.ifelse(b.sum().gt(9), b, T.linalg.solve(m, b)), singular, [
          "is singular",
          'in solve("m"',
        ]],
      ] as const
    ) {
      const f = await compile([m, b], program, { device, mode, onUnusedInput: "ignore" });
      const { message } = await assertRejects(
        async () => await f(values, [1, -1]).data(),
        LinAlgError,
      );
      for (const words of says) assert(message.includes(words), message);
      const places = /made at \S*written_test\.ts:\d+:\d+\n {2}called at \S*written_test\.ts:\d+/;
      assert(places.test(message), message);
    }
  }
  const f = await compile([m, b], T.ifelse(b.sum().gt(9), T.linalg.solve(m, b), b), { device });
  assertEquals([...await f(singular, [1, 2]).data()], [1, 2]);
});

Deno.test("a variable knows the call that made it", () => {
  assertEquals(u.add(17).written.call, "add");
  assertEquals(T.dot(x, y.add(17)).written.call, "dot");
});

onDevices("an error of an update names what the user wrote", async (device) => {
  const kept = shared([1, 2, 3], { name: "kept" });
  const updates = [[kept, T.setSubtensor(kept.at(i), u.sum())]] as const;
  const f = await compile([u, i], u.sum(), { device, updates: new Map(updates) });
  const g = await compile([u], u.sum(), { device, updates: new Map([[kept, kept.mul(u)]]) });
  for (
    const [call, says] of [
      [() => f([1, 2], 3).data(), ['An index into "kept"', "got 3", "in setSubtensor("]],
      [() => g([1, 2]).data(), ['"kept" of shape (3,)', '"u" of shape (2,)', "in mul("]],
    ] as const
  ) {
    const error = await assertRejects(async () => await call(), Error);
    for (const words of says) assert(error.message.includes(words), error.message);
    assert(/called at \S*written_test\.ts:\d+:\d+/.test(error.message), error.message);
  }
  assertEquals([...await kept.getValue().data()], [1, 2, 3]);
});

onDevices("sequences of different lengths end with the shortest", async (device) => {
  const rows = scan((a, b) => a.mul(b), { sequences: [u, v] })[0]!;
  const f = await compile([u, v], rows, { device });
  assertEquals([...await f([1, 2], [3, 4, 5]).data()], [3, 8]);
});

onDevices("a check without an integer to tell says none", async (device) => {
  const f = await compile([u, at, i], T.take(u, at, 0).sum().add(u.at(i)), { device });
  for (const [positions, one, got] of [[[5], 0, 5], [[0], -9, -9], [[7], 0, 7]] as const) {
    const error = await assertRejects(async () => await f([1, 2], [...positions], one).data());
    assert((error as Error).message.includes(`length 2, got ${got}\n`), (error as Error).message);
  }
});

Deno.test("labels are those of the ops, and cost no look at the stack", () => {
  assertEquals(u.add(17).label, "the result of add");
  assertEquals(T.constant([1, 2]).label, "[1, 2]");
  assertEquals(T.constant([[0.1], [2]]).label, "[[0.1], [2]]");
  assertEquals(T.constant(3n).label, "3");
  assertEquals(T.constant([]).label, "[]");
  assertEquals(writtenLabel(T.constant(filled(3, 3) as number[][])), "a constant");
  assertEquals(writtenLabel(u.dot(v.add(17))), "the result of dot");
  assertEquals(writtenLabel(T.vector("fresh").dimshuffle(["x", 0])), "the result of dimshuffle");
});

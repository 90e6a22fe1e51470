import { assert, assertEquals } from "@std/assert";
import { compile, grad, scan, shared, T, type Variable } from "../../mod.ts";
import { onDevices } from "../../dev/devices.ts";

/** A call that fails: what is computed of what, with which arguments, and what the message says. */
interface Failing {
  readonly make: () => Variable;
  readonly inputs: readonly Variable[];
  readonly args: readonly unknown[];
  readonly says: readonly string[];
}

const x = T.matrix("x"), y = T.matrix("y"), u = T.vector("u"), v = T.vector("v");
const i = T.iscalar("i"), at = T.ivector("at"), t = T.tensor3("t"), w = T.tensor3("w");
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
  "at a negative constant": {
    make: () => u.at(-7),
    inputs: [u],
    args: [filled(5)],
    says: ["length 5, got -7", 'in at("u")'],
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
    assert(!/broadcastTo|dimshuffle/.test(message), message);
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

Deno.test("a variable knows the call that made it", () => {
  assertEquals(u.add(17).written.call, "add");
  assertEquals(T.dot(x, y.add(17)).written.call, "dot");
});

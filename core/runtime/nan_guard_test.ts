import { assert, assertEquals, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, grad, NanGuardError, scan, shared, T } from "../../all.ts";

const badOf = (call: () => unknown) => assertThrows(call, NanGuardError);

onDevices("the first op whose result is bad, with what it was given", async (device) => {
  const x = T.fvector("x"), total = shared(1, { name: "total", dtype: "float32" });
  const y = T.exp(x).add(1).sqrt();
  const f = await compile([x], y.sum(), {
    updates: [[total, total.add(T.log(x).sum())]],
    mode: "nanGuard",
    device,
  });
  f([1, 2]);
  const before = total.getValue().item();
  const { bad, message } = badOf(() => f([1, 100]));
  assert(message.includes("nan_guard_test.ts:9:15"), message);
  assertEquals([bad.op, bad.steps, [...bad.value.dataSync()][1]], ["exp", [], Infinity]);
  assertEquals(bad.inputs.map((input) => [...input.dataSync()]), [[1, 100]]);
  assertEquals(badOf(() => f([1, -1])).bad.op, "log");
  assertEquals(total.getValue().item(), before);
  const copy = f.copy({ name: "other" });
  assert(badOf(() => copy([0, 1])).message.includes('"other"'));
});

onDevices("the step of the loop, and the first in time", async (device) => {
  const x = T.fmatrix("x"), w = shared(1, { name: "w", dtype: "float32" });
  const [rows] = scan((row) => {
    const [cells] = scan((v, last) => T.sqrt(v).add(last.reciprocal()).mul(w), {
      sequences: row,
      outputsInfo: T.constant(1, "float32"),
      name: "inner",
    });
    return cells.at(-1);
  }, { sequences: x, name: "outer" });
  const cost = rows.sum();
  const f = await compile([x], [cost, grad(cost, w)], { mode: "nanGuard", device });
  f([[1, 4, 1], [9, 4, 1]]);
  const { bad, message } = badOf(() => f([[1, 4, 1], [9, -4, 1], [-1, -1, -1]]));
  assertEquals([bad.steps, bad.op], [[1, 1], "sqrt"]);
  assert(message.includes('at step 1 of scan "outer", step 1 of scan "inner"'), message);
});

Deno.test("the gradient of an LSTM, where the values themselves are good", async () => {
  const x = T.fmatrix("x"), w = T.fmatrix("w"), u = T.fmatrix("u"), cells = 2;
  const [[h]] = scan((row, h, c) => {
    const z = row.dot(w).add(h.dot(u));
    const gate = (i: number) => z.at(T.arange(cells).add(i * cells));
    // The slope of the root is infinite where it is 0.
    const next = T.sigmoid(gate(0)).mul(c).add(T.sqrt(T.maximum(gate(1), 0)));
    return [T.sigmoid(gate(2)).mul(T.tanh(next)), next];
  }, {
    sequences: x,
    outputsInfo: [T.zeros([cells], "float32"), T.ones([cells], "float32")],
    name: "lstm",
  });
  const cost = h.sum();
  const f = await compile([x, w, u], [cost, grad(cost, w)], { mode: "nanGuard", device: "cpu" });
  const matrix = (rows: number, columns: number, value: number) =>
    Array.from({ length: rows }, () => new Array(columns).fill(value));
  const weights = [matrix(3, 6, 0.5), matrix(2, 6, 0.1)] as const;
  f(matrix(4, 3, 1), ...weights);
  const rows = matrix(4, 3, 1);
  rows[2] = [-5, -5, -5];
  const { bad, message } = badOf(() => f(rows, ...weights));
  // The gradient runs backwards: its second step is the third of four.
  assertEquals(bad.steps, [1]);
  assert(/in the gradient of sqrt\(.*nan_guard_test\.ts:\d+/.test(message), message);
  assert([...bad.value.dataSync()].includes(Infinity), message);
});

onDevices("sides of choices that are not taken, other limits, one's own test", async (device) => {
  const x = T.fscalar("x");
  const y = T.ifelse(x.gt(0), T.log(x), x.mul(2));
  const f = await compile([x], y, { mode: "nanGuard", device });
  assertEquals([f(-1).item(), f(1).item()], [-2, 0]);
  assertEquals(badOf(() => f(Infinity)).bad.op, "log");
  const strict = await compile([x], T.mul(x, x).sub(1), {
    mode: { nanGuard: { inf: false, huge: 100, test: (v) => T.lt(v, 0) } },
    device,
  });
  strict(3);
  assertEquals([badOf(() => strict(20)).bad.op, badOf(() => strict(0.5)).bad.op], ["sqr", "sub"]);
});

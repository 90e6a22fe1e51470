// In which order values are computed.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, scan, T, type Variable } from "../../all.ts";
import { nodesOf } from "../ir/nodes.ts";
import { stepOutputs } from "../ir/steps.ts";
import { summedTo } from "../ops/reduce/sum_to.ts";
import { planProgram } from "./planner.ts";

onDevices(
  "what reads a choice comes after it, also where its branch needs something stored",
  async (device) => {
    const x = T.fmatrix("x"), c = T.bscalar("c");
    // Stored, since the second output reads it again and again; the branch alone asks for it first.
    const stored = T.clip(T.softmax(x), -1, 0.5) as Variable;
    const chosen = T.ifelse(c, stored, stored.add(stored)) as Variable;
    const spread = T.mul(
      stored.dimshuffle(["x", 0, 1]),
      stored.dimshuffle([0, "x", 1]),
    ) as Variable;
    const f = await compile([x, c], [chosen.reshape([-1]), spread.sum(), T.min(stored)], {
      device,
    });
    for (const condition of [1, 0]) {
      const [first, sum, least] = f([[1], [2], [3]], condition).map(numbers);
      assertEquals(first, Array(3).fill(condition === 1 ? 0.5 : 1));
      assertEquals([sum, least], [[9 * 0.25], [0.5]]);
    }
  },
);

Deno.test("what is another value as it is takes no kernel and no memory", () => {
  const x = T.fmatrix("x"), n = T.lscalar("n");
  const planned = (value: number) => {
    const inputs = [{ variable: x, shape: [3, 4] }, { variable: n, shape: [], value }];
    // One after the other, in front of an op that reads memory.
    const same = summedTo(summedTo(x, [0], [n]), [0], [n.mul(1)]);
    const sorted = T.sort(same) as Variable;
    const request = { name: "f", inputs, shared: [], outputs: [sorted], updates: [] };
    const { program } = planProgram(request);
    return { steps: program.steps.map(({ kind }) => kind), buffers: program.buffers.length };
  };
  assertEquals(planned(3), { steps: ["sort"], buffers: 3 });
  assertEquals(planned(1).steps, ["nest", "sort"]);
});

Deno.test("functions are nodes of their own where a device takes them, and primitives elsewhere", () => {
  const x = T.fvector("x");
  const request = {
    name: "f",
    inputs: [{ variable: x, shape: [3] }],
    shared: [],
    outputs: [T.sin(T.add(T.exp(x), 1)) as Variable],
    updates: [],
  };
  const ops = (functions: boolean) =>
    planProgram({ ...request, ieee: true, functions }).program.steps
      .flatMap((step) => nodesOf(stepOutputs(step)).map(({ op }) => op as string));
  assertEquals(ops(true), ["const", "load", "call", "add", "call"]);
  assertEquals(ops(false).includes("call"), false);
});

onDevices("changes of parts, one after the other, are made in one memory", async (device) => {
  const dtypes = device === "cpu" ? ["float32", "float64"] as const : ["float32"] as const;
  for (const dtype of dtypes) {
    const x = T.vector("x", { dtype }), y = T.vector("y", { dtype }), c = T.bscalar("c");
    const first = T.incSubtensor(x.exp().at(T.slice(0, 3)), y) as Variable;
    const second = T.incSubtensor(first.at(T.slice(2, 5)), y) as Variable;
    const changed = (part: Variable) => T.incSubtensor(second.at(T.slice(3, 6)), part) as Variable;
    // One that is read elsewhere stays as it is: by an output, by what is put in, through a view, in a branch.
    const cases: [Variable[], number, number[][]][] = [
      [[changed(y)], 1, [[2, 3, 5, 4, 6, 4, 1]]],
      [[changed(y), second], 2, [[2, 3, 5, 4, 6, 4, 1], [2, 3, 5, 3, 4, 1, 1]]],
      [[changed(second.at(T.slice(2, 5)))], 2, [[2, 3, 5, 8, 7, 5, 1]]],
      [[changed(y).add(second.at(T.slice(null, null, -1)))], 2, [[3, 4, 9, 7, 11, 7, 3]]],
      [[changed(y), T.ifelse(c, second, x) as Variable], 2, [
        [2, 3, 5, 4, 6, 4, 1],
        [2, 3, 5, 3, 4, 1, 1],
      ]],
    ];
    for (const [outputs, copies, expected] of cases) {
      const f = await compile([x, y, c], outputs, { device, onUnusedInput: "ignore" });
      assertEquals(f([0, 0, 0, 0, 0, 0, 0], [1, 2, 3], 1).map(numbers), expected);
      const found = f.explain().match(/^ *copy/gm)?.length;
      assertEquals(found, copies);
    }
  }
});

onDevices(
  "results of a loop that are the same are stored once, if none is asked for",
  async (device) => {
    const x = T.fmatrix("x"), n = T.lscalar("n");
    const [[as, bs]] = scan((row: Variable, before: Variable) => {
      const a = T.tanh(row.add(before)).mul(2);
      return [a, summedTo(a, [0], [n])];
    }, { sequences: x, outputsInfo: [T.zeros([3], "float32"), null] }) as unknown as [
      [Variable, Variable],
    ];
    // Products read memory.
    const outputs = [[as.dot(as.T), bs.dot(bs.T)], [as, bs.dot(bs.T)], [bs, as]];
    const rows = [[1, 2, 3], [4, 5, 6]];
    const stored = ["%6", "output 0", "output 1, output 0"];
    for (const [i, one] of outputs.entries()) {
      const f = await compile([x, n], one, { device });
      for (const length of [3, 1]) {
        const results = f(rows, length).map(numbers);
        const step = (row: number[], before: number[]) =>
          row.map((v, j) => 2 * Math.tanh(v + before[j]!));
        const first = step(rows[0]!, [0, 0, 0]), a = [first, step(rows[1]!, first)];
        const b = length === 3 ? a : a.map((row) => [row.reduce((sum, v) => sum + v)]);
        const gram = (m: number[][]) =>
          m.flatMap((p) => m.map((q) => p.reduce((sum, v, j) => sum + v * q[j]!, 0)));
        const expected = [[gram(a), gram(b)], [a.flat(), gram(b)], [b.flat(), a.flat()]][i]!;
        results.forEach((result, j) =>
          result.forEach((v, at) => assertAlmostEquals(v, expected[j]![at]!, 1e-4))
        );
        const [, to] = /^ {4}mul \[3\]: %5 -> (.*)$/m.exec(f.explain())!;
        if (length === 3) assertEquals(to, stored[i]);
      }
    }
  },
);

onDevices(
  "of a loop of many inputs and outputs only those are stored that are read",
  async (device) => {
    // More inputs than one expression has nodes.
    const xs = Array.from({ length: 450 }, (_, i) => T.fvector(`x${i}`));
    const states = scan((...args: Variable[]) => {
      const rows = args.slice(0, xs.length), state = args[xs.length]!;
      const total = rows.reduce((sum, row) => sum.add(row));
      return [T.sin(state.add(total)), total];
    }, { sequences: xs, outputsInfo: [0, null] }) as unknown as [Variable[]];
    const last = states[0][0]!.at(-1), sum = states[0][1]!.sum();
    const f = await compile(xs, [last, sum], { device });
    const args = xs.map(() => [0.001, 0.002]);
    const [a, b] = f(...args).map((result) => numbers(result)[0]!);
    assertAlmostEquals(a!, Math.sin(Math.sin(0.45) + 0.9), 1e-5);
    assertAlmostEquals(b!, 1.35, 1e-5);
  },
);

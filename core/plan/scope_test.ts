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

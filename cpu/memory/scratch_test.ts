// Where temps lie when calls have other lengths than the one before.

import { assert, assertEquals } from "@std/assert";
import { compile, T } from "../../mod.ts";
import { executorOf } from "../../core/runtime/callable.ts";
import { distinctSizes, sizeAt } from "../../core/ir/size.ts";
import { Scratch } from "./scratch.ts";

Deno.test("temps stay where they are while all of them fit there, and nobody wants the room back", async () => {
  const x = T.fmatrix("x"), w = T.fmatrix("w");
  using f = await compile([x, w], [T.tanh(x.dot(w)).dot(w).sum(0).dot(w)], {
    device: "cpu",
    dynamicAxes: "all",
  });
  f([[1, 2], [3, 4]], [[1, 2], [3, 4]]);
  const [plan] = executorOf(f).plans;
  const scratch = new Scratch(plan!.program);
  const at = (rows: number, room: number) => {
    const env = plan!.symbols.map((source) =>
      source.kind === "length" && source.leaf === 0 && source.axis === 0 ? rows : 8
    );
    return scratch.layout((size) => sizeAt(size, env), room);
  };
  const large = at(100, 0);
  assert(large.bytes > 0 && large.offsets.size >= 2);
  assertEquals(at(100, 0), large);
  assert(at(7, large.bytes) === large && at(99, large.bytes) === large);
  const small = at(7, large.bytes - 1);
  assert(small.bytes < large.bytes);
  assertEquals(at(100, large.bytes), large);
});

Deno.test("the same workspace of many products is one size", async () => {
  const x = T.fmatrix("x"), w = T.fmatrix("w");
  let y = x.dot(w);
  for (let i = 0; i < 10; i++) y = T.tanh(y).dot(w);
  using f = await compile([x, w], [y], { device: "cpu", dynamicAxes: "all" });
  for (const n of [3, 5, 4]) {
    const rows = Array.from({ length: n }, () => [0.1, 0.2]);
    assertEquals((f(rows, [[1, 0], [0, 1]])[0]!).shape, [n, 2]);
  }
  const [plan] = executorOf(f).plans;
  const sizes = plan!.program.buffers.map(({ elements }) => elements);
  assert(distinctSizes(sizes).length < sizes.length);
  assertEquals(distinctSizes([...sizes, ...sizes]), distinctSizes(sizes));
});

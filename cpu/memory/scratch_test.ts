// Where temps lie when calls have other lengths than the one before.

import { assert, assertEquals } from "@std/assert";
import { compile, grad, T, type Variable } from "../../all.ts";
import { executorOf } from "../../core/runtime/callable.ts";
import { distinctSizes, sizeAt, sizeValue } from "../../core/ir/size.ts";
import { livesOf } from "../../core/plan/lives.ts";
import type { Plan } from "../../core/plan/planner.ts";
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

Deno.test("temps that live at one time lie apart, and no more memory is taken than they need then", async () => {
  const v = T.fvector("v"), m = T.fmatrix("m");
  let y: Variable = v, z: Variable = m;
  for (let i = 0; i < 60; i++) {
    y = i % 2 === 0 ? T.sin(y) as Variable : y.mul(v);
    z = i % 2 === 0 ? T.cos(z.dot(m)) as Variable : z.mul(m);
  }
  for (const [inputs, result] of [[[v], y.sum()], [[v, m], z.sum().mul(y.sum())]] as const) {
    const gradients = grad(result as Variable, inputs as readonly Variable[]);
    using f = await compile(inputs as readonly Variable[], gradients, { device: "cpu" });
    const row = Array.from({ length: 50 }, (_, i) => i / 50);
    f(...inputs.map((input) =>
      input === v ? row : [row.slice(0, 40), ...Array(39).fill(row.slice(0, 40))]
    ));
    const [{ program }] = executorOf(f).plans as [Plan];
    const { bytes, offsets } = new Scratch(program).layout(sizeValue, 0), lives = livesOf(program);
    const places = program.buffers.flatMap(({ id, elements }) => {
      const life = lives.get(id), from = offsets.get(id)!;
      return life === undefined ? [] : [{ ...life, from, to: from + 4 * sizeValue(elements) }];
    });
    assert(places.length > 40);
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(0, i)) {
        assert(a.last < b.first || b.last < a.first || a.to <= b.from || b.to <= a.from);
      }
    }
    // Of one length, as many as live at the step where most do.
    if (inputs.length > 1) continue;
    const counts = places.map(({ first }) =>
      places.filter((other) => other.first <= first && first <= other.last).length
    );
    assertEquals(bytes, 256 * Math.max(...counts));
  }
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

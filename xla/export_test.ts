// What modules say: a row for every op, their text and description, and errors. XLA is in xla_test.ts.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { allOps } from "../dev/testing/ops/all.ts";
import {
  compile,
  extend,
  grad,
  In,
  RandomStreams,
  scan,
  ShapeError,
  shared,
  T,
  until,
  type Variable,
} from "../all.ts";
import { exportStableHlo, shard } from "./all.ts";
import { rowOf } from "./table.ts";

Deno.test("every op that is not elementwise has a row", () => {
  const without = [...allOps.values()].filter((op) =>
    op.lowering.kind !== "elementwise" && rowOf(op) === null
  );
  assertEquals(without.map(({ name }) => name), [], "add a row in xla/rows");
});

Deno.test("an op without a row is an error that says what to do", async () => {
  const a = T.matrix("a"), other = { ...allOps.get("qr")!, name: "other" };
  const { outputs } = extend.applyOp(other, [a], { complete: false });
  const f = await compile([a], [...outputs], { device: "cpu" });
  const error = assertThrows(() => exportStableHlo(f, { shapes: [[3, 3]] }), TypeError);
  assertMatch(error.message, /Cannot export "other".*in a function of its own/);
});

/** How often something occurs. */
function count(text: string, what: RegExp): number {
  return text.match(new RegExp(what, "g"))?.length ?? 0;
}

Deno.test("arguments are inputs and shared variables, whose memory new values take", async () => {
  const x = T.matrix("x"), w = shared(new Float32Array(4), { name: "w" });
  const cost = x.dot(w).sqr().mean();
  const f = await compile([x], { cost, w }, {
    name: "step",
    updates: [[w, w.sub(grad(cost, w))]],
    device: "cpu",
  });
  const { module, description } = exportStableHlo(f, { shapes: { x: [3, 4] } });
  assertMatch(
    module,
    /@main\(%arg0: tensor<3x4xf32>, %arg1: tensor<4xf32> \{tf.aliasing_output = 2 : i32\}\)/,
  );
  assertEquals(description, {
    name: "step",
    inputs: [{ name: "x", dtype: "float32", shape: [3, 4] }],
    shared: [{ name: "w", dtype: "float32", shape: [4] }],
    results: [
      { name: "cost", dtype: "float32", shape: [] },
      { name: "w", dtype: "float32", shape: [4] },
      { name: "w", dtype: "float32", shape: [4] },
    ],
    outputs: 2,
    updates: [[1, 2]],
    donated: [[1, 2]],
    mesh: null,
  });
  assertEquals(JSON.parse(JSON.stringify(description)), description);
});

Deno.test("inputs that are states, and updates that change their shape", async () => {
  const x = T.vector("x"), s = T.vector("s"), v = shared(new Float32Array(2), { name: "v" });
  const f = await compile([x, new In(s, { value: [0, 0], update: s.add(x) })], x.sum(), {
    updates: [[v, T.concatenate([v, x])]],
    device: "cpu",
  });
  const { description } = exportStableHlo(f, { shapes: [[2], [2]] });
  assertEquals(description.updates, [[2, 1], [1, 2]]);
  assertEquals(description.donated, [[1, 2]]);
  assertEquals(description.results.map(({ name, shape }) => [name, shape.length, shape[0]]), [
    ["0", 0, undefined],
    ["v", 1, 4],
    ["s", 1, 2],
  ]);
});

Deno.test("loops are while, gradients too, and choices are if, of which one side is computed", async () => {
  const x = T.vector("x"), c = T.scalar("c");
  const [sums] = scan((e: Variable, s: Variable) => s.mul(e).add(1), {
    sequences: x,
    outputsInfo: 0,
  }) as unknown as [Variable];
  const cost = T.ifelse(c.gt(0), T.exp(sums).sum(), x.sum()) as Variable;
  const f = await compile([x, c], grad(cost, x), { device: "cpu" });
  const { module } = exportStableHlo(f, { shapes: [[5], []] });
  assert(count(module, /stablehlo\.while/) >= 2, module);
  assert(count(module, /"stablehlo\.if"/) >= 1, module);
});

Deno.test("lengths that hang on data have as many rows as there can be, and a number", async () => {
  const x = T.vector("x");
  const [s] = scan((e: Variable, a: Variable) => [a.add(e), until(a.add(e).gt(3))], {
    sequences: x,
    outputsInfo: 0,
  }) as unknown as [Variable];
  const f = await compile([x], [s, s.mean(), T.flatnonzero(x.gt(0))], { device: "cpu" });
  const { description: { results } } = exportStableHlo(f, { shapes: [[6]] });
  assertEquals(results.map(({ shape, rows }) => [shape.length, shape[0], rows]), [
    [1, 6, [[0, 3]]],
    [0, undefined, undefined],
    [1, 6, [[0, 4]]],
    [0, undefined, undefined],
    [0, undefined, undefined],
  ]);
});

Deno.test("integers that lengths hang on are fixed", async () => {
  const n = T.iscalar("n"), x = T.vector("x");
  const f = await compile([n, x], T.outer(T.arange(n), x), { device: "cpu" });
  const { module } = exportStableHlo(f, { shapes: { x: [2] }, values: { n: 3 } });
  assertMatch(module, /-> \(tensor<3x2xf32>\)/);
  const error = assertThrows(() => exportStableHlo(f, { shapes: { x: [2] } }), ShapeError);
  assertMatch(error.message, /depends on "n".*"values"/);
});

Deno.test("random numbers are integer arithmetic, and the generator's state is an argument", async () => {
  const streams = new RandomStreams(3);
  const f = await compile([], streams.uniform({ size: [6] }), { device: "cpu" });
  const { module, description } = exportStableHlo(f);
  assertEquals(count(module, /stablehlo\.rng/), 0);
  assertEquals(description.shared.map(({ dtype, shape }) => [dtype, shape[0]]), [["uint32", 4]]);
  assertEquals(description.updates.length, 1);
});

Deno.test("functions are written out, or XLA's own", async () => {
  const x = T.vector("x");
  const f = await compile([x], T.exp(x), { device: "cpu" });
  const own = exportStableHlo(f, { shapes: [[3]] }).module;
  const native = exportStableHlo(f, { shapes: [[3]], functions: "xla" }).module;
  assertEquals([count(own, /exponential/), count(native, /exponential/)], [0, 1]);
  assert(count(native, /\n/) < count(own, /\n/));
});

Deno.test("tensors are spread over a mesh, those of updates as their variables", async () => {
  const x = T.matrix("x"), w = shared(new Float32Array(12), { shape: [4, 3], name: "w" });
  const y = x.dot(w);
  const f = await compile([x], y, { updates: [[w, w.mul(2)]], device: "cpu" });
  const { module, description } = exportStableHlo(f, {
    shapes: [[16, 4]],
    mesh: { data: 4, model: 2 },
    shard: [
      shard(x, ["data", null]),
      shard(w, ["model", null]),
      shard(y, [["data", "model"], null]),
    ],
  });
  for (
    const line of [
      'sdy.mesh @mesh = <["data"=4, "model"=2]>',
      "mhlo.num_partitions = 8 : i32",
      '%arg0: tensor<16x4xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"data"}, {}]>}',
      '%arg1: tensor<4x3xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"model"}, {}]>, tf.aliasing',
      'tensor<16x3xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"data", "model"}, {}]>}',
      'tensor<4x3xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"model"}, {}]>}) {',
    ]
  ) assert(module.includes(line), `${line}\n${module}`);
  assertEquals(description.mesh, [["data", 4], ["model", 2]]);
  assertEquals(description.results[1]!.sharding, [["model"], []]);
});

Deno.test("what is computed on the way is spread where it is computed, with gradients", async () => {
  const x = T.matrix("x"), w = shared(new Float32Array(12), { shape: [4, 3], name: "w" });
  const hidden = T.tanh(x.dot(w)), unused = T.exp(x), cost = hidden.sqr().sum();
  const updates = [[w, w.sub(grad(cost, w))]] as const;
  const f = await compile([x], cost, { updates, device: "cpu" });
  const mesh = { data: 4 }, shapes = [[16, 4]];
  const { module } = exportStableHlo(f, { shapes, mesh, shard: [shard(hidden, ["data", null])] });
  assertEquals(
    count(module, /sharding_constraint %\d+ <@mesh, \[{"data"}, {}\]> : tensor<16x3xf32>/),
    1,
  );
  assertEquals(count(module, /dot_general/), 2);
  assertThrows(
    () => exportStableHlo(f, { shapes, mesh, shard: [shard(hidden, [null, "data"])] }),
    RangeError,
    "that 4 devices divide, got 3",
  );
  assertThrows(
    () => exportStableHlo(f, { shapes, mesh, shard: [shard(unused, ["data", null])] }),
    TypeError,
    "nor computed from them",
  );
});

Deno.test("what cannot be exported says why, and what to do", async () => {
  const x = T.matrix("x"), n = T.vector("n");
  const f = await compile([x], x.sum(), { name: "f", device: "cpu" });
  const shapes = [[6, 4]], mesh = { data: 4 };
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => exportStableHlo(f), /expected a shape of the input "x".*got nothing/],
    [() => exportStableHlo(f, { shapes: [[3]] }), /expected a shape of the input "x".*got \[3\]/],
    [() => exportStableHlo(f, { shapes: [[3, -1]] }), /got \[3, ?-1\]/],
    [() => exportStableHlo(f, { shapes: [[1, 1], [1]] }), /at most 1 entries of "shapes"/],
    [() => exportStableHlo(f, { shapes: { y: [1] } }), /expected a shape of the input "x"/],
    [() => exportStableHlo(f, { shapes: { x: [1, 1], y: [1] } }), /names "y".*inputs: x/],
    [() => exportStableHlo(f, { shapes, values: { x: 1 } }), /"values" fixes integers/],
    [() => exportStableHlo(f, { shapes, functions: "mine" as "xla" }), /"croton" or "xla"/],
    [() => exportStableHlo(f, { shapes, shard: [shard(x, ["data", null])] }), /expected a "mesh"/],
    [() => exportStableHlo(f, { shapes, mesh: { data: 0 } }), /a mesh of named axes/],
    [
      () => exportStableHlo(f, { shapes, mesh, shard: [shard(x, ["rows", null])] }),
      /sharded over "rows" which the mesh does not have; its axes are data/,
    ],
    [
      () => exportStableHlo(f, { shapes, mesh, shard: [shard(x, ["data", "data"])] }),
      /length of axis 0 of "x" that 4 devices divide, got 6|sharded over "data" twice/,
    ],
    [
      () => exportStableHlo(f, { shapes, mesh, shard: [shard(n, ["data"])] }),
      /"n" is sharded, and is none of its inputs, outputs and shared variables, nor computed/,
    ],
    [() => shard(x, ["data"]), /expected for each of its 2 axes/],
    [() => exportStableHlo(x as unknown as typeof f), /something that compile did not make/],
  ];
  for (const [act, message] of wrong) {
    let text = "nothing was thrown";
    try {
      act();
    } catch (error) {
      text = String(error);
    }
    assertMatch(text, message);
  }
});

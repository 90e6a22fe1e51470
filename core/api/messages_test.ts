import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  grad,
  graphInputs,
  hessian,
  In,
  IndexError,
  jacobian,
  Out,
  RandomStreams,
  replace,
  scan,
  shared,
  T,
  tensor,
  TensorType,
  until,
  type Variable,
} from "../../all.ts";
import { deep } from "../../dev/fuzz/arguments.ts";
import * as croton from "../../all.ts";

/** The error of a call with wrong arguments, whose message is short. */
function fails(body: () => unknown, message: string): void {
  const error = assertThrows(body, Error, message);
  assert(error.message.length < 1000, `${error.message.length} characters`);
}

/** The same for what is awaited. */
async function rejects(body: () => Promise<unknown>, message: string): Promise<void> {
  const error = await assertRejects(body, Error, message);
  assert(error.message.length < 1000, `${error.message.length} characters`);
}

// deno-lint-ignore no-explicit-any
const loose = (value: unknown): any => value;

Deno.test("lists nested too deep end in an error for the reader", () => {
  const x = T.vector("x");
  for (const levels of [100, 10_000, 100_000]) {
    for (const inside of [1, x]) {
      const list = loose(deep(levels, inside));
      fails(() => T.stacklists(list), "nested more than 64 deep");
      fails(() => scan(() => list, { nSteps: 2 }), "nested more than 8 deep");
    }
  }
  const few = T.stacklists(loose(deep(8, 1)));
  assertEquals(few.ndim, 8);
});

Deno.test("messages are short, however long what they speak of", async () => {
  const many = Array(5000).fill(1);
  fails(() => T.reshape([1, 0], many), "Cannot reshape");
  const long = T.vector("x".repeat(5000));
  fails(() => long.at(0, 0), "Cannot index");
  fails(() => long.dot(T.tensor4("y".repeat(5000)).dimshuffle(9)), "Cannot");
  const wide = T.tensor("float32", Array(40).fill(2 ** 40), "wide");
  fails(() => wide.dot(wide), "Cannot");
  fails(() => T.stack(Array.from({ length: 1000 }, (_, i) => i % 2 ? 1 : long)), "one rank");
  const inputs = Array.from({ length: 1000 }, (_, i) => T.scalar(`input${i}`));
  const f = loose(await compile(inputs, inputs[0]!, { device: "cpu", onUnusedInput: "ignore" }));
  fails(() => f({ y: 1 }), "unknown input");
});

Deno.test("types are compared with types", () => {
  const type = TensorType.of("float32", [null]);
  for (const junk of [null, undefined, 1, "float32", {}, [1], { dtype: "float32", ndim: 1 }]) {
    fails(() => type.compatible(loose(junk)), "expected a TensorType");
    fails(() => type.accepts(loose(junk)), "expected a TensorType");
  }
  assertEquals(type.compatible(TensorType.of("float32", [3])), true);
});

Deno.test("what makes loops for matrices of derivatives is not for users", () => {
  assertEquals("setLoopBuilder" in croton, false);
});

Deno.test("methods of compiled functions check what they are given", async () => {
  const x = T.fvector("x"), f = loose(await compile([x], x.mul(2), { device: "cpu" }));
  for (const junk of [null, undefined, 1, {}, [x]]) {
    fails(() => f.get(junk), "Cannot look up");
    fails(() => f.set(junk, 1), "Cannot look up");
  }
  for (const junk of [null, 1, {}, "x"]) fails(() => f.subset(junk, [1]), "list of outputs");
  fails(() => f.subset([deep(3, 1)], [1]), "no output");
});

Deno.test("lengths beyond all integers are errors", () => {
  const wide = T.tensor("float32", Array(40).fill(2 ** 40));
  fails(() => T.flatten(wide), "an integer up to 2^53");
  fails(() => T.bitcast(T.fvector(), loose(undefined)), "Unknown dtype");
  fails(() => grad(T.fvector("x").sum(), loose(deep(10_000, 1))), "Cannot");
});

onDevices("debug mode checks positions in what rewriting drops", async (device) => {
  const x = T.fmatrix("x"), i = T.ivector("i"), part = x.at(i);
  for (const y of [part.mul(0), part.sub(part), T.zerosLike(part), part.slice(0, 0)]) {
    const f = await compile([x, i], y, { device, mode: "debug" });
    assertThrows(() => f([[1], [2]], [5]), IndexError, "index 5");
    assertThrows(() => f(tensor([], { shape: [2, 0] }), [5]), IndexError, "index 5");
    f([[1], [2]], [1]);
  }
});

Deno.test("JSON shows variables without the graph that computes them, however deep it is", async () => {
  const x = T.vector("x");
  let y: Variable = x;
  for (let i = 0; i < 20_000; i++) y = T.sin(y);
  const shown = { id: y.id, label: "the result of sin", dtype: "float32", shape: [null] };
  assertEquals(JSON.parse(JSON.stringify(y)), shown);
  assertEquals(
    JSON.parse(JSON.stringify([new In(x), new Out(y)])).map((v: { variable: { id: number } }) =>
      v.variable.id
    ),
    [
      x.id,
      y.id,
    ],
  );
  const apply = JSON.parse(JSON.stringify(y.owner));
  assertEquals(apply, { id: y.owner!.id, op: "sin", inputs: [{ ...shown, id: shown.id - 2 }] });
  const [s, draw] = [shared([1n, 2n], { name: "s" }), new RandomStreams(1).normal([2])];
  for (const variable of [s, draw, T.constant([1n, 2n]), until(y.sum().gt(0)).condition]) {
    const { label, dtype } = JSON.parse(JSON.stringify(variable));
    assertEquals([label, dtype], [variable.label, variable.dtype]);
  }
  const f = await compile([x], x.add(1), { device: "cpu" });
  assertEquals(JSON.stringify({ f, container: s.container }).length < 200, true);
});

Deno.test("long chains can be replaced, and their Jacobians and Hessians built", () => {
  const x = T.vector("x"), z = T.vector("z");
  let y: Variable = x;
  for (let i = 0; i < 20_000; i++) y = T.sin(y);
  assertEquals(graphInputs(replace([y], new Map([[x, z]]))), [z]);
  let short: Variable = x;
  for (let i = 0; i < 1000; i++) short = T.sin(short);
  assertEquals(jacobian(short, x).ndim, 2);
  assertEquals(hessian(short.sum(), x).ndim, 2);
});

Deno.test("what users chose is shown bounded, whatever it is", async () => {
  const long = "a".repeat(100_000), x = T.fvector("x"), m = T.fmatrix("m");
  const expr = (text: string) => () => T.expr(loose(Object.assign([text], { raw: [text] })));
  for (
    const text of [long, `${long}(1)`, `1 + ${long}`, `2 ${long}`, `"${long}`, "1".repeat(1e5)]
  ) {
    try {
      expr(text)();
    } catch (error) {
      assert((error as Error).message.length < 1000, text.slice(0, 20));
    }
  }
  fails(expr(long), 'unknown name "aaa');
  for (
    const spec of [long, `${long}->`, `ij,${long}->${long}`, `ij->${long}`, `ij${"$".repeat(1e5)}`]
  ) {
    fails(() => T.einsum(loose(spec), m), "Cannot take an einsum");
  }
  fails(() => T.linalg.norm(x, loose(long)), "expected a number");
  fails(() => x.at(loose({ [long]: 1 })), "expected a slice");
  await rejects(() => compile([x], loose({ [long]: 1 })), "is not a variable");
});

Deno.test("objects of classes without fields are no indices, outputs, updates or options", async () => {
  const x = T.fvector("x");
  for (const junk of [new Date(), /a/, new Error("x"), new Set([x]), new WeakMap()]) {
    const [index, given] = [() => x.at(loose(junk)), loose(junk)];
    fails(index, `got an object of class ${junk.constructor.name}`);
    await rejects(() => compile([x], given), "expected a variable, a list or an object");
    await rejects(() => compile([x], x, { updates: given }), "updates are pairs");
    await rejects(() => compile([x], x, given), "expected an object of options");
  }
  // deno-lint-ignore no-sparse-arrays
  await rejects(() => compile([x], x, { updates: loose([,]) }), "update 0 is not a pair");
  assertEquals(x.at({}).ndim, 1);
  class Outputs {
    double = x.mul(2);
  }
  const f = await compile([x], loose(new Outputs()), { device: "cpu" });
  assertEquals([...loose(f([1])).double.dataSync()], [2]);
});

onDevices("a broken tensor as an argument names its input", async (device) => {
  const u = T.fvector("u"), v = T.fvector("v"), g = await compile([u, v], u.add(v), { device });
  const whole = { dtype: "float32", shape: [2], dataSync: () => new Float32Array(2) };
  for (
    const broken of [
      { shape: [3] },
      { shape: null },
      { shape: [-2] },
      { shape: ["2"] },
      { dtype: "nope" },
      { dtype: "int32" },
      { dataSync: null },
      { dataSync: () => null },
      { dataSync: () => [1, 2] },
    ]
  ) {
    fails(
      () => g([1, 2], loose({ ...whole, ...broken })),
      'Bad argument to "function" at input 1 ("v")',
    );
  }
  assertEquals([...await g([1, 2], loose(whole)).data()], [1, 2]);
});

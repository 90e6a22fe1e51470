import { assert, assertEquals, assertThrows } from "@std/assert";
import { compile, scan, T } from "../../all.ts";

const x = T.dvector("x");
const [logs] = scan((v) => T.log(T.exp(v).add(1)).mul(1), { sequences: x });
const y = T.log(T.exp(x).add(1)).mul(1).add(logs.sum());

Deno.test("a function tells which rewrites it went through, and where", async () => {
  const f = await compile([x], y, { device: "cpu" });
  const { rewrites } = f;
  const one = rewrites.find(({ rule }) => rule === "mul-one")!;
  assertEquals([one.law, one.fired >= 2], ["x * 1 -> x", true]);
  assert(rewrites.every(({ milliseconds }) => milliseconds >= 0));
  const text = f.explain({ rule: "mul-one" });
  assert(text.startsWith("mul-one: x * 1 -> x\n"), text);
  assert(/in the phase "canonicalize", made at .*rewrites_test.ts:6:/.test(text), text);
  assert(text.includes("in the step of a loop"), text);
  assert(text.includes("    -> log((TensorConstant{1.0} + exp(x[t])))"), text);
  assertThrows(() => f.explain({ rule: "mul-none" }), TypeError, 'did you mean "mul-one"');
});

Deno.test("rewrites are left out by name, phase or tag", async () => {
  const rulesOf = async (excluding: string[]) => {
    const f = await compile([x], y, { device: "cpu", mode: { excluding } });
    return [f.rewrites.map(({ rule }) => rule), f([1000]).item()] as const;
  };
  const [all, value] = await rulesOf([]);
  const [named] = await rulesOf(["mul-one"]);
  const [tagged, overflown] = await rulesOf(["stabilises"]);
  assert(all.includes("mul-one") && all.length > tagged.length);
  assert(!named.includes("mul-one"));
  assertEquals([value, overflown], [2000, Infinity]);
});

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { makeValue, type Value } from "../../core/graph/value.ts";
import {
  compile,
  evaluateGraph,
  IndexError,
  scan,
  ShapeError,
  T,
  type Variable,
} from "../../all.ts";
import { isVaryingShape } from "./check.ts";
import { expectedValues, mismatch } from "./compare.ts";
import { Generator } from "./generator.ts";
import { graphs } from "./kinds/graphs.ts";
import { decode, encode, exprText, type Program, programText } from "./program.ts";
import { Runner } from "./runner.ts";
import { shrink } from "./shrink.ts";
import { wrongDerivative } from "./slopes.ts";
import { variesByStep } from "./uneven.ts";

function programOf(seed: number): Program {
  const generator = new Generator(seed);
  graphs.generate(generator);
  return generator.finish()!;
}

const x = T.vector("x");
const given = (...data: number[]) =>
  new Map<Variable, Value>([[x, makeValue("float32", [data.length], data)]]);

Deno.test("equal seeds give equal programs, and programs survive being sent", () => {
  const program = programOf(3);
  assertEquals(encode(programOf(3)), encode(program));
  assertEquals(encode(decode(encode(program))), encode(program));
  assertMatch(programText(program, "cpu"), /^import .*\n\nconst x\d+ = .*[^]*await compile\(/);
});

Deno.test("a value is wrong when rounding does not explain it", () => {
  const inputs = given(1, 1e6, 0.1);
  const [total, rest] = expectedValues([T.sum(x), T.sub(T.sum(x), 1000001)], inputs, 20);
  const value = (n: number) => makeValue("float32", [], [n]);
  assertEquals(mismatch(total!, value(1000001.125), true), null);
  assertMatch(mismatch(total!, value(1000100), true)!, /number 0 is 1000100/);
  // What cancels has few digits left.
  assertEquals(mismatch(rest!, value(0.125), true), null);
  assertMatch(mismatch(total!, makeValue("float32", [1], [1]), true)!, /shape/);
});

Deno.test("a derivative is wrong when differences say so, and kinks are passed over", () => {
  const cost = T.sum(T.sqr(x));
  assertEquals(wrongDerivative(cost, x, T.mul(x, 2), given(1, -2, 0.5)), null);
  assertMatch(wrongDerivative(cost, x, T.mul(x, 3), given(1, -2, 0.5))!, /number 0 is 3/);
  assertMatch(wrongDerivative(cost, x, T.mul(x, NaN), given(1))!, /NaN/);
  assertEquals(wrongDerivative(T.sum(T.abs(x)), x, T.mul(x, 0), given(0)), null);
  // So many stairs that any two points of them lie on a slope.
  const stairs = T.sum(T.floor(T.mul(x, 1e15)));
  assertEquals(wrongDerivative(stairs, x, T.mul(x, 0), given(1)), null);
});

Deno.test("programs shrink to what makes them fail", async () => {
  const uses = (program: Program) =>
    program.statements.filter(({ expr }) => /^T\.(sum|mean)\(/.test(exprText(expr))).length;
  const program = [1, 2, 3, 4, 5, 6, 7, 8].map(programOf).find((one) => uses(one) > 0)!;
  const budget = { tries: 500, time: 20_000, lines: true };
  const small = await shrink(program, (one) => Promise.resolve(uses(one) > 0), budget);
  assertEquals([small.statements.length, small.outputs.length], [1, 1]);
  assert(uses(small) === 1);
});

Deno.test("a program that never ends is stopped", async () => {
  const runner = new Runner({ time: 1, memory: 500 });
  const outcome = await runner.check(programOf(3), "cpu");
  await runner.stop();
  assertEquals(outcome.status === "failed" && outcome.failure.kind, "hangs");
});

Deno.test("a program may be refused for shapes that vary from step to step, and for no other", async () => {
  const m = T.matrix("m");
  const [rows] = scan((row: Variable) => m.slice(T.argmax(row)), { sequences: m });
  const errors: unknown[] = [];
  for (const output of [rows as Variable, T.dot(m, m)]) {
    const f = await compile([m], output, { device: "cpu" });
    try {
      f([[1, 2, 3], [4, 5, 6]]);
    } catch (error) {
      errors.push(error);
    }
  }
  assert(errors.length === 2 && errors.every((error) => error instanceof ShapeError));
  assertEquals(errors.map(isVaryingShape), [true, false]);
});

Deno.test("differences do not judge what is rounded to fewer digits", () => {
  const wide = T.vector("wide", "float64");
  const at = new Map<Variable, Value>([[wide, makeValue("float64", [1], [0.7])]]);
  const judged = (of: Variable) => wrongDerivative(of, wide, T.mul(wide, 0).add(3), at);
  const narrow = (v: Variable) => T.cast(v, "float32");
  assertEquals(judged(T.sum(narrow(wide))), null);
  const [steps] = scan((v: Variable) => T.cast(narrow(v), "float64"), { sequences: wide });
  assertEquals(judged((steps as Variable).sum()), null);
  assertMatch(judged(T.sum(wide))!, /number 0 is 3/);
  // What is rounded does not depend on it.
  assertMatch(judged(T.sum(wide).add(narrow(T.constant(0.1, { dtype: "float64" }))))!, /is 3/);
  assertEquals(wrongDerivative(T.sum(T.cast(x, "float64")), x, T.mul(x, 0).add(1), given(1)), null);
  assertMatch(
    wrongDerivative(T.sum(T.cast(x, "float64")), x, T.mul(x, 3), given(1))!,
    /number 0 is 3/,
  );
});

Deno.test("lengths of results vary by step where the steps compute them", () => {
  const n = T.ivector("n"), m = T.matrix("m"), k = T.iscalar("k");
  const over = (step: (i: Variable) => unknown) =>
    variesByStep([scan(step as (i: Variable) => Variable, { sequences: n })[0] as Variable]);
  const trace = (steps: Variable, first: Variable | number = 1) =>
    scan((last: Variable) => last.mul(2), { outputsInfo: first, nSteps: steps })[0] as Variable;
  assertEquals(
    [
      over((i) => trace(i)),
      over((i) => trace(k).slice(i)),
      over((i) => T.cumsum(T.pad(trace(i), 1))),
      over((i) => T.index(m, m.sum(1).gt(i))),
      over((i) => scan((row: Variable) => row.slice(i), { sequences: m })[0]),
      over((i) => trace(k, m.slice(i)).at(-1)),
      over((i) =>
        T.sum(scan((j: Variable) => T.arange(j), { sequences: T.arange(i) })[0] as Variable)
      ),
    ],
    Array(7).fill(true),
  );
  assertEquals(
    [
      over((i) => trace(i).at(-1)),
      over((i) => T.cumsum(T.pad(trace(i), 1)).sum()),
      over((i) => m.slice(k).mul(i)),
      over((i) => T.index(m, m.sum(1).gt(k)).mul(i)),
      over((i) => m.at(T.argmax(m.mul(i), 1))),
      over((i) => trace(k.add(1)).mul(i)),
      over((i) => T.broadcastTo(trace(i).at(0), [k])),
    ],
    Array(7).fill(false),
  );
});

Deno.test("a 0 that whole numbers leave may be off by rounding, and by no more", () => {
  const inputs = given(1, 1, 1), left = T.sum(T.sub(x, T.mean(x))) as Variable;
  const [found] = expectedValues([left], inputs, 5);
  const value = (n: number) => makeValue("float32", [], [n]);
  assertEquals(mismatch(found!, value(2 ** -22), true), null);
  assertMatch(mismatch(found!, value(1e-3), true)!, /expected 0/);
});

Deno.test("signs of zeros that arithmetic makes say nothing where they are not promised", () => {
  const from = given(-0), sum = T.add(x, 0) as Variable;
  const angle = T.atan2(sum, sum) as Variable, given2 = T.atan2(x, 1) as Variable;
  const judged = (of: Variable, found: number, hasSigns: boolean) =>
    mismatch(
      expectedValues([of], from, 20, hasSigns)[0]!,
      makeValue("float32", [1], [found]),
      false,
    );
  assertMatch(judged(angle, -Math.PI, true)!, /expected 0/);
  assertEquals(judged(angle, -Math.PI, false), null);
  assertMatch(judged(given2, 1, false)!, /expected/);
  assertMatch(judged(T.mul(sum, 2) as Variable, 1e-3, false)!, /expected 0/);
});

Deno.test("the reference reads what has no value, too, where a sum is of no elements", () => {
  const m = T.matrix("m");
  const [rows] = scan((row: Variable) => row.slice(1), { sequences: m });
  const last = T.sum((rows as Variable).at(-1)) as Variable;
  const at = (...shape: number[]) => () =>
    evaluateGraph([last], new Map<Variable, Value>([[m, makeValue("float32", shape, [])]]));
  assertThrows(at(0, 1), IndexError);
  assertEquals(Array.from(at(1, 0)()[0]!.data, Number), [0]);
});

Deno.test("differences do not judge what rounding moves farther than they see", () => {
  const wide = T.vector("wide", "float64"), far = T.scalar("far", "float64");
  const judged = (by: number, is: (v: Variable) => Variable) => {
    const given = new Map<Variable, Value>([
      [wide, makeValue("float64", [1], [0.7])],
      [far, makeValue("float64", [], [by])],
    ]);
    return wrongDerivative(T.sum(T.sin(T.add(wide, far))), wide, is(T.add(wide, far)), given);
  };
  const wrong = (v: Variable) => T.mul(T.cos(v), 1.1) as Variable;
  assertEquals(judged(1.8e15, T.cos), null);
  assertEquals(judged(1.8e15, wrong), null);
  for (const by of [0, 3, 1000]) {
    assertEquals(judged(by, T.cos), null);
    assertMatch(judged(by, wrong)!, /differences say/);
    assertMatch(judged(by, (v) => T.mul(v, NaN) as Variable)!, /is NaN/);
  }
});

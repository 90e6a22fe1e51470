import "../../dev/testing/compiling.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { T, type Variable } from "../../all.ts";
import { toposort } from "../graph/walk.ts";
import { runPhase } from "./driver.ts";
import { ew, number, under } from "./match.ts";
import { optimise, resolveMode } from "./mod.ts";
import { phases } from "./phases.ts";
import type { Rule } from "./rule.ts";

const x = T.dvector("x"), y = T.dvector("y");

function phase(...rules: Rule[]) {
  return { name: "test", rules };
}

function rule(name: string, ops: string[], rewrite: Rule["rewrite"]): Rule {
  return { name, law: "for a test", ops, rewrite };
}

const expToSin = rule("exp-sin", ["exp"], ({ inputs }) => ew("sin", inputs[0]!));
const sinToCos = rule("sin-cos", ["sin"], ({ inputs }) => ew("cos", inputs[0]!));
const cosToExp = rule("cos-exp", ["cos"], ({ inputs }) => ew("exp", inputs[0]!));

Deno.test("a phase runs until no rule fires, in one pass where it can", () => {
  const hits = new Map<string, number>();
  const [made] = runPhase(phase(sinToCos, expToSin), [T.exp(T.exp(x))], hits);
  assertStrictEquals(made, T.cos(T.cos(x)));
  assertEquals([...hits], [["exp-sin", 2], ["sin-cos", 2]]);
});

Deno.test("rules that lead back to the beginning are named", () => {
  assertThrows(
    () => runPhase(phase(expToSin, sinToCos, cosToExp), [T.exp(x)], new Map()),
    RangeError,
    "exp-sin, sin-cos, cos-exp",
  );
});

Deno.test("a rule that grows the graph for ever runs out of its budget", () => {
  let more = 0;
  const grow = rule(
    "grow",
    ["exp"],
    ({ inputs }) => T.exp(T.mul(number(++more, "float64"), inputs[0]!)),
  );
  assertThrows(() => runPhase(phase(grow), [T.exp(x)], new Map()), RangeError, "were grow");
});

Deno.test("rules that make more and more at once end before memory does", () => {
  let size = 1, fired = 0;
  const double = rule("double", ["exp"], ({ inputs }) => {
    fired++;
    size *= 2;
    let sum = inputs[0]!;
    for (let i = 0; i < size; i++) sum = ew("add", sum, number(i + size, "float64"));
    return ew("exp", sum);
  });
  assertThrows(() => runPhase(phase(double), [T.exp(x)], new Map()), RangeError, "were double");
  assert(fired < 25);
});

Deno.test("a large graph may be rewritten everywhere", () => {
  let sum: Variable = x;
  for (let i = 0; i < 20_000; i++) sum = T.exp(ew("add", sum, number(i, "float64")));
  const hits = new Map<string, number>();
  runPhase(phase(expToSin, sinToCos), [sum], hits);
  assertEquals(hits.get("sin-cos"), 20_000);
});

Deno.test("a rule that puts in what it replaces is named", () => {
  const nest = rule("nest", ["exp"], ({ output }) => ew("sin", output));
  assertThrows(() => runPhase(phase(nest), [T.exp(x)], new Map()), RangeError, "nest");
});

Deno.test("a replacement of another type is an error that names the rule", () => {
  const cut = rule("cut", ["exp"], () => T.dscalar());
  assertThrows(() => runPhase(phase(cut), [T.exp(x)], new Map()), TypeError, '"cut"');
});

Deno.test("rules see how often something is used", () => {
  const seen: number[] = [];
  const count = rule("count", ["exp"], (apply, context) => {
    seen.push(context.uses(apply.inputs[0]!), context.uses(apply.output));
    return null;
  });
  const s = T.sin(x), e = T.exp(s);
  runPhase(phase(count), [ew("add", e, s), e], new Map());
  assertEquals(seen, [2, 2]);
});

Deno.test("uses are counted by what variables have become", () => {
  const seen: number[] = [];
  const look = rule("look", ["neg"], ({ inputs }, context) => {
    seen.push(context.uses(inputs[0]!));
    return null;
  });
  // Both arguments become cos(x).
  runPhase(phase(look, sinToCos), [ew("neg", T.sin(x)), T.exp(T.cos(x))], new Map());
  assertEquals(seen[0], 2);
});

Deno.test("results keep their names and where they were written", () => {
  const e = T.exp(T.dvector("own"));
  e.name = "activity";
  const [made] = runPhase(phase(expToSin), [e], new Map());
  assertEquals(made!.name, "activity");
  assertEquals(made!.origin, e.origin);
  // A variable that was there before is not renamed.
  const s = T.sin(y), again = T.exp(y);
  again.name = "other";
  runPhase(phase(expToSin), [again], new Map());
  assertEquals(s.name, null);
});

Deno.test("several outputs can be replaced one by one", () => {
  const c = T.scalar("c", { dtype: "bool" });
  const [first, second] = T.ifelse(c, [x, x], [y, x]) as [Variable, Variable];
  const [a, b] = optimise([first, second]);
  assertEquals(a!.owner!.op.name, "ifelse");
  assertStrictEquals(b, x);
});

Deno.test("modes leave out rules and phases", () => {
  const zero = ew("add", x, number(0, "float64"));
  assertStrictEquals(optimise([zero])[0], x);
  assertStrictEquals(optimise([zero], resolveMode({ base: "none" }))[0], zero);
  const without = resolveMode({ excluding: ["add-zero", "collect-terms"] });
  assertEquals(under(optimise([zero], without)[0]!, "add") !== null, true);
  const only = resolveMode({ base: "none", including: ["add-zero"] });
  assertStrictEquals(optimise([zero], only)[0], x);
  const square = ew("pow", x, number(3, "float64"));
  assertEquals(optimise([square], resolveMode("fastCompile"))[0]!.owner!.op.name, "pow");
  assertEquals(optimise([square])[0]!.owner!.op.name, "mul");
  assertThrows(() => resolveMode({ excluding: ["add-nothing"] }), TypeError, "add-nothing");
});

Deno.test("names of rules are unique", () => {
  const rules = new Map<string, Rule>();
  for (const { rules: list } of phases) {
    for (const one of list) {
      const known = rules.get(one.name);
      assert(known === undefined || known === one, `two rules are called ${one.name}`);
      rules.set(one.name, one);
      assert(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(one.name), one.name);
    }
  }
});

Deno.test("rewriting twice changes nothing more", () => {
  const cost = T.log(T.softmax(T.dot(T.dmatrix("m"), T.dmatrix("w")))).sum().add(x.pow(2).mean());
  const once = optimise([cost]);
  assertStrictEquals(optimise(once)[0], once[0]);
});

Deno.test("tall graphs do not need a deep stack", () => {
  let tall: Variable = x;
  for (let i = 0; i < 20_000; i++) tall = i % 2 === 0 ? T.sin(tall) : T.mul(T.add(tall, 0), 1.5);
  const [made] = optimise([tall]);
  assertEquals(toposort([made!]).length, 20_000);
});

Deno.test("uses are those of all that a variable stands for, each once", () => {
  const counts: number[] = [];
  const a = T.exp(T.sin(x)), b = T.exp(T.cos(y));
  const merge = rule("merge", ["sin", "cos"], () => x);
  const count = rule("count", ["exp"], ({ inputs }, context) => {
    counts.push(context.uses(inputs[0]!));
    return null;
  });
  runPhase(phase(merge, count), [a, b, T.sin(x)], new Map());
  // In the first pass x stands for the sine, which is an output, too, and later for the cosine as well.
  assertEquals(counts[0], 1 + 2);
  assertEquals(counts.at(-1), 2);
});

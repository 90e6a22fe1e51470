import { assertEquals } from "@std/assert";
import { phases } from "./phases.ts";
import { checkRule } from "./testing.ts";
import { arithmeticCases } from "./testdata/arithmetic_cases.ts";
import type { Cases } from "./testdata/cases.ts";
import { functionCases } from "./testdata/function_cases.ts";
import { indexCases } from "./testdata/index_cases.ts";
import { logicCases } from "./testdata/logic_cases.ts";
import { shapeCases } from "./testdata/shape_cases.ts";
import { stableCases } from "./testdata/stable_cases.ts";

const cases: Cases = {
  ...arithmeticCases,
  ...logicCases,
  ...functionCases,
  ...shapeCases,
  ...indexCases,
  ...stableCases,
};
const rules = new Map(phases.flatMap((phase) => phase.rules.map((rule) => [rule.name, rule])));

for (const [name, rule] of rules) {
  if (cases[name] === undefined) continue;
  Deno.test(`${name}: ${rule.law}`, () => checkRule(rule, cases[name]!));
}

Deno.test("every rule has cases, and every case a rule", () => {
  assertEquals([...rules.keys()].filter((name) => cases[name] === undefined), []);
  assertEquals(Object.keys(cases).filter((name) => !rules.has(name)), []);
});

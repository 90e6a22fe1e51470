import { assertEquals } from "@std/assert";
import { phases } from "./phases.ts";
import { checkRule } from "../../dev/testing/rewrite/rules.ts";
import { arithmeticCases } from "../../dev/testing/rewrite/arithmetic_cases.ts";
import type { Cases } from "../../dev/testing/rewrite/cases.ts";
import { functionCases } from "../../dev/testing/rewrite/function_cases.ts";
import { indexCases } from "../../dev/testing/rewrite/index_cases.ts";
import { logicCases } from "../../dev/testing/rewrite/logic_cases.ts";
import { matrixCases } from "../../dev/testing/rewrite/matrix_cases.ts";
import { shapeCases } from "../../dev/testing/rewrite/shape_cases.ts";
import { stableCases } from "../../dev/testing/rewrite/stable_cases.ts";

const cases: Cases = {
  ...arithmeticCases,
  ...logicCases,
  ...functionCases,
  ...shapeCases,
  ...indexCases,
  ...matrixCases,
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

// What is left of stores that nothing reads.

import { assertEquals } from "@std/assert";
import { check } from "../../dev/testing/file_check.ts";
import { T } from "../../all.ts";
import { afterPasses } from "../../dev/testing/plan/passes.ts";

Deno.test("one kernel and no temporary, where all is read at the same points", () => {
  const x = T.vector("x");
  // Read twice, and expensive: stored at first.
  const e = x.exp().add(1);
  const after = afterPasses({ inputs: [[x, [100]]], outputs: [e.sqr(), e.mul(x)] });
  check(after.lower!, ["[100]: x -> %", "-> output 0", "-> output 1"]);
  check(after.merge!, ["[100]: x -> %", "NOT output"]);
  check(after.unread!, ["NOT %", "[100]: x -> output 0, output 1", "NOT ->"]);
});

Deno.test("a temporary stays where it is read at other points", () => {
  const x = T.vector("x"), e = x.exp().add(1);
  const after = afterPasses({ inputs: [[x, [100]]], outputs: [e.dot(e), e.sqr()] });
  check(after.unread!, ["[100]: x -> %3, output 1", "over 100: %3 -> %4"]);
});

Deno.test("what only an unread store needed goes with it, and a step with nothing to do", () => {
  const X = T.matrix("X"), e = X.exp().add(1);
  const after = afterPasses({ inputs: [[X, [30, 40]]], outputs: [T.softmax(e)] });
  const lines = (pass: string) => after[pass]!.split("\n").length;
  assertEquals(lines("unread") <= lines("merge"), true);
  check(after.unread!, ["-> output 0"]);
});

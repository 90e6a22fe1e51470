// Which nests run row by row.

import { assertEquals } from "@std/assert";
import { check } from "../../dev/testing/file_check.ts";
import { numbers } from "../../dev/testing/devices.ts";
import { createCpuBackend } from "../../cpu/mod.ts";
import { grad, T, tensor, type Variable } from "../../all.ts";
import { Executor } from "../runtime/executor.ts";
import { afterPasses } from "../../dev/testing/plan/passes.ts";

const always = { bytes: 0, elements: 1 }, never = { bytes: Infinity, elements: 1 };
const X = T.fmatrix("X");
const inputs: [Variable, number[]][] = [[X, [40, 30]]];

Deno.test("nests that pass rows to each other become one loop over the rows", () => {
  const { unread, rows } = afterPasses({ inputs, outputs: [T.softmax(X)], rows: always });
  check(unread!, ["NOT loop", "[40], over 30", "-> output 0"]);
  check(rows!, ["40 steps, resident: rows", "[], over 30", "-> output 0", "NOT [40"]);
});

Deno.test("softmax, its logarithm, their gradients and layer norm are one loop that keeps single rows", () => {
  const W = T.fmatrix("W"), shifted = X.sub(X.mean(1, { keepdims: true }));
  const outputs: Variable[] = [
    T.logSoftmax(X),
    grad(T.softmax(X).mul(W).sum(), X) as Variable,
    grad(T.logSoftmax(X).mul(W).sum(), X) as Variable,
    shifted.div(shifted.sqr().mean(1, { keepdims: true }).add(1e-5).sqrt()).mul(W.at(0)),
  ];
  for (const output of outputs) {
    const after = afterPasses({
      inputs: [...inputs, [W, [40, 30]]],
      outputs: [output],
      rows: always,
    });
    const [loop, ...nests] = after.rows!.trimEnd().split("\n");
    assertEquals(loop!.includes("40 steps, resident: rows"), true, after.rows);
    // Nothing stands beside the loop, and no nest in it runs over all rows.
    assertEquals(nests.filter((line) => !/^ {4}\S+ \[(30|1)?\]/.test(line)), [], after.rows);
    assertEquals(nests.at(-1)!.includes("-> output 0"), true, after.rows);
  }
});

Deno.test("nothing happens below the limits of the device, or where it has none", () => {
  const outputs = [T.softmax(X)];
  for (const rows of [null, { bytes: 10_000, elements: 1 }, { bytes: 0, elements: 31 }]) {
    const after = afterPasses({ inputs, outputs, rows });
    assertEquals(after.rows, after.unread);
  }
});

Deno.test("rows that depend on other rows stay apart", () => {
  // Sums over the columns, of what is stored, read by each row.
  const stored = X.exp().add(1),
    { rows } = afterPasses({
      inputs,
      outputs: [stored, stored.sum(0)],
      rows: always,
    });
  check(rows!, ["NOT loop", "[30], over 40"]);
});

Deno.test("so do the sides of a choice", () => {
  const outputs = [T.ifelse(X.at(0, 0).gt(0), T.softmax(X), X) as Variable];
  check(afterPasses({ inputs, outputs, rows: always }).rows!, [
    "if ifelse",
    "40 steps, resident: rows",
    "else",
    "[40, 30]: X -> output 0",
  ]);
});

Deno.test("running row by row changes no result", () => {
  const data = Float32Array.from({ length: 1200 }, (_, i) => Math.sin(i * 1.7) * 3);
  const results = (rows: typeof always) => {
    const executor = new Executor({
      name: "f",
      inputs: [X],
      outputs: [T.softmax(X), T.logSoftmax(X), X.sub(X.mean(1, { keepdims: true })).sqr()],
      updates: [],
      backend: createCpuBackend({ check: true, rows }),
    });
    return executor.run([tensor(data, { shape: [40, 30] })]).map(numbers);
  };
  assertEquals(results(always), results(never));
});

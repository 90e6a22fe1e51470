// Where updates are written, and that checks come first.

import { check } from "../../dev/testing/file_check.ts";
import { shared, T } from "../../all.ts";
import { afterPasses } from "../../dev/testing/plan/passes.ts";

const W = shared(new Float32Array(6), { name: "W" }),
  V = shared(new Float32Array(6), { name: "V" });
const x = T.fvector("x"), i = T.lvector("i");

Deno.test("an update that nothing else reads is written in place", () => {
  const after = afterPasses({ inputs: [[x, [6]]], updates: [[W, W.add(x)]] });
  check(after.unread!, ["-> output 0"]);
  check(after.commit!, ["NOT output", "update: add [6]: x, W -> W", "NOT W"]);
});

Deno.test("checks stand before the commits", () => {
  const after = afterPasses({
    inputs: [[x, [6]], [i, [6]]],
    updates: [[V, V.add(1)], [W, W.add(x.at(i))]],
  });
  check(after.commit!, [
    "NOT update",
    "-> checks",
    "NOT checks",
    "update: add [6]: V -> V",
    "update: add [6]: i, x, W -> W",
    "NOT checks",
  ]);
});

Deno.test("an old value that is read later is not overwritten before", () => {
  // Each of the two reads the old value of the other.
  const after = afterPasses({ inputs: [], updates: [[W, V.exp()], [V, W.exp()]] });
  check(after.commit!, ["V -> output 0", "NOT W -> output", "update: exp [6]: W -> V", "NOT ->"]);
  // Read at other points: first elsewhere.
  const turned = afterPasses({
    inputs: [],
    updates: [[W, W.at(T.arange(6).neg().add(5))]],
  });
  check(turned.commit!, ["[6]: W -> %1, checks", "update: commit [6]: %1 -> W"]);
});

// Rules that run only where a mode includes them, and checks that are known to hold.

import { assertEquals, assertThrows } from "@std/assert";
import { compile, T } from "../../all.ts";

Deno.test("checks stay, unless a mode drops them", async () => {
  const x = T.dvector("x"), y = T.assert(x, T.ge(x, 0), "negative");
  const kept = await compile([x], T.mul(y, 2));
  assertThrows(() => kept([-1]).dataSync(), Error, "negative");
  const without = await compile([x], T.mul(y, 2), { mode: { including: ["drop-assert"] } });
  assertEquals(without([-1]).arraySync(), [-2]);
  assertEquals(without.rewrites.some(({ rule }) => rule === "drop-assert"), true);
  const tagged = await compile([x], T.mul(y, 2), { mode: { including: ["mayHideError"] } });
  assertThrows(() => tagged([-1]).dataSync());
});

Deno.test("a product without a factor of all axes is summed part by part", async () => {
  const w = T.dmatrix("w"), g = T.dmatrix("g");
  const product = T.mul(w.dimshuffle("x", 0, 1), g.dimshuffle(0, 1, "x"));
  const f = await compile([w, g], T.sum(T.sqr(product), [1, 2]));
  assertEquals(f([[1, 2, 3], [4, 5, 6]], [[1, -1], [0, 2]]).arraySync(), [14 + 77, 308]);
  assertEquals(f.rewrites.some(({ rule }) => rule === "sum-of-outer"), true);
});

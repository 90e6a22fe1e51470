import { assert, assertEquals } from "@std/assert";
import { makeValue } from "../core/graph/value.ts";
import { evaluateGraph, T, type Variable } from "../all.ts";
import { boundOf } from "./bound.ts";

const v = T.lscalar("v"), n = T.lscalar("n");
const u = T.scalar("u", "uint8"), fixed = T.lvector("fixed");

Deno.test("a count is at most what its parts say", () => {
  const least = T.minimum(v, n), between = T.maximum(least, -3);
  const counts: Record<string, Variable> = {
    least,
    sum: T.add(least, T.minimum(v.mul(2), 3)),
    difference: T.sub(least, between),
    product: T.mul(between, T.minimum(T.maximum(v, -5), 2)),
    chosen: T.where(v.gt(2), least, T.cast(u, "int64")),
    quotient: T.intDiv(between, 2),
    divided: T.intDiv(between, T.minimum(T.maximum(v, -2), 2)),
    rest: T.mod(v, 5),
    negative: T.neg(between),
    marks: T.cast(T.eq(v, n), "int64").mul(7),
    total: T.join(0, T.stack([between, between]), [4n]).sum(),
    most: T.max(T.where(T.gt(T.arange(4), v), T.broadcastTo(between, [4]), 1)),
  };
  for (const [name, count] of Object.entries(counts)) {
    const bound = boundOf(count, [v, u]);
    assert(bound !== null, name);
    for (const [of, to, byte] of [[0, 0, 0], [7, 4, 200], [-9, 6, 3], [3, -2, 255], [100, 9, 1]]) {
      const at = new Map<Variable, ReturnType<typeof makeValue>>([
        [v, makeValue("int64", [], [of!])],
        [n, makeValue("int64", [], [to!])],
        [u, makeValue("uint8", [], [byte!])],
      ]);
      const [own, most] = evaluateGraph([count, bound], at).map(({ data }) => Number(data[0])) as [
        number,
        number,
      ];
      assert(own <= most, `${name} of ${of}, ${to}, ${byte}: ${own} > ${most}`);
    }
  }
});

Deno.test("a count that has no bound says none", () => {
  const counts = [v, T.add(v, 3), T.maximum(v, n), T.cast(T.cast(v, "float32"), "int64")];
  for (const count of [...counts, fixed.at(0).add(v), T.mul(v, T.minimum(v, 4))]) {
    assertEquals(boundOf(count, [v]), null);
  }
});

Deno.test("a narrow integer is bounded by its dtype, for it may wrap", () => {
  const wrapped = boundOf(T.cast(T.minimum(v, 5), "uint8"), [v]);
  assertEquals(Number(evaluateGraph([wrapped!], new Map())[0]!.data[0]), 255);
});

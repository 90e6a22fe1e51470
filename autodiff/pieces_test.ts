import { assertEquals } from "@std/assert";
import { compile, grad, T, type Variable } from "../all.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { toposort } from "../core/graph/walk.ts";
import { isZeroPiece } from "./pieces.ts";

const x = T.fscalar("x");

function put(index: (zeros: Variable) => Variable): Variable {
  return T.setSubtensor(index(T.zeros([4])), x);
}

Deno.test("pieces that indices leave out are zero as far as constants tell", () => {
  const n = T.iscalar("n");
  const cases: [string, Variable, readonly [number | null, number | null], boolean][] = [
    ["zeros", T.zeros([4]), [0, 4], true],
    ["an element before", T.incSubtensor(T.zeros([4]).at(0), x), [1, 2], true],
    ["the element", T.incSubtensor(T.zeros([4]).at(1), x), [1, 2], false],
    ["from the end", T.incSubtensor(T.zeros([4]).at(-1), x), [3, 4], false],
    ["from the end, elsewhere", T.incSubtensor(T.zeros([4]).at(-1), x), [0, 3], true],
    ["a range before", T.incSubtensor(T.zeros([4]).slice(0, 2), x), [2, 4], true],
    ["a range into it", T.incSubtensor(T.zeros([4]).slice(0, 3), x), [2, 4], false],
    ["a range behind", T.incSubtensor(T.zeros([4]).slice(-1), x), [0, 3], true],
    ["a range with steps", T.incSubtensor(T.zeros([4]).slice(0, 4, 3), x), [1, 3], false],
    ["an unknown place", T.incSubtensor(T.zeros([4]).at(n), x), [0, 1], false],
    ["an unknown piece", T.incSubtensor(T.zeros([4]).at(0), x), [1, null], false],
    ["twice", T.incSubtensor(put((z) => z.at(0)).at(1), x), [2, 4], true],
    ["twice, once there", T.incSubtensor(put((z) => z.at(2)).at(1), x), [2, 4], false],
    ["something else", T.ones([4]), [0, 1], false],
  ];
  for (const [name, gradient, [from, stop], expected] of cases) {
    assertEquals(isZeroPiece(gradient, 0, from, stop), expected, name);
  }
  const rows = T.incSubtensor(T.zeros([2, 4]).at(0, -1), x);
  assertEquals([[0, 1], [1, 2]].map(([from, stop]) => isZeroPiece(rows, 0, from!, stop!)), [
    false,
    true,
  ]);
  assertEquals([[0, 3], [3, 4]].map(([from, stop]) => isZeroPiece(rows, 1, from!, stop!)), [
    true,
    false,
  ]);
});

onDevices("What is joined to what an index takes has no gradient", async (device) => {
  const pair = T.stack([T.sqr(x), T.log(x)]), both = T.join(0, pair, pair.mul(2));
  const ops = (y: Variable) => toposort([grad(y, x)]).map(({ op }) => op.name);
  assertEquals(ops(pair.at(0)).includes("div"), false);
  assertEquals(ops(pair.at(1)).includes("div"), true);
  const outputs = [pair.at(0), pair.slice(null, -1).sum(), both.at(2), both.at(0).add(both.at(2))];
  const f = await compile([x], outputs.map((y) => grad(y, x)), { device });
  assertEquals(f(0).map(numbers), [[0], [0], [0], [0]]);
  assertEquals(f(3).map(numbers), [[6], [6], [12], [18]]);
});

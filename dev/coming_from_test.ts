// The table of docs/coming_from.md: each expression in it is computed.

import { assert, assertEquals } from "@std/assert";
import { runPrograms } from "./pages.ts";

const root = new URL("..", import.meta.url);

Deno.test("the expressions of docs/coming_from.md have values", async () => {
  const text = await Deno.readTextFile(new URL("docs/coming_from.md", root));
  const rows = text.split("\n").filter((line) => /^\| `/.test(line));
  const expressions = rows.map((row) => /^\| `(.*?)`(?:,| +\|)/.exec(row)![1]!);
  assert(expressions.length > 40);
  const program = `
    import { compile, grad, hessian, jacobian, jvp, scan, T, vmap } from "@croton/croton";
    const x = T.dvector("x"), X = T.dmatrix("X"), k = T.lvector("k");
    const results = [${expressions.join(",\n")}];
    const f = await compile([x, X, k], results);
    const values = f([1, 2, 3], [[4, 1, 0], [1, 5, 1], [0, 1, 6]], [0, 2, 1]);
    console.log(values.filter((value) =>
      [...value.dataSync()].every((n) => Number.isFinite(Number(n)))).length);
  `;
  const [printed] = await runPrograms([program], new URL("mod.ts", root).href);
  assertEquals(Number(printed), expressions.length);
});

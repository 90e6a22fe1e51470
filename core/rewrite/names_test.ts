import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import {
  ancestors,
  compile,
  debugprint,
  grad,
  replace,
  scan,
  shared,
  T,
  type Variable,
} from "../../all.ts";
import { applyOp } from "../graph/graph.ts";

/** The names in what a compiled function runs. */
function namesIn(f: { graph: { outputs: readonly Variable[] } }): (string | null)[] {
  return ancestors([...f.graph.outputs]).flatMap(({ name, owner }) =>
    owner === null || name === null ? [] : [name]
  );
}

/** What a user gets who writes the same expression. */
function again({ owner, index }: Variable): Variable {
  const { op, inputs, params } = owner!;
  return applyOp(op, inputs, params).outputs[index]!;
}

onDevices("names of a compiled function stay in it", async (device) => {
  const x = T.fvector("x");
  const a = T.log(T.exp(x).add(1)), b = T.exp(x.mul(1).add(0)).mul(2).mul(3);
  a.name = "a";
  b.name = "b";
  const f = await compile([x], [a, b, a.add(b)], { device });
  assertEquals(f.graph.outputs.slice(0, 2).map(({ name }) => name), ["a", "b"]);
  assert(namesIn(f).includes("a") && namesIn(f).includes("b"));
  for (const variable of ancestors([...f.graph.outputs])) {
    if (variable.owner === null || variable === a || variable === b) continue;
    const fresh = again(variable);
    assertEquals(fresh.name, null);
    if (variable.name !== null) assertNotStrictEquals(fresh, variable);
    assertStrictEquals(again(fresh), fresh);
  }
  // The function has them still, and another one has not.
  assertEquals(f.graph.outputs.slice(0, 2).map(({ name }) => name), ["a", "b"]);
  const other = await compile([x], [T.log(T.exp(x).add(1).mul(1)), T.exp(x).mul(6)], { device });
  assertEquals(namesIn(other), []);
  assertEquals(f([0])[0].item(), other([0])[0].item());
});

Deno.test("a name is given to what is new, in each function again", async () => {
  const x = T.dvector("x"), y = T.sqr(x.mul(1).neg().neg()).sub(0);
  y.name = "y";
  for (let i = 0; i < 2; i++) {
    const f = await compile([x], T.sin(y), { device: "cpu" });
    assert(debugprint(f, { file: "str" }).includes("'y'"));
  }
});

Deno.test("replace names what it makes, and nothing else", () => {
  const x = T.dvector("x"), z = T.dvector("z"), w = T.dvector("w");
  const y = T.exp(x), before = T.exp(z);
  y.name = "y";
  const [known] = replace([y], new Map([[x, z]]));
  assertStrictEquals(known, before);
  assertEquals(before.name, null);
  const [made] = replace([T.sin(y)], new Map([[x, w]]));
  assertEquals(made!.owner!.inputs[0]!.name, "y");
  const mine = T.exp(w);
  assertEquals(mine.name, null);
  assertEquals(T.exp(w), mine);
  assertEquals(made!.owner!.inputs[0]!.name, "y");
  assertEquals(made!.owner!.inputs[0]!.origin, y.origin);
});

onDevices("what differs in names alone is computed once", async (device) => {
  const x = T.fvector("x"), w = T.fvector("w"), y = T.exp(x);
  y.name = "y";
  const [made] = replace([y], new Map([[x, w]]));
  const mine = T.exp(w);
  assertNotStrictEquals(made!, mine);
  const f = await compile([w], [made!.add(1), mine.add(1), made!.sub(mine)], { device });
  assertStrictEquals(f.graph.outputs[0], f.graph.outputs[1]);
  const [a, b, c] = f([0]);
  assertEquals([a.item(), b.item(), c.item()], [2, 2, 0]);
});

onDevices("givens, copies and loops leave no names behind", async (device) => {
  const x = T.fvector("x"), z = T.fvector("z"), s = shared([1], { name: "s", dtype: "float32" });
  const other = shared([2], { name: "other", dtype: "float32" });
  const h = T.exp(x.mul(s)), u = T.fvector("u");
  h.name = "h";
  const f = await compile([z], h.add(1), { givens: [[x, z]], device });
  const g = f.copy({ swap: [[s, other]] });
  assertEquals(namesIn(f), ["h"]);
  assertEquals(namesIn(g), ["h"]);
  assertEquals(T.exp(z.mul(s)).name, null);
  assertEquals(T.exp(z.mul(other)).name, null);
  const [states] = scan((v: Variable) => {
    const bent = T.tanh(u.mul(2)), next = v.mul(bent);
    bent.name = "bent";
    next.name = "next";
    return next;
  }, { outputsInfo: [T.onesLike(u)], nSteps: 3 });
  const loop = await compile([u], [states!.at(-1), grad(states!.sum(), u)], { device });
  for (const variable of ancestors([...loop.graph.outputs])) {
    const written = variable.owner?.op.name === "tanh" && variable.owner.inputs[0] === u.mul(2);
    if (variable.owner !== null && !written) assertEquals(again(variable).name, null);
  }
  const [last] = loop([0.5]);
  assert(Math.abs(last.item() as number - Math.tanh(1) ** 3) < 1e-5);
});

onDevices("a name is that of one variable, and not of what is equal to it", async (device) => {
  const x = T.fvector("x"), y = T.exp(x);
  assertStrictEquals(T.exp(x), y);
  y.name = "y";
  const other = T.exp(x);
  assertEquals([y.name, other.name], ["y", null]);
  assertStrictEquals(T.exp(x), other);
  assertEquals(grad(other.sum(), x).name, null);
  const copy = x.copy();
  copy.name = "copy";
  assertEquals([x.name, x.reshape([-1]).name], ["x", "x"]);
  const f = await compile([x], [y.mul(2), other.mul(3)], { device });
  const exps = ancestors([...f.graph.outputs]).filter(({ owner }) => owner?.op.name === "exp");
  assertEquals(exps.map(({ name }) => name), ["y"]);
  assertEquals(f([0]).map((value) => value.item()), [2, 3]);
});

Deno.test("taking a name away that was not there leaves equal expressions one variable", () => {
  const a = T.vector("a"), e = T.exp(a);
  e.name = null;
  assert(T.exp(a) === e);
  e.name = "e";
  assert(T.exp(a) !== e);
});

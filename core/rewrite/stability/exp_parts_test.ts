import "../../../dev/testing/compiling.ts";
import { assert, assertEquals } from "@std/assert";
import { grad, T, type Variable } from "../../../all.ts";
import { toposort } from "../../graph/walk.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import type { RuleHits } from "../driver.ts";
import { optimise, resolveMode } from "../mod.ts";
import { fillValue } from "../../../dev/testing/rewrite/rules.ts";
import { difference } from "../../runtime/difference.ts";

const x = T.dvector("x"), y = T.dvector("y"), a = T.dmatrix("a"), b = T.dmatrix("b");
const t = T.dtensor3("t"), u = T.dtensor3("u");
const { dot, exp, log, sum } = T;

/** How often ops are in a graph after rewriting. */
function opsOf(expression: Variable, hits: RuleHits = new Map()) {
  const order = toposort(optimise([expression], resolveMode(), hits));
  return (name: string) => order.filter(({ op }) => op.name === name).length;
}

const naive: Record<string, { build: () => Variable; matmuls: number }> = {
  "vector · vector": { build: () => log(dot(y, exp(x))), matmuls: 0 },
  "matrix · vector": { build: () => log(dot(a, exp(x))), matmuls: 0 },
  "vector · matrix": { build: () => log(dot(exp(x), a)), matmuls: 0 },
  "matrix · matrix": { build: () => log(dot(a, exp(b))), matmuls: 1 },
  "both": { build: () => log(dot(exp(a), exp(b))), matmuls: 1 },
  "batch": { build: () => log(T.batchedDot(exp(t), u)), matmuls: 1 },
  "batch and matrix": { build: () => log(T.matmul(t, exp(a))), matmuls: 1 },
  "bilinear": { build: () => log(dot(dot(exp(x), a), exp(y))), matmuls: 0 },
  "choice": { build: () => log(sum(T.where(T.gt(y, 0), exp(x), 0))), matmuls: 0 },
  "rows put together": { build: () => log(sum(T.concatenate([exp(x), y]))), matmuls: 0 },
  "scalars put together": { build: () => log(sum(T.stack([1, exp(x.at(0))]))), matmuls: 0 },
  "a row with a vector": {
    build: () => log(dot(T.stack([0, exp(x.at(0)), 3]), [1, 2, 3])),
    matmuls: 0,
  },
  "columns": { build: () => log(sum(T.stack([exp(x), exp(y).mul(2)]), { axis: 0 })), matmuls: 0 },
  "a row": { build: () => log(T.stack([2, exp(x.at(0)).mul(2)])), matmuls: 0 },
  "logistic functions": { build: () => log(sum(T.sigmoid(x))), matmuls: 0 },
  "logistic functions beside": {
    build: () => log(sum(T.sigmoid(x).mul(exp(y)).mul(2))),
    matmuls: 0,
  },
  "a power": { build: () => log(sum(T.pow(exp(x).mul(2), 1.5).add(y))), matmuls: 0 },
  "the greatest": { build: () => log(T.max(exp(x)).mul(y)), matmuls: 0 },
};

Deno.test("products of exponentials under logarithms are taken apart; values stay", () => {
  for (const [name, { build, matmuls }] of Object.entries(naive)) {
    const before = build(), hits: RuleHits = new Map();
    const [after] = optimise([before], resolveMode("debug"), hits);
    const rules = ["log-sum-exp", "log-of-product", "log-of-part"];
    assert(rules.some((rule) => hits.has(rule)), name);
    assertEquals(opsOf(before)("matmul"), matmuls, name);
    for (const n of [1, 2, 3]) {
      const given = new Map([x, y, a, b, t, u].map((leaf, place) =>
        [
          leaf,
          fillValue(
            "float64",
            leaf.type.shape.map(() => n),
            (i) => ((5 * i + 3 * place) % 7 + 1) / 4,
          ),
        ] as const
      ));
      const [want] = evaluateGraph([before], given), [have] = evaluateGraph([after!], given);
      assertEquals(difference(want!, have!), null, name);
    }
  }
});

Deno.test("products of exponentials without a logarithm or quotient are left alone", () => {
  for (
    const build of [() => dot(a, exp(b)), () => dot(exp(a), exp(b)), () => dot(a, exp(x)).mul(2)]
  ) {
    const count = opsOf(build());
    assertEquals([count("matmul"), count("reduce"), count("isfinite")], [1, 0, 0]);
  }
  const count = opsOf(grad(sum(dot(a, exp(b))), b) as Variable);
  assertEquals(count("isfinite"), 0);
  const soft = T.softmax(x), gated = sum(soft.mul(T.sigmoid(y)));
  for (
    const value of [gated, gated.mul(T.sigmoid(x)), log(T.sigmoid(x).mul(y)), T.pow(exp(x), 1.5)]
  ) {
    const count = opsOf(value);
    assertEquals(count("isfinite"), 0, String(value));
  }
});

Deno.test("quotients of exponentials taken off by hand stay as they are", () => {
  const e = exp(x.sub(T.max(x))), count = opsOf(sum(e.mul(y)).div(sum(e)));
  assertEquals([count("exp"), count("isfinite")], [1, 0]);
  assertEquals(opsOf(dot(a, exp(b)).div(y))("isfinite"), 0);
});

Deno.test("what was taken off by hand stays as it is", () => {
  const top = T.max(x), rows = T.max(a, { axis: 1, keepdims: true });
  const weights = T.constant([[1, 2], [0.5, 3]], "float64");
  for (
    const build of [
      () => log(dot(exp(x.sub(top)), weights)).add(top),
      () => log(dot(exp(a.sub(rows)), weights)).add(rows),
    ]
  ) {
    const count = opsOf(build());
    assertEquals([count("matmul"), count("isfinite"), count("exp")], [1, 0, 1]);
  }
  assertEquals(opsOf(log(dot(a, b)))("isfinite"), 0);
});

Deno.test("what was taken off by hand is taken off again where weights may be 0, under logarithms", () => {
  const top = T.max(x), rows = T.max(a, { axis: 1, keepdims: true }), soft = T.softmax(x);
  const naive: readonly Variable[] = [
    log(dot(exp(x.sub(top)), y)).add(top),
    log(dot(exp(a.sub(rows)), b)).add(rows),
    log(sum(soft.mul(y))),
    log(T.mean(soft.mul(y))),
    log(dot(a, soft)),
    log(dot(T.softmax(a), b)),
    log(dot(T.softmax(a), T.softmax(b, 0))),
  ];
  for (const value of naive) assert(opsOf(value)("isfinite") > 0, String(value));
  const plain: readonly Variable[] = [
    dot(y, soft),
    sum(soft.mul(y)).div(T.max(y)),
    log(sum(exp(x.sub(top)))),
    log(sum(soft.mul([1, 2, 0.5]))),
    log(soft.at(0)),
  ];
  for (const value of plain) assertEquals(opsOf(value)("isfinite"), 0, String(value));
});

Deno.test("exp(log(x)) under a logarithm goes with the logarithm", () => {
  const inner = log(sum(y.mul(exp(x)))), count = opsOf(log(exp(inner)));
  assertEquals([count("ge"), count("log")], [0, 1]);
  assertEquals(opsOf(exp(log(x)))("ge"), 1);
});

Deno.test("links of a chain are stabilised one by one", () => {
  const size = (links: number): number[] => {
    let v: Variable = x;
    for (let i = 0; i < links; i++) v = log(dot(exp(v), a));
    const order = toposort(optimise([v], resolveMode()));
    const count = (name: string) => order.filter(({ op }) => op.name === name).length;
    assertEquals([count("exp"), count("log"), count("ge")], [links, links, 0]);
    return [order.length, toposort(optimise([grad(sum(v), x) as Variable], resolveMode())).length];
  };
  const [few, more, most] = [size(4), size(8), size(12)];
  few!.forEach((n, i) => assertEquals(most![i]! - more![i]!, more![i]! - n));
});

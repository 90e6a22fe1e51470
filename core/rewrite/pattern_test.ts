import { assertEquals, assertStrictEquals } from "@std/assert";
import { T, type Variable } from "../../all.ts";
import { runPhase } from "./driver.ts";
import { Calculated, m, minusN, n, once, real, rule, terms, u, Wildcard, x, y } from "./pattern.ts";
import { ew, number } from "./match.ts";
import type { Rule } from "./rule.ts";

const { add, exp, log, mul, neg, sin, sqr, sub } = terms;
const p = T.dvector("p"), q = T.dvector("q"), r = T.dvector("r"), k = T.ivector("k");
const one = number(1, "float64"), two = number(2, "float64"), three = number(3, "float64");

function rewritten(law: Rule, before: Variable, ...beside: readonly Variable[]): Variable {
  return runPhase({ name: "test", rules: [law] }, [before, ...beside], new Map())[0]!;
}

function becomes(law: Rule, before: Variable, after: Variable): void {
  assertStrictEquals(rewritten(law, before), after);
}

function stays(law: Rule, before: Variable): void {
  assertStrictEquals(rewritten(law, before), before);
}

Deno.test("a law replaces what its left side says, and nothing else", () => {
  const law = rule("log-exp", log(exp(x)).to(x));
  assertEquals(law.ops, ["log"]);
  becomes(law, ew("log", ew("exp", p)), p);
  stays(law, ew("log", p));
  stays(law, ew("log", ew("sin", p)));
  stays(law, ew("exp", ew("log", p)));
});

Deno.test("a wildcard stands for the same wherever it comes", () => {
  const law = rule("twice", sub(mul(x, y), x).to(mul(x, sub(y, 1))));
  const before = ew("sub", ew("mul", p, q), p);
  becomes(law, before, ew("mul", p, ew("sub", q, one)));
  stays(law, ew("sub", ew("mul", p, q), r));
});

Deno.test("arguments of commutative ops match in both orders, at every level", () => {
  const law = rule("order", add(mul(x, sin(y)), exp(x)).to(x));
  const other = ew("cos", p), wave = ew("sin", other), e = ew("exp", p);
  for (const product of [ew("mul", p, wave), ew("mul", wave, p)]) {
    becomes(law, ew("add", product, e), p);
    becomes(law, ew("add", e, product), p);
  }
  // The first order fits both wildcards of a part alone; the second one fits the whole.
  const [a, b] = [ew("sin", p), wave];
  becomes(law, ew("add", ew("mul", a, b), ew("exp", b)), b);
  becomes(law, ew("add", ew("mul", b, a), ew("exp", b)), b);
  const fixed = rule("fixed", sub(x, sin(y)).to(x));
  stays(fixed, ew("sub", wave, p));
});

Deno.test("numbers match what has this value everywhere, and are calculated with", () => {
  const law = rule("minus", neg(mul(n, x)).to(mul(minusN, x)));
  becomes(law, ew("neg", ew("mul", p, two)), ew("mul", number(-2, "float64"), p));
  stays(law, ew("neg", ew("mul", p, q)));
  const sum = new Calculated("m + n", (match) => match.numberOf(m) + match.numberOf(n));
  const sums = rule("sums", add(m, add(n, u)).to(add(sum, u)));
  becomes(sums, ew("add", ew("add", p, one), two), ew("add", three, p));
  const zero = rule("zero", add(x, 0).to(x));
  becomes(zero, ew("add", T.zerosLike(p), p), p);
  stays(zero, ew("add", p, one));
});

Deno.test("what a law takes as it is has not been converted", () => {
  const law = rule("neg", mul(x, neg(y)).to(neg(mul(x, y))));
  becomes(law, ew("mul", p, ew("neg", q)), ew("neg", ew("mul", p, q)));
  becomes(law, ew("mul", k, ew("neg", q)), ew("neg", ew("mul", k, q)));
  stays(law, ew("mul", p, ew("neg", k)));
  const zero = rule("zero", sub(0, u).to(neg(u)));
  becomes(zero, ew("sub", number(0, "float64"), p), ew("neg", p));
  stays(zero, ew("sub", number(0, "float64"), k));
});

Deno.test("conditions: of a wildcard, of a law, and that nothing else uses a part", () => {
  const ofReal = rule("real", sqr(real).to(mul(real, real)));
  becomes(ofReal, ew("sqr", p), ew("mul", p, p));
  stays(ofReal, ew("sqr", k));
  const vector = rule("vector", neg(neg(x)).to(x, ({ output }) => output.ndim === 1));
  becomes(vector, ew("neg", ew("neg", p)), p);
  const scalar = T.dscalar("s");
  stays(vector, ew("neg", ew("neg", scalar)));
  const law = rule("once", neg(once(sub(x, y))).to(sub(y, x)));
  const difference = ew("sub", p, q), before = ew("neg", difference);
  becomes(law, before, ew("sub", q, p));
  assertStrictEquals(rewritten(law, before, difference), before);
});

Deno.test("the first law that matches is applied, and null leaves it to the next", () => {
  const any = new Wildcard("any");
  const law = rule(
    "first",
    neg(exp(any)).to(() => null),
    neg(exp(any)).to((match) => ew("sin", match.of(any))),
    neg(any).to(any),
  );
  becomes(law, ew("neg", ew("exp", p)), ew("sin", p));
  becomes(law, ew("neg", ew("sin", p)), ew("sin", p));
});

Deno.test("a replacement has the dtype and the shape of what it replaces", () => {
  const zero = rule("zero", add(x, 0).to(x)), self = rule("self", sub(x, x).to(0));
  becomes(zero, ew("add", k, number(0, "float64")), T.cast(k, "float64"));
  becomes(self, ew("sub", p, p), T.zerosLike(p));
});

Deno.test("a rule says its law, unless told what to say", () => {
  const laws = [neg(sub(x, y)).to(sub(y, x)), log(mul(n, exp(x))).to(add(log(n), x))];
  assertEquals(
    rule("text", ...laws).law,
    "-(x - y) -> y - x, log(n * exp(x)) -> log(n) + x",
  );
  const named = rule({ name: "named", law: "a law", stabilises: true }, ...laws);
  assertEquals(named.law, "a law");
  assertEquals(named.stabilises, true);
  assertEquals(rule("neg", add(x, neg(y)).to(mul(minusN, 2))).law, "x + (-y) -> -n * 2");
});

/**
 * Comparisons, logic and choices whose result, or a part of it, is known.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import { isNotNegative } from "../../ops/common/length_rules.ts";
import { castTo } from "../../ops/common/build.ts";
import {
  applied,
  ew,
  instead,
  insteadNumber,
  isExact,
  isNumber,
  number,
  numberOf,
  sameShape,
  under,
} from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";

const compareSelf: Rule = {
  name: "compare-self",
  law: "x < x -> false, n == n -> true for integers",
  ops: ["lt", "gt", "le", "ge", "eq", "neq"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    if (x !== y) return null;
    if (name === "lt" || name === "gt") return insteadNumber(output, 0);
    // A float may be NaN, which is not equal to itself.
    if (!isExact(x!.dtype)) return null;
    return insteadNumber(output, name === "neq" ? 0 : 1);
  },
};

const compareLength: Rule = {
  name: "compare-length",
  law: "length < 0 -> false, length >= 0 -> true, max(length, 0) -> length",
  ops: ["lt", "ge", "gt", "le", "maximum", "minimum"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    const isLength = (v: Variable) => v.ndim === 0 && isExact(v.dtype) && isNotNegative(v);
    const [left, right] = [isLength(x!) && isNumber(y!, 0), isLength(y!) && isNumber(x!, 0)];
    const known = numberOf(x!) !== null && numberOf(y!) !== null;
    if (known || !left && !right) return null;
    if (name === "maximum") return instead(output, left ? x! : y!);
    if (name === "minimum") return insteadNumber(output, 0);
    if (left ? name === "lt" : name === "gt") return insteadNumber(output, 0);
    if (left ? name === "ge" : name === "le") return insteadNumber(output, 1);
    return null;
  },
};

const logicNumber: Rule = {
  name: "logic-with-constant",
  law: "x and true -> x, x and false -> false, x or true -> true, x xor true -> not x",
  ops: ["and", "or", "xor"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    const value = numberOf(x!) ?? numberOf(y!);
    const other = numberOf(x!) === null ? x! : y!;
    if (value === null || other.dtype !== output.dtype) return null;
    const all = output.dtype === "bool" ? 1 : -1, isAll = value === all;
    if (value !== 0 && !isAll) return null;
    if (name === "and") return isAll ? instead(output, other) : insteadNumber(output, 0);
    if (name === "or") return isAll ? insteadNumber(output, all) : instead(output, other);
    return instead(output, isAll ? ew("invert", other) : other);
  },
};

const xorSelf: Rule = {
  name: "xor-self",
  law: "x xor x -> 0",
  ops: ["xor"],
  rewrite: ({ inputs: [x, y], output }) => x === y ? insteadNumber(output, 0) : null,
};

/** Comparisons that hold where others fail; with NaN only equality and its contrary are so. */
const contrary: Readonly<Record<string, "eq" | "neq" | "lt" | "le" | "gt" | "ge">> = {
  eq: "neq",
  neq: "eq",
  lt: "ge",
  ge: "lt",
  gt: "le",
  le: "gt",
};

const notCompare: Rule = {
  name: "not-compare",
  law: "not (x == y) -> x != y, not (m < n) -> m >= n for integers",
  ops: ["invert"],
  rewrite({ inputs: [x] }): Rewritten {
    const apply = x!.owner, name = apply === null ? undefined : contrary[apply.op.name];
    if (apply === null || name === undefined) return null;
    const exact = apply.inputs.every((input) => isExact(input.dtype));
    if (!exact && name !== "eq" && name !== "neq") return null;
    return ew(name, apply.inputs[0]!, apply.inputs[1]!);
  },
};

const compareBool: Rule = {
  name: "compare-bool",
  law: "b == true -> b, b == false -> not b",
  ops: ["eq", "neq"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    if (x!.dtype !== "bool" || y!.dtype !== "bool") return null;
    const value = numberOf(x!) ?? numberOf(y!);
    if (value === null) return null;
    const other = numberOf(x!) === null ? x! : y!;
    return instead(output, (value === 1) === (name === "eq") ? other : ew("invert", other));
  },
};

const testExact: Rule = {
  name: "test-integers",
  law: "isnan(n) -> false, isfinite(n) -> true for integers",
  ops: ["isnan", "isinf", "isfinite"],
  rewrite({ op: { name }, inputs: [x], output }): Rewritten {
    if (!isExact(x!.dtype)) return null;
    return insteadNumber(output, name === "isfinite" ? 1 : 0);
  },
};

const switchKnown: Rule = {
  name: "switch-known",
  law: "switch(true, x, y) -> x, switch(c, x, x) -> x",
  ops: ["switch"],
  rewrite({ inputs: [c, x, y], output }): Rewritten {
    if (x === y) return instead(output, x!);
    const value = numberOf(c!);
    if (value === null) return null;
    return instead(output, value !== 0 ? x! : y!);
  },
};

const switchNot: Rule = {
  name: "switch-not",
  law: "switch(not c, x, y) -> switch(c, y, x)",
  ops: ["switch"],
  rewrite({ inputs: [c, x, y], output }): Rewritten {
    const inner = c!.dtype === "bool" ? under(c!, "invert") : null;
    return inner === null ? null : instead(output, ew("switch", inner, y!, x!));
  },
};

const switchNested: Rule = {
  name: "switch-nested",
  law: "switch(c, switch(c, x, y), z) -> switch(c, x, z)",
  ops: ["switch"],
  rewrite({ inputs: [c, x, y], output }): Rewritten {
    const first = applied(x!, "switch"), second = applied(y!, "switch");
    if (first !== null && first.inputs[0] === c && x!.dtype === output.dtype) {
      return instead(output, ew("switch", c!, first.inputs[1]!, y!));
    }
    if (second !== null && second.inputs[0] === c && y!.dtype === output.dtype) {
      return instead(output, ew("switch", c!, x!, second.inputs[2]!));
    }
    return null;
  },
};

const switchBool: Rule = {
  name: "switch-to-condition",
  law: "switch(c, true, false) -> c, switch(c, 1, 0) -> cast(c)",
  ops: ["switch"],
  rewrite({ inputs: [c, x, y], output }): Rewritten {
    const [p, q] = [numberOf(x!), numberOf(y!)];
    if (c!.dtype !== "bool" || isComplex(output.dtype)) return null;
    if (p === 1 && q === 0) return instead(output, castTo(c!, output.dtype));
    if (p === 0 && q === 1) return instead(output, castTo(ew("invert", c!), output.dtype));
    return null;
  },
};

/** Which side of a switch is zero: 1 or 2; null if none or both. */
function zeroSide(apply: Apply): 1 | 2 | null {
  const [a, b] = [isNumber(apply.inputs[1]!, 0), isNumber(apply.inputs[2]!, 0)];
  if (a === b) return null;
  return a ? 1 : 2;
}

/** The switch with f of what is not zero. */
function switchOf(apply: Apply, side: 1 | 2, value: Variable): Variable {
  const zero = number(0, value.dtype);
  return side === 1
    ? ew("switch", apply.inputs[0]!, zero, value)
    : ew("switch", apply.inputs[0]!, value, zero);
}

const switchSink: Rule = {
  name: "switch-sink",
  law: "x * switch(c, 0, y) -> switch(c, 0, x * y), switch(c, 0, y) / x -> switch(c, 0, y / x)",
  ops: ["mul", "div"],
  assumesFinite: true,
  rewrite({ op: { name }, inputs: [x, y], output }, context): Rewritten {
    const sink = (choice: Variable, other: Variable): Variable | null => {
      const apply = applied(choice, "switch");
      const side = apply === null ? null : zeroSide(apply);
      if (side === null || choice.dtype !== output.dtype || context.uses(choice) > 1) return null;
      const value = apply!.inputs[3 - side]!;
      return instead(output, switchOf(apply!, side, ew(name as "mul" | "div", value, other)));
    };
    return sink(x!, y!) ?? (name === "mul" ? sink(y!, x!) : null);
  },
};

const switchSum: Rule = {
  name: "switch-sum",
  law: "switch(c, x, 0) + switch(c, 0, y) -> switch(c, x, y)",
  ops: ["add"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    const p = applied(x!, "switch"), q = applied(y!, "switch");
    if (p === null || q === null || p.inputs[0] !== q.inputs[0]) return null;
    if (x!.dtype !== output.dtype || y!.dtype !== output.dtype) return null;
    const [a, b] = [zeroSide(p), zeroSide(q)];
    if (a === null || b === null) return null;
    const [left, right] = [p.inputs[3 - a]!, q.inputs[3 - b]!];
    if (a === b) return instead(output, switchOf(p, a, ew("add", left, right)));
    const [then, otherwise] = a === 2 ? [left, right] : [right, left];
    return instead(output, ew("switch", p.inputs[0]!, then, otherwise));
  },
};

const switchNeg: Rule = {
  name: "switch-neg",
  law: "-switch(c, 0, x) -> switch(c, 0, -x)",
  ops: ["neg"],
  rewrite({ inputs: [x], output }, context): Rewritten {
    const apply = applied(x!, "switch"), side = apply === null ? null : zeroSide(apply);
    if (side === null || context.uses(x!) > 1) return null;
    return instead(output, switchOf(apply!, side, ew("neg", apply!.inputs[3 - side]!)));
  },
};

const switchExtreme: Rule = {
  name: "switch-to-maximum",
  law: "switch(x <= 0, 0, x) -> max(0, x), switch(x > 0, x, 0) -> max(0, x) except for NaN",
  ops: ["switch"],
  assumesFinite: true,
  rewrite({ inputs: [c, x, y], output }): Rewritten {
    const compare = c!.owner;
    if (compare === null || isComplex(output.dtype) || output.dtype === "bool") return null;
    const [p, q] = compare.inputs as [Variable, Variable];
    const straight = x === p && y === q, crossed = x === q && y === p;
    // Numbers written twice have different nodes where dtypes differ, but then nothing matches.
    if (!straight && !crossed || x === y || p.dtype !== q.dtype) return null;
    const { name } = compare.op;
    if (!["lt", "le", "gt", "ge"].includes(name)) return null;
    const less = name === "lt" || name === "le";
    const made = ew(less === straight ? "minimum" : "maximum", x!, y!);
    return made.dtype === output.dtype && sameShape(made, output) ? made : null;
  },
};

const ifelseKnown: Rule = {
  name: "ifelse-known",
  law: "ifelse(true, x, y) -> x, ifelse(c, x, x) -> x",
  ops: ["ifelse"],
  rewrite(apply): Rewritten {
    const { n } = apply.params as { n: number };
    const condition = apply.inputs[0]!, value = numberOf(condition);
    return apply.outputs.map((_, i) => {
      const then = apply.inputs[1 + i]!, otherwise = apply.inputs[1 + n + i]!;
      if (value !== null) return value !== 0 ? then : otherwise;
      return then === otherwise ? then : null;
    });
  },
};

const switchCast: Rule = {
  name: "switch-condition",
  law: "switch(cast(b), x, y) -> switch(b, x, y)",
  ops: ["switch"],
  rewrite({ inputs: [c, x, y], output }): Rewritten {
    const inner = under(c!, "cast");
    return inner?.dtype === "bool" ? instead(output, ew("switch", inner, x!, y!)) : null;
  },
};

/** The rules of this file. */
export const comparisonRules: readonly Rule[] = [
  compareSelf,
  compareLength,
  logicNumber,
  xorSelf,
  notCompare,
  compareBool,
  testExact,
  switchKnown,
  switchNot,
  switchNested,
  switchBool,
  switchCast,
  switchSum,
  switchNeg,
  switchSink,
  ifelseKnown,
];

/** Rules that take the cheaper of two operations. */
export const cheaperComparisons: readonly Rule[] = [switchExtreme];

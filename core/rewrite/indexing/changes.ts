/**
 * Parts that are replaced or added to: what is read back, what changes nothing, what is changed twice.
 *
 * @module
 */

import type { Apply, Variable } from "../../graph/graph.ts";
import type { AdvIncParams } from "../../ops/index/adv_index.ts";
import { stretched } from "../../ops/shape/broadcast_to_op.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { lengthVariable } from "../../ops/common/length_rules.ts";
import {
  type IncSubtensorParams,
  isWholeEntry,
  type SubtensorParams,
} from "../../ops/index/subtensor.ts";
import { namesLengthOf } from "./indexing_rules.ts";
import { applied, applyAgain, ew, instead, isNumber, sameLengths, sameShape } from "../match.ts";
import { losesCheck, positionsIn } from "./in_range.ts";
import type { Rewritten, Rule } from "../rule.ts";

/** Where a value was put: the index with its scalars. */
function sameIndex(a: Apply, from: number, b: Apply, to: number): boolean {
  const [p, q] = [a.params, b.params] as [SubtensorParams, SubtensorParams];
  return JSON.stringify(p.index) === JSON.stringify(q.index) &&
    a.inputs.length - from === b.inputs.length - to &&
    a.inputs.slice(from).every((input, i) => input === b.inputs[to + i]);
}

const readBack: Rule = {
  name: "read-back",
  law: "set(x[i], y)[i] -> y, inc(x[i], y)[i] -> x[i] + y",
  ops: ["subtensor"],
  mayHideError: true,
  rewrite(apply, context): Rewritten {
    const change = applied(apply.inputs[0]!, "incSubtensor");
    if (change === null || !sameIndex(apply, 1, change, 2)) return null;
    const [x, y] = change.inputs as [Variable, Variable];
    if ((change.params as IncSubtensorParams).set) {
      const isLast = context.uses(change.output) <= 1;
      if (isLast && losesCheck(positionsIn(apply), context)) return null;
      const lengths = lengthsOf(apply.output);
      if (sameLengths(lengthsOf(y), lengths)) return y;
      if (lengths.some((n) => typeof n !== "number" && namesLengthOf(n, apply))) return null;
      return stretched(y, lengths.map(lengthVariable));
    }
    const before = applyAgain(apply, [x, ...apply.inputs.slice(1)]);
    return before.dtype === "bool" ? ew("or", before, y) : ew("add", before, y);
  },
};

const changeNothing: Rule = {
  name: "change-nothing",
  law: "inc(x[i], 0) -> x, set(x[i], x[i]) -> x",
  ops: ["incSubtensor", "advInc"],
  rewrite(apply, context): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    const { set } = apply.params as { set: boolean };
    if (!set) return isNumber(y, 0) && !losesCheck(positionsIn(apply), context) ? x : null;
    const read = applied(y, "subtensor");
    const same = apply.op.name === "incSubtensor" && read !== null && read.inputs[0] === x &&
      sameIndex(read, 1, apply, 2);
    const isLast = same && context.uses(y) <= 1;
    return same && !(isLast && losesCheck(positionsIn(apply), context, read)) ? x : null;
  },
};

const changeAll: Rule = {
  name: "change-all",
  law: "set(x[:], y) -> y, inc(x[:], y) -> x + y",
  ops: ["incSubtensor"],
  rewrite(apply): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    const { index, set } = apply.params as IncSubtensorParams;
    if (!index.every(isWholeEntry)) return null;
    if (set) return instead(x, y);
    const sum = ew(x.dtype === "bool" ? "or" : "add", x, y);
    return sameShape(sum, x) ? sum : null;
  },
};

const changeTwice: Rule = {
  name: "change-twice",
  law: "set(set(x[i], y)[i], z) -> set(x[i], z), inc(inc(x[i], y)[i], z) -> inc(x[i], y + z)",
  ops: ["incSubtensor"],
  rewrite(apply, context): Rewritten {
    const inner = applied(apply.inputs[0]!, "incSubtensor");
    if (inner === null || !sameIndex(inner, 2, apply, 2)) return null;
    const { set } = apply.params as IncSubtensorParams;
    const first = inner.params as IncSubtensorParams;
    const [x, y] = inner.inputs as [Variable, Variable], z = apply.inputs[1]!;
    const rest = apply.inputs.slice(2);
    if (set) return applyAgain(apply, [x, z, ...rest]);
    if (x.dtype === "bool" || context.uses(apply.inputs[0]!) > 1) return null;
    const sum = ew("add", y, z);
    return applyAgain(inner, [x, sum, ...rest], first);
  },
};

const setToInc: Rule = {
  name: "set-to-inc",
  law: "set(x[i], x[i] + y) -> inc(x[i], y), set(x[i], x[i] - y) -> inc(x[i], -y)",
  ops: ["incSubtensor"],
  rewrite(apply): Rewritten {
    const params = apply.params as IncSubtensorParams;
    const [x, value, ...rest] = apply.inputs as [Variable, Variable, ...Variable[]];
    const sum = applied(value, "add") ?? applied(value, "sub"), [a, b] = sum?.inputs ?? [];
    if (!params.set || sum === null || x.dtype === "bool" || value.dtype !== x.dtype) return null;
    const isPart = (v: Variable) => {
      const read = applied(v, "subtensor");
      return read !== null && read.inputs[0] === x && sameIndex(read, 1, apply, 2) &&
        sameShape(v, value);
    };
    const inc = (y: Variable) =>
      y.dtype === x.dtype ? applyAgain(apply, [x, y, ...rest], { ...params, set: false }) : null;
    if (isPart(a!)) return inc(sum.op.name === "sub" ? ew("neg", b!) : b!);
    return sum.op.name === "add" && isPart(b!) ? inc(a!) : null;
  },
};

const addOfChange: Rule = {
  name: "add-changed-zeros",
  law: "inc(zeros[i], y) + x -> inc(x[i], y)",
  ops: ["add"],
  rewrite({ inputs: [x, y], output }, context): Rewritten {
    const onto = (change: Variable, base: Variable): Variable | null => {
      const apply = change.owner;
      if (apply === null || !["incSubtensor", "advInc"].includes(apply.op.name)) return null;
      const params = apply.params as AdvIncParams;
      const fits = isNumber(apply.inputs[0]!, 0) && context.uses(change) <= 1 &&
        base.dtype === change.dtype && change.dtype === output.dtype &&
        sameShape(base, change) && (!params.set || apply.op.name === "incSubtensor");
      if (!fits) return null;
      return applyAgain(apply, [base, ...apply.inputs.slice(1)], { ...params, set: false });
    };
    return onto(x!, y!) ?? onto(y!, x!);
  },
};

/** Rules that bring changes into one form. */
export const changeRules: readonly Rule[] = [readBack, changeNothing, changeAll, changeTwice];

/** Rules that spare zeros, and what is read back. */
export const cheaperChanges: readonly Rule[] = [addOfChange, setToInc];

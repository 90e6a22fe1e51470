/**
 * Stable forms to differentiate in the place of logarithms and quotients that overflow as they are written.
 *
 * The derivative of log(exp(a) + exp(b)) as written divides infinities; that of its stable form does not. So
 * gradients flow through the stable form, whatever becomes of the value itself.
 *
 * @module
 */

import { type Apply, makeVariable } from "../core/graph/graph.ts";
import { replace, toposort } from "../core/graph/walk.ts";
import { elementwiseOps } from "../core/ops/elementwise_table.ts";
import { runPhase } from "../core/rewrite/driver.ts";
import { expPartOf } from "../core/rewrite/exp_parts.ts";
import { phases } from "../core/rewrite/phases.ts";
import type { Phase } from "../core/rewrite/rule.ts";
import type { Variable } from "../core/variable.ts";

/** Where there may be something to stabilise. */
const roots = new Set([
  "log",
  "log1p",
  "log2",
  "log10",
  "log1mexp",
  "logdiffexp",
  "div",
  "reciprocal",
]);

/** Ops that rules look through, and that mean the same to gradients when they are rewritten. */
const moving = [
  "dimshuffle",
  "broadcastTo",
  "reduce",
  "reshape",
  "subtensor",
  "fill",
  "join",
  "makeVector",
];
const opaque = ["copy", "zeroGrad", "disconnectedGrad", "undefinedGrad", "gradScale", "gradClip"];

/** What is farther away than this many applications does not matter. */
const MOST = 60;

/** The rules that stabilise; wrappers that steer gradients stay. */
const stabilise: Phase = {
  name: "stabilize",
  rules: phases.find(({ name }) => name === "stabilize")!.rules.filter(({ name }) =>
    name !== "drop-wrapper"
  ),
};

const stabilising = new Set(
  stabilise.rules.filter((rule) => rule.stabilises === true).map(({ name }) => name),
);

/** The stable forms in a graph, found as it is walked. */
export class StableForms {
  readonly #isEnd: (variable: Variable) => boolean;
  readonly #found = new Map<Apply, Variable | null>();

  /** @param isEnd Whether a variable has to stay part of the graph, since its own gradient is asked for. */
  constructor(isEnd: (variable: Variable) => boolean) {
    this.#isEnd = isEnd;
  }

  /** What something is stable as; null where it is stable as it stands. */
  of(apply: Apply): Variable | null {
    if (!roots.has(apply.op.name)) return null;
    const known = this.#found.get(apply);
    if (known !== undefined) return known;
    const form = stableForm(apply, this.#isEnd);
    this.#found.set(apply, form);
    // What is in it is stable already.
    for (const inner of form === null ? [] : toposort([form], this.#isEnd)) {
      if (roots.has(inner.op.name) && !this.#found.has(inner)) this.#found.set(inner, null);
    }
    return form;
  }
}

function stableForm(apply: Apply, isEnd: (variable: Variable) => boolean): Variable | null {
  const ends = endsOf(apply, isEnd);
  if (ends === null) return null;
  // The rules see nothing but the part that matters, so that they cannot go around what has to stay.
  const places = ends.map((end) => [end, makeVariable(end.type)] as const);
  const [closed] = replace([apply.output], new Map(places));
  const hits = new Map<string, number>();
  const [made] = runPhase(stabilise, [closed!], hits);
  if (![...hits.keys()].some((name) => stabilising.has(name))) return null;
  const [form] = replace([made!], new Map(places.map(([end, place]) => [place, end])));
  return form!;
}

function isTransparent({ op: { name }, output }: Apply): boolean {
  if (name === "matmul") return expPartOf(output) !== null;
  return moving.includes(name) || Object.hasOwn(elementwiseOps, name) && !opaque.includes(name);
}

/** Where the part of a graph that matters to an application ends; null if nothing in it is curved. */
function endsOf(apply: Apply, isEnd: (variable: Variable) => boolean): Variable[] | null {
  const ends = new Set<Variable>(), inside = new Set<Apply>([apply]);
  let found = false;
  for (const { op, inputs } of inside) {
    found ||= curved.has(op.name);
    for (const input of inputs) {
      const { owner } = input;
      const goesOn = owner !== null && !isEnd(input) && isTransparent(owner) &&
        (inside.has(owner) || inside.size < MOST);
      if (goesOn) inside.add(owner);
      else if (owner !== null || isEnd(input)) ends.add(input);
    }
  }
  return found ? [...ends] : null;
}

/** Ops whose results overflow, or come so close to a bound that their logarithm loses its digits. */
const curved = new Set([
  "exp",
  "exp2",
  "expm1",
  "pow",
  "sigmoid",
  "tanh",
  "erfc",
  "erf",
  "softplus",
]);

/**
 * Stable forms to differentiate in the place of logarithms and quotients that overflow as they are written.
 *
 * The derivative of log(exp(a) + exp(b)) as written divides infinities; that of its stable form does not. So
 * gradients flow through the stable form, whatever becomes of the value itself.
 *
 * @module
 */

import { type Apply, makeVariable, outputOf, type Variable } from "../core/graph/graph.ts";
import { replace, toposort } from "../core/graph/walk.ts";
import type { Fact } from "../core/graph/op.ts";
import { reduceOp, type ReduceParams } from "../core/ops/reduce/reduce_ops.ts";
import { printOp, type PrintParams } from "../core/ops/control/print_op.ts";
import { isElementwise } from "../core/rewrite/match.ts";
import { type RuleHits, runPhase } from "../core/rewrite/driver.ts";
import { opensAll, productOf } from "../core/rewrite/algebra/factors.ts";
import { isRootOfSquares } from "../core/rewrite/stability/squares.ts";
import {
  expPartOf,
  expPartUnderLog,
  isOpened,
  standsFor,
} from "../core/rewrite/stability/exp_parts.ts";
import { phases } from "../core/rewrite/phases.ts";
import type { Phase } from "../core/rewrite/rule.ts";
import { connectedTo } from "./connected.ts";
import type { Forms } from "./written_forms.ts";

/** Reciprocals that are multiplied by may be as many applications away. */
const DEEPEST = 4;

/** What is farther away than this many applications matters only where it leads to exponentials. */
const MOST = 60;

/** Applications looked at for all roots of a graph together, so that many chains of roots end in time. */
const MOST_IN_ALL = 50_000;

/** The phases that stabilise; wrappers that steer gradients stay. Made when they are needed. */
let stabilising: readonly Phase[] | null = null;

function stabilisingPhases(): readonly Phase[] {
  return stabilising ??= phases
    .filter(({ name }) => name === "stabilize")
    .map(({ name, rules }) => ({
      name,
      rules: rules.filter(({ name }) => name !== "drop-wrapper"),
    }));
}

/** Whether one of the rules that ran gives a value where there is none as written. */
function hasBetter(hits: RuleHits): boolean {
  return stabilisingPhases().some(({ rules }) =>
    rules.some(({ name, stabilises }) => stabilises === true && hits.has(name))
  );
}

function stabilised(outputs: readonly Variable[], hits: RuleHits): readonly Variable[] {
  return stabilisingPhases().reduce((current, phase) => runPhase(phase, current, hits), outputs);
}

/** The part of a graph that matters to an application: where it ends, and what the ends are stable as. */
type Ends = ReadonlyMap<Variable, Variable>;

/** The stable forms in a graph, found as it is walked. */
export class StableForms implements Forms {
  readonly #isEnd: (variable: Variable) => boolean;
  readonly #found = new Map<Apply, Variable | null>();
  /** Applications whose forms are free of something that they depend on as written. */
  readonly #freed = new Set<Apply>();
  /** Whether there is something curved behind a variable. */
  readonly #bent = { log: new Map<Variable, boolean>(), other: new Map<Variable, boolean>() };
  #left = MOST_IN_ALL;

  /** @param isEnd Whether a variable has to stay part of the graph, since its own gradient is asked for. */
  constructor(isEnd: (variable: Variable) => boolean) {
    this.#isEnd = isEnd;
  }

  /** What something is stable as; null where it is stable as it stands. */
  of(apply: Apply): Variable | null {
    const isOne = isRoot(apply) || this.#isByReciprocal(apply) || isRootOfSquares(apply);
    if (!isOne) return null;
    // Logarithms inside come first, so that those of a chain are taken one by one.
    const waiting = [apply];
    while (waiting.length > 0) {
      const next = waiting[waiting.length - 1]!;
      const unknown: Apply[] = [];
      const ends = this.#found.has(next) ? null : this.#endsOf(next, unknown);
      if (unknown.length > 0) waiting.push(...unknown);
      else {
        waiting.pop();
        if (!this.#found.has(next)) this.#add(next, ends);
      }
    }
    return this.#found.get(apply)!;
  }

  /** Inputs as written, where something cancelled: their gradients are 0, but defined. */
  freedOf(apply: Apply): readonly Variable[] {
    return this.#freed.has(apply) ? apply.inputs : [];
  }

  #add(apply: Apply, ends: Ends | null): void {
    const found = ends === null ? null : stableForm(apply, ends), form = found?.form ?? null;
    this.#found.set(apply, form);
    if (form === null) return;
    if (found!.isFreed) this.#freed.add(apply);
    // What is in it is stable already; what is behind its ends need not be.
    const behind = new Set([...ends!.values()].map((form) => shownOf(form).inner));
    for (const inner of toposort([form], (v) => behind.has(v) || this.#isEnd(v))) {
      const isOne = isRoot(inner) || inner.op.name === "mul";
      if (isOne && !this.#found.has(inner)) this.#found.set(inner, null);
    }
  }

  /** Whether it multiplies by the reciprocal of something curved, which may have other uses. */
  #isByReciprocal({ op, inputs }: Apply): boolean {
    if (op.name !== "mul") return false;
    const isReciprocal = (variable: Variable, depth: number): boolean => {
      const { owner } = variable;
      if (owner === null || depth === 0) return false;
      const [a, b] = owner.inputs as [Variable, Variable | undefined];
      if (is(owner.op, "divides")) {
        return b === undefined ? this.#isBent(a) : !this.#isBent(a) && this.#isBent(b);
      }
      const carries = owner.op.name === "mul" || owner.op.name === "neg" || is(owner.op, "moves");
      return carries && owner.inputs.some((v) => isReciprocal(v, depth - 1));
    };
    return inputs.some((v, i) => isReciprocal(v, DEEPEST) && this.#isBent(inputs[1 - i]!));
  }

  /**
   * Where the part that matters ends; null if nothing in it is curved. What has a stable form of its own is
   * not looked into: logarithms, and quotients in exponents.
   */
  #endsOf(apply: Apply, unknown: Apply[]): Ends | null {
    const ends = new Map<Variable, Variable>(), inside = new Set<Apply>([apply]);
    const exponents: Variable[] = [];
    let isCurved = false;
    const enter = (
      variables: readonly Variable[],
      own: (apply: Apply) => boolean,
      most: number,
      isUnderLog = false,
    ) => {
      const queue = [...variables];
      for (const input of queue) {
        const { owner } = input, isEnd = this.#isEnd(input);
        if (isEnd) ends.set(input, input);
        if (isEnd || owner === null || inside.has(owner)) continue;
        const form = own(owner) ? this.#found.get(owner) : null;
        if (form === undefined) unknown.push(owner);
        const isFar = inside.size >= most ||
          inside.size >= MOST && !this.#isBent(input, isUnderLog);
        if (form || isFar || !isTransparent(owner, isUnderLog)) {
          ends.set(input, form ?? input);
          isCurved ||= form !== null && form !== undefined && shownOf(form).around.length > 0;
          continue;
        }
        inside.add(owner);
        (is(owner.op, "saturates") ? exponents : queue).push(...owner.inputs);
      }
    };
    const isOfPowers = hasPowers(apply);
    if (!isOfPowers && !apply.inputs.some((input) => this.#isBent(input, true))) return null;
    enter(apply.inputs, isLogarithm, this.#left, true);
    if (exponents.length === 0 && !isCurved && !isOfPowers) return null;
    const most = inside.size + MOST;
    for (const exponent of exponents) enter([exponent], isRoot, most);
    if (unknown.length === 0) this.#left = Math.max(MOST, this.#left - inside.size);
    return ends;
  }

  /** Whether there is something curved in the part that may matter to a root. */
  #isBent(variable: Variable, isUnderLog = false): boolean {
    const known = isUnderLog ? this.#bent.log : this.#bent.other;
    const order = toposort(
      [variable],
      (v) => known.has(v) || this.#isEnd(v),
      (apply) => is(apply.op, "saturates") || !isTransparent(apply, isUnderLog) ? [] : apply.inputs,
    );
    for (const { op, inputs, outputs } of order) {
      const bent = is(op, "saturates") || inputs.some((input) => known.get(input) === true);
      for (const output of outputs) known.set(output, bent);
    }
    return known.get(variable) ?? false;
  }
}

/** What gradients flow through, in the place of graphs; null if that is how they are written. */
export function stableFormsOf(outputs: readonly Variable[]): readonly Variable[] | null {
  const forms = new StableForms(() => false);
  return toposort(outputs).some((apply) => forms.of(apply) !== null)
    ? stabilised(outputs, new Map())
    : null;
}

function stableForm(apply: Apply, ends: Ends): { form: Variable; isFreed: boolean } | null {
  // The rules see nothing but the part that matters, so that they cannot go around what has to stay.
  const places = [...ends].map(([end, form]) => {
    const { inner, around } = shownOf(form), place = makeVariable(inner.type);
    standsFor(place, inner);
    const shown = around.reduceRight((v, { op, params }) => outputOf(op, [v], params), place);
    return { end, inner, place, shown };
  });
  const [closed] = replace(
    [apply.output],
    new Map(places.map(({ end, shown }) => [end, shown])),
  );
  const hits = new Map<string, number>();
  const [made] = stabilised([closed!], hits);
  // What cancels does not overflow any more, either.
  const isBetter = hasBetter(hits) || curvesOf(made!) < curvesOf(closed!);
  if (!isBetter) return null;
  const [form] = replace([made!], new Map(places.map(({ inner, place }) => [place, inner])));
  const left = connectedTo([made!]);
  return { form: form!, isFreed: places.some(({ place }) => !left.has(place)) };
}

/** What of the stable form of a logarithm another one has to see, and what that is around. */
function shownOf(form: Variable): { inner: Variable; around: readonly Apply[] } {
  const around: Apply[] = [];
  let inner = form;
  while (inner.owner !== null && ["neg", "softplus"].includes(inner.owner.op.name)) {
    around.push(inner.owner);
    inner = inner.owner.inputs[0]!;
  }
  const isCurved = around.some(({ op }) => is(op, "saturates"));
  return isCurved ? { inner, around } : { inner: form, around: [] };
}

/** Whether rules look through an application, and gradients are the same when it is rewritten. */
function isTransparent(apply: Apply, isUnderLog: boolean): boolean {
  const { op, output } = apply;
  if (op.name === "matmul") return (isUnderLog ? expPartUnderLog : expPartOf)(output) !== null;
  if (reportsGradient(apply)) return false;
  return is(op, "moves", "gathers") ||
    !is(op, "wraps") && (isElementwise(apply) || isOpened(apply));
}

/** Whether somebody wants to see the gradient that flows through it. */
function reportsGradient({ op, params }: Apply): boolean {
  return op === printOp as unknown &&
    (params as unknown as PrintParams).report.ofGradient !== undefined;
}

/** Whether it is of squares, products along axes or gammas, which overflow where the whole does not. */
function hasPowers(apply: Apply): boolean {
  if (!isLogarithm(apply)) return isRootOfSquares(apply);
  const product = productOf(apply.inputs[0]!, opensAll);
  return product?.factors.some(({ base, power }) => {
    const { owner } = base;
    const isProd = owner?.op === reduceOp && (owner.params as ReduceParams).kind === "prod";
    return isProd || owner?.op.name === "gamma" || Math.abs(power) > 1;
  }) === true;
}

function curvesOf(variable: Variable): number {
  return toposort([variable]).filter(({ op }) => is(op, "saturates")).length;
}

function is(op: Apply["op"], ...facts: readonly Fact[]): boolean {
  return facts.some((fact) => op.facts?.has(fact) === true);
}

/** Whether an application may be one to stabilise. */
function isRoot({ op }: Apply): boolean {
  return is(op, "logarithm", "divides");
}

function isLogarithm({ op }: Apply): boolean {
  return is(op, "logarithm");
}

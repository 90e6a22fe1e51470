/**
 * Laws as rules. Both sides of a law are expressions, written with the functions in `terms`:
 * `rule("log-exp", log(exp(x)).to(x))`.
 *
 * An application in the argument of another one matches only what that takes as it is: in
 * `float * -int` the negation is done before the conversion, and stays there. Arguments of commutative
 * ops match in both orders.
 *
 * @module
 */

import { isComplex } from "../graph/dtype.ts";
import type { Apply, Variable } from "../graph/graph.ts";
import {
  type ElementwiseName,
  elementwiseNames,
  elementwiseOps,
} from "../ops/elementwise/table.ts";
import { ew, instead, isExact, isNumber, isReal, number, numberOf } from "./match.ts";
import type { RewriteContext, Rule } from "./rule.ts";

/** What may stand in an expression: numbers match whatever certainly has this value everywhere. */
type Term = number | Wildcard | Calculated | Application;

/** What a wildcard accepts; `output` is what the rule would replace. */
type Accepts = (variable: Variable, output: Variable) => boolean;

/** Stands for a variable, the same one wherever it comes in a law. */
export class Wildcard {
  /** Makes a wildcard, for anything by default. */
  constructor(
    /** Its name in the text of laws. */
    readonly name: string,
    /** What it stands for. */
    readonly accepts: Accepts = () => true,
    /** Whether it stands only for what the op takes as it is, without a conversion. */
    readonly asItIs = false,
  ) {
  }
}

/** A number that is calculated from those that wildcards stand for; on the right side only. */
export class Calculated {
  readonly #text: string;
  readonly #value: (match: Match) => number;

  /** Makes it, with its text in laws. */
  constructor(text: string, value: (match: Match) => number) {
    this.#text = text;
    this.#value = value;
  }

  /** The number. */
  valueIn(match: Match): number {
    return this.#value(match);
  }

  /** Its text in laws. */
  toString(): string {
    return this.#text;
  }
}

/** One side of a law. */
class Application {
  /** Makes it; `terms` has a function for each op. */
  constructor(
    /** The op. */
    readonly op: ElementwiseName,
    /** Its arguments. */
    readonly args: readonly Term[],
    /** Whether it matches only what is used nowhere else. */
    readonly isSingle = false,
  ) {
  }

  /** The law that this is something else, where a condition holds. */
  to(right: Law["right"], where: Law["where"] = () => true): Law {
    return { left: this, right, where };
  }
}

/** One law. */
interface Law {
  readonly left: Application;
  /** The replacement, or how it is made; null where there is none. It is brought to dtype and shape. */
  readonly right: Term | ((match: Match) => Variable | null);
  readonly where: (match: Match) => boolean;
}

/** What the wildcards of a law stand for. */
export class Match {
  readonly #keys: Wildcard[] = [];
  readonly #found: Variable[] = [];

  /** Starts with nothing found. */
  constructor(
    /** What is to be replaced. */
    readonly output: Variable,
    /** The graph around it. */
    readonly context: RewriteContext,
  ) {
  }

  /** What a wildcard stands for. */
  of(wildcard: Wildcard): Variable {
    return this.#found[this.#keys.indexOf(wildcard)]!;
  }

  /** The number that a wildcard stands for. */
  numberOf(wildcard: Wildcard): number {
    return numberOf(this.of(wildcard))!;
  }

  /** Whether a variable is what the term says; wildcards stand for something from then on. */
  fits(term: Term, variable: Variable): boolean {
    if (typeof term === "number") return isNumber(variable, term);
    if (term instanceof Wildcard) return this.#takes(term, variable);
    const apply = variable.owner;
    return term instanceof Application && apply !== null && apply.op.name === term.op &&
      this.fitsApply(term, apply);
  }

  /** The same for an application of the op that the term names. */
  fitsApply({ args, isSingle }: Application, apply: Apply): boolean {
    const { inputs } = apply;
    for (let i = 0; i < args.length; i++) if (!this.fits(args[i]!, inputs[i]!)) return false;
    if (args.some(isTakenAsItIs) && !takesAsItIs(apply, args)) return false;
    return !isSingle || this.context.uses(apply.output) <= 1;
  }

  #takes(wildcard: Wildcard, variable: Variable): boolean {
    const at = this.#keys.indexOf(wildcard);
    if (at >= 0) return this.#found[at] === variable;
    if (!wildcard.accepts(variable, this.output)) return false;
    this.#keys.push(wildcard);
    this.#found.push(variable);
    return true;
  }

  /** Builds an expression. */
  build(term: Term): Variable {
    if (term instanceof Wildcard) return this.of(term);
    if (term instanceof Application) {
      return ew(term.op, ...term.args.map((arg) => this.build(arg)));
    }
    const value = typeof term === "number" ? term : term.valueIn(this);
    return number(value, this.output.dtype);
  }
}

/** Whether the ops of the arguments are those that a term names: most of all that is tried ends here. */
function mayFit({ args }: Application, { inputs }: Apply): boolean {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg instanceof Application && inputs[i]!.owner?.op.name !== arg.op) return false;
  }
  return true;
}

function isTakenAsItIs(term: Term): boolean {
  return term instanceof Application || term instanceof Wildcard && term.asItIs;
}

/** Whether an application converts none of the arguments that must be taken as they are. */
function takesAsItIs({ op, inputs, params }: Apply, args: readonly Term[]): boolean {
  const dtypes = inputs.map(({ dtype }) => dtype);
  const { compute } = elementwiseOps[op.name as ElementwiseName].dtypes(dtypes, params);
  return args.every((arg, i) => !isTakenAsItIs(arg) || compute[i] === dtypes[i]);
}

/** A term with the arguments of commutative ops in all orders. */
function orders(term: Term): readonly Term[] {
  if (!(term instanceof Application)) return [term];
  const { op, isSingle } = term;
  let lists: readonly (readonly Term[])[] = [[]];
  for (const arg of term.args) {
    const all = orders(arg);
    lists = lists.flatMap((list) => all.map((one) => [...list, one]));
  }
  const [x, y] = term.args;
  const swaps = elementwiseOps[op].facts?.has("commutative") === true && x !== y;
  const swapped = swaps ? lists.map((list) => list.toReversed()) : [];
  return [...lists, ...swapped].map((args) => new Application(op, args, isSingle));
}

/** What a rule may say of itself beside its laws; see {@linkcode Rule}. */
interface Traits extends Pick<Rule, "mayHideError" | "assumesFinite" | "stabilises"> {
  readonly name: string;
  /** In words, where the laws written out would tell less. */
  readonly law?: string;
}

/** Laws by the op on their left, in all orders of its arguments. */
function indexed(laws: readonly Law[]): ReadonlyMap<string, { left: Application; law: Law }[]> {
  const byOp = new Map<string, { left: Application; law: Law }[]>();
  for (const law of laws) {
    const list = byOp.get(law.left.op) ?? [];
    for (const left of orders(law.left)) list.push({ left: left as Application, law });
    byOp.set(law.left.op, list);
  }
  return byOp;
}

/** The rule that applies the first law that matches. Most never run, so what matching needs waits. */
export function rule(traits: string | Traits, ...laws: readonly Law[]): Rule {
  const { law, ...others } = typeof traits === "string" ? { name: traits } : traits;
  let byOp: ReturnType<typeof indexed> | null = null;
  return {
    ...others,
    get law() {
      return law ?? laws.map(lawText).join(", ");
    },
    ops: [...new Set(laws.map(({ left }) => left.op))],
    rewrite(apply, context): Variable | null {
      byOp ??= indexed(laws);
      for (const { left, law } of byOp.get(apply.op.name)!) {
        if (!mayFit(left, apply)) continue;
        const match = new Match(apply.output, context);
        if (!match.fitsApply(left, apply) || !law.where(match)) continue;
        const value = typeof law.right === "function" ? law.right(match) : match.build(law.right);
        if (value !== null) return instead(apply.output, value);
      }
      return null;
    },
  };
}

/** The sign between the arguments of an op, if it is written with one. */
function signOf(op: ElementwiseName): string | undefined {
  return elementwiseOps[op].printing?.infix;
}

function lawText({ left, right }: Law): string {
  return `${text(left)} -> ${typeof right === "function" ? "…" : text(right)}`;
}

function text(term: Term): string {
  if (term instanceof Wildcard) return term.name;
  if (!(term instanceof Application)) return String(term);
  const { op, args } = term, sign = signOf(op);
  if (op === "neg") return `-${operand(args[0]!)}`;
  if (sign !== undefined) return args.map(operand).join(` ${sign} `);
  return `${op}(${args.map(text).join(", ")})`;
}

function operand(term: Term): string {
  const isOpen = term instanceof Application &&
    (term.op === "neg" || signOf(term.op) !== undefined);
  return isOpen ? `(${text(term)})` : text(term);
}

/** For each elementwise op the function that makes an expression with it. */
export const terms = Object.fromEntries(
  elementwiseNames.map((name) => [name, (...args: readonly Term[]) => new Application(name, args)]),
) as unknown as Readonly<Record<ElementwiseName, (...args: readonly Term[]) => Application>>;

/** An application that nothing else uses. */
export function once({ op, args }: Application): Application {
  return new Application(op, args, true);
}

/** Anything. */
export const x = new Wildcard("x"), y = new Wildcard("y"), z = new Wildcard("z");
/** The condition of a choice. */
export const c = new Wildcard("c");
/** What the op takes as it is. */
export const u = asItIs("u"), v = asItIs("v");
/** Real numbers with a fraction. */
export const real = new Wildcard("x", ({ dtype }) => isReal(dtype));
/** Anything but complex numbers. */
export const noComplex = new Wildcard("x", ({ dtype }) => !isComplex(dtype));
/** Integers and bools. */
export const i = new Wildcard("i", ({ dtype }) => isExact(dtype));
/** The same. */
export const j = new Wildcard("j", ({ dtype }) => isExact(dtype));
/** Bools. */
export const b = asItIs("b", ({ dtype }) => dtype === "bool");
/** Numbers. */
export const m = asItIs("m", isKnown), n = asItIs("n", isKnown);

function isKnown(variable: Variable): boolean {
  return numberOf(variable) !== null;
}

/** A wildcard for what the op takes as it is. */
export function asItIs(name: string, accepts?: Accepts): Wildcard {
  return new Wildcard(name, accepts, true);
}

/** Real numbers that an op never makes negative. The square of an integer may wrap to a negative one. */
export const size: Wildcard = asItIs(
  "x",
  ({ dtype, owner }) => isReal(dtype) && owner?.op.facts?.has("notNegative") === true,
);

/** The number -n. */
export const minusN: Calculated = new Calculated("-n", (match) => -match.numberOf(n));

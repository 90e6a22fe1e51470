/**
 * Sizes known when a plan is made: plain numbers, or symbolic integers that carry the value they
 * have now and can be evaluated again for another call.
 *
 * A plan is traced with concrete sizes. What may change from call to call without a new plan (the
 * length of a scan, an index given as an argument) is a `Sym`: a polynomial over named atoms. Each
 * time the planner decides something by comparing a Sym, the decision is recorded as a guard; a
 * plan is used again for new values as long as all its guards still hold.
 *
 * @module
 */

/** An integer in a plan. */
export type Size = number | Sym;

/** The greatest position that kernels count to. */
export const MAX_POSITION: number = 2 ** 31 - 1;

/** Values of the base atoms, by slot. */
export type SizeEnv = ArrayLike<number>;

/** A named integer inside a `Sym`. */
export interface Atom {
  /** Text that is equal for equal atoms. */
  readonly key: string;
  /** The value in the trace that made it. */
  readonly value: number;
  /** Base symbols that the atom depends on. */
  readonly bases: ReadonlySet<string>;
  /** The value for other base atoms. */
  readonly evaluate: (env: SizeEnv) => number;
}

/** A part of a polynomial. */
interface Monomial {
  readonly coefficient: number;
  readonly atoms: readonly Atom[];
}

/** A symbolic integer: `constant + sum(coefficient * product of atoms)`. */
export class Sym {
  /** Text that is equal for equal polynomials. */
  readonly key: string;
  /** The value in the trace that made it. */
  readonly value: number;
  /** Base symbols that the size depends on. */
  readonly bases: ReadonlySet<string>;
  readonly #terms: ReadonlyMap<string, Monomial>;
  /** The same, quicker to run through: calls with other lengths evaluate many sizes. */
  readonly #list: readonly Monomial[];
  /** The part without atoms. */
  readonly constant: number;

  /** Makes a sum of terms, keyed by the text of their atoms. */
  constructor(
    constant: number,
    terms: ReadonlyMap<string, Monomial>,
  ) {
    this.constant = constant;
    this.#terms = terms;
    this.#list = [...terms.values()];
    let value = constant;
    const bases = new Set<string>();
    const parts: string[] = [];
    for (const [key, term] of [...terms].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)) {
      parts.push(`${term.coefficient}*${key}`);
      let product = term.coefficient;
      for (const atom of term.atoms) {
        product *= atom.value;
        for (const base of atom.bases) bases.add(base);
      }
      value += product;
    }
    if (constant !== 0) parts.push(String(constant));
    this.key = `(${parts.join("+")})`;
    this.value = value;
    this.bases = bases;
  }

  /** The terms of the polynomial. */
  get terms(): ReadonlyMap<string, Monomial> {
    return this.#terms;
  }

  /** The value for other base values. */
  evaluate(env: SizeEnv): number {
    let value = this.constant;
    const list = this.#list;
    for (let i = 0; i < list.length; i++) {
      const { coefficient, atoms } = list[i]!;
      let product = coefficient;
      for (let j = 0; j < atoms.length; j++) product *= atoms[j]!.evaluate(env);
      value += product;
    }
    return value;
  }

  /** The polynomial and its value in the trace, as in `2*n0.0-1=41`. */
  toString(): string {
    const parts = [...this.#terms].map(([key, { coefficient }]) =>
      Math.abs(coefficient) === 1 ? `${coefficient < 0 ? "-" : ""}${key}` : `${coefficient}*${key}`
    );
    if (this.constant !== 0) parts.push(String(this.constant));
    return `${parts.join("+").replaceAll("+-", "-")}=${this.value}`;
  }
}

/** The concrete value of a size. */
export function sizeValue(size: Size): number {
  return typeof size === "number" ? size : size.value;
}

/** The value of a size for other base values. */
export function sizeAt(size: Size, env: SizeEnv): number {
  return typeof size === "number" ? size : size.evaluate(env);
}

function valuesAt(sizes: readonly Size[], env: SizeEnv): number[] {
  const values: number[] = [];
  for (let i = 0; i < sizes.length; i++) values.push(sizeAt(sizes[i]!, env));
  return values;
}

/** Text that is equal for equal sizes. */
export function sizeKey(size: Size): string {
  return typeof size === "number" ? String(size) : size.key;
}

/** A base symbol: read from slot `slot` of the environment of a call. */
export function baseSize(name: string, slot: number, value: number): Size {
  return fromAtom({ key: name, value, bases: new Set([name]), evaluate: (env) => env[slot]! });
}

/**
 * A length that is known inside some code only, by its name; elsewhere a size stands for it that it never
 * exceeds.
 */
export function localSize(name: string, most: Size): Size {
  const bases = typeof most === "number" ? new Set<string>() : most.bases;
  const evaluate = (env: SizeEnv) => sizeAt(most, env);
  return fromAtom({ key: name, value: sizeValue(most), bases, evaluate });
}

function fromAtom(atom: Atom): Size {
  return new Sym(0, new Map([[atom.key, { coefficient: 1, atoms: [atom] }]]));
}

type Terms = Map<string, Monomial>;

function normal(constant: number, terms: Terms): Size {
  for (const [key, term] of terms) if (term.coefficient === 0) terms.delete(key);
  return terms.size === 0 ? constant : new Sym(constant, terms);
}

/** a + b */
export function addSize(a: Size, b: Size): Size {
  if (typeof a === "number" && typeof b === "number") return a + b;
  const terms: Terms = typeof a === "number" ? new Map() : new Map(a.terms);
  if (typeof b !== "number") {
    for (const [key, term] of b.terms) {
      const have = terms.get(key);
      terms.set(key, {
        coefficient: term.coefficient + (have?.coefficient ?? 0),
        atoms: term.atoms,
      });
    }
  }
  return normal(
    (typeof a === "number" ? a : a.constant) + (typeof b === "number" ? b : b.constant),
    terms,
  );
}

/** a * b */
export function mulSize(a: Size, b: Size): Size {
  if (typeof a === "number" && typeof b === "number") return a * b;
  if (typeof a === "number") return scale(b as Sym, a);
  if (typeof b === "number") return scale(a, b);
  let sum: Size = a.constant * b.constant;
  sum = addSize(sum, scale(new Sym(0, a.terms), b.constant));
  sum = addSize(sum, scale(new Sym(0, b.terms), a.constant));
  const terms: Terms = new Map();
  for (const x of a.terms.values()) {
    for (const y of b.terms.values()) {
      const atoms = [...x.atoms, ...y.atoms].sort((p, q) => p.key < q.key ? -1 : 1);
      const key = atoms.map((atom) => atom.key).join("*");
      const have = terms.get(key)?.coefficient ?? 0;
      terms.set(key, { coefficient: have + x.coefficient * y.coefficient, atoms });
    }
  }
  return addSize(sum, normal(0, terms));
}

function scale(a: Sym, k: number): Size {
  if (k === 0) return 0;
  const terms: Terms = new Map();
  for (const [key, term] of a.terms) {
    terms.set(key, { coefficient: term.coefficient * k, atoms: term.atoms });
  }
  return normal(a.constant * k, terms);
}

/** a - b */
export function subSize(a: Size, b: Size): Size {
  return addSize(a, mulSize(b, -1));
}

/** Whether sizes are the same, one by one, for all calls. */
export function sameSizes(a: readonly Size[], b: readonly Size[]): boolean {
  return a.length === b.length && a.every((size, d) => sizeKey(size) === sizeKey(b[d]!));
}

/** Sizes without those that are the same as another for all calls. */
export function distinctSizes(sizes: readonly Size[]): Size[] {
  return [...new Map(sizes.map((size) => [sizeKey(size), size])).values()];
}

/** Product of sizes; 1 for none. */
export function productSize(sizes: readonly Size[]): Size {
  return sizes.reduce<Size>((product, size) => mulSize(product, size), 1);
}

/**
 * Whether some axes of a kernel may be run through as one: the number of their positions fits 32 bits,
 * and so it does for other sizes that the plan serves, because that of all axes does or nothing varies.
 */
export function countsTogether(some: readonly Size[], all: readonly Size[]): boolean {
  const count = productSize(some);
  return sizeValue(count) <= MAX_POSITION &&
    (typeof count === "number" || sizeValue(productSize(all)) <= MAX_POSITION);
}

/** An opaque function of sizes, such as a floor division; folded when all are numbers. */
export function opaqueSize(
  name: string,
  args: readonly Size[],
  f: (...values: number[]) => number,
): Size {
  const values = args.map(sizeValue);
  if (args.every((arg) => typeof arg === "number")) return f(...values);
  const bases = new Set<string>();
  for (const arg of args) {
    if (typeof arg !== "number") { for (const base of arg.bases) bases.add(base); }
  }
  return fromAtom({
    key: `${name}(${args.map(sizeKey).join(",")})`,
    value: f(...values),
    bases,
    evaluate: (env) => f(...valuesAt(args, env)),
  });
}

/** floor(a / b); b = 0 gives 0. */
export function floorDivSize(a: Size, b: Size): Size {
  if (b === 1) return a;
  return opaqueSize("floordiv", [a, b], (x, y) => y === 0 ? 0 : (x - floorMod(x, y)) / y);
}

/** a modulo b with the sign of b; b = 0 gives 0. */
export function modSize(a: Size, b: Size): Size {
  return opaqueSize("mod", [a, b], (x, y) => y === 0 ? 0 : floorMod(x, y));
}

/** By `%`, which is exact where the quotient of large numbers is rounded. */
function floorMod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest + 0;
}

/** Row-major strides, in elements, of a contiguous array. */
export function contiguousStrides(shape: readonly Size[]): Size[] {
  const strides: Size[] = new Array(shape.length);
  let stride: Size = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride;
    stride = mulSize(stride, shape[d]!);
  }
  return strides;
}

/** Records the decisions of one trace, so that the plan can be checked for other values. */
export class Guards {
  readonly #checks = new Map<string, (env: SizeEnv) => boolean>();

  /** Whether `test(values)` holds now; the answer is recorded if a Sym took part. */
  decide(name: string, sizes: readonly Size[], test: (...values: number[]) => boolean): boolean {
    const answer = test(...sizes.map(sizeValue));
    if (sizes.some((size) => typeof size !== "number")) {
      const key = `${name}(${sizes.map(sizeKey).join(",")})`;
      if (!this.#checks.has(key)) {
        const fixed = [...sizes];
        this.#checks.set(
          key,
          (env) => test(...valuesAt(fixed, env)) === answer,
        );
      }
    }
    return answer;
  }

  /** a === b */
  equal(a: Size, b: Size): boolean {
    if (sizeKey(a) === sizeKey(b)) return true;
    return this.decide("eq", [a, b], (x, y) => x === y);
  }

  /** a < b */
  less(a: Size, b: Size): boolean {
    return this.decide("lt", [a, b], (x, y) => x < y);
  }

  /** min(a, b), by comparing them. */
  min(a: Size, b: Size): Size {
    return this.less(b, a) ? b : a;
  }

  /** max(a, b), by comparing them. */
  max(a: Size, b: Size): Size {
    return this.less(a, b) ? b : a;
  }

  /** Whether all decisions are the same for other base values. */
  hold(env: SizeEnv): boolean {
    for (const check of this.#checks.values()) if (!check(env)) return false;
    return true;
  }

  /** How many decisions depend on base values. */
  get count(): number {
    return this.#checks.size;
  }
}

/**
 * Schur's form of matrices of any kind: balanced, brought to Hessenberg's form by rotations, and made a triangle by
 * the QR algorithm with one shift.
 *
 * @module
 */

import type {
  Element,
  EmitContext,
  LoopNestBuilder,
  MatrixView,
  Target,
} from "../../../graph/op.ts";
import type { Ix, ScalarBuilder } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { addSize, mulSize, type Size } from "../../../ir/size.ts";
import { toComplex } from "../../elementwise/complex_elements.ts";
import { epsilonOf } from "../matrix_op.ts";
import { ComplexNests, type ComplexParts } from "./complex_nests.ts";
import {
  chosen,
  conjugate,
  keptIf,
  minus,
  over,
  plus,
  powerOf,
  quotient,
  realPart,
  rootOf,
  sizeOf,
  taxicab,
  times,
} from "./numbers.ts";
import { batchOf, readReal } from "./views.ts";

/** How often matrices are balanced: each time what is left is a root of what there was. */
const BALANCINGS = 10;

/** Steps of the QR algorithm for each eigenvalue until it is given up: it takes two or three. */
const MOST_STEPS = 30;

/** After so many steps without success the shift is another one. */
const STUCK = 10;

/** What turns two rows. */
interface Rotation {
  readonly cosine: Target;
  readonly sine: ComplexParts<Target>;
}

/** Matrices as triangles. */
export class Schur extends ComplexNests {
  protected readonly from: ComplexParts<MatrixView | null>;
  protected readonly n: Size;
  protected readonly epsilon: number;
  /** The matrix, which becomes a triangle, and below it what it was turned by. */
  protected readonly h: ComplexParts<Target>;
  protected readonly scale: Target;
  protected readonly balance: Target;

  constructor(context: EmitContext, re: MatrixView, im: MatrixView | null, vectors: boolean) {
    super(context, batchOf(re), re.target);
    const n = re.rows;
    this.from = { re, im };
    this.n = n;
    this.epsilon = epsilonOf(re.target.dtype);
    this.h = this.pair("triangle", [vectors ? addSize(n, n) : n, n]);
    this.scale = this.temp("scale", []);
    this.balance = this.temp("balance", [n]);
  }

  /** Makes triangles, and below them, where vectors are asked for, what they were turned by. */
  protected triangle(vectors: boolean): void {
    const { guards } = this.context, { n } = this;
    this.#fill(vectors);
    if (!guards.less(1, n)) return;
    this.#balanced();
    const rotation = { cosine: this.temp("cosine", []), sine: this.pair("sine", []) };
    if (guards.less(2, n)) this.#hessenberg(rotation);
    this.#schur(rotation);
  }

  /** Elements divided by the largest, as far as that is a power of two; the identity below. */
  #fill(vectors: boolean): void {
    const n = this.n, { re, im } = this.from;
    this.nest("scale", [], [n, n], (nest) => {
      const { b } = nest, [r, c] = nest.loops as [Ix, Ix];
      const parts = [re!, ...im === null ? [] : [im]].map((view) => readReal(nest, view, r, c));
      const sizes = parts.map((x) => b.unary("abs", x));
      const most = nest.reduce("max", sizes.reduce((x, y) => b.binary("max", x, y)));
      const power = powerOf(b, most);
      const isOdd = b.binary("or", b.compare("eq", power, this.number(b, 0)), b.isInf(power));
      // Where there is something that is no number, nothing is one.
      const none = nest.reduce("sum", parts.map((x) => b.sub(x, x)).reduce((x, y) => b.add(x, y)));
      this.store(nest, this.scale, [], b.add(b.select(isOdd, this.number(b, 1), power), none));
    });
    this.nest("balance", [n], [], (nest, i) => {
      this.store(nest, this.balance, [i], this.number(nest.b, 1));
    });
    this.nest("matrix", [vectors ? addSize(n, n) : n, n], [], (nest, row, c) => {
      const { b } = nest, isIn = b.compare("lt", b.ixNode(row), b.size(n));
      const below = b.sub(b.ixNode(row), b.size(n)), zero = this.number(b, 0);
      const r = b.ix(b.select(isIn, b.ixNode(row), below));
      const scale = this.read(nest, this.scale);
      const isOne = b.compare("eq", below, b.ixNode(c));
      const value = b.div(readReal(nest, re!, r, c), scale);
      const one = b.select(isOne, this.number(b, 1), zero);
      const other = im === null ? zero : b.div(readReal(nest, im, r, c), scale);
      const made = chosen(b, isIn, { re: value, im: other }, { re: one, im: zero });
      this.storeZ(nest, this.h, [row, c], made);
    });
  }

  /** Makes columns as large as rows, by powers of two. */
  #balanced(): void {
    const n = this.n, factors = this.temp("factors", [n]);
    this.context.loop("balance", BALANCINGS, () => {
      this.nest("factors", [n], [n], (nest, i) => {
        const { b } = nest, k = nest.loops[0]!, zero = this.number(b, 0);
        const isOwn = b.compare("eq", b.ixNode(i), b.ixNode(k));
        const size = (r: Ix, c: Ix) =>
          b.select(isOwn, zero, taxicab(b, this.readZ(nest, this.h, r, c)));
        const [row, column] = [size(i, k), size(k, i)].map((x) => nest.reduce("sum", x));
        const isNone = b.compare("eq", b.binary("min", row!, column!), zero);
        const part = b.div(row!, b.select(isNone, this.number(b, 1), column!));
        const root = b.unary("sqrt", b.unary("sqrt", part));
        const power = powerOf(b, b.mul(root, this.number(b, Math.SQRT2)));
        const factor = b.select(isNone, this.number(b, 1), power);
        this.store(nest, factors, [i], factor);
        const before = this.read(nest, this.balance, i);
        this.store(nest, this.balance, [i], b.mul(before, factor));
      });
      this.nest("balanced", [n, n], [], (nest, r, c) => {
        const { b } = nest;
        const by = b.div(this.read(nest, factors, c), this.read(nest, factors, r));
        this.storeZ(nest, this.h, [r, c], times(b, by, this.readZ(nest, this.h, r, c)));
      });
    });
  }

  /**
   * Turns rows k and k + 1, so that a second number becomes zero, and columns k and k + 1 back. `choose` gives
   * k, the two numbers, whether anything is to be turned, and the column in which it leaves a zero.
   */
  #turn(
    choose: (nest: LoopNestBuilder) => {
      readonly k: SNode;
      readonly pair: () => readonly [Element, Element];
      readonly isOn: SNode;
      readonly cleared: SNode;
    },
    to: Rotation,
  ): void {
    const { cosine, sine } = to;
    this.nest("angle", [], [], (nest) => {
      const { b } = nest, { pair, isOn } = choose(nest), [x, y] = pair();
      const zero = this.number(b, 0), one = this.number(b, 1);
      const size = sizeOf(b, x), other = sizeOf(b, y), all = sizeOf(b, { re: size, im: other });
      const isAny = b.binary("and", isOn, b.compare("gt", other, zero));
      const whole = b.select(isAny, all, one);
      const isPlain = b.compare("gt", size, zero), safe = b.select(isPlain, size, one);
      // (x/|x|)·conj(y)/all, and conj(y)/|y| where x is zero
      const way = chosen(b, isPlain, over(b, x, safe), { re: one, im: zero });
      const turned = conjugate(b, over(b, y, whole));
      this.store(nest, cosine, [], b.select(isAny, b.div(size, whole), one));
      this.storeZ(nest, sine, [], keptIf(b, isAny, times(b, way, turned)));
    });
    this.nest("rows", [this.n], [], (nest, j) => {
      const { b } = nest, { k, isOn, cleared } = choose(nest);
      const [upper, lower] = [b.ix(k), b.ix(b.add(k, b.constant("i32", 1)))];
      const [p, q] = [upper, lower].map((r) => this.readZ(nest, this.h, r, j)) as [
        Element,
        Element,
      ];
      const c = this.read(nest, cosine), s = this.readZ(nest, sine);
      const isGone = b.binary("and", isOn, b.compare("eq", b.ixNode(j), cleared));
      const below = minus(b, times(b, c, q), times(b, conjugate(b, s), p));
      this.storeZ(nest, this.h, [upper, j], plus(b, times(b, c, p), times(b, s, q)));
      this.storeZ(nest, this.h, [lower, j], keptIf(b, b.unary("not", isGone), below));
    });
    this.nest("columns", [this.h.re.shape.at(-2)!], [], (nest, i) => {
      const { b } = nest, { k } = choose(nest);
      const [left, right] = [b.ix(k), b.ix(b.add(k, b.constant("i32", 1)))];
      const [p, q] = [left, right].map((j) => this.readZ(nest, this.h, i, j)) as [Element, Element];
      const c = this.read(nest, cosine), s = this.readZ(nest, sine);
      const first = plus(b, times(b, c, p), times(b, conjugate(b, s), q));
      this.storeZ(nest, this.h, [i, left], first);
      this.storeZ(nest, this.h, [i, right], minus(b, times(b, c, q), times(b, s, p)));
    });
  }

  /** Leaves nothing below the first diagonal under the main one, column by column from below. */
  #hessenberg(rotation: Rotation): void {
    const steps = addSize(this.n, -2);
    this.context.loop("hessenberg", steps, (outer) => {
      const column = outer();
      this.context.loop("rows", steps, (inner) => {
        const step = inner();
        this.#turn((nest) => {
          const { b } = nest;
          // Row k + 1 goes from the last one up.
          const k = b.sub(b.size(steps), b.ixNode(step)), at = b.ixNode(column);
          const rows = [k, b.add(k, b.constant("i32", 1))].map((row) => b.ix(row)) as [Ix, Ix];
          return {
            k,
            pair: () =>
              rows.map((row) => this.readZ(nest, this.h, row, column)) as [Element, Element],
            isOn: b.compare("gt", k, at),
            cleared: at,
          };
        }, rotation);
      });
    });
  }

  /** Makes the matrix a triangle. */
  #schur(rotation: Rotation): void {
    const n = this.n, context = this.context, epsilon = this.epsilon;
    const int = (name: string) => this.temp(name, [], "int32");
    const open = this.temp("open", [n], "int32"), size = this.temp("size", []);
    const [start, end, before, tries] = ["start", "end", "before", "tries"].map(int) as [
      Target,
      Target,
      Target,
      Target,
    ];
    const shift = this.pair("shift", []), until = context.temp("until", "bool", []);
    this.nest("size", [], [n, n], (nest) => {
      const { b } = nest, [r, c] = nest.loops as [Ix, Ix];
      const most = nest.reduce("max", taxicab(b, this.readZ(nest, this.h, r, c)));
      this.store(nest, size, [], most);
      for (const target of [before, tries]) this.store(nest, target, [], b.constant("i32", 0));
    });
    context.loop("steps", mulSize(n, MOST_STEPS), () => {
      this.nest("open", [n], [], (nest, k) => {
        const { b } = nest, zero = this.number(b, 0), none = b.constant("i32", 0);
        const isInside = b.compare("gt", b.ixNode(k), none);
        const last = b.ix(b.binary("max", b.sub(b.ixNode(k), b.constant("i32", 1)), none));
        const below = taxicab(b, this.readZ(nest, this.h, k, last));
        const [one, other] = [k, last].map((i) => taxicab(b, this.readZ(nest, this.h, i, i)));
        const beside = b.add(one!, other!);
        const least = b.select(b.compare("eq", beside, zero), this.read(nest, size), beside);
        // Of what is no number nothing is left to do.
        const isLarge = b.compare("gt", below, b.mul(least, this.number(b, epsilon)));
        const isOpen = b.binary("and", isInside, isLarge);
        this.store(nest, open, [k], b.cast(isOpen, "i32"));
        const isSmall = b.binary("and", isInside, b.unary("not", isLarge));
        this.storeZ(nest, this.h, [k, last], zero, isSmall);
      });
      const none = (b: ScalarBuilder) => b.constant("i32", 0);
      this.nest("end", [], [n], (nest) => {
        const { b } = nest, k = nest.loops[0]!;
        const isOpen = b.compare("gt", this.read(nest, open, k), none(b));
        this.store(nest, end, [], nest.reduce("max", b.select(isOpen, b.ixNode(k), none(b))));
      });
      this.nest("start", [], [n], (nest) => {
        const { b } = nest, k = nest.loops[0]!, last = this.read(nest, end);
        const isClosed = b.compare("eq", this.read(nest, open, k), none(b));
        const isIn = b.binary("and", isClosed, b.compare("le", b.ixNode(k), last));
        this.store(nest, start, [], nest.reduce("max", b.select(isIn, b.ixNode(k), none(b))));
      });
      this.nest("shift", [], [], (nest) => this.#storeShift(nest, { end, before, tries, shift }));
      context.nest("until", [], this.batch, (nest) => {
        const { b } = nest, at = (place: readonly Ix[]) => nest.readTarget(end, place) as SNode;
        const isOpen = (x: SNode) => b.compare("gt", x, none(b));
        const any = this.batch.length === 0
          ? isOpen(at([]))
          : nest.reduce("any", isOpen(at(nest.loops)));
        nest.storeOuter(until, [], b.unary("not", any));
      });
      context.loop("rotations", addSize(n, -1), (counter) => {
        const at = counter();
        this.#turn((nest) => {
          const { b } = nest, k = b.ixNode(at), first = this.read(nest, start);
          const one = b.constant("i32", 1), isFirst = b.compare("eq", k, first);
          const isIn = b.binary(
            "and",
            b.compare("ge", k, first),
            b.compare("lt", k, this.read(nest, end)),
          );
          const column = b.select(isFirst, k, b.binary("max", b.sub(k, one), none(b)));
          return {
            k,
            pair: () => {
              const [x, y] = [k, b.add(k, one)].map((row) =>
                this.readZ(nest, this.h, b.ix(row), b.ix(column))
              ) as [Element, Element];
              return [minus(b, x, keptIf(b, isFirst, this.readZ(nest, shift))), y];
            },
            isOn: isIn,
            // The first rotation leaves no zero.
            cleared: b.select(isFirst, b.constant("i32", -1), column),
          };
        }, rotation);
      });
    }, until);
  }

  /** The eigenvalue of the last two rows that is closer to the last element; now and then another number. */
  #storeShift(
    nest: LoopNestBuilder,
    to: { end: Target; before: Target; tries: Target; shift: ComplexParts<Target> },
  ): void {
    const { b } = nest, end = this.read(nest, to.end), one = b.constant("i32", 1);
    const last = b.binary("max", end, one), [p, q] = [b.ix(b.sub(last, one)), b.ix(last)];
    const at = (r: Ix, c: Ix) => this.readZ(nest, this.h, r, c);
    const [upper, right, below, own] = [at(p, p), at(p, q), at(q, p), at(q, q)];
    const gap = times(b, this.number(b, 0.5), minus(b, upper, own)),
      product = times(b, right, below);
    const root = rootOf(b, plus(b, times(b, gap, gap), product));
    const along = realPart(times(b, gap, conjugate(b, root)));
    const isBack = b.compare("lt", along, this.number(b, 0));
    const far = chosen(b, isBack, minus(b, gap, root), plus(b, gap, root));
    const isSame = b.compare("eq", end, this.read(nest, to.before));
    const tries = b.select(isSame, b.add(this.read(nest, to.tries), one), b.constant("i32", 0));
    const phase = b.prim("rem", "i32", tries, b.constant("i32", STUCK));
    const isStuck = b.compare("eq", phase, b.constant("i32", STUCK - 1));
    const other = plus(b, own, toComplex(b, b.mul(taxicab(b, below), this.number(b, 0.75))));
    this.store(nest, to.before, [], end);
    this.store(nest, to.tries, [], tries);
    const nearer = minus(b, own, quotient(b, product, far));
    this.storeZ(nest, to.shift, [], chosen(b, isStuck, other, nearer));
  }
}

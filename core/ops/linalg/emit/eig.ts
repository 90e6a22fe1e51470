/**
 * Eigenvalues of matrices of any kind: balanced, brought to Hessenberg's form by rotations, and to that of Schur
 * by the QR algorithm with one shift. Complex numbers are pairs; the vectors are those of the triangle, turned.
 *
 * @module
 */

import type { EmitContext, LoopNestBuilder, MatrixView, Target } from "../../../graph/op.ts";
import { type Ix, type ScalarBuilder, sizeIx } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { addSize, mulSize, type Size } from "../../../ir/size.ts";
import { epsilonOf, sameReal } from "../matrix_op.ts";
import { absOf, lengthOf, quotient, rootOf, scaled, times, type Z } from "./complex.ts";
import { powerOf } from "./numbers.ts";
import { batchOf, readReal } from "./views.ts";

/** How often matrices are balanced: each time what is left is a root of what there was. */
const BALANCINGS = 10;

/** Steps of the QR algorithm for each eigenvalue until it is given up: it takes two or three. */
const MOST_STEPS = 30;

/** After so many steps without success the shift is another one. */
const STUCK = 10;

/** Real and imaginary parts. */
interface Parts<X> {
  readonly re: X;
  readonly im: X;
}

/** Where results go. */
interface EigTargets {
  readonly values: Parts<Target>;
  readonly vectors: Parts<Target> | null;
}

/** What all nests of a decomposition share. */
class Eigen {
  readonly #context: EmitContext;
  readonly #from: Parts<MatrixView | null>;
  readonly #batch: readonly Size[];
  readonly #n: Size;
  readonly #like: Target;
  readonly #epsilon: number;
  /** The matrix, which becomes a triangle, and below it the vectors. */
  readonly #h: Parts<Target>;
  readonly #scale: Target;
  readonly #balance: Target;

  constructor(context: EmitContext, re: MatrixView, im: MatrixView | null, vectors: boolean) {
    const n = re.rows, batch = batchOf(re), { dtype } = re.target;
    this.#context = context;
    this.#from = { re, im };
    this.#batch = batch;
    this.#n = n;
    this.#like = re.target;
    this.#epsilon = epsilonOf(dtype);
    this.#h = this.#pair("triangle", [vectors ? addSize(n, n) : n, n]);
    this.#scale = context.temp("scale", dtype, batch);
    this.#balance = context.temp("balance", dtype, [...batch, n]);
  }

  #pair(name: string, own: readonly Size[]): Parts<Target> {
    const temp = (part: string) =>
      this.#context.temp(`${name}${part}`, this.#like.dtype, [...this.#batch, ...own]);
    return { re: temp(""), im: temp(" i") };
  }

  #temp(name: string, own: readonly Size[], dtype = this.#like.dtype): Target {
    return this.#context.temp(name, dtype, [...this.#batch, ...own]);
  }

  /** Adds a nest for each of the matrices, over further axes. */
  #nest(
    name: string,
    own: readonly Size[],
    loops: readonly Size[],
    build: (nest: LoopNestBuilder, ...axes: Ix[]) => void,
  ): void {
    this.#context.nest(name, [...this.#batch, ...own], loops, (nest) => {
      build(nest, ...nest.axes.slice(this.#batch.length));
    });
  }

  #place(nest: LoopNestBuilder, own: readonly Ix[]): Ix[] {
    return [...nest.axes.slice(0, this.#batch.length), ...own];
  }

  #read(nest: LoopNestBuilder, target: Target, ...own: Ix[]): SNode {
    return nest.readTarget(target, this.#place(nest, own)) as SNode;
  }

  #store(nest: LoopNestBuilder, target: Target, own: readonly Ix[], value: SNode, guard?: SNode) {
    nest.storeOuter(target, this.#place(nest, own), value, guard);
  }

  #readZ(nest: LoopNestBuilder, { re, im }: Parts<Target>, ...own: Ix[]): Z {
    return [this.#read(nest, re, ...own), this.#read(nest, im, ...own)];
  }

  #storeZ(
    nest: LoopNestBuilder,
    { re, im }: Parts<Target>,
    own: readonly Ix[],
    value: Z,
    guard?: SNode,
  ): void {
    this.#store(nest, re, own, value[0], guard);
    this.#store(nest, im, own, value[1], guard);
  }

  #number(b: ScalarBuilder, value: number): SNode {
    return b.constant(this.#like.dtype === "float64" ? "f64" : "f32", value);
  }

  /** Elements divided by the largest, as far as that is a power of two; the identity below. */
  #fill(vectors: boolean): void {
    const n = this.#n, { re, im } = this.#from;
    this.#nest("scale", [], [n, n], (nest) => {
      const { b } = nest, [r, c] = nest.loops as [Ix, Ix];
      const parts = [re!, ...im === null ? [] : [im]].map((view) => readReal(nest, view, r, c));
      const sizes = parts.map((x) => b.unary("abs", x));
      const most = nest.reduce("max", sizes.reduce((x, y) => b.binary("max", x, y)));
      const power = powerOf(b, most);
      const isOdd = b.binary("or", b.compare("eq", power, this.#number(b, 0)), b.isInf(power));
      // Where there is something that is no number, nothing is one.
      const none = nest.reduce("sum", parts.map((x) => b.sub(x, x)).reduce((x, y) => b.add(x, y)));
      this.#store(nest, this.#scale, [], b.add(b.select(isOdd, this.#number(b, 1), power), none));
    });
    this.#nest("balance", [n], [], (nest, i) => {
      this.#store(nest, this.#balance, [i], this.#number(nest.b, 1));
    });
    this.#nest("matrix", [vectors ? addSize(n, n) : n, n], [], (nest, row, c) => {
      const { b } = nest, isIn = b.compare("lt", b.ixNode(row), b.size(n));
      const below = b.sub(b.ixNode(row), b.size(n)), zero = this.#number(b, 0);
      const r = b.ix(b.select(isIn, b.ixNode(row), below));
      const scale = this.#read(nest, this.#scale);
      const isOne = b.compare("eq", below, b.ixNode(c));
      const value = b.div(readReal(nest, re!, r, c), scale);
      const one = b.select(isOne, this.#number(b, 1), zero);
      const other = im === null ? zero : b.div(readReal(nest, im, r, c), scale);
      this.#storeZ(nest, this.#h, [row, c], [
        b.select(isIn, value, one),
        b.select(isIn, other, zero),
      ]);
    });
  }

  /** Makes columns as large as rows, by powers of two. */
  #balanced(): void {
    const n = this.#n, factors = this.#temp("factors", [n]);
    this.#context.loop("balance", BALANCINGS, () => {
      this.#nest("factors", [n], [n], (nest, i) => {
        const { b } = nest, k = nest.loops[0]!, zero = this.#number(b, 0);
        const isOwn = b.compare("eq", b.ixNode(i), b.ixNode(k));
        const size = (r: Ix, c: Ix) =>
          b.select(isOwn, zero, absOf(b, this.#readZ(nest, this.#h, r, c)));
        const [row, column] = [size(i, k), size(k, i)].map((x) => nest.reduce("sum", x));
        const isNone = b.compare("eq", b.binary("min", row!, column!), zero);
        const part = b.div(row!, b.select(isNone, this.#number(b, 1), column!));
        const root = b.unary("sqrt", b.unary("sqrt", part));
        const power = powerOf(b, b.mul(root, this.#number(b, Math.SQRT2)));
        const factor = b.select(isNone, this.#number(b, 1), power);
        this.#store(nest, factors, [i], factor);
        const before = this.#read(nest, this.#balance, i);
        this.#store(nest, this.#balance, [i], b.mul(before, factor));
      });
      this.#nest("balanced", [n, n], [], (nest, r, c) => {
        const { b } = nest;
        const by = b.div(this.#read(nest, factors, c), this.#read(nest, factors, r));
        this.#storeZ(nest, this.#h, [r, c], scaled(b, this.#readZ(nest, this.#h, r, c), by));
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
      readonly pair: () => readonly [Z, Z];
      readonly isOn: SNode;
      readonly cleared: SNode;
    },
    to: { readonly cosine: Target; readonly sine: Parts<Target> },
  ): void {
    const { cosine, sine } = to;
    this.#nest("angle", [], [], (nest) => {
      const { b } = nest, { pair, isOn } = choose(nest), [x, y] = pair();
      const zero = this.#number(b, 0), one = this.#number(b, 1);
      const size = lengthOf(b, x), other = lengthOf(b, y), all = lengthOf(b, [size, other]);
      const isAny = b.binary("and", isOn, b.compare("gt", other, zero));
      const whole = b.select(isAny, all, one);
      const isPlain = b.compare("gt", size, zero), safe = b.select(isPlain, size, one);
      // (x/|x|)·conj(y)/all, and conj(y)/|y| where x is zero
      const way: Z = [
        b.select(isPlain, b.div(x[0], safe), one),
        b.select(isPlain, b.div(x[1], safe), zero),
      ];
      const turned: Z = [b.div(y[0], whole), b.unary("neg", b.div(y[1], whole))];
      const s = times(b, way, turned);
      this.#store(nest, cosine, [], b.select(isAny, b.div(size, whole), one));
      this.#storeZ(nest, sine, [], [b.select(isAny, s[0], zero), b.select(isAny, s[1], zero)]);
    });
    const plus = (b: ScalarBuilder, x: Z, y: Z): Z => [b.add(x[0], y[0]), b.add(x[1], y[1])];
    this.#nest("rows", [this.#n], [], (nest, j) => {
      const { b } = nest, { k, isOn, cleared } = choose(nest);
      const [upper, lower] = [b.ix(k), b.ix(b.add(k, b.constant("i32", 1)))];
      const [p, q] = [upper, lower].map((r) => this.#readZ(nest, this.#h, r, j)) as [Z, Z];
      const c = this.#read(nest, cosine), s = this.#readZ(nest, sine);
      const back: Z = [b.unary("neg", s[0]), s[1]];
      const isGone = b.binary("and", isOn, b.compare("eq", b.ixNode(j), cleared));
      const zero = this.#number(b, 0), below = plus(b, times(b, back, p), scaled(b, q, c));
      this.#storeZ(nest, this.#h, [upper, j], plus(b, scaled(b, p, c), times(b, s, q)));
      this.#storeZ(nest, this.#h, [lower, j], [
        b.select(isGone, zero, below[0]),
        b.select(isGone, zero, below[1]),
      ]);
    });
    this.#nest("columns", [this.#h.re.shape.at(-2)!], [], (nest, i) => {
      const { b } = nest, { k } = choose(nest);
      const [left, right] = [b.ix(k), b.ix(b.add(k, b.constant("i32", 1)))];
      const [p, q] = [left, right].map((j) => this.#readZ(nest, this.#h, i, j)) as [Z, Z];
      const c = this.#read(nest, cosine), s = this.#readZ(nest, sine);
      const [turned, back]: Z[] = [[s[0], b.unary("neg", s[1])], [
        b.unary("neg", s[0]),
        b.unary("neg", s[1]),
      ]];
      this.#storeZ(nest, this.#h, [i, left], plus(b, scaled(b, p, c), times(b, turned!, q)));
      this.#storeZ(nest, this.#h, [i, right], plus(b, times(b, back!, p), scaled(b, q, c)));
    });
  }

  /** Leaves nothing below the first diagonal under the main one, column by column from below. */
  #hessenberg(rotation: { readonly cosine: Target; readonly sine: Parts<Target> }): void {
    const steps = addSize(this.#n, -2);
    this.#context.loop("hessenberg", steps, (outer) => {
      const column = outer();
      this.#context.loop("rows", steps, (inner) => {
        const step = inner();
        this.#turn((nest) => {
          const { b } = nest;
          // Row k + 1 goes from the last one up.
          const k = b.sub(b.size(steps), b.ixNode(step)), at = b.ixNode(column);
          const rows = [k, b.add(k, b.constant("i32", 1))].map((row) => b.ix(row)) as [Ix, Ix];
          return {
            k,
            pair: () => rows.map((row) => this.#readZ(nest, this.#h, row, column)) as [Z, Z],
            isOn: b.compare("gt", k, at),
            cleared: at,
          };
        }, rotation);
      });
    });
  }

  /** Makes the matrix a triangle. */
  #schur(rotation: { readonly cosine: Target; readonly sine: Parts<Target> }): void {
    const n = this.#n, context = this.#context, epsilon = this.#epsilon;
    const int = (name: string) => this.#temp(name, [], "int32");
    const open = this.#temp("open", [n], "int32"), size = this.#temp("size", []);
    const [start, end, before, tries] = ["start", "end", "before", "tries"].map(int) as [
      Target,
      Target,
      Target,
      Target,
    ];
    const shift = this.#pair("shift", []), until = context.temp("until", "bool", []);
    this.#nest("size", [], [n, n], (nest) => {
      const { b } = nest, [r, c] = nest.loops as [Ix, Ix];
      const most = nest.reduce("max", absOf(b, this.#readZ(nest, this.#h, r, c)));
      this.#store(nest, size, [], most);
      for (const target of [before, tries]) this.#store(nest, target, [], b.constant("i32", 0));
    });
    context.loop("steps", mulSize(n, MOST_STEPS), () => {
      this.#nest("open", [n], [], (nest, k) => {
        const { b } = nest, zero = this.#number(b, 0), none = b.constant("i32", 0);
        const isInside = b.compare("gt", b.ixNode(k), none);
        const last = b.ix(b.binary("max", b.sub(b.ixNode(k), b.constant("i32", 1)), none));
        const below = absOf(b, this.#readZ(nest, this.#h, k, last));
        const [one, other] = [k, last].map((i) => absOf(b, this.#readZ(nest, this.#h, i, i)));
        const beside = b.add(one!, other!);
        const least = b.select(b.compare("eq", beside, zero), this.#read(nest, size), beside);
        // Of what is no number nothing is left to do.
        const isLarge = b.compare("gt", below, b.mul(least, this.#number(b, epsilon)));
        const isOpen = b.binary("and", isInside, isLarge);
        this.#store(nest, open, [k], b.cast(isOpen, "i32"));
        const isSmall = b.binary("and", isInside, b.unary("not", isLarge));
        this.#storeZ(nest, this.#h, [k, last], [zero, zero], isSmall);
      });
      const none = (b: ScalarBuilder) => b.constant("i32", 0);
      this.#nest("end", [], [n], (nest) => {
        const { b } = nest, k = nest.loops[0]!;
        const isOpen = b.compare("gt", this.#read(nest, open, k), none(b));
        this.#store(nest, end, [], nest.reduce("max", b.select(isOpen, b.ixNode(k), none(b))));
      });
      this.#nest("start", [], [n], (nest) => {
        const { b } = nest, k = nest.loops[0]!, last = this.#read(nest, end);
        const isClosed = b.compare("eq", this.#read(nest, open, k), none(b));
        const isIn = b.binary("and", isClosed, b.compare("le", b.ixNode(k), last));
        this.#store(nest, start, [], nest.reduce("max", b.select(isIn, b.ixNode(k), none(b))));
      });
      this.#nest("shift", [], [], (nest) => this.#storeShift(nest, { end, before, tries, shift }));
      context.nest("until", [], this.#batch, (nest) => {
        const { b } = nest, at = (place: readonly Ix[]) => nest.readTarget(end, place) as SNode;
        const isOpen = (x: SNode) => b.compare("gt", x, none(b));
        const any = this.#batch.length === 0
          ? isOpen(at([]))
          : nest.reduce("any", isOpen(at(nest.loops)));
        nest.storeOuter(until, [], b.unary("not", any));
      });
      context.loop("rotations", addSize(n, -1), (counter) => {
        const at = counter();
        this.#turn((nest) => {
          const { b } = nest, k = b.ixNode(at), first = this.#read(nest, start);
          const one = b.constant("i32", 1), isFirst = b.compare("eq", k, first);
          const isIn = b.binary(
            "and",
            b.compare("ge", k, first),
            b.compare("lt", k, this.#read(nest, end)),
          );
          const column = b.select(isFirst, k, b.binary("max", b.sub(k, one), none(b)));
          return {
            k,
            pair: () => {
              const [x, y] = [k, b.add(k, one)].map((row) =>
                this.#readZ(nest, this.#h, b.ix(row), b.ix(column))
              ) as [Z, Z];
              const by = this.#readZ(nest, shift), zero = this.#number(b, 0);
              const less = x.map((part, i) =>
                b.sub(part, b.select(isFirst, by[i]!, zero))
              ) as unknown as Z;
              return [less, y];
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
    to: { end: Target; before: Target; tries: Target; shift: Parts<Target> },
  ): void {
    const { b } = nest, end = this.#read(nest, to.end), one = b.constant("i32", 1);
    const last = b.binary("max", end, one), [p, q] = [b.ix(b.sub(last, one)), b.ix(last)];
    const at = (r: Ix, c: Ix) => this.#readZ(nest, this.#h, r, c);
    const [upper, right, below, own] = [at(p, p), at(p, q), at(q, p), at(q, q)];
    const half = this.#number(b, 0.5), zero = this.#number(b, 0);
    const gap = scaled(b, [b.sub(upper[0], own[0]), b.sub(upper[1], own[1])], half);
    const product = times(b, right, below), square = times(b, gap, gap);
    const root = rootOf(b, [b.add(square[0], product[0]), b.add(square[1], product[1])]);
    const along = b.add(b.mul(gap[0], root[0]), b.mul(gap[1], root[1]));
    const isBack = b.compare("lt", along, zero);
    const sum = gap.map((x, i) => b.select(isBack, b.sub(x, root[i]!), b.add(x, root[i]!)));
    const step = quotient(b, product, sum as unknown as Z);
    const isSame = b.compare("eq", end, this.#read(nest, to.before));
    const tries = b.select(isSame, b.add(this.#read(nest, to.tries), one), b.constant("i32", 0));
    const phase = b.prim("rem", "i32", tries, b.constant("i32", STUCK));
    const isStuck = b.compare("eq", phase, b.constant("i32", STUCK - 1));
    const far = b.mul(absOf(b, below), this.#number(b, 0.75));
    this.#store(nest, to.before, [], end);
    this.#store(nest, to.tries, [], tries);
    this.#storeZ(nest, to.shift, [], [
      b.select(isStuck, b.add(own[0], far), b.sub(own[0], step[0])),
      b.select(isStuck, own[1], b.sub(own[1], step[1])),
    ]);
  }

  /**
   * The values: of real matrices those without another one near their conjugates are real, and others are
   * conjugates of each other.
   */
  #values(): { readonly found: Parts<Target>; readonly isComplex: Target } {
    const n = this.#n, isReal = this.#from.im === null;
    const raw = this.#pair("raw", [n]), found = this.#pair("values", [n]);
    const isComplex = this.#temp("complex", [n], "int32"), near = this.#temp("near", [n]);
    this.#nest("raw", [n], [], (nest, j) => {
      this.#storeZ(nest, raw, [j], this.#readZ(nest, this.#h, j, j));
    });
    const apart = (nest: LoopNestBuilder, i: Ix, j: Ix) => {
      const { b } = nest, [x, y] = [i, j].map((k) => this.#readZ(nest, raw, k)) as [Z, Z];
      const size = absOf(b, [b.sub(x[0], y[0]), b.add(x[1], y[1])]);
      return b.select(b.compare("eq", b.ixNode(i), b.ixNode(j)), this.#number(b, Infinity), size);
    };
    this.#nest("near", [n], [n], (nest, j) => {
      this.#store(nest, near, [j], nest.reduce("min", apart(nest, nest.loops[0]!, j)));
    });
    this.#nest("values", [n], [n], (nest, j) => {
      const { b } = nest, own = this.#readZ(nest, raw, j), zero = this.#number(b, 0);
      const k = b.ix(nest.reduce("argmin", apart(nest, nest.loops[0]!, j)));
      const other = this.#readZ(nest, raw, k), size = b.unary("abs", own[1]);
      const noise = b.mul(b.unary("abs", own[0]), this.#number(b, 8 * this.#epsilon));
      const nearest = this.#read(nest, near, j);
      const isAlone = b.binary(
        "or",
        b.compare("le", size, noise),
        b.unary("not", b.compare("le", nearest, size)),
      );
      // Both are each other's.
      const isPair = b.compare("eq", this.#read(nest, near, k), nearest);
      const half = this.#number(b, 0.5);
      const mean: Z = [
        b.mul(b.add(own[0], other[0]), half),
        b.mul(b.sub(own[1], other[1]), half),
      ];
      const paired = own.map((x, i) => b.select(isPair, mean[i]!, x));
      const [re, im] = isReal
        ? [b.select(isAlone, own[0], paired[0]!), b.select(isAlone, zero, paired[1]!)]
        : own;
      const kept = isReal ? b.unary("not", isAlone) : b.constant("bool", true);
      this.#store(nest, isComplex, [j], b.cast(kept, "i32"));
      const none = b.sub(this.#read(nest, this.#scale), this.#read(nest, this.#scale));
      this.#storeZ(nest, found, [j], [b.add(re, none), b.add(im, none)]);
    });
    return { found, isComplex };
  }

  /** Where each value comes: by real parts, and where these are equal up to rounding by imaginary ones. */
  #rank({ re, im }: Parts<Target>): Target {
    const n = this.#n, rank = this.#temp("rank", [n], "int32");
    const cell = 1 / sameReal(this.#like.dtype);
    this.#nest("rank", [n], [n], (nest, j) => {
      const { b } = nest, i = nest.loops[0]!;
      const keys = (k: Ix) => {
        const real = this.#read(nest, re, k);
        const rounded = b.unary(
          "floor",
          b.add(b.mul(real, this.#number(b, cell)), this.#number(b, 0.5)),
        );
        return [rounded, this.#read(nest, im, k), real];
      };
      const [mine, other] = [keys(j), keys(i)];
      let isBefore = b.compare("lt", b.ixNode(i), b.ixNode(j));
      for (let key = 2; key >= 0; key--) {
        const [x, y] = [other[key]!, mine[key]!];
        const isTie = b.unary("not", b.binary("or", b.compare("lt", x, y), b.compare("gt", x, y)));
        isBefore = b.binary("or", b.compare("lt", x, y), b.binary("and", isTie, isBefore));
      }
      this.#store(nest, rank, [j], nest.reduce("sum", b.cast(isBefore, "i32")));
    });
    return rank;
  }

  /** The vectors of the triangle, in columns: with 1 on the diagonal, and smaller where they would overflow. */
  #substituted(): Parts<Target> {
    const n = this.#n, x = this.#pair("solution", [n, n]), factor = this.#temp("factor", [n]);
    const tiny = (this.#like.dtype === "float64" ? 2 ** -1022 : 2 ** -126) / this.#epsilon;
    this.#nest("solution", [n, n], [], (nest, r, c) => {
      const { b } = nest, isOn = b.compare("eq", b.ixNode(r), b.ixNode(c));
      const zero = this.#number(b, 0);
      this.#storeZ(nest, x, [r, c], [b.select(isOn, this.#number(b, 1), zero), zero]);
    });
    if (!this.#context.guards.less(1, n)) return x;
    this.#context.loop("substitute", addSize(n, -1), (counter) => {
      const step = counter();
      const rowOf = (b: ScalarBuilder) => b.sub(b.size(addSize(n, -2)), b.ixNode(step));
      this.#nest("substitute", [n], [n], (nest, j) => {
        const { b } = nest, row = rowOf(b), i = b.ix(row), m = nest.loops[0]!;
        const term = times(b, this.#readZ(nest, this.#h, i, m), this.#readZ(nest, x, m, j));
        const isBehind = b.compare("gt", b.ixNode(m), row), zero = this.#number(b, 0);
        const sum = term.map((part) => nest.reduce("sum", b.select(isBehind, part, zero)));
        const [own, value] = [i, j].map((k) => this.#readZ(nest, this.#h, k, k)) as [Z, Z];
        const gap: Z = [b.sub(value[0], own[0]), b.sub(value[1], own[1])];
        const least = b.binary(
          "max",
          b.mul(absOf(b, value), this.#number(b, this.#epsilon)),
          this.#number(b, tiny),
        );
        const isNone = b.compare("lt", absOf(b, gap), least);
        const by: Z = [b.select(isNone, least, gap[0]), b.select(isNone, zero, gap[1])];
        const found = quotient(b, sum as unknown as Z, by);
        const isOn = b.compare("gt", b.ixNode(j), row), one = this.#number(b, 1);
        this.#storeZ(nest, x, [i, j], found, isOn);
        const most = b.select(isOn, b.binary("max", one, absOf(b, found)), one);
        this.#store(nest, factor, [j], powerOf(b, most));
      });
      this.#nest("smaller", [n, n], [], (nest, r, c) => {
        const { b } = nest, by = b.div(this.#number(b, 1), this.#read(nest, factor, c));
        this.#storeZ(nest, x, [r, c], scaled(b, this.#readZ(nest, x, r, c), by));
      });
    });
    return x;
  }

  /** Stores vectors of length 1, of which the first large number is real and positive. */
  #vectors(to: Parts<Target>, rank: Target, isComplex: Target): void {
    const n = this.#n, x = this.#substituted(), y = this.#pair("turned", [n, n]);
    this.#nest("turned", [n, n], [n], (nest, r, j) => {
      const { b } = nest, m = nest.loops[0]!, row = b.addIx(sizeIx(n), r);
      const term = times(b, this.#readZ(nest, this.#h, row, m), this.#readZ(nest, x, m, j));
      const by = this.#read(nest, this.#balance, r);
      const sum = term.map((part) => b.mul(nest.reduce("sum", part), by));
      this.#storeZ(nest, y, [r, j], sum as unknown as Z);
    });
    const most = this.#temp("most", [n]), length = this.#temp("length", [n]);
    const large = this.#temp("large", [n]), phase = this.#pair("phase", [n]);
    this.#nest("most", [n], [n], (nest, j) => {
      const found = nest.reduce("max", absOf(nest.b, this.#readZ(nest, y, nest.loops[0]!, j)));
      this.#store(nest, most, [j], found);
    });
    const square = (nest: LoopNestBuilder, r: Ix, j: Ix) => {
      const { b } = nest, by = this.#read(nest, most, j);
      const [re, im] = this.#readZ(nest, y, r, j).map((part) => b.div(part, by)) as [SNode, SNode];
      return b.add(b.mul(re, re), b.mul(im, im));
    };
    this.#nest("length", [n], [n], (nest, j) => {
      const one = square(nest, nest.loops[0]!, j);
      this.#store(nest, length, [j], nest.b.unary("sqrt", nest.reduce("sum", one)));
      this.#store(nest, large, [j], nest.reduce("max", one));
    });
    this.#nest("phase", [n], [n], (nest, j) => {
      const { b } = nest, one = square(nest, nest.loops[0]!, j);
      const limit = b.mul(this.#read(nest, large, j), this.#number(b, 0.37 ** 2));
      const first = b.ix(nest.reduce("argmax", b.cast(b.compare("ge", one, limit), "i32")));
      const by = this.#read(nest, most, j), whole = this.#read(nest, length, j);
      const head = this.#readZ(nest, y, first, j).map((part) => b.div(part, by)) as unknown as Z;
      const size = b.mul(lengthOf(b, head), whole);
      this.#storeZ(nest, phase, [j], [
        b.div(head[0], size),
        b.unary("neg", b.div(head[1], size)),
      ]);
    });
    this.#nest("vectors", [n, n], [], (nest, r, j) => {
      const { b } = nest, by = this.#read(nest, most, j), zero = this.#number(b, 0);
      const own = this.#readZ(nest, y, r, j).map((part) => b.div(part, by)) as unknown as Z;
      const [re, im] = times(b, own, this.#readZ(nest, phase, j));
      const none = b.sub(this.#read(nest, this.#scale), this.#read(nest, this.#scale));
      const isOn = b.compare("gt", this.#read(nest, isComplex, j), b.constant("i32", 0));
      const place = b.ix(this.#read(nest, rank, j));
      this.#storeZ(nest, to, [r, place], [
        b.add(re, none),
        b.add(b.select(isOn, im, zero), none),
      ]);
    });
  }

  emit({ values, vectors }: EigTargets): void {
    const { guards } = this.#context, n = this.#n;
    this.#fill(vectors !== null);
    if (guards.less(1, n)) {
      this.#balanced();
      const rotation = { cosine: this.#temp("cosine", []), sine: this.#pair("sine", []) };
      if (guards.less(2, n)) this.#hessenberg(rotation);
      this.#schur(rotation);
    }
    const { found, isComplex } = this.#values(), rank = this.#rank(found);
    this.#nest("ordered", [n], [], (nest, j) => {
      const { b } = nest, place = b.ix(this.#read(nest, rank, j));
      const own = scaled(b, this.#readZ(nest, found, j), this.#read(nest, this.#scale));
      this.#storeZ(nest, values, [place], own);
    });
    if (vectors !== null) this.#vectors(vectors, rank, isComplex);
  }
}

/** Stores eigenvalues of square matrices, and their vectors in columns. */
export function emitEig(
  context: EmitContext,
  re: MatrixView,
  im: MatrixView | null,
  to: EigTargets,
): void {
  new Eigen(context, re, im, to.vectors !== null).emit(to);
}

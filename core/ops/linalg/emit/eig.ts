/**
 * Eigenvalues of matrices of any kind, by Schur's form; the vectors are those of its triangle, turned.
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
import { type Ix, type ScalarBuilder, sizeIx } from "../../../ir/builder.ts";
import { addSize } from "../../../ir/size.ts";
import { toComplex } from "../../elementwise/complex_elements.ts";
import { sameReal } from "../matrix_op.ts";
import type { ComplexParts } from "./complex_nests.ts";
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
  sizeOf,
  squared,
  summed,
  taxicab,
  times,
} from "./numbers.ts";
import { Schur } from "./schur.ts";

/** Where results go. */
interface EigTargets {
  readonly values: ComplexParts<Target>;
  readonly vectors: ComplexParts<Target> | null;
}

/** Reads triangles. */
class Eigen extends Schur {
  /**
   * The values: of real matrices those without another one near their conjugates are real, and others are
   * conjugates of each other.
   */
  #values(): { readonly found: ComplexParts<Target>; readonly isComplex: Target } {
    const n = this.n, isReal = this.from.im === null;
    const raw = this.pair("raw", [n]), found = this.pair("values", [n]);
    const isComplex = this.temp("complex", [n], "int32"), near = this.temp("near", [n]);
    this.nest("raw", [n], [], (nest, j) => {
      this.storeZ(nest, raw, [j], this.readZ(nest, this.h, j, j));
    });
    const apart = (nest: LoopNestBuilder, i: Ix, j: Ix) => {
      const { b } = nest,
        [x, y] = [i, j].map((k) => this.readZ(nest, raw, k)) as [Element, Element];
      const size = taxicab(b, minus(b, x, conjugate(b, y)));
      return b.select(b.compare("eq", b.ixNode(i), b.ixNode(j)), this.number(b, Infinity), size);
    };
    this.nest("near", [n], [n], (nest, j) => {
      this.store(nest, near, [j], nest.reduce("min", apart(nest, nest.loops[0]!, j)));
    });
    this.nest("values", [n], [n], (nest, j) => {
      const { b } = nest, own = this.readZ(nest, raw, j);
      const k = b.ix(nest.reduce("argmin", apart(nest, nest.loops[0]!, j)));
      const other = this.readZ(nest, raw, k), nearest = this.read(nest, near, j);
      const size = b.unary("abs", own.im), around = b.unary("abs", own.re);
      const isAlone = b.binary(
        "or",
        b.compare("le", size, b.mul(around, this.number(b, 8 * this.epsilon))),
        b.unary("not", b.compare("le", nearest, size)),
      );
      // Both are each other's.
      const isPair = b.compare("eq", this.read(nest, near, k), nearest);
      const mean = times(b, this.number(b, 0.5), plus(b, own, conjugate(b, other)));
      const paired = chosen(b, isAlone, toComplex(b, own.re), chosen(b, isPair, mean, own));
      const kept = isReal ? b.unary("not", isAlone) : b.constant("bool", true);
      this.store(nest, isComplex, [j], b.cast(kept, "i32"));
      this.storeZ(nest, found, [j], this.#unlessNone(nest, isReal ? paired : own));
    });
    return { found, isComplex };
  }

  /** Where each value comes: by real parts, and where these are equal up to rounding by imaginary ones. */
  #rank({ re, im }: ComplexParts<Target>): Target {
    const n = this.n, rank = this.temp("rank", [n], "int32");
    const cell = 1 / sameReal(this.like.dtype);
    this.nest("rank", [n], [n], (nest, j) => {
      const { b } = nest, i = nest.loops[0]!;
      const keys = (k: Ix) => {
        const real = this.read(nest, re, k);
        const rounded = b.unary(
          "floor",
          b.add(b.mul(real, this.number(b, cell)), this.number(b, 0.5)),
        );
        return [rounded, this.read(nest, im, k), real];
      };
      const [mine, other] = [keys(j), keys(i)];
      let isBefore = b.compare("lt", b.ixNode(i), b.ixNode(j));
      for (let key = 2; key >= 0; key--) {
        const [x, y] = [other[key]!, mine[key]!];
        const isTie = b.unary("not", b.binary("or", b.compare("lt", x, y), b.compare("gt", x, y)));
        isBefore = b.binary("or", b.compare("lt", x, y), b.binary("and", isTie, isBefore));
      }
      this.store(nest, rank, [j], nest.reduce("sum", b.cast(isBefore, "i32")));
    });
    return rank;
  }

  /** The vectors of the triangle, in columns: with 1 on the diagonal, and smaller where they would overflow. */
  #substituted(): ComplexParts<Target> {
    const n = this.n, x = this.pair("solution", [n, n]), factor = this.temp("factor", [n]);
    const tiny = (this.like.dtype === "float64" ? 2 ** -1022 : 2 ** -126) / this.epsilon;
    this.nest("solution", [n, n], [], (nest, r, c) => {
      const { b } = nest, isOn = b.compare("eq", b.ixNode(r), b.ixNode(c));
      this.storeZ(nest, x, [r, c], keptIf(b, isOn, this.number(b, 1)));
    });
    if (!this.context.guards.less(1, n)) return x;
    this.context.loop("substitute", addSize(n, -1), (counter) => {
      const step = counter();
      const rowOf = (b: ScalarBuilder) => b.sub(b.size(addSize(n, -2)), b.ixNode(step));
      this.nest("substitute", [n], [n], (nest, j) => {
        const { b } = nest, row = rowOf(b), i = b.ix(row), m = nest.loops[0]!;
        const term = times(b, this.readZ(nest, this.h, i, m), this.readZ(nest, x, m, j));
        const sum = summed(nest, keptIf(b, b.compare("gt", b.ixNode(m), row), term));
        const [own, value] = [i, j].map((k) => this.readZ(nest, this.h, k, k)) as [
          Element,
          Element,
        ];
        const gap = minus(b, value, own);
        const least = b.binary(
          "max",
          b.mul(taxicab(b, value), this.number(b, this.epsilon)),
          this.number(b, tiny),
        );
        const isNone = b.compare("lt", taxicab(b, gap), least);
        const found = quotient(b, sum, chosen(b, isNone, toComplex(b, least), gap));
        const isOn = b.compare("gt", b.ixNode(j), row), one = this.number(b, 1);
        this.storeZ(nest, x, [i, j], found, isOn);
        const most = b.select(isOn, b.binary("max", one, taxicab(b, found)), one);
        this.store(nest, factor, [j], powerOf(b, most));
      });
      this.nest("smaller", [n, n], [], (nest, r, c) => {
        const { b } = nest, by = b.div(this.number(b, 1), this.read(nest, factor, c));
        this.storeZ(nest, x, [r, c], times(b, by, this.readZ(nest, x, r, c)));
      });
    });
    return x;
  }

  /** Stores vectors of length 1, of which the first large number is real and positive. */
  #vectors(to: ComplexParts<Target>, rank: Target, isComplex: Target): void {
    const n = this.n, x = this.#substituted(), y = this.pair("turned", [n, n]);
    this.nest("turned", [n, n], [n], (nest, r, j) => {
      const { b } = nest, m = nest.loops[0]!, row = b.addIx(sizeIx(n), r);
      const term = times(b, this.readZ(nest, this.h, row, m), this.readZ(nest, x, m, j));
      const by = this.read(nest, this.balance, r);
      this.storeZ(nest, y, [r, j], times(b, by, summed(nest, term)));
    });
    const most = this.temp("most", [n]), length = this.temp("length", [n]);
    const large = this.temp("large", [n]), phase = this.pair("phase", [n]);
    this.nest("most", [n], [n], (nest, j) => {
      const found = nest.reduce("max", taxicab(nest.b, this.readZ(nest, y, nest.loops[0]!, j)));
      this.store(nest, most, [j], found);
    });
    const part = (nest: LoopNestBuilder, r: Ix, j: Ix) =>
      over(nest.b, this.readZ(nest, y, r, j), this.read(nest, most, j));
    const square = (nest: LoopNestBuilder, r: Ix, j: Ix) => squared(nest.b, part(nest, r, j));
    this.nest("large", [n], [n], (nest, j) => {
      this.store(nest, large, [j], nest.reduce("max", square(nest, nest.loops[0]!, j)));
    });
    this.nest("phase", [n], [n], (nest, j) => {
      const { b } = nest, one = square(nest, nest.loops[0]!, j);
      const limit = b.mul(this.read(nest, large, j), this.number(b, 0.37 ** 2));
      const first = b.ix(nest.reduce("argmax", b.cast(b.compare("ge", one, limit), "i32")));
      const head = part(nest, first, j);
      this.storeZ(nest, phase, [j], conjugate(b, over(b, head, sizeOf(b, head))));
    });
    // What is left of imaginary parts beside a real value is rounding, or of another vector of that value.
    const own = (nest: LoopNestBuilder, r: Ix, j: Ix) => {
      const { b } = nest, whole = times(b, part(nest, r, j), this.readZ(nest, phase, j));
      const isOn = b.compare("gt", this.read(nest, isComplex, j), b.constant("i32", 0));
      return chosen(b, isOn, whole, toComplex(b, realPart(whole)));
    };
    this.nest("length", [n], [n], (nest, j) => {
      const { b } = nest, sum = nest.reduce("sum", squared(b, own(nest, nest.loops[0]!, j)));
      this.store(nest, length, [j], b.unary("sqrt", sum));
    });
    this.nest("vectors", [n, n], [], (nest, r, j) => {
      const { b } = nest, place = b.ix(this.read(nest, rank, j));
      const one = over(b, own(nest, r, j), this.read(nest, length, j));
      this.storeZ(nest, to, [r, place], this.#unlessNone(nest, one));
    });
  }

  /** x, and NaN where there is something in the matrix that is no number. */
  #unlessNone(nest: LoopNestBuilder, x: Element): Element {
    const { b } = nest, scale = this.read(nest, this.scale), none = b.sub(scale, scale);
    return plus(b, x, { re: none, im: none });
  }

  emit({ values, vectors }: EigTargets): void {
    const { n } = this;
    this.triangle(vectors !== null);
    const { found, isComplex } = this.#values(), rank = this.#rank(found);
    this.nest("ordered", [n], [], (nest, j) => {
      const { b } = nest, place = b.ix(this.read(nest, rank, j));
      const own = times(b, this.read(nest, this.scale), this.readZ(nest, found, j));
      this.storeZ(nest, values, [place], own);
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

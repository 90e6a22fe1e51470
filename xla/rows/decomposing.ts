/**
 * QR by Householder's reflections, and eigenvalues and singular values by Jacobi's rotations, as loops:
 * StableHLO has no operation for them. In a round of rotations every row has a partner; the rounds of a
 * sweep bring each row together with each other one (Brent and Luk, 1985). Transposes of complex matrices have
 * conjugates; their vectors may have any phases.
 *
 * @module
 */

import { type DType, realOf } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { sizeOf } from "../../core/graph/value.ts";
import { eighOp, pinvOp, qrOp, sqrtmOp, svdOp } from "../../core/ops/linalg/decompose_ops.ts";
import { epsilonOf } from "../../core/ops/linalg/matrix_op.ts";
import type { Level } from "../level.ts";
import type { Block, Hlo } from "../text/block.ts";
import { isComplexType } from "../text/types.ts";
import { conjugate, greatestParts, lifted, realPart, sizes, squares } from "./numbers.ts";
import { extreme, sorted } from "./reducing.ts";
import { type Entry, row, rowOfMany } from "./row.ts";
import { rowsAt } from "./solving.ts";

/** After so many sweeps nothing gets better. */
const MOST_SWEEPS = 40;

/** Writes the decompositions of a number of matrices. */
class Decomposer {
  readonly #block: Block;
  /** A real dtype. */
  readonly #dtype: DType;
  readonly #epsilon: number;

  constructor(block: Block, dtype: DType) {
    this.#block = block;
    this.#dtype = realOf(dtype);
    this.#epsilon = epsilonOf(dtype);
  }

  /** The same for a region of a loop. */
  #inside(block: Block): Decomposer {
    return new Decomposer(block, this.#dtype);
  }

  #number(like: Hlo, value: number): Hlo {
    return this.#block.constant(like.type, like.shape, value);
  }

  #sum(x: Hlo, ...axes: number[]): Hlo {
    return this.#block.reduce("add", x, this.#block.constant(x.type, [], 0), axes);
  }

  #greatest(x: Hlo, ...axes: number[]): Hlo {
    const parts = greatestParts(this.#block, x);
    return this.#block.reduce("maximum", parts, this.#block.constant(parts.type, [], 0), axes);
  }

  #multiply(x: Hlo, y: Hlo): Hlo {
    return this.#block.binary("multiply", x, y);
  }

  #turned(x: Hlo): Hlo {
    return this.#block.transpose(x, [0, 2, 1]);
  }

  #adjoint(x: Hlo): Hlo {
    return conjugate(this.#block, this.#turned(x));
  }

  /** Numbers times real ones. */
  #times(x: Hlo, by: Hlo): Hlo {
    return this.#multiply(x, lifted(this.#block, by, x.type));
  }

  /** Numbers divided by real ones. */
  #over(x: Hlo, by: Hlo): Hlo {
    return this.#block.binary("divide", x, lifted(this.#block, by, x.type));
  }

  /** Whether an element of matrices is in a row that compares so with its column. */
  #where(how: "EQ" | "GE", shape: readonly number[]): Hlo {
    return this.#block.compare(
      how,
      this.#block.iota("i32", shape, 1),
      this.#block.iota("i32", shape, 2),
    );
  }

  /** Matrices with ones on their diagonals. */
  identity(like: Hlo, rows: number, columns: number): Hlo {
    const at = this.#where("EQ", [like.shape[0]!, rows, columns]);
    return lifted(this.#block, at, like.type);
  }

  /** Q with so many columns, and R with so many rows, which are `columns` at least where there are fewer. */
  qr(x: Hlo, columns: number): { readonly q: Hlo; readonly r: Hlo } {
    const block = this.#block, [count, m, n] = x.shape as [number, number, number];
    const steps = Math.min(m, n), eye = this.identity(x, m, columns);
    if (steps === 0) return { q: eye, r: block.slice(x, [0, 0, 0], [count, columns, n]) };
    const zero = block.constant("i32", [], 0), one = block.constant("i32", [], 1);
    const start = [
      zero,
      x,
      block.constant(x.type, [count, steps, m], 0),
      block.constant(x.type, [count, steps], 0),
    ];
    const [, r, vectors, factors] = block.loop(
      start,
      (test, [t]) => test.compare("LT", t!, test.constant("i32", [], steps)),
      (body, [t, rows, vectors, factors]) => {
        const made = this.#inside(body).#reflection(rows!, t!);
        const v = body.reshape(made.v, [count, 1, m]), tau = body.reshape(made.tau, [count, 1]);
        return [
          body.binary("add", t!, one),
          made.rows,
          body.dynamicUpdate(vectors!, v, [zero, t!, zero]),
          body.dynamicUpdate(factors!, tau, [zero, t!]),
        ];
      },
    );
    const [, q] = block.loop(
      [block.constant("i32", [], steps - 1), eye],
      (test, [t]) => test.compare("GE", t!, zero),
      (body, [t, q]) => {
        const v = body.dynamicSlice(vectors!, [zero, t!, zero], [count, 1, m]);
        const tau = body.dynamicSlice(factors!, [zero, t!], [count, 1]);
        const own = body.reshape(v, [count, m]), by = body.reshape(tau, [count]);
        return [body.binary("subtract", t!, one), this.#inside(body).#reflected(q!, own, by)];
      },
    );
    return { q: q!, r: block.slice(r!, [0, 0, 0], [count, columns, n]) };
  }

  /** x - tau * v * (vᴴ * x) */
  #reflected(x: Hlo, v: Hlo, tau: Hlo): Hlo {
    const block = this.#block, rows = block.broadcast(v, x.shape, [0, 1]);
    const by = this.#sum(this.#multiply(conjugate(block, rows), x), 1);
    const scaled = this.#multiply(by, block.broadcast(tau, by.shape, [0]));
    const less = this.#multiply(rows, block.broadcast(scaled, x.shape, [0, 2]));
    return block.binary("subtract", x, less);
  }

  /** The reflection that leaves nothing below the diagonal in column `t`, and what it makes of all. */
  #reflection(x: Hlo, t: Hlo): { readonly rows: Hlo; readonly v: Hlo; readonly tau: Hlo } {
    const block = this.#block, [count, m] = x.shape as [number, number], lines = [count, m];
    const zero = block.constant("i32", [], 0), none = block.constant(x.type, lines, 0);
    const index = block.iota("i32", lines, 1), step = block.broadcast(t, lines, []);
    const isBelow = block.compare("GT", index, step), isHead = block.compare("EQ", index, step);
    const column = block.reshape(block.dynamicSlice(x, [zero, zero, t], [count, m, 1]), lines);
    const left = block.select(block.binary("or", isBelow, isHead), column, none);
    // Squares of large numbers overflow: lengths are those of parts of the largest.
    const most = this.#greatest(left, 1), nothing = this.#number(most, 0);
    const unit = block.select(block.compare("EQ", most, nothing), this.#number(most, 1), most);
    const square = squares(block, this.#over(left, block.broadcast(unit, lines, [0])));
    const rest = this.#sum(block.select(isBelow, square, this.#number(square, 0)), 1);
    const whole = this.#sum(block.select(isHead, left, none), 1), head = realPart(block, whole);
    const length = this.#multiply(unit, block.unary("sqrt", this.#sum(square, 1)));
    const isAlone = block.compare("EQ", rest, nothing);
    const isDone = isComplexType(x.type)
      ? block.binary("and", isAlone, block.compare("EQ", block.imag(whole), nothing))
      : isAlone;
    const isNegative = block.compare("LT", head, nothing);
    const sized = block.select(
      isDone,
      head,
      block.select(isNegative, length, block.unary("negate", length)),
    );
    const end = lifted(block, sized, x.type);
    const tau = block.select(
      isDone,
      this.#number(whole, 0),
      block.binary("divide", block.binary("subtract", end, whole), end),
    );
    const wide = block.broadcast(block.binary("subtract", whole, end), lines, [0]);
    const isOpen = block.binary(
      "and",
      isBelow,
      block.broadcast(block.unary("not", isDone), lines, [0]),
    );
    const below = block.select(isOpen, block.binary("divide", column, wide), none);
    const v = block.select(isHead, this.#number(none, 1), below);
    const turned = this.#reflected(x, v, conjugate(block, tau));
    const made = block.select(
      isHead,
      block.broadcast(end, lines, [0]),
      block.select(isBelow, none, column),
    );
    const isColumn = block.compare(
      "EQ",
      block.iota("i32", x.shape, 2),
      block.broadcast(t, x.shape, []),
    );
    const rows = block.select(isColumn, block.broadcast(made, x.shape, [0, 1]), turned);
    return { rows, v, tau };
  }

  /** Rows turned with their partners, as far down as theirs are, and put where the next round wants them. */
  #rotated(x: Hlo, cosine: Hlo, sine: Hlo): Hlo {
    const block = this.#block, [, rows] = x.shape as [number, number], half = rows / 2;
    const top = block.sliceAxis(x, 1, 0, half), bottom = block.sliceAxis(x, 1, half, rows);
    const [c, s] = [cosine, sine].map((part) => block.broadcast(part, top.shape, [0, 1])) as [
      Hlo,
      Hlo,
    ];
    const back = conjugate(block, s);
    const upper = block.binary("subtract", this.#times(top, c), this.#multiply(s, bottom));
    const lower = block.binary("add", this.#multiply(back, top), this.#times(bottom, c));
    if (half === 1) return block.concatenate([upper, lower], 1);
    // The first row stays, the others go round.
    return block.concatenate([
      block.sliceAxis(upper, 1, 0, 1),
      block.sliceAxis(lower, 1, 0, 1),
      block.sliceAxis(upper, 1, 1, half - 1),
      block.sliceAxis(lower, 1, 1, half),
      block.sliceAxis(upper, 1, half - 1, half),
    ], 1);
  }

  /** The angles that make `gamma` 0, where it counts. */
  #angles(
    alpha: Hlo,
    beta: Hlo,
    gamma: Hlo,
    counts: Hlo,
  ): { readonly cosine: Hlo; readonly sine: Hlo } {
    const block = this.#block, one = this.#number(alpha, 1), zero = this.#number(alpha, 0);
    const own = isComplexType(gamma.type) ? sizes(block, gamma) : gamma;
    const divisor = block.select(counts, block.binary("add", own, own), one);
    const zeta = block.binary("divide", block.binary("subtract", beta, alpha), divisor);
    const root = (x: Hlo) => block.unary("sqrt", block.binary("add", this.#multiply(x, x), one));
    const size = block.binary(
      "divide",
      one,
      block.binary("add", block.unary("abs", zeta), root(zeta)),
    );
    const isNegative = block.compare("LT", zeta, zero);
    const signed = block.select(isNegative, block.unary("negate", size), size);
    const tangent = block.select(counts, signed, zero);
    const cosine = block.binary("divide", one, root(tangent));
    const sine = this.#multiply(tangent, cosine);
    if (!isComplexType(gamma.type)) return { cosine, sine };
    const phase = this.#over(gamma, block.select(counts, own, one));
    return { cosine, sine: this.#times(phase, sine) };
  }

  /**
   * Rounds until nothing is left to turn. `round` gives what is carried, and whether anything counted in
   * it; the number of rows is even.
   */
  #sweeps(
    start: readonly Hlo[],
    rows: number,
    round: (
      inner: Decomposer,
      carried: readonly Hlo[],
    ) => readonly [carried: readonly Hlo[], counted: Hlo],
  ): readonly Hlo[] {
    const block = this.#block,
      zero = block.constant("i32", [], 0),
      one = block.constant("i32", [], 1);
    const rounds = block.constant("i32", [], rows - 1),
      most = block.constant("i32", [], MOST_SWEEPS);
    const no = block.constant("i1", [], 0), yes = block.constant("i1", [], 1);
    const [, , ...ended] = block.loop(
      [zero, yes, ...start],
      (test, [sweep, isOpen]) => test.binary("and", isOpen!, test.compare("LT", sweep!, most)),
      (body, [sweep, , ...carried]) => {
        const [, ...swept] = body.loop(
          [zero, no, ...carried],
          (test, [t]) => test.compare("LT", t!, rounds),
          (inner, [t, isOpen, ...now]) => {
            const [next, counted] = round(this.#inside(inner), now);
            const any = inner.reduce("or", counted, no, counted.shape.map((_, d) => d));
            return [inner.binary("add", t!, one), inner.binary("or", isOpen!, any), ...next];
          },
        );
        return [body.binary("add", sweep!, one), ...swept];
      },
    );
    return ended;
  }

  /** Matrices divided by their largest elements, and these: squares stay in range. */
  #scaled(x: Hlo): { readonly parts: Hlo; readonly scale: Hlo } {
    const block = this.#block, most = this.#greatest(x, 1, 2);
    const isZero = block.compare("EQ", most, this.#number(most, 0));
    const scale = block.select(isZero, this.#number(most, 1), most);
    return { parts: this.#over(x, block.broadcast(scale, x.shape, [0])), scale };
  }

  /** Matrices with a further row of zeros where their number is odd, and a further column. */
  #evened(x: Hlo, columns: boolean): Hlo {
    const odd = x.shape[1]! % 2, none = [0, 0, 0];
    const padding = { low: none, high: [0, odd, columns ? odd : 0] };
    return odd === 0 ? x : this.#block.pad(x, this.#block.constant(x.type, [], 0), padding);
  }

  /** Rows in the order of a value each, and these values. */
  #ordered(values: Hlo, descending: boolean, ...all: readonly Hlo[]): readonly [Hlo, ...Hlo[]] {
    const block = this.#block, at = block.iota("i64", values.shape, 1);
    const keys = descending ? block.unary("negate", values) : values;
    const [found, order] = sorted(block, this.#dtype, [keys, at], 1);
    const own = descending ? block.unary("negate", found!) : found!;
    return [own, ...all.map((rows) => rowsAt(block, rows, order!))];
  }

  /** Ones with the signs that make the first large number of each row positive; null for complex ones. */
  #signs(rows: Hlo): Hlo | null {
    if (isComplexType(rows.type)) return null;
    const block = this.#block, [count, n] = rows.shape as [number, number];
    const most = this.#greatest(rows, 2), part = this.#multiply(most, this.#number(most, 0.37));
    const isLarge = block.compare(
      "GE",
      block.unary("abs", rows),
      block.broadcast(part, rows.shape, [0, 1]),
    );
    const first = extreme(block, "argmax", block.convert(isLarge, rows.type), this.#dtype);
    const isFirst = block.compare(
      "EQ",
      block.iota("i64", rows.shape, 2),
      block.broadcast(first, rows.shape, [0, 1]),
    );
    const value = this.#sum(block.select(isFirst, rows, this.#number(rows, 0)), 2);
    const one = block.constant(rows.type, [count, n], 1);
    return block.select(
      block.compare("LT", value, this.#number(value, 0)),
      block.unary("negate", one),
      one,
    );
  }

  #signed(rows: Hlo, signs: Hlo | null): Hlo {
    return signs === null
      ? rows
      : this.#multiply(rows, this.#block.broadcast(signs, rows.shape, [0, 1]));
  }

  /** Eigenvalues of symmetric matrices, of which the lower triangles are read, and vectors in rows. */
  eigh(x: Hlo): { readonly values: Hlo; readonly rows: Hlo } {
    const block = this.#block, [count, n] = x.shape as [number, number];
    const both = block.select(this.#where("GE", x.shape), x, this.#adjoint(x));
    const flat = lifted(block, realPart(block, both), x.type);
    const whole = block.select(this.#where("EQ", x.shape), flat, both);
    const { parts, scale } = this.#scaled(whole), a = this.#evened(parts, true);
    const m = a.shape[1]!, half = m / 2, least = (0.045 * this.#epsilon) ** 2;
    const [turned, rows] = this.#sweeps([a, this.identity(x, m, n)], m, (inner, [a, v]) => {
      const b = inner.#block, halves = [0, half, m];
      const quarter = (i: number, j: number) => {
        const [from, to] = [halves[i]!, halves[j]!];
        const part = b.slice(a!, [0, from, to], [count, from + half, to + half]);
        const isOn = inner.#where("EQ", part.shape);
        return inner.#sum(b.select(isOn, part, inner.#number(part, 0)), 2);
      };
      const [alpha, beta] = [quarter(0, 0), quarter(1, 1)].map((x) => realPart(b, x)) as [Hlo, Hlo];
      const gamma = quarter(0, 1), size = sizes(b, gamma);
      const counts = b.compare("NE", size, inner.#number(size, 0));
      const { cosine, sine } = inner.#angles(alpha, beta, gamma, counts);
      const once = inner.#adjoint(inner.#rotated(a!, cosine, sine));
      const square = squares(b, a!), zeros = inner.#number(square, 0);
      const off = b.select(inner.#where("EQ", square.shape), zeros, square);
      const limit = inner.#sum(square, 1, 2),
        small = inner.#multiply(limit, inner.#number(limit, least));
      const isOpen = b.compare("GT", inner.#sum(off, 1, 2), small);
      return [[inner.#rotated(once, cosine, sine), inner.#rotated(v!, cosine, sine)], isOpen];
    }) as [Hlo, Hlo];
    const real = realPart(block, turned);
    const diagonal = block.select(this.#where("EQ", real.shape), real, this.#number(real, 0));
    const found = block.sliceAxis(this.#sum(diagonal, 2), 1, 0, n);
    const values = this.#multiply(found, block.broadcast(scale, found.shape, [0]));
    const own = conjugate(block, block.sliceAxis(rows, 1, 0, n));
    const [sortedValues, vectors] = this.#ordered(values, false, own);
    return { values: sortedValues, rows: this.#signed(vectors!, this.#signs(vectors!)) };
  }

  /** Singular values in descending order, as many left vectors in columns as asked for, and all right ones in rows. */
  svd(x: Hlo, columns: number): { readonly values: Hlo; readonly u: Hlo; readonly v: Hlo } {
    const block = this.#block, [count, m, n] = x.shape as [number, number, number];
    const k = Math.min(m, n), { parts, scale } = this.#scaled(x);
    const start = this.#evened(this.#turned(parts), false), rows = start.shape[1]!;
    const noise = (0.45 * this.#epsilon) ** 2, limit = 4.5 * this.#epsilon;
    const all = this.#sum(squares(block, parts), 1, 2);
    const least = this.#multiply(all, this.#number(all, noise));
    const [turned, right] = this.#sweeps(
      [start, this.identity(x, rows, n)],
      rows,
      (inner, [a, v]) => {
        const b = inner.#block, half = rows / 2;
        const top = b.sliceAxis(a!, 1, 0, half), bottom = b.sliceAxis(a!, 1, half, rows);
        const [alpha, beta] = [top, bottom].map((rows) => inner.#sum(squares(b, rows), 2)) as [
          Hlo,
          Hlo,
        ];
        const gamma = inner.#sum(inner.#multiply(top, conjugate(b, bottom)), 2);
        const both = b.unary("sqrt", inner.#multiply(alpha, beta));
        const small = inner.#multiply(both, inner.#number(both, limit));
        const isLarge = b.compare("GT", sizes(b, gamma), small);
        const floor = b.broadcast(least, alpha.shape, [0]);
        const isSignal = b.compare("GT", b.binary("minimum", alpha, beta), floor);
        const counts = b.binary("and", isLarge, isSignal);
        const { cosine, sine } = inner.#angles(alpha, beta, gamma, counts);
        return [[inner.#rotated(a!, cosine, sine), inner.#rotated(v!, cosine, sine)], counts];
      },
    ) as [Hlo, Hlo];
    const own = block.sliceAxis(turned, 1, 0, n);
    const vectors = conjugate(block, block.sliceAxis(right, 1, 0, n));
    const lengths = block.unary("sqrt", this.#sum(squares(block, own), 2));
    const [values, left, v] = this.#ordered(lengths, true, own, vectors) as [Hlo, Hlo, Hlo];
    const signs = this.#signs(v), used = block.sliceAxis(this.#signed(left, signs), 1, 0, k);
    // The rows are orthogonal: their Q has them at length 1, and others where they are zero.
    const { q, r } = this.qr(this.#turned(used), columns), ends = [count, k, k];
    const square = realPart(block, block.slice(r, [0, 0, 0], ends));
    const diagonal = this.#sum(
      block.select(this.#where("EQ", ends), square, this.#number(square, 0)),
      2,
    );
    const one = this.#number(diagonal, 1),
      isBelow = block.compare("LT", diagonal, this.#number(diagonal, 0));
    const factors = block.pad(
      block.select(isBelow, block.unary("negate", one), one),
      block.constant(diagonal.type, [], 1),
      { low: [0, 0], high: [0, columns - k] },
    );
    const most = block.sliceAxis(values, 1, 0, k);
    return {
      values: this.#multiply(most, block.broadcast(scale, most.shape, [0])),
      u: this.#times(q, block.broadcast(factors, q.shape, [0, 2])),
      v: this.#signed(v, signs),
    };
  }

  /** Conjugates of the rows of some matrices times a factor each, multiplied by the rows of others. */
  #between(left: Hlo, factors: Hlo, right: Hlo): Hlo {
    const scaled = this.#times(left, this.#block.broadcast(factors, left.shape, [0, 1]));
    return this.#block.matmul(this.#adjoint(scaled), right, 1);
  }

  /** Pseudoinverses; singular values up to `part` of the largest count as zero. */
  pinv(x: Hlo, part: number): Hlo {
    const block = this.#block,
      k = Math.min(x.shape[1]!, x.shape[2]!),
      { values, u, v } = this.svd(x, k);
    const most = block.broadcast(block.sliceAxis(values, 1, 0, 1), values.shape, [0, 1]);
    const isZero = block.compare("LE", values, this.#multiply(most, this.#number(most, part)));
    const one = this.#number(values, 1),
      inverse = block.binary("divide", one, block.select(isZero, one, values));
    const factors = block.select(isZero, this.#number(values, 0), inverse);
    return this.#between(block.sliceAxis(v, 1, 0, k), factors, this.#adjoint(u));
  }

  /** Square roots of symmetric matrices; NaN for negative ones. */
  sqrtm(x: Hlo): Hlo {
    const block = this.#block, { values, rows } = this.eigh(x), n = x.shape[1]!;
    const most = this.#greatest(values, 1), zero = this.#number(values, 0);
    // What rounding has made of a zero is one.
    const noise = this.#multiply(most, this.#number(most, -n * this.#epsilon));
    const isBelow = block.compare("LT", values, block.broadcast(noise, values.shape, [0]));
    const root = block.unary("sqrt", block.binary("maximum", values, zero));
    const factors = block.select(isBelow, this.#number(values, NaN), root);
    const back = conjugate(block, rows);
    return this.#between(back, factors, back);
  }
}

/** The matrices of a variable with one axis that counts them, and what writes their decompositions. */
function matricesOf(level: Level, x: Variable): { readonly value: Hlo; readonly by: Decomposer } {
  const { block } = level,
    value = level.value(x),
    [m, n] = value.shape.slice(-2) as [number, number];
  return {
    value: block.reshape(value, [sizeOf(value.shape.slice(0, -2)), m, n]),
    by: new Decomposer(block, x.dtype),
  };
}

/** Results with the axes of the outputs; zeros and ones where matrices have no elements. */
function shapedAs(level: Level, outputs: readonly Variable[], values: readonly Hlo[]): Hlo[] {
  return outputs.map((output, i) => level.block.reshape(values[i]!, level.shape(output)));
}

/** The rows. */
export const decomposingRows: readonly Entry[] = [
  rowOfMany(qrOp, {
    write(level, { inputs: [x], outputs }) {
      const { value, by } = matricesOf(level, x!);
      const { q, r } = by.qr(value, level.shape(outputs[0]!).at(-1)!);
      return shapedAs(level, outputs, [q, r]);
    },
  }),
  rowOfMany(eighOp, {
    write(level, { inputs: [x], outputs }) {
      const { value, by } = matricesOf(level, x!);
      if (value.shape.includes(0)) return outputs.map((output) => level.empty(output));
      const { values, rows } = by.eigh(value);
      return shapedAs(level, outputs, [values, level.block.transpose(rows, [0, 2, 1])]);
    },
  }),
  rowOfMany(svdOp, {
    write(level, { inputs: [x], outputs, params }) {
      const { block } = level,
        { value, by } = matricesOf(level, x!),
        [count, m, n] = value.shape as [number, number, number];
      const k = Math.min(m, n), columns = params.full ? m : k;
      if (value.shape.includes(0)) {
        const [values] = outputs as [Variable],
          eyes = [by.identity(value, m, columns), by.identity(value, params.full ? n : k, n)];
        return [level.empty(values), ...shapedAs(level, outputs.slice(1), eyes)];
      }
      const { values, u, v } = by.svd(value, columns);
      return shapedAs(level, outputs, [
        values,
        u,
        block.slice(v, [0, 0, 0], [count, params.full ? n : k, n]),
      ]);
    },
  }),
  row(pinvOp, (level, { inputs: [x], output, params }) => {
    const { value, by } = matricesOf(level, x!), [, m, n] = value.shape as [number, number, number];
    const part = params.rcond ?? Math.max(m, n) * epsilonOf(x!.dtype);
    return level.block.reshape(by.pinv(value, part), level.shape(output));
  }),
  row(sqrtmOp, (level, { inputs: [x], output }) => {
    const { value, by } = matricesOf(level, x!);
    return level.block.reshape(by.sqrtm(value), level.shape(output));
  }),
];

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
import { Arithmetic } from "./arithmetic.ts";
import { lifted, realPart, squares } from "./numbers.ts";
import { extreme, sorted } from "./reducing.ts";
import { type OpRow, row, rowOfMany } from "./row.ts";
import { rowsAt } from "./solving.ts";

/** After so many sweeps nothing gets better. */
const MOST_SWEEPS = 40;

/** Writes the decompositions of a number of matrices. */
class Decomposer extends Arithmetic {
  /** A real dtype. */
  readonly #dtype: DType;
  readonly #epsilon: number;

  constructor(block: Block, dtype: DType) {
    super(block);
    this.#dtype = realOf(dtype);
    this.#epsilon = epsilonOf(dtype);
  }

  /** The same for a region of a loop. */
  #inside(block: Block): Decomposer {
    return new Decomposer(block, this.#dtype);
  }

  /** Matrices with ones on their diagonals. */
  identity(like: Hlo, rows: number, columns: number): Hlo {
    return lifted(this.block, this.where("EQ", [like.shape[0]!, rows, columns]), like.type);
  }

  /** Q with so many columns, and R with so many rows, which are `columns` at least where there are fewer. */
  qr(x: Hlo, columns: number): { readonly q: Hlo; readonly r: Hlo } {
    const { block } = this, [count, m, n] = x.shape as [number, number, number];
    const steps = Math.min(m, n), eye = this.identity(x, m, columns);
    const cut = (r: Hlo) => block.slice(r, [0, 0, 0], [count, columns, n]);
    if (steps === 0) return { q: eye, r: cut(x) };
    const zero = this.int(0), one = this.int(1);
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
      [this.int(steps - 1), eye],
      (test, [t]) => test.compare("GE", t!, zero),
      (body, [t, q]) => {
        const v = body.dynamicSlice(vectors!, [zero, t!, zero], [count, 1, m]);
        const tau = body.dynamicSlice(factors!, [zero, t!], [count, 1]);
        const own = body.reshape(v, [count, m]), by = body.reshape(tau, [count]);
        return [body.binary("subtract", t!, one), this.#inside(body).#reflected(q!, own, by)];
      },
    );
    return { q: q!, r: cut(r!) };
  }

  /** x - tau * v * (vᴴ * x) */
  #reflected(x: Hlo, v: Hlo, tau: Hlo): Hlo {
    const rows = this.spread(v, x.shape, 0, 1);
    const by = this.sum(this.mul(this.conjugate(rows), x), 1);
    const scaled = this.mul(by, this.spread(tau, by.shape, 0));
    return this.sub(x, this.mul(rows, this.spread(scaled, x.shape, 0, 2)));
  }

  /** The reflection that leaves nothing below the diagonal in column `t`, and what it makes of all. */
  #reflection(x: Hlo, t: Hlo): { readonly rows: Hlo; readonly v: Hlo; readonly tau: Hlo } {
    const { block } = this, [count, m] = x.shape as [number, number], lines = [count, m];
    const zero = this.int(0), index = block.iota("i32", lines, 1), step = this.spread(t, lines);
    const isBelow = this.is("GT", index, step), isHead = this.is("EQ", index, step);
    const column = block.reshape(block.dynamicSlice(x, [zero, zero, t], [count, m, 1]), lines);
    const left = this.select(block.binary("or", isBelow, isHead), column, 0);
    // Squares of large numbers overflow: lengths are those of parts of the largest.
    const most = this.greatest(left, 1), unit = this.select(this.is("EQ", most, 0), 1, most);
    const square = squares(block, this.div(left, this.spread(unit, lines, 0)));
    const rest = this.sum(this.select(isBelow, square, 0), 1);
    const whole = this.sum(this.select(isHead, left, 0), 1), head = realPart(block, whole);
    const length = this.mul(unit, this.sqrt(this.sum(square, 1)));
    const isAlone = this.is("EQ", rest, 0);
    const isDone = isComplexType(x.type)
      ? this.both(isAlone, this.is("EQ", block.imag(whole), 0))
      : isAlone;
    const sized = this.select(this.is("LT", head, 0), length, this.neg(length));
    const end = lifted(block, this.select(isDone, head, sized), x.type);
    const tau = this.select(isDone, 0, this.div(this.sub(end, whole), end));
    const wide = this.spread(this.sub(whole, end), lines, 0);
    const isOpen = this.both(isBelow, this.spread(this.not(isDone), lines, 0));
    const v = this.select(isHead, 1, this.select(isOpen, this.div(column, wide), 0));
    const turned = this.#reflected(x, v, this.conjugate(tau));
    const above = this.select(isBelow, 0, column);
    const made = this.select(isHead, this.spread(end, lines, 0), above);
    const isColumn = this.is("EQ", block.iota("i32", x.shape, 2), this.spread(t, x.shape));
    return { rows: this.select(isColumn, this.spread(made, x.shape, 0, 1), turned), v, tau };
  }

  /** Rows turned with their partners, as far down as theirs are, and put where the next round wants them. */
  #rotated(x: Hlo, cosine: Hlo, sine: Hlo): Hlo {
    const { block } = this, [, rows] = x.shape as [number, number], half = rows / 2;
    const top = block.sliceAxis(x, 1, 0, half), bottom = block.sliceAxis(x, 1, half, rows);
    const c = this.spread(cosine, top.shape, 0, 1), s = this.spread(sine, top.shape, 0, 1);
    const upper = this.sub(this.mul(top, c), this.mul(s, bottom));
    const lower = this.add(this.mul(this.conjugate(s), top), this.mul(bottom, c));
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
    const own = isComplexType(gamma.type) ? this.size(gamma) : gamma;
    const zeta = this.div(this.sub(beta, alpha), this.select(counts, this.add(own, own), 1));
    const root = (x: Hlo) => this.sqrt(this.add(this.mul(x, x), 1));
    const size = this.div(1, this.add(this.size(zeta), root(zeta)));
    const signed = this.select(this.is("LT", zeta, 0), this.neg(size), size);
    const tangent = this.select(counts, signed, 0), cosine = this.div(1, root(tangent));
    const sine = this.mul(tangent, cosine);
    if (!isComplexType(gamma.type)) return { cosine, sine };
    const phase = this.div(gamma, this.select(counts, own, 1));
    return { cosine, sine: this.mul(phase, sine) };
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
    const { block } = this, zero = this.int(0), one = this.int(1);
    const rounds = this.int(rows - 1), most = this.int(MOST_SWEEPS);
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
    const most = this.greatest(x, 1, 2), scale = this.select(this.is("EQ", most, 0), 1, most);
    return { parts: this.div(x, this.spread(scale, x.shape, 0)), scale };
  }

  /** Matrices with a further row of zeros where their number is odd, and a further column. */
  #evened(x: Hlo, columns: boolean): Hlo {
    const odd = x.shape[1]! % 2, none = [0, 0, 0];
    const padding = { low: none, high: [0, odd, columns ? odd : 0] };
    return odd === 0 ? x : this.block.pad(x, this.block.constant(x.type, [], 0), padding);
  }

  /** Rows in the order of a value each, and these values. */
  #ordered(values: Hlo, descending: boolean, ...all: readonly Hlo[]): readonly [Hlo, ...Hlo[]] {
    const { block } = this, at = block.iota("i64", values.shape, 1);
    const keys = descending ? this.neg(values) : values;
    const [found, order] = sorted(block, this.#dtype, [keys, at], 1);
    const own = descending ? this.neg(found!) : found!;
    return [own, ...all.map((rows) => rowsAt(block, rows, order!))];
  }

  /** Ones with the signs that make the first large number of each row positive; null for complex ones. */
  #signs(rows: Hlo): Hlo | null {
    if (isComplexType(rows.type)) return null;
    const { block } = this, { shape } = rows, part = this.mul(this.greatest(rows, 2), 0.37);
    const isLarge = this.is("GE", this.size(rows), this.spread(part, shape, 0, 1));
    const first = extreme(block, "argmax", block.convert(isLarge, rows.type), this.#dtype);
    const isFirst = this.is("EQ", block.iota("i64", shape, 2), this.spread(first, shape, 0, 1));
    return this.#ones(this.sum(this.select(isFirst, rows, 0), 2));
  }

  /** -1 where a number is negative, else 1. */
  #ones(x: Hlo): Hlo {
    return this.select(this.is("LT", x, 0), this.like(x, -1), 1);
  }

  #signed(rows: Hlo, signs: Hlo | null): Hlo {
    return signs === null ? rows : this.mul(rows, this.spread(signs, rows.shape, 0, 1));
  }

  /** Eigenvalues of symmetric matrices, of which the lower triangles are read, and vectors in rows. */
  eigh(x: Hlo): { readonly values: Hlo; readonly rows: Hlo } {
    const { block } = this, [count, n] = x.shape as [number, number];
    const both = this.select(this.where("GE", x.shape), x, this.adjoint(x));
    const flat = lifted(block, realPart(block, both), x.type);
    const whole = this.select(this.where("EQ", x.shape), flat, both);
    const { parts, scale } = this.#scaled(whole), a = this.#evened(parts, true);
    const m = a.shape[1]!, half = m / 2, least = (0.045 * this.#epsilon) ** 2;
    const [turned, rows] = this.#sweeps([a, this.identity(x, m, n)], m, (inner, [a, v]) => {
      const b = inner.block, halves = [0, half, m];
      const quarter = (i: number, j: number) => {
        const [from, to] = [halves[i]!, halves[j]!];
        return inner.diagonal(b.slice(a!, [0, from, to], [count, from + half, to + half]));
      };
      const [alpha, beta] = [quarter(0, 0), quarter(1, 1)].map((x) => realPart(b, x)) as [Hlo, Hlo];
      const gamma = quarter(0, 1), counts = inner.is("NE", inner.size(gamma), 0);
      const { cosine, sine } = inner.#angles(alpha, beta, gamma, counts);
      const once = inner.adjoint(inner.#rotated(a!, cosine, sine)), square = squares(b, a!);
      const off = inner.select(inner.where("EQ", square.shape), 0, square);
      const small = inner.mul(inner.sum(square, 1, 2), least);
      const isOpen = inner.is("GT", inner.sum(off, 1, 2), small);
      return [[inner.#rotated(once, cosine, sine), inner.#rotated(v!, cosine, sine)], isOpen];
    }) as [Hlo, Hlo];
    const found = block.sliceAxis(this.diagonal(realPart(block, turned)), 1, 0, n);
    const values = this.mul(found, this.spread(scale, found.shape, 0));
    const own = this.conjugate(block.sliceAxis(rows, 1, 0, n));
    const [sortedValues, vectors] = this.#ordered(values, false, own);
    return { values: sortedValues, rows: this.#signed(vectors!, this.#signs(vectors!)) };
  }

  /** Singular values in descending order, as many left vectors in columns as asked for, and all right ones in rows. */
  svd(x: Hlo, columns: number): { readonly values: Hlo; readonly u: Hlo; readonly v: Hlo } {
    const { block } = this, [count, m, n] = x.shape as [number, number, number];
    const k = Math.min(m, n), { parts, scale } = this.#scaled(x), turns = [0, 2, 1];
    const start = this.#evened(block.transpose(parts, turns), false), rows = start.shape[1]!;
    const noise = (0.45 * this.#epsilon) ** 2, limit = 4.5 * this.#epsilon;
    const least = this.mul(this.sum(squares(block, parts), 1, 2), noise);
    const [turned, right] = this.#sweeps(
      [start, this.identity(x, rows, n)],
      rows,
      (inner, [a, v]) => {
        const b = inner.block, half = rows / 2;
        const top = b.sliceAxis(a!, 1, 0, half), bottom = b.sliceAxis(a!, 1, half, rows);
        const [alpha, beta] = [top, bottom].map((rows) => inner.sum(squares(b, rows), 2)) as [
          Hlo,
          Hlo,
        ];
        const gamma = inner.sum(inner.mul(top, inner.conjugate(bottom)), 2);
        const small = inner.mul(inner.sqrt(inner.mul(alpha, beta)), limit);
        const floor = inner.spread(least, alpha.shape, 0);
        const isSignal = inner.is("GT", inner.min(alpha, beta), floor);
        const counts = inner.both(inner.is("GT", inner.size(gamma), small), isSignal);
        const { cosine, sine } = inner.#angles(alpha, beta, gamma, counts);
        return [[inner.#rotated(a!, cosine, sine), inner.#rotated(v!, cosine, sine)], counts];
      },
    ) as [Hlo, Hlo];
    const own = block.sliceAxis(turned, 1, 0, n);
    const vectors = this.conjugate(block.sliceAxis(right, 1, 0, n));
    const lengths = this.sqrt(this.sum(squares(block, own), 2));
    const [values, left, v] = this.#ordered(lengths, true, own, vectors) as [Hlo, Hlo, Hlo];
    const signs = this.#signs(v), used = block.sliceAxis(this.#signed(left, signs), 1, 0, k);
    // The rows are orthogonal: their Q has them at length 1, and others where they are zero.
    const { q, r } = this.qr(block.transpose(used, turns), columns);
    const diagonal = this.diagonal(realPart(block, block.slice(r, [0, 0, 0], [count, k, k])));
    const padding = { low: [0, 0], high: [0, columns - k] };
    const factors = block.pad(
      this.#ones(diagonal),
      block.constant(diagonal.type, [], 1),
      padding,
    );
    const most = block.sliceAxis(values, 1, 0, k);
    return {
      values: this.mul(most, this.spread(scale, most.shape, 0)),
      u: this.mul(q, this.spread(factors, q.shape, 0, 2)),
      v: this.#signed(v, signs),
    };
  }

  /** Conjugates of the rows of some matrices times a factor each, multiplied by the rows of others. */
  #between(left: Hlo, factors: Hlo, right: Hlo): Hlo {
    const scaled = this.mul(left, this.spread(factors, left.shape, 0, 1));
    return this.block.matmul(this.adjoint(scaled), right, 1);
  }

  /** Pseudoinverses; singular values up to `part` of the largest count as zero. */
  pinv(x: Hlo, part: number): Hlo {
    const { block } = this,
      k = Math.min(x.shape[1]!, x.shape[2]!),
      { values, u, v } = this.svd(x, k);
    const most = this.spread(block.sliceAxis(values, 1, 0, 1), values.shape, 0, 1);
    const isZero = this.is("LE", values, this.mul(most, part));
    const inverse = this.div(1, this.select(isZero, 1, values));
    const factors = this.select(isZero, 0, inverse);
    return this.#between(block.sliceAxis(v, 1, 0, k), factors, this.adjoint(u));
  }

  /** Square roots of symmetric matrices; NaN for negative ones. */
  sqrtm(x: Hlo): Hlo {
    const { values, rows } = this.eigh(x), n = x.shape[1]!;
    // What rounding has made of a zero is one.
    const noise = this.mul(this.greatest(values, 1), -n * this.#epsilon);
    const isBelow = this.is("LT", values, this.spread(noise, values.shape, 0));
    const factors = this.select(isBelow, NaN, this.sqrt(this.max(values, 0)));
    const back = this.conjugate(rows);
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
export const decomposingRows: readonly OpRow[] = [
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

/**
 * Eigenvalues of matrices of any kind, as loops of rotations: balanced, brought to Hessenberg's form and by the QR
 * algorithm to Schur's, as the devices do it (core/ops/linalg/emit/eig.ts).
 *
 * @module
 */

import type { DType } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { sizeOf } from "../../core/graph/value.ts";
import { eigOp } from "../../core/ops/linalg/eig_op.ts";
import { epsilonOf, sameReal } from "../../core/ops/linalg/matrix_op.ts";
import type { Block, Hlo } from "../text/block.ts";
import { Arithmetic } from "./arithmetic.ts";
import { greatestParts, lifted, squares } from "./numbers.ts";
import { extreme } from "./reducing.ts";
import { type OpRow, rowOfMany } from "./row.ts";

/** Steps of the QR algorithm for each eigenvalue, as on the devices. */
const MOST_STEPS = 30;

/** Writes eigenvalues in a region, of complex matrices. */
class Eigen extends Arithmetic {
  /** A real dtype. */
  readonly #dtype: DType;
  readonly #epsilon: number;

  constructor(block: Block, dtype: DType) {
    super(block);
    this.#dtype = dtype;
    this.#epsilon = epsilonOf(dtype);
  }

  #inside(block: Block): Eigen {
    return new Eigen(block, this.#dtype);
  }

  /** x / y, and 0 where y is 0; large and small numbers have no squares. */
  #quotient(x: Hlo, y: Hlo): Hlo {
    const most = greatestParts(this.block, y), isNone = this.is("EQ", most, 0);
    const unit = this.select(isNone, 1, most);
    const by = this.select(isNone, 1, this.div(y, unit));
    return this.select(isNone, 0, this.div(this.div(x, by), unit));
  }

  /** The power of two below a positive number, times about a root of 2: near enough to scale by. */
  #power(x: Hlo): Hlo {
    const exponent = this.block.unary("floor", this.div(this.block.unary("log", x), Math.LN2));
    const bits = x.type === "f64" ? 1022 : 126;
    return this.block.binary("power", this.like(x, 2), this.min(this.max(exponent, -bits), bits));
  }

  /** Elements at a row and a column given for each matrix. */
  #pick(x: Hlo, row: Hlo, column: Hlo): Hlo {
    return this.sum(this.select(this.#at(x.shape, row, column), x, 0), 1, 2);
  }

  #at(shape: readonly number[], row: Hlo, column: Hlo): Hlo {
    const is = (axis: number, place: Hlo) =>
      this.is("EQ", this.block.iota("i32", shape, axis), this.spread(place, shape, 0));
    return this.both(is(1, row), is(2, column));
  }

  /** Turns rows and columns k and k + 1 so that y becomes zero beside x, in each matrix where `isOn`. */
  #turned(h: Hlo, k: Hlo, x: Hlo, y: Hlo, isOn: Hlo): Hlo {
    const { block } = this, [count, height, n] = h.shape as [number, number, number];
    const size = this.size(x), other = this.size(y), all = this.size(block.complex(size, other));
    const isAny = this.both(isOn, this.is("GT", other, 0)), isPlain = this.is("GT", size, 0);
    const whole = this.select(isAny, all, 1);
    const way = this.select(isPlain, this.div(x, this.select(isPlain, size, 1)), 1);
    const back = this.div(this.conjugate(y), whole);
    const sine = this.select(isAny, this.mul(way, back), 0);
    const cosine = this.select(isAny, this.div(size, whole), 1);
    /** Two rows or columns p and q as c·p + s·q and c·q - s̄·p. */
    const combined = (h: Hlo, axis: number, starts: Hlo[], shape: number[], sine: Hlo) => {
      const pair = block.dynamicSlice(h, starts, shape);
      const [p, q] = [0, 1].map((i) => block.sliceAxis(pair, axis, i, i + 1)) as [Hlo, Hlo];
      const c = this.spread(cosine, p.shape, 0), s = this.spread(sine, p.shape, 0);
      const first = this.add(this.mul(p, c), this.mul(s, q));
      const second = this.sub(this.mul(q, c), this.mul(this.conjugate(s), p));
      return block.dynamicUpdate(h, block.concatenate([first, second], axis), starts);
    };
    const zero = this.int(0), rows = combined(h, 1, [zero, k, zero], [count, 2, n], sine);
    return combined(rows, 2, [zero, zero, k], [count, height, 2], this.conjugate(sine));
  }

  /** Sets the element below the diagonal in row k + 1 and a column to zero, in each matrix where `isOn`. */
  #cleared(h: Hlo, row: Hlo, column: Hlo, isOn: Hlo): Hlo {
    const { shape } = h, all = (x: Hlo) => this.spread(x, [shape[0]!]);
    const isIt = this.both(this.#at(shape, all(row), all(column)), this.spread(isOn, shape, 0));
    return this.select(isIt, 0, h);
  }

  /** Elements in a row and a column that are the same for all matrices. */
  #element(h: Hlo, row: Hlo, column: Hlo): Hlo {
    const { block } = this, [count] = h.shape as [number];
    return block.reshape(block.dynamicSlice(h, [this.int(0), row, column], [count, 1, 1]), [count]);
  }

  #looped(count: number, start: readonly Hlo[], step: (inner: Eigen, t: Hlo, now: Hlo[]) => Hlo[]) {
    const one = this.int(1), most = this.int(count);
    const [, ...ended] = this.block.loop(
      [this.int(0), ...start],
      (test, [t]) => test.compare("LT", t!, most),
      (body, [t, ...now]) => [body.binary("add", t!, one), ...step(this.#inside(body), t!, now)],
    );
    return ended;
  }

  #balanced(x: Hlo): { readonly h: Hlo; readonly factors: Hlo } {
    const [count, n] = x.shape as [number, number], { type } = this.size(x);
    const start = [x, this.block.constant(type, [count, n], 1)];
    const [h, factors] = this.#looped(10, start, (inner, _, [h, before]) => {
      const { shape } = h!;
      const size = inner.select(inner.where("EQ", shape), 0, inner.taxicab(h!));
      const row = inner.sum(size, 2), column = inner.sum(size, 1);
      const isNone = inner.is("EQ", inner.min(row, column), 0);
      const part = inner.div(inner.select(isNone, 1, row), inner.select(isNone, 1, column));
      const root = inner.sqrt(inner.sqrt(part));
      const factor = inner.select(isNone, 1, inner.#power(inner.mul(root, Math.SQRT2)));
      const by = inner.div(inner.spread(factor, shape, 0, 2), inner.spread(factor, shape, 0, 1));
      return [inner.mul(h!, by), inner.mul(before!, factor)];
    });
    return { h: h!, factors: factors! };
  }

  #hessenberg(x: Hlo, n: number): Hlo {
    const steps = n - 2;
    const [h] = this.#looped(
      steps,
      [x],
      (outer, column, now) =>
        outer.#looped(steps, now, (inner, step, [h]) => {
          const k = inner.sub(inner.int(steps), step), next = inner.add(k, inner.int(1));
          const isOn = inner.spread(inner.is("GT", k, column), [h!.shape[0]!]);
          const [p, q] = [k, next].map((row) => inner.#element(h!, row, column)) as [Hlo, Hlo];
          return [inner.#cleared(inner.#turned(h!, k, p, q, isOn), next, column, isOn)];
        }),
    );
    return h!;
  }

  /** The matrices less what is small below their diagonals, and the parts that are still open. */
  #deflated(h: Hlo, size: Hlo): { readonly h: Hlo; readonly end: Hlo; readonly start: Hlo } {
    const { block } = this, [count, height, n] = h.shape as [number, number, number];
    const own = block.sliceAxis(h, 1, 0, n), { shape } = own, sizes = this.taxicab(own);
    const row = block.iota("i32", shape, 1), column = block.iota("i32", shape, 2);
    const isBelow = this.is("EQ", row, this.add(column, 1));
    const below = this.sum(this.select(isBelow, sizes, 0), 2), diagonal = this.diagonal(sizes);
    const before = block.pad(
      block.sliceAxis(diagonal, 1, 0, n - 1),
      block.constant(diagonal.type, [], 0),
      { low: [0, 1], high: [0, 0] },
    );
    const beside = this.add(diagonal, before);
    const least = this.select(this.is("EQ", beside, 0), this.spread(size, beside.shape, 0), beside);
    const isOpen = this.is("GT", below, this.mul(least, this.#epsilon));
    const isSmall = this.both(isBelow, this.not(this.spread(isOpen, shape, 0, 1)));
    const made = this.select(isSmall, 0, own);
    const all = height === n
      ? made
      : block.concatenate([made, block.sliceAxis(h, 1, n, height)], 1);
    const index = block.iota("i32", [count, n], 1);
    const end = this.most(this.select(isOpen, index, 0), 1);
    const isBefore = this.is("LE", index, this.spread(end, index.shape, 0));
    const isStart = this.both(this.not(isOpen), isBefore);
    return { h: all, end, start: this.most(this.select(isStart, index, 0), 1) };
  }

  /** The eigenvalue of the last two open rows that is closer to the last element; now and then another number. */
  #shift(h: Hlo, end: Hlo, tries: Hlo): Hlo {
    const { block } = this, q = this.max(end, 1), p = this.sub(q, 1);
    const [upper, right] = [this.#pick(h, p, p), this.#pick(h, p, q)];
    const [below, own] = [this.#pick(h, q, p), this.#pick(h, q, q)];
    const gap = this.mul(this.sub(upper, own), 0.5), product = this.mul(right, below);
    const root = this.sqrt(this.add(this.mul(gap, gap), product));
    const along = block.real(this.mul(gap, this.conjugate(root)));
    const sum = this.select(this.is("LT", along, 0), this.sub(gap, root), this.add(gap, root));
    const isStuck = this.is("EQ", block.binary("remainder", tries, this.like(tries, 10)), 9);
    const far = lifted(block, this.mul(this.taxicab(below), 0.75), own.type);
    return this.select(isStuck, this.add(own, far), this.sub(own, this.#quotient(product, sum)));
  }

  #schur(x: Hlo, n: number): Hlo {
    const { block } = this, [count] = x.shape as [number];
    const size = this.most(this.taxicab(block.sliceAxis(x, 1, 0, n)), 1, 2);
    const most = this.int(MOST_STEPS * n), none = block.constant("i32", [count], 0);
    const [, , , , h] = block.loop(
      [this.int(0), block.constant("i1", [], 1), none, none, x],
      (test, [step, isOpen]) => test.binary("and", isOpen!, test.compare("LT", step!, most)),
      (body, [step, , before, tries, now]) => {
        const inner = this.#inside(body), { h, end, start } = inner.#deflated(now!, size);
        const tried = inner.select(inner.is("EQ", end, before!), inner.add(tries!, 1), 0);
        const shift = inner.#shift(h, end, tried);
        const [turned] = inner.#looped(
          n - 1,
          [h],
          (own, k, [h]) => [own.#chased(h!, k, { start, end, shift })],
        );
        const isOpen = body.reduce("or", inner.is("GT", end, 0), body.constant("i1", [], 0), [0]);
        return [inner.add(step!, 1), isOpen, end, tried, turned!];
      },
    );
    return h!;
  }

  /** One rotation of a step. */
  #chased(h: Hlo, k: Hlo, { start, end, shift }: { start: Hlo; end: Hlo; shift: Hlo }): Hlo {
    const at = this.spread(k, start.shape), isFirst = this.is("EQ", at, start);
    const isOn = this.both(this.is("GE", at, start), this.is("LT", at, end));
    const next = this.add(k, 1), column = this.max(this.sub(k, 1), 0);
    const [x, y] = [k, next].map((row, i) => {
      const own = this.#element(h, row, k);
      const first = i === 0 ? this.sub(own, shift) : own;
      return this.select(isFirst, first, this.#element(h, row, column));
    }) as [Hlo, Hlo];
    const isLater = this.both(isOn, this.not(isFirst));
    return this.#cleared(this.#turned(h, k, x, y, isOn), next, column, isLater);
  }

  /** Values of real matrices are real or conjugates of each other; also, which ones are complex. */
  #conjugated(raw: Hlo): { readonly values: Hlo; readonly isComplex: Hlo } {
    const { block } = this, [count, n] = raw.shape as [number, number], shape = [count, n, n];
    const [mine, other] = [1, 2].map((axis) => this.spread(raw, shape, 0, axis)) as [Hlo, Hlo];
    const apart = this.taxicab(this.sub(this.conjugate(mine), other));
    const far = this.select(this.where("EQ", shape), Infinity, apart);
    const least = block.constant(apart.type, [], -Infinity);
    const nearest = this.neg(block.reduce("maximum", this.neg(far), least, [2]));
    const place = extreme(block, "argmin", far, this.#dtype);
    const isPartner = this.is(
      "EQ",
      block.iota(place.type, shape, 2),
      this.spread(place, shape, 0, 1),
    );
    const partner = (x: Hlo) => this.sum(this.select(isPartner, this.spread(x, shape, 0, 2), 0), 2);
    const size = this.size(block.imag(raw)), noise = this.size(block.real(raw));
    const isComplex = this.both(
      this.is("GT", size, this.mul(noise, 8 * this.#epsilon)),
      this.is("LE", nearest, size),
    );
    const known = this.select(this.is("LT", nearest, Infinity), nearest, 0);
    const isPair = this.is("EQ", partner(known), known);
    const mean = this.mul(this.add(raw, this.conjugate(partner(raw))), 0.5);
    const real = lifted(block, block.real(raw), raw.type);
    return { values: this.select(isComplex, this.select(isPair, mean, raw), real), isComplex };
  }

  /** Where each value comes, as ones in columns of matrices. */
  #order(values: Hlo): Hlo {
    const { block } = this, [count, n] = values.shape as [number, number], shape = [count, n, n];
    const re = block.real(values), cell = this.mul(re, 1 / sameReal(this.#dtype));
    const rounded = block.unary("floor", this.add(cell, 0.5));
    let isBefore = this.where("LT", shape);
    for (const key of [re, block.imag(values), rounded]) {
      const [x, y] = [1, 2].map((axis) => this.spread(key, shape, 0, axis)) as [Hlo, Hlo];
      const [isLess, isMore] = [this.is("LT", x, y), this.is("GT", x, y)];
      const isTie = this.not(block.binary("or", isLess, isMore));
      isBefore = block.binary("or", isLess, this.both(isTie, isBefore));
    }
    const rank = this.spread(this.sum(block.convert(isBefore, "i32"), 1), shape, 0, 1);
    return block.convert(this.is("EQ", rank, block.iota("i32", shape, 2)), re.type);
  }

  /** The vectors of triangles, in columns. */
  #substituted(t: Hlo, w: Hlo): Hlo {
    const { shape } = t, [count, n] = shape as [number, number], line = [count, n];
    const start = lifted(this.block, this.where("EQ", shape), t.type);
    const tiny = (w.type === "complex<f64>" ? 2 ** -1022 : 2 ** -126) / this.#epsilon;
    const [vectors] = this.#looped(n - 1, [start], (inner, step, [x]) => {
      const b = inner.block, zero = inner.int(0), i = inner.sub(inner.int(n - 2), step);
      const rowOf = (h: Hlo) => b.reshape(b.dynamicSlice(h, [zero, i, zero], [count, 1, n]), line);
      const isBehind = inner.is("GT", b.iota("i32", line, 1), inner.spread(i, line));
      const behind = inner.spread(inner.select(isBehind, rowOf(t), 0), shape, 0, 1);
      const sum = inner.sum(inner.mul(behind, x!), 1);
      const gap = inner.sub(w, inner.spread(inner.#element(t, i, i), line, 0));
      const least = inner.max(inner.mul(inner.taxicab(w), inner.#epsilon), tiny);
      const isNone = inner.is("LT", inner.taxicab(gap), least);
      const found = inner.#quotient(sum, inner.select(isNone, lifted(b, least, w.type), gap));
      const now = inner.select(isBehind, found, rowOf(x!));
      const large = inner.#power(inner.max(inner.taxicab(found), 1));
      const factor = inner.div(1, inner.select(isBehind, large, 1));
      const made = b.dynamicUpdate(x!, b.reshape(now, [count, 1, n]), [zero, i, zero]);
      return [inner.mul(made, inner.spread(factor, shape, 0, 2))];
    });
    return vectors!;
  }

  /** Vectors of length 1, of which the first large number is real and positive. */
  #normalised(y: Hlo): Hlo {
    const { block } = this, { shape } = y;
    const columns = (x: Hlo) => this.spread(x, shape, 0, 2);
    const own = this.div(y, columns(this.most(this.taxicab(y), 1))), square = squares(block, own);
    const limit = this.mul(this.most(square, 1), 0.37 ** 2);
    const isLarge = block.convert(this.is("GE", square, columns(limit)), square.type);
    const first = extreme(block, "argmax", block.transpose(isLarge, [0, 2, 1]), this.#dtype);
    const isFirst = this.is("EQ", block.iota(first.type, shape, 1), columns(first));
    const head = this.sum(this.select(isFirst, own, 0), 1);
    const length = this.mul(this.sqrt(this.sum(square, 1)), this.size(head));
    return this.mul(own, columns(this.div(this.conjugate(head), length)));
  }

  /** Values, and vectors in columns, of matrices with one axis that counts them: real and imaginary parts. */
  eig(re: Hlo, im: Hlo | null, vectors: boolean): Hlo[] {
    const { block } = this, { shape } = re, [count, n] = shape as [number, number];
    const given = block.complex(re, im ?? this.like(re, 0)), most = this.greatest(given, 1, 2);
    // Where there is something that is no number, nothing is one.
    const none = this.sum(this.taxicab(this.sub(given, given)), 1, 2);
    const scale = this.add(this.select(this.is("EQ", most, 0), 1, this.#power(most)), none);
    const { h: even, factors } = this.#balanced(this.div(given, this.spread(scale, shape, 0)));
    const one = lifted(block, this.where("EQ", shape), given.type);
    let h = vectors ? block.concatenate([even, one], 1) : even;
    if (n > 2) h = this.#hessenberg(h, n);
    if (n > 1) h = this.#schur(h, n);
    const t = block.sliceAxis(h, 1, 0, n), raw = this.diagonal(t);
    const isAll = block.constant("i1", [count, n], 1);
    const { values, isComplex } = im === null && n > 1
      ? this.#conjugated(raw)
      : { values: raw, isComplex: im === null ? this.not(isAll) : isAll };
    const order = this.#order(values);
    const parts = [block.real(values), block.imag(values)].map((part) => {
      const placed = this.sum(this.mul(this.spread(part, shape, 0, 1), order), 1);
      return this.mul(placed, this.spread(scale, [count, n], 0));
    });
    if (!vectors) return parts;
    const x = n > 1 ? this.#substituted(t, raw) : one;
    const product = block.matmul(block.sliceAxis(h, 1, n, 2 * n), x, 1);
    const made = this.#normalised(this.mul(product, this.spread(factors, shape, 0, 1)));
    const imaginary = this.select(this.spread(isComplex, shape, 0, 2), block.imag(made), 0);
    const placed = [block.real(made), imaginary].map((part) =>
      block.matmul(this.add(part, this.spread(none, shape, 0)), order, 1)
    );
    return [...parts, ...placed];
  }
}

/** The row. */
export const eigenRows: readonly OpRow[] = [
  rowOfMany(eigOp, {
    write(level, { inputs, outputs, params: { vectors } }) {
      const { block } = level, values = inputs.map((x: Variable) => level.value(x));
      const [m, n] = values[0]!.shape.slice(-2) as [number, number];
      if (values[0]!.shape.includes(0)) return outputs.map((output) => level.empty(output));
      const [re, im] = values.map((x) => block.reshape(x, [sizeOf(x.shape.slice(0, -2)), m, n]));
      const found = new Eigen(block, inputs[0]!.dtype).eig(re!, im ?? null, vectors);
      return outputs.map((output, i) => block.reshape(found[i]!, level.shape(output)));
    },
  }),
];

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
import { sameReal } from "../../core/ops/linalg/matrix_op.ts";
import { epsilonOf } from "../../core/ops/linalg/matrix_op.ts";
import type { Block, Hlo } from "../text/block.ts";
import { PartsWriter, type Z } from "./parts.ts";
import { extreme } from "./reducing.ts";
import { type Entry, rowOfMany } from "./row.ts";

/** Steps of the QR algorithm for each eigenvalue, as on the devices. */
const MOST_STEPS = 30;

/** Writes eigenvalues in a region. */
class Eigen extends PartsWriter {
  readonly #block: Block;
  readonly #dtype: DType;
  readonly #epsilon: number;

  constructor(block: Block, dtype: DType) {
    super(block);
    this.#block = block;
    this.#dtype = dtype;
    this.#epsilon = epsilonOf(dtype);
  }

  #inside(block: Block): Eigen {
    return new Eigen(block, this.#dtype);
  }

  /** Whether an element of matrices is at a row and a column given for each matrix, or in all rows and columns. */
  #at(shape: readonly number[], row: Hlo, column: Hlo): Hlo {
    const block = this.#block;
    const is = (axis: number, place: Hlo) =>
      block.compare("EQ", block.iota("i32", shape, axis), block.broadcast(place, shape, [0]));
    return this.both(is(1, row), is(2, column));
  }

  #pick(x: Z, row: Hlo, column: Hlo): Z {
    const isIt = this.#at(x.re.shape, row, column);
    return this.each(x, (part) => {
      const own = this.#block.select(isIt, part, this.like(part, 0));
      return this.sum(this.sum(own, 2), 1);
    });
  }

  /** Turns rows and columns k and k + 1 so that y becomes zero beside x, in each matrix where `isOn`. */
  #turned(h: Z, k: Hlo, x: Z, y: Z, isOn: Hlo): Z {
    const block = this.#block, [count, height, n] = h.re.shape as [number, number, number];
    const zero = this.int(0), [none, one] = [this.like(x.re, 0), this.like(x.re, 1)];
    const size = this.length(x), other = this.length(y);
    const all = this.length({ re: size, im: other });
    const isAny = this.both(isOn, block.compare("GT", other, none));
    const whole = block.select(isAny, all, one), isPlain = block.compare("GT", size, none);
    const safe = block.select(isPlain, size, one);
    const way = this.choose(isPlain, this.each(x, (part) => this.div(part, safe)), {
      re: one,
      im: none,
    });
    const back = this.each(this.conjugate(y), (part) => this.div(part, whole));
    const sine = this.choose(isAny, this.times(way, back), { re: none, im: none });
    const cosine = block.select(isAny, this.div(size, whole), one);
    const pair = (part: Z, axis: number, starts: Hlo[], shape: number[]) => {
      const own = this.each(part, (x) => block.dynamicSlice(x, starts, shape));
      return [0, 1].map((i) => this.each(own, (x) => block.sliceAxis(x, axis, i, i + 1))) as [
        Z,
        Z,
      ];
    };
    const update = (part: Z, axis: number, starts: Hlo[], first: Z, second: Z): Z => ({
      re: block.dynamicUpdate(part.re, block.concatenate([first.re, second.re], axis), starts),
      im: block.dynamicUpdate(part.im, block.concatenate([first.im, second.im], axis), starts),
    });
    const wide = (shape: readonly number[]) => ({
      c: block.broadcast(cosine, shape, [0]),
      s: this.each(sine, (part) => block.broadcast(part, shape, [0])),
    });
    const [p, q] = pair(h, 1, [zero, k, zero], [count, 2, n]), by = wide(p.re.shape);
    const rows = update(
      h,
      1,
      [zero, k, zero],
      this.plus(this.scaled(p, by.c), this.times(by.s, q)),
      this.minus(this.scaled(q, by.c), this.times(this.conjugate(by.s), p)),
    );
    const [left, right] = pair(rows, 2, [zero, zero, k], [count, height, 2]);
    const to = wide(left.re.shape);
    return update(
      rows,
      2,
      [zero, zero, k],
      this.plus(this.scaled(left, to.c), this.times(this.conjugate(to.s), right)),
      this.minus(this.scaled(right, to.c), this.times(to.s, left)),
    );
  }

  /** Sets the element below the diagonal in row k + 1 and a column to zero, in each matrix where `isOn`. */
  #cleared(h: Z, row: Hlo, column: Hlo, isOn: Hlo): Z {
    const block = this.#block, { shape } = h.re;
    const all = (x: Hlo) => block.broadcast(x, [shape[0]!], []);
    const isIt = this.both(
      this.#at(shape, all(row), all(column)),
      block.broadcast(isOn, shape, [0]),
    );
    return this.each(h, (part) => block.select(isIt, this.like(part, 0), part));
  }

  /** Elements in a row and a column that are the same for all matrices. */
  #element(h: Z, row: Hlo, column: Hlo): Z {
    const block = this.#block, [count] = h.re.shape as [number], zero = this.int(0);
    return this.each(
      h,
      (part) =>
        block.reshape(block.dynamicSlice(part, [zero, row, column], [count, 1, 1]), [count]),
    );
  }

  #looped(count: number, start: readonly Hlo[], step: (inner: Eigen, t: Hlo, now: Hlo[]) => Hlo[]) {
    const block = this.#block, one = this.int(1), most = this.int(count);
    const [, ...ended] = block.loop(
      [this.int(0), ...start],
      (test, [t]) => test.compare("LT", t!, most),
      (body, [t, ...now]) => [body.binary("add", t!, one), ...step(this.#inside(body), t!, now)],
    );
    return ended;
  }

  #balanced(x: Z): { readonly h: Z; readonly factors: Hlo } {
    const block = this.#block, [count, n] = x.re.shape as [number, number];
    const start = [x.re, x.im, block.constant(x.re.type, [count, n], 1)];
    const [re, im, factors] = this.#looped(10, start, (inner, _, [re, im, before]) => {
      const b = inner.#block, h = { re: re!, im: im! }, { shape } = h.re;
      const isOwn = b.compare("EQ", b.iota("i32", shape, 1), b.iota("i32", shape, 2));
      const size = b.select(isOwn, inner.like(h.re, 0), inner.size(h));
      const row = inner.sum(size, 2), column = inner.sum(size, 1), one = inner.like(row, 1);
      const isNone = b.compare("EQ", b.binary("minimum", row, column), inner.like(row, 0));
      const part = inner.div(b.select(isNone, one, row), b.select(isNone, one, column));
      const root = b.unary("sqrt", b.unary("sqrt", part));
      const power = inner.power(inner.mul(root, inner.like(root, Math.SQRT2)));
      const factor = b.select(isNone, one, power);
      const by = inner.div(b.broadcast(factor, shape, [0, 2]), b.broadcast(factor, shape, [0, 1]));
      const made = inner.scaled(h, by);
      return [made.re, made.im, inner.mul(before!, factor)];
    });
    return { h: { re: re!, im: im! }, factors: factors! };
  }

  #hessenberg(x: Z, n: number): Z {
    const steps = n - 2;
    const [re, im] = this.#looped(
      steps,
      [x.re, x.im],
      (outer, column, now) =>
        outer.#looped(steps, now, (inner, step, [re, im]) => {
          const b = inner.#block, h = { re: re!, im: im! }, [count] = h.re.shape as [number];
          const k = b.binary("subtract", inner.int(steps), step);
          const next = b.binary("add", k, inner.int(1));
          const isOn = b.broadcast(b.compare("GT", k, column), [count], []);
          const [p, q] = [k, next].map((row) => inner.#element(h, row, column)) as [Z, Z];
          const made = inner.#cleared(inner.#turned(h, k, p, q, isOn), next, column, isOn);
          return [made.re, made.im];
        }),
    );
    return { re: re!, im: im! };
  }

  /** The matrices less what is small below their diagonals, and the parts that are still open. */
  #deflated(h: Z, size: Hlo): { readonly h: Z; readonly end: Hlo; readonly start: Hlo } {
    const block = this.#block, [count, height, n] = h.re.shape as [number, number, number];
    const own = this.each(h, (part) => block.sliceAxis(part, 1, 0, n)), { shape } = own.re;
    const row = block.iota("i32", shape, 1), column = block.iota("i32", shape, 2);
    const isBelow = block.compare("EQ", row, this.add(column, this.like(column, 1)));
    const isOn = block.compare("EQ", row, column), sizes = this.size(own);
    const zeros = this.like(sizes, 0);
    const [below, diagonal] = [isBelow, isOn].map((mask) =>
      this.sum(block.select(mask, sizes, zeros), 2)
    ) as [Hlo, Hlo];
    const before = block.pad(
      block.sliceAxis(diagonal, 1, 0, n - 1),
      block.constant(diagonal.type, [], 0),
      { low: [0, 1], high: [0, 0] },
    );
    const beside = this.add(diagonal, before),
      isNone = block.compare("EQ", beside, this.like(beside, 0));
    const least = block.select(isNone, block.broadcast(size, beside.shape, [0]), beside);
    const isOpen = block.compare("GT", below, this.mul(least, this.like(least, this.#epsilon)));
    const isSmall = this.both(isBelow, block.unary("not", block.broadcast(isOpen, shape, [0, 1])));
    const made = this.each(own, (part) => block.select(isSmall, this.like(part, 0), part));
    const all = height === n ? made : {
      re: block.concatenate([made.re, block.sliceAxis(h.re, 1, n, height)], 1),
      im: block.concatenate([made.im, block.sliceAxis(h.im, 1, n, height)], 1),
    };
    const index = block.iota("i32", [count, n], 1), none = this.like(index, 0);
    const end = this.most(block.select(isOpen, index, none), 1);
    const isBefore = block.compare("LE", index, block.broadcast(end, index.shape, [0]));
    const isStart = this.both(block.unary("not", isOpen), isBefore);
    return { h: all, end, start: this.most(block.select(isStart, index, none), 1) };
  }

  /** The eigenvalue of the last two open rows that is closer to the last element; now and then another number. */
  #shift(h: Z, end: Hlo, tries: Hlo): Z {
    const block = this.#block, one = this.like(end, 1), last = block.binary("maximum", end, one);
    const [p, q] = [this.sub(last, one), last];
    const [upper, right] = [this.#pick(h, p, p), this.#pick(h, p, q)];
    const [below, own] = [this.#pick(h, q, p), this.#pick(h, q, q)];
    const gap = this.scaled(this.minus(upper, own), this.like(own.re, 0.5));
    const product = this.times(right, below);
    const root = this.root(this.plus(this.times(gap, gap), product));
    const along = this.add(this.mul(gap.re, root.re), this.mul(gap.im, root.im));
    const isBack = block.compare("LT", along, this.like(along, 0));
    const sum = this.choose(isBack, this.minus(gap, root), this.plus(gap, root));
    const phase = block.binary("remainder", tries, this.like(tries, 10));
    const isStuck = block.compare("EQ", phase, this.like(tries, 9));
    const far = this.mul(this.size(below), this.like(own.re, 0.75));
    return this.choose(
      isStuck,
      { re: this.add(own.re, far), im: own.im },
      this.minus(own, this.quotient(product, sum)),
    );
  }

  #schur(x: Z, n: number): Z {
    const block = this.#block, [count] = x.re.shape as [number];
    const own = this.each(x, (part) => block.sliceAxis(part, 1, 0, n));
    const size = this.most(this.size(own), 1, 2), most = this.int(MOST_STEPS * n);
    const none = block.constant("i32", [count], 0), yes = block.constant("i1", [], 1);
    const [, , , , re, im] = block.loop(
      [this.int(0), yes, none, none, x.re, x.im],
      (test, [step, isOpen]) => test.binary("and", isOpen!, test.compare("LT", step!, most)),
      (body, [step, , before, tries, re, im]) => {
        const inner = this.#inside(body);
        const { h, end, start } = inner.#deflated({ re: re!, im: im! }, size);
        const isSame = body.compare("EQ", end, before!);
        const tried = body.select(isSame, inner.add(tries!, inner.like(none, 1)), none);
        const shift = inner.#shift(h, end, tried);
        const turned = inner.#looped(
          n - 1,
          [h.re, h.im],
          (own, k, [re, im]) => own.#chased({ re: re!, im: im! }, k, { start, end, shift }),
        );
        const isAny = body.compare("GT", end, none), no = body.constant("i1", [], 0);
        return [
          inner.add(step!, inner.int(1)),
          body.reduce("or", isAny, no, [0]),
          end,
          tried,
          ...turned,
        ];
      },
    );
    return { re: re!, im: im! };
  }

  /** One rotation of a step. */
  #chased(h: Z, k: Hlo, { start, end, shift }: { start: Hlo; end: Hlo; shift: Z }): Hlo[] {
    const block = this.#block, at = block.broadcast(k, start.shape, []);
    const isFirst = block.compare("EQ", at, start), next = this.add(k, this.int(1));
    const isOn = this.both(block.compare("GE", at, start), block.compare("LT", at, end));
    const column = block.binary("maximum", this.sub(k, this.int(1)), this.int(0));
    const [x, y] = [k, next].map((row, i) => {
      const own = this.#element(h, row, k);
      return this.choose(
        isFirst,
        i === 0 ? this.minus(own, shift) : own,
        this.#element(h, row, column),
      );
    }) as [Z, Z];
    const isLater = this.both(isOn, block.unary("not", isFirst));
    const made = this.#cleared(this.#turned(h, k, x, y, isOn), next, column, isLater);
    return [made.re, made.im];
  }

  /** Values of real matrices are real or conjugates of each other; also, which ones are complex. */
  #conjugated(raw: Z): { readonly values: Z; readonly isComplex: Hlo } {
    const block = this.#block, [count, n] = raw.re.shape as [number, number];
    const shape = [count, n, n];
    const [mine, other] = [1, 2].map((axis) =>
      this.each(raw, (part) => block.broadcast(part, shape, [0, axis]))
    ) as [Z, Z];
    const apart = this.size(this.minus(this.conjugate(mine), other));
    const isOwn = block.compare("EQ", block.iota("i32", shape, 1), block.iota("i32", shape, 2));
    const far = block.select(isOwn, this.like(apart, Infinity), apart);
    const nearest = block.unary(
      "negate",
      block.reduce(
        "maximum",
        block.unary("negate", far),
        block.constant(apart.type, [], -Infinity),
        [2],
      ),
    );
    const place = extreme(block, "argmin", far, this.#dtype);
    const isPartner = block.convert(
      block.compare("EQ", block.iota(place.type, shape, 2), block.broadcast(place, shape, [0, 1])),
      apart.type,
    );
    const partner = (x: Hlo) => this.sum(this.mul(isPartner, block.broadcast(x, shape, [0, 2])), 2);
    const size = this.abs(raw.im), half = this.like(size, 0.5);
    const noise = this.mul(this.abs(raw.re), this.like(size, 8 * this.#epsilon));
    const isComplex = this.both(
      block.compare("GT", size, noise),
      block.compare("LE", nearest, size),
    );
    const isFinite = block.compare("LT", nearest, this.like(nearest, Infinity));
    const known = block.select(isFinite, nearest, this.like(nearest, 0));
    const isPair = block.compare("EQ", partner(known), known);
    const mean = this.scaled(
      this.plus(raw, this.conjugate(this.each(raw, partner))),
      half,
    );
    const paired = this.choose(isPair, mean, raw), zero = this.like(size, 0);
    return { values: this.choose(isComplex, paired, { re: raw.re, im: zero }), isComplex };
  }

  /** Where each value comes, as ones in columns of matrices. */
  #order({ re, im }: Z): Hlo {
    const block = this.#block, [count, n] = re.shape as [number, number], shape = [count, n, n];
    const cell = this.mul(re, this.like(re, 1 / sameReal(this.#dtype)));
    const rounded = block.unary("floor", this.add(cell, this.like(re, 0.5)));
    const [i, j] = [block.iota("i32", shape, 1), block.iota("i32", shape, 2)];
    let isBefore = block.compare("LT", i, j);
    for (const key of [re, im, rounded]) {
      const [x, y] = [1, 2].map((axis) => block.broadcast(key, shape, [0, axis])) as [Hlo, Hlo];
      const [isLess, isMore] = [block.compare("LT", x, y), block.compare("GT", x, y)];
      const isTie = block.unary("not", block.binary("or", isLess, isMore));
      isBefore = block.binary("or", isLess, this.both(isTie, isBefore));
    }
    const rank = this.sum(block.convert(isBefore, "i32"), 1);
    return block.convert(block.compare("EQ", block.broadcast(rank, shape, [0, 1]), j), re.type);
  }

  /** The vectors of triangles, in columns. */
  #substituted(t: Z, w: Z): Z {
    const block = this.#block, { shape } = t.re, [count, n] = shape as [number, number];
    const isOn = block.compare("EQ", block.iota("i32", shape, 1), block.iota("i32", shape, 2));
    const start = [block.convert(isOn, t.re.type), this.like(t.re, 0)];
    const tiny = (t.re.type === "f64" ? 2 ** -1022 : 2 ** -126) / this.#epsilon;
    const [re, im] = this.#looped(n - 1, start, (inner, step, [re, im]) => {
      const b = inner.#block, x = { re: re!, im: im! }, zero = inner.int(0);
      const i = b.binary("subtract", inner.int(n - 2), step), line = [count, n];
      const row = inner.each(
        t,
        (part) => b.reshape(b.dynamicSlice(part, [zero, i, zero], [count, 1, n]), line),
      );
      const at = b.broadcast(i, line, []), isBehind = b.compare("GT", b.iota("i32", line, 1), at);
      const behind = inner.each(
        row,
        (part) => b.broadcast(b.select(isBehind, part, inner.like(part, 0)), shape, [0, 1]),
      );
      const sum = inner.each(inner.times(behind, x), (part) => inner.sum(part, 1));
      const own = inner.each(inner.#element(t, i, i), (part) => b.broadcast(part, line, [0]));
      const gap = inner.minus(w, own), size = inner.size(w);
      const least = b.binary(
        "maximum",
        inner.mul(size, inner.like(size, inner.#epsilon)),
        inner.like(size, tiny),
      );
      const isNone = b.compare("LT", inner.size(gap), least);
      const by = inner.choose(isNone, { re: least, im: inner.like(least, 0) }, gap);
      const found = inner.quotient(sum, by);
      const before = inner.each(
        x,
        (part) => b.reshape(b.dynamicSlice(part, [zero, i, zero], [count, 1, n]), line),
      );
      const now = inner.choose(isBehind, found, before);
      const one = inner.like(size, 1), large = b.binary("maximum", one, inner.size(found));
      const factor = inner.div(one, b.select(isBehind, inner.power(large), one));
      const wide = b.broadcast(factor, shape, [0, 2]);
      const made = inner.each(
        {
          re: b.dynamicUpdate(x.re, b.reshape(now.re, [count, 1, n]), [zero, i, zero]),
          im: b.dynamicUpdate(x.im, b.reshape(now.im, [count, 1, n]), [zero, i, zero]),
        },
        (part) => inner.mul(part, wide),
      );
      return [made.re, made.im];
    });
    return { re: re!, im: im! };
  }

  /** Vectors of length 1, of which the first large number is real and positive. */
  #normalised(y: Z): Z {
    const block = this.#block,
      { shape } = y.re,
      columns = (x: Hlo) => block.broadcast(x, shape, [0, 2]);
    const most = this.most(this.size(y), 1);
    const own = this.each(y, (part) => this.div(part, columns(most)));
    const squares = this.add(this.mul(own.re, own.re), this.mul(own.im, own.im));
    const limit = this.mul(this.most(squares, 1), this.like(most, 0.37 ** 2));
    const isLarge = block.convert(block.compare("GE", squares, columns(limit)), y.re.type);
    const turned = block.transpose(isLarge, [0, 2, 1]);
    const first = extreme(block, "argmax", turned, this.#dtype);
    const isFirst = block.compare("EQ", block.iota(first.type, shape, 1), columns(first));
    const head = this.each(
      own,
      (part) => this.sum(block.select(isFirst, part, this.like(part, 0)), 1),
    );
    const length = this.mul(block.unary("sqrt", this.sum(squares, 1)), this.length(head));
    const phase = this.each(this.conjugate(head), (part) => columns(this.div(part, length)));
    return this.times(own, phase);
  }

  /** Values, and vectors in columns, of matrices with one axis that counts them. */
  eig(re: Hlo, im: Hlo | null, vectors: boolean): Hlo[] {
    const block = this.#block, { shape } = re, [count, n] = shape as [number, number];
    const given: Z = { re, im: im ?? this.like(re, 0) };
    const most = this.most(
      block.binary("maximum", this.abs(given.re), this.abs(given.im)),
      1,
      2,
    );
    const isNone = block.compare("EQ", most, this.like(most, 0));
    const none = this.sum(
      this.sum(this.add(this.sub(re, re), this.sub(given.im, given.im)), 2),
      1,
    );
    const scale = this.add(block.select(isNone, this.like(most, 1), this.power(most)), none);
    const parts = this.each(given, (part) => this.div(part, block.broadcast(scale, shape, [0])));
    const { h: even, factors } = this.#balanced(parts);
    const one = block.convert(
      block.compare("EQ", block.iota("i32", shape, 1), block.iota("i32", shape, 2)),
      re.type,
    );
    let h = vectors
      ? {
        re: block.concatenate([even.re, one], 1),
        im: block.concatenate([even.im, this.like(one, 0)], 1),
      }
      : even;
    if (n > 2) h = this.#hessenberg(h, n);
    if (n > 1) h = this.#schur(h, n);
    const t = this.each(h, (part) => block.sliceAxis(part, 1, 0, n));
    const raw = this.each(t, (part) => this.sum(this.mul(part, one), 2));
    const isAll = block.constant("i1", [count, n], 1);
    const { values, isComplex } = im === null && n > 1
      ? this.#conjugated(raw)
      : { values: raw, isComplex: im === null ? block.unary("not", isAll) : isAll };
    const order = this.#order(values), line = block.broadcast(scale, [count, n], [0]);
    const ordered = this.each(values, (part) => {
      const placed = this.mul(block.broadcast(part, shape, [0, 1]), order);
      return this.mul(this.sum(placed, 1), line);
    });
    if (!vectors) return [ordered.re, ordered.im];
    const x = n > 1 ? this.#substituted(t, raw) : { re: one, im: this.like(one, 0) };
    const q = this.each(h, (part) => block.sliceAxis(part, 1, n, 2 * n));
    const product = (a: Hlo, b: Hlo) => block.matmul(a, b, 1);
    const y = this.each({
      re: this.sub(product(q.re, x.re), product(q.im, x.im)),
      im: this.add(product(q.re, x.im), product(q.im, x.re)),
    }, (part) => this.mul(part, block.broadcast(factors, shape, [0, 1])));
    const made = this.#normalised(y), isReal = block.unary("not", isComplex);
    const imaginary = block.select(
      block.broadcast(isReal, shape, [0, 2]),
      this.like(made.im, 0),
      made.im,
    );
    const placed = [made.re, imaginary].map((part) => {
      const own = this.add(part, block.broadcast(none, shape, [0]));
      return product(own, order);
    });
    return [ordered.re, ordered.im, ...placed];
  }
}

/** The row. */
export const eigenRows: readonly Entry[] = [
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

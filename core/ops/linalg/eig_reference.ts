/**
 * Eigenvalues and vectors of one matrix of any kind, in float64: what the reference computes. Complex numbers
 * are pairs, and matrices two lists of numbers row by row.
 *
 * @module
 */

import { sameReal } from "./emit/eig.ts";

/** Numbers of a matrix, row by row. */
type Rows = Float64Array;

type Z = readonly [re: number, im: number];

const plus = (x: Z, y: Z): Z => [x[0] + y[0], x[1] + y[1]];
const minus = (x: Z, y: Z): Z => [x[0] - y[0], x[1] - y[1]];
const times = (x: Z, y: Z): Z => [x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]];
const scaled = (x: Z, by: number): Z => [x[0] * by, x[1] * by];
const conjugate = (x: Z): Z => [x[0], -x[1]];
const sizeOf = (x: Z): number => Math.abs(x[0]) + Math.abs(x[1]);
const lengthOf = (x: Z): number => Math.hypot(x[0], x[1]);

function quotient(x: Z, y: Z): Z {
  const unit = Math.max(Math.abs(y[0]), Math.abs(y[1])) || 1;
  const by = scaled(y, 1 / unit), square = by[0] ** 2 + by[1] ** 2 || 1;
  return scaled(times(x, conjugate(by)), 1 / square / unit);
}

function rootOf(x: Z): Z {
  const root = Math.sqrt((Math.abs(x[0]) + lengthOf(x)) / 2);
  const other = x[1] / 2 / (root || 1);
  return x[0] >= 0 ? [root, other] : [Math.abs(other), x[1] < 0 ? -root : root];
}

/** The greatest power of two up to a positive number. */
const powerOf = (x: number): number => 2 ** Math.floor(Math.log2(x));

/** A matrix of complex numbers. */
class Matrix {
  constructor(readonly n: number, readonly re: Rows, readonly im: Rows) {}

  at(i: number, j: number): Z {
    return [this.re[i * this.n + j]!, this.im[i * this.n + j]!];
  }

  set(i: number, j: number, [re, im]: Z): void {
    this.re[i * this.n + j] = re;
    this.im[i * this.n + j] = im;
  }

  /** Turns rows k and k + 1. */
  turnRows(k: number, c: number, s: Z): void {
    for (let j = 0; j < this.n; j++) {
      const [p, q] = [this.at(k, j), this.at(k + 1, j)];
      this.set(k, j, plus(scaled(p, c), times(s, q)));
      this.set(k + 1, j, minus(scaled(q, c), times(conjugate(s), p)));
    }
  }

  /** Turns columns k and k + 1 back. */
  turnColumns(k: number, c: number, s: Z): void {
    for (let i = 0; i < this.n; i++) {
      const [p, q] = [this.at(i, k), this.at(i, k + 1)];
      this.set(i, k, plus(scaled(p, c), times(conjugate(s), q)));
      this.set(i, k + 1, minus(scaled(q, c), times(s, p)));
    }
  }
}

/** What turns a second number to zero. */
function rotation(x: Z, y: Z): [cosine: number, sine: Z] {
  const [size, other] = [lengthOf(x), lengthOf(y)], all = Math.hypot(size, other);
  if (!(other > 0)) return [1, [0, 0]];
  const way: Z = size > 0 ? scaled(x, 1 / size) : [1, 0];
  return [size / all, times(way, scaled(conjugate(y), 1 / all))];
}

function turn(h: Matrix, v: Matrix, k: number, x: Z, y: Z): void {
  const [c, s] = rotation(x, y);
  h.turnRows(k, c, s);
  h.turnColumns(k, c, s);
  v.turnColumns(k, c, s);
}

/** Powers of two by which columns are divided, so that they become as large as rows. */
function balance(h: Matrix): number[] {
  const { n } = h, all = new Array<number>(n).fill(1);
  for (let round = 0; round < 10; round++) {
    const factors = all.map((_, i) => {
      let row = 0, column = 0;
      for (let k = 0; k < n; k++) {
        if (k === i) continue;
        row += sizeOf(h.at(i, k));
        column += sizeOf(h.at(k, i));
      }
      return row === 0 || column === 0 ? 1 : powerOf((row / column) ** 0.25 * Math.SQRT2);
    });
    for (let i = 0; i < n; i++) {
      all[i]! *= factors[i]!;
      for (let j = 0; j < n; j++) h.set(i, j, scaled(h.at(i, j), factors[j]! / factors[i]!));
    }
  }
  return all;
}

/** Leaves nothing below the first diagonal under the main one. */
function hessenberg(h: Matrix, v: Matrix): void {
  for (let j = 0; j < h.n - 2; j++) {
    for (let k = h.n - 2; k > j; k--) {
      turn(h, v, k, h.at(k, j), h.at(k + 1, j));
      h.set(k + 1, j, [0, 0]);
    }
  }
}

/** The eigenvalue of two rows that is closer to the last element. */
function shiftOf(h: Matrix, end: number): Z {
  const [a, b] = [h.at(end - 1, end - 1), h.at(end - 1, end)];
  const [c, d] = [h.at(end, end - 1), h.at(end, end)];
  const gap = scaled(minus(a, d), 0.5), product = times(b, c);
  const root = rootOf(plus(times(gap, gap), product));
  const isBack = gap[0] * root[0] + gap[1] * root[1] < 0;
  return minus(d, quotient(product, isBack ? minus(gap, root) : plus(gap, root)));
}

/** Makes the matrix a triangle. */
function schur(h: Matrix, v: Matrix): void {
  const { n } = h;
  let size = 0, tries = 0, before = 0;
  for (let i = 0; i < n * n; i++) size = Math.max(size, sizeOf([h.re[i]!, h.im[i]!]));
  for (let step = 0; step < 30 * n; step++) {
    let end = 0, start = 0;
    for (let k = 1; k < n; k++) {
      const beside = sizeOf(h.at(k, k)) + sizeOf(h.at(k - 1, k - 1)) || size;
      if (sizeOf(h.at(k, k - 1)) > 2 ** -52 * beside) end = k;
      else h.set(k, k - 1, [0, 0]);
    }
    if (end === 0) return;
    for (let k = 1; k <= end; k++) if (sizeOf(h.at(k, k - 1)) === 0) start = k;
    tries = end === before ? tries + 1 : 0;
    before = end;
    const shift = tries % 10 === 9
      ? plus(h.at(end, end), [0.75 * sizeOf(h.at(end, end - 1)), 0])
      : shiftOf(h, end);
    for (let k = start; k < end; k++) {
      const column = k === start ? k : k - 1, x = h.at(k, column), y = h.at(k + 1, column);
      turn(h, v, k, k === start ? minus(x, shift) : x, y);
      if (k > start) h.set(k + 1, column, [0, 0]);
    }
  }
}

/** Values of real matrices: real, or conjugates of each other. */
function conjugated(raw: readonly Z[]): { values: Z[]; isReal: boolean[] } {
  const partners = raw.map((x, i) => {
    const apart = raw.map((y, j) => i === j ? Infinity : sizeOf(minus(conjugate(x), y)));
    const nearest = Math.min(...apart);
    return { place: apart.indexOf(nearest), nearest };
  });
  const isReal = raw.map(([re, im], i) =>
    Math.abs(im) <= 8 * 2 ** -52 * Math.abs(re) || !(partners[i]!.nearest <= Math.abs(im))
  );
  const values = raw.map((x, i): Z => {
    if (isReal[i]) return [x[0], 0];
    const { place, nearest } = partners[i]!;
    if (partners[place]!.nearest !== nearest) return x;
    return scaled(plus(x, conjugate(raw[place]!)), 0.5);
  });
  return { values, isReal };
}

/** The vector of a triangle that belongs to a value on its diagonal. */
function substituted(h: Matrix, j: number): Z[] {
  const x: Z[] = Array.from({ length: h.n }, (_, i) => [i === j ? 1 : 0, 0]), value = h.at(j, j);
  for (let i = j - 1; i >= 0; i--) {
    let sum: Z = [0, 0];
    for (let m = i + 1; m <= j; m++) sum = plus(sum, times(h.at(i, m), x[m]!));
    const gap = minus(value, h.at(i, i));
    const least = Math.max(sizeOf(value) * 2 ** -52, 2 ** -970);
    x[i] = quotient(sum, sizeOf(gap) < least ? [least, 0] : gap);
    const by = 1 / powerOf(Math.max(1, sizeOf(x[i]!)));
    x.forEach((one, m) => x[m] = scaled(one, by));
  }
  return x;
}

/** A vector of length 1, of which the first large number is real and positive. */
function normalised(x: readonly Z[]): Z[] {
  const most = Math.max(...x.map(sizeOf)), own = x.map((one) => scaled(one, 1 / most));
  const sizes = own.map(([re, im]) => re * re + im * im), large = Math.max(...sizes);
  const head = own[sizes.findIndex((size) => size >= 0.37 ** 2 * large)] ?? [1, 0];
  const length = Math.sqrt(sizes.reduce((sum, size) => sum + size, 0)) * lengthOf(head);
  return own.map((one) => scaled(times(one, conjugate(head)), 1 / length));
}

/** What a decomposition fills in. */
interface EigParts {
  readonly re: Rows;
  readonly im: Rows;
}

/** Eigenvalues in the order of their real parts, and vectors in columns. */
export function eigOf(
  from: { readonly re: Rows; readonly im: Rows | null },
  n: number,
  values: EigParts,
  vectors: EigParts | null,
): void {
  const h = new Matrix(n, from.re.slice(), from.im?.slice() ?? new Float64Array(n * n));
  const v = new Matrix(n, new Float64Array(n * n), new Float64Array(n * n));
  for (let i = 0; i < n; i++) v.re[i * n + i] = 1;
  const most = [...h.re, ...h.im].reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  if (!Number.isFinite(most)) {
    for (const part of [values, ...vectors === null ? [] : [vectors]]) {
      part.re.fill(NaN);
      part.im.fill(NaN);
    }
    return;
  }
  const power = powerOf(most), scale = power > 0 && power < Infinity ? power : 1;
  for (const part of [h.re, h.im]) part.forEach((x, i) => part[i] = x / scale);
  const factors = n > 1 ? balance(h) : [1];
  hessenberg(h, v);
  schur(h, v);
  const raw = Array.from({ length: n }, (_, j) => h.at(j, j));
  const own = from.im === null ? conjugated(raw) : { values: raw, isReal: raw.map(() => false) };
  const keys = own.values.map(([re, im]) => [Math.floor(re / sameReal("float64") + 0.5), im, re]);
  const order = keys.map((_, i) => i).sort((i, j) =>
    keys[i]!.map((x, key) => x - keys[j]![key]!).find((x) => x !== 0) ?? i - j
  );
  order.forEach((j, place) => {
    const [re, im] = scaled(own.values[j]!, scale);
    values.re[place] = re;
    values.im[place] = im;
    if (vectors === null) return;
    const x = substituted(h, j), y: Z[] = [];
    for (let i = 0; i < n; i++) {
      let sum: Z = [0, 0];
      for (let m = 0; m < n; m++) sum = plus(sum, times(v.at(i, m), x[m]!));
      y.push(scaled(sum, factors[i]!));
    }
    normalised(y).forEach(([re, im], i) => {
      vectors.re[i * n + place] = re;
      vectors.im[i * n + place] = own.isReal[j] ? 0 : im;
    });
  });
}

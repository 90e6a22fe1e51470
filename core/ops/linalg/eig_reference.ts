/**
 * Eigenvalues and vectors of one matrix of any kind, in float64: what the reference computes.
 *
 * @module
 */

import { complexOf, sqrtComplex } from "../elementwise/complex_reference.ts";
import { sameReal } from "./matrix_op.ts";
import {
  conjugate,
  type Entry,
  im,
  isZero,
  minus,
  over,
  plus,
  re,
  Rows,
  sizeOfEntry,
  squared,
  taxicab,
  times,
} from "./reference_numbers.ts";

/** The greatest power of two up to a positive number. */
const powerOf = (x: number): number => 2 ** Math.floor(Math.log2(x));

/** A square matrix of complex numbers. */
class Matrix {
  readonly #rows: Rows;

  constructor(readonly n: number) {
    this.#rows = Rows.zeros(n * n, true);
  }

  at(i: number, j: number): Entry {
    return this.#rows.at(i * this.n + j);
  }

  set(i: number, j: number, x: Entry): void {
    this.#rows.put(i * this.n + j, x);
  }

  /** Turns rows k and k + 1. */
  turnRows(k: number, c: number, s: Entry): void {
    for (let j = 0; j < this.n; j++) {
      const [p, q] = [this.at(k, j), this.at(k + 1, j)];
      this.set(k, j, plus(times(p, c), times(s, q)));
      this.set(k + 1, j, minus(times(q, c), times(conjugate(s), p)));
    }
  }

  /** Turns columns k and k + 1 back. */
  turnColumns(k: number, c: number, s: Entry): void {
    for (let i = 0; i < this.n; i++) {
      const [p, q] = [this.at(i, k), this.at(i, k + 1)];
      this.set(i, k, plus(times(p, c), times(conjugate(s), q)));
      this.set(i, k + 1, minus(times(q, c), times(s, p)));
    }
  }
}

/** What turns a second number to zero. */
function rotation(x: Entry, y: Entry): [cosine: number, sine: Entry] {
  const [size, other] = [sizeOfEntry(x), sizeOfEntry(y)], all = Math.hypot(size, other);
  if (!(other > 0)) return [1, 0];
  const way = size > 0 ? times(x, 1 / size) : 1;
  return [size / all, times(way, times(conjugate(y), 1 / all))];
}

function turn(h: Matrix, v: Matrix, k: number, x: Entry, y: Entry): void {
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
        row += taxicab(h.at(i, k));
        column += taxicab(h.at(k, i));
      }
      return row === 0 || column === 0 ? 1 : powerOf((row / column) ** 0.25 * Math.SQRT2);
    });
    for (let i = 0; i < n; i++) {
      all[i]! *= factors[i]!;
      for (let j = 0; j < n; j++) h.set(i, j, times(h.at(i, j), factors[j]! / factors[i]!));
    }
  }
  return all;
}

/** Leaves nothing below the first diagonal under the main one. */
function hessenberg(h: Matrix, v: Matrix): void {
  for (let j = 0; j < h.n - 2; j++) {
    for (let k = h.n - 2; k > j; k--) {
      turn(h, v, k, h.at(k, j), h.at(k + 1, j));
      h.set(k + 1, j, 0);
    }
  }
}

/** The eigenvalue of two rows that is closer to the last element. */
function shiftOf(h: Matrix, end: number): Entry {
  const [a, b] = [h.at(end - 1, end - 1), h.at(end - 1, end)];
  const [c, d] = [h.at(end, end - 1), h.at(end, end)];
  const gap = times(minus(a, d), 0.5), product = times(b, c);
  const square = plus(times(gap, gap), product);
  const root = sqrtComplex(complexOf(re(square), im(square)));
  const far = re(times(gap, conjugate(root))) < 0 ? minus(gap, root) : plus(gap, root);
  return isZero(far) ? d : minus(d, over(product, far));
}

/** Makes the matrix a triangle. */
function schur(h: Matrix, v: Matrix): void {
  const { n } = h;
  let size = 0, tries = 0, before = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) size = Math.max(size, taxicab(h.at(i, j)));
  }
  for (let step = 0; step < 30 * n; step++) {
    let end = 0, start = 0;
    for (let k = 1; k < n; k++) {
      const beside = taxicab(h.at(k, k)) + taxicab(h.at(k - 1, k - 1)) || size;
      if (taxicab(h.at(k, k - 1)) > 2 ** -52 * beside) end = k;
      else h.set(k, k - 1, 0);
    }
    if (end === 0) return;
    for (let k = 1; k <= end; k++) if (taxicab(h.at(k, k - 1)) === 0) start = k;
    tries = end === before ? tries + 1 : 0;
    before = end;
    const shift = tries % 10 === 9
      ? plus(h.at(end, end), 0.75 * taxicab(h.at(end, end - 1)))
      : shiftOf(h, end);
    for (let k = start; k < end; k++) {
      const column = k === start ? k : k - 1, x = h.at(k, column), y = h.at(k + 1, column);
      turn(h, v, k, k === start ? minus(x, shift) : x, y);
      if (k > start) h.set(k + 1, column, 0);
    }
  }
}

/** Values of real matrices: real, or conjugates of each other. */
function conjugated(raw: readonly Entry[]): { values: Entry[]; isReal: boolean[] } {
  const partners = raw.map((x, i) => {
    const apart = raw.map((y, j) => i === j ? Infinity : taxicab(minus(conjugate(x), y)));
    const nearest = Math.min(...apart);
    return { place: apart.indexOf(nearest), nearest };
  });
  const isReal = raw.map((x, i) =>
    Math.abs(im(x)) <= 8 * 2 ** -52 * Math.abs(re(x)) || !(partners[i]!.nearest <= Math.abs(im(x)))
  );
  const values = raw.map((x, i) => {
    if (isReal[i]) return re(x);
    const { place, nearest } = partners[i]!;
    if (partners[place]!.nearest !== nearest) return x;
    return times(plus(x, conjugate(raw[place]!)), 0.5);
  });
  return { values, isReal };
}

/** The vector of a triangle that belongs to a value on its diagonal. */
function substituted(h: Matrix, j: number): Entry[] {
  const x = Array.from({ length: h.n }, (_, i): Entry => i === j ? 1 : 0), value = h.at(j, j);
  for (let i = j - 1; i >= 0; i--) {
    let sum: Entry = 0;
    for (let m = i + 1; m <= j; m++) sum = plus(sum, times(h.at(i, m), x[m]!));
    const gap = minus(value, h.at(i, i));
    const least = Math.max(taxicab(value) * 2 ** -52, 2 ** -970);
    x[i] = over(sum, taxicab(gap) < least ? least : gap);
    const by = 1 / powerOf(Math.max(1, taxicab(x[i]!)));
    x.forEach((one, m) => x[m] = times(one, by));
  }
  return x;
}

/** A vector of length 1, of which the first large number is real and positive. */
function normalised(x: readonly Entry[]): Entry[] {
  const most = Math.max(...x.map(taxicab)), own = x.map((one) => times(one, 1 / most));
  const sizes = own.map(squared), large = Math.max(...sizes);
  const head = own[sizes.findIndex((size) => size >= 0.37 ** 2 * large)] ?? 1;
  const length = Math.sqrt(sizes.reduce((sum, size) => sum + size, 0)) * sizeOfEntry(head);
  return own.map((one) => times(times(one, conjugate(head)), 1 / length));
}

/** What a decomposition fills in. */
interface EigParts {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Eigenvalues in the order of their real parts, and vectors in columns. */
export function eigOf(
  from: { readonly re: Float64Array; readonly im: Float64Array | null },
  n: number,
  values: EigParts,
  vectors: EigParts | null,
): void {
  const h = new Matrix(n), v = new Matrix(n);
  const most = [...from.re, ...from.im ?? []].reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  if (!Number.isFinite(most)) {
    for (const part of [values, ...vectors === null ? [] : [vectors]]) {
      part.re.fill(NaN);
      part.im.fill(NaN);
    }
    return;
  }
  const power = powerOf(most), scale = power > 0 && power < Infinity ? power : 1;
  for (let i = 0; i < n; i++) {
    v.set(i, i, 1);
    for (let j = 0, k = i * n; j < n; j++, k++) {
      h.set(i, j, complexOf(from.re[k]! / scale, from.im === null ? 0 : from.im[k]! / scale));
    }
  }
  const factors = n > 1 ? balance(h) : [1];
  hessenberg(h, v);
  schur(h, v);
  const raw = Array.from({ length: n }, (_, j) => h.at(j, j));
  const own = from.im === null ? conjugated(raw) : { values: raw, isReal: raw.map(() => false) };
  const keys = own.values.map((x) => [Math.floor(re(x) / sameReal("float64") + 0.5), im(x), re(x)]);
  const order = keys.map((_, i) => i).sort((i, j) =>
    keys[i]!.map((x, key) => x - keys[j]![key]!).find((x) => x !== 0) ?? i - j
  );
  order.forEach((j, place) => {
    const value = times(own.values[j]!, scale);
    values.re[place] = re(value);
    values.im[place] = im(value);
    if (vectors === null) return;
    const x = substituted(h, j), y: Entry[] = [];
    for (let i = 0; i < n; i++) {
      let sum: Entry = 0;
      for (let m = 0; m < n; m++) sum = plus(sum, times(v.at(i, m), x[m]!));
      y.push(times(sum, factors[i]!));
    }
    normalised(y).forEach((one, i) => {
      vectors.re[i * n + place] = re(one);
      vectors.im[i * n + place] = own.isReal[j] ? 0 : im(one);
    });
  });
}

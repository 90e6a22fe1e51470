/**
 * QR, eigenvalues and singular values of one matrix, in float64: what the reference computes.
 *
 * @module
 */

import {
  conjugate,
  type Entry,
  isZero,
  minus,
  over,
  plus,
  re,
  Rows,
  sizeOfEntry,
  squared,
  times,
} from "./reference_numbers.ts";

/** A reflection I - tau·v·vᴴ. */
interface Reflection {
  readonly v: Rows;
  readonly tau: Entry;
}

/** Takes `tau` times what columns from `from` on have of v. */
function reflect(x: Rows, width: number, from: number, { v, tau }: Reflection): void {
  const m = v.length;
  for (let c = from; c < width; c++) {
    let sum: Entry = 0;
    for (let i = 0; i < m; i++) sum = plus(sum, times(conjugate(v.at(i)), x.at(i * width + c)));
    const amount = times(tau, sum);
    for (let i = 0; i < m; i++) {
      x.put(i * width + c, minus(x.at(i * width + c), times(amount, v.at(i))));
    }
  }
}

/** R of m by n in place of the matrix, and Q with as many columns as fit into `q`. */
export function qrOf(a: Rows, m: number, n: number, q: Rows): void {
  const columns = m === 0 ? 0 : q.length / m;
  const reflections: Reflection[] = [];
  for (let t = 0; t < Math.min(m, n); t++) {
    let rest = 0;
    for (let i = t + 1; i < m; i++) rest = Math.hypot(rest, sizeOfEntry(a.at(i * n + t)));
    const whole = a.at(t * n + t), head = re(whole), isReal = isZero(minus(whole, head));
    const length = Math.hypot(sizeOfEntry(whole), rest), isDone = rest === 0 && isReal;
    const end = isDone ? head : head < 0 ? length : -length, step = minus(whole, end);
    const v = Rows.zeros(m, a.isComplex), tau = isDone ? 0 : over(minus(end, whole), end);
    v.put(t, 1);
    for (let i = t + 1; i < m; i++) v.put(i, isDone ? 0 : over(a.at(i * n + t), step));
    reflect(a, n, t, { v, tau: conjugate(tau) });
    a.put(t * n + t, end);
    for (let i = t + 1; i < m; i++) a.put(i * n + t, 0);
    reflections.push({ v, tau });
  }
  for (let i = 0; i < Math.min(m, columns); i++) q.put(i * columns + i, 1);
  for (const one of reflections.toReversed()) reflect(q, columns, 0, one);
}

/** What makes two rows orthogonal: the first becomes c·first - s·second, the other one s̄·first + c·second. */
function rotation(alpha: number, beta: number, gamma: Entry): [cosine: number, sine: Entry] {
  const size = typeof gamma === "number" ? gamma : sizeOfEntry(gamma);
  const zeta = (beta - alpha) / (2 * size);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(zeta * zeta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const phase = typeof gamma === "number" ? 1 : over(gamma, size);
  return [cosine, times(tangent * cosine, phase)];
}

/** Turns numbers `i` and `j` of a matrix. */
function turn(x: Rows, i: number, j: number, c: number, s: Entry): void {
  const [p, q] = [x.at(i), x.at(j)];
  x.put(i, minus(times(c, p), times(s, q)));
  x.put(j, plus(times(conjugate(s), p), times(c, q)));
}

/** Turns rows i and j of a matrix with `length` columns. */
function turnRows(x: Rows, length: number, i: number, j: number, c: number, s: Entry): void {
  for (let k = 0; k < length; k++) turn(x, i * length + k, j * length + k, c, s);
}

/** The sign that makes the first large number of a row positive; 1 for complex ones, which have phases. */
function signOf(x: Rows, row: number, length: number): number {
  if (x.isComplex) return 1;
  const own = x.data.subarray(row * length, (row + 1) * length);
  const most = own.reduce((m, value) => Math.max(m, Math.abs(value)), 0);
  return (own.find((value) => Math.abs(value) >= 0.37 * most) ?? 0) < 0 ? -1 : 1;
}

/** Positions that sort numbers; equal ones stay in order. */
function orderOf(numbers: ArrayLike<number>, sign: number): number[] {
  return Array.from(numbers, (_, i) => i).sort((i, j) =>
    sign * (numbers[i]! - numbers[j]!) || i - j
  );
}

/** What a matrix is divided by, so that squares of its elements stay in range. */
function scaleOf(from: Rows): number {
  const most = from.data.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  const power = 2 ** Math.floor(Math.log2(most));
  return power > 0 && power < Infinity ? power : 1;
}

/** The identity matrix. */
function identity(n: number, isComplex: boolean): Rows {
  const made = Rows.zeros(n * n, isComplex);
  for (let i = 0; i < n; i++) made.put(i * n + i, 1);
  return made;
}

/** Eigenvalues of symmetric matrices, of which the lower triangle is read, and vectors in columns. */
export function eighOf(from: Rows, n: number, values: Float64Array, vectors: Rows | null): void {
  const a = from.copy(), v = identity(n, from.isComplex);
  for (let i = 0; i < n; i++) {
    a.put(i * n + i, re(a.at(i * n + i)));
    for (let j = i + 1; j < n; j++) a.put(i * n + j, conjugate(a.at(j * n + i)));
  }
  const scale = scaleOf(a);
  a.data.forEach((x, i) => a.data[i] = x / scale);
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0, all = 0;
    for (let i = 0; i < n * n; i++) {
      const square = squared(a.at(i));
      all += square;
      if (i % (n + 1) !== 0) off += square;
    }
    if (!(off > all * 1e-34)) break;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const gamma = a.at(i * n + j);
        if (isZero(gamma)) continue;
        const [c, s] = rotation(re(a.at(i * n + i)), re(a.at(j * n + j)), gamma);
        turnRows(a, n, i, j, c, s);
        for (let k = 0; k < n; k++) turn(a, k * n + i, k * n + j, c, conjugate(s));
        a.put(i * n + j, 0);
        a.put(j * n + i, 0);
        turnRows(v, n, i, j, c, s);
      }
    }
  }
  const found = Array.from({ length: n }, (_, i) => re(a.at(i * n + i)));
  orderOf(found, 1).forEach((row, place) => {
    values[place] = found[row]! * scale;
    const sign = signOf(v, row, n);
    for (let k = 0; k < n && vectors !== null; k++) {
      vectors.put(k * n + place, times(sign, conjugate(v.at(row * n + k))));
    }
  });
}

/** Singular values of a matrix of m rows and n columns, left vectors in columns, right ones in rows. */
export function svdOf(
  from: Rows,
  m: number,
  n: number,
  values: Float64Array,
  vectors: { readonly u: Rows; readonly v: Rows } | null,
): void {
  const { isComplex } = from, x = Rows.zeros(n * m, isComplex), v = identity(n, isComplex);
  const scale = scaleOf(from);
  let all = 0;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) {
      x.put(j * m + i, over(from.at(i * n + j), scale));
      all += squared(x.at(j * m + i));
    }
  }
  const dot = (i: number, j: number) => {
    let sum: Entry = 0;
    for (let k = 0; k < m; k++) sum = plus(sum, times(x.at(i * m + k), conjugate(x.at(j * m + k))));
    return sum;
  };
  for (let sweep = 0, isOpen = true; isOpen && sweep < 60; sweep++) {
    isOpen = false;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const [alpha, beta, gamma] = [re(dot(i, i)), re(dot(j, j)), dot(i, j)];
        const isNoise = Math.min(alpha, beta) <= 1e-32 * all;
        if (isNoise || !(sizeOfEntry(gamma) > 1e-15 * Math.sqrt(alpha * beta))) continue;
        isOpen = true;
        const [c, s] = rotation(alpha, beta, gamma);
        turnRows(x, m, i, j, c, s);
        turnRows(v, n, i, j, c, s);
      }
    }
  }
  const found = Array.from({ length: n }, (_, i) => Math.sqrt(re(dot(i, i))));
  const least = values.length, sorted = Rows.zeros(m * least, isComplex);
  orderOf(found, -1).slice(0, least).forEach((row, place) => {
    values[place] = found[row]! * scale;
    const sign = signOf(v, row, n);
    for (let i = 0; i < m; i++) sorted.put(i * least + place, times(sign, x.at(row * m + i)));
  });
  if (vectors === null) return;
  const { u, v: right } = vectors;
  orderOf(found, -1).slice(0, right.length / n).forEach((row, place) => {
    const sign = signOf(v, row, n);
    for (let k = 0; k < n; k++) {
      right.put(place * n + k, times(sign, conjugate(v.at(row * n + k))));
    }
  });
  qrOf(sorted, m, least, u);
  const width = m === 0 ? 0 : u.length / m;
  for (let j = 0; j < least; j++) {
    if (re(sorted.at(j * least + j)) >= 0) continue;
    for (let i = 0; i < m; i++) u.put(i * width + j, times(-1, u.at(i * width + j)));
  }
}

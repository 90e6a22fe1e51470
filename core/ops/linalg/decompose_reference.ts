/**
 * QR, eigenvalues and singular values of one matrix, in float64: what the reference computes.
 *
 * @module
 */

import type { Rows } from "./reference.ts";

/** R of m by n in place of the matrix, and Q with as many columns as fit into `q`. */
export function qrOf(a: Rows, m: number, n: number, q: Rows): void {
  const columns = m === 0 ? 0 : q.length / m;
  const reflections: { v: Rows; tau: number }[] = [];
  const reflect = (x: Rows, width: number, from: number, { v, tau }: { v: Rows; tau: number }) => {
    for (let c = from; c < width; c++) {
      let sum = 0;
      for (let i = 0; i < m; i++) sum += v[i]! * x[i * width + c]!;
      for (let i = 0; i < m; i++) x[i * width + c]! -= tau * sum * v[i]!;
    }
  };
  for (let t = 0; t < Math.min(m, n); t++) {
    let rest = 0;
    for (let i = t + 1; i < m; i++) rest = Math.hypot(rest, a[i * n + t]!);
    const head = a[t * n + t]!, length = Math.hypot(head, rest);
    const end = rest === 0 ? head : head < 0 ? length : -length;
    const v = new Float64Array(m), tau = rest === 0 ? 0 : (end - head) / end;
    v[t] = 1;
    for (let i = t + 1; i < m; i++) v[i] = rest === 0 ? 0 : a[i * n + t]! / (head - end);
    const one = { v, tau };
    reflect(a, n, t, one);
    a[t * n + t] = end;
    for (let i = t + 1; i < m; i++) a[i * n + t] = 0;
    reflections.push(one);
  }
  for (let i = 0; i < Math.min(m, columns); i++) q[i * columns + i] = 1;
  for (const one of reflections.toReversed()) reflect(q, columns, 0, one);
}

/** By which angle two rows are turned, as a cosine and a sine. */
function rotation(alpha: number, beta: number, gamma: number): [cosine: number, sine: number] {
  const zeta = (beta - alpha) / (2 * gamma);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(zeta * zeta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  return [cosine, tangent * cosine];
}

/** Turns rows i and j of a matrix with `length` columns. */
function turnRows(x: Rows, length: number, i: number, j: number, c: number, s: number): void {
  for (let k = 0; k < length; k++) {
    const [p, q] = [x[i * length + k]!, x[j * length + k]!];
    x[i * length + k] = c * p - s * q;
    x[j * length + k] = s * p + c * q;
  }
}

/** The sign that makes the first large number of a row positive. */
function signOf(x: Rows, row: number, length: number): number {
  const own = x.subarray(row * length, (row + 1) * length);
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
  const most = from.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  const power = 2 ** Math.floor(Math.log2(most));
  return power > 0 && power < Infinity ? power : 1;
}

/** Eigenvalues of a symmetric matrix, of which the lower triangle is read, and vectors in columns. */
export function eighOf(from: Rows, n: number, values: Rows, vectors: Rows | null): void {
  const a = from.slice(), v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    v[i * n + i] = 1;
    for (let j = i + 1; j < n; j++) a[i * n + j] = a[j * n + i]!;
  }
  const scale = scaleOf(a);
  a.forEach((x, i) => a[i] = x / scale);
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0, all = 0;
    a.forEach((x, i) => {
      all += x * x;
      if (i % (n + 1) !== 0) off += x * x;
    });
    if (!(off > all * 1e-34)) break;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        if (a[i * n + j] === 0) continue;
        const [c, s] = rotation(a[i * n + i]!, a[j * n + j]!, a[i * n + j]!);
        turnRows(a, n, i, j, c, s);
        for (let k = 0; k < n; k++) {
          const [p, q] = [a[k * n + i]!, a[k * n + j]!];
          a[k * n + i] = c * p - s * q;
          a[k * n + j] = s * p + c * q;
        }
        a[i * n + j] = a[j * n + i] = 0;
        turnRows(v, n, i, j, c, s);
      }
    }
  }
  const found = Array.from({ length: n }, (_, i) => a[i * n + i]!);
  orderOf(found, 1).forEach((row, place) => {
    values[place] = found[row]! * scale;
    const sign = signOf(v, row, n);
    for (let k = 0; k < n && vectors !== null; k++) {
      vectors[k * n + place] = sign * v[row * n + k]!;
    }
  });
}

/** Singular values of a matrix of m rows and n columns, left vectors in columns, right ones in rows. */
export function svdOf(
  from: Rows,
  m: number,
  n: number,
  values: Rows,
  vectors: { readonly u: Rows; readonly v: Rows } | null,
): void {
  const x = new Float64Array(n * m), v = new Float64Array(n * n);
  const scale = scaleOf(from);
  let all = 0;
  for (let j = 0; j < n; j++) {
    v[j * n + j] = 1;
    for (let i = 0; i < m; i++) {
      x[j * m + i] = from[i * n + j]! / scale;
      all += x[j * m + i]! ** 2;
    }
  }
  const dot = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += x[i * m + k]! * x[j * m + k]!;
    return sum;
  };
  for (let sweep = 0, isOpen = true; isOpen && sweep < 60; sweep++) {
    isOpen = false;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const [alpha, beta, gamma] = [dot(i, i), dot(j, j), dot(i, j)];
        const isNoise = Math.min(alpha, beta) <= 1e-32 * all;
        if (isNoise || !(Math.abs(gamma) > 1e-15 * Math.sqrt(alpha * beta))) continue;
        isOpen = true;
        const [c, s] = rotation(alpha, beta, gamma);
        turnRows(x, m, i, j, c, s);
        turnRows(v, n, i, j, c, s);
      }
    }
  }
  const found = Array.from({ length: n }, (_, i) => Math.sqrt(dot(i, i))), least = values.length;
  const sorted = new Float64Array(m * least);
  orderOf(found, -1).slice(0, least).forEach((row, place) => {
    values[place] = found[row]! * scale;
    const sign = signOf(v, row, n);
    for (let i = 0; i < m; i++) sorted[i * least + place] = sign * x[row * m + i]!;
  });
  if (vectors === null) return;
  const { u, v: right } = vectors;
  orderOf(found, -1).slice(0, right.length / n).forEach((row, place) => {
    const sign = signOf(v, row, n);
    for (let k = 0; k < n; k++) right[place * n + k] = sign * v[row * n + k]!;
  });
  qrOf(sorted, m, least, u);
  const width = m === 0 ? 0 : u.length / m;
  for (let j = 0; j < least; j++) {
    if (sorted[j * least + j]! >= 0) continue;
    for (let i = 0; i < m; i++) u[i * width + j]! *= -1;
  }
}

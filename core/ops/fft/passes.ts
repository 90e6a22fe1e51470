/**
 * Fourier transforms as passes over memory (Stockham's, which need no order of bits reversed), and
 * Bluestein's way for lengths with large primes.
 *
 * @module
 */

import { type DType, isComplex } from "../../graph/dtype.ts";
import { makeConstant, type Variable } from "../../graph/graph.ts";
import type { ComplexElement, EmitContext, LoopNestBuilder, Target } from "../../graph/op.ts";
import { type Ix, sizeIx, zeroIx } from "../../ir/builder.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import type { Guards, Size } from "../../ir/size.ts";
import { mulElements } from "../elementwise/complex_elements.ts";
import { butterfly } from "./butterfly.ts";
import { type ComplexArrays, primesOf, rootsOf, transformed } from "./numbers.ts";

/** The greatest prime that passes are made for. */
const MOST_PRIME = 13;

/** Where an element is: the number of its row, its place in it, and the number of its column. */
export interface ElementPlace {
  readonly row: Ix;
  readonly at: Ix;
  readonly column: Ix;
}

/** Reads an element of what is transformed. */
export type Source = (nest: LoopNestBuilder, place: ElementPlace) => ComplexElement;
/** Stores an element of a transform. */
export type Sink = (nest: LoopNestBuilder, place: ElementPlace, value: ComplexElement) => void;

/** What all transforms of an op have in common: of elements of `dtype` in `columns` of each of `rows`. */
export interface Lines {
  readonly context: EmitContext;
  /** A real dtype. */
  readonly dtype: DType;
  readonly rows: Size;
  readonly columns: Size;
}

const tables = new WeakMap<Guards, Map<string, Variable>>();

/** A table of numbers in memory, once in a plan for all that ask for it by the same name. */
export function table(
  { context, dtype }: Lines,
  name: string,
  shape: readonly number[],
  data: () => Float64Array,
): Target {
  let known = tables.get(context.guards);
  if (known === undefined) tables.set(context.guards, known = new Map());
  const key = `${dtype} ${name}`;
  let constant = known.get(key);
  if (constant === undefined) {
    known.set(key, constant = makeConstant({ dtype, shape, data: data() }));
  }
  return context.buffer(constant);
}

/** An element of a table. */
export function entry(
  nest: LoopNestBuilder,
  from: Target,
  ...index: readonly (Ix | number)[]
): SNode {
  const at = index.map((ix) => typeof ix === "number" ? sizeIx(ix) : ix);
  return nest.readTarget(from, at) as SNode;
}

/** A nest over some places of all lines. */
export function eachPlace(
  { context, rows, columns }: Lines,
  name: string,
  sizes: readonly number[],
  build: (nest: LoopNestBuilder, place: (at: Ix) => ElementPlace, axes: readonly Ix[]) => void,
): void {
  const isOne = columns === 1, open = sizes.map((n, i) => n === 1 ? -1 : i).filter((i) => i >= 0);
  const axes = [rows, ...open.map((i) => sizes[i]!), ...isOne ? [] : [columns]];
  context.nest(name, axes, [], (nest) => {
    const row = nest.axes[0]!, column = isOne ? zeroIx : nest.axes.at(-1)!;
    const own = sizes.map((_, i) => open.includes(i) ? nest.axes[1 + open.indexOf(i)]! : zeroIx);
    build(nest, (at) => ({ row, at, column }), own);
  });
}

/** Memory for complex numbers, real parts of a line apart from imaginary ones. */
interface Planes {
  readonly source: Source;
  readonly sink: Sink;
}

/** Memory for `n` complex numbers of each line. */
export function planes({ context, dtype, rows, columns }: Lines, name: string, n: number): Planes {
  const target = context.temp(name, dtype, [rows, 2, n, columns]);
  const index = (
    { row, at, column }: ElementPlace,
    part: number,
  ) => [row, sizeIx(part), at, column];
  return {
    source: (nest, place) => ({
      re: nest.readTarget(target, index(place, 0)) as SNode,
      im: nest.readTarget(target, index(place, 1)) as SNode,
    }),
    sink: (nest, place, { re, im }) => {
      nest.storeOuter(target, index(place, 0), re);
      nest.storeOuter(target, index(place, 1), im);
    },
  };
}

/** Memory that holds a tensor, as lines of `n` numbers. */
export function linesOf(
  { rows, columns }: Lines,
  { buffer, dtype }: Target,
  n: number,
): Planes & { readonly real: (nest: LoopNestBuilder, place: ElementPlace) => SNode } {
  const target: Target = { buffer, dtype, shape: [rows, n, columns] };
  const index = ({ row, at, column }: ElementPlace) => [row, at, column];
  const read = (nest: LoopNestBuilder, place: ElementPlace) =>
    nest.readTarget(target, index(place));
  return {
    source: (nest, place) => {
      const x = read(nest, place);
      return "op" in x ? { re: x, im: nest.b.constant(x.type, 0) } : x;
    },
    real: (nest, place) => read(nest, place) as SNode,
    sink: (nest, place, value) =>
      nest.storeOuter(target, index(place), isComplex(dtype) ? value : value.re),
  };
}

/** How long the passes of a length are, in order; null where a prime is too large. */
function radicesOf(n: number): number[] | null {
  const primes = primesOf(n), odd = primes.filter((p) => p !== 2);
  if (odd.some((p) => p > MOST_PRIME)) return null;
  let twos = primes.length - odd.length;
  const radices: number[] = [];
  for (; twos >= 3 && twos !== 4; twos -= 3) radices.push(8);
  for (; twos >= 2; twos -= 2) radices.push(4);
  if (twos === 1) radices.push(2);
  return [...radices, ...odd];
}

/** What is stored, times a number. */
function times(sink: Sink, scale: number): Sink {
  if (scale === 1) return sink;
  return (nest, place, { re, im }) => {
    const by = nest.b.constant(re.type, scale);
    sink(nest, place, { re: nest.b.mul(re, by), im: nest.b.mul(im, by) });
  };
}

/** A transform of `n` elements of each line: sums over j of x[j]·exp(sign·2πijk/n), times `scale`. */
interface Transform {
  readonly n: number;
  readonly sign: 1 | -1;
  readonly scale: number;
  readonly source: Source;
  readonly sink: Sink;
}

/** Adds the steps of a transform. */
export function transform(lines: Lines, of: Transform): void {
  const { n, sign, scale, source, sink } = of, radices = radicesOf(n);
  if (radices === null) return bluestein(lines, of);
  if (n === 1) {
    eachPlace(lines, "fft", [1], (nest, place, [at]) => {
      times(sink, scale)(nest, place(at!), source(nest, place(at!)));
    });
    return;
  }
  const memory = Array.from(
    { length: Math.min(2, radices.length - 1) },
    (_, i) => planes(lines, `fft${i}`, n),
  );
  let s = 1;
  radices.forEach((r, i) => {
    const m = n / s / r, isLast = i === radices.length - 1, stride = s;
    const from = i === 0 ? source : memory[(i - 1) % 2]!.source;
    const to = isLast ? times(sink, scale) : memory[i % 2]!.sink;
    const turns = m === 1 ? null : turnsOf(lines, r, m);
    eachPlace(lines, "fft", [m, stride], (nest, place, [p, q]) => {
      const { b } = nest;
      const at = (p: Ix, shift: number) =>
        place(b.addIx(b.addIx(q!, b.scaleIx(p, stride)), sizeIx(shift)));
      const x = Array.from({ length: r }, (_, j) => from(nest, at(p!, stride * m * j)));
      butterfly(b, x, sign).forEach((value, k) => {
        to(nest, at(b.scaleIx(p!, r), stride * k), turned(nest, value, turns, p!, k, sign));
      });
    });
    s *= r;
  });
}

/** The roots exp(-2πikp/(r·m)), for k = 1 … r - 1 and p = 0 … m - 1, as a table. */
function turnsOf(lines: Lines, r: number, m: number): Target {
  return table(lines, `turns ${r} ${m}`, [r - 1, 2, m], () => {
    const roots = rootsOf(r * m), data = new Float64Array(2 * (r - 1) * m);
    for (let k = 1; k < r; k++) {
      const at = 2 * (k - 1) * m;
      for (let p = 0; p < m; p++) {
        data[at + p] = roots.re[p * k]!;
        data[at + m + p] = roots.im[p * k]!;
      }
    }
    return data;
  });
}

/** An element times the root for k and p. */
function turned(
  nest: LoopNestBuilder,
  x: ComplexElement,
  turns: Target | null,
  p: Ix,
  k: number,
  sign: 1 | -1,
): ComplexElement {
  if (turns === null || k === 0) return x;
  const root = { re: entry(nest, turns, k - 1, 0, p), im: entry(nest, turns, k - 1, 1, p) };
  return sign === -1 ? mulElements(nest.b, x, root) : mulConj(nest, x, root);
}

/** x·conj(y) */
function mulConj({ b }: LoopNestBuilder, x: ComplexElement, y: ComplexElement): ComplexElement {
  return {
    re: b.add(b.mul(x.re, y.re), b.mul(x.im, y.im)),
    im: b.sub(b.mul(x.im, y.re), b.mul(x.re, y.im)),
  };
}

/** The least length from `n` on that passes are short for. */
function smoothFrom(n: number): number {
  let best = Infinity;
  for (let odd = 1; odd <= 15; odd += 2) {
    if (odd === 7 || odd === 11 || odd === 13) continue;
    best = Math.min(best, odd * 2 ** Math.max(0, Math.ceil(Math.log2(n / odd))));
  }
  return best;
}

/** The numbers exp(sign·πij²/n). */
function chirpOf(n: number, sign: 1 | -1): ComplexArrays {
  const roots = rootsOf(2 * n), re = new Float64Array(n), im = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const at = j * j % (2 * n);
    re[j] = roots.re[at]!;
    im[j] = -sign * roots.im[at]!;
  }
  return { re, im };
}

/**
 * A transform as a convolution with a chirp (Bluestein, 1970): jk is (j² + k² - (k - j)²) / 2, so
 * X[k] = c[k] Σ (x[j] c[j]) conj(c[k - j]) with c[j] = exp(sign·πij²/n), by transforms of a good length.
 */
function bluestein(lines: Lines, { n, sign, scale, source, sink }: Transform): void {
  const m = smoothFrom(2 * n - 1);
  const chirps = table(lines, `chirp ${n} ${sign}`, [2, n], () => {
    const { re, im } = chirpOf(n, sign);
    return new Float64Array([...re, ...im]);
  });
  const filters = table(lines, `filter ${n} ${sign}`, [2, m], () => {
    const { re, im } = chirpOf(n, sign),
      filter = { re: new Float64Array(m), im: new Float64Array(m) };
    for (let j = 0; j < n; j++) {
      for (const place of [j, (m - j) % m]) {
        filter.re[place] = re[j]! / m;
        filter.im[place] = -im[j]! / m;
      }
    }
    const made = transformed(filter, rootsOf(m));
    return new Float64Array([...made.re, ...made.im]);
  });
  const read = (nest: LoopNestBuilder, from: Target, at: Ix) => ({
    re: entry(nest, from, 0, at),
    im: entry(nest, from, 1, at),
  });
  const wide = planes(lines, "chirped", m), both = planes(lines, "convolved", m);
  eachPlace(lines, "chirp", [n], (nest, place, [at]) => {
    const x = source(nest, place(at!));
    wide.sink(nest, place(at!), mulElements(nest.b, x, read(nest, chirps, at!)));
  });
  eachPlace(lines, "nothing", [m - n], (nest, place, [at]) => {
    const none = nest.b.constant(scalarTypeOf(lines.dtype), 0);
    wide.sink(nest, place(nest.b.addIx(at!, sizeIx(n))), { re: none, im: none });
  });
  const filtered: Sink = (nest, place, value) =>
    both.sink(nest, place, mulElements(nest.b, value, read(nest, filters, place.at)));
  transform(lines, { n: m, sign: -1, scale: 1, source: wide.source, sink: filtered });
  transform(lines, { n: m, sign: 1, scale: 1, source: both.source, sink: wide.sink });
  eachPlace(lines, "chirp", [n], (nest, place, [at]) => {
    const value = mulElements(nest.b, wide.source(nest, place(at!)), read(nest, chirps, at!));
    times(sink, scale)(nest, place(at!), value);
  });
}

/**
 * Transforms from real numbers to half of a spectrum, whose other half mirrors it, and back. An even number
 * of them is taken as half as many complex numbers.
 *
 * @module
 */

import type { ComplexElement, LoopNestBuilder, Target } from "../../graph/op.ts";
import { type Ix, sizeIx, zeroIx } from "../../ir/builder.ts";
import { minus, plus } from "../common/elements.ts";
import { mulElements } from "../elementwise/complex_elements.ts";
import { rootsOf } from "./numbers.ts";
import {
  eachPlace,
  type ElementPlace,
  entry,
  type Lines,
  type linesOf,
  planes,
  type Sink,
  type Source,
  table,
  transform,
} from "./passes.ts";

type Tensor = ReturnType<typeof linesOf>;

function conj({ b }: LoopNestBuilder, { re, im }: ComplexElement): ComplexElement {
  return { re, im: b.unary("neg", im) };
}

/** c·x */
function times({ b }: LoopNestBuilder, c: number, { re, im }: ComplexElement): ComplexElement {
  const by = b.constant(re.type, c);
  return c === 1 ? { re, im } : { re: b.mul(by, re), im: b.mul(by, im) };
}

/** The roots c·exp(-2πi(k + 1)/n), for k below h - 1. */
function rootTable(lines: Lines, n: number, h: number, c: number): Target {
  return table(lines, `halves ${n} ${c}`, [2, h - 1], () => {
    const { re, im } = rootsOf(n);
    return new Float64Array([...re.subarray(1, h), ...im.subarray(1, h)]).map((x) => c * x);
  });
}

function rootAt(nest: LoopNestBuilder, roots: Target, at: Ix): ComplexElement {
  return { re: entry(nest, roots, 0, at), im: entry(nest, roots, 1, at) };
}

/** Adds the steps from `n` real numbers to the first n/2 + 1 of their transform. */
export function emitHalved(lines: Lines, n: number, scale: number, x: Tensor, y: Tensor): void {
  const h = n >> 1, isEven = n % 2 === 0;
  if (!isEven || n === 2) {
    const whole = planes(lines, "spectrum", n);
    transform(lines, { n, sign: -1, scale, source: x.source, sink: whole.sink });
    eachPlace(lines, "half", [h + 1], (nest, place, [at]) => {
      y.sink(nest, place(at!), whole.source(nest, place(at!)));
    });
    return;
  }
  const pairs = planes(lines, "pairs", h);
  const source: Source = (nest, place) => {
    const { b } = nest, at = b.scaleIx(place.at, 2);
    return {
      re: x.real(nest, { ...place, at }),
      im: x.real(nest, { ...place, at: b.addIx(at, sizeIx(1)) }),
    };
  };
  transform(lines, { n: h, sign: -1, scale: 1, source, sink: pairs.sink });
  eachPlace(lines, "ends", [1], (nest, place) => {
    const { b } = nest, { re, im } = pairs.source(nest, place(zeroIx));
    const zero = b.constant(re.type, 0);
    y.sink(nest, place(zeroIx), times(nest, scale, { re: b.add(re, im), im: zero }));
    y.sink(nest, place(sizeIx(h)), times(nest, scale, { re: b.sub(re, im), im: zero }));
  });
  if (h === 1) return;
  const roots = rootTable(lines, n, h, scale / 2);
  // With z[k] the transform of the pairs: even ones give (z[k] + conj z[h - k]) / 2, odd ones the rest.
  eachPlace(lines, "spectrum", [h - 1], (nest, place, [at]) => {
    const { b } = nest, k = place(b.addIx(at!, sizeIx(1)));
    const mirror = place(b.addIx(sizeIx(h - 1), b.scaleIx(at!, -1)));
    const one = pairs.source(nest, k), other = conj(nest, pairs.source(nest, mirror));
    const even = times(nest, scale / 2, plus(b, one, other));
    const { re, im } = mulElements(b, minus(b, one, other), rootAt(nest, roots, at!));
    y.sink(nest, k, plus(b, even, { re: im, im: b.unary("neg", re) }));
  });
}

/** Adds the steps from the first n/2 + 1 elements of a transform of `n` real numbers back to these. */
export function emitJoined(lines: Lines, n: number, scale: number, y: Tensor, x: Tensor): void {
  const h = n >> 1, isEven = n % 2 === 0;
  const end = (nest: LoopNestBuilder, at: ElementPlace) => y.source(nest, at).re;
  if (!isEven || n === 2) {
    const whole = planes(lines, "spectrum", n);
    eachPlace(lines, "ends", [1], (nest, place) => {
      const zero = (re: ComplexElement["re"]) => nest.b.constant(re.type, 0);
      for (const at of n === 2 ? [0, 1] : [0]) {
        const re = end(nest, place(sizeIx(at)));
        whole.sink(nest, place(sizeIx(at)), { re, im: zero(re) });
      }
    });
    if (n > 2) {
      eachPlace(lines, "mirrored", [h], (nest, place, [at]) => {
        const { b } = nest, k = b.addIx(at!, sizeIx(1)), value = y.source(nest, place(k));
        whole.sink(nest, place(k), value);
        whole.sink(nest, place(b.addIx(sizeIx(n), b.scaleIx(k, -1))), conj(nest, value));
      });
    }
    transform(lines, { n, sign: 1, scale, source: whole.source, sink: x.sink });
    return;
  }
  const pairs = planes(lines, "pairs", h), roots = rootTable(lines, n, h, 1);
  eachPlace(lines, "ends", [1], (nest, place) => {
    const { b } = nest, [first, last] = [end(nest, place(zeroIx)), end(nest, place(sizeIx(h)))];
    pairs.sink(nest, place(zeroIx), { re: b.add(first, last), im: b.sub(first, last) });
  });
  eachPlace(lines, "pairs", [h - 1], (nest, place, [at]) => {
    const { b } = nest, k = place(b.addIx(at!, sizeIx(1)));
    const mirror = place(b.addIx(sizeIx(h - 1), b.scaleIx(at!, -1)));
    const one = y.source(nest, k), other = conj(nest, y.source(nest, mirror));
    const root = conj(nest, rootAt(nest, roots, at!));
    const { re, im } = mulElements(b, minus(b, one, other), root);
    pairs.sink(
      nest,
      k,
      plus(b, plus(b, one, other), { re: b.unary("neg", im), im: re }),
    );
  });
  const sink: Sink = (nest, place, { re, im }) => {
    const { b } = nest, at = b.scaleIx(place.at, 2);
    x.sink(nest, { ...place, at }, { re, im });
    x.sink(nest, { ...place, at: b.addIx(at, sizeIx(1)) }, { re: im, im: re });
  };
  transform(lines, { n: h, sign: 1, scale, source: pairs.source, sink });
}

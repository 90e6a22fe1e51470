/**
 * Numbers of matrices, real or complex, for the reference.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import * as z from "../elementwise/complex_reference.ts";

/** A number of a matrix: those of real matrices are numbers. */
export type Entry = number | z.Complex;

function whole(x: Entry): z.Complex {
  return typeof x === "number" ? z.complexOf(x) : x;
}

/** The real part of x. */
export function re(x: Entry): number {
  return typeof x === "number" ? x : x.re;
}

/** The imaginary part of x. */
export function im(x: Entry): number {
  return typeof x === "number" ? 0 : x.im;
}

/** Whether x is 0. */
export function isZero(x: Entry): boolean {
  return typeof x === "number" ? x === 0 : x.re === 0 && x.im === 0;
}

/** x + y */
export function plus(x: Entry, y: Entry): Entry {
  if (typeof x === "number" && typeof y === "number") return x + y;
  return z.addComplex(whole(x), whole(y));
}

/** x - y */
export function minus(x: Entry, y: Entry): Entry {
  if (typeof x === "number" && typeof y === "number") return x - y;
  return z.subComplex(whole(x), whole(y));
}

/** x · y */
export function times(x: Entry, y: Entry): Entry {
  if (typeof x === "number" && typeof y === "number") return x * y;
  if (typeof x === "number") return times(y, x);
  if (typeof y === "number") return { re: x.re * y, im: x.im * y };
  return z.mulComplex(x, y);
}

/** x / y */
export function over(x: Entry, y: Entry): Entry {
  if (typeof y !== "number") return z.divComplex(whole(x), y);
  return typeof x === "number" ? x / y : { re: x.re / y, im: x.im / y };
}

/** The conjugate of x. */
export function conjugate(x: Entry): Entry {
  return typeof x === "number" ? x : { re: x.re, im: -x.im };
}

/** |x| */
export function sizeOfEntry(x: Entry): number {
  return typeof x === "number" ? Math.abs(x) : z.absComplex(x);
}

/** The sum of the absolute values of the parts of x. */
export function taxicab(x: Entry): number {
  return typeof x === "number" ? Math.abs(x) : Math.abs(x.re) + Math.abs(x.im);
}

/** |x|² */
export function squared(x: Entry): number {
  return typeof x === "number" ? x * x : x.re * x.re + x.im * x.im;
}

/** Numbers of a matrix, row by row. */
export class Rows {
  constructor(
    /** Both parts of complex numbers, one after the other. */
    readonly data: Float64Array,
    /** Whether they are complex. */
    readonly isComplex: boolean,
  ) {
  }

  /** So many zeros. */
  static zeros(count: number, isComplex: boolean): Rows {
    return new Rows(new Float64Array(isComplex ? 2 * count : count), isComplex);
  }

  /** How many there are. */
  get length(): number {
    return this.data.length / (this.isComplex ? 2 : 1);
  }

  /** The number in a place. */
  at(place: number): Entry {
    if (!this.isComplex) return this.data[place]!;
    return { re: this.data[2 * place]!, im: this.data[2 * place + 1]! };
  }

  /** Puts a number in a place. */
  put(place: number, x: Entry): void {
    if (!this.isComplex) this.data[place] = re(x);
    else [this.data[2 * place], this.data[2 * place + 1]] = [re(x), im(x)];
  }

  /** A copy. */
  copy(): Rows {
    return new Rows(this.data.slice(), this.isComplex);
  }
}

/** One matrix after the other of some values whose last two axes hold matrices. */
export function eachMatrix(
  values: readonly Value[],
  visit: (matrices: readonly Rows[], at: number) => void,
): void {
  const count = sizeOf(values[0]!.shape.slice(0, -2));
  for (let i = 0; i < count; i++) {
    const matrices = values.map(({ data, shape, dtype }) => {
      const isPairs = isComplex(dtype), size = sizeOf(shape.slice(-2)) * (isPairs ? 2 : 1);
      return new Rows((data as Float64Array).subarray(i * size, (i + 1) * size), isPairs);
    });
    visit(matrices, i);
  }
}

/**
 * Arithmetic of complex numbers that are written as two real ones.
 *
 * @module
 */

import type { Block, Hlo } from "../text/block.ts";

/** Real and imaginary parts. */
export interface Z {
  readonly re: Hlo;
  readonly im: Hlo;
}

/** Writes arithmetic in a region. */
export class PartsWriter {
  readonly #block: Block;

  constructor(block: Block) {
    this.#block = block;
  }

  protected like(x: Hlo, value: number): Hlo {
    return this.#block.constant(x.type, x.shape, value);
  }

  protected int(value: number): Hlo {
    return this.#block.constant("i32", [], value);
  }

  protected add(x: Hlo, y: Hlo): Hlo {
    return this.#block.binary("add", x, y);
  }

  protected sub(x: Hlo, y: Hlo): Hlo {
    return this.#block.binary("subtract", x, y);
  }

  protected mul(x: Hlo, y: Hlo): Hlo {
    return this.#block.binary("multiply", x, y);
  }

  protected div(x: Hlo, y: Hlo): Hlo {
    return this.#block.binary("divide", x, y);
  }

  protected abs(x: Hlo): Hlo {
    return this.#block.unary("abs", x);
  }

  protected both(...all: Hlo[]): Hlo {
    return all.reduce((x, y) => this.#block.binary("and", x, y));
  }

  protected sum(x: Hlo, axis: number): Hlo {
    return this.#block.reduce("add", x, this.#block.constant(x.type, [], 0), [axis]);
  }

  protected most(x: Hlo, ...axes: number[]): Hlo {
    return this.#block.reduce("maximum", x, this.#block.constant(x.type, [], 0), axes);
  }

  protected plus(x: Z, y: Z): Z {
    return { re: this.add(x.re, y.re), im: this.add(x.im, y.im) };
  }

  protected minus(x: Z, y: Z): Z {
    return { re: this.sub(x.re, y.re), im: this.sub(x.im, y.im) };
  }

  protected times(x: Z, y: Z): Z {
    return {
      re: this.sub(this.mul(x.re, y.re), this.mul(x.im, y.im)),
      im: this.add(this.mul(x.re, y.im), this.mul(x.im, y.re)),
    };
  }

  protected scaled(x: Z, by: Hlo): Z {
    return this.each(x, (part) => this.mul(part, by));
  }

  protected conjugate({ re, im }: Z): Z {
    return { re, im: this.#block.unary("negate", im) };
  }

  protected each({ re, im }: Z, f: (part: Hlo) => Hlo): Z {
    return { re: f(re), im: f(im) };
  }

  protected choose(condition: Hlo, x: Z, y: Z): Z {
    const block = this.#block;
    return { re: block.select(condition, x.re, y.re), im: block.select(condition, x.im, y.im) };
  }

  protected size({ re, im }: Z): Hlo {
    return this.add(this.abs(re), this.abs(im));
  }

  protected unit({ re, im }: Z): Hlo {
    const block = this.#block, most = block.binary("maximum", this.abs(re), this.abs(im));
    return block.select(block.compare("GT", most, this.like(most, 0)), most, this.like(most, 1));
  }

  protected length(x: Z): Hlo {
    const unit = this.unit(x), { re, im } = this.each(x, (part) => this.div(part, unit));
    const square = this.add(this.mul(re, re), this.mul(im, im));
    return this.mul(unit, this.#block.unary("sqrt", square));
  }

  protected quotient(x: Z, y: Z): Z {
    const block = this.#block, unit = this.unit(y);
    const by = this.each(y, (part) => this.div(part, unit));
    const square = this.add(this.mul(by.re, by.re), this.mul(by.im, by.im));
    const isNone = block.compare("EQ", square, this.like(square, 0));
    const safe = block.select(isNone, this.like(square, 1), square);
    const top = this.times(x, this.conjugate(by));
    return this.each(top, (part) => this.div(this.div(part, safe), unit));
  }

  protected root(x: Z): Z {
    const block = this.#block, half = this.like(x.re, 0.5), zero = this.like(x.re, 0);
    const mean = this.mul(this.add(this.abs(x.re), this.length(x)), half);
    const root = block.unary("sqrt", mean);
    const safe = block.select(block.compare("EQ", root, zero), this.like(root, 1), root);
    const other = this.div(this.mul(x.im, half), safe);
    const isBelow = block.compare("LT", x.im, zero);
    const turned = block.select(isBelow, block.unary("negate", root), root);
    return this.choose(
      block.compare("GE", x.re, zero),
      { re: root, im: other },
      { re: this.abs(other), im: turned },
    );
  }

  /** The power of two below a positive number, times about a root of 2: near enough to scale by. */
  protected power(x: Hlo): Hlo {
    const block = this.#block,
      logarithm = this.div(block.unary("log", x), this.like(x, Math.LN2));
    const exponent = block.unary("floor", logarithm);
    const bits = x.type === "f64" ? 1022 : 126;
    const clamped = block.binary(
      "minimum",
      block.binary("maximum", exponent, this.like(x, -bits)),
      this.like(x, bits),
    );
    return block.binary("power", this.like(x, 2), clamped);
  }
}

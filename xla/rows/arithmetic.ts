/**
 * Arithmetic of tensors that are real or complex, as matrices are.
 *
 * @module
 */

import type { BinaryName, Block, Comparison, Hlo } from "../text/block.ts";
import { conjugate, eachPart, greatestParts, sizes, taxicab } from "./numbers.ts";

/** A tensor, or the same number in all places of the other operand. */
type Operand = Hlo | number;

/** Writes arithmetic in a region. */
export class Arithmetic {
  constructor(protected readonly block: Block) {
  }

  /** A number in all places of x. */
  protected like(x: Hlo, value: number): Hlo {
    return this.block.constant(x.type, x.shape, value);
  }

  protected int(value: number): Hlo {
    return this.block.constant("i32", [], value);
  }

  #pair(x: Operand, y: Operand): [Hlo, Hlo] {
    if (typeof x === "number") return [this.like(y as Hlo, x), y as Hlo];
    return [x, typeof y === "number" ? this.like(x, y) : y];
  }

  #two(op: BinaryName, x: Operand, y: Operand): Hlo {
    return this.block.binary(op, ...this.#pair(x, y));
  }

  /** A real tensor scales both parts of a complex one. */
  #scaled(op: "multiply" | "divide", x: Operand, by: Operand): Hlo {
    const [own, factor] = this.#pair(x, by);
    if (own.type === factor.type) return this.block.binary(op, own, factor);
    return eachPart(this.block, own, (part) => this.block.binary(op, part, factor));
  }

  protected add(x: Operand, y: Operand): Hlo {
    return this.#two("add", x, y);
  }

  protected sub(x: Operand, y: Operand): Hlo {
    return this.#two("subtract", x, y);
  }

  protected mul(x: Operand, by: Operand): Hlo {
    return this.#scaled("multiply", x, by);
  }

  protected div(x: Operand, by: Operand): Hlo {
    return this.#scaled("divide", x, by);
  }

  protected max(x: Operand, y: Operand): Hlo {
    return this.#two("maximum", x, y);
  }

  protected min(x: Operand, y: Operand): Hlo {
    return this.#two("minimum", x, y);
  }

  protected neg(x: Hlo): Hlo {
    return this.block.unary("negate", x);
  }

  protected sqrt(x: Hlo): Hlo {
    return this.block.unary("sqrt", x);
  }

  /** Absolute values. */
  protected size(x: Hlo): Hlo {
    return sizes(this.block, x);
  }

  /** Sums of the absolute values of parts: sizes that take no root. */
  protected taxicab(x: Hlo): Hlo {
    return taxicab(this.block, x);
  }

  protected conjugate(x: Hlo): Hlo {
    return conjugate(this.block, x);
  }

  protected is(how: Comparison, x: Operand, y: Operand): Hlo {
    const [a, b] = this.#pair(x, y);
    return this.block.compare(how, a, b);
  }

  protected not(x: Hlo): Hlo {
    return this.block.unary("not", x);
  }

  protected both(...all: Hlo[]): Hlo {
    return all.reduce((x, y) => this.block.binary("and", x, y));
  }

  protected select(condition: Hlo, x: Operand, y: Operand): Hlo {
    return this.block.select(condition, ...this.#pair(x, y));
  }

  protected spread(x: Hlo, shape: readonly number[], ...axes: number[]): Hlo {
    return this.block.broadcast(x, shape, axes);
  }

  protected sum(x: Hlo, ...axes: number[]): Hlo {
    return this.block.reduce("add", x, this.block.constant(x.type, [], 0), axes);
  }

  /** The greatest of numbers that are not negative. */
  protected most(x: Hlo, ...axes: number[]): Hlo {
    return this.block.reduce("maximum", x, this.block.constant(x.type, [], 0), axes);
  }

  /** The greatest absolute value of a part. */
  protected greatest(x: Hlo, ...axes: number[]): Hlo {
    return this.most(greatestParts(this.block, x), ...axes);
  }

  /** Whether an element of matrices is in a row that compares so with its column. */
  protected where(how: "EQ" | "GE" | "LT", shape: readonly number[]): Hlo {
    const { block } = this;
    return block.compare(how, block.iota("i32", shape, 1), block.iota("i32", shape, 2));
  }

  /** What matrices have on their diagonals. */
  protected diagonal(x: Hlo): Hlo {
    return this.sum(this.select(this.where("EQ", x.shape), x, 0), 2);
  }

  /** Transposes, with conjugates for complex elements. */
  protected adjoint(x: Hlo): Hlo {
    return this.conjugate(this.block.transpose(x, [0, 2, 1]));
  }
}

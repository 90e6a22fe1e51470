/**
 * Reductions as the interpreter runs them.
 *
 * @module
 */

import { castValue, foldPrim, type ScalarValue } from "../../core/ir/fold.ts";
import type { Reduction } from "../../core/ir/program.ts";
import type { ScalarType } from "../../core/ir/scalar.ts";

/** One reduction while it runs. Float sums and products are held in float64 and rounded when read. */
export class Accumulator {
  readonly #kind: Reduction["kind"];
  readonly #type: ScalarType;
  #total: ScalarValue;
  #best: ScalarValue | null = null;

  constructor({ kind, type }: Pick<Reduction, "kind" | "type">) {
    this.#kind = kind;
    this.#type = type;
    this.#total = identity(kind, type);
  }

  /** The result of what was taken so far. */
  get value(): ScalarValue {
    return this.#type === "f32" ? Math.fround(this.#total as number) : this.#total;
  }

  /** Takes a product that is not rounded before it is added. */
  takeProduct(a: ScalarValue, b: ScalarValue): void {
    const wide = this.#type === "f32" ? "f64" : this.#type;
    this.take(foldPrim("mul", wide, wide, [a, b]), 0);
  }

  /** Takes the value of the iteration at `position` of the loop axes. */
  take(value: ScalarValue, position: number): void {
    const wide = this.#type === "f32" ? "f64" : this.#type;
    const fold = (op: "add" | "mul" | "max" | "min" | "or" | "and") => {
      this.#total = foldPrim(op, wide, wide, [this.#total, value]);
    };
    switch (this.#kind) {
      case "sum":
        return fold("add");
      case "prod":
        return fold("mul");
      case "max":
        return fold("max");
      case "min":
        return fold("min");
      case "any":
        return fold("or");
      case "all":
        return fold("and");
      case "argmax":
      case "argmin": {
        const best = this.#best;
        const better = best === null || (!Number.isNaN(best) &&
          (Number.isNaN(value) || (this.#kind === "argmax" ? value > best : value < best)));
        if (!better) return;
        this.#best = value;
        this.#total = position;
      }
    }
  }
}

function identity(kind: Reduction["kind"], type: ScalarType): ScalarValue {
  const big = type === "i64" || type === "u64";
  switch (kind) {
    case "prod":
    case "all":
      return big ? 1n : 1;
    case "max":
      return type === "bool" ? 0 : castValue("f64", type, -Infinity);
    case "min":
      return castValue("f64", type, Infinity);
    default:
      return big ? 0n : 0;
  }
}

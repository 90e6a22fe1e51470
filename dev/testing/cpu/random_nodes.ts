/** Random scalar expressions whose values are the same on every correct machine. */

import type { ScalarBuilder } from "../../../core/ir/builder.ts";
import type { ComparePrim, ScalarType, SNode } from "../../../core/ir/scalar.ts";
import type { Random } from "../../fuzz/random.ts";

export const scalarTypes: readonly ScalarType[] = [
  "bool",
  "i32",
  "u32",
  "i64",
  "u64",
  "f32",
  "f64",
];

/** Makes nodes from given leaves. */
export class RandomNodes {
  readonly #random: Random;
  readonly #b: ScalarBuilder;
  readonly #leaves: readonly SNode[];
  readonly #types: readonly ScalarType[];

  constructor(random: Random, b: ScalarBuilder, leaves: readonly SNode[], types = scalarTypes) {
    this.#random = random;
    this.#b = b;
    this.#leaves = leaves;
    this.#types = types;
  }

  #leaf(type: ScalarType): SNode {
    const random = this.#random, b = this.#b;
    const fitting = this.#leaves.filter((leaf) => leaf.type === type);
    if (fitting.length > 0 && random.chance(0.85)) return random.pick(fitting);
    if (this.#leaves.length > 0 && random.chance(0.7)) {
      return b.cast(random.pick(this.#leaves), type);
    }
    switch (type) {
      case "bool":
        return b.constant(type, random.chance(0.5));
      case "f32":
      case "f64":
        return b.constant(type, random.pick([0, 1, -1, 2, 0.5, 3, -2.5, 7]));
      case "i64":
      case "u64":
        return b.constant(type, BigInt(random.below(9) - 3));
      default:
        return b.constant(type, random.below(9) - 3);
    }
  }

  /** An expression of a type; float arithmetic in it is exact for small integers and halves. */
  make(type: ScalarType, depth: number): SNode {
    const random = this.#random, b = this.#b;
    if (depth <= 0 || random.chance(0.1)) return this.#leaf(type);
    const sub = (t: ScalarType = type) => this.make(t, depth - 1);
    const choice = random.below(10);
    if (choice === 0) return b.cast(sub(random.pick(this.#types)), type);
    if (choice === 1) return b.select(sub("bool"), sub(), sub());
    if (type === "bool") {
      if (choice < 5) {
        return b.binary(random.pick(["and", "or", "xor", "mul", "add"]), sub(), sub());
      }
      if (choice === 5) return b.unary("not", sub());
      const of = random.pick(this.#types);
      const op = random.pick<ComparePrim>(["eq", "ne", "lt", "le", "gt", "ge"]);
      return b.compare(op, sub(of), sub(of));
    }
    if (type === "f32" || type === "f64") {
      if (choice === 2) return b.madd(sub(), sub(), sub());
      if (choice === 3) {
        return b.unary(random.pick(["neg", "abs", "floor", "ceil", "trunc", "nearest"]), sub());
      }
      if (choice === 4) return b.binary(random.pick(["min", "max"]), sub(), sub());
      if (choice === 5 && random.chance(0.4)) return b.binary("rem", sub(), sub());
      return b.binary(random.pick(["add", "sub", "mul"]), sub(), sub());
    }
    if (choice === 2) return b.unary(random.pick(["neg", "abs", "not"]), sub());
    if (choice === 3) return b.binary(random.pick(["div", "rem"]), sub(), sub());
    if (choice === 4) {
      const op = random.pick(["shl", "shr"] as const);
      const amount = random.chance(0.6)
        ? b.constant(type, type.endsWith("64") ? BigInt(random.below(70)) : random.below(40))
        : sub();
      return b.binary(op, sub(), amount);
    }
    if (choice === 5) return b.binary(random.pick(["min", "max", "mulhi"]), sub(), sub());
    if (choice === 6) return b.madd(sub(), sub(), sub());
    return b.binary(random.pick(["add", "sub", "mul", "and", "or", "xor"]), sub(), sub());
  }
}

import type { DType } from "../../../all.ts";
import { type Generator, isIntRef, type Kind } from "../generator.ts";

const narrow: readonly DType[] = ["int8", "uint8", "int16", "uint16"];
const wide: readonly DType[] = ["int32", "uint32", "int64", "uint64"];

const binary = [
  "add",
  "sub",
  "mul",
  "maximum",
  "minimum",
  "and",
  "or",
  "xor",
  "intDiv",
  "mod",
  "gt",
  "le",
  "eq",
] as const;
const comparisons = ["eq", "neq", "lt", "le", "gt", "ge"] as const;
const unary = ["abs", "neg", "sign", "sqr", "invert"] as const;

function step(g: Generator, dtypes: readonly DType[]): void {
  const { random } = g;
  const x = g.pick(isIntRef);
  const same = () => g.pick((ref) => ref.dtype === x.dtype);
  const dtype = random.pick(dtypes);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      g.call(`T.${random.pick(binary)}`, x, random.chance(0.7) ? same() : g.pick(isIntRef));
      break;
    case 3:
      g.call(`T.${random.pick(unary)}`, x);
      break;
    case 4:
      g.call(`T.${random.pick(["sum", "prod"])}`, x, {
        dtype,
        ...(random.chance(0.5) && x.shape.length > 0 ? { axis: random.below(x.shape.length) } : {}),
      });
      break;
    case 5:
      g.call(`T.${random.pick(["sum", "prod", "max", "min", "argmax"])}`, x);
      break;
    case 6:
      g.call("T.dot", x, same());
      break;
    case 7:
      g.call("T.cast", x, random.pick([...dtypes, ...dtypes, "int32", "int64", "bool", g.float]));
      break;
    case 8:
      g.call(
        random.pick(["T.leftShift", "T.rightShift"]),
        x,
        g.call("T.cast", random.below(9), x.dtype),
      );
      break;
    case 9: {
      const other = random.chance(0.5) ? same() : g.pick(isIntRef);
      g.call("T.where", g.call(`T.${random.pick(comparisons)}`, x, other), x, same());
      break;
    }
    case 10:
      g.call(random.pick(["T.cumsum", "T.cumprod", "T.sort", "T.argsort"]), x, 0);
      break;
    case 11:
      if (x.shape.length === 2 && random.chance(0.5)) {
        g.call("T.matrixPower", x, random.pick([2, 3]));
      } else g.call("T.cast", g.call("T.div", g.call("T.cast", x, g.float), 2), g.float);
      break;
  }
}

function integersOf(name: string, dtypes: readonly DType[]): Kind {
  return {
    name,
    generate(g) {
      const n = g.length([1, 2, 3, 5]);
      const chosen = [g.random.pick(dtypes), g.random.pick(dtypes)];
      for (const dtype of chosen) {
        const style = g.random.pick(["tame", "wild"] as const);
        g.input(dtype, [n], { style });
        g.input(dtype, [n, n], { style });
        g.input(dtype, [], { style });
      }
      for (let i = 0, count = g.random.pick([2, 4, 8]); i < count; i++) {
        g.attempt(() => step(g, [...chosen, g.random.pick(dtypes)]));
      }
    },
  };
}

/** Narrow integers through whatever reads them. */
export const narrowIntegers = integersOf("narrow", narrow);
/** Integers of 32 and 64 bits, of all sizes. */
export const wideIntegers = integersOf("integers", wide);

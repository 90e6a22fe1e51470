/**
 * Elementwise operations: what they are as primitives, of whole tensors.
 *
 * @module
 */

import { type DType, isComplex } from "../core/graph/dtype.ts";
import type { Apply } from "../core/graph/graph.ts";
import { type Element, isComplexElement } from "../core/graph/op.ts";
import { ScalarBuilder, wrapSmall } from "../core/ir/builder.ts";
import { nodesOf } from "../core/ir/nodes.ts";
import { isFloatType, scalarTypeOf, type SNode } from "../core/ir/scalar.ts";
import type { ElementwiseName } from "../core/ops/elementwise/table.ts";
import { castElement, realNode, storageRules } from "../core/plan/element.ts";
import type { Level } from "./level.ts";
import { primitives } from "./primitives.ts";
import type { BinaryName, Block, Hlo, UnaryName } from "./text/block.ts";
import { elementOf, elementOfScalar } from "./text/types.ts";

/** Functions that XLA has itself. */
const unaries: Partial<Record<ElementwiseName, UnaryName>> = {
  exp: "exponential",
  expm1: "exponential_minus_one",
  log: "log",
  log1p: "log_plus_one",
  sin: "sine",
  cos: "cosine",
  tan: "tan",
  tanh: "tanh",
  sigmoid: "logistic",
};

/** Those of two arguments. */
const binaries: Partial<Record<ElementwiseName, BinaryName>> = { pow: "power", atan2: "atan2" };

const storage = storageRules();

/** The nodes of values from tensors of one shape; `leaf` is asked for those that are no primitive. */
export function writeNodes(
  block: Block,
  shape: readonly number[],
  roots: readonly SNode[],
  leaf: (node: SNode) => Hlo,
): Hlo[] {
  const made = new Map<SNode, Hlo>();
  for (const node of nodesOf(roots)) {
    made.set(node, written(block, shape, node, node.args.map((arg) => made.get(arg)!), leaf));
  }
  return roots.map((root) => made.get(root)!);
}

function written(
  block: Block,
  shape: readonly number[],
  node: SNode,
  args: readonly Hlo[],
  leaf: (node: SNode) => Hlo,
): Hlo {
  switch (node.op) {
    case "const":
      return block.constant(elementOfScalar(node.type), shape, node.value);
    case "index":
    case "size":
    case "load":
    case "reduced":
    case "running":
    case "product":
    case "call":
      return leaf(node);
    default:
      return primitives[node.op](block, apart(block, node, args), node);
  }
}

const isConstant = ({ op }: SNode) => op === "const";

/** Whether a constant is added, or multiplied by. */
function kindOf({ op, type, args }: SNode): "sum" | "product" | null {
  if (!isFloatType(type)) return null;
  if (op === "madd") return isConstant(args[2]!) ? "sum" : null;
  if (!args.some(isConstant)) return null;
  return op === "add" || op === "sub" ? "sum" : op === "mul" ? "product" : null;
}

/** XLA makes x + (a + b) of (x + a) + b, which is not the same where a and b are parts of one number. */
function apart(block: Block, node: SNode, args: readonly Hlo[]): readonly Hlo[] {
  // Steps of polynomials are products in between.
  const kind = node.op === "madd" ? null : kindOf(node);
  if (kind === null) return args;
  return args.map((arg, i) => kindOf(node.args[i]!) === kind ? block.barrier(arg) : arg);
}

/** Places of arguments in the nodes of an expression. */
class Places {
  readonly b = new ScalarBuilder({ ieee: true });
  readonly #values = new Map<SNode, Hlo>();
  #next = 0;

  /** The element of a tensor that has a dtype. */
  element(block: Block, value: Hlo, dtype: DType): Element {
    if (isComplex(dtype)) {
      return {
        re: this.#place(block.real(value), dtype),
        im: this.#place(block.imag(value), dtype),
      };
    }
    return this.#place(value, dtype, block);
  }

  #place(value: Hlo, dtype: DType, block?: Block): SNode {
    const type = scalarTypeOf(dtype), node = this.b.reduced(this.#next++, type);
    this.#values.set(node, block?.convert(value, elementOfScalar(type)) ?? value);
    return node;
  }

  readonly of = (node: SNode): Hlo => this.#values.get(node)!;
}

/** A value of a machine type as elements of a dtype. */
function stored(block: Block, value: Hlo, dtype: DType): Hlo {
  return block.convert(value, elementOf(dtype));
}

/** Writes an application of an elementwise op. */
export function writeElementwise(level: Level, apply: Apply): Hlo {
  const { block } = level, { op, params, output: { dtype } } = apply, { lowering } = op;
  if (lowering.kind !== "elementwise") throw new TypeError(`"${op.name}" is not elementwise`);
  const shape = level.shape(apply.output);
  const inputs = apply.inputs.map((input) => block.stretch(level.value(input), shape));
  const dtypes = apply.inputs.map((input) => input.dtype);
  const compute = lowering.compute(dtypes, params);
  const known = level.functions === "xla" ? native(apply, [...dtypes, ...compute, dtype]) : null;
  if (known !== null) return known(block, inputs);

  const places = new Places(), { b } = places;
  const args = inputs.map((input, i) =>
    castElement(b, storage, places.element(block, input, dtypes[i]!), dtypes[i]!, compute[i]!)
  );
  let result: Element;
  if (lowering.converts === true) result = castElement(b, storage, args[0]!, compute[0]!, dtype);
  else if (!isComplex(dtype) && !compute.some(isComplex)) {
    result = lowering.scalar(b, args.map(realNode), params);
  } else if (lowering.complex !== undefined) result = lowering.complex(b, args, params);
  else throw new TypeError(`Cannot compute ${op.name} of complex numbers`);
  if (isComplexElement(result)) {
    const [re, im] = writeNodes(block, shape, [result.re, result.im], places.of);
    return block.complex(re!, im!);
  }
  const kept = wrapSmall(b, b.cast(result, scalarTypeOf(dtype)), dtype);
  return stored(block, writeNodes(block, shape, [kept], places.of)[0]!, dtype);
}

/** A tensor converted to another dtype. */
export function castTo(block: Block, x: Hlo, from: DType, to: DType): Hlo {
  if (from === to) return x;
  const places = new Places(), { b } = places;
  const result = castElement(b, storage, places.element(block, x, from), from, to);
  if (isComplexElement(result)) {
    const [re, im] = writeNodes(block, x.shape, [result.re, result.im], places.of);
    return block.complex(re!, im!);
  }
  return stored(block, writeNodes(block, x.shape, [result], places.of)[0]!, to);
}

type Native = (block: Block, args: readonly Hlo[]) => Hlo;

/** The op of XLA that does the same to floats of one dtype, if there is one. */
function native({ op: { name } }: Apply, dtypes: readonly DType[]): Native | null {
  const [dtype] = dtypes, floats = ["float16", "float32", "float64"];
  if (!floats.includes(dtype!) || dtypes.some((one) => one !== dtype)) return null;
  if (Object.hasOwn(unaries, name)) {
    return (block, [x]) => block.unary(unaries[name as ElementwiseName]!, x!);
  }
  if (Object.hasOwn(binaries, name)) {
    return (block, [x, y]) => block.binary(binaries[name as ElementwiseName]!, x!, y!);
  }
  return null;
}

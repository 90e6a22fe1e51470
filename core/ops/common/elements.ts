/**
 * Elements inside kernels that may be complex, and positions that are read from memory.
 *
 * @module
 */

import { type DType, dtypeInfo, isComplex } from "../../graph/dtype.ts";
import {
  type CheckMessage,
  type Element,
  type ElementContext,
  isComplexElement,
} from "../../graph/op.ts";
import { type Ix, type ScalarBuilder, sizeIx, zeroIx } from "../../ir/builder.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import { addSize, type Size } from "../../ir/size.ts";
import { fitsDType } from "../../ir/size_dtype.ts";
import { expectPositions } from "../../ir/limits.ts";
import { Constant, sameCall, type Variable, writtenLabel } from "../../graph/graph.ts";

/** Applies a function to the real parts of elements and, if they are complex, to the imaginary parts. */
export function mapElement<E extends Element>(
  elements: readonly E[],
  f: (parts: readonly SNode[]) => SNode,
): E {
  if (!elements.some(isComplexElement)) return f(elements as readonly Element[] as SNode[]) as E;
  const parts = elements.map((element) => {
    if (!isComplexElement(element)) throw new TypeError("Cannot mix real and complex elements");
    return element;
  });
  return { re: f(parts.map((z) => z.re)), im: f(parts.map((z) => z.im)) } as Element as E;
}

/** The same of one element. */
export function partwise<E extends Element>(x: E, f: (part: SNode) => SNode): E {
  return mapElement([x], ([part]) => f(part!));
}

/** x + y */
export function plus<E extends Element>(b: ScalarBuilder, x: E, y: E): E {
  return mapElement([x, y], ([p, q]) => b.add(p!, q!));
}

/** x - y */
export function minus<E extends Element>(b: ScalarBuilder, x: E, y: E): E {
  return mapElement([x, y], ([p, q]) => b.sub(p!, q!));
}

/** condition ? x : y */
export function chosen<E extends Element>(b: ScalarBuilder, condition: SNode, x: E, y: E): E {
  return mapElement([x, y], ([p, q]) => b.select(condition, p!, q!));
}

/** a + b; for bools that is "or". */
export function addElements(b: ScalarBuilder, x: Element, y: Element): Element {
  return mapElement(
    [x, y],
    ([p, q]) => p!.type === "bool" ? b.binary("or", p!, q!) : b.add(p!, q!),
  );
}

/** The zero of a dtype. */
export function zeroElement(
  context: Pick<ElementContext, "b" | "held">,
  dtype: DType,
): Element {
  const zero = context.b.constant(scalarTypeOf(context.held(dtype)), 0);
  return isComplex(dtype) ? { re: zero, im: zero } : zero;
}

/** What was indexed; nothing for what the user has not written: a part of a gradient, or of the same call. */
function intoLabel(x: Variable, result: Variable): string {
  const isPart = x.name === null && sameCall(x, result);
  return isPart || x.written.forward !== null ? "" : ` into ${writtenLabel(x)}`;
}

/** The message of an index out of range, where an op takes elements of x for its result. */
export function outOfRange(
  x: Variable,
  axis: number,
  length: Size,
  result: Variable,
  at?: Size,
): CheckMessage {
  return (valueOf, bad) => {
    const index = at === undefined ? bad : valueOf(at);
    return `An index${intoLabel(x, result)} is out of range: axis ${axis} has length ${
      valueOf(length)
    }` +
      (index === null ? "" : `, got ${index}`);
  };
}

/**
 * A position on an axis of length `n` from a computed integer: negative ones count from the end, and one
 * out of range is reported and read as position 0.
 */
export function computedPosition(
  context: ElementContext,
  node: SNode,
  n: Size,
  message: CheckMessage,
): Ix {
  const { b } = context;
  expectPositions(context.guards, "pick elements along an axis", n);
  const length = b.cast(b.size(n), node.type);
  const unsigned = node.type === "u32" || node.type === "u64" || node.type === "bool";
  const high = b.compare("ge", node, length);
  if (node.type === "bool") throw new TypeError("Cannot use a bool as a position");
  const failed = unsigned ? high : b.binary(
    "or",
    high,
    b.compare("lt", node, b.unary("neg", length)),
  );
  context.check(failed, message);
  const position = b.cast(node, "i32");
  const wrapped = unsigned ? position : b.select(
    b.compare("lt", position, b.constant("i32", 0)),
    b.add(position, b.size(n)),
    position,
  );
  return b.ix(b.select(failed, b.constant("i32", 0), wrapped));
}

/** The same for an integer scalar that may be affine: known ones are decided now. */
export function scalarPosition(
  context: ElementContext,
  index: Variable,
  n: Size,
  message: CheckMessage,
): Ix {
  const { b, guards } = context, ix = context.scalarIndex(index);
  if (ix.terms.length > 0 || ix.rest !== null) {
    return computedPosition(context, b.ixNode(ix), n, message);
  }
  // Out of range, and the message says it as it is given.
  if (!(index instanceof Constant) && !fitsDType(guards, ix.offset, "int64")) {
    return computedPosition(context, context.readReal(index, []), n, message);
  }
  const from = guards.less(ix.offset, 0) ? addSize(ix.offset, n) : ix.offset;
  if (guards.less(from, 0) || !guards.less(from, n)) {
    // Reported when the kernel runs: the branch of an ifelse that is not taken must not fail.
    const at = ix.offset, given = index instanceof Constant ? index.value.data[0]! : null;
    const known: CheckMessage = typeof message === "string"
      ? message
      : (valueOf) => message(valueOf, BigInt(given ?? valueOf(at)));
    context.check(b.constant("bool", 1), known);
    return zeroIx;
  }
  return sizeIx(from);
}

/** Whether a dtype can be a position. */
export function isPositionDType(dtype: DType): boolean {
  const kind = dtypeInfo(dtype).kind;
  return kind === "int" || kind === "uint";
}

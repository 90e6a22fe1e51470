/**
 * Arithmetic of matrices that are real or complex.
 *
 * @module
 */

import type { Block, Hlo } from "../text/block.ts";
import { type ElementType, isComplexType, partOf } from "../text/types.ts";

/** The real parts. */
export function realPart(block: Block, x: Hlo): Hlo {
  return isComplexType(x.type) ? block.real(x) : x;
}

/** What a function makes of x, or of both of its parts. */
export function eachPart(block: Block, x: Hlo, f: (part: Hlo) => Hlo): Hlo {
  return isComplexType(x.type) ? block.complex(f(block.real(x)), f(block.imag(x))) : f(x);
}

/** Conjugates. */
export function conjugate(block: Block, x: Hlo): Hlo {
  if (!isComplexType(x.type)) return x;
  return block.complex(block.real(x), block.unary("negate", block.imag(x)));
}

/** Real numbers in another type, which may be complex. */
export function lifted(block: Block, x: Hlo, type: ElementType): Hlo {
  if (!isComplexType(type)) return block.convert(x, type);
  const re = block.convert(x, partOf(type));
  return block.complex(re, block.constant(re.type, re.shape, 0));
}

function ofParts(block: Block, x: Hlo, join: (re: Hlo, im: Hlo) => Hlo): Hlo {
  return join(block.unary("abs", block.real(x)), block.unary("abs", block.imag(x)));
}

/** The greatest absolute values of parts. */
export function greatestParts(block: Block, x: Hlo): Hlo {
  if (!isComplexType(x.type)) return block.unary("abs", x);
  return ofParts(block, x, (re, im) => block.binary("maximum", re, im));
}

/** Sums of the absolute values of parts, by which complex numbers are compared. */
export function taxicab(block: Block, x: Hlo): Hlo {
  if (!isComplexType(x.type)) return block.unary("abs", x);
  return ofParts(block, x, (re, im) => block.binary("add", re, im));
}

/** Squares of absolute values. */
export function squares(block: Block, x: Hlo): Hlo {
  if (!isComplexType(x.type)) return block.binary("multiply", x, x);
  const [re, im] = [block.real(x), block.imag(x)].map((part) =>
    block.binary("multiply", part, part)
  );
  return block.binary("add", re!, im!);
}

/** Absolute values, without overflow of squares. */
export function sizes(block: Block, x: Hlo): Hlo {
  return isComplexType(x.type) ? block.modulus(x) : block.unary("abs", x);
}

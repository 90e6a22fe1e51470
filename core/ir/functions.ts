/**
 * Functions of floats that a node can stand for, so that what takes many primitives is built late, and
 * once for all its uses where a device calls functions.
 *
 * @module
 */

import { ScalarBuilder } from "./builder.ts";
import { nodesOf } from "./nodes.ts";
import type { CallNode, ScalarType, SNode } from "./scalar.ts";

/** Builds the nodes of a function of some arguments. */
export type BuildFunction = (b: ScalarBuilder, args: readonly SNode[]) => SNode;

/** Smaller functions are not worth a node of their own. */
const LEAST_SIZE = 12;

/** A function whose arguments and value have one float type. */
export interface ScalarFunction {
  /** Equal for equal functions alone. */
  readonly name: string;
  /** Type of its arguments and value. */
  readonly type: ScalarType;
  /** Number of arguments. */
  readonly count: number;
  /** Makes its value with another builder. */
  readonly build: BuildFunction;
  /** Its value; argument `i` is written as the result of reduction `i`. */
  readonly body: SNode;
  /** All nodes of its value, arguments first. */
  readonly nodes: readonly SNode[];
}

/** What a function is made for. */
export interface FunctionType {
  /** Type of its arguments and value. */
  readonly type: ScalarType;
  /** Number of arguments. */
  readonly count: number;
  /** Whether values that are not finite count. */
  readonly ieee: boolean;
}

const known = new Map<string, ScalarFunction | null>();

/**
 * The function of a name for a type, of so many arguments, made at its first use; null if it is small,
 * or not everything in it has the width of that type.
 */
export function scalarFunction(
  name: string,
  { type, count, ieee }: FunctionType,
  build: BuildFunction,
): ScalarFunction | null {
  const key = `${name}:${type}:${ieee}`;
  let found = known.get(key);
  if (found === undefined) {
    const b = new ScalarBuilder({ ieee });
    const body = build(b, Array.from({ length: count }, (_, i) => b.reduced(i, type)));
    const nodes = nodesOf([body]);
    const isWide = (one: ScalarType) => one.endsWith("64");
    const fits = nodes.length >= LEAST_SIZE && body.type === type &&
      nodes.every((node) => node.type === "bool" || isWide(node.type) === isWide(type));
    known.set(key, found = fits ? { name: key, type, count, build, body, nodes } : null);
  }
  return found;
}

/** What becomes of functions on devices that build their primitives at once: there are none. */
export function noFunction({ func }: CallNode): TypeError {
  return new TypeError(`Cannot use the function "${func.name}" here: expected its primitives`);
}

/** About how many primitives nodes are, functions included. */
export function sizeOfNodes(nodes: readonly SNode[]): number {
  return nodes.reduce((size, node) => size + (node.op === "call" ? node.func.nodes.length : 1), 0);
}

/**
 * Rewrites scalar nodes, with other axes, into a builder of its own.
 *
 * @module
 */

import type { DType } from "../graph/dtype.ts";
import { type Ix, ScalarBuilder, sizeIx } from "./builder.ts";
import type { Address, ProductNode, SNode } from "./scalar.ts";
import { visitNodes } from "./nodes.ts";

/** Rewrites nodes; subclasses change what becomes of loads, addresses and products. */
export class Rewriter {
  readonly builder: ScalarBuilder;
  readonly #memo = new Map<SNode, SNode>();
  readonly #done = { has: (node: SNode) => this.#memo.has(node), add: () => {} };
  readonly #axis: (axis: number) => Ix;

  /**
   * @param axis What an axis becomes.
   * @param functions Whether functions stay nodes; otherwise their primitives take their place.
   */
  constructor(axis: (axis: number) => Ix, functions: boolean) {
    this.builder = new ScalarBuilder({ ieee: true, functions });
    this.#axis = axis;
  }

  /** A node, rewritten. */
  node(root: SNode): SNode {
    if (!this.#memo.has(root)) {
      // Arguments come first, so the stack stays flat.
      visitNodes([root], (node) => this.#memo.set(node, this.#make(node)), this.#done);
    }
    return this.#memo.get(root)!;
  }

  #make(node: SNode): SNode {
    const b = this.builder;
    switch (node.op) {
      case "const":
        return b.constant(node.type, node.value);
      case "index":
        return node.axis.kind === "axis"
          ? b.ixNode(this.#axis(node.axis.axis))
          : b.index(node.axis);
      case "size":
        return b.size(node.size, node.type);
      case "load": {
        const address = this.address(node.address, node.buffer);
        const guard = node.args[0] && this.node(node.args[0]);
        return this.load(node.buffer, node.dtype, address, guard);
      }
      case "reduced":
        return b.reduced(node.reduction, node.type);
      case "running":
        return b.running(node.reduction, node.type);
      case "product":
        return this.product(node);
      case "call":
        return b.call(node.func, node.args.map((arg) => this.node(arg)));
      default:
        return b.prim(node.op, node.type, ...node.args.map((arg) => this.node(arg)));
    }
  }

  /** What a product becomes. */
  protected product(node: ProductNode): SNode {
    return this.builder.product(node.type);
  }

  /** What a load becomes; its address and guard are rewritten already. */
  protected load(buffer: number, dtype: DType, address: Address, guard?: SNode): SNode {
    return this.builder.load(buffer, dtype, address, guard);
  }

  /** An address, rewritten; `buffer` is -1 where it isn't that of a buffer of the program. */
  address(address: Address, _buffer = -1): Ix {
    const b = this.builder;
    let sum: Ix = sizeIx(address.offset);
    for (const { axis, stride } of address.terms) {
      sum = b.addIx(
        sum,
        axis.kind === "axis"
          ? b.scaleIx(this.#axis(axis.axis), stride)
          : { offset: 0, terms: [{ axis, stride }], rest: null },
      );
    }
    return address.rest === null ? sum : b.addIx(sum, b.ix(this.node(address.rest)));
  }
}

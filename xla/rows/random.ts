/**
 * Draws of random numbers, with the bits that they have on every device.
 *
 * @module
 */

import { sizeOf } from "../../core/graph/value.ts";
import { ScalarBuilder } from "../../core/ir/builder.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import { advanceOp, drawOp, kernelValues, perBlock } from "../../core/random/draw.ts";
import { kernelWords, philox } from "../../core/random/philox.ts";
import { writeNodes } from "../elementwise.ts";
import type { Block, Hlo } from "../text/block.ts";
import { elementOf } from "../text/types.ts";
import { type OpRow, row } from "./row.ts";

/** The words of a state, each in all places of a shape. */
function wordsOf(block: Block, state: Hlo, shape: readonly number[]): Hlo[] {
  return [0, 1, 2, 3].map((i) =>
    block.broadcast(block.reshape(block.sliceAxis(state, 0, i, i + 1), []), shape, [])
  );
}

/** The rows. */
export const randomRows: readonly OpRow[] = [
  row(drawOp, (level, { inputs, output, params }) => {
    const { block } = level, shape = level.shape(output), total = sizeOf(shape);
    const per = perBlock(params), blocks = Math.floor(total / per), rest = total - per * blocks;
    const count = [blocks + (rest > 0 ? 1 : 0)];
    const b = new ScalarBuilder({ ieee: true });
    const places = [0, 1, 2, 3, 4].map((i) => b.reduced(i, "u32"));
    const [at, k0, k1, low, high] = places as [SNode, SNode, SNode, SNode, SNode];
    const words = philox(kernelWords(b), [at, b.constant("u32", 0), low, high], [k0, k1]);
    const values = [
      block.iota("ui32", count, 0),
      ...wordsOf(block, level.value(inputs[0]!), count),
    ];
    const made = writeNodes(
      block,
      count,
      kernelValues(b, params, words),
      (node) => values[places.indexOf(node)]!,
    );
    const parts = [
      ...(blocks === 0 ? [] : made.map((value) => block.sliceAxis(value, 0, 0, blocks))),
      ...made.slice(0, rest).map((value) => block.sliceAxis(value, 0, blocks, blocks + 1)),
    ];
    return block.reshape(block.concatenate(parts, 0), shape);
  }),

  row(advanceOp, (level, { inputs }) => {
    const { block } = level, state = level.value(inputs[0]!), type = elementOf("uint32");
    const [k0, k1, low, high] = wordsOf(block, state, [1]) as [Hlo, Hlo, Hlo, Hlo];
    const next = block.binary("add", low, block.constant(type, [1], 1));
    const carry = block.compare("EQ", next, block.constant(type, [1], 0));
    const top = block.binary("add", high, block.convert(carry, type));
    return block.concatenate([k0, k1, next, top], 0);
  }),
];

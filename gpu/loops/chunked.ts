/**
 * Nests whose iterations follow each other, for so long that one dispatch must not do them all: the
 * threads lay down what they have accumulated and take it up in the next dispatch.
 *
 * @module
 */

import type { BufferDecl, LoopNest } from "../../core/ir/program.ts";
import { productSize, type Size } from "../../core/ir/size.ts";
import { indent, KernelText, type PrintedKernel, type Scratch } from "../print/kernel_text.ts";
import { fromMemory, memoryType, memoryWords, toMemory } from "../print/group_tree.ts";
import { decompose, NestBody } from "../print/nest.ts";

/** Threads of a workgroup. */
const THREADS = 64;

/**
 * The kernel that does some of the iterations, see `KernelText.steps`, and the stores behind them
 * once all are done.
 *
 * @param nest What to print.
 * @param decls The buffers of the program by id.
 * @param scratch Makes memory between the dispatches.
 * @param flag The flag that must be set for the kernel to run.
 */
export function printChunkedNest(
  nest: LoopNest,
  decls: ReadonlyMap<number, BufferDecl>,
  scratch: (words: Size) => Scratch,
  flag: number | null,
): PrintedKernel {
  const text = new KernelText(decls);
  const points = productSize(nest.axes);
  const lines = [
    `let at = group * ${THREADS}u + lane;`,
    `if (at >= ${text.count(points)}) { return; }`,
  ];
  const axes = decompose(text, "at", nest.axes, lines);
  const [first, last] = text.steps();
  lines.push(`let first = ${first};`, `let last = ${last};`);
  const head: string[] = [];
  const loops = decompose(text, "q", nest.loops, head);
  const body = new NestBody(text, nest, { axes, loops, flat: true });
  const take: string[] = [], lay: string[] = [];
  for (const { type, value, position } of body.accumulators) {
    const values = text.scratch(scratch(memoryWords(type, points)), memoryType(type), "write");
    take.push(`${value} = ${fromMemory(type, `${values}[at]`)};`);
    lay.push(`${values}[at] = ${toMemory(type, value)};`);
    if (position === "") continue;
    const positions = text.scratch(scratch(points), "i32", "write");
    take.push(`${position} = ${positions}[at];`);
    lay.push(`${positions}[at] = ${position};`);
  }
  lines.push(
    ...body.declare(),
    ...(take.length > 0 ? ["if (first > 0u) {", ...indent(take), "}"] : []),
    ...body.lets(0),
    "for (var q = first; q < last; q++) {",
    ...indent([
      ...head,
      ...body.lets(1),
      ...body.checks(),
      ...body.accumulators.map(({ value }, i) => body.update(i, value)),
      ...body.inner(),
    ]),
    "}",
    `if (last < ${text.count(productSize(nest.loops))}) {`,
    ...indent(lay),
    "} else {",
    ...indent(body.outer()),
    "}",
  );
  return text.finish(nest.name, lines, THREADS, points, THREADS, flag);
}

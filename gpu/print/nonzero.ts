/**
 * Positions of non-zero elements: counts of blocks, their prefix sums, then the positions.
 *
 * @module
 */

import type { BufferDecl, Nonzero } from "../../core/ir/program.ts";
import { addSize, floorDivSize } from "../../core/ir/size.ts";
import { indent, KernelText, type PrintedKernel, type Scratch } from "./kernel_text.ts";
import { printCast } from "./scalar.ts";
import { prefixScan } from "./prefix_scan.ts";

const THREADS = 256;

/**
 * Three kernels, to be run in order.
 *
 * @param step What to print.
 * @param decls The buffers of the program by id.
 * @param scratch Makes memory between the kernels.
 * @param flag The flag that must be set for the kernels to run.
 */
export function printNonzero(
  step: Nonzero,
  decls: ReadonlyMap<number, BufferDecl>,
  scratch: (words: Scratch["words"]) => Scratch,
  flag: number | null,
): PrintedKernel[] {
  const blocks = floorDivSize(addSize(step.length, THREADS - 1), THREADS);
  // One more, so that there is memory for a source without elements too.
  const starts = scratch(addSize(blocks, 1));

  const block = (second: boolean): PrintedKernel => {
    const text = new KernelText(decls);
    const memory = text.shared("u32", THREADS);
    const n = text.count(step.length);
    const value = text.load(step.source, step.dtype, `min(at, ${n} - 1u)`);
    const nonzero = printCast(value, "bool", text.prelude).text;
    const lines = [
      `let at = group * ${THREADS}u + lane;`,
      `let found = (at < ${n}) & ${nonzero};`,
      `${memory}[lane] = select(0u, 1u, found);`,
      ...sum(text, memory),
    ];
    if (second) {
      const from = text.scratch(starts, "u32", "read");
      const index = `${from}[group] + ${memory}[lane] - 1u`;
      const at = { text: "i32(at)", type: "i32" as const, nan: false };
      lines.push(`if (found) { ${text.store(step.positions, index, at)} }`);
    } else {
      const to = text.scratch(starts, "u32", "write");
      lines.push(`if (lane == 0u) { ${to}[group] = ${memory}[${THREADS - 1}]; }`);
    }
    const name = `${step.name} ${second ? "positions" : "counts"}`;
    return text.finish(name, lines, THREADS, step.length, THREADS, flag);
  };

  const prefix = (): PrintedKernel => {
    const text = new KernelText(decls);
    const memory = text.shared("u32", THREADS);
    const counts = text.scratch(starts, "u32", "write");
    const n = text.count(blocks);
    const total = { text: "i32(total)", type: "i32" as const, nan: false };
    const lines = [
      "var total = 0u;",
      `for (var start = 0u; start < ${n}; start += ${THREADS}u) {`,
      ...indent([
        "let at = start + lane;",
        `let inside = at < ${n};`,
        `let own = select(0u, ${counts}[at], inside);`,
        `${memory}[lane] = own;`,
        ...sum(text, memory),
        `if (inside) { ${counts}[at] = total + ${memory}[lane] - own; }`,
        `total += ${memory}[${THREADS - 1}];`,
        // Before the next round writes.
        "workgroupBarrier();",
      ]),
      "}",
      `if (lane == 0u) { ${text.store(step.count, "0u", total)} }`,
    ];
    return text.finish(`${step.name} starts`, lines, THREADS, 1, 1, flag);
  };

  return [block(false), prefix(), block(true)];
}

function sum(text: KernelText, memory: string): string[] {
  return prefixScan(
    [memory],
    THREADS,
    ["0u"],
    (_, a, b) => `${a} + ${b}`,
    (prefix) => text.fresh(prefix),
  );
}

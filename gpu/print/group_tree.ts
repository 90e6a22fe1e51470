/**
 * How workgroups share a point, and how the threads of one combine what each has reduced, in shared memory.
 *
 * @module
 */

import type { LoopNest } from "../../core/ir/program.ts";
import { addSize, floorDivSize, mulSize, type Size } from "../../core/ir/size.ts";
import { indent, type KernelText } from "./kernel_text.ts";
import type { AccumulatorText } from "./nest.ts";
import { accumulatedType, betterText, combineText, identityText, isArg } from "./reduction.ts";
import { isWide, WIDE } from "./int64.ts";
import type { StoredType, WgslType } from "./scalar.ts";

/** Threads of a workgroup; what every device allows. */
export const GROUP_THREADS = 256;

/**
 * Combines the accumulators of `lanes` threads; the first of them has the result. `index` is the
 * number of a thread among them, and `partner` gives the thread so many further on.
 */
export function tree(
  text: KernelText,
  accumulators: readonly AccumulatorText[],
  lanes: number,
  index: string,
  partner: (stride: number) => string,
  threads = GROUP_THREADS,
): string[] {
  if (lanes === 1) return [];
  const memory = accumulators.map(({ type, position }, i) => ({
    values: text.sharedWords(`value ${i}`, threads, isWide(type) ? WIDE : "u32"),
    positions: position === "" ? "" : text.sharedWords(`position ${i}`, threads),
  }));
  const put = accumulators.flatMap(({ type, value, position }, i) => {
    const { values, positions } = memory[i]!;
    const lines = [`${values}[lane] = ${toWord(type, value)};`];
    if (positions !== "") lines.push(`${positions}[lane] = ${toWord("i32", position)};`);
    return lines;
  });
  const lines = [...put, "workgroupBarrier();"];
  for (let stride = lanes / 2; stride >= 1; stride /= 2) {
    const other = text.fresh("q");
    const inside = [`let ${other} = ${partner(stride)};`];
    accumulators.forEach((accumulator, i) => {
      const { reduction, type, value, position } = accumulator;
      const { values, positions } = memory[i]!;
      const found = text.fresh("v");
      inside.push(`let ${found} = ${fromWord(type, `${values}[${other}]`)};`);
      if (positions === "") {
        inside.push(`${value} = ${combineText(reduction.kind, type, value, found, text.prelude)};`);
        return;
      }
      const at = text.fresh("v");
      inside.push(
        `let ${at} = ${fromWord("i32", `${positions}[${other}]`)};`,
        take(text, accumulator, found, at, value, position),
      );
    });
    inside.push(...put);
    lines.push(`if (${index} < ${stride}u) {`, ...indent(inside), "}", "workgroupBarrier();");
  }
  return lines;
}

/** Replaces the best value by another if that is better. */
export function take(
  text: KernelText,
  { reduction, type }: AccumulatorText,
  found: string,
  at: string,
  value: string,
  position: string,
): string {
  const kind = reduction.kind as "argmax" | "argmin";
  const better = betterText(kind, type, [found, at], [value, position], text.prelude);
  return `if (${better}) { ${value} = ${found}; ${position} = ${at}; }`;
}

/** Bytes of workgroup memory that each thread needs for sharing the loops of a nest. */
export function sharedBytes(nest: LoopNest): number {
  return nest.reductions.reduce((sum, reduction) => {
    const value = isWide(accumulatedType(reduction)) ? 8 : 4;
    return sum + value + (isArg(reduction.kind) ? 4 : 0);
  }, 0);
}

/** A value as a u32 word, or as a pair of them. */
function toWord(type: WgslType, value: string): string {
  if (isWide(type)) return value;
  return type === "bool" || type === "u32" ? toMemory(type, value) : `bitcast<u32>(${value})`;
}

/** A value from a u32 word, or from a pair of them. */
function fromWord(type: WgslType, word: string): string {
  if (isWide(type)) return word;
  return type === "bool" || type === "u32" ? fromMemory(type, word) : `bitcast<${type}>(${word})`;
}

/** The type in memory of an accumulated type. */
export function memoryType(type: WgslType): StoredType {
  return type === "bool" ? "u32" : isWide(type) ? WIDE : type;
}

/** The words of 4 bytes that elements of an accumulated type take in memory. */
export function memoryWords(type: WgslType, elements: Size): Size {
  return mulSize(elements, isWide(type) ? 2 : 1);
}

/** A value as it is held in memory. */
export function toMemory(type: WgslType, value: string): string {
  return type === "bool" ? `select(0u, 1u, ${value})` : value;
}

/** A value from memory. */
export function fromMemory(type: WgslType, value: string): string {
  return type === "bool" ? `(${value} != 0u)` : value;
}

/** Text of the value that changes nothing, as held in memory. */
export function memoryIdentity(text: KernelText, { reduction, type }: AccumulatorText): string {
  return toMemory(type, identityText(reduction.kind, type, text.prelude));
}

/**
 * Where a workgroup stands of several that share a point: `at` is the point, and it does the iterations from
 * `start` to `end`; those of a grid beyond what was asked for are not `live`, and do none.
 *
 * @param text Where the lines go.
 * @param points How many points there are.
 * @param total The iterations of a point.
 * @param parts Workgroups that share a point.
 */
export function partLines(text: KernelText, points: Size, total: Size, parts: number): string[] {
  const each = text.count(floorDivSize(addSize(total, parts - 1), parts));
  return [
    `let live = group < ${text.count(mulSize(points, parts))};`,
    `let at = min(group / ${parts}u, ${text.count(points)} - 1u);`,
    `let start = (group % ${parts}u) * ${each};`,
    `let end = select(0u, min(start + ${each}, ${text.count(total)}), live);`,
  ];
}

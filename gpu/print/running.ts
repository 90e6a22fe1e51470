/**
 * Nests that store running values (cumulative sums and the like) of few long rows: the threads of a
 * workgroup take neighbouring iterations and combine them by a prefix scan, block after block. Very long
 * rows are shared by several workgroups, which first find what comes before each of them.
 *
 * @module
 */

import { nodesOf } from "../../core/ir/nodes.ts";
import { innerOutputs } from "../../core/ir/steps.ts";
import type { BufferDecl, LoopNest } from "../../core/ir/program.ts";
import { mulSize, productSize, type Size, sizeValue } from "../../core/ir/size.ts";
import { indent, KernelText, type PrintedKernel, type Scratch } from "./kernel_text.ts";
import { printParts, SHARED_BYTES, withoutLoops } from "./group.ts";
import {
  fromMemory,
  GROUP_THREADS,
  memoryIdentity,
  memoryType,
  memoryWords,
  partLines,
  sharedBytes,
  toMemory,
} from "./group_tree.ts";
import { decompose, NestBody, usesRunning, writtenBy } from "./nest.ts";
import { accumulatedType, combineText, identityText, isArg } from "./reduction.ts";
import { printCast } from "./scalar.ts";
import { prefixScan } from "./prefix_scan.ts";

/** How a nest with running values is spread. */
interface RunningShape {
  /** Workgroups that share a row. */
  readonly parts: number;
}

/** Rows from which on each is best left to one thread. */
const MANY_ROWS = 4096;
/** Iterations from which on threads share a row. */
const LONG_ROW = 256;
/** Iterations from which on several workgroups share a row. */
const VERY_LONG_ROW = 1 << 15;

/** How to share the rows of a nest with running values, or null if it is best left to threads. */
export function chooseRunning(nest: LoopNest): RunningShape | null {
  if (nest.loops.length === 0 || !usesRunning(nest)) return null;
  if (nest.reductions.length > 7 || sharedBytes(nest) * GROUP_THREADS > SHARED_BYTES) return null;
  if (nest.reductions.some(({ kind }) => isArg(kind))) return null;
  const written = writtenBy([...nest.inner, ...nest.outer]);
  for (const node of nodesOf(innerOutputs(nest))) {
    if (node.op === "load" && written.has(node.buffer)) return null;
  }
  // A value that is reduced must not depend on running ones.
  const values = nest.reductions.map(({ value }) => value);
  if (nodesOf(values).some((node) => node.op === "running")) return null;
  const rows = sizeValue(productSize(nest.axes));
  const length = sizeValue(productSize(nest.loops));
  if (rows >= MANY_ROWS || length < LONG_ROW) return null;
  if (length < VERY_LONG_ROW || rows >= 64) return { parts: 1 };
  return { parts: Math.min(256, 2 ** Math.floor(Math.log2(length / 4096))) };
}

/**
 * The kernels of a nest with running values.
 *
 * @param nest What to print.
 * @param shape How.
 * @param decls The buffers of the program by id.
 * @param scratch Makes memory between the kernels.
 * @param flag The flag that must be set for the kernels to run.
 */
export function printRunningNest(
  nest: LoopNest,
  shape: RunningShape,
  decls: ReadonlyMap<number, BufferDecl>,
  scratch: (words: Size) => Scratch,
  flag: number | null,
): PrintedKernel[] {
  const { parts } = shape;
  const points = productSize(nest.axes);
  if (parts === 1) return [printBlocks(nest, 1, null, decls, flag)];
  const elements = mulSize(points, parts);
  const totals = nest.reductions.map((reduction) => ({
    values: scratch(memoryWords(accumulatedType(reduction), elements)),
    positions: null,
  }));
  const sums: LoopNest = { ...nest, inner: [], outer: [], checks: [] };
  return [
    printParts(sums, parts, totals, decls, flag),
    printStarts(nest, parts, totals.map(({ values }) => values), decls, flag),
    printBlocks(nest, parts, totals.map(({ values }) => values), decls, flag),
  ];
}

/** Turns the totals of the parts of each row into what comes before each part. */
function printStarts(
  nest: LoopNest,
  parts: number,
  totals: readonly Scratch[],
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
): PrintedKernel {
  const text = new KernelText(decls);
  const axes = nest.axes.map(() => "0i");
  const body = new NestBody(text, withoutLoops(nest), { axes, loops: [], flat: true });
  const rows = productSize(nest.axes);
  const lines = ["let at = group * 64u + lane;", `if (at >= ${text.count(rows)}) { return; }`];
  const steps = body.accumulators.flatMap(({ reduction, type, value }, i) => {
    const memory = text.scratch(totals[i]!, memoryType(type), "write");
    const own = text.fresh("v");
    const combined = combineText(reduction.kind, type, value, own, text.prelude);
    return [
      `let ${own} = ${fromMemory(type, `${memory}[q]`)};`,
      `${memory}[q] = ${toMemory(type, value)};`,
      `${value} = ${combined};`,
    ];
  });
  lines.push(
    ...body.declare(),
    `for (var q = at * ${parts}u; q < (at + 1u) * ${parts}u; q++) {`,
    ...indent(steps),
    "}",
  );
  return text.finish(`${nest.name} starts`, lines, 64, rows, 64, flag);
}

/** Combines the elements of rows, or of parts of them that begin with what `starts` holds. */
function printBlocks(
  nest: LoopNest,
  parts: number,
  starts: readonly Scratch[] | null,
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
): PrintedKernel {
  const text = new KernelText(decls);
  const points = productSize(nest.axes);
  const groups = mulSize(points, parts);
  const lines = partLines(text, points, productSize(nest.loops), parts);
  const axes = decompose(text, "at", nest.axes, lines);
  const head: string[] = [];
  const loops = decompose(text, "q", nest.loops, head);
  const body = new NestBody(text, nest, { axes, loops, flat: true });
  const { accumulators } = body;
  lines.push(...body.declare(), ...body.lets(0));
  const carries = accumulators.map(({ reduction, type, value }, i) => {
    const carry = text.fresh("r");
    const first = starts === null
      ? identityText(reduction.kind, type, text.prelude)
      : fromMemory(type, `${text.scratch(starts[i]!, memoryType(type), "read")}[group]`);
    lines.push(`var ${carry} = ${first};`, `${value} = ${carry};`);
    return carry;
  });
  const memory = accumulators.map(({ type }) => text.shared(memoryType(type), GROUP_THREADS));
  const identities = accumulators.map((accumulator) => memoryIdentity(text, accumulator));
  const combine = (i: number, earlier: string, later: string) => {
    const { reduction, type } = accumulators[i]!;
    const combined = combineText(
      reduction.kind,
      type,
      fromMemory(type, earlier),
      fromMemory(type, later),
      text.prelude,
    );
    return toMemory(type, combined);
  };
  const own = accumulators.map(({ reduction, type }, i) => {
    const value = printCast(body.value(reduction.value), type, text.prelude).text;
    return `${memory[i]}[lane] = select(${identities[i]}, ${toMemory(type, value)}, inside);`;
  });
  const running = accumulators.map(({ reduction, type, value }, i) => {
    const found = fromMemory(type, `${memory[i]}[lane]`);
    return `${value} = ${combineText(reduction.kind, type, carries[i]!, found, text.prelude)};`;
  });
  const carry = accumulators.map(({ reduction, type }, i) => {
    const found = fromMemory(type, `${memory[i]}[${GROUP_THREADS - 1}]`);
    const name = carries[i]!;
    return `${name} = ${combineText(reduction.kind, type, name, found, text.prelude)};`;
  });
  const checks = body.checks();
  lines.push(
    `for (var block = start; block < end; block += ${GROUP_THREADS}u) {`,
    ...indent([
      "let inside = block + lane < end;",
      // Threads past the end take part in the barriers.
      "let q = min(block + lane, end - 1u);",
      ...head,
      ...body.lets(1),
      ...(checks.length > 0 ? ["if (inside) {", ...indent(checks), "}"] : []),
      ...own,
      ...prefixScan(memory, GROUP_THREADS, identities, combine, (p) => text.fresh(p)),
      ...running,
      ...carry,
      "workgroupBarrier();",
      "if (inside) {",
      ...indent(body.inner()),
      "}",
    ]),
    "}",
    ...accumulators.map(({ value }, i) => `${value} = ${carries[i]};`),
    `if (live & (lane == 0u) & (group % ${parts}u == ${parts - 1}u)) {`,
    ...indent(body.outer()),
    "}",
  );
  const name = starts === null ? nest.name : `${nest.name} running`;
  return text.finish(name, lines, GROUP_THREADS, groups, 1, flag);
}

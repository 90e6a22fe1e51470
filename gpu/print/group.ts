/**
 * Nests in which several threads share the loops of a point: each takes every so many iterations,
 * and the workgroup combines what they found in a tree. For very long loops several workgroups
 * share a point, and a second kernel combines their results.
 *
 * The order in which values are combined depends on the sizes alone, so results are the same at
 * each run and on each device.
 *
 * @module
 */

import { nodesOf } from "../../core/ir/nodes.ts";
import { innerOutputs } from "../../core/ir/steps.ts";
import type { BufferDecl, LoopNest } from "../../core/ir/program.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import { mulSize, productSize, type Size, sizeValue } from "../../core/ir/size.ts";
import { indent, KernelText, type PrintedKernel, type Scratch } from "./kernel_text.ts";
import { decompose, NestBody, writtenBy } from "./nest.ts";
import { accumulatedType, combineText, isArg } from "./reduction.ts";
import {
  fromMemory,
  GROUP_THREADS,
  memoryType,
  memoryWords,
  partLines,
  sharedBytes,
  take,
  toMemory,
  tree,
} from "./group_tree.ts";

/** How the threads of a workgroup share points and loops. */
interface GroupShape {
  /** Points of a workgroup. */
  readonly rows: number;
  /** Threads that share a point; a power of two. */
  readonly lanes: number;
  /** Whether neighbouring threads are of one point (else of neighbouring points). */
  readonly lanesFirst: boolean;
  /** Workgroups that share a point; with more than 1, `rows` is 1. */
  readonly parts: number;
}

/** Threads that a device should have at least, so that none of its cores is idle. */
const BUSY_THREADS = 1 << 16;
/** Iterations that a thread should have at least. */
const LEAST_WORK = 4;
/** Iterations of one thread from which on several workgroups share a point. */
const MUCH_WORK = 64;

/** Workgroup memory that every device has, less some for other things. */
export const SHARED_BYTES = 16000;

/** Whether iterations of the loops can be done by different threads, in any order. */
export function canShareLoops(nest: LoopNest): boolean {
  if (nest.loops.length === 0) return false;
  const written = writtenBy([...nest.inner, ...nest.outer]);
  if (nest.reductions.length > 7 || sharedBytes(nest) * GROUP_THREADS > SHARED_BYTES) return false;
  return nodesOf(innerOutputs(nest)).every((node) =>
    node.op !== "running" && !(node.op === "load" && written.has(node.buffer))
  );
}

/** How to share the loops of a nest, or null if each point is best left to one thread. */
export function chooseGroup(nest: LoopNest): GroupShape | null {
  if (!canShareLoops(nest) || nest.reductions.length === 0) return null;
  const points = sizeValue(productSize(nest.axes));
  const iterations = sizeValue(productSize(nest.loops));
  const lanesFirst = runsAlongLoops(nest);
  let lanes = 1;
  const most = lanesFirst ? GROUP_THREADS : Math.max(16, GROUP_THREADS / ceilPow2(points));
  while (
    lanes < most && lanes * 2 * LEAST_WORK <= iterations &&
    (points * lanes < BUSY_THREADS || (lanesFirst && lanes < 32))
  ) lanes *= 2;
  if (lanes === 1) return null;
  const rest = iterations / lanes;
  if (lanes === GROUP_THREADS && rest >= 2 * MUCH_WORK && points * lanes < BUSY_THREADS) {
    const wanted = Math.min(rest / MUCH_WORK, BUSY_THREADS / (points * lanes));
    return { rows: 1, lanes, lanesFirst, parts: ceilPow2(wanted) };
  }
  return { rows: GROUP_THREADS / lanes, lanes, lanesFirst, parts: 1 };
}

/** As {@linkcode chooseGroup}, but with at most `most` iterations for each thread. */
export function chooseManyParts(nest: LoopNest, most: number): GroupShape | null {
  if (!canShareLoops(nest) || nest.reductions.length === 0) return null;
  const iterations = sizeValue(productSize(nest.loops));
  const parts = ceilPow2(iterations / (GROUP_THREADS * most));
  return { rows: 1, lanes: GROUP_THREADS, lanesFirst: true, parts };
}

function ceilPow2(n: number): number {
  return n <= 1 ? 1 : 2 ** Math.ceil(Math.log2(n));
}

/** Whether loads are neighbours along the innermost loop rather than along the innermost axis. */
function runsAlongLoops(nest: LoopNest): boolean {
  const last = (sizes: readonly Size[], from: number) => {
    for (let d = sizes.length - 1; d >= 0; d--) if (sizeValue(sizes[d]!) > 1) return from + d;
    return -1;
  };
  const loop = last(nest.loops, nest.axes.length), axis = last(nest.axes, 0);
  let along = 0, across = 0;
  for (const node of nodesOf(innerOutputs(nest))) {
    if (node.op !== "load") continue;
    for (const term of node.address.terms) {
      if (term.axis.kind !== "axis" || sizeValue(term.stride) !== 1) continue;
      if (term.axis.axis === loop) along++;
      if (term.axis.axis === axis) across++;
    }
  }
  return along >= across;
}

/**
 * The kernels of a nest whose loops are shared.
 *
 * @param nest What to print.
 * @param shape How.
 * @param decls The buffers of the program by id.
 * @param scratch Makes memory between the kernels.
 * @param flag The flag that must be set for the kernels to run.
 */
export function printGroupNest(
  nest: LoopNest,
  shape: GroupShape,
  decls: ReadonlyMap<number, BufferDecl>,
  scratch: (words: Size) => Scratch,
  flag: number | null,
): PrintedKernel[] {
  if (shape.parts === 1) return [printWhole(nest, shape, decls, flag)];
  const partial = nest.reductions.map((reduction): PartialMemory => {
    const elements = mulSize(productSize(nest.axes), shape.parts);
    const positions = isArg(reduction.kind) ? scratch(elements) : null;
    return { values: scratch(memoryWords(accumulatedType(reduction), elements)), positions };
  });
  return [
    printParts(nest, shape.parts, partial, decls, flag),
    printCombine(nest, shape.parts, partial, decls, flag),
  ];
}

/** Memory for what each workgroup found. */
interface PartialMemory {
  readonly values: Scratch;
  readonly positions: Scratch | null;
}

function printWhole(
  nest: LoopNest,
  shape: GroupShape,
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
): PrintedKernel {
  const text = new KernelText(decls);
  const { rows, lanes } = shape;
  const points = productSize(nest.axes);
  const count = text.count(points);
  const place = placement(shape);
  const lines = [
    ...place.lines,
    `let point = group * ${rows}u + row;`,
    `let live = point < ${count};`,
    // Threads past the end take part in the barriers.
    `let at = min(point, ${count} - 1u);`,
  ];
  const axes = decompose(text, "at", nest.axes, lines);
  const end = text.fresh("q");
  lines.push(`let ${end} = select(0u, ${text.count(productSize(nest.loops))}, live);`);
  const body = sharedLoop(text, nest, axes, { first: "part", end, step: lanes }, lines);
  lines.push(
    ...tree(text, body.accumulators, lanes, "part", place.partner),
    "if (live & (part == 0u)) {",
    ...indent(body.outer()),
    "}",
  );
  return text.finish(nest.name, lines, rows * lanes, points, rows, flag);
}

/**
 * The kernel in which several workgroups share each point; each stores what it found.
 *
 * @param nest What to print; stores after the loops are left out.
 * @param parts Workgroups that share a point.
 * @param partial Where results go, by reduction.
 * @param decls The buffers of the program by id.
 * @param flag The flag that must be set for the kernel to run.
 */
export function printParts(
  nest: LoopNest,
  parts: number,
  partial: readonly PartialMemory[],
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
): PrintedKernel {
  const text = new KernelText(decls);
  const points = productSize(nest.axes);
  const lines = partLines(text, points, productSize(nest.loops), parts);
  const axes = decompose(text, "at", nest.axes, lines);
  const body = sharedLoop(text, nest, axes, {
    first: "start + lane",
    end: "end",
    step: GROUP_THREADS,
  }, lines);
  lines.push(
    ...tree(text, body.accumulators, GROUP_THREADS, "lane", (stride) => `lane + ${stride}u`),
  );
  const stores = body.accumulators.flatMap(({ type, value, position }, i) => {
    const to = text.scratch(partial[i]!.values, memoryType(type), "write");
    const stores = [`${to}[group] = ${toMemory(type, value)};`];
    const { positions } = partial[i]!;
    if (positions !== null) {
      stores.push(`${text.scratch(positions, "i32", "write")}[group] = ${position};`);
    }
    return stores;
  });
  lines.push("if (live & (lane == 0u)) {", ...indent(stores), "}");
  const name = `${nest.name} parts`;
  return text.finish(name, lines, GROUP_THREADS, mulSize(points, parts), 1, flag);
}

function printCombine(
  nest: LoopNest,
  parts: number,
  partial: readonly PartialMemory[],
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
): PrintedKernel {
  const text = new KernelText(decls);
  const points = productSize(nest.axes);
  const lanes = Math.min(parts, GROUP_THREADS);
  const count = text.count(points);
  const lines = [
    `let live = group < ${count};`,
    `let at = min(group, ${count} - 1u);`,
  ];
  const axes = decompose(text, "at", nest.axes, lines);
  const checks = nest.checks.filter((check) => !check.inner);
  const rest: LoopNest = { ...withoutLoops(nest), outer: nest.outer, checks };
  const body = new NestBody(text, rest, { axes, loops: [], flat: true });
  const updates = body.accumulators.flatMap(({ reduction, type, value, position }, i) => {
    const { values, positions } = partial[i]!;
    const found = fromMemory(type, `${text.scratch(values, memoryType(type), "read")}[q]`);
    if (positions === null) {
      return [`${value} = ${combineText(reduction.kind, type, value, found, text.prelude)};`];
    }
    const taken = text.fresh("v"), at = text.fresh("v");
    return [
      `let ${taken} = ${found};`,
      `let ${at} = ${text.scratch(positions, "i32", "read")}[q];`,
      take(text, body.accumulators[i]!, taken, at, value, position),
    ];
  });
  lines.push(
    ...body.declare(),
    `for (var q = at * ${parts}u + lane; q < (at + 1u) * ${parts}u; q += ${lanes}u) {`,
    ...indent(updates),
    "}",
    ...tree(text, body.accumulators, lanes, "lane", (stride) => `lane + ${stride}u`),
    "if (live & (lane == 0u)) {",
    ...indent([...body.lets(0), ...body.outer()]),
    "}",
  );
  return text.finish(`${nest.name} total`, lines, lanes, points, 1, flag);
}

/** The reductions of a nest for what combines their results: only their types matter. */
export function withoutLoops(nest: LoopNest): LoopNest {
  const reductions = nest.reductions.map((reduction) => {
    const value: SNode = { id: -1, op: "const", type: reduction.value.type, args: [], value: 0 };
    return { ...reduction, value };
  });
  return { ...nest, loops: [], reductions, inner: [], outer: [], checks: [] };
}

/** Where a thread stands in its workgroup. */
function placement(
  { rows, lanes, lanesFirst }: GroupShape,
): { lines: string[]; partner: (stride: number) => string } {
  if (rows === 1) {
    return {
      lines: ["let row = 0u;", "let part = lane;"],
      partner: (stride) => `lane + ${stride}u`,
    };
  }
  return lanesFirst
    ? {
      lines: [`let row = lane / ${lanes}u;`, `let part = lane % ${lanes}u;`],
      partner: (stride) => `lane + ${stride}u`,
    }
    : {
      lines: [`let row = lane % ${rows}u;`, `let part = lane / ${rows}u;`],
      partner: (stride) => `lane + ${stride * rows}u`,
    };
}

/** The loop of one thread over its part of the iterations; adds its statements to `lines`. */
function sharedLoop(
  text: KernelText,
  nest: LoopNest,
  axes: readonly string[],
  { first, end, step }: { first: string; end: string; step: number },
  lines: string[],
): NestBody {
  const q = text.fresh("q");
  const head: string[] = [];
  const loops = decompose(text, q, nest.loops, head);
  const body = new NestBody(text, nest, { axes, loops, flat: true });
  const perThread = sizeValue(productSize(nest.loops)) / step;
  // Long sums of floats are added up in blocks, so that their rounding errors stay small.
  const blocks = perThread > 4 * MUCH_WORK;
  const parts: { part: string; total: string }[] = [];
  const updates = body.accumulators.map(({ reduction, type, value }, i) => {
    if (!blocks || reduction.kind !== "sum" || type !== "f32") return body.update(i, value);
    const part = text.fresh("r");
    parts.push({ part, total: value });
    return body.update(i, part);
  });
  const inside = [...head, ...body.lets(1), ...body.checks(), ...updates, ...body.inner()];
  lines.push(...body.declare(), ...body.lets(0));
  const unroll = inside.length <= 20 && perThread >= 8 ? 4 : 1;
  const copies = (start: string, stop: string, variable: string) => {
    if (unroll === 1) return strideLoop(q, start, stop, step, inside);
    const many = text.fresh("q");
    const copy = (u: number) => [
      "{",
      ...indent([`let ${q} = ${many} + ${u * step}u;`, ...inside]),
      "}",
    ];
    return [
      `var ${variable} = ${start};`,
      `for (var ${many} = ${variable}; ${many} + ${3 * step}u < ${stop}; ${many} += ${
        4 * step
      }u) {`,
      ...indent([0, 1, 2, 3].flatMap(copy)),
      `  ${variable} = ${many} + ${4 * step}u;`,
      "}",
      ...strideLoop(q, variable, stop, step, inside),
    ];
  };
  if (parts.length === 0) lines.push(...copies(first, end, text.fresh("q")));
  else {
    const block = text.fresh("q"), stop = text.fresh("q");
    const length = MUCH_WORK * step;
    lines.push(
      `for (var ${block} = ${first}; ${block} < ${end}; ${block} += ${length}u) {`,
      ...indent([
        `let ${stop} = min(${block} + ${length}u, ${end});`,
        ...parts.map(({ part }) => `var ${part} = 0.0f;`),
        ...copies(block, stop, text.fresh("q")),
        ...parts.map(({ part, total }) => `${total} += ${part};`),
      ]),
      "}",
    );
  }
  return body;
}

/**
 * The statements of a nest for threads that share points, inside of a larger kernel. All threads of
 * the workgroup must reach them; they begin and end with nothing left in workgroup memory.
 *
 * @param text The kernel.
 * @param nest What to print.
 * @param axes The i32 values of the point axes.
 * @param place Names: whether the thread has a point of its own, and its number among those that
 * share the point; how many they are, and how many threads there are in all.
 */
export function printSharedNest(
  text: KernelText,
  nest: LoopNest,
  axes: readonly string[],
  place: { live: string; part: string; lanes: number; threads: number },
): string[] {
  const { live, part, lanes, threads } = place;
  const lines: string[] = [];
  const end = text.fresh("q");
  lines.push(`let ${end} = select(0u, ${text.count(productSize(nest.loops))}, ${live});`);
  const body = sharedLoop(text, nest, axes, { first: part, end, step: lanes }, lines);
  const partner = (stride: number) => `lane + ${stride}u`;
  lines.push(
    ...tree(text, body.accumulators, lanes, part, partner, threads),
    `if (${live} & (${part} == 0u)) {`,
    ...indent(body.outer()),
    "}",
  );
  return lines;
}

function strideLoop(
  q: string,
  start: string,
  stop: string,
  step: number,
  lines: readonly string[],
): string[] {
  return [
    `for (var ${q} = ${start}; ${q} < ${stop}; ${q} += ${step}u) {`,
    ...indent(lines),
    "}",
  ];
}

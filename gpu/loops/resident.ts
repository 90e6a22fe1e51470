/**
 * Loops of which one workgroup runs all steps, with barriers between the parts of a step. Where rows
 * of a batch never meet, each row has a workgroup of its own.
 *
 * @module
 */

import type { BufferDecl, Loop, LoopNest, Program, Step } from "../../core/ir/program.ts";
import {
  type Guards,
  mulSize,
  productSize,
  type Size,
  sizeKey,
  sizeValue,
} from "../../core/ir/size.ts";
import type { GpuLimits } from "../device/context.ts";
import { indent, KernelText, type PrintedKernel } from "../print/kernel_text.ts";
import {
  accessesOf,
  fixedDistance,
  type NestAccess,
  nodeCount,
  reach,
  type StepIterations,
} from "../../core/plan/loop_access.ts";
import { gemmAsNest } from "../../core/ir/gemm.ts";
import { canShareLoops, printSharedNest, SHARED_BYTES } from "../print/group.ts";
import { sharedBytes } from "../print/group_tree.ts";
import type { StopFlags } from "./lanes.ts";
import { productOf } from "../print/loop_budget.ts";
import { decompose, helperIterations, printThreadNest } from "../print/nest.ts";
import { printCast } from "../print/scalar.ts";

/** A step that runs inside of the kernel. */
type Inside =
  | { readonly kind: "nest"; readonly nest: LoopNest }
  | { readonly kind: "loop"; readonly loop: Loop; readonly body: readonly Inside[] }
  | {
    readonly kind: "branch";
    readonly condition: number;
    readonly then: readonly Inside[];
    readonly otherwise: readonly Inside[];
  };

/** A loop that workgroups can run by themselves. */
interface ResidentPlan {
  readonly loop: Loop;
  readonly body: readonly Inside[];
  /** Workgroups: the length of the first axis of all nests, or 1. */
  readonly rows: Size;
  /** Threads of a workgroup. */
  readonly threads: number;
}

/** A plan for a loop, or why there is none. */
export function planResident(
  loop: Loop,
  program: Program,
  limits: GpuLimits,
): ResidentPlan | string {
  const body = insideOf(loop.body);
  if (typeof body === "string") return body;
  const nests = nestsOf(body);
  const buffers = new Set(accessesOf(nests).map((access) => access.buffer));
  for (const buffer of conditionsOf(body)) buffers.add(buffer);
  if (loop.until !== null) buffers.add(loop.until);
  // The flags and the errors need bindings too.
  if (buffers.size + 2 > limits.maxStorageBuffersPerShaderStage) {
    return `its step uses ${buffers.size} buffers`;
  }
  const rows = separateRows(loop, body, nests, program.guards);
  const most = Math.max(...nests.map((nest) => {
    const points = sizeValue(productSize(nest.axes)) / sizeValue(rows);
    // Threads share long loops.
    const loops = canShareLoops(nest) ? sizeValue(productSize(nest.loops)) : 1;
    return points * Math.max(1, Math.min(32, loops / 4));
  }));
  const limit = Math.min(
    1024,
    limits.maxComputeInvocationsPerWorkgroup,
    limits.maxComputeWorkgroupSizeX,
  );
  let threads = 32;
  while (threads < most && threads * 2 <= limit) threads *= 2;
  return { loop, body, rows, threads };
}

function insideOf(steps: readonly Step[]): Inside[] | string {
  const inside: Inside[] = [];
  for (const step of steps) {
    switch (step.kind) {
      case "nest":
        inside.push({ kind: "nest", nest: step });
        break;
      case "gemm":
        inside.push({ kind: "nest", nest: gemmAsNest(step) });
        break;
      case "loop": {
        const body = insideOf(step.body);
        if (typeof body === "string") return body;
        inside.push({ kind: "loop", loop: step, body });
        break;
      }
      case "branch": {
        const then = insideOf(step.then), otherwise = insideOf(step.otherwise);
        if (typeof then === "string") return then;
        if (typeof otherwise === "string") return otherwise;
        inside.push({ kind: "branch", condition: step.condition, then, otherwise });
        break;
      }
      default:
        return `its step has a ${step.kind}`;
    }
  }
  return inside;
}

function nestsOf(body: readonly Inside[]): LoopNest[] {
  return body.flatMap((inside) => {
    switch (inside.kind) {
      case "nest":
        return [inside.nest];
      case "loop":
        return nestsOf(inside.body);
      case "branch":
        return [...nestsOf(inside.then), ...nestsOf(inside.otherwise)];
    }
  });
}

/** Buffers that decide what runs, and those that inner loops count their steps in. */
function conditionsOf(body: readonly Inside[]): number[] {
  return body.flatMap((inside) => {
    switch (inside.kind) {
      case "nest":
        return [];
      case "loop": {
        const { until, count } = inside.loop;
        return [...(until === null ? [] : [until]), ...(count === null ? [] : [count])]
          .concat(conditionsOf(inside.body));
      }
      case "branch":
        return [inside.condition, ...conditionsOf(inside.then), ...conditionsOf(inside.otherwise)];
    }
  });
}

/**
 * The length of the first axis, if all nests have it and no row uses memory that another row
 * writes; else 1.
 */
function separateRows(
  loop: Loop,
  body: readonly Inside[],
  nests: readonly LoopNest[],
  guards: Guards,
): Size {
  const rows = nests[0]?.axes[0];
  if (rows === undefined || rows === 1 || loop.until !== null) return 1;
  // Conditions and counts of inner loops belong to no row.
  if (body.some((inside) => inside.kind !== "nest")) return 1;
  if (nests.some((nest) => nest.axes.length === 0 || sizeKey(nest.axes[0]!) !== sizeKey(rows))) {
    return 1;
  }
  const accesses = accessesOf(nests);
  const written = new Set(accesses.filter(({ store }) => store !== null).map((a) => a.buffer));
  for (const buffer of written) {
    const own = accesses.filter((access) => access.buffer === buffer);
    if (!rowsApart(own, nests, rows, guards)) return 1;
  }
  return rows;
}

function rowsApart(
  accesses: readonly NestAccess[],
  nests: readonly LoopNest[],
  rows: Size,
  guards: Guards,
): boolean {
  let stride: number | null = null;
  for (const { address, nest } of accesses) {
    if (address.rest !== null) return false;
    const by = address.terms.filter((term) => term.axis.kind === "axis" && term.axis.axis === 0);
    if (by.length !== 1 || typeof by[0]!.stride !== "number" || by[0]!.stride <= 0) return false;
    if (stride !== null && stride !== by[0]!.stride) return false;
    stride = by[0]!.stride;
    const { axes, loops } = nests[nest]!;
    const sizes = [...axes, ...loops];
    const within: [number, Size][] = [];
    for (const term of address.terms) {
      if (term === by[0]) continue;
      if (typeof term.stride !== "number") {
        // Whole blocks of rows: a step of a trace with a batch of any size.
        if (sizeKey(term.stride) !== sizeKey(mulSize(rows, stride))) return false;
        continue;
      }
      if (typeof rows === "number" && term.stride % (rows * stride) === 0) continue;
      if (term.axis.kind !== "axis") return false;
      within.push([term.stride, sizes[term.axis.axis]!]);
    }
    if (within.some(([s]) => s < 0)) return false;
    if (!guards.less(reach(within), stride)) return false;
    // All begin at the start of a block of rows, or all at the same place within a row.
    const distance = fixedDistance(address.offset, accesses[0]!.address.offset);
    if (distance === null) return false;
    if (distance !== 0 && (typeof rows !== "number" || distance % (rows * stride) !== 0)) {
      return false;
    }
  }
  return true;
}

/**
 * The kernel that runs some steps of a loop; see `KernelText.steps`.
 *
 * @param plan What to print.
 * @param decls The buffers of the program by id.
 * @param flag The flag that must be set for the kernel to run.
 * @param stop Flags, for a loop with a stop condition.
 */
export function printResident(
  plan: ResidentPlan,
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
  stop: StopFlags | null,
): PrintedKernel {
  const { loop, rows, threads } = plan;
  const text = new KernelText(decls);
  const printer = new ResidentPrinter(text, threads, rows);
  const [first, last] = text.steps();
  const t = text.fresh("t");
  text.localCounters.set(loop.id, t);
  const body = [`let ${t} = i32(step);`, ...printer.body(plan.body), ...printer.barrier()];
  const lines = [
    `let row = i32(min(group, ${text.count(rows)} - 1u));`,
    `let first_step = ${first};`,
    // A grid can have more workgroups than asked for.
    `let last_step = select(first_step, ${last}, group < ${text.count(rows)});`,
    "var step = first_step;",
  ];
  if (stop !== null) {
    body.push(
      ...printer.uniform(loop.until!, "stop"),
      "if (stop) { stopped = true; step++; break; }",
    );
    lines.push("var stopped = false;");
  }
  lines.push("for (; step < last_step; step++) {", ...indent(body), "}");
  if (stop !== null) {
    const flags = text.flags("write");
    const name = (flag: number) => `${flags}[u32(${text.param(`flag${flag}`, () => flag)})]`;
    lines.push(
      "if (lane == 0u) {",
      `  ${name(stop.count)} += step - first_step;`,
      `  if (stopped) { ${name(stop.active)} = 0u; }`,
      "}",
    );
  }
  return text.finish(loop.name, lines, threads, rows, 1, flag);
}

class ResidentPrinter {
  readonly #text: KernelText;
  readonly #threads: number;
  readonly #rows: Size;
  /** Buffers that were written or read since the last barrier. */
  readonly #written = new Set<number>();
  readonly #read = new Set<number>();

  constructor(text: KernelText, threads: number, rows: Size) {
    this.#text = text;
    this.#threads = threads;
    this.#rows = rows;
  }

  /** What all threads wrote is seen by all threads behind it. */
  barrier(): string[] {
    this.#written.clear();
    this.#read.clear();
    return ["storageBarrier();", "workgroupBarrier();"];
  }

  body(steps: readonly Inside[]): string[] {
    return steps.flatMap((step) => this.#step(step));
  }

  /** Sets a variable that is the same in all threads from a bool buffer. Begins with a barrier. */
  uniform(buffer: number, name: string): string[] {
    const text = this.#text;
    const { dtype } = text.decl(buffer);
    const word = text.loaded(dtype, dtype, `${text.buffer(buffer, "read")}[0]`);
    const yes = printCast(word, "bool", text.prelude).text;
    const memory = text.sharedScalar("u32");
    return [
      ...this.barrier(),
      `if (lane == 0u) { ${memory} = select(0u, 1u, ${yes}); }`,
      `let ${name} = workgroupUniformLoad(&${memory}) != 0u;`,
    ];
  }

  #step(step: Inside): string[] {
    switch (step.kind) {
      case "nest":
        return [...this.#separate(step.nest), ...this.#nest(step.nest)];
      case "loop":
        return this.#loop(step.loop, step.body);
      case "branch": {
        const name = this.#text.fresh("c");
        const lines = this.uniform(step.condition, name);
        const then = [...this.body(step.then), ...this.barrier()];
        const otherwise = [...this.body(step.otherwise), ...this.barrier()];
        return [
          ...lines,
          `if (${name}) {`,
          ...indent(then),
          "} else {",
          ...indent(otherwise),
          "}",
        ];
      }
    }
  }

  #loop(loop: Loop, inside: readonly Inside[]): string[] {
    const text = this.#text;
    const q = text.fresh("q"), t = text.fresh("t");
    const start = this.barrier();
    text.localCounters.set(loop.id, t);
    const body = [`let ${t} = i32(${q});`, ...this.body(inside), ...this.barrier()];
    const done = text.fresh("n");
    const lines: string[] = [];
    body.push(`${done} = ${q} + 1u;`);
    if (loop.until !== null) {
      const name = text.fresh("c");
      body.push(...this.uniform(loop.until, name), `if (${name}) { break; }`);
    }
    let most = text.count(loop.steps);
    if (loop.until !== null && loop.mayBeEmpty) {
      const name = text.fresh("c");
      start.push(...this.uniform(loop.until, name));
      most = `select(${most}, 0u, ${name})`;
    }
    lines.push(
      ...start,
      `var ${done} = 0u;`,
      `for (var ${q} = 0u; ${q} < ${most}; ${q}++) {`,
      ...indent(body),
      "}",
    );
    if (loop.count !== null) {
      const value = { text: `i32(${done})`, type: "i32" as const, nan: false };
      lines.push(`if (lane == 0u) { ${text.store(loop.count, "0u", value)} }`, ...this.barrier());
    }
    return lines;
  }

  /** A barrier, if a nest uses what was written or writes what was read since the last one. */
  #separate(nest: LoopNest): string[] {
    const accesses = accessesOf([nest]);
    const clash = accesses.some(({ buffer, store }) =>
      this.#written.has(buffer) || (store !== null && this.#read.has(buffer))
    );
    const lines = clash ? this.barrier() : [];
    for (const { buffer, store } of accesses) {
      (store === null ? this.#read : this.#written).add(buffer);
    }
    return lines;
  }

  /** All points of a nest (of this row). */
  #nest(nest: LoopNest): string[] {
    const text = this.#text;
    const split = this.#rows !== 1;
    const sizes = split ? nest.axes.slice(1) : nest.axes;
    const points = productSize(sizes);
    const lanes = this.#lanes(nest, sizeValue(points));
    const at = text.fresh("p");
    const head: string[] = [];
    const axes = [...(split ? ["row"] : []), ...decompose(text, at, sizes, head)];
    if (lanes > 1) {
      // Each round takes as many points as there are groups of threads.
      const perRound = this.#threads / lanes;
      const start = text.fresh("q"), live = text.fresh("c"), part = text.fresh("q");
      const count = text.count(points);
      return [
        `for (var ${start} = 0u; ${start} < ${count}; ${start} += ${perRound}u) {`,
        ...indent([
          `let ${live} = ${start} + lane / ${lanes}u < ${count};`,
          `let ${at} = min(${start} + lane / ${lanes}u, ${count} - 1u);`,
          `let ${part} = lane % ${lanes}u;`,
          ...head,
          ...printSharedNest(text, nest, axes, { live, part, lanes, threads: this.#threads }),
        ]),
        "}",
      ];
    }
    const inside = [...head, ...printThreadNest(text, nest, axes)];
    if (points === 1) return ["if (lane == 0u) {", ...indent([`let ${at} = 0u;`, ...inside]), "}"];
    return [
      `for (var ${at} = lane; ${at} < ${text.count(points)}; ${at} += ${this.#threads}u) {`,
      ...indent(inside),
      "}",
    ];
  }

  /** Threads that share a point. */
  #lanes(nest: LoopNest, points: number): number {
    if (!canShareLoops(nest) || nest.reductions.length === 0) return 1;
    if (sharedBytes(nest) * this.#threads > SHARED_BYTES) return 1;
    const iterations = sizeValue(productSize(nest.loops));
    let lanes = 1;
    while (lanes < 32 && lanes * 2 * points <= this.#threads && lanes * 8 <= iterations) lanes *= 2;
    return lanes;
  }
}

/** Scalar operations of one step in one workgroup. */
export function residentWork(plan: ResidentPlan): number {
  const rows = Math.max(1, sizeValue(plan.rows));
  const work = (body: readonly Inside[]): number =>
    body.reduce((sum, inside) => {
      switch (inside.kind) {
        case "nest": {
          const { axes, loops } = inside.nest;
          const points = sizeValue(productSize(axes)) / rows;
          const each = nodeCount(inside.nest) * Math.max(1, sizeValue(productSize(loops)));
          return sum + points * each;
        }
        case "loop":
          return sum + Math.max(1, sizeValue(inside.loop.steps)) * work(inside.body);
        case "branch":
          return sum + work(inside.then) + work(inside.otherwise);
      }
    }, 0);
  return work(plan.body);
}

/** Iterations of loops that a thread takes in one step. */
export function residentIterations(plan: ResidentPlan): StepIterations {
  const sizes: Size[] = [];
  const count = (body: readonly Inside[], value: (size: Size) => number): number =>
    body.reduce((sum, inside) => {
      switch (inside.kind) {
        case "nest": {
          const { axes, loops } = inside.nest;
          // Shared loops take fewer iterations than this.
          const points = productOf(axes.map(value)) / value(plan.rows) / plan.threads;
          const each = productOf(loops.map(value)) * helperIterations(inside.nest) + 1;
          return sum + Math.ceil(points) * each;
        }
        case "loop":
          return sum + value(inside.loop.steps) * (1 + count(inside.body, value));
        case "branch":
          return sum + Math.max(count(inside.then, value), count(inside.otherwise, value));
      }
    }, 1);
  count(plan.body, (size) => {
    sizes.push(size);
    return 1;
  });
  return {
    sizes,
    count: (values) => {
      let next = 0;
      return count(plan.body, () => values[next++]!);
    },
  };
}

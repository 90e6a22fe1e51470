/**
 * Loops in which no point needs another one: each thread runs all steps of its point, with what it
 * carries from step to step in variables.
 *
 * @module
 */

import type { BufferDecl, Loop, Nest, Program, Store } from "../core/kernel/program.ts";
import type { LoadNode } from "../core/kernel/scalar.ts";
import { type Guards, productSize, type Size, sizeKey, sizeValue } from "../core/kernel/size.ts";
import type { GpuLimits } from "./context.ts";
import { indent, KernelText, type PrintedKernel } from "./kernel_text.ts";
import {
  type Access,
  accessesOf,
  fixedDistance,
  gcd,
  type LoopAddress,
  loopAddress,
  nestsOnly,
  nodeCount,
  reach,
  type StepTurns,
} from "./loop_access.ts";
import { productOf } from "./loop_budget.ts";
import { decompose, printThreadNest, type Registers, turnsPerIteration } from "./print_nest.ts";
import { printCast, storedType } from "./print_scalar.ts";

/** Threads of a workgroup. */
const THREADS = 64;
/** The longest memory of earlier steps that is held in variables. */
const MAX_AGE = 8;

/** A loop that can be run with one thread for each point. */
export interface LanesPlan {
  readonly loop: Loop;
  readonly nests: readonly Nest[];
  readonly axes: readonly Size[];
  /** States that are held in variables. */
  readonly chains: readonly Chain[];
}

/** A buffer of which each point holds the values of the latest steps in variables. */
export interface Chain {
  readonly buffer: number;
  readonly store: Store;
  readonly parts: LoopAddress;
  /** The number of variables: the age of the oldest value that is kept, in steps. */
  readonly length: number;
  /** Whether each step writes to memory of its own (else memory is written at the end). */
  readonly trace: boolean;
  /** How many steps ago a load's value was stored; 0 for this step. */
  readonly ages: ReadonlyMap<LoadNode, number>;
}

/** A plan for a loop, or why there is none. */
export function planLanes(loop: Loop, program: Program, limits: GpuLimits): LanesPlan | string {
  const nests = nestsOnly(loop);
  if (nests === null) return "its step is not elementwise";
  const axes = nests[0]?.axes ?? [];
  const key = axes.map(sizeKey).join();
  if (nests.some((nest) => nest.axes.map(sizeKey).join() !== key)) {
    return "its parts have different shapes";
  }
  if (loop.until !== null && productSize(axes) !== 1) {
    return "its stop condition is shared by several elements";
  }
  const accesses = accessesOf(nests);
  const buffers = new Set(accesses.map((access) => access.buffer));
  // The flags and the errors need bindings too.
  if (buffers.size + 2 > limits.maxStorageBuffersPerShaderStage) {
    return `its step uses ${buffers.size} buffers`;
  }
  const written = new Set(accesses.filter(({ store }) => store !== null).map((a) => a.buffer));
  const chains: Chain[] = [];
  for (const buffer of written) {
    const own = accesses.filter((access) => access.buffer === buffer);
    const parts = own.map((access) => loopAddress(access.address, loop.id));
    const name = program.buffers.find((decl) => decl.id === buffer)?.name ?? String(buffer);
    if (parts.some((part) => part === null)) return `the addresses in "${name}" are computed`;
    const known = parts as LoopAddress[];
    if (!staysApart(known, axes, program.guards)) return `elements share memory in "${name}"`;
    const chain = planChain(buffer, own, known, nests);
    if (chain !== null) chains.push(chain);
  }
  return { loop, nests, axes, chains };
}

/** Whether different points always use different memory. */
function staysApart(parts: readonly LoopAddress[], axes: readonly Size[], guards: Guards): boolean {
  const first = parts[0]!;
  const keyOf = ({ axes, enclosing }: LoopAddress) =>
    [...axes].filter(([, stride]) => stride !== 0).sort(([a], [b]) => a - b)
      .map(([axis, stride]) => `${axis}*${sizeKey(stride)}`).join() + `|${enclosing}`;
  const key = keyOf(first);
  let period = 0;
  for (const part of parts) {
    if (keyOf(part) !== key) return false;
    const distance = fixedDistance(part.offset, first.offset);
    if (distance === null) return false;
    period = gcd(gcd(period, distance), Math.abs(part.moving?.stride ?? 0));
  }
  const terms: [stride: number, size: Size][] = [];
  for (const [axis, size] of axes.entries()) {
    if (size === 1) continue;
    const stride = first.axes.get(axis) ?? 0;
    if (typeof stride !== "number" || stride === 0) return false;
    terms.push([Math.abs(stride), size]);
  }
  // Addresses of loop axes have numbers from axes.length on.
  if ([...first.axes.keys()].some((axis) => axis >= axes.length)) return false;
  terms.sort(([a], [b]) => a - b);
  for (let i = 1; i < terms.length; i++) {
    if (!guards.less(reach(terms.slice(0, i)), terms[i]![0])) return false;
  }
  return period === 0 || guards.less(reach(terms), period);
}

/** Decides whether a buffer is held in variables. */
function planChain(
  buffer: number,
  accesses: readonly Access[],
  parts: readonly LoopAddress[],
  nests: readonly Nest[],
): Chain | null {
  const stores = accesses.filter(({ store }) => store !== null);
  if (stores.length !== 1 || stores[0]!.store!.guard !== null) return null;
  const [write] = stores as [Access];
  const { inner, loops } = nests[write.nest]!;
  if (loops.length > 0 && inner.includes(write.store!)) return null;
  const at = parts[accesses.indexOf(write)]!;
  const { moving } = at;
  const modulus = moving?.modulus ?? 0;
  if (moving !== null && modulus === 0 && moving.stride === 0) return null;
  const ages = new Map<LoadNode, number>();
  for (const [i, access] of accesses.entries()) {
    if (access.load === null) continue;
    const part = parts[i]!;
    const behind = access.nest > write.nest;
    if ((part.moving === null) !== (moving === null)) return null;
    if (part.moving !== null && moving !== null) {
      if (part.moving.stride !== moving.stride || part.moving.modulus !== modulus) return null;
    }
    const shift = (moving?.shift ?? 0) - (part.moving?.shift ?? 0);
    const offset = signedDistance(at.offset, part.offset);
    if (offset === null) return null;
    let age: number;
    if (moving === null || modulus === 1) {
      if (offset !== 0) return null;
      age = behind ? 0 : 1;
    } else if (modulus === 0) {
      age = shift + offset / moving.stride;
      if (!Number.isInteger(age) || age < (behind ? 0 : 1)) return null;
    } else {
      if (offset !== 0) return null;
      age = ((shift % modulus) + modulus) % modulus;
      if (age === 0 && !behind) age = modulus;
    }
    ages.set(access.load, age);
  }
  const oldest = Math.max(0, ...ages.values());
  const trace = moving !== null && modulus === 0;
  if (trace && oldest === 0) return null;
  const length = trace ? oldest : Math.max(1, modulus);
  if (length > MAX_AGE) return null;
  return { buffer, store: write.store!, parts: at, length, trace, ages };
}

function signedDistance(a: Size, b: Size): number | null {
  const distance = fixedDistance(a, b);
  if (distance === null) return null;
  return sizeValue(a) >= sizeValue(b) ? distance : -distance;
}

/**
 * Where a chain's store writes in a step, as a u32; leaves the counter of the loop set to `step`.
 *
 * @param text The kernel.
 * @param loop The loop.
 * @param chain The chain.
 * @param axes The i32 values of the point axes.
 * @param step The name of an i32.
 */
export function chainPlace(
  text: KernelText,
  loop: number,
  chain: Chain,
  axes: readonly string[],
  step: string,
): string {
  text.localCounters.set(loop, step);
  const { address } = chain.store;
  const terms = address.terms.flatMap(({ axis, stride }) => {
    const value = axis.kind === "axis" ? axes[axis.axis]! : text.loopAxis(axis);
    if (value === "0i" || stride === 0) return [];
    return [stride === 1 ? value : `${value} * ${text.size(stride)}`];
  });
  if (address.offset !== 0 || terms.length === 0) terms.push(text.size(address.offset));
  return `u32(${terms.join(" + ")})`;
}

/**
 * Steps that can be added to the number of a step without a change of its place in a ring: enough
 * for the number of any earlier step of the chain not to be negative.
 */
export function wholeRounds(chain: Chain): number {
  const modulus = chain.parts.moving?.modulus ?? 0;
  return Math.ceil(chain.length / Math.max(1, modulus)) * modulus;
}

/** Flags of a loop with a stop condition. */
export interface StopFlags {
  /** Set while the loop goes on. */
  readonly active: number;
  /** Counts the executed steps. */
  readonly count: number;
}

/**
 * The kernel that runs some steps of a loop for all points; see `KernelText.steps`.
 *
 * @param plan What to print.
 * @param decls The buffers of the program by id.
 * @param flag The flag that must be set for the kernel to run.
 * @param stop Flags, for a loop with a stop condition.
 */
export function printLanes(
  plan: LanesPlan,
  decls: ReadonlyMap<number, BufferDecl>,
  flag: number | null,
  stop: StopFlags | null,
): PrintedKernel {
  const { loop, nests, axes, chains } = plan;
  const text = new KernelText(decls);
  const points = productSize(axes);
  const lines = [
    `let at = group * ${THREADS}u + lane;`,
    `if (at >= ${text.count(points)}) { return; }`,
  ];
  const names = decompose(text, "at", axes, lines);
  const [first, last] = text.steps();
  const t = text.fresh("t");
  lines.push(`let first_step = ${first};`, `let last_step = ${last};`);

  const place = (chain: Chain, step: string) => chainPlace(text, loop.id, chain, names, step);
  const variables = chains.map((chain) => {
    const type = storedType(text.decl(chain.buffer).dtype);
    const now = text.fresh("s");
    const old = Array.from({ length: chain.length }, () => text.fresh("s"));
    const plus = wholeRounds(chain);
    const before = (age: number, step: string) => {
      const name = text.fresh("q");
      return {
        line: `let ${name} = i32(${step}) + ${text.size(plus - age)};`,
        place: place(chain, name),
      };
    };
    old.forEach((name, k) => {
      const { line, place } = before(k + 1, "first_step");
      lines.push(line, `var ${name} = ${text.buffer(chain.buffer, "read")}[${place}];`);
    });
    lines.push(`var ${now}: ${type};`);
    const writeBack = () =>
      chain.trace ? [] : old.flatMap((name, k) => {
        const { line, place } = before(k + 1, "step");
        return [line, `${text.buffer(chain.buffer, "write")}[${place}] = ${name};`];
      });
    return { chain, now, old, writeBack };
  });
  const registers: Registers = {
    load: (node) => {
      for (const { chain, now, old } of variables) {
        const age = chain.ages.get(node);
        if (age !== undefined) return age === 0 ? now : old[age - 1]!;
      }
      return null;
    },
    store: (store, value) => {
      const found = variables.find(({ chain }) => chain.store === store);
      if (found === undefined) return null;
      const { chain, now } = found;
      if (!chain.trace) return `${now} = ${value};`;
      return `${now} = ${value}; ${text.buffer(chain.buffer, "write")}[${
        place(chain, t)
      }] = ${now};`;
    },
  };
  text.localCounters.set(loop.id, t);
  const body = nests.flatMap((nest) => {
    text.localCounters.set(loop.id, t);
    return ["{", ...indent(printThreadNest(text, nest, names, registers)), "}"];
  });
  for (const { now, old } of variables) {
    for (let k = old.length - 1; k > 0; k--) body.push(`${old[k]} = ${old[k - 1]};`);
    body.push(`${old[0]} = ${now};`);
  }
  text.localCounters.set(loop.id, t);
  if (stop !== null) {
    const { until } = loop;
    const held = variables.find(({ chain }) => chain.buffer === until);
    const { dtype } = text.decl(until!);
    const word = held === undefined ? `${text.buffer(until!, "read")}[0]` : held.now;
    const value = text.loaded(dtype, dtype, word);
    const yes = printCast(value, "bool", text.prelude).text;
    body.push(`if (${yes}) { stopped = true; step++; break; }`);
    lines.push("var stopped = false;");
  }
  lines.push(
    "var step = first_step;",
    "for (; step < last_step; step++) {",
    ...indent([`let ${t} = i32(step);`, ...body]),
    "}",
    ...variables.flatMap(({ writeBack }) => writeBack()),
  );
  if (stop !== null) {
    const flags = text.flags("write");
    const name = (flag: number) => `${flags}[u32(${text.param(`flag${flag}`, () => flag)})]`;
    lines.push(
      `${name(stop.count)} += step - first_step;`,
      `if (stopped) { ${name(stop.active)} = 0u; }`,
    );
  }
  return text.finish(loop.name, lines, THREADS, points, THREADS, flag);
}

/** Scalar operations of one step for one point. */
export function lanesWork(plan: LanesPlan): number {
  return plan.nests.reduce(
    (sum, nest) => sum + nodeCount(nest) * Math.max(1, sizeValue(productSize(nest.loops))),
    0,
  );
}

/** Turns of loops that a thread takes in one step. */
export function lanesTurns(plan: LanesPlan): StepTurns {
  const parts = plan.nests.map(({ loops }, i) => ({
    loops,
    each: turnsPerIteration(plan.nests[i]!),
  }));
  return {
    sizes: parts.flatMap(({ loops }) => loops),
    count: (values) => {
      let from = 0;
      return parts.reduce((sum, { loops, each }) => {
        const own = values.slice(from, from += loops.length);
        return sum + (own.length === 0 ? each - 1 : productOf(own) * each);
      }, 1);
    },
  };
}

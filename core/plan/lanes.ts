/**
 * Loops in which no point needs another one: each thread runs all steps of its point, with what it
 * carries from step to step in variables.
 *
 * @module
 */

import type { KernelLimits } from "../ir/capabilities.ts";
import type { Loop, LoopNest, Program, Store } from "../ir/program.ts";
import type { LoadNode } from "../ir/scalar.ts";
import { type Guards, productSize, type Size, sizeKey, sizeValue } from "../ir/size.ts";
import {
  accessesOf,
  fixedDistance,
  gcd,
  type LoopAddress,
  loopAddress,
  type NestAccess,
  nestsOnly,
  reach,
} from "./loop_access.ts";

/** The longest memory of earlier steps that is held in variables. */
const MAX_AGE = 8;

/** A loop that can be run with one thread for each point. */
export interface LanesPlan {
  readonly loop: Loop;
  readonly nests: readonly LoopNest[];
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

/** What decides beside the loop. */
export interface LoopContext extends Pick<Program, "buffers" | "guards"> {
  readonly kernelLimits: Pick<KernelLimits, "buffers">;
}

/** A plan for a loop, or why there is none. */
export function planLanes(loop: Loop, context: LoopContext): LanesPlan | string {
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
  if (buffers.size > context.kernelLimits.buffers) return `its step uses ${buffers.size} buffers`;
  const written = new Set(accesses.filter(({ store }) => store !== null).map((a) => a.buffer));
  const chains: Chain[] = [];
  for (const buffer of written) {
    const own = accesses.filter((access) => access.buffer === buffer);
    const parts = own.map((access) => loopAddress(access.address, loop.id));
    const name = context.buffers.find((decl) => decl.id === buffer)?.name ?? String(buffer);
    if (parts.some((part) => part === null)) return `the addresses in "${name}" are computed`;
    const known = parts as LoopAddress[];
    if (!staysApart(known, axes, context.guards)) return `elements share memory in "${name}"`;
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
  accesses: readonly NestAccess[],
  parts: readonly LoopAddress[],
  nests: readonly LoopNest[],
): Chain | null {
  const stores = accesses.filter(({ store }) => store !== null);
  if (stores.length !== 1 || stores[0]!.store!.guard !== null) return null;
  const [write] = stores as [NestAccess];
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

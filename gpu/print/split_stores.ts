/**
 * Kernels that would bind more buffers than a device allows, as several kernels with fewer stores.
 *
 * @module
 */

import { nodesOf } from "../../core/ir/nodes.ts";
import { type Outputs, stepOutputs, storeOutputs, storesOf } from "../../core/ir/steps.ts";
import { LimitError } from "../../core/base/errors.ts";
import type { LoopNest, Store } from "../../core/ir/program.ts";
import type { SNode } from "../../core/ir/scalar.ts";

/** A part of a nest. */
interface Part {
  readonly inner: Store[];
  readonly outer: Store[];
  readonly checks: boolean;
  /** Buffers that it reads, and those that it writes. */
  readonly read: Set<number>;
  readonly written: Set<number>;
}

/** The storage buffers that a nest binds, without flags. */
export function boundBuffers(nest: LoopNest): Set<number> {
  const found = loadsOf(stepOutputs(nest), nest);
  for (const store of storesOf(nest)) found.add(store.buffer);
  return found;
}

/**
 * Nests that do the same one after another, each with at most `limit` buffers (one of which is kept
 * for flags, and one for failed checks where there are checks).
 *
 * @throws {LimitError} If a single store needs more, or if stores overwrite what others still need.
 */
export function splitNest(nest: LoopNest, limit: number): LoopNest[] {
  const spare = 1 + Number(nest.checks.length > 0);
  if (boundBuffers(nest).size + spare <= limit) return [nest];
  const parts: Part[] = [];
  const add = (stores: { inner?: Store; outer?: Store }, checks: boolean) => {
    const store = stores.inner ?? stores.outer;
    const outputs = checks
      ? nest.checks.map((check) => check.failed)
      : storeOutputs(store === undefined ? [] : [store]);
    const read = loadsOf(outputs, nest);
    const written = new Set(store === undefined ? [] : [store.buffer]);
    let part = parts.find((have) =>
      union(have.read, have.written, read, written).size + 1 + Number(checks || have.checks) <=
        limit
    );
    if (part === undefined) {
      const needed = union(read, written).size + 1 + Number(checks);
      if (needed > limit) {
        throw new LimitError(`Cannot print the GPU kernel "${nest.name}"`, {
          limit: "maxStorageBuffersPerShaderStage",
          requested: needed,
          maximum: limit,
        });
      }
      part = { inner: [], outer: [], checks, read: new Set(), written: new Set() };
      parts.push(part);
    }
    if (stores.inner !== undefined) part.inner.push(stores.inner);
    if (stores.outer !== undefined) part.outer.push(stores.outer);
    for (const buffer of read) part.read.add(buffer);
    for (const buffer of written) part.written.add(buffer);
  };
  if (nest.checks.length > 0) add({}, true);
  for (const inner of nest.inner) add({ inner }, false);
  for (const outer of nest.outer) add({ outer }, false);
  return inOrder(parts, nest, limit).map((part) => partOf(nest, part));
}

/** Parts that read a buffer come before those that write it. */
function inOrder(parts: readonly Part[], nest: LoopNest, limit: number): Part[] {
  const left = new Set(parts);
  const order: Part[] = [];
  while (left.size > 0) {
    const next = [...left].find((part) =>
      [...left].every((other) =>
        other === part || [...part.written].every((buffer) => !other.read.has(buffer))
      )
    );
    if (next === undefined) {
      throw new LimitError(
        `Cannot print the GPU kernel "${nest.name}", whose results take the place of its inputs`,
        {
          limit: "maxStorageBuffersPerShaderStage",
          requested: boundBuffers(nest).size + 1,
          maximum: limit,
        },
      );
    }
    left.delete(next);
    order.push(next);
  }
  return order;
}

function partOf(nest: LoopNest, part: Part): LoopNest {
  const checks = part.checks ? nest.checks : [];
  const outputs = [
    ...storeOutputs(part.inner),
    ...storeOutputs(part.outer),
    ...checks.map((check) => check.failed),
  ];
  const used = new Set<number>();
  for (const node of nodesOf(outputs)) {
    if (node.op === "reduced" || node.op === "running") used.add(node.reduction);
    if (node.op === "product") used.add(0);
  }
  const reductions = nest.reductions.map((reduction, r) => {
    if (used.has(r)) return reduction;
    // Keeps the numbers of the others.
    const value: SNode = { id: -1, op: "const", type: reduction.value.type, args: [], value: 0 };
    return { ...reduction, value };
  });
  return {
    ...nest,
    reductions,
    inner: part.inner,
    outer: part.outer,
    checks,
  };
}

/** Buffers that values need, also by way of reductions. */
function loadsOf(outputs: Outputs, nest: LoopNest): Set<number> {
  const found = new Set<number>();
  const used = new Set<number>();
  let wave = outputs;
  while (wave.length > 0) {
    const next: SNode[] = [];
    for (const node of nodesOf(wave)) {
      if (node.op === "load") found.add(node.buffer);
      const reduction = node.op === "reduced" || node.op === "running"
        ? node.reduction
        : node.op === "product"
        ? 0
        : -1;
      if (reduction >= 0 && !used.has(reduction)) {
        used.add(reduction);
        next.push(nest.reductions[reduction]!.value);
      }
    }
    wave = next;
  }
  return found;
}

function union(...sets: readonly Set<number>[]): Set<number> {
  return new Set(sets.flatMap((set) => [...set]));
}

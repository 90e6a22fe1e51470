/**
 * Where the temporary buffers of a program lie in its scratch block: buffers whose lives don't
 * overlap share memory.
 *
 * @module
 */

import { dtypeInfo, isComplex } from "../core/dtype.ts";
import type { BufferDecl, Program, Step, Store } from "../core/kernel/program.ts";
import type { Address } from "../core/kernel/scalar.ts";
import { productSize, type Size, sizeKey } from "../core/kernel/size.ts";

import { type Leaf, stepAccess } from "../core/kernel/steps.ts";

const ALIGN = 64;

/** The life of a temp, in positions of leaf steps, both ends included. */
interface Life {
  readonly decl: BufferDecl;
  first: number;
  last: number;
}

/** Offsets in a scratch block. */
export interface ScratchLayout {
  readonly bytes: number;
  /** By buffer id. */
  readonly offsets: ReadonlyMap<number, number>;
}

/** Finds the lives of the temps of a program once, and lays them out for the sizes of a call. */
export class Scratch {
  readonly #lives: Life[];

  constructor(program: Program) {
    this.#lives = findLives(program);
  }

  /** Whether there is anything to lay out. */
  get empty(): boolean {
    return this.#lives.length === 0;
  }

  /** Places the temps, largest first, each in the lowest gap that is free during its life. */
  layout(valueOf: (size: Size) => number): ScratchLayout {
    const items = this.#lives.map((life) => {
      const elements = Math.max(0, valueOf(life.decl.elements));
      const bytes = elements * dtypeInfo(life.decl.dtype).bytes;
      return { life, bytes: Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN), offset: 0 };
    });
    const placed: typeof items = [];
    const offsets = new Map<number, number>();
    let total = 0;
    for (const item of [...items].sort((a, b) => b.bytes - a.bytes)) {
      const rivals = placed.filter(({ life }) =>
        life.first <= item.life.last && item.life.first <= life.last
      ).sort((a, b) => a.offset - b.offset);
      let offset = 0;
      for (const rival of rivals) {
        if (rival.offset - offset >= item.bytes) break;
        offset = Math.max(offset, rival.offset + rival.bytes);
      }
      item.offset = offset;
      placed.push(item);
      offsets.set(item.life.decl.id, offset);
      total = Math.max(total, offset + item.bytes);
    }
    return { bytes: total, offsets };
  }
}

function findLives(program: Program): Life[] {
  const lives = new Map<number, Life>();
  const temps = new Map<number, BufferDecl>();
  for (const decl of program.buffers) if (decl.role.kind === "temp") temps.set(decl.id, decl);
  let position = 0;

  const touch = (id: number, first: number, last: number) => {
    const decl = temps.get(id);
    if (decl === undefined) return;
    const life = lives.get(id);
    if (life === undefined) lives.set(id, { decl, first, last });
    else {
      life.first = Math.min(life.first, first);
      life.last = Math.max(life.last, last);
    }
  };

  /** Visits steps; gives what they touch, and whether the first access covers the buffer. */
  const visit = (steps: readonly Step[]): Map<number, boolean> => {
    const touched = new Map<number, boolean>();
    const note = (id: number, covered: boolean) => {
      touch(id, position, position);
      if (!touched.has(id)) touched.set(id, covered);
    };
    for (const step of steps) {
      if (step.kind === "loop") {
        const start = position++;
        const inside = visit(step.body);
        if (step.until !== null) {
          note(step.until, false);
          inside.set(step.until, false);
        }
        const end = position++;
        if (step.count !== null) note(step.count, false);
        for (const [id, covered] of inside) {
          // What an iteration finds as the one before left it lives as long as the loop.
          if (!covered) touch(id, start, end);
          if (!touched.has(id)) touched.set(id, false);
        }
      } else if (step.kind === "branch") {
        note(step.condition, false);
        position++;
        for (const part of [step.then, step.otherwise]) {
          for (const id of visit(part).keys()) {
            if (!touched.has(id)) touched.set(id, false);
          }
        }
      } else {
        const { reads, writes } = stepAccess(step), covers = coveredBy(step, temps);
        for (const id of reads) note(id, false);
        for (const id of writes) note(id, covers.has(id));
        position++;
      }
    }
    return touched;
  };
  visit(program.steps);
  visit(program.commit);
  outliveLoops(program, lives);
  return [...lives.values()];
}

/**
 * A temp that is used both inside and outside a loop lives through the whole of the loop where it
 * lives past one of its ends.
 */
function outliveLoops(program: Program, lives: Map<number, Life>): void {
  const spans: [number, number][] = [];
  let position = 0;
  const visit = (steps: readonly Step[]) => {
    for (const step of steps) {
      if (step.kind === "loop") {
        const start = position++;
        visit(step.body);
        spans.push([start, position++]);
      } else if (step.kind === "branch") {
        position++;
        visit(step.then);
        visit(step.otherwise);
      } else position++;
    }
  };
  visit(program.steps);
  visit(program.commit);
  for (const life of lives.values()) {
    for (const [start, end] of spans) {
      const overlaps = life.first <= end && life.last >= start;
      const inside = life.first >= start && life.last <= end;
      if (!overlaps || inside) continue;
      life.first = Math.min(life.first, start);
      life.last = Math.max(life.last, end);
    }
  }
}

/** Temps that a step overwrites as a whole. */
function coveredBy(step: Leaf, temps: ReadonlyMap<number, BufferDecl>): Set<number> {
  const covers = new Set<number>();
  const store = ({ buffer, address, guard }: Store, axes: readonly Size[]) => {
    const decl = temps.get(buffer);
    const whole = decl !== undefined && guard === null && !isComplex(decl.dtype) &&
      isInjective(address, axes) && sizeKey(productSize(axes)) === sizeKey(decl.elements);
    if (whole) covers.add(buffer);
  };
  if (step.kind === "nest") {
    for (const one of step.inner) store(one, [...step.axes, ...step.loops]);
    for (const one of step.outer) store(one, step.axes);
  } else if (step.kind === "gemm") {
    for (const one of step.stores) store(one, [...step.batch, step.m, step.n]);
  }
  return covers;
}

/** Whether different points have different addresses as far as can be seen: no computed part, no loop. */
function isInjective(address: Address, axes: readonly Size[]): boolean {
  const used = new Set(address.terms.map(({ axis }) => axis.kind === "axis" ? axis.axis : -1));
  return address.rest === null && address.offset === 0 && !used.has(-1) &&
    axes.every((size, axis) => size === 1 || used.has(axis));
}

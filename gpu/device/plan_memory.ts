/**
 * Which pieces of scratch memory share a buffer, by when they are in use.
 *
 * @module
 */

import { eachLeaf, touchesOf } from "../../core/ir/steps.ts";
import { type Life, Lives } from "../../core/plan/lives.ts";
import type { Program } from "../../core/ir/program.ts";
import { mulSize, type Size, sizeAt, type SizeEnv, sizeValue } from "../../core/ir/size.ts";
import { wordCount } from "./convert.ts";
import type { Bound, PrintedKernel } from "../print/kernel_text.ts";
import { kernelsOf, type Op, type PrintedProgram } from "../print/program.ts";

/** Where scratch memory is: for each piece, the number of its slot. */
export interface MemoryPlan {
  /** Slots of temps by buffer id. */
  readonly temps: ReadonlyMap<number, number>;
  /** Slots of the printers' own memory by number. */
  readonly scratch: ReadonlyMap<number, number>;
  /** The pieces that share each slot, in words of 4 bytes. */
  readonly slots: readonly (readonly Size[])[];
}

/** The size in bytes of each slot. */
export function slotBytes(plan: MemoryPlan, env: SizeEnv | null): number[] {
  return plan.slots.map((sizes) => {
    const words = sizes.map((size) => env === null ? sizeValue(size) : sizeAt(size, env));
    return 4 * Math.max(...words);
  });
}

/** Plans the scratch memory of a printed program. */
export function planMemory(program: Program, printed: PrintedProgram): MemoryPlan {
  const words = new Map<string, Size>();
  for (const { id, role, elements, dtype } of program.buffers) {
    if (role.kind === "temp") words.set(`b${id}`, mulSize(elements, wordCount(dtype, 1)));
  }
  for (const { id, words: size } of printed.scratch) words.set(`s${id}`, size);

  const lives = livesOfPieces(
    [...printed.ops, ...printed.commit],
    (key) => words.has(key),
    stepAddressed(program),
  );

  const temps = new Map<number, number>(), scratch = new Map<number, number>();
  const slots: { sizes: Size[]; bytes: number; free: number }[] = [];
  for (const [key, life] of [...lives].sort(([, a], [, b]) => a.first - b.first)) {
    const size = words.get(key)!, need = sizeValue(size);
    let best = -1;
    slots.forEach((slot, i) => {
      if (slot.free >= life.first) return;
      if (best < 0 || waste(slot.bytes, need) < waste(slots[best]!.bytes, need)) best = i;
    });
    // A slot that would have to grow is worth it only if little is lost.
    if (best < 0 || (slots[best]!.bytes > 4 * Math.max(need, 1024))) {
      best = slots.length;
      slots.push({ sizes: [], bytes: 0, free: -1 });
    }
    const slot = slots[best]!;
    slot.sizes.push(size);
    slot.bytes = Math.max(slot.bytes, need);
    slot.free = life.last;
    const number = Number(key.slice(1));
    (key.startsWith("b") ? temps : scratch).set(number, best);
  }
  return { temps, scratch, slots: slots.map((slot) => slot.sizes) };
}

function waste(have: number, need: number): number {
  return Math.abs(have - need);
}

/** When pieces are in use; `addressed` buffers are written in parts by the steps of a loop. */
function livesOfPieces(
  ops: readonly Op[],
  isPiece: (key: string) => boolean,
  addressed: ReadonlySet<number>,
): ReadonlyMap<string, Readonly<Life>> {
  const lives = new Lives<string>();
  const kernel = ({ bound, reads, source }: PrintedKernel) => {
    lives.step(bound.flatMap((one, i): [string, boolean][] => {
      const key = keyOf(one);
      if (key === null || !isPiece(key)) return [];
      const isFresh = !reads[i] && source.storage[i] === "write";
      return [[key, isFresh && !(one.kind === "buffer" && addressed.has(one.id))]];
    }));
  };
  const visit = (list: readonly Op[]): void => {
    for (const op of list) {
      if (op.kind === "loop") lives.loop(() => visit(op.body));
      else for (const one of kernelsOf([op])) kernel(one);
    }
  };
  visit(ops);
  return lives.found;
}

function keyOf(bound: Bound): string | null {
  switch (bound.kind) {
    case "buffer":
      return `b${bound.id}`;
    case "scratch":
      return `s${bound.scratch}`;
    default:
      return null;
  }
}

/** Buffers of which steps of a loop use different parts: the address depends on a loop counter. */
function stepAddressed(program: Program): Set<number> {
  const found = new Set<number>();
  eachLeaf([...program.steps, ...program.commit], (step) => {
    for (const { buffer, address } of touchesOf(step)) {
      // A computed part may depend on anything.
      if (address.rest !== null || address.terms.some(({ axis }) => axis.kind === "loop")) {
        found.add(buffer);
      }
    }
  });
  return found;
}

/**
 * Which pieces of scratch memory share a buffer, by when they are in use.
 *
 * @module
 */

import { eachLeaf, touchesOf } from "../core/kernel/steps.ts";
import type { Program } from "../core/kernel/program.ts";
import { mulSize, type Size, sizeAt, type SizeEnv, sizeValue } from "../core/kernel/size.ts";
import { wordCount } from "./convert.ts";
import type { Bound, PrintedKernel } from "./kernel_text.ts";
import { kernelsOf, type Op, type PrintedProgram } from "./print_program.ts";

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

interface Piece {
  readonly key: string;
  readonly words: Size;
  first: number;
  last: number;
}

/** Plans the scratch memory of a printed program. */
export function planMemory(program: Program, printed: PrintedProgram): MemoryPlan {
  const pieces = new Map<string, Piece>();
  const words = new Map<string, Size>();
  for (const { id, role, elements, dtype } of program.buffers) {
    if (role.kind === "temp") words.set(`b${id}`, mulSize(elements, wordCount(dtype, 1)));
  }
  for (const { id, words: size } of printed.scratch) words.set(`s${id}`, size);

  const walk = new Walk(words, pieces, stepAddressed(program));
  walk.ops([...printed.ops, ...printed.commit]);

  const temps = new Map<number, number>(), scratch = new Map<number, number>();
  const slots: { sizes: Size[]; bytes: number; free: number }[] = [];
  for (const piece of [...pieces.values()].sort((a, b) => a.first - b.first)) {
    const need = sizeValue(piece.words);
    let best = -1;
    slots.forEach((slot, i) => {
      if (slot.free >= piece.first) return;
      if (best < 0 || waste(slot.bytes, need) < waste(slots[best]!.bytes, need)) best = i;
    });
    // A slot that would have to grow is worth it only if little is lost.
    if (best < 0 || (slots[best]!.bytes > 4 * Math.max(need, 1024))) {
      best = slots.length;
      slots.push({ sizes: [], bytes: 0, free: -1 });
    }
    const slot = slots[best]!;
    slot.sizes.push(piece.words);
    slot.bytes = Math.max(slot.bytes, need);
    slot.free = piece.last;
    const number = Number(piece.key.slice(1));
    (piece.key.startsWith("b") ? temps : scratch).set(number, best);
  }
  return { temps, scratch, slots: slots.map((slot) => slot.sizes) };
}

function waste(have: number, need: number): number {
  return Math.abs(have - need);
}

/** Follows the ops in order and notes when each piece is in use. */
class Walk {
  #time = 0;
  readonly #words: ReadonlyMap<string, Size>;
  readonly #pieces: Map<string, Piece>;
  readonly #addressed: ReadonlySet<number>;

  constructor(
    words: ReadonlyMap<string, Size>,
    pieces: Map<string, Piece>,
    addressed: ReadonlySet<number>,
  ) {
    this.#words = words;
    this.#pieces = pieces;
    this.#addressed = addressed;
  }

  ops(ops: readonly Op[]): void {
    for (const op of ops) this.#op(op);
  }

  #op(op: Op): void {
    switch (op.kind) {
      case "dispatch":
      case "steps":
        return this.#kernel(op.kernel);
      case "exchanges":
        this.#kernel(op.exchange);
        return this.#kernel(op.merge);
      case "loop":
        return this.#loop(op.body);
    }
  }

  #kernel(kernel: PrintedKernel): void {
    this.#time++;
    for (const bound of kernel.bound) this.#use(bound);
  }

  #use(bound: Bound): void {
    const key = keyOf(bound);
    const words = key === null ? undefined : this.#words.get(key);
    if (key === null || words === undefined) return;
    const piece = this.#pieces.get(key);
    if (piece === undefined) {
      this.#pieces.set(key, { key, words, first: this.#time, last: this.#time });
    } else piece.last = this.#time;
  }

  /**
   * What is used in a loop is in use all through it, because the next step may read what this one
   * left; except for what each step writes before it reads it, and nothing outside uses.
   */
  #loop(body: readonly Op[]): void {
    const known = new Set(this.#pieces.keys());
    const start = this.#time + 1;
    const own = new Set<string>();
    const seen = new Set<string>();
    for (const kernel of kernelsOf(body)) {
      kernel.bound.forEach((bound, i) => {
        const key = keyOf(bound);
        if (key === null || seen.has(key)) return;
        seen.add(key);
        const fresh = !kernel.reads[i] && kernel.source.storage[i] === "write";
        const addressed = bound.kind === "buffer" && this.#addressed.has(bound.id);
        if (fresh && !addressed && !known.has(key)) own.add(key);
      });
    }
    this.ops(body);
    this.#time++;
    for (const key of seen) {
      const piece = this.#pieces.get(key);
      if (piece === undefined || own.has(key)) continue;
      piece.first = Math.min(piece.first, start);
      piece.last = this.#time;
    }
  }
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

/**
 * Where the temporary buffers of a program lie in its scratch block: buffers whose lives don't
 * overlap share memory.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { Program } from "../../core/ir/program.ts";
import { type Size, sizeKey } from "../../core/ir/size.ts";
import { type Life, livesOf } from "../../core/plan/lives.ts";

const ALIGN = 64;

/** Offsets in a scratch block. */
export interface ScratchLayout {
  readonly bytes: number;
  /** By buffer id. */
  readonly offsets: ReadonlyMap<number, number>;
}

/** Temps that are of one length in every call. */
interface Kind {
  readonly elements: Size;
  readonly bytes: number;
}

/** A temp, with the number of its kind. */
interface Temp extends Readonly<Life> {
  readonly id: number;
  readonly kind: number;
}

/** Lays the temps of a program out for the sizes of a call. */
export class Scratch {
  readonly #temps: readonly Temp[];
  readonly #kinds: readonly Kind[];
  #layout: ScratchLayout = { bytes: 0, offsets: new Map() };
  /** The bytes that a temp of each kind has in the layout. */
  #have: readonly number[] = [];

  constructor(program: Program) {
    const lives = livesOf(program), kinds = new Map<string, { number: number; kind: Kind }>();
    this.#temps = program.buffers.flatMap(({ id, elements, dtype }) => {
      const life = lives.get(id);
      if (life === undefined) return [];
      const { bytes } = dtypeInfo(dtype), key = `${bytes} ${sizeKey(elements)}`;
      const known = kinds.get(key) ?? { number: kinds.size, kind: { elements, bytes } };
      kinds.set(key, known);
      return [{ id, kind: known.number, ...life }];
    });
    this.#kinds = Array.from(kinds.values(), ({ kind }) => kind);
  }

  /**
   * Where the temps lie. That is where they lay before if they fit there and that is no more than `room`:
   * calls of many lengths then don't lay out anew.
   */
  layout(valueOf: (size: Size) => number, room: number): ScratchLayout {
    const lengths = this.#kinds.map(({ elements, bytes }) =>
      Math.max(ALIGN, Math.ceil(Math.max(0, valueOf(elements)) * bytes / ALIGN) * ALIGN)
    );
    const have = this.#have, { bytes } = this.#layout;
    const known = have.length === lengths.length;
    const same = known && lengths.every((length, kind) => length === have[kind]);
    const fits = known && bytes <= room && lengths.every((length, kind) => length <= have[kind]!);
    if (!same && !fits) {
      this.#layout = place(this.#temps, lengths);
      this.#have = lengths;
    }
    return this.#layout;
  }
}

/** Places temps, largest first, each in the lowest gap that is free during its life. */
function place(temps: readonly Temp[], lengths: readonly number[]): ScratchLayout {
  const count = temps.length;
  const first = Int32Array.from(temps, (temp) => temp.first);
  const last = Int32Array.from(temps, (temp) => temp.last);
  const bytes = Float64Array.from(temps, ({ kind }) => lengths[kind]!);
  const from = new Float64Array(count);
  const bySize = Array.from(temps, (_, i) => i)
    .sort((a, b) => bytes[b]! - bytes[a]! || first[a]! - first[b]!);
  // In the order of their offsets, so that many of them are not sorted for each. Each looks at all before it:
  // numbers side by side, for there may be many thousands.
  const placed = new Int32Array(count);
  const offsets = new Map<number, number>();
  let total = 0;
  const lowestGap = (item: number, many: number): number => {
    const begin = first[item]!, end = last[item]!, size = bytes[item]!;
    let offset = 0;
    for (let i = 0; i < many; i++) {
      const other = placed[i]!;
      if (first[other]! > end || last[other]! < begin) continue;
      if (from[other]! - offset >= size) break;
      offset = Math.max(offset, from[other]! + bytes[other]!);
    }
    return offset;
  };
  // Where one length is the largest of very many, slots of it are found without a look at all others.
  const most = bytes[bySize[0] ?? 0]!;
  const slots = slotsOf(bySize.filter((item) => bytes[item] === most), first, last);
  bySize.forEach((item, many) => {
    const size = bytes[item]!, slot = slots[many];
    const offset = slot === undefined ? lowestGap(item, many) : slot * size;
    from[item] = offset;
    let at = 0;
    for (let top = many; at < top;) {
      const middle = (at + top) >> 1;
      if (from[placed[middle]!]! < offset) at = middle + 1;
      else top = middle;
    }
    placed.copyWithin(at + 1, at, many);
    placed[at] = item;
    offsets.set(temps[item]!.id, offset);
    total = Math.max(total, offset + size);
  });
  return { bytes: total, offsets };
}

/** Numbers of slots for temps of one length, in the order of their first uses, as few as can be. */
function slotsOf(items: readonly number[], first: Int32Array, last: Int32Array): number[] {
  const ending = items.map((_, i) => i).sort((a, b) => last[items[a]!]! - last[items[b]!]!);
  const slots: number[] = [], free: number[] = [];
  let ended = 0, count = 0;
  for (const item of items) {
    while (last[items[ending[ended]!]!]! < first[item]!) free.push(slots[ending[ended++]!]!);
    slots.push(free.pop() ?? count++);
  }
  return slots;
}

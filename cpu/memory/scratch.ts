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
  const items = temps.map(({ id, kind, first, last }) => ({
    id,
    first,
    last,
    bytes: lengths[kind]!,
    offset: 0,
  })).sort((a, b) => b.bytes - a.bytes);
  // In the order of their offsets, so that many of them are not sorted for each.
  const placed: typeof items = [];
  const offsets = new Map<number, number>();
  let total = 0;
  for (const item of items) {
    let offset = 0, at = 0;
    for (let i = 0; i < placed.length; i++) {
      const { first, last, offset: from, bytes } = placed[i]!;
      if (first > item.last || item.first > last) continue;
      if (from - offset >= item.bytes) break;
      offset = Math.max(offset, from + bytes);
    }
    item.offset = offset;
    for (let end = placed.length; at < end;) {
      const middle = (at + end) >> 1;
      if (placed[middle]!.offset < offset) at = middle + 1;
      else end = middle;
    }
    placed.splice(at, 0, item);
    offsets.set(item.id, offset);
    total = Math.max(total, offset + item.bytes);
  }
  return { bytes: total, offsets };
}

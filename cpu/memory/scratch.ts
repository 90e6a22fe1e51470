/**
 * Where the temporary buffers of a program lie in its scratch block: buffers whose lives don't
 * overlap share memory.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { BufferDecl, Program } from "../../core/ir/program.ts";
import type { Size } from "../../core/ir/size.ts";
import { type Life, livesOf } from "../../core/plan/lives.ts";

const ALIGN = 64;

/** Offsets in a scratch block. */
export interface ScratchLayout {
  readonly bytes: number;
  /** By buffer id. */
  readonly offsets: ReadonlyMap<number, number>;
}

/** Lays the temps of a program out for the sizes of a call. */
export class Scratch {
  readonly #temps: readonly (Readonly<Life> & { readonly decl: BufferDecl })[];

  constructor(program: Program) {
    const lives = livesOf(program);
    this.#temps = program.buffers.flatMap((decl) => {
      const life = lives.get(decl.id);
      return life === undefined ? [] : [{ decl, ...life }];
    });
  }

  /** Whether there is anything to lay out. */
  get empty(): boolean {
    return this.#temps.length === 0;
  }

  /** Places the temps, largest first, each in the lowest gap that is free during its life. */
  layout(valueOf: (size: Size) => number): ScratchLayout {
    const items = this.#temps.map((life) => {
      const elements = Math.max(0, valueOf(life.decl.elements));
      const bytes = elements * dtypeInfo(life.decl.dtype).bytes;
      return { life, bytes: Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN), offset: 0 };
    });
    // In the order of their offsets, so that many of them are not sorted for each.
    const placed: typeof items = [];
    const offsets = new Map<number, number>();
    let total = 0;
    for (const item of [...items].sort((a, b) => b.bytes - a.bytes)) {
      const { first, last } = item.life;
      let offset = 0, at = 0;
      for (let i = 0; i < placed.length; i++) {
        const { life, offset: from, bytes } = placed[i]!;
        if (life.first > last || first > life.last) continue;
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
      offsets.set(item.life.decl.id, offset);
      total = Math.max(total, offset + item.bytes);
    }
    return { bytes: total, offsets };
  }
}

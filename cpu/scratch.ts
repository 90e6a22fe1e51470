/**
 * Where the temporary buffers of a program lie in its scratch block: buffers whose lives don't
 * overlap share memory.
 *
 * @module
 */

import { dtypeInfo } from "../core/dtype.ts";
import type { BufferDecl, Program } from "../core/kernel/program.ts";
import type { Size } from "../core/kernel/size.ts";
import { type Life, livesOf } from "../core/plan/lives.ts";

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

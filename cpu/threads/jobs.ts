/**
 * What a module shares work out with: it opens a job, takes parts of it like all other threads, and
 * waits for them.
 *
 * @module
 */

import type { Func, FunctionBuilder, Global, Local, ModuleBuilder } from "../wasm/mod.ts";
import { control, MOST_WORDS, state } from "./control.ts";

/** From how much work on sharing pays, in multiplications of a product: a thread is awake after 5 to 20 µs. */
export const SHARED_FROM = 1 << 20;

/** How often the main thread looks at another one that is at a job before it tells the host that it waits. */
const LOOKS = 1 << 15;

/** How work is shared out. */
export interface Sharing {
  /** The address of the control block; 0 where there can be no threads. */
  readonly block: number;
  /** From how much work on it pays. */
  readonly from: number;
}

/** A function that does one part of a job, and its number among those of the module. */
export interface Part {
  readonly func: Func;
  readonly entry: number;
}

/** Emits jobs of a module. */
export class Jobs {
  readonly #module: ModuleBuilder;
  readonly #block: number;
  readonly #code: Global;
  readonly #pays: Func;
  readonly #open: Func;
  readonly #take: Func;
  readonly #close: Func;
  #entries = 0;

  /**
   * @param module Where to emit.
   * @param block The address of the control block.
   */
  constructor(module: ModuleBuilder, block: number) {
    // Told when a job opens (0), and again and again while the main thread waits for others (1); it throws
    // when that has taken too long.
    const watch = module.importFunc({ name: "watch", params: ["i32"] });
    this.#module = module;
    this.#block = block;
    this.#code = module.importGlobal("code");
    const at = (f: FunctionBuilder, place: number) => f.i32Const(this.#at(place));
    this.#pays = module.func(
      { name: "pays", params: ["f64"], results: ["i32"] },
      (f, amount) => {
        at(f, control.busy).i32Load().if(() => f.i32Const(0).return());
        at(f, control.work);
        at(f, control.work).f64Load().localGet(amount).f64Add().f64Store();
        f.globalGet(this.#code).i32Const(0).i32Ne();
        this.pushThreads(f);
        f.i32Const(1).i32GtS().i32And();
      },
    );
    this.#open = module.func({ name: "open", params: ["i32", "i32"] }, (f, entry, parts) => {
      at(f, control.code).globalGet(this.#code).i32Store();
      at(f, control.entry).localGet(entry).i32Store();
      at(f, control.parts).localGet(parts).i32Store();
      at(f, control.busy).i32Const(1).i32Store();
      f.i32Const(0).call(watch);
      at(f, control.next).i32Const(0).i32AtomicStore();
      at(f, control.open).i32Const(1).i32AtomicStore();
      at(f, control.ring).i32Const(1).i32AtomicRmwAdd().drop();
      at(f, control.ring).i32Const(0x7fffffff).memoryAtomicNotify().drop();
    });
    this.#take = module.func({ name: "take", params: [], results: ["i32"] }, (f) => {
      const part = f.local("i32");
      at(f, control.next).i32Const(1).i32AtomicRmwAdd().localTee(part).i32Const(-1);
      f.localGet(part);
      at(f, control.parts).i32Load().i32LtS().select("i32");
    });
    this.#close = module.func({ name: "close", params: [] }, (f) => {
      const thread = f.local("i32"), end = f.local("i32"), looks = f.local("i32");
      at(f, control.open).i32Const(0).i32AtomicStore();
      at(f, control.states + 1).localTee(thread);
      at(f, control.asked).i32Load().i32Const(2).i32Shl().i32Add().localSet(end);
      f.whileLoop(() => f.localGet(thread).localGet(end).i32LtU(), () => {
        f.loop((again) => {
          f.localGet(thread).i32AtomicLoad().i32Const(state.busy).i32Eq().if(() => {
            f.increment(looks, 1);
            f.localGet(looks).i32Const(LOOKS - 1).i32And().brIf(again);
            f.i32Const(1).call(watch).br(again);
          });
        });
        f.increment(thread, 4);
      });
      at(f, control.busy).i32Const(0).i32Store();
    });
  }

  #at(place: number): number {
    return this.#block + 4 * place;
  }

  /** Takes an amount of work from the stack, notes it, and pushes whether to share it out now. */
  pays(f: FunctionBuilder): void {
    f.call(this.#pays);
  }

  /** Pushes how many threads may work, the main one included. */
  pushThreads(f: FunctionBuilder): void {
    const ready = f.alloc("i32");
    const limit = () => f.i32Const(this.#at(control.limit)).i32Load();
    f.i32Const(this.#at(control.ready)).i32AtomicLoad().i32Const(1).i32Add().localTee(ready);
    limit().localGet(ready);
    limit().i32LtS().select("i32").free(ready);
  }

  /** Pushes word `i` of the open job. */
  pushWord(f: FunctionBuilder, i: number): FunctionBuilder {
    return f.i32Const(0).i32Load(this.#at(control.job + i));
  }

  /** Emits what does a part: its number and a workspace are at hand, and the words of the job. */
  part(body: (f: FunctionBuilder, part: Local<"i32">, work: Local<"i32">) => void): Part {
    const entry = this.#entries++;
    const spec = { name: `part${entry}`, params: ["i32", "i32"], export: true } as const;
    return { func: this.#module.func(spec, body), entry };
  }

  /**
   * Emits a job.
   *
   * @param words Pushes of its words.
   * @param parts Pushes how many parts it has.
   * @param work Pushes the workspace of the main thread.
   */
  run(
    f: FunctionBuilder,
    { func, entry }: Part,
    words: readonly (() => void)[],
    parts: () => void,
    work: () => void,
  ): void {
    if (words.length > MOST_WORDS) throw new RangeError("A job has too many words");
    words.forEach((push, i) => {
      f.i32Const(this.#at(control.job + i));
      push();
      f.i32Store();
    });
    f.i32Const(entry);
    parts();
    f.call(this.#open);
    const part = f.alloc("i32");
    f.loop((again) => {
      f.call(this.#take).localTee(part).i32Const(0).i32GeS().if(() => {
        f.localGet(part);
        work();
        f.call(func).br(again);
      });
    });
    f.free(part).call(this.#close);
  }
}

/**
 * What printers of one function share: the code, the parameter block, loop counters, and values that
 * are at hand in locals.
 *
 * @module
 */

import type { AxisRef } from "../../core/ir/scalar.ts";
import type { ScalarFunction } from "../../core/ir/functions.ts";
import type { BufferDecl } from "../../core/ir/program.ts";
import { type Size, Sym } from "../../core/ir/size.ts";
import { axisKey } from "../../core/ir/builder.ts";
import type { Jobs } from "../threads/jobs.ts";
import type { ParamBlock } from "./params.ts";
import type { Helpers } from "./scalar.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder, ValType } from "../wasm/mod.ts";

/** What the functions of one module share. */
export interface ModuleContext {
  readonly builder: ModuleBuilder;
  readonly params: ParamBlock;
  readonly buffers: ReadonlyMap<number, BufferDecl>;
  readonly helper: Helpers;
  /** A function of scalars, or of vectors of them. */
  readonly call: (func: ScalarFunction, vector: boolean) => Func;
  /** What shares work out among threads; null where there can be none. */
  readonly jobs: () => Jobs | null;
  /** Whether vector instructions may be used at all. */
  readonly simd: boolean;
  /** Whether the relaxed vector instructions may be used. */
  readonly relaxed: boolean;
}

/** Locals that hold computed values, forgotten when the block ends that computed them. */
interface Scope {
  readonly values: Map<string | number, Local>;
  readonly owned: Local[];
}

/** What an inner function has beside the block and the counters. */
interface InnerSpec {
  readonly keys?: readonly string[];
  readonly numbers?: number;
  readonly results?: readonly ValType[];
}

/** One function while it is printed. */
export class FunctionContext {
  readonly #scopes: Scope[] = [{ values: new Map(), owned: [] }];

  constructor(
    readonly module: ModuleContext,
    readonly f: FunctionBuilder,
    /** The address of the parameter block. */
    readonly block: Local<"i32">,
    /**
     * Loop counters by `axisKey`, the plain counter of each loop as `t` and its number, and the addresses of
     * buffers that are not where the block says as `b` and their numbers; lengths that the block doesn't know as `s`
     * and their names.
     */
    readonly counters: ReadonlyMap<string, Local<"i32">>,
  ) {
  }

  /**
   * Starts a function that gets the block, all counters and more of them by these keys, and then so many numbers.
   *
   * @param name For stack traces.
   */
  inner(
    name: string,
    { keys = [], numbers = 0, results = [] }: InnerSpec,
  ): { inside: FunctionContext; numbers: readonly Local<"i32">[] } {
    const all = [...this.counters.keys(), ...keys];
    const params = new Array<ValType>(1 + all.length + numbers).fill("i32");
    const f = this.module.builder.declare({ name, params, results });
    const [block, ...locals] = f.params as Local<"i32">[];
    const counters = new Map(all.map((key, i) => [key, locals[i]!]));
    const inside = new FunctionContext(this.module, f, block!, counters);
    return { inside, numbers: locals.slice(all.length) };
  }

  /** The same function with more counters or addresses of buffers. */
  with(more: Iterable<readonly [key: string, local: Local<"i32">]>): FunctionContext {
    const counters = new Map([...this.counters, ...more]);
    return new FunctionContext(this.module, this.f, this.block, counters);
  }

  /** The block and the counters, as such a function gets them. */
  get passed(): readonly Local<"i32">[] {
    return [this.block, ...this.counters.values()];
  }

  /** Opens a scope, calls, and closes it: locals that were taken inside become free. */
  scoped(body: () => void): void {
    this.#scopes.push({ values: new Map(), owned: [] });
    body();
    this.f.free(...this.#scopes.pop()!.owned);
  }

  /** The local that holds a value, if it is at hand. */
  find(key: string | number): Local | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const local = this.#scopes[i]!.values.get(key);
      if (local !== undefined) return local;
    }
    return undefined;
  }

  /** Takes a local that is free again at the end of the current scope. */
  take<T extends ValType>(type: T): Local<T> {
    const local = this.f.alloc(type);
    this.#scopes.at(-1)!.owned.push(local);
    return local;
  }

  /** Notes that a local holds a value until the current scope ends. */
  note(key: string | number, local: Local): void {
    this.#scopes.at(-1)!.values.set(key, local);
  }

  /** The local of a value, which is computed by `push` where it is not at hand. */
  cached<T extends ValType>(key: string | number, type: T, push: () => void): Local<T> {
    const have = this.find(key);
    if (have !== undefined) return have as Local<T>;
    push();
    const local = this.take(type);
    this.f.localSet(local);
    this.note(key, local);
    return local;
  }

  /** The address of a buffer. */
  base(buffer: number): Local<"i32"> {
    const key = `b${buffer}`;
    return this.counters.get(key) ?? this.cached(
      key,
      "i32",
      () => this.f.localGet(this.block).i32Load(this.module.params.buffer(buffer)),
    );
  }

  /** A size of this call as an i32. */
  size(size: Sym): Local<"i32"> {
    if (this.#isLocal(size)) return this.cached(`s${size.key}`, "i32", () => this.#pushLocal(size));
    const offset = this.module.params.size(size);
    return this.cached(`s${size.key}`, "i32", () => this.f.localGet(this.block).i32Load(offset));
  }

  /** Whether lengths that only this function knows, by `s` and their names, are in a size. */
  #isLocal({ terms }: Sym): boolean {
    for (const { atoms } of terms.values()) {
      if (atoms.some(({ key }) => this.counters.has(`s${key}`))) return true;
    }
    return false;
  }

  /** Pushes such a size. */
  #pushLocal({ constant, terms }: Sym): void {
    this.f.i32Const(constant | 0);
    for (const { coefficient, atoms } of terms.values()) {
      this.f.i32Const(coefficient | 0);
      for (const atom of atoms) {
        const local = this.counters.get(`s${atom.key}`);
        this.f.localGet(
          local ?? this.size(new Sym(0, new Map([[atom.key, { coefficient: 1, atoms: [atom] }]]))),
        );
        this.f.i32Mul();
      }
      this.f.i32Add();
    }
  }

  /** Pushes a size as an i32. */
  pushSize(size: Size): void {
    if (typeof size === "number") this.f.i32Const(size | 0);
    else this.f.localGet(this.size(size));
  }

  /** A size as an operand that is at hand. */
  operand(size: Size): number | Local<"i32"> {
    return typeof size === "number" ? size : this.size(size);
  }

  /** Pushes a size times a constant, as an i32. */
  pushScaled(size: Size, factor: number): void {
    if (typeof size === "number") {
      this.f.i32Const((size * factor) | 0);
    } else {
      this.f.localGet(this.size(size));
      this.timesConst(factor);
    }
  }

  /** Multiplies the i32 on the stack by a constant. */
  timesConst(factor: number): void {
    if (factor === 1) return;
    const power = 31 - Math.clz32(factor);
    if (factor > 0 && 2 ** power === factor) this.f.i32Const(power).i32Shl();
    else this.f.i32Const(factor).i32Mul();
  }

  /** Multiplies the i32 on the stack by a size. */
  timesSize(size: Size): void {
    if (typeof size === "number") this.timesConst(size);
    else this.f.localGet(this.size(size)).i32Mul();
  }

  /** Pushes the value of the counter of an enclosing loop. */
  pushCounter(ref: AxisRef & { kind: "loop" }): void {
    const modular = ref.modulus === 0 ? undefined : this.counters.get(axisKey(ref));
    if (modular !== undefined) {
      this.f.localGet(modular);
      return;
    }
    const counter = this.counters.get(`t${ref.loop}`);
    if (counter === undefined) {
      throw new TypeError(`Cannot print a kernel: loop ${ref.loop} does not enclose it`);
    }
    this.f.localGet(counter);
    if (ref.shift !== 0) this.f.i32Const(ref.shift).i32Add();
  }
}

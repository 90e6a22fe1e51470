/** Emits the body of one WebAssembly function, instruction by instruction. */

import { ByteWriter } from "./byte_writer.ts";
import { ATOMIC_OPCODES, MEMORY_OPCODES, SCALAR_OPCODES } from "./opcodes.ts";
import {
  RELAXED_OPCODES,
  SIMD_LANE_MEMORY_OPCODES,
  SIMD_LANE_OPCODES,
  SIMD_MEMORY_OPCODES,
  SIMD_OPCODES,
} from "./opcodes_simd.ts";
import type { I32Operand, Instructions } from "./instructions.ts";
import { StackChecker } from "./stack_checker.ts";
import {
  type Func,
  type Global,
  type Label,
  type Local,
  VAL_TYPE_CODES,
  type ValType,
} from "./types.ts";

const VECTOR_BYTES = new Uint8Array(16);
const VECTOR_VIEW = new DataView(VECTOR_BYTES.buffer);

/** The methods that the opcode tables define, one per instruction. */
export interface FunctionBuilder extends Instructions<FunctionBuilder> {}

/**
 * The emitter of one function body, in the order of the stack machine.
 *
 * Every method returns the builder, so that calls chain:
 * `f.localGet(a).localGet(b).f32x4Add()`. Blocks take a callback and close themselves.
 *
 * The methods of the merged interface are defined from the opcode tables when the class is.
 */
export class FunctionBuilder {
  /** The handle that `call` takes. */
  readonly func: Func;
  /** The parameters. */
  readonly params: readonly Local[];
  readonly #code: ByteWriter = new ByteWriter(512);
  /** Where in the code a function is called, and which: its number follows when all imports are known. */
  readonly #calls: [at: number, func: Func][] = [];
  readonly #locals: ValType[] = [];
  readonly #free: Record<ValType, Local[]> = {
    i32: [],
    i64: [],
    f32: [],
    f64: [],
    v128: [],
  };
  readonly #stack: StackChecker | undefined;
  #depth = 0;

  /**
   * Starts an empty body; use `ModuleBuilder.func` rather than this.
   *
   * @param func Signature and number of the function.
   * @param check Whether to check operand types while emitting.
   */
  constructor(func: Func, check: boolean) {
    this.func = func;
    this.params = func.params.map((type, index) => ({ index, type }));
    this.#stack = check ? new StackChecker(func.name, func.results) : undefined;
  }

  static {
    const define = (name: string, value: unknown) =>
      Object.defineProperty(FunctionBuilder.prototype, name, { value });
    const plain = { ...SCALAR_OPCODES, ...SIMD_OPCODES, ...RELAXED_OPCODES };
    for (const [name, [code, signature]] of Object.entries(plain)) {
      const vector = name in SIMD_OPCODES || name in RELAXED_OPCODES;
      const opcode = vector ? 0xfd_0000 | code : code;
      define(name, function (this: FunctionBuilder) {
        this.#stack?.apply(signature, name);
        this.#opcode(opcode);
        return this;
      });
    }
    const memory = {
      ...MEMORY_OPCODES,
      ...SIMD_MEMORY_OPCODES,
      ...ATOMIC_OPCODES,
    };
    for (const [name, [code, signature, power]] of Object.entries(memory)) {
      const opcode = name in SIMD_MEMORY_OPCODES ? 0xfd_0000 | code : code;
      define(
        name,
        function (this: FunctionBuilder, offset = 0, align = 1 << power) {
          this.#stack?.apply(signature, name);
          this.#opcode(opcode);
          this.#memarg(offset, align);
          return this;
        },
      );
    }
    for (
      const [name, [code, signature, lanes]] of Object.entries(
        SIMD_LANE_OPCODES,
      )
    ) {
      define(name, function (this: FunctionBuilder, lane: number) {
        this.#stack?.apply(signature, name);
        this.#opcode(0xfd_0000 | code);
        this.#lane(lane, lanes, name);
        return this;
      });
    }
    for (
      const [name, [code, signature, power, lanes]] of Object.entries(
        SIMD_LANE_MEMORY_OPCODES,
      )
    ) {
      define(
        name,
        function (
          this: FunctionBuilder,
          lane: number,
          offset = 0,
          align = 1 << power,
        ) {
          this.#stack?.apply(signature, name);
          this.#opcode(0xfd_0000 | code);
          this.#memarg(offset, align);
          this.#lane(lane, lanes, name);
          return this;
        },
      );
    }
  }

  #opcode(code: number): void {
    if (code > 0xff) {
      this.#code.u8(code >>> 16);
      this.#code.u32(code & 0xffff);
    } else {
      this.#code.u8(code);
    }
  }

  #memarg(offset: number, align: number): void {
    this.#code.u8(31 - Math.clz32(align));
    this.#code.u32(offset);
  }

  #lane(lane: number, lanes: number, name: string): void {
    if (!(lane >= 0 && lane < lanes)) {
      throw new RangeError(
        `Cannot emit "${name}": expected a lane from 0 to ${lanes - 1}, got ${lane}`,
      );
    }
    this.#code.u8(lane);
  }

  /** Adds a local variable that keeps its place until the end of the function; it starts as zero. */
  local<T extends ValType>(type: T): Local<T> {
    const index = this.params.length + this.#locals.length;
    this.#locals.push(type);
    return { index, type };
  }

  /** Takes a local for temporary use, reusing a freed one; its value is undefined at first. */
  alloc<T extends ValType>(type: T): Local<T> {
    const free = this.#free[type].pop();
    return free === undefined ? this.local(type) : free as Local<T>;
  }

  /** Gives locals taken with `alloc` back for reuse. */
  free(...locals: readonly Local[]): this {
    for (const local of locals) this.#free[local.type].push(local);
    return this;
  }

  /** Pushes the value of a local. */
  localGet(local: Local): this {
    this.#stack?.push(local.type);
    this.#code.u8(0x20);
    this.#code.u32(local.index);
    return this;
  }

  /** Pops a value into a local. */
  localSet(local: Local): this {
    this.#stack?.pop([local.type], "localSet");
    this.#code.u8(0x21);
    this.#code.u32(local.index);
    return this;
  }

  /** Copies the top of the stack into a local. */
  localTee(local: Local): this {
    this.#stack?.pop([local.type], "localTee");
    this.#stack?.push(local.type);
    this.#code.u8(0x22);
    this.#code.u32(local.index);
    return this;
  }

  /** Pushes the value of a global. */
  globalGet(global: Global): this {
    this.#stack?.push("i32");
    this.#code.u8(0x23);
    this.#code.u32(global.index);
    return this;
  }

  /** Pops a value into a global. */
  globalSet(global: Global): this {
    this.#stack?.pop(["i32"], "globalSet");
    this.#code.u8(0x24);
    this.#code.u32(global.index);
    return this;
  }

  /** Pushes a constant i32; numbers from 2³¹ to 2³² − 1 are taken modulo 2³². */
  i32Const(value: number): this {
    this.#stack?.push("i32");
    this.#code.u8(0x41);
    this.#code.s32(value);
    return this;
  }

  /** Pushes a constant i64. */
  i64Const(value: number | bigint): this {
    this.#stack?.push("i64");
    this.#code.u8(0x42);
    this.#code.s64(BigInt(value));
    return this;
  }

  /** Pushes a constant f32, rounding to the nearest. */
  f32Const(value: number): this {
    this.#stack?.push("f32");
    this.#code.u8(0x43);
    this.#code.f32(value);
    return this;
  }

  /** Pushes a constant f64. */
  f64Const(value: number): this {
    this.#stack?.push("f64");
    this.#code.u8(0x44);
    this.#code.f64(value);
    return this;
  }

  #vectorConst(): this {
    this.#stack?.push("v128");
    this.#opcode(0xfd_000c);
    this.#code.bytes(VECTOR_BYTES);
    return this;
  }

  /** Pushes a constant vector of four i32; one argument fills all lanes. */
  i32x4Const(a: number, b = a, c = a, d = a): this {
    [a, b, c, d].forEach((x, i) => VECTOR_VIEW.setInt32(4 * i, x, true));
    return this.#vectorConst();
  }

  /** Pushes a constant vector of two i64; one argument fills both lanes. */
  i64x2Const(a: bigint, b = a): this {
    VECTOR_VIEW.setBigInt64(0, a, true);
    VECTOR_VIEW.setBigInt64(8, b, true);
    return this.#vectorConst();
  }

  /** Pushes a constant vector of four f32; one argument fills all lanes. */
  f32x4Const(a: number, b = a, c = a, d = a): this {
    [a, b, c, d].forEach((x, i) => VECTOR_VIEW.setFloat32(4 * i, x, true));
    return this.#vectorConst();
  }

  /** Pushes a constant vector of two f64; one argument fills both lanes. */
  f64x2Const(a: number, b = a): this {
    VECTOR_VIEW.setFloat64(0, a, true);
    VECTOR_VIEW.setFloat64(8, b, true);
    return this.#vectorConst();
  }

  /** Picks 16 bytes from two vectors; lanes 0 to 15 are the first one's, 16 to 31 the second's. */
  i8x16Shuffle(lanes: ArrayLike<number>): this {
    this.#stack?.apply("vv>v", "i8x16Shuffle");
    this.#opcode(0xfd_000d);
    for (let i = 0; i < 16; i++) this.#lane(lanes[i]!, 32, "i8x16Shuffle");
    return this;
  }

  /** Picks four 32-bit lanes from two vectors; 0 to 3 are the first one's, 4 to 7 the second's. */
  i32x4Shuffle(a: number, b: number, c: number, d: number): this {
    const lanes = [a, b, c, d].flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
    return this.i8x16Shuffle(lanes);
  }

  /** Picks two 64-bit lanes from two vectors; 0 and 1 are the first one's, 2 and 3 the second's. */
  i64x2Shuffle(a: number, b: number): this {
    return this.i32x4Shuffle(2 * a, 2 * a + 1, 2 * b, 2 * b + 1);
  }

  /** Copies bytes within the memory; operands are destination, source, length. Overlap is fine. */
  memoryCopy(): this {
    this.#stack?.apply("iii>", "memoryCopy");
    this.#opcode(0xfc_000a);
    this.#code.u8(0);
    this.#code.u8(0);
    return this;
  }

  /** Fills memory with a byte; operands are destination, byte, length. */
  memoryFill(): this {
    this.#stack?.apply("iii>", "memoryFill");
    this.#opcode(0xfc_000b);
    this.#code.u8(0);
    return this;
  }

  /** Does nothing. */
  nop(): this {
    this.#code.u8(0x01);
    return this;
  }

  /** Traps. */
  unreachable(): this {
    this.#code.u8(0x00);
    this.#stack?.unreachable();
    return this;
  }

  /** Pops a value and forgets it. */
  drop(): this {
    this.#stack?.popAny("drop");
    this.#code.u8(0x1a);
    return this;
  }

  /** Pops a condition and two values of one type; leaves the first where the condition isn't 0, else the second. */
  select(type: ValType): this {
    this.#stack?.pop([type, type, "i32"], "select");
    this.#stack?.push(type);
    if (type !== "v128") {
      this.#code.u8(0x1b);
    } else {
      this.#code.u8(0x1c);
      this.#code.u8(1);
      this.#code.u8(VAL_TYPE_CODES.v128);
    }
    return this;
  }

  #open(opcode: number, result: ValType | undefined): void {
    this.#stack?.enter(result === undefined ? [] : [result]);
    this.#code.u8(opcode);
    this.#code.u8(result === undefined ? 0x40 : VAL_TYPE_CODES[result]);
    this.#depth++;
  }

  #close(what: string): void {
    this.#stack?.leave(what);
    this.#code.u8(0x0b);
    this.#depth--;
  }

  /** Emits a block; a branch to its label goes behind its end. */
  block(body: (label: Label) => void): this {
    this.#open(0x02, undefined);
    body({ depth: this.#depth });
    this.#close("block");
    return this;
  }

  /** Emits a loop; a branch to its label goes to its start, and its end leaves it. */
  loop(body: (label: Label) => void): this {
    this.#open(0x03, undefined);
    body({ depth: this.#depth });
    this.#close("loop");
    return this;
  }

  /** Pops a condition and emits the two ways; a branch to the label, where there is no result, goes behind both. */
  if(
    then: (label: Label) => void,
    otherwise?: (label: Label) => void,
    result?: ValType,
  ): this {
    if (result !== undefined && otherwise === undefined) {
      throw new TypeError(
        `Cannot emit "if" with a result in "${this.func.name}": expected both ways, got one`,
      );
    }
    this.#stack?.pop(["i32"], "if");
    this.#open(0x04, result);
    const label: Label = { depth: this.#depth };
    then(label);
    if (otherwise !== undefined) {
      this.#stack?.leave("if");
      if (result !== undefined) this.#stack?.popAny("if");
      this.#stack?.enter(result === undefined ? [] : [result]);
      this.#code.u8(0x05);
      otherwise(label);
    }
    this.#close("if");
    return this;
  }

  #relative(label: Label): number {
    const relative = this.#depth - label.depth;
    if (relative < 0) {
      throw new RangeError(
        `Cannot branch in "${this.func.name}" to a block that is closed`,
      );
    }
    return relative;
  }

  /** Branches. */
  br(label: Label): this {
    this.#code.u8(0x0c);
    this.#code.u32(this.#relative(label));
    this.#stack?.unreachable();
    return this;
  }

  /** Pops a condition and branches where it isn't 0. */
  brIf(label: Label): this {
    this.#stack?.pop(["i32"], "brIf");
    this.#code.u8(0x0d);
    this.#code.u32(this.#relative(label));
    return this;
  }

  /** Pops an index and branches to that label, or to the default one where there are too few. */
  brTable(labels: readonly Label[], otherwise: Label): this {
    this.#stack?.pop(["i32"], "brTable");
    this.#code.u8(0x0e);
    this.#code.u32(labels.length);
    for (const label of labels) this.#code.u32(this.#relative(label));
    this.#code.u32(this.#relative(otherwise));
    this.#stack?.unreachable();
    return this;
  }

  /** Returns from the function with what is on the stack. */
  return(): this {
    this.#stack?.pop(this.func.results, "return");
    this.#stack?.unreachable();
    this.#code.u8(0x0f);
    return this;
  }

  /** Calls a function; its arguments are on the stack, first one deepest. */
  call(func: Func): this {
    if (this.#stack !== undefined) {
      this.#stack.pop(func.params, `call ${func.name}`);
      for (const type of func.results) this.#stack.push(type);
    }
    this.#code.u8(0x10);
    this.#calls.push([this.#code.length, func]);
    return this;
  }

  /** Pushes a constant or a local. */
  i32(operand: I32Operand): this {
    return typeof operand === "number" ? this.i32Const(operand) : this.localGet(operand);
  }

  /** Adds a constant or another local to a local. */
  increment(local: Local<"i32">, by: I32Operand): this {
    this.localGet(local).i32(by).i32Add().localSet(local);
    return this;
  }

  /**
   * Emits `for (i = start; i < end; i += step) body()`, with signed comparison.
   *
   * The test is written twice, before the loop and at its end, so that each iteration has one branch.
   * The sum of `end` and `step` must stay below 2³¹.
   *
   * @param i The counter; behind the loop it is the first value that isn't below `end`.
   * @param start Its first value.
   * @param end Where to stop; read again in every iteration where it is a local.
   * @param step What to add in every iteration.
   * @param body Emits what to do; a branch to its label goes behind the loop.
   */
  forLoop(
    i: Local<"i32">,
    start: I32Operand,
    end: I32Operand,
    step: I32Operand,
    body: (label: Label) => void,
  ): this {
    this.i32(start).localSet(i);
    return this.block((out) => {
      if (typeof start !== "number" || typeof end !== "number") {
        this.localGet(i).i32(end).i32GeS().brIf(out);
      } else if (start >= end) {
        this.br(out);
      }
      this.loop((again) => {
        body(out);
        this.increment(i, step).localGet(i).i32(end).i32LtS().brIf(again);
      });
    });
  }

  /** Emits `while (condition) body()`; the first callback pushes the condition. */
  whileLoop(condition: () => void, body: (label: Label) => void): this {
    return this.block((out) => {
      condition();
      this.i32Eqz().brIf(out);
      this.loop((again) => {
        body(out);
        condition();
        this.brIf(again);
      });
    });
  }

  /**
   * Pops an index and runs that case; the last one also runs where the index is out of range.
   *
   * @param cases Emit the ways; each must leave the stack as it found it.
   */
  switch(cases: readonly (() => void)[]): this {
    const index = this.alloc("i32");
    this.localSet(index).block((end) => {
      const nest = (rest: number, labels: Label[]): void => {
        if (rest < 0) {
          labels.reverse();
          this.localGet(index).brTable(labels.slice(0, -1), labels.at(-1)!);
        } else {
          this.block((label) => nest(rest - 1, [...labels, label]));
          cases[rest]!();
          this.br(end);
        }
      };
      nest(cases.length - 1, []);
    });
    return this.free(index);
  }

  /**
   * Closes the body and writes it, with its locals and its size; called once, by the module builder.
   *
   * @param out Where to write.
   * @param numberOf The number of a function within the module.
   */
  finish(out: ByteWriter, numberOf: (func: Func) => number): void {
    this.#stack?.leave("function");
    const head = new ByteWriter(this.#code.length + 64);
    const runs: [number, ValType][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    head.u32(runs.length);
    for (const [count, type] of runs) {
      head.u32(count);
      head.u8(VAL_TYPE_CODES[type]);
    }
    const code = this.#code.view();
    let done = 0;
    for (const [at, func] of this.#calls) {
      head.bytes(code.subarray(done, at));
      head.u32(numberOf(func));
      done = at;
    }
    head.bytes(code.subarray(done));
    head.u8(0x0b);
    out.vector(head.view());
  }
}

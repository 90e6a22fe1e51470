/** Builds the bytes of a WebAssembly module. */

import { ByteWriter } from "./byte_writer.ts";
import { FunctionBuilder } from "./function_builder.ts";
import { type Func, type Global, type LocalsOf, VAL_TYPE_CODES, type ValType } from "./types.ts";

/** How a module is built. */
interface ModuleOptions {
  /** Whether to check operand types while emitting; slower, with errors at the offending call. */
  readonly check?: boolean;
  /** Whether to write function names for stack traces and profilers. */
  readonly names?: boolean;
}

/** Size of a memory in pages of 64 KiB, and whether threads may share it. */
export interface MemoryLimits {
  /** The least size. */
  readonly min: number;
  /** The greatest size; a shared memory must have one. */
  readonly max?: number;
  /** Whether it is a shared memory. */
  readonly shared?: boolean;
}

/** Signature and name of a function. */
export interface FunctionSpec<P extends readonly ValType[] = readonly ValType[]> {
  /** Its name for messages and stack traces. */
  readonly name: string;
  /** The types of its parameters. */
  readonly params: P;
  /** The types of its results; none by default. */
  readonly results?: readonly ValType[];
  /** Whether to export it under its name. */
  readonly export?: boolean;
}

const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  global: 6,
  export: 7,
  code: 10,
} as const;

/**
 * A WebAssembly module under construction.
 *
 * @example
 * ```ts
 * import { ModuleBuilder } from "./module_builder.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const module = new ModuleBuilder();
 * module.func(
 *   { name: "add", params: ["i32", "i32"], results: ["i32"], export: true },
 *   (f, a, b) => f.localGet(a).localGet(b).i32Add(),
 * );
 * const { exports } = new WebAssembly.Instance(module.compile());
 * assertEquals((exports.add as CallableFunction)(2, 3), 5);
 * ```
 */
export class ModuleBuilder {
  readonly #check: boolean;
  readonly #names: boolean;
  readonly #types = new Map<string, number>();
  readonly #typeBytes: ByteWriter = new ByteWriter();
  readonly #imports: ByteWriter = new ByteWriter();
  #importCount = 0;
  readonly #importedFuncs: Func[] = [];
  readonly #functionTypes: number[] = [];
  readonly #bodies: FunctionBuilder[] = [];
  #globalCount = 0;
  #importedGlobals = 0;
  readonly #exports: [name: string, func: Func][] = [];

  /**
   * Starts an empty module.
   *
   * @param options Whether to check while emitting, and whether to keep names.
   */
  constructor(options: ModuleOptions = {}) {
    this.#check = options.check ?? false;
    this.#names = options.names ?? false;
  }

  #typeIndex(params: readonly ValType[], results: readonly ValType[]): number {
    const key = `${params.join()}>${results.join()}`;
    let index = this.#types.get(key);
    if (index === undefined) {
      index = this.#types.size;
      this.#types.set(key, index);
      this.#typeBytes.u8(0x60);
      for (const types of [params, results]) {
        this.#typeBytes.u32(types.length);
        for (const type of types) this.#typeBytes.u8(VAL_TYPE_CODES[type]);
      }
    }
    return index;
  }

  /** Imports the memory as `env.memory`. */
  importMemory({ min, max, shared }: MemoryLimits): this {
    this.#imports.name("env");
    this.#imports.name("memory");
    this.#imports.u8(0x02);
    this.#imports.u8((shared ? 2 : 0) | (max === undefined ? 0 : 1));
    this.#imports.u32(min);
    if (max !== undefined) this.#imports.u32(max);
    this.#importCount++;
    return this;
  }

  /**
   * Imports a function.
   *
   * @param spec Its signature; `name` is the field name.
   * @param module The name of the module that it comes from.
   */
  importFunc(spec: FunctionSpec, module = "env"): Func {
    const { name, params, results = [] } = spec;
    this.#imports.name(module);
    this.#imports.name(name);
    this.#imports.u8(0x00);
    this.#imports.u32(this.#typeIndex(params, results));
    this.#importCount++;
    const func: Func = { index: this.#importedFuncs.length, imported: true, name, params, results };
    this.#importedFuncs.push(func);
    if (spec.export) this.exportFunc(func);
    return func;
  }

  /**
   * Imports a global i32 that may change from `env`.
   *
   * @param name The name of its field.
   * @throws {TypeError} If a global variable has been defined before, as imports are numbered first.
   */
  importGlobal(name: string): Global {
    if (this.#globalCount > 0) {
      throw new TypeError(`Cannot import "${name}" behind the definition of a global variable`);
    }
    this.#imports.name("env");
    this.#imports.name(name);
    this.#imports.u8(0x03);
    this.#imports.u8(VAL_TYPE_CODES.i32);
    this.#imports.u8(1);
    this.#importCount++;
    return { index: this.#importedGlobals++ };
  }

  /**
   * Defines a function whose body is emitted later, or bit by bit, into the returned builder.
   *
   * @param spec Its name and signature.
   */
  declare(spec: FunctionSpec): FunctionBuilder {
    const { name, params, results = [] } = spec;
    this.#functionTypes.push(this.#typeIndex(params, results));
    const func: Func = { index: this.#bodies.length, imported: false, name, params, results };
    const builder = new FunctionBuilder(func, this.#check);
    this.#bodies.push(builder);
    if (spec.export) this.exportFunc(func);
    return builder;
  }

  /**
   * Defines a function.
   *
   * @param spec Its name and signature.
   * @param body Emits its body; it gets the builder and a handle for each parameter.
   * @returns What `call` takes.
   */
  func<const P extends readonly ValType[]>(
    spec: FunctionSpec<P>,
    body: (f: FunctionBuilder, ...params: LocalsOf<P>) => void,
  ): Func {
    const builder = this.declare(spec);
    body(builder, ...builder.params as LocalsOf<P>);
    return builder.func;
  }

  /** Exports a function under a name. */
  exportFunc(func: Func, name: string = func.name): this {
    this.#exports.push([name, func]);
    return this;
  }

  /** The number of a function: those that are imported come first. */
  readonly #numberOf = ({ index, imported }: Func): number =>
    imported ? index : this.#importedFuncs.length + index;

  /** Adds a global i32 that may change and starts as 0. */
  global(): Global {
    return { index: this.#importedGlobals + this.#globalCount++ };
  }

  /** Closes all bodies and returns the bytes of the module; called once. */
  build(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter(4096);
    out.bytes(HEADER);
    writeSection(out, SECTION.type, this.#types.size, this.#typeBytes);
    writeSection(out, SECTION.import, this.#importCount, this.#imports);
    const part = new ByteWriter();
    for (const type of this.#functionTypes) part.u32(type);
    writeSection(out, SECTION.function, this.#functionTypes.length, part);
    const globals = new ByteWriter();
    for (let i = 0; i < this.#globalCount; i++) {
      // `i32.const 0`, and its end.
      globals.bytes(new Uint8Array([VAL_TYPE_CODES.i32, 1, 0x41, 0, 0x0b]));
    }
    writeSection(out, SECTION.global, this.#globalCount, globals);
    const exports = new ByteWriter();
    for (const [name, func] of this.#exports) {
      exports.name(name);
      exports.u8(0x00);
      exports.u32(this.#numberOf(func));
    }
    writeSection(out, SECTION.export, this.#exports.length, exports);
    const code = new ByteWriter(4096);
    for (const body of this.#bodies) body.finish(code, this.#numberOf);
    writeSection(out, SECTION.code, this.#bodies.length, code);
    if (this.#names) this.#writeNames(out);
    return out.view();
  }

  #writeNames(out: ByteWriter): void {
    const funcs = [
      ...this.#importedFuncs,
      ...this.#bodies.map((body) => body.func),
    ];
    const names = new ByteWriter();
    names.u32(funcs.length);
    for (const func of funcs) {
      names.u32(this.#numberOf(func));
      names.name(func.name);
    }
    const section = new ByteWriter();
    section.name("name");
    section.u8(0x01);
    section.vector(names.view());
    out.u8(SECTION.custom);
    out.vector(section.view());
  }

  /**
   * Builds and compiles the module.
   *
   * @throws {WebAssembly.CompileError} If the code that was emitted isn't valid.
   */
  compile(): WebAssembly.Module {
    return new WebAssembly.Module(this.build());
  }
}

const HEADER = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

function writeSection(
  out: ByteWriter,
  id: number,
  count: number,
  content: ByteWriter,
): void {
  if (count === 0) return;
  const size = new ByteWriter(8);
  size.u32(count);
  out.u8(id);
  out.u32(size.length + content.length);
  out.bytes(size.view());
  out.bytes(content.view());
}

/** What the WebAssembly engine at hand can do. */

let relaxed: boolean | undefined;

/**
 * Whether the engine knows the relaxed vector instructions, such as the fused multiply-add.
 *
 * The answer comes from validating a module of a few bytes, once.
 */
export function hasRelaxedSimd(): boolean {
  if (relaxed === undefined) {
    const module = new ModuleBuilder();
    module.func(
      { name: "probe", params: ["v128"], results: ["v128"] },
      (f, x) => f.localGet(x).localGet(x).localGet(x).f32x4RelaxedMadd(),
    );
    relaxed = WebAssembly.validate(module.build());
  }
  return relaxed;
}

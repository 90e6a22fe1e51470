/**
 * A kernel while it is printed: the buffers it binds, the parameters it takes and the helpers it
 * calls are noted as they come up, and put in front of the text at the end.
 *
 * @module
 */

import type { DType } from "../../core/graph/dtype.ts";
import type { BufferDecl } from "../../core/ir/program.ts";
import { type Address, type AxisRef, type ScalarType, scalarTypeOf } from "../../core/ir/scalar.ts";
import { type Size, sizeAt, type SizeEnv, sizeKey } from "../../core/ir/size.ts";
import { LINEAR_GROUP_WGSL } from "./grid.ts";
import type { BindingAccess, KernelSource } from "../device/pipelines.ts";
import { isWide, WIDE } from "./int64.ts";
import {
  literalInt,
  printCast,
  printConstant,
  type Printed,
  printInt,
  type StoredType,
  storedType,
  wgslType,
} from "./scalar.ts";
import { Prelude } from "./prelude.ts";
import { SPECIAL_WGSL } from "../device/uniforms.ts";

/** What the parameters of one dispatch are computed from. */
export interface RunContext {
  /** Values of the base symbols. */
  readonly env: SizeEnv;
  /** Counters of the enclosing loops by their ids. */
  readonly counters: ReadonlyMap<number, number>;
  /** The steps of an in-kernel loop that this dispatch runs. */
  readonly first: number;
  readonly last: number;
}

/** What a kernel binds: a buffer of the program, one made by the printer, or a buffer of the run. */
export type Bound =
  | { readonly kind: "buffer"; readonly id: number }
  | { readonly kind: "scratch"; readonly scratch: number }
  | { readonly kind: "flags" }
  | { readonly kind: "errors" };

/** Memory between two kernels of one step. */
export interface Scratch {
  readonly id: number;
  /** Number of 4-byte words. */
  readonly words: Size;
}

/** A kernel that is printed, with what it takes to dispatch it. */
export interface PrintedKernel {
  readonly source: KernelSource;
  readonly bound: readonly Bound[];
  /** For each binding, whether the kernel reads it. */
  readonly reads: readonly boolean[];
  /** Words at the start of the parameter block, if there are any before `params`. */
  readonly head: ((run: RunContext) => ArrayLike<number>) | null;
  /** Number of words that `head` gives. */
  readonly headWords: number;
  /** Values of the parameter block, 32-bit integers. */
  readonly params: readonly ((run: RunContext) => number)[];
  /** Whether parameters depend on loop counters. */
  readonly varies: boolean;
  /** Number of workgroups. */
  readonly groups: (env: SizeEnv) => number;
}

/** The start of a parameter block that a kernel's printer defines. */
interface ParamHead {
  readonly words: number;
  readonly values: (run: RunContext) => ArrayLike<number>;
}

/** Gathers the parts of one kernel. */
export class KernelText {
  readonly prelude = new Prelude();
  /** In-kernel loops: the name of the i32 variable that counts a program loop. */
  readonly localCounters = new Map<number, string>();
  readonly #decls: ReadonlyMap<number, BufferDecl>;
  readonly #bound: {
    key: string;
    bound: Bound;
    element: string;
    access: BindingAccess;
    read: boolean;
    name: string;
  }[] = [];
  readonly #params: { key: string; value: (run: RunContext) => number }[] = [];
  readonly #shared: string[] = [];
  readonly #words = new Map<string, string>();
  #varies = false;
  #names = 0;

  /** @param decls The buffers of the program by id. */
  constructor(decls: ReadonlyMap<number, BufferDecl>) {
    this.#decls = decls;
  }

  /** A name that is new in this kernel. */
  fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #bind(key: string, bound: Bound, element: string, access: BindingAccess, name?: string): string {
    let slot = this.#bound.findIndex((have) => have.key === key);
    if (slot < 0) {
      slot = this.#bound.length;
      this.#bound.push({ key, bound, element, access, read: false, name: name ?? `b${slot}` });
    }
    if (access === "write") this.#bound[slot]!.access = "write";
    else this.#bound[slot]!.read = true;
    return this.#bound[slot]!.name;
  }

  /** The declaration of a buffer. */
  decl(id: number): BufferDecl {
    const decl = this.#decls.get(id);
    if (decl === undefined) throw new TypeError(`Cannot print a kernel: there is no buffer ${id}`);
    return decl;
  }

  /** The name of a buffer of the program. */
  buffer(id: number, access: BindingAccess): string {
    const element = storedType(this.decl(id).dtype);
    return this.#bind(`b${id}`, { kind: "buffer", id }, element, access);
  }

  /** The name of scratch memory, chosen by the caller or new. */
  scratch(
    scratch: Scratch,
    element: StoredType,
    access: BindingAccess,
    name?: string,
  ): string {
    const bound: Bound = { kind: "scratch", scratch: scratch.id };
    return this.#bind(`s${scratch.id}`, bound, element, access, name);
  }

  /** The name of the flags that say which parts of a program run. */
  flags(access: BindingAccess): string {
    return this.#bind("flags", { kind: "flags" }, "u32", access);
  }

  /** The name of the memory for failed checks. */
  errors(access: BindingAccess): string {
    const element = access === "write" ? "atomic<u32>" : "u32";
    return this.#bind("errors", { kind: "errors" }, element, access);
  }

  /** An i32 parameter; equal keys share one. */
  param(key: string, value: (run: RunContext) => number): string {
    let index = this.#params.findIndex((have) => have.key === key);
    if (index < 0) {
      index = this.#params.length;
      this.#params.push({ key, value });
    }
    return `params.p${index}`;
  }

  /** A size as an i32; larger ones wrap, as what is computed from them does. */
  size(size: Size): string {
    if (typeof size === "number") return printInt(size | 0);
    return this.param(sizeKey(size), (run) => size.evaluate(run.env));
  }

  /** A size as a number of any type. */
  sizeAs(size: Size, type: ScalarType): Printed {
    if (typeof size === "number") return printConstant(type, size, this.prelude);
    const to = wgslType(type);
    if (isWide(to)) {
      const word = (unit: number) =>
        this.param(`${sizeKey(size)}/${unit}`, (run) => Math.floor(size.evaluate(run.env) / unit));
      const words = [word(1), word(2 ** 32)].map((name) => `bitcast<u32>(${name})`);
      return { text: `${WIDE}(${words})`, type: to, nan: false };
    }
    return printCast({ text: this.size(size), type: "i32", nan: false }, to, this.prelude);
  }

  /** A size that is not negative, as a u32. */
  count(size: Size): string {
    return typeof size === "number" ? `${size}u` : `u32(${this.size(size)})`;
  }

  /** The counter of a program loop, as an i32. */
  counter(loop: number): string {
    const local = this.localCounters.get(loop);
    if (local !== undefined) return local;
    this.#varies = true;
    return this.param(`t${loop}`, (run) => run.counters.get(loop) ?? 0);
  }

  /** The first and the last step (exclusive) of this dispatch of an in-kernel loop, as u32. */
  steps(): [first: string, last: string] {
    this.#varies = true;
    const first = this.param("first", (run) => run.first);
    return [`u32(${first})`, `u32(${this.param("last", (run) => run.last)})`];
  }

  /** The value of a loop axis. */
  loopAxis(axis: AxisRef & { kind: "loop" }): string {
    const t = this.counter(axis.loop);
    const { shift, modulus } = axis;
    if (modulus === 0) return shift === 0 ? t : `(${t} + ${this.size(shift)})`;
    if (modulus === 1) return "0i";
    const positive = ((shift % modulus) + modulus) % modulus;
    return `i32(u32(${positive === 0 ? t : `${t} + ${positive}i`}) % ${modulus}u)`;
  }

  /**
   * Where an element lies, as a u32. For a constant that is negative this is a place behind all memory:
   * compilers refuse what they see is no position, even where it is never used.
   *
   * @param address The position.
   * @param axisOf The i32 value of an axis.
   * @param rest The i32 value of the part that is not affine.
   */
  place(address: Address, axisOf: (axis: AxisRef) => string, rest: string | null = null): string {
    const values = address.terms.flatMap(({ axis, stride }) => {
      const value = axisOf(axis);
      if (value === "0i" || stride === 0) return [];
      return [stride === 1 ? value : `${value} * ${this.size(stride)}`];
    });
    if (rest !== null) values.push(rest);
    values.push(this.size(address.offset));
    const numbers = values.map(literalInt);
    const parts = values.filter((_, i) => numbers[i] === null);
    const constant = numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0);
    if (parts.length === 0) return `${constant < 0 ? 2 ** 31 : constant}u`;
    if (constant !== 0) parts.push(this.size(constant));
    return `u32(${parts.join(" + ")})`;
  }

  /** An element of a buffer as a value. */
  load(buffer: number, dtype: DType, index: string): Printed {
    const text = `${this.buffer(buffer, "read")}[${index}]`;
    return this.loaded(this.decl(buffer).dtype, dtype, text);
  }

  /** What memory that holds elements of `stored` means as an element of `dtype`. */
  loaded(stored: DType, dtype: DType, text: string): Printed {
    const have = storedType(stored);
    const want = storedType(dtype);
    if (have !== want) text = `bitcast<${want}>(${text})`;
    const type = wgslType(scalarTypeOf(dtype));
    if (type === "bool") return { text: `(${text} != 0u)`, type, nan: false };
    return { text, type, nan: type === "f32" };
  }

  /** The statement that stores a value, converted to the buffer's dtype. */
  store(buffer: number, index: string, value: Printed): string {
    const { dtype } = this.decl(buffer);
    return `${this.buffer(buffer, "write")}[${index}] = ${this.stored(dtype, value)};`;
  }

  /** A value as it is held in memory of a dtype. */
  stored(dtype: DType, value: Printed): string {
    const { text } = printCast(value, wgslType(scalarTypeOf(dtype)), this.prelude);
    switch (dtype) {
      case "bool":
        return `select(0u, 1u, ${text})`;
      case "int8":
        return lowBits(text, 24);
      case "int16":
        return lowBits(text, 16);
      case "uint8":
        return `(${text} & 0xffu)`;
      case "uint16":
        return `(${text} & 0xffffu)`;
      case "float16":
        return `${this.prelude.use("round_f16")}(${text})`;
      default:
        return text;
    }
  }

  /** Declares workgroup memory; gives its name. */
  shared(element: string, length: number): string {
    const name = `w${this.#shared.length}`;
    this.#shared.push(`var<workgroup> ${name}: array<${element}, ${length}>;`);
    return name;
  }

  /** As `shared`, but parts of a kernel that ask for the same key get the same memory. */
  sharedWords(key: string, length: number, element: "u32" | typeof WIDE = "u32"): string {
    let name = this.#words.get(`${key} ${element}`);
    if (name === undefined) {
      name = this.shared(element, length);
      this.#words.set(`${key} ${element}`, name);
    }
    return name;
  }

  /** Declares one workgroup variable; gives its name. */
  sharedScalar(type: string): string {
    const name = `w${this.#shared.length}`;
    this.#shared.push(`var<workgroup> ${name}: ${type};`);
    return name;
  }

  /**
   * Puts the kernel together. In `body`, `group` is the linear number of the workgroup and `lane`
   * the number of the thread in it, both u32.
   *
   * @param label For messages and profiles; not part of the text.
   * @param body The statements of the entry point.
   * @param threads Threads of a workgroup.
   * @param items What is spread over the workgroups.
   * @param perGroup How many of the items a workgroup takes.
   * @param flag Number of the flag that must be set for the kernel to run, or null.
   */
  finish(
    label: string,
    body: readonly string[],
    threads: number,
    items: Size,
    perGroup: number,
    flag: number | null,
  ): PrintedKernel {
    const guard = this.guard(flag);
    const fields = this.fields;
    const lines = [
      ...this.declarations.slice(0, this.#bound.length),
      ...(fields === "" ? [] : [
        `struct Params { ${fields} }`,
        "@group(1) @binding(0) var<uniform> params: Params;",
      ]),
      ...(this.prelude.special ? [SPECIAL_WGSL] : []),
      LINEAR_GROUP_WGSL,
      ...this.declarations.slice(this.#bound.length),
      `@compute @workgroup_size(${threads})`,
      "fn main(@builtin(workgroup_id) group_id: vec3<u32>, " +
      "@builtin(num_workgroups) group_count: vec3<u32>, " +
      "@builtin(local_invocation_index) lane: u32) {",
      ...indent(guard),
      "  let group = linear_group(group_id, group_count);",
      ...indent(body),
      "}",
      "",
    ];
    const groups = (env: SizeEnv) => Math.ceil(sizeAt(items, env) / perGroup);
    return this.assemble(label, lines.join("\n"), groups, null);
  }

  /** The statement that ends a kernel whose flag is not set; none without a flag. */
  guard(flag: number | null): string[] {
    if (flag === null) return [];
    const name = this.flags("read");
    return [`if (${name}[u32(${this.param("flag", () => flag)})] == 0u) { return; }`];
  }

  /** Declarations: first the storage buffers, one to a line, then memory and functions. */
  get declarations(): string[] {
    const buffers = this.#bound.map(({ element, access, name }, i) => {
      const mode = access === "read" ? "read" : "read_write";
      return `@group(0) @binding(${i}) var<storage, ${mode}> ${name}: array<${element}>;`;
    });
    const functions = this.prelude.text;
    return [...buffers, ...this.#shared, ...(functions === "" ? [] : [functions])];
  }

  /** The fields of the parameter block, each with a comma; empty for none. */
  get fields(): string {
    return this.#params.map((_, i) => `p${i}: i32,`).join(" ");
  }

  /** A kernel whose text is put together by the caller from the parts above. */
  assemble(
    label: string,
    wgsl: string,
    groups: (env: SizeEnv) => number,
    head: ParamHead | null,
  ): PrintedKernel {
    return {
      source: { label, wgsl, storage: this.#bound.map(({ access }) => access) },
      bound: this.#bound.map(({ bound }) => bound),
      reads: this.#bound.map(({ read }) => read),
      head: head?.values ?? null,
      headWords: head?.words ?? 0,
      params: this.#params.map(({ value }) => value),
      varies: this.#varies,
      groups,
    };
  }

  /** Notes that parameters depend on loop counters. */
  vary(): void {
    this.#varies = true;
  }
}

/** An i32 without its first bits; compilers refuse to shift a constant out of its range. */
function lowBits(text: string, without: number): string {
  const value = literalInt(text);
  return value === null
    ? `((${text} << ${without}u) >> ${without}u)`
    : printInt((value << without) >> without);
}

/** Moves lines in by one step. */
export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => "  " + line);
}

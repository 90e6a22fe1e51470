/**
 * The inside of a nest for one thread: values as `let`s at the loop level they depend on, reductions,
 * stores and checks.
 *
 * @module
 */

import { noFunction } from "../../core/ir/functions.ts";
import { dependencies, nodesOf } from "../../core/ir/nodes.ts";
import { checkOutputs, innerOutputs, outerOutputs, storeOutputs } from "../../core/ir/steps.ts";
import {
  checkedInteger,
  type LoopNest,
  type Reduction,
  type Store,
} from "../../core/ir/program.ts";
import type { Address, AxisRef, LoadNode, SNode } from "../../core/ir/scalar.ts";
import { productSize, type Size, sizeValue } from "../../core/ir/size.ts";
import { MOST_INTEGERS } from "../device/checks.ts";
import { hideArguments, hideStart } from "./exact.ts";
import { WIDE_DIVISION_ITERATIONS } from "./int64.ts";
import { indent, type KernelText } from "./kernel_text.ts";
import { accumulatedType, betterText, combineText, identityText, isArg } from "./reduction.ts";
import {
  printCast,
  printConstant,
  type Printed,
  printPrim,
  wgslName,
  type WgslType,
  wgslType,
} from "./scalar.ts";

/** Buffers that a list of stores writes. */
export function writtenBy(stores: readonly Store[]): Set<number> {
  return new Set(stores.map((store) => store.buffer));
}

/** Whether inner stores of a nest use a running value. */
export function usesRunning(nest: LoopNest): boolean {
  return nodesOf(storeOutputs(nest.inner)).some((node) => node.op === "running");
}

/** Names of one accumulated value. */
export interface AccumulatorText {
  readonly reduction: Reduction;
  readonly type: WgslType;
  /** The variable that holds the value. */
  readonly value: string;
  /** The variable that holds the position, for arg kinds. */
  readonly position: string;
}

/** How a nest is laid out in its kernel. */
interface Layout {
  /** The i32 value of each point axis. */
  readonly axes: readonly string[];
  /** The i32 value of each loop axis. */
  readonly loops: readonly string[];
  /** Whether all loop axes are set at one level, by one flat loop. */
  readonly flat: boolean;
  /** Takes the place of memory for some accesses. */
  readonly registers?: Registers;
}

/** Values that are held in variables instead of memory, in the form they have there. */
export interface Registers {
  /** The variable that holds what a load would read, or null. */
  readonly load: (node: LoadNode) => string | null;
  /** Statements in place of a store of `value`, or null. */
  readonly store: (store: Store, value: string) => string | null;
}

/** Prints the parts of a nest; the caller puts loops around them. */
export class NestBody {
  readonly accumulators: readonly AccumulatorText[];
  /** Number of loop levels. */
  readonly depth: number;
  readonly #layout: Layout;
  readonly #printed = new Map<SNode, Printed>();
  readonly #levels = new Map<SNode, number>();
  readonly #lines: string[][];
  readonly #stored: ReadonlySet<number>;
  #after: Map<SNode, Printed> | null = null;

  constructor(readonly text: KernelText, readonly nest: LoopNest, layout: Layout) {
    this.#layout = layout;
    this.depth = layout.flat ? Math.min(1, nest.loops.length) : nest.loops.length;
    this.#stored = new Set([...writtenBy(nest.inner), ...writtenBy(nest.outer)]);
    this.accumulators = nest.reductions.map((reduction) => ({
      reduction,
      type: accumulatedType(reduction),
      value: text.fresh("r"),
      position: isArg(reduction.kind) ? text.fresh("r") : "",
    }));
    this.#lines = Array.from({ length: this.depth + 2 }, () => []);
    for (const node of nodesOf(this.#roots())) this.#emit(node);
  }

  /** What is needed in each iteration, without the products that are added by `fma`. */
  #roots(): (SNode | null)[] {
    const { reductions, inner } = this.nest;
    const values = reductions.flatMap((reduction, i) => {
      const apart = this.#addsProduct(i) && !usesRunning(this.nest);
      return apart ? reduction.value.args : [reduction.value];
    });
    return [...values, ...checkOutputs(this.nest, true), ...storeOutputs(inner)];
  }

  /** Whether an accumulator sums products of floats. */
  #addsProduct(index: number): boolean {
    const { reduction, type } = this.accumulators[index]!;
    return reduction.kind === "sum" && type === "f32" && reduction.value.op === "mul";
  }

  /** Lets that depend on the point and the first `level` loops only. */
  lets(level: number): readonly string[] {
    return this.#lines[level]!;
  }

  /** The printed value of a node that inner parts need. */
  value(node: SNode): Printed {
    return this.#printed.get(node)!;
  }

  /** Statements that note failed checks of an iteration; to be put after the innermost lets. */
  checks(): string[] {
    return this.#checks(true);
  }

  #checks(inner: boolean): string[] {
    const values = this.#after ?? this.#printed;
    const checks = this.nest.checks.filter((check) => check.inner === inner);
    return checks.map(({ failed, check }) => {
      const code = `${(0xffffffff - check) >>> 0}u`;
      const errors = this.text.errors("write");
      const integer = check < MOST_INTEGERS ? checkedInteger(failed) : null;
      const printed = integer === null ? undefined : values.get(integer);
      const failing = values.get(failed)!.text, note = `atomicMax(&${errors}[0], ${code})`;
      if (printed === undefined) return `if (${failing}) { ${note}; }`;
      // What fails later may come from what was read in the wrong place.
      const words = [`${errors}[${2 * check + 1}]`, `${errors}[${2 * check + 2}]`] as const;
      const kept = keptInteger(printed, words);
      return `if (${failing}) { if (${note} < ${code}) {${kept} } }`;
    });
  }

  /** Declares the accumulators. */
  declare(): string[] {
    return this.accumulators.flatMap(({ reduction, type, value, position }) => {
      const identity = identityText(reduction.kind, type, this.text.prelude);
      // What is left by a loop over nothing is no constant for the compiler to reckon with.
      const start = type === "f32" && this.nest.loops.includes(0)
        ? hideStart(identity, this.text.prelude)
        : identity;
      const lines = [`var ${value}: ${wgslName(type)} = ${start};`];
      if (position !== "") lines.push(`var ${position} = -1i;`);
      return lines;
    });
  }

  /** The statement that takes one iteration into accumulator `index`, held in variable `into`. */
  update(index: number, into: string): string {
    const { reduction, type, value, position } = this.accumulators[index]!;
    const { prelude } = this.text;
    const node = reduction.value;
    if (isArg(reduction.kind)) {
      const taken = printCast(this.value(node), type, prelude).text;
      const at = this.loopPosition();
      const better = betterText(reduction.kind, type, [taken, at], [value, position], prelude);
      return `if (${better}) { ${value} = ${taken}; ${position} = ${at}; }`;
    }
    if (this.#addsProduct(index)) {
      const [a, b] = node.args.map((arg) => this.value(arg).text);
      return `${into} = fma(${a}, ${b}, ${into});`;
    }
    const taken = printCast(this.value(node), type, prelude).text;
    return `${into} = ${combineText(reduction.kind, type, into, taken, prelude)};`;
  }

  /** The row-major number of an iteration of the loops, as an i32. */
  loopPosition(): string {
    const { loops } = this.nest;
    const parts = loops.map((_, j) => {
      const stride = productSize(loops.slice(j + 1));
      const axis = this.#layout.loops[j]!;
      return stride === 1 ? axis : `${axis} * ${this.text.size(stride)}`;
    });
    return parts.length === 0 ? "0i" : parts.length === 1 ? parts[0]! : `(${parts.join(" + ")})`;
  }

  /** The final value of a reduction. */
  reduced(index: number): Printed {
    const { reduction, type, value, position } = this.accumulators[index]!;
    // Position -1 is left by a reduction over nothing.
    if (position !== "") return { text: `max(${position}, 0i)`, type: "i32", nan: false };
    return { text: value, type: wgslType(reduction.type), nan: type === "f32" };
  }

  /** Statements of each iteration after the accumulators: what uses running values, and stores. */
  inner(): string[] {
    return [...this.#lines[this.depth + 1]!, ...this.#stores(this.nest.inner)];
  }

  /** Statements after the loops: checks, and the stores. */
  outer(): string[] {
    this.#after = new Map();
    const lines: string[] = [];
    for (const node of nodesOf(outerOutputs(this.nest))) {
      if (!this.#volatile(node) && this.#levels.get(node) === 0) {
        this.#after.set(node, this.#printed.get(node)!);
      } else this.#after.set(node, this.#name(this.#print(node, this.#after), lines));
    }
    lines.push(...this.#checks(false), ...this.#stores(this.nest.outer));
    this.#after = null;
    return lines;
  }

  #stores(stores: readonly Store[]): string[] {
    const values = this.#after ?? this.#printed;
    return stores.map((store) => {
      const value = values.get(store.value)!;
      const { dtype } = this.text.decl(store.buffer);
      const text = this.#layout.registers?.store(store, this.text.stored(dtype, value)) ??
        this.text.store(store.buffer, this.#index(store.address, values), value);
      return store.guard === null ? text : `if (${values.get(store.guard)!.text}) { ${text} }`;
    });
  }

  #volatile(node: SNode): boolean {
    return this.#levels.get(node) === undefined || this.#unstable.has(node);
  }

  /** Nodes that read what this nest writes, so that their value is of one moment only. */
  readonly #unstable = new Set<SNode>();

  #emit(node: SNode): void {
    let level = 0;
    for (const arg of dependencies(node)) {
      level = Math.max(level, this.#levels.get(arg)!);
      if (this.#unstable.has(arg)) this.#unstable.add(node);
    }
    if (node.op === "index") level = this.#axisLevel(node.axis);
    if (node.op === "load") {
      for (const term of node.address.terms) level = Math.max(level, this.#axisLevel(term.axis));
      if (this.#stored.has(node.buffer) && this.#register(node) === null) {
        level = Math.max(level, this.depth);
        this.#unstable.add(node);
      }
    }
    if (node.op === "running") level = this.depth + 1;
    if (node.op === "reduced" || node.op === "product") {
      throw new TypeError(`Cannot print "${this.nest.name}": its loops read what they give`);
    }
    this.#levels.set(node, level);
    this.#printed.set(
      node,
      this.#name(this.#print(node, this.#printed), this.#lines[level]!),
    );
  }

  #register(node: LoadNode): string | null {
    return this.#layout.registers?.load(node) ?? null;
  }

  #axisLevel(axis: AxisRef): number {
    if (axis.kind === "loop" || axis.axis < this.nest.axes.length) return 0;
    return this.#layout.flat ? 1 : axis.axis - this.nest.axes.length + 1;
  }

  #axis(axis: AxisRef): string {
    if (axis.kind === "loop") return this.text.loopAxis(axis);
    const points = this.nest.axes.length;
    const name = axis.axis < points
      ? this.#layout.axes[axis.axis]
      : this.#layout.loops[axis.axis - points];
    if (name === undefined) {
      throw new TypeError(`Cannot print "${this.nest.name}": there is no axis ${axis.axis}`);
    }
    return name;
  }

  /** Gives a longer expression a name. */
  #name(value: Printed, lines: string[]): Printed {
    if (/^(\w[\w.]*|\(-\w+\))$/.test(value.text)) return value;
    const name = this.text.fresh("v");
    lines.push(`let ${name} = ${value.text};`);
    return { ...value, text: name };
  }

  #print(node: SNode, values: ReadonlyMap<SNode, Printed>): Printed {
    const { text } = this;
    switch (node.op) {
      case "const":
        return printConstant(node.type, node.value, text.prelude);
      case "index":
        return { text: this.#axis(node.axis), type: "i32", nan: false };
      case "size":
        return text.sizeAs(node.size, node.type);
      case "load": {
        const register = this.#register(node);
        const value = register === null
          ? text.load(node.buffer, node.dtype, this.#index(node.address, values))
          : text.loaded(text.decl(node.buffer).dtype, node.dtype, register);
        const guard = node.args[0];
        if (guard === undefined) return value;
        const zero = printConstant(node.type, 0, text.prelude).text;
        return { ...value, text: `select(${zero}, ${value.text}, ${values.get(guard)!.text})` };
      }
      case "running":
        return this.reduced(node.reduction);
      case "reduced":
        return this.reduced(node.reduction);
      case "product":
        return this.reduced(0);
      case "call":
        throw noFunction(node);
      default: {
        const args = node.args.map((arg) => values.get(arg)!);
        return printPrim(node.op, node.type, hideArguments(node, args, text.prelude), text.prelude);
      }
    }
  }

  #index(address: Address, values: ReadonlyMap<SNode, Printed>): string {
    const rest = address.rest === null ? null : values.get(address.rest)!.text;
    return this.text.place(address, (axis) => this.#axis(axis), rest);
  }
}

/** Longest loop whose float sums are added up one after the other. */
const BLOCK = 64;

/**
 * All statements of a nest for one thread that holds one point.
 *
 * Float sums over long loops are added up in blocks, so that their rounding errors stay small.
 */
export function printThreadNest(
  text: KernelText,
  nest: LoopNest,
  axes: readonly string[],
  registers?: Registers,
): string[] {
  const names = nest.loops.map(() => text.fresh("l"));
  const body = new NestBody(text, nest, {
    axes,
    loops: names,
    flat: false,
    ...registers && { registers },
  });
  const running = usesRunning(nest);
  const updates: string[] = [];
  const parts: { part: string; total: string }[] = [];
  body.accumulators.forEach(({ reduction, type, value }, i) => {
    if (reduction.kind === "sum" && type === "f32" && body.depth > 0 && !running) {
      const part = text.fresh("r");
      parts.push({ part, total: value });
      updates.push(body.update(i, part));
    } else updates.push(body.update(i, value));
  });
  const innermost = [...body.lets(body.depth), ...body.checks(), ...updates, ...body.inner()];
  let lines = innermost;
  for (let level = body.depth - 1; level >= 0; level--) {
    const size = nest.loops[level]!;
    const innermostLoop = level === body.depth - 1;
    lines = innermostLoop
      ? blockedLoop(text, size, names[level]!, lines, parts)
      : countedLoop(text.fresh("q"), "0u", text.count(size), names[level]!, lines);
    // The innermost lets are inside already.
    lines = [...body.lets(level), ...lines];
  }
  return [...body.declare(), ...lines, ...body.outer()];
}

function blockedLoop(
  text: KernelText,
  size: Size,
  name: string,
  lines: readonly string[],
  parts: readonly { part: string; total: string }[],
): string[] {
  const unroll = typeof size === "number" && size >= 4 && lines.length <= 24 ? 4 : 1;
  // What is left over when four iterations are printed in a row.
  const rest = typeof size === "number" && unroll > 1 ? size % unroll : 0;
  const main = typeof size === "number" ? size - rest : size;
  const q = text.fresh("q");
  const end = text.count(main);
  const before = parts.map(({ part }) => `var ${part} = 0.0f;`);
  const after = parts.map(({ part, total }) => `${total} += ${part};`);
  const tail = Array.from({ length: rest }, (_, i) => [
    "{",
    ...indent([`let ${name} = ${Number(main) + i}i;`, ...lines]),
    "}",
  ]).flat();
  if (parts.length === 0 || sizeValue(size) <= 2 * BLOCK) {
    return [...before, ...countedLoop(q, "0u", end, name, lines, unroll), ...tail, ...after];
  }
  const block = text.fresh("q");
  const stop = text.fresh("q");
  const last = rest === 0 ? [] : ["{", ...indent([...before, ...tail, ...after]), "}"];
  return [
    `for (var ${block} = 0u; ${block} < ${end}; ${block} += ${BLOCK}u) {`,
    ...indent([
      `let ${stop} = min(${block} + ${BLOCK}u, ${end});`,
      ...before,
      ...countedLoop(q, block, stop, name, lines, unroll),
      ...after,
    ]),
    "}",
    ...last,
  ];
}

/** A loop that counts up; `name` is its counter as an i32. */
function countedLoop(
  q: string,
  from: string,
  to: string,
  name: string,
  lines: readonly string[],
  unroll = 1,
): string[] {
  const step = unroll === 1 ? `${q}++` : `${q} += ${unroll}u`;
  const body: string[] = [];
  for (let u = 0; u < unroll; u++) {
    const value = u === 0 ? `i32(${q})` : `i32(${q} + ${u}u)`;
    if (unroll === 1) body.push(`let ${name} = ${value};`, ...lines);
    else body.push("{", ...indent([`let ${name} = ${value};`, ...lines]), "}");
  }
  return [`for (var ${q} = ${from}; ${q} < ${to}; ${step}) {`, ...indent(body), "}"];
}

/** Statements that set the axes of a point from its linear number; gives the names of the axes. */
export function decompose(
  text: KernelText,
  linear: string,
  sizes: readonly Size[],
  lines: string[],
): string[] {
  const names: string[] = new Array(sizes.length).fill("0i");
  let rest = linear;
  const used = sizes.map((_, d) => d).filter((d) => sizes[d] !== 1);
  for (const [i, d] of [...used.entries()].reverse()) {
    const name = text.fresh("a");
    names[d] = name;
    if (i === 0) {
      lines.push(`let ${name} = i32(${rest});`);
      break;
    }
    const size = text.count(sizes[d]!);
    lines.push(`let ${name} = i32(${rest} % ${size});`);
    const next = text.fresh("q");
    lines.push(`let ${next} = ${rest} / ${size};`);
    rest = next;
  }
  return names;
}

/** Loop iterations that one thread needs for the helpers of each iteration of a nest. */
export function helperIterations(nest: LoopNest): number {
  let iterations = 1;
  for (const node of nodesOf(innerOutputs(nest))) {
    // The exact remainder divides a few bits at a time.
    if (node.op === "rem" && node.type === "f32") iterations += 40;
    const wide = node.type === "i64" || node.type === "u64";
    if (wide && (node.op === "rem" || node.op === "div")) iterations += WIDE_DIVISION_ITERATIONS;
  }
  return iterations;
}

/** Leaves an integer in two words, plus 2⁶³, if it fits an i64. */
function keptInteger({ text, type }: Printed, [low, high]: readonly [string, string]): string {
  const keep = (word: string, sign: string) =>
    ` atomicStore(&${low}, ${word}); atomicStore(&${high}, ${sign} ^ 0x80000000u);`;
  switch (type) {
    case "i32":
      return keep(`bitcast<u32>(${text})`, `bitcast<u32>(${text} >> 31u)`);
    case "u32":
      return keep(text, "0u");
    case "i64":
      return keep(`${text}.x`, `${text}.y`);
    case "u64":
      return ` if (${text}.y <= 0x7fffffffu) {${keep(`${text}.x`, `${text}.y`)} }`;
    default:
      return "";
  }
}

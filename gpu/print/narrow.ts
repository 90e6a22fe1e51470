/**
 * 64-bit integers of a program as words, wherever they are known to fit: positions and lengths are
 * int64, and pairs of words cost more.
 *
 * @module
 */

import { nodesOf } from "../../core/ir/nodes.ts";
import { stepOutputs } from "../../core/ir/steps.ts";
import type { DType } from "../../core/graph/dtype.ts";
import { epilogueOf } from "../../core/ir/gemm.ts";
import { ScalarBuilder } from "../../core/ir/builder.ts";
import { noFunction } from "../../core/ir/functions.ts";
import type {
  BufferDecl,
  LoopNest,
  Program,
  Reduction,
  Step,
  Store,
} from "../../core/ir/program.ts";
import type { Address, Prim, PrimNode, SNode } from "../../core/ir/scalar.ts";
import type { Size } from "../../core/ir/size.ts";
import {
  countsUpTo,
  dtypeRange,
  fitsWord,
  hull,
  positionsBelow,
  type Range,
  type RangeContext,
  Ranges,
} from "./integer_ranges.ts";
import { isArg } from "./reduction.ts";

/** Operations whose low word depends on the low words of the arguments alone. */
const OF_LOW_WORDS: ReadonlySet<string> = new Set<Prim>(
  ["add", "sub", "mul", "madd", "neg", "and", "or", "xor", "not", "select"],
);

/** Operations that are the same in words where arguments and result fit. */
const OF_SMALL: ReadonlySet<string> = new Set<Prim>(
  ["min", "max", "abs", "div", "rem", "floor", "ceil", "trunc", "nearest"],
);

/** The program with words in place of pairs where that changes no value. */
export function narrowProgram(program: Program): Program {
  if (!program.buffers.some(isWideBuffer) && !hasWide([...program.steps, ...program.commit])) {
    return program;
  }
  const ranges = bufferRanges(program);
  const buffers = program.buffers.map((decl): BufferDecl => {
    const { role } = decl;
    if (!isWideBuffer(decl) || !fitsWord(ranges(decl.id))) return decl;
    if (role.kind !== "constant") return { ...decl, dtype: "int32" };
    const data = Int32Array.from(role.data as BigInt64Array, Number);
    return { ...decl, dtype: "int32", role: { ...role, data } };
  });
  const printer = new Narrower(program, buffers, ranges);
  return {
    ...program,
    buffers,
    steps: printer.steps(program.steps, new Map()),
    commit: printer.steps(program.commit, new Map()),
  };
}

function isWideDtype(dtype: DType): boolean {
  return dtype === "int64" || dtype === "uint64";
}

function isWideBuffer({ dtype }: BufferDecl): boolean {
  return isWideDtype(dtype);
}

/** As what elements of `dtype` are to be loaded now. */
function heldDtype(decls: ReadonlyMap<number, BufferDecl>, buffer: number, dtype: DType): DType {
  return isWideDtype(dtype) && decls.get(buffer)!.dtype === "int32" ? "int32" : dtype;
}

function isWideNode({ type }: SNode): boolean {
  return type === "i64" || type === "u64";
}

function hasWide(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    switch (step.kind) {
      case "loop":
        return hasWide(step.body);
      case "branch":
        return hasWide(step.then) || hasWide(step.otherwise);
      default:
        return nodesOf(stepOutputs(step)).some(isWideNode);
    }
  });
}

/** Steps of the enclosing loops by id. */
type Enclosing = ReadonlyMap<number, Size>;

function contextOf(
  program: Program,
  nest: LoopNest,
  steps: Enclosing,
  buffer: (id: number) => Range,
): RangeContext {
  const { axes, loops, reductions } = nest;
  return { guards: program.guards, sizes: [...axes, ...loops], loops, reductions, steps, buffer };
}

/** Bounds of what buffers hold: of scratch memory, all that is stored there. */
function bufferRanges(program: Program): (id: number) => Range {
  const { guards } = program;
  const decls = new Map(program.buffers.map((decl) => [decl.id, decl]));
  const stored = new Map<number, Range>();
  const open = new Set<number>();
  for (const { id, dtype, role } of program.buffers) {
    if (!isWideDtype(dtype)) continue;
    if (role.kind === "temp") open.add(id);
    else if (role.kind === "constant") stored.set(id, dataRange(role.data as BigInt64Array));
  }
  const of = (id: number): Range => {
    const range = stored.get(id);
    if (range !== undefined) return range;
    return open.has(id) ? [0, 0] : dtypeRange(decls.get(id)!.dtype);
  };
  let grown = false, first = true;
  const put = (id: number | null, range: Range) => {
    if (id === null || !open.has(id)) return;
    const have = stored.get(id);
    if (have === null) return;
    const all = have === undefined ? range : hull(have, range);
    if (have !== undefined && all !== null && all[0] === have[0] && all[1] === have[1]) return;
    // What still grows when all stores have been seen once may grow for ever.
    stored.set(id, first && fitsWord(all) ? all : null);
    grown = true;
  };
  const visit = (steps: readonly Step[], enclosing: Enclosing): void => {
    for (const step of steps) {
      switch (step.kind) {
        case "nest":
        case "gemm": {
          const nest = step.kind === "nest" ? step : epilogueOf(step);
          const ranges = new Ranges(contextOf(program, nest, enclosing, of));
          for (const { buffer, value } of [...nest.inner, ...nest.outer]) {
            if (open.has(buffer)) put(buffer, storedRange(value, ranges));
          }
          break;
        }
        case "sort":
          put(step.values, of(step.source));
          put(step.positions, positionsBelow(step.length, guards));
          break;
        case "nonzero":
          put(step.positions, positionsBelow(step.length, guards));
          put(step.count, countsUpTo(step.length, guards));
          break;
        case "loop":
          visit(step.body, new Map([...enclosing, [step.id, step.steps]]));
          put(step.count, countsUpTo(step.steps, guards));
          break;
        case "branch":
          visit(step.then, enclosing);
          visit(step.otherwise, enclosing);
      }
    }
  };
  const all = [...program.steps, ...program.commit];
  do {
    grown = false;
    visit(all, new Map());
    first = false;
  } while (grown);
  return of;
}

/** Bounds of a value that is stored as a 64-bit integer. */
function storedRange(value: SNode, ranges: Ranges): Range {
  return value.type === "f32" ? null : ranges.of(value);
}

function dataRange(data: BigInt64Array | BigUint64Array): Range {
  if (data.length === 0) return [0, 0];
  let low = data[0]!, high = low;
  for (const x of data) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return [Number(low), Number(high)];
}

/** Rewrites steps. */
class Narrower {
  readonly #b = new ScalarBuilder();
  readonly #program: Program;
  readonly #decls: ReadonlyMap<number, BufferDecl>;
  readonly #ranges: (id: number) => Range;

  constructor(
    program: Program,
    buffers: readonly BufferDecl[],
    ranges: (id: number) => Range,
  ) {
    this.#program = program;
    this.#decls = new Map(buffers.map((decl) => [decl.id, decl]));
    this.#ranges = ranges;
  }

  steps(steps: readonly Step[], enclosing: Enclosing): Step[] {
    return steps.map((step): Step => {
      switch (step.kind) {
        case "nest": {
          const kernel = this.#kernel(step, enclosing);
          return {
            ...step,
            reductions: step.reductions.map((reduction) => kernel.reduction(reduction)),
            checks: step.checks.map((check) => ({
              ...check,
              failed: kernel.full(check.failed),
            })),
            inner: step.inner.map((store) => kernel.store(store)),
            outer: step.outer.map((store) => kernel.store(store)),
          };
        }
        case "gemm": {
          const kernel = this.#kernel(epilogueOf(step), enclosing);
          const [left, right] = [step.left, step.right].map((operand) => ({
            ...operand,
            dtype: heldDtype(this.#decls, operand.buffer, operand.dtype),
            base: kernel.address(operand.base),
          }));
          const stores = step.stores.map((store) => kernel.store(store));
          return { ...step, left: left!, right: right!, stores };
        }
        case "sort":
        case "nonzero":
          return { ...step, dtype: heldDtype(this.#decls, step.source, step.dtype) };
        case "loop": {
          const inside = new Map([...enclosing, [step.id, step.steps]]);
          return { ...step, body: this.steps(step.body, inside) };
        }
        case "branch":
          return {
            ...step,
            then: this.steps(step.then, enclosing),
            otherwise: this.steps(step.otherwise, enclosing),
          };
      }
    });
  }

  #kernel(nest: LoopNest, enclosing: Enclosing): KernelNarrower {
    const context = contextOf(this.#program, nest, enclosing, this.#ranges);
    return new KernelNarrower(this.#b, this.#decls, context);
  }
}

/** Rewrites the nodes of one kernel. */
class KernelNarrower {
  readonly #b: ScalarBuilder;
  readonly #decls: ReadonlyMap<number, BufferDecl>;
  readonly #reductions: readonly Reduction[];
  readonly #ranges: Ranges;
  readonly #full = new Map<SNode, SNode>();
  readonly #low = new Map<SNode, SNode>();

  constructor(
    b: ScalarBuilder,
    decls: ReadonlyMap<number, BufferDecl>,
    context: RangeContext,
  ) {
    this.#b = b;
    this.#decls = decls;
    this.#reductions = context.reductions;
    this.#ranges = new Ranges(context);
  }

  reduction(reduction: Reduction): Reduction {
    const { kind, value } = reduction;
    if (!isWideNode(value)) return { ...reduction, value: this.full(value) };
    if (isArg(kind)) return { ...reduction, value: this.#smallest(value) };
    return this.#isSmall(reduction)
      ? { ...reduction, value: this.low(value), type: "i32" }
      : { ...reduction, value: this.full(value) };
  }

  store(store: Store): Store {
    const { buffer, address, value, guard } = store;
    const wide = isWideBuffer(this.#decls.get(buffer)!) || !isWideNode(value);
    return {
      buffer,
      address: this.address(address),
      value: wide ? this.full(value) : this.low(value),
      guard: guard === null ? null : this.full(guard),
    };
  }

  address(address: Address): Address {
    return address.rest === null ? address : { ...address, rest: this.full(address.rest) };
  }

  /** The node with the value and the type it had. */
  full(node: SNode): SNode {
    this.#prepare(node);
    return this.#full.get(node) ?? this.#makeFull(node);
  }

  /** The low word of a 64-bit integer, as an i32: its value, where it fits. */
  low(node: SNode): SNode {
    this.#prepare(node);
    return this.#low.get(node) ?? this.#makeLow(node);
  }

  /** Makes parts first, so that deep expressions need no deep recursion. */
  #prepare(node: SNode): void {
    if (this.#full.has(node) || this.#low.has(node)) return;
    for (const part of nodesOf([node])) {
      if (this.#full.has(part) || this.#low.has(part)) continue;
      if (isWideNode(part) && this.#fits(part)) this.#makeLow(part);
      else this.#makeFull(part);
    }
  }

  #fits(node: SNode): boolean {
    return fitsWord(this.#ranges.of(node));
  }

  /** Whether a reduction of 64-bit integers is held in a word. */
  #isSmall(reduction: Reduction): boolean {
    return isWideNode(reduction.value) && !isArg(reduction.kind) &&
      fitsWord(this.#ranges.reduction(reduction)) && this.#fits(reduction.value);
  }

  #smallest(node: SNode): SNode {
    return this.#fits(node) ? this.low(node) : this.full(node);
  }

  #makeFull(node: SNode): SNode {
    const made = isWideNode(node) && this.#fits(node)
      ? this.#b.cast(this.low(node), node.type)
      : this.#rebuild(node);
    this.#full.set(node, made);
    return made;
  }

  #makeLow(node: SNode): SNode {
    const made = this.#word(node) ?? this.#b.cast(this.#rebuilt(node), "i32");
    this.#low.set(node, made);
    return made;
  }

  /** The node as it was, also where it fits. */
  #rebuilt(node: SNode): SNode {
    return this.#fits(node) ? this.#rebuild(node) : this.full(node);
  }

  /** The low word without the high one, or null. */
  #word(node: SNode): SNode | null {
    const b = this.#b;
    const fits = this.#fits(node);
    const [first] = node.args;
    switch (node.op) {
      case "const":
        return b.constant("i32", BigInt.asIntN(32, BigInt(node.value)));
      case "size":
        return fits ? b.size(node.size, "i32") : null;
      case "load":
        return this.#isWord(node.buffer, node.dtype) ? this.#load(node, "int32") : null;
      case "reduced":
      case "running": {
        const reduction = this.#reductions[node.reduction];
        if (reduction === undefined || !this.#isSmall(reduction)) return null;
        return node.op === "reduced"
          ? b.reduced(node.reduction, "i32")
          : b.running(node.reduction, "i32");
      }
      case "cast":
      case "bitcast":
        if (first!.type === "f32") return null;
        return isWideNode(first!) ? this.low(first!) : b.cast(this.full(first!), "i32");
    }
    const words = () => node.args.map((arg) => isWideNode(arg) ? this.low(arg) : this.full(arg));
    if (OF_LOW_WORDS.has(node.op)) return b.prim((node as PrimNode).op, "i32", ...words());
    const [shifted, by] = node.args;
    if (node.op === "shl" || node.op === "shr") {
      const amount = this.#ranges.of(by!);
      const short = amount !== null && amount[0] >= 0 && amount[1] < 32;
      if (!short || !(node.op === "shl" || this.#fits(shifted!))) return null;
      return b.prim(node.op, "i32", this.low(shifted!), this.low(by!));
    }
    const small = node.args.every((arg) => !isWideNode(arg) || this.#fits(arg));
    if (!OF_SMALL.has(node.op) || !small || !fits) return null;
    return b.prim((node as PrimNode).op, "i32", ...words());
  }

  /** The node over rewritten arguments. */
  #rebuild(node: SNode): SNode {
    const b = this.#b;
    switch (node.op) {
      case "const":
        return b.constant(node.type, node.value);
      case "index":
        return b.index(node.axis);
      case "size":
        return b.size(node.size, node.type);
      case "load":
        if (!this.#isWord(node.buffer, node.dtype)) return this.#load(node, node.dtype);
        return b.cast(this.#load(node, "int32"), node.type);
      case "reduced":
      case "running": {
        const make = node.op === "reduced" ? b.reduced.bind(b) : b.running.bind(b);
        const reduction = this.#reductions[node.reduction];
        const small = reduction !== undefined && this.#isSmall(reduction);
        return small
          ? b.cast(make(node.reduction, "i32"), node.type)
          : make(node.reduction, node.type);
      }
      case "product":
        return b.product(node.type);
      case "call":
        throw noFunction(node);
    }
    const { op, type } = node;
    const values = node.args.filter((_, i) => !(op === "select" && i === 0));
    if (!isWideNode(node) && values.some(isWideNode)) {
      if (type === "i32" || type === "u32") {
        if (op === "cast") return b.cast(this.low(values[0]!), type);
      }
      if (values.every((value) => this.#fits(value))) {
        // Comparisons and conversions.
        return b.prim(op, type, ...values.map((value) => this.low(value)));
      }
    }
    return b.prim(op, type, ...node.args.map((arg) => this.full(arg)));
  }

  /** Whether 64-bit integers of a buffer are words now. */
  #isWord(buffer: number, dtype: DType): boolean {
    return heldDtype(this.#decls, buffer, dtype) !== dtype;
  }

  #load(node: SNode & { op: "load" }, dtype: BufferDecl["dtype"]): SNode {
    const [guard] = node.args;
    return this.#b.load(
      node.buffer,
      dtype,
      this.address(node.address),
      guard === undefined ? undefined : this.full(guard),
    );
  }
}

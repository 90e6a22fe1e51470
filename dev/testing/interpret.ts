/**
 * A backend that interprets programs in plain JavaScript: slow and obvious. Tests compare the
 * printers and the planner with it.
 *
 * It is strict where real devices are silent: scratch memory starts as garbage, and an index outside
 * its buffer is an error.
 *
 * @module
 */

import type {
  Backend,
  BackendStats,
  Bindings,
  DeviceBuffer,
  Executable,
  ExecutableInfo,
} from "../../core/runtime/backend.ts";
import { noLimits } from "../../core/ir/capabilities.ts";
import { type DType, dtypeInfo, realOf, type TypedArray } from "../../core/graph/dtype.ts";
import { joinPieces } from "../../core/runtime/pieces.ts";
import { noFunction } from "../../core/ir/functions.ts";
import { castValue, foldPrim, type ScalarValue } from "../../core/ir/fold.ts";
import { Accumulator } from "./interpret_reduction.ts";
import {
  type BufferDecl,
  type Check,
  checkedInteger,
  checkError,
  type Gemm,
  type Loop,
  type LoopNest,
  type LoopNestCheck,
  type Nonzero,
  type Operand,
  type Program,
  type Sort,
  type Step,
  type Store,
} from "../../core/ir/program.ts";
import {
  type Address,
  type AxisRef,
  type ScalarType,
  scalarTypeOf,
  type SNode,
} from "../../core/ir/scalar.ts";
import { type Size, sizeAt, type SizeEnv, sizeValue } from "../../core/ir/size.ts";

/** Opens the interpreter. Each call has its own buffers and statistics. */
export function createInterpreterBackend(): Backend {
  return new InterpreterBackend();
}

class InterpreterBackend implements Backend {
  readonly name = "cpu";
  readonly description = "interpreter";
  readonly ieee = true;
  readonly functions = false;
  readonly kernelLimits = noLimits;
  readonly residentBytes = Infinity;
  readonly readsSync = true;
  readonly loopKernels = null;
  readonly rows = null;
  readonly hostReadable = true;
  readonly defersErrors = false;
  readonly lost = null;
  readonly live = new Set<InterpreterBuffer>();
  #compiled = 0;

  findLoss(): null {
    return null;
  }

  supports(_dtype: DType): boolean {
    return true;
  }

  allocate(dtype: DType, elements: number): DeviceBuffer {
    const buffer = new InterpreterBuffer(this, dtypeInfo(dtype).bytes * elements);
    this.live.add(buffer);
    return buffer;
  }

  prepare(program: Program): Executable {
    this.#compiled++;
    return new InterpretedProgram(program);
  }

  prepareAsync(program: Program): Promise<Executable> {
    return Promise.resolve(this.prepare(program));
  }

  get stats(): BackendStats {
    let bytes = 0;
    for (const buffer of this.live) bytes += buffer.bytes;
    const same = { bytes, used: bytes, peak: bytes, reserved: bytes };
    return { compiled: this.#compiled, code: this.#compiled, buffers: this.live.size, ...same };
  }

  resetPeak(): void {}
}

class InterpreterBuffer implements DeviceBuffer {
  readonly bytes: number;
  #memory: ArrayBuffer | null;
  readonly #owner: InterpreterBackend;

  constructor(owner: InterpreterBackend, bytes: number) {
    this.#owner = owner;
    this.bytes = bytes;
    this.#memory = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
  }

  get disposed(): boolean {
    return this.#memory === null;
  }

  get memory(): ArrayBuffer {
    if (this.#memory === null) throw new TypeError("Cannot use a buffer that was disposed");
    return this.#memory;
  }

  readSync(dtype: DType, elements: number): TypedArray {
    const bytes = dtypeInfo(dtype).bytes * elements;
    if (bytes > this.bytes) {
      throw new RangeError(`Cannot read ${bytes} bytes from a buffer of ${this.bytes}`);
    }
    const values = dtypeInfo(dtype).array(elements);
    new Uint8Array(values.buffer).set(new Uint8Array(this.memory, 0, bytes));
    return values;
  }

  readPieces(dtype: DType, elements: number): TypedArray[] {
    return [this.readSync(dtype, elements)];
  }

  writePieces(dtype: DType, pieces: readonly TypedArray[]): void {
    this.write(dtype, joinPieces(dtype, pieces));
  }

  read(dtype: DType, elements: number): Promise<TypedArray> {
    return Promise.resolve(this.readSync(dtype, elements));
  }

  write(_dtype: DType, data: TypedArray): void {
    if (data.byteLength > this.bytes) {
      throw new RangeError(`Cannot write ${data.byteLength} bytes to a buffer of ${this.bytes}`);
    }
    new Uint8Array(this.memory).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  dispose(): void {
    this.#memory = null;
    this.#owner.live.delete(this);
  }
}

function memoryOf(buffer: DeviceBuffer): ArrayBuffer {
  if (buffer instanceof InterpreterBuffer) return buffer.memory;
  throw new TypeError("Cannot use a buffer of another device in the interpreter");
}

class InterpretedProgram implements Executable {
  readonly info: ExecutableInfo;
  readonly #program: Program;
  readonly #constants = new Map<number, ArrayBuffer>();

  constructor(program: Program) {
    this.#program = program;
    let scratchBytes = 0;
    for (const { id, role, dtype, elements } of program.buffers) {
      if (role.kind === "temp") scratchBytes += dtypeInfo(dtype).bytes * sizeValue(elements);
      if (role.kind !== "constant") continue;
      const { buffer, byteOffset, byteLength } = role.data;
      const memory = new ArrayBuffer(Math.ceil(byteLength / 8) * 8);
      new Uint8Array(memory).set(new Uint8Array(buffer, byteOffset, byteLength));
      this.#constants.set(id, memory);
    }
    const lines: string[] = [];
    const kernels = outline([...program.steps, ...program.commit], "", lines);
    this.info = { scratchBytes, codeBytes: 0, kernels, listing: lines.join("\n"), note: null };
  }

  run(bindings: Bindings): void {
    const { buffers, steps, commit, checks } = this.#program;
    const memory = new Map<number, Memory>();
    for (const decl of buffers) {
      memory.set(decl.id, new Memory(decl, this.#bind(decl, bindings), bindings.env));
    }
    const machine = new Machine(bindings.env, memory, checks);
    machine.runAll(steps);
    machine.throwFailure();
    machine.runAll(commit);
    machine.throwFailure();
  }

  #bind(decl: BufferDecl, bindings: Bindings): ArrayBuffer {
    const { role } = decl;
    switch (role.kind) {
      case "input":
        return bound(decl, bindings.inputs[role.input]);
      case "shared":
        return bound(decl, bindings.shared[role.shared]);
      case "output":
        return bound(decl, bindings.outputs[role.output]);
      case "constant":
        return this.#constants.get(decl.id)!;
      case "temp": {
        const bytes = dtypeInfo(decl.dtype).bytes * sizeAt(decl.elements, bindings.env);
        const memory = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
        // NaN for floats, -1 for integers: a value that was never written shows.
        new Uint8Array(memory).fill(0xff);
        return memory;
      }
    }
  }

  free(): void {}
  dispose(): void {}
}

function bound(decl: BufferDecl, buffer: DeviceBuffer | null | undefined): ArrayBuffer {
  if (buffer === undefined || buffer === null) {
    throw new TypeError(`Cannot run: nothing is bound to the ${decl.role.kind} "${decl.name}"`);
  }
  return memoryOf(buffer);
}

/** Lists the steps with indentation; gives the number of kernels. */
function outline(steps: readonly Step[], indent: string, lines: string[]): number {
  let kernels = 0;
  for (const step of steps) {
    lines.push(`${indent}${step.kind} ${step.name}`);
    if (step.kind === "loop") kernels += outline(step.body, indent + "  ", lines);
    else if (step.kind === "branch") {
      kernels += outline(step.then, indent + "  then ", lines);
      kernels += outline(step.otherwise, indent + "  else ", lines);
    } else kernels++;
  }
  return kernels;
}

/** The memory of one buffer in one call. */
class Memory {
  readonly name: string;
  readonly dtype: DType;
  readonly #memory: ArrayBuffer;
  readonly #length: number;
  readonly #views = new Map<DType, TypedArray>();

  constructor(decl: BufferDecl, memory: ArrayBuffer, env: SizeEnv) {
    this.name = decl.name;
    this.dtype = realOf(decl.dtype);
    this.#memory = memory;
    // A complex element is two stored values.
    this.#length = sizeAt(decl.elements, env) * (this.dtype === decl.dtype ? 1 : 2);
    const bytes = this.#length * dtypeInfo(this.dtype).bytes;
    if (bytes > memory.byteLength) {
      throw new RangeError(
        `Cannot run: "${decl.name}" needs ${bytes} bytes, its buffer has ${memory.byteLength}`,
      );
    }
  }

  #view(dtype: DType): TypedArray {
    let view = this.#views.get(dtype);
    if (view === undefined) {
      const make = dtypeInfo(dtype).array(0).constructor as new (b: ArrayBuffer) => TypedArray;
      view = new make(this.#memory);
      this.#views.set(dtype, view);
    }
    return view;
  }

  inside(index: number): boolean {
    return index >= 0 && index < this.#length;
  }

  get length(): number {
    return this.#length;
  }

  load(index: number, dtype: DType = this.dtype): ScalarValue {
    const value = this.#view(realOf(dtype))[index]!;
    return dtype === "bool" ? Number(value !== 0) : value;
  }

  store(index: number, value: ScalarValue, type: ScalarType): void {
    const converted = type === scalarTypeOf(this.dtype)
      ? value
      : castValue(type, scalarTypeOf(this.dtype), value);
    (this.#view(this.dtype) as { [index: number]: ScalarValue })[index] = converted;
  }
}

/** What nodes read beside their arguments. */
interface Context {
  /** Values of the kernel axes. */
  axes: number[];
  reductions: readonly Accumulator[];
  product: ScalarValue;
}

/** Nodes in an order in which each comes after what it needs. */
class Schedule {
  readonly slots = new Map<SNode, number>();
  readonly order: SNode[] = [];

  constructor(roots: readonly (SNode | null)[]) {
    for (const root of roots) if (root !== null) this.#add(root);
  }

  #add(root: SNode): void {
    const stack: SNode[] = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!;
      if (this.slots.has(node)) {
        stack.pop();
        continue;
      }
      const waiting = dependencies(node).filter((arg) => !this.slots.has(arg));
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      stack.pop();
      this.slots.set(node, this.order.length);
      this.order.push(node);
    }
  }
}

function dependencies(node: SNode): readonly SNode[] {
  return node.op === "load" && node.address.rest !== null
    ? [...node.args, node.address.rest]
    : node.args;
}

/** The values of a schedule at one point. */
type Values = (node: SNode) => ScalarValue;

class Machine {
  readonly #env: SizeEnv;
  readonly #memory: ReadonlyMap<number, Memory>;
  readonly #checks: readonly Check[];
  readonly #loops = new Map<number, number>();
  #failed: { readonly check: number; readonly bad: bigint | null } | null = null;

  constructor(
    env: SizeEnv,
    memory: ReadonlyMap<number, Memory>,
    checks: readonly Check[],
  ) {
    this.#env = env;
    this.#memory = memory;
    this.#checks = checks;
  }

  throwFailure(): void {
    if (this.#failed === null) return;
    const { check, bad } = this.#failed;
    throw checkError(this.#checks[check], this.#env, bad);
  }

  runAll(steps: readonly Step[]): void {
    for (const step of steps) this.#run(step);
  }

  #run(step: Step): void {
    switch (step.kind) {
      case "nest":
        return this.#nest(step);
      case "gemm":
        return this.#gemm(step);
      case "sort":
        return this.#sort(step);
      case "nonzero":
        return this.#nonzero(step);
      case "loop":
        return this.#loop(step);
      case "branch":
        return this.runAll(
          this.#buffer(step.condition).load(0) !== 0 ? step.then : step.otherwise,
        );
    }
  }

  #size(size: Size): number {
    return sizeAt(size, this.#env);
  }

  #buffer(id: number): Memory {
    const memory = this.#memory.get(id);
    if (memory === undefined) throw new TypeError(`Cannot run: there is no buffer ${id}`);
    return memory;
  }

  #axis(ref: AxisRef, axes: readonly number[]): number {
    if (ref.kind === "axis") {
      const value = axes[ref.axis];
      if (value === undefined) throw new TypeError(`Cannot run: there is no axis ${ref.axis}`);
      return value;
    }
    const t = this.#loops.get(ref.loop);
    if (t === undefined) throw new TypeError(`Cannot run: loop ${ref.loop} is not running`);
    const { shift, modulus } = ref;
    return modulus === 0 ? t + shift : (((t + shift) % modulus) + modulus) % modulus;
  }

  #index(address: Address, axes: readonly number[], values: Values): number {
    let index = this.#size(address.offset);
    for (const term of address.terms) {
      index += this.#size(term.stride) * this.#axis(term.axis, axes);
    }
    return address.rest === null ? index : index + Number(values(address.rest));
  }

  #inside(memory: Memory, index: number, what: string): void {
    if (memory.inside(index)) return;
    // A failed check may be the reason of the bad index, and says more.
    this.throwFailure();
    throw new RangeError(
      `Cannot ${what} element ${index} of "${memory.name}": it has ${memory.length} elements`,
    );
  }

  #evaluate(schedule: Schedule, context: Context): Values {
    const found: ScalarValue[] = [];
    const values: Values = (node) => found[schedule.slots.get(node)!]!;
    for (const node of schedule.order) found.push(this.#value(node, context, values));
    return values;
  }

  #value(node: SNode, context: Context, values: Values): ScalarValue {
    switch (node.op) {
      case "const":
        return node.value;
      case "index":
        return this.#axis(node.axis, context.axes);
      case "size": {
        const size = this.#size(node.size);
        return node.type === "i64" || node.type === "u64"
          ? castValue("f64", node.type, size)
          : node.type === "f32"
          ? Math.fround(size)
          : size;
      }
      case "load": {
        const guard = node.args[0];
        if (guard !== undefined && values(guard) === 0) {
          return node.type === "i64" || node.type === "u64" ? 0n : 0;
        }
        const memory = this.#buffer(node.buffer);
        const index = this.#index(node.address, context.axes, values);
        this.#inside(memory, index, "read");
        return memory.load(index, node.dtype);
      }
      case "reduced":
      case "running":
        return context.reductions[node.reduction]!.value;
      case "product":
        return context.product;
      case "call":
        throw noFunction(node);
      default:
        return foldPrim(node.op, node.type, node.args[0]!.type, node.args.map(values));
    }
  }

  /** Reads all that the stores need before the first of them writes. */
  #stores(stores: readonly Store[], schedule: Schedule, context: Context): void {
    const values = this.#evaluate(schedule, context);
    for (const { buffer, address, value, guard } of stores) {
      if (guard !== null && values(guard) === 0) continue;
      const memory = this.#buffer(buffer);
      const index = this.#index(address, context.axes, values);
      this.#inside(memory, index, "write");
      memory.store(index, values(value), value.type);
    }
  }

  #nest(nest: LoopNest): void {
    const innerChecks = nest.checks.filter((check) => check.inner);
    const outerChecks = nest.checks.filter((check) => !check.inner);
    const first = new Schedule([
      ...nest.reductions.map((reduction) => reduction.value),
      ...innerChecks.map((check) => check.failed),
    ]);
    const last = new Schedule(outerChecks.map((check) => check.failed));
    const inner = scheduleStores(nest.inner);
    const outer = scheduleStores(nest.outer);
    const axes = nest.axes.map((size) => this.#size(size));
    const loops = nest.loops.map((size) => this.#size(size));
    for (const point of points(axes)) {
      const reductions = nest.reductions.map((reduction) => new Accumulator(reduction));
      const context: Context = { axes: [], reductions, product: 0 };
      let position = 0;
      for (const iteration of points(loops)) {
        context.axes = [...point, ...iteration];
        const values = this.#evaluate(first, context);
        this.#test(innerChecks, values);
        nest.reductions.forEach(({ value }, r) => reductions[r]!.take(values(value), position));
        this.#stores(nest.inner, inner, context);
        position++;
      }
      context.axes = [...point];
      this.#test(outerChecks, this.#evaluate(last, context));
      this.#stores(nest.outer, outer, context);
    }
  }

  #test(checks: readonly LoopNestCheck[], values: Values): void {
    for (const { failed, check } of checks) {
      if (this.#failed !== null || values(failed) === 0) continue;
      const integer = checkedInteger(failed);
      this.#failed = { check, bad: integer === null ? null : BigInt(values(integer) as bigint) };
    }
  }

  #gemm(gemm: Gemm): void {
    const schedule = scheduleStores(gemm.stores);
    const batch = gemm.batch.map((size) => this.#size(size));
    const [m, n, k] = [this.#size(gemm.m), this.#size(gemm.n), this.#size(gemm.k)];
    const left = this.#operand(gemm.left, gemm.type);
    const right = this.#operand(gemm.right, gemm.type);
    for (const point of points([...batch, m, n])) {
      const b = point.slice(0, -2);
      const [row, column] = point.slice(-2) as [number, number];
      const sum = new Accumulator({ kind: "sum", type: gemm.type });
      for (let i = 0; i < k; i++) sum.takeProduct(left(b, row, i), right(b, i, column));
      this.#stores(gemm.stores, schedule, { axes: point, reductions: [], product: sum.value });
    }
  }

  /** Gives a function that reads element (batch…, row, column). */
  #operand(
    operand: Operand,
    type: ScalarType,
  ): (batch: readonly number[], row: number, column: number) => ScalarValue {
    const { base, dtype } = operand;
    const context: Context = { axes: [], reductions: [], product: 0 };
    const start = this.#index(base, [], this.#evaluate(new Schedule([base.rest]), context));
    const strides = operand.batch.map((stride) => this.#size(stride));
    const [byRow, byColumn] = [this.#size(operand.row), this.#size(operand.column)];
    const memory = this.#buffer(operand.buffer);
    return (batch, row, column) => {
      let index = start + row * byRow + column * byColumn;
      batch.forEach((b, d) => index += b * strides[d]!);
      this.#inside(memory, index, "read");
      return castValue(scalarTypeOf(dtype), type, memory.load(index, dtype));
    };
  }

  #sort(sort: Sort): void {
    const source = this.#buffer(sort.source);
    const [rows, length] = [this.#size(sort.rows), this.#size(sort.length)];
    for (let r = 0; r < rows; r++) {
      const row = Array.from({ length }, (_, i) => source.load(r * length + i, sort.dtype));
      const order = row.map((_, i) => i).sort((i, j) => {
        const [a, b] = [row[i]!, row[j]!];
        if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - +Number.isNaN(b);
        const ascending = a < b ? -1 : a > b ? 1 : 0;
        return sort.descending ? -ascending : ascending;
      });
      order.forEach((from, to) => {
        const at = r * length + to;
        if (sort.values !== null) {
          this.#buffer(sort.values).store(at, row[from]!, scalarTypeOf(sort.dtype));
        }
        if (sort.positions !== null) this.#buffer(sort.positions).store(at, from, "i32");
      });
    }
  }

  #nonzero(step: Nonzero): void {
    const source = this.#buffer(step.source);
    const positions = this.#buffer(step.positions);
    let count = 0;
    for (let i = 0; i < this.#size(step.length); i++) {
      // By Number, because an int64 zero is 0n.
      if (Number(source.load(i, step.dtype)) !== 0) positions.store(count++, i, "i32");
    }
    this.#buffer(step.count).store(0, count, "i32");
  }

  #loop(loop: Loop): void {
    const steps = this.#size(loop.steps);
    let done = 0;
    const ended = () => loop.until !== null && this.#buffer(loop.until).load(0) !== 0;
    while (done < steps && !(done === 0 && loop.mayBeEmpty && ended())) {
      this.#loops.set(loop.id, done);
      this.runAll(loop.body);
      done++;
      if (ended()) break;
    }
    this.#loops.delete(loop.id);
    if (loop.count !== null) this.#buffer(loop.count).store(0, done, "i32");
  }
}

function scheduleStores(stores: readonly Store[]): Schedule {
  return new Schedule(stores.flatMap(({ value, guard, address }) => [value, guard, address.rest]));
}

/** All points of a box in row-major order; one point for a box without axes. */
function* points(sizes: readonly number[]): Generator<number[]> {
  if (sizes.some((size) => size <= 0)) return;
  const point = sizes.map(() => 0);
  while (true) {
    yield [...point];
    let d = sizes.length - 1;
    while (d >= 0 && ++point[d]! === sizes[d]) point[d--] = 0;
    if (d < 0) return;
  }
}

/**
 * Expressions that are too much for one kernel: something in the middle of them is stored.
 *
 * @module
 */

import { isComplex } from "../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import type { KernelLimits } from "../ir/capabilities.ts";
import { isView, loweringOf } from "./lowering.ts";
import type { Shapes } from "./shapes.ts";

/** Kernels of more ops than this are cut in two. */
const LARGE = 400;

/** Ops of less cost count among those, and not as functions. */
const LEAST_COST = 8;

/** About how many primitives there are in a function for each unit of its cost. */
const NODES_PER_COST = 4;

/** A level of a plan, of which some variables are stored. */
interface Level {
  /** The applications, inputs first. */
  readonly order: readonly Apply[];
  /** What a kernel reads of the inputs of an application. */
  inputsOf(apply: Apply): readonly Variable[];
  /** What anything reads. */
  readonly used: ReadonlySet<Variable>;
  readonly shapes: Shapes;
  /** Whether a variable is in memory already. */
  placed(variable: Variable): boolean;
  /** What is stored. */
  readonly materialised: Set<Variable>;
}

/** Stores something in the middle of expressions that have too many ops, read too much, or call too much. */
export function splitLarge(level: Level, { buffers, nodes }: KernelLimits): void {
  const { order, inputsOf, used, materialised } = level;
  const limits: Gathered[] = [];
  // One buffer is for the result.
  if (buffers < Infinity) limits.push(new Reads(level, buffers - 1));
  if (nodes < Infinity) limits.push(new Functions(level, nodes));
  const ops = new Map<Variable, number>();
  for (const apply of order) {
    if (!apply.outputs.some((output) => used.has(output))) continue;
    for (const limit of limits) limit.visit(apply);
    let total = 1;
    for (const input of inputsOf(apply)) total += materialised.has(input) ? 1 : ops.get(input) ?? 1;
    for (const output of apply.outputs) {
      ops.set(output, total);
      if (total > LARGE && used.has(output)) materialised.add(output);
    }
  }
}

const none: ReadonlySet<Variable> = new Set();

/** Something that the kernels of expressions gather, of which they take only so much. */
abstract class Gathered {
  readonly #most: number;
  readonly #sets = new Map<Variable, ReadonlySet<Variable>>();

  constructor(protected readonly level: Level, most: number) {
    this.#most = most;
  }

  /** What a kernel gathers by reading a variable that is stored. */
  protected abstract stored(variable: Variable): ReadonlySet<Variable>;
  /** What an application adds. */
  protected abstract own(apply: Apply): ReadonlySet<Variable>;
  protected abstract weight(variable: Variable): number;

  /** Stores inputs of an application until its kernel has not too much. */
  visit(apply: Apply): void {
    const inputs = this.level.inputsOf(apply), own = this.own(apply);
    const total = () => inputs.reduce((sum, input) => union(sum, this.#of(input)), own);
    let mine = total();
    while (this.#weigh(mine) > this.#most) {
      const gain = (input: Variable) =>
        this.#weigh(this.#of(input)) - this.#weigh(this.stored(input));
      const largest = inputs.reduce((a, b) => gain(b) > gain(a) ? b : a, inputs[0]!);
      if (inputs.length === 0 || gain(largest) <= 0) break;
      this.#store(largest);
      mine = total();
    }
    for (const output of apply.outputs) this.#sets.set(output, mine);
  }

  #of(input: Variable): ReadonlySet<Variable> {
    if (input instanceof Constant && input.value.data.length <= 1) return none;
    return (this.#isStored(input) ? null : this.#sets.get(input)) ?? this.stored(input);
  }

  #weigh(set: ReadonlySet<Variable>): number {
    let sum = 0;
    for (const variable of set) sum += this.weight(variable);
    return sum;
  }

  /** Stores a variable, or what it is a view of where that has no more elements. */
  #store(variable: Variable): void {
    const { shapes, materialised, inputsOf } = this.level;
    const chain = [variable];
    for (let at = variable; isView(at.owner!, shapes);) {
      at = inputsOf(at.owner!)[0]!;
      if (at instanceof Constant || this.#isStored(at)) break;
      chain.push(at);
    }
    const least = chain.reduce((a, b) => shapes.elements(b) <= shapes.elements(a) ? b : a);
    materialised.add(least);
    for (const view of chain.slice(0, chain.indexOf(least))) {
      this.#sets.set(view, this.stored(least));
    }
  }

  #isStored(variable: Variable): boolean {
    const { materialised, placed } = this.level;
    return materialised.has(variable) || variable.owner === null || placed(variable);
  }
}

/** Buffers that kernels read. */
class Reads extends Gathered {
  protected override stored(variable: Variable): ReadonlySet<Variable> {
    return new Set([variable]);
  }
  protected override own(): ReadonlySet<Variable> {
    return none;
  }
  protected override weight(): number {
    return 1;
  }
}

/** Functions of many primitives, of which kernels have copies: compilers take long for large kernels. */
class Functions extends Gathered {
  protected override stored(): ReadonlySet<Variable> {
    return none;
  }
  protected override own({ outputs: [output] }: Apply): ReadonlySet<Variable> {
    return this.weight(output!) === 0 ? none : new Set([output!]);
  }
  protected override weight({ owner }: Variable): number {
    const lowering = loweringOf(owner!, this.level.shapes);
    const isOne = lowering.kind === "elementwise" || lowering.kind === "virtual";
    if (!isOne || lowering.cost < LEAST_COST) return 0;
    const parts = [...owner!.inputs, ...owner!.outputs].some(({ dtype }) => isComplex(dtype))
      ? 2
      : 1;
    return parts * lowering.cost * NODES_PER_COST;
  }
}

function union<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> {
  return b.size === 0 || a === b ? a : a.size === 0 ? b : new Set([...a, ...b]);
}

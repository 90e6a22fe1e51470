/**
 * The text of one region of a module: operations in order, each of which names its results.
 *
 * @module
 */

import {
  comparedAs,
  denseText,
  type ElementType,
  isComplexType,
  literalText,
  partOf,
  tensorType,
} from "./types.ts";
import type { DType, TypedArray } from "../../core/graph/dtype.ts";

/** A value of the module: its name, and the type of the tensor that it is. */
export interface Hlo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** Ops of one argument with a result of its type. */
export type UnaryName =
  | "abs"
  | "ceil"
  | "cosine"
  | "exponential"
  | "exponential_minus_one"
  | "floor"
  | "log"
  | "log_plus_one"
  | "logistic"
  | "negate"
  | "not"
  | "round_nearest_even"
  | "sine"
  | "sqrt"
  | "tan"
  | "tanh";

/** Ops of two arguments of one type with a result of that type. */
export type BinaryName =
  | "add"
  | "and"
  | "atan2"
  | "divide"
  | "maximum"
  | "minimum"
  | "multiply"
  | "or"
  | "power"
  | "remainder"
  | "shift_left"
  | "shift_right_arithmetic"
  | "shift_right_logical"
  | "subtract"
  | "xor";

/** Comparisons. */
export type Comparison = "EQ" | "NE" | "LT" | "LE" | "GT" | "GE";

/** What a loop carries. */
type Carried = readonly Hlo[];

/** What is added on each axis. */
interface Padding {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Between two elements; default: nothing. */
  readonly interior?: readonly number[];
}

/** The type of a value. */
export function typeOf({ type, shape }: Hlo): string {
  return tensorType(type, shape);
}

function namesOf(values: readonly Hlo[]): string {
  return values.map(({ name }) => name).join(", ");
}

function typesOf(values: readonly Hlo[]): string {
  return values.map(typeOf).join(", ");
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, d) => n === b[d]);
}

/** Writes operations. Regions inside are blocks of their own that see what stands before them. */
export class Block {
  readonly #lines: string[] = [];
  readonly #indent: string;
  readonly #names: { next: number };
  readonly #constants = new Map<string, Hlo>();

  constructor(parent: Block | null = null) {
    this.#indent = parent === null ? "    " : `${parent.#indent}  `;
    this.#names = parent === null ? { next: 0 } : parent.#names;
  }

  /** The operations, a line each. */
  get text(): string {
    return this.#lines.join("\n");
  }

  /** Adds a line, or several. */
  line(text: string): void {
    this.#lines.push(this.#indent + text.replaceAll("\n", `\n${this.#indent}`));
  }

  /** A name that no other value has. */
  fresh(type: ElementType, shape: readonly number[]): Hlo {
    return { name: `%${this.#names.next++}`, type, shape };
  }

  /** Adds an operation with one result. */
  op(text: string, type: ElementType, shape: readonly number[]): Hlo {
    const result = this.fresh(type, shape);
    this.line(`${result.name} = ${text}`);
    return result;
  }

  /** One number in all places of a shape. */
  constant(type: ElementType, shape: readonly number[], value: number | bigint): Hlo {
    const part = literalText(partOf(type), value);
    const text = isComplexType(type) ? `(${part}, ${literalText(partOf(type), 0)})` : part;
    const dense = shape.includes(0) ? "dense<>" : `dense<${text}>`;
    return this.#literal(`stablehlo.constant ${dense} : ${tensorType(type, shape)}`, type, shape);
  }

  #literal(text: string, type: ElementType, shape: readonly number[]): Hlo {
    let known = this.#constants.get(text);
    if (known === undefined) this.#constants.set(text, known = this.op(text, type, shape));
    return known;
  }

  /** Given elements. */
  elements(dtype: DType, type: ElementType, shape: readonly number[], data: TypedArray): Hlo {
    const text = denseText(dtype, shape, data);
    return this.op(`stablehlo.constant ${text} : ${tensorType(type, shape)}`, type, shape);
  }

  /** x, through which XLA does not look. */
  barrier(x: Hlo): Hlo {
    return this.op(`stablehlo.optimization_barrier ${x.name} : ${typeOf(x)}`, x.type, x.shape);
  }

  /** x, spread over devices. */
  spread(x: Hlo, sharding: string): Hlo {
    return this.op(`sdy.sharding_constraint ${x.name} ${sharding} : ${typeOf(x)}`, x.type, x.shape);
  }

  unary(op: UnaryName, x: Hlo): Hlo {
    return this.op(`stablehlo.${op} ${x.name} : ${typeOf(x)}`, x.type, x.shape);
  }

  binary(op: BinaryName, x: Hlo, y: Hlo): Hlo {
    return this.op(`stablehlo.${op} ${x.name}, ${y.name} : ${typeOf(x)}`, x.type, x.shape);
  }

  compare(how: Comparison, x: Hlo, y: Hlo): Hlo {
    const kind = comparedAs(x.type);
    return this.op(
      `stablehlo.compare ${how}, ${x.name}, ${y.name}, ${kind} : ` +
        `(${typeOf(x)}, ${typeOf(y)}) -> ${tensorType("i1", x.shape)}`,
      "i1",
      x.shape,
    );
  }

  select(condition: Hlo, x: Hlo, y: Hlo): Hlo {
    return this.op(
      `stablehlo.select ${condition.name}, ${x.name}, ${y.name} : ${typeOf(condition)}, ${
        typeOf(x)
      }`,
      x.type,
      x.shape,
    );
  }

  /** An op whose line ends with the types of its arguments and of its result. */
  #typed(text: string, args: readonly Hlo[], type: ElementType, shape: readonly number[]): Hlo {
    return this.op(
      `stablehlo.${text} : (${typesOf(args)}) -> ${tensorType(type, shape)}`,
      type,
      shape,
    );
  }

  convert(x: Hlo, type: ElementType): Hlo {
    return x.type === type ? x : this.#typed(`convert ${x.name}`, [x], type, x.shape);
  }

  bitcast(x: Hlo, type: ElementType): Hlo {
    return x.type === type ? x : this.#typed(`bitcast_convert ${x.name}`, [x], type, x.shape);
  }

  real(x: Hlo): Hlo {
    return this.#typed(`real ${x.name}`, [x], partOf(x.type), x.shape);
  }

  imag(x: Hlo): Hlo {
    return this.#typed(`imag ${x.name}`, [x], partOf(x.type), x.shape);
  }

  complex(re: Hlo, im: Hlo): Hlo {
    const type: ElementType = re.type === "f32" ? "complex<f32>" : "complex<f64>";
    return this.#typed(`complex ${re.name}, ${im.name}`, [re, im], type, re.shape);
  }

  /** Absolute values of complex numbers. */
  modulus(x: Hlo): Hlo {
    return this.#typed(`abs ${x.name}`, [x], partOf(x.type), x.shape);
  }

  /** x with its axes at `axes` of a shape, those of length 1 stretched. */
  broadcast(x: Hlo, shape: readonly number[], axes: readonly number[]): Hlo {
    if (same(x.shape, shape)) return x;
    return this.#typed(
      `broadcast_in_dim ${x.name}, dims = [${axes.join(", ")}]`,
      [x],
      x.type,
      shape,
    );
  }

  /** x broadcast as NumPy does: its last axes are those of the shape. */
  stretch(x: Hlo, shape: readonly number[]): Hlo {
    const skip = shape.length - x.shape.length;
    return this.broadcast(x, shape, x.shape.map((_, d) => skip + d));
  }

  reshape(x: Hlo, shape: readonly number[]): Hlo {
    return same(x.shape, shape) ? x : this.#typed(`reshape ${x.name}`, [x], x.type, shape);
  }

  transpose(x: Hlo, axes: readonly number[]): Hlo {
    if (axes.every((axis, d) => axis === d)) return x;
    const shape = axes.map((axis) => x.shape[axis]!);
    return this.#typed(`transpose ${x.name}, dims = [${axes.join(", ")}]`, [x], x.type, shape);
  }

  /** Positions along an axis. */
  iota(type: ElementType, shape: readonly number[], axis: number): Hlo {
    return this.#literal(
      `stablehlo.iota dim = ${axis} : ${tensorType(type, shape)}`,
      type,
      shape,
    );
  }

  /** x[start:stop:step] on all axes; steps are at least 1. */
  slice(
    x: Hlo,
    start: readonly number[],
    stop: readonly number[],
    step: readonly number[] = start.map(() => 1),
  ): Hlo {
    const shape = start.map((from, d) => Math.max(0, Math.ceil((stop[d]! - from) / step[d]!)));
    if (same(shape, x.shape)) return x;
    const ranges = start.map((from, d) =>
      `${from}:${stop[d]}${step[d] === 1 ? "" : `:${step[d]}`}`
    );
    return this.#typed(`slice ${x.name} [${ranges.join(", ")}]`, [x], x.type, shape);
  }

  /** x[start:stop] on one axis. */
  sliceAxis(x: Hlo, axis: number, start: number, stop: number, step = 1): Hlo {
    return this.slice(
      x,
      x.shape.map((_, d) => d === axis ? start : 0),
      x.shape.map((n, d) => d === axis ? stop : n),
      x.shape.map((_, d) => d === axis ? step : 1),
    );
  }

  reverse(x: Hlo, axes: readonly number[]): Hlo {
    if (axes.length === 0) return x;
    return this.op(
      `stablehlo.reverse ${x.name}, dims = [${axes.join(", ")}] : ${typeOf(x)}`,
      x.type,
      x.shape,
    );
  }

  pad(x: Hlo, value: Hlo, { low, high, interior = low.map(() => 0) }: Padding): Hlo {
    if ([...low, ...high, ...interior].every((n) => n === 0)) return x;
    const shape = x.shape.map((n, d) => n + low[d]! + high[d]! + Math.max(0, n - 1) * interior[d]!);
    return this.#typed(
      `pad ${x.name}, ${value.name}, low = [${low.join(", ")}], high = [${high.join(", ")}], ` +
        `interior = [${interior.join(", ")}]`,
      [x, value],
      x.type,
      shape,
    );
  }

  concatenate(parts: readonly Hlo[], axis: number): Hlo {
    const [first] = parts as [Hlo, ...Hlo[]];
    if (parts.length === 1) return first;
    const total = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    const shape = first.shape.map((n, d) => d === axis ? total : n);
    return this.#typed(
      `concatenate ${namesOf(parts)}, dim = ${axis}`,
      parts,
      first.type,
      shape,
    );
  }

  /** The part of some lengths from computed positions on, which are brought into range. */
  dynamicSlice(x: Hlo, starts: readonly Hlo[], shape: readonly number[]): Hlo {
    if (starts.length === 0) return x;
    return this.#typed(
      `dynamic_slice ${namesOf([x, ...starts])}, sizes = [${shape.join(", ")}]`,
      [x, ...starts],
      x.type,
      shape,
    );
  }

  /** x with that part replaced. */
  dynamicUpdate(x: Hlo, part: Hlo, starts: readonly Hlo[]): Hlo {
    if (starts.length === 0) return part;
    return this.#typed(
      `dynamic_update_slice ${namesOf([x, part, ...starts])}`,
      [x, part, ...starts],
      x.type,
      x.shape,
    );
  }

  /** A reduction by an op over axes, from `init` on. */
  reduce(op: BinaryName, x: Hlo, init: Hlo, axes: readonly number[]): Hlo {
    const shape = x.shape.filter((_, d) => !axes.includes(d));
    return this.#typed(
      `reduce(${x.name} init: ${init.name}) applies stablehlo.${op} across dimensions = [${
        axes.join(", ")
      }]`,
      [x, init],
      x.type,
      shape,
    );
  }

  /** Products of matrices: contracts one axis each, the first `batch` axes go together. */
  matmul(x: Hlo, y: Hlo, batch: number): Hlo {
    const axes = Array.from({ length: batch }, (_, d) => d).join(", ");
    const shape = [...x.shape.slice(0, batch + 1), y.shape[batch + 1]!];
    const batching = batch === 0 ? "" : `batching_dims = [${axes}] x [${axes}], `;
    return this.#typed(
      `dot_general ${x.name}, ${y.name}, ${batching}` +
        `contracting_dims = [${batch + 1}] x [${batch}], precision = [HIGHEST, HIGHEST]`,
      [x, y],
      x.type,
      shape,
    );
  }

  /** An operation in the generic form with regions, each of which gets its arguments and returns values. */
  generic(
    name: string,
    args: readonly Hlo[],
    attributes: string,
    regions: readonly {
      readonly args: readonly Hlo[];
      build(block: Block, args: readonly Hlo[]): readonly Hlo[];
    }[],
    results: readonly Omit<Hlo, "name">[],
  ): Hlo[] {
    const texts = regions.map(({ args, build }) => {
      const inner = new Block(this);
      const places = args.map(({ type, shape }) => inner.fresh(type, shape));
      const returned = build(inner, places);
      inner.line(`stablehlo.return ${namesOf(returned)} : ${typesOf(returned)}`);
      const head = places.map((place) => `${place.name}: ${typeOf(place)}`).join(", ");
      return `{\n${
        places.length === 0 ? "" : `${this.#indent}^bb0(${head}):\n`
      }${inner.text}\n${this.#indent}}`;
    });
    const shown = attributes === "" ? "" : ` <{${attributes}}>`;
    const inside = texts.length === 0 ? "" : ` (${texts.join(", ")})`;
    const types = results.map(({ type, shape }) => tensorType(type, shape));
    const [head, made] = this.#results(results);
    this.#lines.push(
      `${this.#indent}${head} = "stablehlo.${name}"(${namesOf(args)})${shown}${inside} : (${
        typesOf(args)
      }) -> ${types.length === 1 ? types[0] : `(${types.join(", ")})`}`,
    );
    return made;
  }

  #results(results: readonly Omit<Hlo, "name">[]): [string, Hlo[]] {
    if (results.length === 1) {
      const one = this.fresh(results[0]!.type, results[0]!.shape);
      return [one.name, [one]];
    }
    const name = `%${this.#names.next++}`;
    return [
      `${name}:${results.length}`,
      results.map(({ type, shape }, i) => ({ name: `${name}#${i}`, type, shape })),
    ];
  }

  /** Repeats a step while a condition holds; both get what is carried. */
  loop(
    start: Carried,
    condition: (block: Block, carried: Carried) => Hlo,
    step: (block: Block, carried: Carried) => Carried,
  ): Hlo[] {
    const places = start.map(({ type, shape }) => this.fresh(type, shape));
    const test = new Block(this), body = new Block(this);
    const holds = condition(test, places);
    test.line(`stablehlo.return ${holds.name} : ${typeOf(holds)}`);
    const next = step(body, places);
    body.line(`stablehlo.return ${namesOf(next)} : ${typesOf(next)}`);
    const [head, made] = this.#results(start);
    const bound = places.map(({ name }, i) => `${name} = ${start[i]!.name}`).join(", ");
    this.#lines.push(
      `${this.#indent}${head} = stablehlo.while(${bound}) : ${typesOf(start)}`,
      `${this.#indent}cond {\n${test.text}\n${this.#indent}} do {\n${body.text}\n${this.#indent}}`,
    );
    return made;
  }
}

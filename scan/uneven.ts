/**
 * Lengths that vary from step to step.
 *
 * Memory is planned before a loop runs. So what gets another length in each step of it, such as the trace
 * of an inner loop of a computed number of steps, has as many rows as it has at most in any step, and the
 * number of those that count beside it. What is computed from all rows leaves the others out.
 *
 * @module
 */

import { type Apply, applyOp, makeConstant, makeVariable } from "../core/graph/graph.ts";
import { replace, toposort } from "../core/graph/walk.ts";
import { dtypeInfo, isDiscrete } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { broadcastTo } from "../core/ops/broadcast_to.ts";
import { castTo } from "../core/ops/build.ts";
import { join } from "../core/ops/combine.ts";
import { dimshuffle } from "../core/ops/dimshuffle.ts";
import {
  add,
  and,
  elementwiseOps,
  ge,
  gt,
  intDiv,
  lt,
  maximum,
  minimum,
  mul,
  sub,
  where,
} from "../core/ops/elementwise.ts";
import type { IndexItem } from "../core/ops/index_spec.ts";
import { index, slice } from "../core/ops/indexing.ts";
import { isNotNegative, lengthsOf, lengthVariable } from "../core/ops/known_lengths.ts";
import { asVariable, valueOf } from "../core/ops/literal.ts";
import { arange } from "../core/ops/ranges.ts";
import { reshape } from "../core/ops/shape.ts";
import { Constant, type Variable } from "../core/variable.ts";
import { endsEarly } from "./inner.ts";
import { isScan, scanInputs, scanLabel, scanOutputs, type ScanParams } from "./op.ts";
import { partsOf, rebuild } from "./rewrites/rebuild.ts";

/** A tensor of which the first rows along an axis count. */
interface Rows {
  readonly value: Variable;
  readonly axis: number;
  /** How many rows there are, those that do not count among them (int64 scalar). */
  readonly count: Variable;
  /** How many rows count (int64 scalar). */
  readonly length: Variable;
  /** The last row that counts, where it is known. */
  readonly last: Variable | null;
  /** Why there is no number of rows, if there is none. */
  readonly unbounded: string | null;
}

type Made = Variable | Rows;

/** The most that an integer of the step is in any step, computed outside; null if that is not possible. */
export type Most = (count: Variable) => Variable | null;

/** The results of a step in which no length varies any more, where that can be reached. */
export function evened(
  results: readonly Variable[],
  varying: readonly Variable[],
  most: Most,
): Variable[] {
  return new Evening(varying, most).all(results);
}

const isRows = (made: Made): made is Rows => "length" in made && "axis" in made;

class Evening {
  readonly #most: Most;
  /** Variables whose value changes with the step. */
  readonly #varies: Set<Variable>;
  readonly #made = new Map<Variable, Made>();
  /** What a variable is outside of the step, where it is fixed in it. */
  readonly #outside: (variable: Variable) => Variable;

  constructor(
    varying: readonly Variable[],
    most: Most,
    rows: ReadonlyMap<Variable, Rows> = new Map(),
    outside = (variable: Variable) => variable,
  ) {
    this.#varies = new Set([...varying, ...rows.keys()]);
    this.#most = most;
    for (const [place, made] of rows) this.#made.set(place, made);
    this.#outside = outside;
  }

  #isSame(a: Variable, b: Variable): boolean {
    return a === b || this.#outside(a) === this.#outside(b);
  }

  #areAlike(a: Rows, b: Rows): boolean {
    return this.#isSame(a.length, b.length) && this.#isSame(a.count, b.count);
  }

  all(results: readonly Variable[]): Variable[] {
    for (const apply of toposort(results)) {
      const made = this.#apply(apply);
      apply.outputs.forEach((output, i) => {
        if (made[i] !== output) this.#made.set(output, made[i]!);
      });
    }
    return results.map((result) => this.#plain(result));
  }

  #of(variable: Variable): Made {
    return this.#made.get(variable) ?? variable;
  }

  /** Rows with a length, or null. */
  #rows(variable: Variable): Rows | null {
    const made = this.#of(variable);
    if (!isRows(made)) return null;
    if (made.unbounded !== null) throw new ShapeError(made.unbounded);
    return made;
  }

  /** The variable, with the length that it should have: one that varies, if it has rows. */
  #plain(variable: Variable): Variable {
    const made = this.#of(variable);
    if (!isRows(made)) return made;
    const { value, axis, length } = this.#rows(variable)!;
    return index(value, [...wholes(axis), slice(null, length)]);
  }

  #apply(apply: Apply): readonly Made[] {
    if (isScan(apply)) return this.#scan(apply as unknown as Apply<ScanParams>);
    const { inputs, op: { name } } = apply;
    const varies = name === "shapeI"
      ? isRows(this.#of(inputs[0]!))
      : inputs.some((input) => this.#varies.has(input) || isRows(this.#of(input)));
    if (!varies) return this.#again(apply);
    for (const output of apply.outputs) this.#varies.add(output);
    const made = this.#rule(apply);
    return made === null ? this.#again(apply) : [made];
  }

  #again(apply: Apply): readonly Variable[] {
    if (apply.inputs.every((input) => !this.#made.has(input))) return apply.outputs;
    return applyOp(apply.op, apply.inputs.map((input) => this.#plain(input)), apply.params).outputs;
  }

  #rule(apply: Apply): Made | null {
    const { inputs, op: { name } } = apply;
    if (Object.hasOwn(elementwiseOps, name)) return this.#elementwise(apply);
    switch (name) {
      case "subtensor":
        return this.#subtensor(apply);
      case "matmul":
        return this.#matmul(apply);
      case "arange":
        return this.#arange(apply);
      case "broadcastTo":
        return this.#broadcastTo(apply);
      case "join":
        return this.#join(apply);
      case "advIndex":
        return this.#advIndex(apply);
      case "jointLength": {
        const [first, ...others] = inputs.map((input) => this.#plain(input)) as [Variable];
        return others.every((other) => this.#isSame(first, other)) ? first : null;
      }
    }
    const rows = this.#rows(inputs[0]!);
    if (rows === null) return null;
    const { value, axis } = rows;
    switch (name) {
      case "shapeI": {
        const at = (apply.params as unknown as { axis: number }).axis;
        return at === axis ? rows.length : lengthVariable(lengthsOf(value)[at]!);
      }
      case "dimshuffle": {
        const { pattern } = apply.params as unknown as { pattern: readonly (number | "x")[] };
        return {
          ...rows,
          value: dimshuffle(value, ...pattern),
          axis: pattern.indexOf(axis),
          last: null,
        };
      }
      case "fill":
        return isRows(this.#of(inputs[1]!)) ? null : this.#like(
          rows,
          applyOp(apply.op, [value, this.#plain(inputs[1]!)], apply.params).output,
        );
      case "cumop":
        return this.#like(rows, applyOp(apply.op, [value], apply.params).output);
      case "reshape":
        return this.#flat(apply, rows);
      case "reduce":
      case "argreduce":
        return this.#reduce(apply, rows);
    }
    return null;
  }

  #like(rows: Rows, value: Variable): Rows {
    return { ...rows, value, last: null };
  }

  #elementwise(apply: Apply): Rows | null {
    const { ndim } = apply.output;
    const rows = apply.inputs.map((input) => this.#rows(input));
    const [first] = rows.filter((mine) => mine !== null);
    if (first === undefined) return null;
    const fromEnd = ({ axis, value }: Rows) => value.ndim - axis;
    const back = fromEnd(first);
    const fits = apply.inputs.every((input, i) => {
      const mine = rows[i]!;
      if (mine !== null) {
        return fromEnd(mine) === back && this.#areAlike(mine, first);
      }
      return input.ndim < back || lengthsOf(this.#plain(input))[input.ndim - back] === 1;
    });
    if (!fits) return null;
    const values = apply.inputs.map((input, i) => rows[i]?.value ?? this.#plain(input));
    const value = applyOp(apply.op, values, apply.params).output;
    return { ...this.#like(first, value), axis: ndim - back };
  }

  #reduce(apply: Apply, rows: Rows): Made | null {
    const { kind, axes } = apply.params as unknown as { kind: string; axes: readonly number[] };
    const { value, axis, length } = rows;
    const reduced = (of: Variable) => applyOp(apply.op, [of], apply.params).output;
    if (!axes.includes(axis)) {
      const before = axes.filter((other) => other < axis).length;
      return { ...this.#like(rows, reduced(value)), axis: axis - before };
    }
    const neutral = neutralOf(kind, value.dtype);
    if (neutral === null) return null;
    const fill = castTo(asVariable(neutral), value.dtype);
    const result = reduced(where(counts(rows), value, fill));
    if (!["max", "min", "argmax", "argmin"].includes(kind)) return result;
    // Of no elements there is none: reading the first one is an error, then.
    const row = rowAt(rows, asVariable(0, "int64"));
    const rest = axes.filter((other) => other !== axis).map((other) =>
      other - Number(other > axis)
    );
    const first = rest.length === 0
      ? row
      : applyOp(apply.op, [row], { ...apply.params, axes: rest }).output;
    return where(gt(length, 0), result, castTo(first, result.dtype));
  }

  /** All elements in one row. */
  #flat(apply: Apply, { value, axis, count, length }: Rows): Rows | null {
    const isFlat = apply.inputs.length === 2 && constantOf(apply.inputs[1]!) === -1;
    if (!isFlat || axis !== 0) return null;
    const each = lengthsOf(value).slice(1).map(lengthVariable);
    const times = (n: Variable) => each.reduce((product, own) => mul(product, own), n);
    return {
      value: reshape(value, [times(count)]),
      axis: 0,
      count: times(count),
      length: times(length),
      last: null,
      unbounded: null,
    };
  }

  #matmul(apply: Apply): Made | null {
    const [a, b] = apply.inputs.map((input) => this.#rows(input)) as [Rows | null, Rows | null];
    const [x, y] = apply.inputs as [Variable, Variable];
    const again = (left: Variable, right: Variable) =>
      applyOp(apply.op, [left, right], apply.params);
    const sums = (a !== null && a.axis === a.value.ndim - 1) ||
      (b !== null && b.axis === b.value.ndim - 2);
    if (sums) {
      const isBoth = a !== null && b !== null && a.axis === a.value.ndim - 1 &&
        b.axis === b.value.ndim - 2 && this.#areAlike(a, b);
      return isBoth
        ? again(where(counts(a), a.value, 0), where(counts(b), b.value, 0)).output
        : null;
    }
    if (a !== null && b === null && a.axis === a.value.ndim - 2) {
      const value = again(a.value, this.#plain(y)).output;
      return { ...this.#like(a, value), axis: value.ndim - 2 };
    }
    if (b !== null && a === null && b.axis === b.value.ndim - 1) {
      const value = again(this.#plain(x), b.value).output;
      return { ...this.#like(b, value), axis: value.ndim - 1 };
    }
    return null;
  }

  #arange(apply: Apply): Rows | null {
    const [start, stop, step] = apply.inputs as [Variable, Variable, Variable];
    const by = constantOf(step);
    if (by === null || by === 0) return null;
    const from = castTo(this.#plain(start), "int64"), to = castTo(this.#plain(stop), "int64");
    const span = by > 0 ? sub(to, from) : sub(from, to);
    const length = constantOf(start) === 0 && by === 1 ? to : lengthOfSpan(span, by);
    const count = this.#most(length);
    if (count === null) return null;
    const places = add(mul(arange(count), by), from);
    const value = castTo(places, apply.output.dtype);
    return { value, axis: 0, count, length: lengthFrom(length), last: null, unbounded: null };
  }

  #broadcastTo(apply: Apply): Rows | null {
    const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
    const varying = dims.flatMap((dim, d) => this.#varies.has(dim) ? [d] : []);
    const rows = this.#rows(x), [axis] = varying;
    if (axis === undefined || varying.length > 1) return null;
    const length = castTo(this.#plain(dims[axis]!), "int64");
    const own = x.ndim - dims.length + axis;
    if (
      rows !== null
        ? rows.axis !== own || !this.#isSame(rows.length, lengthFrom(length))
        : own >= 0 && lengthsOf(this.#plain(x))[own] !== 1
    ) {
      return null;
    }
    const count = rows === null ? this.#most(length) : rows.count;
    if (count === null) return null;
    const sizes = dims.map((dim, d) => d === axis ? count : this.#plain(dim));
    const value = broadcastTo(rows?.value ?? this.#plain(x), sizes);
    return { value, axis, count, length: lengthFrom(length), last: null, unbounded: null };
  }

  /** Rows behind those of a known number. */
  #join(apply: Apply): Rows | null {
    const { axis } = apply.params as unknown as { axis: number };
    const rows = this.#rows(apply.inputs.at(-1)!);
    const before = apply.inputs.slice(0, -1);
    if (rows === null || rows.axis !== axis || before.some((input) => isRows(this.#of(input)))) {
      return null;
    }
    const parts = before.map((input) => this.#plain(input));
    const known = parts.map((part) => lengthVariable(lengthsOf(part)[axis]!));
    return {
      ...rows,
      value: join(axis, ...parts, rows.value),
      count: [...known, rows.count].reduce((a, b) => add(a, b)),
      length: [...known, rows.length].reduce((a, b) => add(a, b)),
    };
  }

  /** Rows looked up by places of which only the first ones count. */
  #advIndex(apply: Apply): Rows | null {
    const { axes } = apply.params as unknown as { axes: readonly number[] };
    const [x, places] = apply.inputs as [Variable, Variable];
    if (apply.inputs.length !== 2 || axes.join() !== "0" || isRows(this.#of(x))) return null;
    const rows = this.#rows(places);
    if (rows === null || rows.value.ndim !== 1) return null;
    const safe = where(counts(rows), rows.value, castTo(asVariable(0), rows.value.dtype));
    return this.#like(rows, applyOp(apply.op, [this.#plain(x), safe], apply.params).output);
  }

  #subtensor(apply: Apply): Made | null {
    const entries = (apply.params as unknown as { index: readonly SliceEntry[] }).index;
    const [x, ...scalars] = apply.inputs as [Variable, ...Variable[]];
    let next = 0;
    const take = (has: boolean | undefined) => has ? scalars[next++]! : null;
    const parts = entries.map((entry) =>
      entry.kind === "int"
        ? { at: take(true)!, start: null, stop: null, step: null }
        : { at: null, start: take(entry.start), stop: take(entry.stop), step: take(entry.step) }
    );
    const made = this.#of(x);
    const axis = isRows(made)
      ? made.axis
      : parts.findIndex(({ start, stop }) =>
        [start, stop].some((bound) => bound !== null && this.#varies.has(bound))
      );
    if (axis < 0) return null;
    const mine = parts[axis];
    const others = parts.map(({ at, start, stop, step }, d): IndexItem => {
      if (d === axis) return slice();
      const own = (v: Variable | null) => v === null ? null : this.#plain(v);
      return at === null ? slice(own(start), own(stop), own(step)) : this.#plain(at);
    });
    const after = axis - parts.slice(0, axis).filter(({ at }) => at !== null).length;
    if (
      isRows(made) && made.last !== null && mine?.at && axis === 0 && constantOf(mine.at) === -1
    ) {
      return parts.length === 1 ? made.last : index(made.last, others.slice(1));
    }
    const rows: Rows = isRows(made) ? this.#rows(x)! : {
      value: made,
      axis,
      ...allRows(made, axis),
      last: null,
      unbounded: null,
    };
    const value = others.length === 0 ? rows.value : index(rows.value, others);
    const whole = { ...rows, value, axis: after, last: null };
    if (mine === undefined) return whole;
    if (mine.at !== null) return rowAt(whole, castTo(this.#plain(mine.at), "int64"));
    const { start, stop, step } = mine;
    const by = step === null ? 1 : constantOf(step);
    if (by === null || by === 0) return null;
    const own = (v: Variable | null) => v === null ? null : castTo(this.#plain(v), "int64");
    return rowsFrom(whole, own(start), own(stop), by);
  }

  #scan(apply: Apply<ScanParams>): readonly Made[] {
    const { params } = apply;
    const outer = scanInputs(params, apply.inputs);
    const parts = partsOf(apply);
    const varies = this.#varies.has(outer.steps) || isRows(this.#of(outer.steps));
    const touched = apply.inputs.some((input) =>
      this.#varies.has(input) || isRows(this.#of(input))
    );
    if (touched) { for (const output of apply.outputs) this.#varies.add(output); }
    else return this.#again(apply as unknown as Apply);
    const steps = castTo(this.#plain(outer.steps), "int64");
    const rows = (variable: Variable) => {
      const mine = this.#rows(variable);
      return mine !== null && mine.axis === 0 ? mine.value : this.#plain(variable);
    };
    parts.sequences.forEach((sequence) => sequence.outer = rows(sequence.outer));
    for (const state of [...parts.states, ...parts.carried]) {
      state.initial = this.#plain(state.initial);
    }
    parts.others.forEach((other) => other.outer = this.#plain(other.outer));
    if (parts.limit !== null) parts.limit = this.#plain(parts.limit);
    this.#inside(apply, parts);
    let unbounded: string | null = null;
    if (varies) {
      const count = this.#most(steps);
      if (count === null) {
        unbounded =
          `Cannot build ${scanLabel(params)}: how many steps it has depends on what it gave in ` +
          `an earlier step of the loop around it, and more than its last values are used; give the most ` +
          `steps there can be, as in nSteps: T.minimum(n, 100)`;
      }
      parts.limit = parts.limit === null ? steps : minimum(parts.limit, steps);
      parts.steps = count ?? makeConstant(valueOf(2 ** 31 - 1, "int64"));
    } else parts.steps = steps;
    const isSame = !varies && parts.others.length === outer.others.length &&
      apply.inputs.every((input) => !this.#made.has(input));
    const made = isSame && !this.#changed ? apply : rebuild(parts, params).apply;
    this.#changed = false;
    if (!varies) return made.outputs;
    const { traces, finals, histories } = scanOutputs(made);
    const ended = endsEarly(params.step.layout), length = lengthFrom(steps);
    return made.outputs.map((output): Made => {
      const trace = traces.indexOf(output);
      if (trace < 0 && !histories.includes(output)) return output;
      const last = ended ? null : finals[trace] ?? null;
      return { value: output, axis: 0, count: parts.steps, length, last, unbounded };
    });
  }

  /** Whether the step of the loop at hand was changed. */
  #changed = false;

  /** Evens the step of an inner loop with values that are the same in its steps only. */
  #inside(apply: Apply<ScanParams>, parts: ReturnType<typeof partsOf>): void {
    const outer = scanInputs(apply.params, apply.inputs);
    const places = parts.others.flatMap(({ place }, i) =>
      this.#varies.has(outer.others[i]!) && place.ndim === 0 && isDiscrete(place.dtype)
        ? [place]
        : []
    );
    const rows = new Map<Variable, Rows>();
    const values = new Map(parts.others.map(({ place, outer }) => [place, outer] as const));
    /** A place for a value from outside. */
    const placeOf = (value: Variable): Variable => {
      const place = makeVariable(value.type);
      parts.others.push({ outer: value, place });
      values.set(place, value);
      return place;
    };
    outer.others.forEach((other, i) => {
      const mine = this.#rows(other);
      if (mine === null) return;
      const [value, count, length] = [mine.value, mine.count, mine.length].map(placeOf) as [
        Variable,
        Variable,
        Variable,
      ];
      rows.set(parts.others[i]!.place, { ...mine, value, count, length, last: null });
    });
    if (places.length + rows.size === 0) return;
    const { step } = apply.params;
    const known = new Map<Variable, Variable | null>();
    const outside = (variable: Variable) => this.#outside(replace([variable], values)[0]!);
    const most: Most = (count) => {
      const have = known.get(count);
      if (have !== undefined) return have;
      const found = this.#most(replace([count], values)[0]!);
      const place = found === null ? null : placeOf(found);
      known.set(count, place);
      return place;
    };
    const inner = new Evening(places, most, rows, outside);
    const results = inner.all(step.outputs);
    if (results.every((result, i) => result === step.outputs[i])) return;
    this.#changed = true;
    let next = 0;
    for (const state of parts.states) state.next = results[next++]!;
    for (const map of parts.maps) map.value = results[next++]!;
    for (const state of parts.carried) state.next = results[next++]!;
    if (parts.until !== null) parts.until = results[next]!;
  }
}

interface SliceEntry {
  readonly kind: string;
  readonly start?: boolean;
  readonly stop?: boolean;
  readonly step?: boolean;
}

/** How many rows a tensor has. */
function allRows(variable: Variable, axis: number): { count: Variable; length: Variable } {
  const isTrace = axis === 0 && executedOf(variable) !== null;
  const count = isTrace
    ? castTo(variable.owner!.inputs[0]!, "int64")
    : lengthVariable(lengthsOf(variable)[axis]!);
  return { count, length: count };
}

/** How many of its rows a loop has computed, for a trace. */
function executedOf(variable: Variable): Variable | null {
  const apply = variable.owner as Apply<ScanParams> | null;
  if (!isScan(apply)) return null;
  const { traces, histories, count } = scanOutputs(apply);
  return traces.includes(variable) || histories.includes(variable) ? count : null;
}

function wholes(axis: number): IndexItem[] {
  return Array.from({ length: axis }, () => slice());
}

function constantOf(variable: Variable): number | null {
  return variable instanceof Constant && variable.ndim === 0
    ? Number(variable.value.data[0])
    : null;
}

/** Which rows count, in a shape that goes with the rows. */
function counts(rows: Rows): Variable {
  const mask = lt(arange(rows.count), rows.length);
  const pattern = Array.from(
    { length: rows.value.ndim },
    (_, d) => d === rows.axis ? 0 : "x" as const,
  );
  return dimshuffle(mask, ...pattern);
}

/** What a reduction does not notice. */
function neutralOf(kind: string, dtype: Variable["dtype"]): number | bigint | boolean | null {
  switch (kind) {
    case "sum":
      return 0;
    case "prod":
      return 1;
    case "any":
      return false;
    case "all":
      return true;
    case "max":
    case "argmax":
      return leastOf(dtype);
    case "min":
    case "argmin":
      return mostOf(dtype);
  }
  return null;
}

function leastOf(dtype: Variable["dtype"]): number | bigint | null {
  const { kind, bytes } = dtypeInfo(dtype);
  if (kind === "float") return -Infinity;
  if (kind === "uint") return 0;
  return kind === "int" ? -(2n ** BigInt(8 * bytes - 1)) : null;
}

function mostOf(dtype: Variable["dtype"]): number | bigint | null {
  const { kind, bytes } = dtypeInfo(dtype);
  if (kind === "float") return Infinity;
  if (kind === "uint") return 2n ** BigInt(8 * bytes) - 1n;
  return kind === "int" ? 2n ** BigInt(8 * bytes - 1) - 1n : null;
}

/** A number of rows; where it is negative there is an error anyway, or there are none. */
function lengthFrom(count: Variable): Variable {
  return isNotNegative(count) ? count : maximum(count, 0);
}

function lengthOfSpan(span: Variable, by: number): Variable {
  const size = Math.abs(by);
  return size === 1 ? maximum(span, 0) : intDiv(maximum(add(span, size - 1), 0), size);
}

/** One row. A place that does not count is out of range of the rows that there are, too. */
function rowAt(rows: Rows, at: Variable): Variable {
  const { value, axis, length } = rows;
  const place = where(lt(at, 0), add(at, length), at);
  const isIn = and(ge(place, 0), lt(place, length));
  return index(value, [...wholes(axis), where(isIn, place, rows.count)]);
}

/** A slice of the rows that count. */
function rowsFrom(rows: Rows, start: Variable | null, stop: Variable | null, by: number): Rows {
  const { value, axis, length } = rows;
  const isFirst = start === null || constantOf(start) === 0;
  if (by === 1 && isFirst && stop !== null && stop === executedOf(value)) {
    return { ...rows, length: stop, last: null };
  }
  if (by === 1 && isFirst && (stop === null || stop === length)) return rows;
  const low = by > 0 ? asVariable(0, "int64") : asVariable(-1, "int64");
  const high = by > 0 ? length : sub(length, 1);
  const clip = (i: Variable) => {
    const known = constantOf(i);
    const place = known === null
      ? where(lt(i, 0), add(i, length), i)
      : known < 0
      ? add(i, length)
      : i;
    return minimum(maximum(place, low), high);
  };
  const from = start === null ? (by > 0 ? low : high) : clip(start);
  const to = stop === null ? (by > 0 ? high : low) : clip(stop);
  const taken = lengthOfSpan(by > 0 ? sub(to, from) : sub(from, to), by);
  if (by === 1 && isFirst) return { ...rows, length: to, last: null };
  const count = rows.count;
  const places = add(mul(arange(count), by), from);
  const safe = maximum(minimum(places, sub(count, 1)), 0);
  return { ...rows, value: index(value, [...wholes(axis), safe]), length: taken, last: null };
}

/**
 * Lengths that vary from step to step.
 *
 * Memory is planned before a loop runs. So what gets another length in each step of it, such as the trace
 * of an inner loop of a computed number of steps, has as many rows as it has at most in any step, and the
 * number of those that count beside it. What is computed from all rows leaves the others out.
 *
 * @module
 */

import {
  type Apply,
  applyOp,
  makeConstant,
  makeVariable,
  type Variable,
  withOriginOf,
} from "../core/graph/graph.ts";
import { inheritName } from "../core/graph/sessions.ts";
import { elementInputs } from "../core/graph/op.ts";
import { replace, toposort } from "../core/graph/walk.ts";
import { isDiscrete } from "../core/graph/dtype.ts";
import { ShapeError } from "../core/base/errors.ts";
import { castTo } from "../core/ops/common/build.ts";
import { lengthOr } from "../core/ops/common/checks.ts";
import { le, minimum, sub, where } from "../core/ops/elementwise/elementwise.ts";
import { index, slice } from "../core/ops/index/indexing.ts";
import { lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { lengthVariable } from "../core/ops/common/length_rules.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import { depthOf, endsEarly } from "./inner.ts";
import { isScan, scanInputs, scanLabel, scanOutputs, type ScanParams } from "./node.ts";
import {
  exactly,
  type Extent,
  extentOf,
  fitted,
  isAlike,
  isPadded,
  lengthFrom,
  type Made,
  opened,
  type Padded,
  padded,
} from "./padded.ts";
import { padsOf } from "./padded_ops/mod.ts";
import type { PaddedStep } from "./padded_ops/step.ts";
import { partsOf, reachedBy, rebuild } from "./rewrites/rebuild.ts";

/** Results in which no length varies, from what of them is there already. */
export type Even = (results: readonly Variable[]) => Variable[];

/** The most that an integer of the step is in any step, computed outside; null if that is not possible. */
export type Most = (count: Variable, even: Even) => Variable | null;

/** The results of a step in which no length varies any more, where that can be reached. */
export function evened(
  results: readonly Variable[],
  varying: readonly Variable[],
  most: Most,
): Variable[] {
  return new Evening(varying, most).all(results);
}

/** The same of any graph, where rows that do not count stay, with the number of those that do. */
export function padEach(
  results: readonly Variable[],
  varying: readonly Variable[],
  most: Most,
): Made[] {
  const evening = new Evening(varying, most);
  evening.visit(results);
  return results.map((result) => evening.of(result));
}

class Evening implements PaddedStep {
  readonly #most: Most;
  /** Variables whose value changes with the step. */
  readonly #varies: Set<Variable>;
  readonly #made = new Map<Variable, Made>();
  /** What a variable is outside of the step, where it is fixed in it. */
  readonly #outside: (variable: Variable) => Variable;

  constructor(
    varying: readonly Variable[],
    most: Most,
    rows: ReadonlyMap<Variable, Padded> = new Map(),
    outside = (variable: Variable) => variable,
  ) {
    this.#varies = new Set([...varying, ...rows.keys()]);
    this.#most = most;
    for (const [place, made] of rows) this.#made.set(place, made);
    this.#outside = outside;
  }

  most(count: Variable): Variable | null {
    return this.#most(count, (results) => {
      // As it is now: what the count is found for may become something else.
      const next = new Evening([...this.#varies], this.#most, new Map(), this.#outside);
      for (const [variable, made] of this.#made) next.#made.set(variable, made);
      return next.all(results);
    });
  }

  isSame = (a: Variable, b: Variable): boolean => a === b || this.#outside(a) === this.#outside(b);

  varies(variable: Variable): boolean {
    return this.#varies.has(variable);
  }

  all(results: readonly Variable[]): Variable[] {
    this.visit(results);
    return results.map((result) => this.plain(result));
  }

  visit(results: readonly Variable[]): void {
    for (const apply of toposort(results)) {
      if (apply.outputs.some((output) => this.#made.has(output))) continue;
      const made = withOriginOf(apply.output, () => this.#apply(apply));
      apply.outputs.forEach((output, i) => {
        if (made[i] !== output) this.#made.set(output, made[i]!);
      });
    }
  }

  #find(variable: Variable): Made {
    return this.#made.get(variable) ?? variable;
  }

  #isPadded(variable: Variable): boolean {
    return isPadded(this.#find(variable));
  }

  of(variable: Variable): Made {
    const made = this.#find(variable);
    if (isPadded(made) && made.unbounded !== null) throw new ShapeError(made.unbounded);
    return made;
  }

  plain(variable: Variable): Variable {
    const made = this.of(variable);
    if (!isPadded(made)) return made;
    const { value, extents } = made;
    return index(value, extents.map((extent) => slice(null, extent?.length ?? null)));
  }

  executed(variable: Variable): Variable | null {
    const apply = variable.owner as Apply<ScanParams> | null;
    if (!isScan(apply)) return null;
    const { traces, histories, count } = scanOutputs(apply);
    return traces.includes(variable) || histories.includes(variable) ? count : null;
  }

  #apply(apply: Apply): readonly Made[] {
    if (isScan(apply)) return this.#scan(apply as unknown as Apply<ScanParams>);
    const varies = apply.inputs.some((input) => this.#isPadded(input)) ||
      elementInputs(apply).some((input) => this.#varies.has(input));
    if (!varies) return this.#again(apply);
    for (const output of apply.outputs) this.#varies.add(output);
    const made = padsOf(apply, this);
    return made === null ? this.#again(apply) : Array.isArray(made) ? made : [made as Made];
  }

  #again(apply: Apply): readonly Variable[] {
    if (apply.inputs.every((input) => !this.#made.has(input))) return apply.outputs;
    const { outputs } = applyOp(
      apply.op,
      apply.inputs.map((input) => this.plain(input)),
      apply.params,
    );
    outputs.forEach((output, i) => inheritName(output, apply.outputs[i]!.name));
    return outputs;
  }

  #scan(apply: Apply<ScanParams>): readonly Made[] {
    const { params } = apply, outer = scanInputs(params, apply.inputs), parts = partsOf(apply);
    const touched = apply.inputs.some((input) => this.#varies.has(input) || this.#isPadded(input));
    if (!touched) return this.#again(apply as unknown as Apply);
    for (const output of apply.outputs) this.#varies.add(output);
    let varies = this.#varies.has(outer.steps);
    const steps = castTo(this.plain(outer.steps), "int64");
    let limit = parts.limit === null ? null : this.plain(parts.limit);
    const inside = new Map<Variable, Padded>();
    for (const sequence of parts.sequences) {
      const part = opened(this.of(sequence.outer));
      sequence.outer = part.value;
      const rest = part.extents.slice(1);
      sequence.places.forEach((place) => inside.set(place, { ...part, extents: rest }));
      const rows = part.extents[0] ?? null;
      if (rows === null || reachedBy([steps]).has(rows.length)) continue;
      const room = sub(rows.length, Math.max(...sequence.taps));
      const checked = lengthOr(where(le(steps, room), steps, -1), {
        action: `Cannot run ${scanLabel(params)}`,
        expected: "expected sequences of as many elements as it has steps",
      });
      limit = limit === null ? checked : minimum(limit, checked);
      varies = true;
    }
    for (const state of parts.states) {
      const part = opened(this.of(state.initial));
      const depth = makeConstant(valueOf(depthOf(state.taps), "int64"));
      const action = `Cannot run ${scanLabel(params)}`;
      state.initial = part.extents[0] ? exactly(part, 0, depth, this.isSame, action) : part.value;
      const rest = part.extents.slice(1);
      state.places.forEach((place) => inside.set(place, { ...part, extents: rest }));
    }
    for (const state of parts.carried) state.initial = this.plain(state.initial);
    parts.others.forEach((other) => {
      const part = opened(this.of(other.outer));
      other.outer = part.value;
      inside.set(other.place, part);
    });
    const inner = this.#inside(apply, parts, inside);
    let unbounded: string | null = null;
    if (varies) {
      let count = this.most(steps);
      if (count === null) {
        unbounded =
          `Cannot build ${scanLabel(params)}: how many steps it has depends on what it gave in ` +
          `an earlier step of the loop around it, and more than its last values are used; give the most ` +
          `steps there can be, as in nSteps: T.minimum(n, 100)`;
      }
      limit = limit === null ? steps : minimum(limit, steps);
      count ??= makeConstant(valueOf(2 ** 31 - 1, "int64"));
      parts.steps = count;
    } else parts.steps = steps;
    parts.limit = limit;
    const isSame = !varies && !inner.changed && parts.others.length === outer.others.length &&
      apply.inputs.every((input) => !this.#made.has(input));
    const made = isSame ? apply : rebuild(parts, params).apply;
    const { traces, finals, histories } = scanOutputs(made);
    const ended = endsEarly(params.step.layout);
    const rows: Extent | null = varies ? { count: parts.steps, length: lengthFrom(steps) } : null;
    return made.outputs.map((output): Made => {
      const trace = traces.indexOf(output), final = finals.indexOf(output);
      const own = inner.extents[trace < 0 ? final : trace] ?? [];
      const all = Array.from({ length: output.ndim }, (_, d) => own[d - Number(final < 0)] ?? null);
      if (final >= 0) return padded(output, all);
      if (trace < 0 && !histories.includes(output)) return output;
      const last = ended || trace < 0 ? null : finals[trace] ?? null;
      const whole = padded(output, [rows, ...all.slice(1)]);
      return isPadded(whole) ? { ...whole, last, unbounded } : whole;
    });
  }

  /** Evens the step of an inner loop with values that are the same in its steps only. */
  #inside(
    apply: Apply<ScanParams>,
    parts: ReturnType<typeof partsOf>,
    inside: ReadonlyMap<Variable, Padded>,
  ): { changed: boolean; extents: readonly (readonly (Extent | null)[])[] } {
    const outer = scanInputs(apply.params, apply.inputs);
    const places = parts.others.flatMap(({ place }, i) =>
      this.#varies.has(outer.others[i]!) && place.ndim === 0 && isDiscrete(place.dtype)
        ? [place]
        : []
    );
    const own = [
      ...parts.sequences.flatMap((sequence) => sequence.places),
      ...parts.states.flatMap((state) => state.places),
      ...parts.carried.map((state) => state.place),
    ];
    const values = new Map(parts.others.map(({ place, outer }) => [place, outer] as const));
    const known = new Map<Variable, Variable>();
    /** A place for a value from outside. */
    const placeOf = (value: Variable): Variable => {
      const have = known.get(value);
      if (have !== undefined) return have;
      const place = makeVariable(value.type);
      parts.others.push({ outer: value, place });
      values.set(place, value);
      known.set(value, place);
      return place;
    };
    const rows = new Map<Variable, Padded>();
    for (const [place, { extents }] of inside) {
      if (extents.every((extent) => extent === null)) continue;
      rows.set(place, {
        value: place,
        extents: extents.map((extent) =>
          extent && { count: placeOf(extent.count), length: placeOf(extent.length) }
        ),
        last: null,
        unbounded: null,
      });
    }
    const none = { changed: false, extents: [] };
    if (places.length + rows.size === 0) return none;
    const { step } = apply.params;
    const bounds = new Map<Variable, Variable | null>();
    const most: Most = (count) => {
      const have = bounds.get(count);
      if (have !== undefined) return have;
      const found = this.most(replace([count], values)[0]!);
      const place = found === null ? null : placeOf(found);
      bounds.set(count, place);
      return place;
    };
    const outside = (variable: Variable) => this.#outside(replace([variable], values)[0]!);
    const inner = new Evening(places, most, rows, outside);
    inner.visit(step.outputs);
    const results = step.outputs.map((result) => inner.of(result));
    if (results.every((result, i) => result === step.outputs[i])) return none;
    const extents: (Extent | null)[][] = [];
    let next = 0;
    for (const state of parts.states) {
      const wanted = opened(inner.of(state.places[0]!));
      const label = `Cannot run ${scanLabel(apply.params)}`;
      state.next = asState(opened(results[next++]!), wanted, inner.isSame, label);
      extents.push([...inside.get(state.places[0]!)!.extents]);
    }
    const fixed = (variable: Variable) => {
      const reached = reachedBy([variable]);
      return own.every((place) => !reached.has(place));
    };
    for (const map of parts.maps) {
      const made = opened(results[next]!);
      const isFixed = made.extents.every((extent) => extent === null || fixed(extent.length));
      map.value = isFixed ? made.value : inner.plain(step.outputs[next]!);
      next++;
      extents.push(
        isFixed
          ? made.extents.map((extent) => {
            if (extent === null) return null;
            const [count, length] = replace([extent.count, extent.length], values);
            return { count: count!, length: length! };
          })
          : [],
      );
    }
    for (const state of parts.carried) state.next = inner.plain(step.outputs[next++]!);
    if (parts.until !== null) parts.until = inner.plain(step.outputs[next]!);
    return { changed: true, extents };
  }
}

/** A result with as many rows as its state has. */
function asState(
  made: Padded,
  state: Padded,
  isSame: PaddedStep["isSame"],
  action: string,
): Variable {
  let { value } = made;
  made.extents.forEach((own, axis) => {
    const wanted = state.extents[axis]!, part = { ...made, value };
    if (wanted !== null && !isAlike(extentOf(part, axis), wanted, isSame)) {
      value = fitted(part, axis, wanted, isSame, false);
    } else if (wanted === null && own !== null) {
      const length = lengthVariable(lengthsOf(state.value)[axis]!);
      value = exactly(part, axis, length, isSame, action);
    }
  });
  return value;
}

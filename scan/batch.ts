/**
 * Batching of loops: one loop for all rows. Where rows end at different steps, the loop goes on until the
 * last has ended, and those that have keep their state.
 *
 * @module
 */

import {
  aligned,
  axisMoved,
  type Batched,
  type BatchRows,
  type BatchRule,
  spread,
} from "../core/batch/batched.ts";
import { Batching } from "../core/batch/batching.ts";
import { type Apply, applyOp, Constant, makeVariable, type Variable } from "../core/graph/graph.ts";
import { TensorType } from "../core/graph/type.ts";
import { castTo } from "../core/ops/common/build.ts";
import { asVariable } from "../core/ops/common/literal.ts";
import { staticInt } from "../core/ops/common/arguments.ts";
import { arange } from "../core/ops/create/ranges.ts";
import {
  add,
  and,
  ceil,
  ge,
  gt,
  invert,
  lt,
  mul,
  sqrt,
  sub,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import { index } from "../core/ops/index/indexing.ts";
import { any, max } from "../core/ops/reduce/reduce.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { join } from "../core/ops/shape/combine.ts";
import { dimshuffle } from "../core/ops/shape/dimshuffle.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { scanInputs, scanLabel, type ScanParams } from "./node.ts";
import { scan } from "./loop.ts";
import { partsOf, rebuild, type ScanParts } from "./rewrites/rebuild.ts";

/** Placeholders of rows for those of one row: the same in each loop that is made of one. */
const placeholders = new WeakMap<Variable, Map<number | null, Variable>>();

function stackedPlace(place: Variable, count: number | null): Variable {
  const known = placeholders.get(place) ?? new Map<number | null, Variable>();
  placeholders.set(place, known);
  const have = known.get(count);
  if (have !== undefined) return have;
  const made = makeVariable(TensorType.of(place.dtype, [count, ...place.type.shape]));
  made.name = place.name;
  known.set(count, made);
  return made;
}

const places = new WeakMap<Variable, Variable>();

/** The placeholder of a value that is the same in each step. */
function placeFor(value: Variable): Variable {
  const have = places.get(value) ?? makeVariable(value.type);
  places.set(value, have);
  return have;
}

/** Rows along the first axis of what a loop reads along its first: steps first, then rows. */
const stepsFirst = (value: Variable) => axisMoved(value, 1, 0);

/** Which values of a loop differ from row to row. */
interface Spreading {
  readonly states: Set<number>;
  readonly carried: Set<number>;
  /** Whether the rows end at different steps. */
  readonly ends: boolean;
}

/** A step of all rows. */
interface BatchedStep {
  readonly leaves: ReadonlyMap<Variable, Batched>;
  /** The rows as the step knows them. */
  readonly rows: BatchRows;
  readonly states: readonly Batched[];
  readonly maps: readonly Batched[];
  readonly carried: readonly Batched[];
  readonly until: Batched | null;
}

class LoopBatching {
  readonly #apply: Apply<ScanParams>;
  readonly #rows: BatchRows;
  /** Number of rows, where it is known. */
  readonly #count: number | null;
  readonly #parts: ScanParts;
  readonly #given: ReturnType<typeof scanInputs<Batched>>;
  /** For each row, whether it goes on, and how many steps it has made, before a step. */
  readonly #running: Variable;
  readonly #executed: Variable;

  constructor(apply: Apply<ScanParams>, inputs: readonly Batched[], rows: BatchRows) {
    this.#apply = apply;
    this.#rows = rows;
    this.#count = staticInt(rows.count);
    this.#parts = partsOf(apply);
    this.#given = scanInputs(apply.params, inputs);
    this.#running = makeVariable(TensorType.of("bool", [this.#count]));
    this.#executed = makeVariable(TensorType.of("int64", [this.#count]));
  }

  make(): readonly Batched[] {
    const parts = this.#parts, given = this.#given;
    const shared = this.#apply.params.shared;
    const stackedOf = (list: readonly Batched[]) =>
      new Set(list.flatMap(({ stacked }, i) => stacked ? [i] : []));
    let spreading: Spreading = {
      states: stackedOf(given.initials),
      carried: stackedOf(given.carried),
      ends: given.limit?.stacked === true,
    };
    for (;;) {
      const step = this.#step(spreading);
      const { states, carried } = spreading;
      const ends = spreading.ends || step.until?.stacked === true;
      const next: Spreading = {
        states: new Set(
          parts.states.flatMap((_, i) =>
            ends || states.has(i) || step.states[i]!.stacked ? [i] : []
          ),
        ),
        carried: new Set(
          parts.carried.flatMap((_, i) =>
            ends && !shared.has(i) || carried.has(i) || step.carried[i]!.stacked ? [i] : []
          ),
        ),
        ends,
      };
      const isSame = ends === spreading.ends && next.states.size === states.size &&
        next.carried.size === carried.size;
      if (isSame) return this.#rebuilt(spreading, step);
      spreading = next;
    }
  }

  /** The step of all rows. */
  #step({ states, carried, ends }: Spreading): BatchedStep {
    const parts = this.#parts, given = this.#given, count = this.#count;
    const leaves = new Map<Variable, Batched>();
    const bind = (place: Variable, stacked: boolean) =>
      void leaves.set(place, { value: stacked ? stackedPlace(place, count) : place, stacked });
    parts.sequences.forEach(({ places }, i) =>
      places.forEach((place) => bind(place, given.sequences[i]!.stacked))
    );
    parts.states.forEach(({ places }, i) => places.forEach((place) => bind(place, states.has(i))));
    parts.carried.forEach(({ place }, i) => bind(place, carried.has(i)));
    parts.others.forEach(({ place }, i) => bind(place, given.others[i]!.stacked));
    const rows = this.#innerRows(ends);
    const batching = new Batching(leaves, rows);
    const all = batching.all(this.#apply.params.step.outputs);
    let at = 0;
    const take = (n: number) => all.slice(at, at += n);
    return {
      leaves,
      rows,
      states: take(parts.states.length),
      maps: take(parts.maps.length),
      carried: take(parts.carried.length),
      until: parts.until === null ? null : all[at]!,
    };
  }

  /** The rows as the step knows them. */
  #innerRows(ends: boolean): BatchRows {
    const { count, counting } = this.#rows;
    return {
      ...this.#rows,
      count: count instanceof Constant ? count : placeFor(count),
      counting: ends ? this.#running : counting && placeFor(counting),
    };
  }

  #rebuilt(
    { states, carried, ends }: Spreading,
    step: BatchedStep,
  ): readonly Batched[] {
    const parts = this.#parts, given = this.#given, rows = this.#rows;
    const { params } = this.#apply;
    for (const [i, variable] of params.shared) {
      if (!carried.has(i)) continue;
      throw new TypeError(
        `Cannot batch ${
          scanLabel(params)
        }: it updates the shared variable ${variable.label}, which would ` +
          `get another value in each row`,
      );
    }
    const placeOf = (place: Variable) => step.leaves.get(place)!.value;
    const running = ends ? this.#running : null;
    /** What goes on where the row does, else the value before. */
    const kept = (next: Batched, before: Variable): Variable => {
      const value = spread(next, step.rows);
      if (running === null) return value;
      return where(aligned({ value: running, stacked: true }, value.ndim - 1), value, before);
    };
    const made: ScanParts = {
      steps: given.steps.value,
      sequences: parts.sequences.map(({ taps, places }, i) => {
        const { value, stacked } = given.sequences[i]!;
        return {
          outer: stacked ? stepsFirst(value) : value,
          taps,
          places: places.map(placeOf),
        };
      }),
      states: parts.states.map((state, i) => {
        const { value, stacked } = given.initials[i]!, isStacked = states.has(i);
        const taps = [...state.taps], places = state.places.map(placeOf);
        let last = taps.indexOf(-1);
        if (running !== null && last < 0) {
          last = taps.length;
          taps.push(-1);
          places.push(stackedPlace(state.next, this.#count));
        }
        const initial = stacked
          ? stepsFirst(value)
          : isStacked
          ? stepsFirst(spread({ value, stacked }, rows))
          : value;
        const next = step.states[i]!;
        return {
          initial,
          taps,
          places,
          next: isStacked ? kept(next, places[last]!) : next.value,
          from: state.from,
        };
      }),
      maps: parts.maps.map((map, i) => ({
        value: ends ? spread(step.maps[i]!, step.rows) : step.maps[i]!.value,
        from: map.from,
      })),
      carried: parts.carried.map((state, i) => {
        const isStacked = carried.has(i), next = step.carried[i]!, place = placeOf(state.place);
        return {
          initial: isStacked ? spread(given.carried[i]!, rows) : given.carried[i]!.value,
          place,
          next: isStacked ? kept(next, place) : next.value,
          from: state.from,
        };
      }),
      others: parts.others.map(({ place }, i) => ({
        outer: given.others[i]!.value,
        place: placeOf(place),
      })),
      until: step.until?.value ?? null,
      limit: given.limit?.value ?? null,
    };
    if (step.rows.count !== rows.count) {
      made.others.push({ outer: rows.count, place: step.rows.count });
    }
    if (!ends && rows.counting !== null) {
      made.others.push({ outer: rows.counting, place: step.rows.counting! });
    }
    if (ends) this.#end(made, step);
    const node = rebuild(made, ends ? { ...params, strategy: null } : params);
    return this.#outputs(node.outputs, { states, carried, ends }, step);
  }

  /** Adds what the end of each row takes. */
  #end(
    made: ScanParts,
    step: BatchedStep,
  ): void {
    const rows = this.#rows, running = this.#running, executed = this.#executed;
    const { limit } = this.#given, zero = asVariable(0, "int64");
    const before = stretched(zero, [rows.count]);
    const next = add(executed, castTo(running, "int64"));
    let goesOn: Variable = running;
    if (step.until !== null) {
      goesOn = and(goesOn, invert(castTo(spread(step.until, step.rows), "bool")));
    }
    let starts = rows.counting ?? stretched(castTo(asVariable(1), "bool"), [rows.count]);
    if (limit?.stacked) {
      const place = makeVariable(TensorType.of("int64", [this.#count]));
      made.others.push({ outer: castTo(limit.value, "int64"), place });
      goesOn = and(goesOn, lt(next, place));
      starts = and(starts, gt(limit.value, 0));
      const limits = where(starts, castTo(limit.value, "int64"), zero);
      made.limit = max(join(0, asVariable([0], "int64"), limits));
    }
    made.until = invert(any(goesOn));
    made.carried.push({ initial: starts, place: running, next: goesOn, from: -1 });
    made.carried.push({ initial: before, place: executed, next, from: -1 });
  }

  #outputs(
    { traces, finals, carried, histories, count }: ReturnType<typeof rebuild>["outputs"],
    spreading: Spreading,
    step: BatchedStep,
  ): readonly Batched[] {
    const parts = this.#parts, rows = this.#rows, { ends } = spreading;
    const executed = ends ? carried.at(-1)! : null;
    const isTraced = (i: number) =>
      i < parts.states.length
        ? spreading.states.has(i)
        : ends || step.maps[i - parts.states.length]!.stacked;
    /** Steps of all rows; those that a row did not make are zero. */
    const ofSteps = (trace: Variable): Batched => {
      const value = axisMoved(trace, 1, 0);
      if (executed === null) return { value, stacked: true };
      const made = lt(arange(shapeOf(trace, 0)), dimshuffle(executed, 0, "x"));
      const shape = Array.from({ length: value.ndim - 2 }, () => "x" as const);
      const whole = dimshuffle(made, 0, 1, ...shape);
      return { value: where(whole, value, castTo(asVariable(0), value.dtype)), stacked: true };
    };
    const asTrace = (trace: Variable, isStacked: boolean): Batched =>
      isStacked ? ofSteps(trace) : { value: trace, stacked: false };
    const allTraces = traces.map((trace, i) => asTrace(trace, isTraced(i)));
    return [
      ...allTraces,
      ...finals.map((final, i): Batched => {
        if (executed === null || i < parts.states.length) {
          return { value: final, stacked: isTraced(i) };
        }
        const value = index(allTraces[i]!.value, [arange(rows.count), sub(executed, 1)]);
        return { value, stacked: true };
      }),
      ...parts.carried.map((_, i) => ({ value: carried[i]!, stacked: spreading.carried.has(i) })),
      ...parts.carried.map((_, i) => asTrace(histories[i]!, spreading.carried.has(i))),
      executed === null ? { value: count, stacked: false } : { value: executed, stacked: true },
    ];
  }
}

/** A loop of all rows. */
export const batchScan: BatchRule = (apply, inputs, rows) => {
  if (inputs[0]!.stacked) return null;
  return new LoopBatching(apply as unknown as Apply<ScanParams>, inputs, rows).make();
};

/** The square roots of lengths, rounded up: estimated, and put right. */
export const batchCeilSqrt: BatchRule = (_, [n]) => {
  const x = castTo(n!.value, "int64");
  const near = castTo(ceil(sqrt(castTo(x, "float32"))), "int64");
  const less = where(ge(mul(sub(near, 1), sub(near, 1)), x), sub(near, 1), near);
  const value = where(lt(mul(less, less), x), add(less, 1), less);
  return [{ value: where(gt(x, 0), value, 0), stacked: true }];
};

/** An op in a loop over the rows. */
export function rowLoop(apply: Apply, inputs: readonly Batched[]): readonly Batched[] {
  const stackedOnes = inputs.filter(({ stacked }) => stacked).map(({ value }) => value);
  const step = (...rows: Variable[]): Variable[] => {
    let next = 0;
    const values = inputs.map(({ value, stacked }) => stacked ? rows[next++]! : value);
    return [...applyOp(apply.op, values, apply.params).outputs];
  };
  const [traces] = scan(step, { sequences: stackedOnes, returnList: true });
  return (traces as readonly Variable[]).map((value) => ({ value, stacked: true }));
}

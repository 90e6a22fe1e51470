/**
 * Builds a scan node from a step function.
 *
 * @module
 */

import { cut, shown } from "../core/base/shown.ts";
import type { DType } from "../core/graph/dtype.ts";
import { MissingInputError } from "../core/base/errors.ts";
import {
  applyOp,
  Constant,
  makeVariable,
  standsFor,
  Variable,
  writtenLabel,
} from "../core/graph/graph.ts";
import { graphInputs, replace, toposort } from "../core/graph/walk.ts";
import { castTo } from "../core/ops/common/build.ts";
import { join } from "../core/ops/shape/combine.ts";
import { max } from "../core/ops/reduce/reduce.ts";
import { cast, maximum, minimum, sub } from "../core/ops/elementwise/elementwise.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import { expandDims } from "../core/ops/shape/dimshuffle.ts";
import { shapeOf, withRows, withShape } from "../core/ops/shape/shape_ops.ts";
import { index, slice } from "../core/ops/index/indexing.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import { TensorType } from "../core/graph/type.ts";
import type { OutputSpec, SequenceSpec } from "./arguments.ts";
import { boundOf } from "./bound.ts";
import { checkpointed } from "./checkpoint.ts";
import { checksMore, partsOf } from "./rewrites/rebuild.ts";
import { depthOf, StepGraph } from "./inner.ts";
import { movingSlices } from "./slices.ts";
import { scanOutputs, type ScanParams } from "./node.ts";
import { scanOp } from "./op.ts";
import { reachedBy, rebuild } from "./rewrites/rebuild.ts";
import type { BuiltScan, ScanRequest, StepArguments, StepResult } from "./request.ts";
import { type Even, evened, type Most } from "./uneven.ts";
import { close, reachesAny } from "./close.ts";

/** Builds the node. `step` may be called again when an initial number takes the dtype of the step. */
export function buildScan(
  request: ScanRequest,
  step: (args: StepArguments) => StepResult,
): BuiltScan {
  const label = request.name === null ? "scan" : `scan "${cut(request.name)}"`;
  const steps = countSteps(request, label);
  const whole = request.sequences.map((spec) => arranged(spec, request.goBackwards));
  const sequencePlaces = whole.map(({ variable, taps }, i) =>
    taps.map((_, k) => placeholder(variable, true, request.sequences[i]!.taps[k]!))
  );
  const sequences = whole.map(({ variable, taps }, i) => {
    const rows = { steps, reach: Math.max(...taps), what: `sequence ${i}` };
    const checked = request.nSteps === null
      ? variable
      : withRows(variable, rows, `Cannot run ${label}`);
    if (checked !== variable) standsFor(checked, variable);
    return { variable: checked, taps };
  });
  let specs = request.outputs ?? [];
  for (let attempt = 0;; attempt++) {
    const states = specs.map((spec) =>
      spec.taps.map((tap) => placeholder(spec.initial!, spec.rows, tap))
    );
    const result = step({ sequences: sequencePlaces, states });
    const count = result.outputs.length;
    const none: OutputSpec = { initial: null, taps: [], flexible: false, rows: false };
    if (request.openOutputs === true) {
      specs = [...specs, ...result.outputs.slice(specs.length).map(() => none)];
    } else if (request.outputs === null) {
      specs = result.outputs.map(() => none);
    } else if (specs.length !== count) {
      throw new RangeError(
        `Cannot build ${label}: outputsInfo describes ${specs.length} outputs and the step returned ` +
          `${count}; give null for outputs that are not fed back`,
      );
    }
    const better = specs.map((spec, i) => settle(spec, result.outputs[i]!));
    if (attempt < 3 && better.some((spec, i) => spec !== specs[i])) {
      specs = better;
      continue;
    }
    specs.forEach((spec, i) => checkState(spec, result.outputs[i]!, i, label));
    const padded = specs.map((_, i) => states[i] ?? []);
    const draft = { request, steps, sequences, sequencePlaces, specs, statePlaces: padded };
    return finish(draft, result, label);
  }
}

/** The sequence in the order it is run over, with taps >= 0. */
function arranged(
  spec: SequenceSpec,
  backwards: boolean,
): { variable: Variable; taps: readonly number[] } {
  if (!backwards) return { variable: spec.variable, taps: spec.taps.map((tap) => tap - spec.lo) };
  const variable = index(spec.variable, [slice(null, null, -1)]);
  standsFor(variable, spec.variable);
  return { variable, taps: spec.taps.map((tap) => spec.hi - tap) };
}

function countSteps(request: ScanRequest, label: string): Variable {
  if (request.nSteps !== null) return cast(request.nSteps, "int64");
  const lengths = request.sequences.map((spec) => {
    const length = shapeOf(spec.variable, 0);
    const used = spec.hi - spec.lo;
    return used === 0 ? length : maximum(sub(length, used), 0);
  });
  if (lengths.length === 0) {
    throw new TypeError(
      `Cannot build ${label}: there is no way to know the number of steps; give sequences or nSteps`,
    );
  }
  return lengths.reduce((least, length) => minimum(least, length));
}

function placeholder(source: Variable, rows: boolean, tap: number): Variable {
  const shape = rows ? source.type.shape.slice(1) : source.type.shape;
  const made = makeVariable(TensorType.of(source.dtype, shape));
  if (source.name !== null) {
    made.name = `${source.name}[t${tap === 0 ? "" : tap > 0 ? `+${tap}` : tap}]`;
  }
  return made;
}

/** An initial number takes the dtype of what the step returns. */
function settle(spec: OutputSpec, output: Variable): OutputSpec {
  if (spec.initial === null || !spec.flexible || spec.initial.dtype === output.dtype) return spec;
  return { ...spec, initial: cast(spec.initial, output.dtype as DType) };
}

function checkState(spec: OutputSpec, output: Variable, i: number, label: string): void {
  if (spec.initial === null) return;
  const name = spec.initial.name === null
    ? `output ${i}`
    : `output ${i} (initial ${shown(spec.initial.name)})`;
  if (spec.initial.dtype !== output.dtype) {
    throw new TypeError(
      `Cannot build ${label}: ${name} starts as ${spec.initial.dtype} and the step returns ` +
        `${output.dtype}: an upcast or downcast happened; convert the initial value, or return ` +
        `.astype("${spec.initial.dtype}") from the step${where(output)}`,
    );
  }
  const rank = spec.initial.ndim - (spec.rows ? 1 : 0);
  if (rank !== output.ndim) {
    const advice = spec.rows
      ? "; with taps, the initial value has one axis more than a step, for the earlier rows"
      : "; the initial value has the shape of one step";
    throw new TypeError(
      `Cannot build ${label}: ${name} has ${rank} axes before the step and ${output.ndim} after it` +
        `${advice}${where(output)}`,
    );
  }
}

function where(variable: Variable): string {
  return variable.origin === "" ? "" : ` (made at ${variable.origin})`;
}

function finish(draft: Omit<Draft, "fed">, result: StepResult, label: string): BuiltScan {
  const { request, steps, sequences, sequencePlaces, specs, statePlaces } = draft;
  // Values passed as nonSequences are drawn, computed and read once.
  const fixed = new Map<Variable, Variable>();
  for (const variable of request.nonSequences) {
    if (!(variable instanceof Constant) && !(variable instanceof SharedVariable)) {
      fixed.set(variable, makeVariable(variable.type));
    }
  }
  const raw = [
    ...result.outputs,
    ...result.updates.values(),
    ...(result.until === null ? [] : [result.until]),
  ];
  const unfixed = replace(raw, fixed);
  const updates = collectUpdates(unfixed, result, request);
  const shared = [...updates.keys()];
  const carriedPlaces = shared.map((variable) => makeVariable(variable.type));
  const wanted = [
    ...unfixed.slice(0, result.outputs.length),
    ...updates.values(),
    ...(result.until === null ? [] : [unfixed.at(-1)!]),
  ];
  const bound = replace(
    wanted,
    new Map(shared.map((variable, i) => [variable as Variable, carriedPlaces[i]!] as const)),
  );
  if (request.strict) checkStrict(bound, request, label);

  const fed = specs.flatMap((spec, i) => spec.initial === null ? [] : [i]);
  const mapped = specs.flatMap((spec, i) => spec.initial === null ? [i] : []);
  const count = result.outputs.length;
  const still = constantStates(specs, statePlaces, bound, fixed);
  const results = [
    ...fed.map((i) => bound[i]!),
    ...replace([...mapped.map((i) => bound[i]!), ...bound.slice(count)], still),
  ];
  fed.forEach((i, at) => {
    if (bound[i] !== statePlaces[i]![0]) results[at] = replace([bound[i]!], still)[0]!;
  });
  const own = [...sequencePlaces.flat(), ...fed.flatMap((i) => statePlaces[i]!), ...carriedPlaces];
  const moved = movingSlices(results, own);
  const most = mostOf({ ...draft, fed }, {
    results: moved,
    own,
    maps: mapped.length,
    shared,
    carriedPlaces,
    until: result.until !== null,
    fixed,
  });
  const closed = close(evened(moved, own, most), own, fixed, most.found);
  const step = new StepGraph(
    {
      sequences: sequences.map(({ taps }) => taps),
      states: fed.map((i) => specs[i]!.taps),
      maps: mapped.length,
      carried: shared.length,
      others: closed.values.length,
      until: result.until !== null,
    },
    [...own, ...closed.places],
    closed.outputs,
  );
  const params: ScanParams = {
    step,
    name: request.name,
    truncateGradient: request.truncateGradient,
    strategy: request.strategy,
    checkpoint: request.checkpoint,
    shared: new Map(shared.map((variable, i) => [i, variable])),
    implicit: new Set(shared.flatMap((v, i) => result.updates.has(v) ? [] : [i])),
  };
  const node = applyOp(scanOp, [
    steps,
    ...sequences.map(({ variable }) => variable),
    ...fed.map((i) => firstRows(specs[i]!)),
    ...shared,
    ...closed.values,
  ], params);
  const made = scanOutputs(node);
  // Only the loop itself checks the length of a sequence that it does not read.
  const isPlain = request.checkpoint === null || checksMore(partsOf(node));
  const nested = isPlain ? null : checkpointed(node, request.checkpoint!);
  const { traces: rows, count: executed } = nested ?? made;
  const traces = result.until === null
    ? rows
    : rows.map((trace) => index(trace, [slice(null, executed)]));
  const carried = nested?.carried ?? made.carried;
  const outputs: Variable[] = new Array(count);
  fed.forEach((i, at) => outputs[i] = traces[at]!);
  mapped.forEach((i, at) => outputs[i] = traces[fed.length + at]!);
  return { outputs, updates: new Map(shared.map((variable, i) => [variable, carried[i]!])) };
}

/** States that the step returns as it got them are what they were at the start: lengths may come of them. */
function constantStates(
  specs: readonly OutputSpec[],
  places: readonly (readonly Variable[])[],
  results: readonly Variable[],
  fixed: Map<Variable, Variable>,
): Map<Variable, Variable> {
  const still = new Map<Variable, Variable>();
  specs.forEach(({ initial, rows, taps }, i) => {
    const [place] = places[i]!;
    if (initial === null || rows || taps.length > 1 || results[i] !== place) return;
    if (initial instanceof Constant) return void still.set(place!, initial);
    const have = fixed.get(initial) ?? makeVariable(initial.type);
    // What is drawn or updated is so before the loop, not in each step of it.
    fixed.set(initial, have);
    have.name ??= place!.name;
    still.set(place!, have);
  });
  return still;
}

/** The loop that is about to be built. */
interface Draft {
  readonly request: ScanRequest;
  readonly steps: Variable;
  readonly sequences: readonly { variable: Variable; taps: readonly number[] }[];
  readonly sequencePlaces: readonly (readonly Variable[])[];
  readonly specs: readonly OutputSpec[];
  readonly statePlaces: readonly (readonly Variable[])[];
  readonly fed: readonly number[];
}

/** Its step, as far as it is known. */
interface DraftStep {
  readonly results: readonly Variable[];
  readonly own: readonly Variable[];
  readonly maps: number;
  readonly shared: readonly SharedVariable[];
  readonly carriedPlaces: readonly Variable[];
  readonly until: boolean;
  readonly fixed: ReadonlyMap<Variable, Variable>;
}

/**
 * The most that an integer of the step is in any step: found by a loop of its own, of what the integer
 * depends on. There is none if that is the integer itself.
 */
function mostOf(loop: Draft, step: DraftStep): Most & { found: ReadonlySet<Variable> } {
  const { results, own } = step;
  const states = results.slice(0, loop.fed.length);
  const carried = results.slice(loop.fed.length + step.maps).slice(0, step.shared.length);
  const found = new Map<Variable, Variable | null>();
  const given: (Variable | null)[] = [];
  const find = (count: Variable, even: Even, until: Variable | null): Variable => {
    const needs = (kept: readonly Variable[]) =>
      reachedBy([count, ...until ? [until] : [], ...kept]);
    let size = -1, keptStates: number[] = [], keptCarried: number[] = [];
    while (size !== keptStates.length + keptCarried.length) {
      size = keptStates.length + keptCarried.length;
      const reached = needs([
        ...keptStates.map((i) => states[i]!),
        ...keptCarried.map((i) => carried[i]!),
      ]);
      keptStates = states.flatMap((_, i) =>
        loop.statePlaces[loop.fed[i]!]!.some((place) => reached.has(place)) ? [i] : []
      );
      keptCarried = carried.flatMap((_, i) => reached.has(step.carriedPlaces[i]!) ? [i] : []);
    }
    const nexts = [
      ...keptStates.map((i) => states[i]!),
      ...keptCarried.map((i) => carried[i]!),
      ...(until === null ? [] : [until]),
    ];
    const from = given.length, said = found.get(count)!;
    let evenNexts: readonly Variable[];
    try {
      evenNexts = even(nexts);
    } catch (error) {
      // Where the end of the loop depends on the count itself, its most is that of all steps there may be.
      if (until !== null && given.includes(null, from)) return find(count, even, null);
      throw error;
    }
    // A loop with room for that many would be no shorter.
    if (said !== null && given.includes(said, from)) return said;
    if (until !== null && given.includes(null, from)) return find(count, even, null);
    const closed = close([count, ...evenNexts], own, step.fixed, all);
    const [counted, ...others] = closed.outputs;
    const rest = others.slice(keptStates.length);
    const { outputs } = rebuild({
      steps: loop.steps,
      sequences: loop.sequences.map(({ variable, taps }, i) => ({
        outer: variable,
        taps,
        places: loop.sequencePlaces[i]!,
      })),
      states: keptStates.map((i, at) => {
        const spec = loop.specs[loop.fed[i]!]!;
        return {
          initial: firstRows(spec),
          taps: spec.taps,
          places: loop.statePlaces[loop.fed[i]!]!,
          next: others[at]!,
          from: i,
        };
      }),
      maps: [{ value: counted!, from: 0 }],
      carried: keptCarried.map((i, at) => ({
        initial: step.shared[i]!,
        place: step.carriedPlaces[i]!,
        next: rest[at]!,
        from: i,
      })),
      others: closed.places.map((place, i) => ({ outer: closed.values[i]!, place })),
      until: until === null ? null : rest.at(-1)!,
      limit: null,
    }, {
      step: new StepGraph(
        { sequences: [], states: [], maps: 0, carried: 0, others: 0, until: false },
        [],
        [],
      ),
      name: `lengths in ${loop.request.name ?? "scan"}`,
      truncateGradient: -1,
      strategy: null,
      checkpoint: null,
      shared: new Map(),
      implicit: new Set(),
    });
    const [counts] = outputs.traces.slice(keptStates.length);
    return max(join(0, asVariable([0], "int64"), castTo(counts!, "int64")));
  };
  const all = new Set<Variable>();
  const most: Most = (count, even) => {
    if (!reachesAny(count, own)) return maximum(count, 0);
    if (!found.has(count)) {
      // What an earlier result of this very loop decides has no bound but the one that it says itself.
      found.set(count, boundOf(count, own));
      found.set(count, find(count, even, step.until ? results.at(-1)! : null));
    }
    const bound = found.get(count)!;
    given.push(bound);
    if (bound !== null) all.add(bound);
    return bound;
  };
  return Object.assign(most, { found: all });
}

/** The rows that a state needs, with a leading axis; surplus rows at the end are not read. */
function firstRows({ initial, rows, taps }: OutputSpec): Variable {
  if (!rows) return expandDims(initial!, 0);
  const depth = depthOf(taps), first = index(initial!, [slice(null, depth)]);
  const action = `Cannot run a scan: taps [${taps}] need ${depth} rows of the initial value ${
    writtenLabel(initial!)
  }`;
  return withShape(first, first.type.shape.map((_, axis) => axis === 0 ? depth : null), { action });
}

/** Updates that the step asks for, and default updates of what it draws from. */
function collectUpdates(
  outputs: readonly Variable[],
  result: StepResult,
  request: ScanRequest,
): Map<SharedVariable, Variable> {
  const targets = [...result.updates.keys()];
  const updates = new Map(
    targets.map((target, i) => [target, outputs[result.outputs.length + i]!] as const),
  );
  const listed = new Set<Variable>(request.nonSequences);
  let frontier: readonly Variable[] = outputs;
  while (frontier.length > 0) {
    const found: Variable[] = [];
    for (const apply of toposort(frontier)) {
      for (const [target, value] of apply.op.implicitUpdates?.(apply) ?? []) {
        if (updates.has(target)) continue;
        updates.set(target, value);
        found.push(value);
      }
    }
    for (const leaf of graphInputs(frontier)) {
      if (!(leaf instanceof SharedVariable) || updates.has(leaf)) continue;
      if (leaf.defaultUpdate === null || listed.has(leaf)) continue;
      updates.set(leaf, leaf.defaultUpdate);
      found.push(leaf.defaultUpdate);
    }
    frontier = found;
  }
  return updates;
}

function checkStrict(outputs: readonly Variable[], request: ScanRequest, label: string): void {
  for (const leaf of graphInputs(outputs)) {
    if (leaf instanceof SharedVariable && !request.nonSequences.includes(leaf)) {
      throw new MissingInputError(
        `Cannot build ${label}: the shared variable ${leaf.label} is used in the step and missing from ` +
          `nonSequences; list it, or leave "strict" out`,
      );
    }
  }
}

/** What a step may return for a value: symbolic variables only. */
export function symbolic(value: unknown, label: string): Variable {
  if (value instanceof Variable) return value;
  throw new TypeError(
    `Cannot build ${label}: the step returned ${
      value === null ? "null" : typeof value
    } where only ` +
      `symbolic variables are allowed; wrap values by T.constant`,
  );
}

/** An update expression as a variable. */
export function updateValue(target: SharedVariable, value: TensorLike): Variable {
  return asVariable(value, target.dtype);
}

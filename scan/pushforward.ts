/**
 * The change of a scan in forward mode: a scan in which the changes of all that a step reads go along with
 * it. Where the loop itself runs, too, the two become one, unless products over all steps at once, or a loop
 * that is never joined to another, make it better to read what the steps gave.
 *
 * A state that does not change at first has a change from the step on in which one reaches it.
 *
 * @module
 */

import { UndefinedGradient } from "../autodiff/gradient.ts";
import { aligned, no, yes } from "../autodiff/masks.ts";
import { pushForward } from "../autodiff/pushforward.ts";
import type { Tangent } from "../autodiff/rule.ts";
import { chosenBeside, declareSupport, replaceWithKinks, support } from "../autodiff/support.ts";
import { type Apply, makeVariable, Variable } from "../core/graph/graph.ts";
import { toposort } from "../core/graph/walk.ts";
import { TensorType } from "../core/graph/type.ts";
import { withoutReports } from "../core/ops/control/reports.ts";
import { zerosLike } from "../core/ops/create/alloc.ts";
import { arange } from "../core/ops/create/ranges.ts";
import { cast, ge, le, sub, where } from "../core/ops/elementwise/elementwise.ts";
import { index, slice } from "../core/ops/index/indexing.ts";
import { join } from "../core/ops/shape/combine.ts";
import { matmulOp } from "../core/ops/linalg/matmul.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { assumeShape, knownDims } from "../core/ops/shape/known_lengths.ts";
import { ForwardLoop } from "./backward/forward_loop.ts";
import { choosesStates } from "./gradient.ts";
import { depthOf, endsEarly } from "./inner.ts";
import { scanInputs, scanOutputs, type ScanParams } from "./node.ts";
import { partsOf, rebuild, type ScanParts } from "./rewrites/rebuild.ts";

/** The change of something in a step. */
type Moved = Variable | UndefinedGradient;

/** What is fed back, traced or carried. */
interface Fed {
  readonly places: readonly Variable[];
  readonly taps: readonly number[];
  readonly initial: Variable;
  readonly next: Variable;
  /** The change of what it starts as. */
  readonly change: Variable | null;
}

/** The changes of the outputs of a scan node, from those of its inputs. */
export function scanPushforward(
  apply: Apply<ScanParams>,
  tangents: readonly (Variable | null)[],
): Tangent[] {
  const { values, step } = new ForwardLoop(apply, []);
  // The steps as they are differentiated, which is in stable forms.
  const base = values.count.owner as unknown as Apply<ScanParams>;
  const chosen = choosesStates(step) ? new TangentLoop(base, tangents, true) : null;
  const loop = chosen?.choosesItself() ? chosen : new TangentLoop(base, tangents, false);
  const changes = loop.build();
  changes.forEach((change, i) => {
    if (change instanceof Variable) assumeShape(change, apply.outputs[i]!);
  });
  return changes;
}

/** A loop with the changes beside the values. */
class TangentLoop {
  readonly #params: ScanParams;
  readonly #parts: ScanParts;
  readonly #fed: readonly Fed[];
  /** Whether the changes of states carry what they are chosen by. */
  readonly #isChosenWithin: boolean;
  /** At which steps changes count: all, or the last ones, where a gradient goes back over these only. */
  readonly #visited: Variable | null = null;
  readonly #seeds: (readonly [place: Variable, moved: Moved])[] = [];
  /** What stands for the changes of what is fed back, by numbers of it, tap by tap. */
  readonly #moved = new Map<number, readonly Moved[]>();
  /** What stands for the masks of these. */
  readonly #masks = new Map<number, readonly Variable[]>();
  /** Results of the step that are known. */
  readonly #known = new Map<Variable, Variable>();
  /** The changes of what is fed back, then of mapped results, after a step. */
  readonly #results: readonly (Moved | null)[];

  constructor(
    base: Apply<ScanParams>,
    tangents: readonly (Variable | null)[],
    isChosenWithin: boolean,
  ) {
    const { params } = base, { layout, results } = params.step, parts = partsOf(base);
    const given = scanInputs<Variable | null>(params, tangents);
    this.#params = params;
    this.#parts = {
      ...parts,
      maps: [],
      sequences: [...parts.sequences],
      others: [...parts.others],
    };
    if (isReadBack(base)) this.#readValues(base);
    this.#isChosenWithin = isChosenWithin;
    let isWhole: Variable | null = null;
    if (params.truncateGradient >= 0) {
      const executed = endsEarly(layout) ? scanOutputs(base).count : parts.steps;
      const first = sub(executed, cast(params.truncateGradient, "int64")) as Variable;
      this.#visited = this.#sequence(ge(arange(parts.steps), first) as Variable);
      isWhole = le(first, 0) as Variable;
    }
    const atStart = (change: Variable | null) =>
      change && isWhole ? where(isWhole, change, 0) as Variable : change;
    this.#fed = [
      ...parts.states.map((state, i) => ({ ...state, change: atStart(given.initials[i]!) })),
      ...parts.carried.map((state, i) => ({
        ...state,
        places: [state.place],
        taps: [-1],
        change: atStart(given.carried[i]!),
      })),
    ];
    parts.sequences.forEach(({ places, taps }, i) => {
      const change = given.sequences[i];
      if (change) this.#readRows(places, taps, change);
    });
    parts.others.forEach(({ place }, i) => {
      const change = given.others[i];
      if (change) this.#readWhole(place, change);
    });
    this.#results = this.#pass(results.maps);
  }

  /** Takes what the steps read and gave from the loop itself, which is not computed again. */
  #readValues(base: Apply<ScanParams>): void {
    const { traces, histories, count } = scanOutputs(base), { layout } = base.params.step;
    const { states, carried } = this.#parts;
    states.forEach(({ initial, taps, places, next }, i) => {
      const depth = depthOf(taps);
      const outer = join(0, index(initial, [slice(null, depth)]), traces[i]!);
      this.#parts.sequences.push({ outer, taps: taps.map((tap) => depth + tap), places });
      if (next.owner !== null) this.#known.set(next, this.#sequence(traces[i]!));
    });
    carried.forEach(({ place }, i) =>
      this.#parts.sequences.push({ outer: histories[i]!, taps: [0], places: [place] })
    );
    Object.assign(this.#parts, {
      states: [],
      carried: [],
      until: null,
      limit: endsEarly(layout) ? count : null,
    });
  }

  /** Whether a step leaves out some of the changes of its own states. */
  choosesItself(): boolean {
    const known = new Set([...this.#masks.values()].flat());
    return this.#fed.some((_, i) => {
      const next = this.#masks.has(i) ? this.#results[i] : null;
      const mask = next instanceof Variable ? support(next, "explicit") : null;
      return mask !== null && !known.has(mask);
    });
  }

  /** Makes the loop; the changes of the outputs of the one that it is made from. */
  build(): Tangent[] {
    const parts = this.#parts, fed = this.#fed, { layout } = this.#params.step;
    const states = [...parts.states], carried = [...parts.carried], maps: ScanParts["maps"] = [];
    /** Where the change of each result that is traced, or carried, is among those of its kind. */
    const at = fed.map((_, i) => this.#feed(i, states, carried));
    const changes = this.#results.map((change, i) => {
      if (change instanceof UndefinedGradient || change === null) return change;
      return i < fed.length ? at[i]! : maps.push({ value: change, from: -1 }) - 1;
    });
    const masks = this.#results.map((change, i) => {
      const isTraced = i < layout.states.length || i >= fed.length;
      const mask = isTraced && change instanceof Variable
        ? chosenBeside(change, [], "indexed")
        : null;
      if (mask === null) return null;
      return maps.push({ value: aligned(mask, change as Variable), from: -1 }) - 1;
    });
    const nexts = [
      ...states.map((s) => s.next),
      ...carried.map((s) => s.next),
      ...maps.map((m) => m.value),
    ];
    const own = replaceWithKinks(withoutReports(nexts), this.#known);
    states.forEach((state, i) => state.next = own[i]!);
    carried.forEach((state, i) => state.next = own[states.length + i]!);
    maps.forEach((map, i) => map.value = own[states.length + carried.length + i]!);
    const { outputs } = rebuild({ ...parts, states, carried, maps }, {
      ...this.#params,
      name: `changes of ${this.#params.name ?? "scan"}`,
      strategy: null,
      checkpoint: null,
      shared: new Map(),
      implicit: new Set(),
    }, replaceWithKinks);
    const taken = (from: readonly Variable[], i: number, first = 0): Tangent => {
      const change = changes[i]!;
      return typeof change === "number" ? from[first + change]! : change;
    };
    const rows = (from: readonly Variable[]) => [
      ...fed.slice(0, layout.states.length).map((_, i) => taken(from, i)),
      ...changes.slice(fed.length).map((_, j) => taken(from, fed.length + j, states.length)),
    ];
    masks.forEach((mask, i) => {
      const change = mask === null ? null : this.#results[i];
      if (!(change instanceof Variable)) return;
      const trace = taken(outputs.traces, i, i < fed.length ? 0 : states.length);
      declareSupport(
        trace as Variable,
        outputs.traces[states.length + mask!]!,
        exactness(change),
      );
    });
    const others = Array.from({ length: layout.carried }, (_, i) => layout.states.length + i);
    return [
      ...rows(outputs.traces),
      ...rows(outputs.finals),
      ...others.map((i) => taken(outputs.carried, i)),
      ...others.map((i) => taken(outputs.histories, i)),
      null,
    ];
  }

  /** Feeds the change of a state back, with its mask if it carries one; where it is. */
  #feed(i: number, states: ScanParts["states"], carried: ScanParts["carried"]): number {
    const places = this.#moved.get(i), { taps, initial, change } = this.#fed[i]!;
    const next = this.#results[i];
    if (!places || next instanceof UndefinedGradient) return -1;
    const isTraced = i < this.#params.step.layout.states.length;
    const feed = (initial: Variable, own: readonly Variable[], next: Variable) =>
      (isTraced
        ? states.push({ initial, taps, places: own, next, from: -1 })
        : carried.push({ initial, place: own[0]!, next, from: -1 })) - 1;
    const own = places as readonly Variable[], value = next ?? zerosLike(own[0]!);
    const masks = this.#masks.get(i);
    if (masks) {
      const start = change === null ? no() : chosenBeside(change, [], "indexed") ?? yes();
      feed(
        stretched(start, knownDims(initial)),
        masks,
        stretched(support(value, "indexed") ?? yes(), knownDims(value)),
      );
    }
    return feed(change ?? zerosLike(initial), own, value);
  }

  /** Pushes the changes through a step, until those of all states that have one are there. */
  #pass(maps: readonly Variable[]): (Moved | null)[] {
    const fed = this.#fed;
    fed.forEach(({ change }, i) => {
      if (change !== null) this.#enter(i);
    });
    for (;;) {
      const states = fed.flatMap(({ places }, i) =>
        (this.#moved.get(i) ?? []).map((moved, k) => [places[k]!, moved] as const)
      );
      const found = pushForward(
        [...this.#seeds, ...states],
        [...fed.map(({ next }) => next), ...maps],
      ).map((one) => one instanceof Variable || one instanceof UndefinedGradient ? one : null);
      const late = fed.filter(({ places }, i) => {
        const next = found[i]!, [have = null] = this.#moved.get(i) ?? [];
        if (next === null || have instanceof UndefinedGradient) return false;
        if (next instanceof UndefinedGradient) this.#moved.set(i, places.map(() => next));
        else if (have === null) this.#enter(i);
        else return false;
        return true;
      });
      if (late.length === 0) {
        // What has a change at first keeps a place for it.
        return found.map((next, i) => next ?? (this.#moved.has(i) ? this.#nothing(i) : null));
      }
    }
  }

  #nothing(i: number): Variable {
    return zerosLike(this.#fed[i]!.next);
  }

  /** Makes places for the changes of what is fed back, and says where they may be other than zero. */
  #enter(i: number): void {
    const { places, taps, change } = this.#fed[i]!, own = places.map(beside);
    this.#moved.set(i, own);
    if (this.#isChosenWithin) {
      const masks = own.map(maskFor);
      this.#masks.set(i, masks);
      own.forEach((place, k) => declareSupport(place, masks[k]!, "explicit"));
    } else if (change === null) {
      const step = arange(this.#parts.steps);
      own.forEach((place, k) =>
        declareSupport(place, this.#sequence(ge(step, -taps[k]!) as Variable), "all")
      );
    }
  }

  /** Reads the change of a sequence. */
  #readRows(places: readonly Variable[], taps: readonly number[], change: Variable): void {
    const own = places.map(beside), mask = chosenBeside(change, [], "indexed");
    this.#parts.sequences.push({ outer: change, taps, places: own });
    if (mask !== null) {
      const masks = own.map(maskFor), outer = stretched(mask, knownDims(change));
      this.#parts.sequences.push({ outer, taps, places: masks });
      own.forEach((place, k) => declareSupport(place, masks[k]!, exactness(change)));
    }
    places.forEach((place, k) => this.#seeds.push([place, this.#counted(own[k]!)]));
  }

  /** Reads the change of what is the same at each step. */
  #readWhole(place: Variable, change: Variable): void {
    const own = beside(place), mask = chosenBeside(change, [], "indexed");
    this.#parts.others.push({ outer: change, place: own });
    if (mask !== null) {
      const chosen = maskFor(own);
      this.#parts.others.push({ outer: stretched(mask, knownDims(change)), place: chosen });
      declareSupport(own, chosen, exactness(change));
    }
    this.#seeds.push([place, this.#counted(own)]);
  }

  #counted(change: Variable): Variable {
    return this.#visited === null ? change : where(this.#visited, change, 0) as Variable;
  }

  /** A placeholder for an element of each step. */
  #sequence(outer: Variable): Variable {
    const place = makeVariable(TensorType.of(outer.dtype, outer.type.shape.slice(1)));
    this.#parts.sequences.push({ outer, taps: [0], places: [place] });
    return place;
  }
}

/**
 * Whether changes are better found from what a loop has given: a product of what is known is made for all
 * steps at once, and a loop that does not become one with another should not run twice.
 */
function isReadBack({ params: { step, shared, strategy } }: Apply<ScanParams>): boolean {
  return endsEarly(step.layout) || shared.size > 0 || strategy !== null ||
    toposort(step.outputs).some(({ op }) => op.name === matmulOp.name);
}

/** A placeholder for the change of what another one stands for. */
function beside(place: Variable): Variable {
  const own = makeVariable(place.type);
  assumeShape(own, place);
  return own;
}

function maskFor(place: Variable): Variable {
  const own = makeVariable(TensorType.of("bool", place.type.shape));
  assumeShape(own, place);
  return own;
}

function exactness(change: Variable): "indexed" | "explicit" {
  return support(change, "explicit") === null ? "indexed" : "explicit";
}

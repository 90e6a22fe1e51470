/**
 * What is known of the zeros of gradients on their way back: at the last step, nothing has come back yet
 * to what starts as zeros; what was chosen from carries the choice with it; and nothing comes back to
 * steps behind the last row that is read.
 *
 * @module
 */

import { yes } from "../../autodiff/masks.ts";
import { asKink, chosenBeside, declareSupport, support } from "../../autodiff/support.ts";
import { makeConstant, makeVariable, type Variable } from "../../core/graph/graph.ts";
import { TensorType } from "../../core/graph/type.ts";
import { valueOf } from "../../core/ops/common/literal.ts";
import { arange } from "../../core/ops/create/ranges.ts";
import { cast, gt, sub, where } from "../../core/ops/elementwise/elementwise.ts";
import { cumsum } from "../../core/ops/order/order.ts";
import { stretched } from "../../core/ops/shape/broadcast_to_op.ts";
import { knownDims } from "../../core/ops/shape/known_lengths.ts";
import { chosenRows, earlySteps, readTimes } from "../early_steps.ts";
import type { BackwardStep } from "./backward_step.ts";
import type { ForwardLoop, Gradient } from "./forward_loop.ts";
import type { VisitedSteps } from "./visited_steps.ts";
import type { Way, Ways } from "./ways.ts";

/** What comes back to a state, and what its gradients are chosen by; null for a mask that is not known. */
interface Arriving {
  readonly ways: readonly Way[];
  /** The gradient of the last value. */
  readonly last: Gradient;
  /** What that is chosen by. */
  readonly mask: Gradient;
  /** What the rows from outside are chosen by. */
  readonly later: Gradient;
  /** Whether those are not chosen within a row. */
  readonly isPlain: boolean;
  readonly isExplicit: boolean;
}

/** A mask that is carried beside a gradient. */
interface CarriedMask {
  readonly initial: Variable;
  readonly place: Variable;
  /** The placeholder of the gradient. */
  readonly of: Variable;
}

/** The mask of what is zero everywhere. */
const nowhere = () => makeConstant(valueOf(false));

/** The zeros of what comes back to the steps of one loop. */
export class Zeros {
  readonly #loop: ForwardLoop;
  readonly #back: BackwardStep;
  readonly #visited: VisitedSteps;
  readonly #arriving: readonly Arriving[];
  /** Whether gradients carry what they are chosen by. */
  readonly #isChosen: boolean;
  /** Whether the step chooses itself. */
  readonly #isChosenWithin: boolean;
  /** At which steps rows from outside may be other than zero. */
  readonly #early: ReadonlyMap<Variable, Variable>;
  /** At which steps states, then carried states, are read; null for those that may be at the end. */
  readonly #readers: readonly (Variable | null)[] | null;
  readonly #choices: CarriedMask[] = [];

  /** @param isChosenWithin Whether the step chooses what comes back to its own states. */
  constructor(
    loop: ForwardLoop,
    visited: VisitedSteps,
    back: BackwardStep,
    ways: Ways,
    isChosenWithin = false,
  ) {
    this.#loop = loop;
    this.#back = back;
    this.#visited = visited;
    this.#arriving = arrivingAt(loop, ways);
    // Whole rows at early steps need no more than to know the steps.
    this.#isChosenWithin = isChosenWithin;
    this.#isChosen = isChosenWithin ||
      this.#arriving.some(({ mask, later, isPlain }) =>
        mask !== null && later !== null && (mask !== nowhere() || !isPlain)
      );
    this.#early = this.#isChosen ? new Map() : earlyRows(loop);
    this.#readers = this.#early.size === 0 ? null : readersOf(loop, this.#early);
    this.#declare();
  }

  /** How exactly masks of gradients say where zeros are. */
  get #kind(): "indexed" | "explicit" {
    const isExplicit = this.#isChosenWithin || this.#arriving.some((one) => one.isExplicit);
    return isExplicit ? "explicit" : "indexed";
  }

  /** Says of the placeholders where they may be other than zero. */
  #declare(): void {
    const { steps } = this.#visited, back = this.#back, kind = this.#kind;
    const isLater = back.sequence(gt(arange(steps), 0));
    this.#arriving.forEach(({ ways, last, mask, later }, i) => {
      const isRead = this.#readers?.[i] ?? null;
      const isReached = isRead === null
        ? null
        : back.sequence(reachedLater(this.#visited.backwards(isRead)));
      ways.forEach(({ initial, place }, j) => {
        // What arrives whole may be left out on its way.
        const arrived = mask ?? (this.#isChosenWithin ? yes() : null);
        if (!this.#isChosen || arrived === null || later === null) {
          if (isReached !== null) declareSupport(place, isReached, "explicit");
          else if (j === 0 && last === null) declareSupport(place, isLater, "all");
          return;
        }
        const chosen = makeVariable(TensorType.of("bool", place.type.shape));
        declareSupport(place, chosen, kind);
        const first = stretched(j === 0 ? arrived : nowhere(), knownDims(initial));
        this.#choices.push({ initial: first, place: chosen, of: place });
      });
    });
  }

  /** Whether a step leaves out some of what comes back to its own states. */
  areChosenWithin(pulled: ReadonlyMap<Variable, Gradient>): boolean {
    const { states, carried } = this.#loop.placeholders, masks = this.#choices.map((c) => c.place);
    return [...states.flat(), ...carried].some((place) => {
      const gradient = pulled.get(place) ?? null;
      const mask = gradient && support(gradient, "explicit");
      return mask !== null && !masks.includes(mask);
    });
  }

  /** The rows of a state that reach the steps from outside, with what they are chosen by. */
  stateRow(rows: Variable): Variable {
    const mask = this.#isChosen ? chosenRows(rows) : chosenBeside(rows, [0], "indexed");
    return this.#row(rows, mask, true);
  }

  /** The same of another result. */
  mapRow(rows: Variable): Variable {
    return this.#row(rows, support(rows), false);
  }

  #row(rows: Variable, mask: Gradient, isKink: boolean): Variable {
    const back = this.#back, backwards = (v: Variable) => back.sequence(this.#visited.backwards(v));
    const row = backwards(rows);
    const isEarly = this.#readers?.some((times) => times !== null) ?? false;
    const times = isEarly ? this.#early.get(rows) : undefined;
    if (times !== undefined) return where(backwards(times), row, 0);
    if (mask === null) return row;
    const chosen = backwards(stretched(mask, knownDims(rows)));
    if (isKink && support(rows, "explicit") === null) asKink(chosen, chosen);
    return where(chosen, row, 0);
  }

  /** Carries the masks of the gradients that are carried; the function says it of their last values. */
  carry(): (finals: readonly Variable[]) => void {
    const back = this.#back;
    const carried = this.#choices.flatMap(({ initial, place, of }) => {
      const at = back.carried.findIndex((entry) => entry.place === of);
      if (at < 0) return [];
      const known = support(back.carried[at]!.next, "indexed") ?? makeConstant(valueOf(true));
      return [{ at, mask: back.carry(initial, place, stretched(known, knownDims(of))) }];
    });
    return (finals) => {
      for (const { at, mask } of carried) declareSupport(finals[at]!, finals[mask]!, this.#kind);
    };
  }
}

function arrivingAt(loop: ForwardLoop, ways: Ways): Arriving[] {
  const { outputs } = loop;
  const arriving = (mine: readonly Way[], final: Variable, trace: Variable): Arriving => {
    const last = loop.gradientOf(final), rows = loop.gradientOf(trace);
    return {
      ways: mine,
      last,
      mask: last === null ? nowhere() : chosenBeside(last, [], "indexed"),
      later: rows === null ? nowhere() : chosenRows(rows),
      isPlain: rows === null || chosenBeside(rows, [0], "indexed") === null,
      isExplicit: [last, rows].some((part) => part !== null && support(part, "explicit") !== null),
    };
  };
  return [
    ...ways.states.map((mine, i) => arriving(mine, outputs.finals[i]!, outputs.traces[i]!)),
    ...ways.carried.map((mine, i) =>
      arriving(mine === null ? [] : [mine], outputs.carried[i]!, outputs.histories[i]!)
    ),
  ];
}

/** Gradients of traces that are zero from some step on, with the steps at which they may be other. */
function earlyRows(loop: ForwardLoop): Map<Variable, Variable> {
  const traced = loop.outputs.traces.flatMap((trace) => loop.gradientOf(trace) ?? []);
  return new Map(traced.flatMap((rows) => {
    const at = earlySteps(rows);
    return at === null ? [] : [[rows, at] as const];
  }));
}

/** At which steps the states are read, by what is read of outputs. */
function readersOf(loop: ForwardLoop, early: ReadonlyMap<Variable, Variable>) {
  const { step, results, outputs } = loop;
  /** At which steps an output is read; null if that may be at the end, undefined if it is not. */
  const timesOf = (rows: Variable | undefined, ends: readonly (Variable | undefined)[]) => {
    if (ends.some((output) => output !== undefined && loop.gradientOf(output) !== null)) {
      return null;
    }
    const gradient = rows === undefined ? null : loop.gradientOf(rows);
    return gradient === null ? undefined : early.get(gradient) ?? null;
  };
  const traced = outputs.traces.map((trace, i) => timesOf(trace, [outputs.finals[i]]));
  return readTimes(step, [
    ...traced.slice(0, results.states.length),
    ...results.carried.map((_, i) =>
      timesOf(undefined, [outputs.carried[i], outputs.histories[i]])
    ),
    ...traced.slice(results.states.length),
  ]);
}

/** Where there is a step before that is reached. */
function reachedLater(reached: Variable): Variable {
  const count = cast(reached, "int32");
  return gt(sub(cumsum(count, 0), count), 0);
}

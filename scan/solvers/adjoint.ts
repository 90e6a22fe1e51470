/**
 * Gradients of differential equations by the adjoint equation, which is solved backwards in time.
 *
 * @module
 */

import { pullback } from "../../autodiff/pullback.ts";
import * as T from "../../core/api/functions.ts";
import { isFloat } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { customVjp } from "../../core/ops/control/custom_vjp.ts";
import { positionalScan } from "../scan.ts";
import { Closed } from "./closed.ts";
import { type StepOptions, stepper } from "./runge_kutta.ts";
import { packed, placesLike, unpacked, vectorPlace } from "./states.ts";

/** An equation with its solution's start. */
interface Problem {
  readonly start: readonly Variable[];
  readonly times: Variable;
  /** The derivatives of the parts of the state, of these and the time. */
  readonly rhs: Closed;
  readonly steps: StepOptions;
}

const dot = (a: Variable, b: Variable): Variable => T.sum(T.mul(a, b)) as Variable;

/** States at times, one row for each, with the gradients of the exact solution. */
export function withAdjoint(traces: readonly Variable[], problem: Problem): Variable[] {
  const { start, rhs, steps } = problem;
  const rows = traces[0]!.shape[0]!;
  const flat = traces.map((trace) => T.reshape(trace, [rows, -1]) as Variable);
  const whole = flat.length === 1 ? flat[0]! : T.concatenate(flat, 1) as Variable;
  const time = placesLike([rhs.places.at(-1)!])[0]!, place = vectorPlace(time.dtype);
  const equation = new Closed([place, time], [
    packed(rhs.at([...unpacked(place, start), time])),
  ]);
  // Where the results end early, so do the times.
  const sources = [packed(start), problem.times.at(T.slice(null, rows)), ...equation.values];
  const value = customVjp(whole, sources, {
    pullback: (value, [, times, ...values], gradient, wanted) => {
      const asked = wanted.slice(2);
      const isAsked = (i: number) => asked[i]! && isFloat(values[i]!.dtype);
      const found = adjoint(equation, { value, times: times!, values, gradient, isAsked, steps });
      return [found.start, wanted[1] ? found.times() : null, ...found.values];
    },
  });
  let from: Variable = T.constant(0n) as Variable;
  return traces.map((trace, i) => {
    if (traces.length === 1) return T.reshape(value, trace.shape) as Variable;
    const to = T.add(from, flat[i]!.shape[1]!) as Variable;
    const part = value.at(T.slice(), T.slice(from, to));
    from = to;
    return T.cast(T.reshape(part, trace.shape), trace.dtype) as Variable;
  });
}

/** What the adjoint equation gives. */
interface Adjoint {
  readonly start: Variable;
  readonly times: () => Variable;
  readonly values: readonly (Variable | null)[];
}

function adjoint(
  equation: Closed,
  { value, times, values, gradient, isAsked, steps }: {
    readonly value: Variable;
    readonly times: Variable;
    readonly values: readonly Variable[];
    readonly gradient: Variable;
    readonly isAsked: (i: number) => boolean;
    readonly steps: StepOptions;
  },
): Adjoint {
  const [place] = equation.places, [F] = equation.outputs;
  const others = equation.others.filter((_, i) => isAsked(i));
  const [weights] = placesLike([place!]);
  const pulled = pullback([F!], [weights!], [place!, ...others]);
  const graph = [F!, ...pulled.filter((one) => one !== null)];
  const rate = (y: Variable, t: Variable): Variable => equation.at([y, t], { values })[0]!;
  const way = stepper(([y, a, ...sums], t) => {
    const made = equation.at([y!, t], { graph, values, more: new Map([[weights!, a!]]) });
    const slope = made.shift()!;
    const back = pulled.map((one) => one === null ? null : T.neg(made.shift()!) as Variable);
    const zero = (i: number) => T.zerosLike([a!, ...sums][i]!) as Variable;
    return [slope, ...back.map((one, i) => one ?? zero(i))];
  }, { ...steps, fixed: values });

  const after = T.slice(1), before = T.slice(null, -1);
  const asked = values.filter((_, i) => isAsked(i));
  const none = [
    T.zerosLike(gradient.at(0)) as Variable,
    ...asked.map((one) => T.zerosLike(one) as Variable),
  ];
  const [traces] = positionalScan((g, y, from, to, a, ...sums) => {
    const first = [y!, T.add(a!, g!) as Variable, ...sums.slice(0, asked.length)];
    return way.advance(way.start(first, from!), from!, to!).ys.slice(1);
  }, {
    sequences: [gradient.at(after), value.at(after), times.at(after), times.at(before)],
    outputsInfo: none,
    nonSequences: [...values],
    goBackwards: true,
    returnList: true,
    name: "adjoint",
  });
  // With one time there are no steps.
  const [a, ...sums] = none.map((one, i) =>
    (T.concatenate([T.expandDims(one, 0) as Variable, (traces as Variable[])[i]!]) as Variable)
      .at(-1)
  );
  return {
    start: T.add(a!, gradient.at(0)) as Variable,
    values: values.map((_, i) => isAsked(i) ? sums.shift()! : null),
    // A time moves a state along its slope, and the start all that follows against it.
    times: () => {
      const [slopes] = positionalScan((y, t, g) => dot(rate(y!, t!), g!), {
        sequences: [value.at(after), times.at(after), gradient.at(after)],
        nonSequences: [...values],
        returnList: true,
      });
      const first = T.neg(dot(rate(value.at(0), times.at(0)), a!));
      return T.concatenate([
        T.expandDims(first, 0) as Variable,
        (slopes as Variable[])[0]!,
      ]) as Variable;
    },
  };
}

/**
 * Functions that keep a state.
 *
 * @module
 */
import { compile, shared, T } from "../../mod.ts";
import type { Chapter, Results } from "./program.ts";

/** Programs with shared variables. */
export const sharedState: Chapter = {
  title: "Shared variables",
  url: import.meta.url,
  programs: [
    { title: "An accumulator and a decrementor", run: accumulators },
    { title: "Something else in place of the state", run: givens },
    { title: "Copies with a state of their own, or none", run: copies },
  ],
};

async function accumulators(): Promise<Results> {
  const state = shared(0, { dtype: "int32" });
  const inc = T.iscalar("inc");
  const accumulator = await compile([inc], state, { updates: [[state, state.add(inc)]] });
  const decrementor = await compile([inc], state, { updates: [[state, state.sub(inc)]] });
  const before = accumulator(1), one = accumulator(300), sum = state.getValue();
  state.setValue(-1);
  const set = accumulator(3), two = decrementor(2), end = state.getValue();
  return { before, one, sum, set, two, end };
}

async function givens(): Promise<Results> {
  const state = shared(7, { dtype: "int32" });
  const inc = T.iscalar("inc"), foo = T.iscalar("foo");
  const f = await compile([inc, foo], state.mul(2).add(inc), { givens: [[state, foo]] });
  return { "f(1, 3)": f(1, 3), state: state.getValue() };
}

async function copies(): Promise<Results> {
  const state = shared(0, { dtype: "int32" }), other = shared(0, { dtype: "int32" });
  const inc = T.iscalar("inc");
  const accumulator = await compile([inc], state, { updates: [[state, state.add(inc)]] });
  accumulator(10);
  accumulator.copy({ swap: [[state, other]] })(100);
  const read = accumulator.copy({ deleteUpdates: true })(9000);
  return { state: state.getValue(), other: other.getValue(), read };
}

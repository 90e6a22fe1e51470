/**
 * Random numbers.
 *
 * @module
 */
import { compile, RandomStreams } from "../../mod.ts";
import type { Chapter, Results } from "./program.ts";

/** Programs with random streams. */
export const randomStreams: Chapter = {
  title: "Random streams",
  url: import.meta.url,
  programs: [
    { title: "Uniform and normal numbers", run: draws },
    { title: "Seeds", run: seeds },
    { title: "Functions that share a stream", run: sharing },
    { title: "From one graph to another", run: copying },
  ],
};

async function draws(): Promise<Results> {
  const srng = new RandomStreams(324);
  const u = srng.uniform([2, 2]), n = srng.normal([2, 2]);
  const f = await compile([], u);
  const g = await compile([], n, { noDefaultUpdates: true });
  const nearlyZeros = await compile([], u.add(u).sub(u.mul(2)));
  return { f: f(), "f again": f(), g: g(), "g again": g(), nearlyZeros: nearlyZeros() };
}

async function seeds(): Promise<Results> {
  const srng = new RandomStreams(324);
  const u = srng.uniform([2]), n = srng.normal([2]);
  const f = await compile([], [u, n]);
  srng.seed(902340);
  const [u1, n1] = f();
  srng.seed(902340);
  const [u2, n2] = f();
  const state = u.rng.getValue();
  state.seed(89234);
  u.rng.setValue(state);
  const [u3] = f();
  return { u1, u2, n1, n2, u3 };
}

async function sharing(): Promise<Results> {
  const u = new RandomStreams(324).uniform([2]);
  const f = await compile([], u);
  const nearlyZeros = await compile([], u.add(u).sub(u.mul(2)));
  const before = u.rng.getValue();
  nearlyZeros();
  const v1 = f();
  u.rng.setValue(before);
  const v2 = f(), v3 = f();
  return { v1, v2, v3 };
}

async function copying(): Promise<Results> {
  const one = new RandomStreams(123), other = new RandomStreams(987);
  const f1 = await compile([], one.uniform([2])), f2 = await compile([], other.uniform([2]));
  const before1 = f1(), before2 = f2();
  one.stateUpdates.forEach(([state], i) => other.stateUpdates[i]![0].setValue(state.getValue()));
  return { before1, before2, after1: f1(), after2: f2() };
}

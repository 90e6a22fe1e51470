/**
 * Expressions and functions.
 *
 * @module
 */
import { compile, In, T } from "../../mod.ts";
import type { Chapter, Results } from "./program.ts";

/** The first programs of all. */
export const firstSteps: Chapter = {
  title: "First steps",
  url: import.meta.url,
  programs: [
    { title: "Add two scalars", run: addScalars },
    { title: "The logistic function", run: logistic },
    { title: "The same by tanh", run: logisticByTanh },
    { title: "Several results at once", run: severalResults },
    { title: "Default values", run: defaultValues },
    { title: "Arguments by name", run: argumentsByName },
    { title: "a + a^10", run: tenthPower },
    { title: "The same as text", run: formula },
  ],
};

async function addScalars(): Promise<Results> {
  const [x, y] = T.scalars("x", "y");
  const f = await compile([x, y], x.add(y));
  return { "f(2, 3)": f(2, 3) };
}

async function logistic(): Promise<Results> {
  const x = T.matrix("x");
  const s = T.div(1, T.exp(x.neg()).add(1));
  const f = await compile([x], s);
  return { "logistic": f([[0, 1], [-1, -2]]) };
}

async function logisticByTanh(): Promise<Results> {
  const x = T.matrix("x");
  const s = T.tanh(x.div(2)).add(1).div(2);
  const f = await compile([x], s);
  return { "logistic": f([[0, 1], [-1, -2]]) };
}

async function severalResults(): Promise<Results> {
  const [a, b] = T.matrices("a", "b");
  const difference = a.sub(b);
  const f = await compile([a, b], [difference, difference.abs(), difference.pow(2)]);
  const [plain, absolute, squared] = f([[1, 1], [1, 1]], [[0, 1], [2, 3]]);
  return { plain, absolute, squared };
}

async function defaultValues(): Promise<Results> {
  const [x, y] = T.scalars("x", "y");
  const f = await compile([x, new In(y, { value: 1 })], x.add(y));
  return { "f(33)": f(33), "f(33, 2)": f(33, 2) };
}

async function argumentsByName(): Promise<Results> {
  const [x, y, w] = T.scalars("x", "y", "w");
  const f = await compile(
    [x, new In(y, { value: 1 }), new In(w, { value: 2, name: "wByName" })],
    x.add(y).mul(w),
  );
  return {
    "f(33)": f(33),
    "f(33, 2)": f(33, 2),
    "f(33, 0, 1)": f(33, 0, 1),
    "f(33, { wByName: 1 })": f(33, { wByName: 1 }),
    "f(33, { wByName: 1, y: 0 })": f(33, { wByName: 1, y: 0 }),
  };
}

async function tenthPower(): Promise<Results> {
  const a = T.vector("a");
  const f = await compile([a], a.add(a.pow(10)));
  return { "f([0, 1, 2])": f([0, 1, 2]) };
}

async function formula(): Promise<Results> {
  const a = T.vector("a");
  const f = await compile([a], T.expr`${a} + ${a} ** 10`);
  return { "f([0, 1, 2])": f([0, 1, 2]) };
}

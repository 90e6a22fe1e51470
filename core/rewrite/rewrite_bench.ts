import "../../dev/testing/compiling.ts";
import { grad, T, type Variable } from "../../all.ts";
import { optimise } from "./mod.ts";

/** A tower of functions, with something to simplify at every step. */
function tower(height: number): Variable {
  let x: Variable = T.dvector("x");
  for (let i = 0; i < height / 2; i++) x = i % 2 === 0 ? T.tanh(x) : T.mul(T.add(x, 0), 1.5);
  return x;
}

/** Many small expressions, added up. */
function many(count: number): Variable {
  const x = T.dvector("x");
  let total: Variable = x;
  for (let i = 0; i < count / 4; i++) total = T.add(total, T.exp(T.div(T.mul(x, i), 2)));
  return total;
}

/** The gradients of a network of some layers with a softmax on top. */
function network(layers: number): Variable[] {
  const labels = T.ivector("t"), weights: Variable[] = [];
  let h: Variable = T.matrix("x");
  for (let i = 0; i < layers; i++) {
    const [w, b] = [T.matrix(`w${i}`), T.vector(`b${i}`)];
    weights.push(w, b);
    h = T.dot(h, w).add(b);
    if (i < layers - 1) h = T.tanh(h);
  }
  const picked = T.log(T.softmax(h)).at(T.arange(T.shape(labels).at(0)), labels);
  const cost = T.neg(T.mean(picked));
  return [cost, ...grad(cost, weights)];
}

Deno.bench("rewrite a tower of 10,000 nodes", { group: "rewrite" }, (b) => {
  const graph = tower(10_000);
  b.start();
  optimise([graph]);
  b.end();
});

Deno.bench("rewrite 10,000 nodes side by side", { group: "rewrite" }, (b) => {
  const graph = many(10_000);
  b.start();
  optimise([graph]);
  b.end();
});

for (const layers of [1, 3, 50]) {
  Deno.bench(`rewrite gradients of ${layers} layers`, { group: "rewrite" }, (b) => {
    const graph = network(layers);
    b.start();
    optimise(graph);
    b.end();
  });
}

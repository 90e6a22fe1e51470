/**
 * Models of data, and what is learned of them.
 *
 * @module
 */
import { compile, grad, RandomStreams, scan, solvers, T, type Variable, vmap } from "../../mod.ts";
import { Random } from "../data/random.ts";
import { nile } from "../data/series.ts";
import { blocks, type Chapter, type Results } from "./program.ts";

/** Programs that learn from data. */
export const statistics: Chapter = {
  title: "Statistics",
  url: import.meta.url,
  programs: [
    {
      title: "Gaussian process regression, its scales by maximum likelihood",
      run: gaussianProcess,
    },
    { title: "Logistic regression, sampled by Hamiltonian Monte Carlo", run: hamiltonian },
    { title: "The flow of the Nile: Kalman's filter and smoother", run: kalman },
  ],
};

async function gaussianProcess(): Promise<Results> {
  const xs = Array.from({ length: 25 }, (_, i) => i / 4), random = new Random(3);
  const ys = xs.map((x) => Math.sin(2 * x) + 0.5 * x + 0.2 * random.bell());
  const x = T.vector("x"), y = T.vector("y"), at = T.vector("at");

  // Similar places have similar values: exp(-d²/2l²) says how similar.
  const kernel = (a: Variable, b: Variable, logs: Variable) => {
    const d = T.sub(a.at(T.slice(), null), b.at(null)).div(T.exp(logs.at(0)));
    return T.exp(T.sqr(d).mul(-0.5).add(logs.at(1).mul(2)));
  };
  const factor = (logs: Variable) => {
    const noise = T.identityLike(kernel(x, x, logs)).mul(T.exp(logs.at(2).mul(2)));
    return T.linalg.cholesky(kernel(x, x, logs).add(noise), { check: false });
  };
  const likelihood = (logs: Variable) => {
    const L = factor(logs), z = T.linalg.solveTriangular(L, y, { lower: true });
    const volume = T.log(T.diagonal(L)).add(0.5 * Math.log(2 * Math.PI)).sum();
    return T.sum(T.sqr(z)).mul(-0.5).sub(volume);
  };
  const best = solvers.minimize((logs: Variable) => likelihood(logs).neg(), [0, 0, -1], {
    tolerance: 1e-3, // in float32, gradients of this have no more digits
  });

  const L = factor(best.value), near = kernel(at, x, best.value);
  const mean = near.dot(T.linalg.choleskySolve(L, y));
  const known = T.sum(T.sqr(T.linalg.solveTriangular(L, near.T, { lower: true })), { axis: 0 });
  const deviation = T.sqrt(T.exp(best.value.at(1).mul(2)).sub(known));
  const f = await compile([x, y, at], {
    "length, height, noise": T.exp(best.value),
    "log likelihood": best.cost.neg(),
    steps: best.steps,
    converged: best.converged,
    "mean at 1, 3, 9": mean,
    "and its deviation": deviation,
  });
  return f(xs, ys, [1, 3, 9]);
}

async function hamiltonian(): Promise<Results> {
  const n = 200, chains = 8, draws = 300, size = 0.1, truth = [1, -2, 0.5], random = new Random(5);
  const rows = Array.from({ length: n }, () => [1, random.bell(), random.bell()]);
  const labels = rows.map((row) => {
    const logit = row.reduce((sum, value, i) => sum + value * truth[i]!, 0);
    return random.below(1000) < 1000 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  const x = T.matrix("x"), y = T.vector("y"), streams = new RandomStreams(7);

  // Minus the logarithm of the posterior of weights.
  const energy = (w: Variable) => {
    const logits = x.dot(w);
    return T.softplus(logits).sub(logits.mul(y)).sum().add(T.sqr(w).sum().mul(0.05));
  };
  const push = (q: Variable) => grad(energy(q), q).mul(-size / 2);
  const sample = (w: Variable) => {
    const momentum = streams.normal({ size: [3] });
    const [[places, momenta]] = scan((q, p) => {
      const half = p.add(push(q)), next = q.add(half.mul(size));
      return [next, half.add(push(next))];
    }, { outputsInfo: [w, momentum], nSteps: 10 });
    const total = (q: Variable, p: Variable) => energy(q).add(T.sqr(p).sum().mul(0.5));
    const change = total(places.at(-1), momenta.at(-1)).sub(total(w, momentum));
    const isTaken = T.lt(T.log(streams.uniform()), change.neg());
    return [T.where(isTaken, places.at(-1), w), T.cast(isTaken, "float32")] as const;
  };
  const chain = (start: Variable) =>
    [...scan(sample, { outputsInfo: [start, null], nSteps: draws + 100 })[0]] as const;
  const starts = Array.from({ length: chains }, () => truth.map(() => random.bell()));
  const [all, taken] = vmap(chain)(T.constant(starts));

  const kept = all!.at(T.slice(), T.slice(100)); // (chains, draws, weights)
  const within = T.var(kept, { axis: 1, ddof: 1 }).mean(0);
  const between = T.var(kept.mean(1), { axis: 0, ddof: 1 });
  const f = await compile([x, y], {
    mean: kept.mean([0, 1]),
    deviation: T.sqrt(within),
    "R-hat": T.sqrt(between.div(within).add(1 - 1 / draws)),
    "taken of all": taken!.mean(),
  });
  return f(rows, labels);
}

async function kalman(): Promise<Results> {
  // A level that wanders, measured with noise: the logarithms of both variances are unknown.
  const y = T.vector("y");
  const filter = (logs: Variable) => {
    const noise = T.exp(logs.at(0)), drift = T.exp(logs.at(1));
    return scan((y, level, spread) => {
      const error = T.sub(y, level), size = T.add(spread, noise), gain = T.div(spread, size);
      const next = T.add(level, gain.mul(error)), wider = gain.mul(noise).add(drift);
      return [next, wider, level, spread, error, size];
    }, {
      sequences: y.at(T.slice(1)),
      outputsInfo: [y.at(0), noise.add(drift), null, null, null, null],
    })[0];
  };
  const cost = (logs: Variable) => {
    const [, , , , errors, sizes] = filter(logs);
    return T.log(sizes.mul(2 * Math.PI)).add(T.sqr(errors).div(sizes)).sum().mul(0.5);
  };
  const best = solvers.minimize(cost, [9, 7]);

  // Back in time, what came later corrects each level.
  const [, , levels, spreads, errors, sizes] = filter(best.value);
  const [later] = scan(
    (error, size, spread, sum) => T.div(error, size).add(T.sub(1, T.div(spread, size)).mul(sum)),
    { sequences: [errors, sizes, spreads], outputsInfo: T.zerosLike(y.at(0)), goBackwards: true },
  );
  const smooth = levels.add(spreads.mul(later.at(T.slice(null, null, -1))));
  const f = await compile([y], [T.exp(best.value), best.cost.neg(), best.steps, smooth]);
  const [variances, likelihood, steps, level] = f(nile);
  return {
    "variances of noise and of the level": variances,
    "log likelihood": likelihood,
    steps,
    "the level from 1872 to 1970, from 760 to 1120": blocks(level.dataSync(), 760, 1120),
  };
}

/**
 * Equations of change, and numbers that belong to matrices.
 *
 * @module
 */
import { compile, hessian, jacobian, scan, solvers, T, until, type Variable } from "../../mod.ts";
import { pelts } from "../data/series.ts";
import { blocks, type Chapter, type Results } from "./program.ts";

/** Programs that solve equations. */
export const equations: Chapter = {
  title: "Equations",
  url: import.meta.url,
  programs: [
    { title: "Hares and lynxes: a differential equation fitted to pelts", run: predators },
    { title: "Options by Black and Scholes, with all Greeks", run: options },
    { title: "Power iteration, and the tones of a string", run: eigenvalues },
    { title: "Heat in a plate", run: heat },
    { title: "A particle in a bowl, by Fourier transforms", run: particle },
  ],
};

async function predators(): Promise<Results> {
  const seen = T.matrix("seen"), years = T.vector("years");
  // Hares are born and eaten, lynxes eat and die; the last two numbers are how many there were.
  const course = (logs: Variable) => {
    const [birth, eaten, death, fed] = [0, 1, 2, 3].map((i) => T.exp(logs.at(i)));
    const change = ([hares, lynxes]: readonly [Variable, Variable]) => [
      hares.mul(T.sub(birth!, lynxes.mul(eaten!))),
      lynxes.mul(T.sub(hares.mul(fed!), death!)),
    ];
    const start = [T.exp(logs.at(4)), T.exp(logs.at(5))] as const;
    return solvers.odeint(change, start, years, { method: "rk4", steps: 6 });
  };
  const misfit = (logs: Variable) => {
    const errors = T.stack([...course(logs)], 1);
    return T.sqr(T.log(errors).sub(T.log(seen))).sum();
  };
  const guess = [0.5, 0.03, 0.8, 0.03, 30, 5].map(Math.log);
  const best = solvers.minimize(misfit, guess);
  const [hares, lynxes] = course(best.value);
  const f = await compile([seen, years], {
    "birth, eaten, death, fed, first hares and lynxes": T.exp(best.value),
    "root of the mean squared error of logarithms": T.sqrt(best.cost.div(42)),
    steps: best.steps,
    hares,
    lynxes,
  });
  const { hares: h, lynxes: l, ...found } = f(pelts, pelts.map((_, i) => i));
  const bars = { hares: blocks(h.dataSync(), 0, 80), lynxes: blocks(l.dataSync(), 0, 80) };
  return { ...found, ...bars };
}

async function options(): Promise<Results> {
  // Price of the share, strike, rate of interest, volatility, years left.
  const p = T.vector("p"), [S, K, r, sigma, t] = [0, 1, 2, 3, 4].map((i) => p.at(i));
  const spread = T.mul(sigma!, T.sqrt(t!));
  const d1 = T.log(T.div(S!, K!)).add(T.mul(T.add(r!, T.sqr(sigma!).div(2)), t!)).div(spread);
  const N = (x: Variable) => T.erf(x.div(Math.SQRT2)).add(1).div(2);
  const discounted = T.mul(K!, T.exp(T.mul(r!, t!).neg()));
  const call = T.mul(S!, N(d1)).sub(discounted.mul(N(d1.sub(spread))));
  const put = call.sub(S!).add(discounted);

  const greeks = jacobian(T.stack([call, put]), p);
  const f = await compile([p], {
    "call and put": T.stack([call, put]),
    delta: greeks.at(T.slice(), 0),
    rho: greeks.at(T.slice(), 2),
    vega: greeks.at(T.slice(), 3),
    theta: greeks.at(T.slice(), 4).neg(),
    "gamma, and the rest of the second derivatives": hessian(call, p),
  });
  return f([100, 100, 0.05, 0.2, 1]);
}

async function eigenvalues(): Promise<Results> {
  // A string of n beads between two walls.
  const n = 8;
  const A = T.eye(n).mul(2).sub(T.eye(n, n, 1)).sub(T.eye(n, n, -1));

  const [[vectors, values], _] = scan((v, before) => {
    const image = A.dot(v), value = image.dot(v);
    return [image.div(T.norm(image, 2)), value, until(T.abs(value.sub(before)).lt(1e-6))];
  }, { outputsInfo: [T.cast(T.arange(1, n + 1), "float32").div(Math.sqrt(204)), 0], nSteps: 1000 });
  const [all, modes] = T.linalg.eigh(A);
  const f = await compile([], {
    "largest eigenvalue": values.at(-1),
    steps: values.shape[0]!,
    "how far A·v is from λ·v": T.max(
      T.abs(A.dot(vectors.at(-1)).sub(vectors.at(-1).mul(values.at(-1)))),
    ),
    "all eigenvalues": all,
    "as they should be": T.sub(2, T.cos(T.arange(1, n + 1).mul(Math.PI / (n + 1))).mul(2)),
    modes: modes.T,
  });
  const { modes: rows, ...numbers } = f();
  const shapes = rows.arraySync().slice(0, 3).map((row) => blocks(row, -0.5, 0.5));
  return { ...numbers, "the three lowest tones": shapes.join("  ") };
}

async function heat(): Promise<Results> {
  const start = T.matrix("start"), rows = 12, columns = 36;
  // What leaves one place comes to its neighbours; nothing passes the rim.
  const flow = (u: Variable, axis: 0 | 1) => {
    const [from, to] = [T.slice(null, -1), T.slice(1)];
    const d = axis === 0
      ? u.at(to).sub(u.at(from))
      : u.at(T.slice(), to).sub(u.at(T.slice(), from));
    return d.mul(0.2);
  };
  const [steps] = scan((u: Variable) => {
    const down = flow(u, 0), right = flow(u, 1), rim = { mode: "constant" } as const;
    return u
      .add(T.pad(down, [[0, 1], [0, 0]], rim)).sub(T.pad(down, [[1, 0], [0, 0]], rim))
      .add(T.pad(right, [[0, 0], [0, 1]], rim)).sub(T.pad(right, [[0, 0], [1, 0]], rim));
  }, { outputsInfo: start, nSteps: 60 });
  const f = await compile([start], steps);

  const hot = Array.from(
    { length: rows },
    (_, i) =>
      Array.from(
        { length: columns },
        (_, j) => (i - 6) ** 2 + (j - 8) ** 2 < 20 || i > 2 && i < 5 && j > 20 ? 1 : 0,
      ),
  );
  const states = f(hot).arraySync() as number[][][];
  const picture = (u: number[][]) =>
    u.map((row) => row.map((v) => " ░▒▓█"[Math.min(4, Math.floor(v * 8))]).join("")).join("\n");
  const sum = (u: number[][]) => u.flat().reduce((a, b) => a + b);
  return {
    "at first": picture(hot),
    "after 20 steps": picture(states[19]!),
    "after 60 steps": picture(states[59]!),
    "heat at first and at the end": [sum(hot), sum(states[59]!)].map((v) => v.toFixed(2)).join(" "),
  };
}

async function particle(): Promise<Results> {
  // Schrödinger's equation in x²/2: the potential turns the phase in space, motion that of each wave.
  const n = 128, width = 20, dt = Math.PI / 60;
  const x = T.constant(Array.from({ length: n }, (_, i) => (i - n / 2) * width / n));
  const k = T.fft.fftfreq(n, width / n).mul(2 * Math.PI);
  const phase = (angle: Variable) => T.complex(T.cos(angle), T.sin(angle).neg());
  const half = phase(T.sqr(x).mul(dt / 4)), move = phase(T.sqr(k).mul(dt / 2));

  const start = T.exp(T.sqr(x.sub(3)).mul(-0.5)).mul((width / n) ** 0.5 / Math.PI ** 0.25);
  const [states] = scan(
    (psi: Variable) => T.fft.ifft(T.fft.fft(psi.mul(half)).mul(move)).mul(half),
    { outputsInfo: T.complex(start, T.zerosLike(start)), nSteps: 120 },
  );
  const every = states.at(T.slice(9, null, 10)); // each sixth of π
  const density = T.sqr(T.real(every)).add(T.sqr(T.imag(every)));
  const course = T.cos(T.arange(1, 13).mul(Math.PI / 6)).mul(3);
  const f = await compile([], [density, density.dot(x), course, density.at(-1).sum()]);
  const [seen, mean, exact, sum] = f();
  const rows = Array.from({ length: 12 }, (_, i) => seen.dataSync().subarray(i * n, (i + 1) * n));
  return {
    "mean place": mean,
    "3·cos(t)": exact,
    "sum of the density": sum,
    "density, from time to time": rows.map((row) => blocks(row, 0, 0.1)).join("\n"),
  };
}

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, type Mode, scan, T, type Variable } from "../all.ts";

const { dot, exp, log, mul, sum } = T;

/** A vector of exponents, a matrix of exponents or of weights, and terms that are added in each step. */
interface Given {
  readonly x: Variable;
  readonly a: Variable;
  readonly o: Variable;
}

/** A recurrence as it overflows or underflows, and the same with logarithms of all states. */
interface Chain {
  readonly start: (given: Given) => Variable;
  readonly naive: (v: Variable, given: Given) => Variable;
  readonly stable: (v: Variable, given: Given) => Variable;
  readonly end: (v: Variable, given: Given) => Variable;
  readonly stableEnd: (v: Variable, given: Given) => Variable;
  /** Whether the matrix holds weights instead of exponents. */
  readonly isWeighted: boolean;
}

const column = (v: Variable) => v.dimshuffle(0, "x");
/** The logarithm of a product of matrices, given those of its factors. */
const times = (p: Variable, q: Variable) =>
  T.logsumexp(p.dimshuffle(0, 1, "x").add(q.dimshuffle("x", 0, 1)), 1);

const vectors = {
  start: ({ x }: Given) => x,
  end: (v: Variable) => log(v),
  stableEnd: (v: Variable) => v,
};
const matrices = {
  start: ({ a }: Given) => a,
  end: (v: Variable, { x }: Given) => log(dot(v, exp(x))),
  stableEnd: (v: Variable, { x }: Given) => T.logsumexp(v.add(x), 1),
};

const chains: Record<string, Chain> = {
  "matrix · vector": {
    ...vectors,
    isWeighted: false,
    naive: (v, { a }) => dot(exp(a), v),
    stable: (v, { a }) => T.logsumexp(a.add(v), 1),
  },
  "vector · matrix": {
    ...vectors,
    isWeighted: false,
    naive: (v, { a }) => dot(v, exp(a)),
    stable: (v, { a }) => T.logsumexp(a.add(column(v)), 0),
  },
  "weights and growth": {
    ...vectors,
    isWeighted: true,
    naive: (v, { a, o }) => mul(dot(a, v), exp(o)),
    stable: (v, { a, o }) => T.logsumexp(log(a).add(v), 1).add(o),
  },
  "sums and growth": {
    ...vectors,
    isWeighted: true,
    naive: (v, { a, o }) => mul(exp(o), sum(mul(a, v), { axis: 1 })),
    stable: (v, { a, o }) => T.logsumexp(log(a).add(v), 1).add(o),
  },
  "weights alone": {
    ...vectors,
    isWeighted: true,
    naive: (v, { a }) => dot(v, a),
    stable: (v, { a }) => T.logsumexp(log(a).add(column(v)), 0),
  },
  "terms that are added": {
    ...vectors,
    isWeighted: true,
    naive: (v, { x, a, o }) => dot(a, v).add(mul(exp(o), v)).add(exp(x)),
    stable: (v, { x, a, o }) =>
      T.logaddexp(T.logaddexp(T.logsumexp(log(a).add(v), 1), o.add(v)), x),
  },
  "matrix · matrix": {
    ...matrices,
    isWeighted: false,
    naive: (v, { a }) => dot(exp(a), v),
    stable: (v, { a }) => times(a, v),
  },
  "matrix · matrix, from the left": {
    ...matrices,
    isWeighted: false,
    naive: (v, { a }) => dot(v, exp(a)),
    stable: (v, { a }) => times(v, a),
  },
  "matrix · matrix and growth": {
    ...matrices,
    isWeighted: false,
    naive: (v, { a, o }) => mul(dot(v, exp(a)), exp(o)),
    stable: (v, { a, o }) => times(v, a).add(o),
  },
};

/** Chains that are tried with all their depth, which takes longest to compile. */
const deep = new Set(["weights and growth", "matrix · matrix"]);

/** x, and a matrix of exponents or weights in which rows differ much. */
const exponents = [
  [[0.3, -0.8], [[0.5, -30], [-40, -0.2]]],
  [[0.3, -0.8], [[1, -1000], [-1000, 0]]],
  [[0, -1000], [[2, 1], [-200, 210]]],
  [[0, 0], [[0, 0], [0, 0]]],
] as const;
const weights = [
  [[0.3, -0.8], [[0.5, 0.1], [0.1, 0.3]]],
  [[0.3, -800], [[1, 0], [0, 1]]],
  [[0, 0], [[0.01, 1e-5], [1e-12, 0.001]]],
  [[-500, 500], [[2, 1], [0, 3]]],
] as const;
const growths = [[3, -7], [-0.5, 4]];

function inputs(dtype: "float32" | "float64"): Given & { all: Variable[] } {
  const x = T.tensor(dtype, [null]), a = T.tensor(dtype, [null, null]);
  const o = T.tensor(dtype, [null]);
  return { x, a, o, all: [x, a, o] };
}

function chained(
  start: Variable,
  link: (v: Variable, given: Given) => Variable,
  given: Given,
  depth: number,
): Variable {
  let v = start;
  for (let i = 0; i < depth; i++) v = link(v, given);
  return v;
}

const ignore = { disconnectedInputs: "ignore" } as const;

function close(found: readonly number[], wanted: readonly number[], what: string): void {
  assertEquals(found.length, wanted.length, what);
  found.forEach((value, i) => {
    const right = wanted[i]!;
    if (value !== right) assertAlmostEquals(value, right, 1e-3 * (1 + Math.abs(right)), what);
  });
}

for (const [name, chain] of Object.entries(chains)) {
  onDevices(`states of very different growth: ${name}`, async (device) => {
    const own = inputs("float32"), right = inputs("float64");
    const deepest = deep.has(name) ? 190 : 25;
    for (const depth of device === "cpu" ? [deepest] : [4]) {
      const v = chain.end(chained(exp(chain.start(own)), chain.naive, own, depth), own);
      const w = chain.stableEnd(chained(chain.start(right), chain.stable, right, depth), right);
      const wrt = chain.isWeighted ? ["x", "o"] as const : ["x", "a", "o"] as const;
      for (const which of depth > 25 ? [1] : [0, 1]) {
        const results = (of: Variable, given: Given) => [
          of,
          ...grad(of.at(which), wrt.map((input) => given[input]), ignore),
        ];
        const options = { onUnusedInput: "ignore" } as const;
        const f = await compile(own.all, results(v, own), { ...options, device });
        const want = await compile(right.all, results(w, right), { ...options, device: "cpu" });
        for (const [x, a] of chain.isWeighted ? weights : exponents) {
          for (const o of growths) {
            const [found, wanted] = [f, want].map((run) => run(x, a, o).map(numbers));
            const what = `${name}, ${depth} deep, state ${which}, at ${[x, a, o].join("; ")}`;
            wanted!.forEach((value, i) => close(found![i]!, value, `output ${i}: ${what}`));
          }
        }
      }
    }
  });
}

const modes: readonly Mode[] = ["fastRun", "fastCompile"];

onDevices("states of very different growth in the steps of a loop", async (device) => {
  const own = inputs("float32"), rows = T.fmatrix("rows");
  const last = (step: (o: Variable, v: Variable) => Variable, start: Variable) =>
    (scan((o: Variable, v: Variable) => step(o, v), {
      sequences: rows,
      outputsInfo: start,
    })[0] as Variable).at(-1);
  // A product of three matrices in each step.
  const naive = last(
    (o, v) => log(dot(dot(dot(exp(own.a), exp(own.a.T)), exp(own.a)), exp(v))).add(o),
    own.x,
  );
  const right = last(
    (o, v) => T.logsumexp(times(times(own.a, own.a.T), own.a).add(v), 1).add(o),
    own.x,
  );
  const wrt = [own.x, own.a, rows], cost = (v: Variable) => v.at(0).add(mul(2, v.at(1)));
  const results = [naive, right].flatMap((v) => [v, ...grad(cost(v), wrt)]);
  for (const mode of device === "cpu" ? modes : modes.slice(0, 1)) {
    const f = await compile([own.x, own.a, rows], results, { device, mode });
    for (const [x, a] of exponents) {
      const found = f(x, a, [[1, -2], [0, 3], [-100, 50]]).map(numbers);
      for (let i = 0; i < 4; i++) close(found[i]!, found[4 + i]!, `${i}, ${x}; ${a}; ${mode}`);
    }
  }
});

onDevices(
  "products of matrices whose elements have no rows and columns in common",
  async (device) => {
    const [a, b] = [T.fmatrix("a"), T.fmatrix("b")];
    const forms = [
      [log(dot(a, exp(b))), times(log(a), b)],
      [log(dot(exp(b), a)), times(b, log(a))],
      [log(dot(exp(a), exp(b))), times(a, b)],
      [
        log(T.batchedDot(a.dimshuffle("x", 0, 1), exp(b).dimshuffle("x", 0, 1))).at(0),
        times(log(a), b),
      ],
      [log(dot(exp(log(dot(a, exp(b)))), a)), times(times(log(a), b), log(a))],
    ] as const;
    const cost = (v: Variable) => sum(mul(v, [[1, 3], [2, 5]]));
    const results = forms.flatMap(([naive, right]) => [
      naive,
      right,
      grad(cost(naive), b),
      grad(cost(right), b),
    ]);
    const f = await compile([a, b], results, { device });
    const apart = [[1000, 0], [2000, 1990]],
      tables = [[[0, 1], [1, 0]], [[1, 2], [0, 1]], [[1, 1], [2, 1]]];
    for (const table of tables) {
      for (const exponents of [apart, [[0, -1000], [-1000, -500]], [[0.5, 1], [-1, 2]]]) {
        const found = f(table, exponents).map(numbers);
        for (let i = 0; i < found.length; i += 2) {
          assert(found[i]!.every(Number.isFinite));
          close(found[i]!, found[i + 1]!, `result ${i} at ${table}; ${exponents}`);
        }
      }
    }
  },
);

onDevices("quotients of chains keep the digits that large exponents would take", async (device) => {
  const x = T.fvector("x"), [a, b, c] = [T.fmatrix("a"), T.fmatrix("b"), T.fmatrix("c")];
  const weights: number[][][] = [
    [[0, 1.5, 0], [0, 0.25, 0]],
    [[1, 1, 1], [1, 1, 1]],
    [[2.1755, 3.0439, 2.6698], [3.092, 1.7644, 2.9293], [1.5176, 1.9961, 2.2642]],
  ];
  const quotient = dot(dot(exp(x), a), c).div(dot(dot(exp(x), b), c));
  const f = await compile([x, a, b, c], [quotient, grad(sum(quotient), x)], { device });
  const at = (shift: number) =>
    f([shift, shift + 1], ...weights as [number[][], number[][], number[][]])
      .flatMap((result) => Array.from(result.dataSync(), Number));
  const right = at(0);
  for (const shift of [-800, 900, -3000]) {
    at(shift).forEach((value, i) => assertAlmostEquals(value, right[i]!, 2e-6, String(shift)));
  }
});

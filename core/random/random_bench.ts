/**
 * Random numbers beside a plain fill, 10⁷ a call. `deno bench` times each; `deno run -A` prints the best
 * call in milliseconds and GB/s, and with the argument `peers` those of jax-js and NumPy, where they are.
 */

import { compile, RandomStreams, T, type Variable } from "../../all.ts";

const N = 10_000_000;
const BYTES = 4 * N;

const stream = new RandomStreams(1);
const draws: Record<string, () => Variable> = {
  "fill": () => T.fill(T.zeros([N]), T.scalar("x")),
  "uniform": () => stream.uniform([N]),
  "normal": () => stream.normal([N]),
  "binomial(1, 0.5) as float32": () => stream.binomial([N], 1, 0.5, { dtype: "float32" }),
  "integers as int32": () => stream.integers([N], 0, 1000, { dtype: "int32" }),
  "exponential": () => stream.exponential([N]),
  "gamma(2)": () => stream.gamma([N / 10], 2),
  "poisson(4) as int32": () => stream.poisson([N / 10], 4, { dtype: "int32" }),
  "poisson(40) as int32": () => stream.poisson([N / 10], 40, { dtype: "int32" }),
};

/** A call of a compiled draw. */
async function callOf(name: string): Promise<() => void> {
  const variable = draws[name]!();
  if (name !== "fill") {
    const f = await compile([], variable, { device: "cpu" });
    return () => f().dispose();
  }
  const x = T.scalar("x");
  const f = await compile([x], T.alloc(x, N), { device: "cpu" });
  return () => f(1).dispose();
}

async function best(call: () => void | Promise<void>): Promise<number> {
  let least = Infinity;
  const start = performance.now();
  for (let i = 0; i < 5 || performance.now() - start < 1500; i++) {
    const before = performance.now();
    await call();
    least = Math.min(least, performance.now() - before);
  }
  return least;
}

function report(who: string, name: string, ms: number): void {
  const rate = BYTES / ms / 1e6;
  console.log(
    who.padEnd(8),
    name.padEnd(30),
    ms.toFixed(1).padStart(8),
    "ms",
    rate.toFixed(2),
    "GB/s",
  );
}

const numpy = `
import numpy, time
g = numpy.random.default_rng(1)
for name, f in (("fill", lambda: numpy.full(${N}, 1, "float32")),
                ("uniform", lambda: g.random(${N}, dtype="float32")),
                ("normal", lambda: g.standard_normal(${N}, dtype="float32"))):
    times = []
    for _ in range(9):
        t = time.perf_counter(); f(); times.append(time.perf_counter() - t)
    print(name, min(times) * 1000)
`;

async function reportNumpy(): Promise<void> {
  const child = new Deno.Command("python3", { args: ["-c", numpy], stderr: "null" });
  const { success, stdout } = await child.output();
  if (!success) {
    console.log("NumPy is not there");
    return;
  }
  for (const line of new TextDecoder().decode(stdout).trim().split("\n")) {
    const [name, ms] = line.split(" ");
    report("NumPy", name!, Number(ms));
  }
}

interface JaxArray {
  blockUntilReady(): Promise<unknown>;
  dispose(): void;
  ref: JaxArray;
}

interface Jax {
  init(...devices: string[]): Promise<unknown>;
  defaultDevice(device: string): void;
  jit(f: (...args: never[]) => unknown): (...args: unknown[]) => JaxArray;
  random: {
    key(seed: number): JaxArray;
    uniform(key: JaxArray, shape: number[]): JaxArray;
    normal(key: JaxArray, shape: number[]): JaxArray;
  };
}

async function reportJax(): Promise<void> {
  const name = "npm:@jax-js/jax";
  const jax = await import(name).catch(() => null) as Jax | null;
  if (jax === null) {
    console.log("jax-js is not there");
    return;
  }
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const kinds = {
    uniform: (key: JaxArray) => jax.random.uniform(key, [N]),
    normal: (key: JaxArray) => jax.random.normal(key, [N]),
  };
  for (const [kind, draw] of Object.entries(kinds)) {
    let seed = 0;
    const f = jax.jit(draw as never);
    const ms = await best(async () => {
      const numbers = f(jax.random.key(seed++));
      await numbers.blockUntilReady();
      numbers.dispose();
    });
    report("jax-js", kind, ms);
  }
}

if (import.meta.main) {
  for (const name of Object.keys(draws)) {
    const call = await callOf(name);
    const ms = await best(call);
    const isTenth = ["gamma", "poisson"].some((start) => name.startsWith(start));
    report("Croton", isTenth ? `${name}, for 10⁷` : name, isTenth ? 10 * ms : ms);
  }
  if (Deno.args.includes("peers")) {
    await reportNumpy();
    await reportJax();
  }
} else {
  for (const name of Object.keys(draws)) {
    const call = await callOf(name);
    Deno.bench(`10⁷ numbers: ${name}`, call);
  }
}

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { captureDeno } from "../dev/process.ts";
import { onDevices } from "../dev/testing/devices.ts";
import { config, type DeviceOption, Tensor } from "../mod.ts";
import { chapters, tour } from "./tour.ts";
import { bodyOf, describeResults, type Program, type Results } from "./tour/program.ts";

const programs: Program[] = chapters.flatMap((chapter) => chapter.programs);

/** Runs a program with the default device set. */
async function runOn(device: DeviceOption, title: string): Promise<Results> {
  const program = programs.find((program) => program.title === title);
  assert(program !== undefined, `There is no program "${title}"`);
  const before = config.device;
  config.device = device;
  try {
    return await program.run();
  } finally {
    config.device = before;
  }
}

function plain(value: unknown): unknown {
  return value instanceof Tensor ? value.arraySync() : value;
}

/** Compares numbers at any depth, to the digits that people print. */
function assertClose(actual: unknown, expected: unknown, what: string): void {
  if (Array.isArray(expected)) {
    assert(Array.isArray(actual) && actual.length === expected.length, `${what}: ${actual}`);
    expected.forEach((item, i) => assertClose(actual[i], item, `${what}[${i}]`));
  } else {
    const wanted = Number(expected);
    assertAlmostEquals(Number(actual), wanted, 1e-5 * Math.max(1, Math.abs(wanted)), what);
  }
}

const tens = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18];
const logistic = [[0.5, 0.73105858], [0.26894142, 0.11920292]];

/** What the programs print in the texts that they come from. */
const expected: Record<string, Record<string, unknown>> = {
  "Add two scalars": { "f(2, 3)": 5 },
  "The logistic function": { logistic },
  "The same by tanh": { logistic },
  "Several results at once": {
    plain: [[1, 0], [-1, -2]],
    absolute: [[1, 0], [1, 2]],
    squared: [[1, 0], [1, 4]],
  },
  "Default values": { "f(33)": 34, "f(33, 2)": 35 },
  "Arguments by name": {
    "f(33)": 68,
    "f(33, 2)": 70,
    "f(33, 0, 1)": 33,
    "f(33, { wByName: 1 })": 34,
    "f(33, { wByName: 1, y: 0 })": 33,
  },
  "a + a^10": { "f([0, 1, 2])": [0, 2, 1026] },
  "The same as text": { "f([0, 1, 2])": [0, 2, 1026] },
  "An accumulator and a decrementor": { before: 0, one: 1, sum: 301, set: -1, two: 2, end: 0 },
  "Something else in place of the state": { "f(1, 3)": 7, state: 7 },
  "Copies with a state of their own, or none": { state: 10, other: 100, read: 10 },
  "The derivative of x²": { "f(4)": 8, "f(94.2)": 188.4 },
  "Double every element": { doubled: tens },
  "The same by map": { doubled: tens },
  "Sum": { sum: 45 },
  "The same by reduce": { sum: 45 },
  "A polynomial from coefficients and exponents": { "1 + 3·10² + 2·10³": 2301 },
  "A polynomial, the exponents by arange": { "1 + 2·3²": 19 },
  "Add to every row": { rows: [[101, 102], [103, 104]] },
  "tanh(x·W + b), row by row": { rows: [[0.96402758, 0.99505475], [0.96402758, 0.99505475]] },
  "Norms of rows": { norms: [1, 2, 3, 4, 5, 0] },
  "Norms of columns": { norms: [0, 1, 2, 3, 4, 5] },
  "Trace": { trace: 4 },
  "Up to ten arguments, in order": {
    arguments: 10,
    first: [1, 1, 1, 2, 2, 2],
    second: [0, 1, 2, 3, 4, 5],
    third: [1, 2, 3, 4, 5, 6],
  },
  "x(t) = tanh(x(t−1)·W + y(t)·U + p(T−t)·V)": {
    x: [
      [-0.99505475, -0.99505475],
      [0.96471973, 0.96471973],
      [0.99998585, 0.99998585],
      [0.99998771, 0.99998771],
      [1, 1],
    ],
  },
  "x(t) = x(t−2)·U + x(t−1)·V + tanh(x(t−1)·W + b)": {
    x: [
      [1.40514825, 1.40514825],
      [2.88898899, 2.38898899],
      [4.34018291, 4.34018291],
      [6.53463142, 6.78463142],
      [9.82972243, 9.82972243],
      [14.22203814, 14.09703814],
      [20.07439936, 20.07439936],
      [28.12291843, 28.18541843],
      [39.1913681, 39.1913681],
      [54.28407732, 54.25282732],
    ],
  },
  "The Jacobian of tanh(v·A)": {
    jacobian: [[0.41997434, 0, 0.41997434, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 0, 0]],
  },
  "Count the steps in a shared variable": { before: 0, after: 5, later: 15 },
  "A^k, element by element": { squares: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81], cubes: [1, 8, 27] },
  "A^k of a square matrix": { power: [[107616, -152192], [-76096, 107616]] },
  "Powers of two up to a bound": { powers: [2, 4, 8, 16, 32] },
};

for (const [title, results] of Object.entries(expected)) {
  onDevices(`tour: ${title}`, async (device) => {
    const found = await runOn(device, title);
    for (const [name, value] of Object.entries(results)) {
      assertClose(plain(found[name]), value, name);
    }
  });
}

Deno.test("tour: Logistic regression, 10,000 steps", async () => {
  const found = await runOn("cpu", "Logistic regression, 10,000 steps");
  assertEquals(Number(plain(found["wrong of 400"])), 0);
  assert(Number(plain(found["last cost"])) < 0.3 * Number(plain(found["first cost"])));
});

onDevices("tour: random streams", async (device) => {
  const draws = await runOn(device, "Uniform and normal numbers");
  const text = (value: unknown) => JSON.stringify(plain(value));
  assert(text(draws["f"]) !== text(draws["f again"]));
  assertEquals(text(draws["g"]), text(draws["g again"]));
  assertEquals(plain(draws["nearlyZeros"]), [[0, 0], [0, 0]]);
  const seeds = await runOn(device, "Seeds");
  assertEquals([text(seeds["u1"]), text(seeds["n1"])], [text(seeds["u2"]), text(seeds["n2"])]);
  assert(text(seeds["u3"]) !== text(seeds["u1"]));
  const sharing = await runOn(device, "Functions that share a stream");
  assertEquals(text(sharing["v1"]), text(sharing["v3"]));
  assert(text(sharing["v1"]) !== text(sharing["v2"]));
  const copying = await runOn(device, "From one graph to another");
  assertEquals(text(copying["after1"]), text(copying["after2"]));
  assert(text(copying["before1"]) !== text(copying["before2"]));
});

onDevices("tour: tanh(x·W + b)·d, where d is binomial noise", async (device) => {
  const { rows } = await runOn(device, "tanh(x·W + b)·d, where d is binomial noise");
  const found = plain(rows) as number[][];
  const full = Math.tanh(2), rest = Math.tanh(1);
  assertEquals(found.length, 10);
  found.forEach((row, i) =>
    row.forEach((value) => {
      if (value !== 0) assertAlmostEquals(value, i < 2 ? full : rest, 1e-6);
    })
  );
  assert(found.flat().includes(0) && found.flat().some((value) => value > 0));
});

for (
  const [title, size] of [
    ["y(t) = tanh(W1·y(t−1) + W2·x(t) + W3·x(t−1)), sizes 10 and 20", "small"],
    ["The same, sizes 100 and 200", "large"],
  ] as const
) {
  onDevices(`tour: ${title}`, async (device) => {
    const found = await runOn(device, title);
    assertEquals(found["steps"], 1000);
    // As far apart as float32 and float64 grow in a recurrence that is not stable.
    const difference = Number(found["max difference of the first 10 steps"]);
    assert(difference < (size === "small" ? 1e-4 : 1e-2), `The difference is ${difference}`);
  });
}

/** What programs about data and equations give, as other programs or formulas have it, and how near. */
const known: Record<string, Record<string, readonly [unknown, number]>> = {
  // SciPy's minimize, in float64.
  "Gaussian process regression, its scales by maximum likelihood": {
    "length, height, noise": [[1.19098, 2.44429, 0.173248], 3e-3],
    "log likelihood": [-11.919466, 1e-4],
    converged: [true, 0],
    "mean at 1, 3, 9": [[1.267743, 1.029602, 0.604089], 1e-2],
    "and its deviation": [[0.091655, 0.088934, 2.431410], 3e-3],
  },
  // Durbin and Koopman, Time Series Analysis by State Space Methods.
  "The flow of the Nile: Kalman's filter and smoother": {
    "variances of noise and of the level": [[15099, 1469.1], 5e-3],
    "log likelihood": [-632.54, 1e-4],
  },
  // Carpenter, Predator-Prey Population Dynamics (2018), by Stan: 0.545, 0.028, 0.803, 0.024.
  "Hares and lynxes: a differential equation fitted to pelts": {
    "birth, eaten, death, fed, first hares and lynxes": [
      [0.545, 0.028, 0.803, 0.024, 34.6, 5.84],
      5e-2,
    ],
  },
  "Options by Black and Scholes, with all Greeks": {
    "call and put": [[10.450584, 5.573526], 1e-5],
    delta: [[0.636831, -0.363169], 1e-5],
    rho: [[53.232482, -41.890461], 1e-5],
    vega: [[37.524035, 37.524035], 1e-5],
    theta: [[-6.414028, -1.657880], 1e-5],
  },
  "Power iteration, and the tones of a string": {
    "largest eigenvalue": [2 - 2 * Math.cos(8 * Math.PI / 9), 1e-5],
    "all eigenvalues": [
      Array.from({ length: 8 }, (_, i) => 2 - 2 * Math.cos((i + 1) * Math.PI / 9)),
      1e-5,
    ],
  },
  "Heat in a plate": {},
  "A particle in a bowl, by Fourier transforms": { "sum of the density": [1, 1e-4] },
};

/** Compares numbers at any depth, in parts of what is expected. */
function assertWithin(actual: unknown, expected: unknown, part: number, what: string): void {
  if (Array.isArray(expected)) {
    assert(Array.isArray(actual) && actual.length === expected.length, `${what}: ${actual}`);
    expected.forEach((item, i) => assertWithin(actual[i], item, part, `${what}[${i}]`));
  } else {
    assertAlmostEquals(Number(actual), Number(expected), part * Math.abs(Number(expected)), what);
  }
}

for (const [title, results] of Object.entries(known)) {
  Deno.test(`tour: ${title}`, async () => {
    const found = await runOn("cpu", title);
    for (const [name, [value, part]] of Object.entries(results)) {
      assertWithin(plain(found[name]), value, part, name);
    }
    if (title === "Options by Black and Scholes, with all Greeks") {
      const second = plain(Object.values(found).at(-1)) as number[][];
      assertAlmostEquals(second[0]![0]!, 0.018762, 1e-6);
    }
    if (title === "Heat in a plate") {
      const [first, last] = String(found["heat at first and at the end"]).split(" ").map(Number);
      assertAlmostEquals(last!, first!, 0.011);
      assertEquals(
        String(found["after 60 steps"]).split("\n").map((row) => row.length),
        Array(12).fill(36),
      );
    }
    if (title === "A particle in a bowl, by Fourier transforms") {
      const [mean, exact] = [found["mean place"], found["3·cos(t)"]].map((one) =>
        plain(one) as number[]
      );
      exact!.forEach((x, i) => assertAlmostEquals(mean![i]!, x, 0.01));
    }
  });
}

Deno.test("tour: chains of Hamiltonian Monte Carlo agree, around the likeliest weights", async () => {
  const found = await runOn("cpu", "Logistic regression, sampled by Hamiltonian Monte Carlo");
  const [mean, deviation, rHat] = ["mean", "deviation", "R-hat"].map((name) =>
    plain(found[name]) as number[]
  );
  assert(rHat!.every((value) => value > 0.99 && value < 1.02), `R-hat is ${rHat}`);
  // Drawn of weights 1, -2, 0.5; the likeliest ones of these data are close to 1.2, -2.7, 0.66.
  [1.22, -2.69, 0.66].forEach((value, i) =>
    assertAlmostEquals(mean![i]!, value, 0.5 * deviation![i]!)
  );
  assert(Number(plain(found["taken of all"])) > 0.8);
});

Deno.test("every program of the tour is tested, and shows its text", async () => {
  const others = [
    ...chapters.find(({ title }) => title === "Random streams")!.programs.map(({ title }) => title),
    "Logistic regression, 10,000 steps",
    "tanh(x·W + b)·d, where d is binomial noise",
    "y(t) = tanh(W1·y(t−1) + W2·x(t) + W3·x(t−1)), sizes 10 and 20",
    "The same, sizes 100 and 200",
    "Logistic regression, sampled by Hamiltonian Monte Carlo",
    ...Object.keys(known),
  ];
  assertEquals(
    programs.map(({ title }) => title).toSorted(),
    [...Object.keys(expected), ...others].toSorted(),
  );
  for (const chapter of chapters) {
    const text = await Deno.readTextFile(new URL(chapter.url));
    for (const { run, show = run.name } of chapter.programs) assert(bodyOf(text, show).length > 40);
  }
});

Deno.test("tour() prints titles, text and results of what was asked for", async () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const before = config.device;
  config.device = "cpu";
  try {
    assertEquals(await tour({ words: ["two scalars"], list: false, print }), 1);
    assertEquals(await tour({ words: ["no such program"], list: false, print }), 0);
  } finally {
    config.device = before;
  }
  const text = lines.join("\n");
  for (const part of ["First steps", "Add two scalars", "compile([x, y]", "→ f(2, 3) = 5"]) {
    assert(text.includes(part), `"${part}" is missing`);
  }
  assert(!text.includes("logistic"));
});

Deno.test("describeResults() keeps rows below each other", () => {
  const matrix = new Tensor("float32", [2, 1], Float32Array.of(1, 2));
  assertEquals(describeResults({ a: matrix, b: 1.23456, c: "s" }), [
    "→ a = [[1],",
    "       [2]]",
    "→ b = 1.23",
    "→ c = s",
  ]);
  assertThrows(() => bodyOf("", "f"), TypeError, 'Cannot show "f"');
});

Deno.test("what is no terminal gets no codes of colours", async () => {
  const file = (path: string) => new URL(path, import.meta.url).pathname;
  const permissions = ["--allow-read", "--allow-env"], map = file("../dev/import_map.json");
  const { code, output } = await captureDeno(
    [
      "run",
      "--quiet",
      "--no-check",
      "--import-map",
      map,
      ...permissions,
      file("tour.ts"),
      "--list",
    ],
    false,
  );
  assertEquals([code, output.includes("\x1b")], [0, false]);
  assert(output.includes("Add two scalars"));
});

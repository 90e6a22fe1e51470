/**
 * Bad arguments by chance: every public function and method is called with what it was not made for.
 * Each call must work, or fail with an error that is meant for the reader: typed, of bounded length, and
 * not one that the JavaScript engine throws from inside the library.
 *
 * @module
 */

import * as croton from "../../all.ts";
import { shared, T, tensor, Variable } from "../../all.ts";

/** The longest message that helps. */
const LONGEST = 1000;

/** How the engine words the errors that it throws itself. */
const internal = new RegExp(
  [
    "is not a function",
    "is not iterable",
    "not a constructor",
    "Cannot (read|set) propert",
    "Cannot (read|write) private",
    "Cannot mix BigInt",
    "Cannot convert",
    "Cannot destructure",
    "Cannot use 'in' operator",
    "Right-hand side of",
    "Invalid (array|typed array|string|count|left-hand)",
    "Invalid argument",
    "Maximum call stack",
    "Reduce of empty",
    "serialize a BigInt",
    "circular structure",
    "called on (non-object|incompatible|null)",
    "detached ArrayBuffer",
    "out of bounds",
    "Array buffer allocation",
    "Receiver must be",
    "is not extensible",
    "read only property",
    "cannot be converted to a BigInt",
    "is not a valid array length",
    "Division by zero",
    "^\\S+ is not defined",
    "is not an? (object|typed array|Object)",
    "precision",
    "expected a proxy|on proxy",
  ].join("|"),
);

/** Whether an error is one for the reader; else what is wrong with it. */
export function judgeError(error: unknown): string | null {
  if (!(error instanceof Error)) return `is not an error: ${String(error)}`;
  const typed = error instanceof croton.CrotonError || error instanceof TypeError ||
    error instanceof RangeError;
  if (!typed && !(error instanceof SyntaxError)) return `is a ${error.name}`;
  if (error.message.length > LONGEST) return `has ${error.message.length} characters`;
  if (internal.test(error.message)) return "is the engine's own";
  // Shown only where it was passed.
  if (
    error.message.replace(
      /\b(got|but|use|dtype|look up) (\[[\w[\], ]*\]|\[?(undefined(, )?)+)/g,
      "",
    ).includes(
      "undefined",
    )
  ) {
    return "speaks of undefined";
  }
  if (error.message.includes("[object ")) {
    return "shows a value as the engine does";
  }
  return null;
}

/** A getter that calls back into the library. */
function busy(callback: () => void): unknown {
  return new Proxy([1, 2], {
    get(target, key, receiver) {
      callback();
      return Reflect.get(target, key, receiver);
    },
  });
}

class Floats extends Float32Array<ArrayBuffer> {}

/** A list that holds itself. */
export function cyclic(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

/** A value in lists in each other. */
export function deep(levels: number, inside: unknown = 1): unknown {
  let list = inside;
  for (let i = 0; i < levels; i++) list = [list];
  return list;
}

function detached(): Float32Array {
  const array = new Float32Array([1, 2, 3]);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

function shrunk(): Float32Array {
  const buffer = new ArrayBuffer(12, { maxByteLength: 12 });
  const array = new Float32Array(buffer, 0, 3);
  buffer.resize(4);
  return array;
}

/** Things that should not be passed, and some that fit here and there. */
export const junk: readonly (readonly [string, () => unknown])[] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["true", () => true],
  ["0", () => 0],
  ["-1", () => -1],
  ["2", () => 2],
  ["1.5", () => 1.5],
  ["NaN", () => NaN],
  ["Infinity", () => Infinity],
  ["-0", () => -0],
  ["2 ** 31", () => 2 ** 31],
  ["2 ** 53", () => 2 ** 53],
  ["2n", () => 2n],
  ["2n ** 70n", () => 2n ** 70n],
  ['""', () => ""],
  ['"x"', () => "x"],
  ['"2"', () => "2"],
  ['"constructor"', () => "constructor"],
  ['"float32"', () => "float32"],
  ['"int64"', () => "int64"],
  ['"x".repeat(2e4)', () => "x".repeat(2e4)],
  ["Symbol()", () => Symbol("s")],
  ["() => 1", () => () => 1],
  ["class {}", () => class {}],
  ["[]", () => []],
  ["[[]]", () => [[]]],
  ["[0]", () => [0]],
  ["[0, 0]", () => [0, 0]],
  ["[1, 0]", () => [1, 0]],
  ["[-1, -1]", () => [-1, -1]],
  ["[-2, -2]", () => [-2, -2]],
  ["[0.5, 8]", () => [0.5, 8]],
  ['["2", "2"]', () => ["2", "2"]],
  ["[[4]]", () => [[4]]],
  ["[[1, 2], [3]]", () => [[1, 2], [3]]],
  ["[null, 2]", () => [null, 2]],
  ["[2n, 3n]", () => [2n, 3n]],
  ["[true, false]", () => [true, false]],
  ["[, 1]", () => {
    const holes: number[] = [];
    holes[1] = 1;
    return holes;
  }],
  ['["x", 0]', () => ["x", 0]],
  ["[1e9, 1e9, 1e9]", () => [1e9, 1e9, 1e9]],
  ["Array(5000).fill(1)", () => Array(5000).fill(1)],
  ["a variable with a long name", () => T.vector("x".repeat(5000))],
  ["a tensor of 40 axes", () => T.tensor("float32", Array(40).fill(2 ** 40))],
  ["1000 variables", () => Array.from({ length: 1000 }, (_, i) => T.scalar(`v${i}`))],
  ["a list that holds itself", cyclic],
  ["10,000 lists in each other", () => deep(10_000)],
  ["40 lists in each other", () => deep(40)],
  ["{}", () => ({})],
  ["Object.create(null)", () => Object.create(null)],
  ["{ axis: 0 }", () => ({ axis: 0 })],
  ["{ axsi: 0 }", () => ({ axsi: 0 })],
  ["{ axis: null }", () => ({ axis: null })],
  ['{ axis: "0" }', () => ({ axis: "0" })],
  ["{ axis: [0, 0] }", () => ({ axis: [0, 0] })],
  ["{ keepdims: 1 }", () => ({ keepdims: 1 })],
  ["{ swap: [[1, 2]] }", () => ({ swap: [[1, 2]] })],
  ["{ swap: 1 }", () => ({ swap: 1 })],
  ["{ updates: [[null, 1]] }", () => ({ updates: [[null, 1]] })],
  ["{ givens: [1] }", () => ({ givens: [1] })],
  ['{ dtype: "constructor" }', () => ({ dtype: "constructor" })],
  ["{ dtype: null }", () => ({ dtype: null })],
  ["{ re: 1, im: 2 }", () => ({ re: 1, im: 2 })],
  ["{ length: 2 }", () => ({ length: 2 })],
  ["new Map()", () => new Map()],
  ["new Set([1])", () => new Set([1])],
  ["new Date(0)", () => new Date(0)],
  ["Promise", () => Promise.resolve(1)],
  ["/x/", () => /x/],
  ["new ArrayBuffer(8)", () => new ArrayBuffer(8)],
  ["new DataView", () => new DataView(new ArrayBuffer(8))],
  ["Float32Array", () => new Float32Array([1, 2, 3])],
  ["empty Float32Array", () => new Float32Array(0)],
  ["Float64Array", () => new Float64Array([1, 2, 3])],
  ["Int32Array", () => new Int32Array([0, 1])],
  ["BigInt64Array", () => new BigInt64Array([0n, 1n])],
  ["Uint8ClampedArray", () => new Uint8ClampedArray([0, 1])],
  ["a subclass of Float32Array", () => Floats.from([1, 2, 3])],
  ["a detached array", detached],
  ["a shrunk array", shrunk],
  ["a tensor", () => tensor([1, 2, 3])],
  ["an empty tensor", () => tensor([], { shape: [0, 3] })],
  ["a disposed tensor", () => {
    const made = tensor([1, 2, 3]);
    made.dispose();
    return made;
  }],
  ["a proxy of a tensor", () => new Proxy(tensor([1, 2, 3]), {})],
  ["Object.create(tensor)", () => Object.create(tensor([1, 2, 3]))],
  ["a tensor without elements", () => ({ dtype: "float32", shape: [3], dataSync: 1 })],
  ["a tensor shorter than its shape", () => ({
    dtype: "float32",
    shape: [1000],
    dataSync: () => new Float32Array(2),
  })],
  ["a tensor of no dtype", () => ({
    dtype: "constructor",
    shape: [2],
    dataSync: () => new Float32Array(2),
  })],
  ["a tensor of another dtype", () => ({
    dtype: "float32",
    shape: [2],
    dataSync: () => new Float64Array(2),
  })],
  ["a tensor without shape", () => ({ dtype: "float32", dataSync: () => new Float32Array(2) })],
  ["a tensor that throws", () => ({
    dtype: "float32",
    shape: [2],
    dataSync: () => {
      throw new TypeError("Cannot give elements: thrown on purpose");
    },
  })],
  ["scalar", () => T.scalar("s")],
  ["vector", () => T.vector("v")],
  ["matrix", () => T.matrix("m")],
  ["ivector", () => T.ivector("i")],
  ["iscalar", () => T.iscalar("k")],
  ["bool vector", () => T.vector("b", { dtype: "bool" })],
  ["complex vector", () => T.vector("c", { dtype: "complex64" })],
  ["tensor3 of static shape", () => T.tensor("float32", [2, 0, 1], "t")],
  ["shared", () => shared([1, 2])],
  ["the class Variable", () => Variable],
  ["a proxy that compiles", () => busy(() => T.scalar().add(1))],
  ["a revoked proxy", () => {
    const { proxy, revoke } = Proxy.revocable([1], {});
    revoke();
    return proxy;
  }],
];

/** A function of the public surface, and what it is called on. */
export interface Target {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;
}

/** Classes and functions that touch more than graphs, or that are meant for those who write ops. */
const skipped = new Set([
  "Apply",
  "CrotonError",
  "applyOp",
  "makeConstant",
  "registerGradient",
  "gpuAvailable",
  "Variable",
  "Constant",
  "SharedVariable",
  "Container",
  "GeneratorVariable",
  "evaluateGraph",
]);

/** What backends call, which is typed and not for users. */
const internalMethods = new Set(["bufferOn", "onDevice", "onHost"]);

type Callable = (...args: unknown[]) => unknown;

function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function methods(object: object): string[] {
  const names = new Set<string>();
  for (
    let level = object;
    level !== null && level !== Object.prototype && level !== Function.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      const { value } = Object.getOwnPropertyDescriptor(level, name)!;
      const mine = name !== "constructor" && !internalMethods.has(name);
      if (typeof value === "function" && mine) names.add(name);
    }
  }
  return [...names].sort();
}

const x = T.fvector("x"), s = shared([1, 2], { name: "s", dtype: "float32" });
const compiled = await croton.compile([x], x.add(s), { device: "cpu", updates: [[s, s.add(1)]] });

/** All that a user can call: `T.*`, the other exports, and the methods of what they make. */
export function targets(): Target[] {
  const all: Target[] = [];
  for (const [name, value] of Object.entries(T)) {
    if (typeof value === "function" && !isClass(value)) {
      all.push({ name: `T.${name}`, call: (args) => (value as Callable)(...args) });
    }
  }
  for (const [name, value] of Object.entries(croton)) {
    if (typeof value !== "function" || skipped.has(name) || name.endsWith("Error")) continue;
    const make = value as unknown as new (...args: unknown[]) => unknown;
    all.push({
      name: isClass(value) ? `new ${name}` : name,
      call: (args) => isClass(value) ? new make(...args) : (value as unknown as Callable)(...args),
    });
  }
  const settings = croton.config as unknown as Record<string, unknown>;
  for (const name of Object.keys(settings).filter((name) => name !== "memory")) {
    all.push({
      name: `config.${name} =`,
      call: ([value]) => {
        const before = settings[name];
        settings[name] = value;
        settings[name] = before;
      },
    });
  }
  const receivers: [string, () => object][] = [
    ["vector", () => T.vector("x")],
    ["matrix", () => T.matrix("x")],
    ["scalar", () => T.scalar("x")],
    ["ivector", () => T.ivector("x")],
    ["shared", () => shared([1, 2])],
    ["tensor", () => tensor([[1, 2]])],
    ["streams", () => new croton.RandomStreams(1)],
    ["generator", () => new croton.Generator([1, 2, 3, 4])],
    ["type", () => croton.TensorType.of("float32", [null])],
    ["class TensorType", () => croton.TensorType],
    ["class Tensor", () => croton.Tensor],
    ["class Variable", () => Variable],
    ["constant", () => T.constant([1, 2])],
    ["apply", () => T.vector("x").add(1).owner!],
    ["In", () => new croton.In(T.vector("x"))],
    ["Out", () => new croton.Out(T.vector("x"))],
    ["until", () => croton.until(T.scalar("x").gt(0))],
    ["function", () => compiled],
  ];
  for (const [kind, make] of receivers) {
    for (const name of methods(make())) {
      all.push({
        name: `${kind}.${name}`,
        call: (args) => {
          const receiver = make() as Record<string, Callable>;
          return receiver[name]!(...args);
        },
      });
    }
  }
  return all;
}

/** One call that went wrong, as text; null where it went well. */
export async function tryCall(
  target: Target,
  args: readonly (readonly [string, () => unknown])[],
): Promise<string | null> {
  const text = `${target.name}(${args.map(([name]) => name).join(", ")})`;
  let error: unknown;
  try {
    const result = target.call(args.map(([, make]) => make()));
    // What is made must be fit for use.
    if (result instanceof Promise) await result;
    else if (result instanceof Variable) result.toString();
    return null;
  } catch (caught) {
    error = caught;
  }
  if (error instanceof Error && error.message.includes("thrown on purpose")) return null;
  const wrong = judgeError(error);
  if (wrong === null) return null;
  const stack = error instanceof Error ? error.stack?.split("\n").slice(0, 5).join("\n") : "";
  return `${text}: the error ${wrong}: ${String(error).slice(0, 300)}\n${
    String(stack).slice(0, 900)
  }`;
}

/** Mulberry32: small, seeded, good enough to choose calls with. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Calls functions with arguments chosen by chance.
 *
 * @param seed Chooses the calls.
 * @param count How many calls.
 * @returns What went wrong, as text: nothing if all is well.
 */
export async function fuzzArguments(seed: number, count: number): Promise<string[]> {
  const random = generator(seed), all = targets();
  const pick = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)]!;
  const wrong: string[] = [];
  for (let i = 0; i < count; i++) {
    const args = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(junk));
    const found = await tryCall(pick(all), args);
    if (found !== null) wrong.push(found);
  }
  return wrong;
}

/**
 * Calls what small classes have, such as types, with each kind of junk as the first argument: chance would
 * not reach all of them.
 *
 * @returns What went wrong, as text: nothing if all is well.
 */
export async function everyMethod(): Promise<string[]> {
  const wrong: string[] = [];
  for (const target of targets()) {
    if (!small.test(target.name)) continue;
    for (const arg of junk) {
      const found = await tryCall(target, [arg]);
      if (found !== null) wrong.push(found);
    }
  }
  return wrong;
}

const small = /^(class \w+|type|function|apply|In|Out|until|config\.\w+|new Tensor)\b/;

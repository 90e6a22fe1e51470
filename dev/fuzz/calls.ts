/**
 * Bad arguments of compiled functions by chance: each call must work, or fail with an error for the
 * reader; and a good call afterwards must give what it gave before, whatever the bad one left behind.
 *
 * @module
 */

import {
  compile,
  In,
  type InputLike,
  type OutputSpec,
  shared,
  T,
  type Tensor,
  tensor,
  type Updates,
} from "../../all.ts";
import { generator, junk, tryCall } from "./arguments.ts";

type Call = (...args: unknown[]) => unknown;

/** A compiled function with arguments that are good, made anew for each call. */
interface Subject {
  readonly name: string;
  readonly call: Call;
  readonly good: () => unknown[];
  /** Brings back what calls change. */
  readonly reset: () => void;
}

function subarray(): Float32Array {
  return new Float32Array([9, 9, 1, 2, 3, 9]).subarray(2, 5);
}

function resizable(): Float32Array {
  const buffer = new ArrayBuffer(12, { maxByteLength: 4096 });
  const array = new Float32Array(buffer);
  array.set([1, 2, 3]);
  buffer.resize(8);
  return array;
}

function sharedMemory(): Float32Array {
  const array = new Float32Array(new SharedArrayBuffer(12));
  array.set([1, 2, 3]);
  return array;
}

/** Memory that goes away, and calls that come back, while an argument is read. */
function sneaky(during: () => void): unknown {
  return new Proxy([1, 2, 3], {
    get(target, key, receiver) {
      during();
      return Reflect.get(target, key, receiver);
    },
  });
}

function half(): unknown {
  const make = (globalThis as { Float16Array?: { from(list: number[]): unknown } }).Float16Array;
  return make === undefined ? [1, 2, 3] : make.from([1, 2, 3]);
}

/** Arguments that only calls know, beside those that everything is given. */
function memoryJunk(again: () => void): readonly (readonly [string, () => unknown])[] {
  return [
    ["a part of an array", subarray],
    ["a resizable array that has shrunk", resizable],
    ["shared memory", sharedMemory],
    ["Float16Array", half],
    ["a DataView", () => new DataView(new ArrayBuffer(12), 4)],
    ["a big array", () => new Float32Array(5000)],
    ["[NaN, 1]", () => [NaN, 1]],
    ["[1e10]", () => [1e10]],
    ["[1, 2n]", () => [1, 2n]],
    ["[1.5, 2]", () => [1.5, 2]],
    ["{ x: [1, 2, 3] }", () => ({ x: [1, 2, 3] })],
    ["{ y: 1, x: 1 }", () => ({ y: 1, x: 1 })],
    ["{ nobody: 1 }", () => ({ nobody: 1 })],
    ["a proxy that calls again", () => sneaky(again)],
    ["a getter that calls again", () => ({
      get x() {
        again();
        return [1, 2, 3];
      },
    })],
    ["a tensor that calls again", () => ({
      dtype: "float32",
      shape: [3],
      dataSync: () => {
        again();
        return new Float32Array([1, 2, 3]);
      },
    })],
    ["a tensor shorter than it says", () => ({
      dtype: "float32",
      shape: [3],
      dataSync: () => new Float32Array([7]),
    })],
    ["a tensor whose shape changes", () => {
      let reads = 0;
      return {
        dtype: "float32",
        get shape() {
          return [reads++ === 0 ? 3 : 4000];
        },
        dataSync: () => new Float32Array([1, 2, 3]),
      };
    }],
  ];
}

async function subjects(device: "cpu" | "gpu"): Promise<Subject[]> {
  const x = T.fvector("x"), a = T.fscalar("a"), i = T.ivector("i"), m = T.fmatrix("m");
  const b = T.vector("b", { dtype: "bool" }), n = T.vector("n", { dtype: "uint8" });
  const state = shared([1, 2, 3], { dtype: "float32", name: "state" });
  const none = () => {};
  const of = async (
    name: string,
    inputs: readonly InputLike[],
    output: OutputSpec,
    good: () => unknown[],
    more: { updates?: Updates; reset?: () => void } = {},
  ): Promise<Subject> => {
    const { reset = none, updates = [] } = more;
    const made = await compile(inputs, output, { device, name, updates });
    return { name, call: made as unknown as Call, good, reset };
  };
  return [
    await of("sums", [x, a], x.mul(a).sum(), () => [new Float32Array([1, 2, 3]), 2]),
    await of("rows", [m], m.sum(0), () => [[[1, 2], [3, 4]]]),
    await of("picked", [x, i], x.at(i), () => [[1, 2, 3], new Int32Array([2, 0])]),
    await of("masked", [x, b], x.at(b), () => [[1, 2, 3], [true, false, true]]),
    await of("bytes", [n], n.add(250), () => [new Uint8Array([1, 7])]),
    await of("product", [m, x], m.dot(x), () => [[[1, 2, 3], [4, 5, 6]], tensor([1, 0, 2])]),
    await of("default", [x, new In(a, { value: 3 })], x.add(a), () => [[1, 2, 3]]),
    await of("update", [x], state.sum(), () => [[1, 1, 1]], {
      updates: [[state, state.add(x)]],
      reset: () => state.setValue([1, 2, 3]),
    }),
  ];
}

function valueOf(result: unknown): string {
  return JSON.stringify((result as Tensor).arraySync());
}

/**
 * Calls compiled functions with arguments chosen by chance.
 *
 * @param device Where they run.
 * @param seed Chooses the calls.
 * @param count How many calls.
 * @returns What went wrong, as text: nothing if all is well.
 */
export async function fuzzCalls(
  device: "cpu" | "gpu",
  seed: number,
  count: number,
): Promise<string[]> {
  const random = generator(seed), all = await subjects(device), wrong: string[] = [];
  const pick = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)]!;
  const run = ({ call, good, reset }: Subject) => {
    reset();
    return valueOf(call(...good()));
  };
  const expected = new Map(all.map((subject) => [subject, run(subject)]));
  for (let k = 0; k < count; k++) {
    const subject = pick(all);
    let depth = 0;
    const again = () => {
      if (depth++ === 0) subject.call(...subject.good());
    };
    const kinds = [...junk, ...memoryJunk(again)];
    const good = subject.good().map((value): readonly [string, () => unknown] => [
      "a good one",
      () => value,
    ]);
    // Mostly one bad argument among good ones, which goes farthest.
    const args = random() < 0.7
      ? good.map((arg, place) => place === k % good.length ? pick(kinds) : arg)
      : Array.from({ length: Math.floor(random() * 4) }, () => pick(kinds));
    const target = {
      name: `${device} ${subject.name}`,
      call: (values: readonly unknown[]) => valueOf(subject.call(...values)),
    };
    const found = await tryCall(target, args);
    if (found !== null) wrong.push(found);
    let after: string;
    try {
      after = run(subject);
    } catch (error) {
      after = String(error);
    }
    if (after === expected.get(subject)) continue;
    const text = args.map(([name]) => name).join(", ");
    wrong.push(`${target.name}(${text}): a good call then gives ${after}`);
  }
  return wrong;
}

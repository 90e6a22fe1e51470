/**
 * Sorting of keys by digits, least significant first: on one thread, or on all of them.
 *
 * @module
 */

import type { Jobs } from "../threads/jobs.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder } from "../wasm/mod.ts";

/** Rows from this length on are sorted by digits of 11 bits, others by bytes. */
const LONG = 1 << 13;
/** How many keys the inner functions work on at a time. */
const STRETCH = 1 << 14;
const LONG_BITS = 11, SHORT_BITS = 8;
/** Bytes of the counts of a digit. */
const COUNTS = 4 << LONG_BITS;
/** From which length on threads sort a row together. */
export const SHARED = 1 << 17;
/** In how many parts they do at most, and the bytes of the counts of all of these. */
const MOST_PARTS = 16;
export const PARTS_BYTES = MOST_PARTS * COUNTS;

/** Bytes of the counts of all digits of keys; digits of fewer bits take less. */
export function histogramBytes(bits: number): number {
  return Math.ceil(bits / LONG_BITS) * COUNTS;
}

/** Instructions on keys of 32 or 64 bits. */
export interface KeyOps {
  readonly type: "i32" | "i64";
  readonly bytes: 4 | 8;
  readonly bits: number;
  load(f: FunctionBuilder): void;
  store(f: FunctionBuilder): void;
  /** Pushes the digit of the key on the stack. */
  digit(f: FunctionBuilder, shift: Local<"i32">, mask: Local<"i32">): void;
}

const ops32: Omit<KeyOps, "bits"> = {
  type: "i32",
  bytes: 4,
  load: (f) => void f.i32Load(),
  store: (f) => void f.i32Store(),
  digit: (f, shift, mask) => void f.localGet(shift).i32ShrU().localGet(mask).i32And(),
};
const ops64: Omit<KeyOps, "bits"> = {
  type: "i64",
  bytes: 8,
  load: (f) => void f.i64Load(),
  store: (f) => void f.i64Store(),
  digit: (f, shift, mask) =>
    void f.localGet(shift).i64ExtendI32U().i64ShrU().i32WrapI64().localGet(mask).i32And(),
};

/** The instructions on the keys of elements of so many bytes. */
export function keyOps(bytes: number): KeyOps {
  return { ...(bytes === 8 ? ops64 : ops32), bits: 8 * bytes };
}

/**
 * Prints a function that counts all digits of a stretch of keys at once, each in a histogram of its own. Its
 * parameters are the stretch's start and end, and the histograms.
 */
function printCount(module: ModuleBuilder, ops: KeyOps, width: number): Func {
  return module.func(
    { name: `count_${ops.bits}_${width}`, params: ["i32", "i32", "i32"] },
    (f, at, end, histograms) => {
      const slot = f.local("i32"), key = f.local(ops.type), digit = f.local("i32");
      f.loop((again) => {
        f.localGet(at);
        ops.load(f);
        f.localSet(key);
        for (let shift = 0, offset = 0; shift < ops.bits; shift += width, offset += 4 << width) {
          f.localGet(key);
          if (ops.type === "i64") f.i64Const(shift).i64ShrU().i32WrapI64();
          else f.i32Const(shift).i32ShrU();
          f.i32Const((1 << width) - 1).i32And().localSet(digit);
          f.localGet(histograms).localGet(digit).i32Const(2).i32Shl().i32Add().localTee(slot);
          f.localGet(slot).i32Load(offset).i32Const(1).i32Add().i32Store(offset);
        }
        f.increment(at, ops.bytes).localGet(at).localGet(end).i32LtU().brIf(again);
      });
    },
  );
}

/**
 * Prints a function that moves a stretch of keys, and their places if asked, to where the histogram says.
 * Its parameters are the stretch's start and end, the histogram of the digit, its shift and mask, the places
 * and the arrays to move to.
 */
function printMove(module: ModuleBuilder, ops: KeyOps, withPlaces: boolean): Func {
  return module.func(
    {
      name: `move_${ops.bits}${withPlaces ? "_places" : ""}`,
      params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    },
    (f, at, end, histogram, shift, mask, from, toKeys, toPlaces) => {
      const slot = f.local("i32"), to = f.local("i32"), key = f.local(ops.type);
      f.loop((again) => {
        f.localGet(at);
        ops.load(f);
        f.localSet(key).localGet(histogram).localGet(key);
        ops.digit(f, shift, mask);
        f.i32Const(2).i32Shl().i32Add().localTee(slot).i32Load().localSet(to);
        f.localGet(slot).localGet(to).i32Const(1).i32Add().i32Store();
        f.localGet(toKeys).localGet(to).i32Const(ops.bytes).i32Mul().i32Add().localGet(key);
        ops.store(f);
        if (withPlaces) {
          f.localGet(toPlaces).localGet(to).i32Const(2).i32Shl().i32Add();
          f.localGet(from).i32Load().i32Store();
          f.increment(from, 4);
        }
        f.increment(at, ops.bytes);
        f.localGet(at).localGet(end).i32LtU().brIf(again);
      });
    },
  );
}

/** Runs over keys in stretches, so that the engine can optimise what works on them meanwhile. */
function inStretches(
  f: FunctionBuilder,
  { bytes }: KeyOps,
  at: Local<"i32">,
  keysEnd: Local<"i32">,
  body: (end: Local<"i32">) => void,
): void {
  const end = f.alloc("i32");
  f.loop((again) => {
    f.localGet(at).i32Const(STRETCH * bytes).i32Add().localTee(end).localGet(keysEnd);
    f.localGet(end).localGet(keysEnd).i32LtU().select("i32").localSet(end);
    body(end);
    f.localGet(end).localTee(at).localGet(keysEnd).i32LtU().brIf(again);
  });
  f.free(end);
}

/** The functions that move keys alone, and with their places. */
type Moves = readonly [keys: Func, withPlaces: Func];

/** Moves all keys from one to another, in stretches, and their places where there are any. */
function moveAll(
  f: FunctionBuilder,
  ops: KeyOps,
  [movingKeys, moving]: Moves,
  at: Local<"i32">,
  keysEnd: Local<"i32">,
  from: Local<"i32">,
  rest: { readonly histogram: Local<"i32">; readonly digit: readonly Local<"i32">[] },
  to: readonly (() => void)[],
): void {
  const move = (func: Func) =>
    inStretches(f, ops, at, keysEnd, (end) => {
      for (const one of [at, end, rest.histogram, ...rest.digit, from]) f.localGet(one);
      for (const push of to) push();
      f.call(func);
      if (func === moving) f.increment(from, 4 * STRETCH);
    });
  f.localGet(from).if(() => move(moving), () => move(movingKeys));
}

/**
 * Sorts by digits between two pairs of arrays, or between two where `places` is 0; returns the address of
 * the places, or of the keys, in order.
 */
function printDigits(module: ModuleBuilder, ops: KeyOps, moves: Moves): Func {
  const counting = [LONG_BITS, SHORT_BITS].map((width) => printCount(module, ops, width));
  return module.func(
    {
      name: `digits_${ops.bits}`,
      params: ["i32", "i32", "i32", "i32", "i32", "i32"],
      results: ["i32"],
    },
    (f, keys, otherKeys, places, otherPlaces, histogram, length) => {
      const width = f.local("i32"), mask = f.local("i32"), shift = f.local("i32");
      const slot = f.local("i32"), sum = f.local("i32"), count = f.local("i32");
      const last = f.local("i32"), at = f.local("i32");
      const from = f.local("i32"), keysEnd = f.local("i32");
      f.i32Const(LONG_BITS).i32Const(SHORT_BITS).localGet(length).i32Const(LONG).i32GeS();
      f.select("i32");
      f.localSet(width);
      f.i32Const(1).localGet(width).i32Shl().i32Const(1).i32Sub().localSet(mask);
      const findEnd = () =>
        f.localGet(keys).localGet(length).i32Const(ops.bytes).i32Mul().i32Add().localSet(keysEnd);
      f.localGet(histogram).i32Const(0).i32Const(histogramBytes(ops.bits)).memoryFill();
      findEnd();
      f.localGet(width).i32Const(LONG_BITS).i32Eq();
      f.localGet(keys).localSet(at);
      const [long, short] = counting.map((count) => () =>
        inStretches(f, ops, at, keysEnd, (end) => {
          f.localGet(at).localGet(end).localGet(histogram).call(count);
        })
      );
      f.if(long!, short!);
      f.block((out) => {
        f.loop((nextDigit) => {
          f.localGet(shift).i32Const(ops.bits).i32GeS().brIf(out);
          findEnd();
          f.localGet(histogram).localGet(mask).i32Const(2).i32Shl().i32Add().localSet(last);
          f.block((skip) => {
            // Nothing to do where all keys have the digit of the first one.
            f.localGet(histogram).localGet(keys);
            ops.load(f);
            ops.digit(f, shift, mask);
            f.i32Const(2).i32Shl().i32Add().i32Load().localGet(length).i32Eq().brIf(skip);
            f.i32Const(0).localSet(sum).localGet(histogram).localSet(slot);
            f.loop((again) => {
              f.localGet(slot).i32Load().localSet(count);
              f.localGet(slot).localGet(sum).i32Store();
              f.increment(sum, count).increment(slot, 4);
              f.localGet(slot).localGet(last).i32LeU().brIf(again);
            });
            f.localGet(keys).localSet(at).localGet(places).localSet(from);
            moveAll(f, ops, moves, at, keysEnd, from, { histogram, digit: [shift, mask] }, [
              () => f.localGet(otherKeys),
              () => f.localGet(otherPlaces),
            ]);
            f.localGet(keys).localGet(otherKeys).localSet(keys).localSet(otherKeys);
            f.localGet(places).localGet(otherPlaces).localSet(places).localSet(otherPlaces);
          });
          // The histogram of the next digit is behind this one.
          f.localGet(last).i32Const(4).i32Add().localSet(histogram);
          f.increment(shift, width).br(nextDigit);
        });
      });
      f.localGet(places).localGet(keys).localGet(places).select("i32");
    },
  );
}

/** Prints a function that counts one digit of a stretch of keys. */
function printCountOne(module: ModuleBuilder, ops: KeyOps): Func {
  return module.func(
    { name: `count_one_${ops.bits}`, params: ["i32", "i32", "i32", "i32", "i32"] },
    (f, at, end, histogram, shift, mask) => {
      const slot = f.local("i32");
      f.loop((again) => {
        f.localGet(histogram).localGet(at);
        ops.load(f);
        ops.digit(f, shift, mask);
        f.i32Const(2).i32Shl().i32Add().localTee(slot);
        f.localGet(slot).i32Load().i32Const(1).i32Add().i32Store();
        f.increment(at, ops.bytes).localGet(at).localGet(end).i32LtU().brIf(again);
      });
    },
  );
}

/** What the parts of a digit are given, in words; keys are counted where they are moved to nowhere. */
const words = [
  ...["keys", "places", "toKeys", "toPlaces", "counts", "length", "size", "shift"] as const,
];

/**
 * Prints the same for a long row that threads sort together: each counts the digits of its parts of the keys, and
 * moves these behind those of the parts before.
 */
function printSharedDigits(module: ModuleBuilder, ops: KeyOps, jobs: Jobs, moves: Moves): Func {
  const counting = printCountOne(module, ops);
  const part = jobs.part((f, index) => {
    const at = f.local("i32"), end = f.local("i32"), from = f.local("i32"), start = f.local("i32");
    const histogram = f.local("i32"), shift = f.local("i32"), mask = f.local("i32");
    const word = (name: typeof words[number]) => jobs.pushWord(f, words.indexOf(name));
    f.localGet(index);
    word("size").i32Mul().localTee(start);
    word("size").i32Add().localTee(end);
    word("length").localGet(end);
    word("length").i32LtS().select("i32").i32Const(ops.bytes).i32Mul();
    word("keys").i32Add().localSet(end);
    f.localGet(start).i32Const(ops.bytes).i32Mul();
    word("keys").i32Add().localSet(at);
    word("counts").localGet(index).i32Const(COUNTS).i32Mul().i32Add().localSet(histogram);
    word("shift").localSet(shift).i32Const((1 << LONG_BITS) - 1).localSet(mask);
    word("toKeys").if(() => {
      word("places").if(() => {
        word("places").localGet(start).i32Const(2).i32Shl().i32Add().localSet(from);
      });
      moveAll(f, ops, moves, at, end, from, { histogram, digit: [shift, mask] }, [
        () => word("toKeys"),
        () => word("toPlaces"),
      ]);
    }, () => {
      f.localGet(histogram).i32Const(0).i32Const(COUNTS).memoryFill();
      inStretches(f, ops, at, end, (stop) => {
        for (const one of [at, stop, histogram, shift, mask]) f.localGet(one);
        f.call(counting);
      });
    });
  });
  const six = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;
  return module.func(
    { name: `shared_digits_${ops.bits}`, params: six, results: ["i32"] },
    (f, keys, otherKeys, places, otherPlaces, counts, length) => {
      const shift = f.local("i32"), mask = f.local("i32"), parts = f.local("i32");
      const size = f.local("i32"), sum = f.local("i32"), count = f.local("i32");
      const at = f.local("i32"), i = f.local("i32"), slot = f.local("i32");
      const run = (toKeys: () => void) => {
        const given = { keys, places, toPlaces: otherPlaces, counts, length, size, shift };
        const pushes = words.map((name) =>
          name === "toKeys" ? toKeys : () => f.localGet(given[name])
        );
        jobs.run(f, part, pushes, () => f.localGet(parts), () => f.i32Const(0));
      };
      f.i32Const((1 << LONG_BITS) - 1).localSet(mask);
      jobs.pushThreads(f);
      f.i32Const(1).i32Shl().localTee(parts).i32Const(MOST_PARTS);
      f.localGet(parts).i32Const(MOST_PARTS).i32LtS().select("i32").localSet(parts);
      f.localGet(length).localGet(parts).i32Add().i32Const(1).i32Sub();
      f.localGet(parts).i32DivS().localSet(size);
      f.whileLoop(() => f.localGet(shift).i32Const(ops.bits).i32LtS(), () => {
        run(() => void f.i32Const(0));
        // Nothing to do where all keys have the digit of the first one.
        f.localGet(counts).localGet(keys);
        ops.load(f);
        ops.digit(f, shift, mask);
        f.i32Const(2).i32Shl().i32Add().localSet(at).i32Const(0).localSet(sum);
        f.forLoop(i, 0, parts, 1, () => {
          f.localGet(sum).localGet(at).i32Load().i32Add().localSet(sum).increment(at, COUNTS);
        });
        f.localGet(sum).localGet(length).i32Ne().if(() => {
          f.i32Const(0).localSet(sum).localGet(counts).localSet(slot);
          f.loop((again) => {
            f.localGet(slot).localSet(at);
            f.forLoop(i, 0, parts, 1, () => {
              f.localGet(at).i32Load().localSet(count).localGet(at).localGet(sum).i32Store();
              f.increment(sum, count).increment(at, COUNTS);
            });
            f.increment(slot, 4);
            f.localGet(slot).localGet(counts).i32Const(COUNTS).i32Add().i32LtU().brIf(again);
          });
          run(() => f.localGet(otherKeys));
          f.localGet(keys).localGet(otherKeys).localSet(keys).localSet(otherKeys);
          f.localGet(places).localGet(otherPlaces).localSet(places).localSet(otherPlaces);
        });
        f.increment(shift, LONG_BITS);
      });
      f.localGet(places).localGet(keys).localGet(places).select("i32");
    },
  );
}

/** Prints the functions that sort by digits, alone and, where there can be threads, together. */
export function printByDigits(module: ModuleBuilder, ops: KeyOps, jobs: Jobs | null) {
  const moves: Moves = [printMove(module, ops, false), printMove(module, ops, true)];
  return {
    alone: printDigits(module, ops, moves),
    together: jobs === null ? null : printSharedDigits(module, ops, jobs, moves),
  };
}

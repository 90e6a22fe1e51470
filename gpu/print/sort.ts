/**
 * Sorting of rows: a bitonic network over pairs of a sortable key and a position. Equal keys are
 * told apart by the position, so the sort is stable.
 *
 * @module
 */

import type { BufferDecl, Sort } from "../../core/ir/program.ts";
import { scalarTypeOf } from "../../core/ir/scalar.ts";
import { floorDivSize, mulSize, opaqueSize, type Size } from "../../core/ir/size.ts";
import { indent, KernelText, type PrintedKernel, type Scratch } from "./kernel_text.ts";
import { isWide, WIDE } from "./int64.ts";
import { type Printed, printPrim, type StoredType, wgslType } from "./scalar.ts";

const THREADS = 256;
/** Elements that one workgroup sorts in its own memory. */
export const SORT_BLOCK = 2 * THREADS;

/** The kernels of a sort. */
interface PrintedSort {
  /** Makes keys and sorts blocks of {@linkcode SORT_BLOCK}; run first. */
  readonly start: readonly PrintedKernel[];
  /** One exchange over a distance of at least a block; `first` is the run length, `last` the distance. */
  readonly exchange: PrintedKernel;
  /** All exchanges over smaller distances; `first` is the run length. */
  readonly merge: PrintedKernel;
  /** Writes the results; run last. */
  readonly finish: PrintedKernel;
  /** Elements of a row, rounded up to a power of two. */
  readonly padded: Size;
}

/**
 * The kernels that sort the rows of a buffer.
 *
 * @param sort What to print.
 * @param decls The buffers of the program by id.
 * @param scratch Makes memory between the kernels.
 * @param flag The flag that must be set for the kernels to run.
 */
export function printSort(
  sort: Sort,
  decls: ReadonlyMap<number, BufferDecl>,
  scratch: (words: Scratch["words"]) => Scratch,
  flag: number | null,
): PrintedSort {
  return new SortPrinter(sort, decls, scratch, flag).print();
}

/** Prints the kernels of one sort. */
class SortPrinter {
  readonly #sort: Sort;
  readonly #decls: ReadonlyMap<number, BufferDecl>;
  readonly #flag: number | null;
  /** Elements of a row, rounded up to a power of two, and of all rows. */
  readonly #padded: Size;
  readonly #total: Size;
  /** The type of keys in WGSL, and as {@linkcode printPrim} takes it. */
  readonly #key: StoredType;
  readonly #type: "u32" | "u64";
  /** Memory for the keys, and for the positions that they come from. */
  readonly #keys: Scratch;
  readonly #order: Scratch;

  constructor(
    sort: Sort,
    decls: ReadonlyMap<number, BufferDecl>,
    scratch: (words: Scratch["words"]) => Scratch,
    flag: number | null,
  ) {
    this.#sort = sort;
    this.#decls = decls;
    this.#flag = flag;
    this.#padded = opaqueSize(
      "ceilpow2",
      [sort.length],
      (n) => n <= 1 ? 1 : 2 ** Math.ceil(Math.log2(n)),
    );
    this.#total = mulSize(sort.rows, this.#padded);
    const wide = isWide(wgslType(scalarTypeOf(sort.dtype)));
    this.#type = wide ? "u64" : "u32";
    this.#key = wide ? WIDE : "u32";
    this.#keys = scratch(mulSize(this.#total, wide ? 2 : 1));
    this.#order = scratch(this.#total);
  }

  print(): PrintedSort {
    return {
      start: [this.#makeKeys(), this.#sortBlocks()],
      exchange: this.#exchange(),
      merge: this.#merge(),
      finish: this.#finish(),
      padded: this.#padded,
    };
  }

  /** The scratch memory in a kernel. */
  #memory(text: KernelText): { keys: string; order: string } {
    return {
      keys: text.scratch(this.#keys, this.#key, "write"),
      order: text.scratch(this.#order, "u32", "write"),
    };
  }

  #makeKeys(): PrintedKernel {
    const text = new KernelText(this.#decls), { name, dtype, descending, ...sort } = this.#sort;
    const key = this.#key, total = this.#total;
    const row = text.count(this.#padded), length = text.count(sort.length);
    const { keys, order } = this.#memory(text);
    const source = `at / ${row} * ${length} + min(at % ${row}, ${length} - 1u)`;
    const value = text.load(sort.source, dtype, source);
    const lines = [
      `let at = group * ${THREADS}u + lane;`,
      `if (at >= ${text.count(total)}) { return; }`,
      `let value = ${value.text};`,
      ...keyOf({ ...value, text: "value" }, descending),
      // Fillers come after all others, because their positions are the largest.
      `${keys}[at] = select(${key}(0xffffffffu), key, at % ${row} < ${length});`,
      `${order}[at] = at % ${row};`,
    ];
    return text.finish(`${name} keys`, lines, THREADS, total, THREADS, this.#flag);
  }

  /** A kernel that loads a block, runs exchanges in it and stores it. */
  #inBlocks(name: string, body: (text: KernelText, b: SortBlock) => string[]): PrintedKernel {
    const text = new KernelText(this.#decls), total = this.#total;
    const { keys, order } = this.#memory(text);
    const b: SortBlock = {
      keys: text.shared(this.#key, SORT_BLOCK),
      order: text.shared("u32", SORT_BLOCK),
      later: laterText(this.#type, text),
      row: text.count(this.#padded),
    };
    const count = text.count(total);
    const each = [0, THREADS].map((plus) => plus === 0 ? "lane" : `lane + ${plus}u`);
    const lines = [
      `let base = group * ${SORT_BLOCK}u;`,
      ...each.flatMap((i) => [
        `${b.keys}[${i}] = ${keys}[min(base + ${i}, ${count} - 1u)];`,
        `${b.order}[${i}] = ${order}[min(base + ${i}, ${count} - 1u)];`,
      ]),
      "workgroupBarrier();",
      ...body(text, b),
      ...each.map((i) =>
        `if (base + ${i} < ${count}) { ${keys}[base + ${i}] = ${b.keys}[${i}]; ` +
        `${order}[base + ${i}] = ${b.order}[${i}]; }`
      ),
    ];
    const label = `${this.#sort.name} ${name}`;
    return text.finish(label, lines, THREADS, total, SORT_BLOCK, this.#flag);
  }

  #sortBlocks(): PrintedKernel {
    return this.#inBlocks("blocks", (_, b) => [
      `let largest = min(${b.row}, ${SORT_BLOCK}u);`,
      "for (var run = 2u; run <= largest; run *= 2u) {",
      "  for (var distance = run / 2u; distance > 0u; distance /= 2u) {",
      ...indent(indent(localExchange(b))),
      "  }",
      "}",
    ]);
  }

  #merge(): PrintedKernel {
    return this.#inBlocks("merge", (text, b) => {
      const [run] = text.steps();
      return [
        `let run = ${run};`,
        `for (var distance = ${THREADS}u; distance > 0u; distance /= 2u) {`,
        ...indent(localExchange(b)),
        "}",
      ];
    });
  }

  #exchange(): PrintedKernel {
    const text = new KernelText(this.#decls), pairs = floorDivSize(this.#total, 2);
    const { keys, order } = this.#memory(text);
    const [run, distance] = text.steps();
    const row = text.count(this.#padded);
    const lines = [
      `let pair = group * ${THREADS}u + lane;`,
      `if (pair >= ${text.count(pairs)}) { return; }`,
      `let distance = ${distance};`,
      ...exchangeOf("pair", { keys, order, row, later: laterText(this.#type, text) }, "i", run),
    ];
    return text.finish(`${this.#sort.name} exchange`, lines, THREADS, pairs, THREADS, this.#flag);
  }

  #finish(): PrintedKernel {
    const text = new KernelText(this.#decls), sort = this.#sort;
    const row = text.count(this.#padded), length = text.count(sort.length);
    const items = mulSize(sort.rows, sort.length);
    const order = text.scratch(this.#order, "u32", "read");
    const lines = [
      `let at = group * ${THREADS}u + lane;`,
      `if (at >= ${text.count(items)}) { return; }`,
      `let row = at / ${length};`,
      `let source = ${order}[row * ${row} + at % ${length}];`,
    ];
    if (sort.values !== null) {
      const value = text.load(sort.source, sort.dtype, `row * ${length} + source`);
      lines.push(text.store(sort.values, "at", value));
    }
    if (sort.positions !== null) {
      lines.push(
        text.store(sort.positions, "at", { text: "i32(source)", type: "i32", nan: false }),
      );
    }
    return text.finish(`${sort.name} results`, lines, THREADS, items, THREADS, this.#flag);
  }
}

/** Keys and positions in memory, and what an exchange needs to know. */
interface SortBlock {
  readonly keys: string;
  readonly order: string;
  /** The statement that sets `later`. */
  readonly later: string;
  readonly row: string;
}

/** The statement that sets `later`: whether key and position i come after key and position j. */
function laterText(type: "u32" | "u64", { prelude }: KernelText): string {
  const [ki, kj] = ["ki", "kj"].map((text): Printed => ({ text, type, nan: false }));
  const [more, same] = (["gt", "eq"] as const).map((op) =>
    printPrim(op, "bool", [ki!, kj!], prelude).text
  );
  return `let later = ${more} | (${same} & (oi > oj));`;
}

/** One exchange at `distance` within workgroup memory. */
function localExchange(block: SortBlock): string[] {
  return [...exchangeOf("lane", block, "(base + i)", "run"), "workgroupBarrier();"];
}

/** Puts the two elements of a pair in order: of what is `at` in its row, in runs that alternate. */
function exchangeOf(pair: string, block: SortBlock, at: string, run: string): string[] {
  const { keys, order, later, row } = block;
  return [
    `let i = (${pair} / distance) * (2u * distance) + ${pair} % distance;`,
    "let j = i + distance;",
    `let ki = ${keys}[i];`,
    `let kj = ${keys}[j];`,
    `let oi = ${order}[i];`,
    `let oj = ${order}[j];`,
    later,
    `if (later == (((${at} % ${row}) & ${run}) == 0u)) {`,
    `  ${keys}[i] = kj;`,
    `  ${keys}[j] = ki;`,
    `  ${order}[i] = oj;`,
    `  ${order}[j] = oi;`,
    "}",
  ];
}

/** Statements that set `key`, a u32 (or a pair of them) that sorts as `value` does, NaN last. */
function keyOf(value: Printed, descending: boolean): string[] {
  const flip = descending ? "~" : "";
  switch (value.type) {
    case "f32":
      return [
        "let bits = bitcast<u32>(value);",
        // Both zeros are equal.
        "let plain = select(bits, 0u, (bits << 1u) == 0u);",
        "let sortable = select(plain | 0x80000000u, ~plain, plain > 0x7fffffffu);",
        `let key = select(${flip}sortable, 0xffffffffu, (bits & 0x7fffffffu) > 0x7f800000u);`,
      ];
    case "i32":
      return [`let key = ${flip}(bitcast<u32>(value) ^ 0x80000000u);`];
    case "u32":
      return [`let key = ${flip}value;`];
    case "i64":
      return [`let key = ${flip}(value ^ ${WIDE}(0u, 0x80000000u));`];
    case "u64":
      return [`let key = ${flip}value;`];
    case "bool":
      return [`let key = ${flip}select(0u, 1u, value);`];
  }
}

import { assertEquals, assertThrows } from "@std/assert";
import type { DType } from "../core/graph/dtype.ts";
import { foldl, foldr, map, reduce, scan, shared, T, until, type Variable } from "../all.ts";

/** Takes only a variable of exactly this type, by the type checker and when it runs. */
function typed<D extends DType, N extends number>(dtype: D, ndim: N): <V extends Variable>(
  variable: V,
  ...proof: [V["dtype"], V["ndim"]] extends [D, N] ? [D, N] extends [V["dtype"], V["ndim"]] ? []
    : [never]
    : [never]
) => void {
  return (variable, ..._proof) => assertEquals([variable.dtype, variable.ndim], [dtype, ndim]);
}

/** The same where only the rank is known: a state that starts as a number takes the step's dtype. */
function ranked<N extends number>(ndim: N): <V extends Variable>(
  variable: V,
  ...proof: [V["dtype"], V["ndim"]] extends [DType, N]
    ? [DType, N] extends [V["dtype"], V["ndim"]] ? [] : [never]
    : [never]
) => void {
  return (variable, ..._proof) => assertEquals(variable.ndim, ndim);
}

const m = T.fmatrix("m"), v = T.dvector("v"), w = T.fvector("w"), i = T.ivector("i");

Deno.test("types: a positional scan keeps dtype and rank of what its step gets and gives", () => {
  const [trace] = scan((row, state, factor) => {
    typed("float32", 1)(row);
    typed("float32", 1)(state);
    typed("float64", 1)(factor);
    return state.add(row);
  }, { sequences: m, outputsInfo: w, nonSequences: v });
  typed("float32", 2)(trace);
  const [pair] = scan((x, y) => [x.mul(y), x.sum()], { sequences: [m, i] });
  typed("float32", 2)(pair[0]);
  typed("float32", 1)(pair[1]);
  // @ts-expect-error there are two outputs
  assertEquals(pair[2], undefined);
  const [list] = scan((x) => x, { sequences: i, returnList: true });
  typed("int32", 1)(list[0]);
  const count = shared(0);
  const [none] = scan((x) => [[[count, count.add(x.sum())]]], { sequences: m });
  assertEquals<null>(none, null);
});

Deno.test("types: taps of sequences and outputs are arguments of the step", () => {
  const [both] = scan((now, before, y2, y1, z) => {
    typed("float32", 1)(now);
    typed("float32", 1)(before);
    typed("float32", 1)(y2);
    typed("float32", 1)(y1);
    typed("float64", 1)(z);
    return [y1.add(y2).add(now).add(before), z, now.sum()];
  }, {
    sequences: { input: m, taps: [0, -1] },
    outputsInfo: [{ initial: T.fmatrix("Y"), taps: [-2, -1] }, { initial: v, taps: -1 }, null],
  });
  typed("float32", 2)(both[0]);
  typed("float64", 2)(both[1]);
  typed("float32", 1)(both[2]);
});

Deno.test("types: numbers that start a state are one value and take the step's dtype", () => {
  const [sums] = scan((x, sum) => sum.add(x), { sequences: w, outputsInfo: 0 });
  ranked(1)(sums);
  const [vectors] = scan((x, sum) => sum.add(x), { sequences: w, outputsInfo: [0, 1] });
  ranked(2)(vectors);
  const [states] = scan((x, a, b) => [a.add(x), b.add(1n)], {
    sequences: w,
    outputsInfo: [T.constant(0, "float32"), 1n],
  });
  typed("float32", 1)(states[0]);
  typed("int64", 1)(states[1]);
});

Deno.test("types: conditions and updates are no outputs", () => {
  const count = shared(new Int32Array(1));
  const [powers] = scan((last) => [last.mul(2), until(last.gt(9)), new Map([[count, count]])], {
    outputsInfo: T.constant(1, "int16"),
    nSteps: 5,
  });
  typed("int16", 1)(powers);
});

Deno.test("types: what is not known stays wide", () => {
  const sequences: Variable[] = [w, v],
    open: { readonly returnList: boolean } = {
      returnList: true,
    };
  const [sum] = scan((...all) => {
    assertEquals<Variable[]>(all.slice(1), [all[1]!]);
    return all[0]!.add(all[1]!);
  }, { sequences });
  assertEquals<[string, number]>([sum.dtype, sum.ndim], ["float64", 1]);
  const [many] = scan((x) => [x, x] as Variable[], { sequences: w });
  assertEquals<Variable | Variable[] | null>(many, many);
  const [either] = scan((x) => x, { sequences: w, ...open });
  assertEquals(Array.isArray(either), true);
  // A step with annotations of its own.
  const [kept] = scan((x: Variable, y: Variable) => x.add(y), {
    sequences: w,
    outputsInfo: v.at(0),
  });
  assertEquals([kept.dtype, kept.ndim], ["float64", 1]);
  // @ts-expect-error a step cannot have more parameters than there are values
  assertThrows(() => scan((x, y) => x.add(y), { sequences: w }), TypeError, "2 parameters");
  // @ts-expect-error options are checked for names
  assertThrows(() => scan((x) => x, { sequences: w, nonsequences: v }), TypeError);
});

Deno.test("types: map, reduce and folds keep dtype and rank", () => {
  const [doubled] = map((row, factor) => row.mul(factor), { sequences: m, nonSequences: w.at(0) });
  typed("float32", 2)(doubled);
  const [two] = map((x, y) => [x.add(y), y], { sequences: [i, v] });
  typed("float64", 1)(two[0]);
  typed("float64", 1)(two[1]);
  const [total] = reduce((row, sum) => sum.add(row), { sequences: m, outputsInfo: w });
  typed("float32", 1)(total);
  const [product] = foldl((x, p) => p.mul(x), {
    sequences: v,
    outputsInfo: T.constant(1, "float64"),
  });
  typed("float64", 0)(product);
  const [least] = foldr((x, a, b) => [T.minimum(a, x), T.maximum(b, x)], {
    sequences: w,
    outputsInfo: [T.constant(0, "float32"), T.constant(0, "float32")],
  });
  typed("float32", 0)(least[0]);
  typed("float32", 0)(least[1]);
  const [sum] = reduce((x, s) => s.add(x), { sequences: w, outputsInfo: 0 });
  ranked(0)(sum);
});

Deno.test("types: carried values of named scans keep dtype and rank", () => {
  const { y, z, s } = scan(
    {
      sequences: { x: m },
      carry: { y: w, z: { initial: T.dmatrix("Z"), taps: [-2, -1] }, s: 0 },
    },
    ({ x, y, z, s }) => {
      typed("float32", 1)(y.at(-1));
      typed("float64", 1)(z.at(-2));
      return { y: y.at(-1).add(x.at(0)), z: z.at(-1), s: s.at(-1).add(x.at(0).sum()) };
    },
  );
  typed("float32", 2)(y);
  typed("float64", 2)(z);
  ranked(1)(s);
});

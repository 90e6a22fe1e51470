/**
 * Eigenvalues and singular values by Jacobi's rotations, of as many pairs at once as there are: in each round
 * of a sweep every row has another partner, as in a tournament (Brent and Luk, 1985).
 *
 * @module
 */

import { isComplex, realOf } from "../../../graph/dtype.ts";
import {
  type Element,
  type EmitContext,
  isComplexElement,
  type LoopNestBuilder,
  type MatrixView,
  type Target,
} from "../../../graph/op.ts";
import { type Ix, type ScalarBuilder, sizeIx } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { addSize, modSize, type Size } from "../../../ir/size.ts";
import { epsilonOf } from "../matrix_op.ts";
import {
  chosen,
  conjugate,
  constantOf,
  elementOf,
  greatestPart,
  isZero,
  keptIf,
  negated,
  over,
  plus,
  powerOf,
  realPart,
  sizeOf,
  squared,
  summed,
  times,
} from "./numbers.ts";
import { batchOf, fill, readAt, scratch, storeAt } from "./views.ts";
import { emitQr } from "./qr.ts";

/** Sweeps until it is given up: numbers that are there take ten or so. */
const MOST_SWEEPS = 40;

/** What two rows are turned by. */
interface Rotations {
  /** int32: the partner of each row, or itself. */
  readonly partner: Target;
  /** A row becomes `own` times itself plus `other` times its partner. */
  readonly own: Target;
  readonly other: Target;
}

function rotationsOf(
  context: EmitContext,
  like: Target,
  batch: readonly Size[],
  n: Size,
): Rotations {
  return {
    partner: context.temp("partner", "int32", [...batch, n]),
    own: context.temp("cosine", realOf(like.dtype), [...batch, n]),
    other: context.temp("sine", like.dtype, [...batch, n]),
  };
}

/** Rounds of a sweep: one less than there are players, of whom one is a stand-in where they are odd. */
function roundsOf(n: Size): Size {
  return addSize(addSize(n, -1), modSize(n, 2));
}

/** The partner of a row in a round, which is the row itself if there is none. */
function partnerOf(b: ScalarBuilder, n: Size, row: Ix, round: Ix): SNode {
  const rounds = b.size(roundsOf(n)), j = b.ixNode(row), t = b.ixNode(round);
  const twice = b.add(b.add(t, t), b.sub(rounds, j));
  const met = b.prim("rem", "i32", twice, rounds);
  // The last player stays; the others go round.
  const plain = b.select(b.compare("eq", met, j), rounds, met);
  const p = b.select(b.compare("eq", j, rounds), t, plain);
  return b.select(b.compare("lt", p, b.size(n)), p, j);
}

/**
 * Stores by what the rows are turned, given α and β of the lesser and the greater one, and γ between them:
 * after it γ is zero. Where γ is complex, the greater row is turned as if it had the phase of γ on it.
 */
function storeRotation(
  nest: LoopNestBuilder,
  to: Rotations,
  partner: SNode,
  [alpha, beta, between]: readonly [SNode, SNode, Element],
  isDone: SNode,
): void {
  const { b, axes } = nest, own = b.ixNode(axes.at(-1)!);
  const [zero, one] = [b.constant(alpha.type, 0), b.constant(alpha.type, 1)];
  const isOff = b.binary("or", isDone, b.compare("eq", partner, own));
  const gamma = isComplexElement(between) ? sizeOf(b, between) : between;
  const twice = b.add(gamma, gamma);
  const zeta = b.div(b.sub(beta, alpha), b.select(isOff, one, twice));
  const size = b.unary("abs", zeta);
  const root = b.unary("sqrt", b.add(b.mul(zeta, zeta), one));
  const tangent = b.div(one, b.add(size, root));
  const signed = b.select(b.compare("lt", zeta, zero), b.unary("neg", tangent), tangent);
  const cosine = b.div(one, b.unary("sqrt", b.add(b.mul(signed, signed), one)));
  const sine = b.mul(signed, cosine);
  const isLesser = b.compare("lt", own, partner);
  nest.storeOuter(to.partner, axes, partner);
  nest.storeOuter(to.own, axes, b.select(isOff, one, cosine));
  const turn = b.select(isOff, zero, b.select(isLesser, b.unary("neg", sine), sine));
  if (!isComplexElement(between)) return nest.storeOuter(to.other, axes, turn);
  const phase = over(b, between, b.select(isOff, one, gamma));
  const other = times(b, turn, chosen(b, isLesser, phase, conjugate(b, phase)));
  nest.storeOuter(to.other, axes, keptIf(b, b.unary("not", isOff), other));
}

/** A row as it is turned, of rows in one of two planes. */
function turnedRow(
  nest: LoopNestBuilder,
  { partner, own, other }: Rotations,
  rows: Target,
  plane: Ix,
  row: Ix,
  column: Ix,
): Element {
  const { b, axes } = nest, here = axes.slice(0, rows.shape.length - 3);
  const of = (target: Target) => nest.readTarget(target, [...here, row]);
  const at = (r: Ix) => nest.readTarget(rows, [plane, ...here, r, column]);
  const another = at(b.ix(of(partner) as SNode));
  return plus(b, times(b, of(own), at(row)), times(b, of(other), another));
}

/** Sweeps until `isOpen` of all matrices is false: it says whether one needs more of them. */
function sweep(
  context: EmitContext,
  batch: readonly Size[],
  n: Size,
  round: (t: Ix, now: Ix, next: Ix) => void,
  planes: readonly Target[],
  test: (open: Target) => void,
  start: () => void = () => {},
): void {
  const open = context.temp("open", "bool", batch), until = context.temp("until", "bool", []);
  context.loop("sweeps", MOST_SWEEPS, () => {
    start();
    context.loop(
      "rounds",
      roundsOf(n),
      (counter) => round(counter(), counter(0, 2), counter(1, 2)),
    );
    // There is an odd number of rounds.
    for (const target of planes) {
      context.nest("turned", target.shape.slice(1), [], (nest) => {
        const from = nest.readTarget(target, [sizeIx(1), ...nest.axes]);
        nest.storeOuter(target, [sizeIx(0), ...nest.axes], from);
      });
    }
    test(open);
    context.nest("until", [], batch, (nest) => {
      const { b } = nest;
      const any = batch.length === 0
        ? nest.readTarget(open, []) as SNode
        : nest.reduce("any", nest.readTarget(open, nest.loops) as SNode);
      nest.storeOuter(until, [], b.unary("not", any));
    });
  }, until);
}

/** Where each number of rows comes in the order of all of them. */
function rankOf(
  context: EmitContext,
  numbers: Target,
  isDescending: boolean,
): Target {
  const rank = context.temp("rank", "int32", numbers.shape), n = numbers.shape.at(-1)!;
  context.nest("rank", numbers.shape, [n], (nest) => {
    const { b, axes } = nest, j = axes.at(-1)!, i = nest.loops[0]!, first = axes.slice(0, -1);
    const mine = nest.readTarget(numbers, axes) as SNode;
    const other = nest.readTarget(numbers, [...first, i]) as SNode;
    const [low, high] = isDescending ? [mine, other] : [other, mine];
    // Equal ones, and NaN, stay as they are.
    const isTie = b.unary(
      "not",
      b.binary("or", b.compare("lt", low, high), b.compare("gt", low, high)),
    );
    const isEarlier = b.binary("and", isTie, b.compare("lt", b.ixNode(i), b.ixNode(j)));
    const isBefore = b.binary("or", b.compare("lt", low, high), isEarlier);
    nest.storeOuter(rank, axes, nest.reduce("sum", b.cast(isBefore, "i32")));
  });
  return rank;
}

/**
 * The sign that makes the first large number of each row positive, so that devices agree; null for complex
 * numbers, which have phases.
 */
function signsOf(context: EmitContext, rows: Target): Target | null {
  if (isComplex(rows.dtype)) return null;
  const numbers = rows.shape.slice(1, -1), length = rows.shape.at(-1)!;
  const most = context.temp("most", rows.dtype, numbers);
  const signs = context.temp("sign", rows.dtype, numbers);
  const at = (nest: LoopNestBuilder, k: Ix) =>
    nest.readTarget(rows, [sizeIx(0), ...nest.axes, k]) as SNode;
  context.nest("most", numbers, [length], (nest) => {
    const found = nest.reduce("max", nest.b.unary("abs", at(nest, nest.loops[0]!)));
    nest.storeOuter(most, nest.axes, found);
  });
  context.nest("sign", numbers, [length], (nest) => {
    const { b } = nest, size = b.unary("abs", at(nest, nest.loops[0]!));
    const half = b.mul(nest.readTarget(most, nest.axes) as SNode, b.constant(size.type, 0.37));
    const found = nest.reduce("argmax", b.cast(b.compare("ge", size, half), "i32"));
    const first = at(nest, b.ix(found)), one = b.constant(first.type, 1);
    const isBelow = b.compare("lt", first, b.constant(first.type, 0));
    nest.storeOuter(signs, nest.axes, b.select(isBelow, b.unary("neg", one), one));
  });
  return signs;
}

/**
 * What matrices, as far as they are read, are divided by, so that squares of their elements stay in range: a
 * power of two, which leaves all digits as they are.
 */
function scaleOf(
  context: EmitContext,
  from: MatrixView,
  isRead: (b: ScalarBuilder, r: Ix, c: Ix) => SNode | null = () => null,
): Target {
  const batch = batchOf(from), scale = context.temp("scale", realOf(from.target.dtype), batch);
  context.nest("scale", batch, [from.rows, from.columns], (nest) => {
    const { b } = nest, [r, c] = nest.loops as [Ix, Ix], isIn = isRead(b, r, c);
    const value = greatestPart(b, readAt(nest, from, r, c));
    const x = isIn === null ? value : b.select(isIn, value, b.constant(value.type, 0));
    const most = nest.reduce("max", x), one = b.constant(most.type, 1);
    const power = powerOf(b, most), zero = b.constant(most.type, 0);
    // No number, or too small to have a power.
    const isOdd = b.binary("or", b.compare("eq", power, zero), b.isInf(power));
    nest.storeOuter(scale, nest.axes, b.select(isOdd, one, power));
  });
  return scale;
}

/** Stores eigenvalues of symmetric matrices in ascending order, and their vectors in columns. */
export function emitEigh(
  context: EmitContext,
  from: MatrixView,
  values: Target,
  vectors: Target | null,
): void {
  const n = from.rows, batch = batchOf(from), { dtype } = from.target;
  const a = context.temp("matrix", dtype, [2, ...batch, n, n]);
  const v = vectors === null ? null : context.temp("vectors", dtype, [2, ...batch, n, n]);
  const first = sizeIx(0), square = [...batch, n, n], real = realOf(dtype);
  const isLower = (b: ScalarBuilder, r: Ix, c: Ix) => b.compare("ge", b.ixNode(r), b.ixNode(c));
  const scale = scaleOf(context, from, isLower);
  const here = (nest: LoopNestBuilder) => nest.axes.slice(0, batch.length);
  const size = (nest: LoopNestBuilder) => nest.readTarget(scale, here(nest)) as SNode;
  context.nest("matrix", square, [], (nest) => {
    const { b } = nest, [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    const isOn = b.compare("eq", b.ixNode(r), b.ixNode(c)), own = readAt(nest, from, r, c);
    const mirrored = conjugate(b, readAt(nest, from, c, r));
    const whole = chosen(b, isLower(b, r, c), own, mirrored);
    const value = isComplexElement(whole)
      ? chosen(b, isOn, elementOf(b, dtype, whole.re), whole)
      : whole;
    nest.storeOuter(a, [first, ...nest.axes], over(b, value, size(nest)));
    if (v === null) return;
    nest.storeOuter(v, [first, ...nest.axes], keptIf(b, isOn, constantOf(b, dtype, 1)));
  });
  const rotations = rotationsOf(context, from.target, batch, n);
  const half = scratch(context, "half", from.target, batch, n, n);
  const round = (t: Ix, now: Ix, next: Ix): void => {
    context.nest("angles", [...batch, n], [], (nest) => {
      const { b } = nest, j = nest.axes.at(-1)!, p = partnerOf(b, n, j, t), own = b.ixNode(j);
      const [lesser, greater] = [b.binary("min", own, p), b.binary("max", own, p)].map((x) =>
        b.ix(x)
      ) as [Ix, Ix];
      const at = (r: Ix, c: Ix) => nest.readTarget(a, [now, ...here(nest), r, c]);
      const gamma = at(lesser, greater);
      const [alpha, beta] = [realPart(at(lesser, lesser)), realPart(at(greater, greater))];
      storeRotation(nest, rotations, p, [alpha, beta, gamma], isZero(b, gamma));
    });
    context.nest("rows", square, [], (nest) => {
      const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
      storeAt(nest, half, r, c, turnedRow(nest, rotations, a, now, r, c));
      if (v !== null) {
        nest.storeOuter(v, [next, ...nest.axes], turnedRow(nest, rotations, v, now, r, c));
      }
    });
    context.nest("columns", square, [], (nest) => {
      const { b } = nest, [r, c] = nest.axes.slice(-2) as [Ix, Ix];
      const of = (target: Target) => nest.readTarget(target, [...here(nest), c]);
      const p = of(rotations.partner) as SNode, other = conjugate(b, of(rotations.other));
      const own = times(b, of(rotations.own), readAt(nest, half, r, c));
      const value = plus(b, own, times(b, other, readAt(nest, half, r, b.ix(p))));
      const size = squared(b, value);
      const [row, column] = [b.ixNode(r), b.ixNode(c)];
      // What was turned away is zero, whatever rounding left of it.
      const isGone = b.binary(
        "and",
        b.compare("eq", row, p),
        b.binary("and", b.compare("ne", row, column), b.compare("eq", size, size)),
      );
      nest.storeOuter(a, [next, ...nest.axes], keptIf(b, b.unary("not", isGone), value));
    });
  };
  const epsilon = epsilonOf(dtype);
  sweep(
    context,
    batch,
    n,
    round,
    v === null ? [a] : [a, v],
    (open) =>
      context.nest("open", batch, [n, n], (nest) => {
        const { b } = nest, [r, c] = nest.loops as [Ix, Ix];
        const square = squared(b, nest.readTarget(a, [first, ...nest.axes, r, c]));
        const isOn = b.compare("eq", b.ixNode(r), b.ixNode(c));
        const off = nest.reduce("sum", b.select(isOn, b.constant(square.type, 0), square));
        const all = nest.reduce("sum", square);
        const least = b.mul(all, b.constant(square.type, epsilon * epsilon / 16));
        nest.storeOuter(open, nest.axes, b.compare("gt", off, least));
      }),
  );
  const found = context.temp("values", real, [...batch, n]);
  context.nest("values", [...batch, n], [], (nest) => {
    const j = nest.axes.at(-1)!;
    nest.storeOuter(found, nest.axes, realPart(nest.readTarget(a, [first, ...here(nest), j, j])));
  });
  const rank = rankOf(context, found, false);
  const placeOf = (nest: LoopNestBuilder, j: Ix) =>
    nest.b.ix(nest.readTarget(rank, [...here(nest), j]) as SNode);
  context.nest("values", [...batch, n], [], (nest) => {
    const place = placeOf(nest, nest.axes.at(-1)!);
    const value = nest.b.mul(nest.readTarget(found, nest.axes) as SNode, size(nest));
    nest.storeOuter(values, [...here(nest), place], value);
  });
  if (v === null || vectors === null) return;
  const signs = signsOf(context, v);
  context.nest("vectors", square, [], (nest) => {
    const { b } = nest, [j, k] = nest.axes.slice(-2) as [Ix, Ix];
    const x = conjugate(b, nest.readTarget(v, [first, ...nest.axes]));
    const sign = signs && nest.readTarget(signs, [...here(nest), j]);
    nest.storeOuter(vectors, [...here(nest), k, placeOf(nest, j)], sign ? times(b, x, sign) : x);
  });
}

/** Where the results of a singular value decomposition go. */
interface SvdTargets {
  /** Left vectors in columns; null if nobody asks, as for `v`. */
  readonly u: MatrixView | null;
  readonly values: Target;
  /** Right vectors in rows. */
  readonly v: MatrixView | null;
}

/** Stores singular values in descending order, and their vectors. */
export function emitSvd(context: EmitContext, from: MatrixView, to: SvdTargets): void {
  const { rows: m, columns: n } = from, batch = batchOf(from), { dtype } = from.target;
  const first = sizeIx(0), real = realOf(dtype);
  const here = (nest: LoopNestBuilder) => nest.axes.slice(0, batch.length);
  const scale = scaleOf(context, from);
  const size = (nest: LoopNestBuilder) => nest.readTarget(scale, here(nest)) as SNode;
  // Columns lie in rows, which are turned until each is orthogonal to all others (Hestenes, 1958).
  const x = context.temp("columns", dtype, [2, ...batch, n, m]);
  const v = context.temp("vectors", dtype, [2, ...batch, n, n]);
  context.nest("columns", [...batch, n, m], [], (nest) => {
    const [c, r] = nest.axes.slice(-2) as [Ix, Ix];
    const one = over(nest.b, readAt(nest, from, r, c), size(nest));
    nest.storeOuter(x, [first, ...nest.axes], one);
  });
  context.nest("identity", [...batch, n, n], [], (nest) => {
    const { b } = nest, [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    const isOn = b.compare("eq", b.ixNode(r), b.ixNode(c));
    nest.storeOuter(v, [first, ...nest.axes], keptIf(b, isOn, constantOf(b, dtype, 1)));
  });
  const all = context.temp("all", real, batch);
  context.nest("all", batch, [n, m], (nest) => {
    const one = nest.readTarget(x, [first, ...nest.axes, ...nest.loops]);
    nest.storeOuter(all, nest.axes, nest.reduce("sum", squared(nest.b, one)));
  });
  const rotations = rotationsOf(context, from.target, batch, n);
  const seen = context.temp("seen", real, [...batch, n]);
  const epsilon = epsilonOf(dtype);
  const round = (t: Ix, now: Ix, next: Ix): void => {
    context.nest("angles", [...batch, n], [m], (nest) => {
      const { b } = nest, j = nest.axes.at(-1)!, k = nest.loops[0]!;
      const p = partnerOf(b, n, j, t), own = b.ixNode(j);
      const [one, other] = [b.binary("min", own, p), b.binary("max", own, p)].map((row) =>
        nest.readTarget(x, [now, ...here(nest), b.ix(row), k])
      ) as [Element, Element];
      const [alpha, beta] = [one, other].map((p) => nest.reduce("sum", squared(b, p))) as [
        SNode,
        SNode,
      ];
      const gamma = summed(nest, times(b, one, conjugate(b, other)));
      const size = sizeOf(b, gamma), zero = b.constant(size.type, 0);
      const lengths = b.mul(b.unary("sqrt", alpha), b.unary("sqrt", beta));
      // Columns that are nothing but rounding are left alone.
      const noise = b.mul(
        nest.readTarget(all, here(nest)) as SNode,
        b.constant(size.type, epsilon * epsilon),
      );
      const isNoise = b.compare("le", b.binary("min", alpha, beta), noise);
      // Sums of products are off by as much as that.
      const rounding = b.mul(
        b.add(b.unary("sqrt", b.size(m, size.type)), b.constant(size.type, 8)),
        b.constant(size.type, epsilon),
      );
      const isSmall = b.compare("le", size, b.mul(lengths, rounding));
      const isDone = b.binary("or", isNoise, isSmall);
      storeRotation(nest, rotations, p, [alpha, beta, gamma], isDone);
      const isOpen = b.binary("and", b.compare("ne", p, own), b.unary("not", isDone));
      const before = nest.readTarget(seen, nest.axes) as SNode;
      nest.storeOuter(seen, nest.axes, b.select(isOpen, b.constant(zero.type, 1), before));
    });
    context.nest("columns", [...batch, n, m], [], (nest) => {
      const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
      nest.storeOuter(x, [next, ...nest.axes], turnedRow(nest, rotations, x, now, r, c));
    });
    context.nest("vectors", [...batch, n, n], [], (nest) => {
      const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
      nest.storeOuter(v, [next, ...nest.axes], turnedRow(nest, rotations, v, now, r, c));
    });
  };
  const start = () =>
    context.nest("seen", [...batch, n], [], (nest) => {
      nest.storeOuter(seen, nest.axes, constantOf(nest.b, real, 0));
    });
  const test = (open: Target) =>
    context.nest("open", batch, [n], (nest) => {
      const { b } = nest, one = nest.readTarget(seen, [...nest.axes, nest.loops[0]!]) as SNode;
      nest.storeOuter(
        open,
        nest.axes,
        nest.reduce("any", b.compare("gt", one, b.constant(one.type, 0))),
      );
    });
  sweep(context, batch, n, round, [x, v], test, start);
  const lengths = context.temp("lengths", real, [...batch, n]);
  context.nest("lengths", [...batch, n], [m], (nest) => {
    const one = nest.readTarget(x, [first, ...nest.axes, nest.loops[0]!]);
    const sum = nest.reduce("sum", squared(nest.b, one));
    nest.storeOuter(lengths, nest.axes, nest.b.unary("sqrt", sum));
  });
  const rank = rankOf(context, lengths, true), least = to.values.shape.at(-1)!;
  const placeOf = (nest: LoopNestBuilder) =>
    nest.readTarget(rank, nest.axes.slice(0, batch.length + 1)) as SNode;
  const signs = signsOf(context, v);
  const signed = (nest: LoopNestBuilder, x: Element) =>
    signs ? times(nest.b, x, nest.readTarget(signs, nest.axes.slice(0, batch.length + 1))) : x;
  const sorted = scratch(context, "sorted", from.target, batch, m, least);
  context.nest("values", [...batch, n], [], (nest) => {
    const { b } = nest, place = placeOf(nest), isIn = b.compare("lt", place, b.size(least));
    nest.storeOuter(
      to.values,
      [...here(nest), b.ix(place)],
      b.mul(nest.readTarget(lengths, nest.axes) as SNode, size(nest)),
      isIn,
    );
  });
  context.nest("sorted", [...batch, n, m], [], (nest) => {
    const { b } = nest, place = placeOf(nest), isIn = b.compare("lt", place, b.size(least));
    const one = signed(nest, nest.readTarget(x, [first, ...nest.axes]));
    nest.storeOuter(sorted.target, [...here(nest), nest.axes.at(-1)!, b.ix(place)], one, isIn);
  });
  if (to.v !== null) {
    const { v: target } = to;
    context.nest("vectors", [...batch, n, n], [], (nest) => {
      const { b } = nest, place = placeOf(nest), isIn = b.compare("lt", place, b.size(target.rows));
      const one = signed(nest, conjugate(b, nest.readTarget(v, [first, ...nest.axes])));
      nest.storeOuter(target.target, [...here(nest), b.ix(place), nest.axes.at(-1)!], one, isIn);
    });
  }
  if (to.u === null) return;
  // The columns are orthogonal: their Q has them at length 1, and others where they are zero.
  const q = scratch(context, "q", from.target, batch, m, to.u.columns);
  const r = scratch(context, "r", from.target, batch, to.u.columns, least);
  emitQr(context, sorted, q, r);
  fill(context, "u", to.u, (nest, i, j) => {
    const { b } = nest, one = readAt(nest, q, i, j);
    const isMine = b.compare("lt", b.ixNode(j), b.size(least));
    const at = b.ix(b.select(isMine, b.ixNode(j), b.constant("i32", 0)));
    const length = realPart(readAt(nest, r, at, at));
    const isBelow = b.compare("lt", length, b.constant(length.type, 0));
    return chosen(b, b.binary("and", isMine, isBelow), negated(b, one), one);
  });
}

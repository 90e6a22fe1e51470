/**
 * Places for the nodes of a graph: in layers, each below what it is made from, with few crossings.
 *
 * @module
 */

import type { Model } from "./model.ts";

/** Where nodes and arrows are. */
interface Places {
  /** The middles of the nodes. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** For each arrow the middles of what it passes between, from above to below. */
  readonly bends: readonly (readonly (readonly [x: number, y: number])[])[];
  readonly width: number;
  readonly height: number;
}

/**
 * Places nodes of given sizes. It takes time in proportion to their number, so it also serves for thousands.
 *
 * Pages have the text of this function as a part of their program, so it uses nothing from outside.
 *
 * @param sizes Width and height of each node.
 * @param edges Arrows by the numbers of their nodes; there must be no circle.
 */
export function layered(
  sizes: readonly (readonly [width: number, height: number])[],
  edges: readonly (readonly [from: number, to: number])[],
): Places {
  const GAP = 16, LAYER = 40, MARGIN = 16, MOST_BENDS = 20000, MOST_LEAVES = 6;
  const count = sizes.length;
  const above: number[][] = sizes.map(() => []), below: number[][] = sizes.map(() => []);
  for (const [from, to] of edges) {
    above[to]!.push(from);
    below[from]!.push(to);
  }
  // Each node comes right behind the last of what it is made from.
  const layer = new Array<number>(count).fill(0), waits = above.map((list) => list.length);
  const order = waits.flatMap((waiting, node) => waiting === 0 ? [node] : []);
  for (let i = 0; i < order.length; i++) {
    const node = order[i]!;
    for (const to of below[node]!) {
      layer[to] = Math.max(layer[to]!, layer[node]! + 1);
      if (--waits[to]! === 0) order.push(to);
    }
  }
  // What has fewer arrows in than out, leaves not counted, goes down to what reads it.
  for (const node of order.toReversed()) {
    const into = above[node]!.filter((from) => above[from]!.length > 0).length;
    if (above[node]!.length === 0 || into >= below[node]!.length) continue;
    layer[node] = below[node]!.reduce((least, to) => Math.min(least, layer[to]!), Infinity) - 1;
  }
  // Leaves stand right above what reads them, many in rows of their own.
  const leaves = new Array<number>(count).fill(0);
  let top = 0;
  for (let node = 0; node < count; node++) {
    if (above[node]!.length > 0 || below[node]!.length === 0) continue;
    const reader = below[node]!.reduce((a, b) => layer[b]! < layer[a]! ? b : a);
    layer[node] = layer[reader]! - 1 - Math.floor(leaves[reader]!++ / MOST_LEAVES);
    top = Math.min(top, layer[node]!);
  }
  for (let node = 0; node < count; node++) layer[node]! -= top;
  // Long arrows get points in the layers that they pass, unless these would be too many.
  const spans = edges.map(([from, to]) => layer[to]! - layer[from]! - 1);
  let longest = 0, bendCount = 0;
  for (const span of [...spans].sort((a, b) => a - b)) {
    if ((bendCount += span) > MOST_BENDS) break;
    longest = span;
  }
  const at = [...layer], chains: number[][] = [];
  const up: number[][] = sizes.map(() => []), down: number[][] = sizes.map(() => []);
  edges.forEach(([from, to], i) => {
    const chain = [from];
    if (spans[i]! <= longest) {
      for (let k = 1; k <= spans[i]!; k++) {
        chain.push(at.push(layer[from]! + k) - 1);
        up.push([]);
        down.push([]);
      }
    }
    chain.push(to);
    for (let k = 1; k < chain.length; k++) {
      down[chain[k - 1]!]!.push(chain[k]!);
      up[chain[k]!]!.push(chain[k - 1]!);
    }
    chains.push(chain);
  });
  const rows: number[][] = [];
  for (let point = 0; point < at.length; point++) (rows[at[point]!] ??= []).push(point);
  // The order in a row follows the middles of what points are joined to, from above and from below in turn.
  const rank = new Array<number>(at.length);
  const number = (row: readonly number[]) => row.forEach((point, i) => rank[point] = i);
  rows.forEach(number);
  const mean = (points: readonly number[], of: readonly number[]) => {
    let sum = 0;
    for (const point of points) sum += of[point]!;
    return sum / points.length;
  };
  for (let sweep = 0; sweep < 8; sweep++) {
    const near = sweep % 2 === 0 ? up : down;
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) {
      const key = row.map((point) =>
        near[point]!.length === 0 ? rank[point]! : mean(near[point]!, rank)
      );
      const sorted = row.map((point, i) => ({ point, key: key[i]! })).sort((a, b) => a.key - b.key);
      sorted.forEach(({ point }, i) => row[i] = point);
      number(row);
    }
  }
  // Points go where what they are joined to is, as near as their neighbours let them: where they are in each
  // other's way, they share the way that is left.
  const x = new Array<number>(at.length).fill(0);
  const widthOf = (point: number) => point < count ? sizes[point]![0] : 2;
  const settle = (row: readonly number[], wanted: (point: number) => number) => {
    const groups: { start: number; sum: number; weight: number }[] = [], offsets: number[] = [];
    row.forEach((point, i) => {
      const before = i === 0 ? point : row[i - 1]!;
      const step = i === 0 ? 0 : (widthOf(before) + widthOf(point)) / 2 + GAP;
      offsets.push((offsets[i - 1] ?? 0) + step);
      const weight = point < count ? 1 : 3;
      let group = { start: i, sum: weight * (wanted(point) - offsets[i]!), weight };
      for (let last = groups.at(-1); last !== undefined; last = groups.at(-1)) {
        if (last.sum / last.weight < group.sum / group.weight) break;
        groups.pop();
        const { start, sum, weight } = last;
        group = { start, sum: sum + group.sum, weight: weight + group.weight };
      }
      groups.push(group);
    });
    groups.forEach(({ start, sum, weight }, i) => {
      const end = groups[i + 1]?.start ?? row.length;
      for (let k = start; k < end; k++) x[row[k]!] = sum / weight + offsets[k]!;
    });
  };
  for (const row of rows) settle(row, (point) => x[point]!);
  for (let pass = 0; pass < 8; pass++) {
    const isDown = pass % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      settle(row, (point) => {
        const near = isDown ? up[point]! : down[point]!;
        const others = near.length > 0 ? near : isDown ? down[point]! : up[point]!;
        return others.length === 0 ? x[point]! : mean(others, x);
      });
    }
  }
  let left = Infinity, right = -Infinity;
  for (let point = 0; point < at.length; point++) {
    left = Math.min(left, x[point]! - widthOf(point) / 2);
    right = Math.max(right, x[point]! + widthOf(point) / 2);
  }
  const middles: number[] = [];
  let bottom = MARGIN;
  for (const row of rows) {
    let height = 0;
    for (const point of row) if (point < count) height = Math.max(height, sizes[point]![1]);
    middles.push(bottom + height / 2);
    bottom += height + LAYER;
  }
  const place = (point: number): readonly [number, number] => [
    x[point]! - left + MARGIN,
    middles[at[point]!]!,
  ];
  const places = sizes.map((_, node) => place(node));
  return {
    x: places.map(([x]) => x),
    y: places.map(([, y]) => y),
    bends: chains.map((chain) => chain.slice(1, -1).map(place)),
    width: count === 0 ? 2 * MARGIN : right - left + 2 * MARGIN,
    height: count === 0 ? 2 * MARGIN : bottom - LAYER + MARGIN,
  };
}

/** The height of a node with one line of text. */
const HEIGHT = 26;

/** Places all nodes of a graph, those of steps not included, and says how large they are. */
export function layoutOf({ nodes, edges }: Model): Places & {
  readonly sizes: readonly (readonly [width: number, height: number])[];
} {
  const numbers = new Map(nodes.map(({ id }, i) => [id, i]));
  const sizes = nodes.map(({ label }) => [24 + 7 * Math.min(40, label.length), HEIGHT] as const);
  const arrows = edges.map(({ from, to }) => [numbers.get(from)!, numbers.get(to)!] as const);
  return { sizes, ...layered(sizes, arrows) };
}

/**
 * Places for the nodes of a graph: in layers, each below what it is made from, with few crossings.
 *
 * @module
 */

import type { Model } from "./model.ts";

/** Where a node is: its middle, and its size. */
interface Box {
  x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A layout. */
interface Layout {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly width: number;
  readonly height: number;
}

const HEIGHT = 26, LAYER = 64, GAP = 14, SWEEPS = 4;

/** Places all nodes of a graph, those of steps not included. */
export function layoutOf({ nodes, edges }: Model): Layout {
  const above = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  const below = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to } of edges) {
    above.get(to)!.push(from);
    below.get(from)!.push(to);
  }
  // Nodes come after those that they are made from, but for leaves, which come when they are first used.
  const layer = new Map<string, number>();
  const order = [
    ...nodes.filter(({ id }) => above.get(id)!.length === 0),
    ...nodes.filter(({ id }) => above.get(id)!.length > 0),
  ];
  for (const { id } of order) {
    layer.set(id, Math.max(-1, ...above.get(id)!.map((from) => layer.get(from)!)) + 1);
  }
  // Leaves stand right above what reads them.
  for (const { id } of nodes) {
    const readers = below.get(id)!;
    if (above.get(id)!.length > 0 || readers.length === 0) continue;
    layer.set(id, Math.min(...readers.map((to) => layer.get(to)!)) - 1);
  }
  const rows: string[][] = [];
  for (const { id } of nodes) (rows[layer.get(id)!] ??= []).push(id);
  const at = new Map<string, number>();
  const number = (row: readonly string[]) => row.forEach((id, i) => at.set(id, i));
  rows.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0, near = isDown ? above : below;
    for (const row of isDown ? rows : rows.toReversed()) {
      const middle = new Map(row.map((id) => {
        const others = near.get(id)!;
        const mean = others.reduce((sum, other) => sum + at.get(other)!, 0) / others.length;
        return [id, others.length === 0 ? at.get(id)! : mean] as const;
      }));
      row.sort((a, b) => middle.get(a)! - middle.get(b)!);
      number(row);
    }
  }
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  const boxes = new Map<string, Box>();
  let width = 0;
  rows.forEach((row, i) => {
    let x = 0;
    for (const id of row) {
      const own = 24 + 7 * Math.min(40, labels.get(id)!.length);
      boxes.set(id, { x: x + own / 2, y: HEIGHT + i * LAYER, width: own, height: HEIGHT });
      x += own + GAP;
    }
    width = Math.max(width, x);
  });
  for (const row of rows) {
    const last = boxes.get(row[row.length - 1]!)!;
    const shift = (width - last.x - last.width / 2) / 2;
    for (const id of row) boxes.get(id)!.x += shift;
  }
  return { boxes, width: width + 2 * GAP, height: HEIGHT + rows.length * LAYER };
}

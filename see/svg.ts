/**
 * Graphs as pictures.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import { drawKinds } from "./dot.ts";
import { layoutOf } from "./layout.ts";
import { type Drawable, type DrawOptions, type Model, modelOf, rootsOf } from "./model.ts";

/**
 * A graph as a picture (SVG), drawn as {@linkcode toDot} says, with the steps of loops below it. What is
 * known of a node (types, the line in the user's program) is its title, which viewers show.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { toSvg } from "@croton/croton/see";
 *
 * const x = T.dscalar("x"), f = await compile([x], x.exp().log());
 * console.assert(toSvg(f, { stage: "written" }).startsWith("<svg"));
 * ```
 */
export function toSvg(what: Drawable, options?: DrawOptions): string {
  const { stage, steps } = checkOptions("Cannot draw", options, drawKinds);
  return svgOf(modelOf(rootsOf(what, stage), steps));
}

/** A model as a picture. */
function svgOf(model: Model): string {
  const parts: string[] = [];
  const { width, height } = draw(model, 0, parts);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" ` +
    `width="${round(width)}" height="${round(height)}" font-family="sans-serif" font-size="11">` +
    `<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" ` +
    `orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>${parts.join("")}</svg>`;
}

/** Draws a graph from `top` on, and below it those of the steps of its loops. */
function draw(model: Model, top: number, parts: string[]): { width: number; height: number } {
  const places = layoutOf(model), { nodes, edges } = model, { sizes, width, height } = places;
  const numbers = new Map(nodes.map(({ id }, i) => [id, i]));
  edges.forEach(({ from, to, isUpdate }, i) => {
    const a = numbers.get(from)!, b = numbers.get(to)!;
    const points = [
      [places.x[a]!, places.y[a]! + sizes[a]![1] / 2],
      ...places.bends[i]!,
      [places.x[b]!, places.y[b]! - sizes[b]![1] / 2],
    ] as const;
    const style = isUpdate === true ? ` stroke="blue" stroke-dasharray="4 2"` : ` stroke="#888"`;
    parts.push(`<path d="${curve(points, top)}" fill="none"${style} marker-end="url(#a)"/>`);
  });
  nodes.forEach(({ kind, label, color, facts, of }, i) => {
    const x = places.x[i]!, middle = top + places.y[i]!, [width, height] = sizes[i]!;
    const shape = kind === "op"
      ? `<ellipse cx="${round(x)}" cy="${round(middle)}" rx="${round(width / 2)}" ry="${
        height / 2
      }"`
      : `<rect x="${round(x - width / 2)}" y="${round(middle - height / 2)}" width="${
        round(width)
      }" height="${height}"`;
    const text = label.length <= 40 ? label : `${label.slice(0, 39)}…`;
    parts.push(
      `<g class="n" data-v="${of.id}">${shape} fill="${color}" stroke="#444"/>` +
        `<text x="${round(x)}" y="${round(middle + 4)}" text-anchor="middle">${
          escaped(text)
        }</text>` +
        `<title>${escaped([label, ...facts].join("\n"))}</title></g>`,
    );
  });
  let end = top + height, most = width;
  for (const step of model.steps) {
    parts.push(
      `<g class="step"><text x="8" y="${round(end + 20)}" font-weight="bold">${
        escaped(step.title)
      }</text>`,
    );
    const inner = draw(step, end + 30, parts);
    parts.push("</g>");
    end = inner.height;
    most = Math.max(most, inner.width);
  }
  return { width: most, height: end };
}

/** A line through points, each of which it passes straight down. */
function curve(points: readonly (readonly [x: number, y: number])[], top: number): string {
  const [first, ...rest] = points.map(([x, y]) => [round(x), round(top + y)] as const);
  let [x1, y1] = first!, path = `M${x1} ${y1}`;
  for (const [x2, y2] of rest) {
    const middle = round((y1 + y2) / 2);
    path += x1 === x2 ? `L${x2} ${y2}` : `C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
    [x1, y1] = [x2, y2];
  }
  return path;
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

/** Text in HTML. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

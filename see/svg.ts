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
export function svgOf(model: Model): string {
  const parts: string[] = [];
  const { width, height } = draw(model, 0, parts);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" ` +
    `width="${round(width)}" height="${round(height)}" font-family="sans-serif" font-size="11">` +
    `<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" ` +
    `orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>${parts.join("")}</svg>`;
}

/** Draws a graph from `top` on, and below it those of the steps of its loops. */
function draw(model: Model, top: number, parts: string[]): { width: number; height: number } {
  const { boxes, width, height } = layoutOf(model), { nodes, edges } = model;
  for (const { from, to, isUpdate } of edges) {
    const a = boxes.get(from)!, b = boxes.get(to)!;
    const x1 = round(a.x), y1 = round(top + a.y + a.height / 2);
    const x2 = round(b.x), y2 = round(top + b.y - b.height / 2), bend = (y2 - y1) / 2;
    const style = isUpdate === true ? ` stroke="blue" stroke-dasharray="4 2"` : ` stroke="#888"`;
    parts.push(
      `<path d="M${x1} ${y1}C${x1} ${round(y1 + bend)} ${x2} ${round(y2 - bend)} ${x2} ${y2}" ` +
        `fill="none"${style} marker-end="url(#a)"/>`,
    );
  }
  for (const { id, kind, label, color, facts, of } of nodes) {
    const { x, y, width, height } = boxes.get(id)!, middle = top + y;
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
  }
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

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

/** Text in HTML. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

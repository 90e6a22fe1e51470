/**
 * Pictures of graphs: what a program is, and what rewriting made of it. Plots of what comes out of it, too.
 *
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { graphPage, toDot, toSvg } from "@croton/croton/see";
 *
 * const x = T.dvector("x"), f = await compile([x], T.log(T.exp(x).sum()));
 * f([1, 2, 3]);
 * const page = graphPage(f), picture = toSvg(f), dot = toDot(f, { stage: "written" });
 * ```
 *
 * @module
 */

export { toDot } from "./dot.ts";
export type { Drawable, DrawOptions } from "./model.ts";
export { graphPage, type PageOptions } from "./page.ts";
export { show } from "./show.ts";
export { toSvg } from "./svg.ts";
export { type Chart, drawCharts, type Series } from "./plots/charts.ts";
export { type Bar, confusion, drawBars, drawConfusion } from "./plots/class_plots.ts";
export { htmlPage } from "./plots/html_page.ts";
export { type LivePage, serveLivePage } from "./plots/live_page.ts";
export { drawImageGrid, type GridOptions } from "./plots/image_grid.ts";
export {
  barsText,
  chartText,
  confusionText,
  imagesText,
  sparkline,
  type TextSize,
} from "./plots/terminal.ts";

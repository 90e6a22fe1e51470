/**
 * All that `see/mod.ts` exports, of the library's own types.
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

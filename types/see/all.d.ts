// Made of see/all.ts by `deno task types`.
/**
 * All that `see/mod.ts` exports, of the library's own types.
 *
 * @module
 */
export { toDot } from "./dot.d.ts";
export type { Drawable, DrawOptions } from "./model.d.ts";
export { graphPage, type PageOptions } from "./page.d.ts";
export { show } from "./show.d.ts";
export { toSvg } from "./svg.d.ts";
export { type Chart, drawCharts, type Series } from "./plots/charts.d.ts";
export { type Bar, confusion, drawBars, drawConfusion } from "./plots/class_plots.d.ts";
export { htmlPage } from "./plots/html_page.d.ts";
export { type LivePage, serveLivePage } from "./plots/live_page.d.ts";
export { drawImageGrid, type GridOptions } from "./plots/image_grid.d.ts";
export { barsText, chartText, confusionText, imagesText, sparkline, type TextSize, } from "./plots/terminal.d.ts";

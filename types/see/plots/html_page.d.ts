// Made of see/plots/html_page.ts by `deno task types`.
/**
 * A page that needs nothing else.
 *
 * @module
 */
/**
 * A page that needs nothing else, in the style of reports.
 *
 * @param title What stands in the browser's tab
 * @param body What it shows, as HTML
 * @param script What it runs, if it changes
 *
 * @example
 * ```ts
 * import { drawCharts, htmlPage } from "@croton/croton/see";
 *
 * const series = [{ name: "loss", y: [2.1, 0.9, 0.5] }];
 * const chart = drawCharts([{ title: "Training", xLabel: "epoch", yLabel: "loss", series }]);
 * const page = htmlPage("Training", `<h1>Training</h1>${chart}`);
 * ```
 */
export declare function htmlPage(title: string, body: string, script?: string): string;

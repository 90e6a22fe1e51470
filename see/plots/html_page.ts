/**
 * A page that needs nothing else.
 *
 * @module
 */

import { escaped } from "../svg.ts";

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 2rem auto;
  max-width: 1120px; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
th { text-align: left; font-weight: 400; color: #666; padding-right: 1.5rem; }
pre { white-space: pre-wrap; background: #f6f6f6; padding: .8rem; }
svg { max-width: 100%; height: auto; }
.device, #status { color: #666; margin-top: 0; }
.figures { display: flex; flex-wrap: wrap; gap: 0 3rem; }
.figures > section { max-width: 100%; }
`;

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
export function htmlPage(title: string, body: string, script: string = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${script === "" ? "" : '<p id="status">connecting</p>\n'}<main>
${body}
</main>
${script === "" ? "" : `<script>${script}</script>\n`}</body>
</html>
`;
}

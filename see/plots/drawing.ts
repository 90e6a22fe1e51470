/**
 * What all plots have in common.
 *
 * @module
 */

/** Colours that people with any kind of colour vision can tell apart (Okabe and Ito). */
export const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;

const FONT = "font-family=\"system-ui, 'Helvetica Neue', Arial, sans-serif\"";

/** A drawing as an SVG document. */
export function svgDocument(width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" ${FONT} font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/**
 * Draws how many times Croton's time the peers take, one row a work, on a scale of powers of ten.
 *
 * @module
 */
import { escaped } from "../../see/svg.ts";
import type { WorkName } from "./work.ts";

/** Colours that are told apart, also by those who see few. */
const COLOURS = [
  "#000000",
  "#e69f00",
  "#0072b2",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#8c6d1f",
];

const ROW = 22, LEFT = 240, WIDTH = 560, TOP = 58;

/** The chart as SVG. */
export function chart(
  works: readonly WorkName[],
  all: ReadonlyMap<string, ReadonlyMap<WorkName, { readonly milliseconds: number }>>,
): string {
  const own = all.get("Croton"), others = [...all.keys()].filter((name) => name !== "Croton");
  const rows = works.filter((work) => own?.has(work));
  const ratio = (name: string, work: WorkName) => {
    const time = all.get(name)!.get(work)?.milliseconds;
    return time === undefined ? null : time / own!.get(work)!.milliseconds;
  };
  const ratios = rows.flatMap((work) => others.flatMap((name) => ratio(name, work) ?? []));
  const low = Math.floor(Math.log10(Math.min(1, ...ratios)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...ratios))));
  const x = (value: number) => LEFT + WIDTH * (Math.log10(value) - low) / (high - low);
  const height = TOP + ROW * rows.length + 12;
  const parts: string[] = [];
  for (let power = low; power <= high; power++) {
    const at = x(10 ** power).toFixed(1),
      strong = power === 0 ? ' stroke="#666"' : ' stroke="#ddd"';
    parts.push(
      `<line x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${height - 10}"${strong}/>`,
      `<text x="${at}" y="${TOP - 14}" text-anchor="middle">${
        power === 0 ? "as Croton" : `${10 ** power}×`
      }</text>`,
    );
  }
  rows.forEach((work, i) => {
    const y = TOP + ROW * i + ROW / 2;
    parts.push(`<text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escaped(work)}</text>`);
    others.forEach((name, k) => {
      const value = ratio(name, work);
      if (value === null) return;
      const title = `${name}: ${value.toPrecision(2)} times Croton's time`;
      parts.push(
        `<circle cx="${x(value).toFixed(1)}" cy="${y}" r="5" fill="${
          COLOURS[k + 1]
        }" fill-opacity="0.85"><title>${escaped(title)}</title></circle>`,
      );
    });
  });
  let from = LEFT - 220;
  const legend = others.map((name, k) => {
    const at = from;
    from += 28 + 7.2 * name.length;
    return `<circle cx="${at}" cy="16" r="5" fill="${COLOURS[k + 1]}"/><text x="${
      at + 10
    }" y="20">${escaped(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 40} ${height}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="#222">\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n${[...legend, ...parts].join("\n")}\n</svg>\n`;
}

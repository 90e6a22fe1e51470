/**
 * Stand-in for `@std/fmt/colors`: text with colours and styles for a terminal.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";

/** Puts a text in a style. */
export type Style = (str: string) => string;

/** A colour by its parts, each from 0 to 255. */
export interface Rgb {
  /** Red. */
  r: number;
  /** Green. */
  g: number;
  /** Blue. */
  b: number;
}

let enabled = !Deno.noColor;

/** Turns styles on or off; they stay off where the variable `NO_COLOR` is set. */
export function setColorEnabled(value: boolean): void {
  if (!Deno.noColor) enabled = value;
}

/** Whether styles are on. */
export function getColorEnabled(): boolean {
  return enabled;
}

function style(open: string | number, close: number): Style {
  const [on, off] = [`\x1b[${open}m`, `\x1b[${close}m`];
  // An inner text of the same kind ends with `off`: go on with this style after it.
  return (str) => enabled ? on + str.replaceAll(off, on) + off : str;
}

const clamp = (value: number): number => Math.trunc(Math.min(255, Math.max(0, value)));

function parts(color: number | Rgb): string {
  const { r, g, b } = typeof color === "number"
    ? { r: color >> 16 & 0xff, g: color >> 8 & 0xff, b: color & 0xff }
    : color;
  return [r, g, b].map(clamp).join(";");
}

export const reset: Style = style(0, 0);
export const bold: Style = style(1, 22);
export const dim: Style = style(2, 22);
export const italic: Style = style(3, 23);
export const underline: Style = style(4, 24);
export const inverse: Style = style(7, 27);
export const hidden: Style = style(8, 28);
export const strikethrough: Style = style(9, 29);

export const black: Style = style(30, 39);
export const red: Style = style(31, 39);
export const green: Style = style(32, 39);
export const yellow: Style = style(33, 39);
export const blue: Style = style(34, 39);
export const magenta: Style = style(35, 39);
export const cyan: Style = style(36, 39);
export const white: Style = style(37, 39);
export const brightBlack: Style = style(90, 39);
export const gray: Style = brightBlack;
export const brightRed: Style = style(91, 39);
export const brightGreen: Style = style(92, 39);
export const brightYellow: Style = style(93, 39);
export const brightBlue: Style = style(94, 39);
export const brightMagenta: Style = style(95, 39);
export const brightCyan: Style = style(96, 39);
export const brightWhite: Style = style(97, 39);

export const bgBlack: Style = style(40, 49);
export const bgRed: Style = style(41, 49);
export const bgGreen: Style = style(42, 49);
export const bgYellow: Style = style(43, 49);
export const bgBlue: Style = style(44, 49);
export const bgMagenta: Style = style(45, 49);
export const bgCyan: Style = style(46, 49);
export const bgWhite: Style = style(47, 49);
export const bgBrightBlack: Style = style(100, 49);
export const bgBrightRed: Style = style(101, 49);
export const bgBrightGreen: Style = style(102, 49);
export const bgBrightYellow: Style = style(103, 49);
export const bgBrightBlue: Style = style(104, 49);
export const bgBrightMagenta: Style = style(105, 49);
export const bgBrightCyan: Style = style(106, 49);
export const bgBrightWhite: Style = style(107, 49);

/** Colours a text with one of the 256 colours of a palette. */
export function rgb8(str: string, color: number): string {
  return style(`38;5;${clamp(color)}`, 39)(str);
}

/** Puts a text on one of the 256 colours of a palette. */
export function bgRgb8(str: string, color: number): string {
  return style(`48;5;${clamp(color)}`, 49)(str);
}

/** Colours a text with `0xrrggbb` or with parts. */
export function rgb24(str: string, color: number | Rgb): string {
  return style(`38;2;${parts(color)}`, 39)(str);
}

/** Puts a text on the colour `0xrrggbb`, or on one given by parts. */
export function bgRgb24(str: string, color: number | Rgb): string {
  return style(`48;2;${parts(color)}`, 49)(str);
}

/** The text without colours and styles. */
export function stripAnsiCode(string: string): string {
  return stripVTControlCharacters(string);
}

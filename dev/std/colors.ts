/**
 * Stand-in for `@std/fmt/colors`: the colours and styles that this repository uses.
 *
 * @module
 */

/** Puts a text in a style. */
export type Style = (str: string) => string;

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

export const bold: Style = style(1, 22);
export const dim: Style = style(2, 22);

export const green: Style = style(32, 39);
export const cyan: Style = style(36, 39);

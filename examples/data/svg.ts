/** A text as it stands in SVG and HTML, also within quotes. */
export function escape(text: string): string {
  return text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

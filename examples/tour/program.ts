/**
 * Programs that a reader can run, and their text.
 *
 * @module
 */
import { Tensor } from "../../mod.ts";

/** What a program gives, by name: tensors, numbers and text. */
export type Results = Readonly<Record<string, unknown>>;

/** A program: one function, whose text is shown as well. */
export interface Program {
  /** What it computes, in one line. */
  readonly title: string;
  /** Runs it on the default device. */
  readonly run: () => Results | Promise<Results>;
  /** Name of the function in the file whose text is shown; by default that of `run`. */
  readonly show?: string;
}

/** Programs about one subject, all in one file. */
export interface Chapter {
  /** The subject. */
  readonly title: string;
  /** URL of the file. */
  readonly url: string;
  /** The programs, from simple to hard. */
  readonly programs: readonly Program[];
}

/**
 * The body of a program as it stands in its file, without the indentation.
 *
 * Throws a TypeError when the file has no function of that name.
 *
 * @param text What is in the file
 * @param name Name of the function
 */
export function bodyOf(text: string, name: string): string {
  const start = text.match(new RegExp(`^(?:async )?function ${name}\\(.*\\{\\n`, "m"));
  if (start === null) throw new TypeError(`Cannot show "${name}": the file has no such function`);
  const from = start.index! + start[0].length;
  const body = text.slice(from, text.indexOf("\n}\n", from));
  return body.replace(/^ {2}/gm, "");
}

/**
 * Results as lines of text: `→ name = value`, with the rows of a matrix below each other.
 *
 * @param results What a program gave
 */
export function describeResults(results: Results): string[] {
  return Object.entries(results).flatMap(([name, value]) => {
    const lead = `${name} = `;
    const lines = describe(value).split("\n");
    return lines.map((line, i) => `${i === 0 ? `→ ${lead}` : " ".repeat(lead.length + 2)}${line}`);
  });
}

function describe(value: unknown): string {
  if (value instanceof Tensor) return String(value);
  if (typeof value === "number" && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(3)));
  }
  return typeof value === "string" ? value : Deno.inspect(value);
}

/**
 * Numbers as blocks of eight heights.
 *
 * @param values The numbers
 * @param from What the lowest block stands for
 * @param to What the highest one stands for
 */
export function blocks(values: ArrayLike<number>, from: number, to: number): string {
  const height = (v: number) => Math.min(7, Math.floor(8 * (v - from) / (to - from)));
  return Array.from(values, (v) => "▁▂▃▄▅▆▇█"[Math.max(0, height(v))]).join("");
}

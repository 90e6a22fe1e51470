/**
 * Stand-in for `@std/testing/snapshot`: compares a value with what is stored in `__snapshots__/`,
 * in files of the same format. `deno test -- --update` writes them anew.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assertEquals, AssertionError } from "./assert.ts";

/** What a snapshot needs to know of its test. */
export interface SnapshotContext {
  /** Name of the test or step. */
  readonly name: string;
  /** File of the test. */
  readonly origin: string;
  /** What it is a step of. */
  readonly parent?: SnapshotContext | undefined;
}

/** The text of a value in a snapshot. */
export function serialize(actual: unknown): string {
  return Deno.inspect(actual, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
    breakLength: Infinity,
    escapeSequences: false,
  }).replaceAll("\r", "\\r");
}

/** A snapshot file and what the tests that run made of it. */
class SnapshotFile {
  static #open = new Map<string, SnapshotFile>();

  #path: string;
  #stored: Promise<Map<string, string>> | undefined;
  /** The snapshots in the order in which the tests came to them. */
  #seen = new Map<string, string | undefined>();
  #counts = new Map<string, number>();
  #changed = new Set<string>();
  #writes = false;

  constructor(path: string) {
    this.#path = path;
  }

  static of(context: SnapshotContext): SnapshotFile {
    const test = fileURLToPath(context.origin);
    const path = resolve(dirname(test), "__snapshots__", `${basename(test)}.snap`);
    const file = this.#open.get(path) ?? new SnapshotFile(path);
    this.#open.set(path, file);
    return file;
  }

  /** Numbers the snapshots of one test: `name 1`, `name 2`, … */
  nextName(test: string): string {
    const count = (this.#counts.get(test) ?? 0) + 1;
    this.#counts.set(test, count);
    return `${test} ${count}`;
  }

  async read(name: string): Promise<string | undefined> {
    const stored = (await (this.#stored ??= this.#load())).get(name);
    this.#seen.set(name, stored);
    return stored;
  }

  update(name: string, text: string): void {
    if (this.#seen.get(name) !== text) this.#changed.add(name);
    this.#seen.set(name, text);
    if (this.#writes) return;
    this.#writes = true;
    globalThis.addEventListener("unload", () => this.#save());
  }

  async #load(): Promise<Map<string, string>> {
    try {
      const { snapshot } = await import(pathToFileURL(this.#path).href) as {
        snapshot: Record<string, string>;
      };
      // A text of many lines stands on lines of its own.
      return new Map(
        Object.entries(snapshot).map(([name, text]) => [
          name,
          text.includes("\n") ? text.slice(1, -1) : text,
        ]),
      );
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith("Module not found")) {
        return new Map();
      }
      throw error;
    }
  }

  #save(): void {
    const parts = ["export const snapshot = {};"];
    for (const [name, text] of this.#seen) {
      if (text === undefined) continue;
      const lines = text.includes("\n") ? `\n${text}\n` : text;
      parts.push(`\nsnapshot[\`${escape(name)}\`] = \`${escape(lines)}\`;`);
    }
    mkdirSync(dirname(this.#path), { recursive: true });
    Deno.writeTextFileSync(this.#path, parts.join("\n") + "\n");
    if (this.#changed.size > 0) {
      console.log(`\n > ${this.#changed.size} snapshots updated.`);
    }
  }
}

function escape(text: string): string {
  return text.replace(/[\\`$]/g, "\\$&");
}

function testName(context: SnapshotContext): string {
  return context.parent ? `${testName(context.parent)} > ${context.name}` : context.name;
}

/** Whether snapshots are written anew, and not compared. */
export const updates = Deno.args.some((arg) => arg === "--update" || arg === "-u");

/** Asserts that `actual` is what the snapshot of this test says. */
export async function assertSnapshot(context: SnapshotContext, actual: unknown): Promise<void> {
  const file = SnapshotFile.of(context);
  const name = file.nextName(testName(context));
  const expected = await file.read(name), text = serialize(actual);
  if (updates) return file.update(name, text);
  if (expected === undefined) throw new AssertionError(`Missing snapshot: ${name}`);
  assertEquals(
    text,
    expected,
    "Snapshot does not match, to update it run: deno task test [file] -- --update",
  );
}

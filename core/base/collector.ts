/**
 * Garbage collections whose outcome is known at once, without waiting for a turn of the event loop.
 *
 * An engine tells of what it has collected by callbacks, which are tasks of later turns, and by WeakRefs,
 * which keep what they refer to until the end of the turn: until V8 has run the microtasks. The script of a
 * `node:vm` context that has microtasks of its own ends by running those, none, so it is such an end at
 * any place. This has no other effect than that WeakRefs, the program's own too, may lose what nothing else
 * refers to before the turn is over, if memory is short and the program uses a WeakRef just then.
 *
 * @module
 */

import { beforeCompiling } from "./later.ts";
import { builtin } from "./builtin.ts";

/** What a collection looks at: what is young, at little cost where the engine can tell of it, or all. */
export type Generation = "young" | "all";

/** What is used of `node:vm`. */
interface Contexts {
  createContext(global: object, options: { microtaskMode: "afterEvaluate" }): object;
  readonly Script: new (text: string) => { runInContext(context: object): unknown };
}

/** Bytes that V8 clears young buffers away for, before it makes another one: they are never touched. */
const YOUNG_BYTES = 1 << 26;

/** Pages of a WebAssembly memory that is large enough for V8 to clear all away: the 4 GiB are never touched. */
const ALL_PAGES = 65536;

/** How often something may not be collected that nothing refers to, until it counts as not done here. */
const PATIENCE = 4;

const failures: Record<Generation, number> = { young: 0, all: 0 };

/** Null where there are none, undefined as long as nobody has looked. */
let contexts: Contexts | null | undefined;

/** Ends what WeakRefs keep for the turn. */
let endTurn: (() => void) | null = null;

/** Looks for what collections need. To load parts of Node, Deno may run microtasks: so not when one is asked for. */
export async function loadCollector(): Promise<void> {
  await null;
  contexts ??= builtin<Contexts>("node:vm") ?? null;
}

beforeCompiling(loadCollector);

function openContext({ createContext, Script }: Contexts): (() => void) | null {
  try {
    const context = createContext({}, { microtaskMode: "afterEvaluate" });
    const script = new Script("0");
    return () => void script.runInContext(context);
  } catch {
    return contexts = null;
  }
}

/** Whether collections can be asked for whose outcome is known, as far as one can say. */
export function canCollect(generation: Generation): boolean {
  if (failures[generation] >= PATIENCE || failures.all >= PATIENCE) return false;
  // To read `process` would load it.
  return contexts === undefined ? "process" in globalThis : contexts !== null;
}

/** Forgets that WeakRefs were looked at. */
export function forgetLooks(): void {
  endTurn?.();
}

/** Something that nothing refers to. In a function of its own, so that no register does. */
function plant(): WeakRef<object> {
  return new WeakRef({});
}

/**
 * Collects; whether what was dropped before is now known by WeakRefs, those that are young at least.
 *
 * @param generation What to look at.
 */
export function collect(generation: Generation): boolean {
  if (!contexts || !canCollect(generation)) return false;
  endTurn ??= openContext(contexts);
  if (endTurn === null) return false;
  const planted = plant();
  endTurn();
  if (generation === "young") {
    press("young");
    if (planted.deref() === undefined) {
      failures.young = -Infinity;
      return true;
    }
    // While V8 marks what is in use, which may take it very long where the program never waits, the young stay.
    failures.young++;
    endTurn();
  }
  // The first may only begin a collection.
  for (let tries = 0; tries < PATIENCE; tries++) {
    press("all");
    if (planted.deref() === undefined) {
      failures.all = 0;
      return true;
    }
    endTurn();
  }
  failures.all++;
  return false;
}

/** Takes memory that is never touched, which makes the engine look for some that it could give back. */
function press(generation: Generation): void {
  try {
    if (generation === "all") new WebAssembly.Memory({ initial: ALL_PAGES });
    else {
      new ArrayBuffer(YOUNG_BYTES, { maxByteLength: YOUNG_BYTES });
      new ArrayBuffer(1024);
    }
  } catch {
    // It was looked for all the same.
  }
}

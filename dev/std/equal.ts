/**
 * Deep equality of values, as `@std/assert` defines it: `NaN` equals `NaN`, `0` equals `-0`, sets
 * and maps have no order, and objects need the same prototype and the same keys.
 *
 * @module
 */

const TypedArray = Object.getPrototypeOf(Uint8Array) as abstract new () => ArrayLike<unknown>;

/** Classes whose instances are equal exactly if their text is. */
const textual = [RegExp, URL, URLSearchParams];

/** Whether `a` and `b` are deeply equal. */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (prototypeOf(a) !== prototypeOf(b)) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof WeakRef) return compare(a.deref(), (b as WeakRef<object>).deref(), seen);
  if (textual.some((type) => a instanceof type)) return String(a) === String(b);
  if (a instanceof TypedArray) return compareElements(a, b as ArrayLike<unknown>);
  if (a instanceof ArrayBuffer || a instanceof SharedArrayBuffer) {
    return compareElements(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  }
  // A cycle is equal as far as nothing else in it differs.
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Set || a instanceof Map) {
    return compareUnordered([...a.entries()], [...(b as Set<unknown>).entries()], seen);
  }
  return compareProperties(a, b, seen);
}

function prototypeOf(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function compareElements(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
  }
  return true;
}

function compareUnordered(
  a: [unknown, unknown][],
  b: [unknown, unknown][],
  seen: Map<object, object>,
): boolean {
  if (a.length !== b.length) return false;
  const left = b.slice();
  for (const entry of a) {
    // The same order is the common case, so the first candidate mostly fits.
    const at = left.findIndex((other) =>
      compare(entry[0], other[0], seen) && compare(entry[1], other[1], seen)
    );
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

function compareProperties(a: object, b: object, seen: Map<object, object>): boolean {
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length) return false;
  return keys.every((key) =>
    Object.hasOwn(b, key) && compare(Reflect.get(a, key), Reflect.get(b, key), seen)
  );
}

/** The keys that count: all own enumerable ones, and what makes one error differ from another. */
function keysOf(value: object): (string | symbol)[] {
  const symbols = Object.getOwnPropertySymbols(value)
    .filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  const hidden = value instanceof Error
    ? ["message", "cause", "errors"].filter((key) => Object.hasOwn(value, key))
    : [];
  return [...new Set([...Object.keys(value), ...symbols, ...hidden])];
}

/**
 * Modules that the host has built in, which Deno, Node and Bun have and browsers have not.
 *
 * @module
 */

/** A module of Node's by its name; undefined where there is none. It is loaded only now. */
export function builtin<T>(name: string): T | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
  };
  return process?.getBuiltinModule?.(name) as T | undefined;
}

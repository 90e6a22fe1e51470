/**
 * Recursion that does not use the stack of the engine, for trees as deep as users write them.
 *
 * @module
 */

/** Work that yields parts of it, which are done first, and is given their results. */
export interface Task<V, Part> extends Generator<Task<Part, Part>, V, Part> {}

/** The result of a task. */
export function runTask<V extends Part, Part>(task: Task<V, Part>): V {
  const open: Task<Part, Part>[] = [task];
  let result: Part | undefined;
  for (;;) {
    // The first call starts a task, and what it is given does not arrive anywhere.
    const step = open.at(-1)!.next(result as Part);
    if (step.done !== true) {
      open.push(step.value);
      result = undefined;
      continue;
    }
    open.pop();
    if (open.length === 0) return step.value as V;
    result = step.value;
  }
}

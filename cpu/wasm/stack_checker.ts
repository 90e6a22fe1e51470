/** Checks the operand stack while a function is being emitted, so that a mistake is found where it is made. */

import type { ValType } from "./types.ts";

const LETTERS: Readonly<Record<string, ValType>> = {
  i: "i32",
  l: "i64",
  f: "f32",
  d: "f64",
  v: "v128",
};

interface Frame {
  readonly height: number;
  readonly results: readonly ValType[];
  unreachable: boolean;
}

/** The types on the operand stack of one function, following the validation algorithm of the specification. */
export class StackChecker {
  readonly #name: string;
  readonly #stack: (ValType | undefined)[] = [];
  readonly #frames: Frame[] = [];

  /**
   * Starts with an empty stack inside the function's own block.
   *
   * @param name The name of the function, for messages.
   * @param results What the function leaves on the stack.
   */
  constructor(name: string, results: readonly ValType[]) {
    this.#name = name;
    this.enter(results);
  }

  #top(): Frame {
    const frame = this.#frames.at(-1);
    if (frame === undefined) {
      throw new TypeError(
        `Cannot emit code in "${this.#name}" as it is closed`,
      );
    }
    return frame;
  }

  /** Takes one operand of any type; undefined stands for an operand in unreachable code. */
  popAny(what: string): ValType | undefined {
    const frame = this.#top();
    if (this.#stack.length > frame.height) return this.#stack.pop();
    if (frame.unreachable) return undefined;
    throw new TypeError(
      `Cannot emit "${what}" in "${this.#name}": the operand stack is empty`,
    );
  }

  /** Takes operands of the given types, last one first. */
  pop(types: readonly ValType[], what: string): void {
    for (let i = types.length - 1; i >= 0; i--) {
      const found = this.popAny(what);
      if (found !== undefined && found !== types[i]) {
        throw new TypeError(
          `Cannot emit "${what}" in "${this.#name}": expected operands ${
            types.join(" ")
          }, found "${found}" at position ${i}`,
        );
      }
    }
  }

  /** Leaves one operand. */
  push(type: ValType | undefined): void {
    this.#stack.push(type);
  }

  /** Takes and leaves what a signature such as `"iv>v"` says. */
  apply(signature: string, what: string): void {
    const arrow = signature.indexOf(">");
    const types: ValType[] = [];
    for (let i = 0; i < arrow; i++) types.push(LETTERS[signature[i]!]!);
    this.pop(types, what);
    for (let i = arrow + 1; i < signature.length; i++) {
      this.push(LETTERS[signature[i]!]);
    }
  }

  /** Marks the rest of the current block as unreachable. */
  unreachable(): void {
    const frame = this.#top();
    this.#stack.length = frame.height;
    frame.unreachable = true;
  }

  /** Opens a block that leaves these results. */
  enter(results: readonly ValType[]): void {
    this.#frames.push({
      height: this.#stack.length,
      results,
      unreachable: false,
    });
  }

  /** Closes the innermost block and leaves its results for the enclosing one. */
  leave(what: string): void {
    const frame = this.#top();
    this.pop(frame.results, what);
    if (this.#stack.length !== frame.height) {
      const extra = this.#stack.length - frame.height;
      throw new TypeError(
        `Cannot close "${what}" in "${this.#name}": ${extra} operands are left over`,
      );
    }
    this.#frames.pop();
    this.#stack.push(...frame.results);
  }
}

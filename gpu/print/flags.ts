/**
 * The small kernels that keep the flags: which parts of a program run. A kernel inside a branch or a
 * loop with a stop condition tests its flag first.
 *
 * @module
 */

import type { BufferDecl } from "../../core/ir/program.ts";
import type { Size } from "../../core/ir/size.ts";
import { KernelText, type PrintedKernel } from "./kernel_text.ts";
import { printCast } from "./scalar.ts";

/** Prints kernels of one thread over the flags. */
export class FlagPrinter {
  readonly #decls: ReadonlyMap<number, BufferDecl>;

  /** @param decls The buffers of the program by id. */
  constructor(decls: ReadonlyMap<number, BufferDecl>) {
    this.#decls = decls;
  }

  /** Sets `then` or `otherwise` by a condition, neither if the enclosing flag is not set. */
  branch(
    name: string,
    condition: number,
    then: number,
    otherwise: number,
    enclosing: number | null,
  ): PrintedKernel {
    return this.#print(`${name} condition`, (text, flag) => {
      const yes = this.#condition(text, condition);
      const on = this.#isSet(enclosing, flag);
      return [
        `${flag(then)} = select(0u, 1u, ${on} & ${yes});`,
        `${flag(otherwise)} = select(0u, 1u, ${on} & !${yes});`,
      ];
    });
  }

  /**
   * Begins a loop that can stop: sets its flag and its count of steps to 0. A loop that may have no step
   * has its condition before the first one.
   */
  loopStart(
    name: string,
    active: number,
    count: number,
    ended: number | null,
    enclosing: number | null,
  ): PrintedKernel {
    return this.#print(`${name} start`, (text, flag) => {
      const on = this.#isSet(enclosing, flag);
      const goes = ended === null ? on : `${on} & !${this.#condition(text, ended)}`;
      return [`${flag(active)} = select(0u, 1u, ${goes});`, `${flag(count)} = 0u;`];
    });
  }

  /** Ends a step: counts it, and clears the flag if the condition holds. */
  loopStep(name: string, active: number, count: number, until: number): PrintedKernel {
    return this.#print(`${name} step`, (text, flag) => {
      const stop = this.#condition(text, until);
      return [
        `if (${flag(active)} != 0u) {`,
        `  ${flag(count)} += 1u;`,
        `  if (${stop}) { ${flag(active)} = 0u; }`,
        "}",
      ];
    });
  }

  /** Stores the number of executed steps: a flag's number, or a size for a loop that cannot stop. */
  loopCount(
    name: string,
    target: number,
    steps: { flag: number } | { size: Size },
    enclosing: number | null,
  ): PrintedKernel {
    return this.#print(`${name} count`, (text, flag) => {
      const value = "flag" in steps ? `i32(${flag(steps.flag)})` : text.size(steps.size);
      const store = text.store(target, "0u", { text: value, type: "i32", nan: false });
      return [enclosing === null ? store : `if (${this.#isSet(enclosing, flag)}) { ${store} }`];
    });
  }

  /** Sets a flag if no check has failed. */
  commit(name: string, target: number): PrintedKernel {
    return this.#print(`${name} commit`, (text, flag) => {
      const errors = text.errors("read");
      return [`${flag(target)} = select(0u, 1u, ${errors}[0] == 0u);`];
    });
  }

  #condition(text: KernelText, buffer: number): string {
    const value = text.load(buffer, text.decl(buffer).dtype, "0u");
    return printCast(value, "bool", text.prelude).text;
  }

  #isSet(flag: number | null, name: (flag: number) => string): string {
    return flag === null ? "true" : `(${name(flag)} != 0u)`;
  }

  #print(
    label: string,
    body: (text: KernelText, flag: (flag: number) => string) => string[],
  ): PrintedKernel {
    const text = new KernelText(this.#decls);
    // Numbers of flags are parameters, so that all such kernels share their pipelines.
    const flag = (number: number) =>
      `${text.flags("write")}[u32(${text.param(`flag${number}`, () => number)})]`;
    return text.finish(label, body(text, flag), 1, 1, 1, null);
  }
}

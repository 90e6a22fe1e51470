/**
 * Runs programs in another process, with bounds on time and memory.
 *
 * @module
 */

import type { Device, Outcome } from "./check.ts";
import type { Answer, Request } from "./child.ts";
import { decode, encode, type Program } from "./program.ts";

/** Bounds of one program. */
export interface Bounds {
  /** Milliseconds after which a program counts as one that never ends. */
  readonly time: number;
  /** MiB of memory of the process. */
  readonly memory: number;
}

/** After so many requests the process is started anew, so that none inherits much. */
const LIFETIME = 400;

type Reply = { readonly answer: Answer } | { readonly failure: "hangs" | "crashes"; text: string };

/** The other process, started when it is needed. */
export class Runner {
  readonly #bounds: Bounds;
  readonly #flags: readonly string[];
  #child: Deno.ChildProcess | null = null;
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #lines: AsyncGenerator<string> | null = null;
  #errors: Promise<string> = Promise.resolve("");
  #requests = 0;

  constructor(bounds: Bounds, flags: readonly string[] = []) {
    this.#bounds = bounds;
    this.#flags = flags;
  }

  #start(): void {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-check",
        ...this.#flags,
        "-A",
        `--v8-flags=--max-old-space-size=${this.#bounds.memory}`,
        new URL("child.ts", import.meta.url).href,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = linesOf(child.stdout);
    this.#errors = new Response(child.stderr).text();
    this.#requests = 0;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#writer!.abort().catch(() => {});
    await this.#lines!.return(undefined).catch(() => {});
    await Promise.all([child.status, this.#errors.catch(() => "")]);
  }

  async #ask(request: Request): Promise<Reply> {
    if (this.#requests++ >= LIFETIME) await this.stop();
    if (this.#child === null) this.#start();
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), this.#bounds.time);
    const line = this.#writer!.write(new TextEncoder().encode(`${encode(request)}\n`))
      .then(() => this.#lines!.next())
      .catch((): IteratorResult<string> => ({ done: true, value: undefined }));
    const reply = await Promise.race([line, late]);
    clearTimeout(timer);
    if (reply === null) {
      await this.stop();
      return { failure: "hangs", text: `no answer after ${this.#bounds.time / 1000} s` };
    }
    if (reply.done === true) {
      const errors = this.#errors;
      await this.stop();
      return { failure: "crashes", text: (await errors).trim().split("\n").slice(0, 6).join("\n") };
    }
    return { answer: decode(reply.value) as Answer };
  }

  /** The program of a seed; a failure where making it hangs or crashes. */
  async make(kind: string, seed: number): Promise<Program | null | Outcome> {
    const reply = await this.#ask({ kind, seed });
    if ("failure" in reply) return outcomeOf(`making it ${reply.failure}`, reply.text);
    return (reply.answer as { program: Program | null }).program;
  }

  /** Checks kernels of a seed. */
  kernels(kind: string, seed: number): Promise<Outcome> {
    return this.#outcome({ kernels: kind, seed });
  }

  /** Checks a program on a device. */
  check(program: Program, device: Device): Promise<Outcome> {
    return this.#outcome({ program, device });
  }

  async #outcome(request: Request): Promise<Outcome> {
    const reply = await this.#ask(request);
    if ("failure" in reply) return outcomeOf(reply.failure, reply.text);
    return (reply.answer as { outcome: Outcome }).outcome;
  }
}

function outcomeOf(kind: string, message: string): Outcome {
  return { status: "failed", failure: { kind, message } };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/**
 * The process that runs programs for the driver: it may hang or run out of memory, and is killed then.
 * Requests and answers are lines of JSON on standard input and output.
 *
 * @module
 */

import { check, type Device, type Outcome } from "./check.ts";
import { Generator } from "./generator.ts";
import { kernelKinds, kinds } from "./kinds/mod.ts";
import { decode, encode, type Program } from "./program.ts";

/** What the driver asks for: a program of a kind by its seed, running kernels of a seed,
 * or running a program that it has. */
export type Request =
  | { readonly kind: string; readonly seed: number }
  | { readonly kernels: string; readonly seed: number }
  | { readonly program: Program; readonly device: Device };

/** The answer: the program (null where the generator makes none), or how it went. */
export type Answer = { readonly program: Program | null } | { readonly outcome: Outcome };

async function answer(request: Request): Promise<Answer> {
  if ("program" in request) return { outcome: await check(request.program, request.device) };
  if ("kernels" in request) {
    const kind = kernelKinds.find(({ name }) => name === request.kernels)!;
    const message = await kind.check(request.seed);
    const outcome: Outcome = message === null
      ? { status: "passed" }
      : { status: "failed", failure: { kind: "value", message } };
    return { outcome };
  }
  const kind = kinds.find(({ name }) => name === request.kind)!;
  const generator = new Generator(request.seed, null, kind.calls);
  kind.generate(generator);
  return { program: generator.finish() };
}

async function main(): Promise<void> {
  const encoder = new TextEncoder();
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const reply = encoder.encode(`${encode(await answer(decode(line) as Request))}\n`);
      for (let done = 0; done < reply.length;) {
        done += await Deno.stdout.write(reply.subarray(done));
      }
    }
  }
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}

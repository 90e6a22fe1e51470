/**
 * Runs modules by JAX, in one Python process for all of them.
 *
 * @module
 */

import { dtypeInfo, isComplex, type TypedArray } from "../../../core/graph/dtype.ts";
import {
  fromTypedArray,
  makeValue,
  sizeOf,
  toTypedArray,
  type Value,
} from "../../../core/graph/value.ts";
import type { ExportedModule } from "../../../xla/all.ts";

/** What a module gave. */
export interface Answer {
  readonly results: readonly Value[];
  /** What XLA made of it, if asked for. */
  readonly text: string;
  /** The shape of the first device's part of each result, if asked for. */
  readonly shards: readonly string[];
}

/** How a module is run. */
export interface RunOptions {
  /** How often; arguments that have a new value take it. Default: once. */
  readonly calls?: number;
  /** Whether the text that XLA made is asked for. */
  readonly text?: boolean;
}

const script = new URL("../../../xla/python/croton_xla.py", import.meta.url).pathname;

/** A Python that has JAX, by the variable CROTON_PYTHON or the path; or why there is none. */
export async function findJax(): Promise<{ python: string } | { reason: string }> {
  for (const python of [Deno.env.get("CROTON_PYTHON"), "python3", "python"]) {
    if (python === undefined || python === "") continue;
    try {
      const { success } = await new Deno.Command(python, {
        args: ["-c", "import jax"],
        stdout: "null",
        stderr: "null",
      }).output();
      if (success) return { python };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { reason: "no Python with JAX; CROTON_PYTHON may name one" };
}

/** The process. */
export class JaxRunner {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts Python; `devices` is how many XLA shows of the one CPU. */
  static async start(python: string, devices = 1): Promise<{ runner: JaxRunner; version: string }> {
    // What takes LLVM most of its time only makes modules fast.
    const flags = [
      `--xla_force_host_platform_device_count=${devices}`,
      "--xla_backend_optimization_level=1",
    ];
    const child = new Deno.Command(python, {
      args: [script, "--serve"],
      env: { XLA_FLAGS: flags.join(" "), JAX_PLATFORMS: "cpu" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const runner = new JaxRunner(child);
    const { jax } = JSON.parse(await runner.#line()) as { jax: string };
    return { runner, version: jax };
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { done, value } = await this.#reader.read();
      if (done) throw new TypeError("Python has ended");
      this.#rest += value;
    }
  }

  /** Runs a module on values of its arguments. */
  async run(
    { module, description }: ExportedModule,
    values: readonly Value[],
    { calls = 1, text = false }: RunOptions = {},
  ): Promise<Answer> {
    const request = { module, description, arguments: values.map(encoded), calls, text };
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    const answer = JSON.parse(await this.#line()) as
      | { error: string }
      | { results: string[]; text?: string; shards?: string[] };
    if ("error" in answer) throw new TypeError(answer.error);
    const all = answer.results.map((data, i) => {
      const { dtype, shape } = description.results[i]!;
      return decoded(dtype, shape, data);
    });
    const counting = description.results.flatMap(({ rows = [] }) => rows.map(([, i]) => i));
    return {
      results: all.slice(0, Math.min(all.length, ...counting)).map((value, i) =>
        (description.results[i]!.rows ?? []).reduce(
          (whole, [axis, length]) => firstRows(whole, axis, Number(all[length]!.data[0])),
          value,
        )
      ),
      text: answer.text ?? "",
      shards: answer.shards ?? [],
    };
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }
}

/** The first rows along an axis. */
function firstRows({ dtype, shape, data }: Value, axis: number, count: number): Value {
  const wide = isComplex(dtype) ? 2 : 1, inner = wide * sizeOf(shape.slice(axis + 1));
  const row = shape[axis]! * inner, kept: (number | bigint)[] = [];
  for (let from = 0; from < data.length; from += row) {
    kept.push(...data.subarray(from, from + count * inner));
  }
  return makeValue(dtype, shape.map((n, d) => d === axis ? count : n), kept);
}

function encoded(value: Value): string {
  const { buffer, byteOffset, byteLength } = toTypedArray(value);
  return new Uint8Array(buffer, byteOffset, byteLength).toBase64();
}

function decoded(dtype: Value["dtype"], shape: readonly number[], data: string): Value {
  const bytes = Uint8Array.fromBase64(data), array = dtypeInfo(dtype).array(sizeOf(shape));
  new Uint8Array(array.buffer).set(bytes);
  return fromTypedArray(dtype, shape, array as TypedArray);
}

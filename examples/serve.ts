/**
 * Serves a page on which one draws a digit, and sees it recognised while drawing.
 *
 * ```sh
 * deno task serve out/model.safetensors
 * ```
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { CrotonError } from "../mod.ts";
import { serveDrawing } from "./drawing/server.ts";

const help = `Serve a page on which one draws a digit, and sees it recognised while drawing. The
model runs in the browser: on WebGPU where there is one, else as WebAssembly.

Usage: deno task serve MODEL [options]

  MODEL       a file that deno task train wrote for one of the classifiers of
              digits, as out/model.safetensors
  --port N    port of the page, on this machine only (any free one)
  --help      this text

Ctrl-C ends it.`;

/** The model and the port that the arguments ask for; null where they ask for help. */
function readOptions(args: string[]): { model: string; port: number } | null {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    boolean: ["help"],
    string: ["port"],
    unknown: (arg) => {
      if (arg.startsWith("-")) unknown.push(arg);
      return !arg.startsWith("-");
    },
  });
  if (flags.help) return null;
  const [model, ...more] = flags._.map(String);
  unknown.push(...more);
  if (unknown.length > 0) {
    throw new TypeError(`Unknown argument "${unknown[0]}"; --help lists the options`);
  }
  if (model === undefined) {
    throw new TypeError(
      "There is no model to serve: give the file of one, as out/model.safetensors, " +
        "which deno task train --model lenet writes",
    );
  }
  const port = Number(flags.port ?? 0);
  if (flags.port?.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`--port must be a whole number from 0 to 65535, got "${flags.port}"`);
  }
  return { model, port };
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args);
    if (options === null) console.log(help);
    else {
      const { url } = await serveDrawing(options.model, options.port);
      console.log(`Draw at ${url}`);
    }
  } catch (error) {
    const known = [CrotonError, RangeError, TypeError, SyntaxError];
    if (error instanceof Error && known.some((type) => error instanceof type)) {
      console.error(`error: ${error.message}`);
      Deno.exit(1);
    }
    throw error;
  }
}

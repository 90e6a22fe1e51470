/**
 * Runs the `deno` executable that runs this program.
 *
 * @module
 */

/** How a run of `deno` ended. */
export interface Outcome {
  /** The exit status, 0 on success. */
  code: number;
  /** What was written to standard output and standard error, if it was captured. */
  output: string;
}

/** Runs `deno` with `args` on the terminal of this program and returns its exit status. */
export async function runDeno(args: string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args }).spawn();
  // A terminal sends Ctrl-C to the child as well, and the child may want to save its work first.
  const forward = !Deno.stdin.isTerminal();
  const onInterrupt = (): void => {
    if (forward) child.kill("SIGINT");
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  const { code } = await child.status;
  Deno.removeSignalListener("SIGINT", onInterrupt);
  return code;
}

/** Runs `deno` with `args` and collects what it writes; `echo` shows it at once as well. */
export async function captureDeno(args: string[], echo: boolean): Promise<Outcome> {
  const env: Record<string, string> = echo && Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : {};
  const child = new Deno.Command(Deno.execPath(), { args, env, stdout: "piped", stderr: "piped" })
    .spawn();
  const parts: string[] = [];
  const drain = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      parts.push(text);
      if (echo) await writeAll(new TextEncoder().encode(text));
    }
  };
  await Promise.all([drain(child.stdout), drain(child.stderr)]);
  const { code } = await child.status;
  return { code, output: parts.join("") };
}

/** Runs a program, without any permission and without checking its types; what it writes. */
export async function captureProgram(text: string): Promise<Outcome> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, text);
    return await captureDeno(
      ["run", "--quiet", "--no-prompt", "--no-check", "--no-lock", file],
      false,
    );
  } finally {
    await Deno.remove(file);
  }
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await Deno.stdout.write(bytes.subarray(done));
}

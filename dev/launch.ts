/**
 * Starts the commands behind the tasks in `deno.json`.
 *
 * Examples and tests use a few packages of the standard library from JSR. Where JSR cannot be
 * reached, the same commands run with `dev/import_map.json`, which maps these packages to the small
 * stand-ins in `dev/std/`.
 *
 * @module
 */
import standIns from "./import_map.json" with { type: "json" };
import { runDeno } from "./process.ts";
import { runSuite } from "./suite.ts";

/** How long to wait for JSR before going on without it, in milliseconds. */
const JSR_TIMEOUT = 8000;

/** What a task runs: it gets the flags that choose the import map and the user's arguments. */
type Command = (flags: string[], args: string[]) => Promise<number>;

const commands: Record<string, Command> = {
  train: runExample("examples/train.ts", [
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-net=127.0.0.1",
  ]),
  predict: runExample("examples/predict.ts", ["--allow-read", "--allow-env"]),
  // The page's code is bundled by a program of its own.
  serve: runExample("examples/serve.ts", ["-A"]),
  tour: runExample("examples/tour.ts", ["--allow-read", "--allow-env"]),
  bench: (flags, args) => runDeno(["bench", "--no-check", ...flags, "-A", ...args]),
  fuzz: (flags, args) => runDeno(["run", "--quiet", ...flags, "-A", "dev/fuzz/main.ts", ...args]),
  rewrites: (flags) => runDeno(["run", "--quiet", ...flags, "-A", "dev/rewrites.ts"]),
  profile: (flags, args) => runDeno(["run", "--quiet", ...flags, "-A", "dev/profile.ts", ...args]),
  explain: (flags, args) => runDeno(["run", "--quiet", ...flags, "-A", "dev/explain.ts", ...args]),
  pictures: (flags) => runDeno(["run", "--quiet", ...flags, "-A", "dev/pictures.ts"]),
  check: (flags, args) => runDeno(["check", ...flags, ...args]),
  test: runSuite,
};

function runExample(path: string, permissions: string[]): Command {
  return (flags, args) => runDeno(["run", "--quiet", ...flags, ...permissions, path, ...args]);
}

/** Whether all packages that have a stand-in are cached or can be fetched from JSR now. */
async function jsrIsThere(): Promise<boolean> {
  const names = Object.keys(standIns.imports).filter((name) => name.startsWith("@std/"));
  const fetched = Promise.all(names.map((name) => import(name))).then(() => true, () => false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), JSR_TIMEOUT);
  });
  const there = await Promise.race([fetched, late]);
  clearTimeout(timer);
  return there;
}

async function main(): Promise<number> {
  const [name = "", ...args] = Deno.args;
  const command = commands[name];
  if (command === undefined) {
    console.error(`Unknown command "${name}": use one of ${Object.keys(commands).join(", ")}`);
    return 2;
  }
  const flags: string[] = [];
  if (!await jsrIsThere()) {
    console.error("JSR is out of reach: using the stand-ins in dev/std for @std packages");
    flags.push("--import-map", "dev/import_map.json");
  }
  if (Deno.build.os === "linux" && !Deno.env.has("DENO_WEBGPU_BACKEND")) {
    // Else Deno loads libEGL as well, which now and then frees memory twice when a thread of
    // `deno test` ends while the process exits.
    Deno.env.set("DENO_WEBGPU_BACKEND", "vulkan");
  }
  if (Deno.build.os === "linux" && !Deno.env.has("XDG_RUNTIME_DIR")) {
    // Else drivers look for a display and complain when there is none.
    Deno.env.set("XDG_RUNTIME_DIR", Deno.env.get("TMPDIR") ?? "/tmp");
  }
  return await command(flags, args);
}

if (import.meta.main) {
  Deno.chdir(new URL("..", import.meta.url));
  Deno.exit(await main());
}

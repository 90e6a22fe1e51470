/**
 * Chromium without a window, to be told what to do by tests.
 *
 * @module
 */

/** Where Chromium may be. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

/** Without a window, with the adapter for WebGPU that Chromium brings along. */
export const BROWSER_FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

/** The command of the browser that is installed; null without one. */
export async function findBrowser(): Promise<string | null> {
  for (const name of BROWSERS) {
    try {
      const { success } = await new Deno.Command(name, { args: ["--version"] }).output();
      if (success) return name;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}

/** A page that is open in a browser. */
export interface BrowserPage extends AsyncDisposable {
  /** The value of an expression in the page, awaited there. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true in the page; after a minute, fails with what `about` says. */
  until(expression: string, about?: string): Promise<void>;
  /** Presses, moves or lifts the mouse. */
  mouse(type: "mousePressed" | "mouseMoved" | "mouseReleased", x: number, y: number): Promise<void>;
  /** Puts a finger down, moves it, or lifts it where there are no places. */
  touch(type: "touchStart" | "touchMove" | "touchEnd", x?: number, y?: number): Promise<void>;
  /** A picture of the page, as PNG. */
  screenshot(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Milliseconds that a page has for what is waited for. */
const PATIENCE = 60_000;

/** Opens a page in a window of a given size. */
export async function openPage(
  browser: string,
  url: string,
  [width, height]: readonly [number, number] = [900, 700],
): Promise<BrowserPage> {
  const profile = await Deno.makeTempDir({ prefix: "croton browser " });
  const child = new Deno.Command(browser, {
    args: [
      ...BROWSER_FLAGS,
      "--remote-debugging-port=0",
      // Letters in shades of grey make small pictures.
      "--disable-lcd-text",
      `--window-size=${width},${height}`,
      `--user-data-dir=${profile}`,
      url,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const close = async () => {
    try {
      child.kill();
    } catch {
      // It has ended.
    }
    await child.status;
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  };
  try {
    const socket = new WebSocket(await addressOf(profile, url));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("The browser takes no connection"));
    });
    return {
      ...commandsOf(socket),
      [Symbol.asyncDispose]: () => {
        socket.close();
        return close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function waitFor<R>(what: string, find: () => Promise<R | undefined>): Promise<R> {
  const late = performance.now() + PATIENCE;
  while (performance.now() < late) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`Waited in vain for ${what}`);
}

/** Where commands for the page are taken: the browser writes its port into its folder. */
async function addressOf(profile: string, url: string): Promise<string> {
  const port = await waitFor("the port of the browser", async () => {
    const text = await Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => "");
    return text.includes("\n") ? text.split("\n")[0] : undefined;
  });
  return await waitFor("the page", async () => {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const pages: { type: string; url: string; webSocketDebuggerUrl: string }[] = await response
      .json();
    return pages.find((page) => page.type === "page" && page.url === url)?.webSocketDebuggerUrl;
  });
}

/** What is used of Chrome's protocol for its tools. */
function commandsOf(socket: WebSocket): Omit<BrowserPage, typeof Symbol.asyncDispose> {
  const waiting = new Map<number, (answer: Readonly<Record<string, unknown>>) => void>();
  let count = 0;
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(data);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  };
  const send = async (method: string, params: object = {}): Promise<Record<string, unknown>> => {
    const id = ++count;
    const { error, result } = await new Promise<Readonly<Record<string, unknown>>>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Record<string, unknown>;
  };
  const evaluate = async (expression: string): Promise<unknown> => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send("Runtime.evaluate", options);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  };
  return {
    evaluate,
    until: async (expression, about = "document.body.innerText") => {
      try {
        await waitFor(
          expression,
          // A page that is being opened has nothing to evaluate in.
          async () => await evaluate(expression).catch(() => false) === true ? true : undefined,
        );
      } catch (error) {
        throw new Error(`${error}: ${await evaluate(about)}`);
      }
    },
    mouse: async (type, x, y) => {
      const pressed = type === "mouseReleased" ? 0 : 1;
      await send("Input.dispatchMouseEvent", {
        ...{ type, x, y, button: "left", buttons: pressed, clickCount: 1 },
      });
    },
    touch: async (type, x, y) => {
      const touchPoints = x === undefined ? [] : [{ x, y }];
      await send("Input.dispatchTouchEvent", { type, touchPoints });
    },
    screenshot: async () => {
      const { data } = await send("Page.captureScreenshot", { format: "png" });
      return Uint8Array.fromBase64(data as string);
    },
  };
}

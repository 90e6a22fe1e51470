/**
 * A page that changes while a program runs, for browsers on the same machine.
 *
 * @module
 */

import { checkOptions } from "../../core/base/options.ts";
import { htmlPage } from "./html_page.ts";

/** What is used of Deno's server. */
interface Server {
  readonly addr: { readonly port: number };
  unref(): void;
  shutdown(): Promise<void>;
}

/** The part of Deno that serves; not there in other engines. */
interface Engine {
  readonly Deno?: {
    serve(options: object, answer: (request: Request) => Response): Server;
  };
}

/** A page that is served. */
export interface LivePage extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
  /** Replaces what the page shows. */
  show(body: string): void;
  /** Replaces the line above it. */
  status(text: string): void;
  /** Tells open pages that this was all, and serves no more. */
  close(): Promise<void>;
}

/** How long to wait for browsers that don't read what they are sent, in milliseconds. */
const GRACE = 1000;

/** Messages that may wait for a browser; what comes then is left out. */
const WAITING = 20;

const SCRIPT = `
const source = new EventSource("events");
const status = document.getElementById("status");
source.addEventListener("body", (event) => {
  document.querySelector("main").innerHTML = JSON.parse(event.data);
});
source.addEventListener("status", (event) => status.textContent = JSON.parse(event.data));
source.addEventListener("end", () => {
  source.close();
  status.textContent = "the program has ended";
});
source.addEventListener("error", () => status.textContent = "no connection");
`;

/**
 * Serves a page on the loopback interface, which shows what it is given, in all browsers that are open on it,
 * as soon as the program lets go of the thread. It takes Deno, and `--allow-net=127.0.0.1`.
 *
 * Throws a TypeError where that is not permitted, the port is in use, or there is no Deno.
 *
 * @param title What stands in the browser's tab
 * @param options The port; any free one if none is given
 *
 * @example
 * ```ts ignore
 * import { drawCharts, serveLivePage } from "@croton/croton/see";
 *
 * await using page = serveLivePage("Training");
 * console.log(`curves at ${page.url}`);
 * for (let epoch = 1, y: number[] = []; epoch <= 10; epoch++) {
 *   y = [...y, 1 / epoch]; // and train
 *   const series = [{ name: "loss", y }];
 *   page.show(drawCharts([{ title: "Training", xLabel: "epoch", yLabel: "loss", series }]));
 *   page.status(`epoch ${epoch}`);
 *   await new Promise((resolve) => setTimeout(resolve));
 * }
 * ```
 */
export function serveLivePage(
  title: string,
  options: { readonly port?: number } = {},
): LivePage {
  const { port } = checkOptions("Cannot serve a page", options, { port: "number" });
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encoder = new TextEncoder();
  let body = "", line = "starting";
  const message = (event: string, data: string): Uint8Array =>
    encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const send = (event: string, data: string): void => {
    for (const stream of streams) {
      if ((stream.desiredSize ?? 0) > -WAITING) stream.enqueue(message(event, data));
    }
  };
  const events = (): Response => {
    let own: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        streams.add(own);
        own.enqueue(message("body", body));
        own.enqueue(message("status", line));
      },
      cancel: () => void streams.delete(own),
    });
    return new Response(stream, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  };
  const answer = (request: Request): Response => {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET") return new Response("expected GET\n", { status: 405 });
    if (pathname === "/events") return events();
    if (pathname !== "/") return new Response("not found\n", { status: 404 });
    return new Response(htmlPage(title, body, SCRIPT), {
      headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
    });
  };
  const { Deno } = globalThis as unknown as Engine;
  if (Deno === undefined) throw new TypeError("Cannot serve a page: only Deno serves them");
  let server: Server;
  try {
    server = Deno.serve({ hostname: "127.0.0.1", port: port ?? 0, onListen: () => {} }, answer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`Cannot serve a page on 127.0.0.1, port ${port ?? 0}: ${why}`);
  }
  const close = async (): Promise<void> => {
    send("end", "");
    for (const stream of streams) stream.close();
    streams.clear();
    server.unref();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, GRACE));
    await Promise.race([server.shutdown(), late]);
    clearTimeout(timer);
  };
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    show: (next) => send("body", body = next),
    status: (next) => send("status", line = next),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * A page that changes while a model is trained, for browsers on the same machine.
 *
 * @module
 */
import { htmlPage } from "./report.ts";

/** A page that is served. */
export interface LivePage {
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
  status.textContent = "the training has ended";
});
source.addEventListener("error", () => status.textContent = "no connection");
`;

/**
 * Serves a page on the loopback interface.
 *
 * @param title What stands in the browser's tab
 * @param port Where; any free one if 0
 * @throws {TypeError} If that is not permitted, or the port is in use
 */
export function serveLivePage(title: string, port: number): LivePage {
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
  const options = { hostname: "127.0.0.1", port, onListen: () => {} };
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve(options, answer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`Cannot serve a page on 127.0.0.1, port ${port}: ${why}`);
  }
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    show: (next) => send("body", body = next),
    status: (next) => send("status", line = next),
    close: async () => {
      send("end", "");
      for (const stream of streams) stream.close();
      streams.clear();
      server.unref();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, GRACE));
      await Promise.race([server.shutdown(), late]);
      clearTimeout(timer);
    },
  };
}

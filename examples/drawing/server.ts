/**
 * Serves the page on which one draws, with the model that recognises digits there.
 *
 * @module
 */
import { bundleCode } from "../../dev/bundle.ts";
import { classifiers } from "../models/mod.ts";
import { restoredClassifier } from "../training/classify.ts";
import { drawingPage } from "./page.ts";

/** A page that is served. */
export interface DrawingServer {
  readonly url: string;
  close(): Promise<void>;
}

/** With these a page may share memory with its workers: models run on several threads. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * Serves the page on the loopback interface.
 *
 * @param path The safetensors file of a classifier
 * @param port Where; any free one if 0
 * @throws {TypeError} If the file has no classifier, or the port is in use
 */
export async function serveDrawing(path: string, port: number): Promise<DrawingServer> {
  // What does not fit is told here, not in a browser.
  const { name, data } = await restoredClassifier(path);
  const model = await Deno.readFile(path);
  const page = drawingPage(`${classifiers[name]!.title}, trained on ${data}`);
  const files: Readonly<Record<string, readonly [type: string, body: BodyInit]>> = {
    "/": ["text/html; charset=utf-8", page],
    "/app.js": ["text/javascript; charset=utf-8", await appCode()],
    "/model.safetensors": ["application/octet-stream", model],
  };
  const answer = ({ method, url }: Request): Response => {
    if (method !== "GET") return new Response("expected GET\n", { status: 405 });
    const { pathname } = new URL(url), file = Object.hasOwn(files, pathname) && files[pathname];
    if (!file) return new Response("not found\n", { status: 404 });
    const [type, body] = file;
    return new Response(body, {
      headers: { "content-type": type, "cache-control": "no-store", ...ISOLATED },
    });
  };
  try {
    const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, answer);
    return {
      url: `http://127.0.0.1:${server.addr.port}/`,
      close: () => server.shutdown(),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`Cannot serve a page on 127.0.0.1, port ${port}: ${why}`);
  }
}

/** The library, the models and what runs in the page, as one file. */
async function appCode(): Promise<string> {
  const folder = await Deno.makeTempDir(), file = `${folder}/app.js`;
  try {
    await bundleCode("examples/drawing/app.ts", file, "");
    return await Deno.readTextFile(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

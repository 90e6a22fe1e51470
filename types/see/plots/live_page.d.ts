// Made of see/plots/live_page.ts by `deno task types`.
/**
 * A page that changes while a program runs, for browsers on the same machine.
 *
 * @module
 */
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
export declare function serveLivePage(title: string, options?: {
    readonly port?: number;
}): LivePage;

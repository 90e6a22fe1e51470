/**
 * Shows a training to people: on a page while it goes on, and in a report at its end.
 *
 * @module
 */
import { io, type nn } from "../../mod.ts";
import { htmlPage, type LivePage, serveLivePage } from "../../see/mod.ts";
import { significant } from "../data/progress.ts";
import { type Report, reportBody } from "./report.ts";
import type { Task, TrainOptions } from "./task.ts";

/** What a training tells those who look at it. */
export interface View extends AsyncDisposable {
  /** The address of the page; null if none is served. */
  readonly url: string | null;
  progress(event: nn.FitProgress): Promise<void>;
  epoch(event: nn.FitEvent): Promise<void>;
  /** Writes the report, and shows the same on the page. */
  end(history: readonly nn.FitEvent[], rows: Report["rows"]): Promise<void>;
}

/**
 * Starts to show a training as far as options ask for it.
 *
 * @param options What is wanted
 * @param task What is trained
 * @param before Epochs that are done already
 */
export function viewOf(
  { report: file, watch }: Pick<TrainOptions, "report" | "watch">,
  task: Task,
  before: nn.FitState["progress"]["history"] = [],
): View {
  const { title, measure } = task;
  const device = `device ${task.device.device}: ${task.device.deviceInfo}`;
  const done: Pick<nn.FitEvent, "epoch" | "loss" | "validation">[] = before.map((event) => ({
    ...event,
    validation: event.validation ?? NaN,
  }));
  const bodyOf = async (history: Report["history"], rows: Report["rows"]): Promise<string> =>
    reportBody({ title, device, measure: measure.name, rows, history, figures: await task.look() });
  const page: LivePage | null = watch === undefined ? null : serveLivePage(title, { port: watch });
  // Until there is more to see.
  page?.show(
    reportBody({ title, device, measure: measure.name, rows: [], history: done, figures: [] }),
  );
  return {
    url: page?.url ?? null,
    progress: async ({ epoch, epochs, batch, batches, loss }) => {
      if (page === null) return;
      page.status(
        `epoch ${epoch + 1} of ${epochs}, minibatch ${batch} of ${batches}, ` +
          `loss ${significant(loss)}`,
      );
      // What is computed here leaves the server no other time to answer.
      await new Promise((resolve) => setTimeout(resolve));
    },
    epoch: async (event) => {
      done.push(event);
      if (page === null) return;
      const { epoch, epochs, loss, validation } = event;
      page.show(
        await bodyOf(done, [
          ["epoch", `${epoch} of at most ${epochs}`],
          ["loss", significant(loss)],
          [`validation ${measure.name}`, measure.write(validation)],
        ]),
      );
    },
    end: async (history, rows) => {
      if (file === undefined && page === null) return;
      const body = await bodyOf(history, rows);
      page?.show(body);
      if (file === undefined) return;
      await io.replaceFile(file, new TextEncoder().encode(htmlPage(title, body)));
    },
    [Symbol.asyncDispose]: async () => await page?.close(),
  };
}

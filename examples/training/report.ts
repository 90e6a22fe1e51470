/**
 * A training as a page: curves, and pictures of what the model does.
 *
 * @module
 */
import type { nn } from "../../mod.ts";
import { drawCharts } from "../../see/mod.ts";
import { escaped } from "../../see/svg.ts";

/** A picture, or a text, of what a model does. */
export interface Figure {
  readonly title: string;
  /** An SVG document. */
  readonly svg?: string;
  readonly text?: string;
}

/** What stands in a report. */
export interface Report {
  /** What is trained on what. */
  readonly title: string;
  /** Where. */
  readonly device: string;
  /** What is measured after each epoch. */
  readonly measure: string;
  /** What has come out. */
  readonly rows: readonly (readonly [name: string, text: string])[];
  readonly history: readonly Pick<nn.FitEvent, "epoch" | "loss" | "validation">[];
  readonly figures: readonly Figure[];
}

/** Curves of the loss and of the measure over epochs, as SVG. */
export function drawCurves({ history, measure }: Pick<Report, "history" | "measure">): string {
  const isShare = measure === "error";
  const x = history.map(({ epoch }) => epoch);
  const loss = history.map(({ loss }) => loss);
  const measured = history.map(({ validation }) => isShare ? validation * 100 : validation);
  return drawCharts([
    {
      title: "Training",
      xLabel: "epoch",
      yLabel: "loss",
      series: [{ name: "loss", x, y: loss }],
    },
    {
      title: "Validation",
      xLabel: "epoch",
      yLabel: isShare ? "error, %" : measure,
      series: [{ name: measure, x, y: measured }],
    },
  ]);
}

/** What stands between the head and the end of a page. */
export function reportBody(report: Report): string {
  const rows = report.rows.map(([name, text]) =>
    `<tr><th>${escaped(name)}</th><td>${escaped(text)}</td></tr>`
  );
  const figures = report.figures.map(({ title, svg, text }) =>
    `<section><h2>${escaped(title)}</h2>${svg ?? ""}${
      text === undefined ? "" : `<pre>${escaped(text)}</pre>`
    }</section>`
  );
  return [
    `<h1>${escaped(report.title)}</h1>`,
    `<p class="device">${escaped(report.device)}</p>`,
    `<table>${rows.join("")}</table>`,
    `<section><h2>Loss and ${escaped(report.measure)}</h2>${drawCurves(report)}</section>`,
    `<div class="figures">${figures.join("\n")}</div>`,
  ].join("\n");
}

/**
 * Profiles as tables and as traces.
 *
 * @module
 */

import type { KernelProfile, Profile, Rates } from "./measured.ts";

/** Rows that a table shows. */
const MOST_ROWS = 20;

/** Pieces of memory that are named. */
const MOST_PIECES = 4;

/** Tables of what was measured. */
export function profileText(profile: Profile): string {
  const { calls, callTime, firstCallTime, kernels, ops, memory, memoryPeak, limits } = profile;
  const later = calls > 1 ? (callTime - firstCallTime) / (calls - 1) : NaN;
  const phases = profile.phases.filter(({ milliseconds }) => milliseconds > 0)
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
  const slow = profile.rewrites.map(({ rule, fired, milliseconds }) =>
    `${rule} ${milliseconds.toFixed(1)} (${fired})`
  );
  const held = memory.filter(({ plan, atPeak }) => atPeak && plan === memoryPeak?.plan);
  const rows: [string, string][] = [
    ["calls", String(calls)],
    [
      "compile",
      `${profile.compileTime.toFixed(3)} ms (rewriting ${profile.rewriteTime.toFixed(3)} ms)`,
    ],
    [
      "phases",
      phases.slice(0, 3).map((one) => `${one.name} ${one.milliseconds.toFixed(1)}`)
        .join(", "),
    ],
    ["rules", slow.slice(0, 3).join(", ")],
    [
      "plans",
      `${profile.planTime.toFixed(3)} ms, printed in ${profile.printTime.toFixed(3)} ms`,
    ],
    ["first call", `${firstCallTime.toFixed(3)} ms`],
    ["later calls", Number.isNaN(later) ? "none" : `${later.toFixed(4)} ms each`],
    ["memory", `${bytesText(profile.peakBytes)} at most on the device`],
    [
      "at peak",
      memoryPeak === null
        ? ""
        : `${bytesText(memoryPeak.bytes)} in ${memoryPeak.kernel || "no kernel"}: ${
          held.slice(0, MOST_PIECES).map(({ name, role, bytes }) =>
            `${name} (${role}) ${bytesText(bytes)}`
          ).join(", ")
        }`,
    ],
    [
      "limits",
      limits === null ? "" : [
        ...Object.entries(limits.gigaflops).map(([by, rate]) => `${by} ${rate.toFixed(1)} GFLOP/s`),
        `copies of ${
          limits.copies.map((one) =>
            `${bytesText(one.bytes)} ${one.gigabytesPerSecond.toFixed(1)} GB/s`
          ).join(", ")
        }`,
      ].join(", "),
    ],
  ];
  return [
    `Profile of ${profile.name}`,
    ...rows.filter(([, text]) => text !== "").map(([key, text]) => `  ${key.padEnd(12)}${text}`),
    ...table("op", ops.map((row) => ({ ...row, label: `${row.op}${placeText(row.place)}` }))),
    ...table("kernel", inOrder(kernels)),
  ].join("\n");
}

/** The kernels that took longest first, with what is in them behind each. */
function inOrder(kernels: readonly KernelProfile[]): (KernelProfile & { label: string })[] {
  const inside = new Map<number | null, number[]>();
  kernels.forEach(({ within }, i) => inside.set(within, [...inside.get(within) ?? [], i]));
  const visit = (within: number | null, indent: string): (KernelProfile & { label: string })[] =>
    (inside.get(within) ?? [])
      .toSorted((a, b) => (kernels[b]!.milliseconds ?? 0) - (kernels[a]!.milliseconds ?? 0))
      .flatMap((i) => {
        const { name, kind, estimated } = kernels[i]!;
        const label = `${indent}${estimated ? "~ " : ""}${name} (${kind})`;
        return [{ ...kernels[i]!, label }, ...visit(i, `${indent}  `)];
      });
  return visit(null, "");
}

/** The end of a place in the user's program. */
function placeText(place: string): string {
  return place === "" ? "" : `, ${place.replace(/^.*\//, "")}`;
}

function bytesText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  let unit = 0, number = bytes;
  while (number >= 1024 && unit < units.length - 1) [number, unit] = [number / 1024, unit + 1];
  return `${unit === 0 ? number : number.toFixed(1)} ${units[unit]}`;
}

type TableRow = Rates & { readonly calls: number; readonly label: string };

function table(title: string, rows: readonly TableRow[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MOST_ROWS;
  return [
    `        ms   share   calls     GB/s  GFLOP/s  limit by          ${title}`,
    ...rows.slice(0, MOST_ROWS).map(rowText),
    ...more > 0 ? [`           and ${more} more`] : [],
  ];
}

function rowText(row: TableRow): string {
  const number = (x: number | null, digits: number, width: number) =>
    (x === null ? "–" : x.toFixed(digits)).padStart(width);
  const percent = (x: number | null) => x === null ? null : 100 * x;
  return `${number(row.milliseconds, 3, 10)} ${number(percent(row.share), 1, 6)}% ${
    number(row.calls, 0, 7)
  } ${number(row.gigabytesPerSecond, 2, 8)} ${number(row.gigaflops, 2, 8)}  ${
    number(percent(row.limitShare), 0, 4)
  }% ${(row.bound ?? "–").padEnd(10)}  ${row.label}`;
}

/** One thing in a trace. */
interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: "X";
  readonly pid: 1;
  readonly tid: 1;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A trace: how compiling went, then a call, with the mean time of each kernel, loops with what is in them. */
export function profileTrace(profile: Profile): string {
  const events: TraceEvent[] = [];
  let now = 0;
  const add = (name: string, milliseconds: number, cat: string, args = {}, at = now) => {
    const event = { name, cat, ph: "X", pid: 1, tid: 1, args } as const;
    events.push({ ...event, ts: at * 1000, dur: milliseconds * 1000 });
    return at + milliseconds;
  };
  for (const { name, milliseconds } of profile.phases) now = add(name, milliseconds, "rewrite");
  now = add("plan", profile.planTime, "compile");
  now = add("print", profile.printTime, "compile");
  const { kernels } = profile;
  const runs = Math.max(1, profile.calls);
  const visit = (within: number | null, start: number): number => {
    let at = start;
    kernels.forEach((kernel, i) => {
      const { name, kind, calls, milliseconds, bytes, operations, ops, bound, limitShare } = kernel;
      if (kernel.within !== within || milliseconds === null || calls === 0) return;
      const args = { bytes, operations, calls, bound, limitShare, ops };
      const end = add(name, milliseconds / runs, kind, args, at);
      visit(i, at);
      at = end;
    });
    return at;
  };
  visit(null, now);
  return JSON.stringify({ traceEvents: events, displayTimeUnit: "ms" });
}

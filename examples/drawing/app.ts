/**
 * What runs in the page on which one draws: a digit is recognised while it is drawn.
 *
 * @module
 */
import type { DeviceOption } from "../../mod.ts";
import { shadePaths } from "../../see/plots/image_grid.ts";
import { classifying, mostProbable, restoredClassifier } from "../training/classify.ts";
import { digitOf } from "./strokes.ts";

/** What is used of an event of a pointer. */
interface PointerEvent {
  readonly pointerId: number;
  readonly clientX: number;
  readonly clientY: number;
  /** More than one where the pointer was faster than the page. */
  getCoalescedEvents?(): readonly PointerEvent[];
  preventDefault(): void;
}

/** What is used of an element of the page. */
interface Element {
  textContent: string;
  innerHTML: string;
  value: string;
  className: string;
  readonly style: Record<string, string>;
  readonly children: ArrayLike<Element>;
  setAttribute(name: string, value: string): void;
  setPointerCapture(pointer: number): void;
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
  addEventListener(type: string, listener: (event: PointerEvent) => void): void;
}

const { document } = globalThis as unknown as {
  document: { getElementById(id: string): Element };
};

/** The parts of the page. */
const [pad, ink, digit, bars, picture, device, time, clear, choice] = [
  ...["pad", "ink", "digit", "bars", "picture"],
  ...["device", "time", "clear", "choice"],
].map((id) => document.getElementById(id)) as [
  ...[Element, Element, Element, Element, Element],
  ...[Element, Element, Element, Element],
];

/** Recognitions whose mean time is told. */
const RECENT = 20;

async function main(): Promise<void> {
  const response = await fetch("model.safetensors");
  const { name, model, data } = await restoredClassifier(await response.arrayBuffer());
  const middle = data === "MNIST" ? "mass" : "extent";
  const strokes: number[][] = [];
  let times: number[] = [], classify: Awaited<ReturnType<typeof classifying>>;
  let wanted = false, busy = false;

  const show = (row: Float32Array | null, image: Float32Array): void => {
    const best = row === null ? -1 : mostProbable(row)[0]!;
    digit.textContent = row === null ? "draw a digit" : String(best);
    digit.className = row === null ? "none" : "";
    for (let i = 0; i < 10; i++) {
      const p = row?.[i] ?? 0, [, bar, text] = Array.from(bars.children[i]!.children);
      bars.children[i]!.className = i === best ? "best" : "";
      (bar!.children[0]!).style["width"] = `${(100 * p).toFixed(1)}%`;
      text!.textContent = row === null ? "" : `${(100 * p).toFixed(1)} %`;
    }
    picture.innerHTML = shadePaths(image, [28, 28]).join("");
    ink.setAttribute("d", strokes.map(pathOf).join(""));
  };

  /** Recognises what there is, as long as there is more each time. */
  const recognise = async (): Promise<void> => {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      const image = digitOf(strokes, middle);
      if (strokes.length === 0) {
        show(null, image);
        continue;
      }
      const start = performance.now(), row = await classify(image);
      times = [...times.slice(1 - RECENT), performance.now() - start];
      const mean = times.reduce((a, b) => a + b) / times.length;
      show(strokes.length === 0 ? null : row, strokes.length === 0 ? digitOf([]) : image);
      time.textContent = `${mean.toFixed(1)} ms for a recognition`;
      // The page is drawn in between.
      await new Promise((resolve) => setTimeout(resolve));
    }
    busy = false;
  };

  const use = async (wish: DeviceOption): Promise<void> => {
    device.textContent = "compiling";
    try {
      classify = await classifying(model, wish);
    } catch (error) {
      device.textContent = error instanceof Error ? error.message : String(error);
      return;
    }
    // The first call plans and compiles.
    await classify(digitOf([]));
    times = [];
    time.textContent = "";
    const place = classify.device === "gpu" ? "WebGPU" : "WebAssembly";
    device.textContent = `${name} on ${place}: ${classify.deviceInfo}`;
    await recognise();
  };

  let drawing: number | null = null;
  const extend = (event: PointerEvent): void => {
    const { left, top, width, height } = pad.getBoundingClientRect();
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of events.length === 0 ? [event] : events) {
      strokes.at(-1)!.push((clientX - left) / width, (clientY - top) / height);
    }
    recognise();
  };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    if (drawing !== null) return;
    drawing = event.pointerId;
    pad.setPointerCapture(event.pointerId);
    strokes.push([]);
    extend(event);
  });
  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId === drawing) extend(event);
  });
  for (const type of ["pointerup", "pointercancel"]) {
    pad.addEventListener(type, (event) => {
      if (event.pointerId === drawing) drawing = null;
    });
  }
  clear.addEventListener("click", () => {
    strokes.length = 0;
    recognise();
  });
  choice.addEventListener("change", () => use(choice.value as DeviceOption));
  await use("auto");
  if (classify!.device === "cpu") choice.value = "cpu";
  else choice.value = "gpu";
}

/** A stroke as the path of an SVG. */
function pathOf(stroke: readonly number[]): string {
  const points: string[] = [];
  for (let i = 0; i + 1 < stroke.length; i += 2) {
    points.push(`${stroke[i]!.toFixed(4)} ${stroke[i + 1]!.toFixed(4)}`);
  }
  return points.length === 1 ? `M${points[0]}l0 0` : `M${points.join("L")}`;
}

main().catch((error) => {
  device.textContent = error instanceof Error ? error.message : String(error);
});

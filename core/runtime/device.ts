/**
 * Devices: registered by mod.ts, chosen for each function.
 *
 * @module
 */

import { shown } from "../base/shown.ts";
import type { Backend } from "./backend.ts";
import { type DeviceOption, settings } from "../base/settings.ts";
import { DeviceLostError } from "../base/errors.ts";
import { watchDevice } from "./memory.ts";

/** How backends come to be. */
interface DeviceProvider {
  /** Opens the CPU backend; always works. */
  cpu(): Promise<Backend>;
  /** Opens the GPU backend; throws when there is none. */
  gpu(): Promise<Backend>;
  /** Why there is no GPU that is faster than the CPU; null if there is one. Never throws. */
  noFastGpu(): Promise<string | null>;
}

let provider: DeviceProvider | null = null;
let cpu: Promise<Backend> | null = null;
let gpu: Promise<Backend> | null = null;
/** What `gpu` resolved to. */
let openGpu: Backend | null = null;
/** The answer to `noFastGpu`, asked for once. */
let noFastGpu: Promise<string | null> | null = null;

/** Called once by all.ts. */
export function registerDevices(devices: DeviceProvider): void {
  provider = devices;
  noFastGpu = null;
}

function devices(): DeviceProvider {
  if (provider === null) {
    throw new TypeError("Cannot compile: no device is registered; import mod.ts of the package");
  }
  return provider;
}

/** The CPU backend of this process. */
export function cpuBackend(): Promise<Backend> {
  if (cpu === null) {
    cpu = devices().cpu();
    // After a failure (a file that did not load), another try may go better.
    cpu.then(watchDevice, () => cpu = null);
  }
  return cpu;
}

/** The GPU backend of this process; a new one if its device was lost. Rejects when there is no GPU. */
export function gpuBackend(): Promise<Backend> {
  if (openGpu !== null && openGpu.findLoss() !== null) gpu = openGpu = null;
  if (gpu === null) {
    gpu = devices().gpu();
    // After a failure, another try may go better.
    gpu.then((backend) => watchDevice(openGpu = backend), () => gpu = null);
  }
  return gpu;
}

/**
 * The GPU backend in place of one whose device was lost. A device opens only while the program waits for
 * something, so it may not be there yet: this throws a DeviceLostError then, and the device is being opened.
 */
export function replacementOf(lost: Backend, what: string): Backend {
  if (openGpu !== null && openGpu.lost === null) return openGpu;
  gpuBackend().catch(() => {});
  throw new DeviceLostError(
    lost.lost!.reason,
    `cannot call ${what} before a new device is open; await its warmUp(…), or any compile, and call again`,
    { cause: lost.lost },
  );
}

/** The device that `CROTON_DEVICE` asks for, where reading it is permitted without asking. */
function environmentDevice(): DeviceOption | null {
  try {
    const state = Deno.permissions.querySync({ name: "env", variable: "CROTON_DEVICE" });
    if (state.state !== "granted") return null;
    const value = Deno.env.get("CROTON_DEVICE");
    if (value === undefined || value === "") return null;
    return checkDevice(value);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return null;
  }
}

/** The device of a function that does not ask for one. */
export function defaultDevice(): DeviceOption {
  return environmentDevice() ?? settings.device;
}

/** Checks the name of a device. */
function checkDevice(device: unknown): DeviceOption {
  if (device === "auto" || device === "gpu" || device === "cpu") return device;
  throw new TypeError(`Unknown device ${shown(device)}: expected "auto", "gpu" or "cpu"`);
}

/** What decides whether a graph can run on a backend: in words why it cannot, or null. */
type Placement = (backend: Backend) => string | null;

/** A backend, and why it is not another. */
interface ChosenBackend {
  readonly backend: Backend;
  /** Why "auto" did not take the GPU; null where it did, or where a device was asked for. */
  readonly why: string | null;
}

/**
 * Chooses the backend of a function. "auto" takes the GPU when a real one is there and can hold all
 * variables. Throws a TypeError that names the variable when the GPU was asked for and cannot.
 */
export async function chooseBackend(
  asked: DeviceOption | undefined,
  placement: Placement,
  what: string,
): Promise<ChosenBackend> {
  const device = asked === undefined ? defaultDevice() : checkDevice(asked);
  if (device === "cpu") return { backend: await cpuBackend(), why: null };
  if (device === "auto") {
    const why = await (noFastGpu ??= devices().noFastGpu());
    if (why !== null) return insteadOfGpu(why);
    const backend = await gpuBackend().catch((error: Error) => error);
    if (backend instanceof Error) return insteadOfGpu(backend.message);
    const refusal = placement(backend);
    return refusal === null ? { backend, why: null } : insteadOfGpu(refusal);
  }
  const backend = await gpuBackend();
  const refusal = placement(backend);
  if (refusal === null) return { backend, why: null };
  throw new TypeError(
    `Cannot compile ${what} for the GPU: ${refusal}; use device: "cpu", or another dtype`,
  );
}

async function insteadOfGpu(why: string): Promise<ChosenBackend> {
  return { backend: await cpuBackend(), why };
}

/**
 * Parameters of kernels: small blocks of numbers in uniform memory, in an arena.
 *
 * Every kernel has them in bind group 1: binding 0 is the parameter block, with a dynamic offset,
 * binding 1 the special values of {@linkcode SPECIAL_WGSL}.
 *
 * @module
 */

import { LimitError } from "../../core/base/errors.ts";
import type { GpuContext } from "./context.ts";

/**
 * WGSL that declares the special values: a compiler may assume that a constant is never infinite or
 * NaN, so these come from memory. `special.x` holds the bits of +inf, `.y` of -inf, `.z` of NaN.
 */
export const SPECIAL_WGSL = "@group(1) @binding(1) var<uniform> special: vec4<u32>;";

const SPECIAL_BITS = new Uint32Array([0x7f800000, 0xff800000, 0x7fc00000, 0]);

/** The least size in bytes of the window that a kernel sees; a block may be smaller. */
const MIN_WINDOW = 256;

/** Bytes of the arena: what can be recorded before a submission. */
const ARENA_BYTES = 256 << 10;

/** Makes parameter memory. */
export class Uniforms {
  /** The layout of bind group 1, the same for all kernels. */
  readonly layout: GPUBindGroupLayout;
  /** The arena's buffer; also the source of small writes. */
  readonly arena: GPUBuffer;
  readonly #context: GpuContext;
  readonly #special: GPUBuffer;
  readonly #bytes = new Uint8Array(ARENA_BYTES);
  readonly #align: number;
  readonly #groups = new Map<number, GPUBindGroup>();
  #used = 0;

  /**
   * Makes the arena and the special values.
   *
   * @param context The device.
   */
  constructor(context: GpuContext) {
    this.#context = context;
    this.#align = Math.max(16, context.limits.minUniformBufferOffsetAlignment);
    const { raw } = context;
    this.arena = raw.createBuffer({
      label: "croton arena",
      // A window may reach past the last block.
      size: ARENA_BYTES + this.maxBlock,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.#special = raw.createBuffer({
      label: "croton special values",
      size: SPECIAL_BITS.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    raw.queue.writeBuffer(this.#special, 0, SPECIAL_BITS);
    this.layout = raw.createBindGroupLayout({
      label: "croton parameters",
      entries: [
        {
          binding: 0,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: "uniform", hasDynamicOffset: true },
        },
        { binding: 1, visibility: GPUShaderStage.COMPUTE, buffer: { type: "uniform" } },
      ],
    });
  }

  /** The largest block in bytes. */
  get maxBlock(): number {
    return Math.min(16 << 10, this.#context.limits.maxUniformBufferBindingSize);
  }

  /** Whether a block of so many bytes still fits before the next {@linkcode Uniforms.upload}. */
  fits(bytes: number): boolean {
    return this.#used + roundUp(bytes, this.#align) <= this.#bytes.byteLength;
  }

  /**
   * Puts a block into the arena. It reaches the device with the next {@linkcode Uniforms.upload}.
   *
   * @param block The numbers; its layout is the kernel's.
   * @returns The block's offset in the arena.
   */
  put(block: ArrayBufferView): number {
    const offset = this.#used;
    const source = new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
    this.#bytes.set(source, offset);
    this.#used = offset + roundUp(block.byteLength, this.#align);
    return offset;
  }

  /**
   * The bind group that shows the arena to a kernel.
   *
   * @param bytes Size of the kernel's block.
   * @throws {LimitError} If a block cannot be that large.
   */
  group(bytes: number): GPUBindGroup {
    const window = this.#window(bytes);
    let group = this.#groups.get(window);
    if (group === undefined) {
      group = this.#context.raw.createBindGroup({
        label: "croton parameters",
        layout: this.layout,
        entries: [
          { binding: 0, resource: { buffer: this.arena, offset: 0, size: window } },
          { binding: 1, resource: { buffer: this.#special } },
        ],
      });
      this.#groups.set(window, group);
    }
    return group;
  }

  /**
   * Sends the recorded blocks and starts over. Commands that use them are submitted next; what was
   * submitted earlier has its own blocks, since the queue keeps its order.
   */
  upload(): void {
    if (this.#used === 0) return;
    this.#context.raw.queue.writeBuffer(this.arena, 0, this.#bytes, 0, roundUp(this.#used, 4));
    this.#used = 0;
  }

  /** Gives the memory back. */
  destroy(): void {
    this.arena.destroy();
    this.#special.destroy();
  }

  #window(bytes: number): number {
    if (bytes > this.maxBlock) {
      throw new LimitError("Cannot pass parameters to a kernel", {
        limit: "maxUniformBufferBindingSize",
        requested: bytes,
        maximum: this.maxBlock,
      });
    }
    let window = MIN_WINDOW;
    while (window < bytes) window *= 2;
    return Math.min(window, this.maxBlock);
  }
}

function roundUp(bytes: number, multiple: number): number {
  return Math.ceil(bytes / multiple) * multiple;
}

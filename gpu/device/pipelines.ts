/**
 * Kernels: compiled once for each WGSL text, with explicit layouts.
 *
 * @module
 */

import { CodeCache } from "../../core/runtime/code_cache.ts";
import { LimitError, ShaderError } from "../../core/base/errors.ts";
import type { GpuContext } from "./context.ts";
import type { Uniforms } from "./uniforms.ts";

/** How a kernel uses a storage buffer: only reading, or reading and writing. */
export type BindingAccess = "read" | "write";

/** The text of a kernel and what it binds. */
export interface KernelSource {
  /** A name for messages and profiles. */
  readonly label: string;
  /** The WGSL. Storage buffers are in group 0, numbered from 0; parameters in group 1. */
  readonly wgsl: string;
  /** How each binding of group 0 is used, in order. */
  readonly storage: readonly BindingAccess[];
  /**
   * The compute entry point.
   *
   * @default {"main"}
   */
  readonly entryPoint?: string;
}

/** A kernel that is ready to be dispatched. */
export interface CompiledKernel extends KernelSource {
  /** The compiled pipeline. */
  readonly pipeline: GPUComputePipeline;
  /** The layout of group 0. */
  readonly layout: GPUBindGroupLayout;
}

/** The beginning of a buffer, to bind. */
export interface Binding {
  /** The buffer. */
  readonly buffer: GPUBuffer;
  /** Length in bytes; more than 0 and a multiple of 4. */
  readonly bytes: number;
}

/** How many kernels are kept although no program uses them. */
const MOST_UNUSED = 256;

/** Compiles kernels, and keeps them while programs use them. */
export class PipelineCache {
  readonly #context: GpuContext;
  readonly #uniforms: Uniforms;
  readonly #kernels = new CodeCache<CompiledKernel>(MOST_UNUSED);
  readonly #pending = new Map<string, Promise<CompiledKernel>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  #created = 0;

  /**
   * Makes an empty cache.
   *
   * @param context The device.
   * @param uniforms Owner of the layout of group 1.
   */
  constructor(context: GpuContext, uniforms: Uniforms) {
    this.#context = context;
    this.#uniforms = uniforms;
  }

  /** Number of pipelines that were compiled. */
  get created(): number {
    return this.#created;
  }

  /** Number of pipelines that are kept now. */
  get size(): number {
    return this.#kernels.size;
  }

  /** Says that one of those who asked for a kernel needs it no more. */
  release(kernel: CompiledKernel): void {
    this.#kernels.release(keyOf(kernel));
  }

  /**
   * The kernel of a source, compiled if no equal one is kept; it stays until `release`.
   *
   * @throws {ShaderError} (as a rejection) If WebGPU refuses the text.
   * @throws {LimitError} If it binds more storage buffers than the device allows.
   */
  async create(source: KernelSource): Promise<CompiledKernel> {
    const key = keyOf(source);
    const ready = this.#kernels.acquire(key);
    if (ready !== undefined) return ready;
    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      await pending;
      return this.create(source);
    }
    const compiling = this.#compile(source, key).finally(() => this.#pending.delete(key));
    this.#pending.set(key, compiling);
    return await compiling;
  }

  /** The kernels of several sources, compiled side by side. */
  createAll(sources: readonly KernelSource[]): Promise<CompiledKernel[]> {
    return Promise.all(sources.map((source) => this.create(source)));
  }

  /**
   * The kernel of a source without waiting. If WebGPU refuses it, its dispatches do nothing and the
   * next check of the device after the event loop has turned throws the {@linkcode ShaderError}.
   *
   * @throws {LimitError} If it binds more storage buffers than the device allows.
   */
  createSync(source: KernelSource): CompiledKernel {
    const key = keyOf(source);
    const ready = this.#kernels.acquire(key);
    if (ready !== undefined) return ready;
    const descriptor = this.#describe(source);
    const { raw } = this.#context;
    const { value: pipeline, error } = this.#context.scoped(
      source.label,
      () =>
        raw.createComputePipeline({
          label: source.label,
          layout: descriptor.layout,
          compute: { module: this.#module(source), entryPoint: source.entryPoint ?? "main" },
        }),
    );
    const kernel = this.#keep(source, key, pipeline, descriptor.group);
    error.then((cause) => {
      if (cause === null) return;
      this.#kernels.delete(key);
      this.#context.fail(new ShaderError(source.label, source.wgsl, cause.message, { cause }));
    });
    return kernel;
  }

  /**
   * Binds pieces of buffers to a kernel's group 0.
   *
   * @param kernel The kernel.
   * @param bindings One for each storage binding, in order.
   * @throws {TypeError} If there are too many or too few.
   * @throws {LimitError} If a piece is larger than may be bound.
   */
  bind(kernel: CompiledKernel, bindings: readonly Binding[]): GPUBindGroup {
    if (bindings.length !== kernel.storage.length) {
      throw new TypeError(
        `Cannot bind buffers to "${kernel.label}": expected ${kernel.storage.length} buffers, ` +
          `got ${bindings.length}`,
      );
    }
    const maximum = this.#context.limits.maxStorageBufferBindingSize;
    return this.#context.raw.createBindGroup({
      label: kernel.label,
      layout: kernel.layout,
      entries: bindings.map(({ buffer, bytes }, binding) => {
        if (bytes > maximum) {
          const action = `Cannot bind a buffer to "${kernel.label}"`;
          throw new LimitError(action, {
            limit: "maxStorageBufferBindingSize",
            requested: bytes,
            maximum,
          });
        }
        return { binding, resource: { buffer, size: bytes } };
      }),
    });
  }

  async #compile(source: KernelSource, key: string): Promise<CompiledKernel> {
    const descriptor = this.#describe(source);
    const { raw } = this.#context;
    const { value: module, error } = this.#context.scoped(
      source.label,
      () => this.#module(source),
    );
    // Asked for at once, so that the kernels of a program compile side by side.
    const compiling = raw.createComputePipelineAsync({
      label: source.label,
      layout: descriptor.layout,
      compute: { module, entryPoint: source.entryPoint ?? "main" },
    }).catch((cause: Error) => cause);
    const refused = await error;
    const pipeline = await compiling;
    const cause = refused ?? (pipeline instanceof Error ? pipeline : null);
    if (cause !== null) {
      const refusal = new ShaderError(source.label, source.wgsl, cause.message, { cause });
      throw this.#context.explain(refusal);
    }
    // Another caller may have compiled it without waiting in the meantime.
    return this.#kernels.acquire(key) ??
      this.#keep(source, key, pipeline as GPUComputePipeline, descriptor.group);
  }

  #keep(
    source: KernelSource,
    key: string,
    pipeline: GPUComputePipeline,
    layout: GPUBindGroupLayout,
  ): CompiledKernel {
    const { label, wgsl, storage, entryPoint } = source;
    const kernel: CompiledKernel = {
      label,
      wgsl,
      storage: [...storage],
      ...(entryPoint === undefined ? {} : { entryPoint }),
      pipeline,
      layout,
    };
    this.#created++;
    return this.#kernels.add(key, kernel);
  }

  #module(source: KernelSource): GPUShaderModule {
    return this.#context.raw.createShaderModule({ label: source.label, code: source.wgsl });
  }

  #describe(source: KernelSource): { layout: GPUPipelineLayout; group: GPUBindGroupLayout } {
    const maximum = this.#context.limits.maxStorageBuffersPerShaderStage;
    if (source.storage.length > maximum) {
      const action = `Cannot build the GPU kernel "${source.label}"`;
      throw new LimitError(action, {
        limit: "maxStorageBuffersPerShaderStage",
        requested: source.storage.length,
        maximum,
      });
    }
    const group = this.#layout(source.storage);
    const layout = this.#context.raw.createPipelineLayout({
      label: source.label,
      bindGroupLayouts: [group, this.#uniforms.layout],
    });
    return { layout, group };
  }

  #layout(storage: readonly BindingAccess[]): GPUBindGroupLayout {
    const key = storage.join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      layout = this.#context.raw.createBindGroupLayout({
        label: `croton storage ${key}`,
        entries: storage.map((access, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: access === "read" ? "read-only-storage" as const : "storage" as const },
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}

/** Equal for sources that compile to the same pipeline, whatever their labels. */
function keyOf(source: KernelSource): string {
  return `${source.entryPoint ?? "main"}|${source.storage.join()}|${source.wgsl}`;
}

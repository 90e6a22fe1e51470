/**
 * What an op that makes kernels of its own has to make them with.
 *
 * @module
 */

import type { Apply, Variable } from "../graph/graph.ts";
import type { EmitContext, LoopNestBuilder, MatrixView, Target } from "../graph/op.ts";
import { axisIx, type Ix, zeroIx } from "../ir/builder.ts";
import type { Loop, Operand, Step } from "../ir/program.ts";
import type { SNode } from "../ir/scalar.ts";
import {
  addSize,
  contiguousStrides,
  type Guards,
  mulSize,
  sameSizes,
  type Size,
} from "../ir/size.ts";
import { KernelBuilder } from "./kernel.ts";
import type { Scope } from "./scope.ts";
import { chooseStrategy } from "./strategy.ts";

/** The EmitContext of one application. */
export class Emitter implements EmitContext {
  readonly #scope: Scope;
  readonly #apply: Apply;
  readonly #outputs = new Map<number, Target>();

  constructor(scope: Scope, apply: Apply) {
    this.#scope = scope;
    this.#apply = apply;
  }

  get guards(): Guards {
    return this.#scope.shapes.guards;
  }
  held(dtype: Variable["dtype"]): Variable["dtype"] {
    return this.#scope.planner.storage.of(dtype);
  }
  shape(variable: Variable): readonly Size[] {
    return this.#scope.shapes.shape(variable);
  }
  integer(variable: Variable): Size {
    return this.#scope.shapes.integer(variable);
  }
  integers(variable: Variable): readonly Size[] {
    return this.#scope.shapes.integers(variable);
  }

  knows(variable: Variable): boolean {
    return this.#scope.shapes.knows(variable);
  }

  output(i: number): Target {
    let target = this.#outputs.get(i);
    if (target === undefined) {
      const variable = this.#apply.outputs[i]!;
      let view = this.#scope.destinationOf(variable);
      const shape = this.shape(variable);
      if (view.base !== zeroIx || !sameSizes(view.strides, contiguousStrides(shape))) {
        // Ops with kernels of their own write contiguous memory; a copy follows where that is not wanted.
        view = this.#scope.planner.buffers.add("value", variable.dtype, shape, { kind: "temp" });
      }
      this.#scope.bind(variable, view);
      target = { buffer: view.buffer, dtype: variable.dtype, shape };
      this.#outputs.set(i, target);
    }
    return target;
  }

  isUsed(i: number): boolean {
    return this.#scope.isUsed(this.#apply.outputs[i]!);
  }

  outputFrom(i: number, source: Variable): Target {
    const taken = this.#scope.takeOver(this.#apply.outputs[i]!, source);
    if (taken !== null) return { buffer: taken.buffer, dtype: taken.dtype, shape: taken.shape };
    const target = this.output(i);
    this.nest("copy", target.shape, [], (nest) => {
      nest.storeOuter(target, nest.axes, nest.read(source, nest.axes));
    });
    return target;
  }

  temp(name: string, dtype: Variable["dtype"], shape: readonly Size[]): Target {
    const { planner } = this.#scope, { output } = this.#apply;
    const view = planner.buffers.add(name, dtype, shape, { kind: "temp" });
    planner.note(view.buffer, output, this.shape(output));
    return { buffer: view.buffer, dtype, shape };
  }

  buffer(variable: Variable): Target {
    return this.#scope.contiguous(variable);
  }

  nest(
    name: string,
    axes: readonly Size[],
    loops: readonly Size[],
    build: (nest: LoopNestBuilder) => void,
  ): void {
    const kernel = new KernelBuilder(this.#scope, axes, loops, false);
    build(kernel);
    kernel.note(this.#apply, Math.max(1, kernel.reductions.length), loops.length > 0);
    this.#scope.finish(name, kernel);
  }

  product(
    name: string,
    left: MatrixView,
    right: MatrixView,
    build: (nest: LoopNestBuilder, product: SNode) => void,
  ): void {
    const scope = this.#scope, { storage } = scope.planner;
    const type = storage.scalar(left.target.dtype);
    const batch = left.target.shape.slice(0, -2);
    const kernel = new KernelBuilder(scope, [...batch, left.rows, right.columns], [], false);
    build(kernel, kernel.b.product(type));
    kernel.note(this.#apply, 2, true);
    const operand = ({ target, row, column, isTurned }: MatrixView): Operand => {
      const strides = contiguousStrides(target.shape), [down, right] = strides.slice(-2);
      const offset = addSize(mulSize(row, down!), mulSize(column, right!));
      return {
        buffer: target.buffer,
        dtype: storage.of(target.dtype),
        base: { offset, terms: [], rest: null },
        batch: strides.slice(0, -2),
        row: isTurned ? right! : down!,
        column: isTurned ? down! : right!,
      };
    };
    scope.steps.push({
      kind: "gemm",
      name,
      ...kernel.parts.length > 0 && { parts: kernel.parts },
      type,
      batch,
      m: left.rows,
      n: right.columns,
      k: left.columns,
      left: operand(left),
      right: operand(right),
      stores: kernel.outer,
    });
  }

  loop(
    name: string,
    steps: Size,
    build: (counter: (shift?: number, modulus?: number) => Ix) => void,
    until: Target | null = null,
  ): void {
    const scope = this.#scope, { planner } = scope, id = planner.loopId();
    const start = scope.steps.length;
    planner.inLoop(() =>
      build((shift = 0, modulus = 0) => axisIx({ kind: "loop", loop: id, shift, modulus }))
    );
    const loop: Loop = {
      kind: "loop",
      name,
      id,
      steps,
      body: scope.steps.splice(start),
      until: until?.buffer ?? null,
      count: null,
      strategy: "stepped",
      reason: "",
    };
    scope.steps.push({ ...loop, ...chooseStrategy(loop, null, planner.strategyContext) });
  }

  push(step: Step): void {
    const part = this.#scope.planner.part(this.#apply, 1);
    this.#scope.steps.push(part === null ? step : { ...step, parts: [part] });
  }
}

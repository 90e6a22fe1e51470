/**
 * Loops over a batch whose rows don't depend on each other, as loops over a block of rows: threads then run all
 * steps for their rows, and wait for nobody.
 *
 * @module
 */

import { strideAlong } from "../../core/ir/axes.ts";
import { axisIx, type Ix } from "../../core/ir/builder.ts";
import { sizeOfNodes } from "../../core/ir/functions.ts";
import { nodesOf } from "../../core/ir/nodes.ts";
import type { Gemm, Loop, LoopNest, Operand, Program, Step, Store } from "../../core/ir/program.ts";
import { Rewriter } from "../../core/ir/rewriter.ts";
import type { AxisRef } from "../../core/ir/scalar.ts";
import { localSize, productSize, type Size, sizeValue, type Sym } from "../../core/ir/size.ts";
import { allSteps, stepOutputs, storesOf } from "../../core/ir/steps.ts";
import { type BatchAxis, findBatch } from "./batch_axis.ts";
import type { PrintOptions } from "./module.ts";

/** How much more work than other work a loop must be. */
export const LOOPS_FROM = 4;

/** Blocks of a level of vectors start at multiples of this. */
const VECTOR_UNIT = 16;

/** Blocks of rows of products start at multiples of this, and are no shorter: a product of one row is another. */
const PRODUCT_UNIT = 8;

/**
 * Makes loops about blocks of rows where that is possible and may pay.
 *
 * @param program The program.
 * @param sharing From how much work on that pays, and whether parts of products can be computed as whole ones are.
 */
export function blockRows(
  program: Program,
  { from, products }: Pick<PrintOptions["sharing"], "from" | "products">,
): Program {
  let id = 0;
  for (const { step } of allSteps(program)) {
    if (step.kind === "loop") id = Math.max(id, step.id + 1);
  }
  const block = (loop: Loop): Loop => {
    const batch = findBatch(loop);
    if (batch === null) return { ...loop, body: loop.body.map(visit) };
    const made = new LoopOfBlock(batch, id).make(loop);
    const { rows, unit, work } = made.block!, hasProducts = [...batch.axes.keys()].some(isProduct);
    const amount = work * rows * sizeValue(loop.steps);
    if (rows < 2 * unit || amount < LOOPS_FROM * from || hasProducts && !products) return loop;
    id++;
    return made;
  };
  const visit = (step: Step): Step => {
    if (step.kind === "loop") return step.rows === undefined ? block(step) : step;
    if (step.kind !== "branch") return step;
    return { ...step, then: step.then.map(visit), otherwise: step.otherwise.map(visit) };
  };
  return { ...program, steps: program.steps.map(visit), commit: program.commit.map(visit) };
}

function isProduct(step: Step): step is Gemm {
  return step.kind === "gemm";
}

/** Rewrites the body of a loop. */
class LoopOfBlock {
  readonly #batch: BatchAxis;
  readonly #count: Sym;
  readonly #first: number;

  constructor(batch: BatchAxis, id: number) {
    this.#batch = batch;
    this.#first = id;
    this.#count = localSize(`rows${id}`, batch.rows) as Sym;
  }

  make(loop: Loop): Loop {
    const { rows, axes } = this.#batch;
    let unit = 1, work = 0;
    for (const [step, axis] of axes) {
      unit = Math.max(unit, unitOf(step as LoopNest | Gemm, axis));
      work += workOf(step as LoopNest | Gemm) / rows;
    }
    return {
      ...this.#loop(loop),
      block: { rows, first: this.#first, count: this.#count, unit, work },
    };
  }

  #loop(loop: Loop): Loop {
    const body = loop.body.map((step): Step => {
      if (step.kind === "loop") return this.#loop(step);
      const axis = this.#batch.axes.get(step)!;
      return step.kind === "gemm" ? this.#gemm(step, axis) : this.#nest(step as LoopNest, axis);
    });
    return { ...loop, body };
  }

  #size(size: Size, isRow: boolean): Size {
    return isRow ? this.#count : size;
  }

  get #ref(): AxisRef {
    return { kind: "loop", loop: this.#first, shift: 0, modulus: 0 };
  }

  #rewriter(axis: number): Rewriter {
    const row: Ix = {
      offset: 0,
      terms: [axisIx(axis).terms[0]!, axisIx(this.#ref).terms[0]!],
      rest: null,
    };
    return new Rewriter((one) => one === axis ? row : axisIx(one), true);
  }

  #nest(nest: LoopNest, axis: number): LoopNest {
    const rewriter = this.#rewriter(axis);
    return {
      ...nest,
      axes: nest.axes.map((size, i) => this.#size(size, i === axis)),
      reductions: nest.reductions.map((one) => ({ ...one, value: rewriter.node(one.value) })),
      inner: nest.inner.map((one) => storeBy(rewriter, one)),
      outer: nest.outer.map((one) => storeBy(rewriter, one)),
    };
  }

  #gemm(gemm: Gemm, axis: number): Gemm {
    const rewriter = this.#rewriter(axis), rank = gemm.batch.length;
    const moved = (operand: Operand, stride: Size): Operand => {
      if (stride === 0) return operand;
      const base = rewriter.address(operand.base);
      return { ...operand, base: { ...base, terms: [...base.terms, { axis: this.#ref, stride }] } };
    };
    return {
      ...gemm,
      batch: gemm.batch.map((size, i) => this.#size(size, i === axis)),
      m: this.#size(gemm.m, axis === rank),
      n: this.#size(gemm.n, axis === rank + 1),
      left: moved(
        gemm.left,
        axis < rank ? gemm.left.batch[axis]! : axis === rank ? gemm.left.row : 0,
      ),
      right: moved(
        gemm.right,
        axis < rank ? gemm.right.batch[axis]! : axis === rank ? 0 : gemm.right.column,
      ),
      stores: gemm.stores.map((one) => storeBy(rewriter, one)),
      whole: gemm,
    };
  }
}

function storeBy(rewriter: Rewriter, { buffer, address, value, guard }: Store): Store {
  return {
    buffer,
    address: rewriter.address(address, buffer),
    value: rewriter.node(value),
    guard: guard === null ? null : rewriter.node(guard),
  };
}

function workOf(step: LoopNest | Gemm): number {
  if (step.kind === "gemm") return sizeValue(productSize([...step.batch, step.m, step.n, step.k]));
  const points = sizeValue(productSize([...step.axes, ...step.loops]));
  return points * sizeOfNodes(nodesOf(stepOutputs(step)));
}

/**
 * Of how many rows blocks are multiples so that no vector is cut, by whichever of the axes rows become one with.
 */
function unitOf(step: LoopNest | Gemm, axis: number): number {
  let unit = step.kind === "gemm" && axis >= step.batch.length ? PRODUCT_UNIT : 1;
  for (const { address } of storesOf(step)) {
    const row = Number(strideAlong(address, axis));
    const strides = address.terms.flatMap(({ axis: one, stride }) =>
      one.kind === "axis" && one.axis !== axis ? [Math.abs(Number(stride))] : []
    );
    for (const stride of [1, ...strides]) {
      let elements = Math.abs(row) / stride, most = VECTOR_UNIT;
      if (!Number.isInteger(elements)) continue;
      while (most > 1 && elements % 2 === 0) [most, elements] = [most / 2, elements / 2];
      unit = Math.max(unit, most);
    }
  }
  return unit;
}

/**
 * Matrix products by the tiled kernels, with the stores of the program as their epilogue.
 *
 * @module
 */

import type { BufferDecl, Gemm, LoopNest, Operand } from "../../core/ir/program.ts";
import type { Address } from "../../core/ir/scalar.ts";
import { mulSize, productSize, type Size, sizeAt, sizeValue } from "../../core/ir/size.ts";
import {
  KernelText,
  type PrintedKernel,
  type RunContext,
  type Scratch,
} from "../print/kernel_text.ts";
import { gemmAsNest } from "../../core/ir/gemm.ts";
import {
  chooseSchedule,
  MATMUL_PARAM_WORDS,
  matmulGrid,
  matmulParams,
  type MatmulSchedule,
  type MatmulStrides,
  matmulSumGrid,
  partialElements,
  type ScheduleTarget,
} from "./schedule.ts";
import { type MatmulHook, type MatmulOptions, matmulSumWgsl, matmulWgsl } from "./wgsl.ts";
import { withoutLoops } from "../print/group.ts";
import { isWide } from "../print/int64.ts";
import { decompose, NestBody } from "../print/nest.ts";
import { printCast, wgslType } from "../print/scalar.ts";

/** Multiplications from which on the tiled kernels are worth it. */
const LEAST_WORK = 1 << 14;

/** Whether the tiled kernels can compute a product, and are likely to be faster than a nest. */
export function suitsTiles(gemm: Gemm): boolean {
  if (
    isWide(wgslType(gemm.type)) || gemm.type === "bool" || gemm.left.base.rest !== null ||
    gemm.right.base.rest !== null
  ) {
    return false;
  }
  const [m, n, k] = [gemm.m, gemm.n, gemm.k].map(sizeValue) as [number, number, number];
  const batch = sizeValue(productSize(gemm.batch));
  if (batch * m * n * k < LEAST_WORK || k < 8) return false;
  return Math.min(m, n) === 1 || Math.min(m, n) >= 8;
}

/** One kernel, or two where the sum is cut into slices. */
export function printGemm(
  gemm: Gemm,
  target: ScheduleTarget,
  decls: ReadonlyMap<number, BufferDecl>,
  scratch: (words: Size) => Scratch,
  flag: number | null,
): PrintedKernel[] {
  const { limits } = target;
  const batch = productSize(gemm.batch);
  const schedule = chooseSchedule({
    batch: sizeValue(batch),
    m: sizeValue(gemm.m),
    n: sizeValue(gemm.n),
    k: sizeValue(gemm.k),
    leftRun: runs(gemm.left) === "row" ? "m" : "k",
    rightRun: runs(gemm.right) === "row" ? "k" : "n",
  }, target);
  const sizes = (env: RunContext["env"]) => ({
    batch: sizeAt(batch, env),
    m: sizeAt(gemm.m, env),
    n: sizeAt(gemm.n, env),
    k: sizeAt(gemm.k, env),
  });
  const head = {
    words: MATMUL_PARAM_WORDS,
    values: (run: RunContext) => {
      const result: MatmulStrides = { offset: 0, batch: 0, row: 0, column: 0 };
      return matmulParams(schedule, sizes(run.env), [
        stridesOf(gemm.left, run),
        stridesOf(gemm.right, run),
        result,
      ]);
    },
  };
  const total = (grid: readonly [number, number, number]) => grid[0] * grid[1] * grid[2];
  const sliced = schedule.slices > 1;
  const words = mulSize(mulSize(batch, mulSize(gemm.m, gemm.n)), schedule.slices);
  const partial = sliced ? scratch(words) : null;

  const product = new KernelText(decls);
  const options = productOptions(product, gemm, schedule);
  if (partial !== null) product.scratch(partial, element(gemm), "write", "c");
  const kernel = complete(product, options, matmulWgsl, flag);
  const groups = (env: RunContext["env"]) => total(matmulGrid(schedule, sizes(env), limits));
  const kernels = [product.assemble(gemm.name, kernel, groups, head)];
  if (partial === null) return kernels;

  const sum = new KernelText(decls);
  sum.scratch(partial, element(gemm), "read", "slice_sums");
  noteCounters(sum, gemm);
  const text = complete(sum, { ...options, store: epilogue(sum, gemm) }, matmulSumWgsl, flag);
  const sumGroups = (env: RunContext["env"]) =>
    partialElements(schedule, sizes(env)) === 0 ? 0 : total(matmulSumGrid(sizes(env), limits));
  kernels.push(sum.assemble(`${gemm.name} sum`, text, sumGroups, head));
  return kernels;
}

/** Fills in what the kernel's text has gathered, after all hooks have run once. */
function complete(
  text: KernelText,
  options: MatmulOptions,
  print: (options: MatmulOptions, declarations: string) => string,
  flag: number | null,
): string {
  // The hooks note buffers and parameters, which are declared in front of them.
  print(options, "");
  const guard = text.guard(flag);
  const fields = text.fields !== "" && { extraParams: text.fields };
  const wgsl = print({ ...options, ...fields }, text.declarations.join("\n"));
  if (guard.length === 0) return wgsl;
  return wgsl.replace(/(fn main\([^{]*\{\n)/, (main) => `${main}  ${guard.join("\n  ")}\n`);
}

function element(gemm: Gemm): "f32" | "i32" | "u32" {
  return wgslType(gemm.type) as "f32" | "i32" | "u32";
}

function productOptions(text: KernelText, gemm: Gemm, schedule: MatmulSchedule): MatmulOptions {
  noteCounters(text, gemm);
  const load = ({ buffer, dtype }: Operand) => (index: string) =>
    printCast(text.load(buffer, dtype, index), element(gemm), text.prelude).text;
  const base = (operand: Operand, letter: string) => (batch: string) =>
    `params.${letter}_offset + ${batchOffset(text, gemm, operand, batch)}`;
  return {
    type: element(gemm),
    schedule,
    loadA: load(gemm.left),
    loadB: load(gemm.right),
    store: epilogue(text, gemm),
    ...gemm.batch.length > 1 && { baseA: base(gemm.left, "a"), baseB: base(gemm.right, "b") },
  };
}

/** Offsets of operands come from loop counters. */
function noteCounters(text: KernelText, gemm: Gemm): void {
  if (gemm.left.base.terms.length + gemm.right.base.terms.length > 0) text.vary();
}

/** Where a matrix of a batch with several axes begins, as a u32. */
function batchOffset(text: KernelText, gemm: Gemm, operand: Operand, batch: string): string {
  const parts: string[] = [];
  let rest = batch;
  for (let d = gemm.batch.length - 1; d >= 0; d--) {
    const size = text.count(gemm.batch[d]!);
    const index = d === 0 ? `(${rest})` : `((${rest}) % ${size})`;
    const stride = operand.batch[d]!;
    if (stride !== 0) parts.push(`u32(i32${index} * ${text.size(stride)})`);
    rest = `(${rest}) / ${size}`;
  }
  return parts.length === 0 ? "0u" : parts.join(" + ");
}

/** Whether neighbours in memory are in one column ("row" runs) or in one row. */
function runs(operand: Operand): "row" | "column" {
  const row = Math.abs(sizeValue(operand.row)), column = Math.abs(sizeValue(operand.column));
  if (column === 1 || row === 0) return "column";
  return row < column || column === 0 ? "row" : "column";
}

function stridesOf(operand: Operand, run: RunContext): MatmulStrides {
  return {
    offset: addressAt(operand.base, run),
    batch: operand.batch.length === 1 ? sizeAt(operand.batch[0]!, run.env) : 0,
    row: sizeAt(operand.row, run.env),
    column: sizeAt(operand.column, run.env),
  };
}

function addressAt(address: Address, run: RunContext): number {
  let at = sizeAt(address.offset, run.env);
  for (const { axis, stride } of address.terms) {
    if (axis.kind === "axis") {
      throw new TypeError("Cannot print a product: its offset varies with an axis of the kernel");
    }
    const t = (run.counters.get(axis.loop) ?? 0) + axis.shift;
    const value = axis.modulus === 0 ? t : ((t % axis.modulus) + axis.modulus) % axis.modulus;
    at += sizeAt(stride, run.env) * value;
  }
  return at;
}

/** The stores of the program, for the product in `value`. */
function epilogue(text: KernelText, gemm: Gemm): MatmulHook {
  const nest: LoopNest = { ...withoutLoops(gemmAsNest(gemm)), outer: gemm.stores };
  let lines: string[] | null = null;
  return (value, batch, row, column) => {
    if (lines === null) {
      lines = [];
      const axes = [
        ...decompose(text, batch, gemm.batch, lines),
        named(text, lines, row),
        named(text, lines, column),
      ];
      const body = new NestBody(text, nest, { axes, loops: [], flat: true });
      lines.push(
        `let ${body.accumulators[0]!.value} = ${value};`,
        ...body.lets(0),
        ...body.outer(),
      );
    }
    return lines.join("\n    ");
  };
}

function named(text: KernelText, lines: string[], value: string): string {
  const name = text.fresh("a");
  lines.push(`let ${name} = i32(${value});`);
  return name;
}

/**
 * Prints reductions: accumulators in locals, one for each value or for each lane, combined at the end.
 *
 * Float sums stay accurate for long axes: scalar code adds float32 in float64, and vector code moves
 * its partial float32 sums to float64 accumulators every few hundred iterations.
 *
 * @module
 */

import type { SNode } from "../../core/ir/scalar.ts";
import type { Local } from "../wasm/mod.ts";
import {
  identityOf,
  PARTIAL_BYTES,
  partialType,
  prims,
  type State,
  storages,
} from "./accumulator.ts";
import { combineBest, pushBetter, pushCombined, pushDemoted, pushTree } from "./combine.ts";
import type { FunctionContext } from "./context.ts";
import type { KReduction } from "./kernel.ts";
import { applyScalar, loadScalar, pushConst, storeScalar, valType } from "./scalar.ts";
import {
  applySimd,
  blend,
  compareSimd,
  extract,
  type Form,
  formsOf,
  isWide,
  narrowMask,
  pushLaneNumbers,
  splatConst,
  widenMask,
} from "./simd.ts";
import type { Bound, Values } from "./values.ts";
import { printPrefix } from "./prefix.ts";

/** Where the lanes of a reduction run: nowhere, along an axis of the result, or along what is reduced. */
type Direction = "scalar" | "across" | "along";

/** The accumulators of a nest. */
export class Reductions implements Bound {
  readonly #context: FunctionContext;
  readonly #direction: Direction;
  #copies = 1;
  readonly #flushes: boolean;
  readonly #pushIsShort: (() => void) | null;
  readonly #partial: boolean;
  readonly #running: ReadonlySet<number>;
  readonly #states: State[];
  #position?: Local<"i32">;
  #values!: Values;

  /**
   * @param context Where to print.
   * @param reductions The reductions of the kernel.
   * @param direction Where the lanes run.
   * @param flushes Whether the nest calls `flush` in regular distances.
   * @param running The reductions whose running values are read.
   * @param pushIsShort Pushes whether a call has so few iterations that no sums have been moved; null where
   * that isn't known.
   * @param partial Whether the results are parts of larger reductions: sums of float32 then stay float64.
   */
  constructor(
    context: FunctionContext,
    reductions: readonly KReduction[],
    direction: Direction,
    flushes: boolean,
    running: ReadonlySet<number>,
    pushIsShort: (() => void) | null,
    partial: boolean,
  ) {
    this.#pushIsShort = pushIsShort;
    this.#partial = partial;
    this.#running = running;
    this.#context = context;
    this.#direction = direction;
    this.#flushes = flushes;
    this.#states = reductions.map((reduction, i): State => {
      const isArg = reduction.kind === "argmax" || reduction.kind === "argmin";
      const isSum = reduction.kind === "sum" && reduction.type === "f32";
      const wide = isSum && (direction === "scalar" || running.has(i));
      return {
        reduction,
        isArg,
        wide,
        type: isArg ? reduction.value.type : wide ? "f64" : reduction.type,
        parts: [],
        sums: [],
        places: [],
        nans: [],
        results: [],
      };
    });
  }

  /** Sets what prints the reduced values. */
  bind(values: Values): void {
    this.#values = values;
  }

  #movesToWide(state: State): boolean {
    return this.#flushes && !state.wide && state.type === "f32" && state.reduction.kind === "sum";
  }

  /**
   * Takes locals, for so many vectors per iteration, and sets them to the start; the position of the first
   * iteration is 0, or what is pushed.
   */
  open(copies: number, pushFirst: (() => void) | null): void {
    const { f } = this.#context;
    this.#copies = copies;
    if (this.#states.some((state) => state.isArg)) {
      this.#position = this.#context.take("i32");
      if (pushFirst === null) f.i32Const(0);
      else pushFirst();
      f.localSet(this.#position);
    }
    this.#states.forEach((state, i) => {
      const { kind } = state.reduction;
      const identity = identityOf(kind, state.type);
      if (this.#direction === "along" && this.#running.has(i)) {
        state.carry = this.#context.take("v128");
        splatConst(f, state.type, isWide(state.type) ? 1 : 0, identity);
        f.localSet(state.carry);
      }
      if (this.#direction === "scalar") {
        state.total = this.#context.take(valType(state.type));
        pushConst(f, state.type, identity);
        f.localSet(state.total);
        if (state.isArg) {
          state.at = this.#context.take("i32");
          f.i32Const(0).localSet(state.at);
        }
        return;
      }
      state.parts.length = state.sums.length = 0;
      for (let copy = 0; copy < copies; copy++) {
        state.parts[copy] = {};
        for (const form of formsOf(state.type)) {
          const local = this.#context.take("v128");
          splatConst(f, state.type, form, identity);
          f.localSet(local);
          state.parts[copy]![form] = local;
        }
        if (this.#marksNan(state) && (this.#direction === "across" || copy === 0)) {
          state.nans[copy] = {};
          for (const form of formsOf(state.type)) {
            const local = this.#context.take("v128");
            f.i32x4Const(0).localSet(local);
            state.nans[copy]![form] = local;
          }
        }
        if (state.isArg) {
          state.places[copy] = this.#context.take("v128");
          f.i32x4Const(0).localSet(state.places[copy]!);
        }
        // Along what is reduced, the copies share one.
        if (!this.#movesToWide(state) || (this.#direction === "along" && copy > 0)) continue;
        state.sums[copy] = {};
        for (const form of [1, 2] as const) {
          const local = this.#context.take("v128");
          f.f64x2Const(0).localSet(local);
          state.sums[copy]![form] = local;
        }
      }
    });
  }

  /** Whether NaN is noted beside the accumulators, as instructions that keep it in them take many steps. */
  #marksNan({ reduction: { kind }, type }: State): boolean {
    return (type === "f32" || type === "f64") && (kind === "max" || kind === "min") &&
      this.#running.size === 0;
  }

  /** Puts the values of a form on the stack to an extreme. */
  #takeExtreme(state: State, part: Local<"v128">, form: Form): void {
    const { f } = this.#context, { type, nans, reduction: { kind } } = state;
    const value = f.alloc("v128");
    f.localSet(value);
    // Both orders, as they differ for zeros of different signs.
    for (const [x, y] of [[part, value], [value, part]] as const) {
      f.localGet(x).localGet(y);
      if (kind === "max") type === "f32" ? f.f32x4Pmax() : f.f64x2Pmax();
      else type === "f32" ? f.f32x4Pmin() : f.f64x2Pmin();
    }
    if (kind === "max") f.v128And();
    else f.v128Or();
    f.localSet(part);
    const nan = nans[this.#direction === "along" ? 0 : this.#values.copy]![form]!;
    f.localGet(nan).localGet(value).localGet(value);
    compareSimd(f, "ne", type);
    f.v128Or().localSet(nan).free(value);
  }

  /** Takes the values of the current iteration and copy. */
  take(): void {
    for (const state of this.#states) {
      this.#values.shorten(state.reduction.value);
      if (this.#direction === "scalar") this.#takeScalar(state);
      else if (state.isArg) this.#takeArg(state);
      else this.#takeVector(state);
    }
  }

  #takeScalar(state: State): void {
    const { f, module } = this.#context;
    const { value, kind } = state.reduction;
    const total = state.total!;
    if (!state.isArg) {
      f.localGet(total);
      this.#values.scalar(value);
      if (state.wide) f.f64PromoteF32();
      applyScalar(f, prims[kind], state.type, state.type, module.helper);
      f.localSet(total);
      return;
    }
    const current = f.alloc(valType(state.type));
    this.#values.scalar(value);
    f.localSet(current);
    pushBetter(this.#context, state, current, total);
    f.if(() => {
      f.localGet(current).localSet(total).localGet(this.#position!).localSet(state.at!);
    }).free(current);
  }

  /** Pushes a mask of the lanes that count; only where not all do. */
  #pushTail(form: Form): void {
    const { f } = this.#context;
    const { lanes } = this.#values;
    pushLaneNumbers(f);
    if (typeof lanes === "number") f.i32x4Const(lanes);
    else f.localGet(lanes).i32x4Splat();
    f.i32x4LtS();
    if (form !== 0) widenMask(f, form);
  }

  get #isTail(): boolean {
    return this.#direction === "along" && this.#values.lanes !== 4;
  }

  #takeVector(state: State): void {
    const { f, module } = this.#context;
    const { value, kind } = state.reduction;
    const values = this.#values;
    const parts = state.parts[values.copy]!;
    const identity = identityOf(kind, state.type);
    for (const form of formsOf(state.type)) {
      const part = parts[form]!;
      if (this.#isProduct(state, value)) {
        values.vector(value.args[0]!, form);
        values.vector(value.args[1]!, form);
        f.localGet(part);
        applySimd(f, "madd", state.type, module.relaxed);
      } else {
        const marksNan = this.#marksNan(state);
        if (state.carry === undefined && !marksNan) f.localGet(part);
        this.#pushValue(state, value, form);
        if (this.#isTail) {
          splatConst(f, state.type, form, identity);
          this.#pushTail(form);
          blend(f, form, module.relaxed);
        }
        if (marksNan) {
          this.#takeExtreme(state, part, form);
          continue;
        }
        if (state.carry === undefined) applySimd(f, prims[kind], state.type, module.relaxed);
      }
      f.localSet(part);
    }
    if (state.carry !== undefined) printPrefix(this.#context, state, parts, state.carry);
  }

  /** Whether the value is a product that only this sum uses, so that it can be fused with the sum. */
  #isProduct(state: State, value: SNode): boolean {
    return state.reduction.kind === "sum" && value.op === "mul" && !this.#isTail && !state.wide &&
      state.carry === undefined &&
      (state.type === "f32" || state.type === "f64") && this.#values.isPrivate(value);
  }

  #pushValue(state: State, value: SNode, form: Form): void {
    if (state.wide) this.#values.promoted(value, form as 1 | 2);
    else if (state.type === "bool") this.#values.mask(value, form);
    else this.#values.vector(value, form);
  }

  #takeArg(state: State): void {
    const { f, module } = this.#context;
    const values = this.#values;
    const { value, kind } = state.reduction;
    const parts = state.parts[values.copy]!;
    const place = state.places[values.copy]!;
    const forms = formsOf(state.type);
    const better = forms.map((form) => {
      const current = f.alloc("v128"), mask = f.alloc("v128");
      const best = parts[form]!;
      this.#pushValue(state, value, form);
      f.localTee(current).localGet(best);
      compareSimd(f, kind === "argmax" ? "gt" : "lt", state.type);
      if (state.type === "f32" || state.type === "f64") {
        f.localGet(current).localGet(current);
        compareSimd(f, "ne", state.type);
        f.localGet(best).localGet(best);
        compareSimd(f, "eq", state.type);
        f.v128And().v128Or();
      }
      if (this.#isTail) {
        this.#pushTail(form);
        f.v128And();
      }
      f.localSet(mask);
      f.localGet(current).localGet(best).localGet(mask);
      blend(f, form, module.relaxed);
      f.localSet(best).free(current);
      return mask;
    });
    f.localGet(this.#position!).i32x4Splat();
    if (this.#direction === "along") {
      pushLaneNumbers(f, 4 * values.copy);
      f.i32x4Add();
    }
    f.localGet(place);
    for (const mask of better) f.localGet(mask);
    if (better.length === 2) narrowMask(f);
    blend(f, 0, module.relaxed);
    f.localSet(place).free(...better);
  }

  /** Moves on by so many iterations. */
  advance(elements: number | Local<"i32">): void {
    const position = this.#position;
    if (position !== undefined) this.#context.f.increment(position, elements);
  }

  /** Moves partial float32 sums to their float64 accumulators. */
  flush(): void {
    const { f } = this.#context;
    for (const state of this.#states) {
      if (!this.#movesToWide(state)) continue;
      const [first, ...others] = state.parts.map((parts) => parts[0]!);
      if (this.#direction === "along") {
        pushTree(f, [first!, ...others], () => f.f32x4Add());
        f.localSet(first!);
        for (const other of others) f.f32x4Const(0).localSet(other);
      }
      state.sums.forEach((_, copy) => {
        const part = state.parts[copy]![0]!;
        for (const form of [1, 2] as const) {
          const sum = state.sums[copy]![form]!;
          f.localGet(sum).localGet(part);
          if (form === 2) f.localGet(part).i64x2Shuffle(1, 1);
          f.f64x2PromoteLowF32x4().f64x2Add().localSet(sum);
        }
        f.f32x4Const(0).localSet(part);
      });
    }
  }

  /** Computes the results. */
  close(): void {
    for (const state of this.#states) {
      if (this.#direction === "along") this.#combine(state);
      else if (this.#direction === "across") this.#finishVectors(state);
      else this.#finishScalar(state);
    }
  }

  #finishScalar(state: State): void {
    const { f } = this.#context;
    state.result = state.isArg ? state.at! : state.total!;
    state.best = state.total!;
    if (!state.wide || this.#partial) return;
    state.result = this.#context.take("f32");
    f.localGet(state.total!).f32DemoteF64().localSet(state.result);
  }

  #finishVectors(state: State): void {
    const { f } = this.#context;
    if (this.#movesToWide(state)) this.flush();
    for (let copy = 0; copy < this.#copies; copy++) {
      if (state.isArg) {
        state.results[copy] = { 0: state.places[copy]! };
      } else if (state.wide || this.#movesToWide(state)) {
        const sums = state.wide ? state.parts[copy]! : state.sums[copy]!;
        const local = this.#context.take("v128");
        pushDemoted(this.#context, sums);
        f.localSet(local);
        state.results[copy] = { 0: local };
      } else {
        state.results[copy] = state.parts[copy]!;
        for (const form of this.#marksNan(state) ? formsOf(state.type) : []) {
          const part = state.parts[copy]![form]!;
          f.localGet(part).localGet(state.nans[copy]![form]!).v128Or().localSet(part);
        }
      }
    }
  }

  /** Combines the lanes of all copies to one value. */
  #combine(state: State): void {
    const { f } = this.#context;
    const { kind, type } = state.reduction;
    if (state.isArg) {
      combineBest(this.#context, state);
      return;
    }
    if (state.carry !== undefined) {
      state.result = this.#context.take(valType(type));
      f.localGet(state.carry);
      extract(f, state.type, isWide(state.type) ? 1 : 0, 0);
      if (state.wide) f.f32DemoteF64();
      f.localSet(state.result);
      return;
    }
    const staysWide = this.#partial && partialType(state.reduction) !== type;
    const result = this.#context.take(staysWide ? "f64" : valType(type));
    const narrow = () => {
      pushCombined(this.#context, kind, state.type, state.parts);
      if (staysWide) f.f64PromoteF32();
      f.localSet(result);
    };
    const wide = () => {
      this.flush();
      pushCombined(this.#context, kind, "f64", state.sums);
      if (!staysWide) f.f32DemoteF64();
      f.localSet(result);
    };
    if (!this.#movesToWide(state)) narrow();
    else if (this.#pushIsShort === null) wide();
    else {
      this.#pushIsShort();
      f.if(narrow, wide);
    }
    if (this.#marksNan(state)) {
      pushConst(f, type, NaN);
      f.localGet(result);
      const [first, ...others] = formsOf(type).map((form) => state.nans[0]![form]!);
      f.localGet(first!);
      for (const other of others) f.localGet(other).v128Or();
      f.v128AnyTrue().select(valType(type)).localSet(result);
    }
    state.result = result;
  }

  /** Stores the results of a part of larger reductions at an address. */
  storePartial(at: Local<"i32">): void {
    const { f } = this.#context;
    this.#states.forEach(({ reduction, isArg, result, best }, i) => {
      const offset = PARTIAL_BYTES * i;
      f.localGet(at).localGet(isArg ? best! : result!);
      storeScalar(f, storages[partialType(reduction)], offset);
      if (isArg) f.localGet(at).localGet(result!).i32Store(offset + 8);
    });
  }

  /** Takes in the results of a part, behind those of the parts before it. */
  takePartial(at: Local<"i32">): void {
    const { f, module } = this.#context;
    this.#states.forEach((state, i) => {
      const { reduction, isArg } = state, offset = PARTIAL_BYTES * i;
      const type = partialType(reduction), current = f.alloc(valType(type));
      const load = () => {
        f.localGet(at);
        loadScalar(f, storages[type], offset);
      };
      if (isArg) {
        load();
        f.localSet(current);
        pushBetter(this.#context, state, current, state.total!);
        f.if(() => {
          f.localGet(current).localSet(state.total!);
          f.localGet(at).i32Load(offset + 8).localSet(state.at!);
        });
      } else {
        f.localGet(state.total!);
        load();
        applyScalar(f, prims[reduction.kind], type, type, module.helper);
        f.localSet(state.total!);
      }
      f.free(current);
    });
  }

  /** Pushes the result of a reduction that isn't one of lanes. */
  pushResult(reduction: number): void {
    this.#context.f.localGet(this.#states[reduction]!.result!);
  }

  scalar(node: SNode): void {
    const { f } = this.#context;
    if (node.op === "reduced") f.localGet(this.#states[node.reduction]!.result!);
    else if (node.op === "running") {
      const state = this.#states[node.reduction]!;
      f.localGet(state.isArg ? state.at! : state.total!);
      if (state.wide) f.f32DemoteF64();
    } else throw new TypeError(`Cannot print "${node.op}" in a nest`);
  }

  vector(node: SNode, form: Form): void {
    const { f } = this.#context;
    const { copy } = this.#values;
    if (node.op === "reduced") {
      f.localGet(this.#states[node.reduction]!.results[copy]![form]!);
    } else if (node.op === "running") {
      const state = this.#states[node.reduction]!;
      if (state.isArg) f.localGet(state.places[copy]!);
      else if (state.wide) pushDemoted(this.#context, state.parts[copy]!);
      else f.localGet(state.parts[copy]![form]!);
    } else throw new TypeError(`Cannot print "${node.op}" in a nest`);
  }
}

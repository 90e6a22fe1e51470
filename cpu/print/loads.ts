/**
 * Prints loads: of single elements, of vectors as they lie in memory, and of tiles that are turned.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import type { LoadNode, ScalarType } from "../../core/ir/scalar.ts";
import type { Analysis, NestPlan } from "./nest_plan.ts";
import { loadAccess, type Pointers } from "./pointers.ts";
import { loadScalar, pushConst, valType } from "./scalar.ts";
import { type Form, formsOf, lanesOf } from "./simd.ts";
import type { Values } from "./values.ts";
import { gatherLanes, isShuffled, loadVector, transposed } from "./vector_memory.ts";

/** The place of a vector of a tile. */
function tileKey(node: LoadNode, form: Form, i: number): string {
  return `tile${node.id}.${form}.${i}`;
}

/** The loads of a nest, at its current place. */
export class Loads {
  readonly #values: Values;
  readonly #plan: NestPlan;
  readonly #analysis: Analysis;
  readonly #pointers: Pointers;
  /** Which iteration of a tile is printed; -1 outside of tiles. */
  tile = -1;

  constructor(values: Values, plan: NestPlan, analysis: Analysis, pointers: Pointers) {
    this.#values = values;
    this.#plan = plan;
    this.#analysis = analysis;
    this.#pointers = pointers;
  }

  /** Pushes an element that is the same in all lanes, or the element in scalar code. */
  scalar(node: LoadNode): void {
    const { context: { f } } = this.#values;
    const access = loadAccess(node);
    const push = () => {
      const offset = this.#pointers.push(access, 0, (rest) => this.#values.scalar(rest));
      loadScalar(f, access.storage, offset);
    };
    if (node.args.length === 0) {
      push();
      return;
    }
    // The computed part of the address may be used elsewhere too.
    const address = f.alloc("i32");
    this.#pointers.push(access, 0, (rest) => this.#values.scalar(rest));
    f.localSet(address);
    this.#values.scalar(node.args[0]!);
    f.if(
      () => {
        f.localGet(address);
        loadScalar(f, access.storage, 0);
      },
      () => pushConst(f, node.type, 0),
      valType(node.type),
    );
    f.free(address);
  }

  /** Loads a tile for each load that is turned: in iteration `i` of the tile they have its vector `i`. */
  tiles(): void {
    for (const node of this.#analysis.turned) {
      for (const form of formsOf(node.type)) this.#loadTile(node, form);
    }
  }

  #loadTile(node: LoadNode, form: Form): void {
    const { context: { f } } = this.#values;
    const access = loadAccess(node);
    const { axis } = this.#plan.levels[this.#plan.tile! - 1]!;
    const isBack = strideAlong(node.address, axis) === -1;
    const { bytes } = dtypeInfo(access.storage);
    const [first, count] = lanesOf(form);
    // Where iterations run backwards, the last of the tile comes first in memory.
    this.#pointers.fixed[axis] = isBack ? 3 : 0;
    const rows = Array.from({ length: count }, (_, lane) => {
      return (bytes === 8 ? [0, 16] : [0]).map((more) => {
        const offset = this.#pointers.push(
          access,
          first + lane,
          (rest) => this.#values.scalar(rest),
        );
        loadVector(f, access.storage, offset + more);
        const local = f.alloc("v128");
        f.localSet(local);
        return local;
      });
    });
    const vectors = transposed(f, rows);
    vectors.forEach((vector, i) => {
      const local = this.#values.context.take("v128");
      f.localGet(vector).localSet(local).free(vector);
      this.#values.context.note(tileKey(node, form, isBack ? 3 - i : i), local);
    });
  }

  /** Pushes a form of the elements of a vector. */
  vector(node: LoadNode, form: Form): void {
    const { context: { f } } = this.#values;
    const turned = this.tile < 0
      ? undefined
      : this.#values.context.find(tileKey(node, form, this.tile));
    if (turned !== undefined) {
      f.localGet(turned);
      this.#maskOfBool(node.type, form);
      return;
    }
    const access = loadAccess(node);
    const { rest } = node.address;
    const [first] = lanesOf(form);
    const ahead = 4 * this.#values.copy;
    const guard = node.args[0];
    const restVaries = rest !== null && this.#analysis.varies(rest);
    const stride = strideAlong(node.address, this.#values.vectorAxis);
    const whole = !restVaries && stride === 1;
    if (whole && guard === undefined) {
      const offset = this.#pointers.push(access, ahead + first, (r) => this.#values.scalar(r));
      loadVector(f, access.storage, offset);
      this.#maskOfBool(node.type, form);
      return;
    }
    const { bytes } = dtypeInfo(access.storage);
    if (guard === undefined && !restVaries && isShuffled(stride, bytes)) {
      // Whole vectors hold the lanes, in another order.
      const [start, count] = [ahead + first, bytes === 8 ? 2 : 4];
      const push = (lane: number, more: number) => {
        const offset = this.#pointers.push(access, lane, (r) => this.#values.scalar(r));
        loadVector(f, access.storage, offset + more);
      };
      if (stride === -1) {
        const whole = f.alloc("v128");
        push(start + count - 1, 0);
        f.localTee(whole).localGet(whole).free(whole);
        if (count === 2) f.i64x2Shuffle(1, 0);
        else f.i32x4Shuffle(3, 2, 1, 0);
      } else {
        push(start, 0);
        push(start, 16);
        f.i32x4Shuffle(0, 2, 4, 6);
      }
      return;
    }
    gatherLanes(this.#values.context, {
      storage: access.storage,
      form,
      lanes: this.#values.lanes,
      whole,
      guard: guard === undefined ? null : () => this.#values.vector(guard, 0),
      /** Pushes the address of a lane, numbered within the vector; returns the displacement. */
      address: (lane) => {
        const at = stride === 0 ? 0 : ahead + lane;
        const offset = this.#pointers.push(access, at, (r) => this.#values.scalar(r));
        if (restVaries) {
          this.#values.vector(rest, 0);
          f.i32x4ExtractLane(lane);
          this.#values.context.timesConst(bytes);
          f.i32Add();
        }
        return offset;
      },
    });
    this.#maskOfBool(node.type, form);
  }

  /** Pushes two float32 elements as float64 if they lie side by side; tells whether. */
  promoted(node: LoadNode, form: 1 | 2): boolean {
    const { rest } = node.address, access = loadAccess(node);
    const isSide = strideAlong(node.address, this.#values.vectorAxis) === 1 &&
      (rest === null || !this.#analysis.varies(rest));
    if (!isSide || access.storage !== "float32" || node.args.length > 0 || this.tile >= 0) {
      return false;
    }
    // A load of two is turned at once; of four, two would have to be moved to the front.
    const lane = 4 * this.#values.copy + lanesOf(form)[0];
    const offset = this.#pointers.push(access, lane, (r) => this.#values.scalar(r));
    this.#values.context.f.v128Load64Zero(offset, 4).f64x2PromoteLowF32x4();
    return true;
  }

  /** A bool was loaded as four i32; in the wide forms too, it is then made a mask of its form. */
  #maskOfBool(type: ScalarType, form: Form): void {
    const { context: { f } } = this.#values;
    if (type !== "bool") return;
    f.i32x4Const(0).i32x4Ne();
    if (form !== 0) throw new TypeError("Cannot load a bool as a wide mask");
  }
}

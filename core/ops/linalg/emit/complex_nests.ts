/**
 * Nests over a number of complex matrices whose parts lie in memory of their own.
 *
 * @module
 */

import type {
  ComplexElement,
  Element,
  EmitContext,
  LoopNestBuilder,
  Target,
} from "../../../graph/op.ts";
import type { Ix, ScalarBuilder } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import type { Size } from "../../../ir/size.ts";
import { toComplex } from "../../elementwise/complex_elements.ts";

/** Real and imaginary parts. */
export interface ComplexParts<X> {
  readonly re: X;
  readonly im: X;
}

/** What the nests of a decomposition share. */
export class ComplexNests {
  constructor(
    protected readonly context: EmitContext,
    /** The axes that count matrices. */
    protected readonly batch: readonly Size[],
    /** What has the real dtype of all memory. */
    protected readonly like: Target,
  ) {
  }

  protected pair(name: string, own: readonly Size[]): ComplexParts<Target> {
    return { re: this.temp(name, own), im: this.temp(`${name} i`, own) };
  }

  protected temp(name: string, own: readonly Size[], dtype = this.like.dtype): Target {
    return this.context.temp(name, dtype, [...this.batch, ...own]);
  }

  /** Adds a nest for each of the matrices, over further axes. */
  protected nest(
    name: string,
    own: readonly Size[],
    loops: readonly Size[],
    build: (nest: LoopNestBuilder, ...axes: Ix[]) => void,
  ): void {
    this.context.nest(name, [...this.batch, ...own], loops, (nest) => {
      build(nest, ...nest.axes.slice(this.batch.length));
    });
  }

  protected place(nest: LoopNestBuilder, own: readonly Ix[]): Ix[] {
    return [...nest.axes.slice(0, this.batch.length), ...own];
  }

  protected read(nest: LoopNestBuilder, target: Target, ...own: Ix[]): SNode {
    return nest.readTarget(target, this.place(nest, own)) as SNode;
  }

  protected store(
    nest: LoopNestBuilder,
    target: Target,
    own: readonly Ix[],
    value: SNode,
    guard?: SNode,
  ) {
    nest.storeOuter(target, this.place(nest, own), value, guard);
  }

  protected readZ(
    nest: LoopNestBuilder,
    { re, im }: ComplexParts<Target>,
    ...own: Ix[]
  ): ComplexElement {
    return { re: this.read(nest, re, ...own), im: this.read(nest, im, ...own) };
  }

  protected storeZ(
    nest: LoopNestBuilder,
    { re, im }: ComplexParts<Target>,
    own: readonly Ix[],
    value: Element,
    guard?: SNode,
  ): void {
    const whole = toComplex(nest.b, value);
    this.store(nest, re, own, whole.re, guard);
    this.store(nest, im, own, whole.im, guard);
  }

  protected number(b: ScalarBuilder, value: number): SNode {
    return b.constant(this.like.dtype === "float64" ? "f64" : "f32", value);
  }
}

/** Random loops: recurrences, and nested loops around products. */

import type { DType } from "../../../core/graph/dtype.ts";
import { ScalarBuilder } from "../../../core/ir/builder.ts";
import type { BufferRole, Loop, Step, Store } from "../../../core/ir/program.ts";
import {
  type Address,
  type AxisRef,
  scalarTypeOf,
  type SNode,
  type Term,
} from "../../../core/ir/scalar.ts";
import { addSize, mulSize, type Size } from "../../../core/ir/size.ts";
import type { CaseParts } from "./random_parts.ts";

/**
 * Nested loops around products: s ← clip(W·s + x(t)) with the states kept for all steps or the last
 * ones, and mostly a sum over time of s·xᵀ in a branch on the parity of t.
 */
export function networkSteps(maker: CaseParts): Step[] {
  const random = maker.random;
  const [outer, inner] = [maker.loops++, maker.loops++];
  const rounds = random.pick([1, 2, 3]), steps = random.chance(0.3) ? maker.size() : 5;
  // The rows of many may be done by several threads, unless they meet.
  const rows = random.pick([1, 1, 3, 8, 16, 40]), meet = rows < 16 || random.chance(0.3);
  const units = random.pick([1, 4, 10, 20, 33]);
  const dtype: DType = random.pick(["float32", "float32", "float64", "int32"]);
  const type = scalarTypeOf(dtype);
  const keep = random.chance(0.5) ? 0 : 2;
  const slots: Size = keep === 0 ? addSize(steps, 1) : 2;
  const width = rows * units;
  const role: BufferRole = { kind: "output", output: maker.outputs++ };
  const state = maker.buffer(dtype, [slots, width], role);
  const sums = maker.buffer(dtype, [units, units], {
    kind: "output",
    output: maker.outputs++,
  });
  const weights = maker.input(dtype, [units, units]);
  const sequence = maker.input(dtype, [steps, width]);
  const at = (shift: number): Term => ({
    axis: { kind: "loop", loop: inner, shift, modulus: keep },
    stride: width,
  });
  const time: Term = { axis: { kind: "loop", loop: inner, shift: 0, modulus: 0 }, stride: width };
  const element: Term[] = [
    { axis: { kind: "axis", axis: 0 }, stride: units },
    { axis: { kind: "axis", axis: 1 }, stride: 1 },
  ];
  const place = (...terms: Term[]): Address => ({ offset: 0, terms, rest: null });
  const operand = (buffer: number, base: Term[], row: Size, column: Size) => ({
    buffer,
    dtype,
    base: place(...base),
    batch: [],
    row,
    column,
  });
  const fill = (buffer: number, size: Size) => {
    const b = new ScalarBuilder();
    return maker.nest({
      axes: [size],
      outer: [{
        buffer,
        address: place({ axis: { kind: "axis", axis: 0 }, stride: 1 }),
        value: b.constant(type, 1),
        guard: null,
      }],
    });
  };
  const b = new ScalarBuilder();
  const raw = b.add(b.product(type), b.load(sequence.id, dtype, place(time, ...element)));
  const clipped = b.binary(
    "max",
    b.binary("min", raw, b.constant(type, 3)),
    b.constant(type, -3),
  );
  const flip = random.chance(0.5);
  const turned = rows === 1 && random.chance(0.5);
  const left = operand(state.id, [at(0)], units, 1);
  const right = operand(weights.id, [], flip ? 1 : units, flip ? units : 1);
  const vector = { ...left, row: 1, column: 0 };
  const step: Step = {
    kind: "gemm",
    name: "step",
    type,
    batch: [],
    m: turned ? units : rows,
    n: turned ? 1 : units,
    k: units,
    left: turned ? { ...right, row: right.column, column: right.row } : left,
    right: turned ? vector : right,
    stores: [{
      buffer: state.id,
      address: turned
        ? place(at(1), { axis: { kind: "axis", axis: 0 }, stride: 1 })
        : place(at(1), ...element),
      value: turned
        ? b.binary(
          "max",
          b.binary("min", b.product(type), b.constant(type, 2)),
          b.constant(type, -2),
        )
        : random.chance(0.7)
        ? clipped
        : b.product(type),
      guard: null,
    }],
  };
  // Values must stay small, so that they stay exact.
  if (step.stores[0]!.value.op === "product") {
    (step.stores as Store[])[0] = { ...step.stores[0]!, value: clipped };
  }
  const c = new ScalarBuilder();
  const sumPlace = place(...element.map((term, d) => ({
    ...term,
    stride: d === 0 ? units : 1,
  })));
  const gradient: Step = {
    kind: "gemm",
    name: "gradient",
    type,
    batch: [],
    m: units,
    n: units,
    k: rows,
    left: operand(state.id, [at(1)], 1, units),
    right: operand(sequence.id, [time], units, 1),
    stores: [{
      buffer: sums.id,
      address: sumPlace,
      value: c.add(c.product(type), c.load(sums.id, dtype, sumPlace)),
      guard: null,
    }],
  };
  const flag = maker.buffer("bool", [], { kind: "temp" });
  const d = new ScalarBuilder();
  const t = d.index({ kind: "loop", loop: inner, shift: 0, modulus: 2 });
  const round = d.index({ kind: "loop", loop: outer, shift: 0, modulus: 0 });
  const setFlag = maker.nest({
    outer: [{
      buffer: flag.id,
      address: place(),
      value: d.compare("eq", t, round),
      guard: null,
    }],
  });
  const branch: Step = {
    kind: "branch",
    name: "branch",
    condition: flag.id,
    then: [gradient],
    otherwise: [],
  };
  const loop = (id: number, steps: Size, body: Step[]): Step => ({
    kind: "loop",
    name: `loop${id}`,
    id,
    steps,
    body,
    until: null,
    count: null,
    strategy: "stepped",
    reason: "test",
  });
  return [
    fill(sums.id, units * units),
    fill(state.id, mulSize(slots, width)),
    loop(outer, rounds, [
      loop(inner, steps, meet ? [step, setFlag, branch] : [step]),
    ]),
  ];
}

/** A recurrence over a state of a few elements, kept for all steps or for the last ones. */
export function loopSteps(maker: CaseParts): Step[] {
  const random = maker.random;
  const id = maker.loops++;
  const steps = random.chance(0.3) ? maker.size() : random.pick([0, 1, 3, 10, 25]);
  const width = random.pick([1, 2, 4, 7, 20]);
  const dtype: DType = random.pick(["float32", "float64", "int32", "uint8", "int64"]);
  const type = scalarTypeOf(dtype);
  const taps = 1 + random.below(2);
  const keep = random.chance(0.5) ? 0 : taps + 1;
  const slots: Size = keep === 0 ? addSize(steps, taps) : keep;
  const role: BufferRole = { kind: "output", output: maker.outputs++ };
  const state = maker.buffer(dtype, [slots, width], role);
  const at = (shift: number): AxisRef => ({ kind: "loop", loop: id, shift, modulus: keep });
  const element: Term = { axis: { kind: "axis", axis: 0 }, stride: 1 };
  const place = (shift: number): Address => ({
    offset: 0,
    terms: [{ axis: at(shift), stride: width }, element],
    rest: null,
  });
  const start: Step[] = [];
  const b0 = new ScalarBuilder();
  const all = mulSize(slots, width);
  const ramp = b0.binary("and", b0.index({ kind: "axis", axis: 0 }), b0.constant("i32", 3));
  start.push(maker.nest({
    axes: [all],
    outer: [{
      buffer: state.id,
      address: { offset: 0, terms: [element], rest: null },
      value: b0.cast(ramp, type),
      guard: null,
    }],
  }));
  maker.enclosing.push(id);
  const b = new ScalarBuilder();
  const leaves: SNode[] = [];
  for (let tap = 0; tap < taps; tap++) leaves.push(b.load(state.id, dtype, place(tap)));
  const sequence = maker.input(dtype, [steps, width]);
  leaves.push(b.load(
    sequence.id,
    dtype,
    place(0).terms[0]!.axis.kind === "loop"
      ? {
        offset: 0,
        terms: [
          { axis: { kind: "loop", loop: id, shift: 0, modulus: 0 }, stride: width },
          element,
        ],
        rest: null,
      }
      : place(0),
  ));
  leaves.push(b.index({ kind: "loop", loop: id, shift: 1, modulus: 3 }));
  // Halves and minima keep the numbers small, so that they stay exact.
  const mixed = b.binary(
    "min",
    b.add(leaves[0]!, leaves[taps]!),
    b.cast(leaves[taps + 1]!, type),
  );
  const body: Step[] = [maker.nest({
    axes: [width],
    outer: [{ buffer: state.id, address: place(taps), value: mixed, guard: null }],
  })];
  let until: number | null = null, count: number | null = null;
  if (random.chance(0.4)) {
    const flag = maker.buffer("bool", [], { kind: "temp" });
    const b2 = new ScalarBuilder();
    until = flag.id;
    const t = b2.index({ kind: "loop", loop: id, shift: 0, modulus: 0 });
    body.push(maker.nest({
      outer: [{
        buffer: flag.id,
        address: { offset: 0, terms: [], rest: null },
        value: b2.compare("eq", t, b2.constant("i32", random.pick([0, 4, 12]))),
        guard: null,
      }],
    }));
  }
  if (random.chance(0.5)) {
    count = maker.buffer("int32", [], { kind: "output", output: maker.outputs++ }).id;
  }
  maker.enclosing.pop();
  const loop: Loop = {
    kind: "loop",
    name: "loop",
    id,
    steps,
    body,
    until,
    count,
    strategy: "stepped",
    reason: "test",
  };
  return [...start, loop];
}

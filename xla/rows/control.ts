/**
 * Loops and choices.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { ifelseOp } from "../../core/ops/control/ifelse_op.ts";
import { sizeValue } from "../../core/ir/size.ts";
import { ceilSqrtOp } from "../../scan/checkpoint.ts";
import { depthOf } from "../../scan/inner.ts";
import { scanInputs, scanOutputs, type ScanParams } from "../../scan/node.ts";
import { scanOp } from "../../scan/op.ts";
import { stepShapes } from "../../scan/step_shapes.ts";
import type { Level } from "../level.ts";
import type { Block, Hlo } from "../text/block.ts";
import { elementOf, type ElementType } from "../text/types.ts";
import { type OpRow, row, rowOfMany } from "./row.ts";

/** What a loop carries from step to step: first values, and where each is found among all. */
class Carry {
  readonly start: Hlo[] = [];

  /** Adds a value; gives the number that it has. */
  add(value: Hlo): number {
    return this.start.push(value) - 1;
  }
}

/** Row `t` of a tensor. */
function rowAt(block: Block, x: Hlo, t: Hlo): Hlo {
  const [, ...row] = x.shape, zero = block.constant(t.type, [], 0);
  const part = block.dynamicSlice(x, [t, ...row.map(() => zero)], [1, ...row]);
  return block.reshape(part, row);
}

/** A tensor with its row `t` replaced. */
function withRow(block: Block, x: Hlo, value: Hlo, t: Hlo): Hlo {
  const zero = block.constant(t.type, [], 0);
  const part = block.reshape(value, [1, ...value.shape]);
  return block.dynamicUpdate(x, part, [t, ...value.shape.map(() => zero)]);
}

/** Writes a loop; gives its outputs. */
function writeScan(level: Level, apply: Apply<ScanParams>): (Hlo | null)[] {
  const { block } = level, { params, outputs } = apply, { step } = params;
  const { layout, placeholders, results } = step;
  const outer = scanInputs(params, apply.inputs), out = scanOutputs(apply);
  const steps = level.integer(outer.steps);
  const shapes = stepShapes(level.shapes, level.shapes.guards, apply);
  const value = (variable: Variable) => level.value(variable);
  const zero = (variable: Variable, ...lengths: number[]) =>
    block.constant(
      elementOf(variable.dtype),
      [...lengths, ...shapes.shape(variable).map(sizeValue)],
      0,
    );

  const counter: ElementType = steps < 2 ** 31 ? "i32" : "i64";
  const carry = new Carry();
  carry.add(block.constant(counter, [], 0));
  const done = results.until === null ? null : carry.add(block.constant("i1", [], 0));
  const states = outer.initials.map((initial, i) => {
    const rows = value(initial), shape = rows.shape.slice(1);
    return Array.from(
      { length: depthOf(layout.states[i]!) },
      (_, k) => carry.add(block.reshape(block.sliceAxis(rows, 0, k, k + 1), shape)),
    );
  });
  const carried = outer.carried.map((initial) => carry.add(value(initial)));
  const traced = [...results.states, ...results.maps, ...placeholders.carried];
  const traces = [...out.traces, ...out.histories].flatMap((output, i) => {
    const of = traced[i]!;
    return level.isUsed(output) ? [{ output, of, at: carry.add(zero(of, steps)) }] : [];
  });
  const lasts = out.finals.slice(layout.states.length).flatMap((output, i) => {
    const of = results.maps[i]!;
    return level.isUsed(output) ? [{ output, of, at: carry.add(zero(of)) }] : [];
  });

  const sequences = outer.sequences.map(value), others = outer.others.map(value);
  let last: readonly Hlo[] = carry.start;
  if (steps > 0) {
    const rows = block.constant(counter, [], steps);
    const most = outer.limit === null ? rows : block.convert(
      block.binary("minimum", value(outer.limit), block.constant("i64", [], steps)),
      counter,
    );
    last = block.loop(
      carry.start,
      (test, places) => {
        const goesOn = test.compare("LT", places[0]!, most);
        if (done === null) return goesOn;
        return test.binary("and", goesOn, test.unary("not", places[done]!));
      },
      (body, places) => {
        const own = level.inside(body, shapes), t = places[0]!;
        placeholders.sequences.forEach((taps, i) =>
          taps.forEach((place, k) => {
            const tap = body.constant(counter, [], layout.sequences[i]![k]!);
            own.bind(place, rowAt(body, sequences[i]!, body.binary("add", t, tap)));
          })
        );
        placeholders.states.forEach((taps, i) =>
          taps.forEach((place, k) =>
            own.bind(place, places[states[i]!.at(layout.states[i]![k]!)!]!)
          )
        );
        placeholders.carried.forEach((place, i) => own.bind(place, places[carried[i]!]!));
        placeholders.others.forEach((place, i) => own.bind(place, others[i]!));
        const wanted = [...traces, ...lasts].map(({ of }) => of);
        const until = results.until === null ? [] : [results.until];
        own.write([...results.states, ...results.carried, ...wanted, ...until]);
        const next = [...places];
        next[0] = body.binary("add", t, body.constant(counter, [], 1));
        if (done !== null) next[done] = own.value(results.until!);
        states.forEach((rows, i) =>
          rows.forEach((at, k) => {
            next[at] = k + 1 < rows.length ? places[rows[k + 1]!]! : own.value(results.states[i]!);
          })
        );
        carried.forEach((at, i) => next[at] = own.value(results.carried[i]!));
        for (const { of, at } of traces) {
          if (!places[at]!.shape.includes(0)) {
            next[at] = withRow(body, places[at]!, own.value(of), t);
          }
        }
        for (const { of, at } of lasts) next[at] = own.value(of);
        return next;
      },
    );
  }

  const found = new Map<Variable, Hlo>();
  for (const { output, at } of [...traces, ...lasts]) found.set(output, last[at]!);
  states.forEach((rows, i) => found.set(out.finals[i]!, last[rows.at(-1)!]!));
  carried.forEach((at, i) => found.set(out.carried[i]!, last[at]!));
  found.set(out.count, block.convert(last[0]!, "i64"));
  return outputs.map((output) => found.get(output) ?? null);
}

/** The rows. */
export const controlRows: readonly OpRow[] = [
  rowOfMany(scanOp, { write: writeScan }),

  rowOfMany(ifelseOp, {
    write(level, { inputs, outputs, params: { n } }) {
      const sides = [inputs.slice(1, 1 + n), inputs.slice(1 + n)], [condition] = inputs;
      const used = outputs.flatMap((output, i) => level.isUsed(output) ? [i] : []);
      const place = (values: readonly Hlo[]) =>
        outputs.map((_, i) => values[used.indexOf(i)] ?? null);
      if (level.shapes.knows(condition!)) {
        const side = sides[level.integer(condition!) === 0 ? 1 : 0]!;
        return place(used.map((i) => level.value(side[i]!)));
      }
      const results = used.map((i) => ({
        type: elementOf(outputs[i]!.dtype),
        shape: level.shape(outputs[i]!),
      }));
      const regions = sides.map((side) => ({
        args: [],
        build: (block: Block) => level.inside(block).write(used.map((i) => side[i]!)),
      }));
      return place(level.block.generic("if", [level.value(condition!)], "", regions, results));
    },
  }),

  row(ceilSqrtOp, (level, { inputs }) => {
    const { block } = level,
      root = block.unary("sqrt", block.convert(level.value(inputs[0]!), "f64"));
    return block.convert(block.unary("ceil", root), "i64");
  }),
];

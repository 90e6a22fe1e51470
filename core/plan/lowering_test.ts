// What ops say of themselves to the planner, next to what their lowerings do.

import { assert, assertEquals } from "@std/assert";
import { T, type Variable } from "../../all.ts";
import { allOps } from "../../dev/testing/ops/all.ts";
import { type Program, programs } from "../../dev/testing/ops/programs.ts";
import { isComplex, isDiscrete } from "../graph/dtype.ts";
import { applyOp } from "../graph/graph.ts";
import type { ElementContext, Op, Params, PlainLowering } from "../graph/op.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { sizeOf, type Value } from "../graph/value.ts";
import { ScalarBuilder, sizeIx } from "../ir/builder.ts";
import { scalarTypeOf } from "../ir/scalar.ts";
import { elementwiseNames, elementwiseOps } from "../ops/elementwise/table.ts";
import { planProgram } from "./planner.ts";

interface Observed {
  /** Whether each element was one that was read of input 0, and nothing else was read or checked. */
  moves: boolean;
  /** How many elements were made. */
  made: number;
  /** Numbers of the inputs that were read. */
  readonly read: Set<number>;
  readonly says: boolean;
}

/** Plans one application and watches what its lowering does; null where it makes no elements. */
function observe({ apply, feeds }: Program): Observed | null {
  let seen: Observed | null = null;
  const watched = (lowering: PlainLowering<Params>): PlainLowering<Params> => {
    if (lowering.kind !== "virtual") return lowering;
    const mine: Observed = seen ??= {
      moves: true,
      made: 0,
      read: new Set(),
      says: lowering.view === true,
    };
    return {
      ...lowering,
      // Its elements are read one by one, not as those of its input.
      inOrder: false,
      element(context, node, index, output) {
        const elements = new Set<unknown>();
        let others = 0;
        const read = (name: "read" | "readReal") => (variable: Variable, at: typeof index) => {
          const element = context[name](variable, at);
          const input = node.inputs.indexOf(variable);
          mine.read.add(input);
          if (input === 0) elements.add(element);
          else others++;
          return element;
        };
        const inside = new Proxy(context, {
          get(target, name) {
            if (name === "read" || name === "readReal") return read(name);
            const value = Reflect.get(target, name, target);
            if (typeof value !== "function") return value;
            if (name === "check") others++;
            return value.bind(target);
          },
        });
        const made = lowering.element(inside as ElementContext, node, index, output);
        mine.made++;
        mine.moves &&= elements.size === 1 && elements.has(made) && others === 0;
        return made;
      },
    };
  };
  const { op } = apply, { lowering } = op;
  // Equal applications of equal names are one node.
  const other: Op = {
    ...op,
    name: `${op.name}, watched`,
    lowering: lowering.kind === "byShape"
      ? { ...lowering, choose: (context, node) => watched(lowering.choose(context, node)) }
      : watched(lowering),
  };
  const { output } = applyOp(other, apply.inputs, apply.params);
  const inputs = [...feeds].map(([variable, { dtype, shape, data }]) => ({
    variable,
    shape,
    ...(isDiscrete(dtype) && shape.length === 0 && { value: Number(data[0]) }),
  }));
  planProgram({ name: "f", inputs, shared: [], outputs: [output], updates: [] });
  assert((seen as Observed | null)?.made !== 0, op.name);
  return seen;
}

const observed = programs(8, { lengths: [2, 3, 1], among: ["float32"] })
  .filter(({ apply: { op: { lowering } } }) => /virtual|byShape/.test(lowering.kind))
  .map((program) => ({ op: program.apply.op, seen: observe(program) }));

Deno.test("ops whose elements are those of their input at other places say that they are views", () => {
  const views: string[] = [];
  for (const { op, seen } of observed) {
    if (seen === null) continue;
    assertEquals(seen.says, seen.moves, `"${op.name}"`);
    if (seen.says) views.push(op.name);
  }
  const expected = ["broadcastTo", "customVjp", "derivedAs", "dimshuffle", "pad", "reshape"];
  assertEquals(
    [...new Set(views)].sort(),
    [...expected, "print", "specifyShape", "subtensor", "sumTo", "windows"].sort(),
  );
});

Deno.test("ops that keep the order of elements, or that move whole axes, say what is true", () => {
  const met: string[] = [];
  const numbers = ({ data }: Value) => Array.from(data as ArrayLike<number>);
  const x = T.constant(Array.from({ length: 24 }, (_, i) => i), { dtype: "float32" });
  const box = x.reshape([2, 3, 4]);
  const printed = T.print("box", box, { write: () => {} }), moved = box.dimshuffle(2, "x", 0, 1);
  for (const made of [box, box.reshape([6, 4]), moved, box.swapaxes(0, 1), printed]) {
    const { op, params, inputs } = made.owner!, { lowering } = op;
    if (lowering.kind !== "virtual") throw new TypeError(op.name);
    const [from, to] = evaluateGraph([inputs[0]!, made], new Map());
    const axes = lowering.axes?.(params);
    assert((lowering.inOrder === true) !== (axes !== undefined), op.name);
    if (axes === undefined) assertEquals(to!.data, from!.data);
    else {
      const strides = from!.shape.map((_, d) => sizeOf(from!.shape.slice(d + 1)));
      const own = axes.map((axis) => axis === "x" ? 0 : strides[axis]!);
      const places = numbers(to!).map((_, flat) => {
        let at = 0;
        for (let d = own.length - 1; d >= 0; d--) {
          at += flat % to!.shape[d]! * own[d]!;
          flat = Math.floor(flat / to!.shape[d]!);
        }
        return at;
      });
      assertEquals(numbers(to!), places.map((place) => numbers(from!)[place]!));
    }
    met.push(op.name);
  }
  const says = [...allOps.values()].filter(({ lowering }) =>
    lowering.kind === "virtual" && (lowering.inOrder === true || lowering.axes !== undefined)
  );
  assertEquals(says.map(({ name }) => name).sort(), [...new Set(met)].sort());
});

Deno.test("ops that read only the shape of an input say so", () => {
  for (const { op: { name, dataFrom = 0 }, seen } of observed) {
    if (seen === null) continue;
    for (let i = 0; i < dataFrom; i++) assert(!seen.read.has(i), `"${name}" reads input ${i}`);
  }
  const unread = observed.flatMap(({ op }) => (op.dataFrom ?? 0) > 0 ? [op.name] : []);
  assertEquals([...new Set(unread)].sort(), ["fill", "shapeI"]);
});

Deno.test("elementwise ops that give their argument as it is say so", () => {
  const b = new ScalarBuilder();
  for (const name of elementwiseNames) {
    const { lowering, arity, dtypes } = elementwiseOps[name];
    if (lowering.kind !== "elementwise" || arity !== 1) continue;
    const params = { dtype: "float32", factor: 2, min: 0, max: 1 };
    const keeps = (["float32", "int32", "bool", "complex64"] as const).every((dtype) => {
      let found;
      try {
        found = dtypes([dtype], params);
      } catch {
        return false;
      }
      if (found.output !== dtype) return false;
      if (!isComplex(dtype)) {
        const argument = b.load(0, dtype, sizeIx(0));
        const computed = found.compute[0] === dtype &&
          argument.type === scalarTypeOf(dtype);
        return computed && lowering.scalar(b, [argument], params) === argument;
      }
      const z = { re: b.load(0, "float32", sizeIx(0)), im: b.load(0, "float32", sizeIx(1)) };
      return lowering.complex?.(b, [z], params) === z;
    });
    assertEquals(lowering.view === true, keeps, name);
  }
});

/**
 * Functions of scalars as functions of the module, for kernels that use so many of them that copies of
 * their primitives would be too much code.
 *
 * @module
 */

import type { ScalarFunction } from "../../core/ir/functions.ts";
import { FunctionContext, type ModuleContext } from "./context.ts";
import { findHoisted } from "./hoisted.ts";
import { Analysis, type NestPlan } from "./nest_plan.ts";
import { Pointers } from "./pointers.ts";
import { valType } from "./scalar.ts";
import { type Form, isWide } from "./simd.ts";
import { type Bound, Values } from "./values.ts";
import type { Func, Local } from "../wasm/mod.ts";

const scalars: NestPlan = { levels: [], axisCount: 0, vector: 0 };
const vectors: NestPlan = {
  levels: [{ axis: 0, size: 4, mode: "vector", unroll: 1 }],
  axisCount: 1,
  vector: 1,
};

/** Prints a function, of vectors or of single values. */
export function printFunction(module: ModuleContext, func: ScalarFunction, vector: boolean): Func {
  const { body, type, count, nodes } = func;
  const one = vector ? "v128" : valType(type);
  const f = module.builder.declare({
    name: vector ? `${func.name}:vector` : func.name,
    params: Array.from({ length: count }, () => one),
    results: [one],
  });
  const argument = (node: { op: string; reduction?: number }) =>
    f.localGet(f.params[node.reduction!]!);
  const bound: Bound = { scalar: argument, vector: argument };
  // Nothing in it is in memory, so there is no block of parameters.
  const context = new FunctionContext(module, f, f.params[0] as Local<"i32">, new Map());
  const plan = vector ? vectors : scalars;
  const analysis = new Analysis(plan, { all: nodes, selfLoaded: new Set() });
  findHoisted(analysis, [{ node: body, vector }], plan.levels.length);
  const values = new Values(context, plan, analysis, new Pointers(context, plan, analysis), bound);
  values.shorten(body);
  if (vector) values.vector(body, (isWide(type) ? 1 : 0) satisfies Form);
  else values.scalar(body);
  return f.func;
}

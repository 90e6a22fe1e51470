/**
 * Writes a compiled function as a StableHLO module, with a description of its arguments and results.
 *
 * @module
 */

import { ShapeError } from "../core/base/errors.ts";
import { checkOptions, expectList } from "../core/base/options.ts";
import { cut } from "../core/base/shown.ts";
import type { DType } from "../core/graph/dtype.ts";
import { type Variable, writtenLabel } from "../core/graph/graph.ts";
import { NeedValue } from "../core/graph/op.ts";
import { toposort } from "../core/graph/walk.ts";
import { Guards } from "../core/ir/size.ts";
import { Shapes } from "../core/plan/shapes.ts";
import { optimise, resolveMode } from "../core/rewrite/mod.ts";
import { callableOf } from "../core/runtime/callable.ts";
import type { Definition } from "../core/runtime/definition.ts";
import type { CompiledFunction } from "../core/runtime/types.ts";
import { type Argument, checkNames, leafOf, shapeOfInput, type ShapesOption } from "./arguments.ts";
import { evened } from "./even.ts";
import { type Functions, Level } from "./level.ts";
import {
  checkMesh,
  checkSharding,
  type Mesh,
  meshText,
  type Sharding,
  shardingText,
  spreadText,
} from "./sharding.ts";
import { Block, type Hlo, typeOf } from "./text/block.ts";
import { elementOf, tensorType } from "./text/types.ts";

/** Options of {@linkcode exportStableHlo}. */
export interface ExportOptions {
  /**
   * Shapes of the inputs, in order or by name; where one is left out, or null, the type of the input must
   * say it.
   */
  readonly shapes?: ShapesOption;
  /**
   * Integers that lengths hang on, such as a number of steps, by the name of the input: the module is for
   * these alone.
   */
  readonly values?: Readonly<Record<string, number>>;
  /**
   * Whose functions such as `exp` are taken: "croton" (default) writes them out as primitives, so that all
   * of XLA's devices have the accuracy that Croton promises; "xla" takes its own, which are fewer operations.
   */
  readonly functions?: Functions;
  /** The devices that tensors are spread over. */
  readonly mesh?: Mesh;
  /** What is spread over them; everything else is on each device. */
  readonly shard?: readonly Sharding[];
}

/** A tensor that goes into a module or comes out of it. */
export interface TensorDescription {
  /** Name of the variable, or its place. */
  readonly name: string;
  /** Type of the elements. */
  readonly dtype: DType;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** For each axis the axes of the mesh that it is spread over; only where there is a mesh. */
  readonly sharding?: readonly (readonly string[])[];
  /**
   * Of a result whose lengths hang on data: the axes of which the first rows count alone, and the results
   * that say how many.
   */
  readonly rows?: readonly (readonly [axis: number, result: number])[];
}

/** What a module takes and gives, as plain JSON. Arguments are the inputs, then the shared variables. */
export interface ModuleDescription {
  /** Name of the function. */
  readonly name: string;
  /** The inputs. */
  readonly inputs: readonly TensorDescription[];
  /** The shared variables, which are arguments, too. */
  readonly shared: readonly TensorDescription[];
  /** The results: outputs, new values of shared variables, those of inputs that are states, numbers of rows. */
  readonly results: readonly TensorDescription[];
  /** How many of the results are outputs. */
  readonly outputs: number;
  /** For arguments that have a new value among the results: the numbers of both. */
  readonly updates: readonly (readonly [argument: number, result: number])[];
  /** Those of them whose memory the result takes. */
  readonly donated: readonly (readonly [argument: number, result: number])[];
  /** The axes of the mesh in order, or null. */
  readonly mesh: readonly (readonly [name: string, devices: number])[] | null;
}

/** A function as XLA takes it. */
export interface ExportedModule {
  /** The module as text. */
  readonly module: string;
  /** What it takes and gives. */
  readonly description: ModuleDescription;
}

/**
 * Writes a compiled function, after rewriting, as a StableHLO module for XLA, for one set of shapes.
 *
 * Arguments of the module are the inputs, then the shared variables; results are the outputs, then the
 * new values of shared variables, in the same order, whose memory is donated. Values are not checked: a position out of
 * range is brought into range.
 *
 * Throws a TypeError for options that cannot be, and a ShapeError where a shape depends on a value that
 * is not given.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { exportStableHlo } from "@croton/croton/xla";
 * const x = T.matrix("x"), w = T.vector("w");
 * const f = await compile([x, w], x.dot(w).exp().sum());
 * const { module, description } = exportStableHlo(f, { shapes: [[16, 4], [4]] });
 * console.assert(module.includes("stablehlo.dot_general"));
 * console.assert(description.results[0]!.shape.length === 0);
 * ```
 */
export function exportStableHlo(
  f: Pick<CompiledFunction, "name" | "graph" | "inputs" | "sharedVariables">,
  options: ExportOptions = {},
): ExportedModule {
  const { definition, executor } = callableOf(f);
  const action = `Cannot export "${cut(definition.name)}"`;
  const given = checkOptions<ExportOptions>(action, options, {
    shapes: "any",
    values: "any",
    functions: ["croton", "xla"],
    mesh: "any",
    shard: "any",
  });
  const { inputs } = executor.request;
  const names = definition.specs.map((spec, i) => spec.name ?? `input ${i}`);
  const args: Argument[] = [
    ...inputs.map((variable, i) => ({
      variable,
      name: names[i]!,
      shape: shapeOfInput(action, variable, names[i]!, i, given.shapes),
    })),
    ...executor.shared.map((variable, i) => ({
      variable,
      name: variable.name ?? `shared ${i}`,
      shape: variable.container.shape,
    })),
  ];
  checkNames(action, given.shapes, names, "shapes");
  const fixed = given.values ?? {};
  checkNames(action, fixed, names, "values");
  const leaves = new Map(
    args.map((one, i) =>
      [one.variable, leafOf(action, one, i < inputs.length ? fixed : {})] as const
    ),
  );
  const block = new Block(),
    level = new Level(
      block,
      new Shapes(new Guards(), leaves),
      given.functions ?? "croton",
    );
  args.forEach(({ variable, shape }, i) =>
    level.bind(variable, { name: `%arg${i}`, type: elementOf(variable.dtype), shape })
  );
  const mesh = checkMesh(action, given.mesh);
  const spread = shardings(
    action,
    mesh,
    given.shard ?? [],
    args,
    f.inputs,
    definition,
  );
  // Outputs of the executor are the function's, then new values of inputs that are states, then reports.
  const stateInputs = definition.specs.flatMap(({ options }, i) =>
    options.update === undefined ? [] : [i]
  );
  const count = definition.outputs.length;
  const { outputs, updates: unordered, between } = withBetween(callableOf(f), spread);
  // In the order of the arguments, so that results are the arguments of the next call.
  const updates = unordered.toSorted(([a], [b]) =>
    executor.shared.indexOf(a) - executor.shared.indexOf(b)
  );
  const roots = [
    ...outputs.slice(0, count),
    ...updates.map(([, value]) => value),
    ...outputs.slice(count, count + stateInputs.length),
  ];
  const varying = args.flatMap(({ variable }) =>
    leaves.get(variable)!.integers === undefined ? [variable] : []
  );
  const even = writeRoots(
    action,
    () => evened([...roots, ...between.map(([variable]) => variable)], varying, level.shapes),
  );
  const results = writeRoots(action, () => {
    between.forEach(([, sharding], i) => {
      const variable = even.values[roots.length + i]!;
      checkSharding(action, mesh!, sharding, level.shape(variable));
      level.spread(variable, spreadText(sharding.axes));
    });
    return level.write([...even.values.slice(0, roots.length), ...even.lengths]);
  });
  const pairs: [number, number][] = [
    ...updates.map(([target], i): [number, number] => [
      inputs.length + executor.shared.indexOf(target),
      count + i,
    ]),
    ...stateInputs.map((input, i): [number, number] => [input, count + updates.length + i]),
  ];
  const donated = pairs.filter(([arg, result]) =>
    args[arg]!.shape.join() === results[result]!.shape.join()
  );

  const argSharding = (i: number) => spread.get(args[i]!.variable);
  const resultSharding = (i: number) => {
    const pair = pairs.find(([, result]) => result === i);
    if (pair !== undefined) return argSharding(pair[0]);
    return i < count ? spread.get(definition.form.variables[i]!) : undefined;
  };
  if (mesh !== null) {
    for (const [i, { shape }] of results.entries()) {
      const own = resultSharding(i);
      if (own !== undefined) checkSharding(action, mesh, own, shape);
    }
  }

  const argTexts = args.map(({ variable, shape }, i) => {
    const donation = donated.find(([arg]) => arg === i);
    const attributes = [
      ...(mesh === null ? [] : [shardingText(shape.length, argSharding(i))]),
      ...(donation === undefined ? [] : [`tf.aliasing_output = ${donation[1]} : i32`]),
    ];
    const type = tensorType(elementOf(variable.dtype), shape);
    return `%arg${i}: ${type}${attributes.length === 0 ? "" : ` {${attributes.join(", ")}}`}`;
  });
  const resultTexts = results.map((value, i) =>
    typeOf(value) +
    (mesh === null ? "" : ` {${shardingText(value.shape.length, resultSharding(i))}}`)
  );
  const devices = Object.values(mesh ?? {}).reduce((n, m) => n * m, 1);
  const module = [
    `module @croton attributes {mhlo.num_partitions = ${devices} : i32, mhlo.num_replicas = 1 : i32} {`,
    ...(mesh === null ? [] : [meshText(mesh)]),
    `  func.func public @main(${argTexts.join(", ")}) -> (${resultTexts.join(", ")}) {`,
    ...(block.text === "" ? [] : [block.text]),
    `    return${returned(results)}`,
    "  }",
    "}",
    "",
  ].join("\n");

  const described = (
    name: string,
    dtype: DType,
    shape: readonly number[],
    sharding: Sharding | undefined,
  ): TensorDescription => ({
    name,
    dtype,
    shape,
    ...(mesh !== null && { sharding: sharding?.axes ?? shape.map(() => []) }),
  });
  const argDescriptions = args.map(({ name, variable, shape }, i) =>
    described(name, variable.dtype, shape, argSharding(i))
  );
  const { keys } = definition.form;
  return {
    module,
    description: {
      name: definition.name,
      inputs: argDescriptions.slice(0, inputs.length),
      shared: argDescriptions.slice(inputs.length),
      results: results.map(({ shape }, i) => {
        const pair = pairs.find(([, result]) => result === i);
        const name = pair !== undefined
          ? args[pair[0]]!.name
          : i < count
          ? String(keys[i])
          : `rows ${i - roots.length}`;
        const { dtype } = roots[i] ?? even.lengths[i - roots.length]!;
        const rows = even.rows.filter(([result]) => result === i);
        return {
          ...described(name, dtype, shape, resultSharding(i)),
          ...(rows.length > 0 && {
            rows: rows.map(([, axis, length]) => [axis, roots.length + length] as const),
          }),
        };
      }),
      outputs: count,
      updates: pairs,
      donated,
      mesh: mesh === null ? null : Object.entries(mesh),
    },
  };
}

function returned(results: readonly Hlo[]): string {
  if (results.length === 0) return "";
  return ` ${results.map(({ name }) => name).join(", ")} : ${results.map(typeOf).join(", ")}`;
}

/** Does something with a graph; what is missing is said in the user's terms. */
function writeRoots<R>(action: string, write: () => R): R {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof NeedValue)) throw error;
    throw new ShapeError(
      `${action}: a shape depends on ${
        writtenLabel(error.variable)
      }, and a module has one set of shapes; ` +
        `give the integer inputs that lengths hang on in "values", and say of other lengths the most ` +
        "there can be, as in T.minimum(n, 100)",
    );
  }
}

/** All that a function computes, as it was written. */
function rootsOf({ outputs, updates, states }: Pick<Definition, "outputs" | "updates" | "states">) {
  return [...outputs, ...updates.map(([, value]) => value), ...states];
}

/** Outputs and updates after rewriting, and what is computed on the way and spread. */
function withBetween(
  { definition, executor: { request, shared } }: ReturnType<typeof callableOf>,
  spread: ReadonlyMap<Variable, Sharding>,
) {
  const whole: readonly Variable[] = [...request.inputs, ...shared, ...definition.form.variables];
  const inner = [...spread].filter(([variable]) => !whole.includes(variable));
  if (inner.length === 0) return { ...request, between: [] };
  // They are results of a graph of their own, so that rewriting keeps them.
  const { outputs: { length: count }, updates } = definition, roots = rootsOf(definition);
  const better = optimise(
    [...roots, ...inner.map(([variable]) => variable)],
    resolveMode(definition.options.mode),
  );
  const states = better.slice(count + updates.length, roots.length);
  return {
    outputs: [...better.slice(0, count), ...states],
    updates: updates.map(([target], i) => [target, better[count + i]!] as const),
    between: inner.map(([, sharding], i) => [better[roots.length + i]!, sharding] as const),
  };
}

/** How variables are spread. */
function shardings(
  action: string,
  mesh: Mesh | null,
  list: readonly Sharding[],
  args: readonly Argument[],
  inputs: readonly Variable[],
  { form: { variables: outputs }, ...graph }: Definition,
): ReadonlyMap<Variable, Sharding> {
  const found = new Map<Variable, Sharding>();
  const computed = () => new Set(toposort(rootsOf(graph)).flatMap(({ outputs }) => outputs));
  for (const one of expectList<Sharding>(action, list, "a list of what shard gives")) {
    if (mesh === null) throw new TypeError(`${action}: expected a "mesh" to shard over`);
    const input = inputs.indexOf(one.variable);
    const arg = input >= 0 ? args[input] : args.find(({ variable }) => variable === one.variable);
    if (arg !== undefined) {
      checkSharding(action, mesh, one, arg.shape);
      found.set(arg.variable, one);
    } else if (outputs.includes(one.variable) || computed().has(one.variable)) {
      found.set(one.variable, one);
    } else {
      throw new TypeError(
        `${action}: ${one.variable.label} is sharded, and is none of its inputs, outputs and shared ` +
          "variables, nor computed from them outside of its loops",
      );
    }
  }
  return found;
}

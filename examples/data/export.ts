/**
 * Writes a step of training for XLA: the module, parameters, data, and a script that trains on by JAX.
 *
 * @module
 */

import type { CompiledFunction, SharedVariable, Tensor, Variable } from "../../mod.ts";
import { io } from "../../mod.ts";
import { exportStableHlo, shard } from "../../xla/mod.ts";

/** What is written. */
interface ExportRequest {
  /** Where to. */
  readonly folder: string;
  /** A step of training, whose updates are the parameters. */
  readonly step: Pick<CompiledFunction, "name" | "graph" | "inputs" | "sharedVariables">;
  /** Shapes of its inputs; their first axis runs over examples. */
  readonly shapes: readonly (readonly number[])[];
  /** How many devices share a batch. */
  readonly devices: number;
  /** Examples by the names of the inputs. */
  readonly data: Readonly<Record<string, Tensor | SharedVariable>>;
}

const scripts = new URL("../../xla/python/", import.meta.url);

/** Axes of a batch: the first one is spread over the devices. */
function batchOf(input: Variable) {
  return shard(input, Array.from({ length: input.ndim }, (_, d) => d === 0 ? "data" : null));
}

type Tensors = Readonly<Record<string, Tensor | SharedVariable>>;

/**
 * Makes the module and finds out whether the files can be written; gives what writes them, each as a
 * whole, with parameters by the names of their variables.
 */
export async function prepareExport(
  { folder, step, shapes, devices, data }: ExportRequest,
): Promise<(parameters: Tensors) => Promise<void>> {
  const { module, description } = exportStableHlo(step, {
    shapes,
    mesh: { data: devices },
    shard: step.inputs.map(batchOf),
  });
  const texts: Record<string, string> = {
    "step.mlir": module,
    "step.json": JSON.stringify(description, null, 2),
  };
  for (const name of ["croton_xla.py", "train.py"]) {
    texts[name] = await Deno.readTextFile(new URL(name, scripts));
  }
  await io.makeFolder(folder);
  for (const name of [...Object.keys(texts), "parameters.safetensors", "data.safetensors"]) {
    await io.checkReplaceable(`${folder}/${name}`);
  }
  return async (parameters) => {
    const encoder = new TextEncoder();
    for (const [name, text] of Object.entries(texts)) {
      await io.replaceFile(`${folder}/${name}`, encoder.encode(text));
    }
    await io.saveSafetensors(`${folder}/parameters.safetensors`, parameters);
    await io.saveSafetensors(`${folder}/data.safetensors`, data);
  };
}

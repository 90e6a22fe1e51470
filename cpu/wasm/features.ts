/** What the WebAssembly engine at hand can do. */

import { ModuleBuilder } from "./module_builder.ts";

let relaxed: boolean | undefined;

/**
 * Whether the engine knows the relaxed vector instructions, such as the fused multiply-add.
 *
 * The answer comes from validating a module of a few bytes, once.
 */
export function hasRelaxedSimd(): boolean {
  if (relaxed === undefined) {
    const module = new ModuleBuilder();
    module.func(
      { name: "probe", params: ["v128"], results: ["v128"] },
      (f, x) => f.localGet(x).localGet(x).localGet(x).f32x4RelaxedMadd(),
    );
    relaxed = WebAssembly.validate(module.build());
  }
  return relaxed;
}

// What checkers of types read in place of build.ts.

import type { Variable } from "../core/graph/graph.ts";
import type { TensorLike } from "../core/ops/common/literal.ts";
import type { SharedVariable } from "../core/runtime/shared.ts";
import type { BuiltScan, ScanRequest, StepArguments, StepResult } from "./request.ts";

export declare function buildScan(
  request: ScanRequest,
  step: (args: StepArguments) => StepResult,
): BuiltScan;

export declare function symbolic(value: unknown, label: string): Variable;

export declare function updateValue(target: SharedVariable, value: TensorLike): Variable;

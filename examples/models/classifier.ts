/**
 * What the classifiers of digits here have in common.
 *
 * @module
 */
import type { nn, Variable } from "../../mod.ts";

/** A model that tells which digit an image shows. */
export interface Classifier {
  /** What is trained: shared variables in records and lists. */
  readonly parameters: nn.ParameterTree;
  /** Scores of the ten digits (image, digit) for rows of 784 pixels from 0 to 1. */
  readonly logits: (x: Variable) => Variable;
  /** What is added to the loss so that weights stay small. */
  readonly penalty?: Variable;
  /** Filters of the first layer (filter, row, column), to look at. */
  readonly filters?: Variable;
  /** Where the model looks in images (image, row, column), to look at. */
  readonly attention?: (x: Variable) => Variable;
}

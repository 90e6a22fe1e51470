/**
 * Multi-class logistic regression: an affine map and a softmax.
 *
 * @module
 */
import { shared, type SharedVariable, T, type Variable } from "../../mod.ts";

/** A classifier of the rows of `input` into `classes` classes, all weights zero at first. */
export class LogisticRegression {
  /** The rows to classify. */
  readonly input: Variable;
  /** Weights: one column for each class. */
  readonly W: SharedVariable;
  /** Biases: one for each class. */
  readonly b: SharedVariable;
  /** Probability of each class, for each row. */
  readonly probabilities: Variable;
  /** The most probable class of each row. */
  readonly prediction: Variable;

  /**
   * @param input A matrix: one example in each row
   * @param features Number of columns of `input`
   * @param classes Number of classes
   */
  constructor(input: Variable, features: number, classes: number) {
    this.input = input;
    this.W = shared(new Float32Array(features * classes), {
      shape: [features, classes],
      name: "W",
      borrow: true,
    });
    this.b = shared(new Float32Array(classes), { name: "b", borrow: true });
    this.probabilities = T.softmax(T.dot(input, this.W).add(this.b));
    this.prediction = T.argmax(this.probabilities, { axis: 1 });
  }

  /** What training changes. */
  get parameters(): SharedVariable[] {
    return [this.W, this.b];
  }

  /** The same by their names. */
  get named(): Record<string, SharedVariable> {
    return { W: this.W, b: this.b };
  }

  /** Mean negative log-likelihood of the labels `y`. */
  negativeLogLikelihood(y: Variable): Variable {
    const rows = T.arange(y.shape[0]!);
    return T.mean(T.index(T.log(this.probabilities), [rows, y])).neg();
  }

  /** Share of rows whose prediction is not the label `y`. */
  errors(y: Variable): Variable {
    if (y.ndim !== this.prediction.ndim) {
      throw new TypeError(`Cannot count errors: expected a vector of labels, got ${y.type}`);
    }
    if (!y.dtype.includes("int")) {
      throw new TypeError(`Cannot count errors: expected integer labels, got ${y.dtype}`);
    }
    return T.mean(T.neq(this.prediction, y));
  }
}

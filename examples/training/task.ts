/**
 * What a model is trained on, and how well it does.
 *
 * @module
 */
import type { DeviceOption, nn, RandomStreams, Tensor, Variable } from "../../mod.ts";
import type { Figure } from "./report.ts";

/** What a run is told. */
export interface TrainOptions {
  /** The name of the model. */
  readonly model: string;
  /** Folder with the four MNIST files; without it digits are drawn. */
  readonly data?: string;
  /** A text to learn, for `chars`. */
  readonly text?: string;
  /** Seed of all that is drawn: digits, first parameters, the order of minibatches. */
  readonly seed: number;
  /** The most epochs. */
  readonly epochs: number;
  /** Examples in a minibatch. */
  readonly batch: number;
  /** The name of the optimiser. */
  readonly optimizer: string;
  /** Learning rate at first; it falls to zero along half a cosine. */
  readonly rate: number;
  /** Examples drawn for training; a quarter as many for validation and for the test each. */
  readonly images: number;
  /** Epochs to go on without a better model. */
  readonly patience?: number;
  /** Whether an epoch is a scan on the device, or a loop of calls. */
  readonly loop: "scan" | "host";
  /** Where to run. */
  readonly device: DeviceOption;
  /** Folder for the model and the curves. */
  readonly out: string;
  /** File for all that a run goes on from; in `out` if missing. */
  readonly save?: string;
  /** Such a file, to go on from. */
  readonly resume?: string;
  /** Seconds between two saves within an epoch. */
  readonly saveSeconds?: number;
  /** Folder for what XLA needs to train on, if wanted. */
  readonly export?: string;
  /** How many of XLA's devices share a minibatch; one if missing. */
  readonly devices?: number;
  /** File for a page with what came out, if wanted. */
  readonly report?: string;
  /** Port of a page that shows the training while it goes on, if wanted; any free one if 0. */
  readonly watch?: number;
  /** Called with lines for people; console.log if missing. */
  readonly print?: (line: string) => void;
  /** Called with what happens, for programs. */
  readonly tell?: (event: Readonly<Record<string, unknown>>) => void;
  /** Whether to draw a bar of progress on standard error. */
  readonly bar?: boolean;
  /** Whether to write lines in colour. */
  readonly color?: boolean;
  /** Whether to show at the end where the time of training goes. */
  readonly profile?: boolean;
  /** Ends the training early, keeping what was best so far. */
  readonly signal?: AbortSignal;
  /** Called when the training starts, and with it what `signal` can end. */
  readonly onStart?: () => void;
}

/** A model and its examples, ready to be trained. */
export interface Task {
  /** What is trained on what, in few words. */
  readonly title: string;
  /** Where functions of it run, and what that is. */
  readonly device: { readonly device: string; readonly deviceInfo: string };
  /** What is trained. */
  readonly parameters: nn.ParameterTree;
  /** What stands for a minibatch. */
  readonly inputs: Readonly<Record<string, Variable>>;
  /** Examples by the same names. */
  readonly data: Readonly<Record<string, Tensor>>;
  readonly cost: Variable;
  /** What is measured, as in "error", and how it is written. */
  readonly measure: { readonly name: string; readonly write: (value: number) => string };
  /** The measure on examples that are not trained on. */
  readonly validate: () => Promise<number>;
  /** After an epoch: lines to show. */
  readonly show?: () => Promise<readonly string[]>;
  /** Pictures of what the model does, as of the last `validate` or `test`. */
  readonly look: () => Promise<readonly Figure[]>;
  /** At the end: the measure on other examples again, and what else there is to tell. */
  readonly test: () => Promise<{
    readonly value: number;
    readonly rows: readonly (readonly [name: string, text: string])[];
    /** What is shown below them in a terminal. */
    readonly lines?: readonly string[];
    readonly facts: Readonly<Record<string, unknown>>;
  }>;
}

/** Makes a task: of the options, and streams that all is drawn from. */
export type MakeTask = (options: TrainOptions, streams: RandomStreams) => Promise<Task>;

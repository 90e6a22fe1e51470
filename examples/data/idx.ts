/**
 * Reads the MNIST images of digits.
 *
 * @module
 */
import { FileError, FileFormatError, io } from "../../mod.ts";
import { type DigitSet, PIXELS, SIDE } from "./digits.ts";

/** The two sets of the MNIST files. */
export interface DigitSets {
  /** For training: 60,000 images. */
  train: DigitSet;
  /** For testing: 10,000 images. */
  test: DigitSet;
}

/** A file that was read as such, but does not have what it should. */
function unfit(path: string, detail: string): FileFormatError {
  return new FileFormatError(`"${path}"`, detail);
}

/**
 * Reads the four MNIST files from a folder: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each as it is or with `.gz` at the end.
 *
 * @param folder The folder
 * @returns The sets for training and for testing
 * @throws {FileError} If a file cannot be read
 * @throws {FileFormatError} If a file is damaged or does not fit to the others: the first one in the
 * order above
 */
export async function loadMnist(folder: string): Promise<DigitSets> {
  // One after the other, so that of several wrong files the same one is named each time.
  const train = await loadSet(folder, "train");
  return { train, test: await loadSet(folder, "t10k") };
}

async function loadSet(folder: string, name: string): Promise<DigitSet> {
  const imagePath = await find(folder, `${name}-images-idx3-ubyte`);
  const labelPath = await find(folder, `${name}-labels-idx1-ubyte`);
  const pixels = await io.loadIdx(imagePath);
  const labels = await io.loadIdx(labelPath);
  const [count = 0, rows, columns] = pixels.shape;
  if (pixels.shape.length !== 3 || rows !== SIDE || columns !== SIDE) {
    throw unfit(
      imagePath,
      `expected images of ${SIDE} by ${SIDE} pixels, got shape [${pixels.shape}]`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw unfit(
      labelPath,
      `expected ${count} labels, one for each image of "${imagePath}", got shape [${labels.shape}]`,
    );
  }
  if (count === 0) throw unfit(imagePath, "expected images, got none");
  const [shades, classes] = [pixels.dataSync(), labels.dataSync()];
  if (!(shades instanceof Uint8Array)) {
    throw unfit(imagePath, `expected uint8, got ${pixels.dtype}`);
  }
  if (!(classes instanceof Uint8Array)) {
    throw unfit(labelPath, `expected uint8, got ${labels.dtype}`);
  }
  const at = classes.findIndex((label) => label > 9);
  if (at >= 0) {
    throw unfit(labelPath, `expected labels from 0 to 9, got ${classes[at]} at position ${at}`);
  }
  const images = new Float32Array(count * PIXELS);
  for (let i = 0; i < images.length; i++) images[i] = shades[i]! / 255;
  return { images, labels: classes };
}

/** The path of a file that may have `.gz` at its end. */
async function find(folder: string, name: string): Promise<string> {
  const plain = `${folder.replace(/\/+$/, "")}/${name}`;
  for (const path of [plain, `${plain}.gz`]) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) continue;
      throw new FileError("read", path, (cause as Error).message.replace(/ \(os error.*$/s, ""), {
        cause,
      });
    }
    throw new FileError("read", path, "it is no file");
  }
  throw new FileError("read", plain, `there is neither this file nor "${name}.gz"`);
}

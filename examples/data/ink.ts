/**
 * What a pen leaves on a square of pixels.
 *
 * @module
 */

/** A square of pixels that strokes are drawn on. */
export class Ink {
  #side: number;
  /** The square of each pixel's distance from the nearest stroke, in pixels. */
  #distance: Float32Array;
  #radius = 1;
  #soft = 0.5;

  /** Makes the square. */
  constructor(side: number) {
    this.#side = side;
    this.#distance = new Float32Array(side * side);
  }

  /** Wipes all out, and takes a pen: its radius in pixels, and how far from there its edge is soft. */
  start(radius: number, soft: number): void {
    [this.#radius, this.#soft] = [radius, soft];
    this.#distance.fill((radius + soft) ** 2);
  }

  /** Draws straight pieces from each point to the next: x0, y0, x1, y1, … in pixels. */
  trace(path: ArrayLike<number>): void {
    for (let i = 0; i + 3 < path.length; i += 2) {
      this.#segment(path[i]!, path[i + 1]!, path[i + 2]!, path[i + 3]!);
    }
  }

  /** Takes note of the pixels near one straight piece. */
  #segment(x0: number, y0: number, x1: number, y1: number): void {
    const side = this.#side, reach = this.#radius + this.#soft;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach - 0.5));
    const right = Math.min(side - 1, Math.floor(Math.max(x0, x1) + reach - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach - 0.5));
    const bottom = Math.min(side - 1, Math.floor(Math.max(y0, y1) + reach - 0.5));
    const [dx, dy] = [x1 - x0, y1 - y0];
    const scale = 1 / (dx * dx + dy * dy + 1e-12);
    const distance = this.#distance;
    for (let row = top; row <= bottom; row++) {
      const py = row + 0.5 - y0;
      for (let column = left; column <= right; column++) {
        const px = column + 0.5 - x0;
        let t = (px * dx + py * dy) * scale;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        const ex = px - t * dx;
        const ey = py - t * dy;
        const square = ex * ex + ey * ey;
        const at = row * side + column;
        if (square < distance[at]!) distance[at] = square;
      }
    }
  }

  /** How much ink a pixel has, from 0 to 1. */
  at(pixel: number): number {
    const soft = this.#soft;
    const t = (this.#radius + soft - Math.sqrt(this.#distance[pixel]!)) / (2 * soft);
    return t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);
  }
}

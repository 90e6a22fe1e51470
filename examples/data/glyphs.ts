/**
 * How the ten digits are written: strokes of a pen in the unit square, x to the right and y down.
 *
 * @module
 */

/** A stroke through points x0, y0, x1, y1, …: straight lines or a smooth curve. */
export interface Stroke {
  /** Whether the pen goes around the points instead of turning at them. */
  smooth: boolean;
  /** The coordinates of the points in turn. */
  points: readonly number[];
}

/** The strokes of one way to write a digit. */
export type Glyph = readonly Stroke[];

function line(...points: number[]): Stroke {
  return { smooth: false, points };
}

function curve(...points: number[]): Stroke {
  return { smooth: true, points };
}

/** A loop around a centre that starts and ends at an angle, in degrees clockwise from the top. */
function loop(x: number, y: number, rx: number, ry: number, from = 0, turn = 360): Stroke {
  const steps = 8;
  const points: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const angle = (from + turn * i / steps) * Math.PI / 180;
    points.push(x + rx * Math.sin(angle), y - ry * Math.cos(angle));
  }
  return { smooth: true, points };
}

/** For each digit from 0 to 9, the ways to write it. */
export const glyphs: readonly (readonly Glyph[])[] = [
  [
    [loop(0.5, 0.5, 0.3, 0.45)],
    [loop(0.5, 0.5, 0.4, 0.42, 20, 345)],
    [loop(0.5, 0.5, 0.24, 0.45, -30, 380)],
    [loop(0.5, 0.5, 0.32, 0.45), line(0.72, 0.18, 0.28, 0.82)],
  ],
  [
    [line(0.5, 0.05, 0.5, 0.95)],
    [line(0.32, 0.25, 0.52, 0.06, 0.52, 0.95)],
    [line(0.3, 0.26, 0.52, 0.06, 0.52, 0.95), line(0.28, 0.95, 0.76, 0.95)],
    [curve(0.58, 0.05, 0.52, 0.4, 0.46, 0.95)],
  ],
  [
    [
      curve(0.2, 0.28, 0.36, 0.08, 0.62, 0.08, 0.76, 0.3, 0.6, 0.56, 0.2, 0.93),
      line(0.2, 0.93, 0.82, 0.93),
    ],
    [curve(
      0.2,
      0.2,
      0.5,
      0.05,
      0.75,
      0.25,
      0.55,
      0.6,
      0.3,
      0.88,
      0.18,
      0.8,
      0.34,
      0.74,
      0.6,
      0.9,
      0.84,
      0.88,
    )],
    [line(0.22, 0.12, 0.7, 0.1, 0.76, 0.32, 0.2, 0.92, 0.82, 0.92)],
  ],
  [
    [
      curve(0.22, 0.16, 0.5, 0.05, 0.74, 0.24, 0.6, 0.44, 0.42, 0.48),
      curve(0.42, 0.48, 0.7, 0.52, 0.8, 0.74, 0.56, 0.95, 0.2, 0.86),
    ],
    [
      line(0.22, 0.08, 0.76, 0.08, 0.46, 0.42),
      curve(0.46, 0.42, 0.74, 0.48, 0.8, 0.72, 0.56, 0.95, 0.2, 0.84),
    ],
    [curve(
      0.24,
      0.2,
      0.44,
      0.05,
      0.7,
      0.15,
      0.68,
      0.38,
      0.4,
      0.46,
      0.72,
      0.54,
      0.78,
      0.8,
      0.5,
      0.95,
      0.2,
      0.82,
    )],
  ],
  [
    [line(0.58, 0.05, 0.16, 0.64, 0.86, 0.64), line(0.64, 0.36, 0.62, 0.96)],
    [line(0.24, 0.08, 0.2, 0.55, 0.78, 0.55), line(0.72, 0.06, 0.68, 0.96)],
    [line(0.64, 0.95, 0.64, 0.05, 0.16, 0.66, 0.84, 0.66)],
    [
      curve(0.26, 0.08, 0.18, 0.45, 0.44, 0.56, 0.74, 0.44),
      curve(0.76, 0.08, 0.72, 0.5, 0.62, 0.95),
    ],
  ],
  [
    [
      line(0.76, 0.08, 0.3, 0.08, 0.26, 0.44),
      curve(0.26, 0.44, 0.56, 0.38, 0.78, 0.62, 0.62, 0.9, 0.22, 0.9),
    ],
    [
      curve(0.3, 0.1, 0.26, 0.42, 0.6, 0.44, 0.78, 0.68, 0.54, 0.95, 0.2, 0.86),
      line(0.3, 0.1, 0.8, 0.06),
    ],
    [curve(0.76, 0.1, 0.42, 0.1, 0.28, 0.3, 0.5, 0.46, 0.72, 0.62, 0.62, 0.88, 0.22, 0.92)],
  ],
  [
    [curve(
      0.66,
      0.06,
      0.38,
      0.24,
      0.22,
      0.6,
      0.36,
      0.92,
      0.66,
      0.9,
      0.76,
      0.66,
      0.54,
      0.5,
      0.26,
      0.64,
    )],
    [curve(0.4, 0.05, 0.28, 0.4, 0.26, 0.7), loop(0.5, 0.72, 0.25, 0.22, -90, 360)],
    [curve(
      0.74,
      0.14,
      0.46,
      0.06,
      0.26,
      0.36,
      0.24,
      0.7,
      0.46,
      0.94,
      0.72,
      0.82,
      0.7,
      0.58,
      0.44,
      0.52,
      0.26,
      0.7,
    )],
  ],
  [
    [line(0.18, 0.08, 0.8, 0.08, 0.4, 0.95)],
    [line(0.2, 0.1, 0.78, 0.08, 0.44, 0.95), line(0.36, 0.5, 0.74, 0.5)],
    [curve(0.18, 0.2, 0.26, 0.08, 0.5, 0.12, 0.8, 0.08), curve(0.8, 0.08, 0.58, 0.42, 0.46, 0.95)],
  ],
  [
    [loop(0.5, 0.27, 0.22, 0.21, 180), loop(0.5, 0.71, 0.27, 0.23)],
    [curve(
      0.7,
      0.2,
      0.5,
      0.05,
      0.3,
      0.22,
      0.5,
      0.46,
      0.74,
      0.72,
      0.5,
      0.95,
      0.26,
      0.72,
      0.5,
      0.46,
      0.7,
      0.24,
      0.66,
      0.12,
    )],
    [curve(
      0.76,
      0.1,
      0.4,
      0.08,
      0.34,
      0.3,
      0.6,
      0.54,
      0.68,
      0.8,
      0.46,
      0.95,
      0.28,
      0.78,
      0.5,
      0.46,
      0.78,
      0.14,
    )],
  ],
  [
    [loop(0.5, 0.3, 0.25, 0.24, 90), line(0.75, 0.28, 0.68, 0.95)],
    [
      curve(0.74, 0.2, 0.46, 0.06, 0.26, 0.28, 0.44, 0.5, 0.72, 0.34, 0.74, 0.2),
      curve(0.74, 0.2, 0.76, 0.6, 0.6, 0.92, 0.28, 0.92),
    ],
    [
      curve(0.72, 0.16, 0.42, 0.06, 0.26, 0.3, 0.46, 0.48, 0.72, 0.26),
      line(0.72, 0.12, 0.62, 0.6, 0.6, 0.95),
    ],
  ],
];

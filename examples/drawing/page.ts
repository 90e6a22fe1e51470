/**
 * The page on which one draws.
 *
 * @module
 */
import { escaped } from "../../see/svg.ts";

const STYLE = `
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 2rem auto;
  max-width: 800px; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
main { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; }
#pad { width: min(360px, 100%); aspect-ratio: 1; background: #111; border-radius: 10px;
  touch-action: none; cursor: crosshair; }
#ink { fill: none; stroke: #fff; stroke-width: .075; stroke-linecap: round; stroke-linejoin: round; }
#left { flex: 0 1 360px; }
#right { flex: 1 1 280px; }
#tools { display: flex; gap: 1rem; align-items: center; margin-top: .75rem; }
button, select { font: inherit; padding: .25rem .8rem; }
#head { display: flex; align-items: center; justify-content: space-between; height: 84px; }
#digit { font-size: 4rem; font-weight: 600; line-height: 1; color: #0072b2; }
#digit.none { font-size: 1.2rem; font-weight: 400; color: #666; }
#picture { width: 84px; height: 84px; background: #000; border-radius: 4px; }
#bars { list-style: none; margin: 1rem 0 0; padding: 0; }
#bars li { display: grid; grid-template-columns: 1.2rem 1fr 4.5rem; align-items: center; gap: .5rem; }
#bars .track { background: #eee; height: .8rem; border-radius: 3px; overflow: hidden; }
#bars .track div { background: #9cc4dd; height: 100%; width: 0; }
#bars .best { font-weight: 600; }
#bars .best .track div { background: #0072b2; }
#bars span:last-child { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
p { color: #666; margin: .75rem 0 0; }
`;

/** The page of a model of this title; what it does is in `app.js` beside it. */
export function drawingPage(title: string): string {
  const bars = Array.from(
    { length: 10 },
    (_, i) => `<li><span>${i}</span><div class="track"><div></div></div><span></span></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<main>
<div id="left">
<svg id="pad" viewBox="0 0 1 1" role="img" aria-label="Draw a digit here"><path id="ink" d=""/></svg>
<div id="tools">
<button id="clear" type="button">Clear</button>
<label>on <select id="choice"><option value="gpu">WebGPU</option><option value="cpu">WebAssembly</option>
</select></label>
</div>
</div>
<div id="right">
<div id="head"><output id="digit" class="none">draw a digit</output>
<svg id="picture" viewBox="0 0 28 28" role="img" aria-label="What the model sees"></svg></div>
<ul id="bars">${bars.join("")}</ul>
<p id="time"></p>
<p id="device">loading</p>
</div>
</main>
<script type="module" src="app.js"></script>
</body>
</html>
`;
}

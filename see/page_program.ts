/**
 * What pages look like and what they do.
 *
 * @module
 */

/** How pages look. */
export const style = `
*{box-sizing:border-box}
body{font:14px system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1d2129}
header{display:flex;gap:.5em 1.4em;align-items:center;padding:.5em 1em;background:#fff;border-bottom:1px solid #d5d9e0;flex-wrap:wrap}
h1{font-size:17px;margin:0}h2{font-size:13px;margin:1em 0 .3em}h3{font-size:15px;margin:0 0 .4em;overflow-wrap:anywhere}
button,select,input{font:inherit;font-size:13px}
button{border:1px solid #c6ccd6;border-radius:4px;background:#fff;padding:.1em .5em;cursor:pointer}button:hover{background:#eef2f8}
input[type=range]{width:180px;vertical-align:middle}output{display:inline-block;min-width:6em}
#device{color:#5b6472;font-size:13px}
#rule{padding:.4em 1em;height:5.6em;overflow:auto;background:#fffbe9;border-bottom:1px solid #e4dcc0;font-size:13px}
#rule code{display:block;white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}
main{display:grid;grid-template-columns:1fr 1fr 370px;grid-template-rows:minmax(0,1fr);height:calc(100vh - 190px);min-height:420px;border-bottom:1px solid #d5d9e0}
.pane{display:flex;flex-direction:column;min-width:0;min-height:0;overflow:hidden;border-right:1px solid #d5d9e0}
.bar{display:flex;gap:.4em;padding:.3em .6em;background:#fff;border-bottom:1px solid #e6e9ee}.bar select{flex:1;min-width:0}
.pane canvas{flex:1;height:0;min-height:0;width:100%;background:#fff;cursor:grab;display:block}
#facts{overflow:auto;padding:.8em 1em;background:#fff}
table{border-collapse:collapse;font-size:13px}td,th{padding:.12em .7em .12em 0;vertical-align:top;text-align:left;overflow-wrap:anywhere}th{font-weight:600;color:#5b6472;white-space:nowrap}
pre{margin:0;white-space:pre-wrap;font-size:12px}#facts pre{background:#f6f7f9;padding:.6em;max-height:360px;overflow:auto;white-space:pre}
.chip{margin:0 .25em .25em 0;font-size:12px}
details{background:#fff;border-bottom:1px solid #d5d9e0}summary{padding:.5em 1em;cursor:pointer;font-weight:600}details>:not(summary){margin:0 1em 1em;max-width:calc(100vw - 2em);overflow:auto}
#kernels tr[data-kernel]{cursor:pointer}#kernels tr[data-kernel]:hover{background:#eef2f8}#kernels td.number{text-align:right;font-variant-numeric:tabular-nums}
svg .piece{cursor:pointer}svg .piece.chosen{stroke:#d00000;stroke-width:2}
`;

/**
 * What pages do. It finds its data in the element "data", and the functions `layered` and, where the page was
 * made with another layout, `otherLayout` (which gives nothing for graphs that are too large for it).
 */
export const program = `
const data = JSON.parse(document.getElementById("data").textContent);
const { nodes, graphs, kernels } = data;
const id = (name) => document.getElementById(name);
const other = globalThis.otherLayout;
const layout = (sizes, edges) => (other && other(sizes, edges)) || layered(sizes, edges);
const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// Which nodes there are: by variable, by line of the user's program, and the kernels of ops.
const byVariable = new Map(), byPlace = new Map(), kernelsOf = new Map(), nodeOfKernel = new Map();
const add = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);
nodes.forEach((node, n) => {
  if (node.v !== undefined) add(byVariable, node.v, n);
  if (node.place !== "") add(byPlace, node.place, n);
  if (node.kernel !== undefined) nodeOfKernel.set(node.kernel, n);
});
kernels.forEach(({ ops }, k) => ops.forEach((n) => add(kernelsOf, n, k)));

const open = new Set(), marks = new Map();
let chosen = -1, hits = new Set();

// What a folded node stands for: what is inside, at any depth.
const insides = new Map();
function inside(graph) {
  let found = insides.get(graph);
  if (found === undefined) {
    insides.set(graph, found = new Set());
    for (const n of graphs[graph].nodes) {
      found.add(n);
      if (nodes[n].inner !== undefined) for (const one of inside(nodes[n].inner)) found.add(one);
    }
  }
  return found;
}

const FONT = "12px system-ui, sans-serif", HEAD = 24, PAD = 8;
const measure = document.createElement("canvas").getContext("2d");
const widths = new Map();
const short = (label) => label.length <= 40 ? label : label.slice(0, 39) + "…";
function widthOf(label) {
  let width = widths.get(label);
  if (width === undefined) {
    measure.font = FONT;
    widths.set(label, width = measure.measureText(short(label)).width);
  }
  return width;
}

const layouts = new Map();
const opened = (n) => nodes[n].inner !== undefined && open.has(n);
function signature(graph) {
  return graph + "(" + graphs[graph].nodes.filter(opened)
    .map((n) => n + signature(nodes[n].inner)).join() + ")";
}

// A graph as it is drawn: constants that many read stand beside each of these.
const drawings = new Map();
function drawn(graph) {
  const have = drawings.get(graph);
  if (have !== undefined) return have;
  const list = [...graphs[graph].nodes], edges = [...graphs[graph].edges], uses = list.map(() => 0);
  for (let e = 0; e < edges.length; e += 4) uses[edges[e]]++;
  const many = list.map((n, i) => nodes[n].kind === "constant" && uses[i] > 2);
  for (let e = 0; e < edges.length; e += 4) {
    if (many[edges[e]] && --uses[edges[e]] > 0) edges[e] = list.push(list[edges[e]]) - 1;
  }
  const made = { nodes: list, edges };
  drawings.set(graph, made);
  return made;
}

// The layout of a graph with what is unfolded in it.
function laidOut(graph) {
  const key = signature(graph), have = layouts.get(key);
  if (have !== undefined) return have;
  const { nodes: list, edges } = drawn(graph);
  const children = list.map((n) => opened(n) ? laidOut(nodes[n].inner) : null);
  const sizes = list.map((n, i) => {
    const { label, inner, kind } = nodes[n];
    const own = widthOf(label) + (kind === "op" ? 26 : 18) + (inner === undefined ? 0 : 18);
    const child = children[i];
    if (child === null) return [own, 26];
    return [Math.max(own, child.width + 2 * PAD), child.height + HEAD + PAD];
  });
  const arrows = [];
  for (let e = 0; e < edges.length; e += 4) arrows.push([edges[e], edges[e + 1]]);
  const made = { ...layout(sizes, arrows), sizes, children, graph };
  layouts.set(key, made);
  return made;
}

// Boxes and lines with their places in the whole picture; frames come before what is inside.
function sceneOf(graph) {
  const boxes = [], lines = [];
  const visit = (made, left, top) => {
    const { x, y, sizes, children, bends } = made, { nodes: list, edges } = drawn(made.graph);
    list.forEach((n, i) => {
      const [w, h] = sizes[i], x1 = left + x[i] - w / 2, y1 = top + y[i] - h / 2;
      boxes.push({ n, x: x1, y: y1, w, h, isOpen: children[i] !== null });
      if (children[i] !== null) {
        visit(children[i], x1 + (w - children[i].width) / 2, y1 + HEAD);
      }
    });
    for (let e = 0; e < edges.length; e += 4) {
      const a = edges[e], b = edges[e + 1];
      const points = [[x[a], y[a] + sizes[a][1] / 2], ...bends[e / 4], [x[b], y[b] - sizes[b][1] / 2]]
        .map(([px, py]) => [left + px, top + py]);
      const xs = points.map(([px]) => px);
      lines.push({
        points, label: data.labels[edges[e + 2]], isUpdate: edges[e + 3] === 1, from: list[a], to: list[b],
        x1: Math.min(...xs), x2: Math.max(...xs), y1: points[0][1], y2: points[points.length - 1][1],
      });
    }
  };
  const whole = laidOut(graph);
  visit(whole, 0, 0);
  return { boxes, lines, width: whole.width, height: whole.height };
}

class Pane {
  constructor(side, first) {
    this.canvas = id(side);
    this.select = id(side + "-stage");
    data.stages.forEach(({ name }, i) => this.select.append(new Option(name, i)));
    this.select.onchange = () => this.show(Number(this.select.value));
    this.canvas.onwheel = (event) => {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1 / 1.2 : 1.2, event.offsetX, event.offsetY);
    };
    let moved = 0;
    this.canvas.onpointerdown = (event) => {
      moved = 0;
      this.canvas.setPointerCapture(event.pointerId);
    };
    this.canvas.onpointermove = (event) => {
      if (event.buttons !== 1) return void this.tell(event);
      moved += Math.abs(event.movementX) + Math.abs(event.movementY);
      this.x -= event.movementX / this.scale;
      this.y -= event.movementY / this.scale;
      this.draw();
    };
    this.canvas.onclick = (event) => {
      if (moved < 5) this.click(event.offsetX, event.offsetY);
    };
    this.canvas.ondblclick = (event) => {
      const box = this.at(event.offsetX, event.offsetY);
      if (box !== undefined) toggle(box.n, this);
    };
    for (const [what, act] of [
      ["in", () => this.zoom(1.3)], ["out", () => this.zoom(1 / 1.3)], ["fit", () => this.fit()],
      ["unfold", () => this.fold(false)], ["fold", () => this.fold(true)],
    ]) id(side + "-" + what).onclick = act;
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.show(first);
  }
  show(stage) {
    this.stage = stage;
    this.select.value = stage;
    this.rebuild();
    this.fit(true);
  }
  rebuild() {
    this.scene = sceneOf(data.stages[this.stage].graph);
    this.draw();
  }
  get size() {
    return [this.canvas.clientWidth || 600, this.canvas.clientHeight || 400];
  }
  // All of it; a large graph at first so that its texts can be read, from its top.
  fit(readable = false) {
    const [w, h] = this.size, { width, height } = this.scene;
    const all = Math.min(w / width, h / height, 1.2);
    this.scale = readable && all < 0.5 ? Math.max(all, Math.min(0.6, Math.max(w / width, 0.35))) : all;
    this.x = (width - w / this.scale) / 2;
    this.y = (height - h / this.scale) / 2;
    if (all < this.scale) {
      const top = this.scene.boxes.reduce((a, b) => b.y < a.y ? b : a), most = width - w / this.scale;
      this.y = 0;
      if (most > 0) this.x = Math.max(0, Math.min(most, top.x - w / this.scale / 2));
    }
    this.draw();
  }
  zoom(by, px = this.size[0] / 2, py = this.size[1] / 2) {
    const next = Math.min(4, Math.max(0.005, this.scale * by));
    this.x += px / this.scale - px / next;
    this.y += py / this.scale - py / next;
    this.scale = next;
    this.draw();
  }
  fold(all) {
    for (const n of inside(data.stages[this.stage].graph)) {
      if (nodes[n].inner !== undefined) all ? open.delete(n) : open.add(n);
    }
    panes.forEach((pane) => pane.rebuild());
    this.fit(true);
  }
  at(px, py) {
    const x = this.x + px / this.scale, y = this.y + py / this.scale;
    return this.scene.boxes.findLast((box) =>
      x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h
    );
  }
  tell(event) {
    const box = this.at(event.offsetX, event.offsetY);
    this.canvas.title = box === undefined ? "" : [nodes[box.n].label, ...nodes[box.n].types].join("\\n");
  }
  click(px, py) {
    const box = this.at(px, py);
    if (box === undefined) return void choose(-1);
    const x = this.x + px / this.scale;
    const isSign = nodes[box.n].inner !== undefined && x > box.x + box.w - 22 &&
      this.y + py / this.scale < box.y + 26;
    if (isSign) toggle(box.n, this);
    else choose(box.n);
  }
  // Moves to a node, or to what it is folded into; says whether it is here.
  reveal(n) {
    const box = this.scene.boxes.findLast((one) => one.n === n) ??
      this.scene.boxes.findLast(({ n: outer, isOpen }) =>
        nodes[outer].inner !== undefined && !isOpen && inside(nodes[outer].inner).has(n)
      );
    if (box === undefined) return false;
    const [w, h] = this.size;
    this.scale = Math.max(this.scale, 0.6);
    this.x = box.x + box.w / 2 - w / this.scale / 2;
    this.y = box.y + Math.min(box.h, 60) / 2 - h / this.scale / 2;
    this.draw();
    return true;
  }
  draw() {
    if (this.waits) return;
    this.waits = true;
    requestAnimationFrame(() => {
      this.waits = false;
      this.paint();
    });
  }
  paint() {
    const [w, h] = this.size, ratio = globalThis.devicePixelRatio || 1, { scale } = this;
    if (this.canvas.width !== w * ratio || this.canvas.height !== h * ratio) {
      this.canvas.width = w * ratio;
      this.canvas.height = h * ratio;
    }
    const g = this.canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, w, h);
    g.setTransform(ratio * scale, 0, 0, ratio * scale, -this.x * scale * ratio, -this.y * scale * ratio);
    const left = this.x, top = this.y, right = left + w / scale, bottom = top + h / scale;
    const sees = (x1, y1, x2, y2) => x2 >= left && x1 <= right && y2 >= top && y1 <= bottom;
    const boxes = this.scene.boxes.filter((b) => sees(b.x, b.y, b.x + b.w, b.y + b.h));
    for (const box of boxes) if (box.isOpen) this.frame(g, box);
    const lines = this.scene.lines.filter((l) => sees(l.x1, l.y1, l.x2, l.y2));
    const groups = [["#8a93a1", [], 1 / Math.max(scale, 0.3) ** 0.5], ["#1648c8", [5, 3], 1.4], ["#d00000", [], 2]];
    const written = [];
    groups.forEach(([color, dash, width], group) => {
      const list = lines.filter((l) => {
        const own = chosen >= 0 && (l.from === chosen || l.to === chosen);
        return (own ? 2 : l.isUpdate ? 1 : 0) === group;
      });
      g.beginPath();
      for (const { points } of list) trace(g, points);
      g.strokeStyle = g.fillStyle = color;
      g.lineWidth = width;
      g.setLineDash(dash);
      g.stroke();
      g.setLineDash([]);
      if (scale < 0.3) return;
      g.beginPath();
      for (const { points } of list) {
        const [x, y] = points[points.length - 1];
        g.moveTo(x, y);
        g.lineTo(x - 3.5, y - 7);
        g.lineTo(x + 3.5, y - 7);
      }
      g.fill();
      if (scale < 0.75) return;
      g.font = "9px system-ui, sans-serif";
      g.fillStyle = "#5b6472";
      g.textAlign = "left";
      for (const { points, label } of list) {
        if (label === "") continue;
        const [[x1, y1], [x2, y2]] = points.slice(-2), x = (x1 + x2) / 2 + 4, y = (y1 + y2) / 2;
        // One that would lie over another is left out.
        if (written.some((one) => Math.abs(one.y - y) < 10 && Math.abs(one.x - x) < 6 * label.length)) continue;
        written.push({ x, y });
        g.fillText(label, x, y);
      }
    });
    for (const box of boxes) if (!box.isOpen) this.node(g, box);
  }
  mark(g, n, box) {
    let color = marks.get(n), width = 3;
    const folded = nodes[n].inner !== undefined && !box.isOpen ? inside(nodes[n].inner) : null;
    if (color === undefined && folded !== null) {
      for (const [one, other] of marks) if (folded.has(one)) color = other;
    }
    if (hits.has(n)) color = "#d00000";
    if (n === chosen || folded !== null && folded.has(chosen)) [color, width] = ["#d00000", 4];
    g.strokeStyle = color ?? "#444b57";
    g.lineWidth = color === undefined ? 1 : width / Math.min(1, Math.max(this.scale, 0.2));
  }
  frame(g, box) {
    const node = nodes[box.n];
    g.beginPath();
    g.roundRect(box.x, box.y, box.w, box.h, 8);
    g.fillStyle = "#fbfcfe";
    g.fill();
    this.mark(g, box.n, box);
    g.stroke();
    g.fillStyle = node.color;
    g.beginPath();
    g.roundRect(box.x + 1, box.y + 1, box.w - 2, HEAD - 2, [7, 7, 0, 0]);
    g.fill();
    this.text(g, node, box, box.y + HEAD / 2, "−");
  }
  node(g, box) {
    const node = nodes[box.n], { x, y, w, h } = box;
    g.fillStyle = node.color;
    this.mark(g, box.n, box);
    if (this.scale < 0.12) {
      g.fillRect(x, y, w, h);
      if (g.lineWidth > 1) g.strokeRect(x, y, w, h);
      return;
    }
    g.beginPath();
    if (node.kind === "op") g.ellipse(x + w / 2, y + h / 2, w / 2, h / 2, 0, 0, 7);
    else g.roundRect(x, y, w, h, node.kind === "kernel" ? 6 : 0);
    g.fill();
    g.stroke();
    this.text(g, node, box, y + h / 2, "+");
  }
  text(g, node, { x, w }, middle, sign) {
    if (this.scale < 0.3) return;
    g.font = FONT;
    g.fillStyle = "#111";
    g.textBaseline = "middle";
    g.textAlign = "center";
    const room = node.inner === undefined ? 0 : 18;
    g.fillText(short(node.label), x + (w - room) / 2, middle);
    if (room > 0) g.fillText(sign, x + w - 13, middle);
  }
}

function trace(g, points) {
  let [x1, y1] = points[0];
  g.moveTo(x1, y1);
  for (const [x2, y2] of points.slice(1)) {
    const middle = (y1 + y2) / 2;
    if (Math.abs(x1 - x2) < 0.5) g.lineTo(x2, y2);
    else g.bezierCurveTo(x1, middle, x2, middle, x2, y2);
    x1 = x2;
    y1 = y2;
  }
}

function toggle(n, by) {
  if (nodes[n].inner === undefined) return;
  const before = by && by.scene.boxes.findLast((box) => box.n === n);
  if (open.has(n)) open.delete(n);
  else open.add(n);
  panes.forEach((pane) => pane.rebuild());
  const after = by && by.scene.boxes.findLast((box) => box.n === n);
  if (before && after) {
    by.x += after.x - before.x;
    by.y += after.y - before.y;
  }
}

// The kernels of an op; of one that was rewritten, those of what its line has become.
function kernelsFor(n) {
  const own = kernelsOf.get(n);
  if (own !== undefined) return own.map((k) => nodeOfKernel.get(k));
  const same = (byPlace.get(nodes[n].place) ?? []).filter((one) => kernelsOf.has(one));
  const alike = same.filter((one) => nodes[one].label === nodes[n].label);
  const found = (alike.length > 0 ? alike : same).flatMap((one) => kernelsOf.get(one));
  return [...new Set(found)].map((k) => nodeOfKernel.get(k));
}

function choose(n) {
  chosen = n;
  marks.clear();
  for (const piece of document.querySelectorAll(".piece.chosen")) piece.classList.remove("chosen");
  if (n < 0) id("facts").replaceChildren(...hint());
  else {
    const node = nodes[n], related = node.kernel === undefined ? kernelsFor(n) : kernels[node.kernel].ops;
    for (const one of node.kernel === undefined ? [n] : related) {
      for (const same of byPlace.get(nodes[one].place) ?? []) marks.set(same, "#e9b949");
    }
    for (const one of related) marks.set(one, "#e8590c");
    for (const v of node.v === undefined ? [] : [node.v]) {
      for (const piece of document.querySelectorAll('.piece[data-v="' + v + '"]')) piece.classList.add("chosen");
    }
    id("facts").replaceChildren(...factsOf(n, node, related));
  }
  panes.forEach((pane) => pane.draw());
}

function go(n) {
  choose(n);
  if (nodes[n].kernel !== undefined && !panes.some((pane) => pane.reveal(n))) {
    panes[1].show(data.stages.findIndex(({ plan }) => plan === kernels[nodes[n].kernel].plan));
  }
  panes.forEach((pane) => pane.reveal(n));
}

function hint() {
  return [
    element("h3", {}, data.title),
    element("p", {}, "Click on a node to see what it is. Drag to move, turn the wheel to zoom; + and −, or a double click, unfold loops and kernels."),
    element("p", {}, "A click on a kernel marks its ops, one on an op its kernels; what was made in the same line is marked yellow."),
    ...kernels.length === 0 || nodes.some(({ facts }) => facts.some(([name]) => name === "milliseconds"))
      ? []
      : [element("p", {}, "Of functions that are compiled with profile: true, kernels show their times here, too.")],
  ];
}

function factsOf(n, node, related) {
  const row = ([name, value]) => element("tr", {}, element("th", {}, name), element("td", {}, value));
  const chips = (list) => element("p", {}, ...list.map((one) =>
    element("button", { className: "chip", onclick: () => go(one) }, short(nodes[one].label))
  ));
  const parts = [element("h3", {}, node.label)];
  const rows = [
    ...node.types.map((type) => ["type", type]),
    ...node.facts,
    ...node.place === "" ? [] : [[node.call || "made", "at " + node.place]],
  ];
  parts.push(element("table", {}, ...rows.map(row)));
  if (node.inner !== undefined) {
    parts.push(element("p", {}, element("button", { onclick: () => { toggle(n); choose(n); } }, open.has(n) ? "fold" : "unfold")));
  }
  if (node.kernel === undefined) {
    if (related.length > 0) parts.push(element("h2", {}, (related.length === 1 ? "in the kernel" : "in the kernels") + (kernelsOf.has(n) ? "" : " of its line")), chips(related));
    return parts;
  }
  const kernel = kernels[node.kernel];
  if (kernel.ops.length > 0) parts.push(element("h2", {}, "made of"), chips(kernel.ops.slice(0, 60)));
  const places = [...new Set(kernel.ops.map((op) => nodes[op].place).filter((place) => place !== ""))];
  if (places.length > 0) parts.push(element("h2", {}, "in your lines"), element("pre", {}, places.slice(0, 20).join("\\n")));
  if (kernel.text >= 0) parts.push(element("h2", {}, data.textKind), element("pre", { id: "text" }, data.texts[kernel.text]));
  return parts;
}

function find() {
  const words = id("find").value.toLowerCase();
  hits = new Set();
  if (words !== "") {
    nodes.forEach((node, n) => {
      const all = [node.label, node.place, ...node.types].join("\\n").toLowerCase();
      if (all.includes(words)) hits.add(n);
    });
    // Folded nodes stand for what is in them.
    nodes.forEach((node, n) => {
      if (node.inner === undefined) return;
      for (const one of inside(node.inner)) if (hits.has(one)) return void hits.add(n);
    });
  }
  const shown = panes.map(({ scene }) => scene.boxes.filter(({ n }) => hits.has(n)).length);
  id("found").textContent = words === "" ? "" : shown.join(" and ") + " shown";
  panes.forEach((pane) => pane.draw());
}

let nextHit = 0;
id("find").oninput = () => { nextHit = 0; find(); };
id("find").onkeydown = (event) => {
  if (event.key !== "Enter") return;
  const seen = [...new Set(panes.flatMap(({ scene }) => scene.boxes.map(({ n }) => n)))].filter((n) => hits.has(n));
  if (seen.length > 0) go(seen[nextHit++ % seen.length]);
};

function rewrite(number) {
  id("at").value = number;
  id("number").textContent = number + " of " + data.rewrites.length;
  marks.clear();
  if (number === 0) {
    id("rule").replaceChildren("Move the slider through the rewrites: each with its law, its place, and what it replaced by what.");
    return void panes.forEach((pane) => pane.draw());
  }
  const one = data.rewrites[number - 1];
  if (panes[1].stage !== one.stage) panes[1].show(one.stage);
  id("rule").replaceChildren(
    element("b", {}, one.rule), " in the phase " + one.phase + (one.depth > 0 ? ", in the step of a loop" : "") +
      (one.place === "" ? "" : ", made at " + one.place) + ": " + data.laws[one.rule],
    element("code", {}, one.before), element("code", {}, "→ " + one.after),
  );
  // What was written became what is replaced here, and that in the end what is left.
  let [first, last] = one.ids;
  for (let i = number - 2; i >= 0 && !byVariable.has(first); i--) {
    if (data.rewrites[i].ids[1] === first) first = data.rewrites[i].ids[0];
  }
  for (let i = number; i < data.rewrites.length && !byVariable.has(last); i++) {
    if (data.rewrites[i].ids[0] === last) last = data.rewrites[i].ids[1];
  }
  const before = byVariable.get(first) ?? [], after = byVariable.get(last) ?? [];
  for (const n of byPlace.get(one.place) ?? []) marks.set(n, "#e9b949");
  for (const n of before) marks.set(n, "#e8590c");
  for (const n of after) marks.set(n, "#2b8a3e");
  if (after.length > 0) panes[1].reveal(after[0]);
  if (before.length > 0) panes[0].reveal(before[0]);
  panes.forEach((pane) => pane.draw());
}

const panes = [];
panes.push(new Pane("left", 0));
panes.push(new Pane("right", data.first));
id("at").oninput = (event) => rewrite(Number(event.target.value));
id("before").onclick = () => rewrite(Math.max(0, Number(id("at").value) - 1));
id("after").onclick = () => rewrite(Math.min(data.rewrites.length, Number(id("at").value) + 1));
rewrite(0);
choose(-1);
for (const row of document.querySelectorAll("[data-kernel]")) {
  row.onclick = () => go(nodeOfKernel.get(Number(row.dataset.kernel)));
}
for (const piece of document.querySelectorAll(".piece")) {
  piece.onclick = () => {
    const [n] = byVariable.get(Number(piece.dataset.v)) ?? [];
    if (n !== undefined) go(n);
    piece.classList.add("chosen");
  };
}
`;

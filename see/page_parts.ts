/**
 * The style and the program of pages.
 *
 * @module
 */

/** How pages look. */
export const style = `
body{font:14px sans-serif;margin:0;background:#fafafa;color:#222}
header{display:flex;gap:1.2em;align-items:baseline;padding:.4em 1em;background:#fff;border-bottom:1px solid #ccc;flex-wrap:wrap}
h1{font-size:18px;margin:0}h2{font-size:13px;margin:.3em 1em;color:#555}
main{display:flex}section{flex:1;min-width:0;border-right:1px solid #ccc}
.pane{height:56vh;overflow:hidden;background:#fff;cursor:grab;border-top:1px solid #eee}
.pane svg{width:100%;height:100%}
#rule{padding:.3em 1em;min-height:3.6em;font-family:monospace;white-space:pre-wrap;background:#fffbe8;border-bottom:1px solid #ddd}
pre{margin:0;padding:.6em 1em;white-space:pre-wrap;font-size:12px}
.n{cursor:pointer}.n.hit>:first-child{stroke:#d00;stroke-width:3}.n.was>:first-child{stroke:#f80;stroke-width:4}
.fold .step{display:none}summary{padding:.4em 1em;cursor:pointer}
`;

/** What pages do. */
export const script = `
const data = JSON.parse(document.getElementById("data").textContent);
const id = (name) => document.getElementById(name);
function pane(box, svg) {
  box.innerHTML = svg;
  const root = box.firstElementChild;
  let [x, y, w, h] = root.getAttribute("viewBox").split(" ").map(Number);
  const show = () => root.setAttribute("viewBox", [x, y, w, h].join(" "));
  root.removeAttribute("width");
  root.removeAttribute("height");
  box.onwheel = (event) => {
    event.preventDefault();
    const scale = event.deltaY > 0 ? 1.2 : 1 / 1.2, area = box.getBoundingClientRect();
    const fx = (event.clientX - area.x) / area.width, fy = (event.clientY - area.y) / area.height;
    x += w * fx * (1 - scale); y += h * fy * (1 - scale); w *= scale; h *= scale;
    show();
  };
  box.onpointermove = (event) => {
    if (event.buttons !== 1) return;
    const area = box.getBoundingClientRect(), scale = Math.max(w / area.width, h / area.height);
    x -= event.movementX * scale; y -= event.movementY * scale;
    show();
  };
  box.onclick = (event) => {
    const node = event.target.closest(".n");
    if (node !== null) id("facts").textContent = node.querySelector("title").textContent;
  };
}
function find() {
  const words = id("find").value.toLowerCase();
  for (const node of document.querySelectorAll(".n")) {
    const text = node.querySelector("title").textContent.toLowerCase();
    node.classList.toggle("hit", words !== "" && text.includes(words));
  }
}
function stage(number) {
  id("stage").value = number;
  id("name").textContent = data.stages[number].name;
  pane(id("right"), data.stages[number].svg);
  find();
}
function rewrite(number) {
  id("number").textContent = number + " of " + data.rewrites.length;
  for (const node of document.querySelectorAll(".was")) node.classList.remove("was");
  if (number === 0) return void (id("rule").textContent = "Move the slider through the rewrites.");
  const one = data.rewrites[number - 1];
  if (Number(id("stage").value) !== one.stage) stage(one.stage);
  const place = one.place === "" ? "" : ", " + one.place;
  id("rule").textContent = one.rule + " (" + one.phase + place + "): " + one.law + "\\n  " + one.before + "\\n  -> " + one.after;
  for (const v of one.ids) {
    for (const node of document.querySelectorAll('.n[data-v="' + v + '"]')) node.classList.add("was");
  }
}
pane(id("left"), data.stages[0].svg);
stage(data.stages.length - 1);
rewrite(0);
id("stage").onchange = (event) => stage(Number(event.target.value));
id("at").oninput = (event) => rewrite(Number(event.target.value));
id("find").oninput = find;
id("fold").onchange = (event) => document.body.classList.toggle("fold", event.target.checked);
`;

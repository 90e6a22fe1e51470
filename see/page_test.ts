import { assert, assertEquals, assertRejects } from "@std/assert";
import { compile, FileError, grad, scan, shared, T } from "../all.ts";
import { onDevices } from "../dev/testing/devices.ts";
import { graphPage } from "./all.ts";
import { memoryOf } from "./memory.ts";
import type { PageData, PageNode } from "./page_data.ts";
import { plansOf } from "./plans.ts";
import { executorOf } from "../core/runtime/callable.ts";

function dataOf(page: string): PageData {
  return JSON.parse(page.match(/id="data">(.*?)<\/script>/s)![1]!);
}

/** A loop with its gradient, updates in place, and a choice. */
async function train(device: "cpu" | "gpu") {
  const x = T.fmatrix("x"), w = shared(new Float32Array([0.5, 0.25]), { name: "w <&>" });
  const [h] = scan((row, sum) => T.tanh(sum.add(row.dot(w))), {
    sequences: x,
    outputsInfo: T.constant(0, "float32"),
    name: "walk",
  });
  const cost = T.sqr(h.at(-1)).mul(1), chosen = T.ifelse(cost.gt(0.5), T.exp(cost), T.cos(cost));
  const f = await compile([x], [cost, chosen], {
    updates: [[w, w.sub(grad(cost, w))]],
    name: "train",
    device,
    profile: true,
  });
  await f([[1, 2], [3, 4], [5, 6]])[0]!.data();
  return { f, cost };
}

const onCpu = await train("cpu"), { f, cost } = onCpu;

Deno.test("a page holds all stages and rewrites, and nothing from elsewhere", () => {
  for (const page of [graphPage(f), graphPage([cost], { title: "a </script> title" })]) {
    const { nodes, graphs, stages, rewrites, laws, labels } = dataOf(page);
    const isFunction = !page.includes("title</title>");
    assert(stages.length > 2 && stages[0]!.name === "as it is written");
    assertEquals(stages.at(-1)!.name === "the kernels", isFunction);
    for (const { nodes: list, edges } of graphs) {
      assertEquals(edges.length % 4, 0);
      assert(list.every((n) => nodes[n] !== undefined) && new Set(list).size === list.length);
      for (let e = 0; e < edges.length; e += 4) {
        assert(
          edges[e]! < list.length && edges[e + 1]! < list.length && edges[e + 2]! < labels.length,
        );
      }
    }
    for (const { inner } of nodes) assert(inner === undefined || graphs[inner] !== undefined);
    const one = rewrites.find(({ rule }) => rule === "mul-one")!;
    assert(one.place.includes("page_test.ts:22") && one.stage > 0, JSON.stringify(one));
    assertEquals(laws["mul-one"], "x * 1 -> x");
    const [, json] = page.match(/id="data">(.*?)<\/script>/s)!;
    assert(!/(?:src|href|url)=/.test(page.replace(json!, "")), "it loads something");
    assertEquals(page.match(/<script/g)!.length, 2);
    assert(page.includes(isFunction ? "w &lt;&amp;&gt;" : "a &lt;/script&gt; title"));
  }
});

Deno.test("a call that has no plan yet, and a graph without rewrites, have pages", async () => {
  const x = T.fvector("x"), g = await compile([x], x, { device: "cpu" });
  for (const page of [graphPage(g), graphPage(x)]) {
    const { stages, kernels } = dataOf(page);
    assertEquals(stages.map(({ name }) => name), ["as it is written", "after rewriting: the same"]);
    assertEquals(kernels, []);
  }
});

onDevices("kernels say what they are made of, and hold their text", async (device) => {
  const { f } = device === "cpu" ? onCpu : await train("gpu");
  const { nodes, graphs, stages, kernels, texts, textKind } = dataOf(graphPage(f));
  const steps = nodes.filter(({ kind }) => kind === "kernel"),
    labels = (list: readonly number[]) => list.map((n) => nodes[n]!.label);
  assertEquals(steps.length, kernels.length);
  const isIn = (node: PageNode | undefined, words: string) =>
    node !== undefined && JSON.stringify(node.facts).includes(words);
  // The loop is the scan; its kernels are made of the ops of the scan's step.
  const loop = steps.find(({ label }) => label === "loop walk")!;
  assertEquals(labels(kernels[loop.kernel!]!.ops), ["Scan{walk}"]);
  assert(isIn(loop, '"loop of 3 steps"') && isIn(loop, '"because"'));
  const inside = graphs[loop.inner!]!.nodes.map((n) => nodes[n]!);
  const step = inside.find(({ kernel, label }) => kernel !== undefined && /tanh|add/.test(label))!;
  const ops = labels(kernels[step.kernel!]!.ops);
  assert(ops.includes("tanh") && ops.includes("add") && !ops.includes("Scan{walk}"), ops.join());
  assertEquals(kernels[step.kernel!]!.depth, 1);
  // What starts the loop has nothing of its step.
  for (const { kernel, label } of steps) {
    if (!label.includes("start")) continue;
    assert(!labels(kernels[kernel!]!.ops).includes("tanh"), label);
  }
  // A choice has its sides; the update is in place and has the ops of its new value.
  const choice = steps.find(({ color }) => color === "#ff66ff")!;
  assertEquals(labels(graphs[choice.inner!]!.nodes), ["then", "else"]);
  const update = steps.find((node) => isIn(node, '["in place","w <&>"]'))!;
  assert(labels(kernels[update.kernel!]!.ops).includes("sub"));
  const last = graphs[stages.at(-1)!.graph]!;
  assert(labels(last.nodes).includes("new w <&>, in place"));
  assert(last.edges.some((value, i) => i % 4 === 3 && value === 1));
  // All that the function computes by itself is in a kernel.
  const all = new Set(kernels.flatMap(({ ops }) => ops));
  for (const n of graphs[stages.at(-2)!.graph]!.nodes) {
    const { kind, label } = nodes[n]!;
    if (kind === "op" && /^(tanh|sqr|mul|sub|exp|cos|gt|Scan|Matmul)/.test(label)) {
      assert(all.has(n), label);
    }
  }
  assertEquals(textKind, device === "cpu" ? "WebAssembly" : "WGSL");
  for (const { text } of kernels) {
    assert(
      texts[text]!.includes(
        device === "cpu" ? "(func $run (param i32) (result i32)" : "@compute",
      ),
    );
  }
  if (device === "cpu") assert(isIn(loop, '"milliseconds"'), "it has no time");
});

Deno.test("all plans of a function are there, each with its times, and those that compute lengths first", async () => {
  const x = T.fvector("x"), many = T.exp(x.at(T.nonzero(x)[0]!)).sum();
  const f = await compile([x], many, { device: "cpu", profile: true });
  for (const values of [[1, 0, 2], [0, 0, 3, 4], [5, 6, 7, 8, 9]]) f(values);
  const { stages, nodes, kernels } = dataOf(graphPage(f));
  const plans = stages.filter(({ plan }) => plan !== undefined);
  assert(plans.length > 1 && plans.at(-1)!.name === `the kernels of plan ${plans.length}`);
  for (const { kernel, facts } of nodes) {
    if (kernel === undefined) continue;
    assert(facts.some(([name]) => name === "milliseconds"), kernels[kernel]!.plan.toString());
  }
  const labels = nodes.flatMap(({ kernel }) => kernel === undefined ? [] : kernels[kernel]!.ops)
    .map((n) => nodes[n]!.label);
  assert(labels.includes("exp"), labels.join());
});

Deno.test("memory over time: who is there when, the peak, and what is written in place", () => {
  const [view] = plansOf(executorOf(f)), memory = memoryOf(view!);
  const names = memory.pieces.map(({ decl }) => decl.name);
  assert(names.includes("x") && names.includes("w <&>"));
  for (const { decl: { role }, first, last } of memory.pieces) {
    assert(0 <= first && first <= last && last < memory.steps);
    if (role.kind !== "temp") assertEquals(last, memory.steps - 1);
  }
  const at = (time: number) =>
    memory.pieces.reduce(
      (sum, { first, last, bytes }) => sum + (first <= time && time <= last ? bytes : 0),
      0,
    );
  const totals = Array.from({ length: memory.steps }, (_, time) => at(time));
  assertEquals(memory.peak, Math.max(...totals));
  assertEquals(at(memory.peakTime), memory.peak);
  const update = memory.writes.find(({ buffer }) =>
    view!.program.buffers[buffer]!.name === "w <&>"
  )!;
  assertEquals(update.time, memory.steps - 1);
  const page = graphPage(f);
  assertEquals(page.match(/class="inplace"/g)!.length, memory.writes.length);
  assertEquals(page.match(/class="piece"/g)!.length, memory.pieces.length);
});

Deno.test("a function is shown in a file, and by notebooks", async () => {
  const folder = await Deno.makeTempDir({ prefix: "croton show " });
  try {
    const path = `${folder}/a page.html`;
    const shown = await f.show({ path, title: "mine" });
    assertEquals(await Deno.readTextFile(path), shown.html);
    assert(shown.html.includes("<h1>mine</h1>"));
    assertEquals(shown.address, `file://${path.replaceAll(" ", "%20")}`);
    const display = (shown as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!.call(shown);
    const frame = display["text/html"]!;
    assert(frame.startsWith("<iframe") && !frame.slice(8, -9).includes("<"));
    await assertRejects(() => f.show({ path: `${folder}/none/page.html` }), FileError, "none");
    await assertRejects(() => f.show({ file: "x" } as object), TypeError, '"file"');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

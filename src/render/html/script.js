"use strict";
(() => {
const SVG = "http://www.w3.org/2000/svg";
const root = document.documentElement;
const by = (id) => document.getElementById(id);
const facts = JSON.parse(by("facts").textContent);
const { nodes, links, bands, boxes, lines, dots, columns, paths, unit } = facts;
const language = () => (root.lang === "ja" ? 0 : 1);
const say = (pair) => pair[language()];
const number = (count) => count.toLocaleString(root.lang);
const WORDS = {
  chooseNone: ["（経路を選ぶ）", "(choose a path)"], noPath: ["通り抜ける経路はない", "no path gets through"],
  node: ["ノード", "Node"], kind: ["種類", "Kind"], zone: ["領域", "Zone"], noZone: ["領域なし", "without a zone"],
  address: ["アドレス", "Addresses"], line: ["文書の行", "Line"], title: ["名称", "Title"], machines: ["台数", "Machines"],
  links: ["リンク", "Links"], allVlans: ["すべての VLAN", "all VLANs"], oneWay: ["一方向", "one way"],
  expand: ["この拠点を展開する", "Expand this site"], collapse: ["この拠点を折りたたむ", "Collapse this site"],
  site: ["拠点", "Site"], members: ["台", "machines"], more: ["さらに表示", "Show more"],
  found: ["件が該当", "found"], close: ["閉じる", "Close"], packet: ["パケット", "Packet"], transfer: ["受渡し", "Transfer"],
  hop: ["ホップ", "hop"], nothing: ["該当なし", "nothing found"], within: ["所属", "Within"],
};
const word = (name) => say(WORDS[name]);

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};
const draw = (tag, attributes = {}, text) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

// ---- Language and theme.
const languageButtons = [...document.querySelectorAll("button[data-lang]")];
const setLanguage = (lang) => {
  root.lang = lang;
  for (const button of languageButtons) button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  fillPaths();
  refresh();
};
const THEMES = ["", "light", "dark"];
const nextTheme = () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? THEMES[1] : THEMES[2];
};

// ---- The drawing.
const svg = by("diagram"), canvas = by("canvas"), panel = by("panel"), live = by("live");
const boxElements = [...svg.querySelectorAll("[data-box]")];
const lineElements = [...svg.querySelectorAll("[data-line]")];
const dotElements = [...svg.querySelectorAll("[data-dot]")];
const vlanElements = new Map([...svg.querySelectorAll("[data-vlan]")].map((one) => [+one.dataset.vlan, one]));
const bandElements = new Map([...svg.querySelectorAll("[data-band]")].map((one) => [+one.dataset.band, one]));
const areas = [...svg.querySelectorAll("#areas rect")];
const bandTop = bands.map((band) => band[0]);
let [width, height] = facts.size;
const areaMargin = height - (areas.length ? +areas[0].getAttribute("height") : 0);
const inBand = bands.map(() => []);
nodes.box.forEach((box, node) => inBand[boxes[box][0]].push(node));
const linesOf = boxes.map(() => []);
lines.forEach(([one, other], at) => { linesOf[one].push(at); linesOf[other].push(at); });
// Sites that are open: band → { group, height, at: node → [x, y, width, height] }.
const open = new Map();
let neighbours = null;
const linksOf = (node) => {
  if (!neighbours) {
    neighbours = nodes.id.map(() => []);
    for (let at = 0; at < links.flat.length; at += 4) {
      neighbours[links.flat[at]].push(at / 4);
      neighbours[links.flat[at + 1]].push(at / 4);
    }
  }
  return neighbours[node];
};

const wayOf = (line) => {
  const corners = lines[line][2];
  let way = "";
  for (let at = 0; at < corners.length; at += 3) {
    way += `${at ? "L" : "M"}${corners[at]} ${bandTop[corners[at + 1]] + corners[at + 2]}`;
  }
  return way;
};
// Where a node is drawn: [x, y, width, height].
const placeOf = (node) => {
  const [band, , x, y, what] = boxes[nodes.box[node]];
  const opened = open.get(band);
  if (opened && opened.at.has(node)) {
    const [left, top, wide, high] = opened.at.get(node);
    return [left, bandTop[band] + top, wide, high];
  }
  return [x, bandTop[band] + y, unit.width, unit.height, what];
};
const hidden = (box) => boxes[box][4] !== 0 && open.has(boxes[box][0]);

// Puts everything where the heights of the bands now say.
const settle = () => {
  let top = bandTop[0];
  bands.forEach((band, at) => {
    bandTop[at] = top;
    top += open.has(at) ? Math.max(open.get(at).height, band[1]) : band[1];
  });
  const grown = top - bands.reduce((sum, band) => sum + band[1], bandTop[0]);
  height = facts.size[1] + grown;
  areas.forEach((area) => area.setAttribute("height", height - areaMargin));
  bandElements.forEach((line, band) => {
    line.setAttribute("y1", bandTop[band]);
    line.setAttribute("y2", bandTop[band]);
  });
  boxElements.forEach((element, at) => {
    const [band, , x, y] = boxes[at];
    element.setAttribute("transform", `translate(${x},${bandTop[band] + y})`);
    element.style.display = hidden(at) ? "none" : "";
  });
  lineElements.forEach((element, at) => {
    element.setAttribute("d", wayOf(at));
    const gone = lines[at][0] !== lines[at][1] && boxes[lines[at][0]][0] === boxes[lines[at][1]][0]
      && (hidden(lines[at][0]) || hidden(lines[at][1]));
    element.style.display = gone ? "none" : "";
    const text = vlanElements.get(at);
    if (text) {
      const corners = lines[at][2];
      text.setAttribute("y", bandTop[corners.at(-2)] + corners.at(-1) - 3);
      text.style.display = gone ? "none" : "";
    }
  });
  dotElements.forEach((element, at) => {
    const [, band, y, line] = dots[at];
    element.setAttribute("cy", bandTop[band] + y);
    element.style.display = lineElements[line].style.display;
  });
  open.forEach((opened, band) => opened.group.setAttribute("transform", `translate(0,${bandTop[band]})`));
  view();
  light();
};

// ---- Zoom.
let zoom = null; // [x, y, width] or the whole
// On a small screen the drawing has a size of its own and its frame is scrolled.
const small = matchMedia("(max-width:56rem)");
let scale = 1;
const scaled = (next, x, y) => {
  const [u, v] = [x ?? (canvas.scrollLeft + canvas.clientWidth / 2) / scale, y ?? (canvas.scrollTop + canvas.clientHeight / 2) / scale];
  scale = Math.min(Math.max(next, canvas.clientWidth / Math.max(width, 1) / 2), 4);
  view();
  canvas.scrollTo(u * scale - canvas.clientWidth / 2, v * scale - canvas.clientHeight / 2);
};
const view = () => {
  if (small.matches) {
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    canvas.style.height = "";
    [svg.style.width, svg.style.height] = [`${width * scale}px`, `${height * scale}px`];
    return;
  }
  [svg.style.width, svg.style.height] = ["", ""];
  const tall = Math.min(innerHeight * 0.78, Math.max((canvas.clientWidth * height) / width, 300));
  canvas.style.height = `${Math.round(tall)}px`;
  const [x, y, wide] = zoom ?? [0, 0, width];
  const high = zoom ? wide * (canvas.clientHeight / Math.max(canvas.clientWidth, 1)) : height;
  svg.setAttribute("viewBox", `${x} ${y} ${wide} ${high}`);
};
const whole = () => {
  zoom = null;
  if (small.matches) scale = Math.min(canvas.clientWidth / Math.max(width, 1), 1);
  view();
};
// Tall networks open at their top in a readable size.
const begin = () => {
  if (small.matches) return view();
  const shape = canvas.clientWidth / Math.max(canvas.clientHeight, 1);
  if (height * shape > width * 1.6) {
    zoom = [0, 0, width];
  }
  view();
};
const factor = (by, x, y) => {
  if (small.matches) return scaled(scale / by, x, y);
  const [left, top, wide] = zoom ?? [0, 0, Math.max(width, height * (canvas.clientWidth / Math.max(canvas.clientHeight, 1)))];
  const high = wide * (canvas.clientHeight / Math.max(canvas.clientWidth, 1));
  const next = Math.min(Math.max(wide * by, 260), Math.max(width, height) * 3);
  const [u, v] = [x ?? left + wide / 2, y ?? top + high / 2];
  zoom = [u - ((u - left) / wide) * next, v - ((v - top) / wide) * next, next];
  view();
};
const reveal = ([x, y, wide, high]) => {
  if (small.matches) {
    canvas.scrollTo((x + wide / 2) * scale - canvas.clientWidth / 2, (y + high / 2) * scale - canvas.clientHeight / 2);
    return;
  }
  const box = svg.viewBox.baseVal;
  if (x < box.x || y < box.y || x + wide > box.x + box.width || y + high > box.y + box.height) {
    const size = zoom ? zoom[2] : Math.min(width, 1400);
    const tall = size * (canvas.clientHeight / Math.max(canvas.clientWidth, 1));
    zoom = [Math.max(Math.min(x + wide / 2 - size / 2, width - size), Math.min(0, width - size)), y + high / 2 - tall / 2, size];
    view();
  }
};
const pointIn = (event) => {
  const matrix = svg.getScreenCTM();
  return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : new DOMPoint(0, 0);
};
canvas.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const at = pointIn(event);
  factor(event.deltaY > 0 ? 1.2 : 1 / 1.2, at.x, at.y);
}, { passive: false });
let drag = null;
svg.addEventListener("pointerdown", (event) => {
  if (small.matches) return;
  drag = { x: event.clientX, y: event.clientY, moved: false, from: zoom ?? [0, 0, svg.viewBox.baseVal.width] };
});
addEventListener("pointermove", (event) => {
  if (!drag) return;
  const matrix = svg.getScreenCTM();
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!matrix || (!drag.moved && Math.hypot(dx, dy) < 5)) return;
  if (!drag.moved && !zoom) drag.from = [0, 0, Math.max(width, height * (canvas.clientWidth / Math.max(canvas.clientHeight, 1)))];
  drag.moved = true;
  canvas.classList.add("moving");
  zoom = [drag.from[0] - dx / matrix.a, drag.from[1] - dy / matrix.a, drag.from[2]];
  view();
});
addEventListener("pointerup", () => {
  canvas.classList.remove("moving");
  const moved = drag?.moved;
  drag = null;
  if (moved) addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
});

// ---- Sites on demand.
const SMALL = { width: 104, height: 17, gap: 4 };
const fit = (text, most) => {
  const letters = [...text];
  let wide = 0;
  for (let at = 0; at < letters.length; at += 1) {
    wide += letters[at].codePointAt(0) > 0x2e7f ? 2 : 1;
    if (wide > most) return letters.slice(0, Math.max(at - 1, 1)).join("") + "…";
  }
  return text;
};
const areaColumns = [...nodes.area].sort((one, other) => one - other);
const nodeBox = (node, x, y, wide, high) => {
  const group = draw("g", { class: "box small", transform: `translate(${x},${y})`, role: "button", tabindex: "-1", "data-node": node });
  const zone = nodes.zone[node];
  const kin = zone < 0 ? null : areas[areaColumns.indexOf(nodes.area[zone])];
  const colour = kin ? [...kin.classList].find((name) => name.startsWith("zone-")) : nodes.endpoint[node] ? "bare" : "forwarder";
  group.append(
    draw("rect", { class: colour, width: wide, height: high, rx: nodes.endpoint[node] ? 6 : 2 }),
    draw("text", { x: 6, y: high / 2 + 3.5 }, fit(nodes.id[node], wide > 110 ? 24 : 18)),
  );
  return group;
};
const expand = (band) => {
  if (open.has(band) || band === 0) return;
  const at = new Map(), group = draw("g", { "data-open": band });
  const byHome = new Map();
  const head = bands[band][2];
  byHome.set(head, []);
  for (const node of inBand[band]) {
    const home = nodes.home[node];
    if (!byHome.has(home)) byHome.set(home, []);
    if (home !== node) byHome.get(home).push(node);
  }
  let y = unit.top;
  const wires = [];
  const place = (node, x, top, wide, high) => {
    at.set(node, [x, top, wide, high]);
    group.append(nodeBox(node, x, top, wide, high));
  };
  const left = columns[0][0] + unit.channel;
  for (const [home, members] of byHome) {
    if (home >= 0) place(home, left, y, unit.width, 24);
    const fill = new Map();
    for (const node of members) {
      const column = boxes[nodes.box[node]][1];
      if (!fill.has(column)) fill.set(column, []);
      fill.get(column).push(node);
    }
    let rows = 0;
    for (const [column, here] of fill) {
      const [x, wide] = columns[column];
      const first = column === 0 ? unit.width + unit.channel + 8 : 8;
      const perRow = Math.max(Math.floor((wide - first - 4) / (SMALL.width + SMALL.gap)), 1);
      here.forEach((node, index) => place(
        node, x + first + (index % perRow) * (SMALL.width + SMALL.gap),
        y + Math.floor(index / perRow) * (SMALL.height + SMALL.gap), SMALL.width, SMALL.height));
      rows = Math.max(rows, Math.ceil(here.length / perRow));
      if (home >= 0) wires.push(`M${left + unit.width} ${y - 5 + 14}H${left + unit.width + 8}V${y - 5}H${x + 4}${column ? `V${y + 8}h4` : ""}`);
    }
    if (home >= 0 && home !== head) wires.push(`M${left} ${y + 12}h-8V${unit.top + 12}h8`);
    y += Math.max(rows * (SMALL.height + SMALL.gap), 30) + 12;
  }
  group.prepend(draw("path", { class: "line", d: wires.join("") }));
  svg.querySelector("#boxes").after(group);
  open.set(band, { group, height: y + 8, at });
  settle();
};
const collapse = (band) => {
  if (!open.has(band)) return;
  open.get(band).group.remove();
  open.delete(band);
  settle();
};

// ---- Choosing.
let chosen = null; // { box } or { node } or { results } or { path, step }
const elementOf = (node) => {
  const band = boxes[nodes.box[node]][0];
  return open.get(band)?.at.has(node) ? open.get(band).group.querySelector(`[data-node="${node}"]`) : boxElements[nodes.box[node]];
};
const focusable = (element) => {
  for (const one of svg.querySelectorAll('[tabindex="0"]')) one.setAttribute("tabindex", "-1");
  element.setAttribute("tabindex", "0");
};
const mark = (element) => {
  for (const one of svg.querySelectorAll(".chosen")) one.classList.remove("chosen");
  if (element) {
    element.classList.add("chosen");
    focusable(element);
  }
};
const go = (node, show = true) => {
  const [box, band] = [nodes.box[node], boxes[nodes.box[node]][0]];
  if (show && boxes[box][4] !== 0) expand(band);
  choose({ node });
  reveal(placeOf(node));
};
const nodeButton = (node, text) => make("button", { type: "button", onclick: () => go(node) }, text ?? nodes.id[node]);
const row = (list, name, value) => {
  if (value !== undefined && value !== "") list.append(make("dt", {}, word(name)), make("dd", {}, String(value)));
};
const closeButton = () => make("button", { type: "button", onclick: () => choose(null) }, word("close"));
const someOf = (list, items, item) => {
  let shown = 0;
  const add = () => {
    items.slice(shown, shown + 100).forEach((one) => list.append(item(one)));
    shown = Math.min(shown + 100, items.length);
    if (shown < items.length) {
      const button = make("button", { type: "button", onclick: () => { button.parentElement.remove(); add(); } }, word("more"));
      list.append(make("li", {}, button));
    }
  };
  add();
  return list;
};
const siteButton = (band) => make("button", {
  type: "button", id: "site-toggle",
  onclick: () => { (open.has(band) ? collapse : expand)(band); refresh(); by("site-toggle")?.focus(); },
}, word(open.has(band) ? "collapse" : "expand"));
const nodeFacts = (node) => {
  const list = make("dl"), zone = nodes.zone[node], band = boxes[nodes.box[node]][0];
  row(list, "title", nodes.title[node] ?? "");
  row(list, "kind", say(nodes.kinds[nodes.kind[node]]));
  row(list, "zone", zone < 0 ? word("noZone") : say(nodes.zones[zone]));
  row(list, "address", nodes.address[node]);
  row(list, "machines", nodes.count[node] ?? "");
  row(list, "within", band ? nodes.id[bands[band][2]] : "");
  row(list, "line", nodes.line[node]);
  return list;
};
const nodePanel = (node) => {
  const [box, band] = [nodes.box[node], boxes[nodes.box[node]][0]];
  panel.append(make("h3", {}, nodes.id[node]), nodeFacts(node));
  if (band && boxes[box][4] !== 0) panel.append(siteButton(band));
  panel.append(make("h3", {}, word("links")));
  panel.append(someOf(make("ul"), linksOf(node), (link) => {
    const [one, other, vlans, line] = links.flat.slice(link * 4, link * 4 + 4);
    const text = [links.vlans[vlans] || word("allVlans"), links.places?.[link] ?? `${word("line")} ${line}`];
    if (links.oneWay.includes(link)) text.push(`${word("oneWay")}: ${nodes.id[one]} → ${nodes.id[other]}`);
    return make("li", {}, nodeButton(one === node ? other : one), ` ${text.join(", ")}`);
  }));
};
const boxPanel = (box) => {
  const [band, , , , what, first] = boxes[box];
  if (what === 0) return nodePanel(first);
  const here = inBand[band].filter((node) => nodes.box[node] === box);
  panel.append(make("h3", {}, what === 1 ? `${word("site")} ${nodes.id[first]}` : `${number(here.reduce((sum, node) => sum + (nodes.count[node] ?? 1), 0))} ${word("members")}`));
  if (what === 2) {
    const list = make("dl"), zone = nodes.zone[first];
    row(list, "zone", zone < 0 ? word("noZone") : say(nodes.zones[zone]));
    row(list, "within", band ? nodes.id[bands[band][2]] : "");
    panel.append(list);
  }
  if (band) panel.append(siteButton(band));
  panel.append(someOf(make("ul"), here, (node) => make("li", {}, nodeButton(node))));
};
const resultPanel = (results) => {
  panel.append(make("h3", {}, results.length ? `${number(results.length)} ${word("found")}` : word("nothing")));
  panel.append(someOf(make("ul"), results, (node) => make("li", {}, nodeButton(node), ` ${nodes.title[node] ?? ""} ${nodes.address[node]}`)));
};
const hopsOf = (path) => path.sessions.flatMap((session, at) => session.hops.map((hop, index) => ({ ...hop, session: at, first: index === 0 || session.packet === undefined })));
const pathPanel = (path, step) => {
  panel.append(make("h3", {}, say(path.message)));
  let count = 0;
  for (const session of path.sessions) {
    const [name, means] = session.packet === undefined ? ["transfer", session.transfer] : ["packet", session.packet];
    panel.append(make("p", {}, say(session.what)), make("p", {}, `${word(name)} `, make("code", {}, means)));
    const list = make("ol", { start: count + 1 });
    for (const hop of session.hops) {
      const index = count;
      const item = make("li", {}, make("button", { type: "button", onclick: () => choose({ path, step: index }) }, nodes.id[hop.node]));
      const ways = [hop.in === null ? "" : `[${hop.in}]`, hop.out === null ? "" : `[${hop.out}]`].join(" → ");
      if (hop.in !== null || hop.out !== null) item.append(` ${ways}`);
      if (hop.vlan !== null) item.append(` VLAN ${hop.vlan}`);
      for (const rule of hop.rules) item.append(make("br"), make("b", {}, say(rule)));
      if (index === step) {
        item.className = "now";
        item.setAttribute("aria-current", "step");
      }
      list.append(item);
      count += 1;
    }
    panel.append(list);
  }
};
const choose = (what) => {
  chosen = what;
  refresh();
  if (!what) return live.replaceChildren();
  if (what.node !== undefined) live.textContent = nodes.id[what.node];
  if (what.results) live.textContent = `${number(what.results.length)} ${word("found")}`;
  if (what.path) {
    const hop = hopsOf(what.path)[what.step];
    live.textContent = `${word("hop")} ${what.step + 1}: ${nodes.id[hop.node]} ${hop.rules.map(say).join(" ")}`;
    reveal(placeOf(hop.node));
    panel.querySelector(".now")?.scrollIntoView({ block: "nearest" });
  }
};
const refresh = () => {
  const scrolled = panel.scrollTop;
  panel.replaceChildren();
  panel.hidden = !chosen;
  for (const one of svg.querySelectorAll(".found")) one.classList.remove("found");
  if (chosen) {
    panel.append(closeButton());
    if (chosen.path) pathPanel(chosen.path, chosen.step);
    else if (chosen.results) resultPanel(chosen.results);
    else if (chosen.node !== undefined) nodePanel(chosen.node);
    else boxPanel(chosen.box);
    panel.scrollTop = scrolled;
  }
  if (chosen?.results) chosen.results.slice(0, 500).forEach((node) => elementOf(node).classList.add("found"));
  mark(chosen?.node !== undefined ? elementOf(chosen.node) : chosen?.box !== undefined ? boxElements[chosen.box] : null);
  select.value = chosen?.path?.key ?? "";
  for (const id of ["step-back", "step-on"]) by(id).disabled = !chosen?.path;
  light();
};

// ---- The way of a witness.
const litLayer = by("lit");
const between = (one, other) => {
  const [first, second] = [nodes.box[one], nodes.box[other]];
  const [a, b] = [placeOf(one), placeOf(other)];
  const plain = (node) => !open.get(boxes[nodes.box[node]][0])?.at.has(node);
  const line = linesOf[first].find((at) => lines[at].slice(0, 2).includes(second) && first !== second);
  if (line !== undefined && plain(one) && plain(other)) return wayOf(line);
  if (first === second && plain(one)) return null;
  // An open site: from box to box, round the corner.
  const [ax, bx] = a[0] < b[0] ? [a[0] + a[2], b[0]] : [a[0], b[0] + b[2]];
  if (a[0] === b[0]) return `M${a[0]} ${a[1] + a[3] / 2}h-8V${b[1] + b[3] / 2}H${b[0]}`;
  const middle = a[0] < b[0] ? bx - 6 : ax - 6;
  return `M${ax} ${a[1] + a[3] / 2}H${middle}V${b[1] + b[3] / 2}H${bx}`;
};
const light = () => {
  litLayer.replaceChildren();
  const faint = Boolean(chosen?.path);
  for (const element of boxElements) element.classList.toggle("faint", faint);
  for (const element of [...lineElements, ...vlanElements.values()]) element.classList.toggle("faint", faint);
  if (!chosen?.path) return;
  const hops = hopsOf(chosen.path), steps = new Map();
  hops.forEach((hop, at) => {
    elementOf(hop.node).classList.remove("faint");
    if (at && !hop.first) {
      const way = between(hops[at - 1].node, hop.node);
      if (way) litLayer.append(draw("path", { class: at <= chosen.step ? "lit" : "lit other", d: way, "data-step": at }));
    }
    const key = placeOf(hop.node).slice(0, 4).join(" ");
    if (!steps.has(key)) steps.set(key, { place: placeOf(hop.node), steps: [], now: false });
    const here = steps.get(key);
    here.steps.push(at + 1);
    here.now ||= at === chosen.step;
  });
  for (const { place: [x, y, wide, high], steps: list, now } of steps.values()) {
    litLayer.append(draw("rect", { class: "lit-box", x, y, width: wide, height: high, rx: 4, ...(now ? { "stroke-width": 5 } : {}) }));
    const text = list.join(","), size = 10 + 6 * text.length;
    litLayer.append(
      draw("rect", { class: "badge", x: x + wide - size, y: y - 7, width: size, height: 14, rx: 7 }),
      draw("text", { class: "badge-text", x: x + wide - size / 2, y: y + 3 }, text));
  }
};
const select = by("path");
const fillPaths = () => {
  const value = select.value;
  select.replaceChildren(make("option", { value: "" }, word(paths.length ? "chooseNone" : "noPath")));
  paths.forEach((path) => select.append(make("option", { value: path.key }, fit(path.name, 70))));
  select.value = value;
};
const showPath = (key, step = 0) => {
  const path = paths.find((one) => one.key === key);
  choose(path ? { path, step } : null);
  return Boolean(path);
};
const step = (by) => {
  if (!chosen?.path) return;
  const last = hopsOf(chosen.path).length - 1;
  choose({ path: chosen.path, step: Math.min(Math.max(chosen.step + by, 0), last) });
};

// ---- What people do.
for (const button of languageButtons) button.addEventListener("click", () => setLanguage(button.dataset.lang));
by("theme").addEventListener("click", nextTheme);
by("print").addEventListener("click", () => print());
by("zoom-in").addEventListener("click", () => factor(1 / 1.3));
by("zoom-out").addEventListener("click", () => factor(1.3));
by("zoom-fit").addEventListener("click", whole);
by("collapse").addEventListener("click", () => { [...open.keys()].forEach(collapse); refresh(); });
by("step-back").addEventListener("click", () => step(-1));
by("step-on").addEventListener("click", () => step(1));
select.addEventListener("change", () => showPath(select.value));
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-path]");
  if (!target || !showPath(target.dataset.path)) return;
  event.preventDefault();
  by("network").scrollIntoView();
  select.focus({ preventScroll: true });
});
const search = by("search");
const folded = (text) => text.normalize("NFKC").toLowerCase();
let haystack = null, waiting = 0;
const find = () => {
  const wanted = folded(search.value.trim());
  if (!wanted) return choose(null);
  haystack ??= nodes.id.map((id, at) => folded(`${id} ${nodes.title[at] ?? ""} ${nodes.address[at]}`));
  const results = [];
  haystack.forEach((text, node) => { if (text.includes(wanted)) results.push(node); });
  choose({ results });
};
search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(find, 120); });
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    clearTimeout(waiting);
    find();
    if (chosen?.results?.length) go(chosen.results[0]);
  }
});
const pick = (element) => {
  if (element.dataset.node !== undefined) return choose({ node: +element.dataset.node });
  const box = +element.dataset.box;
  choose({ box });
};
svg.addEventListener("click", (event) => {
  const element = event.target.closest("[data-box],[data-node]");
  if (element) pick(element);
});
svg.addEventListener("dblclick", (event) => {
  const element = event.target.closest("[data-box]");
  if (element && boxes[+element.dataset.box][4] !== 0) { expand(boxes[+element.dataset.box][0]); refresh(); }
});
const centre = (element) => {
  const { left, top, width: wide, height: high } = element.getBoundingClientRect();
  return [left + wide / 2, top + high / 2];
};
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
svg.addEventListener("keydown", (event) => {
  const element = event.target.closest("[data-box],[data-node]");
  const { key } = event;
  if (key === "+" || key === "=") factor(1 / 1.3);
  else if (key === "-") factor(1.3);
  else if (key === "0") whole();
  else if (key === "Escape") choose(null);
  else if ((key === "Enter" || key === " ") && element) {
    const box = element.dataset.box === undefined ? -1 : +element.dataset.box;
    if (box >= 0 && boxes[box][4] !== 0 && boxes[box][0] && chosen?.box === box) {
      expand(boxes[box][0]);
      const first = open.get(boxes[box][0]).group.querySelector("[data-node]");
      focusable(first);
      first.focus();
      refresh();
    } else pick(element);
  } else if (ARROWS[key] && element) {
    const [dx, dy] = ARROWS[key], [x, y] = centre(element);
    let best = null, least = Infinity;
    for (const other of svg.querySelectorAll("[data-box],[data-node]")) {
      if (other === element || other.style.display === "none") continue;
      const [u, v] = centre(other), along = (u - x) * dx + (v - y) * dy, aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
      if (along > 1 && along + aside * 3 < least) [best, least] = [other, along + aside * 3];
    }
    if (best) {
      focusable(best);
      best.focus({ preventScroll: true });
      const match = /translate\(([\d.-]+),([\d.-]+)\)/.exec(best.getAttribute("transform"));
      const band = best.closest("[data-open]")?.dataset.open;
      reveal([+match[1], +match[2] + (band === undefined ? 0 : bandTop[band]), unit.width, unit.height]);
    }
  } else return;
  event.preventDefault();
});

// ---- Paper.
let closed = [], seen = null, opened = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details[data-print]:not([open])")];
  closed.forEach((one) => { one.open = true; });
  seen = zoom;
  // Slices are cut where sites are folded.
  opened = document.querySelector(".slices") ? [...open.keys()] : [];
  opened.forEach(collapse);
  whole();
});
addEventListener("afterprint", () => {
  closed.forEach((one) => { one.open = false; });
  opened.forEach(expand);
  zoom = seen;
  view();
});
new ResizeObserver(view).observe(canvas);
small.addEventListener("change", view);

root.classList.add("live");
by("tools").hidden = false;
by("diagram-tools").hidden = false;
if (boxElements.length) boxElements[0].setAttribute("tabindex", "0");
setLanguage(root.lang);
begin();
const asked = /^#path-(\d+-\d+)$/.exec(location.hash);
if (asked) showPath(asked[1]);
root.dataset.ready = String(Math.round(performance.now()));
})();

// Drives the HTML report in a real Chromium: what a reader does, in both languages, light and dark, small and at 18,000
// nodes. Nothing is skipped: a browser that does not start is a failure. Run by .ci/run, or:
//   npm ci && SANSO=../../target/debug/sanso npm test
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const sanso = resolve(process.env.SANSO ?? join(root, "target/debug/sanso"));
const folder = mkdtempSync(join(tmpdir(), "sanso-browser-"));
const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");
const MIDDLE = "topologies/mistakes/m20-ipv6.yaml";

/** The report of a topology as a file; `lang` is the language that it opens in. */
function report(topology, lang = "ja") {
  const file = join(folder, `${topology.replaceAll(/[^a-z0-9-]/g, "_")}.${lang}.html`);
  try {
    execFileSync(sanso, ["verify", topology, "--date", "2026-11-22", "--lang", lang, "--format", `html=${file}`], { cwd: root });
  } catch (error) {
    assert.equal(error.status, 1, `${topology}: ${error.stderr}`); // violated
  }
  return file;
}

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a report; `check` gets the page. Fails on any message of the console, any error, any request beside the file. */
async function opened(file, check, options = {}) {
  const { hash = "", ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: "reduce", ...rest });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.stack}`));
  const address = pathToFileURL(file).href;
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url.split("#")[0] === address) return route.continue();
    wrong.push(`request: ${url}`);
    return route.abort();
  });
  try {
    await page.goto(address + hash);
    await check(page);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
  }
}

const lang = (page) => page.evaluate(() => document.documentElement.lang);
const drawn = (page, id) => page.locator("#boxes .box:visible, [data-open] .box", { hasText: id }).first();

/** axe-core has nothing serious to say. It is put in from outside the page's policy, as a reader's tool would be. */
async function accessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html).join("\n")}`);
  assert.deepEqual(told, [], what);
}

test("the language switch changes every word", async () => {
  for (const [start, other] of [["ja", "en"], ["en", "ja"]]) {
    await opened(report(MIDDLE, start), async (page) => {
      assert.equal(await lang(page), start);
      const heading = async () => (await page.locator("#matrix-heading").innerText()).trim();
      const words = { ja: "領域間の判定", en: "Zones against zones" };
      assert.equal(await heading(), words[start]);
      await page.locator(`button[data-lang=${other}]`).click();
      assert.equal(await lang(page), other);
      assert.equal(await heading(), words[other]);
      assert.equal(await page.locator(`button[data-lang=${other}]`).getAttribute("aria-pressed"), "true");
      // No sentence is there in both languages or in none.
      const lost = await page.evaluate(() => [...document.querySelectorAll("main span[lang=ja] + span[lang=en], svg tspan[lang=ja] + tspan[lang=en]")]
        .filter((en) => (getComputedStyle(en).display === "none") === (getComputedStyle(en.previousElementSibling).display === "none")).length);
      assert.equal(lost, 0);
      const all = await page.locator("main").innerText();
      if (other === "en") assert.ok(!/適合|要件ごと|端点/.test(all), "Japanese words of the report on the English page");
    });
  }
});

test("a cell of the matrix lights its path hop by hop", async () => {
  await opened(report(MIDDLE), async (page) => {
    const cell = page.locator(".matrix td.bad a[data-path]").first();
    const key = await cell.getAttribute("data-path");
    await cell.click();
    assert.equal(await page.locator("#path").inputValue(), key);
    const hops = await page.locator("#panel li").count();
    assert.ok(hops >= 3, `${hops} hops`);
    assert.ok(await page.locator("#lit .lit").count() >= 2, "lines are lit");
    assert.ok(await page.locator("#lit .lit-box").count() >= 3, "boxes are lit");
    assert.equal(await page.locator("#panel li.now").innerText(), await page.locator("#panel li").first().innerText());
    await page.locator("#step-on").click();
    assert.equal(await page.locator("#panel li").nth(1).getAttribute("aria-current"), "step");
    assert.match(await page.locator("#live").innerText(), /2/);
    const solid = () => page.locator("#lit path.lit:not(.other)").count();
    const before = await solid();
    await page.locator("#step-on").click();
    assert.ok(await solid() >= before);
    // The rule that let it through is named.
    assert.match(await page.locator("#panel").innerText(), /行目|既定動作/);
    await page.locator("#path").selectOption("");
    assert.equal(await page.locator("#lit .lit").count(), 0);
  });
});

test("a proved cell leads to what separates", async () => {
  await opened(report("topologies/small/minimal-alpha.yaml"), async (page) => {
    const cell = page.locator(".matrix td a").first();
    const target = await cell.getAttribute("href");
    await cell.click();
    assert.equal(await page.evaluate(() => location.hash), target);
    assert.match(await page.locator(target).innerText(), /この文書について証明した/);
    assert.match(await page.locator("main").innerText(), /適合（特定通信を除く）/);
  });
});

test("search finds nodes by id and address", async () => {
  await opened(report(MIDDLE), async (page) => {
    await page.locator("#search").fill("JUKI-DB");
    await page.locator("#panel li button").first().waitFor();
    assert.equal(await page.locator("#panel li").count(), 1);
    assert.equal(await page.locator("#boxes .found").count(), 1);
    await page.locator("#search").press("Enter");
    assert.match(await page.locator("#panel").innerText(), /10\.10\.1\.5/);
    assert.equal(await page.locator("#boxes .chosen").count(), 1);
    await page.locator("#search").fill("10.10.1.");
    await page.waitForFunction(() => document.querySelectorAll("#panel li").length > 1);
    await page.locator("#search").fill("no such node");
    await page.getByText("該当なし").first().waitFor();
  });
});

test("the drawing can be walked with the keyboard", async () => {
  await opened(report(MIDDLE), async (page) => {
    await page.locator("#search").focus();
    for (let tab = 0; tab < 12; tab += 1) {
      if (await page.evaluate(() => document.activeElement.closest("#diagram") !== null)) break;
      await page.keyboard.press("Tab");
    }
    const focused = () => page.evaluate(() => document.activeElement.dataset.box ?? null);
    const first = await focused();
    assert.notEqual(first, null, "Tab reaches the drawing");
    await page.keyboard.press("ArrowRight");
    const second = await focused();
    assert.notEqual(second, first);
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("#panel").isVisible());
    const view = () => page.locator("#diagram").getAttribute("viewBox");
    const whole = await view();
    await page.keyboard.press("+");
    assert.notEqual(await view(), whole, "+ zooms");
    await page.keyboard.press("0");
    await page.keyboard.press("Escape");
    assert.ok(!await page.locator("#panel").isVisible());
  });
});

test("light and dark can be chosen", async () => {
  await opened(report(MIDDLE), async (page) => {
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await colour();
    await page.locator("#theme").click();
    assert.notEqual(await colour(), light);
    await page.locator("#theme").click();
    assert.equal(await colour(), light);
  });
});

test("axe-core finds nothing serious, in both languages, light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const start of ["ja", "en"]) {
      for (const topology of [MIDDLE, "topologies/small/minimal-alpha.yaml"]) {
        await opened(report(topology, start), async (page) => {
          await accessible(page, `${topology} ${start} ${colorScheme}`);
          if (await page.locator(".matrix td.bad a[data-path]").count()) {
            await page.locator(".matrix td.bad a[data-path]").first().click();
            await accessible(page, `${topology} ${start} ${colorScheme}, a path lit`);
          }
        }, { colorScheme });
      }
    }
  }
});

test("it prints to PDF, with what was folded and without tools", async () => {
  await opened(report(MIDDLE), async (page) => {
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 30_000, `${pdf.length} bytes`);
    await page.emulateMedia({ media: "print" });
    assert.ok(!await page.locator(".bar").isVisible());
    assert.ok(await page.locator("#diagram").isVisible());
    assert.ok(await page.locator("#requirements").isVisible());
  });
});

test("on paper and on a phone the drawing can be read", async () => {
  await opened(report(MIDDLE), async (page) => {
    await page.setViewportSize({ width: 390, height: 800 });
    const text = page.locator("#boxes text").first();
    assert.ok((await text.boundingBox()).height > 9, "letters on a phone");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "no sideways scrolling");
    await page.setViewportSize({ width: 700, height: 1000 });
    await page.emulateMedia({ media: "print" });
    assert.ok((await page.locator("#diagram").boundingBox()).width > 600, "as wide as the paper");
  });
});

test("without its script the page still says everything", async () => {
  await opened(report(MIDDLE), async (page) => {
    const words = await page.locator("main").innerText();
    for (const part of ["対象", "不適合", "例外措置", "判定の前提", "領域ごとのノード", "検証していない事項", "証明書"]) {
      assert.ok(words.includes(part), part);
    }
    assert.ok(await page.locator("#diagram .box").first().isVisible());
    assert.ok(!await page.locator("#tools").isVisible());
  }, { javaScriptEnabled: false });
});

test("hostile names stay text", async () => {
  const evil = [
    "<script>window.pwned=1</script>", "\"'><img src=x onerror=window.pwned=1>", "</script><script>window.pwned=1</script>",
    "\u202egnp.exe", "a&amp;b", "-->", "x".repeat(10_000),
  ];
  const document = {
    sanso: 1, name: evil[0],
    nodes: [
      ...evil.map((id, at) => ({ id, kind: "server", zone: at % 2 ? "lgwan" : "my-number", addresses: [`10.0.0.${at + 1}`], title: id })),
      { id: "sw", kind: "switch" }, { id: "pc", kind: "terminal", zone: "internet", addresses: ["10.9.0.1"] },
    ],
    links: [...evil.map((id) => ({ between: [id, "sw"] })), { between: ["pc", "sw"] }],
  };
  const topology = join(folder, "hostile.json");
  writeFileSync(topology, JSON.stringify(document));
  const file = report(topology);
  await opened(file, async (page) => {
    await page.locator("#search").fill("pwned");
    await page.locator("#panel li button").first().click();
    await page.locator(".matrix td.bad a[data-path]").first().click();
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.outerHTML.includes("\u202e")), false);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "no sideways scrolling");
  });
});

test("18,000 nodes are at hand within two seconds, and a site opens", async () => {
  const file = report("topologies/ward-alpha.json");
  assert.ok(statSync(file).size < 5_000_000, `${statSync(file).size} bytes`);
  await opened(file, async (page) => {
    const ready = await page.evaluate(() => +document.documentElement.dataset.ready);
    assert.ok(ready > 0 && ready < 2_000, `interactive after ${ready} ms`);
    await page.locator("button[data-lang=en]").click();
    const before = await page.locator("#diagram .box:visible").count();
    const site = page.locator("#boxes .box:visible", { hasText: "本庁-SW" }).first();
    await site.click();
    await page.locator("#site-toggle").click();
    const after = await page.locator("#diagram [data-open] .box").count();
    assert.ok(after > 400, `${after} nodes of the site, ${before} boxes before`);
    assert.equal(await page.locator("#diagram [data-open] .box", { hasText: "本庁-MN1" }).first().isVisible(), true);
    await page.locator("#search").fill("花園出張所-IT150");
    await page.locator("#search").press("Enter");
    assert.equal(await page.locator("#diagram [data-open] .chosen").count(), 1);
    await accessible(page, "a site open");
    await page.locator("#collapse").click();
    assert.equal(await page.locator("#diagram [data-open] .box").count(), 0);
  });
});

"use strict";
(() => {
const root = document.documentElement;
const buttons = [...document.querySelectorAll("button[data-lang]")];
const press = () => {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.lang === root.lang));
};
for (const button of buttons) button.addEventListener("click", () => { root.lang = button.dataset.lang; press(); });
document.getElementById("theme").addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
document.getElementById("print").addEventListener("click", () => print());
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details[data-print]:not([open])")];
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
press();
document.getElementById("tools").hidden = false;
})();

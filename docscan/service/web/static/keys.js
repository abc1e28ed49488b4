// One key for each action, shown on its button. They can be switched off (WCAG 2.2, 2.1.4) and rest while one types.

const STORED = "docscan.keys";
const box = document.getElementById("keys-on");

function on() {
  return localStorage.getItem(STORED) !== "off";
}

function apply() {
  document.body.classList.toggle("keys-off", !on());
  box.checked = on();
}

box.addEventListener("change", () => {
  localStorage.setItem(STORED, box.checked ? "on" : "off");
  apply();
});
apply();

function typing(target) {
  return target.closest("input:not([type=radio], [type=checkbox], [type=file]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (!on() || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const buttons = [...document.querySelectorAll("[data-key]")].filter((each) => each.dataset.key === key);
  const button = buttons.find((each) => !each.disabled && each.checkVisibility());
  if (!button) return;
  event.preventDefault();
  button.click();
});

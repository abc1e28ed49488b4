// What a page reader sends by `docscan watch`: shown by itself when the desk is free, offered when it is not.

import { request, resting, say, wake } from "/static/api.js";

const EVERY = 2000; // milliseconds
const SILENT = 3 * 60_000; // after which a scanner that was heard is called silent
const STORED = "docscan.scanner";

const choice = document.getElementById("scanner-choice");
const state = document.getElementById("scanner-state");
const button = document.getElementById("scanner-show");
const known = new Set(JSON.parse(sessionStorage.getItem("docscan.known") ?? "[]"));
let first = true;

// An inspection that this page has shown or made does not arrive again.
export function know(id) {
  known.add(id);
  sessionStorage.setItem("docscan.known", JSON.stringify([...known].slice(-200)));
}

function describe({ heard, now, inspections }) {
  if (!heard) return say(inspections.length ? "scanner_ready" : "scanner_waiting");
  const silent = new Date(now) - new Date(heard.at) > SILENT;
  return silent ? say("scanner_silent", { time: heard.clock }) : say("scanner_ready");
}

export function start({ open, settled, busy }) {
  if (!choice) return;
  const stored = localStorage.getItem(STORED) ?? (choice.options.length === 2 ? choice.options[1].value : "");
  if ([...choice.options].some((option) => option.value === stored)) choice.value = stored;
  let waiting = null;

  function offer(id) {
    waiting = id;
    button.hidden = id === null;
  }

  function rests() {
    if (resting()) state.textContent = say("scanner_resting");
    return resting();
  }

  async function look() {
    if (!choice.value || document.hidden || busy() || rests()) return;
    let found;
    try {
      found = await (await request("GET", `/arrivals?by=${encodeURIComponent(choice.value)}`)).json();
    } catch (problem) {
      state.textContent = problem.title;
      return;
    }
    if (rests()) return; // an answer may come late
    const text = describe(found);
    if (state.textContent !== text) state.textContent = text;
    // What was there before this page is for the history.
    if (first) found.inspections.forEach(know);
    first = false;
    const [newest] = found.inspections;
    if (!newest || known.has(newest)) return;
    found.inspections.forEach(know);
    wake();
    if (settled()) open(newest);
    else offer(newest);
  }

  button.addEventListener("click", () => {
    const id = waiting;
    offer(null);
    open(id);
  });
  choice.addEventListener("change", () => {
    localStorage.setItem(STORED, choice.value);
    state.textContent = "";
    first = true;
    offer(null);
    look();
  });
  look();
  setInterval(look, EVERY);
}

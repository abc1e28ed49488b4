// The desk: a document in, its verdict out, and the officer's decision. The service draws; this fetches and places.

import { fetched, Problem, request, say, send, showProblem } from "/static/api.js";
import * as scanner from "/static/scanner.js";
import * as slots from "/static/slots.js";
import { openWebcam } from "/static/webcam.js";

const main = document.getElementById("main");
const capture = document.querySelector(".capture");
const working = document.getElementById("working");
const problem = document.getElementById("problem");
const place = document.getElementById("case");
const empty = document.createElement("h1");
empty.className = "heard";

let running = null;

function settled() {
  const decide = place.querySelector(".decide");
  return !decide || decide.dataset.settled === "yes";
}

function wait(waiting) {
  working.hidden = !waiting;
  main.classList.toggle("is-working", waiting);
  if (waiting) problem.hidden = true;
}

function fail(error) {
  if (error.name === "AbortError") return; // a newer image has taken its place
  showProblem(problem, error);
  document.title = `${error.title} · docscan`;
  problem.scrollIntoView({ block: "nearest" });
}

// Show an inspection: its own page, without loading the frame again, so that the images stay in their slots.
async function show(id, signal) {
  const path = `/inspections/${id}`;
  const page = await fetched(path, signal);
  place.replaceChildren(...page.getElementById("case").children);
  main.classList.add("has-case");
  document.title = page.title;
  if (location.pathname !== path) history.pushState(null, "", path);
  scanner.know(id);
  const heading = place.querySelector(".verdict .word");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true }); // so that a screen reader speaks it
  window.scrollTo({ top: 0 });
}

async function inspect() {
  running?.abort();
  if (!slots.has("visible")) {
    document.getElementById("visible").click();
    return;
  }
  const most = Number(capture.dataset.maxBytes);
  if (slots.largest() > most) {
    fail(new Problem(say("too_large"), say("most", { number: Math.floor(most / 1e6) })));
    return;
  }
  const mine = new AbortController();
  running = mine;
  wait(true);
  document.title = `${say("inspecting")} · docscan`;
  try {
    const answer = await request("POST", "/v1/inspections", { body: slots.body(), signal: mine.signal });
    const { id } = await answer.json();
    scanner.know(id);
    await show(id, mine.signal);
  } catch (error) {
    fail(error.status === 422 || error.status === 400 ? new Problem(say("no_image"), error.detail, { english: true }) : error);
  } finally {
    if (running === mine) wait(false);
  }
}

async function open(id) {
  running?.abort();
  slots.clearAll();
  wait(true);
  await show(id).catch(fail);
  wait(false);
}

function next() {
  running?.abort();
  wait(false);
  slots.clearAll();
  empty.textContent = place.dataset.empty;
  place.replaceChildren(empty);
  main.classList.remove("has-case");
  problem.hidden = true;
  document.title = "docscan";
  if (location.pathname !== "/") history.pushState(null, "", "/");
  document.getElementById("visible").focus();
}

// Files go where their names say, or where they were dropped; the image under visible light starts the inspection, and
// after it a card's other side does.
function take(files, light) {
  const given = [...files];
  if (given.length === 0) return;
  for (const file of given) slots.put(light && given.length === 1 ? light : slots.lightOf(file), file);
  if (light && given.length === 1 && light !== "visible" && !(light === slots.OTHER_SIDE && slots.has("visible"))) return;
  if (!slots.has("visible")) {
    const [only] = given;
    slots.clear(slots.lightOf(only));
    slots.put("visible", only);
  }
  inspect();
}

function startCapture() {
  for (const light of slots.PARTS) {
    const input = document.getElementById(light);
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = ""; // so that the same file can be chosen again
      take(files, light);
    });
    input.closest(".slot").querySelector(".remove").addEventListener("click", () => slots.clear(light));
  }
  document.getElementById("inspect").addEventListener("click", inspect);
  document.getElementById("next").addEventListener("click", next);
  document.getElementById("open-webcam").addEventListener("click", () => openWebcam((image, part) => take([image], part)));
  // The whole window takes a drop: a near miss must not make the browser leave the page.
  window.addEventListener("dragover", (event) => {
    event.preventDefault();
    main.classList.add("over");
  });
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) main.classList.remove("over");
  });
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    main.classList.remove("over");
    const light = event.target.closest?.(".slot")?.dataset.light;
    take(event.dataTransfer.files, light === "visible" ? undefined : light);
  });
  window.addEventListener("paste", (event) => take(event.clipboardData.files, "visible"));
  scanner.start({ open, settled, busy: () => !working.hidden });
}

if (capture) startCapture();
window.addEventListener("popstate", () => location.reload());

// Decisions, comments, the second line: what they change of the page is drawn again by the service.

async function act(element, path, data) {
  const decide = element.closest(".decide");
  const id = decide.dataset.inspection;
  const trouble = decide.querySelector(":scope > .problem");
  trouble.hidden = true;
  try {
    await send("POST", `/v1/inspections/${id}/${path}`, data);
    const drawn = await fetched(`/inspections/${id}/decisions`);
    document.getElementById("decide").replaceChildren(...drawn.body.children);
    const now = document.querySelector("#decide .standing");
    now.tabIndex = -1;
    now.focus();
  } catch (error) {
    showProblem(trouble, error);
  }
}

function comment() {
  return document.getElementById("comment").value.trim() || null;
}

function decide(element, finding, kind = null) {
  return act(element, "decision", { finding, kind, comment: comment() });
}

const DOES = {
  comments: (button) => (comment() ? act(button, "comments", { text: comment() }) : document.getElementById("comment").focus()),
  handover: (button) => act(button, "handover"),
  assignment: (button) => act(button, "assignment", { to: button.dataset.to || null }),
};

place.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { finding } = button.dataset;
  if (finding === "forged") {
    const kinds = document.getElementById("kinds");
    kinds.hidden = !kinds.hidden;
    button.setAttribute("aria-expanded", String(!kinds.hidden));
    if (kinds.hidden) return;
    kinds.querySelector("input:checked").focus();
    kinds.scrollIntoView({ block: "nearest" });
  } else if (finding) {
    decide(button, finding);
  } else if (button.dataset.do) {
    DOES[button.dataset.do](button);
  }
});
place.addEventListener("submit", (event) => {
  event.preventDefault();
  decide(event.target, "forged", event.target.elements.kind.value);
});

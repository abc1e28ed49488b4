// One image in, the report's own parts out: they are drawn once, by the service, and shown here.

const form = document.getElementById("form");
const drop = document.getElementById("drop");
const visible = document.getElementById("visible");
const working = document.getElementById("working");
const problem = document.getElementById("problem");
const result = document.getElementById("result");

const PARTS = ["verdict", "weight", "document", "findings", "fields"];
const maxBytes = Number(form.dataset.maxBytes);
let running = null;

function show(element) {
  for (const other of [working, problem, result]) other.hidden = other !== element;
}

function fail(title, sentence) {
  const heading = document.createElement("h2");
  heading.textContent = title;
  const text = document.createElement("p");
  text.textContent = sentence;
  problem.replaceChildren(heading, text);
  show(problem);
  document.title = `${title} · docscan`;
}

function body(image) {
  const data = new FormData();
  // The light is sent for a name: a file's own name can be personal.
  data.append("visible", image, "visible");
  for (const light of ["uv", "ir"]) {
    const [file] = document.getElementById(light).files;
    if (file) data.append(light, file, light);
  }
  return data;
}

function present(html, location) {
  const report = new DOMParser().parseFromString(html, "text/html");
  const parts = PARTS.map((name) => report.querySelector(`[data-part="${name}"]`)).filter(Boolean);
  const link = document.createElement("a");
  link.className = "open";
  link.href = location;
  link.target = "_blank";
  link.textContent = "Open the full report";
  result.replaceChildren(...parts.map((part) => document.adoptNode(part)), link);
  show(result);
  form.classList.add("done");
  drop.querySelector("strong").textContent = "Inspect another image";
  document.title = report.title;
  const heading = result.querySelector(".word");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  result.scrollIntoView({ block: "start" });
}

async function inspect(image) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const data = body(image);
  if ([...data.values()].some((file) => file.size > maxBytes)) {
    fail("The image is too large", `The service takes images up to ${Math.floor(maxBytes / 1e6)} MB.`);
    return;
  }
  show(working);
  document.title = "Inspecting… · docscan";
  try {
    const answer = await fetch("/v1/inspections", {
      method: "POST",
      body: data,
      headers: { Accept: "text/html" },
      signal: mine.signal,
    });
    if (answer.ok) {
      present(await answer.text(), answer.headers.get("Location"));
    } else {
      const { title, detail } = await answer.json();
      fail(title, detail);
    }
  } catch (error) {
    if (mine.signal.aborted) return; // a newer image has taken its place
    fail("The service does not answer", "Is docscan still running on this machine? Try again in a moment.");
  }
}

visible.addEventListener("change", () => {
  const [image] = visible.files;
  if (image) inspect(image);
  visible.value = ""; // so that the same file can be chosen again
});

// The whole window takes a drop: a near miss must not make the browser leave the page.
window.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
window.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) drop.classList.remove("over");
});
window.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const [image] = event.dataTransfer.files;
  if (image) inspect(image);
});
window.addEventListener("paste", (event) => {
  const [image] = event.clipboardData.files;
  if (image) inspect(image);
});

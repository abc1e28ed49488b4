// What every page's script shares: words in the page's language, and requests to the service.

const WORDS = JSON.parse(document.body.dataset.words);

export function say(name, values = {}) {
  return WORDS[name].replace(/%\((\w+)\)s/g, (_, key) => values[key]);
}

// An answer that was no success, in words: `title` in the page's language, `detail` as the service says it.
export class Problem extends Error {
  constructor(title, detail, { status = 0, english = false, retryAfter = 0 } = {}) {
    super(title);
    Object.assign(this, { title, detail, status, english, retryAfter });
  }
}

const TITLES = { 401: "logged_out", 403: "forbidden", 413: "too_large", 415: "no_image", 429: "busy", 503: "busy" };
const SENTENCES = { 401: "log_in_again", 503: "try_again" };

export async function request(method, path, { body, headers = {}, signal } = {}) {
  const sent = { "X-CSRF-Token": document.body.dataset.csrf, Accept: "application/json", ...headers };
  let answer;
  try {
    answer = await fetch(path, { method, body, headers: sent, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(say("no_answer"), say("still_running"));
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const { status } = answer;
  const known = SENTENCES[status];
  throw new Problem(say(TITLES[status] ?? "went_wrong"), known ? say(known) : (problem.detail ?? ""), {
    status,
    english: !known,
    retryAfter: Number(answer.headers.get("Retry-After")),
  });
}

export function send(method, path, data) {
  const body = data === undefined ? undefined : JSON.stringify(data);
  return request(method, path, { body, headers: { "Content-Type": "application/json" } });
}

export function showProblem(place, problem) {
  if (!(problem instanceof Problem)) throw problem;
  const heading = document.createElement("strong");
  heading.textContent = problem.title;
  const text = document.createElement("p");
  text.textContent = problem.detail;
  if (problem.english) text.lang = "en";
  place.replaceChildren(heading, text);
  place.hidden = false;
}

// Pages that ask again and again would keep a session alive for ever: they rest where nobody does anything.
const REST_AFTER = 10 * 60_000; // milliseconds
let active = Date.now();
export function wake() {
  active = Date.now();
}
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, wake, { passive: true });
export function resting() {
  return Date.now() - active > REST_AFTER;
}

// A part of another page of this service, drawn there in the page's language.
export async function fetched(path, signal) {
  const answer = await request("GET", path, { headers: { Accept: "text/html" }, signal });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Forms have the method "dialog", which does nothing by itself: a password never gets into an address, were this script late.
// Forms and buttons say in `data-api` which request they are ("POST /v1/…"), and in `data-then` where to go after.

import { Problem, say, send, showProblem } from "/static/api.js";

function problemPlace(element) {
  const within = element.closest("form")?.querySelector(".problem");
  return within ?? document.getElementById("page-problem") ?? document.querySelector("main .problem");
}

async function perform(element, data) {
  const place = problemPlace(element);
  if (place) place.hidden = true;
  const [method, path] = element.dataset.api.split(" ");
  element.setAttribute("aria-busy", "true");
  try {
    const answer = await send(method, path, data);
    if (element.dataset.shows) {
      const { [element.dataset.shows]: secret } = await answer.json();
      showSecret(element, secret);
    } else if (element.dataset.then) {
      location.assign(element.dataset.then);
    } else {
      location.reload();
    }
  } catch (problem) {
    if (path === "/v1/sessions" && problem.status === 401) {
      showProblem(place, new Problem(say("refused"), ""));
    } else {
      showProblem(place, problem);
    }
  } finally {
    element.removeAttribute("aria-busy");
  }
}

function values(form) {
  const data = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") {
      data[field.name] ??= [];
      if (field.checked) data[field.name].push(field.value);
    } else {
      data[field.name] = field.value;
    }
  }
  return data;
}

function showSecret(form, secret) {
  const place = form.querySelector(".secret");
  place.querySelector("output").textContent = secret;
  place.hidden = false;
  place.querySelector("button").focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.api) return;
  event.preventDefault();
  const again = form.querySelector("[data-repeats]");
  if (again && again.value !== form.elements[again.dataset.repeats].value) {
    showProblem(problemPlace(form), new Problem(say("passwords_differ"), ""));
    again.focus();
    return;
  }
  perform(form, values(form));
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.api) {
    perform(button, button.dataset.body ? JSON.parse(button.dataset.body) : undefined);
  } else if ("applies" in button.dataset) {
    const field = button.parentElement.querySelector("[data-api]");
    perform(field, { [field.dataset.name]: field.value });
  } else if ("copies" in button.dataset) {
    await navigator.clipboard.writeText(button.parentElement.querySelector("output").textContent);
    button.textContent = say("copied");
  }
});

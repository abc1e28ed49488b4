// The queue draws itself again now and then, unless somebody is about to press one of its buttons.

import { fetched, resting } from "/static/api.js";

const EVERY = 10_000; // milliseconds

setInterval(async () => {
  const queue = document.getElementById("queue");
  if (document.hidden || resting() || queue.contains(document.activeElement) || queue.matches(":hover")) return;
  const page = await fetched("/queue").catch(() => null);
  const fresh = page?.getElementById("queue");
  if (fresh && fresh.innerHTML !== queue.innerHTML) queue.replaceWith(fresh);
}, EVERY);

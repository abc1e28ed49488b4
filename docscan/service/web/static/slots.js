// The images of one document: one for each light, and a card's other side.

export const OTHER_SIDE = "other_visible";
export const PARTS = ["visible", "uv", "ir", OTHER_SIDE];

// Words in files' names that tell the light, as page readers write them; what has none is the image under visible light.
const WORDS = { uv: /(^|[^a-z])(uv|uv-?a|ultraviolet)([^a-z]|$)/i, ir: /(^|[^a-z])(ir|b900|infrared)([^a-z]|$)/i };

const images = new Map();

function slot(light) {
  return document.querySelector(`.slot[data-light="${light}"]`);
}

function draw(light) {
  const place = slot(light);
  const [picture, remove] = [place.querySelector("img"), place.querySelector(".remove")];
  const image = images.get(light);
  if (picture.src) URL.revokeObjectURL(picture.src);
  picture.removeAttribute("src");
  if (image) picture.src = URL.createObjectURL(image);
  // Formats that the browser cannot show, such as TIFF, fill the slot all the same.
  picture.hidden = !image;
  remove.hidden = !image;
  place.classList.toggle("filled", Boolean(image));
}

export function put(light, image) {
  images.set(light, image);
  draw(light);
}

export function clear(light) {
  images.delete(light);
  draw(light);
}

export function clearAll() {
  PARTS.forEach(clear);
}

export function has(light) {
  return images.has(light);
}

export function largest() {
  return Math.max(0, ...[...images.values()].map((image) => image.size));
}

// The light is sent for a name: a file's own name can be personal.
export function body() {
  const data = new FormData();
  for (const light of PARTS) if (images.has(light)) data.append(light, images.get(light), light);
  return data;
}

export function lightOf(file) {
  return Object.keys(WORDS).find((light) => WORDS[light].test(file.name)) ?? "visible";
}

// A picture by the camera of this machine, at the highest resolution that it gives.

import { Problem, say, showProblem } from "/static/api.js";
import { OTHER_SIDE } from "/static/slots.js";

const dialog = document.getElementById("webcam");

export function openWebcam(taken) {
  const video = dialog.querySelector("video");
  const trouble = dialog.querySelector(".problem");
  const camera = document.getElementById("camera");
  const buttons = new Map([
    ["visible", document.getElementById("shoot")],
    [OTHER_SIDE, document.getElementById("shoot-other")],
  ]);

  function enable(ready) {
    for (const button of buttons.values()) button.disabled = !ready;
  }
  let stream = null;

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
  }

  async function start(deviceId) {
    stop();
    trouble.hidden = true;
    enable(false);
    try {
      const wanted = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" };
      stream = await navigator.mediaDevices.getUserMedia({
        video: { ...wanted, width: { ideal: 3840 }, height: { ideal: 2160 } },
      });
    } catch {
      showProblem(trouble, new Problem(say("no_camera"), say("allow_camera")));
      return;
    }
    if (!dialog.open) return stop(); // closed while the browser asked
    video.srcObject = stream;
    await video.play();
    enable(true);
    buttons.get("visible").focus();
    await list();
  }

  async function list() {
    const every = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    const used = stream?.getVideoTracks()[0]?.getSettings().deviceId;
    camera.replaceChildren(
      ...every.map((device, number) => new Option(device.label || String(number + 1), device.deviceId)),
    );
    if (used) camera.value = used;
    camera.parentElement.hidden = every.length < 2;
  }

  function picture() {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
  }

  for (const [part, button] of buttons) {
    button.onclick = async () => {
      const blob = await picture();
      dialog.close();
      taken(new File([blob], `${part}.jpg`, { type: blob.type }), part);
    };
  }
  camera.onchange = () => start(camera.value);
  document.getElementById("close-webcam").onclick = () => dialog.close();
  dialog.onclose = stop;
  dialog.showModal();
  start();
}

// A form that shows a little work need not wait: a Web Worker looks for the number while somebody fills the form in.
// Whoever is faster than their telephone sees how far it is, and the form goes out by itself: with the number, or once
// it is old enough to need none. Without a worker, or if it fails, the form is sent as it is and takes the slower path.
"use strict";

for (const field of document.querySelectorAll("input[data-work]")) {
  const form = field.form;
  const status = form.querySelector("[data-working]");
  const bar = document.createElement("progress");
  let worker = null;
  let held = false;

  const over = (number) => {
    if (!worker) return;
    worker.terminate();
    worker = null;
    field.value = number;
    if (held && form.requestSubmit) form.requestSubmit(); // so that what the tab kept of it is forgotten
    else if (held) form.submit();
  };

  window.addEventListener("pagehide", () => {
    status.textContent = ""; // for whoever comes back
  });

  form.addEventListener("submit", (event) => {
    if (!worker) return;
    event.preventDefault();
    if (held) return;
    held = true;
    bar.setAttribute("aria-label", status.dataset.working);
    status.textContent = status.dataset.working;
    status.append(bar);
    status.scrollIntoView({ block: "nearest" });
  });

  try {
    worker = new Worker(field.dataset.worker);
    worker.onmessage = ({ data }) => {
      if (data.found === undefined) bar.value = data.done;
      else over(data.found);
    };
    worker.onerror = () => over("");
    worker.postMessage([field.dataset.work, Number(field.dataset.bits)]);
    setTimeout(over, Number(field.dataset.seconds) * 1000, "");
  } catch {
    worker = null;
  }
}

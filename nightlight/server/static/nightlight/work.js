// A form that shows a little work need not wait: a Web Worker looks for the number while somebody fills the form in.
// Without a worker, or if it fails, the form is sent as it is and takes the slower path.
"use strict";

for (const field of document.querySelectorAll("input[data-work]")) {
  try {
    const worker = new Worker(field.dataset.worker);
    worker.onmessage = (found) => {
      field.value = found.data;
      worker.terminate();
    };
    worker.postMessage([field.dataset.work, Number(field.dataset.bits)]);
  } catch {
    field.value = "";
  }
}

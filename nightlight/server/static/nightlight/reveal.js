// A medium is seen only while a button is held: small, blurred, grey and mute, drawn on a canvas and then forgotten. It
// is hidden on release, when the window or the tab is left, and after a set time though the button is still held.
// What is larger is the same canvas under the same filter.
"use strict";

(() => {
  const SMALL = [160, 120]; // CSS pixels
  const LARGE = [480, 360];

  for (const place of document.querySelectorAll("[data-reveal]")) reveal(place);

  function reveal(place) {
    const button = place.querySelector("[data-hold]");
    const large = place.querySelector("[data-large]");
    const canvas = place.querySelector("canvas");
    const said = place.querySelector("[role=status]");
    let hold = 0; // which press is held; 0 is none
    let timer = 0;

    function hide() {
      hold = 0;
      clearTimeout(timer);
      canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
      place.removeAttribute("data-shown");
    }

    async function show() {
      const mine = (hold = performance.now());
      said.textContent = "…";
      const body = new FormData();
      body.set("purpose", place.querySelector("[data-purpose]").value);
      body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      try {
        const answer = await fetch(place.dataset.reveal, { method: "POST", body, cache: "no-store" });
        if (!answer.ok) {
          const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
          said.textContent = plain ? await answer.text() : answer.status;
          return;
        }
        const picture = await createImageBitmap(await answer.blob());
        said.textContent = "";
        if (hold === mine) draw(picture);
        picture.close();
      } catch (error) {
        said.textContent = error.name;
      }
    }

    function draw(picture) {
      [canvas.width, canvas.height] = large.checked ? LARGE : SMALL;
      const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      const context = canvas.getContext("2d");
      context.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
      place.setAttribute("data-shown", "");
      timer = setTimeout(() => {
        hide();
        said.textContent = place.dataset.over;
      }, Number(place.dataset.seconds) * 1000);
    }

    place.hidden = false;
    button.addEventListener("pointerdown", (event) => {
      if (event.button === 0) show();
    });
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " || event.repeat) return;
      event.preventDefault();
      show();
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave", "keyup", "blur", "contextmenu"]) {
      button.addEventListener(end, hide);
    }
    large.addEventListener("change", () => {
      hide();
      place.toggleAttribute("data-larger", large.checked);
    });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // nothing is saved from here
    document.addEventListener("visibilitychange", hide);
    window.addEventListener("blur", hide);
    window.addEventListener("pagehide", hide);
  }
})();

// A medium is seen only while a button is held: small, blurred, grey and mute, drawn on a canvas and then forgotten. It
// is hidden on release, when the window or the tab is left, and after a set time though the button is still held.
// What is larger is the same canvas under the same filter. So is a video: it is never part of the page, so that no
// poster, button or sound of it can be; its frames are drawn on the canvas while the button is held.
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
    let stop = () => {}; // ends what is playing

    function hide() {
      hold = 0;
      clearTimeout(timer);
      stop();
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
        const medium = await answer.blob();
        said.textContent = "";
        if (hold !== mine) return;
        if ("video" in place.dataset) return play(medium);
        const picture = await createImageBitmap(medium);
        if (hold === mine) begin(picture.width, picture.height)(picture);
        picture.close();
      } catch (error) {
        said.textContent = error.name;
      }
    }

    // Opens the canvas for the set time; what it returns draws a picture of this size there.
    function begin(width, height) {
      [canvas.width, canvas.height] = large.checked ? LARGE : SMALL;
      const scale = Math.min(canvas.width / width, canvas.height / height);
      const [across, down] = [width * scale, height * scale];
      const context = canvas.getContext("2d");
      place.setAttribute("data-shown", "");
      timer = setTimeout(() => {
        hide();
        said.textContent = place.dataset.over;
      }, Number(place.dataset.seconds) * 1000);
      return (picture) =>
        context.drawImage(picture, (canvas.width - across) / 2, (canvas.height - down) / 2, across, down);
    }

    function play(medium) {
      const video = document.createElement("video");
      const address = URL.createObjectURL(medium);
      let frame = 0;
      video.muted = video.defaultMuted = true;
      video.volume = 0;
      video.disablePictureInPicture = video.disableRemotePlayback = true;
      stop = () => {
        stop = () => {};
        cancelAnimationFrame(frame);
        video.pause();
        video.removeAttribute("src");
        video.load();
        URL.revokeObjectURL(address);
      };
      const mine = hold;
      const stuck = () => {
        if (hold !== mine) return;
        hide();
        said.textContent = place.dataset.stuck;
      };
      video.addEventListener("loadedmetadata", async () => {
        if (!video.videoWidth) return stuck(); // only sound
        const from = Number(place.querySelector("[data-from]").value);
        if (from && Number.isFinite(video.duration)) video.currentTime = video.duration * from;
        try {
          await video.play();
        } catch {
          return stuck();
        }
        if (hold !== mine) return;
        const draw = begin(video.videoWidth, video.videoHeight);
        const next = () => {
          if (hold !== mine) return;
          draw(video);
          frame = requestAnimationFrame(next);
        };
        next();
      });
      video.addEventListener("error", stuck);
      video.src = address;
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

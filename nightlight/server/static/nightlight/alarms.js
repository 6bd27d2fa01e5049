// Asks for alarms every twenty seconds, so that a page that stays open shows them. Without this file each page shows
// those that were open when it was loaded. A new alarm is said to a screen reader; a tone sounds only where switched on.
"use strict";

(() => {
  const PAUSE = 20_000; // ms
  const SOUND = "nightlight-alarm-sound";
  const place = document.querySelector("[data-alarms]");
  if (!place) return;
  const shown = place.querySelector("[data-alarms-shown]");
  const said = place.querySelector("[data-alarms-said]");
  const numbers = () => new Set([...shown.querySelectorAll("[data-alarm]")].map((each) => each.dataset.alarm));
  let known = numbers();
  let missed = 0;

  async function ask() {
    try {
      const answer = await fetch(place.dataset.alarms, { cache: "no-store", redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
      missed = 0;
    } catch {
      missed += 1;
      if (missed === 2) say(place.dataset.lost, true);
    }
  }

  function show(html) {
    // Whoever stands on the link of an alarm is not thrown off it.
    if (!shown.contains(document.activeElement)) shown.innerHTML = html;
    const fresh = [...shown.querySelectorAll("[data-alarm]")].filter((each) => !known.has(each.dataset.alarm));
    known = numbers();
    if (fresh.length) {
      say(fresh[0].textContent.replace(/\s+/g, " ").trim(), false);
      tone();
    } else if (missed >= 2) say("", false);
  }

  function say(text, visibly) {
    said.textContent = text;
    said.className = visibly ? "alarm" : "unseen";
  }

  function tone() {
    if (localStorage.getItem(SOUND) !== "on") return;
    const audio = new AudioContext();
    const oscillator = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.1;
    oscillator.frequency.value = 660;
    oscillator.connect(volume).connect(audio.destination);
    oscillator.start();
    oscillator.stop(audio.currentTime + 0.4);
    oscillator.onended = () => audio.close();
  }

  const sound = document.querySelector("[data-sound]");
  if (sound) {
    const button = sound.querySelector("button");
    const draw = () => button.setAttribute("aria-pressed", String(localStorage.getItem(SOUND) === "on"));
    button.addEventListener("click", () => {
      localStorage.setItem(SOUND, localStorage.getItem(SOUND) === "on" ? "off" : "on");
      draw();
      tone();
    });
    draw();
    sound.hidden = false;
  }

  setInterval(ask, PAUSE);
})();

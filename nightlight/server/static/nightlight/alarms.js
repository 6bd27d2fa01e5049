// Asks for alarms every twenty seconds, so that a page that stays open shows them. Without this file each page shows
// those that were open when it was loaded. A new alarm is said to a screen reader; a tone sounds only where switched on.
"use strict";

(() => {
  const PAUSE = 20_000; // ms
  const PATIENCE = 15_000; // ms for an answer: a line that is dead without saying so is one that can't be reached
  const SOUND = "nightlight-alarm-sound";
  const place = document.querySelector("[data-alarms]");
  if (!place) return;
  const shown = place.querySelector("[data-alarms-shown]");
  const said = place.querySelector("[data-alarms-said]");
  const each = (where) => [...where.querySelectorAll("[data-alarm]")];
  const numbers = (alarms) => new Set(alarms.map((alarm) => alarm.dataset.alarm));
  let known = numbers(each(shown));
  let missed = 0;

  async function ask() {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), PATIENCE);
    try {
      const asked = { cache: "no-store", redirect: "error", signal: end.signal };
      const answer = await fetch(place.dataset.alarms, asked);
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
      missed = 0;
    } catch {
      missed += 1;
      if (missed === 2) say(place.dataset.lost, true);
    } finally {
      clearTimeout(timer);
    }
  }

  function show(html) {
    const sent = document.createElement("template");
    sent.innerHTML = html;
    const fresh = each(sent.content).filter((alarm) => !known.has(alarm.dataset.alarm));
    known = numbers(each(sent.content));
    // Whoever stands on the link of an alarm is not thrown off it: what is new is shown beside it until they leave.
    const held = shown.contains(document.activeElement);
    if (fresh.length) {
      say(fresh[0].textContent.replace(/\s+/g, " ").trim(), held);
      tone();
    } else if (missed >= 2 || (!held && said.className !== "unseen")) say("", false);
    if (!held) shown.replaceChildren(sent.content);
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

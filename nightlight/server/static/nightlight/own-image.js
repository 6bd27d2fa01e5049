// Makes fingerprints of pictures and videos that somebody chose on their own device. The files go to a worker
// (`pdq.js`) and nowhere else; what the form sends is a line of numbers, and that only while the box is ticked.
"use strict";

(() => {
  const place = document.querySelector("[data-own-prints]");
  if (!place) return;
  const words = place.dataset;
  const find = (name) => place.querySelector(`[data-${name}]`);
  const [choose, files, said, list] = ["choose", "files", "said", "list"].map(find);
  const [consent, prints] = ["consent", "prints"].map(find);
  const yes = consent.querySelector("input");
  const form = place.closest("form");

  const MOST_FILES = 20;
  const MOST_FRAMES = 60; // of a video: one a second, of a long one as many evenly spread
  const MOST_PRINTS = 200; // as the hotline lists of one report
  const MIN_QUALITY = 50;
  const SAME = 15; // bits; a frame this near the last one kept says nothing new
  const PATIENCE = 60000; // ms for a place in a video, which an old telephone may need long for
  const UNPAINTED = 500; // ms for a frame to be painted, which a browser may never say of a hidden window
  const AGAIN = 50; // ms

  if (!window.Worker || !window.OffscreenCanvas || !window.createImageBitmap) return;
  document.querySelector("[data-without]").hidden = true;
  place.hidden = false;

  const chosen = new Map(); // number: the fingerprints of one file
  const waiting = new Map();
  let worker = null;
  let asked = 0;
  let number = 0;
  let busy = 0;

  if (prints.value) add(words.before).done(prints.value.split(";"));

  choose.addEventListener("click", () => files.click());
  files.addEventListener("change", async () => {
    const some = [...files.files];
    files.value = ""; // nothing stays in the field
    for (const file of some) {
      if (chosen.size >= MOST_FILES) {
        said.textContent = words.many;
        break;
      }
      const row = add(`${file.type.startsWith("video/") ? words.video : words.picture} ${++number}`);
      busy++;
      try {
        row.done(...(file.type.startsWith("video/") ? await ofVideo(file, row) : await ofPicture(file, row)));
      } catch (error) {
        row.failed(words.unread);
      }
      busy--;
      write();
    }
  });
  yes.addEventListener("change", write);

  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "back") return;
    const given = all().length > 0;
    if (!busy && (!given || yes.checked)) return;
    event.preventDefault();
    said.textContent = busy ? words.wait : words.ask;
    if (!busy) yes.focus();
  });

  function all() {
    return [...new Set([...chosen.values()].flat())];
  }

  /** Writes the numbers into the form; without consent the field takes no part in it. */
  function write() {
    const given = all();
    prints.value = given.slice(0, MOST_PRINTS).join(";");
    prints.disabled = !yes.checked || !given.length;
    consent.hidden = !given.length;
    said.textContent = given.length > MOST_PRINTS ? words.many : "";
  }

  /** A line of the list, with its progress and a button that takes it out. */
  function add(name) {
    const key = {};
    const row = document.createElement("li");
    const tags = ["strong", "p", "progress", "p", "code", "button"];
    const [title, state, bar, line, code, out] = tags.map((tag) => document.createElement(tag));
    line.append(code);
    row.className = "card";
    title.textContent = name;
    state.textContent = words.working;
    bar.max = 1;
    bar.setAttribute("aria-label", name);
    out.type = "button";
    out.className = "second";
    out.textContent = words.remove;
    out.setAttribute("aria-label", `${words.remove}: ${name}`);
    out.addEventListener("click", () => {
      chosen.delete(key);
      row.remove();
      write();
      choose.focus();
    });
    row.append(title, state, bar, line, out);
    list.append(row);
    chosen.set(key, []);
    return {
      out,
      move: (part) => {
        bar.value = part;
      },
      done: (found, shown = "") => {
        bar.remove();
        if (!row.isConnected) return;
        chosen.set(key, found);
        state.textContent = found.length ? words.ready : words.plain;
        code.textContent = shown;
        code.dir = "ltr";
        write();
      },
      failed: (why) => {
        bar.remove();
        state.textContent = why;
      },
    };
  }

  /** Asks the worker; `told` hears of progress. */
  function ask(message, told = () => {}, handed = []) {
    if (!worker) {
      worker = new Worker(words.worker);
      worker.onmessage = ({ data }) => {
        const one = waiting.get(data.id);
        if (data.progress !== undefined) return one.told(data.progress);
        waiting.delete(data.id);
        return data.fault ? one.no(new Error(data.fault)) : one.yes(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        for (const one of waiting.values()) one.no(new Error("worker"));
        waiting.clear();
      };
    }
    const id = ++asked;
    return new Promise((yes_, no) => {
      waiting.set(id, { yes: yes_, no, told });
      worker.postMessage({ id, ...message }, handed);
    });
  }

  /** The fingerprints of a picture, and what is shown of them; none of a picture too plain to be told from others. */
  async function ofPicture(file, row) {
    const found = await ask({ file }, row.move);
    const shown = `${found.pdq} ${found.quality}`;
    const clear = [found, found.upright].filter((each) => each && each.quality >= MIN_QUALITY);
    if (!clear.length) return [[], shown];
    return [[...clear.map(print), ...whole(found)], shown];
  }

  /** The fingerprints of a video: of the file, and of frames through which it is moved. */
  async function ofVideo(file, row) {
    const video = document.createElement("video");
    const source = URL.createObjectURL(file);
    try {
      video.muted = true;
      video.preload = "auto";
      video.src = source;
      await heard(video, "loadeddata", row);
      const long = Number.isFinite(video.duration) ? video.duration : MOST_FRAMES;
      const count = Math.max(1, Math.min(MOST_FRAMES, Math.ceil(long)));
      const kept = [];
      for (let n = 0; n < count; n++) {
        const [moved, drawn] = [heard(video, "seeked", row), painted(video)];
        video.currentTime = Math.min((n * long) / count, Math.max(0, long - 0.05));
        await moved;
        await Promise.race([drawn, pause(UNPAINTED)]);
        const frame = await frameOf(video, row);
        const found = await ask({ frame }, undefined, [frame]);
        const last = kept[kept.length - 1];
        const isNew = !last || bitsApart(last.pdq, found.pdq) > SAME;
        if (found.quality >= MIN_QUALITY && isNew) kept.push(found);
        row.move((n + 1) / (count + 1));
      }
      const digest = kept.length ? whole(await ask({ digest: file })) : [];
      const shown = kept.length ? `${kept[0].pdq} ${kept[0].quality} (${kept.length})` : "";
      return [[...kept.map(print), ...digest], shown];
    } finally {
      video.removeAttribute("src");
      video.load();
      URL.revokeObjectURL(source);
    }
  }

  function print({ pdq, quality }) {
    return `pdq:${pdq}:${quality}`;
  }

  function whole({ sha256 }) {
    return sha256 ? [`sha256:${sha256}`] : [];
  }

  /** When the frame of the next place stands: a browser may say "seeked" while the frame before still does. */
  function painted(video) {
    return new Promise((done) => {
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(done);
    });
  }

  /** The frame that stands; where none does yet, which a busy device may say after "seeked", it is asked again. */
  async function frameOf(video, row) {
    for (const until = performance.now() + PATIENCE; ; await pause(AGAIN)) {
      try {
        return await createImageBitmap(video, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
      } catch (error) {
        if (performance.now() > until || !row.out.isConnected) throw error;
      }
    }
  }

  function pause(long) {
    return new Promise((done) => setTimeout(done, long));
  }

  /** Waits for a word of the video: no longer than PATIENCE, and not once its row was taken out. */
  function heard(video, name, row) {
    return new Promise((done, no) => {
      const timer = setTimeout(() => no(new Error(name)), PATIENCE);
      const settle = (how) => () => {
        clearTimeout(timer);
        how();
      };
      video.addEventListener(name, settle(done), { once: true });
      video.addEventListener("error", settle(() => no(new Error("video"))), { once: true });
      row.out.addEventListener("click", settle(() => no(new Error("removed"))), { once: true });
      if (!row.out.isConnected) settle(() => no(new Error("removed")))();
    });
  }

  function bitsApart(one, other) {
    let bits = 0;
    for (let at = 0; at < one.length; at++) {
      for (let left = parseInt(one[at], 16) ^ parseInt(other[at], 16); left; left &= left - 1) bits++;
    }
    return bits;
  }
})();

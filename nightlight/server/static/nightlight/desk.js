// The desk by keyboard. Everything works without this file; it only saves reaching for the mouse.
// A key is the `accesskey` of what it stands for, drawn beside it. Nothing irrevocable hangs on one press: a decision
// is read back first and taken by a second, deliberate one.
"use strict";

(() => {
  const SETTLE = 600; // ms after a page appeared in which a press still belongs to the page before
  const opened = performance.now();

  const typing = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");

  function press(key) {
    const target = document.querySelector(`[accesskey="${CSS.escape(key)}"]`);
    if (!target) return false;
    target.focus();
    if (!typing(target)) target.click();
    return true;
  }

  function move(step) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    let at = rows.indexOf(document.activeElement);
    if (at < 0) at = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
    next.focus();
  }

  function showKeys() {
    const keys = document.getElementById("keys");
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  }

  function submitDecision() {
    const form = document.querySelector("form[data-decide]");
    if (!form || performance.now() - opened < SETTLE) return;
    form.requestSubmit(form.querySelector('button[value="final"], button[value="look"]'));
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing) return;
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      submitDecision();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const known = { j: () => move(1), k: () => move(-1), "?": showKeys };
    const act = known[event.key];
    if (act) act();
    if (act || (event.key.length === 1 && press(event.key))) event.preventDefault();
  });

  // A grade, of whichever scheme, belongs to a confirmed case only.
  document.addEventListener("change", (event) => {
    if (event.target.name !== "outcome" || event.target.value === "confirmed") return;
    const none = 'input[name="severity"][value=""], input[name^="grade-"][value=""]';
    for (const each of document.querySelectorAll(none)) each.checked = true;
  });
})();

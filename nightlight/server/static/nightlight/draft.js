// Keeps an unfinished form (`data-draft="name"`) for this tab's session only, so that a reload or a look at another page
// loses nothing. Sending it, clearing it and leaving fast forget it. Nothing leaves the device.
(function () {
  "use strict";
  var form = document.querySelector("form[data-draft]");
  if (!form) return;
  var name = "draft:" + form.getAttribute("data-draft");

  function fields() {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && field.type !== "hidden" && field.type !== "submit" && field.type !== "reset";
    });
  }

  function keep() {
    var kept = {};
    fields().forEach(function (field) {
      if (field.type === "checkbox") kept[field.name] = field.checked;
      else if (field.type !== "radio" || field.checked) kept[field.name] = field.value;
    });
    try {
      sessionStorage.setItem(name, JSON.stringify(kept));
    } catch (refused) {
      // full or switched off: the form works as without scripts
    }
  }

  // What somebody did on a slow line before this file came is newer than what was kept.
  function touched(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.type === "select-one") return field.selectedIndex > 0 && !field.options[field.selectedIndex].defaultSelected;
    return field.value !== field.defaultValue;
  }

  function bring() {
    var kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(name));
    } catch (refused) {
      return;
    }
    if (!kept) return;
    var begun = {};
    fields().forEach(function (field) {
      if (touched(field)) begun[field.name] = true;
    });
    fields().forEach(function (field) {
      if (!(field.name in kept) || begun[field.name]) return;
      if (field.type === "checkbox") field.checked = kept[field.name];
      else if (field.type === "radio") field.checked = field.value === kept[field.name];
      else field.value = kept[field.name];
    });
    keep();
  }

  function forget() {
    try {
      sessionStorage.removeItem(name);
    } catch (refused) {
      // nothing was kept
    }
  }

  // An answer with mistakes to mend shows what was sent; what was kept before is older.
  if (form.hasAttribute("data-sent")) forget();
  else bring();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", forget);
  form.addEventListener("reset", forget);
})();

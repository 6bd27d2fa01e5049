// A form that is on its way (`data-once`) is not sent a second time by a second click: the browser would show the
// second answer, that it was sent before, and never the receipt. Nor does that click press anything of the next page.
// Without this file a form goes out as often as it is sent.
(function () {
  "use strict";
  var PATIENCE = 20000; // ms after which somebody may try again, as when they stopped the page
  var onItsWay = null;
  var timer = 0;

  function again() {
    clearTimeout(timer);
    onItsWay = null;
  }

  // Other scripts may hold a form back first: they listen at the form itself.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || !form.hasAttribute("data-once")) return;
    if (form === onItsWay) {
      event.preventDefault();
      return;
    }
    again();
    onItsWay = form;
    timer = setTimeout(again, PATIENCE);
  });

  // The second of two quick clicks falls on whatever page is there by then: it presses nothing of the next one. The
  // first has done what was meant, and leaving is leaving.
  document.addEventListener(
    "click",
    function (event) {
      var pressed = event.target.closest("a, button");
      if (event.detail > 1 && pressed && !pressed.classList.contains("leave")) event.preventDefault();
    },
    true,
  );

  window.addEventListener("pageshow", again); // for whoever comes back
})();

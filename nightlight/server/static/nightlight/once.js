// A form that is on its way (`data-once`) is not sent a second time by a second click: the browser would show the
// second answer, that it was sent before, and never the receipt. Without this file it goes out as often as it is sent.
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

  window.addEventListener("pageshow", again); // for whoever comes back
})();

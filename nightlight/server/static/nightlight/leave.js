// Leaves at once, by the link or by pressing Esc three times within two seconds: the other page takes the place of this
// one in the tab's history, and what a form kept for the session is forgotten. Without this file the link is a link.
(function () {
  "use strict";
  var link = document.querySelector("a.leave");
  if (!link) return;
  var presses = [];

  function forget() {
    try {
      sessionStorage.clear();
    } catch (refused) {
      // a browser that keeps nothing has nothing to forget
    }
  }

  function leave() {
    forget();
    window.addEventListener("pagehide", forget); // a field that loses the focus meanwhile is kept once more
    document.documentElement.hidden = true;
    location.replace(link.href);
  }

  link.addEventListener("click", function (event) {
    event.preventDefault();
    leave();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") {
      presses = [];
    } else if (!event.repeat) {
      presses = presses.filter(function (at) { return event.timeStamp - at < 2000; });
      presses.push(event.timeStamp);
      if (presses.length >= 3) leave();
    }
  });
})();

// An answer that arrives after its form was changed again must not put back what stood there
// before: the change asks anew. A part marked data-live drops such an answer, or takes of it only
// the part that the mark's selector names.
(function () {
  "use strict";

  function answersOf(part) {
    return new URLSearchParams(new FormData(part.closest("form"))).toString();
  }

  document.addEventListener("htmx:beforeRequest", function (event) {
    var part = event.detail.elt;
    if (part.hasAttribute("data-live")) event.detail.xhr.answers = answersOf(part);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var detail = event.detail;
    var part = detail.requestConfig.elt;
    var sent = detail.xhr.answers;
    if (sent === undefined || !document.contains(part) || answersOf(part) === sent) return;
    var still = part.dataset.live;
    if (still) {
      detail.target = document.querySelector(still);
      detail.selectOverride = still;
    } else {
      detail.shouldSwap = false;
    }
  });
})();

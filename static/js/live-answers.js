// An answer that arrives after its questions were changed again is dropped: the change asks anew,
// and the late answer would put back older choices among the questions that it brings along.
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
    var part = event.detail.requestConfig.elt;
    var sent = event.detail.xhr.answers;
    if (sent !== undefined && document.contains(part) && answersOf(part) !== sent) {
      event.detail.shouldSwap = false;
    }
  });
})();

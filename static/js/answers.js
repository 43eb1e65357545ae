// Answers that HTMX asks for, on a slow or broken line: one that comes too late is dropped, and one
// that does not come is said, since the page would look as if nothing had been asked.
(function () {
  "use strict";
  var LONGEST_WAIT = 30000; // ms for a page's part; papers that are sent may take as long as they do
  var lost = null;

  function answersOf(part) {
    return new URLSearchParams(new FormData(part.closest("form"))).toString();
  }
  function forget() {
    if (lost) lost.remove();
    lost = null;
  }
  function tell(event) {
    var part = event.detail.elt;
    var words = document.querySelector("meta[name=answer-lost]");
    // Papers say it themselves; without suggestions a region is typed out or looked up.
    if (!words || !part || part.closest("[data-upload], [role=listbox]")) return;
    forget();
    lost = document.createElement("p");
    lost.className = "error";
    lost.setAttribute("role", "alert");
    lost.textContent = words.content;
    var form = part.closest("form");
    if (form) form.appendChild(lost);
    else part.parentNode.insertBefore(lost, part.nextSibling);
  }

  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb === "get") event.detail.timeout = LONGEST_WAIT;
  });
  // A part marked data-live asks anew with each change. An answer to what stood there before would
  // put it back: it is dropped, or only the part is taken that the mark's selector names.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var part = event.detail.elt;
    if (part.hasAttribute("data-live")) event.detail.xhr.answers = answersOf(part);
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var detail = event.detail;
    var part = detail.requestConfig.elt;
    var sent = detail.xhr.answers;
    if (!detail.isError) forget();
    if (sent === undefined || !document.contains(part) || answersOf(part) === sent) return;
    var still = part.dataset.live;
    if (still) {
      detail.target = document.querySelector(still);
      detail.selectOverride = still;
    } else {
      detail.shouldSwap = false;
    }
  });
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, tell);
  });
})();

// The print and copy buttons of a result. They are hidden until this script runs; the browser's own
// menu does the same without it. The clauses of a printed page are opened for print and closed after.
(function () {
  "use strict";

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }
  function show() {
    each("[data-print], [data-copy]", function (button) { button.hidden = false; });
  }
  function copied(button, done) {
    var status = document.getElementById(button.dataset.status);
    if (status) status.textContent = done ? button.dataset.done : button.dataset.failed;
  }
  function copy(button) {
    var field = document.getElementById(button.dataset.copy);
    if (!button.hasAttribute("data-copy-text")) field.value = window.location.href;
    field.select();
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(field.value).then(
        function () { copied(button, true); },
        function () { copied(button, false); }
      );
    } else {
      // Plain http and the browser inside WeChat have no clipboard object.
      copied(button, document.execCommand("copy"));
    }
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-print")) window.print();
    else copy(button);
  });
  window.addEventListener("beforeprint", function () {
    each("main details:not([open])", function (details) {
      details.open = true;
      details.dataset.openedForPrint = "1";
    });
  });
  window.addEventListener("afterprint", function () {
    each("main details[data-opened-for-print]", function (details) {
      details.open = false;
      delete details.dataset.openedForPrint;
    });
  });
  document.addEventListener("htmx:load", show);
  show();
})();

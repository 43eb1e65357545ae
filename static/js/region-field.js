// Suggestions under a region's text field (ARIA combobox). Without this script the field is plain
// text and the link "按省份选择" beside it does the same job.
(function () {
  "use strict";

  function setUp(box) {
    var input = box.querySelector("input");
    var list = box.querySelector(".suggestions");
    var status = box.querySelector("[data-region-status]");
    var active = -1;
    var timer = 0;
    var composing = false;
    var asked = "";
    var suggested = "";
    if (!input || !list || box.dataset.ready) return;
    box.dataset.ready = "1";

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    list.setAttribute("role", "listbox");
    var label = document.querySelector('label[for="' + input.id + '"]');
    if (label) list.setAttribute("aria-label", label.textContent.trim());

    function options() {
      return Array.prototype.slice.call(list.querySelectorAll("[role=option]"));
    }
    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function mark(position) {
      var all = options();
      if (!all.length) return;
      active = (position + all.length) % all.length;
      all.forEach(function (option, i) {
        option.setAttribute("aria-selected", i === active ? "true" : "false");
      });
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }
    function choose(option) {
      window.clearTimeout(timer);
      input.value = option.dataset.value || option.textContent.trim();
      asked = input.value;
      // Radio buttons below offer places for an earlier, ambiguous text: they no longer count.
      var stale = box.parentNode.querySelectorAll("input[type=radio]");
      Array.prototype.forEach.call(stale, function (radio) { radio.checked = false; });
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    function shown() {
      if (document.activeElement !== input) return close();
      var all = options();
      all.forEach(function (option, i) {
        option.id = list.id + "-" + i;
        option.setAttribute("aria-selected", "false");
      });
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = all.length === 0;
      input.setAttribute("aria-expanded", all.length ? "true" : "false");
      status.textContent = list.dataset.status || "";
    }
    function ask() {
      var text = input.value.trim();
      if (text === asked || composing) return;
      asked = text;
      if (!text || text.length > 40 || !window.htmx) return close();
      suggested = text;
      var url = box.dataset.suggest + "?q=" + encodeURIComponent(text);
      window.htmx.ajax("GET", url, { source: list, target: list, swap: "innerHTML" });
    }
    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, 180);
    }

    input.addEventListener("compositionstart", function () { composing = true; });
    input.addEventListener("compositionend", function () { composing = false; later(); });
    input.addEventListener("input", later);
    input.addEventListener("blur", function () { window.setTimeout(close, 150); });
    input.addEventListener("keydown", function (event) {
      if (composing || event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden) {
          if (!options().length) return;
          shown();
        }
        event.preventDefault();
        mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      } else if (event.key === "Enter" && !list.hidden && active >= 0) {
        event.preventDefault();
        choose(options()[active]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    list.addEventListener("htmx:afterSwap", function () {
      // Not after a place was chosen: the answer is to what was typed before.
      if (asked === suggested) shown();
    });
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
  }

  function setUpAll(root) {
    Array.prototype.forEach.call(root.querySelectorAll("[data-region-field]"), setUp);
  }
  setUpAll(document);
  document.addEventListener("htmx:load", function (event) { setUpAll(event.target); });
})();

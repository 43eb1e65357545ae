// Names for the search boxes of the panel: the library behind them leaves its controls unnamed.
"use strict";

function nameSearchBoxes(root) {
  for (const select of root.querySelectorAll("select.admin-autocomplete")) {
    const label = select.labels && select.labels[0];
    const box = select.parentElement.querySelector(".select2-selection");
    const name = label ? label.textContent.trim() : select.getAttribute("aria-label");
    if (!name || !box) continue;
    box.removeAttribute("aria-labelledby");
    box.setAttribute("aria-label", name);
    const shown = box.querySelector(".select2-selection__rendered");
    if (shown) shown.setAttribute("aria-label", name);
  }
}

// The boxes appear when that library has run, and with every row that is added.
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (node.classList && node.classList.contains("select2-container")) nameSearchBoxes(node.parentElement);
    }
  }
}).observe(document.body, { childList: true, subtree: true });
nameSearchBoxes(document);

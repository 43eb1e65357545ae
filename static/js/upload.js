// Papers are sent as soon as they are chosen, with a bar that shows how far; large photographs are made
// smaller first, so that a slow line carries less. Without this script the buttons do the same.
(function () {
  "use strict";
  var LONGEST = 3000; // px of the longer side: an A4 page stays readable at 250 dots an inch
  var LIGHT = 700 * 1024; // bytes; smaller files go as they are
  var live = null;

  function box(element) {
    return element && element.closest ? element.closest("[data-upload]") : null;
  }
  function isInput(element) {
    return Boolean(element && element.hasAttribute && element.hasAttribute("data-upload-input"));
  }
  function say(text) {
    if (!live) {
      live = document.createElement("p");
      live.className = "hidden-text";
      live.setAttribute("role", "status");
      document.querySelector("main").appendChild(live);
    }
    live.textContent = text;
  }
  function hideButtons(root) {
    if (!window.htmx) return;
    Array.prototype.forEach.call(root.querySelectorAll("[data-upload-button]"), function (button) {
      button.hidden = true;
    });
  }
  function progress(element, value, word) {
    var part = box(element) && box(element).querySelector("[data-upload-progress]");
    if (!part) return;
    var bar = part.querySelector("progress");
    var text = part.querySelector("[data-upload-percent]");
    part.hidden = false;
    if (value === null) bar.removeAttribute("value");
    else bar.value = value;
    text.textContent = word ? text.dataset[word] : Math.round(value) + "%";
  }
  function lost(element) {
    var part = box(element);
    if (!part) return;
    part.querySelector("[data-upload-progress]").hidden = true;
    part.removeAttribute("aria-busy");
    part.querySelector("[data-upload-wait]").hidden = true;
    var message = part.querySelector("[data-upload-lost]");
    message.hidden = false;
    say(message.textContent);
    if (isInput(element)) element.value = "";
  }

  function smaller(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < LIGHT) return Promise.resolve(file);
    return window.createImageBitmap(file, { imageOrientation: "from-image" }).then(function (bitmap) {
      var scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
      // A screenshot of a long page would become too narrow to read.
      if (Math.max(bitmap.width, bitmap.height) > 3 * Math.min(bitmap.width, bitmap.height)) return file;
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) {
        canvas.toBlob(function (blob) {
          done(blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file);
        }, "image/jpeg", 0.85);
      });
    }).catch(function () { return file; }); // what the browser cannot read, the server explains
  }
  function shrunk(input) {
    if (!window.createImageBitmap || !window.DataTransfer) return Promise.resolve();
    var files = Array.prototype.slice.call(input.files);
    if (!files.some(function (file) { return file.size >= LIGHT; })) return Promise.resolve();
    progress(input, null, "shrinking");
    return Promise.all(files.map(smaller)).then(function (lighter) {
      var parcel = new DataTransfer();
      lighter.forEach(function (file) { parcel.items.add(file); });
      input.files = parcel.files;
    }).catch(function () {});
  }

  // The answer takes the place of the whole part: what is chosen or removed there meanwhile would go
  // with it, unsent and unsaid.
  document.addEventListener("click", function (event) {
    var part = box(event.target);
    if (!part || part.getAttribute("aria-busy") !== "true") return;
    if (!event.target.closest("input, button, label")) return;
    event.preventDefault();
    event.stopPropagation();
    var message = part.querySelector("[data-upload-wait]");
    message.hidden = false;
    say(message.textContent);
  }, true);
  document.addEventListener("htmx:confirm", function (event) {
    var input = event.target;
    if (!isInput(input)) return;
    event.preventDefault();
    if (!input.files.length) return;
    box(input).querySelector("[data-upload-lost]").hidden = true;
    box(input).setAttribute("aria-busy", "true");
    progress(input, 0);
    shrunk(input).then(function () { event.detail.issueRequest(true); });
  });
  document.addEventListener("htmx:xhr:progress", function (event) {
    if (!isInput(event.target) || !event.detail.lengthComputable) return;
    var percent = 100 * event.detail.loaded / event.detail.total;
    if (percent < 100) progress(event.target, percent);
    else progress(event.target, null, "working");
  });
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) { lost(event.detail.elt); });
  });
  document.addEventListener("htmx:load", function (event) {
    var part = box(event.target);
    hideButtons(event.target.parentNode || document);
    if (part === event.target && part.dataset.said) say(part.dataset.said);
  });
  hideButtons(document);
})();

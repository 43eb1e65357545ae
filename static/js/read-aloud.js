// Reads the part of the page marked data-read aloud, where the browser can. The button stays hidden
// without a voice for the page's language; some browsers name their voices only after a while.
(function () {
  "use strict";
  var speech = window.speechSynthesis;
  var button = document.querySelector("[data-read-aloud]");
  var part = document.querySelector("[data-read]");
  if (!speech || !window.SpeechSynthesisUtterance || !button || !part) return;
  var start = button.textContent;
  var isEnglish = /^en/i.test(document.documentElement.lang);
  var spokenHere = isEnglish ? /^en/i : /^(zh|cmn)/i;
  var end = isEnglish ? /[.!?;:]+(?=\s|$)|[。！？；\n]+/ : /[。！？；\n]+/;

  function voice() {
    return speech.getVoices().filter(function (each) { return spokenHere.test(each.lang); })[0];
  }
  function show() {
    button.parentNode.hidden = !voice();
  }
  function stopped() {
    button.textContent = start;
    button.removeAttribute("aria-pressed");
  }
  function sentences() {
    // Sources and buttons are not read; a long text in one piece is cut off by some browsers.
    var copy = part.cloneNode(true);
    Array.prototype.forEach.call(copy.querySelectorAll(".cite, .read-aloud, .hidden-text"), function (node) {
      node.parentNode.removeChild(node);
    });
    Array.prototype.forEach.call(copy.querySelectorAll("h1, h2, p, li"), function (node) {
      node.appendChild(document.createTextNode("\n"));
    });
    return copy.textContent.split(end).filter(function (text) { return text.trim(); });
  }
  function read() {
    var texts = sentences();
    button.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
    texts.forEach(function (text, i) {
      var spoken = new SpeechSynthesisUtterance(text.trim());
      spoken.voice = voice();
      spoken.lang = spoken.voice.lang;
      spoken.rate = 0.9;
      if (i === texts.length - 1) spoken.onend = stopped;
      speech.speak(spoken);
    });
  }
  button.addEventListener("click", function () {
    var speaking = button.hasAttribute("aria-pressed");
    speech.cancel();
    if (speaking) stopped();
    else read();
  });
  window.addEventListener("pagehide", function () { speech.cancel(); });
  if ("onvoiceschanged" in speech) speech.onvoiceschanged = show;
  show();
})();

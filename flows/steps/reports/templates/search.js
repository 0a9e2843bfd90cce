// Filters the list that stands on the page, so that it works from a folder and without a server.
(function () {
  "use strict";
  var box = document.getElementById("find");
  var said = document.getElementById("found");
  var rows = Array.from(document.querySelectorAll("[data-find]"));
  var groups = Array.from(document.querySelectorAll("[data-group]"));
  var texts = rows.map(function (row) { return " " + row.dataset.find; });

  // The same as `fold` in lists.py.
  function fold(text) {
    return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
      .replace(/['\u2019\u2018`]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }

  function find() {
    var words = fold(box.value).split(" ").filter(Boolean);
    var count = 0;
    rows.forEach(function (row, at) {
      var fits = words.every(function (word) { return texts[at].includes(" " + word); });
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    groups.forEach(function (group) { group.hidden = !group.querySelector("li:not([hidden])"); });
    if (!words.length) said.textContent = said.dataset.all;
    else if (!count) said.textContent = "No agency found: try fewer words or another spelling.";
    else said.textContent = count + (count === 1 ? " agency" : " agencies") + " found.";
  }

  box.addEventListener("input", find);
  box.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { box.value = ""; find(); }
    if (event.key === "Enter" || event.key === "ArrowDown") {
      var first = document.querySelector("[data-find]:not([hidden]) > a");
      if (first && fold(box.value)) { first.focus(); event.preventDefault(); }
    }
  });
  document.getElementById("search").hidden = false;
  box.value = new URLSearchParams(location.search).get("q") || "";
  find();
})();

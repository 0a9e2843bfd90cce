// Tells the age of the newest list by the reader's own day: a page may be read long after it was made.
(function () {
  "use strict";
  var note = document.querySelector("[data-listed-on]");
  var days = Math.floor((Date.now() - Date.parse(note.dataset.listedOn)) / 864e5);
  if (!(days >= 0)) return;
  var isOld = days > Number(note.dataset.silentDays);
  note.classList.toggle("old", isOld);
  note.querySelector("[data-age]").textContent = days === 1 ? "1 day ago" : days + " days ago";
  note.querySelector("[data-warning]").hidden = !isOld;
})();

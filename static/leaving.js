// Leaving a form with words that were neither saved nor kept asks first.
const written = document.getElementById("sheet");
let dirty = written.dataset.dirty === "yes";

written.addEventListener("input", () => {
  dirty = true;
});
written.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget !== "_blank") dirty = false;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

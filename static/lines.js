// “Line 4” in a message selects that line of the text. Without this script the message quotes the line.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const field = link && document.querySelector(link.getAttribute("href"));
  const line = Number(link?.dataset.line);
  if (!field || !(line > 0)) return;
  event.preventDefault();
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  field.scrollTop = (line - 3) * (field.scrollHeight / lines.length);
  field.scrollIntoView({ block: "nearest" });
});

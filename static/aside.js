// What a script can add beside the questions: a button that copies a link, and one that prints. Without it the link
// can be selected and the browser prints.
function copying(field) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Copy" });
  const said = Object.assign(document.createElement("span"), { className: "hidden" });
  const label = field.labels?.[0] ?? field.parentElement.previousElementSibling;
  label.id = `${field.id}-label`;
  button.setAttribute("aria-describedby", label.id);
  said.setAttribute("role", "status");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent);
      button.textContent = "Copied";
      said.textContent = "The link is copied.";
    } catch {
      field.select?.();
      if (!field.select) getSelection().selectAllChildren(field);
      said.textContent = "The browser does not let us copy. The link is selected: copy it by hand.";
    }
  };
  field.after(button, said);
}

if (navigator.clipboard) document.querySelectorAll(".link").forEach(copying);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.onclick = () => print();
}

// What a script can add to a question page; without it everything works, too.
// An unsent answer is kept in this tab, a lost connection keeps the page, lines move in place, used responses are marked.
const form = () => document.querySelector("form[data-question]");
const say = text => { form().querySelector(".kept").textContent = text; };
const OFFLINE = "You are offline. Your answer is kept here; press Continue when you are connected again.";
const UNREACHED = "We could not reach the server. Your answer is kept here. Press Continue to try again.";
const FAULT = "The server could not save just now. Your answer is kept here. Press Continue to try again.";
let sending = false;

const key = () => "answer " + form().dataset.question;
const answers = () => [...new FormData(form())].filter(([name]) => form().elements[name].type !== "hidden");
const keep = () => sessionStorage.setItem(key(), JSON.stringify(answers()));

function restore() {
  const kept = sessionStorage.getItem(key());
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("answer ")) sessionStorage.removeItem(name);
  if (document.querySelector(".summary")) return keep();
  if (!kept) return;
  sessionStorage.setItem(key(), kept);
  for (const [name, value] of JSON.parse(kept)) {
    for (const field of form().querySelectorAll(`[name="${name}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  if (JSON.parse(kept).some(([, value]) => value)) say("This is what you had entered. It is not sent yet.");
}

async function send(event) {
  event.preventDefault();
  if (sending) return;
  if (!navigator.onLine) return say(OFFLINE);
  sending = true;
  say("");
  try {
    const body = new URLSearchParams(new FormData(form()));
    const response = await fetch(location.href, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout?.(20000) });
    // The next question's page forgets this answer; until then a network's own sign-in page can't lose it.
    if (response.type === "opaqueredirect") return location.assign(form().dataset.next);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.status > 499 || !page.querySelector("main")) say(FAULT);
    else show(page);
  } catch {
    say(navigator.onLine ? UNREACHED : OFFLINE);
  }
  sending = false;
}

function show(page) {
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  const first = document.querySelector(".summary") || document.querySelector("main");
  if (form()) begin();
  first.focus();
  scrollTo(0, 0);
}

// Lines in order: the selects still carry the places, unseen.
function movable(list) {
  const rows = () => [...list.querySelectorAll(".place")];
  const select = row => row.querySelector("select");
  const unknown = list.querySelector("[type=checkbox]");
  const number = () => {
    for (const row of rows()) {
      const out = select(row).value === "none";
      row.querySelector(".at").textContent = out ? "–" : select(row).value;
      row.classList.toggle("out", out);
      row.querySelector("[aria-pressed]")?.setAttribute("aria-pressed", out);
    }
  };
  const place = () => {
    let n = 0;
    for (const row of rows()) {
      if (unknown.checked) select(row).value = "";
      else if (select(row).value === "none") row.parentElement.append(row);
      else select(row).value = String(++n);
    }
    number();
    keep();
  };
  const move = (row, by) => {
    const other = rows()[rows().indexOf(row) + by];
    unknown.checked = false;
    if (other && by) by < 0 ? other.before(row) : other.after(row);
    place();
    list.querySelector("[role=status]").textContent = select(row).value === "none" ? "Not used" : `Now in place ${select(row).value}`;
  };
  const button = (row, text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: text });
    made.setAttribute("aria-describedby", row.querySelector("label").id);
    made.onclick = () => { act(); made.focus(); };
    row.querySelector(".moves").append(made);
    return made;
  };
  for (const row of rows().sort((a, b) => (+select(a).value || 99) - (+select(b).value || 99))) {
    list.querySelector(".places").append(row);
    button(row, "Up", () => move(row, -1));
    button(row, "Down", () => move(row, 1));
    if (select(row).querySelector("[value=none]")) {
      button(row, "Not used", () => {
        select(row).value = select(row).value === "none" ? "" : "none";
        move(row, 0);
      }).setAttribute("aria-pressed", false);
    }
  }
  number();
  unknown.addEventListener("change", place);
  list.classList.add("movable");
}

// Each response fits one row: say where it is used already.
function marked(list) {
  const selects = [...list.querySelectorAll("select")];
  for (const option of list.querySelectorAll("option")) option.dataset.text = option.text;
  const mark = () => {
    for (const option of list.querySelectorAll("option[value]:not([value=''])")) {
      const row = selects.findIndex(s => s.value === option.value && s !== option.parentElement);
      option.text = option.dataset.text + (row < 0 ? "" : ` (used in row ${row + 1})`);
    }
  };
  list.addEventListener("change", mark);
  mark();
}

function begin() {
  restore();
  for (const list of form().querySelectorAll(".order")) movable(list);
  for (const list of form().querySelectorAll(".match")) marked(list);
  form().addEventListener("input", keep);
  form().addEventListener("submit", send);
}

begin();
addEventListener("offline", () => form() && say(OFFLINE));
addEventListener("online", () => form() && say("You are connected again."));
addEventListener("pageshow", () => { sending = false; });

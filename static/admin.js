// The editor's page: what keeps the text from going live and its preview follow as one types. Without this script,
// “Check and preview” does the same.
const sheet = document.getElementById("sheet");
const points = document.getElementById("points");
const proof = document.getElementById("proof");
const phones = document.querySelectorAll(".phone");
const PAUSE = 700;
let timer = 0;
let asked = 0;

async function check() {
  const mine = ++asked;
  try {
    const answer = await fetch(sheet.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(sheet)) });
    if (!answer.ok || mine !== asked) return;
    const told = await answer.json();
    const opened = points.querySelector("details")?.open;
    points.innerHTML = told.points;
    proof.innerHTML = told.proof;
    const advice = points.querySelector("details");
    if (advice && opened) advice.open = true;
    if (told.page) {
      for (const phone of phones) {
        const scheme = phone.classList.contains("dark") ? "dark" : "light";
        phone.hidden = false;
        phone.srcdoc = told.page.replace('class="light"', `class="${scheme}"`);
      }
      document.getElementById("no-preview")?.remove();
    }
  } catch {
    // away from the network: the page works as it does without script
  }
}

sheet.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});

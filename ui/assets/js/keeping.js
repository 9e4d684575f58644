// A reload must not lose the conversation: Gradio reloads the page by itself when the service was restarted. It is kept
// in the tab's own storage, which ends with the tab; where storage is blocked, it just does not outlive the page.
const KEPT = "course-tutor-conversation";

function keep() {
  const turns = memory.turns
    .filter((turn) => turn !== memory.waiting)
    .map(({ body, node, id, lost, ...rest }) => ({ html: body.innerHTML, ...rest }));
  const draft = memory.waiting?.question ?? page.question.value;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ course: memory.course?.course_id, turns, draft, again: memory.again }));
  } catch {
    sessionStorage.removeItem(KEPT); // too long to be kept; better none than an old one
  }
}

function readKept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

/** Show the kept conversation again, once, where it is about the chosen course. */
function restore(kept) {
  if (memory.turns.length || kept.course !== memory.course?.course_id) return;
  for (const { question, html, ...rest } of kept.turns ?? []) {
    const turn = startTurn(question);
    Object.assign(turn, rest);
    redraw(turn.body, html); // was sanitised by the server, and only our own pages can write to this storage
    for (const old of turn.body.querySelectorAll(".ct-offers, .ct-feedback")) old.remove();
    if (turn.phase === "finished") completeTurn(turn);
    turn.body.removeAttribute("aria-busy");
  }
  page.question.value = kept.draft ?? "";
  onTyping();
  if (kept.again) ask(kept.again);
}

// Asking, and showing what arrives. One answer arrives at a time; a turn's number tells late updates from wanted ones.
const PATIENCE_MS = 5_000; // before the service is looked for; answers take a fraction of a second
const LONGEST_SILENCE_MS = 45_000; // beyond the service's own limit, so that its words come first

let silence = 0;

function ask(question) {
  if (memory.waiting || !memory.course?.ready) return;
  const turn = startTurn(question);
  memory.waiting = turn;
  showWaiting(true);
  waitForWords(turn);
  trigger("ask", {
    turn: turn.id,
    course: memory.course.course_id,
    question,
    history: history(turn),
    document: chapter.document,
  });
}

/** The turns before `turn`, as the API wants them: plain text, oldest first. */
function history(turn) {
  return memory.turns
    .filter((earlier) => earlier !== turn && earlier.remember)
    .slice(-10) // not tuned: a follow-up looks a few turns back
    .flatMap((earlier) => [
      { role: "user", content: earlier.question },
      { role: "assistant", content: earlier.remember },
    ]);
}

function startTurn(question) {
  const node = make("article", "ct-turn");
  const asked = make("h2", "ct-question", question);
  const body = make("div", "ct-answer");
  body.append(thinking());
  node.append(asked, body);
  node.setAttribute("aria-label", `Question: ${question}`);
  body.setAttribute("aria-busy", "true");
  page.welcome.hidden = true;
  page.renew.hidden = false;
  page.turns.append(node);
  const turn = { id: ++memory.lastTurn, question, node, body, places: [], copy: "", remember: "", answer: "", phase: "arriving" };
  node.dataset.turn = String(turn.id);
  memory.turns.push(turn);
  page.conversation.scrollTo({ top: node.offsetTop - 16, behavior: scrollingBehaviour() });
  return turn;
}

function thinking() {
  const dots = make("p", "ct-thinking");
  dots.append(make("span", "ct-hidden", "Looking in the course"), make("i"), make("i"), make("i"));
  return dots;
}

/** Show one update of the answer that is awaited; any other is of a turn that was stopped. */
function show(update) {
  const turn = memory.waiting;
  if (!update || !turn || update.turn !== turn.id) return;
  turn.places = update.places;
  turn.phase = update.phase;
  redraw(turn.body, update.html);
  if (update.phase === "arriving") {
    waitForWords(turn);
    return;
  }
  turn.copy = update.copy;
  turn.remember = update.remember;
  turn.answer = update.answer;
  turn.suggestions = update.suggestions;
  completeTurn(turn);
  endTurn(turn, update.announce);
}

function stop() {
  const turn = memory.waiting;
  if (!turn) return;
  trigger("stop");
  turn.body.querySelector(".ct-thinking")?.remove();
  turn.body.append(make("p", "ct-note", "Stopped."));
  endTurn(turn, "Stopped.");
}

function endTurn(turn, words) {
  clearTimeout(silence);
  memory.waiting = null;
  turn.body.removeAttribute("aria-busy");
  showWaiting(false);
  announce(words);
}

/** Look whether the service is there while nothing is heard of a turn; give the turn up when it is not. */
function waitForWords(turn, since = Date.now()) {
  clearTimeout(silence);
  silence = setTimeout(async () => {
    const reply = await call("courses", {});
    if (memory.waiting !== turn) return;
    if (!reply.ok) giveUp(turn, reply.words);
    else if (Date.now() - since > LONGEST_SILENCE_MS) giveUp(turn, "The tutor takes too long to answer.");
    else waitForWords(turn, since);
  }, PATIENCE_MS);
}

function giveUp(turn, words) {
  const failure = make("div", "ct-failure");
  const again = make("button", "ct-button", "Ask again");
  again.type = "button";
  again.dataset.retry = "";
  failure.append(make("p", "", words), again);
  turn.body.replaceChildren(failure);
  turn.phase = "failed";
  turn.lost = true;
  trigger("stop");
  endTurn(turn, words);
}

/** Take a failed turn away and ask its question once more. */
async function askAgain(turn) {
  if (turn.lost && !(await isServiceBack())) return;
  memory.turns = memory.turns.filter((other) => other !== turn);
  turn.node.remove();
  if (turn.lost) {
    // Gradio does not send on a connection that it has once lost; the reloaded page asks (see keeping.js).
    memory.again = turn.question;
    location.reload();
  } else {
    ask(turn.question);
  }
}

async function isServiceBack() {
  const reply = await call("courses", {});
  if (!reply.ok) announce(reply.words);
  return reply.ok;
}

/** What stands below an answer that is over: what to ask next, and what the learner thinks of it. */
function completeTurn(turn) {
  const refused = Boolean(turn.body.querySelector(".ct-refusal"));
  const offers = turn.suggestions?.length ? turn.suggestions : refused ? memory.course.suggested_questions : [];
  offerQuestions(turn, offers, refused ? "You could ask" : "Ask next");
  offerFeedback(turn);
}

/** Questions that the course does answer and that were not asked yet. */
function offerQuestions(turn, questions, heading) {
  const asked = new Set(memory.turns.map((other) => other.question));
  const offers = questions.filter((question) => !asked.has(question)).slice(0, 3);
  if (!offers.length) return;
  const section = make("div", "ct-offers");
  const list = make("ul");
  list.append(...offers.map((question) => listedButton("ct-suggestion", question, () => ask(question))));
  section.append(make("h3", "", heading), list);
  turn.body.append(section);
}

function renewConversation({ moveFocus = true } = {}) {
  if (memory.waiting) stop();
  closeSource({ returnFocus: false });
  memory.turns = [];
  page.turns.replaceChildren();
  page.welcome.hidden = false;
  page.renew.hidden = true;
  page.conversation.scrollTo({ top: 0 });
  if (moveFocus) page.question.focus();
}

async function copyAnswer(turn, button) {
  const copied = await copyText(turn.copy);
  const label = button.textContent;
  button.textContent = copied ? "Copied" : "Copying is blocked here";
  announce(copied ? "Answer copied with its sources." : "Copying is blocked here.");
  setTimeout(() => { button.textContent = label; }, 2000);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // An LMS's iframe may withhold the clipboard; the old way still works there.
    const field = make("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "ct-hidden";
    const focused = document.activeElement;
    app.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return done;
  }
}

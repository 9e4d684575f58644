// What a learner thinks of an answer: goes to the course's instructors, can be changed and taken back.
const THANKS = {
  up: "Thank you.",
  down: "Thank you. Your instructors see it.",
  missing: "Thank you. Your instructors see it.",
  wrong_source: "Thank you. Your instructors see which source is wrong.",
};

function offerFeedback(turn) {
  if (!turn.answer) return;
  turn.judged ??= { verdict: null, marker: null };
  const row = make("div", "ct-feedback");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Your opinion of this answer");
  if (turn.body.querySelector(".ct-refusal")) {
    row.append(verdictButton(turn, "missing", "This should be in the course"));
  } else {
    row.append(make("span", "", "Was this helpful?"), thumb(turn, "up", "Helpful"), thumb(turn, "down", "Not helpful"));
  }
  row.append(make("span", "ct-feedback-thanks"));
  turn.body.append(row);
  showJudged(turn);
}

function verdictButton(turn, verdict, label) {
  const button = make("button", "ct-button ct-quiet ct-verdict", label);
  button.type = "button";
  button.dataset.verdict = verdict;
  button.addEventListener("click", () => judge(turn, verdict));
  return button;
}

function thumb(turn, verdict, label) {
  const button = verdictButton(turn, verdict, "");
  button.className = `ct-icon ct-verdict ct-thumb-${verdict}`;
  button.setAttribute("aria-label", label);
  button.title = label;
  button.append(find(".ct-thumb").content.cloneNode(true));
  return button;
}

/** Send a judgement; the same one again takes it back. One stands for each answer, the last. */
async function judge(turn, verdict, marker = null) {
  const isSame = turn.judged.verdict === verdict && turn.judged.marker === marker;
  const wanted = isSame ? { verdict: null, marker: null } : { verdict, marker };
  const reply = await sendJudgement(turn, wanted);
  if (reply.ok) {
    turn.judged = wanted;
    showJudged(turn);
    announce(wanted.verdict ? `${THANKS[verdict]} You can add a comment.` : "Taken back.");
  } else {
    showThanks(turn, reply.words);
    announce(reply.words);
  }
}

function sendJudgement(turn, { verdict, marker }, comment = "") {
  return call("judge", { course: memory.course.course_id, answer: turn.answer, verdict, marker, comment });
}

function showJudged(turn) {
  const row = turn.body.querySelector(".ct-feedback");
  const { verdict } = turn.judged;
  for (const button of row.querySelectorAll(".ct-verdict")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
  }
  showThanks(turn, THANKS[verdict] ?? "");
  row.querySelector("form")?.remove();
  if (verdict) row.append(commentForm(turn));
  showWrong();
}

function showThanks(turn, words) {
  turn.body.querySelector(".ct-feedback-thanks").textContent = words;
}

function commentForm(turn) {
  const form = make("form", "ct-comment");
  const field = make("input");
  field.type = "text";
  field.maxLength = 2000; // as many as the API takes
  field.placeholder = "Add a comment, if you like";
  field.setAttribute("aria-label", "Comment on this answer, if you like");
  const send = make("button", "ct-button", "Send");
  send.type = "submit";
  form.append(field, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) sendComment(turn, form, field.value.trim());
  });
  return form;
}

async function sendComment(turn, form, comment) {
  const reply = await sendJudgement(turn, turn.judged, comment);
  const words = reply.ok ? "Thank you. Your comment was sent." : reply.words;
  if (reply.ok) {
    form.remove();
    focusOnQuestion();
  }
  showThanks(turn, words);
  announce(words);
}

/** In the panel: whether the open source was reported as a wrong one. */
function showWrong() {
  const turn = opened?.turn;
  panel.wrong.hidden = !turn?.answer;
  if (panel.wrong.hidden) return;
  const isWrong = turn.judged?.verdict === "wrong_source" && turn.judged.marker === opened.marker;
  panel.wrong.setAttribute("aria-pressed", String(isWrong));
  panel.wrong.textContent = isWrong ? "Reported as wrong" : "Wrong source?";
}

function reportWrong() {
  if (opened?.turn) judge(opened.turn, "wrong_source", opened.marker);
}

// Practice sets: definitions of the course without their term. Fetched from the API in the person's own session.
const MOST_QUESTIONS = 50;
const A_FEW_QUESTIONS = 5;
const ENOUGH_TO_PRACTISE = 4; // terms: each question offers four

function practiceButton() {
  const button = make("button", "ct-button ct-quiet ct-practise", "Practise the terms");
  button.type = "button";
  button.addEventListener("click", () => practise(A_FEW_QUESTIONS, chapter.document));
  return button;
}

/** Open the practice set that the address asks for, once. */
function practiseIfAsked(course) {
  const asked = new URLSearchParams(location.search);
  const wanted = Number.parseInt(asked.get("practice") ?? "", 10);
  if (!(wanted > 0) || asked.get("course") !== course.course_id || memory.practised) return;
  memory.practised = true;
  practise(Math.min(wanted, MOST_QUESTIONS), asked.get("document") ?? "");
}

async function practise(n, document) {
  const address = practiceAddress();
  const drawn = await replyOf(fetch(`${address}?n=${n}&document=${encodeURIComponent(document)}`));
  if (drawn.set_id) showPractice(address, drawn);
  else announceTrouble(drawn.detail ?? "There is no practice set right now.");
}

function announceTrouble(words) {
  page.turns.append(make("p", "ct-note", words));
  announce(words);
}

function practiceAddress() {
  return new URL(`../api/v1/courses/${encodeURIComponent(memory.course.course_id)}/practice`, location.href).href;
}

/** The JSON of a reply, or a few words when there is none. */
async function replyOf(request) {
  try {
    return await (await request).json();
  } catch {
    return { detail: "The tutor cannot be reached right now. Please try again in a moment." };
  }
}

function showPractice(address, drawn) {
  const form = make("form", "ct-practice");
  form.append(make("h2", "", "Practice"), make("p", "ct-lead", "Which term does the course define so?"));
  drawn.questions.forEach((question, number) => form.append(practiceQuestion(question, number)));
  const send = make("button", "ct-button ct-practice-send", "Mark my answers");
  form.append(send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    const answers = Object.fromEntries(new FormData(form));
    const marked = await replyOf(fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ set_id: drawn.set_id, answers }),
    }));
    send.disabled = false;
    if (marked.questions) showMarked(form, marked);
    else showPracticeTrouble(form, marked.detail);
  });
  page.welcome.hidden = true;
  page.turns.replaceChildren(form);
  page.renew.hidden = false;
  form.querySelector("h2").tabIndex = -1;
  form.querySelector("h2").focus();
}

function practiceQuestion(question, number) {
  const field = make("fieldset", "ct-practice-question");
  field.dataset.question = question.question_id;
  field.append(make("legend", "", `${number + 1}. ${question.text}`));
  for (const choice of question.choices) {
    const label = make("label");
    const radio = make("input");
    Object.assign(radio, { type: "radio", name: question.question_id, value: choice });
    label.append(radio, make("span", "", choice));
    field.append(label);
  }
  return field;
}

function showMarked(form, marked) {
  const sent = marked.sent_to_platform ? " Your course has noted it." : "";
  const words = `${marked.score} of ${marked.maximum} right.${sent}`;
  for (const question of marked.questions) {
    const field = form.querySelector(`[data-question="${CSS.escape(question.question_id)}"]`);
    field.querySelectorAll("input").forEach((radio) => { radio.disabled = true; });
    field.classList.add(question.correct ? "ct-right" : "ct-wrong");
    const verdict = make("p", "ct-practice-verdict", question.correct ? "Right." : `It is ${question.term}.`);
    const source = make("button", "ct-marker", String(question.citation.marker));
    source.type = "button";
    source.setAttribute("aria-label", `Open the definition of ${question.term}`);
    source.addEventListener("click", () => openDefinition(question.citation, source));
    verdict.append(" ", source);
    field.append(verdict);
  }
  const result = make("p", "ct-practice-result", words);
  const again = make("button", "ct-button", "Another set");
  again.type = "button";
  again.addEventListener("click", () => practise(marked.maximum, chapter.document));
  form.querySelector(".ct-practice-send").replaceWith(result, again);
  announce(words);
}

function openDefinition(citation, origin) {
  const place = {
    document: citation.document_id,
    start: citation.char_start,
    end: citation.char_end,
    chunk: citation.chunk_id,
  };
  openSource({ turn: null, marker: null, place, origin, whole: false, title: "Definition" });
}

function showPracticeTrouble(form, detail) {
  form.querySelector(".ct-practice-trouble")?.remove();
  form.append(make("p", "ct-practice-trouble", detail ?? "This could not be marked. Please try again."));
}

// Which course is asked, and what an empty conversation shows of it.
const RETRY_MS = 5_000;

let retry = 0;

/** Look again in a while: a course gets ready, a lost connection comes back. */
function lookAgainLater() {
  clearTimeout(retry);
  retry = setTimeout(loadCourses, RETRY_MS);
}

async function loadCourses() {
  const reply = await call("courses", {});
  if (!reply.ok || !reply.courses.length) {
    showTrouble(reply.ok ? "There is no course here yet." : reply.words);
    lookAgainLater();
    return;
  }
  memory.courses = reply.courses;
  memory.teaches = new Set(reply.teaches);
  page.select.replaceChildren(...memory.courses.map((course) => {
    const option = make("option", "", course.ready ? course.title : `${course.title} (being prepared)`);
    option.value = course.course_id;
    return option;
  }));
  page.picker.hidden = memory.courses.length < 2;
  app.classList.toggle("ct-one-course", memory.courses.length < 2);
  const kept = readKept();
  const asked = new URLSearchParams(location.search).get("course");
  const current = memory.course?.course_id ?? asked ?? kept.course;
  chooseCourse(memory.courses.find((course) => course.course_id === current)
    ?? memory.courses.find((course) => course.ready)
    ?? memory.courses[0]);
  if (!memory.course.ready) return;
  restore(kept);
  enterChapter(memory.course);
  practiseIfAsked(memory.course);
  followAddress();
}

function chooseCourse(course) {
  const isOther = memory.course && memory.course.course_id !== course.course_id;
  memory.course = course;
  page.select.value = course.course_id;
  page.title.textContent = course.title;
  document.title = `${course.title} · ${props.app_title}`;
  app.dataset.state = course.ready ? "ready" : "waiting";
  page.question.disabled = !course.ready;
  if (isOther) renewConversation({ moveFocus: false }); // arrow keys go through the picker, course by course
  page.teach.hidden = !(memory.teaches.has("*") || memory.teaches.has(course.course_id));
  page.teach.href = `../instructor/?${new URLSearchParams({ course: course.course_id })}`;
  showWelcome(course);
  showCount();
  if (!course.ready) lookAgainLater();
}

function showWelcome(course) {
  const lead = make("p", "ct-lead", course.description || `Ask anything that “${course.title}” explains.`);
  page.welcome.replaceChildren(make("h2", "", "What would you like to understand?"), lead);
  page.welcome.hidden = memory.turns.length > 0;
  if (!course.ready) {
    // Why, in an operator's words, is for operators: see /readyz.
    page.welcome.append(make("p", "ct-note", "This course cannot answer yet. It appears here as soon as it can."));
    return;
  }
  const list = make("ul", "ct-suggestions");
  const promise = make("p", "ct-promise",
    "Every sentence of an answer is the course's own, with a link to where it stands. " +
    "What the course does not say, the tutor does not make up.");
  page.welcome.append(list, promise);
  suggest(course, list);
  showTerms(course, list, promise);
}

function suggest(course, list) {
  list.replaceChildren(...course.suggested_questions.map((text) => listedButton("ct-suggestion", text, () => ask(text))));
}

function questionAbout(term) {
  return `What does “${term}” mean?`;
}

/** The terms that the course defines, each a question away; some are suggestions where the course has none. */
async function showTerms(course, suggestions, before) {
  const reply = await call("glossary", { course: course.course_id });
  if (!reply.ok || !reply.terms.length || memory.course !== course) return;
  if (!course.suggested_questions.length) {
    const apart = Math.ceil(reply.terms.length / 4); // from all over the alphabet
    course.suggested_questions = reply.terms.filter((_, index) => index % apart === 0).map(questionAbout);
    suggest(course, suggestions);
  }
  const terms = make("details", "ct-terms");
  const list = make("ul");
  list.append(...reply.terms.map((term) => listedButton("ct-term-chip", term, () => ask(questionAbout(term)))));
  const count = reply.terms.length === 1 ? "One term" : `${reply.terms.length} terms`;
  terms.append(make("summary", "", `${count} this course defines`), list);
  before.before(terms);
  if (reply.terms.length >= ENOUGH_TO_PRACTISE) before.before(practiceButton());
}

function showTrouble(words) {
  app.dataset.state = "waiting";
  page.welcome.hidden = false;
  page.welcome.replaceChildren(make("h2", "", "One moment"), make("p", "ct-lead", words));
  page.question.disabled = true;
}

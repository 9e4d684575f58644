// A link of a learning platform may open a chapter, or a practice set: ?document=..&practice=.. in the address.
const chapter = { document: "", title: "", note: null };

/** Take the chapter of the address, once its course is there; the learner can leave it at any time. */
async function enterChapter(course) {
  const asked = new URLSearchParams(location.search);
  const document = asked.get("document") ?? "";
  if (!document || asked.get("course") !== course.course_id || chapter.document) return;
  const reply = await call("source", { course: course.course_id, document, start: 0, end: 0 });
  if (!reply.ok || memory.course?.course_id !== course.course_id) return; // a chapter that is gone is no obstacle
  chapter.document = document;
  chapter.title = reply.title;
  showChapter();
}

function showChapter() {
  chapter.note?.remove();
  chapter.note = null;
  if (!chapter.document) return;
  const note = make("p", "ct-chapter");
  const leave = make("button", "ct-chapter-leave", "Whole course");
  leave.type = "button";
  leave.addEventListener("click", leaveChapter);
  note.append(make("span", "", `Answers come from “${chapter.title}” first.`), leave);
  page.composer.before(note);
  chapter.note = note;
}

function leaveChapter() {
  chapter.document = "";
  showChapter();
  announce("Answers come from the whole course.");
  focusOnQuestion();
}

// Everything is wired up here, once.
watch("value", () => show(props.value));

page.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  sendQuestion();
});
page.question.addEventListener("keydown", onComposerKey);
page.question.addEventListener("input", onTyping);
page.stop.addEventListener("click", stop);
page.renew.addEventListener("click", () => renewConversation());
page.select.addEventListener("change", () => {
  chooseCourse(memory.courses.find((course) => course.course_id === page.select.value));
});

page.turns.addEventListener("click", onConversationClick);
for (const name of ["pointerover", "focusin"]) page.turns.addEventListener(name, (event) => light(event.target));
for (const name of ["pointerleave", "focusout"]) page.turns.addEventListener(name, () => light(null));

panel.previous.addEventListener("click", () => step(-1));
panel.next.addEventListener("click", () => step(+1));
panel.whole.addEventListener("click", toggleWhole);
panel.copyLink.addEventListener("click", copyLink);
panel.wrong.addEventListener("click", reportWrong);
views.text.addEventListener("click", () => chooseView("text"));
views.page.addEventListener("click", () => chooseView("page"));
find(".ct-close").addEventListener("click", () => closeSource());
page.backdrop.addEventListener("click", () => closeSource());
isNarrow.addEventListener("change", fitPanel);

// The page has a <base>, so a plain link to a fragment would leave it.
find(".ct-skip").addEventListener("click", (event) => {
  event.preventDefault();
  page.question.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (opened) closeSource();
  else stop();
});

window.addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());

onTyping();
loadCourses();

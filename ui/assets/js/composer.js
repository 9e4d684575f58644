// The question box: grows with its text, knows the limit, sends with Enter, gets focus back after an answer.
const WARN_FROM = 0.75; // of the limit; not tuned

function question() {
  return page.question.value.trim();
}

function isTooLong() {
  return [...question()].length > props.max_question_chars; // code points, as the API counts
}

function onTyping() {
  page.question.style.height = "auto";
  page.question.style.height = `${page.question.scrollHeight}px`;
  showCount();
}

function showCount() {
  const length = [...question()].length;
  const limit = props.max_question_chars;
  const tooLong = length > limit;
  page.count.textContent = length > limit * WARN_FROM
    ? `${length.toLocaleString()} of ${limit.toLocaleString()} characters`
    : `Up to ${limit.toLocaleString()} characters`;
  page.count.classList.toggle("ct-too-long", tooLong);
  page.question.setAttribute("aria-invalid", String(tooLong));
  page.send.disabled = !question() || tooLong || !memory.course?.ready;
}

function sendQuestion() {
  if (isTooLong()) announce(`The question is too long. ${page.count.textContent}.`);
  if (!question() || isTooLong() || memory.waiting || !memory.course?.ready) return;
  const asked = question();
  page.question.value = "";
  onTyping();
  ask(asked);
}

function onComposerKey(event) {
  // While an input method composes a word, Enter accepts the word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendQuestion();
}

/** Swap the buttons while an answer arrives, and keep focus in the box unless the learner went elsewhere meanwhile. */
function showWaiting(isWaiting) {
  const focused = document.activeElement;
  page.send.hidden = isWaiting;
  page.stop.hidden = !isWaiting;
  const isLost = !focused || focused === document.body || !focused.checkVisibility();
  // A question can come from a button: then its answer is read next, and the box is where to go on from.
  if (isWaiting || isLost) focusOnQuestion();
  showCount();
}

function focusOnQuestion() {
  // On a touch screen focus in the box would raise the keyboard over the answer.
  const target = hasTouch.matches && document.activeElement !== page.question ? page.conversation : page.question;
  target.focus({ preventScroll: true });
}

// The page's fixed elements, what it remembers, and a few ways to draw. Text from a course or a learner is only ever
// set as text; HTML comes from the server, escaped and sanitised there.
const app = element.querySelector(".ct-app");
const find = (selector) => app.querySelector(selector);

const page = {
  bar: find(".ct-bar"),
  title: find(".ct-title-text"),
  picker: find(".ct-picker"),
  select: find(".ct-picker select"),
  teach: find(".ct-teach"),
  renew: find(".ct-new"),
  conversation: find(".ct-conversation"),
  welcome: find(".ct-welcome"),
  turns: find(".ct-turns"),
  panel: find(".ct-panel"),
  backdrop: find(".ct-backdrop"),
  composer: find(".ct-composer"),
  question: find("#ct-question"),
  count: find(".ct-count"),
  send: find(".ct-send:not(.ct-stop)"),
  stop: find(".ct-stop"),
  announcer: find(".ct-announcer"),
};

// The conversation lives here, not on the server: it is gone when the tab is closed.
const memory = {
  courses: [],
  teaches: new Set(), // ids of the courses whose instructor's pages may be opened; "*" for all
  course: null, // the chosen course, as the API describes it
  turns: [], // { id, question, node, body, places, copy, remember, answer, suggestions, judged, phase, lost }
  waiting: null, // the turn whose answer is arriving
  lastTurn: 0,
  again: "", // the question to ask after a reload
};

const asksForLessMotion = matchMedia("(prefers-reduced-motion: reduce)");
const isNarrow = matchMedia("(max-width: 860px)");
const hasTouch = matchMedia("(pointer: coarse)");

function scrollingBehaviour() {
  return asksForLessMotion.matches ? "auto" : "smooth";
}

/** A new element with a class and text. */
function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

/** A button that stands in a list. */
function listedButton(className, text, onClick) {
  const item = make("li");
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", onClick);
  item.append(button);
  return item;
}

/** Draw the server's sanitised HTML into `node`, leaving what has not changed in place, with its focus. */
function redraw(node, html) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  adopt(node, drawn.content);
}

function adopt(node, wanted) {
  const olds = [...node.childNodes];
  const news = [...wanted.childNodes];
  news.forEach((fresh, index) => {
    const old = olds[index];
    if (!old) node.append(fresh);
    else if (old.isEqualNode(fresh)) return;
    else if (old.nodeType === Node.ELEMENT_NODE && old.cloneNode(false).isEqualNode(fresh.cloneNode(false))) adopt(old, fresh);
    else old.replaceWith(fresh);
  });
  olds.slice(news.length).forEach((old) => old.remove());
}

/** Say one sentence to a screen reader. Emptied first, so that the same words are said again. */
function announce(words) {
  page.announcer.textContent = "";
  setTimeout(() => { page.announcer.textContent = words; }, 60);
}

/** Call a handler of the server; gives its reply, or one that says calmly that there is none. */
async function call(name, request) {
  const none = { ok: false, words: "The tutor cannot be reached right now. Please try again in a moment." };
  try {
    return (await server[name](request)) ?? none; // Gradio gives nothing when the connection is lost
  } catch {
    return none;
  }
}

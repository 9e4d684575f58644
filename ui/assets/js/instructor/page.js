// The fixed elements of the instructor's pages, and a few ways to draw. Text from a course, a file's name or a student is
// only ever set as text; HTML comes from the server, escaped and sanitised there.
const app = element.querySelector(".ct-app");
const find = (selector) => app.querySelector(selector);

const page = {
  picker: find(".ct-picker"),
  select: find(".ct-picker select"),
  courseTitle: find(".ct-title-text"),
  toChat: find(".ci-to-chat"),
  nav: find(".ci-nav"),
  main: find(".ci-main"),
  title: find(".ci-title"),
  view: find(".ci-view"),
  dialog: find(".ci-dialog"),
  toast: find(".ci-toast"),
};

const memory = {
  courses: [],
  course: "", // the id of the chosen course
  shown: null, // { page, params } of the page that is shown
  visit: 0, // counts pages: what arrives for an earlier one is dropped
};

const isNarrow = matchMedia("(max-width: 720px)");

/** A new element with a class and text. */
function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function makeButton(className, text, onClick) {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

/** Draw the server's sanitised HTML, and what HTML cannot say: bars of their length, times in the reader's own zone. */
function draw(node, html) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  for (const bar of drawn.content.querySelectorAll("[data-share]")) {
    bar.style.setProperty("--share", String(Number(bar.dataset.share)));
  }
  for (const time of drawn.content.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) {
      const day = moment.toLocaleDateString([], { dateStyle: "medium" });
      time.replaceChildren(make("span", "", `${day}, `), make("span", "", moment.toLocaleTimeString([], { timeStyle: "short" })));
    }
  }
  parkPlot();
  node.replaceChildren(drawn.content);
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

/** An address of the API, wherever the service is mounted. */
function apiUrl(path) {
  return new URL(`../api/v1/${path}`, location.href);
}

function courseUrl(path) {
  return apiUrl(`courses/${encodeURIComponent(memory.course)}/${path}`);
}

/** Why the API refused, in its own words. */
async function wordsOf(response) {
  try {
    const problem = await response.json();
    const listed = (problem.errors ?? []).map((each) => each.detail).join("; ");
    return [problem.detail || problem.title, listed].filter(Boolean).join(": ");
  } catch {
    return "The tutor cannot be reached right now. Please try again in a moment.";
  }
}

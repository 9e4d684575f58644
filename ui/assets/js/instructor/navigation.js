// Which course and page are shown: the address says so, so that pages can be linked to, reloaded and gone back from.
const RETRY_MS = 5_000;

function wantedByAddress() {
  const { course = "", view: name = "sources", ...params } = Object.fromEntries(new URLSearchParams(location.search));
  delete params.__theme;
  return { course, page: name, params };
}

async function start() {
  const reply = await call("courses", {});
  if (!reply.ok || !reply.courses.length) {
    page.title.textContent = reply.ok ? "No course yet" : "One moment";
    const words = reply.ok ? "There is no course here that you teach. Whoever runs the tutor can add one." : reply.words;
    page.view.replaceChildren(make("p", "ci-lead", words));
    page.view.removeAttribute("aria-busy");
    if (!reply.ok) setTimeout(start, RETRY_MS);
    return;
  }
  memory.courses = reply.courses;
  page.select.replaceChildren(...reply.courses.map((course) => {
    const option = make("option", "", course.title);
    option.value = course.course_id;
    return option;
  }));
  page.picker.hidden = memory.courses.length < 2;
  app.classList.toggle("ct-one-course", memory.courses.length < 2);
  app.dataset.state = "ready";
  const wanted = wantedByAddress();
  chooseCourse(wanted.course);
  show({ page: wanted.page, params: wanted.params }, { isFirst: true });
}

function chooseCourse(courseId) {
  const course = memory.courses.find((each) => each.course_id === courseId) ?? memory.courses[0];
  memory.course = course.course_id;
  page.select.value = course.course_id;
  page.courseTitle.textContent = course.title;
  page.toChat.href = `../chat/?${new URLSearchParams({ course: course.course_id })}`;
  for (const link of page.nav.querySelectorAll("a")) {
    link.href = `?${new URLSearchParams({ course: course.course_id, view: link.dataset.page })}`;
  }
}

/** Go to a page, as a link does. */
function go(name, params = {}) {
  const theme = new URLSearchParams(location.search).get("__theme");
  const query = new URLSearchParams({ course: memory.course, view: name, ...params, ...(theme ? { __theme: theme } : {}) });
  history.pushState(null, "", `?${query}`);
  show({ page: name, params });
}

/** Draw a page; `quietly` when it is the same page again, whose reader must not be thrown about. */
async function show(wanted, { isFirst = false, quietly = false } = {}) {
  const visit = ++memory.visit;
  memory.shown = wanted;
  stopWatching();
  markInNavigation(wanted.page);
  page.view.setAttribute("aria-busy", "true");
  const reply = await call("draw", { course: memory.course, page: wanted.page, params: wanted.params });
  if (memory.visit !== visit) return; // another page was opened meanwhile
  page.view.removeAttribute("aria-busy");
  const focused = quietly ? document.activeElement?.dataset?.act : null;
  if (!reply.ok) {
    showTrouble(reply.words);
    return;
  }
  page.title.textContent = reply.title;
  document.title = `${reply.title} · ${page.courseTitle.textContent} · ${props.app_title}`;
  const putBack = quietly ? typedFields() : () => {};
  draw(page.view, reply.html);
  putBack();
  prepareEditor();
  placePlot();
  watchJobs(reply.jobs);
  openOnlyDocument();
  if (quietly) {
    if (focused && document.activeElement === document.body) page.title.focus({ preventScroll: true });
  } else {
    page.main.scrollTo({ top: 0 });
    if (!isFirst) page.title.focus({ preventScroll: true });
  }
}

/** What stands half written in the page's forms, and where the cursor is, which a redrawn page must not lose. */
function typedFields() {
  const written = [...page.view.querySelectorAll("form[data-act] [name]")]
    .filter((field) => field.value || field === document.activeElement)
    .map((field) => ({ field, selector: `form[data-act="${field.form.dataset.act}"] [name="${field.name}"]` }));
  const typing = document.activeElement;
  return () => {
    for (const { field, selector } of written) {
      const fresh = page.view.querySelector(selector);
      if (!fresh) continue;
      fresh.value = field.value;
      if (field !== typing) continue;
      fresh.focus({ preventScroll: true });
      fresh.setSelectionRange?.(field.selectionStart, field.selectionEnd);
    }
  };
}

function showAgain() {
  return show(memory.shown, { quietly: true });
}

function showTrouble(words) {
  page.title.textContent = "This page cannot be shown";
  const note = make("div", "ci-note ci-bad");
  note.append(make("p", "", words), makeButton("ct-button", "Try again", () => show(memory.shown)));
  parkPlot();
  page.view.replaceChildren(note);
}

const PARENT = { receipt: "questions", correct: "corrections" };

function markInNavigation(name) {
  for (const link of page.nav.querySelectorAll("a")) {
    if (link.dataset.page === (PARENT[name] ?? name)) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

/** Links between our pages are followed without loading everything again; with a key held down they open elsewhere. */
function onLink(event) {
  const link = event.target.closest("a[data-page]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const { course: _, view: name, ...params } = Object.fromEntries(new URLSearchParams(link.search));
  go(name, params);
}

/** A form of filters leads to its page with what was filled in; one with a region redraws only that. */
function onFilter(form) {
  const filled = [...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim());
  const params = Object.fromEntries(filled);
  if (form.dataset.region) redrawRegion(form, params);
  else go(form.dataset.page, params);
}

/** Draw one region of the page anew, and leave the rest with what was typed there. */
async function redrawRegion(form, params) {
  const region = page.view.querySelector(`[data-region="${form.dataset.region}"]:not(form)`);
  region.setAttribute("aria-busy", "true");
  const reply = await call("draw", { course: memory.course, page: form.dataset.page, params });
  region.removeAttribute("aria-busy");
  if (!reply.ok) {
    toast(reply.words);
    return;
  }
  const drawn = make("div");
  draw(drawn, reply.html);
  const fresh = drawn.querySelector(`[data-region="${form.dataset.region}"]:not(form)`);
  region.replaceChildren(...(fresh?.childNodes ?? []));
  announceQuietly(`${region.querySelectorAll("article").length} passages found.`);
}

function openOnlyDocument() {
  const documents = page.view.querySelectorAll(".ci-document");
  if (documents.length === 1) documents[0].open = true;
}

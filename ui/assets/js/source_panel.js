// The source beside the conversation, or over it as a sheet where the page is narrow. Focus moves in and comes back.
const panel = {
  count: find(".ct-panel-count"),
  steps: find(".ct-panel-steps"),
  previous: find(".ct-previous"),
  next: find(".ct-next"),
  title: find(".ct-panel-title"),
  path: find(".ct-panel-path"),
  text: find(".ct-panel-text"),
  foot: find(".ct-panel-foot"),
  whole: find(".ct-whole-toggle"),
  where: find(".ct-panel-where"),
  news: find(".ct-panel-news"),
  copyLink: find(".ct-copy-link"),
  lms: find(".ct-lms"),
  wrong: find(".ct-wrong"),
};

const SHOWN_OF_SECTION = 2_000; // characters of a section that is pointed to, not cited; the rest is a click away

// What is open: { turn, marker } for a citation, a section's place otherwise; `origin` is where focus came from.
let opened = null;

function openCitation(turn, marker, origin) {
  const place = turn.places.find((candidate) => candidate.marker === marker);
  if (place) openSource({ turn, marker, place, origin, whole: false });
}

function openSection(button) {
  const start = Number(button.dataset.start);
  const end = Math.min(Number(button.dataset.end), start + SHOWN_OF_SECTION);
  const place = { document: button.dataset.document, start, end };
  openSource({ turn: null, marker: null, place, origin: button, whole: false });
}

async function openSource(wanted, { moveFocus = true } = {}) {
  opened = wanted;
  const { turn, marker, place } = wanted;
  const steps = turn ? turn.places.length : 0;
  panel.count.textContent = turn ? `Source ${marker} of ${steps}` : wanted.title ?? "Section";
  panel.steps.hidden = steps < 2;
  panel.whole.textContent = wanted.whole ? "Show only this passage" : "Open the whole document here";
  panel.copyLink.hidden = !place.chunk;
  showLine(panel.news, wanted.news ?? "");
  showWrong();
  showAsOpen(turn?.node, marker);
  showPanel(true);
  panel.text.setAttribute("aria-busy", "true");
  if (moveFocus) panel.title.focus({ preventScroll: true });
  const reply = await call("source", {
    course: memory.course.course_id,
    document: place.document,
    start: place.start,
    end: place.end,
    whole: wanted.whole,
  });
  if (opened !== wanted) return; // another source was opened meanwhile
  panel.text.removeAttribute("aria-busy");
  fillPanel(reply, { isSection: !turn && !place.chunk });
  if (wanted.then) showThen(wanted.then);
}

function fillPanel(reply, { isSection }) {
  panel.foot.hidden = !reply.ok;
  showPicture(reply.ok ? reply.picture : null);
  showLine(panel.where, reply.ok ? reply.where : "");
  if (!reply.ok) {
    panel.title.textContent = "Source not available";
    panel.path.replaceChildren();
    panel.text.replaceChildren(make("p", "ct-note", reply.words));
    announce(reply.words);
    return;
  }
  panel.title.textContent = reply.title;
  const headings = reply.path.filter((heading) => heading !== reply.title);
  panel.path.replaceChildren(...headings.map((heading) => make("li", "", heading)));
  panel.text.innerHTML = reply.html; // sanitised by the server
  panel.text.classList.toggle("ct-shows-section", isSection);
  panel.lms.hidden = !reply.link;
  if (reply.link) {
    panel.lms.href = reply.link.url;
    panel.lms.textContent = `Open in the course at ${reply.link.host}`;
  }
  scrollToMark();
  announce([panel.count.textContent, reply.title, ...headings].join(", "));
}

function showLine(node, words) {
  node.textContent = words;
  node.hidden = !words;
}

/** Bring the marked words into the middle of the panel, or their beginning to its top when they are long. */
function scrollToMark() {
  const mark = panel.text.querySelector("mark");
  if (!mark) return;
  const room = panel.text.clientHeight;
  const from = mark.getBoundingClientRect();
  const offset = from.top - panel.text.getBoundingClientRect().top + panel.text.scrollTop;
  panel.text.scrollTop = Math.max(0, from.height > room * 0.6 ? offset - 24 : offset - (room - from.height) / 2);
}

function step(by) {
  const places = opened?.turn?.places ?? [];
  const index = places.findIndex((place) => place.marker === opened.marker);
  if (index < 0) return;
  const place = places[(index + by + places.length) % places.length];
  const origin = markerButtons(opened.turn.node, place.marker)[0] ?? opened.origin;
  openSource({ ...opened, marker: place.marker, place, origin, whole: false }, { moveFocus: false });
  const statement = statementsOf(opened.turn.node, place.marker)[0];
  if (!isNarrow.matches) statement?.scrollIntoView({ block: "nearest", behavior: scrollingBehaviour() });
}

function toggleWhole() {
  if (opened) openSource({ ...opened, whole: !opened.whole }, { moveFocus: false });
}

function closeSource({ returnFocus = true } = {}) {
  if (!opened) return;
  const origin = opened.origin;
  opened = null;
  showAsOpen(null, null);
  showPanel(false);
  if (!returnFocus) return;
  if (origin?.isConnected) origin.focus({ preventScroll: !isNarrow.matches });
  else page.question.focus();
}

function showPanel(visible) {
  page.panel.hidden = !visible;
  app.classList.toggle("ct-with-source", visible);
  fitPanel();
}

/** A narrow page's sheet is a dialog: the rest of the page waits behind it. */
function fitPanel() {
  const asSheet = opened !== null && isNarrow.matches;
  page.backdrop.hidden = !asSheet;
  for (const other of [page.bar, page.conversation, page.composer]) other.inert = asSheet;
  if (asSheet) {
    page.panel.setAttribute("role", "dialog");
    page.panel.setAttribute("aria-modal", "true");
  } else {
    page.panel.removeAttribute("role");
    page.panel.removeAttribute("aria-modal");
  }
}

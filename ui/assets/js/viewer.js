// What the source panel shows besides text: the page's picture with the cited lines marked on it, what became of an old
// link, and a link to keep.
const views = { bar: find(".ct-views"), text: find(".ct-view-text"), page: find(".ct-view-page"), picture: find(".ct-panel-page") };

let picture = null; // of the page that is open; fetched only when somebody looks at it
let prefersPage = false;

function showPicture(found) {
  picture = found;
  views.bar.hidden = !found;
  views.picture.replaceChildren();
  showAs(found && prefersPage ? "page" : "text");
}

function showAs(view) {
  const asPage = view === "page" && picture !== null;
  views.text.setAttribute("aria-pressed", String(!asPage));
  views.page.setAttribute("aria-pressed", String(asPage));
  views.picture.hidden = !asPage;
  panel.text.hidden = asPage;
  panel.whole.hidden = asPage;
  if (asPage && !views.picture.firstChild) drawPicture();
  if (!asPage) scrollToMark();
}

function chooseView(view) {
  prefersPage = view === "page";
  showAs(view);
}

function drawPicture() {
  const frame = make("div", "ct-page-frame");
  const image = make("img");
  // An address of our own API, whatever the reply says: a picture of another site is never fetched.
  image.src = new URL(`../${picture.url.replace(/^\/+/, "")}`, location.href.split("?")[0]).pathname;
  image.alt = `Page ${picture.number} of ${panel.title.textContent}, the cited lines marked`;
  image.style.aspectRatio = String(picture.ratio);
  image.addEventListener("error", () => frame.replaceChildren(make("p", "ct-note", "The picture of this page cannot be shown.")));
  frame.append(image);
  for (const box of picture.boxes) {
    const mark = make("span", "ct-page-mark");
    for (const side of ["left", "top", "width", "height"]) mark.style[side] = `${box[side] * 100}%`;
    frame.append(mark);
  }
  views.picture.append(frame);
  const [first] = picture.boxes;
  if (first) views.picture.scrollTop = first.top * frame.clientHeight - views.picture.clientHeight / 3;
}

/** Above the passage of today: how it was. */
function showThen(html) {
  const then = make("div");
  redraw(then, html);
  panel.text.prepend(then, make("h3", "ct-now", "Now"));
  panel.text.scrollTop = 0;
}

/** The address under which a passage can be found again, also when the course has changed. */
function permanentLink({ chunk, start, end }) {
  const link = new URL(location.pathname, location.href);
  link.search = String(new URLSearchParams({ course: memory.course.course_id, citation: chunk, start, end }));
  return link.href;
}

async function copyLink() {
  const copied = opened?.place.chunk && (await copyText(permanentLink(opened.place)));
  panel.copyLink.textContent = copied ? "Link copied" : "Copying is blocked here";
  announce(panel.copyLink.textContent);
  setTimeout(() => { panel.copyLink.textContent = "Copy link"; }, 2000);
}

/** Open the passage that the page's address names, once. */
async function followAddress() {
  const query = new URLSearchParams(location.search);
  const citation = query.get("citation");
  if (!citation) return;
  const isSpan = query.has("start") && query.has("end");
  const span = isSpan ? { start: Number(query.get("start")), end: Number(query.get("end")) } : {};
  for (const name of ["citation", "start", "end"]) query.delete(name); // a reload must not open it again
  window.history.replaceState(window.history.state, "", `?${query}`);
  const reply = await call("citation", { course: memory.course.course_id, citation, ...span });
  if (reply.ok && reply.place) {
    const { place, news, then } = reply;
    openSource({ turn: null, marker: null, place, origin: page.question, whole: false, title: "Passage", news, then });
  } else {
    showLost(reply);
  }
}

/** A link whose passage is not in the course any more: what it was, where that is known. */
function showLost(reply) {
  opened = { turn: null, marker: null, place: {}, origin: page.question, whole: false };
  panel.count.textContent = "Passage";
  panel.steps.hidden = true;
  panel.foot.hidden = true;
  showPanel(true);
  showPicture(null);
  showLine(panel.where, "");
  showLine(panel.news, reply.ok ? reply.news : reply.words);
  panel.title.textContent = reply.title || "Passage not found";
  panel.path.replaceChildren();
  panel.text.replaceChildren();
  if (reply.then) redraw(panel.text, reply.then);
  panel.title.focus({ preventScroll: true });
  announce(panel.news.textContent);
}

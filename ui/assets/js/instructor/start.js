// Everything is wired up here, once. The coverage plot is Gradio's own component: it is drawn only when its page is
// open, and stands in the page's slot while that is shown.
const plot = { node: null, home: null };

/** Gradio puts its components up one by one, so the plot may come after this page's program. */
async function findPlot() {
  while (!(plot.node ??= document.querySelector("#course-tutor-plot"))) {
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
  }
  plot.home ??= plot.node.parentNode;
}

function parkPlot() {
  if (plot.node && plot.node.parentNode !== plot.home) plot.home.append(plot.node);
}

async function placePlot() {
  const slot = page.view.querySelector("[data-plot]");
  if (!slot) return;
  await findPlot();
  if (!slot.isConnected) return; // another page was opened meanwhile
  slot.append(plot.node);
  trigger("plot", {
    course: memory.course,
    days: slot.dataset.days,
    dark: document.body.classList.contains("dark"),
    narrow: isNarrow.matches,
  });
}

app.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) onLink(event);
  else if (button.dataset.act) onAct(button);
  else if ("add" in button.dataset) onAdd(button);
  else if (button.dataset.export) onExport(button);
});

app.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.classList.contains("ci-editor")) onEdited(form);
  else if (form.dataset.act) onActForm(form);
  else if (form.dataset.page) onFilter(form);
});

app.addEventListener("change", (event) => {
  const field = event.target;
  if (field === page.select) {
    chooseCourse(field.value);
    go(PARENT[memory.shown.page] ?? memory.shown.page);
    page.select.focus(); // arrow keys go through the picker, course by course
  } else if (field.type === "file") {
    onFilesChosen(field);
  } else if (field.tagName === "SELECT" && field.form && "instant" in field.form.dataset) {
    onFilter(field.form);
  }
});

app.addEventListener("input", (event) => {
  if ("narrows" in event.target.dataset) onNarrowing(event.target);
});

for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, onDrag);
page.toast.querySelector(".ci-toast-close").addEventListener("click", closeToast);

// The page has a <base>, so a plain link to a fragment would leave it.
find(".ct-skip").addEventListener("click", (event) => {
  event.preventDefault();
  page.title.focus();
});

window.addEventListener("popstate", () => {
  const wanted = wantedByAddress();
  chooseCourse(wanted.course || memory.course);
  show({ page: wanted.page, params: wanted.params });
});

start();

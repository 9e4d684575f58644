// Buttons that change something: ask first where it matters, say what happened, offer a way back.
const TOAST_MS = 10_000; // time enough to read it and to undo

let toastEnds = 0;

function toast(words, undo = null) {
  clearTimeout(toastEnds);
  page.toast.classList.add("ci-shown");
  page.toast.querySelector(".ci-toast-words").textContent = words;
  const back = page.toast.querySelector(".ci-toast-undo");
  back.hidden = !undo;
  back.onclick = undo;
  page.toast.querySelector(".ci-toast-close").hidden = false;
  toastEnds = setTimeout(endToast, TOAST_MS);
}

function endToast() {
  clearTimeout(toastEnds);
  // Whoever is about to press Undo keeps the time they need.
  if (page.toast.matches(":hover, :focus-within")) {
    toastEnds = setTimeout(endToast, TOAST_MS);
    return;
  }
  closeToast();
}

function closeToast() {
  page.toast.classList.remove("ci-shown");
  page.toast.querySelector(".ci-toast-words").textContent = "";
  for (const button of page.toast.querySelectorAll("button")) button.hidden = true;
}

/** Say something to a screen reader without showing it: the eyes have seen it happen. */
function announceQuietly(words) {
  const words_ = page.toast.querySelector(".ci-toast-words");
  if (!page.toast.classList.contains("ci-shown")) words_.textContent = words;
}

/** Ask before something is done; the dialog is modal, Escape means no. */
function confirmed(words, yes) {
  return new Promise((resolve) => {
    page.dialog.querySelector("#ci-dialog-words").textContent = words;
    const accept = page.dialog.querySelector(".ci-dialog-yes");
    accept.textContent = yes;
    page.dialog.returnValue = "";
    accept.onclick = () => page.dialog.close("yes");
    page.dialog.querySelector(".ci-dialog-no").onclick = () => page.dialog.close("");
    page.dialog.onclose = () => resolve(page.dialog.returnValue === "yes");
    page.dialog.showModal();
    page.dialog.querySelector(".ci-dialog-no").focus();
  });
}

async function onAct(button) {
  const { act, confirm, ...fields } = button.dataset;
  if (confirm && !(await confirmed(confirm, button.firstChild.textContent))) return;
  button.disabled = true;
  await carryOut({ act, ...fields });
  button.disabled = false;
}

/** Order an action; gives whether it was done. */
async function carryOut(action, form = null) {
  const reply = await call("act", { course: memory.course, action });
  toast(reply.words, reply.ok && reply.undo ? () => carryOut(reply.undo) : null);
  if (!reply.ok) return false;
  form?.reset();
  if (reply.page) go(reply.page);
  else await showAgain();
  if (reply.job) watchJobs([reply.job]);
  return true;
}

async function onActForm(form) {
  const fields = Object.fromEntries(new FormData(form));
  if (await carryOut({ act: form.dataset.act, ...fields }, form)) {
    if (page.view.contains(document.activeElement)) return; // whoever writes on in another form is not interrupted
    page.view.querySelector(`form[data-act="${form.dataset.act}"] :is(input, textarea)`)?.focus();
  }
}

/** Fetch a table as a file: the API answers this address with CSV to those who ask for it. */
async function onExport(button) {
  button.disabled = true;
  try {
    const response = await fetch(new URL(button.dataset.export, location.href), { headers: { Accept: "text/csv" } });
    if (!response.ok) throw new Error(await wordsOf(response));
    const url = URL.createObjectURL(await response.blob());
    const link = make("a");
    link.href = url;
    link.download = `questions-${memory.course}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    toast("Exported.");
  } catch (error) {
    toast(error.message || "The export failed. Please try again in a moment.");
  }
  button.disabled = false;
}

/** Show only the rows of the table below that hold what is typed. */
function onNarrowing(field) {
  const wanted = field.value.trim().toLocaleLowerCase();
  for (const row of page.view.querySelectorAll("tbody tr")) {
    row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  }
}

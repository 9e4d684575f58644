// Files go from the page straight to the API, which checks the person and keeps them; each has a row with its progress.
const uploads = () => page.view.querySelector(".ci-uploads");

function sizeOf(bytes) {
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** Send files one after another, so that each has its own outcome and a slow line is not shared. */
async function upload(files) {
  const course = memory.course;
  const rows = files.map((file) => uploadRow(file));
  uploads().append(...rows.map(({ node }) => node));
  const jobs = [];
  let sent = 0;
  for (const row of rows) {
    if (memory.course !== course) return;
    const reply = await sendFile(row);
    if (reply) {
      sent += 1;
      if (reply.job?.job_id) jobs.push(reply.job.job_id);
    }
  }
  if (memory.course !== course || memory.shown.page !== "sources") return;
  const kept = rows.filter(({ node }) => node.classList.contains("ci-failed")).map(({ node }) => node);
  await showAgain();
  uploads()?.append(...kept); // what went wrong stays to be read and tried again
  if (sent) toast(sent === 1 ? "File received." : `${sent} files received.`);
  watchJobs(jobs);
}

function uploadRow(file) {
  const node = make("div", "ci-upload");
  const name = make("span", "ci-name", file.name);
  const words = make("span", "ci-soft", `${sizeOf(file.size)}, waiting`);
  const progress = make("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", `Sending ${file.name}`);
  const stop = makeButton("ct-button ct-quiet", "Cancel", () => row.request?.abort());
  node.append(name, words, progress, stop);
  const row = { file, node, words, progress, stop, request: null };
  return row;
}

/** Send one file; gives the API's reply, or null with the row saying why not. */
function sendFile(row) {
  const { file, node, words, progress, stop } = row;
  node.classList.remove("ci-failed");
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    row.request = request;
    const fail = (why) => {
      node.classList.add("ci-failed");
      words.textContent = why;
      progress.remove();
      const again = makeButton("ct-button", "Try again", () => { node.remove(); upload([file]); });
      const dismiss = makeButton("ct-button ct-quiet", "Dismiss", () => node.remove());
      stop.replaceWith(again, dismiss);
      resolve(null);
    };
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (!lengthComputable) return;
      progress.value = loaded / total;
      words.textContent = loaded < total ? `${sizeOf(loaded)} of ${sizeOf(total)}` : "Received, being checked";
    });
    request.addEventListener("load", async () => {
      if (request.status >= 200 && request.status < 300) {
        node.remove();
        resolve(JSON.parse(request.responseText));
      } else {
        fail(request.status === 413 && !request.responseText
          ? "This file is larger than the tutor takes."
          : await wordsOf(new Response(request.responseText)));
      }
    });
    request.addEventListener("error", () => fail("The connection broke. Nothing of this file was kept."));
    request.addEventListener("abort", () => fail("Cancelled."));
    request.open("POST", courseUrl("sources"));
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}

/** Send a question set and watch the check that runs it. */
async function runCheck(file) {
  toast(`Sending ${file.name}`);
  try {
    const response = await fetch(courseUrl("checks"), {
      method: "POST",
      headers: { "Content-Type": "text/csv" },
      body: file,
    });
    if (!response.ok) throw new Error(await wordsOf(response));
    const job = await response.json();
    toast("The check is running.");
    await showAgain();
    watchJobs([job.job_id]);
  } catch (error) {
    toast(error.message || "The file could not be sent. Please try again in a moment.");
  }
}

function takeFiles(files, zone) {
  if (!files.length) return;
  if (zone.querySelector("[data-check]")) runCheck(files[0]);
  else upload(files);
}

function onFilesChosen(field) {
  takeFiles([...field.files], field.closest(".ci-drop"));
  field.value = ""; // so that the same file can be chosen again
}

/** Files may be dropped anywhere on a page that takes them. */
function onDrag(event) {
  const zone = page.view.querySelector(".ci-drop");
  if (!zone || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  zone.classList.toggle("ci-over", event.type === "dragover");
  if (event.type === "drop") takeFiles([...event.dataTransfer.files], zone);
}

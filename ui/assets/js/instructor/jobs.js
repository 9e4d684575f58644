// Work under way, live: the API sends a job's progress as server-sent events, and the page is drawn anew at its end.
const STAGES = {
  reading: "Reading", chunking: "Cutting into passages", embedding: "Understanding passages", indexing: "Indexing",
  checking: "Checking verified answers", publishing: "Publishing",
};
const KINDS = { ingest: "New files", publish: "Update", rebuild: "Rebuild", check: "Check" };
const PATIENCE_MS = 3_000; // before a broken stream is opened again

let watching = new Map(); // job id: what ends its stream

function stopWatching() {
  for (const ended of watching.values()) ended.abort();
  watching = new Map();
}

function watchJobs(ids) {
  for (const id of ids) {
    if (!id || watching.has(id)) continue;
    const ended = new AbortController();
    watching.set(id, ended);
    follow(id, ended, jobRow(id));
  }
}

function jobRow(id) {
  const node = make("div", "ci-job");
  const words = make("span", "", "Waiting");
  const progress = make("progress");
  progress.setAttribute("aria-label", "Progress");
  node.append(words, progress);
  node.dataset.job = id;
  page.view.querySelector(".ci-jobs")?.append(node);
  return { node, words, progress };
}

function showJob(row, job) {
  const stage = job.state === "queued" ? "Waiting" : STAGES[job.stage] ?? job.stage;
  const count = job.total ? `, ${job.done.toLocaleString()} of ${job.total.toLocaleString()}` : "";
  row.words.textContent = `${KINDS[job.kind] ?? job.kind}: ${stage}${count}`;
  if (job.total) {
    row.progress.max = job.total;
    row.progress.value = job.done;
  } else {
    row.progress.removeAttribute("value");
  }
}

/** Follow a job to its end; a stream that breaks is opened again. */
async function follow(id, ended, row) {
  while (!ended.signal.aborted) {
    try {
      const last = await readEvents(id, ended.signal, (job) => showJob(row, job));
      if (last) {
        watching.delete(id);
        endJob(row, last);
        return;
      }
    } catch {
      if (ended.signal.aborted) return;
      row.words.textContent = "The connection broke. Looking again.";
    }
    await new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
  }
}

async function readEvents(id, signal, onProgress) {
  const response = await fetch(courseUrl(`jobs/${encodeURIComponent(id)}`), {
    headers: { Accept: "text/event-stream" },
    signal,
  });
  if (!response.ok) return { state: "failed", error: await wordsOf(response) };
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return null;
    rest += value;
    const messages = rest.split(/\r?\n\r?\n/);
    rest = messages.pop();
    for (const message of messages) {
      const lines = message.split(/\r?\n/);
      const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (!data) continue;
      const job = JSON.parse(data);
      if (name === "progress") onProgress(job);
      if (name === "done" || name === "error") return job;
    }
  }
}

async function endJob(row, job) {
  row.node.remove();
  const ends = {
    done: "Finished.",
    held: "A new version waits for your decision; see Versions.",
    failed: `It failed: ${job.error ?? job.detail ?? ""}`,
  };
  if (watching.size) {
    toast(ends[job.state] ?? "Finished.");
    return;
  }
  const kept = [...page.view.querySelectorAll(".ci-failed")];
  await showAgain();
  uploads()?.append(...kept);
  toast(ends[job.state] ?? "Finished.");
}

// Markers and the statements they belong to: lit up together, and opened with a click or a key.
function turnOf(node) {
  const id = Number(node.closest(".ct-turn")?.dataset.turn);
  return memory.turns.find((turn) => turn.id === id);
}

/** Light up the statement under the pointer or focus with its markers, or a marker with its statements. */
function light(target) {
  app.querySelectorAll(".ct-lit").forEach((node) => node.classList.remove("ct-lit"));
  const turn = target?.closest?.(".ct-turn");
  if (!turn) return;
  const marker = target.closest("[data-marker]")?.dataset.marker;
  const statements = marker
    ? statementsOf(turn, marker)
    : [target.closest(".ct-statement")].filter(Boolean);
  const markers = marker ? [marker] : (statements[0]?.dataset.markers ?? "").split(" ");
  statements.forEach((statement) => statement.classList.add("ct-lit"));
  markers.filter(Boolean).flatMap((number) => markerButtons(turn, number)).forEach((button) => button.classList.add("ct-lit"));
}

function statementsOf(node, marker) {
  return [...node.querySelectorAll(".ct-statement")].filter((statement) =>
    statement.dataset.markers.split(" ").includes(String(marker)));
}

function markerButtons(node, marker) {
  return [...node.querySelectorAll(`[data-marker="${Number(marker)}"]`)];
}

/** Keep the marker whose source is open, and its statements, marked as such. */
function showAsOpen(node, marker) {
  app.querySelectorAll(".ct-open").forEach((other) => {
    other.classList.remove("ct-open");
    other.removeAttribute("aria-current");
  });
  if (!node || !marker) return;
  statementsOf(node, marker).forEach((statement) => statement.classList.add("ct-open"));
  markerButtons(node, marker).forEach((button) => {
    button.classList.add("ct-open");
    button.setAttribute("aria-current", "true");
  });
}

function onConversationClick(event) {
  const button = event.target.closest("button");
  const turn = button && turnOf(button);
  if (!turn) return;
  if (button.dataset.marker) openCitation(turn, Number(button.dataset.marker), button);
  else if (button.dataset.document) openSection(button);
  else if ("copy" in button.dataset) copyAnswer(turn, button);
  else if ("retry" in button.dataset) askAgain(turn);
}

// The answer that is being corrected: sentences of the course in an order, kept in the page until they are saved.
function editor() {
  return page.view.querySelector(".ci-editor");
}

/** Give each sentence that the server drew its buttons. */
function prepareEditor() {
  const form = editor();
  if (!form) return;
  for (const piece of form.querySelectorAll(".ci-pieces > li")) piece.replaceChildren(...pieceParts([...piece.childNodes]));
  form.dataset.given = pieceKeys(form);
  showPieces(form);
}

/** Which sentences stand in the answer, in order. */
function pieceKeys(form) {
  return JSON.stringify([...form.querySelectorAll(".ci-pieces > li")].map(({ dataset }) => [dataset.document, dataset.start, dataset.end]));
}

function pieceParts(words) {
  const text = make("div", "ci-piece-text");
  text.append(...words);
  const buttons = make("div", "ci-piece-buttons");
  buttons.append(
    pieceButton("Move up", ".ci-up", (piece) => move(piece, -1)),
    pieceButton("Move down", ".ci-down", (piece) => move(piece, +1)),
    pieceButton("Remove", ".ci-cross", removePiece),
  );
  return [text, buttons];
}

function pieceButton(label, icon, onClick) {
  const button = makeButton("ct-icon", "", () => onClick(button.closest("li")));
  button.setAttribute("aria-label", label);
  button.title = label;
  button.append(find(icon).content.cloneNode(true));
  return button;
}

function move(piece, by) {
  const other = by < 0 ? piece.previousElementSibling : piece.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(piece);
  else other.after(piece);
  piece.querySelector(`[aria-label="${by < 0 ? "Move up" : "Move down"}"]`).focus();
  const position = [...piece.parentNode.children].indexOf(piece) + 1;
  announceQuietly(`Now sentence ${position} of ${piece.parentNode.children.length}.`);
}

function removePiece(piece) {
  const form = editor();
  const list = piece.parentNode;
  const next = piece.nextElementSibling;
  const focus = (next ?? piece.previousElementSibling)?.querySelector('[aria-label="Remove"]') ?? form.querySelector("input");
  piece.remove();
  showPieces(form);
  focus.focus();
  toast("Sentence removed.", () => {
    list.insertBefore(piece, next);
    showPieces(form);
    closeToast();
  });
}

/** Add a sentence that was found; one that stands there already is not added twice. */
function onAdd(button) {
  const form = editor();
  const { document: doc, start, end } = button.dataset;
  const list = form.querySelector(".ci-pieces");
  const isThere = [...list.children].some(({ dataset }) =>
    dataset.document === doc && Number(dataset.start) <= Number(start) && Number(dataset.end) >= Number(end));
  if (isThere) {
    toast("This sentence is in the answer already.");
    return;
  }
  const piece = make("li");
  Object.assign(piece.dataset, { document: doc, start, end });
  piece.append(...pieceParts([...button.lastElementChild.cloneNode(true).childNodes]));
  list.append(piece);
  showPieces(form);
  toast("Added to the answer.");
}

function showPieces(form) {
  form.querySelector(".ci-no-pieces").hidden = form.querySelectorAll(".ci-pieces > li").length > 0;
}

async function onEdited(form) {
  const pieces = [...form.querySelectorAll(".ci-pieces > li")].map(({ dataset }) => ({
    document: dataset.document,
    start: Number(dataset.start),
    end: Number(dataset.end),
  }));
  const refusal = "Verify that the course does not answer this question? Students who ask it will be told so.";
  if (!pieces.length && !(await confirmed(refusal, "Verify the refusal"))) return;
  const question = form.elements.question.value.trim();
  const { answer = "", verified = "" } = form.dataset;
  const changed = pieceKeys(form) !== form.dataset.given;
  await carryOut({ act: "verify", question, answer, verified, changed, pieces });
}

// The article's pane: opening an article at its highlighted words, going from one to the next,
// and finding words in it.
const sheet = () => find(".sheet");
const quoteMarks = () => {
  // One a quote: a quote that runs over two paragraphs has several marks.
  const seen = new Set();
  return findAll("mark.quoted", sheet()).filter((mark) => {
    const known = seen.has(mark.dataset.quote);
    seen.add(mark.dataset.quote);
    return !known;
  });
};

const showPane = (name) => {
  element.dataset.pane = name;
  for (const tab of findAll("[role=tab]")) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
};

// Open an article; `place` is { document, start, end, turn, quote }.
const openArticle = async (place, { focus = true, tab = true } = {}) => {
  const same = state.shown && state.shown.document === place.document && state.shown.turn === place.turn &&
    (place.quote || (state.shown.start === place.start && state.shown.end === place.end));
  if (tab) showPane("reading");
  if (!same) {
    const asked = (state.asked = {});
    const reply = await call("read", place);
    if (state.asked !== asked) return; // another was chosen meanwhile
    showArticle(reply, place);
    if (!reply.html) return;
  }
  const marks = quoteMarks();
  const chosen = marks.find((mark) => mark.dataset.quote === String(place.quote)) || marks[0];
  if (chosen) goTo(chosen, { focus, smooth: same });
  else sheet().scrollTop = 0;
};

const showArticle = (reply, place) => {
  find(".articles").hidden = true;
  find(".reader").hidden = false;
  const lost = reply.gone || reply.unreachable || reply.message || say("failed");
  find(".reading-notice").textContent = reply.html ? reply.notice : lost;
  state.shown = reply.html ? place : null;
  sheet().innerHTML = reply.html || "";
  for (const mark of quoteMarks()) {
    mark.tabIndex = -1;
    mark.classList.add("first");
  }
  find(".find input").value = "";
  showFound([]);
  find(".steps").hidden = !quoteMarks().length;
};

const closeArticle = () => {
  state.shown = null;
  find(".reader").hidden = true;
  find(".articles").hidden = false;
  sheet().replaceChildren();
};

const openFirst = (turn) => {
  const figure = find("figure.quote", turn);
  if (figure) openFigure(figure, { focus: false, tab: false });
};

// The words of a link, among the other quotes of the answer it is to.
const openLinked = (turn) => {
  const { document, start, end } = turn.place;
  const figure = find(`figure.quote[data-document="${CSS.escape(document)}"][data-start="${start}"][data-end="${end}"]`, turn);
  if (figure) openFigure(figure, { focus: false, tab: false });
};

const openFigure = (figure, options) => {
  const turn = figure.closest(".turn").dataset.turn;
  const { document, start, end, quote } = figure.dataset;
  return openArticle({ document, start: Number(start), end: Number(end), turn, quote }, options);
};

// Bring a highlight into view, and mark it and its number in the conversation as the current one.
const goTo = (mark, { focus = true, smooth = true } = {}) => {
  const box = sheet();
  const top = mark.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
  box.scrollTo({ top: Math.max(0, top - box.clientHeight / 4), behavior: smooth && !calm.matches ? "smooth" : "auto" });
  if (focus) mark.focus({ preventScroll: true });
  const number = mark.dataset.quote;
  for (const each of findAll("mark.quoted", box)) each.classList.toggle("current", each.dataset.quote === number);
  const turn = findAll(".turn").find((each) => each.dataset.turn && each.dataset.turn === state.shown?.turn);
  for (const each of findAll(".number, figure.quote")) {
    const current = each.closest(".turn") === turn && each.dataset.quote === number;
    each.classList.toggle("current", current);
  }
  const marks = quoteMarks();
  find(".steps output").textContent = say("quote_of", { number: marks.indexOf(mark) + 1, count: marks.length });
};

const step = (by) => {
  const marks = quoteMarks();
  if (!marks.length) return;
  const at = marks.findIndex((mark) => mark.classList.contains("current"));
  showPane("reading");
  goTo(marks[(at + by + marks.length) % marks.length]);
};

// --- finding words, whatever their case and accents -----------------------------------------

const fold = (character) => character.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase() || character;

const findRanges = (words) => {
  const text = find(".article-text");
  if (!words.trim() || !text) return [];
  const nodes = [];
  let folded = "";
  const places = []; // for each folded character, its node and offset
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    nodes.push(node);
    for (let at = 0; at < node.length; at += 1) {
      for (const each of fold(node.data[at])) {
        folded += /\s/.test(each) ? " " : each;
        places.push([node, at]);
      }
    }
  }
  const wanted = [...words.trim()].map(fold).join("").replace(/\s+/g, " ");
  const ranges = [];
  for (let at = folded.indexOf(wanted); at >= 0 && ranges.length < 1000; at = folded.indexOf(wanted, at + wanted.length)) {
    const range = document.createRange();
    const [last, offset] = places[at + wanted.length - 1];
    range.setStart(...places[at]);
    range.setEnd(last, offset + 1);
    ranges.push(range);
  }
  return ranges;
};

let found = [];
let foundAt = 0;
const showFound = (ranges, words = "") => {
  found = ranges;
  foundAt = 0;
  if (window.CSS?.highlights) {
    CSS.highlights.set("found", new Highlight(...found));
    CSS.highlights.delete("found-current");
  }
  find(".find output").textContent = !words.trim() ? "" : say("found_none");
  if (found.length) goToFound(0);
};

const goToFound = (by) => {
  if (!found.length) return;
  foundAt = (foundAt + by + found.length) % found.length;
  if (window.CSS?.highlights) CSS.highlights.set("found-current", new Highlight(found[foundAt]));
  const box = sheet();
  const top = found[foundAt].getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
  box.scrollTo({ top: Math.max(0, top - box.clientHeight / 3), behavior: "auto" });
  find(".find output").textContent = say("quote_of", { number: foundAt + 1, count: found.length });
};

// The conversation: asking, stopping, editing, asking again, and the card that shows a quote.
const turns = () => findAll(".turn");
const turnIds = (list) => list.map((turn) => turn.dataset.turn).filter(Boolean);
const waiting = []; // turns asked while another is awaited
let current = null; // the turn awaited
let edited = null; // the turn whose question is being changed

const setStatus = (text, name = "") => {
  const status = find("#status");
  status.className = name;
  status.textContent = text;
};

const setBusy = () => {
  const quiet = Boolean(turns().length) && !current;
  find(".exporting").hidden = !quiet;
  for (const button of findAll(".languages button")) button.disabled = Boolean(current);
  find(".clear").hidden = !quiet;
  find(".welcome").hidden = turns().length > 0;
};

const makeTurn = (question) => {
  const turn = make("article", "turn");
  const asked = turn.appendChild(make("div", "asked"));
  const title = asked.appendChild(make("h2"));
  title.append(makeExact(question));
  const edit = asked.appendChild(makeButton("edit"));
  edit.setAttribute("aria-label", say("edit_question"));
  turn.append(make("div", "reply"));
  return turn;
};

const questionOf = (turn) => find("h2 .exact", turn).textContent;

const showMessage = (turn, text, name) => {
  const section = make("section", `answer problem ${name}`);
  section.append(make("p", "", text));
  find(".reply", turn).replaceChildren(section);
  offerRetry(turn);
};

const offerRetry = (turn) => {
  find(".answer", turn).append(makeButton("retry"));
};

const showReply = (turn, reply) => {
  if (reply.unreachable || reply.refused) {
    showMessage(turn, reply.unreachable || reply.refused, "lost");
  } else {
    find(".reply", turn).innerHTML = reply.html || reply.problem;
    if (reply.problem) offerRetry(turn);
  }
  if (reply.turn) {
    turn.dataset.turn = reply.turn;
    turn.dataset.link = reply.link;
  }
};

// A question: refused at once when it cannot be asked, else put after the others.
const refusal = (question) => {
  if (!/[\p{L}\p{N}]/u.test(question)) return say("empty");
  const length = [...question].length;
  const limit = Number(find("#question").dataset.limit);
  return length > limit ? say("too_long", { length, limit }) : "";
};

// `place` is where a link points, when the question came by one.
const submit = (question, place = null) => {
  const refused = refusal(question);
  if (refused) {
    setStatus(refused, "notice");
    return;
  }
  setStatus("");
  if (edited) cutFrom(edited);
  stopEditing();
  find("#question").value = "";
  const turn = makeTurn(question.trim());
  find(".suggestions")?.remove();
  find(".turns").append(turn);
  turn.place = place;
  waiting.push(turn);
  showWaiting(turn);
  setBusy();
  turn.scrollIntoView(); // at once: what grows meanwhile would stop a slower way
  answerNext();
};

const showWaiting = (turn) => {
  const section = make("section", "answer-awaited working");
  section.append(make("p", "", say("searching")), makeButton("stop"));
  find(".reply", turn).replaceChildren(section);
};

const answerNext = async () => {
  if (current || !waiting.length) return setBusy();
  const turn = (current = waiting.shift());
  setBusy();
  tellLoading(turn);
  const before = turns().slice(0, turns().indexOf(turn));
  const reply = await call("ask", { question: questionOf(turn), turns: turnIds(before), within: state.within });
  if (current !== turn) { // stopped, or cleared: what came after all is no part of the conversation
    if (reply.turn) call("forget", { turn: reply.turn });
    return;
  }
  current = null;
  showReply(turn, reply);
  if (reply.announcement) {
    find("#announcement").textContent = reply.announcement;
    if (turn.place) openLinked(turn);
    else {
      setAddress(`?q=${encodeURIComponent(questionOf(turn))}`);
      if (!narrow.matches) openFirst(turn);
    }
  }
  if (!waiting.length) suggestNext();
  answerNext();
};

// The first questions may wait for the model: say so, where the answer will stand.
const tellLoading = async (turn) => {
  const { warm } = await call("is_warm");
  const shown = find(".answer-awaited p", turn);
  if (warm === false && shown) shown.textContent = say("loading");
};

const stop = (turn) => {
  if (turn === current) current = null;
  else waiting.splice(waiting.indexOf(turn), 1);
  showMessage(turn, say("stopped"), "stopped");
  answerNext();
  find("#question").focus();
};

const again = (turn) => {
  const question = questionOf(turn);
  cutFrom(turn);
  submit(question);
};

const cutFrom = (turn) => {
  const all = turns();
  for (const each of all.slice(all.indexOf(turn))) {
    if (each === current) current = null;
    if (waiting.includes(each)) waiting.splice(waiting.indexOf(each), 1);
    each.remove();
  }
};

const startEditing = (turn) => {
  stopEditing();
  edited = turn;
  turn.classList.add("edited");
  find(".editing").hidden = false;
  find("#question").value = questionOf(turn);
  find("#question").focus();
};

const stopEditing = () => {
  edited?.classList.remove("edited");
  edited = null;
  find(".editing").hidden = true;
};

const clear = () => {
  stopEditing();
  current = null;
  waiting.length = 0;
  find(".turns").replaceChildren();
  setStatus("");
  setBusy();
  setAddress("");
  closeArticle();
  find("#question").focus();
  return call("clear");
};

const makeExamples = (examples) => examples.map((example) => {
  const item = make("li");
  item.append(makeButton("example", example));
  return item;
});

const showExamples = (examples) => {
  find(".examples ul").replaceChildren(...makeExamples(examples));
  find(".examples").hidden = !examples.length;
};

// Where the library is not that of the examples, what can be asked is found out.
const suggestFirst = async () => {
  const { suggestions = [] } = await call("suggest");
  if (!turns().length) showExamples(suggestions);
};

// Under the last answer, where nothing is moved by them.
const suggestNext = async () => {
  const last = turns().at(-1);
  const { suggestions = [] } = await call("suggest");
  if (last !== turns().at(-1) || current) return;
  find(".suggestions")?.remove();
  if (!suggestions.length) return;
  const section = make("section", "suggestions");
  const list = make("ul");
  list.append(...makeExamples(suggestions));
  section.append(make("h3", "", say("ask_next")), list);
  last.append(section);
};

// The card: a quote, whole, beside its number, for the mouse and for the keyboard.
const showCard = (number) => {
  const figure = find(`figure[data-quote="${number.dataset.quote}"]`, number.closest(".turn"));
  const card = find("#card");
  card.replaceChildren(...["blockquote", "cite", ".details"].map((part) => find(part, figure).cloneNode(true)));
  card.hidden = false;
  const box = number.getBoundingClientRect();
  const left = Math.min(box.left, window.innerWidth - card.offsetWidth - 8);
  const below = box.bottom + 6 + card.offsetHeight < window.innerHeight;
  card.style.left = `${Math.max(8, left)}px`;
  card.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - card.offsetHeight - 6)}px`;
  number.setAttribute("aria-describedby", "card");
};

const hideCard = () => {
  find("#card").hidden = true;
  find(".number[aria-describedby]")?.removeAttribute("aria-describedby");
};

let hiding = 0;
const watchCard = () => { // once, whatever the language shown: nothing of it is of the frame
  const over = (event) => event.target.closest?.(".head .number, #card");
  element.addEventListener("mouseover", (event) => {
    const target = over(event);
    clearTimeout(hiding);
    if (target?.matches(".number")) showCard(target);
    else if (!target && !find("#card").hidden) hiding = setTimeout(hideCard, 150);
  });
  element.addEventListener("focusin", (event) => {
    if (event.target.matches(".head .number:focus-visible")) showCard(event.target);
    else hideCard();
  });
  element.addEventListener("scroll", (event) => { if (event.target.id === "chat") hideCard(); }, true);
};

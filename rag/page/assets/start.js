// Showing the page in a language, hearing what is pressed, and following the address.
const enter = async () => {
  document.documentElement.lang = state.language;
  const template = find(`template[data-language="${state.language}"]`);
  find(".page")?.remove();
  element.append(template.content.cloneNode(true));
  showPane(element.dataset.pane || "conversation");
  setTabs();
  watchDrop();
  setBusy();
  limitTo(state.within);
  const reply = await call("enter");
  showExamples(reply.examples || []);
  for (const each of reply.turns || []) {
    const turn = makeTurn(each.question);
    find(".turns").append(turn);
    showReply(turn, each);
  }
  setBusy();
  if (!reply.examples?.length && !reply.turns?.length) suggestFirst();
};

const follow = async (address) => {
  const query = new URLSearchParams(address);
  const [question, id] = [query.get("q")?.trim(), query.get("doc")];
  const at = (name) => (query.has(name) ? Number(query.get(name)) : undefined); // an article alone has no place
  const place = id && { document: id, start: at("start"), end: at("end") };
  const known = question && turns().find((turn) => questionOf(turn) === question);
  if (question && !known) submit(question, place);
  if (known && place) {
    known.place = place;
    openLinked(known);
  }
  if (place && !state.shown) await openArticle(place, { focus: false });
  else if (known && !place && !narrow.matches) openFirst(known);
};

// A narrow window has tabs and their panels; a wide one has panes, and no tabs.
const setTabs = () => {
  for (const pane of findAll(".pane")) {
    if (narrow.matches) pane.setAttribute("role", "tabpanel");
    else pane.removeAttribute("role");
  }
};
narrow.addEventListener("change", setTabs);

const switchLanguage = async (language) => {
  if (language === state.language) return;
  state.language = language;
  remember(localStorage, "language", language);
  const shown = state.shown;
  const question = find("#question").value;
  state.shown = null;
  edited = null;
  await enter();
  find("#question").value = question;
  find(`.languages [data-language="${language}"]`).focus();
  if (shown) openArticle(shown, { focus: false, tab: false });
};

const pressed = {
  ".skip": (_, event) => { event.preventDefault(); showPane("conversation"); find("#question").focus(); },
  ".example": (button) => submit(button.textContent),
  ".stop": (button) => stop(button.closest(".turn")),
  ".clear": clear,
  ".cancel": () => { stopEditing(); find("#question").value = ""; },
  ".edit": (button) => startEditing(button.closest(".turn")),
  ".retry": (button) => again(button.closest(".turn")),
  ".number": (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab, as for any link
    event.preventDefault();
    hideCard();
    const figure = find(`figure[data-quote="${link.dataset.quote}"]`, link.closest(".turn"));
    setAddress(link.getAttribute("href"));
    openFigure(figure);
  },
  ".show": (button) => openFigure(button.closest("figure")),
  ".previous": () => step(-1),
  ".next": () => step(1),
  ".find-previous": () => goToFound(-1),
  ".find-next": () => goToFound(1),
  "[role=tab]": (tab) => showPane(tab.getAttribute("aria-controls")),
  ".languages button": (button) => switchLanguage(button.dataset.language),
  "[data-copy]": copyQuote,
  ".copying .link": copyLink,
  "[data-export]": exportConversation,
  ".helpful": (button) => judge(button, true),
  ".send-feedback": (button) => judge(button, false),
  ".back": () => { closeArticle(); find(".find-articles").focus(); },
  ".open": (button) => {
    const { document } = button.closest("li").dataset;
    setAddress(`?doc=${encodeURIComponent(document)}`);
    openArticle({ document });
  },
  ".chip": (chip) => takeAway(chip.dataset),
  ".within-clear": () => limitTo({}),
  ".everywhere": (button) => askEverywhere(button.closest(".turn")),
  ".remove": removeArticle,
  ".more": listMore,
};

element.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(pressed)) {
    const target = event.target.closest(selector);
    if (target) return act(target, event);
  }
  for (const menu of findAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(find("#question").value);
});

element.addEventListener("input", (event) => {
  const { target } = event;
  if (target.matches(".find input")) showFound(findRanges(target.value), target.value);
  else if (target.matches(".find-articles")) searchArticles();
});

element.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches(".limits [name]")) readLimits();
  else if (target.matches(".only")) tick(target);
  else if (target.matches(".adding input")) addFiles(target.files);
});

element.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (target.id === "question" && key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit(target.value);
  } else if (target.matches(".find input") && key === "Enter") {
    goToFound(event.shiftKey ? -1 : 1);
  } else if (event.altKey && (key === "ArrowDown" || key === "ArrowUp") && !target.matches("select")) {
    event.preventDefault();
    step(key === "ArrowDown" ? 1 : -1);
  } else if (key === "Escape") {
    escape(target);
  } else if (target.matches("[role=tab]") && /^Arrow(Left|Right)$/.test(key)) {
    const other = findAll("[role=tab]").find((tab) => tab !== target);
    showPane(other.getAttribute("aria-controls"));
    other.focus();
  }
});

// Out of a card or a menu; from the words in the article, back to their number.
const escape = (target) => {
  const menu = target.closest("details.menu[open]");
  if (!find("#card").hidden) hideCard();
  else if (menu) { menu.open = false; find("summary", menu).focus(); }
  else if (edited) stopEditing();
  else if (target.closest("#reading") && find(".number.current")) {
    showPane("conversation");
    find(".number.current").focus();
  }
};

// Gradio writes the page's language too, and may do so later than this.
new MutationObserver(() => {
  if (document.documentElement.lang !== state.language) document.documentElement.lang = state.language;
}).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });

watchCard();
enter().then(() => follow(location.search));

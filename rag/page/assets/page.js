// What every part of the page uses. The scripts of this folder are one function of `element`,
// where the page goes, and `server`, whose methods are those of rag/page/chat_page.py.
const catalogue = JSON.parse(document.getElementById("catalogue").textContent);
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const narrow = window.matchMedia("(max-width: 56rem)");
const mouse = window.matchMedia("(pointer: fine)"); // a focus would open a phone's keyboard

// Private windows and strict settings refuse storage: the page works without.
const remember = (store, name, value) => { try { store.setItem(name, value); } catch { /* none */ } };
const recall = (store, name) => { try { return store.getItem(name); } catch { return null; } };

const state = {
  language: recall(localStorage, "language") || (/^fr\b/i.test(navigator.language) ? "fr" : "en"),
  // A secret of this tab: who has it has the conversation and the private articles.
  visitor: recall(sessionStorage, "visitor") ||
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  within: {}, // which articles are asked: a filter of rag/filters.py
  shown: null, // what the article's pane shows: { turn, document, start, end }
};
if (!catalogue[state.language]) state.language = "en";
remember(sessionStorage, "visitor", state.visitor);

const find = (selector, inside = element) => inside.querySelector(selector);
const findAll = (selector, inside = element) => [...inside.querySelectorAll(selector)];
const say = (key, values = {}) =>
  catalogue[state.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

const make = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const makeButton = (name, text = say(name)) => {
  const button = make("button", name, text);
  button.type = "button";
  return button;
};

// Text of the visitor's or of an article: exactly its characters.
const makeExact = (text) => make("bdi", "exact", text);

// Call the server; no reply at all is told like any other failure.
const call = async (name, values = {}) => {
  const request = { visitor: state.visitor, language: state.language, ...values };
  const reply = await server[name](request);
  return reply ?? { unreachable: say("unreachable") };
};

const setAddress = (query) => history.replaceState(null, "", query || location.pathname);

const copyText = async (text) => {
  try {
    return await navigator.clipboard.writeText(text);
  } catch { /* plain HTTP from another machine, or not allowed: the old way */ }
  const area = document.body.appendChild(make("textarea"));
  area.value = text;
  area.select();
  document.execCommand("copy");
  area.remove();
};

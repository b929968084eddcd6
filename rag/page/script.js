// What Gradio's widgets leave undone: the page's language, names that a screen reader
// can say, the copy button, and keeping a new question in view.
(() => {
  const strings = JSON.parse(document.getElementById("catalogue").textContent);
  const language = /^fr\b/i.test(navigator.language) ? "fr" : "en";
  const say = strings[language];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const mouse = window.matchMedia("(pointer: fine)"); // a focus would open a phone's keyboard
  const page = document.documentElement;

  // Only what differs is written: writing wakes the observer below.
  const set = (element, attribute, value) => {
    if (element && element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
  };
  const name = (element, role, label) => {
    set(element, "role", role);
    set(element, "aria-label", label);
  };

  const repair = () => {
    set(page, "lang", language);
    for (const log of document.querySelectorAll("#chat [role=log]")) {
      name(log, "log", say.conversation);
    }
    // Gradio names each message with its raw source.
    for (const message of document.querySelectorAll("#chat [data-testid=user]")) {
      name(message, "group", say.your_question);
    }
    for (const message of document.querySelectorAll("#chat [data-testid=bot]")) {
      name(message, "group", say.the_answer);
    }
    set(document.getElementById("status"), "role", "status");
    for (const list of document.querySelectorAll("[id^=examples-]")) {
      set(list, "lang", list.id.slice(-2));
    }
  };

  // A new question, then its answer, brings the question to the top; nothing else scrolls.
  // The button that was pressed may be gone by then: the question box takes the focus.
  let rows = 0;
  const follow = () => {
    const before = rows;
    const questions = document.querySelectorAll("#chat .user-row");
    rows = document.querySelectorAll("#chat .message-row").length;
    if (rows === before) return;
    if (rows > before && questions.length) {
      questions[questions.length - 1].scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
    }
    if (mouse.matches) setTimeout(focusIfLost, 50);
  };
  const focusQuestion = () => document.querySelector("#question textarea").focus();
  const focusIfLost = () => {
    if (document.activeElement === document.body) focusQuestion();
  };

  new MutationObserver(() => { repair(); follow(); }).observe(page, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "lang"],
  });

  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Pages served over plain HTTP to another machine have no clipboard interface.
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".skip")) return;
    event.preventDefault();
    focusQuestion();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("#chat .copy");
    if (!button) return;
    const figure = button.closest("figure");
    const parts = [figure.querySelector("cite"), ...figure.querySelectorAll(".detail")];
    const reference = parts.map((part) => part.textContent).join(", ");
    await copy(`${figure.querySelector(".words").textContent}\n\n— ${reference}\n`);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 2000);
  });
})();

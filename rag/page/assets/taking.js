// What a reader takes away, and leaves: copies, exports, and whether an answer helped.
const tellCopied = (button) => {
  const menu = button.closest("details");
  menu.open = false;
  menu.classList.add("done");
  find("summary", menu).focus();
  find("#announcement").textContent = say("copied");
  setTimeout(() => menu.classList.remove("done"), 2000);
};

const copyQuote = async (button) => {
  await copyText(button.dataset.copy);
  tellCopied(button);
};

const copyLink = async (button) => {
  const number = find(".number", button.closest("figure"));
  await copyText(new URL(number.getAttribute("href"), location.href).href);
  tellCopied(button);
};

const exportConversation = async (button) => {
  button.closest("details").open = false;
  const { name, type, text, message } = await call("export", { format: button.dataset.export, turns: turnIds(turns()) });
  if (!name) return setStatus(message || say("unreachable"), "notice");
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};

const judge = async (button, helpful) => {
  const judging = button.closest(".judging");
  const turn = button.closest(".turn").dataset.turn;
  const reason = helpful ? "" : find("select", judging).value;
  const comment = helpful ? "" : find("textarea", judging).value;
  const reply = await call("judge", { turn, helpful, reason, comment });
  find("details", judging).open = false;
  find(".thanks", judging).textContent = reply.thanks || reply.refused || reply.message || say("unreachable");
  judging.classList.toggle("judged", Boolean(reply.thanks));
};

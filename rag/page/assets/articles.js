// The articles: listing, searching and reading them, asking only some, adding and removing one's own.
// The server pages through the list and searches it: there may be ten thousand.
let listing = 0;
const listArticles = async (start = 0) => {
  const asked = (listing += 1);
  const search = find(".find-articles").value;
  const reply = await call("articles", { within: state.within, search, start });
  if (asked !== listing || reply.html === undefined) return;
  const list = find(".listed");
  if (!start) list.replaceChildren();
  list.insertAdjacentHTML("beforeend", reply.html);
  find(".count").textContent = reply.count;
  find(".none-found").hidden = Boolean(list.children.length) || !search.trim();
  find(".more").hidden = !reply.more;
  find(".more").textContent = reply.more;
  const select = find("[name=sources]");
  const chosen = state.within.sources?.[0] ?? "";
  select.replaceChildren(select.options[0], ...reply.sources.map((source) => new Option(source, source)));
  select.value = chosen;
  state.titles = reply.titles;
  showWithin();
};

// The keyboard goes on with the first of those that were not there before.
const listMore = async () => {
  const start = find(".listed").children.length;
  await listArticles(start);
  find(".open", find(".listed").children[start] ?? find(".articles"))?.focus();
};

let typing = 0;
const searchArticles = () => {
  clearTimeout(typing);
  typing = setTimeout(listArticles, 120);
};

// --- which articles are asked ----------------------------------------------------------------

const limitsOf = (name) => [state.within[name] ?? []].flat().filter(Boolean);

// What limits the question, always in sight above it; each limit can be taken away.
const showWithin = () => {
  const names = {
    documents: (id) => state.titles?.[id] || say("untitled"),
    sources: (source) => source,
    languages: (tag) => find(`[name=languages] option[value="${CSS.escape(tag)}"]`)?.textContent ?? tag,
    published_from: (date) => `${say("from")} ${date}`,
    published_to: (date) => `${say("to")} ${date}`,
  };
  const chips = Object.entries(names).flatMap(([key, nameOf]) => limitsOf(key).map((value) => {
    const chip = makeButton("chip", nameOf(value));
    chip.setAttribute("aria-label", say("within_none", { name: nameOf(value) }));
    Object.assign(chip.dataset, { key, value });
    return chip;
  }));
  const within = find(".within");
  within.hidden = !chips.length;
  within.replaceChildren(make("span", "", say("within")), ...chips);
  if (chips.length > 1) within.append(makeButton("within-clear", say("within_clear")));
};

const limitTo = (within) => {
  state.within = within;
  for (const field of findAll(".limits [name]")) field.value = limitsOf(field.name)[0] ?? "";
  return listArticles();
};

const takeAway = ({ key, value }) => {
  const left = limitsOf(key).filter((each) => each !== value);
  const { [key]: _, ...others } = state.within;
  return limitTo(left.length ? { ...others, [key]: left } : others);
};

const readLimits = () => {
  const dates = findAll(".limits input");
  const [from, to] = dates.map((input) => input.value.trim());
  const fits = (date) => !date || /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/.test(date);
  const wrong = !fits(from) || !fits(to) || (from && to && from > `${to}-99`);
  find(".limits-notice").textContent = wrong ? say("bad_dates") : "";
  if (wrong) return;
  const within = { documents: limitsOf("documents") };
  for (const select of findAll(".limits select")) within[select.name] = select.value ? [select.value] : [];
  Object.assign(within, { published_from: from, published_to: to });
  limitTo(Object.fromEntries(Object.entries(within).filter(([, value]) => value.length)));
};

const tick = (box) => {
  const id = box.closest("li").dataset.document;
  const { documents = [], ...others } = state.within;
  const left = documents.filter((each) => each !== id);
  if (box.checked) left.push(id);
  return limitTo(left.length ? { ...others, documents: left } : others);
};

const askEverywhere = (turn) => {
  state.within = {};
  limitTo({});
  again(turn);
};

// --- adding and removing ------------------------------------------------------------------------

const STAGES = ["read", "split", "embed", "store"];
const SHARES = [0.05, 0.15, 0.95, 1]; // of the bar, when each is done: embedding is what takes time

const addFiles = async (files) => {
  const rows = [...files].map((file) => [file, showFile(file)]);
  for (const [file, row] of rows) await addFile(file, row);
  find(".adding input").value = "";
  await listArticles();
};

const showFile = (file) => {
  const row = make("li");
  const name = make("span", "name");
  name.append(makeExact(file.name));
  const bar = make("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const stages = make("span", "stages");
  stages.append(...STAGES.map((each) => make("span", each, say(`stage_${each}`))));
  row.append(name, make("span", "stage", say("stage_wait")), bar, stages);
  find(".files").append(row);
  return row;
};

// Refused here before anything is sent; the server refuses the same, whoever asks.
const refusalOf = (file) => {
  const { bytes, kinds } = find(".adding input").dataset;
  const known = kinds.split(",").some((kind) => file.name.toLowerCase().endsWith(kind));
  if (!known) return say("wrong_kind", { name: file.name, kinds: kinds.replaceAll(",", ", ") });
  if (file.size <= Number(bytes)) return "";
  const megabytes = (size) => Math.ceil(size / 1e5) / 10;
  return say("shelf_file_too_large", { name: file.name, size: megabytes(file.size), limit: megabytes(bytes) });
};

const readFile = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

const addFile = async (file, row) => {
  const finish = (text, name) => {
    row.className = name;
    find("progress", row).value = name === "done" ? 1 : 0;
    find(".stage", row).textContent = text;
    find("#announcement").textContent = `${file.name}, ${text}`;
  };
  const refused = refusalOf(file);
  if (refused) return finish(refused, "refused");
  const ticket = crypto.getRandomValues(new Uint32Array(4)).join("-");
  let over = false;
  const watch = async () => {
    while (!over) {
      const progress = await call("progress", { ticket });
      if (!over) showProgress(row, progress);
      await new Promise((resolve) => { setTimeout(resolve, 120); });
    }
  };
  try {
    const content = await readFile(file);
    watch();
    const reply = await call("add", { name: file.name, ticket, content });
    over = true;
    if (!reply.added) return finish(reply.duplicate || reply.message || reply.unreachable, "refused");
    showProgress(row, { stage: "end", done: 1, total: 1 });
    finish(`${say("added")} · ${reply.passages}`, "done");
  } catch {
    finish(say("failed"), "refused"); // the file could not be read
  } finally {
    over = true;
  }
};

// A stage that was over between two looks is passed through all the same.
const showProgress = (row, { stage, done, total }) => {
  const at = stage === "end" ? STAGES.length : STAGES.indexOf(stage);
  for (const [index, mark] of findAll(".stages span", row).entries()) {
    if (index <= at && !mark.dataset.done) find(".stage", row).textContent = mark.textContent;
    mark.toggleAttribute("data-now", index === at);
    if (index < at) mark.dataset.done = "true";
  }
  if (at < 0) return;
  const before = at ? SHARES[at - 1] : 0;
  const share = before + ((SHARES[at] ?? 1) - before) * (total ? done / total : 0);
  find("progress", row).value = Math.max(share, find("progress", row).value);
};

const removeArticle = async (button) => {
  const id = button.closest("li").dataset.document;
  await call("remove", { document: id });
  if (limitsOf("documents").includes(id)) await takeAway({ key: "documents", value: id });
  else await listArticles();
  find(".find-articles").focus();
};

const watchDrop = () => {
  const place = find("#reading");
  for (const name of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.toggle("dropping", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        closeArticle();
        addFiles(event.dataTransfer.files);
      }
    });
  }
};

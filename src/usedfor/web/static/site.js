"use strict";
// Everything works without this. It adds: a citation's reference beside it, the contents that follow, keys in
// the suggestions, and, on static pages, the search itself.
(() => {
  const all = (query, root = document) => Array.from(root.querySelectorAll(query));

  // --- a citation opens its reference ---------------------------------------------------------------------
  let popup = null;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  const open = (link) => {
    const item = document.getElementById(link.hash.slice(1));
    if (!item || typeof HTMLDialogElement === "undefined") return false;
    const list = item.closest("ol");
    const source = list && list.previousElementSibling;
    const title = source && source.previousElementSibling;
    if (!popup) {
      popup = document.createElement("dialog");
      popup.className = "popup";
      popup.setAttribute("aria-label", "Reference");
      document.body.append(popup);
      close.addEventListener("click", () => popup.close());
      popup.addEventListener("click", (event) => event.target === popup && popup.close());
    }
    const parts = [title, source, item].filter(Boolean).map((part) => {
      const p = document.createElement("p");
      p.append(...Array.from(part.cloneNode(true).childNodes));
      all(".back", p).forEach((back) => back.remove());
      if (part === title) p.className = "strong";
      return p;
    });
    popup.replaceChildren(...parts, close);
    popup.showModal();
    return true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a.cite");
    if (link && !event.ctrlKey && !event.metaKey && open(link)) event.preventDefault();
  });

  // --- the contents follow --------------------------------------------------------------------------------
  const links = all(".contents a[href^='#']");
  if (links.length && "IntersectionObserver" in window) {
    const seen = new Map();
    const mark = () => {
      const now = links.find((link) => seen.get(link.hash.slice(1)));
      if (!now) return;
      links.forEach((link) => link.removeAttribute("aria-current"));
      now.setAttribute("aria-current", "true");
    };
    const watch = new IntersectionObserver((entries) => {
      entries.forEach((entry) => seen.set(entry.target.id, entry.isIntersecting));
      mark();
    }, { rootMargin: "-10% 0px -70% 0px" });
    links.forEach((link) => {
      const part = document.getElementById(link.hash.slice(1));
      if (part) watch.observe(part);
    });
  }

  // --- suggestions: keys, and closing ---------------------------------------------------------------------
  const inputs = all("input[data-suggest]");
  inputs.forEach((input) => {
    const list = document.getElementById(input.dataset.suggest);
    const form = input.form;
    const move = (step) => {
      const found = all("a", list);
      if (!found.length) return false;
      const at = found.indexOf(document.activeElement) + step;
      (at < 0 ? input : found[Math.min(at, found.length - 1)]).focus();
      return true;
    };
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && list.childElementCount) {
        event.preventDefault(); // the browser would empty the field as well
        list.replaceChildren();
        input.focus();
      }
      if (event.key === "ArrowDown" && move(1)) event.preventDefault();
      if (event.key === "ArrowUp" && move(-1)) event.preventDefault();
    });
    input.addEventListener("input", () => { if (!input.value.trim()) list.replaceChildren(); });
    document.addEventListener("click", (event) => {
      if (!form.contains(event.target)) list.replaceChildren();
    });
    form.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !form.contains(event.relatedTarget)) list.replaceChildren();
    });
  });

  // --- static pages: the browser searches the names itself ------------------------------------------------
  const where = document.querySelector("meta[name='usedfor-index']");
  if (!where) return;
  const kinds = ["medicine", "brand name of ", "other name of ", "condition"];
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, " ").trim();
  let index = null;
  const load = () => {
    index = index || fetch(where.content).then((answer) => answer.json()).then((data) =>
      data.names.map(([name, kind, page]) => ({ name, kind, path: data.pages[page][0], of: data.pages[page][1], key: plain(name) })));
    return index;
  };
  const distance = (a, b) => { // Levenshtein, two rows
    let row = Array.from({ length: b.length + 1 }, (_, n) => n);
    for (let i = 1; i <= a.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= b.length; j += 1) {
        next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      }
      row = next;
    }
    return row[b.length];
  };
  const find = (names, typed, limit) => {
    const asked = plain(typed);
    if (!asked) return { near: false, found: [] };
    const score = (e) => e.key === asked ? 0 : e.key.startsWith(asked) ? 1 : ` ${e.key}`.includes(` ${asked}`) ? 2 : 9;
    let scored = names.map((e) => [score(e) * 10 + e.kind, e.name.length, e]).filter(([s]) => s < 90);
    const near = !scored.length && asked.length > 2;
    if (near) {
      scored = names.filter((e) => Math.abs(e.key.length - asked.length) < 4)
        .map((e) => [distance(e.key, asked) / Math.max(e.key.length, asked.length), e.name.length, e])
        .filter(([s]) => s <= 0.3);
    }
    scored.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const pages = new Map();
    scored.forEach(([, , e]) => pages.has(e.path) || pages.set(e.path, e));
    return { near, found: Array.from(pages.values()).slice(0, limit) };
  };
  const show = (list, { near, found }, typed) => {
    const parts = [];
    const say = (text) => { const p = document.createElement("p"); p.textContent = text; parts.push(p); };
    if (near && found.length) say("Names that are spelt alike. Check that it is the one you mean:");
    if (!found.length && plain(typed).length > 2) say(`No medicine or condition here is called “${typed}”.`);
    if (found.length) {
      const ul = document.createElement("ul");
      found.forEach((e) => {
        const li = document.createElement("li");
        const a = document.createElement("a");
        const kind = document.createElement("span");
        a.href = e.path;
        a.textContent = `${e.name} `;
        kind.className = "kind";
        kind.textContent = kinds[e.kind] + (e.kind === 1 || e.kind === 2 ? e.of : "");
        a.append(kind);
        li.append(a);
        ul.append(li);
      });
      parts.push(ul);
    }
    list.replaceChildren(...parts);
  };
  inputs.forEach((input) => {
    const list = document.getElementById(input.dataset.suggest);
    let wait = 0;
    input.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => load().then((names) => show(list, find(names, input.value, 8), input.value)), 80);
    });
  });
  const results = document.getElementById("static-results");
  const asked = new URLSearchParams(location.search).get("q");
  if (results && asked) load().then((names) => show(results, find(names, asked, 30), asked));
})();

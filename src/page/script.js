// The text of an object stays in a data block until the object is opened. All text is inserted as text, never as HTML.
"use strict";
(() => {
  const CONTEXT = 3;
  const MOST_ROWS = 1000;
  const MOST_OPEN = 100;
  // All objects are open from the start if their texts have at most this many characters together.
  const SMALL = 200000;

  const sections = [...document.querySelectorAll("section.object")];
  const links = new Map([...document.querySelectorAll(".tree a")].map((link) => [link.getAttribute("href").slice(1), link]));
  const nav = document.querySelector("nav");
  const filter = document.getElementById("filter");
  const keys = document.getElementById("keys");
  let current = -1;

  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const button = (section) => section.querySelector("h2 button");
  const isOpen = (section) => button(section).getAttribute("aria-expanded") === "true";

  // --- The text of an object

  const setOpen = (section, open) => {
    const data = section.querySelector(":scope > script");
    if (data && open) {
      section.append(text(JSON.parse(data.textContent), section.classList.contains("rendered")));
      data.remove();
    }
    const shown = section.querySelector(":scope > .text");
    if (!shown) return;
    shown.hidden = !open;
    button(section).setAttribute("aria-expanded", String(open));
  };

  const text = (data, isPlain) => {
    const isTwo = data.a.t.length > 0 && data.b.t.length > 0;
    const box = make("div", isTwo ? "text two" : "text");
    const rows = [];
    data.r.forEach(([a, b, count], at) => {
      if (count === undefined) {
        rows.push([a, b, a < 0 ? (isPlain ? "same" : "new") : b < 0 ? "old" : "both"]);
        return;
      }
      const head = at === 0 ? 0 : CONTEXT;
      const tail = at === data.r.length - 1 ? 0 : CONTEXT;
      const same = Array.from({ length: count }, (_, line) => [a + line, b + line, "same"]);
      if (count <= head + tail + 1) {
        rows.push(...same);
      } else {
        rows.push(...same.slice(0, head), same.slice(head, count - tail), ...same.slice(count - tail));
      }
    });
    addRows(box, data, rows, isTwo);
    const first = box.querySelector(".row");
    if (first) first.tabIndex = 0;
    return box;
  };

  // Adds rows. A list among them is folded, and rows beyond the maximum are added by a button.
  const addRows = (box, data, rows, isTwo, before = null) => {
    const part = document.createDocumentFragment();
    for (const item of rows.slice(0, MOST_ROWS)) {
      if (Array.isArray(item[0])) {
        part.append(standIn("fold", `… ${item.length} unchanged lines`, box, data, item, isTwo));
      } else {
        part.append(row(data, item, isTwo));
      }
    }
    const rest = rows.slice(MOST_ROWS);
    if (rest.length > 0) {
      const lines = rest.length === 1 ? "line" : "lines";
      part.append(standIn("more", `… show more of ${rest.length} ${lines}`, box, data, rest, isTwo));
    }
    box.insertBefore(part, before);
  };

  // Returns a button that shows rows in its place.
  const standIn = (className, label, box, data, rows, isTwo) => {
    const element = make("button", className, label);
    element.type = "button";
    element.addEventListener("click", () => {
      const next = element.nextSibling;
      element.remove();
      addRows(box, data, rows, isTwo, next);
    });
    return element;
  };

  const row = (data, [a, b, kind], isTwo) => {
    const element = make("div", `row ${kind}`);
    element.tabIndex = -1;
    element.setAttribute("role", "button");
    element.setAttribute("aria-expanded", "false");
    const texts = [data.a.t[a], data.b.t[b]];
    const parts = kind === "both" ? changedParts(...texts) : texts.map((line) => [line ?? "", "", ""]);
    const sides = isTwo ? ["a", "b"] : [a >= 0 ? "a" : "b"];
    for (const side of sides) {
      const at = side === "a" ? a : b;
      const code = make("code", side);
      const [start, middle, end] = parts[side === "a" ? 0 : 1];
      code.append(start);
      if (middle) code.append(make("mark", "", middle));
      code.append(end);
      element.append(make("span", `n ${side}`, at >= 0 ? String(at + 1) : ""), code);
    }
    element.origins = () => origins(data, a, b);
    return element;
  };

  // Splits two lines: each into their common start, the part that differs, and their common end.
  const changedParts = (old, now) => {
    const [before, after] = [[...old], [...now]];
    const most = Math.min(before.length, after.length);
    let start = 0;
    while (start < most && before[start] === after[start]) start += 1;
    let end = 0;
    while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
    return [before, after].map((line) => [
      line.slice(0, start).join(""),
      line.slice(start, line.length - end).join(""),
      line.slice(line.length - end).join(""),
    ]);
  };

  // --- Where a line comes from

  const origins = (data, a, b) => {
    const box = make("div", "origin");
    const of = (side, line) => (line >= 0 ? data.p[data[side].o[line]] : undefined);
    const [old, now] = [of("a", a), of("b", b)];
    const isOne = !old || !now || JSON.stringify(old) === JSON.stringify(now);
    if (!old && !now) {
      box.append(make("p", "", "The origin of this line is unknown: only charts in Go templates are traced."));
    } else if (isOne) {
      box.append(...origin(data, now ?? old));
    } else {
      box.append(make("h3", "", "Old"), ...origin(data, old), make("h3", "", "New"), ...origin(data, now));
    }
    return box;
  };

  const origin = (data, [file, line, template, calls, shown, deciding]) => {
    const place = (of, at) => (of < 0 ? `line ${at} of the text that tpl runs` : `${data.f[of]}:${at}`);
    const found = [make("div", "place", place(file, line)), make("pre", "", template)];
    for (const [name, of, at] of calls) {
      found.push(make("div", "", `${name === "tpl" ? "tpl runs" : `${name} is included`} at ${place(of, at)}`));
    }
    for (const [title, values] of [["Shows", shown], ["Decided by", deciding]]) {
      if (values.length === 0) continue;
      const table = make("table");
      for (const number of values) {
        const [key, value, from] = data.v[number];
        const line = make("tr");
        line.append(make("td", "", key));
        const shownValue = make("td");
        shownValue.append(make("code", "", value));
        line.append(shownValue, make("td", "from", from));
        table.append(line);
      }
      found.push(make("h3", "", title), table);
    }
    return found;
  };

  const toggleOrigin = (row) => {
    const isShown = row.getAttribute("aria-expanded") === "true";
    if (isShown) {
      row.nextElementSibling.remove();
    } else {
      row.after(row.origins());
    }
    row.setAttribute("aria-expanded", String(!isShown));
  };

  const focusRow = (from, step) => {
    let next = from;
    do {
      next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
    } while (next && !next.matches(".row, .fold, .more"));
    next?.focus();
  };

  // --- Objects that are laid out when they are scrolled into view

  const reveal = (section) => section.parentElement.classList.remove("later");
  const end = document.getElementById("end");
  const atEnd = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    const next = [...document.querySelectorAll(".later")].find((chunk) => chunk.querySelector(".object:not([hidden])"));
    if (!next) return;
    next.classList.remove("later");
    // The observer reports only changes, so it starts again.
    atEnd.unobserve(end);
    atEnd.observe(end);
  }, { rootMargin: "500px" });
  atEnd.observe(end);

  // --- Which object is current

  // On a phone, a button opens the list of objects.
  const setNavigation = (open) => {
    nav.classList.toggle("open", open);
    document.getElementById("objects").setAttribute("aria-expanded", String(open));
  };

  const go = (number) => {
    const section = sections[number];
    if (!section) return;
    links.get(sections[current]?.id)?.removeAttribute("aria-current");
    current = number;
    reveal(section);
    const link = links.get(section.id);
    link?.setAttribute("aria-current", "true");
    link?.closest("details")?.setAttribute("open", "");
    link?.scrollIntoView({ block: "nearest" });
    section.scrollIntoView({ block: "start" });
    button(section).focus({ preventScroll: true });
    setNavigation(false);
  };

  const step = (by) => {
    let next = current + by;
    while (sections[next]?.hidden) next += by;
    go(next);
  };

  // Opens the object that a link leads to. The browser follows the link as well.
  const show = (hash) => {
    const number = sections.findIndex((section) => `#${section.id}` === hash);
    if (number < 0) return;
    setOpen(sections[number], true);
    go(number);
  };

  // --- The filter

  let names;
  const apply = () => {
    names ??= sections.map((section) => `${section.className} ${section.querySelector("h2").textContent} ${section.querySelector(".about").textContent}`.toLowerCase());
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    sections.forEach((section, number) => {
      section.hidden = !words.every((word) => names[number].includes(word));
      links.get(section.id).parentElement.hidden = section.hidden;
      if (!section.hidden) count += 1;
    });
    for (const group of document.querySelectorAll(".tree details")) {
      group.hidden = !group.querySelector("li:not([hidden])");
      if (words.length > 0 && count <= 200) group.open = true;
    }
    document.querySelector(".none").hidden = count > 0;
    links.get(sections[current]?.id)?.removeAttribute("aria-current");
    current = -1;
  };

  // --- Keys and clicks

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    const { target, key } = event;
    if (target === filter) {
      if (key === "Escape") {
        filter.value = "";
        apply();
        filter.blur();
      } else if (key === "Enter") {
        step(1);
      } else {
        return;
      }
      event.preventDefault();
      return;
    }
    const isRow = target.matches?.(".row, .fold, .more");
    const section = target.closest?.("section.object");
    const actions = {
      j: () => step(1),
      n: () => step(1),
      k: () => step(-1),
      p: () => step(-1),
      "/": () => {
        filter.focus();
        filter.select();
      },
      "?": () => keys.showModal(),
      o: () => {
        const listed = sections.filter((section) => !section.hidden).slice(0, MOST_OPEN);
        const open = !listed.every(isOpen);
        listed.forEach((section) => setOpen(section, open));
      },
    };
    if (isRow) {
      Object.assign(actions, {
        ArrowDown: () => focusRow(target, 1),
        ArrowUp: () => focusRow(target, -1),
        Escape: () => {
          if (target.getAttribute("aria-expanded") === "true") toggleOrigin(target);
          else button(section).focus();
        },
      });
      if (target.matches(".row")) actions.Enter = actions[" "] = () => toggleOrigin(target);
    } else if (section && isOpen(section)) {
      actions.ArrowDown = () => section.querySelector(".row")?.focus();
    }
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
    if (!action) return;
    action();
    event.preventDefault();
  });

  document.querySelector("main").addEventListener("click", (event) => {
    const header = event.target.closest("h2 button");
    if (header) {
      const section = header.closest("section");
      current = sections.indexOf(section);
      setOpen(section, !isOpen(section));
      return;
    }
    const line = event.target.closest(".row");
    if (line && String(getSelection()) === "") {
      line.focus();
      toggleOrigin(line);
    }
  });
  document.querySelector(".tree").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) show(link.getAttribute("href"));
  });
  document.getElementById("objects").addEventListener("click", () => setNavigation(!nav.classList.contains("open")));
  document.getElementById("help").addEventListener("click", () => keys.showModal());
  filter.addEventListener("input", apply);
  addEventListener("hashchange", () => show(location.hash));

  const data = document.querySelectorAll("section.object > script");
  let length = 0;
  for (const block of data) {
    length += block.textContent.length;
    if (length > SMALL) break;
  }
  if (length <= SMALL) sections.forEach((section) => setOpen(section, true));
  show(location.hash);
})();

// What the gate asks of an open page.  Each question answers with a list of what is wrong.
window.gate = (() => {
  "use strict";

  const words = (e, most) => (e.innerText || e.textContent || "").trim().slice(0, most);
  const drawn = (e) => {
    const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility !== "hidden";
  };

  // Every target that is drawn and stands for itself; a link in the middle of a sentence is its words' height.
  const inSentence = (e) =>
    e.tagName === "A" && getComputedStyle(e).display === "inline" &&
    [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim().length > 1);
  function targets(least) {
    const small = [];
    for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")) {
      if (!drawn(e) || e.closest(".hears") || e.classList.contains("skip") || inSentence(e)) continue;
      const box = (e.matches("input[type=radio], input[type=checkbox]") && e.closest("label")) || e;
      const r = box.getBoundingClientRect();
      if (r.height < least - 0.5 || r.width < Math.min(least, 24) - 0.5)
        small.push(`target under ${least} px: ${e.tagName.toLowerCase()} “${(e.innerText || e.name || e.type || "").trim().slice(0, 24)}” ${Math.round(r.width)}×${Math.round(r.height)} in ${e.parentElement.className || e.parentElement.tagName}`);
    }
    return small;
  }

  // What reaches beyond the right edge, the innermost things first; what is cut off or scrolls by itself doesn't count.
  function overhang() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const found = new Set([...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 0.5 && !e.closest(".hears")));
    const inner = [...found].filter((e) => ![...e.children].some((c) => found.has(c))).slice(0, 5);
    const named = inner.map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") || ""} “${e.textContent.trim().slice(0, 24)}”`);
    return [`scrolls sideways: ${[`${document.documentElement.scrollWidth} px`, ...named].join("; ")}`];
  }

  function frame(language) {
    const wrong = [];
    const count = (where) => document.querySelectorAll(where).length;
    if (document.documentElement.lang !== language) wrong.push(`html lang is ${document.documentElement.lang}, not ${language}`);
    if (count("h1") !== 1) wrong.push(`${count("h1")} h1`);
    if (count("main") !== 1 || count("main#main") !== 1) wrong.push("no main landmark, or several");
    if (!count("a[href='#main']")) wrong.push("no link to skip to the main text");
    if (!count("footer a[href='tel:12333']")) wrong.push("no help line in the footer");
    if (!/\S.* - \S/.test(document.title)) wrong.push(`title is “${document.title}”`);
    if (count("audio[autoplay], video[autoplay]")) wrong.push("something plays by itself");
    for (const e of document.querySelectorAll("[style], style, script:not([src])")) wrong.push(`inline: <${e.tagName.toLowerCase()}> in ${e.parentElement.tagName}`);
    const ids = new Map();
    for (const e of document.querySelectorAll("*")) {
      if (e.id) ids.set(e.id, (ids.get(e.id) || 0) + 1);
      for (const a of e.attributes) if (a.name.startsWith("on")) wrong.push(`inline ${a.name}`);
    }
    for (const [id, times] of ids) if (times > 1) wrong.push(`id ${id} twice`);
    if (language === "en") wrong.push(...unmarked());
    return wrong;
  }

  function unmarked() {
    const wrong = [];
    const own = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (own.nextNode()) {
      const text = own.currentNode.textContent.trim();
      if (!/[\u4e00-\u9fff]/.test(text)) continue;
      const lang = own.currentNode.parentElement.closest("[lang]").getAttribute("lang");
      if (!lang.startsWith("zh")) wrong.push(`Chinese on an English page, not marked as such: “${text.slice(0, 30)}”`);
    }
    return wrong;
  }

  // Nothing here plays or comes from elsewhere, so axe has nothing to load before it looks.
  const RULES = {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    resultTypes: ["violations"],
    preload: false,
  };
  async function accessible() {
    const { violations } = await axe.run(document, RULES);
    return violations.flatMap((each) => each.nodes.slice(0, 4).map((node) =>
      `axe ${each.id}: ${node.target.join(" ")}: ${(node.failureSummary || "").trim().split("\n").pop().trim()}`));
  }

  // The page as the window now stands, once for each size of text, folded and unfolded.
  async function layouts(sizes) {
    await new Promise(requestAnimationFrame); // what listens to the window's width has heard of it
    const found = [];
    for (const { large, axe } of sizes) {
      if (large) document.documentElement.dataset.size = "large";
      else delete document.documentElement.dataset.size;
      const wrong = new Set(overhang());
      const folded = [...document.querySelectorAll("details:not([open])")];
      for (const each of folded) each.open = true;
      for (const fault of [...targets(large ? 44 : 24), ...overhang(), ...(axe ? await accessible() : [])]) wrong.add(fault);
      for (const each of folded) each.open = false;
      found.push([...wrong]);
    }
    return found;
  }

  return { targets, overhang, frame, accessible, layouts };
})();

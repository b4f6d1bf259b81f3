// The chat page of the demo. Everything that came from outside enters the page as text, never as HTML.

import { isChinese, say } from "./words.js";

const $ = (id) => document.getElementById(id);
const TRY = ["bob seems down, send me his code", "看看爱丽丝最近20行日志", "status", "restart bob", isChinese ? "帮助" : "help"];
const CODE = "[2-9A-HJKMNP-Z]{4}"; // nlops's alphabet of codes
const PROPOSAL = new RegExp(`(?:\\byes|确认) (${CODE})(?![0-9A-Za-z])`);
const LONG_LINES = 6;
const TIME_GAP_S = 180;
const ANSWER_WAIT_MS = 30_000;

const state = { people: [], me: null, bubbles: [], unread: {}, bots: [], stage: { name: "starting", linked: false, told: "" }, scans: {}, waiting: 0, keeper: "", program: "", config: "" };
const pictures = new Map();

// -- making elements

function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  const { class: name, text, on, ...rest } = options;
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  for (const [event, handler] of Object.entries(on ?? {})) node.addEventListener(event, handler);
  for (const [key, value] of Object.entries(rest)) if (value !== false && value !== undefined) node.setAttribute(key, value === true ? "" : value);
  node.append(...children.filter(Boolean));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

const act = (iconName, label, handler, options = {}) => {
  const { class: name = "", ...rest } = options;
  const button = el("button", { class: `act ${name}`, type: "button", on: { click: handler }, ...rest });
  button.append(...(iconName ? [icon(iconName)] : []), label);
  return button;
};

// -- talking to the server

async function post(path, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

async function send(text) {
  const words = text.trim();
  if (!words || !state.stage.linked) return false;
  const person = state.me;
  const answer = await post("/say", { as: person.id, text: words });
  if (!answer) {
    note(say("failed"));
    return false;
  }
  if (person.admin) wait();
  return true;
}

function wait() {
  state.waiting = Date.now();
  drawTalk();
  setTimeout(() => { if (Date.now() - state.waiting >= ANSWER_WAIT_MS) { state.waiting = 0; drawTalk(); } }, ANSWER_WAIT_MS + 50);
}

async function scan(bubble, button) {
  button.disabled = true;
  const answer = await post("/scan", { id: bubble.id });
  state.scans[bubble.id] = answer ? answer.bot ?? "" : undefined;
  drawTalk();
}

// -- the talk

const mine = () => state.bubbles.filter((bubble) => bubble.chat === state.me.id);

function drawTalk() {
  const talk = $("talk");
  const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
  const kept = talk.scrollTop;
  const bubbles = mine();
  const rows = [];
  if (!bubbles.length || !state.me.admin) rows.push(el("p", { class: "empty", text: say(state.me.admin ? "empty" : "emptyStranger", { name: state.me.name }) }));
  let last = 0;
  for (const bubble of bubbles) {
    if (bubble.at - last > TIME_GAP_S) rows.push(el("p", { class: "when", text: clock(bubble.at) }));
    last = bubble.at;
    rows.push(drawBubble(bubble, bubbles));
  }
  if (state.waiting && state.me.admin) rows.push(row({ nlops: true }, el("div", { class: "bubble dots" }, el("i"), el("i"), el("i"))));
  talk.replaceChildren(...rows);
  talk.scrollTop = atEnd ? talk.scrollHeight : kept;
}

function row(bubble, ...content) {
  const who = bubble.nlops ? "nlops" : state.me.admin ? "admin" : "stranger";
  const avatar = el("span", { class: `avatar ${who}`, "aria-hidden": "true", text: bubble.nlops ? "" : state.me.name[0] });
  return el("div", { class: `row ${bubble.nlops ? "" : "mine"}` }, avatar, el("div", { class: "body" }, ...content));
}

function drawBubble(bubble, all) {
  const at = new Date(bubble.at * 1000).toLocaleString();
  if (bubble.kind === "picture") return row(bubble, drawPicture(bubble, at), drawScan(bubble, all));
  if (bubble.kind === "file") return row(bubble, drawFile(bubble, at));
  const code = bubble.nlops ? PROPOSAL.exec(bubble.text)?.[1] : null;
  if (code) return row(bubble, drawProposal(bubble, code, at), drawAnswers(bubble, code, all));
  const lines = bubble.text.split("\n");
  if (!bubble.nlops || lines.length < LONG_LINES) return row(bubble, el("div", { class: "bubble", title: at, text: bubble.text }));
  const rest = lines.slice(1).map((line) => el("span", { text: line }));
  const long = el("div", { class: "bubble", title: at }, lines[0], el("span", { class: "lines", tabindex: "0" }, ...rest));
  const wide = row(bubble, long);
  wide.classList.add("wide");
  return wide;
}

function drawPicture(bubble, at) {
  // Kept over redraws, so that a picture is fetched once.
  const img = pictures.get(bubble.id) ?? el("img", { src: `/file/${encodeURIComponent(bubble.id)}`, alt: bubble.name, title: at, width: "224", height: "224" });
  pictures.set(bubble.id, img);
  return el("div", { class: "bubble picture" }, img);
}

function drawScan(bubble, all) {
  const result = state.scans[bubble.id];
  if (result) return el("div", { class: "under" }, el("span", { class: "ok", text: say("scanned", { bot: result }) }));
  // An older picture can be scanned too, in vain, as in life; the button that helps stands out.
  const newest = bubble === all.findLast((other) => other.kind === "picture") && state.bots.some((bot) => bot.status === "waiting");
  const button = act("scan", say("scan"), () => scan(bubble, button), { class: newest ? "" : "plain" });
  const stale = result === "" && el("span", { class: "bad", text: say("stale") });
  return el("div", { class: "under" }, button, stale, newest && el("span", { class: "small", text: say("scanNote") }));
}

function drawFile(bubble, at) {
  const size = bubble.size < 2048 ? `${bubble.size} B` : `${Math.round(bubble.size / 1024)} kB`;
  const words = el("span", {}, bubble.name, el("small", { text: say("file", { size }) }));
  return el("a", { class: "bubble file", title: at, href: `/file/${encodeURIComponent(bubble.id)}`, download: bubble.name }, icon("file"), words);
}

function drawProposal(bubble, code, at) {
  const node = el("div", { class: "bubble", title: at });
  // Calls stand as "1. tool  name = value", each on a line of its own; a lone one needs no number.
  const isCall = (line) => /^\d+\. /.test(line);
  const lines = bubble.text.split("\n");
  const single = lines.filter(isCall).length === 1;
  for (const [index, line] of lines.entries()) {
    if (isCall(line)) node.append(el("span", { class: "call", text: single ? line.slice(3) : line }));
    else node.append(...(index && !isCall(lines[index - 1]) ? ["\n"] : []), ...withCode(line, code));
  }
  return node;
}

function withCode(line, code) {
  const parts = line.split(code);
  return parts.flatMap((part, at) => (at ? [el("span", { class: "code", text: code }), part] : [part]));
}

function drawAnswers(bubble, code, all) {
  const later = all.slice(all.indexOf(bubble) + 1);
  const used = later.some((other) => (other.nlops ? PROPOSAL.test(other.text) : other.text.toUpperCase().includes(code) || /^(no|取消)$/i.test(other.text.trim())));
  const life = Number(/(\d+) ?(?:s\b|秒)/.exec(bubble.text)?.[1] ?? 120);
  const left = bubble.at + life - Date.now() / 1000;
  if (used || left <= 0) return null;
  setTimeout(drawTalk, left * 1000 + 100);
  const chinese = bubble.text.includes("确认");
  const yes = say("confirm", { code }, chinese);
  const no = say("deny", {}, chinese);
  return el("div", { class: "under" }, act("check", yes, () => send(yes)), act(null, no, () => send(no), { class: "plain" }));
}

function note(text) {
  $("talk").append(el("p", { class: "note", text }));
  $("talk").scrollTop = $("talk").scrollHeight;
}

function clock(at) {
  const day = new Date(at * 1000);
  const today = day.toDateString() === new Date().toDateString();
  return day.toLocaleString(navigator.language, today ? { hour: "2-digit", minute: "2-digit" } : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

// -- around it

function drawPeople() {
  $("people").setAttribute("aria-label", say("writeAs"));
  $("people").replaceChildren(...state.people.map((person) => {
    const count = state.unread[person.id];
    const label = [person.name, el("small", { text: say(person.admin ? "admin" : "stranger") }), count && el("span", { class: "count", text: String(count) })];
    return el("button", { type: "button", role: "tab", "aria-selected": String(person === state.me), title: `${say("writeAs")} ${person.name}`, on: { click: () => choose(person) } }, ...label);
  }));
  const instead = state.stage.name === "ended" ? "ended" : "waitLink";
  $("text").placeholder = state.stage.linked ? say("placeholder", { name: state.me.name }) : say(instead);
}

function choose(person) {
  state.me = person;
  state.unread[person.id] = 0;
  drawPeople();
  drawTalk();
  $("talk").scrollTop = $("talk").scrollHeight;
  $("text").focus({ preventScroll: true });
}

function drawStage() {
  const { name, linked, told } = state.stage;
  // A progress bar as tqdm draws it: ` 35%|███▌      | 174M/491M [00:10<00:05, 59.3MB/s]`
  const [, share, done, all, rate] = /(\d+)%\|[^|]*\| *([^/]+)\/(\S+) \[[^,]*, *([^\]]+)\]/.exec(told) ?? [];
  const progress = share ? say("fetching", { share, done, all, rate }) : say("loading");
  const starting = linked ? say("modelStarting", { told: progress }) : say("starting");
  const text = name === "ended" ? say("ended") : name === "ready" ? "" : starting;
  $("stage").hidden = !text;
  $("stage").classList.toggle("ended", name === "ended");
  $("stage-text").textContent = text;
  $("stage-bar").style.width = `${(name === "starting" && share) || 0}%`;
  $("line").textContent = say(linked ? "line" : "away");
  for (const control of [$("text"), $("send"), ...$("chips").children]) control.disabled = !linked;
  drawPeople();
}

function drawChips() {
  $("chips").replaceChildren(...TRY.map((text) => el("button", { type: "button", text, on: { click: () => send(text) } })));
}

function since(at) {
  const s = Math.max(0, Math.round(Date.now() / 1000 - at));
  return s < 90 ? say("seconds", { n: s }) : s < 5400 ? say("minutes", { n: Math.round(s / 60) }) : say("hours", { n: Math.round(s / 3600) });
}

function drawBots() {
  const cards = $("bots");
  const labels = { online: "online", waiting: "waiting", scanned: "scannedState", off: "off" };
  for (const bot of state.bots) {
    let card = cards.querySelector(`[data-bot="${CSS.escape(bot.name)}"]`);
    if (!card) cards.append((card = newCard(bot)));
    card.querySelector(".dot").className = `dot ${bot.status}`;
    const detail = bot.pid ? say("ago", { time: since(bot.since), pid: bot.pid }) : "";
    card.querySelector(".head p").textContent = [say(labels[bot.status]), detail].filter(Boolean).join(" · ");
    const button = card.querySelector(".act");
    if (button) button.disabled = bot.status !== "online";
    drawLog(card.querySelector(".log"), bot.lines);
  }
  $("alarm").className = `dot ${state.bots.some((bot) => bot.status === "waiting") ? "waiting" : ""}`;
}

function newCard(bot) {
  const name = el("h3", {}, bot.name, el("small", { text: bot.aliases.join(" · ") }));
  const button = bot.can_log_out && act("unplug", say("logout"), () => post("/logout", { bot: bot.name }), { class: "plain", title: say("logoutTip") });
  const head = el("div", { class: "head" }, el("span", { class: "dot" }), el("div", {}, name, el("p")), button);
  return el("section", { class: "bot", "data-bot": bot.name }, head, el("pre", { class: "log", tabindex: "0", "aria-label": `${bot.name}.log` }));
}

function drawLog(pre, lines) {
  const text = lines.join("\n");
  if (pre.dataset.text === text) return;
  pre.dataset.text = text;
  const atEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 30;
  pre.replaceChildren(...lines.map(markLine));
  if (atEnd) pre.scrollTop = pre.scrollHeight;
}

function markLine(line) {
  const mark = / login$|<login> event/.test(line) ? "in" : / logout$|onScan: |<(scan|logout)> event/.test(line) ? "out" : "";
  return el("div", { class: mark, text: line });
}

function drawTruth() {
  const commands = ["audit tail", "tools list", "check"].map((words) => el("code", { text: `${state.program} ${words} -c ${state.config}` }));
  $("truth").replaceChildren(el("h3", { text: say("realTitle") }), el("p", { text: say("real") }), el("h3", { text: say("lookTitle") }), ...commands);
  $("panel-title").textContent = say("bots");
  $("panel-line").textContent = say("kept", { keeper: state.keeper });
}

// -- what comes in

function onSnapshot(data) {
  Object.assign(state, data);
  state.me = state.people.find((person) => person.id === state.me?.id) ?? state.people[0];
  drawChips();
  drawStage();
  drawTalk();
  drawBots();
  drawTruth();
  $("talk").scrollTop = $("talk").scrollHeight;
}

function onBubble(bubble) {
  state.bubbles.push(bubble);
  if (bubble.nlops) state.waiting = 0;
  if (bubble.chat === state.me.id) drawTalk();
  else state.unread[bubble.chat] = (state.unread[bubble.chat] ?? 0) + 1;
  drawPeople();
}

function onBots(bots) {
  const statuses = (list) => list.map((bot) => bot.status).join();
  const changed = statuses(bots) !== statuses(state.bots);
  state.bots = bots;
  drawBots();
  if (changed) drawTalk(); // whether a scan button helps
}

function listen() {
  const events = new EventSource("/events");
  const on = (name, handler) => events.addEventListener(name, (event) => handler(JSON.parse(event.data)));
  on("snapshot", onSnapshot);
  on("bubble", onBubble);
  on("bots", onBots);
  on("stage", (stage) => { state.stage = stage; drawStage(); });
  events.addEventListener("error", () => { state.stage = { name: "ended", linked: false, told: "" }; if (state.me) drawStage(); });
}

function grow() {
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
}

async function submit() {
  const text = $("text").value;
  if (await send(text)) { $("text").value = ""; grow(); }
}

document.documentElement.lang = isChinese ? "zh-CN" : "en";
$("send").setAttribute("aria-label", say("send"));
$("open-panel").setAttribute("aria-label", say("bots"));
$("close-panel").setAttribute("aria-label", say("close"));
$("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
$("text").addEventListener("input", grow);
// Enter sends, Shift+Enter breaks the line; an Enter that ends a Chinese input method's composition does neither.
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
});
$("open-panel").addEventListener("click", () => $("panel").classList.add("open"));
$("close-panel").addEventListener("click", () => $("panel").classList.remove("open"));
setInterval(drawBots, 1000);
listen();

// The player of a recording: <dz-player data-sound data-peaks data-language>.
//
// Inside stands an ordinary <audio controls>, which is all there is without JavaScript or when the
// waveform does not come. With it: two sides drawn apart (the client above, us below), a click or
// an arrow leads to a place, silence is left out where somebody wishes. No style attribute and no
// inline script, so that the page's policy can forbid both.

const TEXTS = {
  ru: {
    player: "Запись разговора", play: "Слушать", pause: "Пауза", speed: "Скорость",
    silence: "Без тишины", client: "Клиент", us: "Мы", place: "Место в записи", download: "Скачать",
    of: "из", failed: "Запись не открывается.",
    keys: "Пробел: слушать или пауза. Стрелки влево и вправо: на 5 секунд. Вверх и вниз: скорость.",
  },
  en: {
    player: "Recording of the conversation", play: "Play", pause: "Pause", speed: "Speed",
    silence: "Skip silence", client: "Client", us: "Us", place: "Place in the recording",
    download: "Download", of: "of", failed: "The recording cannot be opened.",
    keys: "Space: play or pause. Left and right: five seconds. Up and down: speed.",
  },
};
const SPEEDS = [1, 1.25, 1.5, 2];
const STEP_SECONDS = 5;
const SAME_MOMENT_SECONDS = 1; // a hand-over overlaps a little; who talks longer at once has a row
const SKIPPED_FROM_SECONDS = 0.3; // what is left of a silence, so that a jump does not cut a word

export function shown(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const rest = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

export function afterSilence(silences, at) {
  const found = silences.find(([begin, end]) =>
    at >= begin + SKIPPED_FROM_SECONDS && at < end - SKIPPED_FROM_SECONDS);
  return found ? found[1] - SKIPPED_FROM_SECONDS : null;
}

function made(name, className, attributes = {}) {
  const element = document.createElement(name);
  if (className) element.className = className;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

let playing = null;

class Player extends HTMLElement {
  #audio; #canvas; #time; #play; #speed; #skip; #trouble; #watcher; #theme; #say; #fold;
  #parts = [];
  #wave = { seconds: 0, peaks: [], silences: [] };
  #rate = 0;

  connectedCallback() {
    if (this.#audio) return;
    this.#say = TEXTS[this.dataset.language] ?? TEXTS.en;
    this.#audio = this.querySelector("audio") ?? this.appendChild(made("audio", "", { controls: "" }));
    this.#audio.preload = "none";
    if (!this.#audio.getAttribute("src")) this.#audio.src = this.dataset.sound;
    this.#audio.addEventListener("play", () => this.#alone());
    this.#fold = this.closest("details");
    this.#fold?.addEventListener("toggle", this.#folded);
    this.#load();
  }

  disconnectedCallback() {
    this.#fold?.removeEventListener("toggle", this.#folded);
    if (playing === this.#audio) playing = null;
    this.#watcher?.disconnect();
    this.#theme?.removeEventListener("change", this.#draw);
    this.#audio?.pause();
  }

  #alone() {
    if (playing !== this.#audio) playing?.pause();
    playing = this.#audio;
  }

  #folded = () => { if (!this.#fold.open) this.#audio.pause(); };

  async #load() {
    try {
      const answer = await fetch(this.dataset.peaks, { credentials: "same-origin" });
      if (!answer.ok) return;
      this.#wave = await answer.json();
    } catch {
      return; // the plain controls stay
    }
    if (!this.#wave.peaks.length || !this.#wave.peaks[0].length) return;
    this.#build();
  }

  #build() {
    const say = this.#say;
    const stage = made("div", "dz-stage", {
      tabindex: "0", role: "slider", "aria-label": say.place, title: say.keys,
      "aria-valuemin": "0", "aria-valuemax": String(Math.floor(this.#wave.seconds)),
    });
    this.#canvas = made("canvas", "dz-wave", { "aria-hidden": "true" });
    stage.append(this.#canvas);
    const bar = made("div", "dz-bar");
    this.#play = this.#button("dz-play", say.play, () => this.toggle());
    this.#time = made("span", "dz-time");
    this.#speed = this.#button("dz-speed", say.speed, () => this.#faster(1, true));
    const wish = made("label", "dz-skip");
    this.#skip = made("input", "", { type: "checkbox" });
    wish.append(this.#skip, document.createTextNode(` ${say.silence}`));
    wish.hidden = !this.#wave.silences.length;
    const take = made("a", "dz-download", { href: this.#download(), download: "" });
    take.textContent = say.download;
    this.#trouble = made("span", "dz-trouble", { role: "status" });
    bar.append(this.#play, this.#time, this.#speed);
    if (this.#wave.sides === 2) bar.append(this.#name("client"), this.#name("us"));
    bar.append(wish, take, this.#trouble);
    this.#audio.controls = false;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", say.player);
    this.append(stage, ...this.#lane(), bar);
    this.classList.add("dz-ready");
    this.#listen(stage);
    this.#shownAll();
  }

  #lane() {
    const lane = this.querySelector(".dz-parts");
    if (!lane || !this.#wave.seconds) return [];
    const ends = []; // where each row of the lane ends
    for (const place of lane.children) {
      const [from, to] = [Number(place.dataset.from), Number(place.dataset.to)];
      const free = ends.findIndex((end) => end <= from + SAME_MOMENT_SECONDS);
      const row = free < 0 ? ends.length : free;
      ends[row] = to;
      const part = this.#button("dz-part", place.textContent.trim().replace(/\s+/g, " "), () => this.go(from));
      part.textContent = place.firstElementChild.textContent;
      place.replaceChildren(part);
      place.style.left = `${(100 * from) / this.#wave.seconds}%`;
      place.style.width = `${(100 * (to - from)) / this.#wave.seconds}%`;
      place.style.top = `${1.75 * row}rem`;
      this.#parts.push([from, to, part]);
    }
    lane.style.height = `${1.75 * ends.length}rem`;
    return [lane];
  }

  #name(side) {
    const name = made("span", `dz-side dz-${side}`);
    const share = side === "client" ? this.#wave.client_share : this.#wave.our_share;
    name.textContent = `${this.#say[side]} ${Math.round(100 * (share ?? 0))} %`;
    return name;
  }

  #button(className, label, act) {
    const button = made("button", className, { type: "button", "aria-label": label, title: label });
    button.addEventListener("click", act);
    return button;
  }

  #download() {
    const address = new URL(this.dataset.sound, document.baseURI);
    address.searchParams.set("download", "");
    return address.href;
  }

  #listen(stage) {
    for (const happened of ["timeupdate", "seeked", "play", "pause", "ended", "ratechange"]) {
      this.#audio.addEventListener(happened, () => this.#moved());
    }
    this.#audio.addEventListener("error", () => { this.#trouble.textContent = this.#say.failed; });
    stage.addEventListener("pointerdown", (event) => this.#point(event, stage));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.#watcher = new ResizeObserver(() => this.#draw());
    this.#watcher.observe(stage);
    this.#theme = window.matchMedia("(prefers-color-scheme: dark)");
    this.#theme.addEventListener("change", this.#draw);
  }

  toggle() {
    if (!this.#audio.paused) return this.#audio.pause();
    return this.#audio.play().catch(() => { this.#trouble.textContent = this.#say.failed; });
  }

  go(seconds) {
    const end = this.#wave.seconds || this.#audio.duration || 0;
    const place = Math.min(Math.max(0, seconds), Math.max(0, end - 0.1));
    if (this.#audio.readyState) {
      this.#audio.currentTime = place;
    } else {
      this.#audio.addEventListener("loadedmetadata", () => { this.#audio.currentTime = place; },
        { once: true });
      this.#audio.preload = "metadata";
      this.#audio.load();
    }
    this.#moved(place);
  }

  #point(event, stage) {
    const box = stage.getBoundingClientRect();
    this.go(((event.clientX - box.left) / box.width) * this.#wave.seconds);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onControl = event.target.closest("button, input, a");
    const acts = {
      ArrowLeft: () => this.go(this.#audio.currentTime - STEP_SECONDS),
      ArrowRight: () => this.go(this.#audio.currentTime + STEP_SECONDS),
      ArrowUp: () => this.#faster(1, false),
      ArrowDown: () => this.#faster(-1, false),
      Home: () => this.go(0),
      End: () => this.go(this.#wave.seconds),
    };
    if (!onControl) acts[" "] = () => this.toggle(); // a button has a space of its own
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  #faster(step, around) {
    const next = this.#rate + step;
    const last = SPEEDS.length - 1;
    this.#rate = around && next > last ? 0 : Math.min(last, Math.max(0, next));
    this.#audio.playbackRate = SPEEDS[this.#rate];
    this.#audio.preservesPitch = true;
    this.#shownAll();
  }

  #moved(place) {
    const at = typeof place === "number" ? place : this.#audio.currentTime;
    const beyond = this.#skip.checked && !this.#audio.paused ? afterSilence(this.#wave.silences, at) : null;
    if (beyond !== null) this.#audio.currentTime = beyond;
    this.#shownAll(at);
  }

  #shownAll(at = this.#audio.currentTime) {
    const say = this.#say;
    const playing = !this.#audio.paused && !this.#audio.ended;
    this.#play.textContent = playing ? "❚❚" : "▶";
    for (const name of ["aria-label", "title"]) {
      this.#play.setAttribute(name, playing ? say.pause : say.play);
    }
    this.#time.textContent = `${shown(at)} / ${shown(this.#wave.seconds)}`;
    this.#speed.textContent = `${SPEEDS[this.#rate]}×`;
    const stage = this.#canvas.parentElement;
    stage.setAttribute("aria-valuenow", String(Math.floor(at)));
    stage.setAttribute("aria-valuetext", `${shown(at)} ${say.of} ${shown(this.#wave.seconds)}`);
    for (const [from, to, part] of this.#parts) part.classList.toggle("dz-now", at >= from && at < to);
    this.#draw(at);
  }

  #draw = (place) => {
    const at = typeof place === "number" ? place : this.#audio.currentTime;
    const box = this.#canvas.parentElement.getBoundingClientRect();
    const sharp = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(box.width * sharp), Math.round(box.height * sharp)];
    if (!width || !height) return;
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const colours = getComputedStyle(this);
    const colour = (name, other) => colours.getPropertyValue(name).trim() || other;
    const pen = this.#canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    const sides = this.#wave.peaks;
    const room = height / sides.length;
    const played = (at / (this.#wave.seconds || 1)) * width;
    const bar = Math.max(2, Math.round(2 * sharp)), gap = Math.max(1, Math.round(sharp));
    sides.forEach((peaks, side) => {
      const middle = side * room + room / 2;
      const ink = colour(side ? "--muted" : "--accent", side ? "#666" : "#06c");
      for (let x = 0; x < width; x += bar + gap) {
        const from = Math.floor((x / width) * peaks.length);
        const to = Math.max(from + 1, Math.floor(((x + bar + gap) / width) * peaks.length));
        const loud = Math.max(0, ...peaks.slice(from, to));
        const tall = Math.max(sharp, (loud / 100) * room * 0.86);
        pen.globalAlpha = x <= played ? 1 : 0.38;
        pen.fillStyle = ink;
        pen.fillRect(x, middle - tall / 2, bar, tall);
      }
    });
    pen.globalAlpha = 1;
    pen.fillStyle = colour("--line", "#ccc");
    if (sides.length > 1) pen.fillRect(0, room, width, Math.max(1, sharp));
    pen.fillStyle = colour("--ink", "#000");
    pen.fillRect(Math.min(width - sharp, played), 0, Math.max(1, Math.round(sharp)), height);
  };
}

if (!customElements.get("dz-player")) customElements.define("dz-player", Player);

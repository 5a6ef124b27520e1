// What was handed in and is not confirmed yet. It lies in localStorage until the server has it,
// so nothing is lost when the connection drops or the page is closed; each carries an id of its
// own, under which the server counts it once however often it is sent.

export class Outbox {
  constructor(settings, token, tell) {
    this.settings = settings;
    this.token = token;
    this.tell = tell;
    this.key = `citybrain-labelling:${settings.account}:${settings.project}`;
    this.running = null;
    window.addEventListener("online", () => this.flush());
    setInterval(() => this.waiting().length && this.flush(), 5000);
  }

  waiting() {
    try {
      return JSON.parse(localStorage.getItem(this.key) || "[]");
    } catch {
      return [];
    }
  }

  write(items) {
    if (items.length) localStorage.setItem(this.key, JSON.stringify(items));
    else localStorage.removeItem(this.key);
  }

  add(item) {
    this.write([...this.waiting(), { ...item, client_id: crypto.randomUUID?.() ?? random() }]);
    return this.flush();
  }

  remove(id) {
    this.write(this.waiting().filter((one) => one.client_id !== id));
  }

  // Sends what waits, the oldest first, one after the other; only one run at a time.
  flush() {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async run() {
    let last = { state: "saved" };
    for (let item = this.waiting()[0]; item; item = this.waiting()[0]) {
      this.tell({ state: "sending" });
      last = await this.send(this.settings.submit, item);
      if (last.state === "saved" || last.state === "refused") this.remove(item.client_id);
      last.item = item;
      this.tell({ ...last, waiting: this.waiting().length });
      if (last.state !== "saved") break;
    }
    return last;
  }

  // {state: saved | refused | offline | signin, body}
  async send(url, body) {
    let answer;
    try {
      answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify(body),
        redirect: "manual",
      });
    } catch {
      return { state: "offline" };
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) return { state: "signin" };
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    if (!isJson) return { state: answer.status === 403 ? "signin" : "offline" };
    const told = await answer.json();
    if (answer.ok) return { state: "saved", body: told };
    return { state: answer.status >= 500 ? "offline" : "refused", body: told };
  }
}

// Where the page is not served securely, browsers have no randomUUID.
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

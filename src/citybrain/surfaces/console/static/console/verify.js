// Recomputes RFC 6962 proofs in the page, with WebCrypto's SHA-256, and shows each step.

const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
const bytesOf = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
const same = (a, b) => hex(a) === hex(b);

async function hash(...parts) {
  const size = parts.reduce((sum, one) => sum + one.length, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const one of parts) {
    all.set(one, at);
    at += one.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

const leafHash = (record) => hash(Uint8Array.of(0), record);
const nodeHash = (left, right) => hash(Uint8Array.of(1), left, right);

// RFC 9162, 2.1.3.2. Numbers stay exact below 2^53; `half` and `odd` avoid 32-bit operators.
const half = (n) => Math.floor(n / 2);
const odd = (n) => n % 2 === 1;

export async function inclusionRoot(leaf, index, size, proof, tell = () => {}) {
  let place = index;
  let last = size - 1;
  let root = leaf;
  for (const one of proof) {
    if (last === 0) return null;
    if (odd(place) || place === last) {
      root = await nodeHash(one, root);
      tell("left", one, root);
      if (!odd(place)) {
        while (place !== 0 && !odd(place)) {
          place = half(place);
          last = half(last);
        }
      }
    } else {
      root = await nodeHash(root, one);
      tell("right", one, root);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0 ? root : null;
}

// RFC 9162, 2.1.4.2.
export async function consistent(oldSize, newSize, oldRoot, newRoot, proof) {
  if (oldSize === newSize) return proof.length === 0 && same(oldRoot, newRoot);
  const power = Number.isInteger(Math.log2(oldSize));
  const path = power ? [oldRoot, ...proof] : [...proof];
  if (path.length === 0) return false;
  let place = oldSize - 1;
  let last = newSize - 1;
  while (odd(place)) {
    place = half(place);
    last = half(last);
  }
  let before = path[0];
  let after = path[0];
  for (const one of path.slice(1)) {
    if (last === 0) return false;
    if (odd(place) || place === last) {
      before = await nodeHash(one, before);
      after = await nodeHash(one, after);
      while (place !== 0 && !odd(place)) {
        place = half(place);
        last = half(last);
      }
    } else {
      after = await nodeHash(after, one);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0 && same(before, oldRoot) && same(after, newRoot);
}

function line(list, title, value) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  const text = document.createElement("dd");
  const code = document.createElement("code");
  term.textContent = title;
  code.textContent = value;
  text.append(code);
  row.append(term, text);
  list.append(row);
}

function verdict(out, good, text) {
  const box = document.createElement("div");
  box.className = `cb-alert cb-tone-${good ? "good" : "bad"}`;
  box.dataset.verdict = good ? "proved" : "failed";
  box.textContent = text;
  out.append(box);
}

const able = (digest) => digest === "sha256" && Boolean(globalThis.crypto?.subtle);

async function verify(out) {
  const words = out.dataset;
  const receipt = JSON.parse(document.getElementById("receipt").textContent);
  out.replaceChildren();
  if (!able(receipt.digest)) return verdict(out, false, words.unsupported);
  const [, size, root] = receipt.checkpoint.split("\n");
  const expected = bytesOf(root);
  const steps = document.createElement("dl");
  steps.className = "cb-definitions";
  line(steps, words.record, receipt.record);
  const leaf = await leafHash(new TextEncoder().encode(receipt.record));
  line(steps, words.leaf, hex(leaf));
  const found = await inclusionRoot(
    leaf,
    receipt.index,
    receipt.size,
    receipt.proof.map(bytesOf),
    (side, neighbour, sum) => line(steps, words[side], `${hex(neighbour)} → ${hex(sum)}`),
  );
  line(steps, words.root, found ? hex(found) : "—");
  line(steps, words.expected, hex(expected));
  line(steps, words.size, size);
  const good = found !== null && same(found, expected) && Number(size) === receipt.size;
  verdict(out, good, good ? words.ok : words.bad);
  out.append(steps);
}

async function compare(part) {
  const out = part.querySelector("[data-verify-out]");
  const given = JSON.parse(document.getElementById("consistency").textContent);
  if (!able(given.digest ?? "sha256")) return verdict(out, false, out.dataset.unsupported);
  const bytes = (text) => Uint8Array.from(text.match(/../g), (one) => parseInt(one, 16));
  const good = await consistent(
    given.old,
    given.new,
    bytes(given.old_root),
    bytes(given.new_root),
    given.proof.map(bytesOf),
  );
  verdict(out, good, good ? out.dataset.ok : out.dataset.bad);
}

document.querySelector("[data-verify-start]")?.addEventListener("click", () => {
  verify(document.querySelector("[data-verify-out]"));
});
const comparison = document.querySelector("[data-consistency]");
if (comparison) compare(comparison);

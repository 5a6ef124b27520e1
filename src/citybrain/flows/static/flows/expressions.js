/* The expression language of scenario packs, as in citybrain/flows/expressions (Python).
 *
 * CityBrainExpressions.evaluate(text, data, types, today) → number as decimal text, text,
 * boolean, "2026-01-31" for a date, or null. `data` holds JSON values by field name ("a.b" for
 * nested ones), `types` their types, `today` an ISO day. Throws {code, at} for a faulty text.
 * Numbers are whole millionths in BigInt: exact, |x| < 10^12, rounded half away from zero.
 */
"use strict";
(function () {
  const LONGEST = 2000, MOST_WORDS = 600, DEEPEST = 30;
  const ONE = 1000000n, MOST = 10n ** 18n;
  const WORDS = new Set("and or not in between if then else true false null".split(" "));
  const TOKEN = new RegExp(
    '([ \\t\\r\\n]+)|([0-9]+(?:\\.[0-9]+)?)|("(?:[^"\\\\\\x00-\\x1f]|\\\\["\\\\])*")' +
    "|([A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*)" +
    "|(\\.\\.|!=|<=|>=|[-+*\\/=<>(),\\[\\]])", "yu");
  const KINDS = ["space", "number", "text", "name", "sign"];
  const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="];

  class Fault extends Error {
    constructor(code, at) { super(code + " (" + at + ")"); this.code = code; this.at = at; }
  }

  /* --- values: {t: type, v: value} inside, null for null ------------------------------- */

  const fixed = (v) => (v < MOST && v > -MOST ? { t: "number", v } : null);
  const bool = (v) => ({ t: "boolean", v });
  const text = (v) => ({ t: "text", v });
  const abs = (v) => (v < 0n ? -v : v);
  /* Half away from zero. */
  const divided = (n, d) => {
    const q = (abs(n) * 2n + abs(d)) / (abs(d) * 2n);
    return (n < 0n) !== (d < 0n) ? -q : q;
  };
  const floor = (v) => (v >= 0n || v % ONE === 0n ? v / ONE : v / ONE - 1n) * ONE;
  const number = (n) => fixed(BigInt(n) * ONE);

  function decimal(shown) {
    const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]{1,3}))?$/.exec(shown);
    if (!match) return null;
    const places = match[3] || "";
    const power = Number(match[4] || 0) - places.length + 6;
    const digits = BigInt(match[2] + places) * (match[1] ? -1n : 1n);
    return fixed(power >= 0 ? digits * 10n ** BigInt(power) : divided(digits, 10n ** BigInt(-power)));
  }

  const isLeap = (y) => y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  const lastDay = (y, m) => (m === 2 ? (isLeap(y) ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31);

  /* A day is {y, m, d}; `ordinal` counts days of the Gregorian calendar. */
  function day(shown) {
    const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(shown);
    if (!match) return null;
    const [y, m, d] = match.slice(1).map(Number);
    if (y < 1 || m < 1 || m > 12 || d < 1 || d > lastDay(y, m)) return null;
    return { t: "date", v: { y, m, d } };
  }
  function ordinal({ y, m, d }) {
    const before = y - 1;
    let days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) +
      Math.floor(before / 400) + d;
    for (let month = 1; month < m; month++) days += lastDay(y, month);
    return days;
  }
  function fromOrdinal(count) {
    let y = Math.max(1, Math.floor(count / 366));
    while (ordinal({ y: y + 1, m: 1, d: 1 }) <= count) y++;
    let m = 1;
    while (m < 12 && ordinal({ y, m: m + 1, d: 1 }) <= count) m++;
    return { y, m, d: count - ordinal({ y, m, d: 1 }) + 1 };
  }
  function shift(from, months, days) {
    const count = from.y * 12 + from.m - 1 + months;
    const y = Math.floor(count / 12), m = count - y * 12 + 1;
    if (y < 1 || y > 9999) return null;
    const moved = ordinal({ y, m, d: Math.min(from.d, lastDay(y, m)) }) + days;
    if (moved < 1 || moved > 3652059) return null;
    return { t: "date", v: fromOrdinal(moved) };
  }
  const iso = ({ y, m, d }) =>
    String(y).padStart(4, "0") + "-" + String(m).padStart(2, "0") + "-" + String(d).padStart(2, "0");

  function typed(raw, type) {
    if (raw === null || raw === undefined) return null;
    let made = null;
    if (type === "number" && (typeof raw === "number" || typeof raw === "string")) made = decimal(String(raw));
    else if (type === "date" && typeof raw === "string") made = day(raw);
    else if (type === "text" && typeof raw === "string") made = text(raw);
    else if (type === "boolean" && typeof raw === "boolean") made = bool(raw);
    else if (type === "list" && Array.isArray(raw)) made = { t: "list", v: raw };
    if (made === null) throw new Fault("bad-value", 0);
    return made;
  }

  function plain(value) {
    if (value === null) return null;
    if (value.t === "date") return iso(value.v);
    if (value.t !== "number") return value.v;
    const digits = abs(value.v).toString().padStart(7, "0");
    const places = digits.slice(-6).replace(/0+$/, "");
    return (value.v < 0n ? "-" : "") + digits.slice(0, -6) + (places ? "." + places : "");
  }

  /* --- words and tree -------------------------------------------------------------------- */

  function words(shown) {
    const characters = Array.from(shown);
    if (characters.length > LONGEST) throw new Fault("too-long", LONGEST);
    const found = [];
    TOKEN.lastIndex = 0;
    let at = 1;
    while (TOKEN.lastIndex < shown.length) {
      const match = TOKEN.exec(shown);
      if (!match) throw new Fault("syntax", at);
      const place = KINDS.findIndex((_, index) => match[index + 1] !== undefined);
      const kind = WORDS.has(match[0]) ? "word" : KINDS[place];
      if (kind !== "space") found.push({ kind, text: match[0], at });
      at += Array.from(match[0]).length;
    }
    if (found.length > MOST_WORDS) throw new Fault("too-long", found[MOST_WORDS].at);
    found.push({ kind: "end", text: "", at: characters.length + 1 });
    return found;
  }

  function constant(name, given) {
    if (given.length === 1 && given[0].o === "literal" && given[0].value && given[0].value.t === "text") {
      const shown = given[0].value.v;
      const made = name.text === "date" ? day(shown) : duration(shown);
      if (made) return made;
    }
    throw new Fault(name.text, name.at);
  }
  function duration(shown) {
    const match = /^(-?)P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,6})D)?$/.exec(shown);
    if (!match || match.slice(2).every((one) => one === undefined)) return null;
    const sign = match[1] ? -1 : 1;
    const [years, months, days] = match.slice(2).map((one) => Number(one || 0));
    return { t: "duration", v: { months: sign * (years * 12 + months), days: sign * days } };
  }

  class Reader {
    constructor(found) { this.found = found; this.place = 0; this.depth = 0; }
    get word() { return this.found[this.place]; }
    is(...texts) { return ["sign", "word"].includes(this.word.kind) && texts.includes(this.word.text); }
    take() { const word = this.word; if (word.kind !== "end") this.place++; return word; }
    took(...texts) { if (!this.is(...texts)) return false; this.place++; return true; }
    expect(shown) { if (!this.took(shown)) throw new Fault("syntax", this.word.at); }
    expression() {
      if (++this.depth > DEEPEST) throw new Fault("too-deep", this.word.at);
      const node = this.is("if") ? this.choice() : this.either();
      this.depth--;
      return node;
    }
    choice() {
      const at = this.take().at, condition = this.expression();
      this.expect("then");
      const then = this.expression();
      this.expect("else");
      return { o: "choice", of: [condition, then, this.expression()], at };
    }
    either() {
      let node = this.both();
      while (this.is("or")) { const at = this.take().at; node = { o: "or", of: [node, this.both()], at }; }
      return node;
    }
    both() {
      let node = this.negation();
      while (this.is("and")) { const at = this.take().at; node = { o: "and", of: [node, this.negation()], at }; }
      return node;
    }
    negation() {
      if (!this.is("not")) return this.comparison();
      const at = this.take().at;
      if (++this.depth > DEEPEST) throw new Fault("too-deep", at);
      const node = { o: "not", of: [this.negation()], at };
      this.depth--;
      return node;
    }
    comparison() {
      const node = this.sum(), at = this.word.at;
      if (this.is(...COMPARISONS)) return { o: "compare", sign: this.take().text, of: [node, this.sum()], at };
      if (this.took("between")) {
        const low = this.sum();
        this.expect("and");
        return { o: "within", of: [node, low, this.sum()], open: [false, false], at };
      }
      if (this.took("in")) return this.inside(node, at);
      if (this.is("not") && this.found[this.place + 1].text === "in") {
        this.place += 2;
        return { o: "not", of: [this.inside(node, at)], at };
      }
      return node;
    }
    inside(of, at) {
      if (this.word.kind === "name") return { o: "call", name: "list_contains", of: [this.primary(), of], at };
      if (!this.is("[", "(")) throw new Fault("syntax", this.word.at);
      const opened = this.take().text, first = this.sum();
      if (this.took("..")) {
        const high = this.sum();
        if (!this.is("]", ")")) throw new Fault("syntax", this.word.at);
        return { o: "within", of: [of, first, high], open: [opened === "(", this.take().text === ")"], at };
      }
      if (opened === "(") throw new Fault("syntax", this.word.at);
      const items = [first];
      while (this.took(",")) items.push(this.sum());
      this.expect("]");
      return { o: "oneOf", of: [of, ...items], at };
    }
    sum() {
      let node = this.term();
      while (this.is("+", "-")) { const sign = this.take(); node = { o: "arithmetic", sign: sign.text, of: [node, this.term()], at: sign.at }; }
      return node;
    }
    term() {
      let node = this.signed();
      while (this.is("*", "/")) { const sign = this.take(); node = { o: "arithmetic", sign: sign.text, of: [node, this.signed()], at: sign.at }; }
      return node;
    }
    signed() {
      if (!this.is("-")) return this.primary();
      const at = this.take().at;
      return { o: "negative", of: [this.primary()], at };
    }
    primary() {
      const word = this.word;
      if (word.kind === "number") { this.take(); return { o: "literal", of: [], value: this.number(word), at: word.at }; }
      if (word.kind === "text") { this.take(); return { o: "literal", of: [], value: text(word.text.slice(1, -1).replace(/\\(.)/g, "$1")), at: word.at }; }
      if (this.is("true", "false")) { this.take(); return { o: "literal", of: [], value: bool(word.text === "true"), at: word.at }; }
      if (this.took("null")) return { o: "literal", of: [], value: null, at: word.at };
      if (word.kind === "name") { this.take(); return this.is("(") ? this.call(word) : { o: "name", of: [], name: word.text, at: word.at }; }
      if (this.took("(")) { const node = this.expression(); this.expect(")"); return node; }
      throw new Fault("syntax", word.at);
    }
    number(word) {
      const [whole, places] = word.text.split(".");
      const made = decimal(word.text);
      if ((places || "").length > 6 || whole.replace(/^0+/, "").length > 12 || !made) throw new Fault("number", word.at);
      return made;
    }
    call(name) {
      this.expect("(");
      const given = [];
      while (!this.took(")")) {
        if (given.length) this.expect(",");
        given.push(this.expression());
      }
      if (name.text === "date" || name.text === "duration") return { o: "literal", of: [], value: constant(name, given), at: name.at };
      return { o: "call", name: name.text, of: given, at: name.at };
    }
  }

  /* --- types ------------------------------------------------------------------------------ */

  const D = "date", N = "number", T = "text", B = "boolean";
  const FUNCTIONS = {
    today: [[], D], age: [[D, D], N, { least: 1 }], months_between: [[D, D], N], year: [[D], N],
    month: [[D], N], day: [[D], N], abs: [[N], N], floor: [[N], N], ceiling: [[N], N],
    round: [[N, N], N, { whole: [[1, 0, 6]] }], min: [[N, N], N, { more: true }],
    max: [[N, N], N, { more: true }], length: [[T], N], upper: [[T], T], lower: [[T], T],
    trim: [[T], T], contains: [[T, T], B], starts_with: [[T, T], B], ends_with: [[T, T], B],
    substring: [[T, N, N], T, { whole: [[1, 1, 9999], [2, 0, 9999]] }],
    list_contains: [["list", T], B], count: [["list"], N], coalesce: [["any", "any"], "any", { more: true }],
  };
  const isNull = (node) => node.o === "literal" && node.value === null;

  function same(node, found) {
    const kinds = new Set(found.filter((one) => one !== "null"));
    if (kinds.size > 1 || kinds.has("duration")) throw new Fault("types", node.at);
    return kinds.size ? [...kinds][0] : "null";
  }
  function want(node, found, ...wanted) {
    if (!wanted.includes(found) && found !== "null") throw new Fault("types", node.at);
  }
  function check(node, types) {
    const found = node.of.map((one) => check(one, types));
    node.types = found;
    switch (node.o) {
      case "literal": return node.value === null ? "null" : node.value.t;
      case "name":
        if (!Object.hasOwn(types, node.name)) throw new Fault("unknown-name", node.at);
        return types[node.name];
      case "negative": want(node.of[0], found[0], N); return N;
      case "not": want(node.of[0], found[0], B); return B;
      case "and": case "or": node.of.forEach((one, i) => want(one, found[i], B)); return B;
      case "arithmetic": return arithmeticType(node, found);
      case "compare": {
        const kind = same(node, found);
        if (!["=", "!="].includes(node.sign) && ![N, D, "null"].includes(kind)) throw new Fault("types", node.at);
        if (kind === "list") throw new Fault("types", node.at);
        return B;
      }
      case "oneOf":
        if (node.of.slice(1).some(isNull) || same(node, found) === "list") throw new Fault("types", node.at);
        return B;
      case "within":
        if (![N, D, "null"].includes(same(node, found))) throw new Fault("types", node.at);
        return B;
      case "choice": want(node.of[0], found[0], B); return same(node, found.slice(1));
      default: return callType(node, found);
    }
  }
  function arithmeticType(node, [left, right]) {
    if (left === D && right === "duration" && "+-".includes(node.sign)) return D;
    if (left === D && right === D && node.sign === "-") return N;
    if (left === T && right === T && node.sign === "+") return T;
    want(node.of[0], left, N);
    want(node.of[1], right, N);
    return N;
  }
  function callType(node, found) {
    if (!Object.hasOwn(FUNCTIONS, node.name)) throw new Fault("unknown-function", node.at);
    const [wanted, answer, rules = {}] = FUNCTIONS[node.name];
    const least = rules.least === undefined ? wanted.length : rules.least;
    if (found.length < least || (found.length > wanted.length && !rules.more)) throw new Fault("arguments", node.at);
    if (answer === "any") return same(node, found);
    found.forEach((one, i) => want(node.of[i], one, wanted[Math.min(i, wanted.length - 1)]));
    for (const [place, low, high] of rules.whole || []) {
      const value = node.of[place].o === "literal" ? node.of[place].value : null;
      if (!value || value.t !== N || value.v % ONE !== 0n || value.v < BigInt(low) * ONE || value.v > BigInt(high) * ONE) {
        throw new Fault("types", node.of[place].at);
      }
    }
    return answer;
  }

  /* --- meaning ----------------------------------------------------------------------------- */

  const rank = (value) => (value.t === D ? ordinal(value.v) : value.v);
  const equal = (a, b) => rank(a) === rank(b);
  const ORDER = {
    "=": equal, "!=": (a, b) => !equal(a, b),
    "<": (a, b) => rank(a) < rank(b), "<=": (a, b) => rank(a) <= rank(b),
    ">": (a, b) => rank(a) > rank(b), ">=": (a, b) => rank(a) >= rank(b),
  };
  const order = (sign, a, b) => (a === null || b === null ? null : bool(ORDER[sign](a, b)));

  function logic(deciding, first, second) {
    if (first !== null && first.v === deciding) return first;
    const other = second();
    if (other !== null && other.v === deciding) return other;
    return first === null || other === null ? null : bool(!deciding);
  }
  function arithmetic(sign, a, b) {
    if (a === null || b === null) return null;
    if (a.t === D && b.t === "duration") {
      const s = sign === "+" ? 1 : -1;
      return shift(a.v, s * b.v.months, s * b.v.days);
    }
    if (a.t === D) return number(ordinal(a.v) - ordinal(b.v));
    if (a.t === T) return text(a.v + b.v);
    if (sign === "+") return fixed(a.v + b.v);
    if (sign === "-") return fixed(a.v - b.v);
    if (sign === "*") return fixed(divided(a.v * b.v, ONE));
    return b.v === 0n ? null : fixed(divided(a.v * ONE, b.v));
  }
  const ASCII = (v, low, by) => v.replace(low, (c) => String.fromCharCode(c.charCodeAt(0) + by));
  const CALLS = {
    age: (b, o) => number(o.v.y - b.v.y - (o.v.m * 100 + o.v.d < b.v.m * 100 + b.v.d ? 1 : 0)),
    months_between: (a, b) => number((b.v.y - a.v.y) * 12 + b.v.m - a.v.m - (b.v.d < a.v.d ? 1 : 0)),
    year: (a) => number(a.v.y), month: (a) => number(a.v.m), day: (a) => number(a.v.d),
    abs: (a) => fixed(abs(a.v)), floor: (a) => fixed(floor(a.v)),
    ceiling: (a) => fixed(-floor(-a.v)),
    round: (a, n) => { const unit = 10n ** (6n - n.v / ONE); return fixed(divided(a.v, unit) * unit); },
    min: (...all) => all.reduce((a, b) => (b.v < a.v ? b : a)),
    max: (...all) => all.reduce((a, b) => (b.v > a.v ? b : a)),
    length: (a) => number(Array.from(a.v).length),
    upper: (a) => text(ASCII(a.v, /[a-z]/g, -32)), lower: (a) => text(ASCII(a.v, /[A-Z]/g, 32)),
    trim: (a) => text(a.v.replace(/^ +| +$/g, "")),
    contains: (a, b) => bool(a.v.includes(b.v)),
    starts_with: (a, b) => bool(a.v.startsWith(b.v)), ends_with: (a, b) => bool(a.v.endsWith(b.v)),
    substring: (a, s, n) => {
      const start = Number(s.v / ONE) - 1;
      return text(Array.from(a.v).slice(start, start + Number(n.v / ONE)).join(""));
    },
    list_contains: (a, b) => bool(a.v.includes(b.v)),
    count: (a) => number(a.v.length),
  };

  function run(node, world) {
    const of = (place) => run(node.of[place], world);
    switch (node.o) {
      case "literal": return node.value;
      case "name": return typed(world.data[node.name], world.types[node.name]);
      case "negative": { const a = of(0); return a === null ? null : fixed(-a.v); }
      case "not": { const a = of(0); return a === null ? null : bool(!a.v); }
      case "and": return logic(false, of(0), () => of(1));
      case "or": return logic(true, of(0), () => of(1));
      case "choice": { const a = of(0); return a !== null && a.v === true ? of(1) : of(2); }
      case "arithmetic": return arithmetic(node.sign, of(0), of(1));
      case "compare": return compare(node, of);
      case "oneOf": return oneOf(node, of);
      case "within": {
        const value = of(0);
        return logic(false, order(node.open[0] ? ">" : ">=", value, of(1)),
          () => order(node.open[1] ? "<" : "<=", value, of(2)));
      }
      default: return called(node, world, of);
    }
  }
  function compare(node, of) {
    const equality = node.sign === "=" || node.sign === "!=";
    if (equality && (isNull(node.of[0]) || isNull(node.of[1]))) {
      const value = of(isNull(node.of[0]) ? 1 : 0);
      return bool((value === null) === (node.sign === "="));
    }
    return order(node.sign, of(0), of(1));
  }
  function oneOf(node, of) {
    const value = of(0);
    if (value === null) return null;
    const items = node.of.slice(1).map((_, place) => of(place + 1));
    if (items.some((one) => one !== null && equal(one, value))) return bool(true);
    return items.includes(null) ? null : bool(false);
  }
  function called(node, world, of) {
    if (node.name === "today") return world.today;
    if (node.name === "coalesce") {
      for (let place = 0; place < node.of.length; place++) {
        const value = of(place);
        if (value !== null) return value;
      }
      return null;
    }
    const given = node.of.map((_, place) => of(place));
    if (node.name === "age" && given.length === 1) given.push(world.today);
    return given.includes(null) ? null : CALLS[node.name](...given);
  }

  function evaluate(shown, data, types, today) {
    const reader = new Reader(words(shown));
    const node = reader.expression();
    if (reader.word.kind !== "end") throw new Fault("syntax", reader.word.at);
    check(node, types);
    return plain(run(node, { data, types, today: day(today) }));
  }

  window.CityBrainExpressions = { evaluate };
})();

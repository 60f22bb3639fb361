// The library that scripts find: node's names over one door to the container, `__host`.
// Loaded before everything else; its lines count as `node:internal`.
"use strict";
(function () {
const LIMITED = "Can not call into Python";
const rawHost = globalThis.__host;
delete globalThis.__host;

class Ended extends Error {}

function host(...message) {
  const text = JSON.stringify(message);
  let answer;
  for (;;) {
    // While the watchdog is being set up, calls are refused for some microseconds.
    try { answer = rawHost(text); break; } catch (error) { if (!String(error.message).startsWith(LIMITED)) throw error; }
  }
  const reply = JSON.parse(answer);
  if (reply.ended) throw new Ended("ended");
  if (reply.error) throw systemError(reply.error);
  return reply.value;
}

// ---- stacks -------------------------------------------------------------------------------------------------

const sources = [];
const places = new WeakMap();
const emitted = new WeakSet();
let lineCount = __PRELUDE_LINES__;

function placed(line, column) {
  for (let n = sources.length - 1; n >= 0; n--) {
    const source = sources[n];
    if (line > source.base && line <= source.base + source.lines) {
      const at = line - source.base;
      return { file: source.file, line: at, column: Math.max(1, at === 1 ? column - source.skip : column), text: source.text };
    }
  }
  return null;
}

Error.stackTraceLimit = 12;
Error.prepareStackTrace = function (error, sites) {
  if (error && typeof error.message === "string" && error.message.startsWith(LIMITED)) return "";
  const rows = [];
  for (const site of sites) {
    const line = site.getLineNumber();
    if (line === null || line === undefined) continue;
    const place = placed(line, site.getColumnNumber());
    if (place === null) continue;
    if (!places.has(error)) places.set(error, place);
    const name = site.getFunctionName();
    const where = `${place.file}:${place.line}:${place.column}`;
    rows.push(name && name !== "<eval>" ? `    at ${name} (${where})` : `    at ${where}`);
  }
  const head = headOf(error);
  return rows.length ? `${head}\n${rows.join("\n")}` : head;
};

function headOf(error) {
  const name = error && error.name !== undefined ? String(error.name) : "Error";
  const message = error && error.message !== undefined ? String(error.message) : "";
  return message ? `${name}: ${message}` : name;
}

function compile(text, file, parameters) {
  const head = parameters === null ? "" : `(function (${parameters.join(", ")}) {`;
  const lines = text.split("\n").length;
  const base = lineCount;
  lineCount += lines + 1;
  sources.push({ base, lines, file, text, skip: head.length });
  const body = text.startsWith("#!") ? "//" + text.slice(2) : text;
  return (0, eval)("\n".repeat(base) + head + body + (parameters === null ? "" : "\n})"));
}

function systemError(told) {
  const error = new Error(told.message);
  for (const key of ["errno", "code", "syscall", "address", "port", "path", "dest"]) {
    if (told[key] !== undefined && told[key] !== null) error[key] = told[key];
  }
  if (told.name) Object.defineProperty(error, "name", { value: told.name, configurable: true });
  return error;
}

function coded(Type, code, message) {
  const error = new Type(message);
  error.code = code;
  Object.defineProperty(error, "stack", { value: String(error.stack).replace(headOf(error), `${error.name} [${code}]: ${message}`), writable: true, configurable: true, enumerable: false });
  return error;
}

function notSimulated(what) {
  const error = new Error(`labrunner's practice engine does not simulate ${what}`);
  error.code = "ERR_PRACTICE_NOT_SIMULATED";
  return error;
}

// ---- inspect ------------------------------------------------------------------------------------------------

const custom = Symbol.for("nodejs.util.inspect.custom");

function quoted(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes("`") ? "`" : "'";
  let out = "";
  for (const char of text) {
    if (char === mark || char === "\\") out += "\\" + char;
    else if (char === "\n") out += "\\n";
    else if (char === "\r") out += "\\r";
    else if (char === "\t") out += "\\t";
    else if (char < " " || char === "\x7f") out += "\\x" + char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
    else out += char;
  }
  return mark + out + mark;
}

function shownKey(key) {
  if (typeof key === "symbol") return `[${String(key)}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

function inspect(value, options) {
  if (typeof options === "boolean") options = { showHidden: options };
  options = { depth: 2, breakLength: 80, ...options };
  const depth = options.depth === null ? Infinity : options.depth;
  const circular = new Map();
  const text = shown(value, 0, [], { depth, circular, options });
  return text;
}

function shown(value, level, above, state) {
  switch (typeof value) {
    case "string": return quoted(value);
    case "bigint": return `${value}n`;
    case "number": return Object.is(value, -0) ? "-0" : String(value);
    case "symbol": case "boolean": case "undefined": return String(value);
  }
  if (value === null) return "null";
  if (above.includes(value)) {
    if (!state.circular.has(value)) state.circular.set(value, state.circular.size + 1);
    return `[Circular *${state.circular.get(value)}]`;
  }
  if (typeof value[custom] === "function" && value[custom] !== inspect) {
    const own = value[custom](state.depth - level, state.options, inspect);
    return typeof own === "string" ? own : shown(own, level, [...above, value], state);
  }
  const prefix = nameOf(value);
  let entries = [];
  let braces = ["{", "}"];
  let head = "";
  const keys = Object.keys(value).concat(Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)));
  let skipped = (key) => false;
  const inside = [...above, value];
  const tooDeep = level > state.depth;
  if (Array.isArray(value)) {
    if (tooDeep) return "[Array]";
    braces = [prefix === "Array" ? "[" : `${prefix}(${value.length}) [`, "]"];
    let gap = 0;
    const flush = () => { if (gap) entries.push(`<${gap} empty item${gap > 1 ? "s" : ""}>`); gap = 0; };
    for (let n = 0; n < Math.min(value.length, 100); n++) {
      if (n in value) { flush(); entries.push(shown(value[n], level + 1, inside, state)); } else gap++;
    }
    flush();
    if (value.length > 100) entries.push(`... ${value.length - 100} more item${value.length > 101 ? "s" : ""}`);
    skipped = (key) => typeof key === "string" && /^\d+$/.test(key);
  } else if (value instanceof Error) {
    let stack = typeof value.stack === "string" && value.stack ? value.stack : headOf(value);
    const first = headOf(value);
    if (!stack.includes(first) && !/^\w+ \[/.test(stack)) stack = first + stack.slice(Math.max(0, stack.indexOf("\n    at")));
    head = level > 0 ? stack.replaceAll("\n", "\n" + "  ".repeat(level)) : stack;
    if (value.cause !== undefined && !keys.includes("cause")) entries.push(`[cause]: ${shown(value.cause, level + 1, inside, state)}`);
  } else if (typeof value === "function") {
    const source = Function.prototype.toString.call(value);
    head = source.startsWith("class") ? `[class ${value.name || "(anonymous)"}]` : `[${prefix === "Function" || !prefix.endsWith("Function") ? "Function" : prefix}${value.name ? `: ${value.name}` : " (anonymous)"}]`;
  } else if (value instanceof RegExp) head = String(value);
  else if (value instanceof Date) head = isNaN(value) ? "Invalid Date" : value.toISOString();
  else if (value instanceof Promise) { head = ""; braces = ["Promise {", "}"]; }
  else if (value instanceof Map) {
    if (tooDeep) return "[Map]";
    braces = [`Map(${value.size}) {`, "}"];
    for (const [key, each] of value) entries.push(`${shown(key, level + 1, inside, state)} => ${shown(each, level + 1, inside, state)}`);
  } else if (value instanceof Set) {
    if (tooDeep) return "[Set]";
    braces = [`Set(${value.size}) {`, "}"];
    for (const each of value) entries.push(shown(each, level + 1, inside, state));
  } else if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    braces = [`${prefix}(${value.length}) [`, "]"];
    for (let n = 0; n < Math.min(value.length, 100); n++) entries.push(String(value[n]));
    if (value.length > 100) entries.push(`... ${value.length - 100} more items`);
    skipped = (key) => typeof key === "string" && /^\d+$/.test(key);
  } else if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    head = `[${prefix}: ${shown(value.valueOf(), 0, [], state)}]`;
    skipped = (key) => typeof key === "string" && /^\d+$/.test(key);
  } else if (tooDeep) return prefix ? `[${prefix}]` : "[Object: null prototype]";
  else if (prefix === "") braces = ["[Object: null prototype] {", "}"];
  else if (prefix !== "Object") braces = [`${prefix} {`, "}"];
  for (const key of keys) {
    if (skipped(key)) continue;
    const described = Object.getOwnPropertyDescriptor(value, key);
    const text = described && described.get ? (described.set ? "[Getter/Setter]" : "[Getter]") : described && described.set ? "[Setter]" : shown(value[key], level + 1, inside, state);
    entries.push(`${shownKey(key)}: ${text}`);
  }
  const reference = state.circular.has(value) ? `<ref *${state.circular.get(value)}> ` : "";
  if (head && entries.length === 0) return reference + (value instanceof Error && level > 0 && !head.includes("\n") ? `[${head}]` : head);
  if (head) braces = [`${head} {`, "}"];
  if (entries.length === 0) return `${reference}${braces[0]}${braces[1]}`;
  const one = `${braces[0]} ${entries.join(", ")} ${braces[1]}`;
  const total = entries.reduce((sum, each) => sum + each.length + 2, 0) + braces[0].length + level * 2;
  if (entries.length <= 6 || !Array.isArray(value) ? total <= 72 && !one.includes("\n") : false) return reference + one;
  const pad = "  ".repeat(level + 1);
  if (Array.isArray(value) && entries.length > 6 && entries.every((each) => each.length <= 6)) return reference + grouped(entries, braces, level, value);
  return `${reference}${braces[0]}\n${entries.map((each) => pad + each).join(",\n")}\n${"  ".repeat(level)}${braces[1]}`;
}

function grouped(entries, braces, level, value) {
  const widest = Math.max(...entries.map((each) => each.length)) + 2;
  const columns = Math.min(Math.round(Math.sqrt(2.5 * widest * entries.length) / widest), Math.floor((80 - level * 2) / widest), 15, 16) || 1;
  const numbers = value.every((each) => typeof each === "number" || typeof each === "bigint");
  const rows = [];
  for (let n = 0; n < entries.length; n += columns) {
    const row = entries.slice(n, n + columns);
    rows.push(row.map((each, at) => {
      const column = Math.max(...entries.filter((_, index) => index % columns === at).map((text) => text.length));
      const comma = n + at < entries.length - 1 ? "," : "";
      if (numbers) return each.padStart(column) + comma;
      return at === row.length - 1 ? each + comma : (each + comma).padEnd(column + 1);
    }).join(" "));
  }
  const pad = "  ".repeat(level + 1);
  return `${braces[0]}\n${rows.map((row) => pad + row).join("\n")}\n${"  ".repeat(level)}${braces[1]}`;
}

function nameOf(value) {
  for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, "constructor");
    if (own && typeof own.value === "function" && own.value.name) return own.value.name;
  }
  return "";
}
inspect.custom = custom;
inspect.defaultOptions = { depth: 2 };

function format(first, ...rest) {
  if (typeof first !== "string") return [first, ...rest].map((each) => typeof each === "string" ? each : inspect(each)).join(" ");
  let text = "";
  let at = 0;
  for (let n = 0; n < first.length; n++) {
    const sign = first[n + 1];
    if (first[n] !== "%" || sign === undefined) { text += first[n]; continue; }
    if (sign === "%") { text += "%"; n++; continue; }
    if (!"sdifjoOc".includes(sign) || at >= rest.length) { text += first[n]; continue; }
    const value = rest[at++];
    n++;
    switch (sign) {
      case "s": text += typeof value === "string" ? value : typeof value === "object" && value !== null ? inspect(value, { depth: 0 }) : inspect(value); break;
      case "d": text += typeof value === "bigint" ? `${value}n` : String(Number(value)); break;
      case "i": text += typeof value === "bigint" ? `${value}n` : String(parseInt(value)); break;
      case "f": text += String(parseFloat(value)); break;
      case "j": text += JSON.stringify(value); break;
      case "o": case "O": text += inspect(value, { depth: 4 }); break;
    }
  }
  for (const each of rest.slice(at)) text += " " + (typeof each === "string" ? each : inspect(each));
  return text;
}

// ---- events -------------------------------------------------------------------------------------------------

class EventEmitter {
  _list(name) {
    if (!Object.prototype.hasOwnProperty.call(this, "_events")) Object.defineProperty(this, "_events", { value: new Map(), writable: true });
    if (!this._events.has(name)) this._events.set(name, []);
    return this._events.get(name);
  }
  _add(name, listener, once, first) {
    if (typeof listener !== "function") throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "listener" argument must be of type function. Received ${inspect(listener)}`);
    const entry = { listener, once };
    if (name !== "newListener" && this._events && this._events.has("newListener")) this.emit("newListener", name, listener);
    if (first) this._list(name).unshift(entry); else this._list(name).push(entry);
    return this;
  }
  on(name, listener) { return this._add(name, listener, false, false); }
  addListener(name, listener) { return this.on(name, listener); }
  prependListener(name, listener) { return this._add(name, listener, false, true); }
  once(name, listener) { return this._add(name, listener, true, false); }
  prependOnceListener(name, listener) { return this._add(name, listener, true, true); }
  off(name, listener) {
    const list = this._list(name);
    const at = list.findLastIndex((entry) => entry.listener === listener);
    if (at >= 0) list.splice(at, 1);
    return this;
  }
  removeListener(name, listener) { return this.off(name, listener); }
  removeAllListeners(name) { if (name === undefined) this._events = new Map(); else this._list(name).length = 0; return this; }
  emit(name, ...values) {
    const list = this._list(name);
    if (list.length === 0) {
      if (name !== "error") return false;
      if (values[0] instanceof Error) { emitted.add(values[0]); throw values[0]; }
      throw coded(Error, "ERR_UNHANDLED_ERROR", `Unhandled error. (${inspect(values[0])})`);
    }
    for (const entry of [...list]) {
      if (entry.once) { const at = list.indexOf(entry); if (at >= 0) list.splice(at, 1); }
      watched(entry.listener.apply(this, values));
    }
    return true;
  }
  listenerCount(name) { return this._list(name).length; }
  listeners(name) { return this._list(name).map((entry) => entry.listener); }
  rawListeners(name) { return this.listeners(name); }
  eventNames() { return this._events ? [...this._events.keys()].filter((name) => this._events.get(name).length) : []; }
  setMaxListeners() { return this; }
  getMaxListeners() { return 10; }
}
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.defaultMaxListeners = 10;
EventEmitter.once = (emitter, name) => new Promise((resolve, reject) => {
  const failed = (error) => { emitter.off(name, done); reject(error); };
  const done = (...values) => { emitter.off("error", failed); resolve(values); };
  emitter.once(name, done);
  if (name !== "error") emitter.once("error", failed);
});

// ---- bytes --------------------------------------------------------------------------------------------------

function utf8Bytes(text) {
  const out = [];
  for (const char of text) {
    let code = char.codePointAt(0);
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | code >> 6, 0x80 | code & 63);
    else if (code < 0x10000) out.push(0xe0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63);
    else out.push(0xf0 | code >> 18, 0x80 | code >> 12 & 63, 0x80 | code >> 6 & 63, 0x80 | code & 63);
  }
  return out;
}

function utf8Text(bytes) {
  let out = "";
  let n = 0;
  while (n < bytes.length) {
    const first = bytes[n];
    let size = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    let code = size === 1 ? first : first & (0x7f >> size);
    let good = size > 0 && n + size <= bytes.length;
    for (let k = 1; good && k < size; k++) {
      if ((bytes[n + k] & 0xc0) !== 0x80) good = false;
      else code = code << 6 | bytes[n + k] & 63;
    }
    if (good && (size === 3 && (code < 0x800 || code >= 0xd800 && code <= 0xdfff) || size === 4 && (code < 0x10000 || code > 0x10ffff))) good = false;
    out += good ? String.fromCodePoint(code) : "\ufffd";
    n += good ? size : 1;
  }
  return out;
}

class Buffer extends Uint8Array {
  static from(value, encoding, length) {
    if (typeof value === "string") {
      switch (String(encoding || "utf8").toLowerCase()) {
        case "hex": return Buffer._of(Uint8Array.from((value.match(/[0-9a-fA-F]{2}/g) || []).map((pair) => parseInt(pair, 16))));
        case "base64": case "base64url": return Buffer._of(base64Bytes(value));
        case "latin1": case "binary": case "ascii": return Buffer._of(Uint8Array.from(value, (char) => char.charCodeAt(0) & 255));
        case "utf8": case "utf-8": return Buffer._of(Uint8Array.from(utf8Bytes(value)));
        default: throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
      }
    }
    if (value instanceof ArrayBuffer) return new Buffer(value, encoding || 0, length === undefined ? value.byteLength - (encoding || 0) : length);
    if (value && value.type === "Buffer" && Array.isArray(value.data)) value = value.data;
    if (value && typeof value === "object" && typeof value.length === "number") return Buffer._of(Uint8Array.from(value));
    throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ${inspect(value)}`);
  }
  static _of(bytes) { return new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength); }
  static alloc(size, fill, encoding) { const made = new Buffer(size); if (fill) made.fill(fill, encoding); return made; }
  static allocUnsafe(size) { return new Buffer(size); }
  static isBuffer(value) { return value instanceof Buffer; }
  static isEncoding(name) { return ["utf8", "utf-8", "hex", "base64", "base64url", "latin1", "binary", "ascii"].includes(String(name).toLowerCase()); }
  static byteLength(value, encoding) { return typeof value === "string" ? Buffer.from(value, encoding).length : value.byteLength; }
  static concat(list, total) {
    const size = total === undefined ? list.reduce((sum, each) => sum + each.length, 0) : total;
    const made = new Buffer(size);
    let at = 0;
    for (const each of list) { made.set(each.subarray(0, Math.max(0, size - at)), at); at += each.length; if (at >= size) break; }
    return made;
  }
  static compare(one, other) { return one.compare(other); }
  toString(encoding, start, end) {
    const bytes = start || end !== undefined ? this.subarray(start || 0, end) : this;
    switch (String(encoding || "utf8").toLowerCase()) {
      case "hex": return Array.prototype.map.call(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      case "base64": return Uint8Array.prototype.toBase64.call(bytes);
      case "base64url": return Uint8Array.prototype.toBase64.call(bytes, { alphabet: "base64url", omitPadding: true });
      case "latin1": case "binary": return Array.prototype.map.call(bytes, (byte) => String.fromCharCode(byte)).join("");
      case "ascii": return Array.prototype.map.call(bytes, (byte) => String.fromCharCode(byte & 127)).join("");
      case "utf8": case "utf-8": return utf8Text(bytes);
      default: throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
    }
  }
  toJSON() { return { type: "Buffer", data: Array.from(this) }; }
  equals(other) { return this.length === other.length && this.every((byte, at) => byte === other[at]); }
  compare(other) {
    for (let n = 0; n < Math.min(this.length, other.length); n++) if (this[n] !== other[n]) return this[n] < other[n] ? -1 : 1;
    return Math.sign(this.length - other.length);
  }
  slice(start, end) { return this.subarray(start, end); }
  write(text, offset = 0) { const bytes = Buffer.from(text); const part = bytes.subarray(0, this.length - offset); this.set(part, offset); return part.length; }
  copy(target, at = 0, start = 0, end = this.length) { const part = this.subarray(start, end).subarray(0, target.length - at); target.set(part, at); return part.length; }
  fill(value, encoding) {
    if (typeof value === "number") return super.fill(value);
    const bytes = typeof value === "string" ? Buffer.from(value, encoding) : value;
    for (let n = 0; bytes.length && n < this.length; n++) this[n] = bytes[n % bytes.length];
    return this;
  }
  indexOf(value, from = 0) {
    if (typeof value === "number") return super.indexOf(value, from);
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    outer: for (let n = from; n <= this.length - bytes.length; n++) {
      for (let k = 0; k < bytes.length; k++) if (this[n + k] !== bytes[k]) continue outer;
      return n;
    }
    return -1;
  }
  includes(value, from) { return this.indexOf(value, from) >= 0; }
  readUInt8(at = 0) { return this[at]; }
  readUInt16BE(at = 0) { return this[at] << 8 | this[at + 1]; }
  readUInt32BE(at = 0) { return (this[at] * 0x1000000) + (this[at + 1] << 16 | this[at + 2] << 8 | this[at + 3]); }
  writeUInt8(value, at = 0) { this[at] = value; return at + 1; }
  [custom]() {
    const some = Array.prototype.slice.call(this, 0, 50).map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const more = this.length > 50 ? ` ... ${this.length - 50} more byte${this.length > 51 ? "s" : ""}` : "";
    return `<Buffer${some ? " " + some : ""}${more}>`;
  }
}

function base64Bytes(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/").replace(/[^A-Za-z0-9+/]/g, "");
  const whole = plain.length % 4 === 1 ? plain.slice(0, -1) : plain;
  return Uint8Array.fromBase64(whole + "=".repeat((4 - whole.length % 4) % 4));
}

const toBytes = (text) => Buffer._of(Uint8Array.fromBase64(text));

function sent(data, encoding) {
  // Text goes as it is and is encoded outside; anything else goes as base64.
  if (typeof data === "string" && (!encoding || /^utf-?8$/i.test(encoding))) return { text: data };
  if (typeof data === "string") return { bytes: Buffer.from(data, encoding).toString("base64") };
  if (data instanceof Uint8Array) return { bytes: Uint8Array.prototype.toBase64.call(data) };
  throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${data === null ? "null" : typeof data === "object" ? `an instance of ${nameOf(data)}` : `type ${typeof data} (${inspect(data)})`}`);
}

class TextEncoder { get encoding() { return "utf-8"; } encode(text = "") { return Uint8Array.from(utf8Bytes(String(text))); } }
class TextDecoder { get encoding() { return "utf-8"; } decode(bytes) { return bytes === undefined ? "" : utf8Text(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes).replace(/^\ufeff/, ""); } }

// ---- timers and what keeps the process alive ------------------------------------------------------------------

let timers = [];
let immediates = [];
let timerCount = 0;
const alive = new Set();

class Timeout {
  constructor(work, delay, repeat, values) {
    delay = Number(delay);
    this._delay = delay >= 1 && delay <= 2147483647 ? Math.trunc(delay) : 1;
    this._work = work; this._repeat = repeat; this._values = values; this._ref = true; this._id = ++timerCount;
    this._start();
  }
  _start() { this._due = Date.now() + this._delay; timers.push(this); timers.sort((one, other) => one._due - other._due || one._id - other._id); }
  ref() { this._ref = true; return this; }
  unref() { this._ref = false; return this; }
  hasRef() { return this._ref; }
  refresh() { clearTimeout(this); this._start(); return this; }
  close() { clearTimeout(this); return this; }
  [Symbol.toPrimitive]() { return this._id; }
}
function checked(work) {
  if (typeof work !== "function") throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "callback" argument must be of type function. Received ${inspect(work)}`);
}
function setTimeout(work, delay, ...values) { checked(work); return new Timeout(work, delay, false, values); }
function setInterval(work, delay, ...values) { checked(work); return new Timeout(work, delay, true, values); }
function clearTimeout(timer) { timers = timers.filter((each) => each !== timer && each._id !== timer); }
function setImmediate(work, ...values) { checked(work); const made = { work, values }; immediates.push(made); return made; }
function clearImmediate(made) { immediates = immediates.filter((each) => each !== made); }

function runTimer() {
  const due = timers.length && timers[0]._due <= Date.now() ? timers.shift() : null;
  if (due) {
    if (due._repeat) due._start();
    watched(due._work(...due._values));
  } else if (immediates.length) {
    const { work, values } = immediates.shift();
    watched(work(...values));
  }
}

// QuickJS does not tell of rejections that nobody hears; those of async listeners are seen here.
function watched(value) { if (value instanceof Promise) value.then(undefined, (error) => rejected(error, value)); }
function rejected(error, promise) {
  if (process.listenerCount("unhandledRejection")) guarded(() => process.emit("unhandledRejection", error, promise));
  else fatal(error);
}

globalThis.__pending = function () {
  // Milliseconds until there is something to do; Infinity as -2; nothing to wait for as -1.
  if (immediates.length) return 0;
  if (!alive.size && !timers.some((timer) => timer._ref)) return -1;
  return timers.length ? Math.max(0, timers[0]._due - Date.now()) : -2;
};

// ---- process --------------------------------------------------------------------------------------------------

const facts = host("facts");

function outlet(number) {
  const out = new EventEmitter();
  Object.assign(out, {
    fd: number, writable: true, isTTY: facts.tty ? true : undefined, columns: facts.tty ? 80 : undefined,
    write(data, encoding, done) {
      if (typeof encoding === "function") { done = encoding; encoding = undefined; }
      host("write", number, sent(data, encoding));
      if (done) queueMicrotask(done);
      return true;
    },
    end(data, encoding, done) { if (data !== undefined && typeof data !== "function") this.write(data, encoding); if (typeof done === "function") queueMicrotask(done); this.emit("finish"); },
    cork() {}, uncork() {},
  });
  return out;
}

class Stdin extends EventEmitter {
  constructor() { super(); this.fd = 0; this.isTTY = facts.tty ? true : undefined; this.readable = true; this._encoding = null; this._asked = false; }
  on(name, listener) { super.on(name, listener); if (name === "data" || name === "readable") this.resume(); return this; }
  setEncoding(name) { this._encoding = name || "utf8"; return this; }
  resume() { if (!this._asked) { this._asked = true; alive.add(this); host("stdin"); } return this; }
  pause() { alive.delete(this); return this; }
  unref() { alive.delete(this); return this; }
  ref() { if (this._asked) alive.add(this); return this; }
  setRawMode() { throw notSimulated("process.stdin.setRawMode"); }
  pipe(target) { return piped(this, target); }
  _got(data) {
    if (data === null) { alive.delete(this); this.emit("end"); this.emit("close"); }
    else this.emit("data", this._encoding ? toBytes(data).toString(this._encoding) : toBytes(data));
  }
  [Symbol.asyncIterator]() { return chunksOf(this); }
}

function piped(source, target) {
  source.on("data", (chunk) => target.write(chunk));
  source.on("end", () => { if (target !== process.stdout && target !== process.stderr) target.end(); });
  target.emit("pipe", source);
  return target;
}

function chunksOf(source) {
  const waiting = [];
  const ready = [];
  const give = (item) => { const taker = waiting.shift(); if (taker) taker(item); else ready.push(item); };
  source.on("end", () => give({ done: true }));
  source.on("error", (error) => give({ error }));
  source.on("data", (value) => give({ value, done: false }));
  const next = () => new Promise((resolve, reject) => {
    const settle = (item) => item.error ? reject(item.error) : resolve(item);
    if (ready.length) settle(ready.shift()); else waiting.push(settle);
  });
  return { next, return: async () => ({ done: true }), [Symbol.asyncIterator]() { return this; } };
}

const started = Date.now();
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT", "SIGALRM"];
let ending = false;

class Process extends EventEmitter {
  on(name, listener) { super.on(name, listener); if (SIGNALS.includes(name)) host("signal", name.slice(3)); return this; }
  once(name, listener) { super.once(name, listener); if (SIGNALS.includes(name)) host("signal", name.slice(3)); return this; }
  off(name, listener) { super.off(name, listener); if (SIGNALS.includes(name) && !this.listenerCount(name)) host("unsignal", name.slice(3)); return this; }
}
const process = new Process();
let cwd = facts.cwd;
const env = new Proxy(Object.assign({}, facts.env), {
  set(target, key, value) { target[key] = String(value); return true; },
  defineProperty(target, key, described) { target[key] = String(described.value); return true; },
});
Object.assign(process, {
  argv: facts.argv, argv0: "node", execArgv: facts.execArgv, execPath: facts.execPath, env, pid: facts.pid, ppid: facts.ppid,
  platform: "linux", arch: facts.arch, version: "v" + facts.version, title: "node", exitCode: undefined,
  versions: { node: facts.version, quickjs: "ng" }, release: { name: "node", practice: "simulated" }, features: {}, config: {},
  stdout: outlet(1), stderr: outlet(2), stdin: new Stdin(),
  cwd: () => cwd,
  chdir(folder) { const to = path.resolve(cwd, folder); if (!fs.statSync(to).isDirectory()) throw systemError({ code: "ENOTDIR", message: `ENOTDIR: not a directory, chdir ${cwd} -> '${folder}'` }); cwd = to; },
  exit(code) {
    if (code !== undefined) process.exitCode = code;
    if (!ending) { ending = true; process.emit("exit", Number(process.exitCode || 0)); }
    host("exit", Number(process.exitCode || 0));
    throw new Ended("ended");
  },
  abort() { host("exit", 134); throw new Ended("ended"); },
  kill(pid, signal) { host("kill", pid, typeof signal === "number" ? String(signal) : String(signal || "SIGTERM").replace(/^SIG/, "")); return true; },
  uptime: () => (Date.now() - started) / 1000,
  hrtime: Object.assign((before) => {
    const now = Date.now() - started;
    const found = [Math.floor(now / 1000), (now % 1000) * 1e6];
    if (!before) return found;
    const nanoseconds = (found[0] - before[0]) * 1e9 + found[1] - before[1];
    return [Math.floor(nanoseconds / 1e9), nanoseconds % 1e9];
  }, { bigint: () => BigInt(Date.now() - started) * 1000000n }),
  memoryUsage: () => { const used = host("memory"); return { rss: used, heapTotal: used, heapUsed: used, external: 0, arrayBuffers: 0 }; },
  cpuUsage() { throw notSimulated("process.cpuUsage"); },
  nextTick(work, ...values) { checked(work); queueMicrotask(() => guarded(() => work(...values))); },
  emitWarning(warning) { process.stderr.write(`(node:${facts.pid}) ${warning instanceof Error ? headOf(warning) : `Warning: ${warning}`}\n`); },
  getuid: () => facts.uid, getgid: () => facts.gid, geteuid: () => facts.uid, getegid: () => facts.gid, umask: () => 0o22,
  binding() { throw notSimulated("process.binding"); },
});

// ---- console --------------------------------------------------------------------------------------------------

let indent = "";
const counts = new Map();
const clocks = new Map();
const say = (stream, text) => stream.write((indent ? indent + text.replaceAll("\n", "\n" + indent) : text) + "\n");
const console = {
  log(...values) { say(process.stdout, values.length ? format(...values) : ""); },
  error(...values) { say(process.stderr, values.length ? format(...values) : ""); },
  dir(value, options) { say(process.stdout, inspect(value, options)); },
  assert(truth, ...values) { if (!truth) console.error(...(values.length ? [`Assertion failed: ${format(...values)}`] : ["Assertion failed"])); },
  trace(...values) { const error = new Error(format(...(values.length ? values : [""]))); console.error(String(error.stack).replace(/^Error/, "Trace")); },
  group(...values) { if (values.length) console.log(...values); indent += "  "; },
  groupEnd() { indent = indent.slice(2); },
  count(label = "default") { counts.set(label, (counts.get(label) || 0) + 1); console.log(`${label}: ${counts.get(label)}`); },
  countReset(label = "default") { counts.delete(label); },
  time(label = "default") { clocks.set(label, Date.now()); },
  timeEnd(label = "default") { if (clocks.has(label)) console.log(`${label}: ${Date.now() - clocks.get(label)}ms`); clocks.delete(label); },
  timeLog(label = "default") { if (clocks.has(label)) console.log(`${label}: ${Date.now() - clocks.get(label)}ms`); },
  table() { throw notSimulated("console.table"); },
  clear() {},
};
Object.assign(console, { info: console.log, debug: console.log, warn: console.error, groupCollapsed: console.group });

// ---- path, url, querystring, util, os ---------------------------------------------------------------------------

function normalized(text) {
  const rooted = text.startsWith("/");
  const kept = [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length && kept[kept.length - 1] !== "..") kept.pop();
    else if (part !== ".." || !rooted) kept.push(part);
  }
  return (rooted ? "/" : "") + kept.join("/");
}
const stringPath = (text, name = "path") => { if (typeof text !== "string") throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "${name}" argument must be of type string. Received ${text === undefined ? "undefined" : inspect(text)}`); return text; };
const path = {
  sep: "/", delimiter: ":",
  normalize(text) { const found = normalized(stringPath(text)); return (found || ".") + (text.endsWith("/") && found && found !== "/" ? "/" : ""); },
  join(...parts) { const joined = parts.map((part) => stringPath(part)).filter(Boolean).join("/"); return joined ? path.normalize(joined) : "."; },
  resolve(...parts) {
    let found = "";
    for (const part of [...parts].reverse()) { stringPath(part, "paths[0]"); if (part) found = found ? `${part}/${found}` : part; if (found.startsWith("/")) break; }
    return normalized(found.startsWith("/") ? found : `${cwd}/${found}`) || "/";
  },
  isAbsolute: (text) => stringPath(text).startsWith("/"),
  dirname(text) { const plain = stringPath(text).replace(/\/+$/, ""); const at = plain.lastIndexOf("/"); return at < 0 ? (text.startsWith("/") ? "/" : ".") : plain.slice(0, at).replace(/\/+$/, "") || "/"; },
  basename(text, suffix) { const name = stringPath(text).replace(/\/+$/, "").split("/").pop(); return suffix && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name; },
  extname(text) { const name = path.basename(text); const at = name.lastIndexOf("."); return at > 0 ? name.slice(at) : ""; },
  relative(from, to) {
    const one = path.resolve(from).split("/").filter(Boolean);
    const other = path.resolve(to).split("/").filter(Boolean);
    let same = 0;
    while (same < one.length && one[same] === other[same] && same < other.length) same++;
    return [...one.slice(same).map(() => ".."), ...other.slice(same)].join("/");
  },
  parse(text) { const base = path.basename(text); const ext = path.extname(text); const root = text.startsWith("/") ? "/" : ""; const dir = path.dirname(text); return { root, dir: dir === "." && !text.startsWith("./") ? "" : dir, base, ext, name: ext ? base.slice(0, -ext.length) : base }; },
  format(parts) { const base = parts.base || `${parts.name || ""}${parts.ext || ""}`; const dir = parts.dir || parts.root; return dir ? (dir === parts.root ? dir + base : `${dir}/${base}`) : base; },
};
path.posix = path;

const percent = (text) => encodeURIComponent(text).replace(/[!'()~]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase()).replaceAll("%20", "+");
const unpercent = (text) => { text = text.replaceAll("+", " "); try { return decodeURIComponent(text); } catch { return text; } };

class URLSearchParams {
  constructor(init = "") {
    this._list = [];
    if (typeof init === "string") {
      for (const part of init.replace(/^\?/, "").split("&")) if (part) { const [key, ...rest] = part.split("="); this._list.push([unpercent(key), unpercent(rest.join("="))]); }
    } else if (init && typeof init[Symbol.iterator] === "function") for (const [key, value] of init) this._list.push([String(key), String(value)]);
    else if (init) for (const key of Object.keys(init)) this._list.push([key, String(init[key])]);
  }
  _changed() { if (this._url) { const text = this.toString(); this._url.search = text ? "?" + text : ""; } }
  get size() { return this._list.length; }
  get(name) { const found = this._list.find(([key]) => key === name); return found ? found[1] : null; }
  getAll(name) { return this._list.filter(([key]) => key === name).map(([, value]) => value); }
  has(name) { return this._list.some(([key]) => key === name); }
  append(name, value) { this._list.push([String(name), String(value)]); this._changed(); }
  delete(name) { this._list = this._list.filter(([key]) => key !== name); this._changed(); }
  set(name, value) { const at = this._list.findIndex(([key]) => key === name); if (at < 0) this._list.push([String(name), String(value)]); else { this._list[at][1] = String(value); this._list = this._list.filter(([key], n) => key !== name || n === at); } this._changed(); }
  sort() { this._list.sort(([one], [other]) => one < other ? -1 : one > other ? 1 : 0); this._changed(); }
  forEach(work) { for (const [key, value] of this._list) work(value, key, this); }
  *entries() { yield* this._list.map((pair) => [...pair]); }
  *keys() { for (const [key] of this._list) yield key; }
  *values() { for (const [, value] of this._list) yield value; }
  [Symbol.iterator]() { return this.entries(); }
  toString() { return this._list.map(([key, value]) => `${percent(key)}=${percent(value)}`).join("&"); }
  [custom]() { return `URLSearchParams { ${this._list.map(([key, value]) => `${quoted(key)} => ${quoted(value)}`).join(", ")} }`.replace("{  }", "{}"); }
}

const PORTS = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21" };
class URL {
  constructor(text, base) {
    text = String(text).trim();
    let match = /^([a-zA-Z][a-zA-Z0-9+.-]*:)(.*)$/s.exec(text);
    if (!match) {
      if (base === undefined) throw URL._invalid(text, base);
      const from = new URL(base);
      if (text.startsWith("//")) text = from.protocol + text;
      else if (text.startsWith("/")) text = from.origin + text;
      else if (text.startsWith("?")) text = from.origin + from.pathname + text;
      else if (text.startsWith("#")) text = from.origin + from.pathname + from.search + text;
      else text = from.origin + from.pathname.replace(/[^/]*$/, "") + text;
      match = /^([a-zA-Z][a-zA-Z0-9+.-]*:)(.*)$/s.exec(text);
    }
    this.protocol = match[1].toLowerCase();
    let rest = match[2];
    this.hash = ""; this.search = ""; this.username = ""; this.password = ""; this.hostname = ""; this.port = "";
    let at = rest.indexOf("#");
    if (at >= 0) { this.hash = rest.length > at + 1 ? rest.slice(at) : ""; rest = rest.slice(0, at); }
    at = rest.indexOf("?");
    if (at >= 0) { this.search = rest.length > at + 1 ? rest.slice(at).replaceAll(" ", "%20") : ""; rest = rest.slice(0, at); }
    if (rest.startsWith("//")) {
      const host = /^\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\[[^\]]*\]|[^:/]*)(?::(\d*))?(.*)$/s.exec(rest);
      if (!host || (!host[3] && this.protocol !== "file:") || (host[5] && !host[5].startsWith("/")) || Number(host[4] || 0) > 65535) throw URL._invalid(text, base);
      this.username = host[1] || ""; this.password = host[2] || ""; this.hostname = host[3].toLowerCase();
      this.port = host[4] && host[4] !== PORTS[this.protocol] ? String(Number(host[4])) : "";
      const raw = host[5] || "/";
      const tidy = normalized(raw) || "/";
      this.pathname = encodeURI(tidy + (/\/(\.\.?)?$/.test(raw) && tidy !== "/" ? "/" : "")).replace(/%25([0-9A-Fa-f]{2})/g, "%$1");
    } else this.pathname = rest;
    Object.defineProperty(this, "_params", { value: null, writable: true, enumerable: false });
  }
  static _invalid(text, base) { const error = coded(TypeError, "ERR_INVALID_URL", "Invalid URL"); error.input = text; if (base !== undefined) error.base = String(base); return error; }
  static canParse(text, base) { try { new URL(text, base); return true; } catch { return false; } }
  static parse(text, base) { try { return new URL(text, base); } catch { return null; } }
  get host() { return this.hostname + (this.port ? ":" + this.port : ""); }
  set host(text) { [this.hostname, this.port = ""] = text.split(":"); }
  get origin() { return PORTS[this.protocol] ? `${this.protocol}//${this.host}` : "null"; }
  get searchParams() { if (!this._params) { this._params = new URLSearchParams(this.search); Object.defineProperty(this._params, "_url", { value: this, enumerable: false }); } return this._params; }
  get href() { const user = this.username ? `${this.username}${this.password ? ":" + this.password : ""}@` : ""; return `${this.protocol}${this.hostname || this.protocol === "file:" ? "//" : ""}${user}${this.host}${this.pathname}${this.search}${this.hash}`; }
  toString() { return this.href; }
  toJSON() { return this.href; }
  [custom](depth, options) { const { protocol, username, password, hostname, port, pathname, search, hash } = this; return `URL ${inspect({ href: this.href, origin: this.origin, protocol, username, password, host: this.host, hostname, port, pathname, search, searchParams: this.searchParams, hash })}`; }
}

const querystring = {
  escape: encodeURIComponent, unescape: unpercent,
  parse(text, separator = "&", equals = "=") {
    const found = Object.create(null);
    for (const part of String(text).split(separator)) {
      if (!part) continue;
      const at = part.indexOf(equals);
      const key = unpercent(at < 0 ? part : part.slice(0, at));
      const value = at < 0 ? "" : unpercent(part.slice(at + equals.length));
      if (key in found) found[key] = Array.isArray(found[key]) ? [...found[key], value] : [found[key], value];
      else found[key] = value;
    }
    return found;
  },
  stringify(values, separator = "&", equals = "=") {
    return Object.keys(values || {}).flatMap((key) => (Array.isArray(values[key]) ? values[key] : [values[key]]).map((value) => `${encodeURIComponent(key)}${equals}${encodeURIComponent(value)}`)).join(separator);
  },
};
querystring.decode = querystring.parse;
querystring.encode = querystring.stringify;

const url = {
  URL, URLSearchParams,
  parse(text, query) {
    const match = /^(?:([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(text);
    const host = match[2] || null;
    const search = match[4] || null;
    const bare = search ? search.slice(1) : null;
    return { protocol: match[1] || null, slashes: host ? true : null, auth: null, host, port: host && host.includes(":") ? host.split(":").pop() : null, hostname: host ? host.replace(/:\d+$/, "") : null, hash: match[5] || null, search, query: query ? querystring.parse(bare || "") : bare, pathname: match[3] || (host ? "/" : null), path: (match[3] || (host ? "/" : "")) + (search || "") || null, href: text };
  },
  format: (value) => value instanceof URL ? value.href : `${value.protocol || ""}${value.host || value.hostname ? "//" : ""}${value.host || value.hostname || ""}${!value.host && value.port ? ":" + value.port : ""}${value.pathname || ""}${value.search || ""}${value.hash || ""}`,
  resolve: (from, to) => { try { return new URL(to, from).href; } catch { return new URL(to, new URL(from, "http://x")).href.slice("http://x".length); } },
  fileURLToPath: (value) => { const found = new URL(String(value)); if (found.protocol !== "file:") throw coded(TypeError, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file"); return decodeURIComponent(found.pathname); },
  pathToFileURL: (text) => new URL("file://" + encodeURI(path.resolve(text))),
};

function sameDeep(one, other, strict) {
  if (strict ? Object.is(one, other) : one == other || (one !== one && other !== other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (strict && Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (one instanceof Map && other instanceof Map) return one.size === other.size && [...one].every(([key, value]) => other.has(key) && sameDeep(value, other.get(key), strict));
  if (one instanceof Set && other instanceof Set) return one.size === other.size && [...one].every((value) => other.has(value));
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.prototype.hasOwnProperty.call(other, key) && sameDeep(one[key], other[key], strict));
}

const util = {
  inspect, format, TextEncoder, TextDecoder,
  promisify: (work) => work[util.promisify.custom] || ((...values) => new Promise((resolve, reject) => work(...values, (error, value) => error ? reject(error) : resolve(value)))),
  callbackify: (work) => (...values) => { const done = values.pop(); work(...values).then((value) => process.nextTick(done, null, value), (error) => process.nextTick(done, error)); },
  inherits(child, parent) { Object.defineProperty(child, "super_", { value: parent, writable: true, configurable: true }); Object.setPrototypeOf(child.prototype, parent.prototype); },
  deprecate: (work) => work,
  isDeepStrictEqual: (one, other) => sameDeep(one, other, true),
  isArray: Array.isArray,
  types: { isPromise: (value) => value instanceof Promise, isDate: (value) => value instanceof Date, isRegExp: (value) => value instanceof RegExp, isNativeError: (value) => value instanceof Error, isMap: (value) => value instanceof Map, isSet: (value) => value instanceof Set },
  styleText: (_style, text) => text,
  stripVTControlCharacters: (text) => text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, ""),
};
util.promisify.custom = Symbol.for("nodejs.util.promisify.custom");

const os = {
  EOL: "\n", hostname: () => facts.hostname, platform: () => "linux", type: () => "Linux", arch: () => facts.arch, release: () => facts.release,
  tmpdir: () => env.TMPDIR || "/tmp", homedir: () => env.HOME || facts.home, endianness: () => "LE", uptime: () => process.uptime(),
  userInfo: () => ({ uid: facts.uid, gid: facts.gid, username: facts.user, homedir: facts.home, shell: null }),
  networkInterfaces: () => ({}), availableParallelism: () => 1, constants: { signals: {} },
  cpus() { throw notSimulated("os.cpus"); }, totalmem() { throw notSimulated("os.totalmem"); }, freemem() { throw notSimulated("os.freemem"); }, loadavg: () => [0, 0, 0], version: () => "labrunner's practice engine",
};

// ---- assert -----------------------------------------------------------------------------------------------------

class AssertionError extends Error {
  constructor(options) { super(options.message); this.name = "AssertionError"; this.code = "ERR_ASSERTION"; this.actual = options.actual; this.expected = options.expected; this.operator = options.operator; }
}
function fails(message, given, facts) { if (given instanceof Error) throw given; throw new AssertionError({ ...facts, message: given || message }); }
const assert = (value, message) => { if (!value) fails("The expression evaluated to a falsy value", message, { actual: value, expected: true, operator: "==" }); };
Object.assign(assert, {
  ok: assert, AssertionError,
  equal(one, other, message) { if (!(one == other || (one !== one && other !== other))) fails(`${inspect(one)} == ${inspect(other)}`, message, { actual: one, expected: other, operator: "==" }); },
  notEqual(one, other, message) { if (one == other) fails(`${inspect(one)} != ${inspect(other)}`, message, { actual: one, expected: other, operator: "!=" }); },
  strictEqual(one, other, message) { if (!Object.is(one, other)) fails(`Expected values to be strictly equal:\n\n${inspect(one)} !== ${inspect(other)}\n`, message, { actual: one, expected: other, operator: "strictEqual" }); },
  notStrictEqual(one, other, message) { if (Object.is(one, other)) fails(`Expected "actual" to be strictly unequal to: ${inspect(other)}`, message, { actual: one, expected: other, operator: "notStrictEqual" }); },
  deepEqual(one, other, message) { if (!sameDeep(one, other, false)) fails(`Expected values to be loosely deep-equal:\n\n${inspect(one)}\n\nshould loosely deep-equal\n\n${inspect(other)}`, message, { actual: one, expected: other, operator: "deepEqual" }); },
  deepStrictEqual(one, other, message) { if (!sameDeep(one, other, true)) fails(`Expected values to be strictly deep-equal:\n${inspect(one)}\n\nshould equal\n\n${inspect(other)}`, message, { actual: one, expected: other, operator: "deepStrictEqual" }); },
  throws(work, expected, message) { try { work(); } catch (error) { if (expected instanceof RegExp && !expected.test(String(error))) throw error; return; } fails("Missing expected exception.", typeof expected === "string" ? expected : message, { operator: "throws" }); },
  async rejects(work) { try { await (typeof work === "function" ? work() : work); } catch { return; } fails("Missing expected rejection.", undefined, { operator: "rejects" }); },
  doesNotThrow(work) { work(); },
  match(text, pattern, message) { if (!pattern.test(text)) fails(`The input did not match the regular expression ${pattern}. Input:\n\n${inspect(text)}\n`, message, { actual: text, expected: pattern, operator: "match" }); },
  fail(message) { fails("Failed", message, { operator: "fail" }); },
});
assert.strict = assert;

// ---- streams, enough to pipe --------------------------------------------------------------------------------------

class Readable extends EventEmitter {
  constructor() { super(); this.readable = true; this._encoding = null; this._flowing = false; this.destroyed = false; this.readableEnded = false; }
  setEncoding(name) { this._encoding = name || "utf8"; return this; }
  on(name, listener) { super.on(name, listener); if (name === "data") this.resume(); return this; }
  resume() { if (!this._flowing) { this._flowing = true; setImmediate(() => this._flow()); } return this; }
  pause() { return this; }
  pipe(target) { return piped(this, target); }
  unpipe() { return this; }
  destroy(error) { if (this.destroyed) return this; this.destroyed = true; if (error) setImmediate(() => this.emit("error", error)); setImmediate(() => this.emit("close")); return this; }
  _give(chunk) { if (chunk.length && !this.destroyed) this.emit("data", this._encoding ? chunk.toString(this._encoding) : chunk); }
  _over() { if (this.destroyed) return; this.readableEnded = true; this.emit("end"); this.emit("close"); }
  [Symbol.asyncIterator]() { return chunksOf(this); }
}

// ---- fs -----------------------------------------------------------------------------------------------------------

const encodingOf = (options) => typeof options === "string" ? options : options && options.encoding || null;
function filePath(value) {
  if (value instanceof URL) return url.fileURLToPath(value);
  if (value instanceof Uint8Array) value = utf8Text(value);
  return path.resolve(cwd, stringPath(value)) + (typeof value === "string" && value.endsWith("/") && value !== "/" ? "/" : "");
}
class Stats {
  constructor(told) { Object.assign(this, { dev: 0, mode: told.mode, nlink: 1, uid: told.uid, gid: told.gid, ino: 0, size: told.size, mtimeMs: told.mtime * 1000, atimeMs: told.mtime * 1000, ctimeMs: told.mtime * 1000, birthtimeMs: told.mtime * 1000 }); this.mtime = new Date(this.mtimeMs); this.atime = this.mtime; this.ctime = this.mtime; this.birthtime = this.mtime; Object.defineProperty(this, "_kind", { value: told.kind, enumerable: false }); }
  isFile() { return this._kind === "file"; }
  isDirectory() { return this._kind === "folder"; }
  isSymbolicLink() { return this._kind === "link"; }
  isFIFO() { return this._kind === "fifo"; }
  isBlockDevice() { return false; }
  isCharacterDevice() { return this._kind === "device"; }
  isSocket() { return false; }
}
class Dirent {
  constructor(name, parent, kind) { this.name = name; this.parentPath = parent; Object.defineProperty(this, "_kind", { value: kind, enumerable: false }); }
}
for (const name of ["isFile", "isDirectory", "isSymbolicLink", "isFIFO"]) Dirent.prototype[name] = Stats.prototype[name];

const sync = {
  readFile(file, options) {
    const encoding = encodingOf(options);
    const where = file === 0 || file === "/dev/stdin" ? 0 : filePath(file);
    if (encoding && /^utf-?8$/i.test(encoding)) return host("readText", where);
    const bytes = toBytes(host("read", where));
    return encoding ? bytes.toString(encoding) : bytes;
  },
  writeFile(file, data, options) { if (options && options.flag && options.flag.startsWith("a")) return sync.appendFile(file, data, options); host("store", filePath(file), sent(data, encodingOf(options)), options && options.mode !== undefined ? options.mode : null); },
  appendFile(file, data, options) { host("append", filePath(file), sent(data, encodingOf(options))); },
  stat(file, options) { return statOf("stat", file, options); },
  lstat(file, options) { return statOf("lstat", file, options); },
  readdir(folder, options) {
    const where = filePath(folder);
    const names = host("list", where);
    if (options && options.recursive) throw notSimulated("readdir with recursive");
    return options && options.withFileTypes ? names.map((name) => new Dirent(name, where, host("lstat", path.join(where, name)).kind)) : names;
  },
  mkdir(folder, options) { const deep = Boolean(options && options.recursive); return host("mkdir", filePath(folder), deep) || undefined; },
  mkdtemp(prefix) { const made = prefix + Array.from({ length: 6 }, () => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[Math.floor(Math.random() * 62)]).join(""); sync.mkdir(made); return made; },
  rm(file, options) { host("rm", filePath(file), Boolean(options && options.recursive), Boolean(options && options.force)); },
  rmdir(folder, options) { host("rmdir", filePath(folder), Boolean(options && options.recursive)); },
  unlink(file) { host("unlink", filePath(file)); },
  rename(from, to) { host("rename", filePath(from), filePath(to)); },
  copyFile(from, to) { host("copy", filePath(from), filePath(to)); },
  access(file) { host("access", filePath(file)); },
  realpath(file) { return host("realpath", filePath(file)); },
  readlink(file) { return host("readlink", filePath(file)); },
  symlink(target, file) { host("symlink", target, filePath(file)); },
  chmod(file, mode) { host("chmod", filePath(file), typeof mode === "string" ? parseInt(mode, 8) : mode); },
  chown(file, uid, gid) { host("chown", filePath(file), uid, gid); },
};
function statOf(how, file, options) {
  try { return new Stats(host(how, filePath(file))); } catch (error) { if (options && options.throwIfNoEntry === false && error.code === "ENOENT") return undefined; throw error; }
}

const fs = { constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 }, promises: { constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 } }, Stats, Dirent };
Object.assign(fs, fs.constants);
for (const name of Object.keys(sync)) {
  fs[name + "Sync"] = sync[name];
  fs.promises[name] = (...values) => new Promise((resolve, reject) => {
    const key = {};
    alive.add(key);
    setImmediate(() => { alive.delete(key); try { resolve(sync[name](...values)); } catch (error) { if (error instanceof Ended) throw error; reject(error); } });
  });
  fs[name] = (...values) => {
    const done = values.pop();
    if (typeof done !== "function") throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "cb" argument must be of type function. Received ${done === undefined ? "undefined" : inspect(done)}`);
    setImmediate(() => {
      let value;
      try { value = sync[name](...values); } catch (error) { if (error instanceof Ended) throw error; done(error); return; }
      done(null, value);
    });
  };
}
fs.existsSync = (file) => { try { sync.access(file); return true; } catch (error) { if (error instanceof Ended) throw error; return false; } };
fs.exists = (file, done) => setImmediate(() => done(fs.existsSync(file)));
fs.rmSync = sync.rm;
fs.createReadStream = (file, options) => {
  const stream = new Readable();
  stream.path = file;
  if (encodingOf(options)) stream.setEncoding(encodingOf(options));
  let bytes = null;
  setImmediate(() => {
    if (stream.destroyed) return;
    try { bytes = sync.readFile(file); } catch (error) { if (error instanceof Ended) throw error; stream.destroyed = true; stream.emit("error", error); stream.emit("close"); return; }
    if (options && (options.start !== undefined || options.end !== undefined)) bytes = bytes.subarray(options.start || 0, options.end === undefined ? undefined : options.end + 1);
    stream.emit("open", 3); stream.emit("ready");
    if (stream._wanted) stream._flow();
  });
  stream._flow = () => {
    if (bytes === null) { stream._wanted = true; return; }
    for (let n = 0; n < bytes.length; n += 65536) stream._give(bytes.subarray(n, n + 65536));
    stream._over();
  };
  return stream;
};
fs.createWriteStream = (file, options) => {
  const stream = new EventEmitter();
  const flags = options && options.flags || "w";
  let opened = false;
  const attempt = (work) => { try { work(); return true; } catch (error) { if (error instanceof Ended) throw error; setImmediate(() => stream.emit("error", error)); return false; } };
  const open = () => opened || (opened = attempt(() => flags.startsWith("a") ? sync.appendFile(file, "") : sync.writeFile(file, "")));
  setImmediate(() => { if (open()) stream.emit("open", 3); });
  Object.assign(stream, {
    path: file, writable: true,
    write(data, encoding, done) { if (typeof encoding === "function") { done = encoding; encoding = undefined; } if (open() && attempt(() => sync.appendFile(file, data, encoding)) && done) setImmediate(done); return true; },
    end(data, encoding, done) { if (typeof data === "function") { done = data; data = undefined; } if (data !== undefined && data !== null) stream.write(data, encoding); open(); stream.writable = false; setImmediate(() => { if (typeof done === "function") done(); stream.emit("finish"); stream.emit("close"); }); return stream; },
    close(done) { stream.end(done); }, destroy() { stream.writable = false; return stream; },
  });
  return stream;
};
for (const name of ["watch", "watchFile", "openSync", "open", "readSync", "writeSync", "opendirSync"]) fs[name] = () => { throw notSimulated(`fs.${name}`); };
fs.writeSync = (number, data) => { if (number !== 1 && number !== 2) throw notSimulated("fs.writeSync to a file"); host("write", number, sent(data)); return Buffer.byteLength(data); };

// ---- crypto ---------------------------------------------------------------------------------------------------------

class Hash {
  constructor(kind, name, key) { this._kind = kind; this._name = name; this._key = key; this._parts = []; host("hash", name, "", null); }
  update(data, encoding) { this._parts.push(typeof data === "string" ? Buffer.from(data, encoding) : data); return this; }
  digest(encoding) { const bytes = toBytes(host("hash", this._name, Buffer.concat(this._parts).toString("base64"), this._key)); return encoding ? bytes.toString(encoding) : bytes; }
}
const crypto = {
  createHash: (name) => new Hash("hash", name, null),
  createHmac: (name, key) => new Hash("hmac", name, Buffer.from(key).toString("base64")),
  randomBytes: (size, done) => { const bytes = toBytes(host("random", size)); if (done) setImmediate(() => done(null, bytes)); return done ? undefined : bytes; },
  randomUUID: () => host("uuid"),
  randomInt(low, high) { if (high === undefined) { high = low; low = 0; } return low + Number(BigInt("0x" + crypto.randomBytes(6).toString("hex")) % BigInt(high - low)); },
  getRandomValues: (array) => { array.set(crypto.randomBytes(array.length)); return array; },
  timingSafeEqual: (one, other) => { if (one.length !== other.length) throw coded(RangeError, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length"); return Buffer.from(one).equals(Buffer.from(other)); },
  getHashes: () => ["md5", "sha1", "sha256", "sha384", "sha512"],
};

// ---- http -----------------------------------------------------------------------------------------------------------

const STATUS_CODES = facts.statusCodes;
const servers = new Map();
const exchanges = new Map();
const clients = new Map();
let numbers = 0;

function joined(headers) {
  const found = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (key === "set-cookie") (found[key] ||= []).push(value);
    else if (key in found) { if (!["host", "content-type", "content-length", "user-agent", "authorization", "etag", "location"].includes(key)) found[key] += (key === "cookie" ? "; " : ", ") + value; }
    else found[key] = value;
  }
  return found;
}

class IncomingMessage extends Readable {
  constructor(told) {
    super();
    this.method = told.method; this.url = told.url; this.httpVersion = told.version || "1.1"; this.httpVersionMajor = 1; this.httpVersionMinor = Number(this.httpVersion.split(".")[1]);
    this.statusCode = told.status; this.statusMessage = told.reason; this.complete = true; this.aborted = false;
    this.headers = joined(told.headers); this.rawHeaders = told.headers.flat(); this.trailers = {};
    this.socket = { remoteAddress: told.peer, remotePort: 0, localPort: told.port, encrypted: false, destroy() {}, setTimeout() {}, setKeepAlive() {}, setNoDelay() {}, on() { return this; } };
    this.connection = this.socket;
    Object.defineProperty(this, "_body", { value: told.body, writable: true, enumerable: false });
  }
  setTimeout() { return this; }
  _flow() { const body = this._body; this._body = null; if (body) this._give(toBytes(body)); this._over(); }
}

class ServerResponse extends EventEmitter {
  constructor(number, request) {
    super();
    this.statusCode = 200; this.statusMessage = undefined; this.headersSent = false; this.finished = false; this.writableEnded = false; this.writableFinished = false; this.writable = true; this.destroyed = false; this.sendDate = true; this.req = request; this.socket = request.socket; this.connection = request.socket;
    Object.defineProperty(this, "_number", { value: number, enumerable: false });
    Object.defineProperty(this, "_headers", { value: new Map(), enumerable: false });
    Object.defineProperty(this, "_chunked", { value: false, writable: true, enumerable: false });
  }
  _open(what) { if (this.headersSent) throw coded(Error, "ERR_HTTP_HEADERS_SENT", `Cannot ${what} headers after they are sent to the client`); }
  setHeader(name, value) {
    this._open("set");
    if (value === undefined) throw coded(TypeError, "ERR_HTTP_INVALID_HEADER_VALUE", `Invalid value "undefined" for header "${name}"`);
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw coded(TypeError, "ERR_INVALID_HTTP_TOKEN", `Header name must be a valid HTTP token ["${name}"]`);
    if (/[\r\n\0]/.test(String(value))) throw coded(TypeError, "ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`);
    this._headers.set(name.toLowerCase(), [name, value]);
    return this;
  }
  setHeaders(headers) { for (const [name, value] of headers) this.setHeader(name, value); return this; }
  appendHeader(name, value) { const before = this.getHeader(name); return this.setHeader(name, before === undefined ? value : [].concat(before, value)); }
  getHeader(name) { const found = this._headers.get(name.toLowerCase()); return found && found[1]; }
  getHeaders() { return Object.fromEntries([...this._headers].map(([key, [, value]]) => [key, value])); }
  getHeaderNames() { return [...this._headers.keys()]; }
  hasHeader(name) { return this._headers.has(name.toLowerCase()); }
  removeHeader(name) { this._open("remove"); this._headers.delete(name.toLowerCase()); }
  writeHead(status, reason, headers) {
    this._open("write");
    if (!(status >= 100 && status <= 999)) throw coded(RangeError, "ERR_HTTP_INVALID_STATUS_CODE", `Invalid status code: ${status}`);
    if (typeof reason !== "string") { headers = reason; reason = undefined; }
    this.statusCode = status;
    if (reason) this.statusMessage = reason;
    if (Array.isArray(headers)) for (let n = 0; n < headers.length; n += 2) this.setHeader(headers[n], headers[n + 1]);
    else for (const name of Object.keys(headers || {})) this.setHeader(name, headers[name]);
    this._decided = true;
    return this;
  }
  _head(length) {
    if (this.headersSent) return;
    const status = Math.trunc(this.statusCode);
    if (!(status >= 100 && status <= 999)) throw coded(RangeError, "ERR_HTTP_INVALID_STATUS_CODE", `Invalid status code: ${this.statusCode}`);
    const bodiless = status === 204 || status === 304 || status < 200;
    if (!bodiless && !this.hasHeader("content-length") && !this.hasHeader("transfer-encoding")) {
      if (length !== null) this._headers.set("content-length", ["Content-Length", String(length)]);
      else if (this.req.httpVersion === "1.1" && this.req.method !== "HEAD") { this._headers.set("transfer-encoding", ["Transfer-Encoding", "chunked"]); this._chunked = true; }
    }
    const headers = [...this._headers.values()].flatMap(([name, value]) => Array.isArray(value) ? value.map((each) => [name, String(each)]) : [[name, String(value)]]);
    this.headersSent = true;
    host("head", this._number, status, this.statusMessage || STATUS_CODES[status] || "unknown", headers, this._chunked);
  }
  flushHeaders() { this._head(null); }
  writeContinue() {}
  write(data, encoding, done) {
    if (typeof encoding === "function") { done = encoding; encoding = undefined; }
    const part = sent(data, encoding);
    if (this.writableEnded) { const error = coded(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end"); setImmediate(() => this.emit("error", error)); return false; }
    if (this.destroyed) return false;
    this._head(null);
    host("body", this._number, part);
    if (done) setImmediate(done);
    return true;
  }
  end(data, encoding, done) {
    if (typeof data === "function") { done = data; data = undefined; }
    if (typeof encoding === "function") { done = encoding; encoding = undefined; }
    if (this.writableEnded) return this;
    const part = data === undefined || data === null ? null : sent(data, encoding);
    if (this.destroyed) { this.writableEnded = true; return this; }
    this._head(part === null ? 0 : "text" in part ? utf8Length(part.text) : base64Length(part.bytes));
    if (part !== null) host("body", this._number, part);
    host("end", this._number);
    this.finished = this.writableEnded = true;
    exchanges.delete(this._number);
    setImmediate(() => { this.writableFinished = true; this.emit("finish"); this.emit("close"); if (typeof done === "function") done(); });
    return this;
  }
  destroy() { if (!this.destroyed) { this.destroyed = true; exchanges.delete(this._number); host("drop", this._number); setImmediate(() => this.emit("close")); } return this; }
  setTimeout() { return this; }
  cork() {} uncork() {}
}
function base64Length(text) { return text.length / 4 * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0); }
function utf8Length(text) {
  let size = 0;
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    if (code < 0x80) size += 1; else if (code < 0x800) size += 2;
    else if (code >= 0xd800 && code < 0xdc00 && text.charCodeAt(n + 1) >= 0xdc00 && text.charCodeAt(n + 1) < 0xe000) { size += 4; n++; }
    else size += 3;
  }
  return size;
}

class Server extends EventEmitter {
  constructor(options, handler) { super(); if (typeof options === "function") handler = options; if (handler) this.on("request", handler); this.listening = false; this.timeout = 0; this.keepAliveTimeout = 5000; this.headersTimeout = 60000; this.requestTimeout = 300000; }
  listen(port, ...rest) {
    const done = rest.findLast((each) => typeof each === "function");
    if (port !== null && typeof port === "object") port = port.port;
    if (typeof port === "function") { this.once("listening", port); port = 0; }
    if (done) this.once("listening", done);
    if (typeof port === "string" && !/^\d+$/.test(port.trim())) throw notSimulated("listening on a path instead of a port");
    const number = Number(port === undefined || port === null ? 0 : port);
    if (!(Number.isInteger(number) && number >= 0 && number < 65536)) throw coded(RangeError, "ERR_SOCKET_BAD_PORT", `options.port should be >= 0 and < 65536. Received ${inspect(port)}.`);
    if (this.listening) throw coded(Error, "ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.");
    this._number = ++numbers;
    alive.add(this);
    let failure = null;
    try { this._port = host("listen", this._number, number); this.listening = true; servers.set(this._number, this); } catch (error) { if (error instanceof Ended) throw error; failure = error; alive.delete(this); }
    const made = failure;
    setImmediate(() => { if (made) this.emit("error", made); else if (this.listening) this.emit("listening"); });
    return this;
  }
  address() { return this.listening ? { address: "::", family: "IPv6", port: this._port } : null; }
  close(done) {
    if (!this.listening) { if (done) setImmediate(() => done(coded(Error, "ERR_SERVER_NOT_RUNNING", "Server is not running."))); return this; }
    this.listening = false;
    servers.delete(this._number);
    host("unlisten", this._number);
    setImmediate(() => { alive.delete(this); this.emit("close"); if (done) done(); });
    return this;
  }
  closeAllConnections() {} closeIdleConnections() {}
  setTimeout() { return this; }
  ref() { if (this.listening) alive.add(this); return this; }
  unref() { alive.delete(this); return this; }
}

class ClientRequest extends EventEmitter {
  constructor(options, done) {
    super();
    this._options = options; this._parts = []; this.method = String(options.method || "GET").toUpperCase(); this.path = options.path || "/"; this.destroyed = false; this._headers = new Map();
    for (const name of Object.keys(options.headers || {})) this.setHeader(name, options.headers[name]);
    if (options.auth) this.setHeader("Authorization", "Basic " + Buffer.from(options.auth).toString("base64"));
    if (done) this.once("response", done);
    this._key = {};
    alive.add(this._key);
  }
  setHeader(name, value) { this._headers.set(name.toLowerCase(), [name, String(value)]); return this; }
  getHeader(name) { const found = this._headers.get(name.toLowerCase()); return found && found[1]; }
  removeHeader(name) { this._headers.delete(name.toLowerCase()); }
  write(data, encoding) { this._parts.push(typeof data === "string" ? Buffer.from(data, encoding) : Buffer.from(data)); return true; }
  setTimeout(delay, work) { this._timeout = delay; if (work) this.once("timeout", work); return this; }
  setNoDelay() {} setSocketKeepAlive() {} flushHeaders() {}
  destroy(error) { if (!this.destroyed) { this.destroyed = true; alive.delete(this._key); const raised = error || (this._answered ? null : systemError({ code: "ECONNRESET", message: "socket hang up" })); if (raised) setImmediate(() => this.emit("error", raised)); setImmediate(() => this.emit("close")); } return this; }
  abort() { this.destroy(); }
  end(data, encoding, done) {
    if (typeof data === "function") { done = data; data = undefined; }
    if (data !== undefined && data !== null) this.write(data, encoding);
    const body = Buffer.concat(this._parts);
    const hostname = String(this._options.hostname || this._options.host || "localhost").replace(/^\[|\]$/g, "").replace(/^(.*):\d+$/, "$1");
    const port = Number(this._options.port || 80);
    if (!this._headers.has("host")) this.setHeader("Host", port === 80 ? hostname : `${hostname}:${port}`);
    if (body.length || ["POST", "PUT", "PATCH"].includes(this.method)) this.setHeader("Content-Length", body.length);
    this.setHeader("Connection", "close");
    const number = ++numbers;
    clients.set(number, this);
    if (this._timeout || this._options.timeout) setTimeout(() => { if (!this._answered && !this.destroyed) this.emit("timeout"); }, this._timeout || this._options.timeout).unref();
    host("ask", number, hostname, port, this.method, this.path, [...this._headers.values()], body.toString("base64"));
    if (typeof done === "function") setImmediate(done);
    return this;
  }
  _told(reply) {
    alive.delete(this._key);
    if (this.destroyed) return;
    if (reply.error) { this.emit("error", systemError(reply.error)); this.emit("close"); return; }
    this._answered = true;
    const message = new IncomingMessage(reply);
    if (!this.emit("response", message)) message.resume();
  }
}

function request(first, second, third) {
  let options = {};
  if (typeof first === "string" || first instanceof URL) {
    const target = typeof first === "string" ? new URL(first) : first;
    if (target.protocol !== "http:") throw target.protocol === "https:" ? notSimulated("https") : coded(TypeError, "ERR_INVALID_PROTOCOL", `Protocol "${target.protocol}" not supported. Expected "http:"`);
    options = { hostname: target.hostname, port: target.port || 80, path: target.pathname + target.search };
    if (typeof second === "function") third = second; else Object.assign(options, second);
  } else { options = { ...first }; third = second; }
  return new ClientRequest(options, third);
}

class Agent { constructor(options) { this.options = options || {}; } destroy() {} }
const http = {
  STATUS_CODES, METHODS: ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"], Server, IncomingMessage, ServerResponse, ClientRequest, Agent, globalAgent: new Agent(), maxHeaderSize: 16384,
  createServer: (options, handler) => new Server(options, handler),
  request, get(...values) { const made = request(...values); made.end(); return made; },
};

class Headers {
  constructor(init = {}) { this._map = new Map(); for (const [name, value] of typeof init[Symbol.iterator] === "function" ? init : Object.entries(init)) this.append(name, value); }
  append(name, value) { const key = name.toLowerCase(); this._map.set(key, this._map.has(key) ? `${this._map.get(key)}, ${value}` : String(value)); }
  set(name, value) { this._map.set(name.toLowerCase(), String(value)); }
  get(name) { const found = this._map.get(name.toLowerCase()); return found === undefined ? null : found; }
  has(name) { return this._map.has(name.toLowerCase()); }
  delete(name) { this._map.delete(name.toLowerCase()); }
  forEach(work) { for (const [name, value] of this._map) work(value, name, this); }
  entries() { return this._map.entries(); } keys() { return this._map.keys(); } values() { return this._map.values(); }
  [Symbol.iterator]() { return this._map.entries(); }
}
class Response {
  constructor(body, told) { this._body = body; this.status = told.status; this.statusText = told.statusText; this.ok = told.status >= 200 && told.status < 300; this.headers = told.headers; this.url = told.url; this.redirected = false; this.bodyUsed = false; }
  async text() { this.bodyUsed = true; return this._body.toString(); }
  async json() { return JSON.parse(await this.text()); }
  async arrayBuffer() { const copy = Uint8Array.from(this._body); return copy.buffer; }
  async bytes() { return Uint8Array.from(this._body); }
}
function fetch(target, options = {}) {
  return new Promise((resolve, reject) => {
    const failed = (cause) => { const error = new TypeError("fetch failed"); Object.defineProperty(error, "cause", { value: cause, enumerable: false, configurable: true, writable: true }); reject(error); };
    let made;
    try {
      made = request(String(target), { method: options.method, headers: Object.fromEntries(new Headers(options.headers || {})) }, (message) => {
        const parts = [];
        message.on("data", (part) => parts.push(part));
        message.on("end", () => resolve(new Response(Buffer.concat(parts), { status: message.statusCode, statusText: message.statusMessage, headers: new Headers(Object.entries(message.headers)), url: String(target) })));
      });
    } catch (error) { if (error instanceof Ended) throw error; reject(error); return; }
    made.on("error", failed);
    if (options.signal) options.signal.addEventListener("abort", () => { made.destroyed = true; alive.delete(made._key); reject(options.signal.reason); });
    made.end(options.body === undefined || options.body === null ? undefined : String(options.body));
  });
}

class EventTarget {
  constructor() { Object.defineProperty(this, "_listeners", { value: new Map() }); }
  addEventListener(name, work) { if (!this._listeners.has(name)) this._listeners.set(name, []); this._listeners.get(name).push(work); }
  removeEventListener(name, work) { this._listeners.set(name, (this._listeners.get(name) || []).filter((each) => each !== work)); }
  dispatchEvent(event) { for (const work of this._listeners.get(event.type) || []) work.call(this, event); return true; }
}
class AbortSignal extends EventTarget {
  constructor() { super(); this.aborted = false; this.reason = undefined; }
  throwIfAborted() { if (this.aborted) throw this.reason; }
  static timeout(delay) { const made = new AbortSignal(); const error = new Error("The operation was aborted due to timeout"); error.name = "TimeoutError"; setTimeout(() => made._abort(error), delay).unref(); return made; }
  _abort(reason) { if (this.aborted) return; this.aborted = true; const error = new Error("This operation was aborted"); error.name = "AbortError"; this.reason = reason === undefined ? error : reason; this.dispatchEvent({ type: "abort" }); }
}
class AbortController { constructor() { this.signal = new AbortSignal(); } abort(reason) { this.signal._abort(reason); } }

// ---- modules --------------------------------------------------------------------------------------------------------

const wait = (delay, value) => new Promise((resolve) => setTimeout(() => resolve(value), delay));
const builtin = {
  assert, "assert/strict": assert, buffer: { Buffer }, console, crypto, events: EventEmitter, fs, "fs/promises": fs.promises, http, os, path, "path/posix": path,
  perf_hooks: { performance }, process, querystring, timers: { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval: clearTimeout, clearImmediate }, "timers/promises": { setTimeout: wait, setImmediate: (value) => new Promise((resolve) => setImmediate(() => resolve(value))) }, url, util,
};
const KNOWN = ["async_hooks", "child_process", "cluster", "constants", "dgram", "diagnostics_channel", "dns", "dns/promises", "domain", "http2", "https", "inspector", "net", "punycode", "readline", "readline/promises", "repl", "sea", "sqlite", "stream", "stream/promises", "stream/web", "string_decoder", "sys", "test", "tls", "trace_events", "tty", "v8", "vm", "wasi", "worker_threads", "zlib"];

const cache = Object.create(null);
const kindOf = (file) => host("kind", file);
const ESM = /^[ \t]*(?:import\s+(?:[\w*{]|["'])|export\s+(?:default|const|let|var|function|async|class|\{|\*))/m;

class Module {
  constructor(id, parent) { this.id = id; this.path = path.dirname(id); this.exports = {}; this.filename = id; this.loaded = false; this.children = []; this.paths = foldersFor(this.path); Object.defineProperty(this, "parent", { value: parent, enumerable: false }); }
  require(name) { return load(name, this); }
}
function foldersFor(folder) {
  const found = [];
  for (let at = folder; ; at = path.dirname(at)) { if (path.basename(at) !== "node_modules") found.push(path.join(at, "node_modules")); if (at === "/") return found; }
}
function asFile(file) {
  for (const name of [file, file + ".js", file + ".json", file + ".cjs"]) if (kindOf(name) === "file") return host("realpath", name);
  if (kindOf(file + ".node") === "file") throw notSimulated("native add-ons (.node)");
  return null;
}
function asFolder(folder) {
  if (kindOf(folder) !== "folder") return null;
  const described = path.join(folder, "package.json");
  if (kindOf(described) === "file") {
    const told = readJson(described);
    const main = typeof told.main === "string" ? told.main : exported(told.exports);
    if (main) { const found = asFile(path.join(folder, main)) || asFile(path.join(folder, main, "index")); if (found) return found; }
  }
  return asFile(path.join(folder, "index"));
}
function exported(told) {
  if (typeof told === "string") return told;
  if (!told || typeof told !== "object") return null;
  const found = told["."] !== undefined ? told["."] : told.require || told.node || told.default;
  return typeof found === "object" ? exported(found) : found || null;
}
function readJson(file) {
  const text = host("readText", file);
  try { return JSON.parse(text.replace(/^\ufeff/, "")); } catch (error) { error.message = `${file}: ${error.message}`; throw error; }
}
function resolveFrom(name, folder, parents) {
  let found = null;
  if (/^(\.\.?)?(\/|$)/.test(name)) {
    const file = path.resolve(folder, name);
    found = (name.endsWith("/") ? null : asFile(file)) || asFolder(file);
  } else if (name.startsWith("#")) throw notSimulated("imports of a package (#…)");
  else for (const place of foldersFor(folder)) { const file = path.join(place, name); found = kindOf(place) === "folder" ? asFile(file) || asFolder(file) : null; if (found) break; }
  if (found) return found;
  const stack = parents.length ? `\nRequire stack:\n${parents.map((each) => "- " + each).join("\n")}` : "";
  const error = new Error(`Cannot find module '${name}'${stack}`);
  error.code = "MODULE_NOT_FOUND";
  error.requireStack = parents;
  throw error;
}
function stackOf(module) { const found = []; for (let at = module; at; at = at.parent) found.push(at.filename); return found; }

function load(name, parent) {
  if (typeof name !== "string" || name === "") throw coded(TypeError, "ERR_INVALID_ARG_VALUE", `The argument 'id' must be a non-empty string. Received ${inspect(name)}`);
  const bare = name.replace(/^node:/, "");
  if (Object.prototype.hasOwnProperty.call(builtin, bare)) return builtin[bare];
  if (KNOWN.includes(bare) && (name !== bare || bare !== "test")) throw notSimulated(`node's module '${bare}'`);
  if (name !== bare) throw coded(Error, "ERR_UNKNOWN_BUILTIN_MODULE", `No such built-in module: ${name}`);
  const file = resolveFrom(name, parent.path, stackOf(parent));
  return loaded(file, parent).exports;
}
function loaded(file, parent) {
  if (cache[file]) return cache[file];
  const module = new Module(file, parent);
  if (parent) parent.children.push(module); else { module.id = "."; main = module; }
  cache[file] = module;
  try {
    if (file.endsWith(".json")) module.exports = readJson(file);
    else run(module, host("readText", file));
    module.loaded = true;
  } catch (error) { delete cache[file]; throw error; }
  return module;
}
let main;
function requireOf(module) {
  const require = (name) => load(name, module);
  require.resolve = (name) => builtin[name.replace(/^node:/, "")] ? name : resolveFrom(name, module.path, stackOf(module));
  require.cache = cache;
  require.main = main;
  require.extensions = { ".js": null, ".json": null };
  return require;
}
function isEsm(file, text) {
  if (file.endsWith(".mjs")) return true;
  if (file.endsWith(".cjs") || file.startsWith("[")) return ESM.test(text) && file.startsWith("[");
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    const described = path.join(at, "package.json");
    if (kindOf(described) === "file") { const kind = readJson(described).type; if (kind === "module") return true; if (kind === "commonjs") return false; break; }
    if (at === "/" || path.basename(at) === "node_modules") break;
  }
  return ESM.test(text);
}
function run(module, text) {
  text = text.replace(/^\ufeff/, "");
  if (isEsm(module.filename, text)) throw notSimulated(`ES modules (import and export): ${module.filename}. CommonJS works: require and module.exports`);
  const wrapped = compile(text, module.filename, ["exports", "require", "module", "__filename", "__dirname"]);
  const given = [module.exports, requireOf(module), module, module.filename, module.path];
  if (module !== main || /^[ \t]*return\b/m.test(text)) { wrapped.apply(module.exports, given); return; }
  // The main script goes through eval, for the sake of its last value: the promise of a closing `main();`.
  const source = sources[sources.length - 1];
  source.skip = 0;
  const lines = "\n".repeat(source.base) + (text.startsWith("#!") ? "//" + text.slice(2) : text);
  watched(evaluate.apply(module.exports, [...given, lines]));
}
const evaluate = (0, eval)("(function (exports, require, module, __filename, __dirname) { return eval(arguments[5]); })");
builtin.module = { builtinModules: [...Object.keys(builtin), ...KNOWN].sort(), createRequire: (file) => requireOf(new Module(String(file).startsWith("file:") ? url.fileURLToPath(file) : file, null)), Module };

// ---- the way in -------------------------------------------------------------------------------------------------------

function fatal(error) {
  if (error instanceof Ended) return;
  if (error instanceof InternalError && error.message === "out of memory") {
    try { host("write", 2, { text: "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n" }); host("exit", 134); } catch { return; }
    return;
  }
  if (process.listenerCount("uncaughtException")) { try { process.emit("uncaughtException", error, "uncaughtException"); return; } catch (second) { if (second instanceof Ended) return; error = second; } }
  let text = "";
  const place = error && typeof error === "object" ? places.get(error) : undefined;
  if (error instanceof Error && error.code === "MODULE_NOT_FOUND") text += "node:internal/modules/cjs/loader\n  throw err;\n  ^\n\n";
  else if (error instanceof Error && emitted.has(error)) text += "node:events\n      throw er; // Unhandled 'error' event\n      ^\n\n";
  else if (place) { const line = place.text.split("\n")[place.line - 1] || ""; text += `${place.file}:${place.line}\n${line}\n${" ".repeat(Math.max(0, Math.min(place.column, line.length) - 1))}^\n\n`; }
  text += error instanceof Error ? inspect(error) : `Uncaught:\n${inspect(error)}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)`;
  try {
    host("write", 2, { text: `${text}\n\nNode.js v${facts.version}\n` });
    process.exitCode = 1;
    if (!ending) { ending = true; process.emit("exit", 1); }
    host("exit", 1);
  } catch (second) { if (!(second instanceof Ended)) { try { host("exit", 7); } catch { return; } } }
}
function guarded(work) { try { work(); } catch (error) { fatal(error); } }

const EVENTS = {
  main(file) { loaded(file, null); },
  missing(file) { resolveFrom(file, cwd, []); },
  source(text, name, print) {
    const module = new Module(path.join(cwd, name), null);
    module.filename = name;
    main = module;
    Object.assign(globalThis, { require: requireOf(module), module, exports: module.exports, __filename: name, __dirname: "." });
    for (const each of Object.keys(builtin)) if (/^\w+$/.test(each) && !(each in globalThis)) Object.defineProperty(globalThis, each, { value: builtin[each], writable: true, configurable: true, enumerable: false });
    if (isEsm(name, text)) throw notSimulated("ES modules (import and export). CommonJS works: require and module.exports");
    const value = compile(text, name, null);
    if (!print) watched(value);
    if (print) console.log(typeof value === "string" ? value : inspect(value));
  },
  check(text, file) { compile(`(function(){${text.replace(/^#!/, "//")}\n})`, file, null); },
  timers() { runTimer(); },
  stdin(data) { process.stdin._got(data); },
  signal(name) { process.emit("SIG" + name, "SIG" + name, facts.signals[name]); },
  request(server, number, told) {
    const found = servers.get(server);
    if (!found) { host("drop", number); return; }
    const message = new IncomingMessage(told);
    const response = new ServerResponse(number, message);
    exchanges.set(number, [message, response]);
    if (!found.emit("request", message, response)) response.destroy();
  },
  gone(number) {
    const found = exchanges.get(number);
    if (!found) return;
    exchanges.delete(number);
    const [message, response] = found;
    response.destroyed = true;
    message.aborted = true;
    message.emit("aborted"); message.emit("close"); response.emit("close");
  },
  reply(number, told) { const found = clients.get(number); clients.delete(number); if (found) found._told(told); },
  exit() { if (!ending) { process.emit("beforeExit", Number(process.exitCode || 0)); } if (__pending() === -1) { if (!ending) { ending = true; process.emit("exit", Number(process.exitCode || 0)); } host("exit", Number(process.exitCode || 0)); } },
};
globalThis.__enter = function (text) {
  const [name, ...values] = JSON.parse(text);
  guarded(() => EVENTS[name](...values));
};

const nativeMicrotask = globalThis.queueMicrotask;
const queueMicrotask = (work) => nativeMicrotask(() => guarded(work));
const globals = {
  console, process, Buffer, setTimeout, setInterval, setImmediate, clearTimeout, clearInterval: clearTimeout, clearImmediate, queueMicrotask, URL, URLSearchParams, TextEncoder, TextDecoder, fetch, Headers, Response, EventTarget, AbortSignal, AbortController,
  global: globalThis, crypto: { randomUUID: crypto.randomUUID, getRandomValues: crypto.getRandomValues }, structuredClone: (value) => cloned(value, new Map()),
};
function cloned(value, seen) {
  if (typeof value === "function" || typeof value === "symbol") throw new Error(`${String(value)} could not be cloned.`);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof Date) return new Date(value);
  const made = Array.isArray(value) ? [] : value instanceof Map ? new Map() : value instanceof Set ? new Set() : {};
  seen.set(value, made);
  if (value instanceof Map) for (const [key, each] of value) made.set(cloned(key, seen), cloned(each, seen));
  else if (value instanceof Set) for (const each of value) made.add(cloned(each, seen));
  else for (const key of Object.keys(value)) made[key] = cloned(value[key], seen);
  return made;
}
for (const name of Object.keys(globals)) Object.defineProperty(globalThis, name, { value: globals[name], writable: true, configurable: true, enumerable: name === "console" || name === "global" });
})();

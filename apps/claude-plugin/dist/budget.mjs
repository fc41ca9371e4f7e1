// apps/claude-plugin/src/budget.ts
import { randomUUID } from "node:crypto";
import fs2 from "node:fs";
import path3 from "node:path";

// packages/hub-address/src/budgets-folder.ts
import path2 from "node:path";

// packages/hub-address/src/credentials-file.ts
import os from "node:os";
import path from "node:path";

// packages/hub-address/src/regular-file.ts
import fs from "node:fs";
var IrregularFileError = class extends Error {
};
function readRegularFile(file, maxBytes) {
  const handle = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0));
  try {
    const stats = fs.fstatSync(handle);
    if (!stats.isFile()) throw new IrregularFileError(`${file} is not a regular file.`);
    if (stats.size > maxBytes) throw new IrregularFileError(`${file} is larger than ${maxBytes} bytes.`);
    const bytes = Buffer.alloc(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const count = fs.readSync(handle, bytes, length, bytes.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return { text: bytes.toString("utf8", 0, length), stats };
  } finally {
    fs.closeSync(handle);
  }
}

// packages/hub-address/src/private-file.ts
var PrivateFileError = class extends Error {
  suggestion;
  constructor(message, suggestion) {
    super(message);
    this.name = "PrivateFileError";
    this.suggestion = suggestion;
  }
};
var MAX_BYTES = 1e6;
function readPrivateFile(file) {
  let found;
  try {
    found = readRegularFile(file, MAX_BYTES);
  } catch (error) {
    if (error instanceof IrregularFileError) throw new PrivateFileError(error.message, "Remove it.");
    const { code, message } = error;
    if (code === "ENOENT" || code === "ENOTDIR") return void 0;
    throw new PrivateFileError(`${file} cannot be read (${code ?? message}).`, "Give this user read access to it, or remove it.");
  }
  const { text, stats } = found;
  if (process.platform === "win32") return { text, warning: void 0 };
  const user = process.getuid?.();
  if (user !== void 0 && stats.uid !== user && stats.uid !== 0) {
    throw new PrivateFileError(`${file} belongs to another user, and is not used.`, "Remove it, or make it yours with chown.");
  }
  if ((stats.mode & 18) !== 0) {
    throw new PrivateFileError(`Others can write ${file}, so it is not used.`, `Check its content, then run: chmod 600 ${file}`);
  }
  const warning = (stats.mode & 36) === 0 ? void 0 : `Others can read the key in ${file}. Run: chmod 600 ${file}`;
  return { text, warning };
}

// packages/hub-address/src/credentials-file.ts
function configFolder(env, platform = process.platform) {
  if (platform === "win32") {
    return path.join(env.APPDATA || path.join(env.USERPROFILE || os.homedir(), "AppData", "Roaming"), "signalbox");
  }
  const { XDG_CONFIG_HOME: xdg } = env;
  const base = xdg !== void 0 && path.isAbsolute(xdg) ? xdg : path.join(env.HOME || os.homedir(), ".config");
  return path.join(base, "signalbox");
}

// packages/hub-address/src/budgets-folder.ts
function budgetsSwitchPath(env) {
  return path2.join(configFolder(env), "budgets-folder");
}
function readBudgetsSwitch(env) {
  const folder = readPrivateFile(budgetsSwitchPath(env))?.text.split("\n")[0];
  return folder !== void 0 && path2.isAbsolute(folder) ? folder : void 0;
}
var NEAR_FILE = "near";
var ALIVE_FILE = "alive";
var ASK_FOLDER = "ask";
var ANSWER_FOLDER = "answer";
var ALIVE_TTL_MS = 15e3;

// packages/contract/src/printable.ts
var CONTROLS = "\\p{Cc}\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069";
var controls = new RegExp(`[${CONTROLS}]`, "gu");
var unsafe = new RegExp(`(\\u001b\\[(?:0|1|2|22|3[0-79]|9[0-7])m|\\r\\n)|[${CONTROLS}]`, "gu");
var unsafeInLines = new RegExp(`(?!\\n|\\t|\\r\\n)[${CONTROLS}]`, "gu");
var controlsOfNames = new RegExp(`[${CONTROLS}\\u2028\\u2029]`, "gu");
var notInNames = new RegExp(`[${CONTROLS}\\u2028\\u2029\\p{Surrogate}]`, "u");

// apps/claude-plugin/src/plain-text.ts
var LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
function plainText(value, maxLength) {
  if (typeof value !== "string") return void 0;
  const text = value.slice(0, maxLength).replace(LONE_SURROGATES, "�").replace(controlsOfNames, " ");
  return text === "" ? void 0 : text;
}

// apps/claude-plugin/src/budget.ts
process.umask(63);
var LOOK_MS = 10;
var MAX_WAIT_MS = 24e4;
var MAX_REASON = 2e3;
async function askBudgets() {
  const text = fs2.readFileSync(0, "utf8");
  const folder = readBudgetsSwitch(process.env);
  if (folder === void 0 || !fs2.existsSync(path3.join(folder, NEAR_FILE)) || !isAlive(folder)) return;
  const event = JSON.parse(text);
  const [session_id, transcript_path] = [plainText(event.session_id, 100), plainText(event.transcript_path, 4e3)];
  if (event.hook_event_name !== "PreToolUse" || session_id === void 0 || transcript_path === void 0) return;
  const answer = await ask(folder, {
    session_id,
    agent_id: plainText(event.agent_id, 200),
    transcript_path,
    tool_use_id: plainText(event.tool_use_id, 200)
  });
  if (answer?.verdict !== "hold") return;
  fs2.writeSync(1, JSON.stringify({ continue: false, stopReason: answer.reason.slice(0, MAX_REASON) }));
}
async function ask(folder, question) {
  const name = randomUUID();
  const [file, answer] = [path3.join(folder, ASK_FOLDER, name), path3.join(folder, ANSWER_FOLDER, name)];
  const draft = path3.join(folder, `${name}.ask`);
  fs2.writeFileSync(draft, JSON.stringify(question));
  fs2.renameSync(draft, file);
  const remove = () => {
    for (const one of [file, answer]) fs2.rmSync(one, { force: true });
  };
  process.on("exit", remove);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit(0));
  const startedAt = performance.now();
  while (performance.now() - startedAt < MAX_WAIT_MS && isAlive(folder)) {
    const found = read(answer);
    if (found !== void 0) return JSON.parse(found);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return void 0;
}
function read(file) {
  try {
    return fs2.readFileSync(file, "utf8");
  } catch {
    return void 0;
  }
}
function isAlive(folder) {
  const at = fs2.statSync(path3.join(folder, ALIVE_FILE), { throwIfNoEntry: false })?.mtimeMs;
  return at !== void 0 && Math.abs(Date.now() - at) < ALIVE_TTL_MS;
}
try {
  await askBudgets();
} catch {
}
process.exit(0);

// apps/claude-plugin/src/report.ts
import fs4 from "node:fs";

// packages/contract/src/plural.ts
function plural(count, one, many = `${one}s`) {
  return count === 1 ? one : many;
}
function countOf(count, one, many) {
  return `${count} ${plural(count, one, many)}`;
}

// packages/contract/src/printable.ts
var CONTROLS = "\\p{Cc}\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069";
var controls = new RegExp(`[${CONTROLS}]`, "gu");
var unsafe = new RegExp(`(\\u001b\\[(?:0|1|2|22|3[0-79]|9[0-7])m|\\r\\n)|[${CONTROLS}]`, "gu");
var unsafeInLines = new RegExp(`(?!\\n|\\t|\\r\\n)[${CONTROLS}]`, "gu");
var controlsOfNames = new RegExp(`[${CONTROLS}\\u2028\\u2029]`, "gu");
var notInNames = new RegExp(`[${CONTROLS}\\u2028\\u2029\\p{Surrogate}]`, "u");
function printableText(text) {
  return text.replace(
    unsafe,
    (found, harmless) => harmless !== void 0 || found === "\n" ? found : escapeCharacter(found)
  );
}
function escapeCharacter(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

// packages/hub-address/src/print.ts
function print(text) {
  process.stdout.write(printableText(`${text}
`));
}
function printError(text) {
  process.stderr.write(printableText(`${text}
`));
}

// packages/hub-address/src/output-error.ts
function endOnOutputError(program, handle = () => false) {
  for (const output of ["stdout", "stderr"]) {
    process[output].on("error", (error) => {
      if (handle(output)) return;
      if (error.code === "EPIPE") process.exit(0);
      if (output === "stdout") printError(`${program}: the output could not be written: ${describe(error)}.`);
      process.exit(1);
    });
  }
}
function describe({ code, message }) {
  if (code === "ENOSPC" || code === "EDQUOT") return "no space is left";
  return message;
}

// packages/hub-address/src/process-start.ts
import fs from "node:fs";
function processExists(pid2) {
  try {
    process.kill(pid2, 0);
  } catch (error) {
    if (error.code !== "EPERM") return false;
  }
  if (process.platform !== "linux") return true;
  const state = readStat(pid2)?.[0];
  return state !== "Z" && state !== "X";
}
function readStat(pid2) {
  try {
    const stat = fs.readFileSync(`/proc/${pid2}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return void 0;
  }
}

// apps/claude-plugin/src/data-folder.ts
import fs3 from "node:fs";
import os from "node:os";
import path from "node:path";

// packages/hub-address/src/regular-file.ts
import fs2 from "node:fs";
var IrregularFileError = class extends Error {
};
function readRegularFile(file, maxBytes) {
  const handle = fs2.openSync(file, fs2.constants.O_RDONLY | (fs2.constants.O_NONBLOCK ?? 0) | (fs2.constants.O_NOCTTY ?? 0));
  try {
    const stats = fs2.fstatSync(handle);
    if (!stats.isFile()) throw new IrregularFileError(`${file} is not a regular file.`);
    if (stats.size > maxBytes) throw new IrregularFileError(`${file} is larger than ${maxBytes} bytes.`);
    const bytes = Buffer.alloc(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const count = fs2.readSync(handle, bytes, length, bytes.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return { text: bytes.toString("utf8", 0, length), stats };
  } finally {
    fs2.closeSync(handle);
  }
}

// apps/claude-plugin/src/data-folder.ts
function dataFolderPath(env) {
  if (env.SIGNALBOX_HOOK_DATA) return env.SIGNALBOX_HOOK_DATA;
  if (env.CLAUDE_PLUGIN_DATA) return env.CLAUDE_PLUGIN_DATA;
  return path.join(env.XDG_STATE_HOME || path.join(env.HOME || os.homedir(), ".local", "state"), "signalbox", "hooks");
}
function openDataFolder(root2) {
  const folder2 = {
    root: root2,
    spool: path.join(root2, "spool"),
    queue: path.join(root2, "queue"),
    alive: path.join(root2, "alive"),
    clients: path.join(root2, "clients"),
    lock: path.join(root2, "lock"),
    sender: path.join(root2, "sender"),
    memory: path.join(root2, "memory"),
    log: path.join(root2, "plugin.log"),
    contact: path.join(root2, "contact.json")
  };
  for (const each of [folder2.spool, folder2.queue, folder2.alive, folder2.clients, folder2.memory]) {
    fs3.mkdirSync(each, { recursive: true, mode: 448 });
    if (fs3.lstatSync(each).isSymbolicLink()) throw new Error(`${each} is a link, and is not used. Remove it.`);
  }
  return folder2;
}
function listFiles(folder2) {
  return fs3.readdirSync(folder2, { withFileTypes: true }).flatMap((entry) => entry.isFile() ? entry.name : []);
}
var MAX_JSON_BYTES = 1e7;
function readJson(file) {
  try {
    const value = JSON.parse(readRegularFile(file, MAX_JSON_BYTES).text);
    return typeof value === "object" && value !== null ? value : void 0;
  } catch {
    return void 0;
  }
}
var MAX_LOG_BYTES = 64 * 1024;

// apps/claude-plugin/src/contact.ts
function isRefusal(problem) {
  return problem.startsWith("HTTP ");
}
function readContact({ contact: contact2 }) {
  const content = readJson(contact2);
  if (typeof content?.url !== "string" || typeof content.at !== "number") return void 0;
  return content;
}

// apps/claude-plugin/src/version.ts
var VERSION = true ? "0.1.0" : "0.0.0";

// apps/claude-plugin/src/report.ts
endOnOutputError("signalbox");
var [root] = process.argv.slice(2);
var folder = open();
print(`Signalbox plugin ${VERSION}, Node ${process.versions.node}`);
var contact = readContact(folder);
if (contact === void 0) print("Nothing has been sent yet; the first event of a session is sent within a second.");
else for (const line of describe2(contact)) print(line);
var waiting = [folder.queue, folder.spool].flatMap((place) => listFiles(place).filter((name) => !name.endsWith(".part"))).length;
print(
  waiting === 0 ? "Everything has been delivered." : `${countOf(waiting, "file")} ${plural(waiting, "waits", "wait")} to be delivered; nothing is lost meanwhile.`
);
var pid = Number(lastLines(folder.sender, 1)[0]);
print(pid > 0 && processExists(pid) ? `Process ${pid} delivers.` : "No process delivers now; the next event starts one.");
var problems = lastLines(folder.log, 5);
if (problems.length > 0) print(`Last entries of ${folder.log}:
${problems.join("\n")}`);
function open() {
  try {
    return openDataFolder(root || dataFolderPath(process.env));
  } catch (error) {
    print(`The data folder cannot be used, so nothing is observed: ${error.message}`);
    process.exit(0);
  }
}
function describe2({ url, from, machine, problem, at }) {
  const age = Math.max(0, Math.round((Date.now() - at) / 1e3));
  const when = age < 120 ? `${age} s ago` : `${Math.round(age / 60)} min ago`;
  const hub = `Hub: ${url} (${from}), machine: ${machine}`;
  if (problem === void 0) return [hub, `It took what was sent ${when}.`];
  const what = isRefusal(problem) ? "It refused what was sent" : "It could not be reached";
  return [hub, `${what} ${when}: ${problem}. ${adviceFor(problem)}`];
}
function adviceFor(problem) {
  if (problem === "HTTP 401") return "The key is missing or wrong: run /signalbox:setup.";
  if (problem === "HTTP 403") return "The key needs the scope ingest: run /signalbox:setup.";
  if (problem === "HTTP 404") return "Check the address: something else answers there, or a hub that is too old.";
  if (/^HTTP 5/.test(problem)) return "The hub has an error; its log says which.";
  if (problem === "ECONNREFUSED") return "Start the hub with: signalbox up";
  return "Check the address, and that the hub runs.";
}
function lastLines(file, count) {
  try {
    return fs4.readFileSync(file, "utf8").trimEnd().split("\n").slice(-count);
  } catch {
    return [];
  }
}

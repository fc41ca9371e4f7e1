import fs from "node:fs";
import os from "node:os";
import path from "node:path";

// packages/contract/src/plural.ts
function plural(count, one, many = `${one}s`) {
	return count === 1 ? one : many;
}
function countOf(count, one, many) {
	return `${count} ${plural(count, one, many)}`;
}

// packages/contract/src/printable.ts
const CONTROLS = "\\p{Cc}\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069";
const controls = new RegExp(`[${CONTROLS}]`, "gu");
const unsafe = new RegExp(`(\\u001b\\[(?:0|1|2|22|3[0-79]|9[0-7])m|\\r\\n)|[${CONTROLS}]`, "gu");
const unsafeInLines = new RegExp(`(?!\\n|\\t|\\r\\n)[${CONTROLS}]`, "gu");
const controlsOfNames = new RegExp(`[${CONTROLS}\\u2028\\u2029]`, "gu");
const notInNames = new RegExp(`[${CONTROLS}\\u2028\\u2029\\p{Surrogate}]`, "u");
function printableText(text) {
	return text.replace(unsafe, (found, harmless) => harmless !== void 0 || found === "\n" ? found : escapeCharacter(found));
}
function escapeCharacter(character) {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

// packages/hub-address/src/print.ts
function print(text) {
	process.stdout.write(printableText(`${text}\n`));
}
function printError(text) {
	process.stderr.write(printableText(`${text}\n`));
}

// packages/hub-address/src/output-error.ts
function endOnOutputError(program, handle = () => false) {
	for (const output of ["stdout", "stderr"]) process[output].on("error", (error) => {
		if (handle(output)) return;
		if (error.code === "EPIPE") process.exit(0);
		if (output === "stdout") printError(`${program}: the output could not be written: ${describe$1(error)}.`);
		process.exit(1);
	});
}
function describe$1({ code, message }) {
	if (code === "ENOSPC" || code === "EDQUOT") return "no space is left";
	return message;
}

// packages/hub-address/src/process-start.ts
function processExists(pid) {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if (error.code !== "EPERM") return false;
	}
	if (process.platform !== "linux") return true;
	const state = readStat(pid)?.[0];
	return state !== "Z" && state !== "X";
}
function readStat(pid) {
	try {
		const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	} catch {
		return;
	}
}

// packages/hub-address/src/regular-file.ts
var IrregularFileError = class extends Error {};
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
		return {
			text: bytes.toString("utf8", 0, length),
			stats
		};
	} finally {
		fs.closeSync(handle);
	}
}

// apps/claude-plugin/src/data-folder.ts
function dataFolderPath(env) {
	if (env.SIGNALBOX_HOOK_DATA) return env.SIGNALBOX_HOOK_DATA;
	if (env.CLAUDE_PLUGIN_DATA) return env.CLAUDE_PLUGIN_DATA;
	return path.join(env.XDG_STATE_HOME || path.join(env.HOME || os.homedir(), ".local", "state"), "signalbox", "hooks");
}
function openDataFolder(root) {
	const folder = {
		root,
		spool: path.join(root, "spool"),
		queue: path.join(root, "queue"),
		alive: path.join(root, "alive"),
		clients: path.join(root, "clients"),
		lock: path.join(root, "lock"),
		sender: path.join(root, "sender"),
		memory: path.join(root, "memory"),
		log: path.join(root, "plugin.log"),
		contact: path.join(root, "contact.json")
	};
	for (const each of [
		folder.spool,
		folder.queue,
		folder.alive,
		folder.clients,
		folder.memory
	]) {
		fs.mkdirSync(each, {
			recursive: true,
			mode: 448
		});
		if (fs.lstatSync(each).isSymbolicLink()) throw new Error(`${each} is a link, and is not used. Remove it.`);
	}
	return folder;
}
function listFiles(folder) {
	return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => entry.isFile() ? entry.name : []);
}
const MAX_JSON_BYTES = 1e7;
function readJson(file) {
	try {
		const value = JSON.parse(readRegularFile(file, MAX_JSON_BYTES).text);
		return typeof value === "object" && value !== null ? value : void 0;
	} catch {
		return;
	}
}

// apps/claude-plugin/src/contact.ts
function isRefusal(problem) {
	return problem.startsWith("HTTP ");
}
function readContact({ contact }) {
	const content = readJson(contact);
	if (typeof content?.url !== "string" || typeof content.at !== "number") return void 0;
	return content;
}

// apps/claude-plugin/src/version.ts
const VERSION = "0.1.0";

// apps/claude-plugin/src/report.ts
endOnOutputError("signalbox");
const [root] = process.argv.slice(2);
const folder = open();
print(`Signalbox plugin ${VERSION}, Node ${process.versions.node}`);
const contact = readContact(folder);
if (contact === void 0) print("Nothing has been sent yet; the first event of a session is sent within a second.");
else for (const line of describe(contact)) print(line);
const waiting = [folder.queue, folder.spool].flatMap((place) => listFiles(place).filter((name) => !name.endsWith(".part"))).length;
print(waiting === 0 ? "Everything has been delivered." : `${countOf(waiting, "file")} ${plural(waiting, "waits", "wait")} to be delivered; nothing is lost meanwhile.`);
const pid = Number(lastLines(folder.sender, 1)[0]);
print(pid > 0 && processExists(pid) ? `Process ${pid} delivers.` : "No process delivers now; the next event starts one.");
const problems = lastLines(folder.log, 5);
if (problems.length > 0) print(`Last entries of ${folder.log}:\n${problems.join("\n")}`);
function open() {
	try {
		return openDataFolder(root || dataFolderPath(process.env));
	} catch (error) {
		print(`The data folder cannot be used, so nothing is observed: ${error.message}`);
		process.exit(0);
	}
}
function describe({ url, from, machine, problem, at }) {
	const age = Math.max(0, Math.round((Date.now() - at) / 1e3));
	const when = age < 120 ? `${age} s ago` : `${Math.round(age / 60)} min ago`;
	const hub = `Hub: ${url} (${from}), machine: ${machine}`;
	if (problem === void 0) return [hub, `It took what was sent ${when}.`];
	return [hub, `${isRefusal(problem) ? "It refused what was sent" : "It could not be reached"} ${when}: ${problem}. ${adviceFor(problem)}`];
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
		return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-count);
	} catch {
		return [];
	}
}

export {  };
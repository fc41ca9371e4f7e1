import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import os from "node:os";

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

// packages/hub-address/src/private-file.ts
var PrivateFileError = class extends Error {
	suggestion;
	constructor(message, suggestion) {
		super(message);
		this.name = "PrivateFileError";
		this.suggestion = suggestion;
	}
};
const MAX_BYTES = 1e6;
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
	if (process.platform === "win32") return {
		text,
		warning: void 0
	};
	const user = process.getuid?.();
	if (user !== void 0 && stats.uid !== user && stats.uid !== 0) throw new PrivateFileError(`${file} belongs to another user, and is not used.`, "Remove it, or make it yours with chown.");
	if ((stats.mode & 18) !== 0) throw new PrivateFileError(`Others can write ${file}, so it is not used.`, `Check its content, then run: chmod 600 ${file}`);
	return {
		text,
		warning: (stats.mode & 36) === 0 ? void 0 : `Others can read the key in ${file}. Run: chmod 600 ${file}`
	};
}

// packages/hub-address/src/credentials-file.ts
function configFolder(env, platform = process.platform) {
	if (platform === "win32") return path.join(env.APPDATA || path.join(env.USERPROFILE || os.homedir(), "AppData", "Roaming"), "signalbox");
	const { XDG_CONFIG_HOME: xdg } = env;
	const base = xdg !== void 0 && path.isAbsolute(xdg) ? xdg : path.join(env.HOME || os.homedir(), ".config");
	return path.join(base, "signalbox");
}

// packages/hub-address/src/budgets-folder.ts
function budgetsSwitchPath(env) {
	return path.join(configFolder(env), "budgets-folder");
}
function readBudgetsSwitch(env) {
	const folder = readPrivateFile(budgetsSwitchPath(env))?.text.split("\n")[0];
	return folder !== void 0 && path.isAbsolute(folder) ? folder : void 0;
}
const NEAR_FILE = "near";
const ALIVE_FILE = "alive";
const ANSWER_FOLDER = "answer";
const ALIVE_TTL_MS = 15e3;

// packages/contract/src/printable.ts
const CONTROLS = "\\p{Cc}\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069";
const controls = new RegExp(`[${CONTROLS}]`, "gu");
const unsafe = new RegExp(`(\\u001b\\[(?:0|1|2|22|3[0-79]|9[0-7])m|\\r\\n)|[${CONTROLS}]`, "gu");
const unsafeInLines = new RegExp(`(?!\\n|\\t|\\r\\n)[${CONTROLS}]`, "gu");
const controlsOfNames = new RegExp(`[${CONTROLS}\\u2028\\u2029]`, "gu");
const notInNames = new RegExp(`[${CONTROLS}\\u2028\\u2029\\p{Surrogate}]`, "u");

// apps/claude-plugin/src/plain-text.ts
const LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
function plainText(value, maxLength) {
	if (typeof value !== "string") return void 0;
	const text = value.slice(0, maxLength).replace(LONE_SURROGATES, "�").replace(controlsOfNames, " ");
	return text === "" ? void 0 : text;
}

// apps/claude-plugin/src/budget.ts
process.umask(63);
const LOOK_MS = 10;
const MAX_WAIT_MS = 24e4;
const MAX_REASON = 2e3;
async function askBudgets() {
	const text = fs.readFileSync(0, "utf8");
	const folder = readBudgetsSwitch(process.env);
	if (folder === void 0 || !fs.existsSync(path.join(folder, "near")) || !isAlive(folder)) return;
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
	fs.writeSync(1, JSON.stringify({
		continue: false,
		stopReason: answer.reason.slice(0, MAX_REASON)
	}));
}
async function ask(folder, question) {
	const name = randomUUID();
	const [file, answer] = [path.join(folder, "ask", name), path.join(folder, ANSWER_FOLDER, name)];
	const draft = path.join(folder, `${name}.ask`);
	fs.writeFileSync(draft, JSON.stringify(question));
	fs.renameSync(draft, file);
	const remove = () => {
		for (const one of [file, answer]) fs.rmSync(one, { force: true });
	};
	process.on("exit", remove);
	for (const signal of [
		"SIGTERM",
		"SIGINT",
		"SIGHUP"
	]) process.on(signal, () => process.exit(0));
	const startedAt = performance.now();
	while (performance.now() - startedAt < MAX_WAIT_MS && isAlive(folder)) {
		const found = read(answer);
		if (found !== void 0) return JSON.parse(found);
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
	}
}
function read(file) {
	try {
		return fs.readFileSync(file, "utf8");
	} catch {
		return;
	}
}
function isAlive(folder) {
	const at = fs.statSync(path.join(folder, ALIVE_FILE), { throwIfNoEntry: false })?.mtimeMs;
	return at !== void 0 && Math.abs(Date.now() - at) < 15e3;
}
try {
	await askBudgets();
} catch {}
process.exit(0);

export {  };
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import os from "node:os";

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

// packages/contract/src/printable.ts
const CONTROLS = "\\p{Cc}\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069";
const controls = new RegExp(`[${CONTROLS}]`, "gu");
const unsafe = new RegExp(`(\\u001b\\[(?:0|1|2|22|3[0-79]|9[0-7])m|\\r\\n)|[${CONTROLS}]`, "gu");
const unsafeInLines = new RegExp(`(?!\\n|\\t|\\r\\n)[${CONTROLS}]`, "gu");
const controlsOfNames = new RegExp(`[${CONTROLS}\\u2028\\u2029]`, "gu");
const notInNames = new RegExp(`[${CONTROLS}\\u2028\\u2029\\p{Surrogate}]`, "u");

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

// apps/claude-plugin/src/spooled-event.ts
const HEADER = "signalbox-hook 1";
function formatSpoolHeader({ clientPid, parentPid, entrypoint, sessionKind, projectFolder }) {
	return `${[
		HEADER,
		clientPid ?? "",
		parentPid ?? "",
		entrypoint ?? "",
		sessionKind ?? "",
		projectFolder ?? ""
	].join("\n")}\n`;
}

// apps/claude-plugin/src/observe.ts
process.umask(63);
const MAX_WAITING = 5e3;
function observe() {
	const { env } = process;
	const folder = openDataFolder(dataFolderPath(env));
	const input = fs.readFileSync(0);
	const running = isSenderRunning(folder.sender);
	if (!running && fs.readdirSync(folder.spool).length > MAX_WAITING) return;
	const header = formatSpoolHeader({
		clientPid: env.CLAUDE_PID,
		parentPid: process.ppid,
		entrypoint: env.CLAUDE_CODE_ENTRYPOINT,
		sessionKind: env.CLAUDE_CODE_SESSION_KIND,
		projectFolder: env.CLAUDE_PROJECT_DIR
	});
	const file = path.join(folder.spool, `${process.pid}-${Date.now()}`);
	fs.writeFileSync(`${file}.part`, Buffer.concat([Buffer.from(header), input]), { mode: 384 });
	fs.renameSync(`${file}.part`, `${file}.event`);
	if (running) return;
	const sender = path.join(path.dirname(process.argv[1] ?? ""), "sender.mjs");
	spawn(process.execPath, [sender, folder.root], {
		detached: true,
		stdio: "ignore",
		windowsHide: true
	}).unref();
}
function isSenderRunning(file) {
	try {
		return fs.statSync(file).mtimeMs > Date.now() && processExists(Number(fs.readFileSync(file, "utf8")));
	} catch {
		return false;
	}
}
try {
	observe();
} catch {}
process.exit(0);

export {  };
import { createHash, randomBytes, randomUUID } from "node:crypto";
import fs, { readFileSync } from "node:fs";
import path from "node:path";
import os from "node:os";
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { spawn } from "node:child_process";

// packages/hub-address/src/http-address.ts
function isHttpAddress(text) {
	try {
		return /^https?:$/.test(new URL(text).protocol);
	} catch {
		return false;
	}
}
function isSameAddress(one, other) {
	const plain = (url) => new URL(url).href.replace(/\/+$/, "");
	return plain(one) === plain(other);
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

// packages/hub-address/src/private-file.ts
var PrivateFileError = class extends Error {
	suggestion;
	constructor(message, suggestion) {
		super(message);
		this.name = "PrivateFileError";
		this.suggestion = suggestion;
	}
};
const MAX_BYTES$2 = 1e6;
function readPrivateFile(file) {
	let found;
	try {
		found = readRegularFile(file, MAX_BYTES$2);
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
function createPrivateFile(file, text) {
	fs.mkdirSync(path.dirname(file), {
		recursive: true,
		mode: 448
	});
	const draft = writeDraft(file, text);
	try {
		fs.linkSync(draft, file);
		return true;
	} catch (error) {
		const { code } = error;
		if (code === "EEXIST") return false;
		if (fs.existsSync(file)) return false;
		fs.copyFileSync(draft, file, fs.constants.COPYFILE_EXCL);
		fs.chmodSync(file, 384);
		return true;
	} finally {
		fs.rmSync(draft, { force: true });
	}
}
function writeDraft(file, text) {
	const draft = `${file}.${randomBytes(6).toString("hex")}.tmp`;
	try {
		fs.writeFileSync(draft, text, {
			mode: 384,
			flag: "wx"
		});
		fs.chmodSync(draft, 384);
		return draft;
	} catch (error) {
		fs.rmSync(draft, { force: true });
		throw error;
	}
}

// packages/hub-address/src/credentials-file.ts
const repair = (file) => `Run \`signalbox connect URL CODE\` again, or remove ${file}.`;
function configFolder(env, platform = process.platform) {
	if (platform === "win32") return path.join(env.APPDATA || path.join(env.USERPROFILE || os.homedir(), "AppData", "Roaming"), "signalbox");
	const { XDG_CONFIG_HOME: xdg } = env;
	const base = xdg !== void 0 && path.isAbsolute(xdg) ? xdg : path.join(env.HOME || os.homedir(), ".config");
	return path.join(base, "signalbox");
}
function credentialsPath(env) {
	return path.join(configFolder(env), "credentials.json");
}
function readCredentialsFile(file) {
	const found = readPrivateFile(file);
	if (found === void 0) return void 0;
	const content = parseObject(found.text);
	if (content === void 0) throw new PrivateFileError(`${file} is not valid JSON.`, repair(file));
	const { url, key, key_id, machine_id, connected_at } = content;
	if (typeof url !== "string" || !isHttpAddress(url)) throw new PrivateFileError(`${file} has no valid address of a hub.`, repair(file));
	if (typeof key !== "string" || key === "") throw new PrivateFileError(`${file} has no key.`, repair(file));
	const textOf = (value) => typeof value === "string" ? value : "";
	return {
		url: url.replace(/\/+$/, ""),
		key,
		key_id: textOf(key_id),
		machine_id: textOf(machine_id),
		connected_at: textOf(connected_at),
		warning: found.warning
	};
}
function parseObject(text) {
	try {
		const value = JSON.parse(text);
		return typeof value === "object" && value !== null ? value : void 0;
	} catch {
		return;
	}
}

// packages/hub-address/src/answers-file.ts
const DEFAULT_ANSWER_WAIT_S = 14400;
const MIN_ANSWER_WAIT_S = 1;
const MAX_ANSWER_WAIT_S = 82800;
function answersPath(env) {
	return path.join(configFolder(env), "answers.json");
}
function readAnswersSetting(env) {
	const found = readPrivateFile(answersPath(env));
	if (found === void 0) return void 0;
	const { wait_s, print_runs } = parse$1(found.text);
	return {
		wait_s: Math.min(MAX_ANSWER_WAIT_S, Math.max(1, typeof wait_s === "number" && Number.isFinite(wait_s) ? wait_s : DEFAULT_ANSWER_WAIT_S)),
		print_runs: print_runs === true
	};
}
function parse$1(text) {
	try {
		const value = JSON.parse(text);
		return typeof value === "object" && value !== null ? value : {};
	} catch {
		return {};
	}
}

// packages/hub-address/src/outgoing-proxy.ts
const NAMES = [
	"https_proxy",
	"HTTPS_PROXY",
	"http_proxy",
	"HTTP_PROXY"
];
const THIS_MACHINE = [
	"localhost",
	"127.0.0.1",
	"[::1]",
	"::1"
];
async function useOutgoingProxy(env) {
	const name = NAMES.find((one) => (env[one] ?? "").trim() !== "");
	if (name === void 0) return void 0;
	const { setGlobalProxyFromEnv } = await import("node:http");
	if (setGlobalProxyFromEnv === void 0) {
		if (env.NODE_USE_ENV_PROXY === "1") return void 0;
		return `${name} is set, and Node ${process.versions.node} uses it only with NODE_USE_ENV_PROXY=1 (from 22.21 on); Node 24.14 and newer need nothing.`;
	}
	const without = [env.no_proxy ?? env.NO_PROXY ?? "", ...THIS_MACHINE].filter((entry) => entry !== "").join(",");
	setGlobalProxyFromEnv({
		...env,
		no_proxy: without,
		NO_PROXY: without
	});
}

// packages/contract/src/agent.ts
const agentTitles = {
	"claude-code": "Claude Code",
	codex: "Codex"
};
const agentNames = Object.keys(agentTitles);

// packages/contract/src/limit-source.ts
const limitSourceTraits = {
	"claude-json": { coversWholePlan: true },
	statusline: { coversWholePlan: false },
	console: { coversWholePlan: true }
};
const limitSources = Object.keys(limitSourceTraits);

// packages/contract/src/printable.ts
const CONTROLS = "\\p{Cc}\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069";
const controls = new RegExp(`[${CONTROLS}]`, "gu");
const unsafe = new RegExp(`(\\u001b\\[(?:0|1|2|22|3[0-79]|9[0-7])m|\\r\\n)|[${CONTROLS}]`, "gu");
const unsafeInLines = new RegExp(`(?!\\n|\\t|\\r\\n)[${CONTROLS}]`, "gu");
const controlsOfNames = new RegExp(`[${CONTROLS}\\u2028\\u2029]`, "gu");
const notInNames = new RegExp(`[${CONTROLS}\\u2028\\u2029\\p{Surrogate}]`, "u");
function isName(text) {
	return !notInNames.test(text);
}
function toName(text, maxLength) {
	const name = isName(text) ? text : text.toWellFormed().replace(controlsOfNames, "");
	return name.length <= maxLength ? name : name.slice(0, maxLength).toWellFormed();
}

// packages/contract/src/time-zone.ts
const zoneExamples = "an IANA name such as Europe/Berlin, or Etc/GMT-8 for 8 hours ahead of UTC";
function canonicalZone(name) {
	if (/^(?:[+-]|etc\/unknown$)/i.test(name)) return void 0;
	try {
		return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
	} catch {
		return;
	}
}

// packages/contract/src/setting.ts
var InvalidValue = class extends Error {};
const text = (value) => value;
const list = (value) => value.split(",").map((part) => part.trim()).filter((part) => part !== "");
function isKernelPath(path) {
	return /^\/(?:proc|sys)(?:\/|$)/.test(path);
}
const filePath = (value) => path.resolve(value.replace(/^~(?=$|[/\\])/, () => os.homedir()));
const folder = (value) => {
	const folderPath = filePath(value);
	if (isKernelPath(folderPath)) throw new InvalidValue("a folder on a disk, which /proc and /sys are not");
	return folderPath;
};
const filePaths = (value) => list(value).map(filePath);
const filePathsOrNone = (value) => value === "none" ? [] : filePaths(value);
const projectGroups = (value) => value.split(";").filter((group) => group.trim() !== "").map((group) => {
	const [, name = "", projects = ""] = /^\s*([^=]*?)\s*=(.*)$/s.exec(group) ?? [];
	const parts = list(projects).map((part) => part.replace(/^~(?=$|[/\\])/, () => os.homedir()));
	if (name === "" || parts.length === 0 || name.length > 200 || !isName(name)) throw new InvalidValue("groups such as shop=acme/shop-api,acme/shop-web;blog=~/blog");
	return {
		name,
		projects: parts
	};
});
function integer(min, max) {
	return (value) => {
		const number = Number(value);
		if (!/^\d+$/.test(value) || number < min || number > max) throw new InvalidValue(`a whole number from ${min} to ${max}`);
		return number;
	};
}
function oneOf(...names) {
	return (value) => {
		const name = names.find((candidate) => candidate === value);
		if (name === void 0) throw new InvalidValue(`one of ${names.join(", ")}`);
		return name;
	};
}
const durationUnits = {
	s: 1e3,
	m: 6e4,
	h: 36e5,
	d: 864e5
};
function duration(maxDays) {
	return (value) => {
		if (value === "never" || value === "0") return 0;
		const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
		const ms = Number(count) * (durationUnits[unit] ?? 0);
		if (ms === 0 || ms > maxDays * 864e5) throw new InvalidValue(`a time such as 90s, 30m, 24h or 7d, up to ${maxDays}d; 0 or never`);
		return ms;
	};
}
const flag = (value) => oneOf("true", "false")(value) === "true";
const timezone = (value) => {
	if (value === "UTC") return value;
	const zone = canonicalZone(value);
	if (zone === void 0) throw new InvalidValue(zoneExamples);
	return zone;
};
const url = (value) => {
	if (!/^https?:/.test(value) || !isUrl(value)) throw new InvalidValue("an http or https address");
	return value.replace(/\/+$/, "");
};
function isUrl(value) {
	try {
		new URL(value);
		return true;
	} catch {
		return false;
	}
}
const publicUrl = (value) => {
	const parsed = url(value);
	const { search, hash, username, pathname } = new URL(parsed);
	if (search !== "" || hash !== "" || username !== "") throw new InvalidValue("an http or https address without a user, ? and #");
	return new URL(parsed).origin + basePath(pathname);
};
const basePath = (value) => {
	const path = value.replace(/\/+$/, "");
	if (path !== "" && (!/^(?:\/[\w.~-]+)+$/.test(path) || /\/\.{1,2}(?:\/|$)/.test(path))) throw new InvalidValue("a path such as /signalbox, of letters, digits and - . _ ~");
	return path;
};
const machineId = (value) => {
	if (value.length > 200 || !isName(value)) throw new InvalidValue("at most 200 characters, and none that control a terminal");
	return value;
};
const mongo = (value) => {
	if (!/^mongodb(\+srv)?:\/\/./.test(value)) throw new InvalidValue("an address such as mongodb://127.0.0.1:27017/signalbox");
	return value;
};
const smtp = (value) => {
	if (!/^smtps?:\/\/./.test(value) || !isUrl(value)) throw new InvalidValue("an address such as smtps://user:password@mail.example.com");
	return value;
};
const contact = (value) => {
	if (!/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(value)) throw new InvalidValue("mailto: with an e-mail address, or an https address");
	return value;
};
const secretKey = (value) => {
	if (value.length < 16) throw new InvalidValue("at least 16 characters: openssl rand -hex 32");
	return value;
};
function setting(usedBy, parse, defaultValue, documentedDefault, description) {
	return {
		usedBy,
		parse,
		defaultValue,
		documentedDefault,
		description
	};
}
function secret(usedBy, parse, defaultValue, documentedDefault, description) {
	return {
		usedBy,
		parse,
		defaultValue,
		documentedDefault,
		description,
		secret: true
	};
}
const none = void 0;
const settings = {
	PORT: setting(["hub", "cli"], integer(0, 65535), 4e3, "4000", "The port the hub listens on; 0 picks a free one."),
	HOST: setting(["hub", "cli"], text, "127.0.0.1", "127.0.0.1", "The address the hub listens on. Addresses other than loopback require a key."),
	DATA_DIR: setting([
		"hub",
		"collector",
		"cli"
	], folder, path.join(os.homedir(), ".signalbox"), "~/.signalbox", "The folder of the hub database and the local database."),
	MONGODB_URI: secret(["hub", "cli"], mongo, none, "(none)", "A MongoDB to use as the hub database instead of `DATA_DIR`, for more than one hub. The address names the database; the default is `signalbox`."),
	NODE_ENV: setting(["hub", "cli"], oneOf("production", "development", "test"), "production", "production", "In `development`, on loopback, and while no key exists, programs of the same user need no key (Linux). `npm start` sets `development` when no key is set."),
	API_KEYS: secret(["hub"], list, [], "(none)", "Keys with every scope, separated by commas."),
	CLAUDE_SYNC_API_KEY: secret(["hub", "collector"], text, none, "(none)", "The key a collector sends with; the hub grants it the scope `ingest`."),
	SIGNALBOX_URL: setting(["collector", "cli"], url, "http://127.0.0.1:4000", "the hub that is found, else http://127.0.0.1:4000", "The address of the hub, for the collector and the commands. Without it they look for one: docs/connect.md."),
	SIGNALBOX_API_KEY: secret(["collector", "cli"], text, none, "(none)", "The key of commands that call the hub; the collector uses it when `CLAUDE_SYNC_API_KEY` is not set."),
	MACHINE_ID: setting(["collector", "cli"], machineId, none, "the host name", "The id of this machine on the hub. Set it in a container, whose host name is another one at each start."),
	CLAUDE_CONFIG_DIR: setting(["collector", "cli"], filePaths, [], "~/.config/claude and ~/.claude", "The configuration folders of Claude Code, separated by commas. Transcripts are below `projects/` in each."),
	EXTRA_TRANSCRIPT_DIRS: setting(["collector", "cli"], filePaths, [], "(none)", "More folders with transcripts, separated by commas; read directly, without `projects/`."),
	CLAUDE_DESKTOP_DIRS: setting(["collector", "cli"], filePathsOrNone, void 0, "those of the system", "The data folders of Claude Desktop, separated by commas, whose Cowork sessions are read; `none` reads none. See docs/claude-code.md."),
	CODEX_HOME: setting(["collector", "cli"], filePaths, [], "~/.codex, where Codex has run", "The folders of Codex, separated by commas. Its transcripts are below `sessions/` and `archived_sessions/` in each."),
	TRANSCRIPT_SOURCES: setting(["collector", "cli"], (value) => value === "none" ? [] : list(value).map(oneOf(...agentNames)), [...agentNames], "all sources", "The agents whose transcripts are read, such as `claude-code,codex`. Calls that were read before stay. `none` reads only `EXTRA_TRANSCRIPT_DIRS`."),
	TIMEZONE: setting([
		"hub",
		"collector",
		"cli"
	], timezone, none, "the machine's zone", "The IANA time zone in which days begin, unless a request names another."),
	WEEK_START: setting(["hub", "cli"], oneOf("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "monday", "monday", "The day on which a week begins."),
	PRICE_TABLE: setting(["hub", "cli"], filePath, none, "the table that comes with Signalbox", "A JSON file of prices to use instead; see docs/prices.md."),
	PROJECT_GROUPS: setting(["hub", "cli"], projectGroups, [], "(none)", "Repositories that count as one project in usage reports: `shop=acme/shop-api,acme/shop-web;blog=~/blog`, by the last parts of their addresses or by folder; `*` stands for any part of a name."),
	REDACT_PROJECTS: setting(["collector", "cli"], flag, false, "false", "Send a hash instead of the working directory, its project and the branch."),
	RATE_LIMIT_PER_MINUTE: setting(["hub"], integer(1, 1e6), 100, "100", "Requests per minute for one key, or for one address without a key; refused requests count too."),
	INGEST_LIMIT_PER_MINUTE: setting(["hub"], integer(1, 1e6), 600, "600", "Requests per minute for one key on the ingest routes."),
	DASHBOARD_LIMIT_PER_MINUTE: setting(["hub"], integer(1, 1e6), 1e3, "1000", "Requests per minute for one signed-in browser."),
	HEARTBEAT_LIMIT_PER_MINUTE: setting(["hub"], integer(1, 1e6), 120, "120", "Heartbeats per minute for one session or machine."),
	MAX_CONNECTIONS: setting(["hub"], integer(10, 1e6), 1e4, "10000, or 100 fewer than the files that the hub may open", "Open connections in all."),
	MAX_CONNECTIONS_PER_ADDRESS: setting(["hub"], integer(5, 1e6), 2e3, "2000, or half of all", "Open connections of one address. Those of `TRUST_PROXY` have no such limit."),
	KEY_LIMIT_PER_MINUTE: setting(["hub"], integer(1, 1e8), 12e5, "1200000", "Requests per minute for one key in all, heartbeats of all its sessions included."),
	INGEST_ROWS_PER_DAY: setting(["hub"], integer(5e3, 1e9), 5e6, "5000000", "Calls, observations and snapshots that one key may send in 24 hours."),
	INGEST_MB_PER_DAY: setting(["hub"], integer(8, 1e6), 4e3, "4000", "Megabytes of calls, observations, snapshots and telemetry that one key may send in 24 hours."),
	SNAPSHOTS_PER_DAY: setting(["hub"], integer(10, 1e7), 2e4, "20000", "Snapshots of the plan limits that one key may send in 24 hours; each is kept for `RETENTION_DAYS_LIMITS`."),
	NEW_NAMES_PER_DAY: setting(["hub"], integer(10, 1e6), 2e4, "20000", "Machines, sessions, collectors, accounts and projects that one key may be the first to name in 24 hours."),
	STALL_THRESHOLD_MS: setting(["hub"], integer(1e3, 864e5), 3e5, "300000", "Milliseconds without a heartbeat after which a session is stalled, unless it set a heartbeat interval of its own."),
	STALLED_FAIL_AFTER: setting(["hub"], duration(365), 864e5, "24h", "How long a session may be stalled before it is failed and its slot is free, such as `30m`, `24h` or `7d`; `0` or `never` leaves it stalled. A session may set its own."),
	MACHINE_OFFLINE_MS: setting(["hub"], integer(1e3, 6048e5), 6e5, "600000", "Milliseconds after which a machine is offline, without a heartbeat of its own or of a session on it."),
	RETENTION_DAYS: setting(["hub", "cli"], integer(7, 36500), void 0, "(never)", "Days after their end when archived sessions are deleted. Ended sessions are archived after 90 days."),
	MAX_VERSIONS: setting(["hub"], integer(1, 1e6), 100, "100", "Snapshots of the plan limits to keep, regardless of their age."),
	RETENTION_DAYS_LIMITS: setting(["hub"], integer(1, 36500), 7, "7", "Days for which every snapshot of the plan limits is kept, regardless of their number; charts keep 400 days."),
	LIMIT_MIRROR: setting(["hub", "cli"], flag, true, "true", "Write snapshots of the plan limits as JSON files to `DATA_DIR` as well, for people and other programs."),
	LIMIT_SOURCES: setting(["collector", "cli"], (value) => value === "none" ? [] : list(value).map(oneOf(...limitSources)), [...limitSources], "all sources", "The sources of plan limits to read, separated by commas; `console` runs only after `signalbox web login`. `none` reads nothing."),
	CLAUDE_CONSOLE_URL: setting(["collector", "cli"], url, "https://claude.ai/settings/usage", "https://claude.ai/settings/usage", "The page on which Claude shows the usage of the plan."),
	CLAUDE_SYNC_URL: setting(["collector"], url, void 0, "`SIGNALBOX_URL` with `/api/claude/console-usage`", "The address that snapshots of the plan limits are sent to, when it is another hub."),
	SYNC_VERBOSE: setting(["collector"], flag, false, "false", "Log every attempt to send a snapshot, with its duration and its outcome."),
	SIGN_IN_DAYS: setting(["hub"], integer(1, 365), 30, "30", "Days after which a browser has to sign in again."),
	SIGN_IN_IDLE_DAYS: setting(["hub"], integer(1, 365), 7, "7", "Days after which a browser that was not used has to sign in again."),
	PUBLIC_URL: setting(["hub", "cli"], publicUrl, none, "what each request says", "The address at which people and other machines reach the hub, such as `https://example.com/signalbox`; see docs/proxy.md."),
	BASE_PATH: setting(["hub", "cli"], basePath, "", "the path of `PUBLIC_URL`", "The path below which a proxy serves the hub, such as `/signalbox`, when `PUBLIC_URL` is not set."),
	TLS_CERT: setting(["hub"], filePath, none, "(none)", "A file with a certificate in PEM format, and those of its issuers: the hub then speaks https on `PORT`. With `TLS_KEY`."),
	TLS_KEY: setting(["hub"], filePath, none, "(none)", "The file with the key of `TLS_CERT`. Both are read again at SIGHUP; see docs/proxy.md."),
	TRUST_PROXY: setting(["hub"], list, [], "(none)", "Addresses or networks of proxies whose `X-Forwarded-*` headers are trusted, separated by commas; `loopback`, `linklocal` and `uniquelocal` name such networks."),
	ALERTS: setting(["hub"], flag, true, "true", "Judge alert rules and send messages. `false` does neither; rules and channels stay."),
	ALERTS_FILE: setting(["hub"], filePath, none, "(none)", "A JSON file with alert rules and channels, which then cannot be changed on the page; a `NAME` in braces after a dollar sign takes a secret from the environment."),
	ALERT_GROUP_MS: setting(["hub"], integer(0, 6e5), 1e4, "10000", "Milliseconds that a message waits for others of the same kind, to go with them; the first that says that a session waits for a person waits one second at most."),
	ALERT_ALLOW_NETWORKS: setting(["hub"], list, [], "(none)", "Private addresses that channels may send to, separated by commas: networks such as `192.168.1.0/24`, or `loopback`. A hub that listens on loopback alone may send to them without it."),
	SMTP_URL: secret(["hub"], smtp, none, "(none)", "The mail server for alerts by e-mail, such as `smtps://user:password@mail.example.com`."),
	SMTP_FROM: setting(["hub"], text, none, "(none)", "The sender of alerts by e-mail, such as `Signalbox <alerts@example.com>`."),
	VAPID_SUBJECT: setting(["hub"], contact, none, "`PUBLIC_URL`", "Whom the push service of a browser can ask about this hub: `mailto:` with an address, or an https address."),
	HEARTBEAT_URL: secret(["hub"], url, none, "(none)", "An address of a service outside, such as healthchecks, that is asked every minute while the hub is well: when that ends, the service sends an alert."),
	HEARTBEAT_STYLE: setting(["hub"], oneOf("healthchecks", "plain"), "healthchecks", "healthchecks", "Whether `HEARTBEAT_URL` takes `/start` and `/fail` at its end; `plain` is only asked while the hub is well."),
	SECRET_KEY: secret(["hub"], secretKey, none, "`DATA_DIR/secret.key`", "The key that seals the secrets of channels; hubs that share a database need the same. `openssl rand -hex 32` makes one."),
	BROWSER_PATH: setting(["collector", "cli"], filePath, none, "the first Chrome or Chromium found", "The browser that reads the usage page and runs the tests; `signalbox doctor` shows which one is used."),
	LOG_LEVEL: setting([
		"hub",
		"collector",
		"cli"
	], oneOf("fatal", "error", "warn", "info", "debug", "trace", "silent"), "info", "info", "The lowest level of log lines that are written.")
};
var SettingsError = class extends Error {
	problems;
	constructor(problems) {
		super(problems.join("\n"));
		this.name = "SettingsError";
		this.problems = problems;
	}
};
function readSettings(env, names) {
	const values = {};
	const problems = [];
	for (const name of names) {
		const { parse, defaultValue, secret } = settings[name];
		const given = env[name]?.trim();
		try {
			values[name] = given === void 0 || given === "" ? defaultValue : parse(given);
		} catch (error) {
			if (!(error instanceof InvalidValue)) throw error;
			problems.push(`${name} ${secret ? "is wrong" : `is "${given}"`}; it must be ${error.message}`);
		}
	}
	if (problems.length > 0) throw new SettingsError(problems);
	return values;
}

// packages/hub-address/src/redaction.ts
const COLLECTOR_FILE = "collector.json";
const MAX_BYTES$1 = 1e6;
function redactsProjects(env) {
	try {
		if (env.REDACT_PROJECTS?.trim()) return readSettings(env, ["REDACT_PROJECTS"]).REDACT_PROJECTS;
		return collectorRedacts(readSettings(env, ["DATA_DIR"]).DATA_DIR);
	} catch {
		return true;
	}
}
function collectorRedacts(dataDir) {
	try {
		const { text } = readRegularFile(path.join(dataDir, COLLECTOR_FILE), MAX_BYTES$1);
		return JSON.parse(text)?.redact_projects === true;
	} catch {
		return false;
	}
}

// apps/claude-plugin/src/plain-text.ts
const LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
function plainText(value, maxLength) {
	if (typeof value !== "string") return void 0;
	const text = value.slice(0, maxLength).replace(LONE_SURROGATES, "�").replace(controlsOfNames, " ");
	return text === "" ? void 0 : text;
}

// apps/claude-plugin/src/observe-hook.ts
function projectId(folder) {
	return typeof folder === "string" ? plainText(folder.replace(controlsOfNames, ""), 200) : void 0;
}
function fingerprint(value) {
	return createHash("sha256").update(JSON.stringify(value) ?? "").digest("hex").slice(0, 16);
}

// apps/claude-plugin/src/asked-tool.ts
const MAX_LOOK_BACK = 4e6;
const COMPLETED_INPUTS = ["ExitPlanMode", "EnterPlanMode"];
const CONVERSATION = [
	"user",
	"assistant",
	"attachment"
];
function transcriptOf(event) {
	const { transcript_path: main, agent_id: agent } = event;
	if (typeof main !== "string") return void 0;
	if (typeof agent !== "string" || !/^[\w-]+$/.test(agent)) return main;
	return path.join(main.replace(/\.jsonl$/, ""), "subagents", `agent-${agent}.jsonl`);
}
var AskedTool = class {
	#call;
	#isOver;
	#offset;
	#rest = Buffer.alloc(0);
	#open = /* @__PURE__ */ new Set();
	#known = /* @__PURE__ */ new Set();
	#hasResult = false;
	decidedByHook;
	constructor(call, { isOver }) {
		this.#call = call;
		this.#isOver = isOver;
	}
	get state() {
		if (this.#open.size > 0) return "pending";
		return this.#hasResult ? "ended" : "unknown";
	}
	read() {
		const isFirst = this.#offset === void 0;
		for (const line of this.#newLines()) this.#take(line);
		if (isFirst && !this.#isOver) this.#forget();
		return this.state;
	}
	#forget() {
		this.#hasResult = false;
		this.decidedByHook = void 0;
	}
	#take(line) {
		if (!line.includes("\"tool_use\"") && !line.includes("\"tool_result\"") && !line.includes("\"hook_permission_decision\"")) return;
		let row;
		try {
			row = JSON.parse(line);
		} catch {
			return;
		}
		if (row.type !== void 0 && !CONVERSATION.includes(row.type)) return;
		const { attachment } = row;
		if (attachment?.type === "hook_permission_decision" && this.#known.has(attachment.toolUseID ?? "")) this.decidedByHook = attachment.decision === "deny" ? "deny" : "allow";
		const content = row.message?.content;
		for (const block of Array.isArray(content) ? content : []) {
			if (block.type === "tool_use" && block.id !== void 0 && this.#isAsked(block)) {
				if (!this.#known.has(block.id)) this.#forget();
				this.#open.add(block.id);
				this.#known.add(block.id);
			}
			if (block.type === "tool_result" && this.#open.delete(block.tool_use_id ?? "")) this.#hasResult = true;
		}
	}
	#isAsked({ name, input }) {
		return name === this.#call.tool && (COMPLETED_INPUTS.includes(name) || fingerprint(input) === this.#call.input);
	}
	#newLines() {
		let handle;
		try {
			handle = fs.openSync(this.#call.transcript, "r");
			const { size } = fs.fstatSync(handle);
			const from = this.#offset ?? Math.max(0, size - MAX_LOOK_BACK);
			if (size <= from) return [];
			const bytes = Buffer.alloc(size - from);
			const length = fs.readSync(handle, bytes, 0, bytes.length, from);
			this.#offset = from + length;
			const all = Buffer.concat([this.#rest, bytes.subarray(0, length)]);
			const end = all.lastIndexOf(10) + 1;
			this.#rest = all.subarray(end);
			return all.subarray(0, end).toString("utf8").split("\n");
		} catch {
			return [];
		} finally {
			if (handle !== void 0) fs.closeSync(handle);
		}
	}
};

// apps/claude-plugin/src/post-json.ts
const MAX_ANSWER_BYTES = 1e6;
const unanswered = {
	status: 0,
	body: {}
};
function postJson(target, path, body, { timeoutMs, signal }) {
	return new Promise((resolve) => {
		if (signal?.aborted) return resolve(unanswered);
		try {
			const url = new URL(`${target.url.replace(/\/+$/, "")}${path}`);
			const bytes = Buffer.from(JSON.stringify(body));
			const request = (url.protocol === "https:" ? https : http).request(url, {
				method: "POST",
				headers: {
					"content-type": "application/json",
					"content-length": bytes.length,
					...target.key === void 0 ? {} : { authorization: `Bearer ${target.key}` }
				}
			});
			const stop = () => request.destroy(/* @__PURE__ */ new Error("stopped"));
			const deadline = setTimeout(stop, timeoutMs);
			signal?.addEventListener("abort", stop, { once: true });
			request.on("error", () => resolve(unanswered));
			request.on("close", () => {
				clearTimeout(deadline);
				signal?.removeEventListener("abort", stop);
				resolve(unanswered);
			});
			request.on("response", (response) => {
				let text = "";
				response.setEncoding("utf8");
				response.on("data", (chunk) => {
					text += chunk;
					if (text.length > MAX_ANSWER_BYTES) stop();
				});
				response.on("error", () => resolve(unanswered));
				response.on("end", () => resolve({
					status: response.statusCode ?? 0,
					body: parse(text)
				}));
			});
			request.end(bytes);
		} catch {
			resolve(unanswered);
		}
	});
}
function parse(text) {
	try {
		const value = JSON.parse(text);
		return typeof value === "object" && value !== null ? value : {};
	} catch {
		return {};
	}
}

// apps/claude-plugin/src/asker.ts
const WAIT_MS = 2e4;
const ANSWER_MS = 1e4;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2e3;
async function askHub(target, question, { waitMs, signal }) {
	const startedAt = performance.now();
	const leftMs = () => waitMs - (performance.now() - startedAt);
	const { machine_id, session_id, project_id, question_id } = question;
	const fields = {
		machine_id,
		session_id,
		...project_id === void 0 ? {} : { project_id }
	};
	let isKnown = false;
	let pauseMs = FIRST_PAUSE_MS;
	while (!signal.aborted && leftMs() > 0) {
		const wait_ms = Math.max(0, Math.round(Math.min(WAIT_MS, leftMs())));
		const { status, body } = isKnown ? await postJson(target, `/api/questions/${question_id}/wait`, {
			...fields,
			wait_ms
		}, {
			timeoutMs: wait_ms + ANSWER_MS,
			signal
		}) : await postJson(target, "/api/questions", {
			...question,
			asked_ago_ms: Math.round(performance.now() - startedAt),
			expires_in_ms: Math.max(1, Math.round(leftMs()))
		}, {
			timeoutMs: ANSWER_MS,
			signal
		});
		if (status === 200) {
			pauseMs = FIRST_PAUSE_MS;
			if (body.state === "answered") return body;
			isKnown = body.state === "open";
			if (!isKnown && body.state !== "ended") return void 0;
			if (isKnown) continue;
		} else if (isKnown && status === 404) {
			isKnown = false;
			continue;
		} else if (status >= 400 && status < 500 && status !== 429 && status !== 408) return void 0;
		await sleep(Math.min(pauseMs, Math.max(0, leftMs())), signal);
		pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
	}
}
async function keepQuestion(target, asker, question_id, timeoutMs) {
	await postJson(target, `/api/questions/${question_id}/wait`, {
		...asker,
		wait_ms: 0
	}, { timeoutMs });
}
async function reportEnd(target, asker, end, timeLimitMs) {
	const startedAt = performance.now();
	const { machine_id, session_id, project_id } = asker;
	const { question_id, ...fields } = end;
	const body = {
		machine_id,
		session_id,
		...project_id === void 0 ? {} : { project_id },
		...fields
	};
	for (;;) {
		const { status } = await postJson(target, `/api/questions/${question_id}/end`, body, { timeoutMs: Math.min(ANSWER_MS, timeLimitMs) });
		if (status !== 0 && status !== 429 && status < 500 || performance.now() - startedAt > timeLimitMs) return;
		await sleep(LONGEST_PAUSE_MS / 2);
	}
}
function sleep(ms, signal) {
	return new Promise((resolve) => {
		if (signal?.aborted) return resolve();
		const finish = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", finish);
			resolve();
		};
		const timer = setTimeout(finish, ms);
		signal?.addEventListener("abort", finish, { once: true });
	});
}

// apps/claude-plugin/src/client-status.ts
var ClientStatusFile = class {
	#files;
	constructor(env, pid) {
		const home = env.HOME || os.homedir();
		const folders = env.CLAUDE_CONFIG_DIR ? [env.CLAUDE_CONFIG_DIR] : [path.join(home, ".claude"), path.join(home, ".config", "claude")];
		this.#files = folders.map((folder) => path.join(folder, "sessions", `${pid}.json`));
	}
	read() {
		for (const file of this.#files) try {
			const { status, statusUpdatedAt, updatedAt } = JSON.parse(fs.readFileSync(file, "utf8"));
			const since = typeof statusUpdatedAt === "number" ? statusUpdatedAt : updatedAt;
			return {
				status: typeof status === "string" ? status : void 0,
				since: typeof since === "number" ? since : void 0
			};
		} catch {}
	}
};

// apps/claude-plugin/src/question-content.ts
const MAX_CHARACTERS = 3e4;
const MAX_DETAIL_CHARACTERS = 12e3;
const MAX_DETAILS = 19;
const MAX_CHOICES = 10;
const MAX_OPTIONS = 20;
const MAX_SUGGESTIONS = 20;
function readQuestion(event) {
	const tool = typeof event.tool_name === "string" ? toName(event.tool_name, 200) : "";
	if (tool === "") return void 0;
	const input = record(event.tool_input);
	const choices = tool === "AskUserQuestion" ? readChoices(input.questions) : [];
	const kind = tool === "ExitPlanMode" ? "plan" : choices.length > 0 ? "question" : "permission";
	return {
		kind,
		content: {
			tool,
			details: choices.length > 0 ? [] : readDetails(input),
			suggestions: kind === "question" ? [] : suggestionsOf(event).map(describeSuggestion),
			choices
		}
	};
}
function suggestionsOf(event) {
	return (Array.isArray(event.permission_suggestions) ? event.permission_suggestions : []).map(record).filter(({ type }) => typeof type === "string").slice(0, MAX_SUGGESTIONS);
}
function readChoices(questions) {
	if (!Array.isArray(questions) || questions.length > MAX_CHOICES) return [];
	const choices = questions.map(record).map(({ question, header, multiSelect, options }) => ({
		question: shownText(question, 2e3),
		...typeof header === "string" && header !== "" ? { header: shownText(header, 200) } : {},
		several: multiSelect === true,
		options: (Array.isArray(options) ? options : []).map(record).map(({ label, description }) => ({
			label: shownText(label, 500),
			...typeof description === "string" && description !== "" ? { description: shownText(description, 2e3) } : {}
		}))
	}));
	return choices.every(({ question, options }) => question !== "" && options.length > 0 && options.length <= MAX_OPTIONS && options.every(({ label }) => label !== "")) ? choices : [];
}
function readDetails(input) {
	const entries = Object.entries(input).filter(([, value]) => value !== void 0 && value !== null && value !== "");
	let left = MAX_CHARACTERS;
	const details = entries.slice(0, MAX_DETAILS).map(([name, value]) => {
		const whole = typeof value === "string" ? value : JSON.stringify(value, null, 2);
		const length = Math.min(whole.length, MAX_DETAIL_CHARACTERS, left);
		left -= length;
		const cut = whole.length - length;
		return {
			name: toName(name, 100) || "input",
			text: shownText(whole, length),
			...cut > 0 ? { cut } : {}
		};
	});
	const more = entries.length - details.length;
	return more > 0 ? [...details, {
		name: "more",
		text: `${more} more inputs are not shown`
	}] : details;
}
const places = {
	session: "for this session",
	localSettings: "in this project, for this user",
	projectSettings: "in this project, for everyone",
	userSettings: "in every project of this user"
};
function describeSuggestion({ type, rules, behavior, mode, directories, destination }) {
	const place = typeof destination === "string" ? `, ${places[destination] ?? destination}` : "";
	const what = () => {
		if (Array.isArray(rules)) {
			const names = rules.map(record).map(({ toolName, ruleContent }) => ruleContent === void 0 ? `${toolName}` : `${toolName}(${ruleContent})`);
			return `${behavior === "allow" ? "" : `${behavior}: `}${names.join(", ")}`;
		}
		if (typeof mode === "string") return `permission mode ${mode}`;
		if (Array.isArray(directories)) return `folders ${directories.join(", ")}`;
		return String(type);
	};
	const text = `${what()}${place}`;
	return text.length > 500 ? shownText(`${text.slice(0, 440)}… (cut: see the terminal)${place}`, 500) : shownText(text, 500);
}
function shownText(value, maxLength) {
	return typeof value === "string" ? value.slice(0, maxLength).replace(/[\p{Surrogate}\0]/gu, "�") : "";
}
function record(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

// apps/claude-plugin/src/decision-output.ts
const DENIED = "The user denied this from another device.";
function decisionOutput(event, answer) {
	const decision = decisionOf(event, answer);
	return decision && JSON.stringify({ hookSpecificOutput: {
		hookEventName: "PermissionRequest",
		decision
	} });
}
function decisionOf(event, { decision, message, chosen }) {
	if (decision === "deny") return {
		behavior: "deny",
		message: message ?? DENIED
	};
	if (decision === "allow_always") return {
		behavior: "allow",
		updatedPermissions: suggestionsOf(event)
	};
	if (decision !== "allow") return void 0;
	if (chosen === void 0) return {
		behavior: "allow",
		...inputOf(event)
	};
	const input = event.tool_input;
	const { questions = [] } = input;
	if (questions.length !== chosen.length) return void 0;
	const answers = questions.map(({ question, options }, index) => {
		const { selected, text } = chosen[index];
		return [question, [...selected.map((place) => options[place]?.label ?? ""), ...text === void 0 ? [] : [text]].join(", ")];
	});
	return {
		behavior: "allow",
		updatedInput: {
			...input,
			answers: Object.fromEntries(answers)
		}
	};
}
const INTERACTIVE_TOOLS = ["ExitPlanMode", "EnterPlanMode"];
function inputOf({ tool_name, tool_input }) {
	return INTERACTIVE_TOOLS.includes(tool_name) ? { updatedInput: tool_input } : {};
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
function isSameProcess(pid, start) {
	if (!processExists(pid)) return false;
	if (start === void 0) return pid !== process.pid;
	const now = readProcessStart(pid);
	return now === void 0 || now === start;
}
function readStat(pid) {
	try {
		const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	} catch {
		return;
	}
}
function readProcessStart(pid) {
	try {
		if (process.platform === "linux") {
			const ticks = readStat(pid)?.[19];
			const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
			return ticks === void 0 ? void 0 : `${boot} ${ticks}`;
		}
		if (process.platform === "win32") return void 0;
		const started = process.getBuiltinModule("node:child_process").execFileSync("ps", [
			"-o",
			"lstart=",
			"-p",
			String(pid)
		], {
			encoding: "utf8",
			stdio: [
				"ignore",
				"pipe",
				"ignore"
			],
			timeout: 2e3,
			env: {
				LC_ALL: "C",
				TZ: "UTC",
				PATH: "/bin:/usr/bin"
			}
		});
		return started.trim() === "" ? void 0 : started.trim();
	} catch {
		return;
	}
}

// packages/hub-address/src/hub-file.ts
const MAX_BYTES = 1e5;
function hubFilePath(dataDir) {
	return path.join(dataDir, "hub.json");
}
function readHubFile(dataDir) {
	try {
		const file = hubFilePath(dataDir);
		const { uid, mode } = fs.statSync(file);
		if (process.platform !== "win32" && ((mode & 18) !== 0 || uid !== process.getuid?.() && uid !== 0)) return void 0;
		const content = JSON.parse(readRegularFile(file, MAX_BYTES).text);
		if (typeof content !== "object" || content === null) return void 0;
		const { url, pid, process_start, host, version, started_at } = content;
		if (typeof url !== "string" || !isHttpAddress(url)) return void 0;
		if (!Number.isSafeInteger(pid) || pid <= 0 || typeof host !== "string") return void 0;
		return {
			url,
			pid,
			process_start: typeof process_start === "string" ? process_start : void 0,
			host,
			version: String(version ?? ""),
			started_at: String(started_at ?? "")
		};
	} catch {
		return;
	}
}
function findRunningHub(dataDir) {
	const found = readHubFile(dataDir);
	if (found === void 0 || found.host !== os.hostname()) return void 0;
	return isSameProcess(found.pid, found.process_start) ? found : void 0;
}

// packages/hub-address/src/owner-key.ts
function ownerKeyPath(dataDir) {
	return path.join(dataDir, "owner.key");
}
function readOwnerKey(dataDir) {
	const file = ownerKeyPath(dataDir);
	const found = readPrivateFile(file);
	if (found === void 0) return void 0;
	const key = found.text.trim();
	if (key === "") return void 0;
	if (!/^sbo_[\w-]{43}$/.test(key)) throw new PrivateFileError(`${file} is damaged.`, "Run: signalbox keys owner --rotate");
	return {
		key,
		warning: found.warning
	};
}

// packages/hub-address/src/this-machine.ts
function isLoopback(host) {
	const name = host.toLowerCase().replace(/^\[|\]$/g, "");
	return name === "localhost" || name.endsWith(".localhost") || name === "::1" || isIP(name) === 4 && name.startsWith("127.");
}
function isThisMachine(hostname) {
	const name = hostname.toLowerCase().replace(/^\[|\]$/g, "");
	if (isLoopback(name)) return true;
	return Object.values(os.networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address.toLowerCase() === name));
}

// packages/hub-address/src/find-hub.ts
function findHub(env, { purpose = "commands" } = {}) {
	const given = readSettings(env, [
		"SIGNALBOX_URL",
		"SIGNALBOX_API_KEY",
		"DATA_DIR",
		"MACHINE_ID"
	]);
	const { DATA_DIR: dataDir, SIGNALBOX_API_KEY: givenKey } = given;
	const urlIsSet = Boolean(env.SIGNALBOX_URL?.trim());
	const file = credentialsPath(env);
	const warnings = [];
	const credentials = readCredentials(file, {
		needed: !urlIsSet || givenKey === void 0,
		required: !urlIsSet,
		warnings
	});
	const machineId = given.MACHINE_ID ?? (credentials?.machine_id || os.hostname());
	const answer = (hub, found) => {
		const key = givenKey === void 0 ? found : {
			key: givenKey,
			keyFrom: "SIGNALBOX_API_KEY"
		};
		return {
			...hub,
			key: key?.key,
			keyFrom: key?.keyFrom,
			machineId,
			warnings
		};
	};
	const localKey = (running) => givenKey === void 0 ? keyOfRunningHub(running, dataDir, purpose, warnings) : void 0;
	if (urlIsSet) {
		const hub = {
			url: given.SIGNALBOX_URL,
			source: "environment",
			from: "from SIGNALBOX_URL"
		};
		if (credentials !== void 0 && isSameAddress(credentials.url, hub.url)) return answer(hub, {
			key: credentials.key,
			keyFrom: file
		});
		if (givenKey !== void 0) return answer(hub, void 0);
		const running = findRunningHub(dataDir);
		if (running === void 0 || !isSameLocalHub(hub.url, running.url)) return answer(hub, void 0);
		return answer({
			...hub,
			url: running.url
		}, localKey(running));
	}
	if (credentials !== void 0) return answer({
		url: credentials.url,
		source: "credentials-file",
		from: `from ${file}`
	}, {
		key: credentials.key,
		keyFrom: file
	});
	const running = findRunningHub(dataDir);
	if (running !== void 0) {
		const from = `the hub that runs on ${dataDir}, process ${running.pid}`;
		return answer({
			url: running.url,
			source: "running-hub",
			from
		}, localKey(running));
	}
	const from = `the default: SIGNALBOX_URL is not set, there is no ${file}, and no hub runs on ${dataDir}`;
	return answer({
		url: settings.SIGNALBOX_URL.defaultValue,
		source: "default",
		from
	}, void 0);
}
function readCredentials(file, { needed, required, warnings }) {
	try {
		const found = readCredentialsFile(file);
		if (needed && found?.warning !== void 0) warnings.push(found.warning);
		return found;
	} catch (error) {
		if (required) throw error;
		const { message, suggestion } = error;
		if (needed) warnings.push(`${message} ${suggestion ?? ""}`.trimEnd());
		return;
	}
}
function keyOfRunningHub({ url }, dataDir, purpose, warnings) {
	if (!isThisMachine(new URL(url).hostname)) return void 0;
	const sending = purpose === "collector" ? readSendingKey(dataDir) : void 0;
	if (sending !== void 0) return sending;
	try {
		const owner = readOwnerKey(dataDir);
		if (owner?.warning !== void 0) warnings.push(owner.warning);
		return owner && {
			key: owner.key,
			keyFrom: ownerKeyPath(dataDir)
		};
	} catch (error) {
		const { message, suggestion } = error;
		warnings.push(`${message} ${suggestion ?? ""}`.trimEnd());
		return;
	}
}
function readSendingKey(dataDir) {
	const keyFrom = path.join(dataDir, "credentials.json");
	try {
		const { key } = JSON.parse(readFileSync(keyFrom, "utf8"));
		return typeof key === "string" && key !== "" ? {
			key,
			keyFrom
		} : void 0;
	} catch {
		return;
	}
}
function isSameLocalHub(given, running) {
	if (isSameAddress(given, running)) return true;
	const [one, other] = [new URL(given), new URL(running)];
	const places = [one, other].map(({ protocol, port, pathname }) => `${protocol} ${port} ${pathname}`);
	return places[0] === places[1] && isLoopback(one.hostname) && isLoopback(other.hostname);
}

// apps/claude-plugin/src/hub-target.ts
function findHubTarget(env, purpose = "collector") {
	const [url, key] = [env.CLAUDE_PLUGIN_OPTION_HUB_URL?.trim(), env.CLAUDE_PLUGIN_OPTION_API_KEY?.trim()];
	const isOption = !env.SIGNALBOX_URL?.trim() && Boolean(url);
	const found = findHub({
		...env,
		...isOption ? { SIGNALBOX_URL: url } : {},
		...key && (isOption || !env.SIGNALBOX_URL?.trim() && !env.SIGNALBOX_API_KEY?.trim()) ? { SIGNALBOX_API_KEY: key } : {}
	}, { purpose });
	const id = createHash("sha256").update(`${found.url} ${found.key ?? ""}`).digest("hex").slice(0, 16);
	return {
		url: found.url,
		key: found.key,
		machineId: found.machineId,
		from: isOption ? "from the options of the plugin" : found.from,
		id
	};
}

// apps/claude-plugin/src/settle-verdict.ts
const LOOK_FOR_MS = 3e4;
const WRITTEN_AFTER_RESULT_MS = 500;
const WRITTEN_AFTER_MOVE_MS = 15e3;
const WRITTEN_AFTER_ANSWER_MS = 9e4;
function verdictOf(evidence) {
	const { decision, decidedByHook, callState, isRunning, lookedForMs, resultForMs, movedForMs, movedAfterMs } = evidence;
	if (decidedByHook !== void 0) return decidedByHook === (decision && (decision === "deny" ? "deny" : "allow")) ? "applied" : "terminal";
	if (resultForMs !== void 0 && resultForMs > WRITTEN_AFTER_RESULT_MS) return "terminal";
	if (!isRunning) return resultForMs === void 0 ? "session_ended" : "terminal";
	const mayFollow = decision !== void 0 && callState === "pending" && (movedAfterMs === void 0 || movedAfterMs >= 0);
	if (!(movedForMs !== void 0 && movedForMs > (mayFollow ? WRITTEN_AFTER_ANSWER_MS : WRITTEN_AFTER_MOVE_MS)) && lookedForMs < (mayFollow ? WRITTEN_AFTER_ANSWER_MS : LOOK_FOR_MS)) return void 0;
	if (decision === void 0) return movedForMs === void 0 ? "lost" : "terminal";
	if (callState !== "unknown") return "terminal";
	return movedAfterMs === void 0 || movedAfterMs >= 0 ? "applied" : "terminal";
}

// apps/claude-plugin/src/settle.ts
const LOOK_MS$1 = 100;
const ALIVE_MS = 8e3;
const REPORT_WITHIN_MS = 6e4;
async function settlePrompt(target, env, left, aliveMs = ALIVE_MS) {
	const { question_id, kind, decision, asker } = left;
	const alive = decision && setInterval(() => void keepQuestion(target, asker, question_id, ALIVE_MS), aliveMs);
	const outcome = await outcomeOf(env, left);
	clearInterval(alive);
	await reportEnd(target, asker, {
		question_id,
		kind,
		outcome,
		...outcome === "applied" ? { decision } : {}
	}, REPORT_WITHIN_MS);
}
async function outcomeOf(env, { clientPid, clientStart, call, leftAt, decision }) {
	const file = new ClientStatusFile(env, clientPid);
	const asked = call && new AskedTool(call, { isOver: true });
	const startedAt = performance.now();
	let movedAt;
	let [movedSince, resultSince] = [];
	for (;;) {
		const isRunning = isSameProcess(clientPid, clientStart);
		const callState = asked?.read() ?? "unknown";
		const status = file.read();
		const now = performance.now();
		if (callState === "ended") resultSince ??= now;
		if (status?.status !== void 0 && status.status !== "waiting") {
			movedAt ??= status.since;
			movedSince ??= now;
		}
		const evidence = {
			decision,
			decidedByHook: asked?.decidedByHook,
			callState,
			isRunning,
			lookedForMs: now - startedAt,
			resultForMs: resultSince === void 0 ? void 0 : now - resultSince,
			movedForMs: movedSince === void 0 ? void 0 : now - movedSince,
			movedAfterMs: movedAt === void 0 ? void 0 : movedAt - leftAt
		};
		const verdict = verdictOf(evidence);
		if (verdict !== void 0) return verdict;
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS$1));
	}
}

// apps/claude-plugin/src/settler.ts
const LEFT = "SIGNALBOX_LEFT_PROMPT";
const OVER = "over";
const WAIT = `(
if IFS= read -r left <&3; then
  if [ "$left" = ${OVER} ]; then exit; fi
  ${LEFT}=$left
fi
exec 3<&-
exec "$0" "$@") &`;
function takeLeftPrompt(env) {
	return JSON.parse(env[LEFT] ?? "");
}
var Settler = class {
	#program;
	#left;
	#line;
	#isDone = false;
	constructor(program, left) {
		this.#program = program;
		this.#left = left;
		this.#line = process.platform === "win32" ? void 0 : this.#startShell();
	}
	async leave(decision) {
		await this.#finish({
			...this.#left,
			decision,
			leftAt: Date.now()
		});
	}
	async dismiss() {
		await this.#finish(void 0);
	}
	abandon() {
		if (this.#line === void 0) this.#finish(this.#left);
	}
	async #finish(left) {
		if (this.#isDone) return;
		this.#isDone = true;
		const line = this.#line;
		if (line === void 0) {
			if (left !== void 0) this.#spawn(process.execPath, [this.#program, "--settle"], left).unref();
			return;
		}
		await new Promise((resolve) => line.write(`${left === void 0 ? OVER : JSON.stringify(left)}\n`, () => resolve()));
	}
	#startShell() {
		const shell = this.#spawn("/bin/sh", [
			"-c",
			WAIT,
			process.execPath,
			this.#program,
			"--settle"
		], this.#left);
		const line = shell.stdio[3];
		shell.on("error", () => {});
		line.on("error", () => {});
		shell.unref();
		return line;
	}
	#spawn(file, args, left) {
		return spawn(file, args, {
			detached: true,
			stdio: [
				"ignore",
				"ignore",
				"ignore",
				"pipe"
			],
			windowsHide: true,
			env: {
				...process.env,
				[LEFT]: JSON.stringify(left)
			}
		});
	}
};

// apps/claude-plugin/src/single-asker.ts
const MAX_EQUAL = 50;
function takeAskerPlace(env, event, origin) {
	const folder = path.join(env.XDG_STATE_HOME || path.join(env.HOME || os.homedir(), ".local", "state"), "signalbox", "asking");
	const { session_id, agent_id, prompt_id, tool_name, tool_input } = event;
	const prompt = JSON.stringify([
		session_id,
		agent_id,
		prompt_id,
		tool_name,
		tool_input
	]);
	const key = createHash("sha256").update(prompt).digest("hex").slice(0, 32);
	for (let index = 0; index < MAX_EQUAL; index++) {
		const file = path.join(folder, `${key}-${index}`);
		if (createPrivateFile(file, `${process.pid} ${origin}`)) return () => fs.rmSync(file, { force: true });
		const [pid = "", ...words] = readText(file).split(" ");
		if (isRunning(pid)) {
			if (words.join(" ") !== origin) return void 0;
			continue;
		}
		fs.rmSync(file, { force: true });
		index--;
	}
}
function isRunning(pid) {
	return Number(pid) > 1 && processExists(Number(pid));
}
function readText(file) {
	try {
		return fs.readFileSync(file, "utf8");
	} catch {
		return "";
	}
}

// apps/claude-plugin/src/standing-prompt.ts
const LOOK_MS = 100;
const SETTLE_MS = 1e3;
const SHOWN_WITHIN_MS = 15e3;
const LOOKS_PER_PROCESS_CHECK = 5;
var StandingPrompt = class {
	#place;
	clientStart;
	#startedAt = performance.now();
	#timer;
	#looks = 0;
	#wasShown = false;
	#hasEnded = false;
	#awaySince;
	#resolve = () => {};
	ended;
	constructor(place) {
		this.#place = place;
		this.clientStart = process.platform === "linux" ? readProcessStart(place.clientPid) : void 0;
		this.ended = new Promise((resolve) => {
			this.#resolve = resolve;
		});
	}
	start() {
		this.#look();
		this.#timer = setInterval(() => this.#look(), LOOK_MS);
	}
	stop() {
		clearInterval(this.#timer);
	}
	get isStanding() {
		if (!this.#hasEnded) this.#look();
		return !this.#hasEnded && this.#awaySince === void 0;
	}
	#look() {
		const { call, status: file, clientPid } = this.#place;
		if (this.#looks++ % LOOKS_PER_PROCESS_CHECK === 0 && !isSameProcess(clientPid, this.clientStart)) return void this.#end("session_ended");
		if (call?.read() === "ended") return void this.#end("terminal");
		const status = file?.read()?.status;
		if (status === void 0) return;
		const now = performance.now();
		if (status === "waiting") {
			this.#wasShown = true;
			this.#awaySince = void 0;
		} else if (this.#wasShown) {
			this.#awaySince ??= now;
			if (now - this.#awaySince > SETTLE_MS) this.#end("terminal");
		} else if (now - this.#startedAt > SHOWN_WITHIN_MS) this.#end("not_shown");
	}
	#end(end) {
		this.#hasEnded = true;
		this.stop();
		this.#resolve(end);
	}
};

// apps/claude-plugin/src/ask.ts
process.umask(63);
const PRINT = "sdk-cli";
const ASKS_NOBODY = "dontAsk";
const REPORT_MS = 5e3;
async function ask() {
	const { env } = process;
	const text = fs.readFileSync(0, "utf8");
	const setting = readAnswersSetting(env);
	if (setting === void 0 || redactsProjects(env)) return;
	const event = JSON.parse(text);
	const isPrint = env.CLAUDE_CODE_ENTRYPOINT === PRINT;
	if (event.hook_event_name !== "PermissionRequest" || event.permission_mode === ASKS_NOBODY || isPrint && !setting.print_runs) return;
	const asked = readQuestion(event);
	const session_id = plainText(event.session_id, 100);
	if (asked === void 0 || session_id === void 0) return;
	const giveUp = takeAskerPlace(env, event, env.SIGNALBOX_HOOK_DATA === void 0 ? "plugin" : "settings");
	if (giveUp === void 0) return;
	process.on("exit", giveUp);
	await useOutgoingProxy(env);
	const target = findHubTarget(env);
	const agentType = plainText(event.agent_type, 100);
	const project = projectId(env.CLAUDE_PROJECT_DIR) ?? projectId(event.cwd);
	const question = {
		question_id: randomUUID(),
		machine_id: target.machineId,
		session_id,
		...project === void 0 ? {} : { project_id: project },
		...agentType === void 0 ? {} : { agent_type: agentType },
		...asked
	};
	const clientPid = Number(env.CLAUDE_PID) > 1 ? Number(env.CLAUDE_PID) : process.ppid;
	const transcript = transcriptOf(event);
	const call = transcript === void 0 ? void 0 : {
		transcript,
		tool: String(event.tool_name),
		input: fingerprint(event.tool_input)
	};
	const prompt = new StandingPrompt({
		clientPid,
		status: isPrint ? void 0 : new ClientStatusFile(env, clientPid),
		call: call && new AskedTool(call, { isOver: false })
	});
	prompt.start();
	const unwanted = new AbortController();
	const over = prompt.ended.then((end) => {
		unwanted.abort();
		return end;
	});
	const { machine_id, session_id: _, project_id, question_id, kind } = question;
	const settler = new Settler(process.argv[1] ?? "", {
		asker: {
			machine_id,
			session_id,
			...project_id === void 0 ? {} : { project_id }
		},
		question_id,
		kind,
		decision: void 0,
		clientPid,
		clientStart: prompt.clientStart,
		call,
		leftAt: Date.now()
	});
	for (const signal of [
		"SIGTERM",
		"SIGINT",
		"SIGHUP"
	]) process.on(signal, () => {
		settler.abandon();
		process.exit(0);
	});
	const answer = await askHub(target, question, {
		waitMs: setting.wait_s * 1e3,
		signal: unwanted.signal
	});
	if (answer === void 0) {
		const outcome = unwanted.signal.aborted ? await over : "timed_out";
		await reportEnd(target, question, {
			question_id,
			kind,
			outcome: outcome === "not_shown" ? "timed_out" : outcome
		}, REPORT_MS);
		return await settler.dismiss();
	}
	await settler.leave(answer.decision);
	if (!prompt.isStanding && await Promise.race([over, standsAgain(prompt)]) !== void 0) return;
	const output = decisionOutput(event, answer);
	if (output !== void 0) fs.writeSync(1, output);
}
async function standsAgain(prompt) {
	while (!prompt.isStanding) await new Promise((resolve) => setTimeout(resolve, 50));
}
async function settle() {
	for (const signal of [
		"SIGTERM",
		"SIGINT",
		"SIGHUP"
	]) process.on(signal, () => {});
	const left = takeLeftPrompt(process.env);
	await useOutgoingProxy(process.env);
	await settlePrompt(findHubTarget(process.env), process.env, left);
}
try {
	await (process.argv[2] === "--settle" ? settle() : ask());
} catch {}
process.exit(0);

export {  };
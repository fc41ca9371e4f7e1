import { Failure } from '../failure.ts'

/** What the service managers call a service. */
export interface ServiceName {
  /** Of systemd. */
  readonly unit: string
  /** Of launchd. */
  readonly label: string
  /** Of Windows' scheduled tasks. */
  readonly task: string
  readonly description: string
}

export const collectorService: ServiceName = {
  unit: 'signalbox-collector.service',
  label: 'dev.signalbox.collector',
  task: 'Signalbox collector',
  description: 'Signalbox collector',
}

export interface ServiceText {
  readonly name: ServiceName
  /** How a file of ours begins, to recognise one that was written by hand. */
  readonly mark: string
  /** The words of the command. */
  readonly command: readonly string[]
  /** No secrets: the collector reads the credentials file. */
  readonly env: Readonly<Record<string, string>>
  /** A file with settings that are secrets; it need not be there. systemd alone reads one. */
  readonly envFile?: string
  /** The program reads its certificate again at SIGHUP. */
  readonly reloads?: boolean
}

/** A unit for the user's systemd. */
export function systemdUnit({ name, mark, command, env, envFile, reloads }: ServiceText): string {
  const variables = Object.entries(env).map(([name, value]) => `Environment=${quoteUnit(`${name}=${value}`)}\n`)
  const file = envFile === undefined ? '' : `EnvironmentFile=-${escapeUnit(envFile)}\n`
  const reload = reloads ? 'ExecReload=/bin/kill -HUP $MAINPID\n' : ''
  return `# ${mark}
[Unit]
Description=${name.description}
# It starts again for as long as it takes: a hub or a disk may be away for a week.
StartLimitIntervalSec=0

[Service]
ExecStart=${command.map((word) => quoteUnit(word).replaceAll('$', '$$$$')).join(' ')}
${reload}${variables.join('')}${file}Restart=always
RestartSec=10
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`
}

function quoteUnit(text: string): string {
  return `"${escapeUnit(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function escapeUnit(text: string): string {
  requireOneLine(text)
  return text.replaceAll('%', '%%')
}

/** An agent for launchd. */
export function launchdAgent({ name: { label }, mark, command, env }: ServiceText, log: string): string {
  const text = (value: string) => `<string>${escapeXml(value)}</string>`
  const variables = Object.entries(env).map(([name, value]) => `    <key>${escapeXml(name)}</key>\n    ${text(value)}\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${mark} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(label)}
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    ${text(word)}\n`).join('')}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('')}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  ${text(log)}
  <key>StandardErrorPath</key>
  ${text(log)}
</dict>
</plist>
`
}

function escapeXml(text: string): string {
  requireOneLine(text)
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The command line of a Windows task. */
export function taskCommand(command: readonly string[]): string {
  return command
    .map((word) => {
      requireOneLine(word)
      return `"${word.replaceAll('"', '\\"')}"`
    })
    .join(' ')
}

function requireOneLine(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the line of the file.
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new Failure(`a service cannot be made for ${JSON.stringify(text)}: it has a control character.`)
}

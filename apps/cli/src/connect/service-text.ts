import { Failure } from '../failure.ts'

export const UNIT_NAME = 'signalbox-collector.service'
export const AGENT_LABEL = 'dev.signalbox.collector'
export const TASK_NAME = 'Signalbox collector'
/** How a file of ours begins, to recognise one that was written by hand. */
export const MARK = 'Written by `signalbox connect`; removed by `signalbox connect --undo`.'

export interface ServiceText {
  /** The words of the command. */
  readonly command: readonly string[]
  /** No secrets: the collector reads the credentials file. */
  readonly env: Readonly<Record<string, string>>
}

/** A unit for the user's systemd. */
export function systemdUnit({ command, env }: ServiceText): string {
  const variables = Object.entries(env).map(([name, value]) => `Environment=${quoteUnit(`${name}=${value}`)}\n`)
  return `# ${MARK}
[Unit]
Description=Signalbox collector
# It starts again for as long as it takes: a hub or a disk may be away for a week.
StartLimitIntervalSec=0

[Service]
ExecStart=${command.map((word) => quoteUnit(word).replaceAll('$', '$$$$')).join(' ')}
${variables.join('')}Restart=always
RestartSec=10
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`
}

function quoteUnit(text: string): string {
  requireOneLine(text)
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`
}

/** An agent for launchd. */
export function launchdAgent({ command, env }: ServiceText, log: string): string {
  const text = (value: string) => `<string>${escapeXml(value)}</string>`
  const variables = Object.entries(env).map(([name, value]) => `    <key>${escapeXml(name)}</key>\n    ${text(value)}\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${MARK} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(AGENT_LABEL)}
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
    throw new Failure(`a service cannot be made for ${JSON.stringify(text)}: it has a control character.`, 'Use --no-service.')
}

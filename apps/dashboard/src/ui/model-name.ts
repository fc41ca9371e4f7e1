import { partKey, readPartKey } from './part-name.ts'

const DATE = /-\d{8}$/
const modern = /^claude-([a-z]+)-(\d+(?:-\d+)*)((?:\[[^\]]+\])?)$/
const old = /^claude-(\d+(?:-\d+)*)-([a-z]+)((?:\[[^\]]+\])?)$/

/** `claude-opus-4-8-20260301` → `Opus 4.8`; other names stay unchanged. @param key a model, or its part from `partKey` */
export function formatModelName(key: string): string {
  const { model, isNotItemised } = readPartKey(key)
  return partKey({ model: shortModelName(model), ...(isNotItemised ? { not_itemised: true } : {}) })
}

function shortModelName(model: string): string {
  const bare = model.replace(DATE, '').replace(/-\d{8}(?=\[)/, '')
  const [, family, version, extra = ''] = modern.exec(bare) ?? swap(old.exec(bare)) ?? []
  if (family === undefined || version === undefined) return model
  return `${family[0]?.toUpperCase()}${family.slice(1)} ${version.replaceAll('-', '.')}${extra === '' ? '' : ` ${extra.slice(1, -1)}`}`
}

function swap(found: RegExpExecArray | null): (string | undefined)[] | undefined {
  return found === null ? undefined : [found[0], found[2], found[1], found[3]]
}

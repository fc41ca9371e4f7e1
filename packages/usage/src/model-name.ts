/** The name of a model as Claude Code wrote it, taken apart. */
export interface ModelName {
  /** The id as in price tables. */
  readonly id: string
  /** Whether the name asks for fast mode, which clouds have no field for. */
  readonly isFast: boolean
}

/**
 * The version of the rules in this file. Raise it with every change of what a name means: roll-ups that merge prompt lengths
 * by the price of a model are then built again.
 */
export const MODEL_NAME_RULES = 2

/** A Claude id, whatever stands before it: a region, a cloud, a gateway, an ARN or nothing. */
const claudeId = /(?:^|[/:.])(claude-[^/]*)$/

/** What may follow the id and leaves its price as it is. */
const suffixes = [
  /\[\d+[mk]\]$/, // the long-context option of Claude Code: claude-opus-4-6[1m]
  /-1m$/,
  /@(?:\d{8}|latest|default)$/, // Vertex: claude-sonnet-4@20250514
  /:(?:beta|exacto|extended|floor|nitro|online|thinking)$/, // OpenRouter. Not `:free` and `:batch`, which have other prices
  /-(?:latest|thinking)$/,
  /-v\d+(?::\d+(?::\w+)?)?$/, // Bedrock: …-v1:0, with provisioned throughput …-v1:0:200k
  /-20\d{6}$/,
]

const familyFirst = /^claude-([a-z]+)-(\d+)(?:[.-](\d+))?$/ // claude-opus-4.8, claude-sonnet-3.7
const versionFirst = /^claude-(\d+)(?:[.-](\d+))?-([a-z]+)$/ // claude-4.5-sonnet, claude-3-5-haiku

/**
 * Takes the name of a model apart: date, alias, context length and what a cloud or gateway adds are left out, and the version
 * is written as Anthropic writes it. `us.anthropic.claude-sonnet-4-5-20250929-v1:0` and `anthropic/claude-4.5-sonnet` are both
 * `claude-sonnet-4-5`. The rules hold for Claude only: of another vendor, `-fast` or a date may be a model of its own.
 */
export function readModelName(model: string): ModelName {
  const written = model.trim().toLowerCase()
  let name = claudeId.exec(written)?.[1]
  if (name === undefined) return { id: written, isFast: false }
  let isFast = false
  // Suffixes come in any order: …-v1:0[1m], …-fast[1m], …-fast-20260512.
  for (let before = ''; before !== name; ) {
    before = name
    for (const suffix of suffixes) name = name.replace(suffix, '').trimEnd()
    if (name.endsWith('-fast')) {
      isFast = true
      name = name.slice(0, -'-fast'.length)
    }
  }
  return { id: inUsualOrder(name), isFast }
}

/** The id of a model as in price tables. */
export function normaliseModel(model: string): string {
  return readModelName(model).id
}

/** Up to version 3 the version comes first, since then the family; `4-0` is an alias of `4`. */
function inUsualOrder(name: string): string {
  const [, family, ofFamily, minorOfFamily] = familyFirst.exec(name) ?? []
  const [, first, minorOfFirst, familyOfFirst] = versionFirst.exec(name) ?? []
  const major = ofFamily ?? first
  if (major === undefined) return name
  const minor = minorOfFamily ?? minorOfFirst
  const version = minor === undefined || minor === '0' ? major : `${major}-${minor}`
  return major === '3' ? `claude-${version}-${family ?? familyOfFirst}` : `claude-${family ?? familyOfFirst}-${version}`
}

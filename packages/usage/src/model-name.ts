const suffixes = [
  /\[\d+[mk]\]$/, // the long-context option of Claude Code: claude-opus-4-6[1m]
  /@(?:\d{8}|latest|default)$/, // Vertex: claude-sonnet-4@20250514
  /-latest$/,
  /-fast$/,
  /-v\d+(?::\d+(?::\w+)?)?$/, // Bedrock: …-v1:0, with provisioned throughput …-v1:0:200k
  /-20\d{6}$/,
]

/**
 * The id of a model as in price tables: without date, alias, context length and the prefixes and suffixes of a cloud.
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0` and `claude-sonnet-4-5@20250929` are both `claude-sonnet-4-5`.
 */
export function normaliseModel(model: string): string {
  // An ARN ends in …/<id>; gateways write anthropic/<id>.
  let name = model.trim().toLowerCase()
  name = name.slice(name.lastIndexOf('/') + 1).replace(/^(?:[a-z][a-z-]*\.)?anthropic\./, '')
  // Suffixes come in any order: …-v1:0[1m], …-fast[1m].
  for (let before = ''; before !== name; ) {
    before = name
    for (const suffix of suffixes) name = name.replace(suffix, '')
  }
  return name
}

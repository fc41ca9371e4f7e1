const endings = [
  /\[\d+[mk]\]$/, // the long-context choice Claude Code writes: claude-opus-4-6[1m]
  /@(?:\d{8}|latest|default)$/, // Vertex: claude-sonnet-4@20250514
  /-latest$/,
  /-fast$/,
  /-v\d+(?::\d+(?::\w+)?)?$/, // Bedrock: …-v1:0, with provisioned throughput …-v1:0:200k
  /-20\d{6}$/,
]

/**
 * The id of a model as price tables know it: without date, alias, context length and the names a cloud puts around it.
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0` and `claude-sonnet-4-5@20250929` are both `claude-sonnet-4-5`.
 */
export function normaliseModel(model: string): string {
  // An ARN ends in …/<id>, a gateway writes anthropic/<id>.
  let name = model.trim().toLowerCase()
  name = name.slice(name.lastIndexOf('/') + 1).replace(/^(?:[a-z][a-z-]*\.)?anthropic\./, '')
  // The endings come in any order: …-v1:0[1m], …-fast[1m].
  for (let before = ''; before !== name; ) {
    before = name
    for (const ending of endings) name = name.replace(ending, '')
  }
  return name
}

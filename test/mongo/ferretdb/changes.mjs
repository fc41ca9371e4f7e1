// Changes to the FerretDB that the tests use: for each file of its module, the original text and its replacement. The
// original answers our queries as MongoDB does, but reads whole collections where MongoDB reads one document, and tests
// of several hubs took minutes.

/** New files: the path in the module, and the file beside this one. */
export const added = {
  'internal/backends/sqlite/narrow.go': 'narrow.go',
  'internal/handler/sjson/document_cache.go': 'document-cache.go',
}

/** @type {Record<string, [before: string, after: string][]>} */
export const changed = {
  // Lets SQLite apply the filter, instead of reading every document of the collection.
  'internal/backends/sqlite/collection.go': [['\tq += whereClause\n', '\twhereClause, args = narrow(params.Filter)\n\tq += whereClause\n']],
  // Queries by _id use another expression than the index, and so never used it.
  'internal/backends/sqlite/metadata/metadata.go': [[`DefaultColumn + "->'$._id'"`, `DefaultColumn + "->'_id'"`]],
  // No query uses the other indexes, which only slow writes down; unique ones enforce a constraint and stay.
  'internal/backends/sqlite/metadata/registry.go': [
    [
      '\t\tif _, err := db.ExecContext(ctx, q); err != nil {\n\t\t\t_ = r.indexesDrop',
      '\t\tif !index.Unique {\n\t\t} else if _, err := db.ExecContext(ctx, q); err != nil {\n\t\t\t_ = r.indexesDrop',
    ],
    ['"DROP INDEX %q"', '"DROP INDEX IF EXISTS %q"'],
  ],
  'internal/handler/sjson/sjson.go': [['\nfunc Unmarshal(data []byte)', '\nfunc decode(data []byte)']],
  // Recording a stack trace for every opened resource is a debugging aid, and slow.
  'internal/util/resource/resource.go': [
    ['func Track(obj any, token *Token) {\n', 'func Track(obj any, token *Token) {\n\tif !debugbuild.Enabled {\n\t\treturn\n\t}\n\n'],
    ['func Untrack(obj any, token *Token) {\n', 'func Untrack(obj any, token *Token) {\n\tif !debugbuild.Enabled {\n\t\treturn\n\t}\n\n'],
  ],
  // The hub queries the first or last document by _id with each event.
  'internal/handler/msg_find.go': [
    [
      '\tif !h.DisablePushdown && params.Filter.Len() == 0 && params.Sort.Len() == 0 && params.Skip == 0 {',
      '\tif params.Filter.Len() == 0 && params.Skip == 0 && params.Limit > 0 && params.Sort.Len() == 1 && params.Sort.Keys()[0] == "_id" {\n' +
        '\t\tqp.Sort, qp.Limit = params.Sort, params.Limit\n\t}\n\n' +
        '\tif !h.DisablePushdown && params.Filter.Len() == 0 && params.Sort.Len() == 0 && params.Skip == 0 {',
    ],
  ],
  'internal/backends/collection.go': [[`params.Sort.Map()["$natural"].(int64)`, 'params.Sort.Values()[0].(int64)']],
  'internal/backends/sqlite/query.go': [
    [
      '\tv := must.NotFail(sort.Get("$natural"))\n',
      '\tif v, err := sort.Get("_id"); err == nil {\n\t\treturn orderByID(v.(int64))\n\t}\n\n\tv := must.NotFail(sort.Get("$natural"))\n',
    ],
  ],
}

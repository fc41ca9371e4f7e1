/** The filters of screens that were given a name. */
export const savedViews = `
CREATE TABLE saved_view (
  view_id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
`

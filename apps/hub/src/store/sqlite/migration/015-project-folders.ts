/** Which project each folder of a machine belongs to. The revision grows with every change. */
export const projectFolders = `
CREATE TABLE project_folder (
  machine TEXT NOT NULL,
  folder TEXT NOT NULL,
  project TEXT NOT NULL,
  root TEXT NOT NULL,
  seen TEXT NOT NULL CHECK (seen IN ('git', 'path')),
  PRIMARY KEY (machine, folder)
) STRICT, WITHOUT ROWID;
ALTER TABLE usage_state ADD COLUMN folders_revision INTEGER NOT NULL DEFAULT 0;
`

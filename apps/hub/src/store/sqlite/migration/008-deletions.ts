/**
 * Deletions, by which deleted data is refused when it is sent again; `before` is in milliseconds.
 * Session ids are in lower case from here on. Of two sessions that had one id in two cases, the other one gets a new id.
 */
export const deletions = `
CREATE TABLE deletion (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  before INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE TEMP TABLE renamed_session AS
  SELECT session_id AS old,
    CASE WHEN row_number() OVER (PARTITION BY lower(session_id) ORDER BY session_id DESC) = 1 THEN lower(session_id)
    ELSE lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' ||
      substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) END AS new
  FROM session;
DELETE FROM renamed_session WHERE old = new;
UPDATE session SET session_id = (SELECT new FROM renamed_session WHERE old = session_id) WHERE session_id IN (SELECT old FROM renamed_session);
UPDATE task SET session_id = (SELECT new FROM renamed_session WHERE old = session_id) WHERE session_id IN (SELECT old FROM renamed_session);
UPDATE session_event SET session_id = (SELECT new FROM renamed_session WHERE old = session_id) WHERE session_id IN (SELECT old FROM renamed_session);
UPDATE event SET session_id = (SELECT new FROM renamed_session WHERE old = session_id) WHERE session_id IN (SELECT old FROM renamed_session);
DROP TABLE renamed_session;
`

package main

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite"
)

// FerretDB looks for a document by an expression that its own index is not made of, so each update reads the whole
// collection. One more index on its tables makes a thousand updates take a second and not a minute.
type indexer struct {
	data string
	done map[string]bool
}

// After a command that may have made a collection; the gate is held.
func (i *indexer) after(request []byte) {
	collection, db := names(request)
	if collection == "" || db == "" || i.done[db+"."+collection] {
		return
	}
	if err := index(filepath.Join(i.data, db+".sqlite")); err == nil {
		i.done[db+"."+collection] = true
	}
}

func index(file string) error {
	db, err := sql.Open("sqlite", "file:"+file+"?mode=rw&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%_ferretdb_sjson%'`)
	if err != nil {
		return err
	}
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return err
		}
		tables = append(tables, table)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, table := range tables {
		name := strings.ReplaceAll(table, `"`, `""`)
		if _, err := db.Exec(fmt.Sprintf(`CREATE INDEX IF NOT EXISTS "fast_%s" ON "%s" (_ferretdb_sjson->'$._id')`, name, name)); err != nil {
			return err
		}
	}
	return nil
}

// The collection and the database of a command, as they lie in its document.
func names(request []byte) (collection, db string) {
	if !isMsg(request) || request[20] != 0 || request[25] != 2 {
		return "", ""
	}
	_, value, _ := bytes.Cut(request[26:], []byte{0})
	_, rest, found := bytes.Cut(request, []byte("\x02$db\x00"))
	if !found {
		return "", ""
	}
	return text(value), text(rest)
}

// A string of BSON: its length, then its bytes and a zero.
func text(value []byte) string {
	if len(value) < 5 {
		return ""
	}
	length := int(binary.LittleEndian.Uint32(value))
	if length < 1 || length > len(value)-4 {
		return ""
	}
	return string(value[4 : 3+length])
}

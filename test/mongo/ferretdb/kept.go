package sjson

import (
	"sync"

	"github.com/FerretDB/FerretDB/internal/types"
)

const (
	// Bytes of JSON; as documents they take some ten times as much.
	keptInAll = 8 << 20
	keptEach  = 256 << 10
)

// What was read lately, by its text. The documents of a collection are read again and again, and it is reading them that
// takes the time.
var kept = struct {
	sync.Mutex
	documents map[string]*types.Document
	size      int
}{documents: map[string]*types.Document{}}

// Unmarshal returns a document of its own to everybody: they are changed in place.
func Unmarshal(data []byte) (*types.Document, error) {
	kept.Lock()
	document := kept.documents[string(data)]
	kept.Unlock()
	if document != nil {
		return document.DeepCopy(), nil
	}
	document, err := decode(data)
	if err != nil || len(data) > keptEach {
		return document, err
	}
	kept.Lock()
	defer kept.Unlock()
	if kept.size += len(data); kept.size > keptInAll {
		clear(kept.documents)
		kept.size = len(data)
	}
	kept.documents[string(data)] = document.DeepCopy()
	return document, nil
}

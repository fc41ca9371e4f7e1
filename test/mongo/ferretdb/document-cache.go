package sjson

import (
	"sync"

	"github.com/FerretDB/FerretDB/internal/types"
)

const (
	// Sizes in bytes of JSON; documents in memory take about ten times as much.
	maxCacheBytes    = 8 << 20
	maxDocumentBytes = 256 << 10
)

// cache holds recently decoded documents by their text: the same documents are read again and again, and decoding takes
// most of the time.
var cache = struct {
	sync.Mutex
	documents map[string]*types.Document
	size      int
}{documents: map[string]*types.Document{}}

// Unmarshal returns a separate copy to each caller, because callers change documents in place.
func Unmarshal(data []byte) (*types.Document, error) {
	cache.Lock()
	document := cache.documents[string(data)]
	cache.Unlock()
	if document != nil {
		return document.DeepCopy(), nil
	}
	document, err := decode(data)
	if err != nil || len(data) > maxDocumentBytes {
		return document, err
	}
	cache.Lock()
	defer cache.Unlock()
	if cache.size += len(data); cache.size > maxCacheBytes {
		clear(cache.documents)
		cache.size = len(data)
	}
	cache.documents[string(data)] = document.DeepCopy()
	return document, nil
}

package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// FerretDB 1 changes a document by reading it and writing it back, so of two changes at once one can be lost. A MongoDB
// never does that, and tests of two hubs are about nothing else. So commands that write pass here one at a time.
var gate sync.Mutex

// Commands that change nothing; they may overtake.
var reads = map[string]bool{
	"hello": true, "isMaster": true, "ismaster": true, "ping": true, "find": true, "getMore": true, "aggregate": true,
	"count": true, "distinct": true, "killCursors": true, "endSessions": true,
}

const (
	opMsg      = 2013
	moreToCome = 2
	maxMessage = 48_000_000
)

func serve(listener net.Listener, behind string) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			server, err := net.Dial("tcp", behind)
			if err != nil {
				return
			}
			defer server.Close()
			for pass(client, server) == nil {
			}
		}()
	}
}

func pass(client, server net.Conn) error {
	request, err := message(client)
	if err != nil {
		return err
	}
	if !reads[command(request)] {
		gate.Lock()
		defer gate.Unlock()
	}
	if _, err = server.Write(request); err != nil {
		return err
	}
	if isMsg(request) && binary.LittleEndian.Uint32(request[16:])&moreToCome != 0 {
		return nil
	}
	answer, err := message(server)
	if err != nil {
		return err
	}
	_, err = client.Write(answer)
	return err
}

func isMsg(request []byte) bool {
	return len(request) > 26 && binary.LittleEndian.Uint32(request[12:]) == opMsg
}

// The first name in the document of a message; empty where that cannot be told.
func command(request []byte) string {
	if !isMsg(request) {
		return "hello"
	}
	if request[20] != 0 {
		return ""
	}
	name, _, _ := bytes.Cut(request[26:], []byte{0})
	return string(name)
}

func message(from io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(size[:])
	if length < 16 || length > maxMessage {
		return nil, io.ErrUnexpectedEOF
	}
	all := make([]byte, length)
	copy(all, size[:])
	_, err := io.ReadFull(from, all[4:])
	return all, err
}

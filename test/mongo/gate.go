package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// writeLock serialises commands that write. FerretDB 1 updates a document by reading it and writing it back, so one of two
// concurrent updates can be lost. MongoDB loses none, and tests of several hubs depend on that.
var writeLock sync.Mutex

// readCommands change nothing and need no lock.
var readCommands = map[string]bool{
	"hello": true, "isMaster": true, "ismaster": true, "ping": true, "find": true, "getMore": true, "aggregate": true,
	"count": true, "distinct": true, "killCursors": true, "endSessions": true,
}

const (
	opMsg      = 2013
	moreToCome = 2
	maxMessageBytes = 48_000_000
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
			for forward(client, server) == nil {
			}
		}()
	}
}

// forward passes one request on and its response back.
func forward(client, server net.Conn) error {
	request, err := readMessage(client)
	if err != nil {
		return err
	}
	if !readCommands[commandName(request)] {
		writeLock.Lock()
		defer writeLock.Unlock()
	}
	if _, err = server.Write(request); err != nil {
		return err
	}
	if isMsg(request) && binary.LittleEndian.Uint32(request[16:])&moreToCome != 0 {
		return nil
	}
	answer, err := readMessage(server)
	if err != nil {
		return err
	}
	_, err = client.Write(answer)
	return err
}

func isMsg(request []byte) bool {
	return len(request) > 26 && binary.LittleEndian.Uint32(request[12:]) == opMsg
}

// commandName returns the first name in the document of a message, or "" when the message has another form.
func commandName(request []byte) string {
	if !isMsg(request) {
		return "hello"
	}
	if request[20] != 0 {
		return ""
	}
	name, _, _ := bytes.Cut(request[26:], []byte{0})
	return string(name)
}

// readMessage reads one message of the wire protocol.
func readMessage(from io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(size[:])
	if length < 16 || length > maxMessageBytes {
		return nil, io.ErrUnexpectedEOF
	}
	message := make([]byte, length)
	copy(message, size[:])
	_, err := io.ReadFull(from, message[4:])
	return message, err
}

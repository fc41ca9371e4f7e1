// A MongoDB for tests: FerretDB, embedded, on SQLite files in a folder.
//
// It prints its address as one line, and exits when its standard input closes, so it ends with a test that is killed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"runtime/debug"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	data := flag.String("data", "", "folder of the databases; by default a temporary one")
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	// The process lives for a minute or two: less garbage collection is worth the memory.
	debug.SetGCPercent(400)
	if err := run(*data, *listen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(data, listen string) error {
	if data == "" {
		temp, err := os.MkdirTemp("", "signalbox-mongo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		data = temp
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:  "sqlite",
		// Tests kill the process, never the machine: data written to the system survives without a sync.
		SQLiteURL: (&url.URL{Scheme: "file", OmitHost: true, Path: data + "/", RawQuery: "_pragma=synchronous(off)"}).String(),
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	go func() {
		behind, err := url.Parse(server.MongoDBURI())
		if err != nil {
			panic(err)
		}
		fmt.Printf("mongodb://%s/\n", listener.Addr())
		serve(listener, behind.Host)
	}()
	return server.Run(ctx)
}

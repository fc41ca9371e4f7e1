// A MongoDB for tests: FerretDB, embedded, on SQLite files in a folder.
//
// It prints the address it listens on as one line, and ends when its input does: a test that is killed takes it along.
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
	data := flag.String("data", "", "folder of the databases; without it, one that is removed at the end")
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	// It lives for a minute or two: memory is cheaper than looking for what could be given back.
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
		// Tests kill the process, never the machine: what was handed to the system is safe.
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

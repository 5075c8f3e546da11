// The peer in Go: a server on psql-wire, which does what every measured server does. One processor.
//
// It is written as the library's documentation would have it: a parse function that answers with a statement and its
// columns, and rows written by WriteRows, which sends many of them at once.
package main

import (
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	wire "github.com/jeroenrinzema/psql-wire"
)

func main() {
	runtime.GOMAXPROCS(1)
	port := flag.Uint("port", 0, "the `port` of 127.0.0.1 to listen on; 0 takes a free one")
	flag.Parse() // a wrong option: a sentence, and exit code 2
	if *port > 65535 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: psql_wire [--port N]")
		os.Exit(2)
	}
	if err := serve(*port); err != nil {
		fmt.Fprintln(os.Stderr, "psql_wire:", err)
		os.Exit(1)
	}
}

// serve returns when it is told to end.
func serve(port uint) error {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)

	server, err := wire.NewServer(parse, wire.Logger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	fmt.Println("listening on", listener.Addr())

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case <-ended:
		return nil
	case err = <-failed:
		return err
	}
}

// Keeps 40 kB of every piece of work; with `healthy` only the last 40 of them.
package main

import (
	_ "expvar"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"time"
)

var kept [][]byte

func main() {
	leaks := len(os.Args) > 1 && os.Args[1] == "leak"
	if listener, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		fmt.Println("http://" + listener.Addr().String())
		go http.Serve(listener, nil)
	}
	for {
		for i := 0; i < 20; i++ {
			_ = make([]byte, 10000+i)
		}
		piece := make([]byte, 40000)
		for i := range piece {
			piece[i] = 1
		}
		kept = append(kept, piece)
		if !leaks && len(kept) > 40 {
			kept = append([][]byte(nil), kept[1:]...)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

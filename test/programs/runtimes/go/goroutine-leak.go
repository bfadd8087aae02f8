// Leaks one goroutine a request: nobody ever sends on the channel it waits for (line 15, started at 13).
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
)

func notify() {
	done := make(chan struct{})
	go func() {
		buffer := make([]byte, 1024)
		<-done
		fmt.Println(len(buffer))
	}()
}

func main() {
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		notify()
		fmt.Fprint(answer, "ok")
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", listener.Addr())
	panic(http.Serve(listener, nil))
}

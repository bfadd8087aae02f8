// Leaks one Session of 16 KiB a request: sessions only grows (line 22).
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
)

type Session struct {
	user string
	cart []byte
}

var sessions = map[string]*Session{}
var requests int

func login() {
	requests++
	user := fmt.Sprintf("user %d", requests)
	sessions[user] = &Session{user: user, cart: make([]byte, 16<<10)}
}

func main() {
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		login()
		fmt.Fprint(answer, "ok")
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", listener.Addr())
	panic(http.Serve(listener, nil))
}

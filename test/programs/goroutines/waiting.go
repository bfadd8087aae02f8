// Goroutines that wait in every way our patterns know. Usage: waiting MANY OUT
// OUT.pb.gz and OUT.txt get the runtime's goroutine profile (debug=0) and dump (debug=2) of one moment.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

func firstAnswerWins() int {
	answers := make(chan int) // no room: the slower one waits for ever
	for each := 0; each < 2; each++ {
		go func() { answers <- each }()
	}
	return <-answers
}

func worker(jobs chan int) {
	for range jobs {
	}
}

func loop(ctx context.Context, ticks <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-ticks:
	}
}

func nothing() {
	var never chan int
	<-never
}

func locked(mutex *sync.Mutex) {
	mutex.Lock()
	defer mutex.Unlock()
}

func waitForAll(group *sync.WaitGroup) { group.Wait() }

func poll() {
	for {
		time.Sleep(time.Hour)
	}
}

type ownContext struct{ context.Context } // a parent the context package does not know needs a goroutine for each child

func (ownContext) Done() <-chan struct{} { return make(chan struct{}) }
func (ownContext) Value(key any) any     { return nil }

func main() {
	many, _ := strconv.Atoi(os.Args[1])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(make([]byte, 1<<20))
	}))
	jobs, mutex, group := make(chan int), &sync.Mutex{}, &sync.WaitGroup{}
	mutex.Lock()
	group.Add(1)
	for i := 0; i < many; i++ {
		firstAnswerWins()
		go worker(jobs)
		go loop(context.Background(), nil)
		go nothing()
		go locked(mutex)
		go waitForAll(group)
		go poll()
		context.WithCancel(ownContext{context.Background()})
		answer, err := http.Get(server.URL)
		if err != nil {
			panic(err)
		}
		io.ReadFull(answer.Body, make([]byte, 1)) // and never closed
	}
	time.Sleep(300 * time.Millisecond)
	profile, _ := os.Create(os.Args[2] + ".pb.gz")
	pprof.Lookup("goroutine").WriteTo(profile, 0)
	profile.Close()
	dump, _ := os.Create(os.Args[2] + ".txt")
	pprof.Lookup("goroutine").WriteTo(dump, 2)
	dump.Close()
	fmt.Println(pprof.Lookup("goroutine").Count())
}

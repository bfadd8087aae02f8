// Planted leaks, or their healthy twins, and a ladder of three heap dumps.
//
//	main leak|healthy FOLDER
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
)

type order struct {
	id   int
	body [200]byte
}

var (
	orders = map[int]*order{}
	events []*order
	ended  sync.WaitGroup
)

//go:noinline
func newOrder(n int) *order { return &order{id: n} }

//go:noinline
func newEvent(n int) *order { return &order{id: n} }

//go:noinline
func newJob(n int) *order { return &order{id: n} }

// A map in a package variable.
func keepInMap(n int, leak bool) {
	orders[n] = newOrder(n)
	if !leak {
		delete(orders, n)
	}
}

// A slice in a package variable.
func keepInSlice(n int, leak bool) {
	events = append(events, newEvent(n))
	if !leak && len(events) > 10 {
		events = nil
	}
}

// A goroutine that waits for what never comes.
func wait(n int, leak bool) {
	job := newJob(n)
	answer := make(chan int)
	ended.Add(1)
	go func() {
		defer ended.Done()
		<-answer
		runtime.KeepAlive(job)
	}()
	if !leak {
		close(answer)
		ended.Wait()
	}
}

func main() {
	runtime.MemProfileRate = 1
	leak := os.Args[1] == "leak"
	done := 0
	for rung, count := range []int{131, 61, 61} {
		for i := 0; i < count; i++ {
			done++
			keepInMap(done, leak)
			keepInSlice(done, leak)
			wait(done, leak)
		}
		runtime.GC()
		runtime.GC()
		file, err := os.Create(filepath.Join(os.Args[2], fmt.Sprintf("%d.goheap", rung)))
		if err != nil {
			panic(err)
		}
		debug.WriteHeapDump(file.Fd())
		file.Close()
	}
}

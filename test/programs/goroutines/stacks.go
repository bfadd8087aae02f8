// Goroutines on shallow and on deep stacks, each with a buffer that only it keeps. Usage: stacks SHALLOW DEEP OUT
// OUT.pb.gz, OUT.txt, OUT.heap.txt and OUT.heapdump get the goroutine profile, the dump, the text heap profile and the
// heap dump of one moment; what runtime.MemStats says before and after is printed as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"sync"
)

var bufferBytes = 4096 // no constant: the buffers lie in the heap

var never = make(chan int)

//go:noinline
func shallow(ready *sync.WaitGroup) {
	buffer := make([]byte, bufferBytes)
	ready.Done()
	<-never
	runtime.KeepAlive(buffer)
}

//go:noinline
func deep(ready *sync.WaitGroup, levels int) int {
	var room [512]byte // lives in the frame: every level takes half a kB of stack
	room[levels%512] = byte(levels)
	if levels == 0 {
		shallow(ready)
	} else {
		deep(ready, levels-1)
	}
	return int(room[(levels+1)%512])
}

func stacks() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.StackInuse
}

func write(path string, take func(file *os.File)) {
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	take(file)
	file.Close()
}

func main() {
	few, _ := strconv.Atoi(os.Args[1])
	many, _ := strconv.Atoi(os.Args[2])
	out := os.Args[3]
	before, ready := stacks(), &sync.WaitGroup{}
	ready.Add(few + many)
	for i := 0; i < few; i++ {
		go shallow(ready)
	}
	for i := 0; i < many; i++ {
		go deep(ready, 20)
	}
	ready.Wait()
	after := stacks()
	write(out+".pb.gz", func(file *os.File) { pprof.Lookup("goroutine").WriteTo(file, 0) })
	write(out+".txt", func(file *os.File) { pprof.Lookup("goroutine").WriteTo(file, 2) })
	write(out+".heap.txt", func(file *os.File) { pprof.Lookup("heap").WriteTo(file, 1) })
	write(out+".heapdump", func(file *os.File) { debug.WriteHeapDump(file.Fd()) })
	told, _ := json.Marshal(map[string]any{"before": before, "after": after, "goroutines": runtime.NumGoroutine()})
	fmt.Println(string(told))
}

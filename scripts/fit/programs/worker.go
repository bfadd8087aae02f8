// Does to its memory what it is told on stdin, one order a line, and reports what the runtime says of it. See ../record-programs.ts.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

type small struct {
	id   int
	next *small
	pad  [4]int
}

var slots = map[string]any{}
var leaked []any
var files []*os.File
var waste any
var stop = make(chan bool)
var leakedNative int

func make_(kind string, bytes int) any {
	switch kind {
	case "string":
		return strings.Repeat("x", bytes)
	case "small":
		var head *small
		for left := bytes; left > 0; left -= 48 {
			head = &small{left, head, [4]int{}}
		}
		return head
	}
	b := make([]byte, bytes)
	for i := 0; i < len(b); i += 512 {
		b[i] = 1
	}
	return b
}

func live() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

func main() {
	percent := 100.0
	if v, err := strconv.ParseFloat(os.Getenv("GOGC"), 64); err == nil {
		percent = v
	}
	_ = debug.SetGCPercent
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		w := strings.Fields(in.Text())
		number := func(i int) int { n, _ := strconv.Atoi(w[i]); return n }
		switch w[0] {
		case "G":
			for i := number(1); i > 0; i-- {
				waste = make_([]string{"bytes", "small"}[i&1], number(2))
			}
		case "P":
			slots[w[1]] = make_(w[3], number(2))
		case "B":
			pieces := number(3)
			list := make([]any, pieces)
			for i := range list {
				list[i] = make_(w[4], number(2)/pieces)
			}
			slots[w[1]] = list
		case "K":
			list := slots[w[1]].([]any)
			kept := []any{}
			for i := 0; i < len(list); i += number(2) {
				kept = append(kept, list[i])
			}
			slots[w[1]] = kept
		case "D":
			delete(slots, w[1])
		case "L":
			leaked = append(leaked, make_(w[1], number(2)))
		case "N":
			b, err := syscall.Mmap(-1, 0, number(1), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
			if err == nil {
				for i := 0; i < len(b); i += 4096 {
					b[i] = 1
				}
				leakedNative += (len(b) + 4095) &^ 4095
			}
		case "T":
			go func(held any) { <-stop; waste = held }(make_("bytes", number(1)))
		case "F":
			if f, err := os.Open("/dev/null"); err == nil {
				files = append(files, f)
			}
		case "C":
			runtime.GC()
		case "S":
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			after := ""
			if m.NumGC > 0 {
				after = strconv.Itoa(int(float64(m.NextGC) / (1 + percent/100) / 1024))
			}
			fmt.Printf("heap_used=%d heap_after=%s heap_total=%d gc=%d\n", m.HeapAlloc/1024, after, (m.HeapSys-m.HeapReleased)/1024, m.NumGC)
		case "E":
			before := live()
			leaked = nil
			close(stop)
			fmt.Printf("leaked=%d\n", int(before)-int(live())+leakedNative)
		}
	}
}

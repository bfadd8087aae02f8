// Keeps 2000 blocks of 1 KB more in each round and makes 20000 blocks of garbage: the live heap rises evenly.
package main

import (
	"os"
	"strconv"
	"time"
)

var keep [][]byte
var sink int

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	for round := 0; round < rounds; round++ {
		for i := 0; i < 2000; i++ {
			keep = append(keep, make([]byte, 1024))
		}
		for i := 0; i < 20000; i++ {
			b := make([]byte, 1024+i%2)
			sink += len(b)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

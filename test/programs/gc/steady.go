// Keeps a fixed number of trees and replaces them one by one: the live heap stays, the garbage does not.
package main

import (
	"os"
	"strconv"
	"time"
)

type node struct {
	left, right *node
	payload     [120]byte
}

var sink []*node

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	keep, _ := strconv.Atoi(os.Args[2])
	for i := 0; i < keep; i++ {
		sink = append(sink, tree(13))
	}
	for i := 0; i < n; i++ {
		sink[i%keep] = tree(13)
		if i%8 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
}

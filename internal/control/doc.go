// Package control lets commands of the same machine ask a running process about its store, which it holds alone: HTTP
// over a Unix socket beside the store, for nobody but the account that the process runs as.
package control

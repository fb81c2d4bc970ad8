// Package config reads the configuration file: strictly, with every problem at once and at its place in the file.
// It opens nothing and connects to nothing: it is handed the environment and a way to read files, and returns plain
// values that others turn into options.
package config

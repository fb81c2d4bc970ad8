// Package rest is the HTTP client that the adapters of MongoDB's management APIs share: credentials, private CAs,
// time-outs, typed errors, lenient numbers, and the evidence about a POST that decides whether it may be repeated.
// It knows no endpoint, follows no redirect, repeats no POST and keeps no answer.
package rest

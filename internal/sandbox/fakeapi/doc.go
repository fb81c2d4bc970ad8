// Package fakeapi holds what the fakes of MongoDB's management APIs have in common below their documents: serving on any
// listener, a journal of all calls, HTTP digest, ids, and the choice of requests that a fault meets.
package fakeapi

// Package people holds tests that show the rules about the right people end to end: the whole bot as main wires it, with
// its real directory, against a fake Slack and a fake Ops Manager at the other end of the wire, in a bubble of virtual
// time. People type lines, press buttons and fill in forms; what they read is what the tests look at. It has no code of
// its own for others to use.
//
// Every refusal's words are in testdata/refusals.txt. To write it anew, and then read the difference:
//
//	go test ./internal/people -run TestRefusals -update
//
// What each system takes, of every point, delivery and form of cluster and with every kind of credential, is run against
// fakes of all of them and written into docs/combinations.md, likewise with -run TestCombinations -update.
package people

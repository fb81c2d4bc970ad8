package fakeapi

// The faults that every API has.
const (
	Drop       Kind = "drop"        // resets the connection
	ForeignJob Kind = "foreign_job" // somebody else starts the same at that moment
	ListLag    Kind = "list_lag"    // keeps the created job out of the next lists that would show it
	RateLimit  Kind = "rate_limit"  // answers 429
	AccessList Kind = "access_list" // answers 403 IP_ADDRESS_NOT_ON_ACCESS_LIST
)

// Trouble is one of them, for requests that carry credentials.
type Trouble struct {
	Kind      Kind
	Creations bool // only those that ask for a restore job
	After     bool // behind what was asked for, instead of in its place
	Lists     int  // how many lists lag behind
	Times     int  // 0 counts as 1; [Always]
}

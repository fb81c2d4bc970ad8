package restore

// Owned tells which jobs of the API that the request is submitted to belong to some request. A look-up that fails
// counts as owned: nothing is adopted on it.
func (r *Request) Owned(rd Reader) func(id string) bool {
	return func(id string) bool {
		owner, err := rd.JobOwner(r.Plan.Spec.Source.Origin, id)
		return err != nil || owner != ""
	}
}

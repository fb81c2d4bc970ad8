// Package reconcile makes the world match the store: it checks what was filed, submits what was approved, follows
// what runs and expires what waited too long. It decides nothing by itself: every step is one of package restore,
// taken in a transaction. It knows neither Slack nor any backend's wire form.
package reconcile

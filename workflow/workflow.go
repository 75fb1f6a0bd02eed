// Package workflow runs the graph of components that a contact passes before and
// while it is queued. It is pure, as the core is: the hub steps it in the same
// turn and saves it in the same commit. The one graph so far is built in:
// start → queue.
package workflow

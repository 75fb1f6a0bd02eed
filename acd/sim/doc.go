// Package sim holds the routing core against judges that share no code with it
// and know of it only what its contract says:
//
//   - Day makes up a day from a seed: a plan, traffic, agents' habits, stale
//     commands, changes of the plan, restarts, a clock that stands still and jumps.
//   - Model keeps, from the plan, the events and what each Step gave out, its own
//     view of every contact and agent, and checks after each Step by brute force
//     that the choices, rows, facts, effects, refusals and deadlines are those of
//     the contract (package acd, "The rules"). It is slow on purpose: it looks at
//     everything, and keeps no structure that could be wrong in the same way.
//   - Floor brings the two together. It keeps the rows as a store would, lets a core
//     that was rebuilt from them go on in place of the running one, whose twin goes
//     on beside it, and lets all be lost but the rows.
//   - Theory (ErlangC, ErlangA, Cobham) says how long customers wait under laws of
//     chance for which the answer is known; Line runs the core under these laws.
//
// The folder bugs holds changes of the core that these judges must notice.
package sim

// Package bench puts load on a running server from outside, over its public doors
// alone: customers by POST and WebSocket, agents over the API and the live feed.
// It keeps a log of its own of everything that it was answered and that was pushed
// to it, and afterwards holds the log against the pages of the API: what is missing
// there was lost, what is there twice was doubled. It knows nothing of the
// server's packages, so that it can be wrong only about the contract.
//
// The actors (Customer, Agent) reconnect and retry as a widget and a desktop do,
// so that tests can kill the server under them.
package bench

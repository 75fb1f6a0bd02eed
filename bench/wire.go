package bench

import "encoding/json"

// The public doors as the bench reads them. Fields that it does not look at are
// left out. Instants are milliseconds since 1970.

type (
	// ContactView is a contact, open or ended.
	ContactView struct {
		ID    string `json:"id"`
		Name  string `json:"name"` // the customer's: how the bench knows its own
		State string `json:"state"`
		Agent string `json:"agent"`
		Queue string `json:"queue"`
		// EndedAt is zero while the contact is open.
		EndedAt int64 `json:"ended_at"`
	}

	// MessageView is one entry of a conversation.
	MessageView struct {
		Seq      uint64 `json:"seq"`
		Author   string `json:"author"`
		ClientID string `json:"client_id"`
		Kind     string `json:"kind"`
		Text     string `json:"text"`
	}

	// FactView is one transition.
	FactView struct {
		Kind    string `json:"kind"`
		Why     string `json:"why"`
		At      int64  `json:"at"`
		Contact string `json:"contact"`
		Agent   string `json:"agent"`
		Queue   string `json:"queue"`
		Step    int    `json:"step"`
		Number  uint32 `json:"number"` // of the offer, or as the kind says
		Reason  string `json:"reason"`
		Domain  string `json:"domain"`
		TookMs  int64  `json:"took_ms"`
		Batch   uint64 `json:"batch"` // the facts of a site are in order of (Batch, N)
		N       uint32 `json:"n"`
	}

	page[T any] struct {
		Items []T    `json:"items"`
		Next  string `json:"next"`
	}

	// frame is one text frame of the live feed, or of a customer's socket.
	frame struct {
		Topic string          `json:"topic"`
		N     uint64          `json:"n"`
		Kind  string          `json:"kind"`
		Body  json.RawMessage `json:"body"`
	}

	// DeskContact is a contact in an agent's hand.
	DeskContact struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		State string `json:"state"`
		Offer uint32 `json:"offer"`
	}

	// Desk is the whole desk of an agent.
	Desk struct {
		Contacts []DeskContact `json:"contacts"`
	}

	newChat struct {
		ClientID string            `json:"client_id"`
		Unit     string            `json:"unit"`
		Queue    string            `json:"queue,omitempty"`
		Name     string            `json:"name"`
		Caption  string            `json:"caption"`
		Language string            `json:"language,omitempty"`
		Priority int               `json:"priority,omitempty"`
		Data     map[string]string `json:"data,omitempty"`
		Text     string            `json:"text,omitempty"`
	}

	chatMade struct {
		Contact string `json:"contact"`
		Session string `json:"session"`
	}

	newMessage struct {
		ClientID string `json:"client_id"`
		Text     string `json:"text"`
	}

	messageMade struct {
		Seq uint64 `json:"seq"`
	}

	topic struct {
		Topic string  `json:"topic"`
		After *uint64 `json:"after,omitempty"`
	}

	feedCommand struct {
		Op     string  `json:"op"`
		Topics []topic `json:"topics,omitempty"`
	}
)

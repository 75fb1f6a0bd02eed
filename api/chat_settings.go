package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"portico/acd"
	"portico/fault"
	"portico/store"
	"portico/talk"
)

// VersionedChatSettings are a business unit's chat settings with the version that a
// change must name.
type VersionedChatSettings struct {
	Version   uint32            `json:"version" doc:"0 until they are changed for the first time"`
	ChangedAt acd.Time          `json:"changed_at,omitempty" doc:"milliseconds since 1970 UTC"`
	ChangedBy string            `json:"changed_by,omitempty" maxLength:"200" doc:"name of the person"`
	Settings  talk.ChatSettings `json:"settings"`
}

type chatSettingsInput struct {
	Scope
	Body struct {
		Version  uint32            `json:"version" doc:"the version that the change is based on"`
		Settings talk.ChatSettings `json:"settings"`
	}
}

func (s *Server) registerChatSettings() {
	register(s, operation{id: "read-chat-settings", method: http.MethodGet, path: "/chat-settings", summary: "Read how the business unit chats",
		tag: "chat-settings", roles: rolesEveryone}, s.readChatSettings)
	register(s, operation{id: "change-chat-settings", method: http.MethodPut, path: "/chat-settings", summary: "Change how the business unit chats",
		tag: "chat-settings", roles: rolesBusiness}, s.changeChatSettings)
}

func (s *Server) readChatSettings(_ context.Context, c call, _ *scopeInput) (*Answer[VersionedChatSettings], error) {
	now := s.names()
	have := now.chats[c.unit]
	return &Answer[VersionedChatSettings]{VersionedChatSettings{Version: have.Version, ChangedAt: have.ChangedAt,
		ChangedBy: now.person(have.ChangedBy), Settings: now.talks[c.unit].Settings}}, nil
}

func (s *Server) changeChatSettings(ctx context.Context, c call, in *chatSettingsInput) (*Answer[VersionedChatSettings], error) {
	if err := in.Body.Settings.Check(); err != nil {
		f := fault.Of(err)
		return nil, f.On("settings." + f.Field)
	}
	raw, err := json.Marshal(in.Body.Settings)
	if err != nil {
		return nil, fmt.Errorf("encoding the chat settings: %w", err)
	}
	err = s.configuration.change(ctx, func(now *catalogue) (proposal, error) {
		before := now.chats[c.unit]
		if before.Version != in.Body.Version {
			return proposal{}, errChanged
		}
		o := store.Object{Unit: c.unit, Kind: talk.KindSettings, ID: c.unit, Name: talk.KindSettings,
			Version: before.Version + 1, ChangedAt: s.at(), ChangedBy: c.caller.User, Body: raw}
		next, _, err := now.with(o)
		return proposal{next: next, rows: []store.Row{store.PutObject{Object: o, Expect: before.Version},
			s.audit(c, "chat_settings.change", o.Unit, o.ID, before.Body, raw)}}, err
	})
	if err != nil {
		return nil, err
	}
	return s.readChatSettings(ctx, c, nil)
}

package api

import (
	"encoding/json"
	"fmt"

	"portico/acd"
	"portico/identity"
	"portico/outcall"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

// chatSettings are how a business unit chats.
func (s *Server) chatSettings() single[talk.ChatSettings] {
	return single[talk.ChatSettings]{kind: talk.KindSettings, path: "chat-settings", words: "how the business unit chats",
		read: rolesEveryone, change: rolesBusiness,
		have: func(now *catalogue, unit acd.UnitID) store.Object { return now.chats[unit].Object },
		show: func(raw json.RawMessage) (talk.ChatSettings, error) {
			settings := talk.Defaults()
			if len(raw) == 0 {
				return settings, nil
			}
			if err := json.Unmarshal(raw, &settings); err != nil {
				return settings, fmt.Errorf("reading the chat settings: %w", err)
			}
			return settings, nil
		},
		keep: func(settings talk.ChatSettings) (any, error) { return settings, settings.Check() }}
}

// siteSettings are those of the whole site, which is one for all business units.
func (s *Server) siteSettings() single[Settings] {
	return single[Settings]{kind: identity.KindSettings, path: "settings", words: "the site's settings",
		read: rolesBusiness, change: rolesSystem,
		home: func(call) acd.UnitID { return identity.Global },
		have: func(now *catalogue, _ acd.UnitID) store.Object { return now.settings },
		show: func(raw json.RawMessage) (Settings, error) {
			settings := plan.Defaults()
			if len(raw) == 0 {
				return showSettings(settings), nil
			}
			if err := json.Unmarshal(raw, &settings); err != nil {
				return Settings{}, fmt.Errorf("reading the site's settings: %w", err)
			}
			return showSettings(settings), nil
		},
		keep: func(settings Settings) (any, error) {
			kept := keepSettings(settings)
			if kept.OutsideAllow == nil { // from a program that does not know it
				kept.OutsideAllow = s.names().siteSettings().OutsideAllow
			}
			if _, err := outcall.ParseAllow(kept.OutsideAllow); err != nil {
				return nil, err
			}
			return kept, kept.Check()
		}}
}

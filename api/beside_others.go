package api

import (
	"context"
	"unicode/utf8"

	"portico/acd"
	"portico/fault"
	"portico/store"
	"portico/talk"
)

// What of conversations must fit to other objects of the unit.

// languageNameMax is how long a chat language's name may be, in characters: contacts
// carry it.
const languageNameMax = 64

var (
	errLanguageName  = fault.New(fault.Invalid, "language_name", "The name of a chat language has at most 64 characters.").On("name")
	errLanguageUsed  = fault.New(fault.Conflict, "language_used", "The responses or forms have texts in this language under its name. Change them first, or keep the name.").On("name")
	errShortcutTaken = fault.New(fault.Conflict, "shortcut_taken", "Another response has this shortcut already. Choose another.").On("body.shortcut")
)

// languageFits refuses a name that no contact could carry, and another name while texts
// are kept under the one that there is.
func languageFits(ctx context.Context, d *draft, before, o store.Object, _ talk.ChatLanguage) error {
	if utf8.RuneCountInString(o.Name) > languageNameMax {
		return errLanguageName
	}
	if before.Version == 0 || before.Deleted || before.Name == o.Name {
		return nil
	}
	settings := d.now.talks[o.Unit].Settings
	for _, form := range []talk.Form{settings.PreChat, settings.Offline} {
		for _, f := range form.Fields {
			if _, ok := f.Label[before.Name]; ok {
				return errLanguageUsed.With("uses", string(talk.KindSettings))
			}
		}
	}
	var uses []Use
	err := d.s.responses(ctx, o.Unit, func(other store.Object, r talk.Response) {
		_, written := r.Texts[before.Name]
		_, mailed := r.Mails[before.Name]
		if written || mailed {
			uses = append(uses, Use{Kind: string(talk.KindResponse), ID: other.ID, Name: other.Name})
		}
	})
	if err == nil && len(uses) > 0 {
		err = errLanguageUsed.With("uses", inWords(uses))
	}
	return err
}

// shortcutKey names a shortcut among those of its owner; the zero owner's are everybody's.
type shortcutKey struct {
	owner    acd.AgentID
	shortcut string
}

// shortcutFits refuses a shortcut that another response of the same owner has.
func shortcutFits(ctx context.Context, d *draft, before, o store.Object, r talk.Response) error {
	if d.shortcuts == nil {
		d.shortcuts = map[shortcutKey]store.Object{}
		err := d.s.responses(ctx, o.Unit, func(other store.Object, r talk.Response) {
			if r.Shortcut != "" {
				d.shortcuts[shortcutKey{other.Owner, r.Shortcut}] = other
			}
		})
		if err != nil {
			return err
		}
	}
	if r.Shortcut == "" {
		return nil
	}
	key := shortcutKey{o.Owner, r.Shortcut}
	if other, taken := d.shortcuts[key]; taken && other.ID != o.ID {
		return errShortcutTaken.With("name", other.Name)
	}
	d.shortcuts[key] = o
	return nil
}

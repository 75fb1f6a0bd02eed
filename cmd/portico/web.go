package main

import (
	"fmt"
	"path/filepath"

	"portico/webchat"
)

type web struct {
	Pages webPages `cmd:"" help:"The customers' pages."`
}

type webPages struct {
	Check webPagesCheck `cmd:"" help:"Look through the folder of pages: what browsers would not run, what is missing, what cannot be shown, what is of an old set. Exit code 1 when customers would meet something."`
}

type webPagesCheck struct {
	Data   string `default:"./data" placeholder:"DIR" help:"Data folder; its folder html is looked through."`
	Folder string `arg:"" optional:"" type:"existingdir" help:"Another folder, such as one of old that is to be taken over."`
}

// Run prints a line for each finding.
func (c *webPagesCheck) Run() error {
	folder := c.Folder
	if folder == "" {
		folder = filepath.Join(c.Data, "html")
	}
	found, err := webchat.CheckPages(folder)
	if err != nil {
		return err
	}
	bad := 0
	for _, f := range found {
		place, sign := f.Page, "note"
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d", f.Page, f.Line)
		}
		if f.Bad {
			sign = "BAD "
			bad++
		}
		fmt.Printf("%s  %s: %s\n", sign, place, f.Sentence)
	}
	if bad > 0 {
		return fmt.Errorf("customers would meet %d of these", bad)
	}
	if len(found) == 0 {
		fmt.Println("The pages are fine.")
	}
	return nil
}

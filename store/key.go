package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeySize is the length of the key of secrets, in bytes.
const KeySize = 32

// LoadKey gives the key with which secrets at rest are encrypted: the file key in
// the data folder, made at the first call, readable by the owner alone. With
// PostgreSQL it stays in the folder too, so that no copy of the database holds it.
func LoadKey(dir string) ([KeySize]byte, error) {
	var key [KeySize]byte
	path := filepath.Join(dir, "key")
	text, err := os.ReadFile(path)
	switch {
	case err == nil && len(text) == KeySize:
		return [KeySize]byte(text), nil
	case err == nil:
		return key, fmt.Errorf("the key file %s holds %d bytes, not %d: bring back the right one from a backup",
			path, len(text), KeySize)
	case !errors.Is(err, fs.ErrNotExist):
		return key, fmt.Errorf("reading the key file: %w", err)
	}
	rand.Read(key[:])
	if err := writeDurably(dir, path, key[:]); err != nil {
		return key, fmt.Errorf("making the key file: %w", err)
	}
	return key, nil
}

// writeDurably writes a new file whole or not at all.
func writeDurably(dir, path string, data []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	// Link, not rename: a key that another process has just made stays.
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

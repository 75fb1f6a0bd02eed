package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"portico/fault"
)

// Limits of passwords.
const (
	passwordMin = 8   // characters
	passwordMax = 200 // bytes
)

// errHash is told of a text that is no PHC string of argon2id within our limits.
var errHash = errors.New("identity: not a PHC string of argon2id")

// Cost is what a hash costs. The zero value is DefaultCost.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost takes about 50 ms of one core and 19 MiB. RFC 9106 allows more; with
// one hash at a time this bounds what a flood of sign-ins can take.
var DefaultCost = Cost{MemoryKiB: 19 << 10, Passes: 2, Lanes: 1}

// phc is a parsed PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
type phc struct {
	cost       Cost
	salt, hash []byte
}

// Limits of a PHC string that is read, so that no stored text can take the machine.
const (
	memoryMaxKiB = 1 << 20
	passesMax    = 16
	lanesMax     = 16
)

func parsePHC(text string) (phc, error) {
	var p phc
	part := strings.Split(text, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return p, errHash
	}
	var memory, passes, lanes uint64
	for i, field := range strings.Split(part[3], ",") {
		value, ok := strings.CutPrefix(field, [...]string{"m=", "t=", "p=", "\x00"}[min(i, 3)])
		n, err := strconv.ParseUint(value, 10, 32)
		if !ok || err != nil {
			return p, errHash
		}
		*[...]*uint64{&memory, &passes, &lanes}[i] = n
	}
	if memory == 0 || memory > memoryMaxKiB || passes == 0 || passes > passesMax || lanes == 0 || lanes > lanesMax {
		return p, errHash
	}
	p.cost = Cost{uint32(memory), uint32(passes), uint8(lanes)}
	var err error
	if p.salt, err = base64.RawStdEncoding.Strict().DecodeString(part[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return p, errHash
	}
	if p.hash, err = base64.RawStdEncoding.Strict().DecodeString(part[5]); err != nil || len(p.hash) < 16 || len(p.hash) > 64 {
		return p, errHash
	}
	return p, nil
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.MemoryKiB, p.cost.Passes, p.cost.Lanes,
		b64(p.salt), b64(p.hash))
}

func (p phc) of(password string) []byte {
	return argon2.IDKey([]byte(password), p.salt, p.cost.Passes, p.cost.MemoryKiB, p.cost.Lanes, uint32(len(p.hash)))
}

// newHash hashes a new password.
func newHash(password string, cost Cost) string {
	p := phc{cost: cost, salt: make([]byte, 16), hash: make([]byte, 32)}
	rand.Read(p.salt)
	p.hash = p.of(password)
	return p.String()
}

// matches reports whether the password is the one that was hashed.
func matches(text, password string) (bool, error) {
	p, err := parsePHC(text)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(p.of(password), p.hash) == 1, nil
}

// queue lets one hash be computed at a time, so that memory is bounded, and a few wait.
type queue struct {
	turn    chan struct{} // holds one: whose turn it is
	waiting chan struct{} // holds one for everybody in the queue
}

// waitingMax is how many may wait for a hash, about three seconds' worth.
const waitingMax = 64

func newQueue() queue {
	return queue{turn: make(chan struct{}, 1), waiting: make(chan struct{}, waitingMax)}
}

// do runs f when it is its turn. A full queue, or a ctx that ends first, is the
// fault busy.
func (q queue) do(ctx context.Context, f func() error) error {
	select {
	case q.waiting <- struct{}{}:
		defer func() { <-q.waiting }()
	default:
		return errBusy
	}
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-ctx.Done():
		return errBusy
	}
	return f()
}

// CheckPassword refuses a password that is too short, too long, or the user's name.
func CheckPassword(name, password string) error {
	switch {
	case utf8.RuneCountInString(password) < passwordMin:
		return fault.New(fault.Invalid, "password_short", "The password is too short: it needs at least 8 characters.").
			With("min", strconv.Itoa(passwordMin)).On("password")
	case len(password) > passwordMax:
		return fault.New(fault.Invalid, "too_long", "The password is too long.").On("password")
	case strings.EqualFold(password, name):
		return fault.New(fault.Invalid, "password_is_name", "The password must not be the user name.").On("password")
	}
	return nil
}

// MakePassword gives a random password that is easy to read out: about 79 bits.
func MakePassword() string {
	return letters(4) + "-" + letters(4) + "-" + letters(4) + "-" + letters(4)
}

// letters gives n random characters that cannot be mistaken for each other.
func letters(n int) string {
	const alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
	out := make([]byte, 0, n)
	var b [1]byte
	for len(out) < n {
		rand.Read(b[:])
		if i := b[0] & 31; int(i) < len(alphabet) {
			out = append(out, alphabet[i])
		}
	}
	return string(out)
}

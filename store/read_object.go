package store

import (
	"context"
	"database/sql"
	"strings"

	"portico/acd"
)

// ObjectQuery says which objects of a kind are wanted.
type ObjectQuery struct {
	// After is the name of the last object of the page before; empty: the first page.
	After string
	// AfterOwner is that object's owner.
	AfterOwner acd.AgentID
	// Owner is whose objects are wanted beside the unit's; zero: nobody's.
	Owner acd.AgentID
	// Everybody wants the objects of all owners.
	Everybody bool
	// Find keeps the objects whose name holds it, without case; empty: all.
	Find  string
	Limit int // 0: PageMax
}

const (
	versionColumns = `unit, kind, id, name, version, changed_at, changed_by, deleted, body`
	objectColumns  = versionColumns + `, owner`
	auditColumns   = `id, unit, at, by_user, by_name, from_address, action, object, before, after`
)

func scanObject(rows *sql.Rows, o *Object) error {
	return rows.Scan((*scanID)(&o.Unit), &o.Kind, (*scanID)(&o.ID), &o.Name, &o.Version, &o.ChangedAt,
		(*scanID)(&o.ChangedBy), &o.Deleted, raw(&o.Body), (*scanID)(&o.Owner))
}

func scanVersion(rows *sql.Rows, o *Object) error {
	return rows.Scan((*scanID)(&o.Unit), &o.Kind, (*scanID)(&o.ID), &o.Name, &o.Version, &o.ChangedAt,
		(*scanID)(&o.ChangedBy), &o.Deleted, raw(&o.Body))
}

// Objects gives a unit's objects of a kind by name, without case; no deleted ones.
func (s *Store) Objects(ctx context.Context, unit acd.UnitID, kind ObjectKind, q ObjectQuery) ([]Object, error) {
	find := likely(fold(q.Find))
	after, owner := q.After, q.AfterOwner
	if after != "" && owner.IsZero() && q.Owner.IsZero() && !q.Everybody {
		owner = lastID // nobody else's of the same name is asked for
	}
	return list(ctx, s, scanObject, `select `+objectColumns+` from object
		where site = ? and unit = ? and kind = ? and (fold, owner) > (?, ?) and (owner in (?, ?) or ?) and fold like ? escape '\'
		and not deleted order by fold, owner limit ?`, s.encoder.site, s.engine.id(unit), string(kind), fold(after), s.engine.id(owner),
		s.engine.id(acd.AgentID{}), s.engine.id(q.Owner), q.Everybody, "%"+find+"%", limited(q.Limit))
}

// AllObjects gives the objects of a kind of every unit, for the plan; no deleted ones.
func (s *Store) AllObjects(ctx context.Context, kind ObjectKind) ([]Object, error) {
	var out []Object
	var unit, id [16]byte
	for {
		rows, err := list(ctx, s, scanObject, `select `+objectColumns+` from object
			where site = ? and kind = ? and (unit, id) > (?, ?) and not deleted order by unit, id limit ?`,
			s.encoder.site, string(kind), s.engine.id(unit), s.engine.id(id), chunk)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
		if len(rows) < chunk {
			return out, nil
		}
		unit, id = rows[chunk-1].Unit, rows[chunk-1].ID
	}
}

// Object gives an object of a unit. A deleted one is none; ObjectVersions has it.
func (s *Store) Object(ctx context.Context, unit acd.UnitID, kind ObjectKind, id [16]byte) (Object, error) {
	return one(ctx, s, scanObject, `select `+objectColumns+` from object
		where site = ? and unit = ? and kind = ? and id = ? and not deleted`,
		s.encoder.site, s.engine.id(unit), string(kind), s.engine.id(id))
}

// ObjectByName gives an object of the whole unit by its name, without case.
func (s *Store) ObjectByName(ctx context.Context, unit acd.UnitID, kind ObjectKind, name string) (Object, error) {
	return s.OwnObjectByName(ctx, unit, kind, acd.AgentID{}, name)
}

// OwnObjectByName gives an object by its owner and its name, without case.
func (s *Store) OwnObjectByName(ctx context.Context, unit acd.UnitID, kind ObjectKind, owner acd.AgentID, name string) (Object, error) {
	return one(ctx, s, scanObject, `select `+objectColumns+` from object
		where site = ? and unit = ? and kind = ? and fold = ? and owner = ? and not deleted`,
		s.encoder.site, s.engine.id(unit), string(kind), fold(name), s.engine.id(owner))
}

// ObjectVersions gives all versions of an object, the present one first; its
// deletion is a version too. None is an empty list.
func (s *Store) ObjectVersions(ctx context.Context, unit acd.UnitID, kind ObjectKind, id [16]byte) ([]Object, error) {
	return list(ctx, s, scanVersion, `select `+versionColumns+` from object_version
		where site = ? and unit = ? and kind = ? and id = ? order by version desc limit ?`,
		s.encoder.site, s.engine.id(unit), string(kind), s.engine.id(id), PageMax)
}

// AuditQuery says which audit entries are wanted; its zero value: all.
type AuditQuery struct {
	Object [16]byte
	Action string   // its beginning, such as queue. or queue.change
	By     string   // part of the name, in its letters
	From   acd.Time // at this time or later; 0: any
	To     acd.Time // earlier than this; 0: any
}

// AuditPage gives the unit's changes by people, the newest first, and the key of the
// next page, empty after the last.
func (s *Store) AuditPage(ctx context.Context, unit acd.UnitID, q AuditQuery, after string, limit int) ([]Audit, string, error) {
	key, err := newestFirst(after)
	if err != nil {
		return nil, "", err
	}
	if after == "" {
		key.id = lastID
	}
	limit = limited(limit)
	// The ids ascend with time, so the key alone orders them.
	where, args := `site = ? and unit = ? and id < ?`, []any{s.encoder.site, s.engine.id(unit), s.engine.id(key.id)}
	add := func(condition string, arg any) { where, args = where+condition, append(args, arg) }
	if q.Object != [16]byte{} {
		add(` and object = ?`, s.engine.id(q.Object))
	}
	if q.Action != "" {
		add(` and action like ? escape '\'`, likely(q.Action)+"%")
	}
	if q.By != "" {
		add(` and by_name like ? escape '\'`, "%"+likely(q.By)+"%")
	}
	if q.From > 0 {
		add(` and at >= ?`, int64(q.From))
	}
	if q.To > 0 {
		add(` and at < ?`, int64(q.To))
	}
	rows, err := list(ctx, s, scanAudit, `select `+auditColumns+` from audit where `+where+` order by id desc limit ?`,
		append(args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	rows, after = next(rows, limit, func(a Audit) pageKey { return pageKey{a.At, a.ID} })
	return rows, after, nil
}

// likely writes a text so that it stands for itself in a pattern of like.
func likely(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// lastID is after all ids.
var lastID = [16]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

func scanAudit(rows *sql.Rows, a *Audit) error {
	return rows.Scan((*scanID)(&a.ID), (*scanID)(&a.Unit), &a.At, (*scanID)(&a.By), &a.ByName, &a.From, &a.Action,
		(*scanID)(&a.Object), raw(&a.Before), raw(&a.After))
}

// Credential gives what a person proves to sign in.
func (s *Store) Credential(ctx context.Context, unit acd.UnitID, user acd.AgentID) (Credential, error) {
	return one(ctx, s, scanCredential, `select unit, user_id, hash, failures, locked_to, at from credential
		where site = ? and unit = ? and user_id = ?`, s.encoder.site, s.engine.id(unit), s.engine.id(user))
}

func scanCredential(rows *sql.Rows, c *Credential) error {
	return rows.Scan((*scanID)(&c.Unit), (*scanID)(&c.User), &c.Hash, &c.Failures, &c.LockedTo, &c.At)
}

const sessionColumns = `key, unit, user_id, created, seen, expires, address, agent`

func scanSession(rows *sql.Rows, v *Session) error {
	var key []byte
	err := rows.Scan(&key, (*scanID)(&v.Unit), (*scanID)(&v.User), &v.Created, &v.Seen, &v.Expires, &v.Address, &v.Agent)
	copy(v.Key[:], key)
	return err
}

// Session gives a session by its key, expired or not.
func (s *Store) Session(ctx context.Context, key [32]byte) (Session, error) {
	return one(ctx, s, scanSession, `select `+sessionColumns+` from session where site = ? and key = ?`,
		s.encoder.site, key[:])
}

// Sessions gives a person's sessions, the newest first, at most PageMax.
func (s *Store) Sessions(ctx context.Context, unit acd.UnitID, user acd.AgentID) ([]Session, error) {
	return list(ctx, s, scanSession, `select `+sessionColumns+` from session
		where site = ? and unit = ? and user_id = ? order by created desc, key limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(user), PageMax)
}

const tokenColumns = `id, key, unit, name, role, by_user, created, expires, revoked`

func scanToken(rows *sql.Rows, t *Token) error {
	var key []byte
	err := rows.Scan((*scanID)(&t.ID), &key, (*scanID)(&t.Unit), &t.Name, &t.Role, (*scanID)(&t.By), &t.Created, &t.Expires,
		&t.Revoked)
	copy(t.Key[:], key)
	return err
}

// Token gives an API token by its key, expired and revoked ones too.
func (s *Store) Token(ctx context.Context, key [32]byte) (Token, error) {
	return one(ctx, s, scanToken, `select `+tokenColumns+` from token where site = ? and key = ?`, s.encoder.site, key[:])
}

// Tokens gives a unit's API tokens by id. After is the text of the last id of the
// page before.
func (s *Store) Tokens(ctx context.Context, unit acd.UnitID, after string, limit int) ([]Token, error) {
	var id acd.ReasonID
	if err := id.UnmarshalText([]byte(after)); err != nil {
		return nil, ErrPage
	}
	return list(ctx, s, scanToken, `select `+tokenColumns+` from token where site = ? and unit = ? and id > ? order by id limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(id), limited(limit))
}

// AuditEntry gives one audit entry of a unit.
func (s *Store) AuditEntry(ctx context.Context, unit acd.UnitID, id [16]byte) (Audit, error) {
	return one(ctx, s, scanAudit, `select `+auditColumns+` from audit where site = ? and unit = ? and id = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

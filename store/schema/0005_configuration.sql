-- Some objects belong to one person: a standard response, a view. Their names are unique among that
-- person's; the zero id is nobody, whose objects are the whole unit's.
alter table object add column owner {id} not null default {nobody};
drop index object_name;
create unique index object_name on object (site, unit, kind, fold, owner) where not deleted;

-- The entries of a unit are a chain: n counts them from 1, and hash is that of the entry and of the hash
-- before. Entries from before the chain have n 0; the first hash is theirs.
alter table audit add column n bigint not null default 0;
alter table audit add column hash {blob};
create index audit_chain on audit (site, unit, n, id);
create index audit_object on audit (site, unit, object, id);
create table audit_end (
	site bigint not null,
	unit {id}   not null,
	n    bigint not null,
	hash {blob} not null,
	primary key (site, unit)
){replaced};

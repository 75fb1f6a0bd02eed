-- seq is the number of the message that names it; 0: none yet; -1: it is being deleted.
create table attachment (
	site       bigint not null,
	unit       {id}   not null,
	id         {id}   not null,
	contact    {id}   not null,
	seq        bigint not null,
	name       text   not null check (length(name) between 1 and 255),
	media_type text   not null check (length(media_type) between 1 and 255),
	size       bigint not null check (size > 0),
	at         bigint not null,
	by_agent   {id},
	primary key (site, unit, id)
){clustered};
create index attachment_message on attachment (site, unit, contact, seq, id);
create index attachment_unnamed on attachment (site, at) where seq <= 0;

-- Not clustered: a row is far longer than a page, and its key alone must be quick to walk.
create table attachment_piece (
	site       bigint not null,
	unit       {id}   not null,
	attachment {id}   not null,
	n          bigint not null check (n > 0),
	bytes      {blob} not null check (length(bytes) between 1 and 131072),
	primary key (site, unit, attachment, n)
);

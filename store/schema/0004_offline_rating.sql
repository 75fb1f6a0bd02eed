-- What customers left outside the hours, to be answered later.
create table offline_request (
	site      bigint not null,
	unit      {id}   not null,
	id        {id}   not null,
	client_id text   not null check (length(client_id) between 1 and 64),
	at        bigint not null,
	queue     {id},
	language  text   not null check (length(language) <= 64),
	body      {json} not null,
	done_at   bigint not null, -- 0: it is open
	done_by   {id},
	note      text   not null,
	primary key (site, unit, id)
){clustered};
create unique index offline_request_client on offline_request (site, unit, client_id);
create index offline_request_open on offline_request (site, unit, id) where done_at = 0;
create index offline_request_at on offline_request (site, at);

-- How customers found a conversation. Queue and agent are those who had it last.
create table rating (
	site       bigint   not null,
	unit       {id}     not null,
	contact    {id}     not null,
	at         bigint   not null, -- of the first answer
	changed_at bigint   not null,
	queue      {id},
	agent      {id},
	score      smallint not null check (score between 1 and 5),
	comment    text     not null check (length(comment) <= 1000),
	primary key (site, unit, contact)
){clustered};
create index rating_at on rating (site, unit, at, contact);

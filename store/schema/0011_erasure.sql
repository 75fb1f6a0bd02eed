-- The mails of a unit that wait to leave.
create index mail_out_waiting on mail_out (site, unit, id) where state = 2;

-- People who are erased: how far that has come, and what was reached. Nothing here says who it was. State 3: done.
create table erasure (
	site       bigint   not null,
	unit       {id}     not null,
	id         {id}     not null,
	customer   {id}     not null,
	at         bigint   not null,
	by_user    {id},
	state      smallint not null,
	changed_at bigint   not null,
	body       {json}   not null,
	primary key (site, unit, id)
){clustered};
create index erasure_under_way on erasure (site, id) where state < 3;

-- Messages of people who are erased, which are still in a mailbox.
create table erasure_mail (
	site         bigint not null,
	unit         {id}   not null,
	erasure      {id}   not null,
	account      {id}   not null,
	item         {id}   not null,
	folder       text   not null check (length(folder) <= 255),
	uid_validity bigint not null,
	uid          bigint not null,
	message_id   text   not null,
	primary key (site, unit, erasure, account, item)
){clustered};

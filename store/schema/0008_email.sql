-- What a message of the kind mail is besides its text. message_key is a hash of its Message-ID, which may be
-- longer than an index takes. Where it is in the mailbox: folder, uid_validity and uid; uid 0: not known.
create table mail (
	site         bigint   not null,
	unit         {id}     not null,
	contact      {id}     not null,
	seq          bigint   not null check (seq > 0),
	direction    smallint not null,
	account      {id},
	folder       text     not null check (length(folder) <= 255),
	uid_validity bigint   not null,
	uid          bigint   not null,
	message_key  {id},
	tracking     text     not null check (length(tracking) <= 16),
	subject      text     not null check (length(subject) <= 1000),
	body         {json}   not null,
	html         text     not null check (length(html) <= 524288),
	primary key (site, unit, contact, seq)
){clustered};
create index mail_message on mail (site, unit, message_key) where message_key is not null;
create index mail_tracking on mail (site, unit, tracking) where tracking <> '';

create index mail_place on mail (site, account, folder, uid_validity, uid) where uid > 0;

-- How far each mailbox was read: everything below next is done with.
create table mail_position (
	site         bigint not null,
	account      {id}   not null,
	uid_validity bigint not null,
	next         bigint not null,
	primary key (site, account)
){clustered};

-- What became of each message of a mailbox, for each business unit that it was for; parts is for how many. The
-- same after a restart, whatever the mailbox says meanwhile.
create table mail_ledger (
	site         bigint   not null,
	account      {id}     not null,
	uid_validity bigint   not null,
	uid          bigint   not null,
	unit         {id}     not null,
	parts        smallint not null,
	message_key  {id}     not null,
	internal_at  bigint   not null,
	size         bigint   not null,
	header_key   {id}     not null,
	sender_key   {id}     not null,
	at           bigint   not null,
	state        smallint not null,
	contact      {id},
	seq          bigint   not null,
	note         text     not null check (length(note) <= 1000),
	primary key (site, account, uid_validity, uid, unit)
){clustered};
create index mail_ledger_message on mail_ledger (site, account, message_key);
create index mail_ledger_sender on mail_ledger (site, unit, sender_key, at);
create index mail_ledger_at on mail_ledger (site, at);
create index mail_ledger_exception on mail_ledger (site, unit, at) where state > 1;
create index mail_ledger_contact on mail_ledger (site, unit, contact) where contact is not null;

-- Mails on their way out; each stays for as long as its contact does.
create table mail_out (
	site    bigint   not null,
	unit    {id}     not null,
	id      {id}     not null,
	contact {id}     not null,
	seq     bigint   not null,
	account {id}     not null,
	agent   {id},
	at      bigint   not null,
	state   smallint not null,
	attempts bigint  not null,
	next_at bigint   not null,
	error   text     not null check (length(error) <= 1000),
	primary key (site, unit, id)
){clustered};
create index mail_out_message on mail_out (site, unit, contact, seq);
create index mail_out_due on mail_out (site, account, id) where state in (2, 3);
create index mail_out_held on mail_out (site, unit, id) where state = 1;

-- A mail that an agent writes.
create table mail_draft (
	site    bigint not null,
	unit    {id}   not null,
	contact {id}   not null,
	agent   {id}   not null,
	at      bigint not null,
	body    {json} not null,
	primary key (site, unit, contact, agent)
){clustered};

-- Who was last answered by the program itself, and when: key is a hash of thread and sender.
create table mail_auto (
	site bigint not null,
	unit {id}   not null,
	key  {id}   not null,
	at   bigint not null,
	primary key (site, unit, key)
){clustered};
create index mail_auto_at on mail_auto (site, at);
create index contact_thread on contact (site, unit, thread) where thread is not null;

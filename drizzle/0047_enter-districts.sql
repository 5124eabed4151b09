-- How a connection that owns nothing enters a district (lib/platform/db/entrance.ts): it is told by a token, which only who knows the key can make.
create schema entry;
--> statement-breakpoint
create table entry.keys (key bytea not null);
--> statement-breakpoint
create unique index keys_one on entry.keys ((true));
--> statement-breakpoint
-- Four ids of version 4 have 488 random bits.
insert into entry.keys
select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
--> statement-breakpoint
-- What a token is made for besides its district: this transaction of this connection, and no other.
create function entry.moment() returns text language sql stable parallel restricted as $$
  select pg_catalog.encode(pg_catalog.int4send(pg_catalog.pg_backend_pid()) operator(pg_catalog.||) pg_catalog.timestamptz_send(pg_catalog.now()), 'hex')
$$;
--> statement-breakpoint
-- The district that the transaction has entered; null: none. Asked once for each table of a statement. A token that does not fit is an error.
-- Everything is named with its schema, because a search_path of its own would cost as much again; what is signed is of one length.
create function entry.district() returns uuid language plpgsql stable parallel restricted security definer as $$
declare
  token pg_catalog.text := pg_catalog.current_setting('aivo.entry', true);
  fits pg_catalog.bool;
begin
  if token is null or token operator(pg_catalog.=) '' then return null; end if;
  select pg_catalog.substr(token, 38) operator(pg_catalog.=) pg_catalog.encode(pg_catalog.sha256(k.key
      operator(pg_catalog.||) pg_catalog.uuid_send(pg_catalog.left(token, 36)::pg_catalog.uuid)
      operator(pg_catalog.||) pg_catalog.int4send(pg_catalog.pg_backend_pid())
      operator(pg_catalog.||) pg_catalog.timestamptz_send(pg_catalog.now())), 'hex')
  into fits from entry.keys k;
  if fits is not true then raise exception 'that is no token of this transaction' using errcode = 'insufficient_privilege'; end if;
  return pg_catalog.left(token, 36)::pg_catalog.uuid;
end $$;
--> statement-breakpoint
revoke all on function entry.moment(), entry.district() from public;

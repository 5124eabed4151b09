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
  select pg_backend_pid() || ' ' || extract(epoch from now())
$$;
--> statement-breakpoint
-- The district that the transaction has entered; null: none. Evaluated once for each table of a statement. A token that does not fit is an error.
create function entry.district() returns uuid language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  token text := current_setting('aivo.entry', true);
  fits boolean;
begin
  if token is null or token = '' then return null; end if;
  select token = left(token, 36) || '.' || encode(sha256(key || sha256(key || convert_to(
      left(token, 36) || ' ' || pg_backend_pid() || ' ' || extract(epoch from now()), 'UTF8'))), 'hex')
  into fits from entry.keys;
  if fits is not true then raise exception 'that is no token of this transaction' using errcode = 'insufficient_privilege'; end if;
  return left(token, 36)::uuid;
end $$;
--> statement-breakpoint
revoke all on function entry.moment(), entry.district() from public;

-- Whether what an integration told names one of the schools: `keys` as lib/platform/db/tx.ts makes them. By SHA-256, since a SIS that
-- chooses its ids could make two alike by MD5.
-- Beside the former version: its keys are of MD5, which have 32 characters, and are still compared with what they were made of.
create or replace function is_told_of(integration uuid, named text[], keys text[]) returns boolean language sql immutable parallel safe
  as $$ select exists (
    select from unnest(named) as one (id)
    where case when length(keys[1]) = 32 then md5(integration || ':' || one.id)
      else encode(sha256(convert_to(integration || ':' || one.id, 'UTF8')), 'hex') end = any(keys)) $$;

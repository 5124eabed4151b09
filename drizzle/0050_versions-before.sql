-- Whoever has synced before there was a choice reads OneRoster 1.1: that another version comes is to end a sync, and not to withdraw everybody.
-- Beside the former version: a row for each integration, and it does not know the column.
update integrations i set oneroster_version = '1.1'
where i.oneroster_version is null
  and i.provider in ('oneroster-csv', 'oneroster-rest', 'classlink')
  and exists (select from source_records s where s.district_id = i.district_id and s.integration_id = i.id);

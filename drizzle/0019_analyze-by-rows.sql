-- Custom SQL migration file, put your code below! ---- A sync writes a district at a time into tables of all districts. Statistics are renewed by autovacuum, after so many rows whatever the
-- table's size: analysing them at the end of each sync made workers wait for each other.
do $$
declare t text;
begin
  foreach t in array array['schools','terms','courses','classrooms','accounts','memberships','external_links','run_changes','run_issues'] loop
    execute format('alter table %I set (autovacuum_analyze_scale_factor = 0.01, autovacuum_analyze_threshold = 2000,
      autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05)', t);
  end loop;
end $$;

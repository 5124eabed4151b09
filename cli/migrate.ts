import { migrate } from "#lib/platform/db/migrate.ts";
import { transportOf, transportWords } from "#lib/platform/db/tls.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { describe } from "./sis/output.ts";

/** `npm run db:migrate`: brings DATABASE_URL to the newest schema, as a step of a deployment. */
const url = process.env.DATABASE_URL;
if (!url) {
  console.error("Set DATABASE_URL to the database to migrate. (npm start migrates the embedded database by itself.)");
  process.exit(1);
}
try {
  const districtUrl = process.env.AIVO_DISTRICT_DATABASE_URL || null;
  for (const address of [url, districtUrl]) {
    if (address && transportOf(address) === "unsaid")
      throw new ServiceError("precondition", `The address of the database ${transportWords}.`);
  }
  const { names, seconds } = await migrate(url, districtUrl);
  if (names.length > 0) console.log(`Applied ${names.join(", ")}. What they changed was locked for ${seconds.toFixed(1)} s at the most.`);
  console.log("The database is up to date.");
} catch (error) {
  console.error(`Error: ${describe(error).message}`);
  process.exitCode = 1;
}

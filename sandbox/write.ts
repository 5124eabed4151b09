import { parseArgs } from "node:util";
import { shapeOf } from "./district/shape.ts";
import { writeSet } from "./district/write-set.ts";

/** node sandbox/write.ts --users 10000 --to DIRECTORY [--seed 1] [--day 0] [--delta] [--blemishes] [--name "Cedar Falls Unified"] [--oneroster 1.2] */
const { values } = parseArgs({
  options: {
    users: { type: "string" },
    to: { type: "string" },
    seed: { type: "string", default: "1" },
    day: { type: "string", default: "0" },
    delta: { type: "boolean", default: false },
    blemishes: { type: "boolean", default: false },
    name: { type: "string", default: "Cedar Falls Unified" },
    oneroster: { type: "string", default: "1.1" },
  },
});
const version = values.oneroster;
if (!values.users || !values.to || (version !== "1.1" && version !== "1.2")) {
  console.error("usage: node sandbox/write.ts --users N --to DIRECTORY [--seed S] [--day D] [--delta] [--blemishes] [--oneroster 1.1|1.2]");
  process.exit(1);
}
const shape = shapeOf({ users: Number(values.users), seed: Number(values.seed), name: values.name });
const counts = writeSet({
  shape,
  day: Number(values.day),
  mode: values.delta ? "delta" : "bulk",
  directory: values.to,
  blemishes: values.blemishes,
  version,
});
console.log(JSON.stringify(counts));

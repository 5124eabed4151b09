import { expect, test } from "vitest";
import { readEvent } from "./wire.ts";

const event = (id: string, objectId: string) => ({ id, type: "users.updated", created: null, data: { object: { id: objectId } } });

test("an event is one where both ids can be kept, and asked for, as they are", () => {
  expect(readEvent(event("e1", "u1"))).toMatchObject({ id: "e1", objectId: "u1" });
  for (const id of ["", "\0", "a\ud800", " a", "x".repeat(256)]) {
    expect(readEvent(event(id, "u1"))).toBeNull();
    expect(readEvent(event("e1", id))).toBeNull();
  }
});

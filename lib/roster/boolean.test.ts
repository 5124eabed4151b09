import { expect, it } from "vitest";
import { readBoolean } from "./boolean.ts";

it.each(["true", "TRUE", "1", "Y", "yes", " True\u00A0", "t"])("%j is yes", (text) => expect(readBoolean(text)).toBe(true));
it.each(["false", "FALSE", "0", "N", "no", "f"])("%j is no", (text) => expect(readBoolean(text)).toBe(false));
it.each(["", "  ", "\u200B"])("%j says nothing", (text) => expect(readBoolean(text)).toBe("blank"));
it.each(["maybe", "2", '"true"', "x".repeat(100)])("%j cannot be read", (text) => expect(readBoolean(text)).toBeUndefined());

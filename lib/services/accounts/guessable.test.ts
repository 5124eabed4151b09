import { expect, test } from "vitest";
import { assertHardToGuess } from "./guessable.ts";

const about = ["Robin Marsh", "robin.marsh@lakeside.example", "Lakeside Schools"];

test.each([
  "password1234567",
  "passwordpassword",
  "aaaaaaaaaaaaaaaa",
  "qwertyuiopasdfgh",
  "123456789012345",
  "iloveyouiloveyou",
  "robin.marsh@lakeside.example",
  "Lakeside Schools",
  "aivoaivoaivoaivo",
])("%j is guessed first", async (password) => {
  await expect(assertHardToGuess(password, about, "next")).rejects.toMatchObject({ code: "invalid", fields: { next: expect.any(String) } });
});

test.each(["a lantern at the harbor", "correct horse battery", "sieben Häfen im Regen", "雨の中の七つの港はいつも静かだった"])(
  "%j is not",
  async (password) => {
    await assertHardToGuess(password, about, "next");
  },
);

import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { AppError, errorCode, errorMessage, errorReason } from "@/lib/shared/errors";

describe("errors", () => {
  it("carry code, message and cause", () => {
    const cause = new Error("below");
    const error = new AppError("ROOM_WHAT", "said", { cause });
    expect(error).toMatchObject({ name: "AppError", code: "ROOM_WHAT", message: "said", cause });
  });

  it("give the code of Node's errors as well", async () => {
    const error = await new Promise((resolve) => connect(1, "127.0.0.1").once("error", resolve));
    expect(errorCode(error)).toBe("ECONNREFUSED");
  });

  it.each([[new Error("no code")], [null], [undefined], ["text"], [{ code: 5 }]])("find no code in %s", (thrown) => {
    expect(errorCode(thrown)).toBeNull();
  });

  it.each([
    [new Error("text"), "text"],
    ["thrown text", "thrown text"],
    [undefined, "undefined"],
    [7, "7"],
  ])("say something of %s", (thrown, text) => {
    expect(errorMessage(thrown)).toBe(text);
    expect(errorReason(thrown)).toBe(text);
  });

  it.each([
    [new Error("refused"), "fetch failed (refused)"],
    [Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }), "fetch failed (ECONNREFUSED)"],
    [new Error(""), "fetch failed"],
  ])("say what caused one that only failed: %s", (cause, text) => {
    expect(errorReason(new TypeError("fetch failed", { cause }))).toBe(text);
  });
});

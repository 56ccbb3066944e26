import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvLines, protectCell, readCell } from "@/lib/services/csv-cell";
import { type CsvRow, readSubscriberCsv } from "@/lib/services/read-subscriber-csv";
import { readSubscriberCells } from "@/lib/services/subscriber-csv";

const head = "msisdn,imsi,state,service_class,extra_white_lists";

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(text: string, size = 1 << 20): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const batch of readSubscriberCsv(inPieces(Buffer.from(text), size))) rows.push(...batch);
  return rows;
}

describe("a cell", () => {
  it("comes back as it was, and none is computed by a spreadsheet", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readCell(protectCell(text))).toBe(text);
        expect(protectCell(text)).not.toMatch(/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/);
      }),
    );
  });

  it("is protected where a spreadsheet would compute or round it, and only there", () => {
    for (const text of ["+821012345678", "=1+1", "-1", "@a", "\tx", "'x", "＝1", "450050123456789"])
      expect(protectCell(text)).toBe(`'${text}`);
    for (const text of ["gold", "a+b", "12345678901", "", "youtube;debian"]) expect(protectCell(text)).toBe(text);
    expect(csvLines([["a,b", 'c"d', "e\nf", ""]])).toBe('"a,b","c""d","e\nf",\r\n');
  });
});

describe("a row", () => {
  it("has its lists sorted, each once", () => {
    const { cells, problems } = readSubscriberCells({ msisdn: "+15550100001", extra_white_lists: "b; a;;b" });
    expect(problems).toEqual([]);
    expect(cells).toEqual({
      msisdn: "+15550100001",
      imsi: null,
      state: null,
      serviceClass: null,
      extraWhiteLists: "a;b",
    });
  });

  it.each([
    [{ msisdn: "" }, "msisdn is empty"],
    [{ msisdn: "821012345678" }, "plus sign"],
    [{ msisdn: "+82 10" }, "without blanks"],
    [{ msisdn: "8.21E+11" }, "spreadsheet"],
    [{ msisdn: "+15550100001", imsi: "4,5005E+14" }, "spreadsheet"],
    [{ msisdn: "+15550100001", imsi: "1" }, "15 digits"],
    [{ msisdn: "+15550100001", state: "" }, "state is empty"],
    [{ msisdn: "+15550100001", state: "gone" }, "neither"],
    [{ msisdn: "+15550100001", service_class: "" }, "service_class is empty"],
    [{ msisdn: "+15550100001", extra_white_lists: Array(51).fill("a").join(";") }, "more than 50"],
  ])("%j is refused: %s", (cells, why) => {
    expect(
      readSubscriberCells(cells)
        .problems.map(({ text }) => text)
        .join(" "),
    ).toContain(why);
  });
});

describe("a file", () => {
  const text = `\ufeff${head}\r\n"'+15550100001",,active,"gö""ld, 한국",\r\n\r\n+15550100002,"3101500000\n00001",active,gold,\n+15550100003,,,,\n`;

  it("is read alike in pieces of any size", async () => {
    const whole = await read(text);
    expect(whole.map(({ line }) => line)).toEqual([2, 4, 6]);
    expect(whole[0]?.cells.serviceClass).toBe('gö"ld, 한국');
    for (const size of [1, 2, 3, 7, 64]) expect(await read(text, size)).toEqual(whole);
  });

  it("of any rows comes back", async () => {
    const cell = fc
      .string({ unit: "binary", maxLength: 30 })
      .filter((value) => !value.includes("\0") && value.trim() === value);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), async (pairs) => {
        const rows = pairs.map(([serviceClass, lists], n) => [`+1555010000${n}`, `x${serviceClass}`, lists]);
        const file = csvLines([["msisdn", "service_class", "extra_white_lists"], ...rows]);
        const found = await read(file);
        expect(found.map(({ cells }) => [cells.msisdn, cells.serviceClass])).toEqual(
          rows.map((row) => row.slice(0, 2)),
        );
      }),
    );
  });

  it.each([
    [`${head}\n"`, "quote"],
    [`${head}\na"b,,,,\n`, "quote"],
    ["", "empty"],
    ["\ufeff", "empty"],
    ["\n\n", "empty"],
    [head, "no row"],
  ])("like %j is refused: %s", async (body, why) => {
    await expect(read(body)).rejects.toMatchObject({ code: "IMPORT_BAD_FILE", message: expect.stringContaining(why) });
  });

  it("names the line that is not UTF-8, wherever the pieces end", async () => {
    const bytes = Buffer.concat([Buffer.from(`${head}\n+15550100001,,active,gold,한\n`), Buffer.from([0x41, 0xff])]);
    for (const size of [1, 5, 4096]) {
      const all = async () => {
        for await (const batch of readSubscriberCsv(inPieces(bytes, size))) expect(batch).toBeDefined();
      };
      await expect(all()).rejects.toThrow("Line 3 is not UTF-8");
    }
  });

  it("of a million rows and one is refused", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("msisdn\n");
      const piece = Buffer.from("+15550100001\n".repeat(5000));
      for (let n = 0; n < 201; n += 1) yield piece;
    }
    const all = async () => {
      for await (const batch of readSubscriberCsv(endless())) expect(batch.length).toBeGreaterThan(0);
    };
    await expect(all()).rejects.toThrow("more than 1000000 rows");
  });
});

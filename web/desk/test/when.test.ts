import { expect, test } from "vitest";

import { periods, startOf } from "../src/supervisor/report-range.js";
import { LANGUAGES, speak } from "../src/texts/index.js";
import { axisNumber, axisTimes } from "../src/texts/when.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NIGHT = Date.parse("2027-02-28T22:00:00Z");

test("an axis of time names the day where it begins, in the zone of the report", async () => {
  await speak("en-GB");
  const marks = [NIGHT, NIGHT + HOUR, NIGHT + 2 * HOUR];
  expect(axisTimes(marks, HOUR, "UTC")).toEqual(["22:00\n28 Feb", "23:00", "00:00\n1 Mar"]);
  expect(axisTimes(marks, HOUR, "Asia/Kolkata")).toEqual(["03:30\n1 Mar", "04:30", "05:30"]);
  expect(axisTimes(marks, 30_000, "UTC")[1]).toBe("23:00:00");
  expect(axisTimes([NIGHT, NIGHT + DAY], DAY, "UTC")).toEqual(["28 Feb", "1 Mar"]);
  expect(axisTimes([NIGHT], 30 * DAY, "UTC")).toEqual(["Feb 2027"]);
  expect(axisTimes([NIGHT], 365 * DAY, "UTC")).toEqual(["2027"]);
});

test("every language writes axes in its own way", async () => {
  const written: Record<string, unknown> = {};
  for (const language of LANGUAGES) {
    await speak(language);
    // Some languages part number and unit with a space that does not break.
    written[language] = [...axisTimes([NIGHT], DAY, "UTC"), axisNumber(12_500)].map((text) =>
      text.replaceAll(/\s/g, " "),
    );
  }
  expect(written).toEqual({
    ar: ["28 فبراير", "12.5 ألف"],
    en: ["Feb 28", "12.5K"],
    es: ["28 feb", "12,5 mil"],
    fr: ["28 févr.", "12,5 k"],
    pt: ["28 de fev.", "12,5 mil"],
    zh: ["2月28日", "1.3万"],
  });
});

test("a day begins where its clocks say so", () => {
  const at = (day: string, zone: string): string => new Date(startOf(day, zone)).toISOString();
  expect(at("2027-03-01", "UTC")).toBe("2027-03-01T00:00:00.000Z");
  expect(at("2027-03-01", "Asia/Kolkata")).toBe("2027-02-28T18:30:00.000Z");
  expect(at("2027-03-01", "America/New_York")).toBe("2027-03-01T05:00:00.000Z");
  // The clocks are put on that night, and back in autumn.
  expect(at("2027-03-28", "Europe/Berlin")).toBe("2027-03-27T23:00:00.000Z");
  expect(at("2027-03-29", "Europe/Berlin")).toBe("2027-03-28T22:00:00.000Z");
  expect(at("2027-11-01", "Europe/Berlin")).toBe("2027-10-31T23:00:00.000Z");
});

test("a range has its days, and its hours also where the clocks change", () => {
  expect(periods("2027-03-27", "2027-03-29", "Europe/Berlin", false)).toHaveLength(3);
  expect(periods("2027-03-28", "2027-03-28", "Europe/Berlin", true)).toHaveLength(23);
  expect(periods("2027-10-31", "2027-10-31", "Europe/Berlin", true)).toHaveLength(25);
});

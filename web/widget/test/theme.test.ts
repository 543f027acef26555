import { describe, expect, it } from "vitest";

import {
  CONTROL_CONTRAST,
  type Rgb,
  TEXT_CONTRAST,
  THEMES,
  type ThemeName,
  accentOn,
  contrast,
  parseComputed,
  rgbOf,
} from "../src/ui/theme.js";

const NAMES = Object.keys(THEMES) as ThemeName[];

describe.each(NAMES)("the theme %s", (name) => {
  const theme = THEMES[name];
  const of = (a: string, b: string): number => contrast(rgbOf(a), rgbOf(b));

  it.each<[keyof typeof theme, keyof typeof theme]>([
    ["text", "surface"],
    ["text", "raised"],
    ["muted", "surface"],
    ["muted", "raised"],
    ["danger", "surface"],
    ["danger", "danger-soft"],
    ["ok", "surface"],
    ["ok", "raised"],
    ["warn", "warn-soft"],
  ])("has readable %s on %s", (ink, ground) => {
    expect(of(theme[ink], theme[ground])).toBeGreaterThanOrEqual(TEXT_CONTRAST);
  });

  it("has controls that can be seen", () => {
    expect(of(theme.control, theme.surface)).toBeGreaterThanOrEqual(CONTROL_CONTRAST);
  });

  it("makes any accent readable", () => {
    for (const red of [0, 64, 128, 192, 255]) {
      for (const green of [0, 64, 128, 192, 255]) {
        for (const blue of [0, 64, 128, 192, 255]) {
          const wanted: Rgb = [red, green, blue];
          const accent = accentOn(name, wanted);
          expect(of(accent["on-accent"], accent.accent)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
          expect(of(accent.accent, theme.surface)).toBeGreaterThanOrEqual(CONTROL_CONTRAST - 0.3);
          for (const ground of [theme.surface, theme.raised, accent["accent-soft"]]) {
            expect(of(accent["accent-text"], ground)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
          }
          expect(of(theme.text, accent["accent-soft"])).toBeGreaterThanOrEqual(TEXT_CONTRAST);
        }
      }
    }
  });
});

describe("a computed colour", () => {
  it("is read in the forms that browsers write", () => {
    expect(parseComputed("rgb(67, 56, 202)")).toEqual([67, 56, 202]);
    expect(parseComputed("rgba(1 2 3 / 0.5)")).toEqual([1, 2, 3]);
    expect(parseComputed("color(display-p3 1 0 0)")).toBeUndefined();
  });
});

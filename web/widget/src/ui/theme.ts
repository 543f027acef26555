/** Colours: two themes, and whatever accent a page wants, made readable. */

/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Colours of a theme. */
export const THEMES = {
  light: {
    surface: "#ffffff",
    raised: "#f2f3f7",
    line: "#e2e5ec",
    control: "#858c9d",
    text: "#171a23",
    muted: "#596071",
    danger: "#b3123f",
    "danger-soft": "#fdecf0",
    ok: "#0a6f45",
    warn: "#6b4800",
    "warn-soft": "#fff4d9",
  },
  dark: {
    surface: "#171a22",
    raised: "#262b37",
    line: "#343b4a",
    control: "#7f8799",
    text: "#eceef4",
    muted: "#a9b1c2",
    danger: "#ff8fa8",
    "danger-soft": "#3d1f2a",
    ok: "#5fd3a0",
    warn: "#f4cf7a",
    "warn-soft": "#3a3018",
  },
} as const;

/** The name of a theme. */
export type ThemeName = keyof typeof THEMES;

/** Colours that follow from a page's accent. */
export interface Accent {
  accent: string;
  "on-accent": string;
  /** The accent as the colour of texts and icons. */
  "accent-text": string;
  "accent-soft": string;
}

/** Least contrast of texts, and of what marks a control (WCAG 2.2, AA). */
export const TEXT_CONTRAST = 4.5;
export const CONTROL_CONTRAST = 3;
const DARK: Rgb = [17, 19, 26];
const WHITE: Rgb = [255, 255, 255];

/** The accent's colours, readable on a theme whatever the accent is. */
export function accentOn(theme: ThemeName, wanted: Rgb): Accent {
  const surface = rgbOf(THEMES[theme].surface);
  const raised = rgbOf(THEMES[theme].raised);
  const ink = rgbOf(THEMES[theme].text);
  // Buttons must stand out from the surface.
  const accent = until(wanted, ink, (color) => contrast(color, surface) >= CONTROL_CONTRAST);
  const onAccent = contrast(WHITE, accent) >= TEXT_CONTRAST ? WHITE : DARK;
  const readable = until(
    accent,
    onAccent === WHITE ? DARK : WHITE,
    (c) => contrast(onAccent, c) >= TEXT_CONTRAST,
  );
  const soft = mix(surface, accent, theme === "dark" ? 0.22 : 0.1);
  const text = until(accent, ink, (color) =>
    [surface, raised, soft].every((ground) => contrast(color, ground) >= TEXT_CONTRAST),
  );
  return {
    accent: hexOf(readable),
    "on-accent": hexOf(onAccent),
    "accent-text": hexOf(text),
    "accent-soft": hexOf(soft),
  };
}

/** The contrast of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(a: Rgb, b: Rgb): number {
  const [one, other] = [luminance(a), luminance(b)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** A colour out of `#rrggbb`. */
export function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** A colour as a browser computes it: `rgb(…)`; nothing for any other form. */
export function parseComputed(text: string): Rgb | undefined {
  const found = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

/** The styles of both themes. */
export function themeCss(): string {
  const block = (name: ThemeName): string =>
    Object.entries(THEMES[name])
      .map(([token, value]) => `--${token}: var(--frontdesk-${name}-${token}, ${value});`)
      .join("");
  return `.chat{color-scheme:light;${block("light")}}.chat[data-theme="dark"]{color-scheme:dark;${block("dark")}}`;
}

function until(from: Rgb, towards: Rgb, isGood: (color: Rgb) => boolean): Rgb {
  for (let part = 0; part < 1; part += 0.04) {
    const color = mix(from, towards, part);
    if (isGood(color)) {
      return color;
    }
  }
  return towards;
}

function mix(a: Rgb, b: Rgb, part: number): Rgb {
  const channel = (index: 0 | 1 | 2): number => Math.round(a[index] * (1 - part) + b[index] * part);
  return [channel(0), channel(1), channel(2)];
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function hexOf(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

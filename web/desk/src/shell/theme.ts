/** Light and dark. The colours are the widget's, so that the two look like one product. */

import { effect, signal } from "@preact/signals";

import { accentOn, rgbOf, THEMES, type ThemeName } from "@frontdesk/widget/ui/theme.js";

/** What was chosen. */
export type ThemeChoice = ThemeName | "system";

const KEPT = "frontdesk.desk.theme";
const ACCENT = "#3b5bdb";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** What was chosen here. */
export const themeChoice = signal<ThemeChoice>(kept());
/** What is shown. */
export const theme = signal<ThemeName>("light");

/** Shows the theme, and follows what is chosen and what the system says. */
export function applyTheme(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css());
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const system = signal(dark.matches);
  dark.addEventListener("change", () => (system.value = dark.matches));
  effect(() => {
    const choice = themeChoice.value;
    theme.value = choice === "system" ? (system.value ? "dark" : "light") : choice;
    document.documentElement.dataset["theme"] = theme.value;
  });
}

/** Chooses a theme and remembers it. */
export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  localStorage.setItem(KEPT, choice);
}

/** The colours of both themes, as custom properties. */
function css(): string {
  const block = (name: ThemeName): string =>
    Object.entries({ ...THEMES[name], ...accentOn(name, rgbOf(ACCENT)) })
      .map(([token, value]) => `--${token}:${value};`)
      .join("");
  return `:root{color-scheme:light;${block("light")}}:root[data-theme="dark"]{color-scheme:dark;${block("dark")}}`;
}

function kept(): ThemeChoice {
  const value = localStorage.getItem(KEPT);
  return value === "light" || value === "dark" ? value : "system";
}
